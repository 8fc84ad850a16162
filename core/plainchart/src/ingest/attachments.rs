//! The attachments of a resource: where a note's bytes are, whichever type holds them (D2).

use plainchart_record::document_reference::{Content, attachment_bytes};
use plainchart_record::{DocumentReference, RecordError, diagnostic_report};

/// Types whose attachments are notes.
pub const NOTE_TYPES: [&str; 2] = ["DocumentReference", "DiagnosticReport"];

/// All renditions of a note, in order; none for a type that holds no notes.
#[must_use]
pub fn attachments_of(resource_type: &str, raw: &str) -> Vec<Content> {
    match resource_type {
        "DocumentReference" => DocumentReference::read(raw).map(|document| document.content).unwrap_or_default(),
        "DiagnosticReport" => {
            plainchart_record::DiagnosticReport::read(raw).map(|report| report.presented_form).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// The bytes inside the rendition at `index`. `None`: it has none inside; look at its `url`.
///
/// # Errors
/// Not base64, or more than `max_bytes` (D10).
pub fn attachment_bytes_of(
    resource_type: &str,
    raw: &str,
    index: usize,
    max_bytes: usize,
) -> Result<Option<Vec<u8>>, RecordError> {
    match resource_type {
        "DocumentReference" => attachment_bytes(raw, index, max_bytes),
        "DiagnosticReport" => diagnostic_report::presented_form_bytes(raw, index, max_bytes),
        _ => Ok(None),
    }
}
