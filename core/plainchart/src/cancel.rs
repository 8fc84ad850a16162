//! Real cancellation: an explicit handle, checked between steps and while waiting for the network (B1).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use crate::error::PlainchartError;

/// A handle that stops what it was given to. Dropping it stops nothing. Cheap to clone; all clones are one handle.
#[derive(Clone, Debug, Default)]
pub struct CancelToken(Arc<State>);

#[derive(Debug, Default)]
struct State {
    cancelled: AtomicBool,
    notify: Notify,
}

impl CancelToken {
    /// A new handle.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks to stop.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::SeqCst);
        self.0.notify.notify_waiters();
    }

    /// Whether a stop was asked for.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::SeqCst)
    }

    /// Waits until a stop is asked for.
    pub async fn cancelled(&self) {
        let waiting = self.0.notify.notified();
        tokio::pin!(waiting);
        // Registered before the flag is read, so that a stop in between is not missed.
        waiting.as_mut().enable();
        if !self.is_cancelled() {
            waiting.await;
        }
    }

    /// An error if a stop was asked for.
    ///
    /// # Errors
    /// `Cancelled`.
    pub fn check(&self) -> Result<(), PlainchartError> {
        if self.is_cancelled() { Err(PlainchartError::Cancelled) } else { Ok(()) }
    }
}
