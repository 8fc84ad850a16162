//! The vault's life: made, opened locked, unlocked, locked again, destroyed.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::anchor::{self, Anchor, AnchorCheck};
use crate::durable;
use crate::error::{Damage, Error, Result};
use crate::index::IndexStore;
use crate::index_sled::SledIndex;
use crate::index_snapshot::SnapshotIndex;
use crate::keyring::{Keyring, UnlockSlot};
use crate::keystore::PlatformKeystore;
use crate::scope::{BatchNumber, Scope};
use crate::scope_table::ScopeTable;
use crate::sealed_log::{Log, LogContents, SealedLog};
use crate::store::Store;
use crate::store_lock::StoreLock;
use crate::vault_keys::VaultKeys;

/// Which index the store keeps. Either can open a store that the other one wrote: it rebuilds its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IndexKind {
    /// sled.
    #[default]
    Sled,
    /// One sealed file.
    Snapshot,
}

/// How a vault is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Which index to keep.
    pub index: IndexKind,
}

/// What unlocking found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReport {
    /// The last durable batch.
    pub batch: BatchNumber,
    /// Batches read from block files because the saved index did not have them yet.
    pub replayed: u64,
    /// The index was lost or of no use and was built anew from the block files. No data is lost by that.
    pub index_rebuilt: bool,
    /// Bytes of a last batch that was not whole, cut off the end of the block files. It was never acknowledged, unless
    /// the anchor says that the store was further.
    pub torn_bytes: u64,
    /// The same for the ledger and the access log.
    pub torn_log_bytes: u64,
    /// Damage found while opening. Blocks are checked when they are read; see [`Vault::check`].
    pub damage: Vec<Damage>,
    /// How the store compares with the keystore's anchor.
    pub anchor: AnchorCheck,
    /// Scopes whose erasure was finished now, or whose share was found gone.
    pub erased: Vec<Scope>,
}

impl OpenReport {
    /// Whether an older copy of the store was put in its place.
    pub fn rolled_back(&self) -> bool {
        self.anchor == AnchorCheck::RolledBack
    }
}

pub(crate) enum State {
    Locked,
    /// Keys are there, the index is not yet: front pages and tokens can be read.
    Keys(Arc<VaultKeys>),
    Open(Box<Store>),
    Closed,
}

impl State {
    pub fn store(&self) -> Result<&Store> {
        match self {
            State::Open(store) => Ok(store),
            State::Closed => Err(Error::Closed),
            State::Locked | State::Keys(_) => Err(Error::Locked),
        }
    }

    pub fn store_mut(&mut self) -> Result<&mut Store> {
        match self {
            State::Open(store) => Ok(store),
            State::Closed => Err(Error::Closed),
            State::Locked | State::Keys(_) => Err(Error::Locked),
        }
    }

    pub fn keys(&self) -> Result<&Arc<VaultKeys>> {
        match self {
            State::Open(store) => Ok(&store.keys),
            State::Keys(keys) => Ok(keys),
            State::Closed => Err(Error::Closed),
            State::Locked => Err(Error::Locked),
        }
    }
}

/// What only the one writer touches.
#[derive(Default)]
pub(crate) struct Writer {
    /// Batches since the index was last saved.
    pub unsaved: u32,
}

pub(crate) struct Logs {
    pub ledger: SealedLog,
    pub access_log: SealedLog,
}

/// An encrypted store in one folder, held by one handle. All calls may come from any thread; reading does not wait for
/// a batch being written.
pub struct Vault {
    pub(crate) dir: PathBuf,
    pub(crate) keystore: Arc<dyn PlatformKeystore>,
    options: Options,
    keyring: Keyring,
    /// Taken before `scopes`, `logs` and `state`, by everything that writes blocks.
    writer: Mutex<Writer>,
    scopes: Mutex<ScopeTable>,
    logs: Mutex<Option<Logs>>,
    state: RwLock<State>,
    _lock: StoreLock,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(..)")
    }
}

