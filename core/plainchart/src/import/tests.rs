//! Made-up people in made-up files: each resource lands with its own person, and with nobody else.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plainchart_access::Classes;
use plainchart_vault::MemoryKeystore;
use serde_json::{Value, json};

use super::*;
use crate::clock::FrozenClock;
use crate::reading::{FILE_BASE, Window};
use crate::session::Configuration;
use crate::store::ChartScope;
use crate::stored::tree;
use crate::sync::Quiet;

const X: &str = "https://x.example/fhir";
const Y: &str = "https://y.example/fhir";

struct Phone {
    session: Session,
    folder: tempfile::TempDir,
}

impl Phone {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let configuration = Configuration { folder: folder.path().join("store"), ..Configuration::default() };
        let clock = Arc::new(FrozenClock::at(1_795_000_000_000));
        let session = Session::open(&configuration, Arc::new(MemoryKeystore::new()), clock).unwrap();
        Self { session, folder }
    }

    /// Imports files of these names and texts as one folder.
    fn import_as(&self, files: &[(&str, String)], person: Option<&PersonId>) -> Result<ImportReport, PlainchartError> {
        let folder = self.folder.path().join("files");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).unwrap();
        for (name, text) in files {
            std::fs::write(folder.join(name), text).unwrap();
        }
        let quiet: Arc<dyn ProgressListener> = Arc::new(Quiet);
        let report = self.session.import(&folder, person, &quiet, &CancelToken::new())?;
        let set_aside: u64 = report.set_aside.iter().map(|reason| reason.count).sum();
        assert_eq!(report.read, report.in_chart + set_aside, "{report:?}");
        Ok(report)
    }

    fn import(&self, files: &[(&str, String)]) -> ImportReport {
        self.import_as(files, None).unwrap()
    }

    fn person(&self, name: &str) -> PersonId {
        let people = self.session.people().unwrap();
        let mut named = people.into_iter().filter(|person| person.name.as_deref() == Some(name));
        let id = named.next().unwrap().id;
        assert!(named.next().is_none(), "several of that name");
        PersonId::try_from(id).unwrap()
    }

    fn results(&self, name: &str) -> Vec<String> {
        let results = self.session.results(&self.person(name), Window::ALL).unwrap();
        let mut values: Vec<String> = results.items.into_iter().filter_map(|result| result.value).collect();
        values.sort();
        values
    }

    fn charts(&self, name: &str) -> Vec<plainchart_access::Chart> {
        self.session.charts_of(&self.person(name)).unwrap()
    }

    /// What a person's charts hold that belongs to no patient.
    fn shared(&self, name: &str) -> Vec<String> {
        let keys = self.keys(name, tree::RESOURCES).into_iter();
        keys.filter(|key| !key.starts_with("Observation/") && !key.starts_with("Patient/")).collect()
    }

    fn keys(&self, name: &str, number: u8) -> Vec<String> {
        let mut names = Vec::new();
        for chart in self.charts(name) {
            let scope = ChartScope::of(&chart.facts.chart);
            let visit = &mut |_: &[u8], row: plainchart_vault::Row| {
                names.push(String::from_utf8(row.id.clone()).unwrap());
                Ok(())
            };
            self.session.store.for_each_row(&scope, Classes::NONE, number, visit).unwrap();
        }
        names.sort();
        names
    }

    /// The bytes of a person's bodies, by name.
    fn bodies(&self, name: &str) -> BTreeMap<String, String> {
        let mut bodies = BTreeMap::new();
        for chart in self.charts(name) {
            let scope = ChartScope::of(&chart.facts.chart);
            for name in (0..3).flat_map(|id| (0..2).map(move |index| format!("DocumentReference/d{id}#{index}"))) {
                if let Some(bytes) = self.session.store.value(&scope, Classes::NONE, tree::BODIES, &name).unwrap() {
                    let text = bytes.splitn(2, |byte| *byte == b'\n').nth(1).unwrap();
                    bodies.insert(name, String::from_utf8(text.to_vec()).unwrap());
                }
            }
        }
        bodies
    }
}

