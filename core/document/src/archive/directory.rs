//! Where an archive's entries are: by its directory, or, where that is lost, by their own heads (APPNOTE.TXT 4.3).
//!
//! A download that was cut has no directory, and one bad byte in it must not cost all that follows.

use super::entry::EntryName;
use super::packed::{Checksum, Packed};

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END64: &[u8] = b"PK\x06\x06";
const LOCATOR64: &[u8] = b"PK\x06\x07";
/// Lengths of the fixed parts.
const LOCAL_LENGTH: usize = 30;
const CENTRAL_LENGTH: usize = 46;
const END_LENGTH: usize = 22;
const LOCATOR64_LENGTH: usize = 20;
/// Longest comment behind the end of the directory.
const LONGEST_COMMENT: usize = 0xFFFF;
/// Tag of the extra field that holds sizes of 64 bits.
const EXTRA64: u16 = 1;
const FLAG_ENCRYPTED: u16 = 1;
const FLAG_SIZE_BEHIND: u16 = 1 << 3;

/// The entries that were found.
#[derive(Default)]
pub(super) struct Directory<'a> {
    pub(super) entries: Vec<Packed<'a>>,
    /// How many more there are.
    pub(super) left_out: usize,
    /// It is missing, or has not as many as it says.
    pub(super) damaged: bool,
}

impl<'a> Directory<'a> {
    fn push(&mut self, entry: Packed<'a>, most: usize) {
        if self.entries.len() < most {
            self.entries.push(entry);
        } else {
            self.left_out += 1;
        }
    }
}

/// Numbers at places in bytes, low byte first; places past the end read as `None`.
#[derive(Clone, Copy)]
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn at<const N: usize>(self, place: usize) -> Option<u64> {
        let bytes = self.0.get(place..)?.first_chunk::<N>()?;
        Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    fn short(self, place: usize) -> Option<u16> {
        u16::try_from(self.at::<2>(place)?).ok()
    }

    fn place(self, place: usize) -> Option<usize> {
        usize::try_from(self.at::<4>(place)?).ok()
    }

    fn checksum(self, place: usize) -> Option<u32> {
        u32::try_from(self.at::<4>(place)?).ok()
    }
}

/// Reads the directory at an archive's end, up to `most` entries.
pub(super) fn read(archive: &[u8], most: usize) -> Directory<'_> {
    let mut found = Directory::default();
    let Some((mut rest, shift, count)) = start(archive) else {
        return Directory { damaged: true, ..found };
    };
    while let Some((entry, length)) = listed(archive, rest, shift) {
        found.push(entry, most);
        rest = rest.get(length..).unwrap_or_default();
    }
    // The count has 16 bits, and wraps.
    found.damaged = (found.entries.len() + found.left_out) & 0xFFFF != count & 0xFFFF;
    found
}

/// The directory's bytes and all behind, how much further back everything is than it says, and its count of entries.
fn start(archive: &[u8]) -> Option<(&[u8], usize, usize)> {
    let from = archive.len().saturating_sub(END_LENGTH + LONGEST_COMMENT);
    let end = from + archive.get(from..)?.windows(END.len()).rposition(|window| window == END)?;
    let numbers = Numbers(archive.get(end..)?);
    let (mut count, mut size, mut offset) = (usize::from(numbers.short(10)?), numbers.place(12)?, numbers.place(16)?);
    let mut behind = end;
    if let Some((end64, numbers)) = end64(archive, end) {
        let wide = |place| usize::try_from(numbers.at::<8>(place)?).ok();
        (count, size, offset) = (wide(32)?, wide(40)?, wide(48)?);
        behind = end64;
    }
    // Bytes in front of an archive, as in one that unpacks itself, shift all its places.
    let at_end = behind.checked_sub(size)?;
    let found =
        [at_end, offset].into_iter().find(|at| archive.get(*at..).is_some_and(|rest| rest.starts_with(CENTRAL)));
    let at = found.unwrap_or(at_end);
    Some((archive.get(at..)?, at.saturating_sub(offset), count))
}

fn end64(archive: &[u8], end: usize) -> Option<(usize, Numbers<'_>)> {
    let locator = archive.get(end.checked_sub(LOCATOR64_LENGTH)?..end)?;
    if !locator.starts_with(LOCATOR64) {
        return None;
    }
    let at = usize::try_from(Numbers(locator).at::<8>(8)?).ok()?;
    let record = archive.get(at..).filter(|record| record.starts_with(END64))?;
    Some((at, Numbers(record)))
}