const KEYRING: &str = "keyring";
const SCOPES: &str = "scopes";
const FOLDERS: [&str; 4] = ["blocks", "bodies", "front", "tokens"];

impl Vault {
    /// Makes a new store in a folder, which may exist, and opens it.
    ///
    /// # Errors
    /// `Exists` where a store is; `Damaged` where block files lie without a keyring. Nothing is overwritten.
    pub fn create(dir: &Path, keystore: Arc<dyn PlatformKeystore>) -> Result<Self> {
        Self::create_with(dir, keystore, Options::default())
    }

    /// [`create`](Self::create), with options.
    pub fn create_with(dir: &Path, keystore: Arc<dyn PlatformKeystore>, options: Options) -> Result<Self> {
        durable::create_directory(dir)?;
        let lock = StoreLock::take(dir)?;
        if dir.join(KEYRING).exists() {
            return Err(Error::Exists);
        }
        if holds_blocks(dir)? {
            return Err(Error::damaged(Damage::Keyring));
        }
        for folder in FOLDERS {
            durable::create_directory(&dir.join(folder))?;
        }
        let mut scopes = ScopeTable::read(&dir.join(SCOPES))?;
        scopes.set(&[])?;
        durable::sync_directory(dir)?;
        durable::sync_directory(durable::parent(dir))?;
        // The keyring comes last: with it the store exists.
        let (keyring, _) = Keyring::create(&dir.join(KEYRING), &*keystore)?;
        let vault = Self::assemble(dir, keystore, options, keyring, scopes, lock);
        vault.unlock()?;
        vault.write_anchor()?;
        Ok(vault)
    }

    /// Opens a store and unlocks it through slot `device`.
    ///
    /// # Errors
    /// `NotFound` where there is none; `Damaged` if the keystore remembers one; `InUse`, `NewerFormat`, `OlderFormat`,
    /// `KeystoreUnavailable`, `WrongKey`. No error moves or deletes a file.
    pub fn open(dir: &Path, keystore: Arc<dyn PlatformKeystore>) -> Result<(Self, OpenReport)> {
        Self::open_with(dir, keystore, Options::default())
    }

    /// [`open`](Self::open), with options.
    pub fn open_with(dir: &Path, keystore: Arc<dyn PlatformKeystore>, options: Options) -> Result<(Self, OpenReport)> {
        let vault = Self::open_locked(dir, keystore, options)?;
        let report = vault.unlock()?;
        Ok((vault, report))
    }

    /// Opens a store without unlocking it: only erasing, destroying and unlocking work then.
    pub fn open_locked(dir: &Path, keystore: Arc<dyn PlatformKeystore>, options: Options) -> Result<Self> {
        if !dir.join(KEYRING).exists() {
            let what = if holds_blocks(dir)? { Damage::Keyring } else { Damage::StoreMissing };
            let remembered = what == Damage::Keyring || keystore.read(anchor::SLOT)?.is_some();
            return Err(if remembered { Error::damaged(what) } else { Error::NotFound });
        }
        let lock = StoreLock::take(dir)?;
        let keyring = Keyring::read(&dir.join(KEYRING))?;
        let scopes = ScopeTable::read(&dir.join(SCOPES))?;
        for folder in FOLDERS {
            if !dir.join(folder).is_dir() {
                durable::create_directory(&dir.join(folder))?;
            }
        }
        Ok(Self::assemble(dir, keystore, options, keyring, scopes, lock))
    }

    fn assemble(
        dir: &Path,
        keystore: Arc<dyn PlatformKeystore>,
        options: Options,
        keyring: Keyring,
        scopes: ScopeTable,
        lock: StoreLock,
    ) -> Self {
        Vault {
            dir: dir.to_owned(),
            keystore,
            options,
            keyring,
            writer: Mutex::default(),
            scopes: Mutex::new(scopes),
            logs: Mutex::new(None),
            state: RwLock::new(State::Locked),
            _lock: lock,
        }
    }

