//! Records: immutable values that cross by copy.

/// Where the store lies and what the app allows.
#[derive(Debug, Clone, uniffi::Record)]
pub struct Configuration {
    /// The store's folder: private to the app, left out of backups.
    pub folder: String,
    /// Trust anchors on top of the bundled ones, PEM: for a test server.
    #[uniffi(default = None)]
    pub extra_roots_pem: Option<String>,
    /// Plain http to loopback: for development.
    #[uniffi(default = false)]
    pub allow_http_loopback: bool,
}

/// A time as the source wrote it. A date is a date: never move it through a time zone.
#[derive(Clone, uniffi::Record)]
pub struct Time {
    /// As received.
    pub text: String,
    /// The instant, ms since 1970 UTC, if the source gave one.
    pub epoch_ms: Option<i64>,
    /// The source's offset from UTC, in minutes.
    pub offset_minutes: Option<i32>,
    /// `year`, `month`, `day`, `minute`, `second` or `unreadable`.
    pub precision: String,
}

/// One person.
#[derive(Clone, uniffi::Record)]
pub struct PersonView {
    /// To be handed to every call about this person.
    pub id: String,
    /// Name as recorded.
    pub name: Option<String>,
    /// Birth date as written.
    pub birth_date: Option<String>,
    /// `own`, `file` (a record that was opened as a file), `helper` or `ended`.
    pub standing: String,
    /// Where it comes from.
    pub source: String,
    /// As of when, ms since 1970 UTC.
    pub as_of_ms: Option<i64>,
    /// Whether the source says that the person has died.
    pub deceased: bool,
}

/// Someone whose chart a sign-in reaches: show them and ask.
#[derive(Clone, uniffi::Record)]
pub struct Candidate {
    /// The source's id, for `confirm`.
    pub patient: String,
    /// Name.
    pub name: Option<String>,
    /// Birth date as written.
    pub birth_date: Option<String>,
    /// Whether the verified identity says that this is the reader; absent: ask.
    pub is_reader: Option<bool>,
}

/// A sign-in that waits for the reader's answer.
#[derive(Clone, uniffi::Record)]
pub struct Offer {
    /// For `confirm` and `decline`.
    pub id: String,
    /// Whose charts it reaches.
    pub candidates: Vec<Candidate>,
    /// Scopes granted.
    pub granted: Vec<String>,
    /// Scopes asked for and not granted.
    pub not_granted: Vec<String>,
    /// Where it leads.
    pub source: String,
}

/// What follows the browser's answer.
#[derive(Clone, uniffi::Enum)]
pub enum SignInStep {
    /// Ask the reader.
    Ask {
        /// What to ask about.
        offer: Offer,
    },
    /// Open this address as well.
    OpenBrowser {
        /// The address.
        url: String,
    },
}

/// A connection that was made.
#[derive(Clone, uniffi::Record)]
pub struct Connected {
    /// Its id.
    pub connection: String,
    /// Whose chart it reaches.
    pub person: String,
    /// Scopes granted.
    pub granted: Vec<String>,
    /// Scopes asked for and not granted.
    pub not_granted: Vec<String>,
}

/// What became of one type in a sync.
#[derive(Clone, uniffi::Record)]
pub struct TypeSummary {
    /// FHIR type.
    pub resource_type: String,
    /// Resources the server sent.
    pub received: u64,
    /// Resources in the chart now.
    pub in_chart: u64,
    /// Set aside.
    pub set_aside: u64,
    /// Marked as withdrawn.
    pub withdrawn: u64,
    /// Why it is not complete, as a fixed code.
    pub problem: Option<String>,
}

/// What a sync did.
#[derive(Clone, uniffi::Record)]
pub struct SyncSummary {
    /// Whose chart.
    pub person: String,
    /// By type.
    pub types: Vec<TypeSummary>,
    /// Requests made.
    pub requests: u64,
    /// Bytes over the wire.
    pub bytes: u64,
    /// Whether everything came.
    pub complete: bool,
}

