//! What a closed store holds of a chart, byte for byte, and whether that is what the hospital has.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plainchart::PersonId as Person;
use plainchart_sandbox::Sandbox;
use plainchart_vault::{ChartId, Scope, Tree, Vault};
use serde_json::Value;

use crate::phone::Phone;

const RESOURCES: Tree = Tree(1);
const BODIES: Tree = Tree(2);
const SET_ASIDE: Tree = Tree(3);

/// A resource of a chart.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its text.
    pub raw: String,
    /// What the store says about it: `life`, `set_aside` ...
    pub header: Value,
    /// Its classes, as the byte of its scope.
    pub classes: u8,
}

/// All that a store holds of a person.
#[derive(Default)]
pub struct Contents {
    /// By `Type/id`.
    pub resources: BTreeMap<String, Kept>,
    /// Set aside, by the name it was set aside under.
    pub set_aside: BTreeMap<String, Kept>,
    /// Bodies by `Type/id#n`.
    pub bodies: BTreeMap<String, Vec<u8>>,
}

/// The person's charts, as the vault names them.
///
/// # Panics
/// If the person's log cannot be read.
#[must_use]
pub fn charts(phone: &Phone, person: &Person) -> Vec<ChartId> {
    let log = phone.app().access_log(person).expect("the access log");
    let mut charts: Vec<ChartId> = log.iter().map(|entry| ChartId(entry.line.chart.to_bytes())).collect();
    charts.sort();
    charts.dedup();
    charts
}

/// The opaque id that the facade gives the item `Type/id` of the person's only chart. `prefix`: of its list.
///
/// # Panics
/// If the person has no chart, or several.
#[must_use]
pub fn opaque_id(phone: &Phone, person: &Person, prefix: char, key: &str) -> String {
    let log = phone.app().access_log(person).expect("the access log");
    let mut charts: Vec<String> = log.iter().map(|entry| entry.line.chart.to_string()).collect();
    charts.dedup();
    let [chart] = charts.as_slice() else { panic!("one chart") };
    let digest = ring::digest::digest(&ring::digest::SHA256, format!("{chart}{key}").as_bytes());
    let hex: String = digest.as_ref().iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    format!("{prefix}{hex}")
}

/// Closes the app, lets `look` at the vault, opens the app again.
pub fn inside<T>(phone: &mut Phone, look: impl FnOnce(&Vault) -> T) -> T {
    phone.close();
    let seen = {
        let (vault, _) = Vault::open(phone.folder(), phone.keystore()).expect("the vault opens");
        look(&vault)
    };
    phone.reopen();
    seen
}

/// Everything of the person that lies in the store.
#[must_use]
pub fn contents(phone: &mut Phone, person: &Person) -> Contents {
    let charts = charts(phone, person);
    inside(phone, |vault| {
        let mut contents = Contents::default();
        for chart in charts {
            for class in vault.classes(chart).expect("the chart's classes") {
                let scope = Scope { chart, class };
                let read = |tree, into: &mut BTreeMap<String, Kept>| {
                    let visit = &mut |_: &[u8], row: plainchart_vault::Row| {
                        let (header, raw) = split(&row.bytes);
                        let raw = String::from_utf8(raw).expect("text");
                        let name = String::from_utf8_lossy(&row.id).into_owned();
                        into.insert(name, Kept { raw, header, classes: class.0 });
                    };
                    vault.for_each_row(scope, tree, visit).expect("the chart's rows");
                };
                read(RESOURCES, &mut contents.resources);
                read(SET_ASIDE, &mut contents.set_aside);
                let visit = &mut |name: &[u8], value: &[u8]| {
                    let (header, bytes) = split(value);
                    if header["state"] == "here" {
                        contents.bodies.insert(String::from_utf8_lossy(name).into_owned(), bytes);
                    }
                };
                vault.for_each_value(scope, BODIES, visit).expect("the chart's bodies");
            }
        }
        contents
    })
}

fn split(value: &[u8]) -> (Value, Vec<u8>) {
    let end = value.iter().position(|byte| *byte == b'\n').expect("a header line");
    (serde_json::from_slice(&value[..end]).expect("a header of JSON"), value[end + 1..].to_vec())
}

/// Types that are walked, or read by the patient's id (SPEC D1).
const OWN_TYPES: [&str; 16] = [
    "AllergyIntolerance",
    "Appointment",
    "CarePlan",
    "CareTeam",
    "Condition",
    "Device",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Goal",
    "Immunization",
    "MedicationRequest",
    "Observation",
    "Patient",
    "Procedure",
    "ServiceRequest",
];

/// Types that come because something of the patient names them.
const NAMED_TYPES: [&str; 6] =
    ["Location", "Medication", "Organization", "Practitioner", "PractitionerRole", "RelatedPerson"];
/// Those of them that `shared_types_readable` is about.
const STAFF_TYPES: [&str; 5] = ["Location", "Medication", "Organization", "Practitioner", "PractitionerRole"];

