//! The index in sled: each entry sealed under its own key, written in one go with the position.
//!
//! sled can panic on damage, so every call runs under `catch_unwind`; nothing of it is read after open. Each sealed entry
//! carries its term of the head sum, which is secret: an entry swapped for an older one, taken out or added makes the sum
//! differ from the sealed position's, and the index is rebuilt (V1).

use std::collections::HashMap;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::durable;
use crate::error::{Damage, Error, Result};
use crate::index::{Entry, IndexStore, Position, Stored, Table};
use crate::keys::{NONCE, SealKey, TAG};
use crate::scope::Name;
use crate::wire::{Fields, PutFields};

/// Longer than a name, so that it cannot be one.
const POSITION: &[u8] = b"position of the index";
/// The smallest segments open fastest with entries this small (measured).
const SEGMENT_BYTES: usize = 64 << 10;
const CACHE_BYTES: u64 = 4 << 20;
const LOCK_ATTEMPTS: u32 = 100;
const LOCK_PAUSE: Duration = Duration::from_millis(5);

pub(crate) struct SledIndex {
    pub path: PathBuf,
    pub key: SealKey,
    pub database: Option<sled::Db>,
}

/// The index is never a reader's concern; the caller rebuilds on any error.
fn unreadable() -> Error {
    Error::damaged(Damage::MissingBlocks)
}

/// Runs a call into sled. A panic in there is an error like any other.
fn guarded<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(sled::Error::Io(error))) => Err(error.into()),
        Ok(Err(_)) | Err(_) => Err(unreadable()),
    }
}

/// Opens sled. Our own lock keeps others out, but sled's threads may hold its file a moment after it was closed here.
fn open_once_free(config: &sled::Config) -> Result<sled::Db> {
    for _ in 0..LOCK_ATTEMPTS {
        match guarded(|| config.open()) {
            Err(Error::Io { kind: ErrorKind::Other | ErrorKind::WouldBlock }) => std::thread::sleep(LOCK_PAUSE),
            answer => return answer,
        }
    }
    Err(unreadable())
}

impl SledIndex {
    fn open(&mut self) -> Result<&sled::Db> {
        if self.database.is_none() {
            let fresh = !self.path.exists();
            let config = sled::Config::new()
                .path(&self.path)
                .cache_capacity(CACHE_BYTES)
                .segment_size(SEGMENT_BYTES)
                .flush_every_ms(None)
                .mode(sled::Mode::LowSpace);
            let database = open_once_free(&config)?;
            if fresh {
                // sled does not sync `conf` itself: without this a power cut soon after can make it unopenable.
                std::fs::File::open(self.path.join("conf"))?.sync_all()?;
                durable::sync_directory(&self.path)?;
                durable::sync_directory(durable::parent(&self.path))?;
            }
            self.database = Some(database);
            self.keep_private();
        }
        self.database.as_ref().ok_or_else(unreadable)
    }

    /// sled makes its files readable for everybody; ours are for their owner alone. The store's folder shuts others out
    /// already, so this is best effort.
    fn keep_private(&self) {
        #[cfg(unix)]
        for file in std::fs::read_dir(&self.path).into_iter().flatten().flatten() {
            use std::os::unix::fs::PermissionsExt;
            if file.path().is_file() {
                let _ = std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o600));
            }
        }
    }

    fn seal(&self, name: &[u8], mut content: Vec<u8>) -> Result<Vec<u8>> {
        let (nonce, tag) = self.key.seal(name, &mut content)?;
        Ok([&nonce[..], &content, &tag].concat())
    }

    fn unseal(&self, name: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut fields = Fields(sealed);
        let nonce = fields.array::<NONCE>()?;
        let (sealed, tag) = fields.0.split_at_checked(fields.0.len().checked_sub(TAG)?)?;
        let mut content = Zeroizing::new(sealed.to_vec());
        self.key.open(name, nonce, tag.try_into().ok()?, &mut content)?;
        Some(content)
    }
}

impl Drop for SledIndex {
    fn drop(&mut self) {
        // Closing writes, and so can panic too.
        let database = self.database.take();
        let _ = guarded(|| {
            drop(database);
            Ok(())
        });
        self.keep_private();
    }
}

impl IndexStore for SledIndex {
    fn load(&mut self) -> Result<Option<Stored>> {
        if !self.path.exists() {
            return Ok(None);
        }
        let database = self.open()?.clone();
        let Some(sealed) = guarded(|| database.get(POSITION))? else {
            return if guarded(|| Ok(database.is_empty()))? { Ok(None) } else { Err(unreadable()) };
        };
        let position =
            self.unseal(POSITION, &sealed).and_then(|content| Position::decode(&content)).ok_or_else(unreadable)?;
        let mut entries = HashMap::new();
        let mut sum = 0_u128;
        guarded(|| {
            for pair in database.iter() {
                let (name, sealed) = pair?;
                let Ok(short) = Name::try_from(&name[..]) else { continue };
                let entry = self.unseal(&name, &sealed).and_then(|content| {
                    let mut fields = Fields(&content);
                    Some((Entry::read(&mut fields)?, fields.u128()?))
                });
                let Some((entry, term)) = entry else {
                    return Err(sled::Error::ReportableBug(String::new()));
                };
                if entry.is_live() {
                    sum = sum.wrapping_add(term);
                }
                entries.insert(short, entry);
            }
            Ok(())
        })?;
        if sum == position.head { Ok(Some(Stored { position, entries })) } else { Err(unreadable()) }
    }

    fn save(&mut self, changes: &HashMap<Name, Option<Entry>>, table: &Table) -> Result<()> {
        let mut batch = sled::Batch::default();
        for (name, entry) in changes {
            match entry {
                Some(entry) => {
                    let mut content = Vec::with_capacity(Entry::BYTES + 16);
                    entry.put(&mut content);
                    content.put(&entry.head_term(&table.head_key, name).to_le_bytes());
                    batch.insert(&name[..], self.seal(name, content)?);
                }
                None => batch.remove(&name[..]),
            }
        }
        batch.insert(POSITION, self.seal(POSITION, table.position.encode())?);
        let database = self.open()?.clone();
        guarded(|| {
            database.apply_batch(batch)?;
            database.flush()
        })?;
        Ok(())
    }

    fn invalidate(&mut self) -> Result<()> {
        if let Some(database) = self.database.take() {
            guarded(|| {
                drop(database);
                Ok(())
            })?;
        }
        match std::fs::remove_dir_all(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}
