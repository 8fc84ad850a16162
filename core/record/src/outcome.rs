//! `OperationOutcome`: what a server says went wrong. Decide on codes, never on its words (PEERS 13).

use crate::code::CodeableConcept;
use crate::element::{Element, Object};
use crate::error::RecordError;
use crate::redact::hidden_debug;

/// The longest wait that is taken from a server's words: a day.
const LONGEST_WAIT_SECONDS: u64 = 86_400;

/// One issue.
#[derive(Clone, PartialEq, Eq)]
pub struct Issue {
    /// `fatal`, `error`, `warning` or `information`.
    pub severity: Option<String>,
    /// What kind of issue, such as `not-found`, `throttled`, `login`.
    pub code: Option<String>,
    /// A code of the server's own.
    pub details: Option<CodeableConcept>,
    /// The server's words. They may hold a patient's data or addresses: neither shown nor logged.
    pub diagnostics: Option<String>,
}

hidden_debug!(Issue);

impl Element for Issue {
    fn read(object: &Object<'_>) -> Option<Self> {
        Some(Self {
            severity: object.token("severity"),
            code: object.token("code"),
            details: object.element("details"),
            diagnostics: object.text("diagnostics"),
        })
    }
}

/// What a server says about a request.
#[derive(Clone, PartialEq, Eq)]
pub struct OperationOutcome {
    /// In the order given.
    pub issues: Vec<Issue>,
}

hidden_debug!(OperationOutcome, issues);

impl OperationOutcome {
    /// Reads an OperationOutcome.
    ///
    /// # Errors
    /// Not a JSON object, or not an OperationOutcome.
    pub fn read(raw: &str) -> Result<Self, RecordError> {
        Ok(Self { issues: Object::resource(raw, "OperationOutcome")?.elements("issue") })
    }

    /// True when one of the issues has this code.
    #[must_use]
    pub fn has_code(&self, code: &str) -> bool {
        self.issues.iter().any(|issue| issue.code.as_deref() == Some(code))
    }

    /// True when an issue is an error, so that the request failed.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.issues.iter().any(|issue| matches!(issue.severity.as_deref(), Some("error" | "fatal")))
    }

    /// A wait that stands only in words, as in "try in another 844 seconds" (PEERS 13). At most a day.
    #[must_use]
    pub fn retry_after_seconds(&self) -> Option<u64> {
        let details = |issue: &'_ Issue| issue.details.as_ref().and_then(CodeableConcept::shown).map(str::to_owned);
        let texts = self.issues.iter().flat_map(|issue| [issue.diagnostics.clone(), details(issue)]);
        texts.flatten().find_map(|text| wait_in_words(&text))
    }
}

/// A number before "seconds" or "minutes", in a text that speaks of trying again.
fn wait_in_words(text: &str) -> Option<u64> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if !words.iter().any(|word| matches!(*word, "try" | "retry" | "again" | "wait")) {
        return None;
    }
    words.windows(2).find_map(|pair| {
        let [number, unit] = pair else { return None };
        let factor = match *unit {
            "second" | "seconds" | "sec" | "secs" | "s" => 1,
            "minute" | "minutes" | "min" | "mins" => 60,
            _ => return None,
        };
        number.parse::<u64>().ok()?.checked_mul(factor).map(|seconds| seconds.min(LONGEST_WAIT_SECONDS))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(diagnostics: &str) -> Option<u64> {
        let issue = Issue { severity: None, code: None, details: None, diagnostics: Some(diagnostics.into()) };
        OperationOutcome { issues: vec![issue] }.retry_after_seconds()
    }

    /// Proves D5: a wait told only in words is found, and a number that is no wait is not taken for one.
    #[test]
    fn a_wait_in_words_is_found() {
        assert_eq!(wait("Locked. Try in another 844 seconds."), Some(844));
        assert_eq!(wait("Please retry after 2 minutes"), Some(120));
        assert_eq!(wait("try again in 99999999999 seconds"), Some(86_400));
        assert_eq!(wait("try again in 99999999999999999999999 seconds"), None);
        assert_eq!(wait("Request took 30 seconds"), None);
        assert_eq!(wait("Try id 844"), None);
    }
}
