//! The hospital itself: everything its pages and endpoints share.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use crate::clock::Clock;
use crate::content::{MaySee, Person};
use crate::faults::Faults;
use crate::fhir::pages::Pages;
use crate::fhir::search_cache::SearchCache;
use crate::fhir::store::{Found, Store};
use crate::oauth::grants::Grants;
use crate::oauth::id_token::SigningKeys;
use crate::oauth::sign_in::SignIns;
use crate::options::{Client, Lifetimes};
use crate::profile::Profile;
use crate::request_log::RequestLog;
use crate::site::Site;

/// Types that are searchable even when nobody has any.
const ALWAYS_HELD: [&str; 26] = [
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
    "MedicationDispense",
    "MedicationRequest",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "QuestionnaireResponse",
    "RelatedPerson",
    "ServiceRequest",
];

pub(crate) struct Hospital {
    /// Scheme, host and port.
    pub origin: String,
    pub site: Site,
    pub clock: Clock,
    pub store: Store,
    pub lifetimes: Lifetimes,
    pub clients: Vec<Client>,
    pub grants: Grants,
    pub sign_ins: SignIns,
    pub pages: Pages,
    pub search_cache: SearchCache,
    pub faults: Faults,
    pub log: RequestLog,
    pub keys: SigningKeys,
    pub people: RwLock<Vec<Person>>,
    pub profile: RwLock<Arc<Profile>>,
}

impl Hospital {
    pub fn base(&self) -> String {
        format!("{}{}", self.origin, self.site.fhir_path)
    }

    pub fn issuer(&self) -> String {
        format!("{}{}", self.origin, self.site.oauth_path)
    }

    pub fn oauth_url(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.site.oauth_path)
    }

    pub fn profile(&self) -> Arc<Profile> {
        Arc::clone(&self.profile.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn set_profile(&self, profile: Profile) {
        *self.profile.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(profile);
    }

    /// The types this hospital answers searches for.
    pub fn types(&self) -> BTreeSet<String> {
        let profile = self.profile();
        let held = ALWAYS_HELD.iter().map(|name| (*name).to_owned()).chain(self.store.types());
        held.filter(|name| !profile.types_not_offered.contains(name)).collect()
    }

    pub fn person(&self, login: &str) -> Option<Person> {
        self.people().into_iter().find(|person| person.login == login)
    }

    pub fn people(&self) -> Vec<Person> {
        self.people.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A Patient id from an id or a login.
    pub fn patient_id(&self, named: &str) -> String {
        self.person(named).map_or_else(|| named.to_owned(), |person| person.patient)
    }

    pub fn name_of(&self, patient: &str) -> String {
        let people = self.people();
        people.iter().find(|person| person.patient == patient).map_or_else(|| patient.to_owned(), |p| p.name.clone())
    }

    /// Takes away a caregiver's right to see a chart and ends every grant that came of it.
    pub fn withdraw(&self, login: &str, patient: &str) -> Option<MaySee> {
        let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
        let person = people.iter_mut().find(|person| person.login == login)?;
        let at = person.may_see.iter().position(|seen| seen.patient == patient)?;
        let seen = person.may_see.remove(at);
        self.grants.end_where(|grant| grant.login == login && grant.patients.iter().any(|id| id == patient));
        Some(seen)
    }

    pub fn give_back(&self, login: &str, seen: MaySee) -> bool {
        let mut people = self.people.write().unwrap_or_else(PoisonError::into_inner);
        let person = people.iter_mut().find(|person| person.login == login);
        person.is_some_and(|person| {
            person.may_see.push(seen);
            true
        })
    }

    /// For the wrong-patient fault: id and JSON of a resource of this type that is not of `patients`; if nobody else
    /// has one, `instead` with its patient changed.
    pub fn someone_elses(
        &self,
        resource_type: &str,
        patients: &[String],
        instead: Option<&Found>,
    ) -> Option<(String, String)> {
        let all = self.store.of_type(resource_type).into_iter();
        let other = all
            .filter(|found| found.patient.as_ref().is_some_and(|patient| !patients.contains(patient)))
            .min_by_key(|found| found.id.clone());
        if let Some(other) = other {
            return Some((other.id.clone(), other.body.text.clone()));
        }
        let (found, patient) = instead.and_then(|found| Some((found, found.patient.as_deref()?)))?;
        let changed = found.body.text.replace(&format!("\"Patient/{patient}\""), "\"Patient/someone-else\"");
        Some((found.id.clone(), changed))
    }
}
