//! A downloaded record is opened: every resource ends in a chart or set aside, and the counts add up.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use plainchart::{CancelToken, EntryKind, ImportReport, PersonId, PlainchartError, Quiet, Reader, Window};
use plainchart_tests::phone::Phone;
use plainchart_tests::{chart, hospital};

fn record(name: &str) -> PathBuf {
    hospital::fixtures().join("records").join(name)
}

/// Imports, and checks the one thing that always holds.
fn import(phone: &Phone, name: &str) -> ImportReport {
    let report = phone.import(&record(name)).unwrap();
    adds_up(&report);
    report
}

fn adds_up(report: &ImportReport) {
    let set_aside: u64 = report.set_aside.iter().map(|reason| reason.count).sum();
    assert_eq!(report.read, report.in_chart + set_aside, "{report:?}");
}

fn reasons(report: &ImportReport) -> BTreeMap<&str, u64> {
    report.set_aside.iter().map(|reason| (reason.reason, reason.count)).collect()
}

fn only_person(phone: &Phone) -> PersonId {
    let people = phone.app().people().unwrap();
    assert_eq!(people.len(), 1);
    PersonId::try_from(people[0].id.clone()).unwrap()
}

/// Proves D1, D2, D7, D8: a collection with a note's text beside it, a health problem and a practitioner: all land, as
/// they came.
#[test]
fn a_collection() {
    let mut phone = Phone::alone();
    let report = import(&phone, "collection.json");
    assert_eq!((report.read, report.in_chart), (8, 8));
    assert_eq!(reasons(&report), BTreeMap::new());
    let person = only_person(&phone);
    let view = phone.app().person(&person).unwrap();
    assert_eq!((view.name.as_deref(), view.birth_date.as_deref()), (Some("Teodor Hallmoor"), Some("1952-07-08")));
    assert_eq!(view.reader, Reader::File, "nobody said whose it is");
    assert!(view.charts.iter().all(|chart| chart.from_file));
    assert_eq!((phone.notes(&person).total, phone.results(&person).total), (2, 2));
    let inline = phone.read(&person, "Brackenfold");
    assert!(inline.marks.len() >= 2);
    let beside = phone.read(&person, "Harrowmead");
    assert!(!beside.sections.is_empty() && beside.remarks.is_empty());
    let contents = chart::contents(&mut phone, &person);
    let conditions = phone.app().entries(&person, EntryKind::Conditions, Window::ALL).unwrap();
    assert_eq!(conditions.items.iter().map(|entry| entry.title.as_str()).collect::<Vec<_>>(), ["High blood pressure"]);
    assert!(contents.resources.contains_key("Practitioner/p-1") && contents.set_aside.is_empty());
    let file = std::fs::read_to_string(record("collection.json")).unwrap();
    for kept in contents.resources.values() {
        assert!(file.contains(&kept.raw), "kept byte for byte");
    }
}

/// Proves D7: a searchset: the server's remark is no record, and the chart knows its server.
#[test]
fn a_searchset() {
    let phone = Phone::alone();
    let report = import(&phone, "searchset.json");
    assert_eq!((report.read, report.in_chart), (4, 3));
    assert_eq!(reasons(&report), BTreeMap::from([("operation_outcome", 1)]));
    let person = only_person(&phone);
    assert_eq!((phone.notes(&person).total, phone.results(&person).total), (1, 1));
}

/// Proves D2, D7: a transaction whose resources know each other by `urn:uuid:` only, a note's text among them.
#[test]
fn a_transaction() {
    let phone = Phone::alone();
    let report = import(&phone, "transaction.json");
    assert_eq!((report.read, report.in_chart), (6, 6), "{:?}", reasons(&report));
    let person = only_person(&phone);
    assert_eq!(phone.app().person(&person).unwrap().name.as_deref(), Some("Anselm Thornbury"));
    assert_eq!(phone.app().entries(&person, EntryKind::Immunizations, Window::ALL).unwrap().total, 1);
    assert_eq!((phone.notes(&person).total, phone.results(&person).total), (2, 1));
    assert!(phone.find(&person, "likely viral").is_some());
    assert!(phone.find(&person, "No acute disease").is_some());
}

