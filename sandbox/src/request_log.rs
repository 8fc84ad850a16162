//! What was asked of the hospital. No values of a query and no tokens are kept.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestRecord {
    /// Counted from 1 since the hospital was made; `/_sandbox` is not counted.
    pub number: u64,
    /// `GET`, `POST`, ...
    pub method: String,
    /// Without query.
    pub path: String,
    /// The names of the query's members, in order.
    pub query_keys: Vec<String>,
    /// 0: no answer was given, or not yet.
    pub status: u16,
    /// Whether there was an `Authorization` header.
    pub had_authorization: bool,
}

/// Requests beyond this number push the oldest out.
const MOST_RECORDS: usize = 100_000;

#[derive(Debug, Default)]
struct Inner {
    records: VecDeque<RequestRecord>,
    last: u64,
}

/// Every request, in the order it came.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestLog {
    inner: Arc<Mutex<Inner>>,
    at_once: Arc<AtomicUsize>,
    peak: Arc<AtomicUsize>,
}

/// Counts a request as being answered until it is dropped.
pub(crate) struct InFlight(Arc<AtomicUsize>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl RequestLog {
    pub fn begin(&self, method: &str, path: &str, query: &str, had_authorization: bool) -> (u64, InFlight) {
        let now = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.peak.fetch_max(now, Ordering::SeqCst);
        let query_keys = url::form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned()).collect();
        let mut inner = self.lock();
        inner.last += 1;
        let record = RequestRecord {
            number: inner.last,
            method: method.to_owned(),
            path: path.to_owned(),
            query_keys,
            status: 0,
            had_authorization,
        };
        if inner.records.len() >= MOST_RECORDS {
            inner.records.pop_front();
        }
        inner.records.push_back(record);
        (inner.last, InFlight(Arc::clone(&self.at_once)))
    }

    pub fn answered(&self, number: u64, status: u16) {
        if let Some(record) = self.lock().records.iter_mut().rev().find(|record| record.number == number) {
            record.status = status;
        }
    }

    pub fn all(&self) -> Vec<RequestRecord> {
        self.lock().records.iter().cloned().collect()
    }

    pub fn clear(&self) {
        self.lock().records.clear();
        self.peak.store(0, Ordering::SeqCst);
    }

    /// The most requests that were being answered at one time.
    pub fn peak(&self) -> usize {
        self.peak.load(Ordering::SeqCst)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
