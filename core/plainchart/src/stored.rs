//! How a resource lies in the vault: a line of our own JSON, a newline, and the resource byte for byte (D8).
//!
//! Stored for ever in this shape: fields are only ever added.

use plainchart_access::Classes;
use serde::{Deserialize, Serialize};

use crate::error::PlainchartError;
use crate::store::{ChartScope, Store};

/// The trees of a chart. The numbers are part of the stored format.
pub mod tree {
    /// Resources: rows, grouped by analyte or month.
    pub const RESOURCES: u8 = 1;
    /// Bodies of notes and attachments: values.
    pub const BODIES: u8 = 2;
    /// What was set aside but is readable: rows, grouped by reason.
    pub const SET_ASIDE: u8 = 3;
    /// Where the walk stands, and the bodies still wanted: values.
    pub const WALK: u8 = 4;
    /// Texts of resources too large for a row: values, named by [`large_name`](super::large_name).
    pub const LARGE: u8 = 5;

    /// The number as the vault's type.
    #[must_use]
    pub const fn tree(number: u8) -> plainchart_vault::Tree {
        plainchart_vault::Tree(number)
    }
}

/// What the source says of the resource's life (D3, D4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// The source has it.
    #[default]
    Current,
    /// A full walk did not return it; the source has not said why.
    Unknown,
    /// The source says that it is gone.
    Withdrawn,
}

/// What we know about a stored resource beside its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredHeader {
    /// When it came to this phone, ms since 1970 UTC.
    pub received_ms: i64,
    /// SHA-256 of the text, first 16 bytes in hex.
    pub digest: String,
    /// `meta.versionId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// `meta.lastUpdated` as epoch ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_ms: Option<i64>,
    /// Its life at the source.
    #[serde(default)]
    pub life: Life,
    /// Why it was set aside, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<String>,
    /// `fullUrl` of the Bundle entry it came in, if that was not an address on the chart's base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_url: Option<String>,
    /// The text lies in the tree [`tree::LARGE`]; this row is its stub.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub large: bool,
    /// What ties it to others of the chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ties: Option<crate::ingest::Ties>,
}

/// A stored resource.
pub struct StoredResource {
    /// What we know about it.
    pub header: StoredHeader,
    /// Its text as received.
    pub raw: String,
}

impl std::fmt::Debug for StoredResource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoredResource").field("raw_bytes", &self.raw.len()).finish_non_exhaustive()
    }
}

/// A header and bytes as one value.
///
/// # Errors
/// `Internal` if the header cannot be written as JSON.
pub fn join<H: Serialize>(header: &H, bytes: &[u8]) -> Result<Vec<u8>, PlainchartError> {
    let mut out = serde_json::to_vec(header).map_err(|_| PlainchartError::internal("stored.write"))?;
    out.push(b'\n');
    out.extend_from_slice(bytes);
    Ok(out)
}

/// The header and the bytes of a value.
///
/// # Errors
/// `VaultDamaged` if it does not begin with a header: sealed bytes that open and are not ours are proven damage.
pub fn split<H: serde::de::DeserializeOwned>(value: &[u8]) -> Result<(H, &[u8]), PlainchartError> {
    let end = value.iter().position(|byte| *byte == b'\n').ok_or(PlainchartError::VaultDamaged)?;
    let (header, rest) = value.split_at(end);
    let header = serde_json::from_slice(header).map_err(|_| PlainchartError::VaultDamaged)?;
    Ok((header, rest.get(1..).unwrap_or_default()))
}

impl StoredResource {
    /// Reads a stored row with its text, wherever that lies. `key` is the row's id. A text that was given up as damaged
    /// reads as empty: what looks at it passes over it, and the next full walk brings it again.
    ///
    /// # Errors
    /// As [`split`]; the vault's.
    pub fn read_whole(
        store: &Store,
        chart: &ChartScope,
        classes: Classes,
        key: &[u8],
        bytes: &[u8],
    ) -> Result<Self, PlainchartError> {
        let mut stored = Self::read(bytes)?;
        if stored.header.large {
            let name = large_name(&String::from_utf8_lossy(key), stored.header.set_aside.is_some());
            let text = store.value(chart, classes, tree::LARGE, &name)?.unwrap_or_default();
            stored.raw = String::from_utf8(text).map_err(|_| PlainchartError::VaultDamaged)?;
        }
        Ok(stored)
    }

    /// Reads a stored row; the text of a large one is not in it.
    ///
    /// # Errors
    /// As [`split`].
    pub fn read(value: &[u8]) -> Result<Self, PlainchartError> {
        let (header, raw) = split(value)?;
        let raw = std::str::from_utf8(raw).map_err(|_| PlainchartError::VaultDamaged)?.to_owned();
        Ok(Self { header, raw })
    }

    /// Writes it as a row.
    ///
    /// # Errors
    /// As [`join`].
    pub fn write(&self) -> Result<Vec<u8>, PlainchartError> {
        join(&self.header, self.raw.as_bytes())
    }
}

/// The name of a large text: the id of its row, apart from that of a version that was set aside.
#[must_use]
pub fn large_name(key: &str, set_aside: bool) -> String {
    if set_aside { format!("set-aside/{key}") } else { key.to_owned() }
}

/// SHA-256 of a text, first 16 bytes in lower hex.
#[must_use]
pub fn digest_of(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Proves D8: whatever the text, it comes back byte for byte.
        #[test]
        fn the_text_comes_back_byte_for_byte(raw in "\\PC{0,200}", lines in "[\n\r{}\"a-z0-9.]{0,80}") {
            let raw = format!("{raw}{lines}");
            let header = StoredHeader {
                received_ms: 7, digest: digest_of(raw.as_bytes()), version: None, updated_ms: None,
                life: Life::Current, set_aside: None, full_url: Some("urn:uuid:1\n2".into()), large: false,
                ties: None,
            };
            let stored = StoredResource { header: header.clone(), raw: raw.clone() };
            let read = StoredResource::read(&stored.write().unwrap()).unwrap();
            prop_assert_eq!(read.header, header);
            prop_assert_eq!(read.raw, raw);
        }
    }

    #[test]
    fn what_is_not_ours_is_damage() {
        assert!(matches!(StoredResource::read(b"no header"), Err(PlainchartError::VaultDamaged)));
        assert!(matches!(StoredResource::read(b"{}\nx"), Err(PlainchartError::VaultDamaged)));
    }
}
