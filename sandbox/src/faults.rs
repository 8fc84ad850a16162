//! What can go wrong with this hospital, and when.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// One thing that goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// The answer comes late; other faults may come on top.
    Latency {
        /// Milliseconds.
        ms: u64,
    },
    /// Answered with this status and nothing done: 401, 403, 429, 500, 503, ...
    Status {
        /// The HTTP status.
        code: u16,
        /// `Retry-After`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<RetryAfter>,
    },
    /// 429 without `Retry-After`: the time stands in the OperationOutcome's diagnostics only.
    LockOut {
        /// How long.
        seconds: u32,
    },
    /// An OAuth error with status 400 and nothing done: `invalid_grant`, ...
    OauthError {
        /// The code.
        error: String,
    },
    /// The connection ends.
    Cut {
        /// When.
        at: CutAt,
    },
    /// A JSON answer stops in the middle, with a length that fits.
    BrokenJson,
    /// Another patient's resource is among the results, or comes instead of the one read.
    WrongPatient,
    /// The next page is this page.
    NextLoops,
    /// There is always a next page, and it holds the same again.
    NextNeverEnds,
    /// The next page is elsewhere.
    NextElsewhere {
        /// Where.
        url: String,
    },
    /// The answer's `Content-Type`.
    ContentType {
        /// The media type.
        value: String,
    },
    /// The answer drips.
    Drip {
        /// At a time.
        bytes: usize,
        /// Milliseconds between.
        every_ms: u64,
    },
    /// 307 to somewhere else.
    Redirect {
        /// `Location`.
        location: String,
    },
    /// A JSON answer is filled up with spaces. With gzip it is small on the way.
    Oversized {
        /// Its length.
        bytes: usize,
    },
}

/// `Retry-After` in its two forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u32),
    /// An HTTP date that many seconds from now.
    DateIn(u32),
}

/// Where a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CutAt {
    /// Before anything is done: the hospital never saw the request.
    Request,
    /// The request was carried out, its answer is lost.
    Answer,
    /// In the middle of the body.
    Body,
}

/// A fault, the requests it is for, and how often it strikes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    #[serde(flatten)]
    fault: Fault,
    /// Requests whose path begins so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// Reads, searches and further pages of this resource type.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    resource_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    method: Option<String>,
    /// The first of the matching requests, counted from 1 when the rule is made, that is struck.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nth: Option<u64>,
    /// How many are struck; without: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
}

impl Rule {
    /// Strikes every request, `/_sandbox` excepted.
    pub fn new(fault: Fault) -> Self {
        Self { fault, path: None, resource_type: None, method: None, nth: None, times: None }
    }

    /// Only requests whose path begins so.
    pub fn on_path(self, prefix: &str) -> Self {
        Self { path: Some(prefix.to_owned()), ..self }
    }

    /// Only reads, searches and further pages of this resource type.
    pub fn on_type(self, resource_type: &str) -> Self {
        Self { resource_type: Some(resource_type.to_owned()), ..self }
    }

    /// Only this method.
    pub fn on_method(self, method: &str) -> Self {
        Self { method: Some(method.to_owned()), ..self }
    }

    /// Begins with the n-th matching request from now, counted from 1.
    pub fn from_nth(self, nth: u64) -> Self {
        Self { nth: Some(nth), ..self }
    }

    /// Ends after this many.
    pub fn times(self, times: u64) -> Self {
        Self { times: Some(times), ..self }
    }

    fn is_for(&self, seen: &Seen) -> bool {
        self.path.as_ref().is_none_or(|prefix| seen.path.starts_with(prefix))
            && self.resource_type.as_ref().is_none_or(|of| seen.resource_type.as_ref() == Some(of))
            && self.method.as_ref().is_none_or(|method| seen.method.eq_ignore_ascii_case(method))
    }
}

impl From<Fault> for Rule {
    fn from(fault: Fault) -> Self {
        Self::new(fault)
    }
}

/// A request as a hook sees it, before anything is done.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Counted from 1, as in the log.
    pub number: u64,
    /// `GET`, `POST`, ...
    pub method: String,
    /// Without query.
    pub path: String,
    /// What is read or searched, also behind a page link.
    pub resource_type: Option<String>,
}

/// What the search itself does wrong.
#[derive(Clone, Debug)]
pub(crate) enum PageFault {
    WrongPatient,
    Loop,
    Endless,
    ForeignNext(String),
}

type Hook = Arc<dyn Fn(&Seen) -> Option<Fault> + Send + Sync>;

struct Active {
    id: u64,
    rule: Rule,
    matched: u64,
    struck: u64,
}

#[derive(Default)]
struct Inner {
    rules: Vec<Active>,
    hook: Option<Hook>,
}