/// Proves P1, A8: several people in one file become several people, and nobody reads the other's.
#[test]
fn several_people_in_one_file() {
    let phone = Phone::alone();
    let report = import(&phone, "several.json");
    assert_eq!((report.people.len(), report.in_chart), (3, 8));
    assert_eq!(reasons(&report), BTreeMap::from([("no_subject", 1)]));
    let results = |name: &str| phone.results(&phone.app().find_person(name).unwrap()).total;
    assert_eq!((results("ottoline"), results("percival"), results("rosalind")), (1, 2, 1));
    let percival = phone.app().find_person("Percival Wickmere").unwrap();
    assert_eq!(phone.notes(&percival).total, 1);
    assert_eq!(phone.app().find_person("wickmere").unwrap_err(), PlainchartError::InvalidInput { field: "person" });
    assert!(phone.app().person(&percival).unwrap().charts.len() == 1);
}

/// Proves D7: the same twice, an older version, no subject, a remark, a kind that nobody knows: each its reason, and
/// what can be kept of it is kept as it came; the newer version is what is shown.
#[test]
fn everything_has_its_reason() {
    let mut phone = Phone::alone();
    let report = import(&phone, "mixed.json");
    let reasons = reasons(&report);
    assert_eq!(report.in_chart, 3, "the patient, the result and the goal: {reasons:?}");
    for (reason, count) in
        [("duplicate", 1), ("older_version", 1), ("no_subject", 1), ("operation_outcome", 1), ("unsupported_type", 1)]
    {
        assert_eq!(reasons.get(reason), Some(&count), "{reasons:?}");
    }
    assert_eq!(report.read, 9, "an entry without a resource is none");
    let person = only_person(&phone);
    let values: Vec<_> = phone.results(&person).items.into_iter().filter_map(|result| result.value).collect();
    assert_eq!(values, ["9.5"]);
    let contents = chart::contents(&mut phone, &person);
    let aside: Vec<&str> = contents.set_aside.values().map(|kept| kept.raw.as_str()).collect();
    assert!(aside.iter().any(|raw| raw.contains("Frobnication")), "kept sealed for when it is known");
    let file = std::fs::read_to_string(record("mixed.json")).unwrap();
    assert!(aside.iter().all(|raw| file.contains(raw)), "kept byte for byte");
}

/// Proves D7: a folder of NDJSON with junk in it: the junk is skipped and named, the record is whole.
#[test]
fn a_folder_with_junk() {
    let phone = Phone::alone();
    let report = import(&phone, "folder");
    assert_eq!(report.people.len(), 2);
    assert_eq!((report.read, report.in_chart), (9, 7));
    assert_eq!(reasons(&report), BTreeMap::from([("no_subject", 1), ("unreadable", 1)]));
    let skipped = report.skipped.join("; ");
    for junk in ["readme.txt", "empty.json", "picture.png", "Observation.ndjson, line 5", "Observation.ndjson, line 6"]
    {
        assert!(skipped.contains(junk), "{junk}: {skipped}");
    }
    assert_eq!(report.skipped.len(), 5, "{skipped}");
    let hector = phone.app().find_person("hector").unwrap();
    assert!(phone.find(&hector, "unremarkable").is_some(), "the text came from another file of the folder");
}

/// Proves V4, D7: a download that was cut short: what is whole lands, the rest is one unreadable piece.
#[test]
fn a_download_that_was_cut_short() {
    let phone = Phone::alone();
    let report = import(&phone, "truncated.json");
    assert_eq!(report.in_chart, 3);
    assert_eq!(reasons(&report), BTreeMap::from([("unreadable", 1)]));
    let person = only_person(&phone);
    assert!(phone.find(&person, "Whole note before the cut.").is_some());
    assert!(phone.find(&person, "cut in the middle").is_none());
}

/// Proves D7: opening the same again changes nothing; opening newer content adds to the same person.
#[test]
fn opening_the_same_again() {
    let mut phone = Phone::alone();
    let first = import(&phone, "collection.json");
    let person = only_person(&phone);
    let before = chart::contents(&mut phone, &person);
    let again = import(&phone, "collection.json");
    assert_eq!((again.read, again.in_chart, again.set_aside), (first.read, first.in_chart, first.set_aside));
    assert_eq!(only_person(&phone), person);
    let after = chart::contents(&mut phone, &person);
    assert!(
        before.resources == after.resources && before.bodies == after.bodies && before.set_aside == after.set_aside
    );
}

