//! Upkeep: compaction, checks, dropping what is damaged, counting.

use std::collections::BTreeSet;
use std::fs;

use zeroize::Zeroizing;

use crate::block::{Compress, Kind};
use crate::durable;
use crate::error::{Damage, Error, Result};
use crate::index::Entry;
use crate::rows::Part;
use crate::scope::{Name, SYSTEM_SCOPE, Scope, Tree};
use crate::scope_record::ScopeRecord;
use crate::scope_table::Standing;
use crate::store::{Draft, NewBlock, Store};
use crate::vault::{Vault, Writer};

/// At the end of a walk a file is rewritten when less than this share of it is live; so files stay within 1.7 times the
/// live data, and one file more (V5).
const LIVE_SHARE: f64 = 0.6;

/// Counts, for diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stats {
    /// Block files.
    pub files: u64,
    /// Their length in bytes.
    pub file_bytes: u64,
    /// Bytes in them that the index points at.
    pub live_bytes: u64,
    /// Blocks in use, the vault's own included.
    pub blocks: u64,
    /// Values that have a file of their own.
    pub bodies: u64,
}

/// What a full check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckReport {
    /// Blocks and bodies opened.
    pub opened: u64,
    /// What cannot be read.
    pub damage: Vec<Damage>,
    /// Whether the sum over all blocks is the recorded one.
    pub head_matches: bool,
}

impl CheckReport {
    /// Nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.damage.is_empty() && self.head_matches
    }
}

/// Something damaged that was given up, so that it can be fetched again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// Whose it was.
    pub scope: Scope,
    /// What it was of; none if it held rows of several trees.
    pub tree: Option<Tree>,
}

impl Vault {
    /// Counts files, bytes and blocks.
    pub fn stats(&self) -> Result<Stats> {
        let state = self.state();
        let store = state.store()?;
        let position = store.position();
        let live = || store.table.iter().filter(|(_, entry)| entry.is_live());
        Ok(Stats {
            files: position.files.len() as u64,
            file_bytes: position.files.values().map(|file| u64::from(file.length)).sum(),
            live_bytes: position.files.values().map(|file| file.live).sum(),
            blocks: live().count() as u64,
            bodies: live().filter(|(_, entry)| entry.kind == Kind::Reference).count() as u64,
        })
    }

    /// Saves the index now. Without it the next unlock replays more.
    pub fn checkpoint(&self) -> Result<()> {
        let mut writer = self.writer();
        self.save_index(&mut writer)
    }

    /// What belongs to the end of a sync: compacts where it pays, saves the index, holds room back for a full disk.
    pub fn end_of_walk(&self) -> Result<()> {
        let mut writer = self.writer();
        self.compact_below(&mut writer, LIVE_SHARE)?;
        self.save_index(&mut writer)?;
        durable::keep_reserve(&self.dir);
        Ok(())
    }

    /// Rewrites the files that hold much dead data and removes bodies that nothing refers to.
    pub fn compact(&self) -> Result<()> {
        let mut writer = self.writer();
        self.compact_below(&mut writer, LIVE_SHARE)?;
        self.remove_stray_bodies()
    }

    /// Copies the live blocks of poor files to the end, sealed bytes as they are, then deletes those files.
    pub(crate) fn compact_below(&self, writer: &mut Writer, live_share: f64) -> Result<()> {
        let poor: Vec<u32> = {
            let state = self.state();
            let position = state.store()?.position();
            let is_poor = |live: u64, length: u32| (live as f64) < f64::from(length) * live_share;
            position
                .files
                .iter()
                .filter(|(_, file)| is_poor(file.live, file.length))
                .map(|(number, _)| *number)
                .collect()
        };
        let mut emptied = vec![];
        for number in poor {
            if self.empty_file(writer, number)? {
                emptied.push(number);
            }
        }
        if emptied.is_empty() {
            return Ok(());
        }
        // A saved index older than this would miss tombstones that go with the files.
        if self.save_index(writer).is_err() {
            self.state().store()?.forget_saved_index()?;
        }
        let mut state = self.state_mut();
        let store = state.store_mut()?;
        for number in emptied {
            store.files.remove(number)?;
            store.table.position.files.remove(&number);
        }
        Ok(())
    }

    /// False if the file holds something damaged: then it stays as it is.
    fn empty_file(&self, writer: &mut Writer, number: u32) -> Result<bool> {
        let mut draft = Draft::default();
        {
            let state = self.state();
            let store = state.store()?;
            let lowest = store.position().files.keys().next() == Some(&number);
            let mut here: Vec<(Name, Entry)> = store
                .table
                .iter()
                .filter(|(_, entry)| entry.file == number)
                .map(|(name, entry)| (*name, *entry))
                .collect();
            here.sort_unstable_by_key(|(_, entry)| entry.offset);
            for (name, entry) in here {
                match store.open(&name, &entry) {
                    // No older file is left in which the name could have a block.
                    Ok(_) if !entry.is_live() && lowest => draft.forget.push(name),
                    Ok(_) => draft.copies.push((name, entry)),
                    Err(Error::Damaged { .. }) => return Ok(false),
                    Err(error) => return Err(error),
                }
            }
        }
        let active = self.state().store()?.position().file == number;
        if active {
            self.state_mut().store_mut()?.table.position.offset = crate::block_files::FILE_BYTES;
        }
        // Even with nothing to copy: the last commit record, with head and tail starts, must lie in a file that stays.
        draft.always = active;
        self.write(writer, draft, true)?;
        Ok(true)
    }

