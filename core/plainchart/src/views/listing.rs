//! Lists, each with its sources and as of when (D6).

use serde::Serialize;

use super::hidden_debug;

/// A list of one kind, with as-of and source (D6).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Listing<T> {
    /// Whose it is.
    pub person: String,
    /// The items of this page, newest first.
    pub items: Vec<T>,
    /// How many there are in all.
    pub total: u64,
    /// Per source: as of when, and why it may be incomplete.
    pub sources: Vec<SourceState>,
}

/// What one source says about a kind.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SourceState {
    /// Where.
    pub source: String,
    /// As of when, ms since 1970 UTC; absent if it was never asked.
    pub as_of_ms: Option<i64>,
    /// `not_granted`, `not_shared`, `endless_paging` ...: never the same as "none".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What this list is to be headed with, where the words matter (R4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// One plain sentence where this source has nothing to show in the list: none shared as of a time, or why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub empty: Option<String>,
}

hidden_debug!(SourceState);

impl<T> std::fmt::Debug for Listing<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listing").field("items", &self.items.len()).field("total", &self.total).finish_non_exhaustive()
    }
}
