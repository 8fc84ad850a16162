//! `DiagnosticReport`: a panel of results in order, a note, or both (D2, R1).

use crate::attachment::data_bytes;
use crate::code::{CodeableConcept, Coding};
use crate::code_enum::code_enum;
use crate::contained::{Party, parties};
use crate::document_reference::Content;
use crate::element::{Element, Object, object};
use crate::error::RecordError;
use crate::identifier::Identifier;
use crate::note_type::{NoteType, note_type};
use crate::observation::{read_effective, specimens};
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::status::AbsentReason;
use crate::time::{FhirTime, Period};

code_enum! {
    /// `DiagnosticReport.status`.
    ReportStatus {
        /// Known, without a result.
        Registered = "registered";
        /// Some of it is there.
        Partial = "partial";
        /// Early; may change.
        Preliminary = "preliminary";
        /// Complete.
        Final = "final";
        /// Changed after it was complete.
        Amended = "amended";
        /// Changed to mend an error.
        Corrected = "corrected";
        /// Added to after it was complete.
        Appended = "appended";
        /// Not done, or not to its end.
        Cancelled = "cancelled";
        /// Never should have been there.
        EnteredInError = "entered-in-error";
        /// The source does not know.
        Unknown = "unknown";
    }
}

/// Which service made a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReportKind {
    /// Laboratory.
    Laboratory,
    /// Pathology: cells and tissue.
    Pathology,
    /// Imaging.
    Imaging,
    /// Heart.
    Cardiology,
    /// Another, or none given.
    Other,
}

impl ReportKind {
    /// Stable code, for looking up its words.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Laboratory => "laboratory",
            Self::Pathology => "pathology",
            Self::Imaging => "imaging",
            Self::Cardiology => "cardiology",
            Self::Other => "other",
        }
    }

    /// The LOINC code of the note of US Core's ten that such a report is.
    fn note_code(self) -> Option<&'static str> {
        match self {
            Self::Laboratory => Some("11502-2"),
            Self::Pathology => Some("11526-1"),
            Self::Imaging => Some("18748-4"),
            Self::Cardiology | Self::Other => None,
        }
    }
}

/// Categories in use: the diagnostic services of HL7 v2 (table 0074), LOINC's parts that US Core names, and LOINC's
/// document codes.
const KINDS: [(ReportKind, &[&str]); 4] = [
    (ReportKind::Pathology, &["SP", "PAT", "CP", "LP7839-6", "11526-1"]),
    (
        ReportKind::Imaging,
        &[
            "RAD",
            "IMG",
            "CT",
            "NMR",
            "NMS",
            "RUS",
            "OUS",
            "VUS",
            "RX",
            "XRC",
            "imaging",
            "radiology",
            "LP29684-5",
            "18748-4",
        ],
    ),
    (ReportKind::Cardiology, &["CTH", "CUS", "EC", "LP29708-2", "cardiology"]),
    (
        ReportKind::Laboratory,
        &[
            "LAB",
            "CH",
            "HM",
            "MB",
            "MCB",
            "MYC",
            "PAR",
            "SR",
            "TX",
            "URN",
            "VR",
            "BG",
            "BLB",
            "CG",
            "GE",
            "IMM",
            "laboratory",
            "11502-2",
            "LP29693-6",
        ],
    ),
];

/// A picture that belongs to a report.
#[derive(Clone, PartialEq, Eq)]
pub struct Media {
    /// What it shows.
    pub comment: Option<String>,
    /// Where it is.
    pub link: Reference,
}

hidden_debug!(Media);

impl Element for Media {
    fn read(object: &Object<'_>) -> Option<Self> {
        Some(Self { comment: object.text("comment"), link: object.element("link")? })
    }
}

/// A report.
#[derive(Clone, PartialEq, Eq)]
pub struct DiagnosticReport {
    /// `id`.
    pub id: Option<String>,
    /// `identifier`.
    pub identifiers: Vec<Identifier>,
    /// `status`.
    pub status: ReportStatus,
    /// Why there is no status.
    pub status_absent: Option<AbsentReason>,
    /// `category`.
    pub categories: Vec<CodeableConcept>,
    /// `code`.
    pub code: Option<CodeableConcept>,
    /// `subject`.
    pub subject: Option<Reference>,
    /// `encounter`.
    pub encounter: Option<Reference>,
    /// `effective[x]` as one time.
    pub effective: Option<FhirTime>,
    /// `effectivePeriod`.
    pub effective_period: Option<Period>,
    /// `issued`: when this version was let out.
    pub issued: Option<FhirTime>,
    /// `performer`.
    pub performers: Vec<Party>,
    /// `resultsInterpreter`: who read the results.
    pub interpreters: Vec<Party>,
    /// `specimen`.
    pub specimens: Vec<Party>,
    /// `result`, in the laboratory's order.
    pub results: Vec<Reference>,
    /// `imagingStudy`.
    pub imaging_studies: Vec<Reference>,
    /// `media`.
    pub media: Vec<Media>,
    /// `conclusion`: what it comes to, in words.
    pub conclusion: Option<String>,
    /// `conclusionCode`.
    pub conclusion_codes: Vec<CodeableConcept>,
    /// `presentedForm`: the renditions of the whole report, as those of a note.
    pub presented_form: Vec<Content>,
    /// `basedOn`: the order.
    pub based_on: Vec<Reference>,
}

