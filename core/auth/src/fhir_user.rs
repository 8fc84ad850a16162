//! Who signed in, as the `fhirUser` claim says (A7).

use std::fmt;

use url::Url;

use crate::FhirBase;

/// The five kinds SMART allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FhirUserKind {
    /// The patient reads.
    Patient,
    /// A relative or friend, known to the hospital as such.
    RelatedPerson,
    /// A person, linked to patients and relatives elsewhere.
    Person,
    /// Someone who works there.
    Practitioner,
    /// Someone who works there, in one role.
    PractitionerRole,
}

impl FhirUserKind {
    fn from_type(name: &str) -> Option<Self> {
        Some(match name {
            "Patient" => Self::Patient,
            "RelatedPerson" => Self::RelatedPerson,
            "Person" => Self::Person,
            "Practitioner" => Self::Practitioner,
            "PractitionerRole" => Self::PractitionerRole,
            _ => return None,
        })
    }
}

/// A `fhirUser`: kind, id and address.
#[derive(Clone, PartialEq, Eq)]
pub struct FhirUser {
    /// The resource type.
    pub kind: FhirUserKind,
    /// The logical id.
    pub id: String,
    /// The address, made absolute.
    pub url: Url,
    /// Whether it lies on the server that was asked: another server's id means nothing here.
    pub at_base: bool,
}

impl FhirUser {
    /// Reads an absolute or relative reference, with or without a version. `None`: none of the five kinds.
    pub fn parse(claim: &str, base: &FhirBase) -> Option<Self> {
        let url = base.resolve(claim.trim()).ok()?;
        if url.query().is_some() {
            return None;
        }
        let mut segments: Vec<&str> = url.path_segments()?.collect();
        if segments.iter().rev().nth(1) == Some(&"_history") {
            segments.truncate(segments.len().saturating_sub(2));
        }
        let id = segments.pop()?;
        let kind = FhirUserKind::from_type(segments.pop()?)?;
        if !is_fhir_id(id) {
            return None;
        }
        // Only `{base}/{type}/{id}` is this server's; `{base}/x/{type}/{id}` may be another tenant's.
        let folder = format!("{}/", segments.join("/"));
        let at_base =
            base.allows_token(&url) && base.root().path().trim_start_matches('/') == folder.trim_start_matches('/');
        Some(Self { kind, id: id.to_owned(), at_base, url })
    }
}

impl fmt::Debug for FhirUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FhirUser").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// FHIR R4 `id`: 1 to 64 letters, digits, `-` and `.`.
fn is_fhir_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}
