//! The encrypted offline cache: sealing, block files, index, ledger, keyring. It knows bytes, not medicine, and no clock.
//!
//! A [`Vault`] is one folder. What a batch wrote lies in append-only block files, sealed under keys that need both the
//! vault key and the scope's share in the platform keystore; the index over them is held in memory, saved in sled now and
//! then, and rebuilt from the block files when lost. This is the only crate that names sled.

mod anchor;
mod batch;
mod block;
mod block_files;
mod chart_classes;
mod commit_record;
mod durable;
mod erasure;
mod error;
mod file_keystore;
mod index;
mod index_sled;
mod index_snapshot;
mod keyring;
mod keys;
mod keystore;
mod keystore_conformance;
mod logs;
mod memory_keystore;
mod memory_store;
mod reading;
mod record_store;
mod replay;
mod rows;
mod scope;
mod scope_record;
mod scope_table;
mod sealed_log;
mod secret;
mod store;
mod store_lock;
mod token_files;
mod tree_reader;
mod upkeep;
mod vault;
mod vault_keys;
mod wire;
mod writing;

pub use anchor::AnchorCheck;
pub use batch::{Batch, MAX_BATCH, MAX_NAME, MAX_ROW};
pub use error::{Damage, Error, Result};
pub use file_keystore::{FileKey, FileKeystore, PassphraseCost};
pub use keyring::UnlockSlot;
pub use keystore::{KeystoreError, PlatformKeystore};
pub use keystore_conformance::{ConformanceFailure, keystore_conformance};
pub use memory_keystore::MemoryKeystore;
pub use memory_store::MemoryStore;
pub use reading::FrontPage;
pub use record_store::RecordStore;
pub use rows::Row;
pub use scope::{BatchNumber, ChartId, Class, Scope, Tree};
pub use sealed_log::{Log, LogContents, LogEnd, LogGap, LogRecord, RecordKind};
pub use secret::Secret;
pub use token_files::SecretNames;
pub use upkeep::{CheckReport, Dropped, Stats};
pub use vault::{IndexKind, OpenReport, Options, Vault};
pub use zeroize::Zeroizing;
