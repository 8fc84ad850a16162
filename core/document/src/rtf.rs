//! Rich Text Format to headings and blocks (RTF 1.9.1).
//!
//! A flat stream of marks with a stack of states; no tree, so depth costs nothing. What a reader would see on the page
//! is kept: text, tables, lists, the results of fields, notes at the foot, letterheads, text boxes, comments. Text that
//! is hidden on the page is kept and marked. Left out are tables of fonts and styles, pictures, and text that someone
//! deleted while changes were tracked: it is not part of the note any more, and a [`Remark`](crate::Remark) says that it was there.
//!
//! Files lie: braces are missing, the declared alphabet is not the one used. So a table that is not closed gives its
//! group back to the note, and bytes that are UTF-8 are read as such.

mod characters;
mod code_page;
mod destination;
mod evidence;
mod field;
mod flow;
mod header;
mod line;
mod reader;
mod state;
mod table;
mod tokens;
mod words;

use encoding_rs::{Encoding, UTF_8};

use crate::error::DocumentError;
use crate::html;
use crate::inline::{Inline, Style};
use crate::limits::Budget;
use crate::model::Block;
use crate::outline::Piece;
use crate::remark::Remarks;
use crate::text;

use evidence::Evidence;
use line::collapsed;
use reader::{Contents, Reader};
use tokens::Tokens;

/// Reads a file into headings and blocks, in order, with every word.
pub(crate) fn pieces(bytes: &[u8], budget: &mut Budget, remarks: &mut Remarks) -> Result<Vec<Piece>, DocumentError> {
    let recoded = Encoding::for_bom(bytes).map(|(encoding, mark)| {
        let rest = bytes.get(mark..).unwrap_or_default();
        if encoding == UTF_8 { rest.to_vec() } else { encoding.decode_without_bom_handling(rest).0.into_owned().into() }
    });
    let bytes: &[u8] = recoded.as_deref().unwrap_or(bytes).trim_ascii_start();
    match Reader::new(budget, remarks, Evidence::of(bytes)).read(Tokens::new(bytes))? {
        Contents::Page(page) => html::pieces(&text::clean(&page, remarks), budget, remarks),
        Contents::Pieces(pieces) => {
            let mut refined = Vec::with_capacity(pieces.len());
            for piece in html::refine(pieces, budget, remarks)? {
                match piece {
                    Piece::Block(Block::Paragraph { text, .. }) => paragraph(&text, budget, remarks, &mut refined)?,
                    other => refined.push(other),
                }
            }
            Ok(refined)
        }
    }
}

/// Lines laid out in columns are read as typed text is; in all others white space only parts words.
fn paragraph(
    inline: &Inline,
    budget: &mut Budget,
    remarks: &mut Remarks,
    out: &mut Vec<Piece>,
) -> Result<(), DocumentError> {
    let several_lines = inline.text.contains('\n');
    let columns =
        inline.text.lines().filter(|line| line.trim().contains(['\t']) || line.trim().contains("   ")).count();
    let unmarked = inline.spans.iter().all(|span| matches!(span.style, Style::Strong | Style::Emphasis));
    if several_lines && (inline.spans.is_empty() || (unmarked && columns >= 2)) {
        out.extend(text::pieces(&inline.text, budget, remarks)?);
    } else {
        out.push(Piece::paragraph(collapsed(inline)));
    }
    Ok(())
}