hidden_debug!(DiagnosticReport, identifiers, results, media, presented_form);

impl DiagnosticReport {
    /// Reads a report, without decoding its renditions.
    ///
    /// # Errors
    /// Not a JSON object, or not a DiagnosticReport.
    pub fn read(raw: &str) -> Result<Self, RecordError> {
        let resource = Object::resource(raw, "DiagnosticReport")?;
        let effective_period: Option<Period> = resource.element("effectivePeriod");
        Ok(Self {
            id: resource.token("id"),
            identifiers: resource.elements("identifier"),
            status: ReportStatus::read(resource.token("status").as_deref()),
            status_absent: AbsentReason::of_member(&resource, "status"),
            categories: resource.elements("category"),
            code: resource.element("code"),
            subject: resource.element("subject"),
            encounter: resource.element("encounter"),
            effective: read_effective(&resource, effective_period.as_ref()),
            effective_period,
            issued: resource.time("issued"),
            performers: parties(&resource, "performer"),
            interpreters: parties(&resource, "resultsInterpreter"),
            specimens: specimens(&resource, raw),
            results: resource.elements("result"),
            imaging_studies: resource.elements("imagingStudy"),
            media: resource.elements("media"),
            conclusion: resource.text("conclusion"),
            conclusion_codes: resource.elements("conclusionCode"),
            presented_form: forms(&resource).filter_map(|(index, form)| read_form(index, &form)).collect(),
            based_on: resource.elements("basedOn"),
        })
    }

    /// True when there is something to read besides its results: renditions, or a conclusion in words (D2). Of one that
    /// was entered in error nothing is to be read (D4).
    #[must_use]
    pub fn is_note(&self) -> bool {
        let written = !self.presented_form.is_empty() || self.conclusion.is_some();
        written && self.status != ReportStatus::EnteredInError
    }

    /// Which service made it, by its categories.
    #[must_use]
    pub fn kind(&self) -> ReportKind {
        let codes = self.categories.iter().flat_map(|category| &category.codings).filter_map(|c| c.code.as_deref());
        codes.filter_map(kind_of).next().unwrap_or(ReportKind::Other)
    }

    /// The kind of note in plain words: by the code if it is one that we name, else by the category.
    #[must_use]
    pub fn note_type(&self) -> Option<&'static NoteType> {
        let concepts = self.code.iter().chain(&self.categories);
        let by_code = concepts.flat_map(|concept| &concept.codings).filter_map(Coding::loinc).find_map(note_type);
        by_code.or_else(|| self.kind().note_code().and_then(note_type))
    }

    /// What the source calls it: the code's words, else the title of a rendition.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        let file = || self.presented_form.iter().find_map(|form| form.attachment.title.as_deref());
        self.code.as_ref().and_then(CodeableConcept::shown).or_else(file)
    }

    /// When it was true of the patient, else when it was let out.
    #[must_use]
    pub fn when(&self) -> Option<&FhirTime> {
        self.effective.as_ref().or(self.issued.as_ref())
    }
}

/// The bytes inside a rendition. `None`: it has none inside; look at its `url`.
///
/// # Errors
/// Not a DiagnosticReport, not base64, or more than `max_bytes` (D10).
pub fn presented_form_bytes(raw: &str, index: usize, max_bytes: usize) -> Result<Option<Vec<u8>>, RecordError> {
    let resource = Object::resource(raw, "DiagnosticReport")?;
    match forms(&resource).find(|(at, _)| *at == index) {
        Some((_, form)) => data_bytes(&form, max_bytes),
        None => Ok(None),
    }
}

fn forms<'a>(resource: &Object<'a>) -> impl Iterator<Item = (usize, Object<'a>)> + use<'a> {
    resource.items("presentedForm").into_iter().enumerate().filter_map(|(index, item)| Some((index, object(item)?)))
}

fn read_form(index: usize, form: &Object<'_>) -> Option<Content> {
    Some(Content { index, attachment: Element::read(form)?, format: None })
}

fn kind_of(code: &str) -> Option<ReportKind> {
    let known = |codes: &[&str]| codes.iter().any(|known| known.eq_ignore_ascii_case(code));
    KINDS.iter().find(|(_, codes)| known(codes)).map(|(kind, _)| *kind)
}
