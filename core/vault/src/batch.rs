//! A batch: what is to become durable together, all or nothing.

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroizing;

use crate::block::{Compress, MAX_RAW};
use crate::error::{Error, Result};
use crate::rows::{Changes, Row, RowChange};
use crate::scope::{SYSTEM_TREE, Scope, Tree};

/// A name, group or id is at most this long, in bytes.
pub const MAX_NAME: usize = 1024;
/// A row's content is at most this long, in bytes; larger things are values.
pub const MAX_ROW: usize = 16 << 20;
/// All content of a batch together is at most this long, in bytes.
pub const MAX_BATCH: usize = 512 << 20;

pub(crate) enum ValueChange {
    Put(Zeroizing<Vec<u8>>, Compress),
    Delete,
}

/// Changes to commit together. Of several changes to one value or row the last counts.
#[derive(Default)]
pub struct Batch {
    pub(crate) values: BTreeMap<(Scope, Tree, Vec<u8>), ValueChange>,
    pub(crate) rows: BTreeMap<Scope, Changes>,
    weight: usize,
    refused: bool,
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("values", &self.values.len()).finish_non_exhaustive()
    }
}

impl Batch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is nothing to commit.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.rows.is_empty()
    }

    /// Sets a value. It is compressed before sealing; over 256 KB it gets a file of its own.
    pub fn put_value(&mut self, scope: Scope, tree: Tree, name: &[u8], bytes: &[u8]) -> &mut Self {
        self.value(scope, tree, name, ValueChange::Put(Zeroizing::new(bytes.to_vec()), Compress::Yes), bytes.len())
    }

    /// Sets a value that is never compressed: secrets and the reader's own words, whose length must not depend on
    /// what they say (V1).
    pub fn put_value_uncompressed(&mut self, scope: Scope, tree: Tree, name: &[u8], bytes: &[u8]) -> &mut Self {
        self.value(scope, tree, name, ValueChange::Put(Zeroizing::new(bytes.to_vec()), Compress::Never), bytes.len())
    }

    /// Deletes a value; one that is not there is fine.
    pub fn delete_value(&mut self, scope: Scope, tree: Tree, name: &[u8]) -> &mut Self {
        self.value(scope, tree, name, ValueChange::Delete, 0)
    }

    /// Sets a row. It replaces the row of the same tree, group and id; a row whose group changes is deleted from the old
    /// group by the caller.
    pub fn put_row(
        &mut self,
        scope: Scope,
        tree: Tree,
        group: &[u8],
        id: &[u8],
        order: i64,
        bytes: &[u8],
    ) -> &mut Self {
        self.refused |= bytes.len() > MAX_ROW;
        self.row(scope, tree, group, id, |id| RowChange::Put(Row { id, order, bytes: bytes.to_vec() }), bytes.len())
    }

    /// Deletes a row; one that is not there is fine.
    pub fn delete_row(&mut self, scope: Scope, tree: Tree, group: &[u8], id: &[u8]) -> &mut Self {
        self.row(scope, tree, group, id, RowChange::Delete, 0)
    }

    fn value(&mut self, scope: Scope, tree: Tree, name: &[u8], change: ValueChange, weight: usize) -> &mut Self {
        self.refused |= name.len() > MAX_NAME || weight > MAX_RAW - MAX_NAME - 2 || tree == SYSTEM_TREE;
        self.weight = self.weight.saturating_add(weight + name.len());
        self.values.insert((scope, tree, name.to_vec()), change);
        self
    }

    fn row(
        &mut self,
        scope: Scope,
        tree: Tree,
        group: &[u8],
        id: &[u8],
        change: impl FnOnce(Vec<u8>) -> RowChange,
        weight: usize,
    ) -> &mut Self {
        self.refused |= group.len() > MAX_NAME || id.len() > MAX_NAME || tree == SYSTEM_TREE;
        self.weight = self.weight.saturating_add(weight + group.len() + id.len() + 16);
        if !self.refused {
            self.rows.entry(scope).or_default().push((tree, group.to_vec()), change(id.to_vec()));
        }
        self
    }

    /// The scopes this batch writes to.
    pub(crate) fn scopes(&self) -> Vec<Scope> {
        let mut scopes: Vec<Scope> =
            self.values.keys().map(|(scope, ..)| *scope).chain(self.rows.keys().copied()).collect();
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }

    /// Whether the batch only takes away; then it may use the room held back for a full disk.
    pub(crate) fn only_deletes(&self) -> bool {
        self.values.values().all(|change| matches!(change, ValueChange::Delete))
            && self
                .rows
                .values()
                .flat_map(Changes::groups)
                .all(|(_, changes)| changes.iter().all(|change| matches!(change, RowChange::Delete(_))))
    }

    /// `TooLarge` if a name, row, value or the batch itself is beyond its bound, or names the vault's own tree.
    pub(crate) fn check(&self) -> Result<()> {
        if self.refused || self.weight > MAX_BATCH { Err(Error::TooLarge) } else { Ok(()) }
    }
}
