//! Makes grouped lines of the access log durable within two seconds, also when nothing else happens (P6).

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use plainchart_vault::Vault;

const WITHIN: Duration = Duration::from_millis(1800);

/// Waits a moment after a line, then makes all lines durable.
pub struct LogSync {
    shared: Arc<Shared>,
}

struct Shared {
    /// The vault, until the store closes. Held while it is synced, so that closing waits for that.
    vault: Mutex<Option<Arc<Vault>>>,
    waiting: AtomicBool,
    stopped: Condvar,
}

impl LogSync {
    /// For this vault.
    #[must_use]
    pub fn new(vault: &Arc<Vault>) -> Self {
        let shared = Shared {
            vault: Mutex::new(Some(Arc::clone(vault))),
            waiting: AtomicBool::new(false),
            stopped: Condvar::new(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// A line was written that is not durable yet.
    pub fn soon(&self) {
        if self.shared.waiting.swap(true, Ordering::SeqCst) {
            return;
        }
        let shared = Arc::clone(&self.shared);
        let waiter = move || {
            let guard = shared.vault.lock().unwrap_or_else(PoisonError::into_inner);
            let waited = shared.stopped.wait_timeout_while(guard, WITHIN, |vault| vault.is_some());
            let (vault, _) = waited.unwrap_or_else(PoisonError::into_inner);
            shared.waiting.store(false, Ordering::SeqCst);
            if let Some(vault) = vault.as_ref() {
                // A failure shows at the next line that must be durable; a locked vault has synced already.
                let _ = vault.sync_access_log();
            }
        };
        let spawned = std::thread::Builder::new().name("plainchart-log".into()).spawn(waiter);
        if spawned.is_err() {
            // Without a thread there is no later: now, then.
            self.shared.waiting.store(false, Ordering::SeqCst);
            if let Some(vault) = self.shared.vault.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
                let _ = vault.sync_access_log();
            }
        }
    }

    /// The store closes: waits for a sync under way, then lets the vault go.
    pub fn stop(&self) {
        *self.shared.vault.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.shared.stopped.notify_all();
    }
}
