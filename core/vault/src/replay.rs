//! Reading block files from a position on: newer batches into the index, or all of them when there is no index.
//!
//! The common way opens commit records only. Where bytes do not fit together, the stretch since the last good commit is
//! read again with every block opened, so that what is whole is kept and only what is damaged is named (V3). A batch
//! at the very end that is not whole, down to its last block, was never acknowledged and is dropped: a disk may have
//! written its parts in any order before the power went. (If it was acknowledged and damaged since, the anchor tells.)

use crate::block::{self, Codecs, HEADER, Header, Kind};
use crate::block_files::{BlockFiles, FILE_BYTES};
use crate::commit_record::{CommitRecord, digest_of_blocks};
use crate::error::{Damage, Result};
use crate::index::{Entry, FileUse, Table};
use crate::keys::TAG;
use crate::scope::{Name, SYSTEM_SCOPE, ScopeId};
use crate::scope_record::ScopeRecord;
use crate::vault_keys::VaultKeys;

/// What a replay found.
#[derive(Default)]
pub(crate) struct Replayed {
    pub batches: u64,
    /// Bytes of unacknowledged batches cut off the end.
    pub torn_bytes: u64,
    pub damage: Vec<Damage>,
    /// Batches are missing, or the sum over what was found is not what the last commit says.
    pub incomplete: bool,
}

struct Found {
    name: Name,
    entry: Entry,
    /// Header and tag, for the commit's digest.
    edges: [u8; HEADER + TAG],
    /// The scope that this block says is gone.
    gone: Option<ScopeId>,
}

struct Replay<'a> {
    table: &'a mut Table,
    keys: &'a VaultKeys,
    codecs: &'a Codecs,
    /// Started from a saved index: then the batch numbers must be without a gap.
    continued: bool,
    pending: Vec<Found>,
    last: Option<CommitRecord>,
    report: Replayed,
}

/// Brings the table up to the end of the block files. Cuts a torn end off; deletes nothing else.
pub(crate) fn replay(table: &mut Table, files: &BlockFiles, keys: &VaultKeys, codecs: &Codecs) -> Result<Replayed> {
    let continued = table.position.batch > 0;
    let start = (table.position.file, table.position.offset);
    let mut replay =
        Replay { table, keys, codecs, continued, pending: vec![], last: None, report: Replayed::default() };
    let mut lengths = files.list()?;
    let last_number = lengths.last().map(|(number, _)| *number);
    for (number, length) in &mut lengths {
        let from = match (*number).cmp(&start.0) {
            std::cmp::Ordering::Less => continue,
            std::cmp::Ordering::Equal => start.1,
            std::cmp::Ordering::Greater => 0,
        };
        if u64::from(from) > *length {
            // The index knows of batches that the file no longer has: they are read as damaged, one by one.
            replay.report.damage.push(Damage::BlockFile { number: *number });
            continue;
        }
        let bytes = files.read_from(*number, from, *length)?;
        let good = replay.file(*number, from, &bytes, Some(*number) == last_number);
        if Some(*number) == last_number && good < bytes.len() {
            replay.report.torn_bytes += (bytes.len() - good) as u64;
            let whole = u64::from(from) + good as u64;
            // On a disk that cannot be written the torn end stays; the next batch goes to a new file then.
            if files.truncate(*number, whole).is_ok() {
                *length = whole;
            }
        }
    }
    lengths.retain(|(_, length)| *length > 0);
    replay.finish(&lengths);
    Ok(replay.report)
}

