//! A body that is not XML: a file within the document (CDA R2, 4.3.1.1 `nonXMLBody`).

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::Embedding;
use super::events::Tag;
use crate::error::DocumentError;
use crate::limits::Limits;
use crate::model::NoteModel;
use crate::reader::read_embedded;
use crate::remark::{Remark, Remarks};
use crate::sniff::{Format, sniff};

/// Padding is left off by some, and the last bits are not always zero.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A file within a document, as it is written there.
pub(super) struct Embedded {
    pub(super) media_type: Option<String>,
    base64: bool,
    compressed: bool,
    written: String,
}

impl Embedded {
    pub(super) fn of(tag: &Tag<'_>) -> Self {
        Self {
            media_type: tag.attribute("mediaType").map(Cow::into_owned),
            base64: tag.attribute("representation").is_some_and(|value| value == "B64"),
            compressed: tag.attribute("compression").is_some(),
            written: String::new(),
        }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.written.push_str(text);
    }

    /// Its bytes; nothing when they are damaged or compressed.
    pub(super) fn into_bytes(self) -> Option<Vec<u8>> {
        if self.compressed {
            return None;
        }
        if !self.base64 {
            return Some(self.written.into_bytes());
        }
        let digits: Vec<u8> = self.written.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        LENIENT.decode(digits).ok()
    }

    /// The note in it, if it is one that can be read. A document in the document is read once, not further.
    pub(super) fn read(
        self,
        embedding: Embedding,
        limits: &Limits,
        remarks: &mut Remarks,
    ) -> Result<Option<NoteModel>, DocumentError> {
        if self.written.trim().is_empty() {
            return Ok(None);
        }
        let media_type = self.media_type.clone();
        // Typed in the open, it is in the document's own characters.
        let declared = if self.base64 {
            media_type
        } else {
            media_type.map(|kind| format!("{}; charset=utf-8", kind.split(';').next().unwrap_or_default()))
        };
        let read = match self.into_bytes() {
            Some(bytes) if embedding == Embedding::Followed => match sniff(&bytes, declared.as_deref()).format {
                Format::Zip => None,
                _ => Some(read_embedded(&bytes, declared.as_deref(), limits)),
            },
            _ => None,
        };
        match read {
            Some(Ok(model)) => {
                // The document still has its title.
                let told = model.remarks.iter().filter(|remark| **remark != Remark::NoText);
                told.for_each(|remark| remarks.add(*remark));
                if model.sections.is_empty() {
                    remarks.add(Remark::EmbeddedFileNotShown);
                }
                Ok(Some(model))
            }
            Some(Err(error @ DocumentError::TooLarge { .. })) => Err(error),
            _ => {
                remarks.add(Remark::EmbeddedFileNotShown);
                Ok(None)
            }
        }
    }
}
