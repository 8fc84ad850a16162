//! The unlocked store: block files and index as one thing. It prepares a batch, and takes it over once it is durable.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::block::{self, Codecs, Compress, Header, Kind, Label};
use crate::block_files::{BlockFiles, FILE_BYTES};
use crate::commit_record::{CommitRecord, digest_of_blocks};
use crate::error::{Damage, Error, Result};
use crate::index::{Change, Entry, FileUse, IndexStore, Position, Table};
use crate::keys::Keyset;
use crate::replay::{Replayed, replay};
use crate::rows::Changes;
use crate::scope::{Name, SYSTEM_SCOPE, SYSTEM_TREE, ScopeId, Tree};
use crate::vault_keys::VaultKeys;
use crate::wire::hex;

/// A block to be sealed.
pub(crate) struct NewBlock {
    pub keys: Arc<Keyset>,
    pub kind: Kind,
    pub tree: Tree,
    pub name: Name,
    pub compress: Compress,
    pub raw: Zeroizing<Vec<u8>>,
}

/// All that one batch does to the store.
#[derive(Default)]
pub(crate) struct Draft {
    pub blocks: Vec<NewBlock>,
    /// Blocks to copy as they are (compaction).
    pub copies: Vec<(Name, Entry)>,
    /// Names that leave the index without a tombstone.
    pub forget: Vec<Name>,
    /// Scopes whose tail segments of earlier batches are folded away.
    pub tail_starts: Vec<(ScopeId, u64)>,
    /// Scopes that are gone.
    pub gone: Vec<ScopeId>,
    /// The row changes in it, for the tails in memory.
    pub rows: Vec<(ScopeId, Changes)>,
    /// Write a commit record even if there is nothing else.
    pub always: bool,
}

impl Draft {
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
            && self.copies.is_empty()
            && self.forget.is_empty()
            && self.tail_starts.is_empty()
            && self.gone.is_empty()
            && !self.always
    }
}

/// A sealed batch, ready to be appended.
pub(crate) struct Prepared {
    pub batch: u64,
    pub file: u32,
    pub offset: u32,
    pub bytes: Vec<u8>,
    changes: Vec<Change>,
    tail_starts: BTreeMap<ScopeId, u64>,
    gone: Vec<ScopeId>,
    rows: Vec<(ScopeId, Changes)>,
}

/// What loading the store found.
pub(crate) struct Loaded {
    pub replayed: Replayed,
    /// The index was missing or of no use, and was built anew from the block files.
    pub rebuilt: bool,
}

pub(crate) struct Store {
    dir: PathBuf,
    pub keys: Arc<VaultKeys>,
    pub codecs: Codecs,
    pub files: Arc<BlockFiles>,
    pub table: Table,
    index: Mutex<Box<dyn IndexStore>>,
    /// Tails by scope, once they were read.
    tails: Mutex<HashMap<ScopeId, Changes>>,
}

impl Store {
    /// Loads the index and replays what is newer than it; rebuilds it where it is of no use.
    pub fn load(dir: &Path, keys: Arc<VaultKeys>, mut index: Box<dyn IndexStore>) -> Result<(Self, Loaded)> {
        let head_key = keys.system.mac_key(b"head")?;
        let (files, codecs) = (Arc::new(BlockFiles::new(dir)), Codecs::default());
        let stored = index.load();
        let fresh = matches!(stored, Ok(None)) && files.list()?.is_empty();
        let mut rebuilt = !fresh && !matches!(stored, Ok(Some(_)));
        let mut table = Table::new(stored.ok().flatten(), head_key.clone());
        let mut replayed = replay(&mut table, &files, &keys, &codecs)?;
        if replayed.incomplete && !rebuilt && !fresh {
            // The saved index and the files tell different stories; the files decide.
            let torn_bytes = replayed.torn_bytes;
            table = Table::new(None, head_key);
            replayed = replay(&mut table, &files, &keys, &codecs)?;
            replayed.torn_bytes += torn_bytes;
            rebuilt = true;
        }
        if rebuilt {
            // Best effort: on a full disk the index stays in memory and is saved later.
            let _ = index.invalidate();
            table.mark_all_unsaved();
        }
        if replayed.incomplete {
            replayed.damage.push(Damage::MissingBlocks);
        }
        let store = Store {
            dir: dir.to_owned(),
            keys,
            codecs,
            files,
            table,
            index: Mutex::new(index),
            tails: Mutex::default(),
        };
        Ok((store, Loaded { replayed, rebuilt }))
    }

