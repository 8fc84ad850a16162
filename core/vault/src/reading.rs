//! Reading: values, rows, front pages.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;

use zeroize::Zeroizing;

use crate::block::{self, Codecs, Compress, Header, Kind, Label};
use crate::durable;
use crate::error::{Damage, Error, Result};
use crate::keys::Keyset;
use crate::rows::Row;
use crate::scope::{BatchNumber, SYSTEM_TREE, Scope, Tree};
use crate::store::Store;
use crate::vault::Vault;
use crate::wire::hex;

/// A front page and the batch it was made after.
pub struct FrontPage {
    /// The store's last batch when the page was written; compare with [`Vault::batch`].
    pub batch: BatchNumber,
    /// The content.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for FrontPage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FrontPage").field("batch", &self.batch).finish_non_exhaustive()
    }
}

impl Vault {
    /// Runs `read` with the store and the scope's keys; answers `none` if the scope was never written.
    fn with_scope<T>(&self, scope: Scope, none: T, read: impl FnOnce(&Store, &Keyset) -> Result<T>) -> Result<T> {
        let state = self.state();
        let store = state.store()?;
        match self.keys_to_read(&store.keys, scope)? {
            Some(keys) => read(store, &keys),
            None => Ok(none),
        }
    }

    /// The last durable batch.
    pub fn batch(&self) -> Result<BatchNumber> {
        Ok(BatchNumber(self.state().store()?.position().batch))
    }