impl Replay<'_> {
    /// Reads one file's bytes; answers how many of them end in a good commit.
    fn file(&mut self, number: u32, from: u32, bytes: &[u8], last_file: bool) -> usize {
        let (mut good, mut at) = (0, 0);
        let mut pending_at_good = self.pending.len();
        let mut suspect = false;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let ends_here = |length: usize| (last_file && rest.len() == length).then_some((bytes, from));
            match self.block(number, from + at as u32, rest, suspect, &ends_here) {
                Step::Block(length) => at += length,
                Step::Commit(length) => {
                    at += length;
                    (good, pending_at_good) = (at, self.pending.len());
                    if suspect {
                        self.report.damage.push(Damage::BlockFile { number });
                    }
                    suspect = false;
                }
                Step::Unreadable if !suspect => {
                    suspect = true;
                    self.pending.truncate(pending_at_good);
                    at = good;
                }
                Step::Unreadable => at = next_block(bytes, at + 1),
            }
        }
        good
    }

    /// Reads the block at the front of `rest`. `ends_here` gives, for the length of a commit record with which the last
    /// file ends, the bytes that its blocks lie in and where these begin in the file.
    fn block<'b>(
        &mut self,
        number: u32,
        offset: u32,
        rest: &[u8],
        suspect: bool,
        ends_here: &dyn Fn(usize) -> Option<(&'b [u8], u32)>,
    ) -> Step {
        let Some(header) = Header::read(rest) else { return Step::Unreadable };
        let length = header.length as usize;
        let Some(block) = rest.get(..length) else { return Step::Unreadable };
        if header.label.kind == Kind::Commit {
            let record = block::open(&self.keys.system, self.codecs, &header, block)
                .and_then(|content| CommitRecord::decode(&content));
            return match record {
                Some(record) if self.settle(&record, suspect, ends_here(length)) => {
                    self.table.position.file = number;
                    self.table.position.offset = offset + header.length;
                    self.last = Some(record);
                    Step::Commit(length)
                }
                _ => Step::Unreadable,
            };
        }
        let opened = match self.keys.by_id(header.scope) {
            Some(keys) if suspect || header.label.kind == Kind::Scope => {
                match block::open(&keys, self.codecs, &header, block) {
                    Some(content) => Some(content),
                    None => return Step::Unreadable,
                }
            }
            _ => None,
        };
        let (Some(tag), Some(edges)) = (block::tag_of(block), edges(block)) else { return Step::Unreadable };
        let gone = opened
            .filter(|_| header.label.kind == Kind::Scope && header.scope == SYSTEM_SCOPE)
            .and_then(|content| ScopeRecord::decode(&content))
            .and_then(|record| record.gone.then_some(record.id));
        let entry = Entry {
            file: number,
            offset,
            length: header.length,
            revision: header.label.revision,
            tag,
            kind: header.label.kind,
            tree: header.label.tree,
            scope: header.scope,
        };
        self.pending.push(Found { name: header.label.name, entry, edges, gone });
        Step::Block(length)
    }

    /// Applies a batch. False if its blocks are not those of the record, and a closer look was not yet taken; or if it is
    /// the last one (then its bytes are given) and not whole.
    fn settle(&mut self, record: &CommitRecord, suspect: bool, last: Option<(&[u8], u32)>) -> bool {
        let position = &self.table.position;
        if record.batch <= position.batch {
            // An old batch put at the end again.
            return false;
        }
        let count = record.count as usize;
        let start = self.pending.len().checked_sub(count);
        let whole = start
            .and_then(|start| self.pending.get(start..))
            .is_some_and(|blocks| digest_of_blocks(blocks.iter().map(|found| &found.edges[..])) == Some(record.digest));
        if !whole && (!suspect || last.is_some()) {
            return false;
        }
        let own = self.pending.iter().skip(start.unwrap_or(0));
        if let Some((bytes, from)) = last
            && !own.into_iter().all(|found| self.opens(found, bytes, from))
        {
            return false;
        }
        if self.continued && record.batch != position.batch + 1 {
            self.report.incomplete = true;
        }
        // Before the batch's own blocks there may lie a batch that never ended: of the same number if it failed and was
        // tried again (worth nothing), of a lower one if its commit record is damaged (each block was opened).
        let own = if whole { start.unwrap_or(0) } else { 0 };
        for (at, found) in std::mem::take(&mut self.pending).into_iter().enumerate() {
            if at >= own || found.entry.revision < record.batch {
                self.apply(found);
            }
        }
        for (scope, start) in &record.tail_starts {
            for name in self.table.folded(*scope, *start) {
                self.table.set((name, None));
            }
        }
        self.table.position.tail_starts.clone_from(&record.tail_starts);
        self.table.position.batch = record.batch;
        self.report.batches += 1;
        true
    }

    fn opens(&self, found: &Found, bytes: &[u8], from: u32) -> bool {
        let Some(keys) = self.keys.by_id(found.entry.scope) else { return true };
        let start = found.entry.offset.checked_sub(from).map(|start| start as usize);
        let block = start.and_then(|start| bytes.get(start..start + found.entry.length as usize));
        let opened = block
            .and_then(|block| Some((Header::read(block)?, block)))
            .and_then(|(header, block)| block::open(&keys, self.codecs, &header, block));
        opened.is_some()
    }

    fn apply(&mut self, found: Found) {
        if let Some(gone) = found.gone {
            let names: Vec<Name> =
                self.table.iter().filter(|(_, entry)| entry.scope == gone).map(|(name, _)| *name).collect();
            names.into_iter().for_each(|name| self.table.set((name, None)));
            self.table.position.gone.insert(gone);
        }
        if self.table.position.gone.contains(&found.entry.scope) {
            return;
        }
        // A block wins if its revision is not lower: replaying twice, or a copy made by compaction, changes nothing.
        if self.table.get(&found.name).is_none_or(|old| found.entry.revision >= old.revision) {
            self.table.set((found.name, Some(found.entry)));
        }
    }

    fn finish(&mut self, lengths: &[(u32, u64)]) {
        let last = lengths.last().map(|(number, _)| *number);
        let earlier = self.pending.iter().filter(|found| Some(found.entry.file) != last);
        self.report.torn_bytes += earlier.map(|found| u64::from(found.entry.length)).sum::<u64>();
        let position = &mut self.table.position;
        if let Some(last) = &self.last
            && (last.head != position.head || last.counts != position.counts)
        {
            self.report.incomplete = true;
        }
        for (number, length) in lengths {
            let file = position.files.entry(*number).or_insert(FileUse { length: 0, live: 0 });
            let length = u32::try_from(*length).unwrap_or(u32::MAX);
            if *number != position.file && length < file.length {
                self.report.damage.push(Damage::BlockFile { number: *number });
            }
            file.length = length;
        }
        let there = |number: &u32| lengths.iter().any(|(found, _)| found == number);
        for (number, file) in &position.files {
            if !there(number) && file.live > 0 {
                self.report.damage.push(Damage::BlockFile { number: *number });
            }
        }
        position.files.retain(|number, file| there(number) || file.live > 0);
        let end = lengths.iter().find(|(number, _)| *number == position.file).map(|(_, length)| *length);
        if end != Some(position.offset.into()) || lengths.last().is_some_and(|(number, _)| *number != position.file) {
            // Nothing is ever appended behind bytes that are not ours to trust.
            position.offset = FILE_BYTES;
        }
    }
}

enum Step {
    /// A block of this length.
    Block(usize),
    /// A commit record of this length, and its batch was applied.
    Commit(usize),
    Unreadable,
}

fn edges(block: &[u8]) -> Option<[u8; HEADER + TAG]> {
    let mut edges = [0; HEADER + TAG];
    let (head, tail) = edges.split_at_mut(HEADER);
    head.copy_from_slice(block.first_chunk::<HEADER>()?);
    tail.copy_from_slice(block.last_chunk::<TAG>()?);
    Some(edges)
}

/// Where the next bytes lie that could begin a block.
fn next_block(bytes: &[u8], from: usize) -> usize {
    bytes
        .get(from..)
        .and_then(|rest| rest.windows(block::MAGIC.len()).position(|window| window == block::MAGIC))
        .map_or(bytes.len(), |found| from + found)
}