fn reasons(report: &ImportReport) -> Vec<(&str, u64)> {
    report.set_aside.iter().map(|reason| (reason.reason, reason.count)).collect()
}

fn patient(id: &str, name: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "name": [{"text": name}], "birthDate": "1950-02-03"})
}

fn result(id: &str, subject: &str, value: u32) -> Value {
    json!({"resourceType": "Observation", "id": id, "status": "final", "code": {"text": "Zinc"},
        "subject": {"reference": subject}, "valueInteger": value})
}

fn note(id: &str, subject: &str, urls: &[&str]) -> Value {
    let content: Vec<Value> =
        urls.iter().map(|url| json!({"attachment": {"contentType": "text/plain", "url": url}})).collect();
    json!({"resourceType": "DocumentReference", "id": id, "status": "current",
        "subject": {"reference": subject}, "content": content})
}

fn text(id: &str, words: &str) -> Value {
    json!({"resourceType": "Binary", "id": id, "contentType": "text/plain", "data": STANDARD.encode(words)})
}

/// A Bundle whose entries stand at these addresses; an empty one is none.
fn bundle(entries: &[(String, Value)]) -> String {
    let entry = |(url, resource): &(String, Value)| match url.is_empty() {
        true => json!({"resource": resource}),
        false => json!({"fullUrl": url, "resource": resource}),
    };
    let entries: Vec<Value> = entries.iter().map(entry).collect();
    json!({"resourceType": "Bundle", "type": "collection", "entry": entries}).to_string()
}

/// A Bundle from a server.
fn from_server(base: &str, resources: &[Value]) -> String {
    let at = |resource: &Value| {
        let (kind, id) = (resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap());
        (format!("{base}/{kind}/{id}"), resource.clone())
    };
    bundle(&resources.iter().map(at).collect::<Vec<_>>())
}

/// A Bundle whose entries have no address.
fn plain(resources: &[Value]) -> String {
    bundle(&resources.iter().map(|resource| (String::new(), resource.clone())).collect::<Vec<_>>())
}

fn lines(resources: &[Value]) -> String {
    resources.iter().map(|resource| format!("{resource}\n")).collect()
}

/// Proves A9, D2: two people whose notes name `Binary/b` each get their own text, with and without addresses; a Binary
/// that two of one file name is nobody's.
#[test]
fn a_body_is_its_own_documents() {
    let record =
        |name: &str, words: &str| [patient("1", name), note("d1", "Patient/1", &["Binary/b"]), text("b", words)];
    let (ann, bea) = (record("Ann Oakhill", "about Ann"), record("Bea Fernley", "about Bea"));
    for files in [
        [("a.json", plain(&ann)), ("b.json", plain(&bea))],
        [("a.json", from_server(X, &ann)), ("b.json", from_server(Y, &bea))],
        [("a.json", from_server(X, &ann)), ("b.json", from_server(X, &bea))],
        [("a.json", from_server(X, &ann)), ("b.json", plain(&bea))],
    ] {
        let phone = Phone::new();
        assert_eq!(phone.import(&files).in_chart, 6);
        for (name, words) in [("Ann Oakhill", "about Ann"), ("Bea Fernley", "about Bea")] {
            assert_eq!(phone.bodies(name).into_values().collect::<Vec<_>>(), [words]);
        }
    }
    let phone = Phone::new();
    let both = [
        patient("1", "Ann Oakhill"),
        patient("2", "Bea Fernley"),
        note("d1", "Patient/1", &["Binary/b"]),
        note("d2", "Patient/2", &["Binary/b"]),
        text("b", "whose?"),
    ];
    assert_eq!(reasons(&phone.import(&[("a.json", plain(&both))])), [("no_subject", 1)]);
    assert!(phone.bodies("Ann Oakhill").is_empty() && phone.bodies("Bea Fernley").is_empty());
}

