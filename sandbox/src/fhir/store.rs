//! What the hospital holds: every resource with its versions, as text.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chrono::{DateTime, Utc};
use serde_json::Value;
use thiserror::Error;

use super::resource::Resource;
use crate::clock::{Clock, instant};

/// Why a resource could not be put into the store.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Not a JSON object.
    #[error("not a JSON object: {0}")]
    NotJson(#[from] serde_json::Error),
    /// No `resourceType`, or no `id` of 1 to 64 letters, digits, `-` and `.`.
    #[error("a resource needs resourceType and a valid id")]
    Unnamed,
}

/// A handle to the hospital's resources. Clones reach the same data; changes show at once.
#[derive(Clone, Debug)]
pub struct Store {
    entries: Arc<RwLock<Entries>>,
    clock: Clock,
}

#[derive(Debug, Default)]
struct Entries {
    by_name: BTreeMap<(String, String), Entry>,
    last_change_ms: i64,
}

#[derive(Debug)]
struct Entry {
    patient: Option<String>,
    versions: Vec<Version>,
}

#[derive(Clone, Debug)]
struct Version {
    number: u64,
    last_updated: DateTime<Utc>,
    body: Option<Arc<Body>>,
}

#[derive(Debug)]
pub(crate) struct Body {
    pub text: String,
    pub value: Value,
}

/// One version of a resource as it is served.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub resource_type: String,
    pub id: String,
    pub version: u64,
    pub last_updated: DateTime<Utc>,
    /// Whose it is; `None` for what belongs to nobody, such as a Practitioner.
    pub patient: Option<String>,
    pub body: Arc<Body>,
}

/// The answer to a read.
#[derive(Debug)]
pub(crate) enum Lookup {
    Missing,
    Deleted { patient: Option<String> },
    Found(Found),
}

impl Store {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { entries: Arc::default(), clock }
    }

    /// Adds a resource or makes a new version of it. `meta.versionId` and `meta.lastUpdated` are set here,
    /// other members keep their text. Returns the version number.
    pub fn put(&self, json: &str) -> Result<u64, StoreError> {
        self.put_resource(Resource::parse(json)?, None)
    }

    /// Removes a resource: reads answer 410 from now on. False if there was none.
    pub fn delete(&self, resource_type: &str, id: &str) -> bool {
        let mut entries = self.write();
        let now = entries.tick(&self.clock);
        let Some(entry) = entries.by_name.get_mut(&name(resource_type, id)) else { return false };
        match entry.versions.last() {
            Some(Version { number, body: Some(_), .. }) => {
                let number = number + 1;
                entry.versions.push(Version { number, last_updated: now, body: None });
                true
            }
            _ => false,
        }
    }

    /// The current version's JSON text, as a read answers it.
    pub fn get(&self, resource_type: &str, id: &str) -> Option<String> {
        match self.look_up(resource_type, id) {
            Lookup::Found(found) => Some(found.body.text.clone()),
            _ => None,
        }
    }

    /// Ids of the current resources of a type that belong to this patient, in the store's order.
    pub fn ids(&self, resource_type: &str, patient: &str) -> Vec<String> {
        let all = self.of_type(resource_type).into_iter();
        all.filter(|found| found.patient.as_deref() == Some(patient)).map(|found| found.id).collect()
    }

    /// Ids of all current resources of a type.
    pub fn all_ids(&self, resource_type: &str) -> Vec<String> {
        self.of_type(resource_type).into_iter().map(|found| found.id).collect()
    }

    /// The types of which there is or was a resource.
    pub fn types(&self) -> Vec<String> {
        let entries = self.read();
        let mut types: Vec<String> = Vec::new();
        // Jumps from type to type: a chart may hold a hundred thousand resources of one.
        let mut from = (String::new(), String::new());
        while let Some(((resource_type, _), _)) = entries.by_name.range(from..).next() {
            types.push(resource_type.clone());
            from = (format!("{resource_type}\0"), String::new());
        }
        types
    }

    pub(crate) fn put_resource(&self, mut resource: Resource, at: Option<DateTime<Utc>>) -> Result<u64, StoreError> {
        let (Some(resource_type), Some(id)) = (resource.text("resourceType"), resource.text("id")) else {
            return Err(StoreError::Unnamed);
        };
        if resource_type.is_empty() || !resource_type.chars().all(|c| c.is_ascii_alphabetic()) || !valid_id(&id) {
            return Err(StoreError::Unnamed);
        }
        let mut entries = self.write();
        let last_updated = match at {
            Some(at) => {
                entries.last_change_ms = entries.last_change_ms.max(at.timestamp_millis());
                at
            }
            None => entries.tick(&self.clock),
        };
        let key = (resource_type, id);
        let number = entries.by_name.get(&key).and_then(|entry| entry.versions.last()).map_or(1, |v| v.number + 1);
        let mut meta = match resource.get("meta") {
            Some(Value::Object(meta)) => meta,
            _ => serde_json::Map::new(),
        };
        meta.insert("versionId".into(), number.to_string().into());
        meta.insert("lastUpdated".into(), instant(last_updated).into());
        resource.set("meta", &meta);
        let text = resource.to_json();
        let value: Value = serde_json::from_str(&text)?;
        let patient = patient_of(&key.0, &key.1, &value, &entries);
        let version = Version { number, last_updated, body: Some(Arc::new(Body { text, value })) };
        let entry = entries.by_name.entry(key).or_insert_with(|| Entry { patient: None, versions: Vec::new() });
        entry.patient = patient;
        entry.versions.push(version);
        Ok(number)
    }

    pub(crate) fn look_up(&self, resource_type: &str, id: &str) -> Lookup {
        let entries = self.read();
        let Some(entry) = entries.by_name.get(&name(resource_type, id)) else { return Lookup::Missing };
        match entry.versions.last() {
            Some(version) => entry.found(resource_type, id, version),
            None => Lookup::Missing,
        }
    }

    pub(crate) fn look_up_version(&self, resource_type: &str, id: &str, number: &str) -> Lookup {
        let entries = self.read();
        let Some(entry) = entries.by_name.get(&name(resource_type, id)) else { return Lookup::Missing };
        match entry.versions.iter().find(|version| version.number.to_string() == number) {
            Some(version) => entry.found(resource_type, id, version),
            None => Lookup::Missing,
        }
    }

    pub(crate) fn of_type(&self, resource_type: &str) -> Vec<Found> {
        let entries = self.read();
        let from = (resource_type.to_owned(), String::new());
        let mut all = Vec::new();
        for ((this_type, id), entry) in entries.by_name.range(from..) {
            if this_type != resource_type {
                break;
            }
            if let Some(version) = entry.versions.last()
                && let Lookup::Found(found) = entry.found(this_type, id, version)
            {
                all.push(found);
            }
        }
        all
    }

    fn read(&self) -> RwLockReadGuard<'_, Entries> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Entries> {
        self.entries.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    /// A time later than every change before, so that `_lastUpdated` orders changes.
    fn tick(&mut self, clock: &Clock) -> DateTime<Utc> {
        self.last_change_ms = clock.now_ms().max(self.last_change_ms + 1);
        DateTime::from_timestamp_millis(self.last_change_ms).unwrap_or_default()
    }
}

