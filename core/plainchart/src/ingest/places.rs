//! What a chart already holds, by resource: made at the start of a walk or an import, never stored.

use std::collections::HashMap;

use plainchart_access::Classes;
use plainchart_record::read_header;

use super::ties::{Ties, ties_version};
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
    /// What ties it to others.
    pub ties: Ties,
}

/// Places by `Type/id`.
pub type Places = HashMap<String, Place>;

/// Reads the places of everything a chart holds. `base`: the chart's server.
///
/// # Errors
/// The vault's.
pub fn read(store: &Store, chart: ChartScope, base: &str) -> Result<Places, PlainchartError> {
    let mut places = Places::new();
    for classes in store.classes_of(&chart)? {
        store.for_each_row(&chart, classes, tree::RESOURCES, &mut |group, row| {
            let stored = StoredResource::read(&row.bytes)?;
            let known = stored.header.ties.clone().filter(|ties| ties.version == ties_version());
            let ties = match known {
                Some(ties) => ties,
                None => {
                    let whole = StoredResource::read_whole(store, &chart, classes, &row.id, &row.bytes)?;
                    ties_of(&whole, base)
                }
            };
            let place = Place {
                classes,
                group: String::from_utf8_lossy(group).into_owned(),
                version: stored.header.version,
                updated_ms: stored.header.updated_ms,
                digest: stored.header.digest,
                life: stored.header.life,
                large: stored.header.large,
                ties,
            };
            places.insert(String::from_utf8_lossy(&row.id).into_owned(), place);
            Ok(())
        })?;
    }
    Ok(places)
}

/// The ties of a stored resource, read anew; marks of bodies that came later are kept.
fn ties_of(stored: &StoredResource, base: &str) -> Ties {
    let mut ties = read_header(&stored.raw)
        .map(|header| Ties::of(&header, &stored.raw, stored.header.full_url.as_deref(), base))
        .unwrap_or_default();
    if let Some(before) = &stored.header.ties {
        ties.same_as.extend_from_slice(&before.same_as);
        ties.same_as.sort_unstable();
        ties.same_as.dedup();
    }
    ties
}
