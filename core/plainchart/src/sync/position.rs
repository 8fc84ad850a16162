//! Where a walk stands: stored in the same batch as the page it belongs to (D11), so that a crash resumes there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::plan::Manner;

/// Name of the value.
pub const POSITION: &str = "position";

/// A walk of one search that is under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Underway {
    /// The search.
    pub key: String,
    /// Address of the page to ask for next.
    pub next: String,
    /// How the walk was begun: an index into [`Manner::ALL`].
    pub manner: usize,
    /// Whether it looks at changes only.
    pub incremental: bool,
    /// The newest `meta.lastUpdated` seen so far, as the server wrote it.
    pub newest: Option<String>,
}

/// What is known about one search after it was walked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walked {
    /// The newest `meta.lastUpdated` seen, as the server wrote it; the next walk begins there, with overlap.
    pub newest: Option<String>,
    /// Whether the server repeated `_sort` and `_lastUpdated` in `self`: only then can a walk be incremental.
    pub ascending: bool,
    /// When the last full walk ended, ms since 1970 UTC.
    pub full_ms: i64,
    /// When any walk ended: the as-of time of this search's lists, ms since 1970 UTC.
    pub as_of_ms: i64,
    /// Number of the sync that walked it last.
    #[serde(default)]
    pub sync: u64,
    /// When it was last asked for without coming whole, ms since 1970 UTC: refused, or stopped.
    #[serde(default)]
    pub asked_ms: i64,
    /// Digest of the counts (brought, told) of a walk that brought fewer matches than told, twice alike: this server
    /// counts what it does not show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<String>,
    /// Why it is not complete, as a fixed code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// The position of a chart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The search under way, if a walk was cut off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub underway: Option<Underway>,
    /// Searches walked, by key.
    #[serde(default)]
    pub walked: BTreeMap<String, Walked>,
    /// Number of the sync that is under way or ended last, from 1.
    #[serde(default)]
    pub sync: u64,
    /// Whether that sync has ended.
    #[serde(default)]
    pub ended: bool,
    /// The server refuses searches that ask for provenance beside their matches.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_provenance: bool,
    /// The last `Date` a server sent, ms since 1970 UTC, for known time.
    #[serde(default)]
    pub server_date_ms: i64,
}

impl Underway {
    /// The manner it was begun in.
    #[must_use]
    pub fn manner(&self) -> Manner {
        Manner::ALL.get(self.manner).copied().unwrap_or(Manner::Bare)
    }
}

impl Position {
    /// As of when a type's list is, ms since 1970 UTC, if any of its searches was ever walked: the oldest counts (D6).
    #[must_use]
    pub fn as_of_ms(&self, keys: &[&str]) -> Option<i64> {
        keys.iter()
            .filter_map(|key| self.walked.get(*key))
            .map(|walked| walked.as_of_ms)
            .filter(|as_of_ms| *as_of_ms > 0)
            .min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves D6: a search that never came whole makes no time of its own; an old list keeps its own time.
    #[test]
    fn the_time_of_a_list() {
        let walked =
            |as_of_ms| Walked { as_of_ms, asked_ms: 9, problem: Some("not_shared".into()), ..Walked::default() };
        let mut position = Position::default();
        position.walked.insert("refused".into(), walked(0));
        assert_eq!(position.as_of_ms(&["refused", "other"]), None);
        position.walked.insert("old".into(), walked(5));
        assert_eq!(position.as_of_ms(&["refused", "old"]), Some(5));
    }
}