    /// First half of [`unlock`](Self::unlock): fetches the keys, so that front pages and tokens can be read before the
    /// index is. Does nothing if that was done.
    pub fn unlock_keys(&self) -> Result<()> {
        let _writer = self.writer();
        self.unlock_keys_as_writer()
    }

    fn unlock_keys_as_writer(&self) -> Result<()> {
        match &*self.state() {
            State::Locked => {}
            State::Closed => return Err(Error::Closed),
            State::Keys(_) | State::Open(_) => return Ok(()),
        }
        let keys = VaultKeys::new(self.keyring.unlock(UnlockSlot::Device, &*self.keystore)?);
        self.load_shares(&keys)?;
        *self.state_mut() = State::Keys(Arc::new(keys));
        Ok(())
    }

    /// Unlocks: keys, index, logs; replays newer batches and finishes erasures.
    ///
    /// # Errors
    /// `KeystoreUnavailable`, `WrongKey`, or what the file system says; the vault stays locked then.
    pub fn unlock(&self) -> Result<OpenReport> {
        let mut writer = self.writer();
        self.unlock_keys_as_writer()?;
        if let Ok(store) = self.state().store() {
            return Ok(quiet_report(store));
        }
        self.load(&mut writer).inspect_err(|_| self.drop_keys())
    }

    fn load(&self, writer: &mut Writer) -> Result<OpenReport> {
        let keys = self.state().keys()?.clone();
        let index = self.index_store(&keys)?;
        let (store, loaded) = Store::load(&self.dir, keys.clone(), index)?;
        *self.state_mut() = State::Open(Box::new(store));
        let mut report = OpenReport {
            batch: BatchNumber(0),
            replayed: loaded.replayed.batches,
            index_rebuilt: loaded.rebuilt,
            torn_bytes: loaded.replayed.torn_bytes,
            torn_log_bytes: 0,
            damage: loaded.replayed.damage,
            anchor: AnchorCheck::Absent,
            erased: vec![],
        };
        self.finish_unlock(writer, &keys, &mut report)?;
        report.damage.dedup();
        Ok(report)
    }

    fn finish_unlock(&self, writer: &mut Writer, keys: &VaultKeys, report: &mut OpenReport) -> Result<()> {
        let (ledger, ledger_contents) = SealedLog::open(&self.dir, Log::Ledger, &keys.system)?;
        let (access_log, log_contents) = SealedLog::open(&self.dir, Log::AccessLog, &keys.system)?;
        report_log(&ledger_contents, Damage::Ledger, report);
        report_log(&log_contents, Damage::AccessLog, report);
        *self.logs() = Some(Logs { ledger, access_log });
        let remembered = self.keystore.read(anchor::SLOT)?;
        report.anchor =
            Anchor::check(remembered.as_deref(), &keys.system, self.state().store()?.position(), &ledger_contents)?;
        if self.scopes().damaged {
            report.damage.push(Damage::ScopeTable);
        }
        self.recover_scopes(keys, &mut report.damage)?;
        report.erased = self.finish_erasures(writer)?;
        report.batch = BatchNumber(self.state().store()?.position().batch);
        if report.index_rebuilt {
            // Best effort: on a full disk it is rebuilt again next time.
            let _ = self.save_index(writer);
        }
        durable::keep_reserve(&self.dir);
        Ok(())
    }

    /// Wipes keys and everything read from memory. All calls but unlocking and erasing say `Locked` afterwards.
    pub fn lock(&self) {
        let mut writer = self.writer();
        // A saved index makes the next unlock faster; nothing depends on it.
        let _ = self.save_index(&mut writer);
        self.drop_keys();
    }

    fn drop_keys(&self) {
        if let Some(logs) = self.logs().take() {
            // Lines not yet synced are lost by a power cut only, as before.
            let _ = logs.access_log.sync();
        }
        let mut state = self.state_mut();
        if !matches!(*state, State::Closed) {
            *state = State::Locked;
        }
    }

