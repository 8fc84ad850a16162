//! What can go wrong in the vault. Variants are facts for the caller to act on; none carries a name, a key or content.

use std::io;

use crate::keystore::KeystoreError;

/// What was found damaged: where it lies, never what it held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Damage {
    /// A keystore anchor exists, but there is no store beside it.
    StoreMissing,
    /// Both copies of the keyring file.
    Keyring,
    /// The table of scopes. It is rebuilt from the block files after the next unlock.
    ScopeTable,
    /// A block file is missing, cut short, or has an unreadable stretch.
    BlockFile {
        /// Number of the file.
        number: u32,
    },
    /// One block whose bytes are not what was written. Its neighbours are readable.
    Block {
        /// Number of the block file.
        number: u32,
        /// Where the block starts in the file, in bytes.
        offset: u32,
    },
    /// Committed blocks are gone: the sum over all blocks is not the one the last commit recorded.
    MissingBlocks,
    /// A body's own file is missing or is not the one its reference names.
    Body,
    /// A front page. It is written again at the end of the next walk.
    FrontPage,
    /// A token file. The connection needs a new sign-in.
    Token,
    /// The ledger; its readable events are still answered, see `LogContents`.
    Ledger,
    /// The access log; its readable lines are still answered.
    AccessLog,
    /// The anchor in the keystore cannot be read.
    Anchor,
}

/// The vault's errors. After any of them, what had been committed is still there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The vault is locked; nothing can be read or written, erasing still works.
    #[error("the vault is locked")]
    Locked,
    /// The keystore opened its slot, but the key is not the one this store was made with.
    #[error("the key does not belong to this store")]
    WrongKey,
    /// The platform keystore did not answer as needed. No file was touched.
    #[error("the platform keystore: {reason}")]
    KeystoreUnavailable {
        /// What the keystore said.
        reason: KeystoreError,
    },
    /// Another process, or another handle in this one, has the store open.
    #[error("the store is open elsewhere")]
    InUse,
    /// No room left on the disk. Nothing was lost; the batch was not saved.
    #[error("the disk is full")]
    Full,
    /// The disk cannot be written.
    #[error("the disk is read-only")]
    ReadOnly,
    /// Written by a later version of this library. Nothing was moved.
    #[error("the store has a newer format ({found})")]
    NewerFormat {
        /// The format number found.
        found: u16,
    },
    /// Written by a version whose format is no longer read. Nothing was moved.
    #[error("the store has an older format ({found})")]
    OlderFormat {
        /// The format number found.
        found: u16,
    },
    /// Proven damage; the rest of the store is readable.
    #[error("damaged: {what:?}")]
    Damaged {
        /// Where.
        what: Damage,
    },
    /// The chart or class was erased: its key share is gone.
    #[error("erased")]
    Erased,
    /// There is no such thing.
    #[error("not found")]
    NotFound,
    /// Something exists already where a new store was to be made.
    #[error("a store exists already")]
    Exists,
    /// A name, row, value or batch beyond the stated bounds.
    #[error("too large")]
    TooLarge,
    /// The handle was destroyed or stopped by an earlier failure; open the store anew.
    #[error("the store handle is closed")]
    Closed,
    /// Any other failure of the file system.
    #[error("file system: {kind:?}")]
    Io {
        /// The kind of failure; paths are not kept.
        kind: io::ErrorKind,
    },
}

/// Result of a vault call.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn damaged(what: Damage) -> Self {
        Error::Damaged { what }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        use io::ErrorKind as Kind;
        match error.kind() {
            Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => Error::Full,
            Kind::ReadOnlyFilesystem => Error::ReadOnly,
            kind => Error::Io { kind },
        }
    }
}

impl From<KeystoreError> for Error {
    fn from(reason: KeystoreError) -> Self {
        Error::KeystoreUnavailable { reason }
    }
}
