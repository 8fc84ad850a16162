//! Conditions, allergies, vaccines, visits and the rest of the record: one shape for all of them (D1).

use serde::{Deserialize, Serialize};

use super::{MarkView, Time, hidden_debug};

/// A kind of the record that has a list of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// Health problems and diagnoses.
    Conditions,
    /// Allergies and intolerances.
    Allergies,
    /// Vaccines.
    Immunizations,
    /// Visits and hospital stays.
    Visits,
    /// Operations and other procedures.
    Procedures,
    /// Care plans.
    CarePlans,
    /// Goals.
    Goals,
    /// Care teams.
    CareTeams,
    /// Implants and other devices.
    Devices,
    /// Appointments.
    Appointments,
    /// Who made or changed entries.
    Provenance,
}

impl EntryKind {
    /// All kinds, in the order of a menu.
    pub const ALL: [Self; 11] = [
        Self::Conditions,
        Self::Allergies,
        Self::Immunizations,
        Self::Visits,
        Self::Procedures,
        Self::CarePlans,
        Self::Goals,
        Self::CareTeams,
        Self::Devices,
        Self::Appointments,
        Self::Provenance,
    ];

    /// The FHIR type of its entries.
    #[must_use]
    pub const fn resource_type(self) -> &'static str {
        match self {
            Self::Conditions => "Condition",
            Self::Allergies => "AllergyIntolerance",
            Self::Immunizations => "Immunization",
            Self::Visits => "Encounter",
            Self::Procedures => "Procedure",
            Self::CarePlans => "CarePlan",
            Self::Goals => "Goal",
            Self::CareTeams => "CareTeam",
            Self::Devices => "Device",
            Self::Appointments => "Appointment",
            Self::Provenance => "Provenance",
        }
    }

    /// Stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Conditions => "conditions",
            Self::Allergies => "allergies",
            Self::Immunizations => "immunizations",
            Self::Visits => "visits",
            Self::Procedures => "procedures",
            Self::CarePlans => "care-plans",
            Self::Goals => "goals",
            Self::CareTeams => "care-teams",
            Self::Devices => "devices",
            Self::Appointments => "appointments",
            Self::Provenance => "provenance",
        }
    }

    /// The kind with this stable name.
    #[must_use]
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The kind of a FHIR type.
    #[must_use]
    pub fn of_type(resource_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.resource_type() == resource_type)
    }
}

/// Someone who takes part, as recorded.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyView {
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// Telephone numbers, best first; never changed.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub telephones: Vec<String>,
}

/// A time with what it is the time of.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MomentView {
    /// In plain words: when it began, when it was written down ...
    pub label: String,
    /// The moment, or the start of a stretch of time.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub start: Option<Time>,
    /// The end of a stretch of time.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub end: Option<Time>,
    /// A stretch of time that has no end yet, as far as the source says; a moment has none either.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub open_ended: bool,
    /// An age or words, where the source gave no date.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
}

/// One fact with its label.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactView {
    /// In plain words.
    pub label: String,
    /// What is said, as recorded; codes of fixed lists in plain words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub text: Option<String>,
    /// What that is, in plain words, where a code of it has an entry in the glossary.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub plain: Option<String>,
    /// The time that is said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub time: Option<MomentView>,
    /// Facts that belong together, such as one reaction to an allergy.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub facts: Vec<FactView>,
}

/// Someone's part in an entry.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleView {
    /// The part, in plain words.
    pub label: String,
    /// Who.
    #[serde(flatten)]
    pub party: PartyView,
    /// As what, in the source's words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub described: Option<String>,
}

/// Another item of the chart that an entry points at.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    /// What the two have to do with each other, in plain words.
    pub label: String,
    /// What it is called, if that is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// Its opaque id, if it is in the chart and open to this reader.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// Which list that id belongs to: `note`, `result`, `report`, `medicine`, `referral`, or an [`EntryKind`] such as `visits`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub kind: Option<String>,
    /// When that was, as the source wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub when: Option<Time>,
    #[serde(skip)]
    pub(crate) target: Option<u64>,
}

/// One entry of the record.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryView {
    /// Opaque id.
    pub id: String,
    /// Which list it belongs to.
    pub kind: EntryKind,
    /// What the source calls it, as recorded; a plain word of ours where it has no name.
    pub title: String,
    /// What that is, in plain words, where a code of the entry has an entry in the glossary.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub plain: Option<String>,
    /// Words of the title explained.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub marks: Vec<MarkView>,
    /// Its states in plain words, the leading one first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub states: Vec<String>,
    /// FHIR's code of the leading state, where it is one of FHIR's.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub state_code: Option<String>,
    /// It says that there is nothing of its kind ("no known allergies"), in plain words (X3).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub none_known: Option<String>,
    /// It was recorded by mistake: only its type, states and times are kept (D4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub entered_in_error: bool,
    /// All its times, the most telling first, as the source wrote them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub times: Vec<MomentView>,
    /// In the order of telling.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub facts: Vec<FactView>,
    /// Who takes part.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub people: Vec<RoleView>,
    /// Notes on it, as written.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
    /// What the source wrote for people, where it says more than the facts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub narrative: Option<String>,
    /// Other items that it points at.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub links: Vec<LinkView>,
    /// Who made or changed it, where the source says so: entries of the kind `provenance`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub made_by: Vec<LinkView>,
    /// Of a visit that is open: what belongs to it, notes and results included. Empty in lists.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub belongs: Vec<LinkView>,
    /// Where it comes from.
    pub source: String,
    /// As of when, ms since 1970 UTC.
    pub as_of: i64,
    /// The source no longer has it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// It is of a kind that many people keep private (N4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
    #[serde(skip)]
    pub(crate) order: i64,
}

hidden_debug!(PartyView, MomentView, FactView, RoleView, LinkView, EntryView);
