//! An append-only, sealed, hash-chained file: the ledger and the access log (P6).
//!
//! Header, 8 bytes: magic `PCLG`, format (u16), which log (u8), 0. Then frames: marker `PCLF`, length of the sealed part
//! (u32), nonce (12), sealed part, tag (16). Sealed: sequence (u64), record kind (u8), hash of the record before (32),
//! length (u32), bytes, zeros to a multiple of 64. Authenticated beside it: format, store id, which log, length.
//! Keys come from the vault key alone: a log outlives a chart's key.

use std::fmt;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use ring::digest;
use zeroize::Zeroizing;

use crate::durable;
use crate::error::{Error, Result};
use crate::keys::{Keyset, NONCE, SealKey, TAG};
use crate::wire::{Fields, PutFields};

const MAGIC: [u8; 4] = *b"PCLG";
const MARKER: [u8; 4] = *b"PCLF";
const FORMAT: u16 = 1;
const HEADER: usize = 8;
const FRAME: usize = 4 + 4 + NONCE;
const PAD: usize = 64;
/// One record is at most this long, in bytes.
const MAX_RECORD: usize = 16 << 20;

/// Which log. The numbers are part of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Log {
    /// What no server can give back: each append is durable when it returns.
    Ledger = 1,
    /// Who read what, when.
    AccessLog = 2,
}

/// What a record is. The numbers are part of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum RecordKind {
    /// Something that happened.
    Event = 1,
    /// The state that all earlier records led to; they lie in the previous file.
    Snapshot = 2,
    /// Stands for records that were cleared; its bytes say how many.
    Gap = 3,
}

/// One record of a log.
#[derive(Clone, PartialEq, Eq)]
pub struct LogRecord {
    /// Counts from 1 without a gap.
    pub sequence: u64,
    /// What it is.
    pub kind: RecordKind,
    /// The content.
    pub bytes: Vec<u8>,
    hash: [u8; 32],
}

impl fmt::Debug for LogRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogRecord").field("sequence", &self.sequence).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A place in a log where records are missing or the chain does not close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogGap {
    /// The last sequence number before it, 0 at the start.
    pub after: u64,
    /// The first one behind it.
    pub before: u64,
}

/// Where a log ends: what the anchor remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogEnd {
    /// The last sequence number, 0 if empty.
    pub count: u64,
    /// Hash of the last record, over the hash before it.
    pub hash: [u8; 32],
}

/// All that can be read of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogContents {
    /// The records, in order, also those behind a gap.
    pub records: Vec<LogRecord>,
    /// Where something is missing; empty in a sound log.
    pub gaps: Vec<LogGap>,
    /// Bytes at the end that were never a whole record. They are dropped at open.
    pub torn_bytes: u64,
    /// The end.
    pub end: LogEnd,
    whole: u64,
}

impl LogContents {
    /// Whether the log held this end once, and everything up to it still leads there.
    pub fn continues(&self, earlier: &LogEnd) -> bool {
        let first = self.records.first();
        earlier.count == 0
            || first.is_some_and(|record| record.kind == RecordKind::Snapshot && record.sequence > earlier.count)
            || self.records.iter().any(|record| record.sequence == earlier.count && record.hash == earlier.hash)
    }
}

/// An open log.
pub(crate) struct SealedLog {
    which: Log,
    path: PathBuf,
    file: File,
    store: [u8; 16],
    key: SealKey,
    length: u64,
    end: LogEnd,
    /// A write whose outcome is unknown: nothing more is appended before the vault is opened anew.
    stopped: bool,
}

impl SealedLog {
    /// Opens the log, or makes an empty one. Drops a torn end; what else is wrong is in the answer.
    pub fn open(dir: &Path, which: Log, system: &Keyset) -> Result<(Self, LogContents)> {
        let (name, purpose): (_, &[u8]) = match which {
            Log::Ledger => ("ledger", b"ledger"),
            Log::AccessLog => ("access-log", b"access log"),
        };
        let path = dir.join(name);
        let header = header(which);
        let found = match durable::read_if_there(&path)? {
            Some(bytes) if !bytes.is_empty() => bytes,
            _ => {
                durable::replace(&path, &header)?;
                header.to_vec()
            }
        };
        let key = system.seal_key(purpose)?;
        let mut log = SealedLog {
            which,
            file: open_file(&path)?,
            path,
            store: system.store,
            key,
            length: found.len() as u64,
            end: LogEnd { count: 0, hash: [0; 32] },
            stopped: false,
        };
        let contents = log.scan(&found);
        log.end = contents.end;
        log.length = contents.whole;
        if contents.torn_bytes > 0 {
            log.file.set_len(contents.whole)?;
            log.file.sync_all()?;
        }
        Ok((log, contents))
    }

    /// Appends an event; durable on return if asked for.
    pub fn append(&mut self, bytes: &[u8], durable: bool) -> Result<u64> {
        if bytes.len() > MAX_RECORD {
            return Err(Error::TooLarge);
        }
        if self.stopped {
            return Err(Error::Closed);
        }
        let (frame, end) = self.frame(RecordKind::Event, bytes)?;
        let written = self
            .file
            .write_all_at(&frame, self.length)
            .and_then(|()| if durable { self.file.sync_data() } else { Ok(()) });
        if let Err(error) = written {
            self.stopped = self.file.set_len(self.length).and_then(|()| self.file.sync_all()).is_err();
            return Err(error.into());
        }
        self.length += frame.len() as u64;
        self.end = end;
        Ok(end.count)
    }

    /// Makes all earlier appends durable.
    pub fn sync(&self) -> Result<()> {
        Ok(self.file.sync_data()?)
    }

