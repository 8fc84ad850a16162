//! The made-up people: every file loads, and every case that `people/CASES.md` lists is really there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use plainchart_sandbox::{PeopleSet, Sandbox, SandboxOptions};
use serde_json::Value;

use crate::client::*;

const FOLDERS: [&str; 2] = ["people", "people-second"];

/// Both hospitals, in the order of `FOLDERS`.
fn hospitals() -> &'static [Sandbox; 2] {
    static HOSPITALS: OnceLock<[Sandbox; 2]> = OnceLock::new();
    HOSPITALS.get_or_init(|| {
        FOLDERS.map(|folder| {
            let people = PeopleSet::Folder(root().join(folder));
            Sandbox::start_blocking(SandboxOptions { people, ..SandboxOptions::http() }).unwrap()
        })
    })
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A row of the table.
struct Case {
    line: usize,
    hospital: &'static Sandbox,
    login: String,
    resource: String,
    requirement: String,
    conditions: Vec<String>,
}

fn cases() -> Vec<Case> {
    let text = fs::read_to_string(root().join("people/CASES.md")).unwrap();
    let table = text.lines().enumerate().skip_while(|(_, line)| !line.starts_with("|---")).skip(1);
    table.map(|(index, line)| case(index + 1, line)).collect()
}

fn case(line: usize, text: &str) -> Case {
    let row = text.replace("\\|", "\u{1}");
    let cells: Vec<String> = row.split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect();
    let [_, person, resource, _, requirement, shown_by, _] = cells.as_slice() else { panic!("line {line}: {text}") };
    let (login, hospital) = match person.strip_suffix("@cedar-ridge") {
        Some(login) => (login, &hospitals()[1]),
        None => (person.as_str(), &hospitals()[0]),
    };
    let mut conditions: Vec<String> = Vec::new();
    for part in shown_by.trim_matches('`').split("; ") {
        // A media type has "; " inside.
        match conditions.last_mut() {
            Some(last) if !part.starts_with(['/', '!']) => *last = format!("{last}; {part}"),
            _ => conditions.push(part.to_owned()),
        }
    }
    let (login, resource, requirement) = (login.to_owned(), resource.clone(), requirement.clone());
    Case { line, hospital, login, resource, requirement, conditions }
}

fn holds(resource: &Value, condition: &str) -> bool {
    let said = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if let Some(path) = condition.strip_prefix('!') {
        return resource.pointer(path).is_none();
    }
    match condition.split_once('=') {
        Some((path, wanted)) => resource.pointer(path).is_some_and(|value| said(value) == wanted),
        None => resource.pointer(condition).is_some(),
    }
}

