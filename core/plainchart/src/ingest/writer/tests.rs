use std::collections::BTreeMap;
use std::sync::Arc;

use plainchart_access::{ChartId, SensitivityClass};
use plainchart_record::Patient;
use plainchart_vault::MemoryKeystore;
use serde_json::{Value, json};

use super::super::bodies::{BodyState, body_name};
use super::*;

const BASE: &str = "https://h.example/fhir";
const OWNER: Classes = Classes::ALL;
const PROXY: Classes = Classes::NONE;

struct Room {
    _folder: tempfile::TempDir,
    store: Store,
    chart: ChartScope,
    patient: KnownPatient,
    readable: Classes,
}

impl Room {
    fn of(readable: Classes) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(&folder.path().join("store"), Arc::new(MemoryKeystore::new())).unwrap();
        let patient = Patient::read(r#"{"resourceType":"Patient","id":"7"}"#).unwrap();
        let chart = ChartScope::of(&ChartId::from_bytes([7; 16]));
        Self { _folder: folder, store, chart, patient: KnownPatient::new(BASE, &patient), readable }
    }

    /// Takes each in a batch of its own, or all in one.
    fn take(&self, resources: &[Value], in_one: bool) {
        let mut writer = ChartWriter::new(&self.store, self.chart, BASE, self.readable, 1).unwrap();
        for resource in resources {
            let raw = resource.to_string();
            let referred_to = matches!(resource["resourceType"].as_str(), Some("Practitioner"));
            writer.take(Incoming { raw: &raw, full_url: None, referred_to }, &self.patient).unwrap();
            if !in_one {
                writer.commit().unwrap();
            }
        }
        writer.unsettle();
        writer.commit().unwrap();
    }

    fn body(&self, document: &str, bytes: &[u8]) {
        let mut writer = ChartWriter::new(&self.store, self.chart, BASE, self.readable, 1).unwrap();
        let header =
            BodyHeader { state: BodyState::Here, content_type: None, received_ms: 1, differs: false, version: None };
        writer.put_body(document, 0, header, bytes.to_vec()).unwrap();
        writer.settle(document, 0).unwrap();
        writer.commit().unwrap();
    }

    /// Where everything lies.
    fn classes(&self) -> BTreeMap<String, Classes> {
        let mut found = BTreeMap::new();
        for classes in self.store.classes_of(&self.chart).unwrap() {
            let visit = &mut |_: &[u8], row: plainchart_vault::Row| {
                let key = String::from_utf8(row.id.clone()).unwrap();
                assert!(found.insert(key, classes).is_none(), "one place each");
                Ok(())
            };
            self.store.for_each_row(&self.chart, classes, tree::RESOURCES, visit).unwrap();
        }
        found
    }

    fn keys(&self) -> Vec<String> {
        self.classes().into_keys().collect()
    }

    fn has_body(&self, document: &str, classes: Classes) -> bool {
        self.store.value(&self.chart, classes, tree::BODIES, &body_name(document, 0)).unwrap().is_some()
    }
}

fn of_type(resource_type: &str, id: &str) -> Value {
    json!({ "resourceType": resource_type, "id": id, "subject": { "reference": "Patient/7" } })
}

fn labelled(mut resource: Value) -> Value {
    resource["meta"] = json!({ "security": [
        { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "PSY" }] });
    resource
}

fn with(mut resource: Value, member: &str, value: Value) -> Value {
    resource[member] = value;
    resource
}

fn mental() -> Classes {
    Classes::NONE.with(SensitivityClass::MentalHealth)
}