impl Entry {
    fn found(&self, resource_type: &str, id: &str, version: &Version) -> Lookup {
        match &version.body {
            None => Lookup::Deleted { patient: self.patient.clone() },
            Some(body) => Lookup::Found(Found {
                resource_type: resource_type.to_owned(),
                id: id.to_owned(),
                version: version.number,
                last_updated: version.last_updated,
                patient: self.patient.clone(),
                body: Arc::clone(body),
            }),
        }
    }
}

fn name(resource_type: &str, id: &str) -> (String, String) {
    (resource_type.to_owned(), id.to_owned())
}

pub(crate) fn valid_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
}

/// The type and id at the end of a relative or absolute reference, its version dropped.
pub(crate) fn target(reference: &str) -> Option<(&str, &str)> {
    let reference = reference.split("/_history/").next()?;
    let mut segments = reference.rsplit('/');
    let id = segments.next()?;
    Some((segments.next()?, id))
}

/// The elements that say whose a resource is, in the order they are tried.
const OWNERS: [&str; 5] = ["subject", "patient", "beneficiary", "individual", "securityContext"];

fn patient_of(resource_type: &str, id: &str, value: &Value, entries: &Entries) -> Option<String> {
    if resource_type == "Patient" {
        return Some(id.to_owned());
    }
    let reference = OWNERS.iter().find_map(|element| value.pointer(&format!("/{element}/reference"))?.as_str());
    let target_of = match (resource_type, reference) {
        // Provenance belongs to whom its target belongs.
        ("Provenance", None) => value.pointer("/target/0/reference")?.as_str(),
        (_, reference) => reference,
    };
    match target(target_of?)? {
        ("Patient", id) => Some(id.to_owned()),
        (other, id) => entries.by_name.get(&name(other, id))?.patient.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> Store {
        Store::new(Clock::default())
    }

    #[test]
    fn numbers_keep_the_digits_the_lab_wrote() {
        let store = store();
        store.put(r#"{"resourceType":"Observation","id":"a","valueQuantity":{"value":5.40}}"#).unwrap();
        assert!(store.get("Observation", "a").unwrap().contains(r#""value":5.40"#));
    }

    #[test]
    fn each_change_is_a_later_version_and_a_deletion_is_one_too() {
        let store = store();
        let json = r#"{"resourceType":"Patient","id":"p"}"#;
        assert_eq!(store.put(json).unwrap(), 1);
        let Lookup::Found(first) = store.look_up("Patient", "p") else { panic!("missing") };
        assert_eq!(store.put(json).unwrap(), 2);
        let Lookup::Found(second) = store.look_up("Patient", "p") else { panic!("missing") };
        assert!(second.last_updated > first.last_updated);
        assert!(store.delete("Patient", "p"));
        assert!(!store.delete("Patient", "p"));
        assert!(matches!(store.look_up("Patient", "p"), Lookup::Deleted { .. }));
        assert!(matches!(store.look_up_version("Patient", "p", "1"), Lookup::Found(_)));
        assert_eq!(store.put(json).unwrap(), 4);
    }

    #[test]
    fn a_binary_belongs_to_the_patient_of_its_document() {
        let store = store();
        store.put(r#"{"resourceType":"DocumentReference","id":"d","subject":{"reference":"Patient/p"}}"#).unwrap();
        let binary = r#"{"resourceType":"Binary","id":"b","securityContext":{"reference":"DocumentReference/d"}}"#;
        store.put(binary).unwrap();
        assert_eq!(store.ids("Binary", "p"), ["b"]);
    }

    #[test]
    fn names_that_no_url_can_hold_are_refused() {
        for bad in [
            r#"{"resourceType":"Patient"}"#,
            r#"{"resourceType":"Pa/t","id":"a"}"#,
            r#"{"resourceType":"Patient","id":"a b"}"#,
        ] {
            assert!(store().put(bad).is_err(), "{bad}");
        }
    }
}
