//! Runs [`Refresh`] for one connection: single flight, and durable before use (A6).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plainchart_auth::{
    AuthError, HttpAnswer, Refresh, RefreshEffect, RefreshEvent, RefreshOutcome, Secret, StoredTokens,
};

use super::{BoxFuture, TokenSource};
use crate::cancel::CancelToken;
use crate::clock::Clock;
use crate::error::{PlainchartError, SignInReason};
use crate::net::{HttpClient, NetworkError, Request};
use crate::store::Store;

/// A token answer is small; anything larger is not one.
pub const TOKEN_ANSWER_BYTES: usize = 256 * 1024;
/// Renewed this long before it runs out, so that a request on its way is not refused.
const LEEWAY_SECONDS: i64 = 30;

/// The tokens of one connection.
pub struct TokenKeeper {
    store: Arc<Store>,
    http: HttpClient,
    clock: Arc<dyn Clock>,
    /// The vault's name of the sealed file.
    name: String,
    closed: AtomicBool,
    /// Held through a whole refresh: that is what makes it single-flight.
    state: tokio::sync::Mutex<State>,
}

struct State {
    refresh: Refresh,
    current: Arc<Secret>,
}

impl TokenKeeper {
    /// The vault's name of a grant's token file.
    #[must_use]
    pub fn file_name(grant: &str) -> String {
        format!("grant/{grant}")
    }

    /// Signed out: whatever is under way, the file is not written again.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// Reads a grant's tokens from its sealed file.
    ///
    /// # Errors
    /// `SignInRequired{never_connected}` without a file; the vault's.
    pub fn open(
        store: Arc<Store>,
        http: HttpClient,
        clock: Arc<dyn Clock>,
        grant: &str,
    ) -> Result<Self, PlainchartError> {
        let name = Self::file_name(grant);
        let bytes =
            store.secret(&name)?.ok_or(PlainchartError::SignInRequired { reason: SignInReason::NeverConnected })?;
        let tokens = StoredTokens::from_bytes(bytes.expose())?;
        let current = copy(tokens.access_token());
        let state = tokio::sync::Mutex::new(State { refresh: Refresh::new(tokens), current });
        Ok(Self { store, http, clock, name, closed: AtomicBool::new(false), state })
    }

    fn now(&self) -> i64 {
        self.clock.wall_ms().div_euclid(1000)
    }

    async fn renew(&self, state: &mut State) -> Result<(), PlainchartError> {
        let mut outcome = self.run(state).await?;
        // No answer seen: the same token is sent once more (A6).
        if outcome == RefreshOutcome::Unanswered {
            outcome = self.run(state).await?;
        }
        let again = |reason| Err(PlainchartError::SignInRequired { reason });
        match outcome {
            RefreshOutcome::Fresh => {
                if let Some(token) = state.refresh.access_token() {
                    state.current = copy(token);
                }
                Ok(())
            }
            RefreshOutcome::NoLastingAccess => again(SignInReason::NoLastingAccess),
            RefreshOutcome::SignInAgain(_) => again(SignInReason::Expired),
            RefreshOutcome::Unanswered | RefreshOutcome::NotSent => Err(PlainchartError::Offline),
            RefreshOutcome::Failed(AuthError::ServerUnavailable { .. }) => {
                Err(PlainchartError::ServerBusy { retry_after_seconds: None })
            }
            RefreshOutcome::Failed(error) => Err(error.into()),
            RefreshOutcome::NotSaved => Err(PlainchartError::internal("refresh.unsaved")),
        }
    }

    async fn run(&self, state: &mut State) -> Result<RefreshOutcome, PlainchartError> {
        let mut effect = state.refresh.step(RefreshEvent::Wanted, self.now());
        let mut unsaved = None;
        loop {
            let event = match effect {
                // The vault's own reason is better than the machine's.
                RefreshEffect::Done(RefreshOutcome::NotSaved) => {
                    return Err(unsaved.unwrap_or(PlainchartError::internal("refresh.unsaved")));
                }
                RefreshEffect::Done(outcome) => return Ok(outcome),
                RefreshEffect::Wait | RefreshEffect::OutOfTurn => {
                    return Err(PlainchartError::internal("refresh.turn"));
                }
                RefreshEffect::Persist(_) if self.closed.load(Ordering::SeqCst) => {
                    return Err(PlainchartError::SignInRequired { reason: SignInReason::NeverConnected });
                }
                RefreshEffect::Persist(bytes) => match self.store.put_secret(&self.name, &bytes) {
                    Ok(()) => RefreshEvent::Persisted,
                    Err(error) => {
                        unsaved = Some(error);
                        RefreshEvent::PersistFailed
                    }
                },
                RefreshEffect::Post(form) => {
                    let body = form.body();
                    let request = Request::post(form.endpoint().clone(), &body, "application/json", TOKEN_ANSWER_BYTES);
                    // Never cancelled: an answer that is thrown away may have been the new token.
                    match self.http.send(request, &CancelToken::new()).await {
                        Ok(answer) => RefreshEvent::Answered(HttpAnswer::new(answer.status, answer.body)),
                        Err(NetworkError::Unreachable | NetworkError::Tls) => RefreshEvent::NotSent,
                        Err(_) => RefreshEvent::NoAnswer,
                    }
                }
            };
            effect = state.refresh.step(event, self.now());
        }
    }
}

impl TokenSource for TokenKeeper {
    fn access_token<'a>(&'a self, cancel: &'a CancelToken) -> BoxFuture<'a, Result<Arc<Secret>, PlainchartError>> {
        Box::pin(async move {
            cancel.check()?;
            let mut state = self.state.lock().await;
            let tokens = state.refresh.tokens();
            if tokens.is_stale(self.now(), LEEWAY_SECONDS) {
                self.renew(&mut state).await?;
            }
            Ok(Arc::clone(&state.current))
        })
    }

    fn refused<'a>(&'a self, token: &'a Secret, cancel: &'a CancelToken) -> BoxFuture<'a, Result<(), PlainchartError>> {
        Box::pin(async move {
            cancel.check()?;
            let mut state = self.state.lock().await;
            // EXPOSE: compared with our own copy; somebody else may have renewed it while we waited.
            if state.current.expose() == token.expose() {
                self.renew(&mut state).await?;
            }
            Ok(())
        })
    }
}

/// EXPOSE: the copy lives as long as requests that carry it, and is wiped with the last.
fn copy(token: &Secret) -> Arc<Secret> {
    Arc::new(Secret::from(token.expose()))
}

impl std::fmt::Debug for TokenKeeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenKeeper(hidden)")
    }
}
