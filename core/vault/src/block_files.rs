//! The block files: `blocks/NNNNNN`, append-only, synced once a batch.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::durable;
use crate::error::{Damage, Error, Result};
use crate::index::Entry;

/// A file takes no further batch once it is this long. A batch never spans two files.
pub(crate) const FILE_BYTES: u32 = 8 << 20;

pub(crate) struct BlockFiles {
    directory: PathBuf,
    open: Mutex<HashMap<u32, Arc<File>>>,
}

/// How an append failed.
pub(crate) enum AppendError {
    /// The file is as it was before.
    Undone(Error),
    /// Nothing is known of the file's end: the store must be opened anew.
    Unknown(Error),
}

impl BlockFiles {
    pub fn new(store: &Path) -> Self {
        BlockFiles { directory: store.join("blocks"), open: Mutex::default() }
    }

    fn path(&self, number: u32) -> PathBuf {
        self.directory.join(format!("{number:06}"))
    }

    /// Numbers and lengths of the files there are, ascending. Files of no length are removed.
    pub fn list(&self) -> Result<Vec<(u32, u64)>> {
        let mut found = vec![];
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            let Some(number) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            match entry.metadata()?.len() {
                0 => durable::remove(&entry.path())?,
                length => found.push((number, length)),
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    fn file(&self, number: u32) -> std::io::Result<Arc<File>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.get(&number) {
            return Ok(file.clone());
        }
        let file = Arc::new(File::open(self.path(number))?);
        open.insert(number, file.clone());
        Ok(file)
    }

    /// The bytes of a block, as long as the index says; not yet checked.
    pub fn read(&self, entry: &Entry) -> Result<Vec<u8>> {
        let mut bytes = vec![0; entry.length as usize];
        let read = self.file(entry.file).and_then(|file| file.read_exact_at(&mut bytes, entry.offset.into()));
        match read {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(Error::damaged(Damage::BlockFile { number: entry.file }))
            }
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                Err(Error::damaged(Damage::Block { number: entry.file, offset: entry.offset }))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// All bytes of a file from an offset on.
    pub fn read_from(&self, number: u32, offset: u32, length: u64) -> Result<Vec<u8>> {
        let wanted = usize::try_from(length.saturating_sub(offset.into())).map_err(|_| Error::TooLarge)?;
        let mut bytes = vec![0; wanted];
        self.file(number)?.read_exact_at(&mut bytes, offset.into())?;
        Ok(bytes)
    }

    /// Writes a batch at the end of a file and makes it durable: one sync, and one of the folder for a new file.
    pub fn append(&self, number: u32, offset: u32, bytes: &[u8]) -> std::result::Result<(), AppendError> {
        let undone = |error: std::io::Error| AppendError::Undone(error.into());
        let fresh = offset == 0;
        let path = self.path(number);
        let file = durable::private().write(true).create(fresh).truncate(false).open(&path).map_err(undone)?;
        let write = || {
            file.write_all_at(bytes, offset.into())?;
            file.sync_data()?;
            if fresh { durable::sync_directory(&self.directory) } else { Ok(()) }
        };
        write().map_err(|error| {
            let undo = || {
                if fresh {
                    fs::remove_file(&path)?;
                    return durable::sync_directory(&self.directory);
                }
                file.set_len(offset.into())?;
                file.sync_all()
            };
            match undo() {
                Ok(()) => AppendError::Undone(error.into()),
                Err(_) => AppendError::Unknown(error.into()),
            }
        })
    }

    /// Cuts a torn end off.
    pub fn truncate(&self, number: u32, length: u64) -> Result<()> {
        if length == 0 {
            return self.remove(number);
        }
        let file = durable::private().write(true).open(self.path(number))?;
        file.set_len(length)?;
        Ok(file.sync_all()?)
    }

    pub fn remove(&self, number: u32) -> Result<()> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
        durable::remove(&self.path(number))?;
        Ok(durable::sync_directory(&self.directory)?)
    }
}