/// Proves N4, V2: a class reaches what is tied to it, whichever comes first and in whatever batch, and each resource
/// lies under its key once.
#[test]
fn a_class_reaches_what_is_tied_to_it() {
    let visit = json!({ "reference": "Encounter/e" });
    let chart = [
        of_type("Encounter", "e"),
        with(of_type("Observation", "in-visit"), "encounter", visit.clone()),
        labelled(with(of_type("Condition", "c"), "encounter", visit)),
        with(of_type("MedicationRequest", "m"), "reasonReference", json!([{ "reference": "Condition/c" }])),
        of_type("Observation", "apart"),
    ];
    for in_one in [true, false] {
        for reversed in [true, false] {
            let mut chart = chart.to_vec();
            if reversed {
                chart.reverse();
            }
            let owner = Room::of(OWNER);
            owner.take(&chart, in_one);
            let found = owner.classes();
            for (key, classes) in &found {
                let expected = if key == "Observation/apart" { Classes::NONE } else { mental() };
                assert_eq!(*classes, expected, "{key} {in_one} {reversed}");
            }
            assert_eq!(found.len(), 5);
            let proxy = Room::of(PROXY);
            proxy.take(&chart, in_one);
            assert_eq!(proxy.keys(), ["Observation/apart"], "{in_one} {reversed}");
            // The label alone is not sent again; its ties are known.
            proxy.take(&chart[..2], in_one);
            assert_eq!(proxy.keys().len(), 1, "{in_one} {reversed}");
        }
    }
}

/// Proves N4: a label that is taken back opens what it closed.
#[test]
fn a_label_can_be_taken_back() {
    let report = with(of_type("DiagnosticReport", "r"), "result", json!([{ "reference": "Observation/o" }]));
    let result = with(of_type("Observation", "o"), "identifier", json!([{ "system": "urn:s", "value": "1" }]));
    for readable in [OWNER, PROXY] {
        let room = Room::of(readable);
        room.take(&[report.clone(), labelled(result.clone())], true);
        let open: Vec<_> = room.classes().into_iter().filter(|(_, classes)| classes.is_empty()).collect();
        assert!(open.is_empty());
        room.take(&[result.clone(), report.clone()], false);
        assert!(room.classes().values().all(|classes| classes.is_empty()));
        assert_eq!(room.keys(), ["DiagnosticReport/r", "Observation/o"]);
    }
}

/// Proves N4, D2: two documents with the same bytes are one: the label of one closes both, bodies with them.
#[test]
fn a_twin_is_known_by_its_bytes() {
    let document = |id: &str| {
        with(of_type("DocumentReference", id), "content", json!([{ "attachment": { "url": format!("Binary/{id}") } }]))
    };
    let (closed, open) = (labelled(document("closed")), document("open"));
    let owner = Room::of(OWNER);
    owner.take(&[closed, open], true);
    owner.body("DocumentReference/open", b"the same");
    assert!(owner.has_body("DocumentReference/open", Classes::NONE));
    owner.body("DocumentReference/closed", b"the same");
    assert_eq!(owner.classes().values().collect::<Vec<_>>(), [&mental(), &mental()]);
    assert!(
        owner.has_body("DocumentReference/open", mental()) && !owner.has_body("DocumentReference/open", Classes::NONE)
    );
}

/// Proves N4: a proxy does not see the open twin of a closed document, known by bytes that were looked at and not kept.
#[test]
fn a_proxy_sees_no_twin() {
    let document = |id: &str| {
        with(of_type("DocumentReference", id), "content", json!([{ "attachment": { "url": format!("Binary/{id}") } }]))
    };
    let proxy = Room::of(PROXY);
    proxy.take(&[labelled(document("closed")), document("open")], true);
    proxy.body("DocumentReference/open", b"the same");
    assert_eq!(proxy.keys(), ["DocumentReference/open"]);
    let mut writer = ChartWriter::new(&proxy.store, proxy.chart, BASE, PROXY, 1).unwrap();
    let to_look_at = writer.closed_bodies();
    assert_eq!(to_look_at.iter().map(|(_, url)| url.as_str()).collect::<Vec<_>>(), ["Binary/closed"]);
    writer.looked_at(to_look_at[0].0, "Binary/closed", Some(b"the same"));
    assert!(writer.closed_bodies().is_empty());
    writer.commit().unwrap();
    assert!(proxy.keys().is_empty() && !proxy.has_body("DocumentReference/open", Classes::NONE));
}

/// Proves N4: whoever is named by closed items alone is closed; by an open one too, is not.
#[test]
fn who_is_named_by_closed_items_alone() {
    let by = |id: &str, who: &str| {
        with(of_type("Observation", id), "performer", json!([{ "reference": format!("Practitioner/{who}") }]))
    };
    let who = |id: &str| json!({ "resourceType": "Practitioner", "id": id });
    let room = Room::of(OWNER);
    room.take(&[labelled(by("a", "p")), by("b", "q"), labelled(by("c", "q")), who("p"), who("q")], true);
    let found = room.classes();
    assert_eq!((found["Practitioner/p"], found["Practitioner/q"]), (mental(), Classes::NONE));
    let room = Room::of(PROXY);
    room.take(&[labelled(by("a", "p")), by("b", "q"), labelled(by("c", "q")), who("p"), who("q")], true);
    assert_eq!(room.keys(), ["Observation/b", "Practitioner/q"]);
}

