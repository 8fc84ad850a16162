//! One process, one handle: a file lock of our own and a registry within the process, because a file lock alone does not
//! stop a second handle here, and on phones sled takes none (one process, one handle).

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rustix::fs::{FlockOperation, flock};

use crate::durable;
use crate::error::{Error, Result};

static OPEN_HERE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Held while a store is open; released when dropped.
pub(crate) struct StoreLock {
    directory: PathBuf,
    _file: File,
}

impl StoreLock {
    /// Takes the lock of the store in `directory`, which must exist.
    pub fn take(directory: &Path) -> Result<Self> {
        let directory = directory.canonicalize()?;
        let mut here = OPEN_HERE.lock().unwrap_or_else(PoisonError::into_inner);
        if here.contains(&directory) {
            return Err(Error::InUse);
        }
        let file =
            durable::private().read(true).write(true).create(true).truncate(false).open(directory.join("lock"))?;
        flock(&file, FlockOperation::NonBlockingLockExclusive).map_err(|errno| match errno {
            rustix::io::Errno::WOULDBLOCK => Error::InUse,
            other => Error::from(std::io::Error::from(other)),
        })?;
        here.insert(directory.clone());
        Ok(StoreLock { directory, _file: file })
    }
}

impl Drop for StoreLock {
    fn drop(&mut self) {
        OPEN_HERE.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.directory);
    }
}
