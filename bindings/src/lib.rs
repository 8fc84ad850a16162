//! Plainchart for Swift, Kotlin and Python: all of UniFFI is here, and nothing else. Each method converts in, calls the
//! facade and converts out; the command line calls the same facade.
//!
//! Every exported method is fallible, so that a defect becomes an error of the app's language and never ends its
//! process. No record's text is in an error, and tokens never cross.

mod conversion;
mod error;
mod keystore;
mod listener;
mod records;
mod runtime;
mod session;

pub use error::PlainchartError;
pub use keystore::{KeystoreError, PlatformKeystore};
pub use listener::{CancelHandle, SessionListener, SyncProgress};
pub use records::{
    Candidate, Configuration, Connected, Definition, ImportSummary, LogLine, Mark, NoteList, NoteSummary, NoteView,
    Offer, PersonView, ResultList, ResultPart, ResultView, SectionView, Sense, SetAsideCount, SignInStep, SourceState,
    SyncSummary, Time, TypeSummary,
};
pub use session::{PlainchartSession, annotate, define, open_session};

/// The same file as the command line's: one place holds the unsafe code of both.
#[path = "../../cli/src/zeroizing_allocator.rs"]
mod zeroizing_allocator;

#[global_allocator]
static ALLOCATOR: zeroizing_allocator::ZeroizingAllocator = zeroizing_allocator::ZeroizingAllocator;

uniffi::setup_scaffolding!();