/// Proves D4, N4: a stub of a mistake, which names nobody, is a marker in the chart that has the resource, as private as
/// it was; elsewhere it is nobody's.
#[test]
fn a_stub_of_a_mistake_is_a_marker() {
    let stub = |id: &str| json!({ "resourceType": "Observation", "id": id, "status": "entered-in-error" });
    let chart = [of_type("Observation", "open"), labelled(of_type("Observation", "closed"))];
    let stubs = [stub("open"), stub("closed"), stub("never-seen")];
    let owner = Room::of(OWNER);
    owner.take(&chart, true);
    owner.take(&stubs, true);
    let found = owner.classes();
    assert_eq!((found.len(), found["Observation/open"], found["Observation/closed"]), (2, Classes::NONE, mental()));
    let proxy = Room::of(PROXY);
    proxy.take(&chart, true);
    proxy.take(&stubs, true);
    assert_eq!(proxy.keys(), ["Observation/open"]);
}

/// Proves R1, D4: what a corrected result was is kept, once, and goes when the result turns out to be a mistake.
#[test]
fn what_a_corrected_result_was() {
    let room = Room::of(OWNER);
    let result = |status: &str, value: i32| {
        with(with(of_type("Observation", "o"), "status", json!(status)), "valueInteger", json!(value))
    };
    let older = |room: &Room| {
        let group = b"older_version/Observation";
        room.store.rows(&room.chart, Classes::NONE, tree::SET_ASIDE, group).unwrap().len()
    };
    room.take(&[result("final", 1)], true);
    room.take(&[result("corrected", 2)], true);
    assert_eq!(older(&room), 1);
    room.take(&[with(result("corrected", 2), "language", json!("en"))], true);
    assert_eq!(older(&room), 1, "another version of the same value corrects nothing");
    room.take(&[result("entered-in-error", 2)], true);
    assert_eq!(older(&room), 0);
}

/// Proves N4: what was classed by other lists is classed again at the next walk, and moves.
#[test]
fn other_lists_class_anew() {
    let room = Room::of(OWNER);
    let result = with(of_type("Observation", "o"), "code", json!({ "text": "HIV 1 and 2 antibody screen" }));
    let raw = result.to_string();
    let mut ties = Ties::of(&read_header(&raw).unwrap(), &raw, None, BASE);
    (ties.version, ties.codes) = (0, Classes::NONE);
    let header = StoredHeader {
        received_ms: 1,
        digest: digest_of(raw.as_bytes()),
        version: None,
        updated_ms: None,
        life: Life::Current,
        set_aside: None,
        full_url: None,
        large: false,
        ties: Some(ties),
    };
    let mut batch = Batch::new();
    let open = room.store.scope(room.chart, Classes::NONE).unwrap();
    let row = StoredResource { header, raw }.write().unwrap();
    batch.put_row(open, tree::tree(tree::RESOURCES), b"Observation/unnamed", b"Observation/o", 0, &row);
    room.store.commit(room.chart, batch).unwrap();
    room.take(&[of_type("Observation", "other")], true);
    assert_eq!(room.classes()["Observation/o"], Classes::NONE.with(SensitivityClass::Hiv));
}

/// Proves D7: a version with an impossible time does not keep the next one out.
#[test]
fn a_time_that_cannot_be() {
    let room = Room::of(OWNER);
    let version = |updated: &str, value: i32| {
        let resource = with(of_type("Observation", "o"), "valueInteger", json!(value));
        with(resource, "meta", json!({ "lastUpdated": updated }))
    };
    room.take(&[version("9999-12-31T23:59:59Z", 1), version("2026-11-20T10:00:00Z", 2)], true);
    let group = b"Observation/unnamed";
    let rows = room.store.rows(&room.chart, Classes::NONE, tree::RESOURCES, group).unwrap();
    assert!(String::from_utf8_lossy(&rows[0].bytes).contains(r#""valueInteger":2"#));
}
