//! Scopes (A4): what is asked for, and what was granted.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::SmartConfiguration;

/// The types of D1 and the types their resources refer to.
pub const CHART_TYPES: &[&str] = &[
    "Patient",
    "AllergyIntolerance",
    "Appointment",
    "Binary",
    "CarePlan",
    "CareTeam",
    "Condition",
    "Device",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Goal",
    "Immunization",
    "Location",
    "Medication",
    "MedicationRequest",
    "Observation",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "RelatedPerson",
    "ServiceRequest",
];

/// What every sign-in asks for besides types.
const SIGN_IN_SCOPES: &[&str] = &["openid", "fhirUser", "offline_access", "launch/patient"];

/// How a server spells scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScopeVersion {
    /// `patient/Observation.read`
    V1,
    /// `patient/Observation.rs`
    V2,
}

impl ScopeVersion {
    /// v2 if `permission-v2` is listed or any supported scope ends in `.rs`, else v1.
    pub fn for_server(configuration: &SmartConfiguration) -> Self {
        let listed = configuration.capabilities.iter().any(|capability| capability == "permission-v2");
        if listed || configuration.scopes_supported.iter().any(|scope| scope.ends_with(".rs")) {
            Self::V2
        } else {
            Self::V1
        }
    }

    fn reading(self, resource_type: &str) -> String {
        match self {
            Self::V1 => format!("patient/{resource_type}.read"),
            Self::V2 => format!("patient/{resource_type}.rs"),
        }
    }
}

/// What the app wants to ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScopeWish {
    /// The sign-in scopes and reading of these types; on `invalid_scope` once more with `patient/*`.
    Types(Vec<String>),
    /// Exactly this text; on `invalid_scope` the sign-in ends.
    Exactly(String),
}

impl ScopeWish {
    /// Everything a chart holds: [`CHART_TYPES`].
    pub fn chart() -> Self {
        Self::Types(CHART_TYPES.iter().map(|name| (*name).to_owned()).collect())
    }

    /// The scopes to send first.
    pub fn scopes(&self, version: ScopeVersion) -> Scopes {
        match self {
            Self::Types(types) => Scopes::for_types(types, version),
            Self::Exactly(text) => Scopes::parse(text),
        }
    }

    /// The scopes to send after `invalid_scope`, where there is a second way.
    pub fn widened(&self, version: ScopeVersion) -> Option<Scopes> {
        matches!(self, Self::Types(_)).then(|| Scopes::for_types(["*"], version))
    }
}

/// What one does with a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read by id: `r`.
    Read,
    /// Search by type: `s`.
    Search,
}

/// How far a grant reaches for a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allowance {
    /// All of the type.
    Full,
    /// Only what one of these queries finds, as written after `?` (`category=laboratory`).
    Restricted(Vec<String>),
    /// Nothing.
    Denied,
}

/// A list of scopes, each with its text as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Reads a space-separated list. What is no resource scope is kept as it is.
    pub fn parse(text: &str) -> Self {
        let mut scopes: Vec<Scope> = Vec::new();
        for word in text.split_ascii_whitespace() {
            if !scopes.iter().any(|scope| scope.text == word) {
                scopes.push(Scope::parse(word));
            }
        }
        Self(scopes)
    }

    /// The sign-in scopes and, for each type, reading and searching.
    pub fn for_types<T: AsRef<str>>(types: impl IntoIterator<Item = T>, version: ScopeVersion) -> Self {
        let types = types.into_iter().map(|name| version.reading(name.as_ref()));
        Self(
            SIGN_IN_SCOPES.iter().map(|text| (*text).to_owned()).chain(types).map(|text| Scope::parse(&text)).collect(),
        )
    }

    /// The scopes in order.
    pub fn iter(&self) -> impl Iterator<Item = &Scope> {
        self.0.iter()
    }

    /// Whether this very text is in the list.
    pub fn contains(&self, text: &str) -> bool {
        self.0.iter().any(|scope| scope.text == text)
    }

    /// How far the list lets this app, for the patient, use `resource_type`.
    pub fn allows(&self, resource_type: &str, access: Access) -> Allowance {
        let mut restrictions = Vec::new();
        for resource in self.0.iter().filter_map(|scope| scope.resource.as_ref()) {
            if !resource.covers(resource_type, access) {
                continue;
            }
            match &resource.restriction {
                None => return Allowance::Full,
                Some(query) => restrictions.push(query.clone()),
            }
        }
        if restrictions.is_empty() { Allowance::Denied } else { Allowance::Restricted(restrictions) }
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(&scope.text)?;
        }
        Ok(())
    }
}