/// The switchboard. Clones are the same board; it can be used while the hospital runs.
#[derive(Clone, Default)]
pub struct Faults {
    inner: Arc<Mutex<Inner>>,
    last: Arc<AtomicU64>,
}

impl fmt::Debug for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Faults").field("rules", &self.lock().rules.len()).finish()
    }
}

impl Faults {
    /// Adds a rule and returns its number. Where several strike one request, the first one added wins; only latency
    /// comes on top.
    pub fn add(&self, rule: impl Into<Rule>) -> u64 {
        let id = self.last.fetch_add(1, Ordering::SeqCst) + 1;
        self.lock().rules.push(Active { id, rule: rule.into(), matched: 0, struck: 0 });
        id
    }

    /// The n-th request from now, counted from 1, whatever it is, and no other.
    pub fn on_request(&self, n: u64, fault: Fault) -> u64 {
        self.add(Rule::new(fault).from_nth(n).times(1))
    }

    /// Asked at every request, before the rules.
    pub fn set_hook(&self, hook: impl Fn(&Seen) -> Option<Fault> + Send + Sync + 'static) {
        self.lock().hook = Some(Arc::new(hook));
    }

    /// Takes a rule away. False if it was not there.
    pub fn remove(&self, id: u64) -> bool {
        let mut inner = self.lock();
        let before = inner.rules.len();
        inner.rules.retain(|active| active.id != id);
        inner.rules.len() < before
    }

    /// Takes every rule and the hook away.
    pub fn clear(&self) {
        *self.lock() = Inner::default();
    }

    /// How many requests a rule has struck.
    pub fn struck(&self, id: u64) -> u64 {
        self.lock().rules.iter().find(|active| active.id == id).map_or(0, |active| active.struck)
    }

    /// The rules there are, each with its number.
    pub fn rules(&self) -> Vec<(u64, Rule)> {
        self.lock().rules.iter().map(|active| (active.id, active.rule.clone())).collect()
    }

    /// What strikes this request: any number of latencies and at most one other.
    pub(crate) fn strike(&self, seen: &Seen) -> Vec<Fault> {
        let hook = self.lock().hook.clone();
        // The hook may itself use the switchboard, so it is called without the lock.
        let mut faults: Vec<Fault> = hook.and_then(|hook| hook(seen)).into_iter().collect();
        for active in self.lock().rules.iter_mut().filter(|active| active.rule.is_for(seen)) {
            active.matched += 1;
            let due = active.matched >= active.rule.nth.unwrap_or(1);
            let left = active.rule.times.is_none_or(|times| active.struck < times);
            let is_latency = |fault: &Fault| matches!(fault, Fault::Latency { .. });
            let free = is_latency(&active.rule.fault) || faults.iter().all(is_latency);
            if due && left && free {
                active.struck += 1;
                faults.push(active.rule.fault.clone());
            }
        }
        faults
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(path: &str, resource_type: Option<&str>) -> Seen {
        Seen { number: 1, method: "GET".into(), path: path.into(), resource_type: resource_type.map(str::to_owned) }
    }

    const BUSY: Fault = Fault::Status { code: 503, retry_after: None };

    #[test]
    fn a_rule_strikes_the_nth_matching_request_and_as_often_as_it_says() {
        let faults = Faults::default();
        let id = faults.add(Rule::new(BUSY).on_type("Observation").from_nth(2).times(2));
        let mut struck = Vec::new();
        for of in ["Observation", "Patient", "Observation", "Observation", "Observation"] {
            struck.push(faults.strike(&seen("/x", Some(of))).len());
        }
        assert_eq!(struck, [0, 0, 1, 1, 0]);
        assert_eq!(faults.struck(id), 2);
    }

    #[test]
    fn latency_adds_up_and_of_the_others_the_first_wins() {
        let faults = Faults::default();
        faults.add(Fault::Latency { ms: 1 });
        faults.add(BUSY);
        let never = faults.add(Fault::BrokenJson);
        assert_eq!(faults.strike(&seen("/x", None)), [Fault::Latency { ms: 1 }, BUSY]);
        assert_eq!(faults.struck(never), 0);
        faults.clear();
        assert!(faults.strike(&seen("/x", None)).is_empty());
    }

    #[test]
    fn a_rule_reads_from_json_as_scripts_write_it() {
        let text = r#"{"fault":"status","code":429,"retry_after":{"seconds":2},"path":"/fhir","nth":3,"times":1}"#;
        let rule: Rule = serde_json::from_str(text).unwrap();
        let fault = Fault::Status { code: 429, retry_after: Some(RetryAfter::Seconds(2)) };
        assert_eq!(rule, Rule::new(fault).on_path("/fhir").from_nth(3).times(1));
        assert!(serde_json::from_str::<Rule>(r#"{"fault":"earthquake"}"#).is_err());
    }
}
