//! The one way in: bytes to a note model.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::charset::decode;
use crate::error::{DocumentError, Exceeded};
use crate::html;
use crate::limits::{Budget, Limits, within};
use crate::model::NoteModel;
use crate::outline::sections;
use crate::remark::{Remark, Remarks};
use crate::sniff::{Format, sniff};
use crate::text;

/// Goes up whenever the same bytes would give another model, so that stored models can be made again.
pub const READER_VERSION: u32 = 1;

/// Reads a note.
///
/// `bytes` as received; `declared_content_type` as the server gave it (`text/html; charset=utf-8`), a hint only.
///
/// # Errors
/// [`DocumentError::UnsupportedFormat`] for a format with no reader yet, [`DocumentError::TooLarge`] past a bound of
/// `limits`, [`DocumentError::ReaderFault`] for a defect here.
pub fn read(bytes: &[u8], declared_content_type: Option<&str>, limits: &Limits) -> Result<NoteModel, DocumentError> {
    within(bytes.len(), limits.input_bytes, Exceeded::InputBytes)?;
    // The tokenizer is not ours, and a note must never take the app down with it.
    catch_unwind(AssertUnwindSafe(|| read_unguarded(bytes, declared_content_type, limits)))
        .unwrap_or(Err(DocumentError::ReaderFault))
}

fn read_unguarded(bytes: &[u8], declared: Option<&str>, limits: &Limits) -> Result<NoteModel, DocumentError> {
    let sniffed = sniff(bytes, declared);
    let format = sniffed.format;
    let read_pieces = match format {
        Format::Text => text::pieces,
        Format::Html => html::pieces,
        _ => return Err(DocumentError::UnsupportedFormat { format }),
    };
    let mut remarks = Remarks::default();
    let decoded = decode(bytes, declared);
    for (applies, remark) in [
        (!sniffed.declared_matches, Remark::TypeNotAsDeclared),
        (decoded.declared_overruled, Remark::CharsetNotAsDeclared),
        (decoded.damaged, Remark::DamagedCharacters),
    ] {
        if applies {
            remarks.add(remark);
        }
    }
    let clean = text::clean(&decoded.text, &mut remarks);
    let mut budget = Budget::new(limits);
    let sections = sections(read_pieces(&clean, &mut budget, &mut remarks)?);
    if sections.is_empty() {
        remarks.add(Remark::NoText);
    }
    Ok(NoteModel { reader_version: READER_VERSION, format, sections, remarks: remarks.into_sorted() })
}