/// Proves T1: each row of the table names a resource of that person which is as the row says, served over the wire.
#[test]
fn every_case_of_the_table_is_there() {
    let mut tokens: BTreeMap<(String, String), String> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in cases() {
        let key = (case.hospital.base(), case.login.clone());
        let token = tokens.entry(key).or_insert_with(|| token_for(case.hospital, &case.login));
        let (resource_type, id) = case.resource.split_once('/').unwrap();
        let own = case.hospital.logins().into_iter().find(|login| login.login == case.login).unwrap().patient;
        if case.conditions == ["gone"] {
            if fhir(case.hospital, token, &format!("/{}", case.resource)).status != 410 {
                wrong.push(format!("line {}: not gone", case.line));
            }
            continue;
        }
        let Some(text) = case.hospital.store().get(resource_type, id) else {
            wrong.push(format!("line {}: {} is not there", case.line, case.resource));
            continue;
        };
        if resource_type != "RelatedPerson"
            && !text.contains(&format!("\"{own}\""))
            && !text.contains(&format!("Patient/{own}\""))
            && resource_type != "Provenance"
        {
            wrong.push(format!("line {}: {} is not {}'s", case.line, case.resource, case.login));
        }
        let resource: Value = serde_json::from_str(&text).unwrap();
        for condition in case.conditions.iter().filter(|condition| !holds(&resource, condition)) {
            wrong.push(format!("line {}: {} has no {condition}", case.line, case.resource));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// Proves T1: no case stands twice, and each names a requirement.
#[test]
fn the_table_is_a_map() {
    let mut seen = BTreeSet::new();
    for case in cases() {
        assert!(seen.insert((case.resource.clone(), case.conditions.join("; "))), "line {}: twice", case.line);
        let id = case.requirement.as_bytes();
        assert!(id.len() > 1 && id[0].is_ascii_uppercase() && id[1..].iter().all(u8::is_ascii_digit), "{}", case.line);
    }
    assert!(seen.len() > 200);
}

/// Every file below a folder that is a note with its headers beside it: name and bytes.
fn files_with_heads(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_with_heads(&path, found);
        } else if fs::metadata(format!("{}.head", path.display())).is_ok() {
            found.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
}

/// Proves T1, N5: audio, images, PDF, RTF and C-CDA are served byte for byte, and none is larger than a phone likes.
#[test]
fn files_that_are_no_text_are_served_byte_for_byte() {
    let mut kinds = BTreeSet::new();
    for (folder, hospital) in FOLDERS.iter().zip(hospitals()) {
        let mut files = Vec::new();
        files_with_heads(&root().join(folder), &mut files);
        let store = hospital.store();
        let data = |id: &String| {
            let binary: Value = serde_json::from_str(&store.get("Binary", id).unwrap()).unwrap();
            BASE64_STANDARD.decode(binary["data"].as_str().unwrap()).unwrap()
        };
        let served: BTreeSet<Vec<u8>> = store.all_ids("Binary").iter().map(data).collect();
        for (path, bytes) in files {
            assert!(served.contains(&bytes), "{}", path.display());
            assert!(bytes.len() < 60_000, "{}", path.display());
            kinds.insert(path.extension().unwrap().to_string_lossy().into_owned());
        }
    }
    for kind in ["rtf", "pdf", "ccda", "xml", "wav", "png", "jpg"] {
        assert!(kinds.contains(kind), "{kind}");
    }
}

/// Proves T1, D2: all ten US Core note types are there, and references within a chart lead somewhere unless a case
/// says that they do not.
#[test]
fn all_note_types_are_there_and_references_lead_somewhere() {
    let mut types = BTreeSet::new();
    for hospital in hospitals() {
        let store = hospital.store();
        let is_there = |reference: &str| {
            let (resource_type, id) = reference.split_once('/').unwrap_or_default();
            store.get(resource_type, id).is_some()
        };
        for resource_type in store.types() {
            for id in store.all_ids(&resource_type) {
                let resource: Value = serde_json::from_str(&store.get(&resource_type, &id).unwrap()).unwrap();
                if ["DocumentReference", "DiagnosticReport"].contains(&resource_type.as_str()) {
                    let code = resource.pointer("/type/coding/0/code").or(resource.pointer("/code/coding/0/code"));
                    types.extend(code.and_then(Value::as_str).map(str::to_owned));
                }
                let mut references = Vec::new();
                collect_references(&resource, &mut references);
                for reference in references {
                    let odd =
                        reference.starts_with(['#', 'u']) || reference.contains('?') || reference.ends_with("gone");
                    // Withdrawn, and a file that a case says is missing, are not in the store either.
                    let known = odd || reference.ends_with("7310-24") || reference.ends_with("7310-26-file");
                    assert!(known || is_there(&reference), "{resource_type}/{id} refers to {reference}");
                }
            }
        }
    }
    for code in
        ["11488-4", "18842-5", "34117-2", "28570-0", "11506-3", "18748-4", "11502-2", "11526-1", "11504-8", "34111-5"]
    {
        assert!(types.contains(code), "{code}");
    }
}

/// `reference` members, and attachment URLs of this hospital.
fn collect_references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(text) if name == "reference" || (name == "url" && text.starts_with("Binary/")) => {
                        found.push(text.to_owned());
                    }
                    _ => collect_references(member, found),
                }
            }
        }
        _ => {}
    }
}