/// Proves A9: a Binary without an address in one person's file is not the body that another file's note names; in a
/// file of Binaries alone it is.
#[test]
fn a_body_of_another_file() {
    let ann = plain(&[patient("1", "Ann Oakhill"), note("d1", "Patient/1", &["Binary/b"])]);
    let bea = plain(&[patient("2", "Bea Fernley"), text("b", "about Bea")]);
    let phone = Phone::new();
    assert_eq!(reasons(&phone.import(&[("a.json", ann.clone()), ("b.json", bea)])), [("no_subject", 1)]);
    let phone = Phone::new();
    phone.import(&[("a.json", ann), ("b.ndjson", lines(&[text("b", "about Ann")]))]);
    assert_eq!(phone.bodies("Ann Oakhill").len(), 1);
}

/// Proves D2: one Binary is the body of every document that names it, and of a landed document only.
#[test]
fn a_body_of_several_documents() {
    let phone = Phone::new();
    let mut old = note("d2", "Patient/1", &["Binary/c"]);
    old["meta"] = json!({"lastUpdated": "2020-01-01T00:00:00Z"});
    let mut new = note("d2", "Patient/1", &["Binary/b"]);
    new["meta"] = json!({"lastUpdated": "2021-01-01T00:00:00Z"});
    let file = plain(&[
        patient("1", "Ann Oakhill"),
        note("d1", "Patient/1", &["Binary/b", "Binary/b"]),
        new,
        old,
        text("c", "the old version's"),
        text("b", "both"),
        text("b", "both, again"),
    ]);
    let report = phone.import(&[("a.json", file)]);
    assert_eq!(reasons(&report), [("no_subject", 1), ("duplicate", 1), ("older_version", 1)]);
    let bodies = phone.bodies("Ann Oakhill");
    assert_eq!(bodies.len(), 3);
    assert!(bodies.values().all(|body| body == "both"), "{bodies:?}");
}

/// Proves A9: `Patient/1` on one server's entry is never the `Patient/1` of another server or file.
#[test]
fn a_subject_is_of_the_entrys_own_server() {
    let phone = Phone::new();
    let report = phone.import(&[
        ("x.json", from_server(X, &[patient("1", "Ann Oakhill"), result("9", "Patient/1", 7)])),
        ("y.json", from_server(Y, &[result("9", "Patient/1", 8), result("10", &format!("{X}/Patient/1"), 9)])),
    ]);
    assert_eq!(reasons(&report), [("no_subject", 1)]);
    assert_eq!(phone.results("Ann Oakhill"), ["7", "9"]);
}

/// Proves A9: without an address the Patient of the same file is meant; in a file that has none, the only one.
#[test]
fn a_subject_is_of_its_own_file() {
    let phone = Phone::new();
    let report = phone.import(&[
        ("a.json", plain(&[patient("1", "Ann Oakhill"), result("a", "Patient/1", 1)])),
        ("b.json", plain(&[patient("1", "Bea Fernley"), result("b", "Patient/1", 2)])),
        ("c.json", plain(&[patient("3", "Cara Holt")])),
        ("d.ndjson", lines(&[result("c", "Patient/1", 3), result("d", "Patient/3", 4)])),
    ]);
    assert_eq!(reasons(&report), [("no_subject", 1)]);
    assert_eq!(phone.results("Ann Oakhill"), ["1"]);
    assert_eq!(phone.results("Bea Fernley"), ["2"]);
    assert_eq!(phone.results("Cara Holt"), ["4"]);
}

/// Proves P1: importing into a person never takes a chart from another, and never puts two people into one.
#[test]
fn a_named_person_takes_nobodys_chart() {
    let phone = Phone::new();
    let ann = [("a.json", plain(&[patient("1", "Ann Oakhill"), result("a", "Patient/1", 1)]))];
    phone.import(&ann);
    phone.import(&[("b.json", plain(&[patient("2", "Bea Fernley")]))]);
    let bea = phone.person("Bea Fernley");
    let person = PlainchartError::InvalidInput { field: "person" };
    assert_eq!(phone.import_as(&ann, Some(&bea)).unwrap_err(), person);
    assert_eq!(phone.results("Ann Oakhill"), ["1"]);
    assert_eq!(phone.charts("Bea Fernley").len(), 1);
    let two = [("c.json", plain(&[patient("3", "Cara Holt"), patient("4", "Dora Lind")]))];
    let before = phone.session.store.batch().unwrap();
    assert_eq!(phone.import_as(&two, Some(&bea)).unwrap_err(), person);
    assert_eq!(phone.session.store.batch().unwrap(), before, "nothing is stored");
    assert_eq!(phone.session.people().unwrap().len(), 2);
    let one = [("c.json", plain(&[patient("3", "B. Fernley"), result("c", "Patient/3", 3)]))];
    phone.import_as(&one, Some(&bea)).unwrap();
    assert_eq!(phone.session.charts_of(&bea).unwrap().len(), 2);
    assert_eq!(phone.session.results(&bea, Window::ALL).unwrap().items.len(), 1);
}

