//! A sealed block: the unit of everything that lies in block files, body files, front pages and token files.
//!
//! Header, clear but authenticated, 60 bytes: magic `PCB1`, length of the whole block (u32), format, kind, tree, codec
//! (u8 each), dictionary, epoch (u16 each), scope (8), name (16), revision (u64), nonce (12). Then the sealed part, a
//! multiple of 256 bytes: stored length (u32), raw length (u32), stored bytes, zeros. Then the tag (16).
//!
//! Authenticated beside the content, each behind its length: format, store id, chart, class, tree, name, revision, codec,
//! dictionary; then what else the header says: kind, epoch, scope, length. No file or offset is among them: compaction
//! copies sealed bytes as they are.

use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::keys::{Keyset, NONCE, TAG};
use crate::scope::{Name, ScopeId, Tree};
use crate::wire::{Fields, PutFields};

pub(crate) const MAGIC: [u8; 4] = *b"PCB1";
pub(crate) const HEADER: usize = 60;
const FORMAT: u8 = 1;
/// Sealed parts are padded to a multiple of this, so that a length tells little (V1).
const PAD: usize = 256;
const ZSTD_LEVEL: i32 = 3;
/// No single block holds more: 1 GiB, far above any attachment that is let in (D10).
pub(crate) const MAX_RAW: usize = 1 << 30;

/// What a block is. The numbers are part of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub(crate) enum Kind {
    /// A value: its clear name, then its bytes.
    Value = 1,
    /// A value whose bytes lie in a file of their own: clear name, tag of that file's block.
    Reference = 2,
    /// The first part of a group's rows.
    Home = 3,
    /// A further part.
    HomePart = 4,
    /// The row changes of one batch in one scope.
    Tail = 5,
    /// Says that the name holds nothing any more.
    Tombstone = 6,
    /// The vault's own record of a scope: which one an id means, and whether it is gone.
    Scope = 7,
    /// A large value, alone in its file.
    Body = 8,
    /// A front page, alone in its file.
    FrontPage = 9,
    /// A token, alone in its file.
    Token = 10,
    /// Ends a batch.
    Commit = 255,
}

impl Kind {
    pub fn from_number(number: u8) -> Option<Self> {
        const ALL: [Kind; 11] = [
            Kind::Value,
            Kind::Reference,
            Kind::Home,
            Kind::HomePart,
            Kind::Tail,
            Kind::Tombstone,
            Kind::Scope,
            Kind::Body,
            Kind::FrontPage,
            Kind::Token,
            Kind::Commit,
        ];
        ALL.into_iter().find(|kind| *kind as u8 == number)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Codec {
    Plain = 0,
    Zstd = 1,
}

/// What identifies a block before it is sealed.
#[derive(Clone, Copy)]
pub(crate) struct Label {
    pub kind: Kind,
    pub tree: Tree,
    pub name: Name,
    /// The number of the batch that wrote it.
    pub revision: u64,
}

/// A block's clear header as read; nothing in it is to be believed before the block was opened.
#[derive(Clone, Copy)]
pub(crate) struct Header {
    pub label: Label,
    pub scope: ScopeId,
    /// Of the whole block, header and tag included.
    pub length: u32,
    pub nonce: [u8; NONCE],
    pub epoch: u16,
    codec: Codec,
    dictionary: u16,
}

impl Header {
    /// Reads a header. None if these bytes do not begin a block of this format.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        if fields.array() != Some(MAGIC) {
            return None;
        }
        let length = fields.u32()?;
        if fields.u8()? != FORMAT {
            return None;
        }
        let (kind, tree) = (Kind::from_number(fields.u8()?)?, Tree(fields.u8()?));
        let codec = match fields.u8()? {
            0 => Codec::Plain,
            1 => Codec::Zstd,
            _ => return None,
        };
        let (dictionary, epoch, scope) = (fields.u16()?, fields.u16()?, fields.array()?);
        let label = Label { kind, tree, name: fields.array()?, revision: fields.u64()? };
        let nonce = fields.array()?;
        let sealed = usize::try_from(length).ok()?.checked_sub(HEADER + TAG)?;
        sealed.is_multiple_of(PAD).then_some(Header { label, scope, length, nonce, epoch, codec, dictionary })
    }

    fn put(&self, out: &mut Vec<u8>) {
        out.put(&MAGIC);
        out.put_u32(self.length);
        out.put(&[FORMAT, self.label.kind as u8, self.label.tree.0, self.codec as u8]);
        out.put_u16(self.dictionary);
        out.put_u16(self.epoch);
        out.put(&self.scope);
        out.put(&self.label.name);
        out.put_u64(self.label.revision);
        out.put(&self.nonce);
    }

    fn associated(&self, keys: &Keyset) -> Vec<u8> {
        let mut data = Vec::with_capacity(160);
        data.put_short(&[FORMAT]);
        data.put_short(&keys.store);
        data.put_short(&keys.chart);
        data.put_short(&keys.class);
        data.put_short(&[self.label.tree.0]);
        data.put_short(&self.label.name);
        data.put_short(&self.label.revision.to_le_bytes());
        data.put_short(&[self.codec as u8]);
        data.put_short(&self.dictionary.to_le_bytes());
        data.put_short(&[self.label.kind as u8]);
        data.put_short(&self.epoch.to_le_bytes());
        data.put_short(&self.scope);
        data.put_short(&self.length.to_le_bytes());
        data
    }
}

