//! Committing: a batch becomes blocks, blocks become durable, then they count.

use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::batch::{Batch, ValueChange};
use crate::block::{self, Compress, Kind, Label, named};
use crate::block_files::AppendError;
use crate::durable;
use crate::error::{Error, Result};
use crate::keys::Keyset;
use crate::rows::{self, Changes};
use crate::scope::{BatchNumber, Name, Scope, Tree};
use crate::store::{Draft, NewBlock};
use crate::tree_reader::{part_name, tail_name, value_name};
use crate::vault::{State, Vault, Writer};

use std::sync::Arc;

/// A value longer than this has a file of its own, in bytes.
const BODY_BYTES: usize = 256 << 10;
/// A tail is folded into home blocks past this, uncompressed bytes: folding costs more often than it saves below.
const TAIL_BYTES: usize = 2 << 20;
/// Or past this many segments, when batches are tiny.
const TAIL_SEGMENTS: usize = 256;
/// A home block's rows, uncompressed bytes.
const HOME_BYTES: usize = 32 << 10;
/// A fold commits in slices of about this, uncompressed bytes.
const SLICE_BYTES: usize = 4 << 20;
/// The index is saved at least this often, in batches.
const SAVE_EVERY: u32 = 128;

impl Vault {
    /// Makes a batch durable, whole or not at all. When this returns `Ok`, the batch survives a power cut.
    ///
    /// # Errors
    /// `Locked`, `Erased`, `TooLarge`, `Full`, `ReadOnly`, `KeystoreUnavailable` (a new scope needs a share): nothing of
    /// the batch was saved. `Closed` after a write whose outcome is unknown: open the store anew.
    pub fn commit(&self, batch: Batch) -> Result<BatchNumber> {
        batch.check()?;
        let mut writer = self.writer();
        let number = self.state().store()?.position().batch + 1;
        if batch.is_empty() {
            return Ok(BatchNumber(number - 1));
        }
        let frees = batch.only_deletes();
        let scopes = batch.scopes();
        let mut bodies = Bodies::default();
        let written = self.draft(batch, number, &mut bodies).and_then(|draft| self.write(&mut writer, draft, frees));
        match &written {
            Ok(_) => bodies.replaced.iter().for_each(|path| drop(durable::remove(path))),
            Err(_) => bodies.written.iter().for_each(|path| drop(durable::remove(path))),
        }
        let number = written?;
        // The batch is durable: what follows is housekeeping, which another time may do.
        for scope in scopes {
            let _ = self.fold_if_long(&mut writer, scope);
        }
        if writer.unsaved >= SAVE_EVERY {
            let _ = self.save_index(&mut writer);
        }
        Ok(BatchNumber(number))
    }

    fn draft(&self, batch: Batch, number: u64, bodies: &mut Bodies) -> Result<Draft> {
        let mut draft = Draft::default();
        for scope in batch.scopes() {
            let keys = self.keys_to_write(scope)?;
            draft.blocks.extend(Self::missing_scope_record(self.state().store()?, scope, keys.id));
        }
        for ((scope, tree, name), change) in batch.values {
            let keys = self.keys_to_write(scope)?;
            let block_name = value_name(&keys, tree, &name);
            let state = self.state();
            let store = state.store()?;
            let old = store.table.get(&block_name).filter(|entry| entry.is_live());
            if let Some(old) = old.filter(|old| old.kind == Kind::Reference) {
                bodies.replaced.push(store.body_path(&keys, &block_name, old.revision));
            }
            let (kind, raw, compress) = match change {
                ValueChange::Delete if old.is_none() => continue,
                ValueChange::Delete => (Kind::Tombstone, Zeroizing::new(vec![]), Compress::Never),
                ValueChange::Put(bytes, compress) if bytes.len() > BODY_BYTES => {
                    let label = Label { kind: Kind::Body, tree, name: block_name, revision: number };
                    let mut sealed = Vec::with_capacity(bytes.len() + 512);
                    let (_, tag) = block::seal(&keys, &store.codecs, label, compress, &bytes, &mut sealed)?;
                    let path = store.body_path(&keys, &block_name, number);
                    drop(state);
                    durable::write_synced(&path, &sealed)?;
                    bodies.written.push(path);
                    (Kind::Reference, named(&name, &tag), Compress::Never)
                }
                ValueChange::Put(bytes, compress) => (Kind::Value, named(&name, &bytes), compress),
            };
            draft.blocks.push(NewBlock { keys, kind, tree, name: block_name, compress, raw });
        }
        if !bodies.written.is_empty() {
            durable::sync_directory(&self.dir.join("bodies"))?;
        }
        for (scope, changes) in batch.rows {
            let keys = self.keys_to_write(scope)?;
            let (name, raw) = (tail_name(&keys, number), changes.encode());
            draft.rows.push((keys.id, changes));
            draft.blocks.push(NewBlock { keys, kind: Kind::Tail, tree: TAIL_TREE, name, compress: Compress::Yes, raw });
        }
        Ok(draft)
    }

