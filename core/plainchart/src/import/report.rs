//! What an import tells: every resource ends in the chart or set aside, and the counts add up.

use std::collections::BTreeMap;

use plainchart_record::set_aside::SetAside;
use serde::Serialize;

/// What was set aside for one reason.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SetAsideCount {
    /// `unreadable`, `unsupported_type`, `no_subject`, `duplicate`, `older_version`, `operation_outcome` ...
    pub reason: &'static str,
    /// How many.
    pub count: u64,
    /// Where the first one stands: file and line or entry, never its content.
    pub first: String,
}

/// Someone whose record was in the file.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ImportedPerson {
    /// Opaque id on this phone.
    pub id: String,
    /// Name as recorded.
    pub name: Option<String>,
    /// Birth date as written.
    pub birth_date: Option<String>,
}

/// File names can hold a patient's name: counts only.
impl std::fmt::Debug for SetAsideCount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetAsideCount")
            .field("reason", &self.reason)
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ImportReport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportReport")
            .field("read", &self.read)
            .field("in_chart", &self.in_chart)
            .field("set_aside", &self.set_aside)
            .field("skipped", &self.skipped.len())
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ImportedPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ImportedPerson(hidden)")
    }
}

/// What an import did: `read` = `in_chart` + all of `set_aside`, always.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// Resources read.
    pub read: u64,
    /// In a chart now.
    pub in_chart: u64,
    /// Set aside, by reason.
    pub set_aside: Vec<SetAsideCount>,
    /// Lines and files that hold no resource.
    pub skipped: Vec<String>,
    /// Whose records they were.
    pub people: Vec<ImportedPerson>,
    #[serde(skip)]
    counts: BTreeMap<SetAside, (u64, String)>,
}

impl ImportReport {
    pub(super) fn in_chart(&mut self) {
        self.read += 1;
        self.in_chart += 1;
    }

    pub(super) fn set_aside(&mut self, reason: SetAside, place: &str) {
        self.read += 1;
        let (count, _) = self.counts.entry(reason).or_insert_with(|| (0, place.to_owned()));
        *count += 1;
    }

    pub(super) fn finish(&mut self) {
        self.set_aside = self
            .counts
            .iter()
            .map(|(reason, (count, first))| SetAsideCount {
                reason: reason.as_str(),
                count: *count,
                first: first.clone(),
            })
            .collect();
    }

    /// Whether every resource landed and every file was read.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.set_aside.is_empty() && self.skipped.is_empty()
    }
}
