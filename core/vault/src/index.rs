//! The index: where each name's block lies, which revision and tag it must have, and how far the block files were read.
//!
//! It is held in memory while the vault is open and written in one go now and then. What lies on disk may lag behind by a
//! whole walk: newer batches are replayed on open. Lost or damaged, it is rebuilt from the block files.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ring::hmac;

use crate::block::Kind;
use crate::commit_record::{put_maps, take_maps};
use crate::error::Result;
use crate::keys::{TAG, short_mac};
use crate::scope::{Name, ScopeId, Tree};
use crate::wire::{Fields, PutFields};

/// What the index knows of a block.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub file: u32,
    pub offset: u32,
    pub length: u32,
    pub revision: u64,
    pub tag: [u8; TAG],
    pub kind: Kind,
    pub tree: Tree,
    pub scope: ScopeId,
}

impl Entry {
    /// Encoded length in bytes.
    pub const BYTES: usize = 4 * 3 + 8 + TAG + 2 + 8;

    pub fn put(&self, out: &mut Vec<u8>) {
        out.put_u32(self.file);
        out.put_u32(self.offset);
        out.put_u32(self.length);
        out.put_u64(self.revision);
        out.put(&self.tag);
        out.put(&[self.kind as u8, self.tree.0]);
        out.put(&self.scope);
    }

    pub fn read(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Entry {
            file: fields.u32()?,
            offset: fields.u32()?,
            length: fields.u32()?,
            revision: fields.u64()?,
            tag: fields.array()?,
            kind: Kind::from_number(fields.u8()?)?,
            tree: Tree(fields.u8()?),
            scope: fields.array()?,
        })
    }

    /// Tombstones are not part of the head: compaction may drop one, and a rebuild may find it again.
    pub fn is_live(&self) -> bool {
        self.kind != Kind::Tombstone
    }

    /// This block's term in the head sum.
    pub fn head_term(&self, key: &hmac::Key, name: &Name) -> u128 {
        let parts: [&[u8]; 4] = [&[self.tree.0], name, &self.revision.to_le_bytes(), &self.tag];
        u128::from_le_bytes(short_mac(key, &parts))
    }
}

/// Bytes in a block file, and how many of them the index points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct FileUse {
    pub length: u32,
    pub live: u64,
}

/// How far the block files were read, and the sums over what was found.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Position {
    /// The last batch.
    pub batch: u64,
    /// The file it lies in, and where it ends there.
    pub file: u32,
    pub offset: u32,
    /// Sum of the HMACs of all live blocks.
    pub head: u128,
    pub counts: BTreeMap<Tree, u64>,
    pub tail_starts: BTreeMap<ScopeId, u64>,
    /// Scopes whose blocks count for nothing any more.
    pub gone: BTreeSet<ScopeId>,
    pub files: BTreeMap<u32, FileUse>,
}

impl Position {
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        out.put_u64(self.batch);
        out.put_u32(self.file);
        out.put_u32(self.offset);
        out.put(&self.head.to_le_bytes());
        put_maps(&mut out, &self.counts, &self.tail_starts);
        out.put_u32(self.gone.len() as u32);
        self.gone.iter().for_each(|scope| out.put(scope));
        out.put_u32(self.files.len() as u32);
        for (number, file) in &self.files {
            out.put_u32(*number);
            out.put_u32(file.length);
            out.put_u64(file.live);
        }
        out
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let (batch, file, offset, head) = (fields.u64()?, fields.u32()?, fields.u32()?, fields.u128()?);
        let (counts, tail_starts) = take_maps(&mut fields)?;
        let mut position = Position { batch, file, offset, head, counts, tail_starts, ..Position::default() };
        for _ in 0..fields.u32()? {
            position.gone.insert(fields.array()?);
        }
        for _ in 0..fields.u32()? {
            position.files.insert(fields.u32()?, FileUse { length: fields.u32()?, live: fields.u64()? });
        }
        fields.is_empty().then_some(position)
    }
}

/// A name's new entry, or none where the name leaves the index.
pub(crate) type Change = (Name, Option<Entry>);

/// What lies on disk, whole and authentic.
pub(crate) struct Stored {
    pub position: Position,
    pub entries: HashMap<Name, Entry>,
}

/// Where the index is kept between two openings. Both implementations seal what they write.
pub(crate) trait IndexStore: Send {
    /// What was saved last, or none if there is nothing. Any damage is an error; the caller rebuilds.
    fn load(&mut self) -> Result<Option<Stored>>;

    /// Saves the index: `changes` since the last save, out of `table`.
    fn save(&mut self, changes: &HashMap<Name, Option<Entry>>, table: &Table) -> Result<()>;

