//! What is closed to this reader: not its content, name or number, only ties and classes, so that what is tied to it
//! stays closed too (N4: the stricter wins along links and duplicates).

use std::collections::BTreeMap;

use plainchart_access::Classes;
use plainchart_vault::Batch;
use serde::{Deserialize, Serialize};

use super::ties::{Tie, Ties, body_mark, tie};
use crate::error::PlainchartError;
use crate::store::{ChartScope, Store};
use crate::stored::tree;

/// Name of the value.
const CLOSED: &str = "closed";

/// A resource that this reader may not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ClosedItem {
    ties: Ties,
    /// Addresses of its bodies whose bytes were not looked at yet. They are, once, and not kept: a duplicate of a closed
    /// document can be known by its bytes alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    bodies: Vec<String>,
}

/// What a proxy may not hold, by the hash of its key. Empty for a reader who may hold everything.
#[derive(Debug, Default)]
pub struct Closed {
    by_key: BTreeMap<Tie, ClosedItem>,
    changed: bool,
}

impl Closed {
    /// Reads them.
    ///
    /// # Errors
    /// The vault's.
    pub fn read(store: &Store, chart: ChartScope) -> Result<Self, PlainchartError> {
        let Some(bytes) = store.value(&chart, Classes::NONE, tree::WALK, CLOSED)? else { return Ok(Self::default()) };
        let by_key = serde_json::from_slice(&bytes).map_err(|_| PlainchartError::VaultDamaged)?;
        Ok(Self { by_key, changed: false })
    }

    /// The ties of all of them.
    pub fn ties(&self) -> impl Iterator<Item = &Ties> {
        self.by_key.values().map(|item| &item.ties)
    }

    /// The ties of a closed resource.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Ties> {
        if self.by_key.is_empty() { None } else { self.by_key.get(&tie(key)).map(|item| &item.ties) }
    }

    /// Whether the resource is closed, with other ties than these. Marks of its bodies, which come later, do not count.
    pub fn has_other(&self, key: &str, ties: &Ties) -> bool {
        let without_marks = |ties: &Ties| Ties { same_as: Vec::new(), ..ties.clone() };
        let known = self.by_key.get(&tie(key));
        known.is_some_and(|known| {
            without_marks(&known.ties) != without_marks(ties)
                || ties.same_as.iter().any(|mark| !known.ties.same_as.contains(mark))
        })
    }

    /// Closes a resource; `bodies`: where its bytes are.
    pub fn close(&mut self, key: &str, ties: Ties, bodies: Vec<String>) {
        if self.has_other(key, &ties) || !self.by_key.contains_key(&tie(key)) {
            self.by_key.insert(tie(key), ClosedItem { ties, bodies });
            self.changed = true;
        }
    }

    /// A resource is no longer closed.
    pub fn open(&mut self, key: &str) -> bool {
        let was_closed = !self.by_key.is_empty() && self.by_key.remove(&tie(key)).is_some();
        self.changed |= was_closed;
        was_closed
    }

    /// Bodies to be looked at: whose, and where.
    #[must_use]
    pub fn bodies(&self) -> Vec<(Tie, String)> {
        let of =
            |(key, item): (&Tie, &ClosedItem)| item.bodies.iter().map(|url| (*key, url.clone())).collect::<Vec<_>>();
        self.by_key.iter().flat_map(of).collect()
    }

    /// A body was looked at; `bytes` are none if there is none to be had. The new ties, if they grew.
    pub fn looked_at(&mut self, key: Tie, url: &str, bytes: Option<&[u8]>) -> Option<&Ties> {
        let item = self.by_key.get_mut(&key)?;
        item.bodies.retain(|known| known != url);
        self.changed = true;
        let mark = body_mark(bytes?);
        let at = item.ties.same_as.binary_search(&mark).err()?;
        item.ties.same_as.insert(at, mark);
        Some(&item.ties)
    }

    /// Puts the changes into a batch.
    ///
    /// # Errors
    /// The vault's.
    pub fn write(&mut self, store: &Store, chart: ChartScope, batch: &mut Batch) -> Result<(), PlainchartError> {
        if std::mem::take(&mut self.changed) {
            let bytes = serde_json::to_vec(&self.by_key).map_err(|_| PlainchartError::internal("closed.write"))?;
            batch.put_value(store.scope(chart, Classes::NONE)?, tree::tree(tree::WALK), CLOSED.as_bytes(), &bytes);
        }
        Ok(())
    }
}
