//! Why a command ends: one plain sentence and an exit code (DESIGN "Errors").

use std::io;

use plainchart::{KeystoreError, PlainchartError, StorageReason};

/// Exit codes of answers that are the command line's own.
pub mod exit {
    /// Not found, cancelled, or not confirmed.
    pub const NOT_DONE: u8 = 1;
    /// What was handed in cannot be used.
    pub const INVALID_INPUT: u8 = 2;
    /// A sign-in is needed.
    pub const SIGN_IN_REQUIRED: u8 = 3;
    /// The key is not to be had.
    pub const LOCKED: u8 = 4;
    /// The hospital's side.
    pub const SERVER: u8 = 5;
    /// A defect of ours.
    pub const INTERNAL: u8 = 7;
}

/// Why a command ends early.
#[derive(Debug)]
pub enum Failure {
    /// The core's error.
    Core(PlainchartError),
    /// The command line's own.
    Said {
        /// Exit code.
        code: u8,
        /// For the reader.
        sentence: String,
    },
    /// Whoever read our output has gone, as `head` does.
    OutputClosed,
}

impl Failure {
    /// The command line's own sentence with its exit code.
    pub fn said(code: u8, sentence: impl Into<String>) -> Self {
        Self::Said { code, sentence: sentence.into() }
    }

    /// What the process exits with.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Core(error) => error.exit_code(),
            Self::Said { code, .. } => *code,
            Self::OutputClosed => 0,
        }
    }

    /// What is said on standard error, if anything.
    pub fn sentence(&self) -> Option<String> {
        match self {
            Self::Core(error) => Some(format!("{} [{}]", error.sentence(), error.code())),
            Self::Said { sentence, .. } => Some(sentence.clone()),
            Self::OutputClosed => None,
        }
    }
}

impl From<PlainchartError> for Failure {
    fn from(error: PlainchartError) -> Self {
        Self::Core(error)
    }
}

/// Only output goes through here: files have their own errors.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::said(exit::NOT_DONE, "The answer could not be written out."),
        }
    }
}

/// What the core would say of a keystore's refusal.
pub fn of_keystore(error: KeystoreError) -> Failure {
    match error {
        KeystoreError::Unavailable => PlainchartError::StorageUnavailable { reason: StorageReason::Unreadable }.into(),
        _ => PlainchartError::VaultLocked.into(),
    }
}

/// What the core would say of a disk's refusal.
pub fn of_disk(error: &io::Error) -> Failure {
    let reason = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StorageReason::Full,
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => StorageReason::ReadOnly,
        _ => StorageReason::Unreadable,
    };
    PlainchartError::StorageUnavailable { reason }.into()
}
