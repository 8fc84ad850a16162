//! One request to the hospital, with everything that must hold for each: the token goes nowhere else (A10), a refused
//! token is renewed once, a plea to wait is honoured (D5), every answer is bounded (D10).

use std::sync::Arc;
use std::time::Duration;

use plainchart_auth::{FhirBase, Secret};
use plainchart_record::outcome::OperationOutcome;
use plainchart_record::{JsonLimits, check};
use url::Url;

use super::report::{Progress, ProgressListener};
use crate::cancel::CancelToken;
use crate::error::PlainchartError;
use crate::net::{Answer, HttpClient, NetworkError, Request, retry_after_seconds};
use crate::tokens::TokenSource;

/// Longest wait inside a sync; a longer one ends it, and the app asks again later.
const LONGEST_WAIT_SECONDS: u32 = 60;
/// Pleas to wait and cut connections in a row before giving up.
const MOST_TRIES: u32 = 4;

/// Makes requests for one connection.
pub struct Fetcher<'a> {
    pub(crate) http: &'a HttpClient,
    pub(crate) base: &'a FhirBase,
    pub(crate) tokens: &'a dyn TokenSource,
    pub(crate) cancel: &'a CancelToken,
    pub(crate) listener: Arc<dyn ProgressListener>,
    pub(crate) wall_ms: i64,
    pub(crate) counts: std::sync::Mutex<Counts>,
    /// A token that was renewed in this sync and refused for a file all the same.
    pub(crate) fresh: std::sync::Mutex<Option<Arc<Secret>>>,
}

/// What was spent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Requests made.
    pub requests: u64,
    /// Bytes over the wire in bodies.
    pub bytes: u64,
    /// Seconds waited because the hospital asked.
    pub waited_seconds: u64,
    /// The last `Date` a server sent, ms since 1970 UTC.
    pub server_date_ms: i64,
}

impl Fetcher<'_> {
    /// GETs an address on the base.
    ///
    /// # Errors
    /// `ServerProblem{outside_base}` before anything is sent if the address is not on the base; `Offline`,
    /// `ServerBusy`, `SignInRequired`, `Cancelled`. A 4xx other than 401 and 429 is an answer.
    pub async fn get(&self, url: &Url, accept: &'static str, max_bytes: usize) -> Result<Answer, PlainchartError> {
        match self.ask(url, accept, max_bytes, false).await? {
            answer if answer.status == 401 => {
                Err(PlainchartError::SignInRequired { reason: crate::error::SignInReason::Expired })
            }
            answer => Ok(answer),
        }
    }

    /// GETs one file. 401 with a token that was renewed for a file is an answer about that file, not about the sign-in.
    ///
    /// # Errors
    /// As [`get`](Self::get), but for a 401.
    pub async fn get_file(&self, url: &Url, accept: &'static str, max_bytes: usize) -> Result<Answer, PlainchartError> {
        self.ask(url, accept, max_bytes, true).await
    }

    async fn ask(
        &self,
        url: &Url,
        accept: &'static str,
        max_bytes: usize,
        is_file: bool,
    ) -> Result<Answer, PlainchartError> {
        if !self.base.allows_token(url) {
            return Err(PlainchartError::server("outside_base"));
        }
        let mut renewed = false;
        let mut tries = 0;
        loop {
            self.cancel.check()?;
            let token = self.tokens.access_token(self.cancel).await?;
            let request = Request::get(url.clone(), accept, max_bytes).with_bearer(token.expose());
            let answer = self.http.send(request, self.cancel).await;
            self.count(answer.as_ref().ok());
            match answer {
                Ok(answer) if answer.status == 401 && is_file && self.is_fresh(&token) => return Ok(answer),
                Ok(answer) if answer.status == 401 && !renewed => {
                    renewed = true;
                    self.tokens.refused(&token, self.cancel).await?;
                }
                Ok(answer) if answer.status == 401 => {
                    if let Ok(mut fresh) = self.fresh.lock() {
                        *fresh = Some(token);
                    }
                    return Ok(answer);
                }
                Ok(answer) if answer.status == 429 || answer.status == 503 => {
                    tries += 1;
                    self.wait_as_asked(&answer, tries).await?;
                }
                Ok(answer) if answer.status >= 500 => {
                    tries += 1;
                    if tries >= MOST_TRIES {
                        return Err(PlainchartError::server("status_5xx"));
                    }
                    self.pause(back_off(tries)).await?;
                }
                Ok(answer) => return Ok(answer),
                Err(NetworkError::Cut | NetworkError::BrokenAnswer) if tries + 1 < MOST_TRIES => {
                    tries += 1;
                    self.pause(back_off(tries)).await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Whether this token came new in this sync: then it is not the token that a file is refused for.
    fn is_fresh(&self, token: &Arc<Secret>) -> bool {
        let fresh = self.fresh.lock();
        fresh.is_ok_and(|fresh| fresh.as_ref().is_some_and(|fresh| Arc::ptr_eq(fresh, token)))
    }

    fn count(&self, answer: Option<&Answer>) {
        let Ok(mut counts) = self.counts.lock() else { return };
        counts.requests += 1;
        let Some(answer) = answer else { return };
        counts.bytes += answer.wire_bytes;
        let date = answer.date.as_deref().and_then(crate::net::http_date_ms);
        counts.server_date_ms = counts.server_date_ms.max(date.unwrap_or(0));
    }

    async fn wait_as_asked(&self, answer: &Answer, tries: u32) -> Result<(), PlainchartError> {
        let asked = answer
            .retry_after
            .as_deref()
            .and_then(|value| retry_after_seconds(value, answer.date.as_deref(), self.wall_ms))
            .or_else(|| wait_in_body(&answer.body));
        let busy = PlainchartError::ServerBusy { retry_after_seconds: asked };
        if tries >= MOST_TRIES || asked.is_some_and(|seconds| seconds > LONGEST_WAIT_SECONDS) {
            return Err(busy);
        }
        let Some(seconds) = asked else { return self.pause(back_off(tries)).await };
        self.listener.progress(&Progress::Waiting { seconds })?;
        if let Ok(mut counts) = self.counts.lock() {
            counts.waited_seconds += u64::from(seconds);
        }
        self.pause(Duration::from_secs(seconds.into()) + jitter(250)).await
    }

    async fn pause(&self, time: Duration) -> Result<(), PlainchartError> {
        tokio::select! {
            () = self.cancel.cancelled() => Err(PlainchartError::Cancelled),
            () = tokio::time::sleep(time) => Ok(()),
        }
    }
}

/// athenahealth tells the wait only in the words of an OperationOutcome.
fn wait_in_body(body: &[u8]) -> Option<u32> {
    let text = check(body, &JsonLimits::PAGE).ok()?;
    u32::try_from(OperationOutcome::read(text).ok()?.retry_after_seconds()?).ok()
}

/// Exponential, with jitter, so that many phones do not come back at the same moment.
fn back_off(tries: u32) -> Duration {
    Duration::from_millis(200 << tries.min(5)) + jitter(200)
}

fn jitter(most_ms: u64) -> Duration {
    let random = crate::random::bytes::<2>().map_or(0, u16::from_le_bytes);
    Duration::from_millis(u64::from(random) % most_ms.max(1))
}
