//! Larger made-up records from elsewhere, when they are there: `PLAINCHART_FHIR_SAMPLES`, else `../shared/fhir` beside
//! the repository. They are no part of it; without them these tests say so and end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use plainchart::{EntryKind, ImportReport, PersonId, Window};
use plainchart_tests::phone::Phone;
use serde_json::Value;

fn samples(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/fhir");
    let root = std::env::var_os("PLAINCHART_FHIR_SAMPLES").map_or(beside, PathBuf::from);
    let folder = root.join(name);
    let found = folder.is_dir() && Command::new("xz").arg("--version").stdout(Stdio::null()).status().is_ok();
    if !found {
        eprintln!("SKIPPED: no {name} in {} (or no xz to unpack it)", root.display());
    }
    found.then_some(folder)
}

/// Unpacks every `.xz` of a folder into another.
fn unpack(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(plain) = name.strip_suffix(".xz") else { continue };
        let out = fs::File::create(to.join(plain)).unwrap();
        assert!(Command::new("xz").arg("-dc").arg(entry.path()).stdout(out).status().unwrap().success());
    }
}

/// Types that a chart holds (SPEC D1), and what they refer to.
const HELD: [&str; 24] = [
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
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "RelatedPerson",
    "ServiceRequest",
];

/// Types that belong to no patient.
const SHARED: [&str; 5] = ["Location", "Medication", "Organization", "Practitioner", "PractitionerRole"];

/// What a download holds, read without our code: the entries of a Bundle, or lines.
fn resources(text: &str) -> Vec<Value> {
    match serde_json::from_str::<Value>(text) {
        Ok(bundle) => bundle["entry"].as_array().unwrap().iter().map(|entry| entry["resource"].clone()).collect(),
        Err(_) => {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            lines.map(|line| serde_json::from_str(line).unwrap()).collect()
        }
    }
}

fn kind(resource: &Value) -> &str {
    resource["resourceType"].as_str().unwrap()
}

fn references(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            into.extend(members.get("reference").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| references(member, into));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, into)),
        _ => {}
    }
}

/// How many belong to no patient and are named by nothing of a patient, by id or by identifier.
fn named_by_nobody(all: &[Value]) -> usize {
    let (shared, mut open): (Vec<&Value>, Vec<&Value>) =
        all.iter().partition(|resource| SHARED.contains(&kind(resource)));
    let mut by_address: BTreeMap<String, usize> = BTreeMap::new();
    for (at, resource) in shared.iter().enumerate() {
        by_address.insert(format!("{}/{}", kind(resource), resource["id"].as_str().unwrap()), at);
        for identifier in resource["identifier"].as_array().into_iter().flatten() {
            let part = |name: &str| identifier[name].as_str().unwrap_or_default().to_owned();
            by_address.insert(format!("{}?identifier={}|{}", kind(resource), part("system"), part("value")), at);
        }
    }
    let mut left: BTreeSet<usize> = (0..shared.len()).collect();
    while let Some(resource) = open.pop() {
        let mut named = Vec::new();
        references(resource, &mut named);
        for at in named.iter().filter_map(|address| by_address.get(address)) {
            if left.remove(at) {
                open.push(shared[*at]);
            }
        }
    }
    left.len()
}

/// Every resource of a type of D1 is in a chart; what is set aside is of a type outside D1, or, among several people,
/// named by nothing of theirs.
fn all_that_can_be_held_is_held(report: &ImportReport, all: &[Value]) {
    let unnamed = if report.people.len() > 1 { named_by_nobody(all) as u64 } else { 0 };
    let others = all.iter().filter(|resource| !HELD.contains(&kind(resource))).count() as u64;
    let mut expected = BTreeMap::from([("unsupported_type", others), ("no_subject", unnamed)]);
    expected.retain(|_, count| *count > 0);
    let reasons: BTreeMap<_, _> = report.set_aside.iter().map(|reason| (reason.reason, reason.count)).collect();
    assert_eq!(reasons, expected);
    assert_eq!((report.read, report.in_chart), (all.len() as u64, all.len() as u64 - others - unnamed));
}

