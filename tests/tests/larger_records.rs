//! Larger made-up records from elsewhere, when they are there: `PLAINCHART_FHIR_SAMPLES`, else `../shared/fhir` beside
//! the repository. They are no part of it; without them these tests say so and end.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use plainchart::{ImportReport, PersonId, Window};
use plainchart_tests::phone::Phone;

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

fn adds_up(report: &ImportReport) {
    let set_aside: u64 = report.set_aside.iter().map(|reason| reason.count).sum();
    assert_eq!(report.read, report.in_chart + set_aside);
    assert!(report.skipped.is_empty());
}

/// Resources of a type in a text of JSON, counted without reading it as FHIR.
fn counted(text: &str, resource_type: &str) -> u64 {
    let (tight, spaced) =
        (format!(r#""resourceType":"{resource_type}""#), format!(r#""resourceType": "{resource_type}""#));
    (text.matches(&tight).count() + text.matches(&spaced).count()) as u64
}

/// Proves D7: transaction Bundles of six people: each lands as one person, every entry is counted, results are read.
#[test]
fn bundles_of_whole_lives() {
    let Some(folder) = samples("synthea-2019") else { return };
    let plain = tempfile::tempdir().unwrap();
    unpack(&folder, plain.path());
    let phone = Phone::alone();
    let mut names = BTreeSet::new();
    for file in plainchart_tests::disk::files(plain.path()) {
        let text = fs::read_to_string(&file).unwrap();
        let entries = text.matches("\"fullUrl\"").count() as u64;
        let report = phone.import(&file).unwrap();
        adds_up(&report);
        assert_eq!(report.read, entries, "every entry is a resource");
        assert_eq!(report.people.len(), 1);
        let expected = counted(&text, "Observation") + 1;
        assert_eq!(report.in_chart, expected, "the patient and every observation");
        assert!(report.set_aside.iter().all(|reason| reason.reason == "unsupported_type"), "{:?}", report.set_aside);
        let person = PersonId::try_from(report.people[0].id.clone()).unwrap();
        assert_eq!(phone.app().results(&person, Window::default()).unwrap().total, expected - 1);
        let shown = phone.app().results(&person, Window { offset: 0, limit: 50 }).unwrap().items;
        assert!(
            shown.iter().all(|result| result.value.is_some() || !result.parts.is_empty() || result.absent.is_some())
        );
        names.insert(report.people[0].name.clone().unwrap());
    }
    assert_eq!(names.len(), 6);
    assert_eq!(phone.app().people().unwrap().len(), 6);
}

/// Proves D2, D7, G4: a bulk download of thirteen people: their notes are readable, with their words explained.
#[test]
fn a_bulk_download_with_notes() {
    let Some(folder) = samples("synthea-notes") else { return };
    let plain = tempfile::tempdir().unwrap();
    unpack(&folder, plain.path());
    let all: String = plainchart_tests::disk::files(plain.path())
        .iter()
        .filter(|file| file.file_name().is_some_and(|name| name != "log.ndjson"))
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    let phone = Phone::alone();
    let report = phone.import(plain.path()).unwrap();
    let set_aside: u64 = report.set_aside.iter().map(|reason| reason.count).sum();
    assert_eq!(report.read, report.in_chart + set_aside);
    assert_eq!(report.read, all.lines().filter(|line| !line.trim().is_empty()).count() as u64);
    assert_eq!(report.people.len() as u64, counted(&all, "Patient"));
    let documents = counted(&all, "DocumentReference");
    assert_eq!(report.in_chart, documents + report.people.len() as u64);
    let (mut notes, mut marks) = (0, 0);
    for person in &report.people {
        let person = PersonId::try_from(person.id.clone()).unwrap();
        let listing = phone.app().notes(&person, Window::ALL).unwrap();
        notes += listing.total;
        for note in listing.items.iter().take(3) {
            let note = phone.app().read_note(&person, &note.id).unwrap();
            assert!(!note.sections.is_empty(), "{:?}", note.remarks);
            marks += note.marks.len();
        }
    }
    assert_eq!(notes, documents);
    assert!(marks > 50, "{marks} words explained in some thirty notes");
}
