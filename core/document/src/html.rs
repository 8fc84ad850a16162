//! HTML and XHTML to headings and blocks.
//!
//! A tokenizer alone and a builder of our own: a note model needs no document tree, and trees cost quadratic time on
//! hostile nesting. An allow-list of elements decides what gets structure; every other element only lends its text.
//!
//! Dropped with what is in them: scripts, styles, the page title, frames, comments. Hidden text is kept and marked
//! [`Style::Hidden`](crate::Style::Hidden): it was written about the patient, and a page may hide what a reader wants.
//! Form controls become what they showed: a tick is `[x]`, an empty box `[ ]`, a field its value.

mod builder;
mod elements;
mod events;
mod frames;
mod labels;
mod line;
mod link;

use crate::error::DocumentError;
use crate::limits::Budget;
use crate::outline::Piece;
use crate::remark::{Remark, Remarks};

use builder::Builder;
pub(crate) use elements::{holds_markup, is_element};
use events::Events;
pub(crate) use events::{end_tags, without_tags};
pub(crate) use frames::{OpenCell, OpenTable, close_table};
pub(crate) use labels::refine;
pub(crate) use line::{Line, superscript};
pub(crate) use link::safe_link;

/// Reads cleaned markup (see [`clean`](crate::text::clean)) into headings and blocks, in order, with every word.
pub(crate) fn pieces(source: &str, budget: &mut Budget, remarks: &mut Remarks) -> Result<Vec<Piece>, DocumentError> {
    let mut events = Events::new(source);
    let mut builder = Builder::new(budget, remarks);
    for event in &mut events {
        builder.take(event)?;
    }
    let flow = builder.finish()?;
    if events.damaged() {
        remarks.add(Remark::DamagedMarkup);
    }
    refine(flow, budget, remarks)
}