    /// Forgets what was saved: the next open rebuilds from the block files.
    fn invalidate(&mut self) -> Result<()>;
}

/// The index in memory. The position's sums always agree with the entries.
pub(crate) struct Table {
    pub position: Position,
    entries: HashMap<Name, Entry>,
    /// Tail segments by scope and revision.
    tails: BTreeMap<ScopeId, BTreeMap<u64, Name>>,
    /// Changed since the last save.
    unsaved: HashMap<Name, Option<Entry>>,
    pub head_key: hmac::Key,
}

impl Table {
    pub fn new(stored: Option<Stored>, head_key: hmac::Key) -> Self {
        let (position, entries) = match stored {
            Some(stored) => (stored.position, stored.entries),
            None => Default::default(),
        };
        let mut tails: BTreeMap<ScopeId, BTreeMap<u64, Name>> = BTreeMap::new();
        for (name, entry) in entries.iter().filter(|(_, entry)| entry.kind == Kind::Tail) {
            tails.entry(entry.scope).or_default().insert(entry.revision, *name);
        }
        Table { position, entries, tails, unsaved: HashMap::new(), head_key }
    }

    pub fn get(&self, name: &Name) -> Option<&Entry> {
        self.entries.get(name)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Entry)> {
        self.entries.iter()
    }

    /// The names of a scope's tail segments, oldest first.
    pub fn tail(&self, scope: ScopeId) -> impl Iterator<Item = (u64, Name)> + '_ {
        self.tails.get(&scope).into_iter().flatten().map(|(revision, name)| (*revision, *name))
    }

    /// Puts or removes an entry, keeping every sum right.
    pub fn set(&mut self, (name, entry): Change) {
        let old = match entry {
            Some(entry) => self.entries.insert(name, entry),
            None => self.entries.remove(&name),
        };
        if let Some(old) = old {
            if old.is_live() {
                self.position.head = self.position.head.wrapping_sub(old.head_term(&self.head_key, &name));
                if let Some(count) = self.position.counts.get_mut(&old.tree) {
                    *count = count.saturating_sub(1);
                }
                self.position.counts.retain(|_, count| *count > 0);
            }
            if let Some(file) = self.position.files.get_mut(&old.file) {
                file.live = file.live.saturating_sub(old.length.into());
            }
            if old.kind == Kind::Tail
                && let Some(tail) = self.tails.get_mut(&old.scope)
            {
                tail.remove(&old.revision);
            }
        }
        if let Some(entry) = entry {
            if entry.is_live() {
                self.position.head = self.position.head.wrapping_add(entry.head_term(&self.head_key, &name));
                *self.position.counts.entry(entry.tree).or_default() += 1;
            }
            self.position.files.entry(entry.file).or_default().live += u64::from(entry.length);
            if entry.kind == Kind::Tail {
                self.tails.entry(entry.scope).or_default().insert(entry.revision, name);
            }
        }
        self.unsaved.insert(name, entry);
    }

    /// Head and counts as they would be after these changes, without making them.
    pub fn sums_after(&self, changes: &[Change]) -> (u128, BTreeMap<Tree, u64>) {
        let (mut head, mut counts) = (self.position.head, self.position.counts.clone());
        for (name, entry) in changes {
            if let Some(old) = self.entries.get(name).filter(|old| old.is_live()) {
                head = head.wrapping_sub(old.head_term(&self.head_key, name));
                if let Some(count) = counts.get_mut(&old.tree) {
                    *count = count.saturating_sub(1);
                }
            }
            if let Some(entry) = entry.filter(Entry::is_live) {
                head = head.wrapping_add(entry.head_term(&self.head_key, name));
                *counts.entry(entry.tree).or_default() += 1;
            }
        }
        counts.retain(|_, count| *count > 0);
        (head, counts)
    }

    /// Names of a scope's tail segments that lie before its tail's start.
    pub fn folded(&self, scope: ScopeId, start: u64) -> Vec<Name> {
        self.tail(scope).take_while(|(revision, _)| *revision < start).map(|(_, name)| name).collect()
    }

    pub fn has_unsaved(&self) -> bool {
        !self.unsaved.is_empty()
    }

    /// Saves what changed.
    pub fn save(&mut self, store: &mut dyn IndexStore) -> Result<()> {
        store.save(&self.unsaved, self)?;
        self.unsaved = HashMap::new();
        Ok(())
    }

    /// The next save writes everything: what lies on disk is not to be trusted.
    pub fn mark_all_unsaved(&mut self) {
        self.unsaved = self.entries.iter().map(|(name, entry)| (*name, Some(*entry))).collect();
    }
}