/// Proves P1: a file without a Patient lands with the person the reader names, unless it is about two.
#[test]
fn a_named_person_and_no_patient() {
    let phone = Phone::new();
    phone.import(&[("a.json", plain(&[patient("1", "Ann Oakhill")]))]);
    let ann = phone.person("Ann Oakhill");
    let one = [("o.json", result("o", "Patient/77", 5).to_string())];
    for _ in 0..2 {
        assert_eq!(phone.import_as(&one, Some(&ann)).unwrap().in_chart, 1);
        assert_eq!(phone.results("Ann Oakhill"), ["5"]);
        assert_eq!(phone.charts("Ann Oakhill").len(), 2);
    }
    let two = [("o.ndjson", lines(&[result("o", "Patient/77", 5), result("p", "Patient/78", 6)]))];
    assert!(phone.import_as(&two, Some(&ann)).is_err());
    assert_eq!(reasons(&phone.import(&one)), [("no_subject", 1)]);
}

/// Proves P1: two files that leave out the name do not become one person by a common id; the same file again does.
#[test]
fn people_without_a_name_are_not_one() {
    let phone = Phone::new();
    let nameless = |year: u32, value: u32| {
        let patient = json!({"resourceType": "Patient", "id": "1", "birthDate": year.to_string()});
        plain(&[patient, result("a", "Patient/1", value)])
    };
    for files in [[("a.json", nameless(1950, 1))], [("b.json", nameless(1950, 2))], [("c.json", nameless(1950, 1))]] {
        assert_eq!(phone.import(&files).in_chart, 2);
    }
    assert_eq!(phone.session.people().unwrap().len(), 2);
}

/// Proves A9, D9: a chart of a file is never under a hospital's base, whatever the file says; the same again comes to
/// the same chart.
#[test]
fn a_file_has_charts_of_its_own() {
    let phone = Phone::new();
    let files = [("a.json", from_server(X, &[patient("1", "Ann Oakhill"), result("a", "Patient/1", 1)]))];
    let hospital = phone.session.chart_for(X, "1", None, true, false).unwrap();
    let first = phone.import(&files);
    let again = phone.import(&files);
    assert_eq!((first.in_chart, again.in_chart, again.set_aside.len()), (2, 2, 0));
    let charts = phone.charts("Ann Oakhill");
    assert_eq!(charts.len(), 1);
    assert!(charts[0].facts.base.starts_with(FILE_BASE) && charts[0].facts.from_file);
    assert_ne!(charts[0].person, hospital.1);
    let untouched = ChartScope::of(&hospital.0);
    assert!(phone.session.store.classes_of(&untouched).unwrap().is_empty());
}

/// Proves P2, P6: each import has one line of each chart it writes to, written by the gate when the chart was there.
#[test]
fn an_import_passes_the_gate() {
    let phone = Phone::new();
    let files = [("a.json", plain(&[patient("1", "Ann Oakhill")]))];
    for count in 1..3 {
        phone.import(&files);
        let log = phone.session.store.access_log().unwrap();
        let imported =
            |bytes: &[u8]| serde_json::from_slice::<LogLine>(bytes).is_ok_and(|line| line.act == Act::Imported);
        assert_eq!(log.records.iter().filter(|record| imported(&record.bytes)).count(), count);
    }
}

