//! C-CDA documents (HL7 CDA R2), parts of them, and any other XML, to sections; and the facts of a document's header.
//!
//! The narrative of a section is what its author signed (CDA R2, 4.3.5): all of it is kept, word for word. Coded
//! entries only repeat it for machines; they are read where a section has no narrative, and a remark says that codes
//! are not shown. The header goes to a typed [`Header`], for its labels belong to no document. Only the document's
//! title stands in the model: as a first section of level 1, kind `other`, with nothing under it. The document's
//! sections begin at level 2 then, else at 1. A section without title has the name of its code as heading.
//!
//! Reading ends for nothing: what is broken, cut off or not CDA at all gives its text.

mod attributes;
mod body;
mod elements;
mod events;
mod frames;
mod header;
mod header_reader;
mod narrative;
mod place;
mod section_codes;
mod section_headers;
mod time;
mod walk;

use crate::anchor::name_all;
use crate::error::DocumentError;
use crate::limits::Budget;
use crate::model::Section;
use crate::remark::{Remark, Remarks};
use crate::sniff::{Format, first_element};

pub use header::{
    Concept, DocumentRelation, EncompassingEncounter, Header, InstanceIdentifier, Interval, Participation, PersonName,
    RecordTarget, RelatedDocument, SectionHeader, SecurityLabel, ServiceEvent,
};
pub use header_reader::read_header;
pub use time::{Hl7Time, TimeParts};
use walk::Walk;

/// Whose elements they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// CDA, whole or in part.
    Cda,
    Other,
}

/// Whether a file within the document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Embedding {
    Followed,
    NotFollowed,
}

/// Most bytes looked through for the marks of CDA.
const HEAD: usize = 4096;

/// What only CDA writes near the start of a document or of a part of one.
const MARKS: &[&str] =
    &["urn:hl7-org:v3", "<templateId", "codeSystem=", "classCode=", "moodCode=", "nullFlavor=", "<entry>", "<entry "];

/// Whether `text` is a part of a CDA document.
pub(crate) fn is_part_of_cda(text: &str) -> bool {
    let text = first_element(text);
    let head = text.get(..text.floor_char_boundary(HEAD)).unwrap_or_default();
    MARKS.iter().any(|mark| head.contains(mark))
}

/// Reads decoded XML into sections with anchors.
pub(crate) fn sections(
    text: &str,
    format: Format,
    embedding: Embedding,
    budget: &mut Budget,
    remarks: &mut Remarks,
) -> Result<Vec<Section>, DocumentError> {
    let source = if format == Format::Ccda || is_part_of_cda(text) { Source::Cda } else { Source::Other };
    let mut sections = Walk::new(text, source, embedding, budget, remarks).sections()?;
    if sections.is_empty() && source == Source::Cda {
        remarks.add(Remark::CodedDataNotShown);
    }
    name_all(&mut sections);
    Ok(sections)
}
