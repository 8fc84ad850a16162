//! What the facade answers with: everything a screen shows, and whose it is.
//!
//! The types serialise to the answers of the command line. Their `Debug` shows no clinical text (V6).

use plainchart_access::Classes;
use plainchart_record::FhirTime;
use plainchart_record::time::Precision;
use serde::{Deserialize, Serialize};

/// A time as the source wrote it (DESIGN "Times across the FFI").
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Time {
    /// As received.
    pub text: String,
    /// The instant, ms since 1970 UTC, if the source gave one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub epoch_ms: Option<i64>,
    /// The source's offset from UTC in minutes, if it gave one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub offset_minutes: Option<i32>,
    /// `year`, `month`, `day`, `minute`, `second` or `unreadable`.
    pub precision: String,
}

impl Time {
    /// From a time of a resource.
    #[must_use]
    pub fn of(time: &FhirTime) -> Self {
        let precision = match time.precision {
            Precision::Unreadable => "unreadable",
            Precision::Year => "year",
            Precision::Month => "month",
            Precision::Day => "day",
            Precision::Minute => "minute",
            Precision::Second | Precision::Fraction => "second",
        };
        Self {
            text: time.text.clone(),
            epoch_ms: time.epoch_ms,
            offset_minutes: time.offset_minutes,
            precision: precision.to_owned(),
        }
    }
}

/// How the reader stands to a person's chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "standing")]
pub enum Reader {
    /// It is their own.
    Own,
    /// It came as a file that the reader opened; nobody was asked whose it is.
    File,
    /// They help this person.
    Helper {
        /// Until when, ms since 1970 UTC, if there is an end.
        until_ms: Option<i64>,
        /// Since when the hospital has not confirmed it, ms since 1970 UTC.
        unconfirmed_since_ms: Option<i64>,
    },
    /// The access has ended or could not be renewed.
    Ended,
}

/// One chart of a person.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ChartView {
    /// Where it comes from, to be shown.
    pub source: String,
    /// As of when, ms since 1970 UTC; absent if it was never synced.
    pub as_of_ms: Option<i64>,
    /// Whether it came as a file.
    pub from_file: bool,
    /// The name this source gives.
    pub name: Option<String>,
    /// The birth date this source gives, as written.
    pub birth_date: Option<String>,
}

/// One person.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PersonView {
    /// Opaque id on this phone.
    pub id: String,
    /// The name of the first chart that gives one.
    pub name: Option<String>,
    /// The birth date of the first chart that gives one, as written.
    pub birth_date: Option<String>,
    /// How the reader stands to it.
    #[serde(flatten)]
    pub reader: Reader,
    /// Where it comes from.
    pub source: String,
    /// As of when, ms since 1970 UTC: the oldest of its charts.
    pub as_of: Option<i64>,
    /// Its charts, with names and birth dates side by side.
    pub charts: Vec<ChartView>,
    /// Whether the source says that the person has died: no reminders then (A9).
    pub deceased: bool,
}

/// A note in a list.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteSummary {
    /// Opaque id.
    pub id: String,
    /// What kind of note it is, in plain words where we have them, else the source's title.
    pub title: String,
    /// The source's own words for it, if they differ.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source_title: Option<String>,
    /// When the care happened, as the source wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub date: Option<Time>,
    /// Who wrote it, as recorded.
    pub authors: Vec<String>,
    /// Where it comes from.
    pub source: String,
    /// As of when, ms since 1970 UTC.
    pub as_of: i64,
    /// What the source says of it beside current: `superseded`, `entered-in-error`, `preliminary`, `amended` ...
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<String>,
    /// The source no longer has it.
    #[serde(default)]
    pub withdrawn: bool,
    /// It carries a label that asks for care.
    #[serde(default)]
    pub sensitive: bool,
    /// Not opened on this phone yet.
    #[serde(default)]
    pub new: bool,
    #[serde(skip)]
    pub(crate) order: i64,
}

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
}