    pub fn position(&self) -> &Position {
        &self.table.position
    }

    /// Seals a batch without changing anything.
    pub fn prepare(&self, draft: Draft) -> Result<Prepared> {
        let position = self.position();
        let batch = position.batch + 1;
        let roll = position.offset >= FILE_BYTES || position.file == 0;
        let newest = position.files.keys().last().copied().unwrap_or(0).max(position.file);
        let (file, offset) = if roll { (newest + 1, 0) } else { (position.file, position.offset) };
        let capacity = draft.blocks.iter().map(|new| new.raw.len() / 2 + 512).sum::<usize>() + 512;
        let mut bytes = Vec::with_capacity(capacity);
        let mut spans = vec![];
        let mut changes: Vec<Change> = vec![];
        for name in &draft.forget {
            changes.push((*name, None));
        }
        for gone in &draft.gone {
            changes.extend(self.table.iter().filter(|(_, entry)| entry.scope == *gone).map(|(name, _)| (*name, None)));
        }
        let mut tail_starts = position.tail_starts.clone();
        for (scope, start) in &draft.tail_starts {
            changes.extend(self.table.folded(*scope, *start).into_iter().map(|name| (name, None)));
            tail_starts.insert(*scope, *start);
        }
        tail_starts.retain(|scope, _| !draft.gone.contains(scope));
        let at = |bytes: &Vec<u8>| {
            u32::try_from(bytes.len()).ok().and_then(|at| at.checked_add(offset)).ok_or(Error::TooLarge)
        };
        for new in &draft.blocks {
            let (start, block_offset) = (bytes.len(), at(&bytes)?);
            let label = Label { kind: new.kind, tree: new.tree, name: new.name, revision: batch };
            let (length, tag) = block::seal(&new.keys, &self.codecs, label, new.compress, &new.raw, &mut bytes)?;
            let (kind, tree, scope) = (new.kind, new.tree, new.keys.id);
            let entry = Entry { file, offset: block_offset, length, revision: batch, tag, kind, tree, scope };
            changes.push((new.name, Some(entry)));
            spans.push(start..bytes.len());
        }
        for (name, entry) in &draft.copies {
            let (start, block_offset) = (bytes.len(), at(&bytes)?);
            bytes.extend_from_slice(&self.files.read(entry)?);
            changes.push((*name, Some(Entry { file, offset: block_offset, ..*entry })));
            spans.push(start..bytes.len());
        }
        at(&bytes)?;
        let (head, counts) = self.table.sums_after(&changes);
        let digest =
            digest_of_blocks(spans.iter().filter_map(|span| bytes.get(span.clone()))).ok_or(Error::TooLarge)?;
        let record = CommitRecord {
            batch,
            count: spans.len() as u32,
            bytes: bytes.len() as u32,
            digest,
            head,
            counts,
            tail_starts: tail_starts.clone(),
        };
        let label = Label { kind: Kind::Commit, tree: SYSTEM_TREE, name: [0; 16], revision: batch };
        block::seal(&self.keys.system, &self.codecs, label, Compress::Never, &record.encode(), &mut bytes)?;
        at(&bytes)?;
        Ok(Prepared { batch, file, offset, bytes, changes, tail_starts, gone: draft.gone, rows: draft.rows })
    }

