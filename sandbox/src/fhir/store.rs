//! What the hospital holds: every resource with its versions, as text.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chrono::{DateTime, Utc};
use serde_json::Value;
use thiserror::Error;

use super::owner::{Owner, files_of, owner_of};
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
    /// There is no such resource, or it was deleted or withdrawn.
    #[error("there is no such resource")]
    Missing,
    /// It has no attachment that could be changed.
    #[error("the resource has no attachment")]
    NoAttachment,
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
    owner: Owner,
    versions: Vec<Version>,
    withdrawn: bool,
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
    /// What searches go by when it is not what is given: a stub is still found by what it was.
    pub was: Option<Arc<Body>>,
}

impl Body {
    pub fn indexed(&self) -> &Value {
        self.was.as_ref().map_or(&self.value, |was| &was.value)
    }
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

/// One step of a resource's history; of a deletion, `found` is what was deleted with the deletion's number and time.
#[derive(Clone, Debug)]
pub(crate) struct Past {
    pub found: Found,
    pub deleted: bool,
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

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Takes a resource out of every answer, as if it had never been shared: searches leave it out, a read is 404.
    /// The files of a document go with it. False if there was none.
    pub fn withdraw(&self, resource_type: &str, id: &str) -> bool {
        self.set_withdrawn(resource_type, id, true)
    }

    /// Undoes [`Store::withdraw`]. False if it was not withdrawn.
    pub fn give_back(&self, resource_type: &str, id: &str) -> bool {
        self.set_withdrawn(resource_type, id, false)
    }

