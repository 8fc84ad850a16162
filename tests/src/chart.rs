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
    /// Bodies by `DocumentReference/id#n`.
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

/// What a whole sync of a patient must bring: by `Type/id` the text, and the bodies that lie apart.
#[must_use]
pub fn served(hospital: &Sandbox, patient: &str) -> (BTreeMap<String, String>, BTreeMap<String, Vec<u8>>) {
    let store = hospital.store();
    let (mut resources, mut bodies) = (BTreeMap::new(), BTreeMap::new());
    for resource_type in ["Patient", "DocumentReference", "Observation"] {
        for id in store.ids(resource_type, patient) {
            let text = store.get(resource_type, &id).expect("the hospital's resource");
            let value: Value = serde_json::from_str(&text).expect("JSON");
            let contents = value["content"].as_array().cloned().unwrap_or_default();
            for (index, content) in contents.iter().enumerate() {
                let binary = content["attachment"]["url"].as_str().and_then(|url| url.strip_prefix("Binary/"));
                let binary = binary.and_then(|binary| store.get("Binary", binary));
                if let Some(binary) = binary.and_then(|text| serde_json::from_str::<Value>(&text).ok()) {
                    let data = STANDARD.decode(binary["data"].as_str().unwrap_or_default()).expect("base64");
                    bodies.insert(format!("{resource_type}/{id}#{index}"), data);
                }
            }
            resources.insert(format!("{resource_type}/{id}"), text);
        }
    }
    (resources, bodies)
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
