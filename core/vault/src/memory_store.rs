//! A store in memory with nothing of the vault's machinery: the oracle it is compared with, and a store for previews.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::batch::{Batch, ValueChange};
use crate::error::{Error, Result};
use crate::record_store::RecordStore;
use crate::rows::{self, GroupKey, Row};
use crate::scope::{BatchNumber, Scope, Tree};
use crate::upkeep::Stats;

#[derive(Default)]
struct Contents {
    batch: u64,
    values: BTreeMap<(Scope, Tree, Vec<u8>), Zeroizing<Vec<u8>>>,
    rows: BTreeMap<Scope, BTreeMap<GroupKey, Vec<Row>>>,
    /// Scopes that were ever written.
    seen: BTreeSet<Scope>,
    erased: BTreeSet<Scope>,
}

/// A [`RecordStore`] that forgets everything with the process.
#[derive(Default)]
pub struct MemoryStore(Mutex<Contents>);

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn readable(&self, scope: Scope) -> Result<MutexGuard<'_, Contents>> {
        let contents = self.contents();
        if contents.erased.contains(&scope) { Err(Error::Erased) } else { Ok(contents) }
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryStore(..)")
    }
}

impl RecordStore for MemoryStore {
    fn commit(&self, batch: Batch) -> Result<BatchNumber> {
        batch.check()?;
        let mut contents = self.contents();
        if batch.scopes().iter().any(|scope| contents.erased.contains(scope)) {
            return Err(Error::Erased);
        }
        if batch.is_empty() {
            return Ok(BatchNumber(contents.batch));
        }
        contents.seen.extend(batch.scopes());
        contents.batch += 1;
        for (name, change) in batch.values {
            match change {
                ValueChange::Put(bytes, _) => contents.values.insert(name, bytes),
                ValueChange::Delete => contents.values.remove(&name),
            };
        }
        for (scope, changes) in batch.rows {
            let groups = contents.rows.entry(scope).or_default();
            for (group, changes) in changes.into_groups() {
                let held = groups.remove(&group).unwrap_or_default();
                let left = rows::overlay(held, &changes);
                if !left.is_empty() {
                    groups.insert(group, left);
                }
            }
        }
        Ok(BatchNumber(contents.batch))
    }

    fn value(&self, scope: Scope, tree: Tree, name: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>> {
        Ok(self.readable(scope)?.values.get(&(scope, tree, name.to_vec())).cloned())
    }

    fn value_names(&self, scope: Scope, tree: Tree) -> Result<Vec<Vec<u8>>> {
        let contents = self.readable(scope)?;
        let names = contents.values.keys().filter(|(of, kind, _)| *of == scope && *kind == tree);
        Ok(names.map(|(.., name)| name.clone()).collect())
    }

    fn rows(&self, scope: Scope, tree: Tree, group: &[u8]) -> Result<Vec<Row>> {
        let contents = self.readable(scope)?;
        let groups = contents.rows.get(&scope);
        Ok(groups.and_then(|groups| groups.get(&(tree, group.to_vec()))).cloned().unwrap_or_default())
    }

    fn groups(&self, scope: Scope, tree: Tree) -> Result<Vec<Vec<u8>>> {
        let contents = self.readable(scope)?;
        let groups = contents.rows.get(&scope).into_iter().flat_map(BTreeMap::keys);
        Ok(groups.filter(|(of, _)| *of == tree).map(|(_, group)| group.clone()).collect())
    }

    fn for_each_row(&self, scope: Scope, tree: Tree, visit: &mut dyn FnMut(&[u8], Row)) -> Result<()> {
        for group in self.groups(scope, tree)? {
            for row in self.rows(scope, tree, &group)? {
                visit(&group, row);
            }
        }
        Ok(())
    }

    fn erase_scope(&self, scope: Scope) -> Result<()> {
        let mut contents = self.contents();
        contents.rows.remove(&scope);
        contents.values.retain(|(of, ..), _| *of != scope);
        if contents.seen.contains(&scope) {
            contents.erased.insert(scope);
        }
        Ok(())
    }

    fn stats(&self) -> Result<Stats> {
        let contents = self.contents();
        let live_bytes = contents.values.values().map(|value| value.len() as u64).sum();
        Ok(Stats { live_bytes, blocks: contents.values.len() as u64, ..Stats::default() })
    }

    fn compact(&self) -> Result<()> {
        Ok(())
    }

    fn destroy(&self) -> Result<()> {
        *self.contents() = Contents::default();
        Ok(())
    }
}