    /// Takes over a batch that is durable now.
    pub fn publish(&mut self, prepared: Prepared) {
        let end = prepared.offset + prepared.bytes.len() as u32;
        let position = &mut self.table.position;
        position.batch = prepared.batch;
        (position.file, position.offset) = (prepared.file, end);
        position.files.entry(prepared.file).or_insert(FileUse { length: 0, live: 0 }).length = end;
        position.gone.extend(&prepared.gone);
        for change in prepared.changes {
            self.table.set(change);
        }
        let mut tails = self.tails();
        for (scope, start) in &prepared.tail_starts {
            // A fold always takes the whole tail.
            if self.table.position.tail_starts.get(scope) != Some(start) {
                tails.remove(scope);
            }
        }
        tails.retain(|scope, _| !prepared.gone.contains(scope));
        for (scope, changes) in prepared.rows {
            if let Some(tail) = tails.get_mut(&scope) {
                tail.extend(changes);
            }
        }
        drop(tails);
        self.table.position.tail_starts = prepared.tail_starts;
    }

    /// Opens the block of an entry. What the index expects decides, never what the block says of itself.
    pub fn open(&self, name: &Name, entry: &Entry) -> Result<Zeroizing<Vec<u8>>> {
        let keys = self.keys.by_id(entry.scope).ok_or(Error::Erased)?;
        let bytes = self.files.read(entry)?;
        let damaged = || Error::damaged(Damage::Block { number: entry.file, offset: entry.offset });
        let header = Header::read(&bytes).ok_or_else(damaged)?;
        let label = header.label;
        let expected = label.name == *name
            && label.revision == entry.revision
            && label.kind == entry.kind
            && label.tree == entry.tree
            && header.scope == entry.scope
            && block::tag_of(&bytes) == Some(entry.tag);
        if !expected {
            return Err(damaged());
        }
        block::open(&keys, &self.codecs, &header, &bytes).ok_or_else(damaged)
    }

    /// Where the body of a value lies that has a file of its own. Each revision has another, so that none is overwritten.
    pub fn body_path(&self, keys: &Keyset, name: &Name, revision: u64) -> PathBuf {
        self.dir.join("bodies").join(hex(&keys.name(&[b"body", name, &revision.to_le_bytes()])))
    }

    pub fn tails(&self) -> MutexGuard<'_, HashMap<ScopeId, Changes>> {
        // Whatever a panic left there was complete before it; a tail is also read again from its segments.
        self.tails.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads a scope's tail into memory, if it is not there yet.
    pub fn load_tail(&self, scope: ScopeId) -> Result<()> {
        let mut tails = self.tails();
        if let std::collections::hash_map::Entry::Vacant(place) = tails.entry(scope) {
            let mut all = Changes::default();
            for (_, name) in self.table.tail(scope) {
                all.extend(self.segment(&name)?);
            }
            place.insert(all);
        }
        Ok(())
    }

    /// One tail segment's changes.
    pub fn segment(&self, name: &Name) -> Result<Changes> {
        let Some(entry) = self.table.get(name) else { return Err(Error::NotFound) };
        let content = self.open(name, entry)?;
        Changes::decode(&content).ok_or(Error::damaged(Damage::Block { number: entry.file, offset: entry.offset }))
    }

    /// Saves the index. A failed save makes the next open rebuild; nothing depends on it.
    pub fn save_index(&mut self) -> Result<()> {
        if !self.table.has_unsaved() {
            return Ok(());
        }
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        let saved = self.table.save(&mut **index);
        if saved.is_err() {
            let _ = index.invalidate();
            self.table.mark_all_unsaved();
        }
        saved
    }

    /// Makes sure that no saved index from before this moment is used again.
    pub fn forget_saved_index(&self) -> Result<()> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner).invalidate()
    }

    /// Live blocks of a kind, in a scope and tree.
    pub fn entries(&self, scope: ScopeId, tree: Tree, kinds: &[Kind]) -> Vec<(Name, Entry)> {
        let wanted = |entry: &Entry| entry.scope == scope && entry.tree == tree && kinds.contains(&entry.kind);
        self.table.iter().filter(|(_, entry)| wanted(entry)).map(|(name, entry)| (*name, *entry)).collect()
    }

    /// The vault's own records of scopes.
    pub fn scope_records(&self) -> Vec<(Name, Entry)> {
        self.entries(SYSTEM_SCOPE, SYSTEM_TREE, &[Kind::Scope])
    }
}
