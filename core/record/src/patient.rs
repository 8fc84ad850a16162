//! `Patient`: whose chart it is.

use crate::contained::{Party, parties};
use crate::element::{Element, Object};
use crate::error::RecordError;
use crate::identifier::{ContactPoint, Identifier};
use crate::name::{HumanName, display_name};
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::time::FhirTime;

/// What the record says about a death (A9).
#[derive(Clone, PartialEq, Eq)]
pub enum Deceased {
    /// Nothing is recorded.
    NotRecorded,
    /// Recorded as living.
    No,
    /// Recorded as dead, without a date.
    Yes,
    /// Recorded as dead at this time.
    At(FhirTime),
}

hidden_debug!(Deceased);

/// How another Patient resource relates to this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkKind {
    /// This one took the other's place.
    Replaces,
    /// The other one took this one's place.
    ReplacedBy,
    /// The other one knows more.
    Refer,
    /// The other one is about the same person.
    SeeAlso,
    /// Not one of FHIR's words.
    Other,
}

/// A link to another Patient resource.
#[derive(Clone, PartialEq, Eq)]
pub struct PatientLink {
    /// How they relate. Only `Replaces` and `ReplacedBy` make them one person (A9).
    pub kind: LinkKind,
    /// The other resource.
    pub other: Reference,
}

hidden_debug!(PatientLink);

/// A person who receives care.
#[derive(Clone, PartialEq, Eq)]
pub struct Patient {
    /// `id`.
    pub id: Option<String>,
    /// All names, old ones too.
    pub names: Vec<HumanName>,
    /// As coarse as it was written.
    pub birth_date: Option<FhirTime>,
    /// Administrative gender, as a code.
    pub gender: Option<String>,
    /// What is recorded about a death.
    pub deceased: Deceased,
    /// Links to other records of the same person.
    pub links: Vec<PatientLink>,
    /// Record numbers.
    pub identifiers: Vec<Identifier>,
    /// Telephone numbers and addresses.
    pub telecom: Vec<ContactPoint>,
    /// `active: false` marks a record that is no longer used.
    pub active: Option<bool>,
    /// Whose record it is kept by: names the source.
    pub managing_organization: Option<Party>,
}

hidden_debug!(Patient, names, links, identifiers, telecom);

impl Patient {
    /// Reads a Patient.
    ///
    /// # Errors
    /// Not a JSON object, or not a Patient.
    pub fn read(raw: &str) -> Result<Self, RecordError> {
        let resource = Object::resource(raw, "Patient")?;
        Ok(Self {
            id: resource.token("id"),
            names: resource.elements("name"),
            birth_date: resource.time("birthDate"),
            gender: resource.token("gender"),
            deceased: read_deceased(&resource),
            links: resource.elements("link"),
            identifiers: resource.elements("identifier"),
            telecom: resource.elements("telecom"),
            active: resource.boolean("active"),
            managing_organization: parties(&resource, "managingOrganization").pop(),
        })
    }

    /// The name to show: `usual`, else `official`, else another, never `old` (A9).
    #[must_use]
    pub fn display_name(&self) -> Option<String> {
        display_name(&self.names)
    }
}

fn read_deceased(resource: &Object<'_>) -> Deceased {
    match (resource.time("deceasedDateTime"), resource.boolean("deceasedBoolean")) {
        (Some(time), _) => Deceased::At(time),
        (None, Some(true)) => Deceased::Yes,
        (None, Some(false)) => Deceased::No,
        (None, None) => Deceased::NotRecorded,
    }
}

impl Element for PatientLink {
    fn read(object: &Object<'_>) -> Option<Self> {
        let kind = match object.token("type").as_deref() {
            Some("replaces") => LinkKind::Replaces,
            Some("replaced-by") => LinkKind::ReplacedBy,
            Some("refer") => LinkKind::Refer,
            Some("seealso") => LinkKind::SeeAlso,
            _ => LinkKind::Other,
        };
        Some(Self { kind, other: object.element("other")? })
    }
}
