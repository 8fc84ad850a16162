//! One entry as it stands in the archive, and its unpacking.

use std::io::Read;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::entry::{EntryFault, EntryName};

/// Compression methods (APPNOTE.TXT 4.4.5).
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Between data and the checksum behind it, in most archives.
const DESCRIPTOR: &[u8] = b"PK\x07\x08";

/// Where an entry's checksum stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checksum {
    Known(u32),
    /// Behind the data, whose end only deflate itself tells.
    Behind,
}

/// A packed entry.
pub(super) struct Packed<'a> {
    pub(super) name: EntryName,
    pub(super) encrypted: bool,
    pub(super) method: u16,
    pub(super) checksum: Checksum,
    /// `None` where the archive has nothing at the place given. Longer than the entry if its end is not known.
    pub(super) bytes: Option<&'a [u8]>,
}

impl Packed<'_> {
    pub(super) fn is_folder(&self) -> bool {
        self.name.as_str().ends_with('/')
    }

    /// Unpacks at most `limit` bytes, whatever the archive claims, and checks them.
    pub(super) fn unpack(&self, limit: usize) -> Result<Vec<u8>, EntryFault> {
        if self.encrypted {
            return Err(EntryFault::Encrypted);
        }
        let packed = self.bytes.ok_or(EntryFault::Damaged)?;
        let (bytes, behind) = match self.method {
            STORED => (read_within(packed, limit)?, None),
            DEFLATED => {
                let mut decoder = DeflateDecoder::new(packed);
                let bytes = read_within(decoder.by_ref(), limit)?;
                (bytes, usize::try_from(decoder.total_in()).ok().and_then(|at| packed.get(at..)))
            }
            _ => return Err(EntryFault::UnsupportedMethod),
        };
        let expected = match self.checksum {
            Checksum::Known(checksum) => Some(checksum),
            Checksum::Behind => behind
                .map(|behind| behind.strip_prefix(DESCRIPTOR).unwrap_or(behind))
                .and_then(|behind| behind.first_chunk())
                .map(|checksum| u32::from_le_bytes(*checksum)),
        };
        let mut crc = Crc::new();
        crc.update(&bytes);
        if expected == Some(crc.sum()) { Ok(bytes) } else { Err(EntryFault::Damaged) }
    }
}

fn read_within(reader: impl Read, limit: usize) -> Result<Vec<u8>, EntryFault> {
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    reader.take(most).read_to_end(&mut bytes).map_err(|_| EntryFault::Damaged)?;
    if bytes.len() > limit { Err(EntryFault::TooLarge) } else { Ok(bytes) }
}
