//! The one way in: bytes to a note model.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::ccda::{self, Embedding};
use crate::charset::decode;
use crate::error::{DocumentError, Exceeded};
use crate::html;
use crate::limits::{Budget, Limits, within};
use crate::model::NoteModel;
use crate::outline::sections;
use crate::pdf;
use crate::remark::{Remark, Remarks};
use crate::rtf;
use crate::sniff::{Format, sniff};
use crate::text;

/// Goes up whenever the same bytes would give another model, so that stored models can be made again.
pub const READER_VERSION: u32 = 2;

/// Reads a note.
///
/// `bytes` as received; `declared_content_type` as the server gave it (`text/html; charset=utf-8`), a hint only.
///
/// # Errors
/// [`DocumentError::UnsupportedFormat`] for a format with no reader yet, [`DocumentError::TooLarge`] past a bound of
/// `limits`, [`DocumentError::Locked`] for a file with a password, [`DocumentError::ReaderFault`] for a defect here.
pub fn read(bytes: &[u8], declared_content_type: Option<&str>, limits: &Limits) -> Result<NoteModel, DocumentError> {
    within(bytes.len(), limits.input_bytes, Exceeded::InputBytes)?;
    // The tokenizer is not ours, and a note must never take the app down with it.
    catch_unwind(AssertUnwindSafe(|| read_unguarded(bytes, declared_content_type, limits, Embedding::Followed)))
        .unwrap_or(Err(DocumentError::ReaderFault))
}

/// Reads a file that stands within a note; files within it are not read.
pub(crate) fn read_embedded(bytes: &[u8], declared: Option<&str>, limits: &Limits) -> Result<NoteModel, DocumentError> {
    read_unguarded(bytes, declared, limits, Embedding::NotFollowed)
}

fn read_unguarded(
    bytes: &[u8],
    declared: Option<&str>,
    limits: &Limits,
    embedding: Embedding,
) -> Result<NoteModel, DocumentError> {
    let sniffed = sniff(bytes, declared);
    let format = sniffed.format;
    let mut remarks = Remarks::default();
    if !sniffed.declared_matches {
        remarks.add(Remark::TypeNotAsDeclared);
    }
    let mut budget = Budget::new(limits);
    let sections = match format {
        Format::Text => sections(text::pieces(&cleaned(bytes, declared, &mut remarks), &mut budget, &mut remarks)?),
        Format::Html => sections(html::pieces(&cleaned(bytes, declared, &mut remarks), &mut budget, &mut remarks)?),
        Format::Pdf => sections(pdf::pieces(bytes, &mut budget, &mut remarks)?),
        Format::Rtf => sections(rtf::pieces(bytes, &mut budget, &mut remarks)?),
        Format::Ccda | Format::Xml => {
            let source = decoded(bytes, declared, &mut remarks);
            ccda::sections(&source, format, embedding, &mut budget, &mut remarks)?
        }
        _ => return Err(DocumentError::UnsupportedFormat { format }),
    };
    if sections.is_empty() {
        remarks.add(Remark::NoText);
    }
    Ok(NoteModel { reader_version: READER_VERSION, format, sections, remarks: remarks.into_sorted() })
}

/// The text of a typed note or a page, without what is no word.
fn cleaned(bytes: &[u8], declared: Option<&str>, remarks: &mut Remarks) -> String {
    text::clean(&decoded(bytes, declared, remarks), remarks)
}

/// The text of formats that are text, with remarks on how it was come by.
fn decoded(bytes: &[u8], declared: Option<&str>, remarks: &mut Remarks) -> String {
    let decoded = decode(bytes, declared);
    for (applies, remark) in
        [(decoded.declared_overruled, Remark::CharsetNotAsDeclared), (decoded.damaged, Remark::DamagedCharacters)]
    {
        if applies {
            remarks.add(remark);
        }
    }
    decoded.text
}