    fn remove_stray_bodies(&self) -> Result<()> {
        let state = self.state();
        let store = state.store()?;
        let mut known = BTreeSet::new();
        for (name, entry) in store.table.iter().filter(|(_, entry)| entry.kind == Kind::Reference) {
            // A reference that cannot be placed could be any file's: then none is stray.
            let Some(keys) = store.keys.by_id(entry.scope) else { return Ok(()) };
            known.insert(store.body_path(&keys, name, entry.revision));
        }
        if !self.check_store(store).is_sound() {
            return Ok(());
        }
        for entry in fs::read_dir(self.dir.join("bodies"))? {
            let path = entry?.path();
            if !known.contains(&path) {
                durable::remove(&path)?;
            }
        }
        Ok(())
    }

    /// Opens every block and body, and compares the sum over all of them with the recorded one.
    pub fn check(&self) -> Result<CheckReport> {
        Ok(self.check_store(self.state().store()?))
    }

    fn check_store(&self, store: &Store) -> CheckReport {
        let mut report = CheckReport { opened: 0, damage: vec![], head_matches: false };
        let mut head = 0_u128;
        for (name, entry) in store.table.iter() {
            if entry.is_live() {
                head = head.wrapping_add(entry.head_term(&store.table.head_key, name));
            }
            match open_fully(store, name, entry) {
                Ok(()) => report.opened += 1,
                Err(Error::Damaged { what }) => report.damage.push(what),
                Err(_) => report.damage.push(Damage::Block { number: entry.file, offset: entry.offset }),
            }
        }
        report.head_matches = head == store.position().head;
        report
    }

    /// Gives up what is damaged and says what it was, so that the next sync fetches it again. Nothing readable is touched.
    pub fn drop_damaged(&self) -> Result<Vec<Dropped>> {
        let mut writer = self.writer();
        let mut draft = Draft::default();
        let mut dropped = vec![];
        let mut scopes_hit = vec![];
        {
            let state = self.state();
            let store = state.store()?;
            for (name, entry) in store.table.iter() {
                if !matches!(open_fully(store, name, entry), Err(Error::Damaged { .. })) {
                    continue;
                }
                if entry.scope == SYSTEM_SCOPE {
                    draft.blocks.extend(self.scope_record_again(store, name));
                    continue;
                }
                let Some(scope) = self.scopes().by_id(entry.scope) else { continue };
                let Some(keys) = store.keys.by_id(entry.scope) else { continue };
                let (kind, compress) = match entry.kind {
                    // A gap between parts would hide those behind it.
                    Kind::Home | Kind::HomePart => (entry.kind, Compress::Yes),
                    _ => (Kind::Tombstone, Compress::Never),
                };
                let raw = match kind {
                    Kind::Tombstone => Zeroizing::new(vec![]),
                    _ => {
                        let group = store.group_of(&keys, name, entry).unwrap_or_default();
                        Part { group, number: 0, rows: vec![] }.encode()
                    }
                };
                draft.blocks.push(NewBlock { keys, kind, tree: entry.tree, name: *name, compress, raw });
                if entry.is_live() {
                    dropped.push(Dropped { scope, tree: Some(entry.tree).filter(|_| entry.kind != Kind::Tail) });
                    scopes_hit.push(entry.scope);
                }
            }
        }
        self.write(&mut writer, draft, true)?;
        let state = self.state();
        state.store()?.tails().retain(|scope, _| !scopes_hit.contains(scope));
        Ok(dropped)
    }

    /// A damaged record of a scope, written anew from the clear table.
    fn scope_record_again(&self, store: &Store, name: &Name) -> Option<NewBlock> {
        let listed = self.scopes();
        let (scope, found) =
            listed.iter().find(|(_, found)| ScopeRecord::name(&store.keys.system, found.id) == *name)?;
        Some(Self::new_scope_record(store, scope, found.id, found.standing == Standing::Erased))
    }
}

fn open_fully(store: &Store, name: &Name, entry: &Entry) -> Result<()> {
    match (entry.kind, store.keys.by_id(entry.scope)) {
        (Kind::Reference, Some(keys)) => store.named_value(&keys, name, entry).map(|_| ()),
        _ => store.open(name, entry).map(|_| ()),
    }
}
