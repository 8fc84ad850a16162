//! Bodies: what a note's attachments need fetched, and what became of it (D11).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plainchart_record::DocumentReference;
use serde::{Deserialize, Serialize};

/// A body that is still to be fetched. Stored in the same batch as the page that named it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Want {
    /// `DocumentReference/id`.
    pub document: String,
    /// Which of its `content[]`, from 0.
    pub index: usize,
    /// Address as the source wrote it.
    pub url: String,
    /// Media type as declared.
    pub content_type: Option<String>,
    /// Size as declared, in bytes.
    pub size: Option<u64>,
    /// SHA-1 as declared, base64.
    pub hash: Option<String>,
    /// Times it was asked for without an answer.
    #[serde(default)]
    pub attempts: u32,
}

/// What became of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyState {
    /// It is here.
    Here,
    /// The source answers 403: it does not share this file.
    NotShared,
    /// The source answers 404 or 410.
    Gone,
    /// Larger than the bound; fetched on request.
    TooLarge,
    /// It lies outside the FHIR base; the token does not go there (A10).
    Elsewhere,
    /// The source's answer cannot be used.
    Broken,
}

/// What stands before a body's bytes in the vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyHeader {
    /// What became of it.
    pub state: BodyState,
    /// Media type: of the answer, else as declared.
    pub content_type: Option<String>,
    /// When, ms since 1970 UTC.
    pub received_ms: i64,
    /// Size or hash disagrees with what the document says; shown with a remark.
    #[serde(default)]
    pub differs: bool,
}

/// The vault's name of a body.
#[must_use]
pub fn body_name(document: &str, index: usize) -> String {
    format!("{document}#{index}")
}

/// The attachments of a document that have an address and no bytes of their own.
#[must_use]
pub fn fetchable(document_key: &str, document: &DocumentReference) -> Vec<Want> {
    let by_address = document.content.iter().filter(|content| content.attachment.data_length.is_none());
    by_address
        .filter_map(|content| {
            let attachment = &content.attachment;
            Some(Want {
                document: document_key.to_owned(),
                index: content.index,
                url: attachment.url.clone()?,
                content_type: attachment.media_type.as_ref().map(|media_type| media_type.essence.clone()),
                size: attachment.size,
                hash: attachment.hash.clone(),
                attempts: 0,
            })
        })
        .collect()
}

/// Whether bytes disagree with the size (bytes) or hash (SHA-1, base64) that the document announces.
#[must_use]
pub fn differs(size: Option<u64>, hash: Option<&str>, bytes: &[u8]) -> bool {
    let other_size = size.is_some_and(|size| size != bytes.len() as u64);
    let other_hash = hash.is_some_and(|hash| {
        let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
        hash.trim() != STANDARD.encode(digest.as_ref())
    });
    other_size || other_hash
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves D11: a body that disagrees with its document's size or hash is told.
    #[test]
    fn a_body_that_differs_is_told() {
        let sha1_of_abc = Some("qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
        assert!(!differs(None, None, b"abc"));
        assert!(!differs(Some(3), sha1_of_abc, b"abc"));
        assert!(differs(Some(4), None, b"abc"));
        assert!(differs(None, sha1_of_abc, b"abd"));
    }
}
