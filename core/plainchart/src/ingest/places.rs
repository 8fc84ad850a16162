//! What a chart already holds, by resource: made at the start of a walk or an import, never stored.

use std::collections::HashMap;

use plainchart_access::Classes;

use crate::error::PlainchartError;
use crate::store::{ChartScope, Store};
use crate::stored::{Life, StoredResource, tree};

/// Where a stored resource lies, and which version it is.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its classes: part of the scope it lies in.
    pub classes: Classes,
    /// Its group.
    pub group: String,
    /// `meta.versionId`.
    pub version: Option<String>,
    /// `meta.lastUpdated`, epoch ms.
    pub updated_ms: Option<i64>,
    /// Digest of its text.
    pub digest: String,
    /// Its life at the source.
    pub life: Life,
    /// Its text is a value of its own.
    pub large: bool,
}

/// Places by `Type/id`.
pub type Places = HashMap<String, Place>;

/// Reads the places of everything a chart holds.
///
/// # Errors
/// The vault's.
pub fn read(store: &Store, chart: ChartScope) -> Result<Places, PlainchartError> {
    let mut places = Places::new();
    for classes in store.classes_of(&chart)? {
        store.for_each_row(&chart, classes, tree::RESOURCES, &mut |group, row| {
            let stored = StoredResource::read(&row.bytes)?;
            let place = Place {
                classes,
                group: String::from_utf8_lossy(group).into_owned(),
                version: stored.header.version,
                updated_ms: stored.header.updated_ms,
                digest: stored.header.digest,
                life: stored.header.life,
                large: stored.header.large,
            };
            places.insert(String::from_utf8_lossy(&row.id).into_owned(), place);
            Ok(())
        })?;
    }
    Ok(places)
}