    /// A value, or none.
    ///
    /// # Errors
    /// `Locked`, `Erased`; `Damaged` if it is there but not what was written.
    pub fn value(&self, scope: Scope, tree: Tree, name: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>> {
        self.with_scope(scope, None, |store, keys| store.value(keys, tree, name))
    }

    /// The clear names of a tree's values, sorted. Opens each value's block, not its body.
    pub fn value_names(&self, scope: Scope, tree: Tree) -> Result<Vec<Vec<u8>>> {
        self.with_scope(scope, vec![], |store, keys| {
            let entries = store.entries(keys.id, tree, &[Kind::Value, Kind::Reference]);
            let mut names =
                entries.iter().map(|(name, entry)| store.clear_name(name, entry)).collect::<Result<Vec<_>>>()?;
            names.sort_unstable();
            Ok(names)
        })
    }

    /// Visits a tree's values, name and bytes, in no particular order.
    ///
    /// # Errors
    /// Damage is told after everything that can be read was visited.
    pub fn for_each_value(&self, scope: Scope, tree: Tree, visit: &mut dyn FnMut(&[u8], &[u8])) -> Result<()> {
        let listed = self.with_scope(scope, vec![], |store, keys| {
            Ok(store.entries(keys.id, tree, &[Kind::Value, Kind::Reference]))
        })?;
        let mut trouble = None;
        for (name, _) in listed {
            // No lock is held while the caller looks, so that it may call the vault; each value is as it is by then.
            let found = self.with_scope(scope, None, |store, keys| match store.table.get(&name) {
                Some(entry) if entry.is_live() => store.named_value(keys, &name, entry).map(Some),
                _ => Ok(None),
            });
            match found {
                Ok(Some((name, bytes))) => visit(&name, &bytes),
                Ok(None) => {}
                Err(Error::Damaged { what }) => trouble = trouble.or(Some(what)),
                Err(error) => return Err(error),
            }
        }
        trouble.map_or(Ok(()), |what| Err(Error::Damaged { what }))
    }

    /// The rows of a group, ascending by order, then id.
    ///
    /// # Errors
    /// `Damaged` if any of them may be missing; [`readable_rows`](Self::readable_rows) gives the rest.
    pub fn rows(&self, scope: Scope, tree: Tree, group: &[u8]) -> Result<Vec<Row>> {
        self.with_scope(scope, vec![], |store, keys| store.rows(keys, tree, group))
    }

    /// The rows of a group as far as they can be read, and the first damage met, if any.
    pub fn readable_rows(&self, scope: Scope, tree: Tree, group: &[u8]) -> Result<(Vec<Row>, Option<Damage>)> {
        self.with_scope(scope, (vec![], None), |store, keys| match store.readable_rows(keys, tree, group) {
            (rows, None) => Ok((rows, None)),
            (rows, Some(Error::Damaged { what })) => Ok((rows, Some(what))),
            (_, Some(error)) => Err(error),
        })
    }

    /// The groups of a tree that have rows, sorted.
    ///
    /// # Errors
    /// `Damaged` if a group may be missing from the answer.
    pub fn groups(&self, scope: Scope, tree: Tree) -> Result<Vec<Vec<u8>>> {
        let mut groups = vec![];
        self.for_each_group(scope, tree, &mut |group, _| groups.push(group.to_vec()))?;
        Ok(groups)
    }

    /// Visits all rows of a tree: groups sorted, rows of a group in order. Only one group is in memory at a time.
    ///
    /// # Errors
    /// Damage is told after everything that can be read was visited.
    pub fn for_each_row(&self, scope: Scope, tree: Tree, visit: &mut dyn FnMut(&[u8], Row)) -> Result<()> {
        self.for_each_group(scope, tree, &mut |group, rows| rows.into_iter().for_each(|row| visit(group, row)))
    }

    fn for_each_group(&self, scope: Scope, tree: Tree, visit: &mut dyn FnMut(&[u8], Vec<Row>)) -> Result<()> {
        let none = || (BTreeSet::new(), None);
        let (groups, mut trouble) = self.with_scope(scope, none(), |store, keys| Ok(store.groups(keys, tree)))?;
        for group in groups {
            // No lock is held while the caller looks, so that it may call the vault; each group is as it is by then.
            let (rows, damage) =
                self.with_scope(scope, (vec![], None), |store, keys| match store.rows(keys, tree, &group) {
                    Ok(rows) => Ok((rows, None)),
                    Err(Error::Damaged { .. }) => Ok(store.readable_rows(keys, tree, &group)),
                    Err(error) => Err(error),
                })?;
            trouble = trouble.or(damage);
            if !rows.is_empty() {
                visit(&group, rows);
            }
        }
        trouble.map_or(Ok(()), Err)
    }

    /// Replaces a scope's front page: a list that is shown before anything else is opened.
    pub fn put_front_page(&self, scope: Scope, bytes: &[u8]) -> Result<()> {
        let _writer = self.writer();
        let batch = self.batch()?.0;
        let keys = self.keys_to_write(scope)?;
        let name = keys.name(&[b"front page"]);
        let label = Label { kind: Kind::FrontPage, tree: SYSTEM_TREE, name, revision: batch };
        let mut sealed = vec![];
        block::seal(&keys, &Codecs::default(), label, Compress::Yes, bytes, &mut sealed)?;
        Ok(durable::replace(&self.dir.join("front").join(hex(&name)), &sealed)?)
    }

    /// A scope's front page, or none. Works as soon as [`unlock_keys`](Self::unlock_keys) was called.
    ///
    /// # Errors
    /// `Damaged` if it is not what was written: show nothing and write it again.
    pub fn front_page(&self, scope: Scope) -> Result<Option<FrontPage>> {
        let keys = self.state().keys()?.clone();
        let Some(keys) = self.keys_to_read(&keys, scope)? else { return Ok(None) };
        let name = keys.name(&[b"front page"]);
        let sealed = match fs::read(self.dir.join("front").join(hex(&name))) {
            Ok(sealed) => sealed,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let damaged = || Error::damaged(Damage::FrontPage);
        let header = Header::read(&sealed)
            .filter(|header| header.label.kind == Kind::FrontPage && header.label.name == name)
            .ok_or_else(damaged)?;
        let bytes = block::open(&keys, &Codecs::default(), &header, &sealed).ok_or_else(damaged)?;
        Ok(Some(FrontPage { batch: BatchNumber(header.label.revision), bytes }))
    }
}
