//! The facts of a document's header (CDA R2, 4.2; US Realm Header, C-CDA R2.1, 1.1).

use core::fmt;

use serde::{Deserialize, Serialize};

use super::time::Hl7Time;

/// What a document says about itself.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Its own id; every version has another.
    pub id: Option<InstanceIdentifier>,
    /// The id that all its versions share.
    pub set_id: Option<InstanceIdentifier>,
    /// Which of the versions it is, if written as a number.
    pub version_number: Option<u64>,
    /// What it replaces, adds to, or was made from.
    pub related_documents: Vec<RelatedDocument>,
    /// What kind of document it is (LOINC).
    pub code: Option<Concept>,
    /// Its title.
    pub title: Option<String>,
    /// When it was made.
    pub effective_time: Option<Hl7Time>,
    /// Who may see it (`N`, `R`, `V` of HL7 Confidentiality).
    pub confidentiality: Option<Concept>,
    /// Language tag (`en-US`).
    pub language: Option<String>,
    /// For whom: one, or more in a document about several.
    pub patients: Vec<RecordTarget>,
    /// Who wrote it.
    pub authors: Vec<Participation>,
    /// The name of the organization that keeps it.
    pub custodian: Option<String>,
    /// Who signed it.
    pub legal_authenticator: Option<Participation>,
    /// The visit it is about.
    pub encompassing_encounter: Option<EncompassingEncounter>,
    /// What it documents.
    pub service_events: Vec<ServiceEvent>,
    /// Its sections, outer before inner.
    pub sections: Vec<SectionHeader>,
}

/// An id (data type II).
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct InstanceIdentifier {
    /// OID or UUID of who gave it out.
    pub root: Option<String>,
    /// The id within that.
    pub extension: Option<String>,
}

/// A code (data types CE, CD).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concept {
    /// The code.
    pub code: Option<String>,
    /// OID of the code system.
    pub system: Option<String>,
    /// Its name, as the source writes it.
    pub display: Option<String>,
    /// Why there is none (`UNK`, `NI` ...).
    pub null_flavor: Option<String>,
}

/// Another document (`relatedDocument`).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelatedDocument {
    /// How they belong together.
    pub relation: DocumentRelation,
    /// The other's ids.
    pub ids: Vec<InstanceIdentifier>,
    /// The id that all versions of the other share.
    pub set_id: Option<InstanceIdentifier>,
    /// Which of them it is.
    pub version_number: Option<u64>,
}

/// How a document belongs to another (ActRelationshipDocument).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DocumentRelation {
    /// `RPLC`: the other is out of date.
    Replaces,
    /// `APND`: adds to the other.
    Appends,
    /// `XFRM`: was made from the other.
    Transforms,
    /// Not said, or not one of these.
    #[default]
    Other,
}

/// A person's name (data type PN), its parts in order.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonName {
    /// `L` legal, `P` pseudonym, `C` license ...
    pub name_use: Option<String>,
    /// Dr., Ms.
    pub prefix: Vec<String>,
    /// First and middle names.
    pub given: Vec<String>,
    /// Family names.
    pub family: Vec<String>,
    /// Jr., MD.
    pub suffix: Vec<String>,
    /// What is written outside such parts: the whole name, where a system does not divide it.
    pub text: Option<String>,
}

/// For whom a document is (`recordTarget`).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordTarget {
    /// Patient ids.
    pub ids: Vec<InstanceIdentifier>,
    /// Every name, in order.
    pub names: Vec<PersonName>,
    /// Birth date, or time of birth.
    pub birth_time: Option<Hl7Time>,
    /// `administrativeGenderCode`.
    pub gender: Option<Concept>,
}

/// Who did something, and when.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participation {
    /// When.
    pub time: Option<Hl7Time>,
    /// The person.
    pub names: Vec<PersonName>,
    /// For whom the person works.
    pub organization: Option<String>,
    /// The program that did it, where no person is named.
    pub device: Option<String>,
}

/// From when to when (data type IVL_TS); a single point is both.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// Start.
    pub low: Option<Hl7Time>,
    /// End.
    pub high: Option<Hl7Time>,
}

/// The visit a document is about (`encompassingEncounter`).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncompassingEncounter {
    /// Its ids.
    pub ids: Vec<InstanceIdentifier>,
    /// What kind of visit.
    pub code: Option<Concept>,
    /// When.
    pub effective_time: Interval,
    /// The name of the place.
    pub location: Option<String>,
}

/// What a document documents (`documentationOf/serviceEvent`).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceEvent {
    /// `PCPR` care in general, or what was done.
    pub class_code: Option<String>,
    /// What was done.
    pub code: Option<Concept>,
    /// When.
    pub effective_time: Interval,
    /// Who did it.
    pub performers: Vec<Participation>,
}

/// What is known of a section without its text, for who may see it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionHeader {
    /// 1 for the document's own sections, 2 for those in them.
    pub level: u32,
    /// What it is about (LOINC).
    pub code: Option<Concept>,
    /// Whether it has a title with words in it.
    pub has_title: bool,
    /// Whether it has narrative with words in it.
    pub has_narrative: bool,
    /// Why it holds nothing (`NI`).
    pub null_flavor: Option<String>,
    /// `confidentialityCode` of the section and of what it holds. An inner section without one has its outer's.
    pub confidentiality: Vec<Concept>,
    /// Security observations in its entries (HL7 Data Segmentation for Privacy).
    pub labels: Vec<SecurityLabel>,
}

/// A security observation.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityLabel {
    /// What it is about, as coded: `SECCLASSOBS` confidentiality, `SECCATOBS` sensitivity, `SECCONOBS` handling,
    /// `SECINTOBS` integrity.
    pub observation: String,
    /// The label.
    pub value: Concept,
}

/// Shows that there is something, and nothing of it.
macro_rules! hidden_debug {
    ($($name:ident),*) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        })*
    };
}

hidden_debug!(
    InstanceIdentifier,
    Concept,
    RelatedDocument,
    PersonName,
    RecordTarget,
    Participation,
    Interval,
    EncompassingEncounter,
    ServiceEvent,
    SectionHeader,
    SecurityLabel,
    Hl7Time
);

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header")
            .field("patients", &self.patients.len())
            .field("authors", &self.authors.len())
            .field("sections", &self.sections.len())
            .finish_non_exhaustive()
    }
}
