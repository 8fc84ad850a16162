//! The hospital's clock: the machine's time plus whatever a test has added to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};

/// Wall time that a test can move forward, so that expiry is tested without waiting.
/// It also sets the `Date` header, which clients take as the hospital's time.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    ahead_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The hospital's time now, whole milliseconds.
    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.now_ms()).unwrap_or_default()
    }

    /// The same in milliseconds since 1970.
    #[allow(clippy::disallowed_methods, reason = "a server stands outside the client's clock module and has its own")]
    pub fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX / 2) + self.ahead_ms.load(Ordering::SeqCst)
    }

    /// Moves the hospital's time forward for everyone who holds this clock.
    pub fn advance(&self, by: Duration) {
        self.ahead_ms.fetch_add(i64::try_from(by.as_millis()).unwrap_or(0), Ordering::SeqCst);
    }
}

/// A FHIR `instant` in UTC with milliseconds.
pub(crate) fn instant(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// An HTTP date (RFC 9110, IMF-fixdate).
pub(crate) fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