/// Proves P1: a file without a Patient lands with the person the reader names, and nowhere without a name.
#[test]
fn a_file_without_a_patient() {
    let phone = Phone::alone();
    let nobody = import(&phone, "single-observation.json");
    assert_eq!((nobody.in_chart, reasons(&nobody)), (0, BTreeMap::from([("no_subject", 1)])));
    assert_eq!(phone.app().people().unwrap(), []);
    import(&phone, "collection.json");
    let person = only_person(&phone);
    let before = phone.results(&person).total;
    let path = record("single-observation.json");
    let report = phone.app().import(&path, Some(&person), Arc::new(Quiet), &CancelToken::new()).unwrap();
    adds_up(&report);
    assert_eq!(report.in_chart, 1, "everything in it is this person");
    assert_eq!(phone.results(&person).total, before + 1);
}

/// Proves P1: a Patient alone becomes a person with empty lists; a second Patient of the same id and another name is
/// another person.
#[test]
fn a_patient_alone() {
    let phone = Phone::alone();
    import(&phone, "single-patient.json");
    let person = only_person(&phone);
    assert_eq!((phone.notes(&person).total, phone.results(&person).total), (0, 0));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p.json");
    let text = std::fs::read_to_string(record("single-patient.json")).unwrap();
    std::fs::write(&file, text.replace("Bertram", "Barnaby")).unwrap();
    phone.import(&file).unwrap();
    assert_eq!(phone.app().people().unwrap().len(), 2, "an id of a file is not an identity");
}

/// Proves P6: an import leaves its line in the log of each person it touched.
#[test]
fn an_import_leaves_its_line() {
    let phone = Phone::alone();
    import(&phone, "several.json");
    for name in ["ottoline", "percival", "rosalind"] {
        let person = phone.app().find_person(name).unwrap();
        let log = phone.app().access_log(&person).unwrap();
        assert!(log.iter().any(|entry| entry.line.act == plainchart::Act::Imported), "{name}");
    }
}

/// Proves D9, A9: a file that claims to come from a connected hospital does not change what the hospital sent.
#[test]
fn a_file_does_not_speak_for_a_hospital() {
    let fernway = hospital::small();
    let mut phone = Phone::for_hospital(&fernway);
    let nora = phone.connect(&fernway, "nora", "", plainchart::Relation::Own);
    phone.sync(&nora).unwrap();
    let base = fernway.base();
    let note = hospital::note_titled(&fernway, hospital::NORA, "Telephone call");
    let mut forged = hospital::note(&note, hospital::NORA, "Forged by a file.");
    forged["meta"] = serde_json::json!({"lastUpdated": "2099-01-01T00:00:00Z", "versionId": "99"});
    let patient = serde_json::json!({
        "resourceType": "Patient", "id": hospital::NORA, "name": [{"family": "Somebody", "given": ["Else"]}],
        "meta": {"lastUpdated": "2099-01-01T00:00:00Z"}
    });
    let bundle = serde_json::json!({"resourceType": "Bundle", "type": "collection", "entry": [
        {"fullUrl": format!("{base}/Patient/{}", hospital::NORA), "resource": patient},
        {"fullUrl": format!("{base}/DocumentReference/{note}"), "resource": forged},
    ]});
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("forged.json");
    std::fs::write(&file, bundle.to_string()).unwrap();
    phone.import(&file).unwrap();
    assert_eq!(phone.app().person(&nora).unwrap().name.as_deref(), Some("Nora Jane Fennimarsh"));
    let shown = phone.find(&nora, "Forged by a file.");
    assert!(shown.is_none_or(|note| note.summary.source != "Fernway Clinic"), "a file's words under a hospital's name");
    assert!(phone.find(&nora, "will recheck").is_some(), "and the hospital's own note is gone");
    phone.sync_full(&nora).unwrap();
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
}

/// Proves D5: an import can be stopped, and goes on when it is started again.
#[test]
fn an_import_can_be_stopped() {
    let phone = Phone::alone();
    let cancel = CancelToken::new();
    cancel.cancel();
    let stopped = phone.app().import(&record("folder"), None, Arc::new(Quiet), &cancel);
    assert_eq!(stopped.unwrap_err(), PlainchartError::Cancelled);
    assert_eq!(import(&phone, "folder").in_chart, 7);
}