/// The entry that a directory's record lists, and the record's length.
fn listed<'a>(archive: &'a [u8], record: &[u8], shift: usize) -> Option<(Packed<'a>, usize)> {
    if !record.starts_with(CENTRAL) {
        return None;
    }
    let numbers = Numbers(record);
    let name_end = CENTRAL_LENGTH + usize::from(numbers.short(28)?);
    let extra_end = name_end + usize::from(numbers.short(30)?);
    let length = extra_end + usize::from(numbers.short(32)?);
    let flags = numbers.short(8)?;
    let (mut packed, unpacked, mut offset) = (numbers.at::<4>(20)?, numbers.at::<4>(24)?, numbers.at::<4>(42)?);
    // Sizes of 64 bits stand beside, in this order, each only if its own place is full.
    let extra = record.get(name_end..extra_end).and_then(wide_sizes).unwrap_or_default();
    let mut wide = extra.chunks_exact(8).filter_map(|bytes| Numbers(bytes).at::<8>(0));
    let full = u64::from(u32::MAX);
    if unpacked == full {
        wide.next();
    }
    for size in [&mut packed, &mut offset] {
        if *size == full {
            *size = wide.next().unwrap_or(full);
        }
    }
    let bytes = usize::try_from(offset).ok().and_then(|offset| data(archive, offset.checked_add(shift)?));
    let bytes = bytes.map(|bytes| bytes.get(..usize::try_from(packed).unwrap_or(usize::MAX)).unwrap_or(bytes));
    let entry = Packed {
        name: EntryName::new(record.get(CENTRAL_LENGTH..name_end)?),
        encrypted: flags & FLAG_ENCRYPTED != 0,
        method: numbers.short(10)?,
        checksum: Checksum::Known(numbers.checksum(16)?),
        bytes,
    };
    Some((entry, length))
}

/// The extra field that holds sizes of 64 bits.
fn wide_sizes(mut extra: &[u8]) -> Option<&[u8]> {
    loop {
        let numbers = Numbers(extra);
        let end = 4 + usize::from(numbers.short(2)?);
        if numbers.short(0)? == EXTRA64 {
            return extra.get(4..end);
        }
        extra = extra.get(end..)?;
    }
}

/// All that stands behind the head of the entry at `offset`.
fn data(archive: &[u8], offset: usize) -> Option<&[u8]> {
    let head = archive.get(offset..).filter(|head| head.starts_with(LOCAL))?;
    let numbers = Numbers(head);
    head.get(LOCAL_LENGTH + usize::from(numbers.short(26)?) + usize::from(numbers.short(28)?)..)
}

/// The entries whose own heads can be found, up to `most`.
pub(super) fn salvage(archive: &[u8], most: usize) -> Directory<'_> {
    let mut found = Directory { damaged: true, ..Directory::default() };
    let mut at = 0;
    while let Some(rest) = archive.get(at..) {
        let Some(start) = rest.windows(LOCAL.len()).position(|window| window == LOCAL) else { break };
        at += start;
        let entry = own_head(archive, at);
        at += LOCAL.len();
        if let Some(entry) = entry {
            if entry.checksum != Checksum::Behind {
                at += entry.bytes.map_or(0, <[u8]>::len);
            }
            found.push(entry, most);
        }
    }
    found
}

/// The entry whose own head stands at `offset`. A writer that did not know the size put it behind the data.
fn own_head(archive: &[u8], offset: usize) -> Option<Packed<'_>> {
    let head = archive.get(offset..)?;
    let numbers = Numbers(head);
    let flags = numbers.short(6)?;
    let rest = data(archive, offset)?;
    let behind = flags & FLAG_SIZE_BEHIND != 0;
    let bytes = if behind { rest } else { rest.get(..numbers.place(18)?).unwrap_or(rest) };
    Some(Packed {
        name: EntryName::new(head.get(LOCAL_LENGTH..LOCAL_LENGTH + usize::from(numbers.short(26)?))?),
        encrypted: flags & FLAG_ENCRYPTED != 0,
        method: numbers.short(8)?,
        checksum: if behind { Checksum::Behind } else { Checksum::Known(numbers.checksum(14)?) },
        bytes: Some(bytes),
    })
}