/// What a whole sync of a patient must bring from this hospital, with the habits it has: by `Type/id` the text, and the
/// bodies that lie apart.
///
/// # Panics
/// If the hospital's own data cannot be read.
#[must_use]
pub fn served(hospital: &Sandbox, patient: &str) -> (BTreeMap<String, String>, BTreeMap<String, Vec<u8>>) {
    let (store, profile) = (hospital.store(), hospital.profile());
    let (mut resources, mut bodies) = (BTreeMap::new(), BTreeMap::new());
    let mut named = Vec::new();
    for resource_type in OWN_TYPES.into_iter().filter(|own| !has(&profile.types_not_offered, own)) {
        for id in store.ids(resource_type, patient) {
            let text = store.get(resource_type, &id).expect("the hospital's resource");
            let value: Value = serde_json::from_str(&text).expect("JSON");
            if !is_walked(resource_type, &value) {
                continue;
            }
            for (index, attachment) in attachments(&value).into_iter().enumerate() {
                let binary = attachment["url"].as_str().and_then(|url| url.strip_prefix("Binary/"));
                let binary = binary.and_then(|binary| store.get("Binary", binary));
                if let Some(binary) = binary.and_then(|text| serde_json::from_str::<Value>(&text).ok()) {
                    let data = STANDARD.decode(binary["data"].as_str().unwrap_or_default()).expect("base64");
                    bodies.insert(format!("{resource_type}/{id}#{index}"), data);
                }
            }
            add_named(&value, &mut named);
            resources.insert(format!("{resource_type}/{id}"), text);
        }
    }
    // Who made or changed a resource comes along with the search that brings it.
    if !has(&profile.refused_parameters, "_revinclude") && !has(&profile.ignored_parameters, "_revinclude") {
        for id in store.ids("Provenance", patient) {
            let text = store.get("Provenance", &id).expect("the hospital's resource");
            let value: Value = serde_json::from_str(&text).expect("JSON");
            let is_about = |target: &Value| {
                let reference = target["reference"].as_str().unwrap_or_default();
                !reference.starts_with("Patient/") && resources.contains_key(reference)
            };
            if value["target"].as_array().into_iter().flatten().any(is_about) {
                add_named(&value, &mut named);
                resources.insert(format!("Provenance/{id}"), text);
            }
        }
    }
    while let Some(key) = named.pop() {
        let Some((resource_type, id)) = key.split_once('/') else { continue };
        let is_closed = !profile.shared_types_readable && STAFF_TYPES.contains(&resource_type);
        if is_closed || has(&profile.unreadable_types, resource_type) {
            continue;
        }
        if let Some(text) = store.get(resource_type, id).filter(|_| !resources.contains_key(&key)) {
            add_named(&serde_json::from_str(&text).expect("JSON"), &mut named);
            resources.insert(key, text);
        }
    }
    (resources, bodies)
}

fn has(list: &[String], name: &str) -> bool {
    list.iter().any(|one| one == name)
}

/// Of observations only laboratory and vital signs.
fn is_walked(resource_type: &str, value: &Value) -> bool {
    let categories = value["category"].to_string();
    resource_type != "Observation" || categories.contains("\"laboratory\"") || categories.contains("\"vital-signs\"")
}

fn attachments(value: &Value) -> Vec<Value> {
    let contents = value["content"].as_array().into_iter().flatten().map(|content| content["attachment"].clone());
    contents.chain(value["presentedForm"].as_array().cloned().unwrap_or_default()).collect()
}

/// Whatever a resource names, at any depth, by a relative reference.
fn add_named(value: &Value, named: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("reference").and_then(Value::as_str)
                && let Some((resource_type, _)) = reference.split_once('/')
                && NAMED_TYPES.contains(&resource_type)
            {
                named.push(reference.to_owned());
            }
            members.values().for_each(|member| add_named(member, named));
        }
        Value::Array(items) => items.iter().for_each(|item| add_named(item, named)),
        _ => {}
    }
}

/// How the chart differs from the hospital's; empty if it does not. What the store marks as withdrawn is left out.
#[must_use]
pub fn differences(phone: &mut Phone, person: &Person, hospital: &Sandbox, patient: &str) -> Vec<String> {
    let (served, served_bodies) = served(hospital, patient);
    let kept = contents(phone, person);
    let mut found = Vec::new();
    for (key, text) in &served {
        match kept.resources.get(key) {
            None => found.push(format!("{key} is missing")),
            Some(kept) if kept.raw != *text => found.push(format!("{key} is another text")),
            Some(kept) if kept.header["life"] == "withdrawn" => found.push(format!("{key} is called withdrawn")),
            Some(_) => {}
        }
    }
    for (key, kept) in &kept.resources {
        if !served.contains_key(key) && kept.header["life"] != "withdrawn" {
            found.push(format!("{key} is too many"));
        }
    }
    for (name, bytes) in &served_bodies {
        match kept.bodies.get(name) {
            None => found.push(format!("the body {name} is missing")),
            Some(kept) if kept != bytes => found.push(format!("the body {name} is another")),
            Some(_) => {}
        }
    }
    found
}
