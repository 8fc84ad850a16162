//! Bodies: what became of the bytes of a note's attachments, and those that lie inside the document itself.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plainchart_record::Binary;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Bound on one body; a larger one is not kept.
pub const BODY_BYTES: usize = 32 << 20;

/// What became of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyState {
    /// It is here.
    Here,
    /// The source answers 401 or 403: it does not share this file.
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

impl BodyState {
    /// Whether the source may answer otherwise another day: then the body is wanted again at a full walk.
    #[must_use]
    pub const fn may_change(self) -> bool {
        matches!(self, Self::NotShared | Self::Broken)
    }
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
    /// Digest of the DocumentReference's text that it was fetched for, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// The vault's name of a body.
#[must_use]
pub fn body_name(document: &str, index: usize) -> String {
    format!("{document}#{index}")
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

/// The Binary that a resource contains under `#id`, if it holds bytes.
#[must_use]
pub fn contained_binary(raw: &str, url: &str) -> Option<Binary> {
    #[derive(Deserialize)]
    struct Container<'a> {
        #[serde(borrow)]
        contained: Vec<&'a RawValue>,
    }
    let id = url.strip_prefix('#').filter(|id| !id.is_empty())?;
    let container: Container<'_> = serde_json::from_str(raw).ok()?;
    let binaries = container.contained.iter().filter_map(|inner| Binary::read(inner.get(), BODY_BYTES).ok());
    binaries.into_iter().find(|binary| binary.id.as_deref() == Some(id)).filter(|binary| !binary.bytes.is_empty())
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

    /// Proves D2: an attachment may name a Binary that the document itself contains.
    #[test]
    fn a_contained_body_is_found() {
        let raw = r##"{"resourceType":"DocumentReference","contained":[{"resourceType":"Patient","id":"b"},
            {"resourceType":"Binary","id":"b","contentType":"text/plain","data":"PGI+"},
            {"resourceType":"Binary","id":"empty"}]}"##;
        assert_eq!(contained_binary(raw, "#b").unwrap().bytes, b"<b>");
        for none in ["#", "#empty", "#c", "b"] {
            assert!(contained_binary(raw, none).is_none(), "{none}");
        }
    }
}
