//! A line of the access log (P6): who did what to which opaque thing, and what came of it. No title, code, search
//! word or hit count can be written, because there is no field for one.

use serde::{Deserialize, Serialize};

use crate::{ActorId, ChartId, Decision};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Opened a note.
    OpenedNote,
    /// Opened a list of notes.
    ListedNotes,
    /// Opened a list of results.
    ListedResults,
    /// Opened one result or its trend.
    OpenedResult,
    /// Opened a list of medicines.
    ListedMedicines,
    /// Opened a list of referrals and orders.
    ListedReferrals,
    /// Opened another list of the chart: allergies, visits ...
    ListedRecord,
    /// Opened one item of such a list.
    OpenedItem,
    /// Handed a file to the phone's own viewer or player.
    OpenedAttachment,
    /// Had a note's words explained.
    ExplainedNote,
    /// Searched.
    Searched,
    /// Took a copy out.
    Exported,
    /// Read the access log.
    ReadLog,
    /// Signed in.
    SignedIn,
    /// Signed out.
    SignedOut,
    /// Fetched from the hospital.
    Synced,
    /// Brought a file in.
    Imported,
    /// Made, changed or ended a lease.
    ChangedLease,
    /// Erased a chart.
    Erased,
}

impl Act {
    /// The code that stands in the log.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OpenedNote => "opened_note",
            Self::ListedNotes => "listed_notes",
            Self::ListedResults => "listed_results",
            Self::OpenedResult => "opened_result",
            Self::ListedMedicines => "listed_medicines",
            Self::ListedReferrals => "listed_referrals",
            Self::ListedRecord => "listed_record",
            Self::OpenedItem => "opened_item",
            Self::OpenedAttachment => "opened_attachment",
            Self::ExplainedNote => "explained_note",
            Self::Searched => "searched",
            Self::Exported => "exported",
            Self::ReadLog => "read_log",
            Self::SignedIn => "signed_in",
            Self::SignedOut => "signed_out",
            Self::Synced => "synced",
            Self::Imported => "imported",
            Self::ChangedLease => "changed_lease",
            Self::Erased => "erased",
        }
    }
}

impl Outcome {
    /// The code that stands in the log.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Held => "held",
            Self::Refused => "refused",
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was shown or done.
    Done,
    /// The reader's own hold folded it away.
    Held,
    /// It was refused.
    Refused,
}

/// One line. Its number and its place in the chain are the vault's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When, ms since 1970 UTC, by the phone's clock.
    pub time_ms: i64,
    /// Who.
    pub actor: ActorId,
    /// Whose chart.
    pub chart: ChartId,
    /// What.
    pub act: Act,
    /// FHIR type of what it was done to, if it was one resource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// Opaque id of what it was done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// Reason code of a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl LogLine {
    /// The line for a decision on the chart as a whole.
    #[must_use]
    pub fn new(time_ms: i64, actor: ActorId, chart: ChartId, act: Act, decision: Decision) -> Self {
        let (outcome, reason) = match decision {
            Decision::Allow => (Outcome::Done, None),
            Decision::Held => (Outcome::Held, None),
            Decision::Refuse(refusal) => (Outcome::Refused, Some(refusal.code().to_owned())),
        };
        Self { time_ms, actor, chart, act, resource_type: None, resource: None, outcome, reason }
    }

    /// The same line about one resource.
    #[must_use]
    pub fn about(mut self, resource_type: &str, opaque_id: &str) -> Self {
        self.resource_type = Some(resource_type.to_owned());
        self.resource = Some(opaque_id.to_owned());
        self
    }

    /// Whether the line must be on disk before the answer is given: refusals, exports, sign-ins and lease changes
    /// (P6).
    #[must_use]
    pub fn must_be_durable(&self) -> bool {
        self.outcome == Outcome::Refused
            || matches!(self.act, Act::Exported | Act::SignedIn | Act::SignedOut | Act::ChangedLease | Act::Erased)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Refusal;

    fn line(act: Act, decision: Decision) -> LogLine {
        LogLine::new(1, ActorId::from_bytes([1; 8]), ChartId::from_bytes([2; 16]), act, decision)
    }

    /// Proves P6: refusals and exports are durable first, reads may wait.
    #[test]
    fn what_must_be_on_disk_first() {
        assert!(!line(Act::OpenedNote, Decision::Allow).must_be_durable());
        assert!(line(Act::OpenedNote, Decision::Refuse(Refusal::Verb)).must_be_durable());
        assert!(line(Act::Exported, Decision::Allow).must_be_durable());
    }

    /// Proves P6: the format of a line is fixed, and a later reader still reads it.
    #[test]
    fn the_format_is_pinned() {
        let text = r#"{"time_ms":1,"actor":"0101010101010101","chart":"02020202020202020202020202020202","act":"opened_note","resource_type":"DocumentReference","resource":"n7","outcome":"refused","reason":"lease_ended"}"#;
        let line = line(Act::OpenedNote, Decision::Refuse(Refusal::LeaseEnded)).about("DocumentReference", "n7");
        assert_eq!(serde_json::to_string(&line).unwrap(), text);
        assert_eq!(serde_json::from_str::<LogLine>(text).unwrap(), line);
    }
}
