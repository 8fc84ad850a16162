//! Scopes come and go: registered at their first write, erased by deleting their share (V2).

use std::fs;

use crate::block::{Compress, Header, Kind};
use crate::durable;
use crate::error::{Damage, Error, Result};
use crate::keyring::share;
use crate::keys::{Keyset, random};
use crate::scope::{ChartId, Class, SYSTEM_SCOPE, SYSTEM_TREE, Scope, ScopeId};
use crate::scope_record::ScopeRecord;
use crate::scope_table::{Registered, Standing};
use crate::store::{Draft, NewBlock, Store};
use crate::vault::{State, Vault, Writer};
use crate::vault_keys::VaultKeys;

use std::sync::Arc;
use zeroize::Zeroizing;

impl Vault {
    /// Erases a chart, all its classes: see [`erase_scope`](Self::erase_scope).
    pub fn erase_chart(&self, chart: ChartId) -> Result<()> {
        let (mut scopes, damaged) = {
            let listed = self.scopes();
            let scopes = listed.iter().map(|(scope, _)| scope).filter(|scope| scope.chart == chart);
            (scopes.collect::<Vec<_>>(), listed.damaged)
        };
        if damaged && self.state().store().is_err() {
            // Which classes the chart has is written in the block files, which cannot be read now.
            scopes = (0..=u8::MAX).map(|class| Scope { chart, class: Class(class) }).collect();
        }
        self.erase(&scopes)
    }

    /// Erases one class of a chart by deleting its key share. Idempotent, and works while locked: what it held cannot be
    /// read from then on, by nobody; the bytes go now, or at the next unlock. Writing to the scope says `Erased` until
    /// [`admit_again`](Self::admit_again).
    ///
    /// # Errors
    /// `KeystoreUnavailable`: the erasure is noted and finished at the next unlock, or by calling again.
    pub fn erase_scope(&self, scope: Scope) -> Result<()> {
        self.erase(&[scope])
    }

    fn erase(&self, scopes: &[Scope]) -> Result<()> {
        let mut writer = self.writer();
        if matches!(*self.state(), State::Closed) {
            return Err(Error::Closed);
        }
        let marks: Vec<_> = scopes
            .iter()
            .filter_map(|scope| Some((*scope, self.scopes().get(*scope)?)))
            .filter(|(_, registered)| registered.standing == Standing::Live)
            .map(|(scope, registered)| (scope, Registered { standing: Standing::Erasing, ..registered }))
            .collect();
        // Noted before, so that a crash in between is made up for. A disk that cannot be written does not stop an
        // erasure: the missing share tells the same at the next unlock.
        let mut noted = if marks.is_empty() { Ok(()) } else { self.scopes().set(&marks) };
        if matches!(noted, Err(Error::Full)) && durable::release_reserve(&self.dir) {
            noted = self.scopes().set(&marks);
        }
        for scope in scopes {
            self.keystore.delete(&scope.slot())?;
        }
        if let Ok(keys) = self.state().keys() {
            for (_, registered) in &marks {
                keys.remove(registered.id);
            }
        }
        if self.state().store().is_ok() {
            self.finish_erasures(&mut writer)?;
        }
        match noted {
            Err(error @ Error::Io { .. }) => Err(error),
            _ => Ok(()),
        }
    }

    /// Lets an erased scope be written again, under a new share. What was erased stays so.
    pub fn admit_again(&self, scope: Scope) -> Result<()> {
        let _writer = self.writer();
        self.state().store()?;
        let Some(registered) = self.scopes().get(scope) else { return Ok(()) };
        match registered.standing {
            Standing::Live => Ok(()),
            Standing::Erasing => Err(Error::Erased),
            Standing::Erased => {
                let id = self.make_share(scope)?;
                self.scopes().set(&[(scope, Registered { standing: Standing::Live, id })])
            }
        }
    }

    /// Makes a share and keys for a scope, answers its new header id. The share is there before the table says so: a
    /// listed scope without a share counts as erased.
    fn make_share(&self, scope: Scope) -> Result<ScopeId> {
        let id = loop {
            match random()? {
                SYSTEM_SCOPE => {}
                id => break id,
            }
        };
        let made = share(&*self.keystore, &scope.slot(), true)?.ok_or(Error::Erased)?;
        self.state().keys()?.add(scope, id, &made)?;
        Ok(id)
    }

    /// Keys to write a scope with; registers it at its first write.
    pub(crate) fn keys_to_write(&self, scope: Scope) -> Result<Arc<Keyset>> {
        let registered = self.scopes().get(scope);
        let id = match registered {
            Some(Registered { standing: Standing::Live, id }) => id,
            Some(_) => return Err(Error::Erased),
            None => {
                let id = self.make_share(scope)?;
                self.scopes().set(&[(scope, Registered { standing: Standing::Live, id })])?;
                id
            }
        };
        self.state().keys()?.by_id(id).ok_or(Error::Erased)
    }

