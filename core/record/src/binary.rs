//! `Binary` as FHIR JSON. A server may also send the bytes themselves, whatever was asked for (PEERS 6).

use crate::attachment::{MediaType, data_bytes};
use crate::element::Object;
use crate::error::RecordError;
use crate::redact::hidden_debug;
use crate::reference::Reference;

/// A body with its media type.
#[derive(Clone, PartialEq, Eq)]
pub struct Binary {
    /// `id`.
    pub id: Option<String>,
    /// `contentType`; a hint.
    pub media_type: Option<MediaType>,
    /// The decoded bytes; empty if the resource holds none.
    pub bytes: Vec<u8>,
    /// The resource whose access rules hold for this one.
    pub security_context: Option<Reference>,
}

hidden_debug!(Binary, bytes);

impl Binary {
    /// Reads a Binary of at most `max_bytes` decoded bytes.
    ///
    /// # Errors
    /// Not a JSON object, not a Binary, not base64, or too large.
    pub fn read(raw: &str, max_bytes: usize) -> Result<Self, RecordError> {
        let resource = Object::resource(raw, "Binary")?;
        Ok(Self {
            id: resource.token("id"),
            media_type: resource.token("contentType").and_then(|text| MediaType::parse(&text)),
            bytes: data_bytes(&resource, max_bytes)?.unwrap_or_default(),
            security_context: resource.element("securityContext"),
        })
    }
}
