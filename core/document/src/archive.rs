//! The ZIP of documents that portals hand out (IHE XDM and its like), read in memory.
//!
//! Nothing is ever written by an entry's name, and every size is bounded while it grows: what an archive claims about
//! itself is not believed. One entry that cannot be read is listed with its reason and costs none of the others; a
//! lost directory is made up for by looking for the entries themselves.

mod directory;
mod entry;
mod kind;
mod packed;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{DocumentError, Exceeded};
use crate::limits::within;
use crate::sniff::{Format, sniff};

use directory::Directory;
use packed::Packed;

pub use entry::{ArchiveEntry, EntryContent, EntryFault, EntryName};
pub use kind::ArchiveKind;

/// How much one archive may cost, the archives in it included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Most bytes of the archive.
    pub input_bytes: usize,
    /// Most entries listed.
    pub entries: usize,
    /// Most bytes of one entry, unpacked.
    pub entry_bytes: usize,
    /// Most bytes of all entries together, unpacked.
    pub total_bytes: usize,
    /// Most bytes that one packed byte may become. Clinical XML comes to some 10 to 40; a bomb to 1,000.
    pub ratio: usize,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            input_bytes: 64 * 1024 * 1024,
            entries: 2_000,
            entry_bytes: 16 * 1024 * 1024,
            total_bytes: 64 * 1024 * 1024,
            ratio: 200,
        }
    }
}

/// An unpacked archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// What it is.
    pub kind: ArchiveKind,
    /// Its files in the order of its directory, each archive's own behind it. Folders are left out. Empty for an
    /// archive that is one file to its owner, such as a Word file.
    pub entries: Vec<ArchiveEntry>,
    /// Its directory is damaged, so entries may be missing.
    pub damaged: bool,
    /// Entries past [`ArchiveLimits::entries`], which are not listed.
    pub entries_left_out: usize,
}

/// Unpacks a ZIP archive, and those that stand in it.
///
/// # Errors
/// [`DocumentError::UnsupportedFormat`] for bytes that are no ZIP, [`DocumentError::TooLarge`] for more than
/// [`ArchiveLimits::input_bytes`], [`DocumentError::ReaderFault`] for a defect here. What is wrong with one entry
/// is told beside it.
pub fn entries(bytes: &[u8], limits: &ArchiveLimits) -> Result<Archive, DocumentError> {
    within(bytes.len(), limits.input_bytes, Exceeded::InputBytes)?;
    let format = sniff(bytes, None).format;
    if format != Format::Zip {
        return Err(DocumentError::UnsupportedFormat { format });
    }
    // An archive must never take the app down with it.
    catch_unwind(AssertUnwindSafe(|| Unpacking::new(limits).archive(bytes))).map_err(|_| DocumentError::ReaderFault)
}

/// Packed bytes below this may become anything within the other limits: ratios say little about small files.
const SMALL: usize = 64 * 1024;

/// What is left of the limits.
struct Unpacking<'a> {
    limits: &'a ArchiveLimits,
    bytes_left: usize,
    entries_left: usize,
    left_out: usize,
}

impl<'a> Unpacking<'a> {
    fn new(limits: &'a ArchiveLimits) -> Self {
        Self { limits, bytes_left: limits.total_bytes, entries_left: limits.entries, left_out: 0 }
    }

    fn archive(mut self, bytes: &[u8]) -> Archive {
        let (kind, outer, damaged) = self.unpack(bytes, false);
        let mut entries = Vec::with_capacity(outer.len());
        for entry in outer {
            let inner = match &entry.content {
                EntryContent::File { format: Format::Zip, bytes } => self.unpack(bytes, true).1,
                _ => Vec::new(),
            };
            entries.push(entry);
            entries.extend(inner);
        }
        Archive { kind, entries, damaged, entries_left_out: self.left_out }
    }

    /// One archive's kind and entries, and whether its directory is damaged.
    fn unpack(&mut self, bytes: &[u8], nested: bool) -> (ArchiveKind, Vec<ArchiveEntry>, bool) {
        let Directory { entries: listed, left_out, damaged } = directory::read(bytes, self.limits.entries);
        let most = self.limits.entries;
        let salvaged = if damaged { directory::salvage(bytes, most) } else { Directory::default() };
        let kind = ArchiveKind::of(listed.iter().chain(&salvaged.entries).map(|entry| &entry.name), bytes);
        if !kind.is_bundle() {
            return (kind, Vec::new(), damaged);
        }
        let mut entries = Vec::new();
        for packed in &listed {
            self.take(packed, nested, &mut entries);
        }
        self.left_out += left_out.max(salvaged.left_out);
        for packed in &salvaged.entries {
            let is_it = |entry: &ArchiveEntry| entry.name == packed.name;
            if !entries.iter().any(|entry| is_it(entry) && entry.content.is_file()) {
                entries.retain(|entry| !is_it(entry));
                self.take(packed, nested, &mut entries);
            }
        }
        (kind, entries, damaged)
    }

    /// Unpacks an entry within what is left.
    fn take(&mut self, packed: &Packed<'_>, nested: bool, entries: &mut Vec<ArchiveEntry>) {
        if packed.is_folder() {
            return;
        }
        if self.entries_left == 0 {
            self.left_out += 1;
            return;
        }
        self.entries_left -= 1;
        let by_ratio = packed.bytes.map_or(0, <[u8]>::len).saturating_mul(self.limits.ratio).max(SMALL);
        let limit = by_ratio.min(self.limits.entry_bytes).min(self.bytes_left);
        let content = match packed.unpack(limit) {
            Ok(bytes) => {
                self.bytes_left -= bytes.len();
                EntryContent::File { format: sniff(&bytes, None).format, bytes }
            }
            Err(fault) => EntryContent::Unread(fault),
        };
        entries.push(ArchiveEntry { name: packed.name.clone(), nested, content });
    }
}
