//! Medicines as sources list them (R4): what a source has on its list, never what anybody takes.

use serde::{Deserialize, Serialize};

use super::{LinkView, MarkView, PartyView, Time, hidden_debug};

/// The supply that was asked for, as recorded.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupplyView {
    /// How much one fill holds: `30 tablet`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub quantity: Option<String>,
    /// How many fills after the first.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub repeats: Option<String>,
    /// How long one fill lasts: `30 days`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lasts: Option<String>,
    /// The first day on which it may be filled. Not when the medicine is taken.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fill_from: Option<Time>,
    /// The last day on which it may be filled.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fill_until: Option<Time>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pharmacy: Option<PartyView>,
}

/// One medicine on one source's list.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MedicineView {
    /// Opaque id.
    pub id: String,
    /// Which of the listing's `sources` lists it.
    pub list: usize,
    /// Where it stands on that list: `taking`, `on-hold`, `planned`, `stopped`, `completed` ...: the group on the screen.
    pub state: String,
    /// The same in plain words.
    pub state_words: String,
    /// What decided the state: `active-order`, `dates-past` ...
    pub reason: String,
    /// The same in plain words.
    pub reason_words: String,
    /// Why the source changed the state, in its own words.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub status_reasons: Vec<String>,
    /// The name as recorded; a plain word of ours where there is none.
    pub name: String,
    /// What it is, in plain words, where the glossary knows the medicine for certain.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub plain: Option<String>,
    /// Words of the name explained.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub marks: Vec<MarkView>,
    /// The first RxNorm code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rxnorm: Option<String>,
    /// It says that there are no medicines, in plain words (X3).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub none_known: Option<String>,
    /// Strengths where they are coded; what the name says is not taken apart.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub strengths: Vec<String>,
    /// The form, such as a tablet, as recorded.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub form: Option<String>,
    /// The instructions as typed, in order.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub instructions: Vec<String>,
    /// The instruction in plain words, only where all of it is understood.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub plain_instruction: Option<String>,
    /// Why there are no plain words: `nothing-given`, `several-instructions`, `not-all-understood` or
    /// `text-and-codes-differ`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub not_plain: Option<String>,
    /// The same in plain words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub not_plain_words: Option<String>,
    /// When it was written down, as the source wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub date: Option<Time>,
    /// From when it is to be used, where the source says so of the treatment itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub start: Option<Time>,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub end: Option<Time>,
    /// Who ordered it, with telephone numbers as recorded.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ordered_by: Option<PartyView>,
    /// Who wrote it down.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub recorded_by: Option<PartyView>,
    /// The source was told of it, and did not order it. Absent: it does not say.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub is_reported: Option<bool>,
    /// Who told of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub told_by: Option<PartyView>,
    /// Why, in the source's words.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub why: Vec<String>,
    /// In the hospital, at home ..., in the source's words.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub categories: Vec<String>,
    /// Short course, for long ..., in the source's words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub course: Option<String>,
    /// The supply.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub supply: Option<SupplyView>,
    /// Notes, as written.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
    /// Other items that it points at: the visit, the reason, the prescription before.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub links: Vec<LinkView>,
    /// Who made or changed the entry, where the source says so: items of the list `provenance`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub made_by: Vec<LinkView>,
    /// Entries of other sources that go by the same code or name. Each stays as it is: never one dose.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub same_as: Vec<String>,
    /// It was recorded by mistake: only its state and time are kept (D4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub entered_in_error: bool,
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

hidden_debug!(SupplyView, MedicineView);