/// Whether a block's content may be compressed. Secrets and the reader's own words never are (V1): a compressed length
/// depends on content.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compress {
    Yes,
    Never,
}

/// Reused zstd contexts; making one costs more than a small block.
#[derive(Default)]
pub(crate) struct Codecs {
    compressors: Mutex<Vec<zstd::bulk::Compressor<'static>>>,
    decompressors: Mutex<Vec<zstd::bulk::Decompressor<'static>>>,
}

impl Codecs {
    fn compress(&self, raw: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let pool = || self.compressors.lock().unwrap_or_else(PoisonError::into_inner);
        let ready = pool().pop();
        let mut compressor = ready.or_else(|| zstd::bulk::Compressor::new(ZSTD_LEVEL).ok())?;
        let stored = compressor.compress(raw).ok()?;
        pool().push(compressor);
        Some(Zeroizing::new(stored)).filter(|stored| stored.len() < raw.len())
    }

    fn decompress(&self, stored: &[u8], raw_length: usize) -> Option<Zeroizing<Vec<u8>>> {
        let pool = || self.decompressors.lock().unwrap_or_else(PoisonError::into_inner);
        let ready = pool().pop();
        let mut decompressor = ready.or_else(|| zstd::bulk::Decompressor::new().ok())?;
        // The capacity is the length that was sealed, never what the frame claims.
        let raw = Zeroizing::new(decompressor.decompress(stored, raw_length).ok()?);
        pool().push(decompressor);
        (raw.len() == raw_length).then_some(raw)
    }
}

/// Seals one block onto the end of `out`; answers its length and tag.
pub(crate) fn seal(
    keys: &Keyset,
    codecs: &Codecs,
    label: Label,
    compress: Compress,
    raw: &[u8],
    out: &mut Vec<u8>,
) -> Result<(u32, [u8; TAG])> {
    if raw.len() > MAX_RAW {
        return Err(Error::TooLarge);
    }
    let packed = if compress == Compress::Yes { codecs.compress(raw) } else { None };
    let (codec, stored) = match &packed {
        Some(packed) => (Codec::Zstd, &packed[..]),
        None => (Codec::Plain, raw),
    };
    let padded = (8 + stored.len()).next_multiple_of(PAD);
    // A tombstone says all in its header.
    let padded = if label.kind == Kind::Tombstone { 0 } else { padded };
    let length = (HEADER + padded + TAG) as u32;
    let mut header =
        Header { label, scope: keys.id, length, nonce: [0; NONCE], epoch: keys.epoch, codec, dictionary: 0 };
    let mut content = Zeroizing::new(Vec::with_capacity(padded));
    if label.kind != Kind::Tombstone {
        content.put_u32(stored.len() as u32);
        content.put_u32(raw.len() as u32);
        content.put(stored);
        content.resize(padded, 0);
    }
    let (nonce, tag) = keys.with_block_key(keys.epoch, |key| key.seal(&header.associated(keys), &mut content))??;
    header.nonce = nonce;
    header.put(out);
    out.put(&content);
    out.put(&tag);
    Ok((length, tag))
}

/// The tag at the end of a block.
pub(crate) fn tag_of(block: &[u8]) -> Option<[u8; TAG]> {
    block.last_chunk().copied()
}

/// Opens a block, which must be exactly `header.length` bytes. None if anything differs from what was sealed.
pub(crate) fn open(keys: &Keyset, codecs: &Codecs, header: &Header, block: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if header.scope != keys.id || block.len() != header.length as usize {
        return None;
    }
    let tag = tag_of(block)?;
    let mut content = Zeroizing::new(block.get(HEADER..block.len() - TAG)?.to_vec());
    keys.with_block_key(header.epoch, |key| key.open(&header.associated(keys), header.nonce, tag, &mut content))
        .ok()??;
    if header.label.kind == Kind::Tombstone {
        return Some(Zeroizing::new(vec![]));
    }
    // Dictionary 0 is none. Later ones are added here; every one ever shipped stays.
    if header.dictionary != 0 {
        return None;
    }
    let mut fields = Fields(&content);
    let (stored_length, raw_length) = (fields.u32()? as usize, fields.u32()? as usize);
    let stored = fields.take(stored_length)?;
    match header.codec {
        Codec::Plain => (stored.len() == raw_length).then(|| Zeroizing::new(stored.to_vec())),
        Codec::Zstd if raw_length <= MAX_RAW => codecs.decompress(stored, raw_length),
        Codec::Zstd => None,
    }
}

/// Content of a value: its clear name, so that values can be listed, then its bytes.
pub(crate) fn named(name: &[u8], bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut content = Zeroizing::new(Vec::with_capacity(2 + name.len() + bytes.len()));
    content.put_short(name);
    content.put(bytes);
    content
}

/// Splits what [`named`] joined.
pub(crate) fn split_named(content: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut fields = Fields(content);
    let name = fields.short()?;
    Some((name, fields.0))
}
