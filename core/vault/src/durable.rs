//! Writing files so that what was reported as saved survives a power cut (V3).

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

/// Name of the file that holds room back for the operations that free space.
const RESERVE: &str = "reserve";
/// Enough for several compaction or erasure commits.
const RESERVE_BYTES: usize = 1 << 20;

/// Options for a file that only its owner may read.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// Makes a directory that only its owner may enter; one that exists is fine.
pub(crate) fn create_directory(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes the entries of a directory durable.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// The folder a file lies in.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Writes a file under its final name and syncs its bytes; the folder is the caller's to sync.
pub(crate) fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let write = || {
        let mut file = private().write(true).create(true).truncate(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().inspect_err(|_| {
        // Half a file helps nobody, and the disk may be full.
        let _ = fs::remove_file(path);
    })
}

/// Replaces a file whole or not at all: written beside it, synced, renamed, folder synced.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    write_synced(beside, bytes)?;
    fs::rename(beside, path)?;
    sync_directory(parent(path))
}

/// Reads a file, or none if it is not there.
pub(crate) fn read_if_there(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes a file; one that is not there is fine. The folder is the caller's to sync.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Holds room back, written for real so that the file system cannot hand it out. A full disk is no failure here.
pub(crate) fn keep_reserve(dir: &Path) {
    let path = dir.join(RESERVE);
    if fs::metadata(&path).is_ok_and(|found| found.len() == RESERVE_BYTES as u64) {
        return;
    }
    // Not zeros: a compressing file system would keep none of them.
    let bytes: Vec<u8> =
        (0..RESERVE_BYTES as u32 / 4).flat_map(|at| at.wrapping_mul(0x9e37_79b1).to_le_bytes()).collect();
    let _ = write_synced(&path, &bytes);
}

/// Gives the held room back, for an operation that will free more. Answers whether there was any.
pub(crate) fn release_reserve(dir: &Path) -> bool {
    fs::remove_file(dir.join(RESERVE)).is_ok()
}