/// A note, open.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct NoteView {
    /// Whose it is.
    pub person: String,
    /// What the list says about it.
    #[serde(flatten)]
    pub summary: NoteSummary,
    /// Its sections, in order; empty when there is no body yet.
    pub sections: Vec<SectionView>,
    /// Words explained, by section.
    pub marks: Vec<MarkView>,
    /// Why there is no text, or what to know about it, each one plain sentence.
    pub remarks: Vec<String>,
    /// The gentle notice of a note with a sensitivity label, for the patient (N4).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
}

/// One section of a note.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SectionView {
    /// Stable within the note.
    pub anchor: String,
    /// The heading as the clinician wrote it.
    pub heading: Option<String>,
    /// What it means.
    pub plain_heading: Option<String>,
    /// The text under it; marks refer to it.
    pub text: String,
}

/// A word explained.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct MarkView {
    /// Index of the section, from 0; absent for free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<usize>,
    /// First byte in the section's text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// First UTF-16 unit.
    pub start_utf16: usize,
    /// One past the last UTF-16 unit.
    pub end_utf16: usize,
    /// Entry of the glossary.
    pub entry: String,
    /// `term`, `abbreviation`, `phrase` ...
    pub kind: String,
    /// 1 = always explained.
    pub tier: u8,
    /// Whether the context decides the sense.
    pub certain: bool,
    /// What it means, or could mean.
    pub senses: Vec<SenseView>,
    /// `negated`, `uncertain`, `family` or `history`.
    pub cue: Option<String>,
    /// Whether it is the first time in this note.
    pub first: bool,
}

/// One meaning.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SenseView {
    /// Its id within the entry.
    pub id: String,
    /// In plain words.
    pub plain: String,
}

/// A result in a list.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultView {
    /// Opaque id.
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
    /// Why there is no value, in plain words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub absent: Option<String>,
    /// Ranges as this lab gave them; none if it gave none.
    pub ranges: Vec<String>,
    /// The lab's own flags in plain words; none if it gave none.
    pub flags: Vec<String>,
    /// What the status means, when there is something to say.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<String>,
    /// When it was true of the patient, as the source wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub date: Option<Time>,
    /// Parts, such as the two numbers of a blood pressure.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub parts: Vec<ResultView>,
    /// The lab's remarks.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub notes: Vec<String>,
    /// Where it comes from.
    pub source: String,
    /// As of when, ms since 1970 UTC.
    pub as_of: i64,
    /// The source no longer has it.
    #[serde(default)]
    pub withdrawn: bool,
    #[serde(skip)]
    pub(crate) order: i64,
}

/// A definition looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DefinitionView {
    /// The entry, if the word is in the glossary.
    pub entry: Option<String>,
    /// The word as the glossary writes it.
    pub headword: Option<String>,
    /// Its meanings.
    pub senses: Vec<SenseView>,
    /// The language the answer is in.
    pub language: String,
    /// Words that are close, when there is no entry.
    pub suggestions: Vec<String>,
}

macro_rules! hidden_debug {
    ($($name:ident),+ $(,)?) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(hidden)"))
            }
        })+
    };
}

hidden_debug!(
    Time,
    ChartView,
    PersonView,
    NoteSummary,
    SourceState,
    NoteView,
    SectionView,
    MarkView,
    SenseView,
    ResultView
);

impl<T> std::fmt::Debug for Listing<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listing").field("items", &self.items.len()).field("total", &self.total).finish_non_exhaustive()
    }
}

/// The constant sentence that every proxy sees (N4).
pub const PROXY_SENTENCE: &str = "In a chart you read for someone else, some kinds of care may be kept private.";

/// The gentle notice above a note that carries a label (N4).
pub const SENSITIVE_NOTICE: &str = "This note is about care that many people keep private. \
     This app cannot tell who else at the hospital may read it.";

/// Whether a note with these classes is shown with the notice.
#[must_use]
pub fn notice_for(classes: Classes) -> Option<String> {
    (!classes.is_empty()).then(|| SENSITIVE_NOTICE.to_owned())
}