    /// Keys to read a scope with; none if nothing was ever written to it.
    pub(crate) fn keys_to_read(&self, keys: &VaultKeys, scope: Scope) -> Result<Option<Arc<Keyset>>> {
        match self.scopes().get(scope) {
            None => Ok(None),
            Some(Registered { standing: Standing::Live, id }) => keys.by_id(id).map(Some).ok_or(Error::Erased),
            Some(_) => Err(Error::Erased),
        }
    }

    /// The vault's own record of a scope, where the block files do not have it yet.
    pub(crate) fn missing_scope_record(store: &Store, scope: Scope, id: ScopeId) -> Option<NewBlock> {
        let known = store.table.get(&ScopeRecord::name(&store.keys.system, id)).is_some();
        (!known).then(|| Self::new_scope_record(store, scope, id, false))
    }

    pub(crate) fn new_scope_record(store: &Store, scope: Scope, id: ScopeId, gone: bool) -> NewBlock {
        let keys = store.keys.system.clone();
        let name = ScopeRecord::name(&keys, id);
        let raw = Zeroizing::new(ScopeRecord { scope, id, gone }.encode());
        NewBlock { keys, kind: Kind::Scope, tree: SYSTEM_TREE, name, compress: Compress::Never, raw }
    }

    /// Fetches each scope's share. A scope without one was erased, perhaps by another hand than ours.
    pub(crate) fn load_shares(&self, keys: &VaultKeys) -> Result<()> {
        let listed: Vec<_> = self.scopes().iter().collect();
        let mut gone = vec![];
        for (scope, registered) in listed.into_iter().filter(|(_, registered)| registered.standing == Standing::Live) {
            match share(&*self.keystore, &scope.slot(), false)? {
                Some(share) => {
                    keys.add(scope, registered.id, &share)?;
                }
                None => gone.push((scope, Registered { standing: Standing::Erasing, ..registered })),
            }
        }
        if gone.is_empty() { Ok(()) } else { self.scopes().set(&gone) }
    }

    /// Completes the table of scopes from the sealed records, if it was lost.
    pub(crate) fn recover_scopes(&self, keys: &VaultKeys, damage: &mut Vec<Damage>) -> Result<()> {
        let mut found = vec![];
        {
            let state = self.state();
            let store = state.store()?;
            let listed = self.scopes();
            for (name, entry) in store.scope_records() {
                match store.open(&name, &entry).map(|content| ScopeRecord::decode(&content)) {
                    Ok(Some(record)) if listed.get(record.scope).is_none() => found.push(record),
                    Ok(Some(_)) => {}
                    Ok(None) => damage.push(Damage::Block { number: entry.file, offset: entry.offset }),
                    Err(Error::Damaged { what }) => damage.push(what),
                    Err(error) => return Err(error),
                }
            }
        }
        // Of a scope that was admitted again the live record counts.
        found.sort_by_key(|record| !record.gone);
        let mut changes = vec![];
        for record in found {
            let live = !record.gone
                && match share(&*self.keystore, &record.scope.slot(), false)? {
                    Some(share) => {
                        keys.add(record.scope, record.id, &share)?;
                        true
                    }
                    None => false,
                };
            let standing = match (live, record.gone) {
                (true, _) => Standing::Live,
                (false, true) => Standing::Erased,
                (false, false) => Standing::Erasing,
            };
            changes.push((record.scope, Registered { standing, id: record.id }));
        }
        if changes.is_empty() && !self.scopes().damaged { Ok(()) } else { self.scopes().set(&changes) }
    }

    /// Takes the bytes of erased scopes out of the index and deletes their files. What fails is tried again later.
    pub(crate) fn finish_erasures(&self, writer: &mut Writer) -> Result<Vec<Scope>> {
        let waiting: Vec<_> =
            self.scopes().iter().filter(|(_, registered)| registered.standing == Standing::Erasing).collect();
        let mut done = vec![];
        for (scope, registered) in waiting {
            self.keystore.delete(&scope.slot())?;
            let record = Self::new_scope_record(self.state().store()?, scope, registered.id, true);
            let draft = Draft { blocks: vec![record], gone: vec![registered.id], ..Draft::default() };
            let finished = self
                .write(writer, draft, true)
                .and_then(|_| remove_files_of(&self.dir.join("bodies"), registered.id))
                .and_then(|()| remove_files_of(&self.dir.join("front"), registered.id))
                .and_then(|()| self.scopes().set(&[(scope, Registered { standing: Standing::Erased, ..registered })]));
            match finished {
                Ok(()) => done.push(scope),
                // The key is gone; the bytes may wait for room.
                Err(Error::Full | Error::ReadOnly) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }
}

/// Deletes the files of a folder whose block belongs to a scope; the clear header says so.
fn remove_files_of(folder: &std::path::Path, scope: ScopeId) -> Result<()> {
    use std::io::Read;
    let mut removed = false;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let mut start = Vec::with_capacity(crate::block::HEADER);
        fs::File::open(&path)?.take(crate::block::HEADER as u64).read_to_end(&mut start)?;
        if Header::read(&start).is_some_and(|header| header.scope == scope) {
            durable::remove(&path)?;
            removed = true;
        }
    }
    if removed { Ok(durable::sync_directory(folder)?) } else { Ok(()) }
}