    /// Whether keys are in memory.
    pub fn is_locked(&self) -> bool {
        self.state().keys().is_err()
    }

    /// The ways this store can be unlocked.
    pub fn unlock_slots(&self) -> Vec<UnlockSlot> {
        self.keyring.unlock_slots()
    }

    /// Notes in the keystore how far the store is. After a sync, an import, a lease change, before locking.
    pub fn write_anchor(&self) -> Result<()> {
        let _writer = self.writer();
        let ledger = self.logs().as_ref().ok_or(Error::Locked)?.ledger.end();
        let anchor = {
            let state = self.state();
            let store = state.store()?;
            Anchor::of(&store.keys.system, store.position(), ledger)?
        };
        Ok(self.keystore.write(anchor::SLOT, &anchor.encode())?)
    }

    /// Destroys the store: its keys and shares first, then its files. Works while locked. The handle is closed then.
    pub fn destroy(&self) -> Result<()> {
        let _writer = self.writer();
        *self.logs() = None;
        *self.state_mut() = State::Closed;
        let scopes: Vec<_> = self.scopes().iter().map(|(scope, _)| scope).collect();
        for slot in self.keyring.unlock_slots() {
            self.keystore.delete(slot.keystore_slot())?;
        }
        for scope in scopes {
            self.keystore.delete(&scope.slot())?;
        }
        self.keystore.delete(anchor::SLOT)?;
        for folder in FOLDERS.into_iter().chain(["index"]) {
            remove_folder(&self.dir.join(folder))?;
        }
        for file in ["snapshot", "ledger", "ledger.previous", "access-log", "reserve", SCOPES, KEYRING] {
            durable::remove(&self.dir.join(file))?;
            durable::remove(&self.dir.join(format!("{file}.new")))?;
        }
        Ok(durable::sync_directory(&self.dir)?)
    }

    fn index_store(&self, keys: &VaultKeys) -> Result<Box<dyn IndexStore>> {
        let key = keys.system.seal_key(b"index")?;
        let (sled, snapshot) = (self.dir.join("index"), self.dir.join("snapshot"));
        // An index that is not kept up would be of the past when it is next used.
        Ok(match self.options.index {
            IndexKind::Sled => {
                durable::remove(&snapshot)?;
                Box::new(SledIndex { path: sled, key, database: None })
            }
            IndexKind::Snapshot => {
                remove_folder(&sled)?;
                Box::new(SnapshotIndex { path: snapshot, key })
            }
        })
    }

    pub(crate) fn writer(&self) -> MutexGuard<'_, Writer> {
        // A panic while writing left the state as it was published last; nothing is half done in it.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn scopes(&self) -> MutexGuard<'_, ScopeTable> {
        self.scopes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn logs(&self) -> MutexGuard<'_, Option<Logs>> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn state_mut(&self) -> RwLockWriteGuard<'_, State> {
        match self.state.write() {
            Ok(state) => state,
            Err(poisoned) => {
                // A panic while publishing may have left sums half done: start over from the files.
                let mut state = poisoned.into_inner();
                *state = State::Closed;
                self.state.clear_poison();
                state
            }
        }
    }
}

fn quiet_report(store: &Store) -> OpenReport {
    OpenReport {
        batch: BatchNumber(store.position().batch),
        replayed: 0,
        index_rebuilt: false,
        torn_bytes: 0,
        torn_log_bytes: 0,
        damage: vec![],
        anchor: AnchorCheck::Agrees,
        erased: vec![],
    }
}

fn report_log(contents: &LogContents, what: Damage, report: &mut OpenReport) {
    report.torn_log_bytes += contents.torn_bytes;
    if !contents.gaps.is_empty() {
        report.damage.push(what);
    }
}

fn holds_blocks(dir: &Path) -> Result<bool> {
    match fs::read_dir(dir.join("blocks")) {
        Ok(mut entries) => Ok(entries.next().is_some()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
