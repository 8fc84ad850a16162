//! Notes in lists and open.

use plainchart_access::Classes;
use serde::{Deserialize, Serialize};

use super::{BlockView, MarkView, RoleView, Time, hidden_debug};

/// What the source says of a note's standing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateView {
    /// FHIR's code (`superseded`, `amended` ...), or `withdrawn`.
    pub code: String,
    /// In plain words.
    pub text: String,
}

/// Another entry of the source for the same note (D2).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MentionView {
    /// Opaque id; it opens the same note.
    pub id: String,
    /// `DocumentReference` or `DiagnosticReport`.
    pub resource_type: String,
    /// What the source calls it there.
    pub title: String,
    /// Its date there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub date: Option<Time>,
}

/// Another version of a note, or a document that belongs to it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionView {
    /// Opaque id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// When the care happened, as the source wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub date: Option<Time>,
    /// As [`NoteSummary::status`].
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<String>,
    /// What this note does to that one, as FHIR says it: `replaces`, `transforms`, `appends`, `signs`; or the other way
    /// round: `replaced-by`, `transformed-by`, `appended-by`, `signed-by`.
    pub relation: String,
    /// The same in plain words.
    pub label: String,
}

/// A note in a list.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteSummary {
    /// Opaque id.
    pub id: String,
    /// `DocumentReference` or `DiagnosticReport`.
    #[serde(default)]
    pub resource_type: String,
    /// LOINC code of its kind, if it is one that we name (US Core's ten).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub type_code: Option<String>,
    /// What a note of this kind is, in one plain sentence.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub meaning: Option<String>,
    /// Its categories in the source's words.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub categories: Vec<String>,
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
    /// Everyone named in it, each with their part and telephones.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub people: Vec<RoleView>,
    /// Where it comes from.
    pub source: String,
    /// As of when, ms since 1970 UTC.
    pub as_of: i64,
    /// What the source says of it beside current: `superseded`, `entered-in-error`, `preliminary`, `amended` ...
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<String>,
    /// `status` of the entry, as FHIR's code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub entry_status: Option<String>,
    /// `docStatus` of the note itself, as FHIR's code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub document_status: Option<String>,
    /// What is to be said of its standing, in plain words.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub states: Vec<StateView>,
    /// It was recorded by mistake: its type, status and times are all that is kept (D4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub entered_in_error: bool,
    /// The source no longer has it.
    #[serde(default)]
    pub withdrawn: bool,
    /// It carries a label that asks for care.
    #[serde(default)]
    pub sensitive: bool,
    /// Not opened on this phone yet.
    #[serde(default)]
    pub new: bool,
    /// Other entries of the source for the same note.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub also_listed_as: Vec<MentionView>,
    /// Other versions, additions and signatures, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub versions: Vec<VersionView>,
    #[serde(skip)]
    pub(crate) order: i64,
}

/// One of a note's renditions: the same note as a file of one kind (D2).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct RenditionView {
    /// Its place: what [`read_note_rendition`](crate::Plainchart::read_note_rendition) and
    /// [`attachment`](crate::Plainchart::attachment) ask for.
    pub index: usize,
    /// Opaque id of the entry that it stands in.
    pub entry: String,
    /// What the bytes are: `html`, `ccda`, `text`, `rtf`, `pdf`, `xml`, `image`, `audio`, `video`, `zip`, `unknown`;
    /// absent while they are not here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Media type: of the bytes, else as declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Bytes: of what is here, else as declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// What the source calls the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its language as declared, a BCP 47 tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// `here`, or why not: `not-downloaded`, `not-shared`, `gone`, `too-large`, `elsewhere`, `broken`, `left-out`,
    /// `damaged`, `not-fetched`; or here and not to be read: `locked`, `unreadable`.
    pub state: String,
    /// The state in one plain sentence, unless it is `here`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The sections are of this one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shown: bool,
}

/// A file of a note for the phone's own viewer or player (N5).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct AttachmentSummary {
    /// As [`RenditionView::index`].
    pub index: usize,
    /// `image`, `audio`, `video`, `pdf` or `file`.
    pub kind: String,
    /// Media type: of the bytes, else as declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Bytes: of what is here, else as declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// What the source calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// As [`RenditionView::state`].
    pub state: String,
    /// Whether a phone can show or play it without a signal.
    pub offline: bool,
    /// One plain sentence: what it is, or why it cannot be shown.
    pub sentence: String,
}

/// The bytes of one of a note's files, as the source sent them (N5).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct AttachmentView {
    /// Whose it is.
    pub person: String,
    /// As [`AttachmentSummary::kind`].
    pub kind: String,
    /// Media type: of the bytes, else as declared.
    pub media_type: Option<String>,
    /// What the source calls it.
    pub title: Option<String>,
    /// Bytes.
    pub size: u64,
    /// Size or hash is not what the source's list says, in one plain sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// The bytes themselves; not part of the JSON.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// One section as it is read aloud (N6).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SpokenSection {
    /// The heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// What stands under it.
    pub text: String,
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
    /// Language of the text, a BCP 47 tag, if the source gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Whole minutes it takes to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading_minutes: Option<u32>,
    /// The same in plain words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading_time: Option<String>,
    /// All files of the note.
    pub renditions: Vec<RenditionView>,
    /// Those for the phone's own viewer or player.
    pub attachments: Vec<AttachmentSummary>,
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
    /// The same text with its structure. Each line of a block says where it stands in `text`.
    pub blocks: Vec<BlockView>,
    /// Opaque id of the addition that it stands in, if it is not of the note itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addition: Option<String>,
}

hidden_debug!(
    StateView,
    MentionView,
    VersionView,
    NoteSummary,
    RenditionView,
    AttachmentSummary,
    AttachmentView,
    SpokenSection,
    NoteView,
    SectionView,
);

/// The gentle notice above a note with these classes (N4).
#[must_use]
pub fn notice_for(classes: Classes) -> Option<String> {
    (!classes.is_empty()).then(|| crate::words::say("note.notice", &[]))
}