/// Proves D7, P1: a Patient that was never on a server is a person with a name, known by its entry's address; so is one
/// without any.
#[test]
fn a_patient_without_an_id() {
    let phone = Phone::new();
    let urn = "urn:uuid:00000000-0000-4000-8000-00000000000A";
    let mut ann = patient("", "Ann Oakhill");
    ann.as_object_mut().unwrap().remove("id");
    let mut unnamed = result("", urn, 6);
    unnamed.as_object_mut().unwrap().remove("id");
    let file = bundle(&[(urn.into(), ann.clone()), ("urn:uuid:b".into(), unnamed)]);
    for _ in 0..2 {
        let report = phone.import(&[("a.json", file.clone())]);
        assert_eq!((report.in_chart, report.set_aside.len()), (2, 0));
        assert_eq!(phone.results("Ann Oakhill"), ["6"]);
    }
    let phone = Phone::new();
    assert_eq!(phone.import(&[("a.json", ann.to_string())]).in_chart, 1);
    assert!(phone.charts("Ann Oakhill").len() == 1);
}

/// Proves D1, D7: what has no subject lands where a person's resources lead to it, with one person always, a container
/// never; counted once.
#[test]
fn types_without_a_subject_stay_with_who_refers_to_them() {
    let of_type = |kind: &str, id: &str| json!({"resourceType": kind, "id": id});
    let mut ann = result("a", "Patient/1", 1);
    ann["performer"] = json!([{"reference": "Practitioner/p"}, {"reference": "Practitioner?identifier=urn:n|77"}]);
    let mut bea = result("b", "Patient/2", 2);
    bea["performer"] = json!([{"reference": "Practitioner/q"}]);
    let mut role = of_type("Practitioner", "p");
    role["qualification"] = json!([{"issuer": {"reference": "Organization/o"}}]);
    let mut numbered = of_type("Practitioner", "n");
    numbered["identifier"] = json!([{"system": "urn:n", "value": "77"}]);
    let mut trace = of_type("Provenance", "v");
    trace["target"] = json!([{"reference": "Observation/b"}]);
    let mut of_both = of_type("Provenance", "w");
    of_both["target"] = json!([{"reference": "Observation/a"}, {"reference": "Observation/b"}]);
    let shared = [
        role,
        numbered,
        of_type("Organization", "o"),
        of_type("Practitioner", "q"),
        of_type("Location", "nobody"),
        trace,
        of_both,
        of_type("Parameters", "c"),
    ];
    let phone = Phone::new();
    let both = [patient("1", "Ann Oakhill"), patient("2", "Bea Fernley"), ann.clone(), bea];
    let report = phone.import(&[("a.ndjson", lines(&shared)), ("b.ndjson", lines(&both))]);
    assert_eq!(reasons(&report), [("unsupported_type", 1), ("no_subject", 2)]);
    assert_eq!(report.in_chart, 9);
    assert_eq!(phone.shared("Ann Oakhill"), ["Organization/o", "Practitioner/n", "Practitioner/p"]);
    assert_eq!(phone.shared("Bea Fernley"), ["Practitioner/q", "Provenance/v"]);

    let phone = Phone::new();
    let report = phone.import(&[("a.ndjson", lines(&shared)), ("b.ndjson", lines(&both[..1]))]);
    assert_eq!(reasons(&report), [("unsupported_type", 1)]);
    assert_eq!(phone.shared("Ann Oakhill").len(), 7, "all but the container");
}

/// Proves D7: a Bundle on a line of NDJSON is its resources.
#[test]
fn a_bundle_on_a_line() {
    let phone = Phone::new();
    let line = plain(&[patient("1", "Ann Oakhill"), result("a", "Patient/1", 1)]);
    assert_eq!(phone.import(&[("a.ndjson", format!("{line}\n{line}\n"))]).in_chart, 2);
    assert_eq!(phone.results("Ann Oakhill"), ["1"]);
}

/// Proves D7: a newer version of a Patient with another name is the same person where it is the same address.
#[test]
fn a_patient_who_changed_their_name() {
    let phone = Phone::new();
    let file = plain(&[patient("1", "Ann Oakhill"), patient("1", "Ann Reedham"), result("a", "Patient/1", 1)]);
    let report = phone.import(&[("a.json", file)]);
    assert_eq!((report.people.len(), report.in_chart), (1, 3));
    assert_eq!(phone.results("Ann Reedham"), ["1"]);
}