/// What was set aside for one reason.
#[derive(Clone, uniffi::Record)]
pub struct SetAsideCount {
    /// A fixed code.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// What an import did: `read` = `in_chart` + all of `set_aside`.
#[derive(Clone, uniffi::Record)]
pub struct ImportSummary {
    /// Resources read.
    pub read: u64,
    /// In a chart now.
    pub in_chart: u64,
    /// By reason.
    pub set_aside: Vec<SetAsideCount>,
    /// Whose records they were.
    pub people: Vec<String>,
}

/// What one source says about a list.
#[derive(Clone, uniffi::Record)]
pub struct SourceState {
    /// Where.
    pub source: String,
    /// As of when, ms since 1970 UTC.
    pub as_of_ms: Option<i64>,
    /// Why it may be incomplete, as a fixed code: never the same as "none".
    pub problem: Option<String>,
}

/// A note in a list.
#[derive(Clone, uniffi::Record)]
pub struct NoteSummary {
    /// Opaque id.
    pub id: String,
    /// What kind of note it is, in plain words where we have them.
    pub title: String,
    /// When the care happened.
    pub date: Option<Time>,
    /// Who wrote it, as recorded.
    pub authors: Vec<String>,
    /// Where it comes from.
    pub source: String,
    /// What the source says of it beside current.
    pub status: Option<String>,
    /// The source no longer has it.
    pub withdrawn: bool,
    /// It carries a label that asks for care.
    pub sensitive: bool,
    /// Not opened on this phone yet.
    pub is_new: bool,
}

/// A page of notes.
#[derive(Clone, uniffi::Record)]
pub struct NoteList {
    /// Whose they are.
    pub person: String,
    /// Newest first.
    pub items: Vec<NoteSummary>,
    /// How many there are in all.
    pub total: u64,
    /// As of when, per source.
    pub sources: Vec<SourceState>,
}

/// One section of a note.
#[derive(Clone, uniffi::Record)]
pub struct SectionView {
    /// Stable within the note.
    pub anchor: String,
    /// The heading as written.
    pub heading: Option<String>,
    /// What it means.
    pub plain_heading: Option<String>,
    /// The text; marks refer to it.
    pub text: String,
}

/// One meaning.
#[derive(Clone, uniffi::Record)]
pub struct Sense {
    /// Its id within the entry.
    pub id: String,
    /// In plain words.
    pub plain: String,
}

/// A word explained. Offsets are in UTF-16 units for Swift and Kotlin strings, and in bytes beside.
#[derive(Clone, uniffi::Record)]
pub struct Mark {
    /// Index of the section; absent for free text.
    pub section: Option<u32>,
    /// First byte.
    pub start: u64,
    /// One past the last byte.
    pub end: u64,
    /// First UTF-16 unit.
    pub start_utf16: u64,
    /// One past the last UTF-16 unit.
    pub end_utf16: u64,
    /// Entry of the glossary.
    pub entry: String,
    /// `term`, `abbreviation`, `phrase` ...
    pub kind: String,
    /// 1 = always explained.
    pub tier: u32,
    /// Whether the context decides the sense; else show "could mean".
    pub certain: bool,
    /// What it means, or could mean.
    pub senses: Vec<Sense>,
    /// `negated`, `uncertain`, `family` or `history`: never show a meaning without it.
    pub cue: Option<String>,
    /// Whether it is the first time in this note.
    pub first: bool,
}

/// A note, open: one call for one screen.
#[derive(Clone, uniffi::Record)]
pub struct NoteView {
    /// Whose it is.
    pub person: String,
    /// What the list says about it.
    pub summary: NoteSummary,
    /// In order; empty when there is no text yet.
    pub sections: Vec<SectionView>,
    /// Words explained.
    pub marks: Vec<Mark>,
    /// Plain sentences to show with it.
    pub remarks: Vec<String>,
    /// The gentle notice of a note with a label.
    pub notice: Option<String>,
}

/// A result in a list.
#[derive(Clone, uniffi::Record)]
pub struct ResultView {
    /// Opaque id.
    pub id: String,
    /// `laboratory`, `vital_sign` or `other`.
    pub kind: String,
    /// The test in plain words where we have them.
    pub name: String,
    /// LOINC code.
    pub loinc: Option<String>,
    /// What it measures.
    pub measures: Option<String>,
    /// What it is for.
    pub why: Option<String>,
    /// The value as recorded.
    pub value: Option<String>,
    /// The unit.
    pub unit: Option<String>,
    /// Ranges as this lab gave them.
    pub ranges: Vec<String>,
    /// The lab's own flags, in plain words.
    pub flags: Vec<String>,
    /// What the status means, when there is something to say.
    pub status: Option<String>,
    /// When it was true of the patient.
    pub date: Option<Time>,
    /// Parts, by name and value.
    pub parts: Vec<ResultPart>,
    /// Where it comes from.
    pub source: String,
}

/// A part of a result, such as one of the two numbers of a blood pressure.
#[derive(Clone, uniffi::Record)]
pub struct ResultPart {
    /// In plain words where we have them.
    pub name: String,
    /// The value as recorded.
    pub value: Option<String>,
    /// The unit.
    pub unit: Option<String>,
}

/// A page of results.
#[derive(Clone, uniffi::Record)]
pub struct ResultList {
    /// Whose they are.
    pub person: String,
    /// Newest first.
    pub items: Vec<ResultView>,
    /// How many there are in all.
    pub total: u64,
    /// As of when, per source.
    pub sources: Vec<SourceState>,
}

/// A definition.
#[derive(Clone, uniffi::Record)]
pub struct Definition {
    /// The entry, if the word is in the glossary.
    pub entry: Option<String>,
    /// Its meanings.
    pub senses: Vec<Sense>,
    /// The language of the answer.
    pub language: String,
    /// Words that are close, when there is no entry.
    pub suggestions: Vec<String>,
}

/// A line of the access log.
#[derive(Clone, uniffi::Record)]
pub struct LogLine {
    /// Its number in the chain.
    pub number: u64,
    /// When, ms since 1970 UTC.
    pub time_ms: i64,
    /// What was done, as a fixed code.
    pub act: String,
    /// `done`, `held` or `refused`.
    pub outcome: String,
}