    pub fn end(&self) -> LogEnd {
        self.end
    }

    /// Reads the file again and checks the whole chain.
    pub fn read(&self) -> Result<LogContents> {
        let bytes = durable::read_if_there(&self.path)?.unwrap_or_default();
        Ok(self.scan(&bytes))
    }

    /// Begins a new file with a snapshot of the state. The file before is kept as `.previous`.
    pub fn compact(&mut self, snapshot: &[u8]) -> Result<()> {
        if snapshot.len() > MAX_RECORD {
            return Err(Error::TooLarge);
        }
        let before = durable::read_if_there(&self.path)?.unwrap_or_default();
        let mut previous = self.path.clone().into_os_string();
        previous.push(".previous");
        durable::replace(Path::new(&previous), &before)?;
        let (frame, end) = self.frame(RecordKind::Snapshot, snapshot)?;
        let file = [&header(self.which)[..], &frame].concat();
        durable::replace(&self.path, &file)?;
        self.file = open_file(&self.path)?;
        self.length = file.len() as u64;
        self.end = end;
        Ok(())
    }

    fn associated(&self, length: u32) -> Vec<u8> {
        let mut data = Vec::with_capacity(40);
        data.put_short(&FORMAT.to_le_bytes());
        data.put_short(&self.store);
        data.put_short(&[self.which as u8]);
        data.put_short(&length.to_le_bytes());
        data
    }

    fn frame(&self, kind: RecordKind, bytes: &[u8]) -> Result<(Vec<u8>, LogEnd)> {
        let sequence = self.end.count + 1;
        let mut content = Zeroizing::new(Vec::with_capacity(bytes.len() + 128));
        content.put_u64(sequence);
        content.put(&[kind as u8]);
        content.put(&self.end.hash);
        content.put_long(bytes);
        let padded = content.len().next_multiple_of(PAD);
        content.resize(padded, 0);
        let length = (padded + TAG) as u32;
        let (nonce, tag) = self.key.seal(&self.associated(length), &mut content)?;
        let mut frame = Vec::with_capacity(FRAME + padded + TAG);
        frame.put(&MARKER);
        frame.put_u32(length);
        frame.put(&nonce);
        frame.put(&content);
        frame.put(&tag);
        let hash = chain(self.which, sequence, kind, &self.end.hash, bytes);
        Ok((frame, LogEnd { count: sequence, hash }))
    }

    /// A frame at the front of these bytes: its length, hash of the record before, and the record.
    fn unseal(&self, rest: &[u8]) -> Option<(usize, [u8; 32], LogRecord)> {
        let mut fields = Fields(rest);
        if fields.array() != Some(MARKER) {
            return None;
        }
        let length = fields.u32()?;
        let nonce = fields.array()?;
        let sealed = fields.take(length as usize)?;
        let (sealed, tag) = sealed.split_at_checked(sealed.len().checked_sub(TAG)?)?;
        let mut content = Zeroizing::new(sealed.to_vec());
        self.key.open(&self.associated(length), nonce, tag.try_into().ok()?, &mut content)?;
        let mut fields = Fields(&content);
        let sequence = fields.u64()?;
        let kind = match fields.u8()? {
            1 => RecordKind::Event,
            2 => RecordKind::Snapshot,
            3 => RecordKind::Gap,
            _ => return None,
        };
        let before: [u8; 32] = fields.array()?;
        let bytes = fields.long()?;
        let hash = chain(self.which, sequence, kind, &before, bytes);
        let record = LogRecord { sequence, kind, bytes: bytes.to_vec(), hash };
        Some((FRAME + length as usize, before, record))
    }

    fn scan(&self, bytes: &[u8]) -> LogContents {
        let mut contents = LogContents {
            records: vec![],
            gaps: vec![],
            torn_bytes: 0,
            end: LogEnd { count: 0, hash: [0; 32] },
            whole: HEADER.min(bytes.len()) as u64,
        };
        let mut at = HEADER;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            match self.unseal(rest) {
                Some((length, before, record)) => {
                    at += length;
                    contents.whole = at as u64;
                    contents.take(before, record);
                }
                None => at = next_frame(bytes, at + 1),
            }
        }
        contents.torn_bytes = (bytes.len() as u64).saturating_sub(contents.whole);
        contents
    }
}

impl LogContents {
    fn take(&mut self, before: [u8; 32], record: LogRecord) {
        let starts_anew = self.records.is_empty() && record.kind == RecordKind::Snapshot;
        let follows = record.sequence == self.end.count + 1 && before == self.end.hash;
        if !follows && !starts_anew {
            self.gaps.push(LogGap { after: self.end.count, before: record.sequence });
        }
        // A frame put in a second time is a gap in the chain, not a second event.
        if record.sequence > self.end.count {
            self.end = LogEnd { count: record.sequence, hash: record.hash };
            self.records.push(record);
        }
    }
}

fn header(which: Log) -> [u8; HEADER] {
    let [m0, m1, m2, m3] = MAGIC;
    let [f0, f1] = FORMAT.to_le_bytes();
    [m0, m1, m2, m3, f0, f1, which as u8, 0]
}

fn open_file(path: &Path) -> Result<File> {
    Ok(durable::private().read(true).write(true).open(path)?)
}

fn next_frame(bytes: &[u8], from: usize) -> usize {
    bytes
        .get(from..)
        .and_then(|rest| rest.windows(MARKER.len()).position(|window| window == MARKER))
        .map_or(bytes.len(), |found| from + found)
}

fn chain(which: Log, sequence: u64, kind: RecordKind, before: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(&[which as u8]);
    context.update(&sequence.to_le_bytes());
    context.update(&[kind as u8]);
    context.update(before);
    context.update(bytes);
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}