    fn set_withdrawn(&self, resource_type: &str, id: &str, withdrawn: bool) -> bool {
        let mut entries = self.write();
        let Some(entry) = entries.by_name.get_mut(&name(resource_type, id)) else { return false };
        if entry.withdrawn == withdrawn || entry.versions.last().is_none_or(|version| version.body.is_none()) {
            return false;
        }
        entry.withdrawn = withdrawn;
        let files = entry.versions.last().and_then(|version| version.body.as_ref()).map(|body| files_of(&body.value));
        for file in files.unwrap_or_default() {
            if let Some(entry) = entries.by_name.get_mut(&name("Binary", &file)) {
                entry.withdrawn = withdrawn;
            }
        }
        true
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

    pub(crate) fn put_resource(&self, resource: Resource, at: Option<DateTime<Utc>>) -> Result<u64, StoreError> {
        self.put_version(resource, at, false)
    }

    /// `stub`: it is found by what its last version was.
    pub(super) fn put_version(
        &self,
        mut resource: Resource,
        at: Option<DateTime<Utc>>,
        stub: bool,
    ) -> Result<u64, StoreError> {
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
        let owner = owner_of(&key.0, &key.1, &value);
        let fresh = || Entry { owner: Owner::Nobody, versions: Vec::new(), withdrawn: false };
        let entry = entries.by_name.entry(key).or_insert_with(fresh);
        // A stub without a subject still belongs to whom it belonged.
        if owner != Owner::Nobody {
            entry.owner = owner;
        }
        let last = entry.versions.iter().rev().find_map(|version| version.body.clone()).filter(|_| stub);
        let was = last.map(|body| body.was.clone().unwrap_or(body));
        entry.versions.push(Version { number, last_updated, body: Some(Arc::new(Body { text, value, was })) });
        Ok(number)
    }

    pub(crate) fn look_up(&self, resource_type: &str, id: &str) -> Lookup {
        let entries = self.read();
        let Some(entry) = entries.shared(resource_type, id) else { return Lookup::Missing };
        match entry.versions.last() {
            Some(version) => entries.found(entry, resource_type, id, version),
            None => Lookup::Missing,
        }
    }

    pub(crate) fn look_up_version(&self, resource_type: &str, id: &str, number: &str) -> Lookup {
        let entries = self.read();
        let Some(entry) = entries.shared(resource_type, id) else { return Lookup::Missing };
        match entry.versions.iter().find(|version| version.number.to_string() == number) {
            Some(version) => entries.found(entry, resource_type, id, version),
            None => Lookup::Missing,
        }
    }

    pub(crate) fn of_type(&self, resource_type: &str) -> Vec<Found> {
        let entries = self.read();
        let mut all = Vec::new();
        for (id, entry) in entries.shared_of_type(resource_type) {
            if let Some(version) = entry.versions.last()
                && let Lookup::Found(found) = entries.found(entry, resource_type, id, version)
            {
                all.push(found);
            }
        }
        all
    }

    /// Every version and deletion of a type, the newest first.
    pub(crate) fn history(&self, resource_type: &str) -> Vec<Past> {
        let entries = self.read();
        let mut all = Vec::new();
        for (id, entry) in entries.shared_of_type(resource_type) {
            let mut last = None;
            for version in &entry.versions {
                match entries.found(entry, resource_type, id, version) {
                    Lookup::Found(found) => {
                        all.push(Past { found: found.clone(), deleted: false });
                        last = Some(found);
                    }
                    _ => all.extend(last.clone().map(|found| {
                        let (version, last_updated) = (version.number, version.last_updated);
                        Past { found: Found { version, last_updated, ..found }, deleted: true }
                    })),
                }
            }
        }
        all.sort_by(|a, b| b.found.last_updated.cmp(&a.found.last_updated).then_with(|| a.found.id.cmp(&b.found.id)));
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

    fn shared(&self, resource_type: &str, id: &str) -> Option<&Entry> {
        self.by_name.get(&name(resource_type, id)).filter(|entry| !entry.withdrawn)
    }

    fn shared_of_type<'a>(&'a self, resource_type: &'a str) -> impl Iterator<Item = (&'a str, &'a Entry)> {
        let from = (resource_type.to_owned(), String::new());
        let of_type = self.by_name.range(from..).take_while(move |((of, _), _)| of == resource_type);
        of_type.filter(|(_, entry)| !entry.withdrawn).map(|((_, id), entry)| (id.as_str(), entry))
    }

    fn found(&self, entry: &Entry, resource_type: &str, id: &str, version: &Version) -> Lookup {
        let patient = self.patient_of(&entry.owner);
        match &version.body {
            None => Lookup::Deleted { patient },
            Some(body) => Lookup::Found(Found {
                resource_type: resource_type.to_owned(),
                id: id.to_owned(),
                version: version.number,
                last_updated: version.last_updated,
                patient,
                body: Arc::clone(body),
            }),
        }
    }

    /// Follows a few steps only: made-up data may go round in circles.
    fn patient_of(&self, owner: &Owner) -> Option<String> {
        let mut owner = owner;
        for _ in 0..4 {
            match owner {
                Owner::Nobody => return None,
                Owner::Patient(id) => return Some(id.clone()),
                Owner::As(resource_type, id) => owner = &self.by_name.get(&name(resource_type, id))?.owner,
            }
        }
        None
    }
}

fn name(resource_type: &str, id: &str) -> (String, String) {
    (resource_type.to_owned(), id.to_owned())
}

pub(crate) fn valid_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
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
    fn who_owns_a_resource_is_known_though_what_it_belongs_to_comes_later() {
        let store = store();
        let put = |json: &str| store.put(json).unwrap();
        put(r#"{"resourceType":"Provenance","id":"v","target":[{"reference":"Observation/o"}]}"#);
        put(r#"{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/p"}}"#);
        put(
            r#"{"resourceType":"Appointment","id":"t","participant":[{"actor":{"reference":"Location/l"}},{"actor":{"reference":"Patient/p"}}]}"#,
        );
        put(r#"{"resourceType":"Observation","id":"o","status":"entered-in-error"}"#);
        for resource_type in ["Provenance", "Appointment", "Observation"] {
            assert_eq!(store.ids(resource_type, "p").len(), 1, "{resource_type}");
        }
        put(r#"{"resourceType":"Observation","id":"x","subject":{"reference":"Observation/y"}}"#);
        put(r#"{"resourceType":"Observation","id":"y","subject":{"reference":"Observation/x"}}"#);
        assert_eq!(store.ids("Observation", "p"), ["o"]);
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
