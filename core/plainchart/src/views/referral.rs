//! Referrals and orders (R5): what was asked for, and what was seen of it since. Never what anybody failed to do.

use serde::{Deserialize, Serialize};

use super::{LinkView, MarkView, MomentView, PartyView, Time, hidden_debug};

/// Something that names a request as its reason: a visit, a report ...
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameOfView {
    /// `report`, `result`, `visit`, `appointment`, `procedure`, `document`, `task` or `images`.
    pub kind: String,
    /// The same in plain words.
    pub kind_words: String,
    /// Its opaque id, if it stands in a list.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub title: Option<String>,
    /// When it happened or is set for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub when: Option<Time>,
    /// `here`, `ahead`, `called-off` or `unknown`.
    pub standing: String,
    /// The same in plain words.
    pub standing_words: String,
}

/// One referral or order.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralView {
    /// Opaque id.
    pub id: String,
    /// Which of the listing's `sources` lists it.
    pub list: usize,
    /// `referral`, `laboratory`, `imaging`, `procedure`, `counselling`, `social-need` or `other`.
    pub kind: String,
    /// The same in plain words.
    pub kind_words: String,
    /// What is asked for, as recorded; a plain word of ours where the source does not say.
    pub title: String,
    /// What that is, in plain words, where a code of it has an entry in the glossary.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub plain: Option<String>,
    /// Words of the title explained.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub marks: Vec<MarkView>,
    /// How it stands: `ordered`, `planned`, `on-hold`, `called-off`, `done`, `not-to-be-done` ...
    pub state: String,
    /// The same in plain words.
    pub state_words: String,
    /// FHIR's status code.
    pub status: String,
    /// `urgent`, `asap`, `stat` or `routine`, if the source says so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub priority: Option<String>,
    /// The same in plain words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub priority_words: Option<String>,
    /// More about what is asked for: details, how much, where on the body; in the source's words.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub details: Vec<String>,
    /// Why, in the source's words.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub why: Vec<String>,
    /// To whom, with telephone numbers as recorded.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub to: Vec<PartyView>,
    /// To which kind of clinician, in the source's words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to_kind: Option<String>,
    /// Where, with telephone numbers as recorded.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub places: Vec<PartyView>,
    /// Who asked, with telephone numbers as recorded (R6).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub asked_by: Option<PartyView>,
    /// When it was written down, as the source wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub date: Option<Time>,
    /// When it is to happen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub set_for: Option<MomentView>,
    /// What the patient is asked to do, as typed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub patient_instruction: Option<String>,
    /// Notes, as written.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
    /// What came of it, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub came_of: Vec<CameOfView>,
    /// One or two plain sentences where no visit or report is here: as of when that is so, or why nobody can tell.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub nothing_seen: Option<String>,
    /// Newer requests that took its place.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub replaced_by: Vec<LinkView>,
    /// Other items that it points at: the visit, the reason, the request that it replaces.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub links: Vec<LinkView>,
    /// Who made or changed the entry, where the source says so: items of the list `provenance`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub made_by: Vec<LinkView>,
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

hidden_debug!(CameOfView, ReferralView);
