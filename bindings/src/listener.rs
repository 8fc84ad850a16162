//! Progress, and the handle that stops work.

use std::sync::Arc;

use plainchart::{CancelToken, Progress, ProgressListener};

use crate::error::PlainchartError;

/// What happens during a sync or an import.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum SyncProgress {
    /// A type is being fetched.
    Fetching {
        /// FHIR type.
        resource_type: String,
        /// Resources so far.
        done: u64,
        /// How many there are, if the server told.
        total: Option<u64>,
    },
    /// The hospital asked us to wait.
    Waiting {
        /// How long, in seconds.
        seconds: u32,
    },
    /// Files of notes are being fetched.
    Bodies {
        /// So far.
        done: u64,
        /// Known to be wanted.
        total: u64,
    },
}

/// Told about progress, on a thread of the core: hop to the main thread in the app.
#[uniffi::export(foreign)]
pub trait SessionListener: Send + Sync {
    /// Something happened. Throwing stops the work as a cancellation does.
    fn progress(&self, progress: SyncProgress) -> Result<(), PlainchartError>;
}

/// Stops the work it was given to. Dropping it stops nothing. Wire it to your task's cancellation.
#[derive(Debug, Default, uniffi::Object)]
pub struct CancelHandle {
    token: CancelToken,
}

#[uniffi::export]
impl CancelHandle {
    /// A new handle.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Asks to stop. What was saved stays.
    ///
    /// # Errors
    /// None today; fallible so that a defect cannot end the app.
    pub fn cancel(&self) -> Result<(), PlainchartError> {
        self.token.cancel();
        Ok(())
    }
}

impl CancelHandle {
    pub(crate) fn token(handle: Option<&Arc<Self>>) -> CancelToken {
        handle.map(|handle| handle.token.clone()).unwrap_or_default()
    }
}

/// The app's listener as the core's; none means that nobody is told.
pub(crate) struct ForeignListener(pub Option<Arc<dyn SessionListener>>);

impl ProgressListener for ForeignListener {
    fn progress(&self, progress: &Progress) -> Result<(), plainchart::PlainchartError> {
        let Some(listener) = &self.0 else { return Ok(()) };
        let progress = match progress {
            Progress::Fetching { resource_type, done, total } => {
                SyncProgress::Fetching { resource_type: (*resource_type).to_owned(), done: *done, total: *total }
            }
            Progress::Waiting { seconds } => SyncProgress::Waiting { seconds: *seconds },
            Progress::Bodies { done, total } => SyncProgress::Bodies { done: *done, total: *total },
        };
        listener.progress(progress).map_err(|_| plainchart::PlainchartError::Cancelled)
    }
}
