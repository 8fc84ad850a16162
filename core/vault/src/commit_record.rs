//! What ends a batch: enough to know that the batch is whole, and to continue from it without any other block opened.

use std::collections::BTreeMap;

use ring::digest;

use crate::block::HEADER;
use crate::keys::TAG;
use crate::scope::{ScopeId, Tree};
use crate::wire::{Fields, PutFields};

/// The sealed content of a commit block. Its name is zeros, its revision the batch number.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CommitRecord {
    pub batch: u64,
    /// Blocks of this batch, right before this record.
    pub count: u32,
    /// Their length in bytes.
    pub bytes: u32,
    /// SHA-256 over their headers and tags, in order: a name changed in a clear header shows at once.
    pub digest: [u8; 32],
    /// Sum of the HMACs of all live blocks, after this batch.
    pub head: u128,
    /// Live blocks per tree.
    pub counts: BTreeMap<Tree, u64>,
    /// Per scope: tail segments of batches before this are folded away.
    pub tail_starts: BTreeMap<ScopeId, u64>,
}

impl CommitRecord {
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(128 + self.tail_starts.len() * 16);
        out.put_u64(self.batch);
        out.put_u32(self.count);
        out.put_u32(self.bytes);
        out.put(&self.digest);
        out.put(&self.head.to_le_bytes());
        put_maps(&mut out, &self.counts, &self.tail_starts);
        out
    }

    pub fn decode(content: &[u8]) -> Option<Self> {
        let mut fields = Fields(content);
        let (batch, count, bytes) = (fields.u64()?, fields.u32()?, fields.u32()?);
        let (digest, head) = (fields.array()?, fields.u128()?);
        let (counts, tail_starts) = take_maps(&mut fields)?;
        fields.is_empty().then_some(CommitRecord { batch, count, bytes, digest, head, counts, tail_starts })
    }
}

/// Writes the two maps that commit records and index positions share.
pub(crate) fn put_maps(out: &mut Vec<u8>, counts: &BTreeMap<Tree, u64>, tail_starts: &BTreeMap<ScopeId, u64>) {
    out.put_u16(counts.len() as u16);
    for (tree, count) in counts {
        out.put(&[tree.0]);
        out.put_u64(*count);
    }
    out.put_u32(tail_starts.len() as u32);
    for (scope, start) in tail_starts {
        out.put(scope);
        out.put_u64(*start);
    }
}

type Maps = (BTreeMap<Tree, u64>, BTreeMap<ScopeId, u64>);

/// Reads what [`put_maps`] wrote.
pub(crate) fn take_maps(fields: &mut Fields<'_>) -> Option<Maps> {
    let (mut counts, mut tail_starts) = (BTreeMap::new(), BTreeMap::new());
    for _ in 0..fields.u16()? {
        counts.insert(Tree(fields.u8()?), fields.u64()?);
    }
    for _ in 0..fields.u32()? {
        tail_starts.insert(fields.array()?, fields.u64()?);
    }
    Some((counts, tail_starts))
}

/// The digest that a commit record holds: over each block's header and tag. None if a block is too short to have them.
pub(crate) fn digest_of_blocks<'a>(blocks: impl Iterator<Item = &'a [u8]>) -> Option<[u8; 32]> {
    let mut context = digest::Context::new(&digest::SHA256);
    for block in blocks {
        context.update(block.first_chunk::<HEADER>()?);
        context.update(block.last_chunk::<TAG>()?);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    Some(digest)
}