    /// Seals, appends, syncs, publishes. A draft that frees room may use the room held back.
    pub(crate) fn write(&self, writer: &mut Writer, draft: Draft, frees: bool) -> Result<u64> {
        let (prepared, files) = {
            let state = self.state();
            let store = state.store()?;
            if draft.is_empty() {
                return Ok(store.position().batch);
            }
            (store.prepare(draft)?, store.files.clone())
        };
        let append = || files.append(prepared.file, prepared.offset, &prepared.bytes);
        let mut appended = append();
        if frees && matches!(appended, Err(AppendError::Undone(Error::Full))) && durable::release_reserve(&self.dir) {
            appended = append();
        }
        match appended {
            Ok(()) => {}
            Err(AppendError::Undone(error)) => return Err(error),
            Err(AppendError::Unknown(error)) => {
                *self.state_mut() = State::Closed;
                return Err(error);
            }
        }
        let number = prepared.batch;
        self.state_mut().store_mut()?.publish(prepared);
        writer.unsaved += 1;
        Ok(number)
    }

    pub(crate) fn save_index(&self, writer: &mut Writer) -> Result<()> {
        writer.unsaved = 0;
        self.state_mut().store_mut()?.save_index()
    }

    fn fold_if_long(&self, writer: &mut Writer, scope: Scope) -> Result<()> {
        let keys = self.keys_to_write(scope)?;
        let long = {
            let state = self.state();
            let store = state.store()?;
            store.load_tail(keys.id)?;
            store.tails().get(&keys.id).is_some_and(|tail| tail.weight() > TAIL_BYTES)
                || store.table.tail(keys.id).count() > TAIL_SEGMENTS
        };
        if !long {
            return Ok(());
        }
        self.fold(writer, &keys)?;
        self.compact_below(writer, 0.3)
    }

    /// Moves a scope's tail into home blocks. Between slices the tail still holds everything, and wins.
    pub(crate) fn fold(&self, writer: &mut Writer, keys: &Arc<Keyset>) -> Result<()> {
        let tail = {
            let state = self.state();
            let store = state.store()?;
            let mut copy = Changes::default();
            for (_, name) in store.table.tail(keys.id) {
                copy.extend(store.segment(&name)?);
            }
            copy
        };
        let mut slice = Draft::default();
        let mut weight = 0;
        for ((tree, group), changes) in tail.into_groups() {
            let blocks = self.fold_group(keys, tree, &group, changes)?;
            weight += blocks.iter().map(|block| block.raw.len()).sum::<usize>();
            slice.blocks.extend(blocks);
            if weight > SLICE_BYTES {
                self.write(writer, std::mem::take(&mut slice), true)?;
                weight = 0;
            }
        }
        slice.tail_starts = vec![(keys.id, self.state().store()?.position().batch + 1)];
        self.write(writer, slice, true)?;
        Ok(())
    }

    fn fold_group(
        &self,
        keys: &Arc<Keyset>,
        tree: Tree,
        group: &[u8],
        changes: Vec<rows::RowChange>,
    ) -> Result<Vec<NewBlock>> {
        let mut parts = self.state().store()?.parts(keys, tree, group)?;
        let before = parts.len();
        let changed = rows::fold(&mut parts, group, changes, HOME_BYTES);
        let block = |number: usize, kind: Kind, raw: Zeroizing<Vec<u8>>| {
            let name: Name = part_name(keys, tree, group, number as u32);
            NewBlock { keys: keys.clone(), kind, tree, name, compress: Compress::Yes, raw }
        };
        if parts.iter().all(|part| part.rows.is_empty()) {
            return Ok((0..before).map(|number| block(number, Kind::Tombstone, Zeroizing::new(vec![]))).collect());
        }
        let part_block = |number: usize| {
            let kind = if number == 0 { Kind::Home } else { Kind::HomePart };
            parts.get(number).map(|part| block(number, kind, part.encode()))
        };
        Ok(changed.into_iter().filter_map(part_block).collect())
    }
}

/// Tail segments mix trees; in the clear header they have the vault's own tree number.
pub(crate) const TAIL_TREE: Tree = crate::scope::SYSTEM_TREE;

#[derive(Default)]
struct Bodies {
    written: Vec<PathBuf>,
    /// Files of values that this batch replaces or deletes; removed once it is durable.
    replaced: Vec<PathBuf>,
}
