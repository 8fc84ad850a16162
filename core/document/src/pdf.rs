//! PDF: the text layer, page by page (ISO 32000-2).
//!
//! The parser of objects is a library; what reaches it, what is inflated and what becomes of the text is ours. A page
//! whose letters cannot be told apart, or that is a picture, has no text here, and the note says so.

mod annotation;
mod columns;
mod drawing;
mod encoding;
mod filters;
mod flow;
mod font;
mod glyph_names;
mod lexer;
mod line;
mod matrix;
mod objects;
mod page;
mod run;
mod table;
mod text_string;
mod visual;

use crate::error::DocumentError;
use crate::limits::Budget;
use crate::model::Block;
use crate::outline::Piece;
use crate::remark::{Remark, Remarks};
use columns::regions;
use drawing::Press;
use filters::Inflation;
use flow::Usual;
use line::Line;
use objects::Objects;
use page::Page;
use run::Runs;

/// More unknown letters than one in so many, and a page cannot be read.
const ONE_UNKNOWN_IN: usize = 20;

/// What came of a page.
enum Reading {
    /// Lines for each direction of writing.
    Lines(Vec<Vec<Line>>),
    /// Nothing is on it.
    Blank,
    /// It is a picture, or its letters cannot be told.
    NotReadable,
}

/// Reads a PDF into headings and blocks, with a rule between its pages.
pub(crate) fn pieces(bytes: &[u8], budget: &mut Budget, remarks: &mut Remarks) -> Result<Vec<Piece>, DocumentError> {
    let limits = *budget.limits();
    let mut inflation = Inflation::new(limits.inflated_bytes);
    let Some(objects) = Objects::open(bytes, &mut inflation)? else {
        remarks.add(Remark::DamagedMarkup);
        return Ok(Vec::new());
    };
    let pages = objects.pages(limits.pages)?;
    if objects.damaged || pages.is_empty() {
        remarks.add(Remark::DamagedMarkup);
    }
    let mut press = Press::new(&objects, &mut inflation);
    let mut readings = Vec::with_capacity(pages.len());
    for page in &pages {
        readings.push(read_page(page, &mut press, limits.output_bytes, remarks)?);
    }
    let not_readable = readings.iter().filter(|reading| matches!(reading, Reading::NotReadable)).count();
    if let (Ok(count @ 1..), Ok(of)) = (u32::try_from(not_readable), u32::try_from(pages.len())) {
        remarks.add(Remark::PagesNotReadable { count, of });
    }
    laid_out(readings, budget, remarks)
}

fn read_page<'a>(
    page: &Page<'a>,
    press: &mut Press<'a>,
    most_bytes: usize,
    remarks: &mut Remarks,
) -> Result<Reading, DocumentError> {
    let mut runs = Runs::new(most_bytes);
    page.draw(press, &mut runs)?;
    annotation::draw(page, press, &mut runs)?;
    let letters = runs.told + runs.untold;
    if letters == 0 {
        return Ok(if runs.pictures || runs.shapes { Reading::NotReadable } else { Reading::Blank });
    }
    if runs.untold * ONE_UNKNOWN_IN > letters {
        return Ok(Reading::NotReadable);
    }
    for (applies, remark) in [(runs.untold > 0, Remark::DamagedCharacters), (runs.pictures, Remark::PicturesNotShown)] {
        if applies {
            remarks.add(remark);
        }
    }
    Ok(Reading::Lines(line::lines(runs.all)))
}

fn laid_out(readings: Vec<Reading>, budget: &mut Budget, remarks: &mut Remarks) -> Result<Vec<Piece>, DocumentError> {
    let pages: Vec<Vec<Vec<Line>>> = readings
        .into_iter()
        .filter_map(|reading| match reading {
            Reading::Lines(lines) => Some(lines),
            Reading::Blank | Reading::NotReadable => None,
        })
        .collect();
    let usual = Usual::of(&pages);
    let mut pieces = Vec::new();
    for page in pages {
        if !pieces.is_empty() {
            budget.take_block()?;
            pieces.push(Piece::Block(Block::Rule));
        }
        for region in page.into_iter().flat_map(regions) {
            flow::read(&region, &usual, budget, remarks, &mut pieces)?;
        }
    }
    Ok(pieces)
}
