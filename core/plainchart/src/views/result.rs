//! Results and vital signs: in lists, in reports, and open (R1, R6).

use serde::{Deserialize, Serialize};

use super::{LinkView, PartyView, Time, hidden_debug};

/// A result in a list, or a part of one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultView {
    /// Opaque id; that of a component is its result's, a dot and its place: it opens its result.
    pub id: String,
    /// `laboratory`, `vital_sign` or `other`.
    pub kind: String,
    /// The test in plain words where we have them, else the lab's name.
    pub name: String,
    /// The lab's own name, if it differs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source_name: Option<String>,
    /// LOINC code, if the source gave one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub loinc: Option<String>,
    /// What opens its trend, if it is named at all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub analyte: Option<String>,
    /// What the test measures, in plain words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub measures: Option<String>,
    /// What the test is for, in plain words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub why: Option<String>,
    /// The value as recorded, comparator included.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub value: Option<String>,
    /// The unit, where it stands apart.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit: Option<String>,
    /// The unit as it is read out, where we have its name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit_spoken: Option<String>,
    /// `below`, `at-most`, `at-least` or `above`: the true amount lies on that side of the number in `value`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub comparator: Option<String>,
    /// Why there is no value, in plain words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub absent: Option<String>,
    /// Ranges as this lab gave them, each with for whom it is; none if it gave none.
    pub ranges: Vec<String>,
    /// Where the lab gave several ranges: which of them stand in `ranges`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ranges_note: Option<String>,
    /// The lab's own flags in plain words; none if it gave none.
    pub flags: Vec<String>,
    /// The lab asked that a clinician hear quickly, and whom to ask (R6).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub critical: Option<CriticalView>,
    /// FHIR's code of the status, if it gave one: `final`, `preliminary`, `corrected`, `cancelled` ...
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status_code: Option<String>,
    /// What the status means, when there is something to say.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<String>,
    /// Why its status is what it is, in the source's words: why a test was called off.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status_reason: Option<String>,
    /// What it was before it was changed, if that version is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub corrected: Option<CorrectedView>,
    /// When it was true of the patient, else when the lab let it out, as the source wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub date: Option<Time>,
    /// When the lab let it out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub issued: Option<Time>,
    /// What was tested: blood, urine ...
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub specimen: Option<String>,
    /// How it was tested.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub method: Option<String>,
    /// Where on the body.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub body_site: Option<String>,
    /// Who did the test.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub performers: Vec<PartyView>,
    /// Its components, then the results that belong under it. They stand in no list of their own.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub parts: Vec<ResultView>,
    /// Results that belong under it and under another one as well, where they are shown.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub elsewhere: Vec<LinkView>,
    /// Results that it names and the source did not share, each one plain sentence.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub not_shared: Vec<String>,
    /// The lab's remarks.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
    /// Opaque id of the report it belongs to, if there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub report: Option<String>,
    /// Where it comes from.
    pub source: String,
    /// As of when, ms since 1970 UTC.
    pub as_of: i64,
    /// The source no longer has it.
    #[serde(default)]
    pub withdrawn: bool,
    /// It is of a kind that many people keep private (N4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
    #[serde(skip)]
    pub(crate) order: i64,
}

/// The lab's wish that a clinician hear of a result quickly, and whom to ask (R6).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CriticalView {
    /// What the lab asked for.
    pub sentence: String,
    /// Who to ask, with the telephone in the record, as one sentence.
    pub contact: String,
    /// Whom `contact` names: `orderer`, `performer` or `nobody`.
    pub role: String,
    /// Their name and telephones, as recorded.
    #[serde(flatten)]
    pub party: PartyView,
}

/// What a result was before it was changed (R1).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectedView {
    /// `corrected`, `amended`, `completed`, `cancelled`, `entered-in-error` or `changed`.
    pub kind: String,
    /// That it was changed, and what it was.
    pub sentence: String,
    /// All that was otherwise.
    pub was: Vec<WasView>,
    /// Why, in the source's words.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub reasons: Vec<String>,
}

/// One thing that was otherwise.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WasView {
    /// What: the value, the unit, the range ...
    pub what: String,
    /// As it was; in plain words where it was not given.
    pub value: String,
    /// What it was and what it is, in one line.
    pub sentence: String,
}

/// One line of a report.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "shows")]
pub enum PanelLine {
    /// A result. It stands in one line of all panels only.
    Result {
        /// With its parts.
        result: Box<ResultView>,
    },
    /// A result that stands in another line.
    Elsewhere {
        /// Says so, and leads to it.
        link: LinkView,
    },
    /// A result that the report names and the source did not share.
    NotShared {
        /// Says so.
        sentence: String,
    },
}

/// Results of one report, in the lab's order; or one result that is in no report.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PanelView {
    /// Opaque id of the report; none for a result that is in no report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the source calls the report, else what kind it is; the name of a result that is in none.
    pub title: String,
    /// What kind of report it is, in plain words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// FHIR's code of the report's status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<String>,
    /// What that means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When it was true of the patient, else when it was let out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Time>,
    /// When it was let out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<Time>,
    /// Who made it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub performers: Vec<PartyView>,
    /// Who read the results.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub interpreters: Vec<PartyView>,
    /// What was tested.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub specimens: Vec<String>,
    /// In the lab's order.
    pub lines: Vec<PanelLine>,
    /// Why there are no lines, where the source gave none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub empty: Option<String>,
    /// Opaque id of the report's text among the notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where it comes from.
    pub source: String,
    /// As of when, ms since 1970 UTC.
    pub as_of: i64,
    /// The source no longer has it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
    /// It is of a kind that many people keep private (N4).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
}

/// One version of a result.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ResultVersionView {
    /// Opaque id, if this version stands in the chart by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The source's number of the version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When the lab let it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<Time>,
    /// FHIR's code of its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<String>,
    /// Its status in a word or two.
    pub status: String,
    /// Its value with its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// How the next version differs from it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<WasView>,
}

/// A result, open.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ResultDetail {
    /// Whose it is.
    pub person: String,
    /// As the list shows it.
    pub result: ResultView,
    /// All versions that are known, newest first, if there is more than one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<ResultVersionView>,
    /// The newer version that stands in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newer: Option<LinkView>,
    /// The report, the order and the visit it belongs to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<LinkView>,
    /// For reading aloud, sentence by sentence (N6).
    pub spoken: Vec<String>,
    /// The gentle notice of a result with a sensitivity class, for the patient (N4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
}

hidden_debug!(ResultView, CriticalView, CorrectedView, WasView, PanelLine, PanelView, ResultVersionView, ResultDetail,);
