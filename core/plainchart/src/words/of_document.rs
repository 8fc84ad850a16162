//! Words for what the document crate found in a note (N1, N2).

use plainchart_document::{Remark, SectionKind};

use super::{count, find, say};

/// What a section is about, in plain words. None for a heading that is not known: its own words stand.
#[must_use]
pub fn plain_heading(kind: SectionKind) -> Option<String> {
    find(&format!("section.{}", kind.code()))
}

/// What to tell the reader about how a note was read.
#[must_use]
pub fn remark(remark: Remark) -> String {
    let id = format!("remark.{}", remark.code());
    match remark {
        Remark::PagesNotReadable { count: pages, of } => count(&id, pages.into(), &[("of", &of.to_string())]),
        _ => say(&id, &[]),
    }
}