fn adds_up(report: &ImportReport) {
    let set_aside: u64 = report.set_aside.iter().map(|reason| reason.count).sum();
    assert_eq!(report.read, report.in_chart + set_aside);
    assert!(report.skipped.is_empty());
}

fn of_type<'a>(all: &'a [Value], resource_type: &str) -> impl Iterator<Item = &'a Value> {
    all.iter().filter(move |resource| kind(resource) == resource_type)
}

/// A list of the record, by the FHIR type of its entries.
fn listed(phone: &Phone, person: &PersonId, resource_type: &str) -> u64 {
    let app = phone.app();
    match (resource_type, EntryKind::of_type(resource_type)) {
        ("Observation", _) => phone.results(person).total,
        (_, Some(kind)) => app.entries(person, kind, Window::ALL).unwrap().total,
        _ => panic!("{resource_type} has no list"),
    }
}

/// Proves D1, D7: Bundles of six people's whole lives: each lands as one person, every resource of a type of D1 is in
/// the chart and in its list, and every result shows a value or says why there is none.
#[test]
fn bundles_of_whole_lives() {
    let Some(folder) = samples("synthea-2019") else { return };
    let plain = tempfile::tempdir().unwrap();
    unpack(&folder, plain.path());
    let phone = Phone::alone();
    let mut names = BTreeSet::new();
    for file in plainchart_tests::disk::files(plain.path()) {
        let all = resources(&fs::read_to_string(&file).unwrap());
        let report = phone.import(&file).unwrap();
        adds_up(&report);
        all_that_can_be_held_is_held(&report, &all);
        assert_eq!(report.people.len(), 1);
        let person = PersonId::try_from(report.people[0].id.clone()).unwrap();
        for resource_type in ["Observation", "Condition", "Encounter", "Immunization", "Procedure", "CarePlan", "Goal"]
        {
            let count = of_type(&all, resource_type).count() as u64;
            assert_eq!(listed(&phone, &person, resource_type), count, "{resource_type}");
        }
        let shown = phone.results(&person).items;
        assert!(
            shown.iter().all(|result| result.value.is_some() || !result.parts.is_empty() || result.absent.is_some())
        );
        names.insert(report.people[0].name.clone().unwrap());
    }
    assert_eq!(names.len(), 6);
    assert_eq!(phone.app().people().unwrap().len(), 6);
}

/// Proves D1, D2, D7, G4: a bulk download of thirteen people: everything of theirs lands with them, their notes are
/// readable, with their words explained.
#[test]
fn a_bulk_download_with_notes() {
    let Some(folder) = samples("synthea-notes") else { return };
    let plain = tempfile::tempdir().unwrap();
    unpack(&folder, plain.path());
    let text: String = plainchart_tests::disk::files(plain.path())
        .iter()
        .filter(|file| file.file_name().is_some_and(|name| name != "log.ndjson"))
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    let all = resources(&text);
    let phone = Phone::alone();
    let report = phone.import(plain.path()).unwrap();
    // The download's own log is no record.
    assert!(report.skipped.iter().all(|skipped| skipped.starts_with("log.ndjson")), "{:?}", report.skipped);
    all_that_can_be_held_is_held(&report, &all);
    assert_eq!(report.people.len(), of_type(&all, "Patient").count());
    let (mut notes, mut marks) = (0, 0);
    let mut totals: BTreeMap<&str, u64> = BTreeMap::new();
    for person in &report.people {
        let person = PersonId::try_from(person.id.clone()).unwrap();
        let listing = phone.app().notes(&person, Window::ALL).unwrap();
        notes += listing.total;
        for note in listing.items.iter().take(3) {
            let note = phone.app().read_note(&person, &note.id).unwrap();
            assert!(!note.sections.is_empty(), "{:?}", note.remarks);
            marks += note.marks.len();
        }
        for resource_type in ["AllergyIntolerance", "Condition", "Device", "Encounter", "Immunization", "Procedure"] {
            *totals.entry(resource_type).or_default() += listed(&phone, &person, resource_type);
        }
    }
    assert_eq!(notes, of_type(&all, "DocumentReference").count() as u64);
    assert!(marks > 50, "{marks} words explained in some thirty notes");
    for (resource_type, total) in totals {
        assert_eq!(total, of_type(&all, resource_type).count() as u64, "{resource_type}");
    }
}
