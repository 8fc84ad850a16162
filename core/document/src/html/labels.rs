//! Headings that were typed as paragraphs: bold lines, `HPI: ...`, and lists typed with dashes.

use core::ops::Range;

use crate::error::DocumentError;
use crate::heading_line::{Surroundings, heading_line, is_short, is_title};
use crate::headings::recognise_heading;
use crate::inline::{Inline, Style};
use crate::limits::Budget;
use crate::model::Block;
use crate::outline::Piece;
use crate::remark::Remarks;
use crate::text;

/// Most words of a bold line whose wording is unknown.
const MOST_WORDS: usize = 5;

/// Largest paragraph looked through, in lines times spans. Only made-up pages are larger.
const LARGEST: usize = 4_000_000;

/// Finds the headings within the page's own paragraphs (not those in lists and tables).
pub(crate) fn refine(
    pieces: Vec<Piece>,
    budget: &mut Budget,
    remarks: &mut Remarks,
) -> Result<Vec<Piece>, DocumentError> {
    let soap = is_soap(&pieces);
    let mut refined = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match piece {
            Piece::Block(Block::Paragraph { text, .. }) => split(&text, soap, budget, remarks, &mut refined)?,
            other => refined.push(other),
        }
    }
    Ok(refined)
}

fn is_soap(pieces: &[Piece]) -> bool {
    let any = |letter: &str| {
        pieces.iter().any(|piece| {
            matches!(piece, Piece::Block(Block::Paragraph { text, .. }) if text.text.lines().any(|line| line.starts_with(letter)))
        })
    };
    any("S:") && any("O:")
}

fn split(
    inline: &Inline,
    soap: bool,
    budget: &mut Budget,
    remarks: &mut Remarks,
    out: &mut Vec<Piece>,
) -> Result<(), DocumentError> {
    if inline.text.matches('\n').count().saturating_mul(inline.spans.len()) > LARGEST {
        out.push(Piece::paragraph(inline.clone()));
        return Ok(());
    }
    let mut body_start = 0;
    let mut line_start = 0;
    for line in inline.text.split('\n') {
        let range = line_start..line_start + line.len();
        line_start = range.end + 1;
        let around = Surroundings { blank_before: range.start == body_start, soap };
        if let Some((level, heading, rest)) = heading_of(inline, range.clone(), line, around) {
            body(&inline.slice(body_start..range.start).trimmed(), budget, remarks, out)?;
            budget.take_block()?;
            out.push(Piece::Heading { level, text: heading.to_owned() });
            body_start = range.end - rest;
        }
    }
    body(&inline.slice(body_start..inline.text.len()).trimmed(), budget, remarks, out)
}

/// The level and wording of the heading that a line starts with, and how many bytes of the line are left behind it.
fn heading_of<'a>(
    inline: &Inline,
    range: Range<usize>,
    line: &'a str,
    around: Surroundings,
) -> Option<(u32, &'a str, usize)> {
    if let Some(found) = heading_line(line, around) {
        return Some((found.level, found.heading, found.rest.len()));
    }
    let label = line.trim().trim_end_matches(':').trim_end();
    let telling = line.trim().ends_with(':') || is_title(label);
    let heading_like = is_short(label) && label.split_whitespace().count() <= MOST_WORDS && telling;
    if heading_like && inline.is_all(&Style::Strong, range.clone()) {
        return Some((2, label, 0));
    }
    // A known wording in bold at the start of the line, with the text straight behind it.
    let bold = inline.spans.iter().find(|span| span.start == range.start && span.style == Style::Strong)?;
    let label = line.get(..bold.end.checked_sub(range.start)?)?;
    let rest = line.get(label.len()..)?.trim_start_matches([':', ' ', '-', '\u{2013}']);
    let label = label.trim().trim_end_matches(':').trim_end();
    recognise_heading(label).map(|_| (1, label, rest.len()))
}

fn body(
    inline: &Inline,
    budget: &mut Budget,
    remarks: &mut Remarks,
    out: &mut Vec<Piece>,
) -> Result<(), DocumentError> {
    if inline.is_empty() {
        return Ok(());
    }
    // Typed lists are read as such, unless that would cost a link or a mark.
    let plain = inline.spans.iter().all(|span| matches!(span.style, Style::Strong | Style::Emphasis));
    if plain && inline.text.contains('\n') && text::has_structure(&inline.text) {
        out.extend(text::pieces(&inline.text, budget, remarks)?);
    } else {
        budget.take_block()?;
        out.push(Piece::paragraph(inline.clone()));
    }
    Ok(())
}