impl From<String> for Scopes {
    fn from(text: String) -> Self {
        Self::parse(&text)
    }
}

impl From<Scopes> for String {
    fn from(scopes: Scopes) -> Self {
        scopes.to_string()
    }
}

/// The asked scopes that were not granted in full, as written in `asked`. A type granted only in part
/// (a restriction, reading without searching) counts as not granted; [`Scopes::allows`] tells how far it reaches.
pub fn not_granted(asked: &Scopes, granted: &Scopes) -> Vec<String> {
    let covered = |scope: &Scope| match &scope.resource {
        None => granted.contains(&scope.text),
        Some(resource) => {
            let name = resource.resource_type.as_deref().unwrap_or("*");
            let wanted = [Access::Read, Access::Search].into_iter().filter(|access| resource.permits(*access));
            granted.contains(&scope.text)
                || wanted.into_iter().all(|access| match granted.allows(name, access) {
                    Allowance::Full => true,
                    Allowance::Restricted(queries) => {
                        resource.restriction.as_ref().is_some_and(|query| queries.contains(query))
                    }
                    Allowance::Denied => false,
                })
        }
    };
    asked.iter().filter(|scope| !covered(scope)).map(|scope| scope.text.clone()).collect()
}

/// One scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    text: String,
    resource: Option<ResourceScope>,
}

impl Scope {
    fn parse(text: &str) -> Self {
        Self { text: text.to_owned(), resource: ResourceScope::parse(text) }
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// `patient/Observation.rs?category=laboratory` and its relatives.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ResourceScope {
    /// `system/` scopes are never about this patient's own reading.
    for_patient: bool,
    /// `None`: every type.
    resource_type: Option<String>,
    reads: bool,
    searches: bool,
    restriction: Option<String>,
}

impl ResourceScope {
    fn parse(text: &str) -> Option<Self> {
        let (context, rest) = text.split_once('/')?;
        let for_patient = match context {
            "patient" | "user" => true,
            "system" => false,
            _ => return None,
        };
        let (name, restriction) = match rest.split_once('?') {
            Some((name, query)) => (name, Some(query.to_owned()).filter(|query| !query.is_empty())),
            None => (rest, None),
        };
        let (resource_type, permissions) = name.split_once('.')?;
        let resource_type = match resource_type {
            "*" => None,
            name if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()) => Some(name.to_owned()),
            _ => return None,
        };
        let (reads, searches) = match permissions {
            "read" | "*" => (true, true),
            "write" => (false, false),
            // v2 letters; the standard fixes their order, servers do not always.
            letters if !letters.is_empty() && letters.bytes().all(|byte| b"cruds".contains(&byte)) => {
                (letters.contains('r'), letters.contains('s'))
            }
            _ => return None,
        };
        Some(Self { for_patient, resource_type, reads, searches, restriction })
    }

    fn permits(&self, access: Access) -> bool {
        match access {
            Access::Read => self.reads,
            Access::Search => self.searches,
        }
    }

    fn covers(&self, resource_type: &str, access: Access) -> bool {
        let named = self.resource_type.as_deref();
        self.for_patient && self.permits(access) && named.is_none_or(|name| name == resource_type)
    }
}
