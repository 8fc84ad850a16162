//! The file of a note: its bytes, its media type, and where it lies.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::{Value, json};

use super::ContentError;
use super::headers::Headers;
use crate::fhir::resource::Resource;

/// Endings of note files and what a hospital calls such a file.
const MEDIA_TYPES: [(&str, &str); 13] = [
    ("txt", "text/plain; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("xhtml", "application/xhtml+xml"),
    ("rtf", "text/rtf"),
    ("pdf", "application/pdf"),
    ("xml", "application/xml"),
    ("ccda", "application/hl7-cda+xml"),
    ("wav", "audio/wav"),
    ("mp3", "audio/mpeg"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("tiff", "image/tiff"),
    ("bin", "application/octet-stream"),
];

/// Where the bytes of an attachment are.
pub(super) enum Place {
    /// In the attachment.
    Inline,
    /// In a Binary of this id, made here.
    Own(String),
    /// Behind a URL that is not made here: another note's Binary, one that does not exist, another server's.
    Elsewhere(String),
    /// Nowhere: an attachment that tells of itself only.
    Nowhere,
}

/// One attachment and, if it needs one, its Binary.
pub(super) struct Attachment {
    /// The `Attachment`.
    pub value: Value,
    /// The `format` Coding of a DocumentReference's `content`.
    pub format: Value,
    pub binary: Option<Resource>,
}

/// `owner`: reference to the resource the Binary belongs to.
pub(super) fn attachment(
    file: &str,
    headers: &Headers<'_>,
    title: &str,
    body: Option<&[u8]>,
    place: Place,
    owner: &str,
) -> Result<Attachment, ContentError> {
    let media_type = match headers.get("Content-Type") {
        Some("none") => None,
        Some(given) => Some(given),
        None => media_type(file),
    };
    let mut value = json!({"title": title});
    let mut set = |member: &str, to: Value| value[member] = to;
    if let Some(media_type) = media_type {
        set("contentType", media_type.into());
    }
    if let Some(language) = headers.get("Language") {
        set("language", language.into());
    }
    if let Some(date) = headers.get("Date") {
        set("creation", date.into());
    }
    if let Some(body) = body {
        match headers.one_of("Size", &["right", "wrong", "none"])? {
            "right" => set("size", body.len().into()),
            "wrong" => set("size", (body.len() + 3).into()),
            _ => {}
        }
        let told = |bytes: &[u8]| BASE64_STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes));
        match headers.one_of("Hash", &["right", "wrong", "none"])? {
            "right" => set("hash", told(body).into()),
            "wrong" => set("hash", told(b"another file").into()),
            _ => {}
        }
    }
    let mut binary = None;
    match place {
        Place::Inline => set("data", BASE64_STANDARD.encode(body.unwrap_or_default()).into()),
        Place::Own(id) => {
            set("url", format!("Binary/{id}").into());
            let resource = Resource::new("Binary", &id)
                .with("contentType", media_type.unwrap_or("application/octet-stream"))
                .with("securityContext", &json!({"reference": owner}))
                .with("data", &BASE64_STANDARD.encode(body.unwrap_or_default()));
            binary = Some(resource);
        }
        Place::Elsewhere(url) => set("url", url.into()),
        Place::Nowhere => {}
    }
    Ok(Attachment { value, format: format(file, headers), binary })
}

fn ending(file: &str) -> &str {
    file.rsplit_once('.').map_or("", |(_, ending)| ending)
}

pub(super) fn media_type(file: &str) -> Option<&'static str> {
    MEDIA_TYPES.iter().find(|(known, _)| *known == ending(file)).map(|(_, media_type)| *media_type)
}

fn format(file: &str, headers: &Headers<'_>) -> Value {
    let is_ccda = ["xml", "ccda"].contains(&ending(file));
    let structured = "urn:hl7-org:sdwg:ccda-structuredBody:2.1";
    let (code, display) = match headers.get("Format") {
        Some(code) => (code, code),
        None if is_ccda => (structured, "For documents following C-CDA 2.1 constraints using a structured body."),
        None => ("urn:ihe:iti:xds:2017:mimeTypeSufficient", "mimeType Sufficient"),
    };
    json!({
        "system": "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode",
        "code": code,
        "display": display
    })
}
