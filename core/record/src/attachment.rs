//! `Attachment`: the body of a note, inside the resource or at an address (D2, D11).

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::element::{Element, Object, string};
use crate::error::RecordError;
use crate::redact::hidden_debug;
use crate::time::FhirTime;

/// FHIR asks for padding; it is missing often enough.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// A media type. It is a hint only: the bytes decide (D2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaType {
    /// `text/html`, in lower case and without parameters.
    pub essence: String,
    /// The `charset` parameter, in lower case.
    pub charset: Option<String>,
}

impl MediaType {
    /// Reads `type/subtype; charset="..."`. `None` if it holds no type.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';');
        let essence = parts.next()?.trim().to_ascii_lowercase();
        let charset = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let value = value.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
            (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then_some(value)
        });
        let (kind, subtype) = essence.split_once('/')?;
        (!kind.is_empty() && !subtype.is_empty()).then(|| Self { essence: essence.clone(), charset })
    }
}

/// One attachment. Its bytes are taken from the resource when they are needed, by [`crate::document_reference::attachment_bytes`].
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// `contentType`.
    pub media_type: Option<MediaType>,
    /// `language`, a BCP 47 tag as written.
    pub language: Option<String>,
    /// Length of the base64 text in `data`, or none.
    pub data_length: Option<usize>,
    /// `url` as written: relative, absolute, or to a contained Binary.
    pub url: Option<String>,
    /// `size` in bytes, before base64.
    pub size: Option<u64>,
    /// `hash`: SHA-1 in base64, as written.
    pub hash: Option<String>,
    /// `title`.
    pub title: Option<String>,
    /// `creation`.
    pub creation: Option<FhirTime>,
    /// Neither `data` nor `url`: the server left it out here (PEERS 16) or holds none.
    pub left_out: bool,
}

hidden_debug!(Attachment);

impl Element for Attachment {
    fn read(object: &Object<'_>) -> Option<Self> {
        let data_length =
            object.get("data").filter(|data| data.get().starts_with('"')).map(|data| data.get().len() - 2);
        let data_length = data_length.filter(|length| *length > 0);
        let url = object.token("url");
        Some(Self {
            media_type: object.token("contentType").and_then(|text| MediaType::parse(&text)),
            language: object.token("language"),
            left_out: data_length.is_none() && url.is_none(),
            data_length,
            url,
            size: object.number("size").and_then(|text| text.parse().ok()),
            hash: object.token("hash"),
            title: object.text("title"),
            creation: object.time("creation"),
        })
    }
}

/// Decodes the `data` of an attachment or a Binary. `None` if there is none.
pub(crate) fn data_bytes(object: &Object<'_>, max_bytes: usize) -> Result<Option<Vec<u8>>, RecordError> {
    match object.get("data").map(string) {
        None => Ok(None),
        Some(None) => Err(RecordError::NotBase64),
        Some(Some(text)) => decode_base64(&text, max_bytes).map(Some),
    }
}

/// Decodes base64 with white space anywhere, with or without padding, in either alphabet.
///
/// # Errors
/// [`RecordError::TooLarge`] before anything is decoded, [`RecordError::NotBase64`].
pub fn decode_base64(text: &str, max_bytes: usize) -> Result<Vec<u8>, RecordError> {
    let mut compact: Vec<u8> = Vec::with_capacity(text.len().min(max_bytes / 3 * 4 + 4));
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        if compact.len() / 4 * 3 > max_bytes {
            return Err(RecordError::TooLarge { limit: max_bytes });
        }
        compact.push(match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        });
    }
    let bytes = ENGINE.decode(&compact).map_err(|_| RecordError::NotBase64)?;
    if bytes.len() > max_bytes { Err(RecordError::TooLarge { limit: max_bytes }) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_split() {
        let read = MediaType::parse("Text/HTML; Charset=\"ISO-8859-1\"; x=y").unwrap();
        assert_eq!((read.essence.as_str(), read.charset.as_deref()), ("text/html", Some("iso-8859-1")));
        assert_eq!(MediaType::parse("text/plain;charset=utf-8").unwrap().charset.as_deref(), Some("utf-8"));
        assert_eq!(MediaType::parse("text/plain;").unwrap().charset, None);
        for none in ["", "text", "/", "text/", ";charset=x"] {
            assert_eq!(MediaType::parse(none), None);
        }
    }

    /// Proves D2: white space, missing padding and the other alphabet do not lose a body.
    #[test]
    fn real_base64_is_read() {
        for text in ["w7/Dvg==", " w7/\r\nDv g = = ", "w7/Dvg", "w7_Dvg"] {
            assert_eq!(decode_base64(text, 10).unwrap(), "ÿþ".as_bytes(), "{text}");
        }
        assert_eq!(decode_base64("w7%", 10), Err(RecordError::NotBase64));
    }

    /// Proves D10: an attachment over its limit is refused, one at the limit is not.
    #[test]
    fn attachments_are_bounded() {
        assert_eq!(decode_base64("AAAA", 3).map(|bytes| bytes.len()), Ok(3));
        assert_eq!(decode_base64("AAAA", 2), Err(RecordError::TooLarge { limit: 2 }));
        assert_eq!(decode_base64(&"A".repeat(1 << 20), 100), Err(RecordError::TooLarge { limit: 100 }));
    }
}
