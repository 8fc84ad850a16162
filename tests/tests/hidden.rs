//! To a reader without the class a private item does not exist: two hospitals that differ in such items only look equal,
//! byte for byte, on every path of the facade (N4).

use plainchart::{Basis, Clock, PersonId, Relation, SyncOptions, SystemClock};
use plainchart_sandbox::Sandbox;
use plainchart_tests::phone::{DAY_MS, Phone};
use plainchart_tests::way::{way, without_sizes};
use plainchart_tests::{chart, hospital, shown};
use serde_json::{Value, json};

const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
const ACT: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
/// Words that stand in every private thing of these tests, and in nothing else.
const PRIVATE: &str = "Quillhaven";

/// A resource of Ivo's.
fn of_ivo(resource_type: &str, id: &str, members: &Value) -> Value {
    let mut resource = json!({"resourceType": resource_type, "id": id});
    let subject = json!({"reference": format!("Patient/{}", hospital::IVO)});
    match resource_type {
        "Immunization" | "AllergyIntolerance" => resource["patient"] = subject,
        "Appointment" => resource["participant"] = json!([{"actor": subject, "status": "accepted"}]),
        "Device" => resource["patient"] = subject,
        "Provenance" => {}
        _ => resource["subject"] = subject,
    }
    let all = resource.as_object_mut().unwrap();
    all.extend(members.as_object().unwrap().clone());
    resource
}

fn labelled(mut resource: Value, code: &str) -> Value {
    let system = if ["R", "V", "N"].contains(&code) { CONFIDENTIALITY } else { ACT };
    resource["meta"] = json!({"security": [{"system": system, "code": code}]});
    resource
}

fn coded(system: &str, code: &str, text: &str) -> Value {
    json!({"coding": [{"system": system, "code": code, "display": text}], "text": text})
}

fn sodium(id: &str, day: &str, value: f64) -> Value {
    let category = json!([{"coding": [{
        "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"
    }]}]);
    let quantity = json!({"value": value, "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"});
    let members = json!({
        "status": "final", "category": category, "code": coded("http://loinc.org", "2951-2", "Sodium"),
        "effectiveDateTime": day, "valueQuantity": quantity, "performer": [{"reference": "Practitioner/pr-1"}]
    });
    of_ivo("Observation", id, &members)
}

/// What both hospitals have: an open chart with a trend, a note, a medicine, an order, a visit.
fn open_chart() -> Vec<Value> {
    let mut note = hospital::note("open-note", hospital::IVO, "Knee is fine. No swelling.");
    note["author"] = json!([{"reference": "Practitioner/pr-1"}]);
    vec![
        sodium("open-na-1", "2026-01-05", 138.0),
        sodium("open-na-3", "2026-03-05", 141.0),
        note,
        of_ivo("Encounter", "open-visit", &json!({"status": "finished", "period": {"start": "2026-03-05"}})),
        of_ivo("Condition", "open-knee", &json!({"code": {"text": "Knee sprain"}, "recordedDate": "2026-03-05"})),
        of_ivo(
            "MedicationRequest",
            "open-med",
            &json!({
                "status": "active", "intent": "order", "medicationCodeableConcept": {"text": "ibuprofen 200 mg"},
                "authoredOn": "2026-03-05"
            }),
        ),
        of_ivo(
            "ServiceRequest",
            "open-order",
            &json!({
                "status": "active", "intent": "order", "code": {"text": "Knee X-ray"}, "authoredOn": "2026-03-05"
            }),
        ),
    ]
}

fn put(fernway: &Sandbox, resources: &[Value]) {
    for resource in resources {
        fernway.store().put(&resource.to_string()).unwrap();
    }
}

fn fernway_with(resources: &[&[Value]]) -> Sandbox {
    let fernway = hospital::small();
    put(&fernway, &open_chart());
    resources.iter().for_each(|resources| put(&fernway, resources));
    fernway
}

fn helper(now_ms: i64) -> Relation {
    Relation::Helper { basis: Basis::Helper, until_ms: Some(now_ms + 2 * DAY_MS) }
}

/// What is left of private things in the helper's store.
fn kept_of(fernway: &Sandbox, hidden: &[Value], now_ms: i64) -> Vec<String> {
    let mut phone = Phone::at_time(fernway, now_ms);
    let ivo = phone.connect(fernway, "nora", "ivo", helper(now_ms));
    phone.sync(&ivo).unwrap();
    let contents = chart::contents(&mut phone, &ivo);
    let rows = contents.resources.iter().chain(&contents.set_aside);
    let told = rows.filter(|(_, kept)| kept.raw.contains(PRIVATE) || kept.classes != 0).map(|(key, _)| key.clone());
    let names =
        hidden.iter().map(|one| format!("{}/{}", one["resourceType"].as_str().unwrap(), one["id"].as_str().unwrap()));
    let named = names.filter(|name| {
        contents.resources.contains_key(name) || contents.bodies.keys().any(|body| body.starts_with(name.as_str()))
    });
    told.chain(named).collect()
}

/// `hidden` is there at one hospital and not at the other: a helper sees them equal, Ivo himself does not.
fn looks_equal(both: &[Value], hidden: &[Value]) {
    let now_ms = SystemClock.wall_ms();
    let (with, without) = (fernway_with(&[both, hidden]), fernway_with(&[both]));
    let helped = |fernway: &Sandbox| without_sizes(way(fernway, ("nora", "ivo"), helper(now_ms), now_ms));
    let seen = shown::differences(&helped(&with), &helped(&without));
    assert!(seen.is_empty(), "the helper can tell:\n{}", seen.join("\n"));
    assert_eq!(kept_of(&with, hidden, now_ms), [""; 0], "it lies on the helper's phone");
    // The control: the items are there, and everything else is as it is without them.
    let own = |fernway: &Sandbox| {
        let phone = Phone::at_time(fernway, now_ms);
        let ivo = phone.connect(fernway, "ivo", "", Relation::Own);
        phone.sync(&ivo).unwrap();
        shown::record(&phone, &ivo)
    };
    assert!(own(&with) != own(&without), "the patient cannot tell: the test proves nothing");
    let mut phone = Phone::at_time(&with, now_ms);
    let ivo = phone.connect(&with, "ivo", "", Relation::Own);
    phone.sync(&ivo).unwrap();
    assert_eq!(
        chart::differences(&mut phone, &ivo, &with, hospital::IVO),
        [""; 0],
        "nothing is dropped for the patient"
    );
}

/// One item of every type that a chart holds, each labelled.
#[rustfmt::skip]
fn one_of_each(code: &str) -> Vec<Value> {
    let text = json!({"text": format!("{PRIVATE} matter")});
    let items = [
        ("Condition", json!({"code": text, "recordedDate": "2026-02-01"})),
        ("AllergyIntolerance", json!({"code": text, "recordedDate": "2026-02-01"})),
        ("Immunization", json!({"status": "completed", "vaccineCode": text, "occurrenceDateTime": "2026-02-01"})),
        ("Encounter", json!({"status": "finished", "type": [text], "period": {"start": "2026-02-01"}})),
        ("Procedure", json!({"status": "completed", "code": text, "performedDateTime": "2026-02-01"})),
        ("CarePlan", json!({"status": "active", "intent": "plan", "title": text["text"]})),
        ("Goal", json!({"lifecycleStatus": "active", "description": text})),
        ("CareTeam", json!({"status": "active", "name": text["text"]})),
        ("Device", json!({"status": "active", "type": text})),
        ("Appointment", json!({"status": "booked", "description": text["text"], "start": "2026-12-01T09:00:00Z"})),
        ("MedicationRequest", json!({"status": "active", "intent": "order", "medicationCodeableConcept": text})),
        ("ServiceRequest", json!({"status": "active", "intent": "order", "code": text})),
        ("DiagnosticReport", json!({"status": "final", "code": text, "issued": "2026-02-01T09:00:00Z"})),
    ];
    let mut all: Vec<Value> = items
        .iter()
        .map(|(resource_type, members)| {
            labelled(of_ivo(resource_type, &format!("hidden-{}", resource_type.to_lowercase()), members), code)
        })
        .collect();
    all.push(labelled(hospital::note("hidden-note", hospital::IVO, &format!("{PRIVATE} talk.")), code));
    // In the middle of a trend.
    all.push(labelled(sodium("hidden-na-2", "2026-02-05", 139.5), code));
    all
}

/// Proves N4: an item of each type with a label of confidentiality.
#[test]
fn restricted_items_of_every_type() {
    looks_equal(&[], &one_of_each("R"));
}

/// Proves N4: nor do the sizes that the doctor tells.
#[test]
fn the_doctor_tells_nothing_of_private_items() {
    let now_ms = SystemClock.wall_ms();
    let (with, without) = (fernway_with(&[&one_of_each("R")]), fernway_with(&[]));
    let sizes = |fernway: &Sandbox| {
        let way = way(fernway, ("nora", "ivo"), helper(now_ms), now_ms);
        let parts = way.as_array().unwrap().iter();
        json!(parts.filter_map(|part| part.get("doctor").cloned()).collect::<Vec<_>>())
    };
    let found = shown::differences(&sizes(&with), &sizes(&without));
    assert!(found.is_empty(), "the helper can tell:\n{}", found.join("\n"));
}

/// Proves N4: the same with a label of a kind of care, and with one that nobody knows.
#[test]
fn labelled_items_of_every_type() {
    looks_equal(&[], &one_of_each("PSY"));
    looks_equal(&[], &one_of_each("NOBODY-KNOWS-THIS"));
}

/// Proves N4: nothing but its code says it: a diagnosis, a test, a score, a medicine's reason, a visit's reason.
#[test]
fn items_told_by_their_codes_only() {
    const ICD: &str = "http://hl7.org/fhir/sid/icd-10-cm";
    let phq = json!({
        "status": "final", "code": coded("http://loinc.org", "44261-6", &format!("{PRIVATE} score")), "valueInteger": 9,
        "category": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"
        }]}]
    });
    let mut hiv = phq.clone();
    hiv["code"] = coded("http://loinc.org", "56888-1", &format!("{PRIVATE} screen"));
    let reason = json!([coded(ICD, "F33.1", &format!("{PRIVATE} reason"))]);
    let hidden = [
        of_ivo("Condition", "hidden-1", &json!({"code": coded(ICD, "F33.40", &format!("{PRIVATE} state"))})),
        of_ivo("Condition", "hidden-2", &json!({"code": coded(ICD, "T76.32XA", &format!("{PRIVATE} state"))})),
        of_ivo("Observation", "hidden-3", &phq),
        of_ivo("Observation", "hidden-4", &hiv),
        of_ivo(
            "MedicationRequest",
            "hidden-5",
            &json!({
                "status": "active", "intent": "order", "medicationCodeableConcept": {"text": PRIVATE}, "reasonCode": reason
            }),
        ),
        of_ivo("Encounter", "hidden-6", &json!({"status": "finished", "reasonCode": reason})),
    ];
    looks_equal(&[], &hidden);
}

/// Proves D2, N4: the label stands on one of two twins: the same bytes, the same file, the same identifier.
#[test]
fn the_label_is_on_one_of_two_twins() {
    let note = |id: &str| hospital::note(id, hospital::IVO, &format!("{PRIVATE} talk, told twice."));
    let mut report = of_ivo("DiagnosticReport", "hidden-2", &json!({"status": "final", "code": {"text": PRIVATE}}));
    report["presentedForm"] = json!([note("x")["content"][0]["attachment"]]);
    let file = json!({
        "resourceType": "Binary", "id": "hidden-file", "contentType": "text/plain", "data": "UXVpbGxoYXZlbg==",
        "securityContext": {"reference": "DocumentReference/hidden-3"}
    });
    let linked = |id: &str| {
        let mut note = note(id);
        note["content"] = json!([{"attachment": {"contentType": "text/plain", "url": "Binary/hidden-file"}}]);
        note
    };
    let numbered = |id: &str| {
        let mut note = hospital::note(id, hospital::IVO, &format!("{PRIVATE} talk of {id}."));
        note["masterIdentifier"] = json!({"system": "urn:fernway:documents", "value": "77"});
        note
    };
    let hidden = [
        labelled(note("hidden-1"), "R"),
        report,
        labelled(linked("hidden-3"), "R"),
        linked("hidden-4"),
        file,
        labelled(numbered("hidden-5"), "PSY"),
        numbered("hidden-6"),
    ];
    looks_equal(&[], &hidden);
}

/// Proves N4: a label on a visit, and a label on one thing of a visit, close the visit and all that belongs to it.
#[test]
fn the_label_is_on_the_visit_or_on_one_thing_of_it() {
    let of_visit = |visit: &str| {
        let encounter = json!({"reference": format!("Encounter/{visit}"), "display": PRIVATE});
        let mut result = sodium(&format!("{visit}-na"), "2026-02-05", 137.0);
        result["encounter"] = encounter.clone();
        let mut note = hospital::note(&format!("{visit}-note"), hospital::IVO, &format!("{PRIVATE} visit {visit}."));
        note["context"] = json!({"encounter": [encounter]});
        let medicine = of_ivo(
            "MedicationRequest",
            &format!("{visit}-med"),
            &json!({
                "status": "active", "intent": "order", "medicationCodeableConcept": {"text": PRIVATE}, "encounter": encounter
            }),
        );
        let problem = json!({"code": {"text": PRIVATE}, "encounter": encounter});
        [result, note, medicine, of_ivo("Condition", &format!("{visit}-problem"), &problem)]
    };
    let visit = |id: &str| of_ivo("Encounter", id, &json!({"status": "finished", "period": {"start": "2026-02-05"}}));
    let mut hidden = vec![labelled(visit("hidden-a"), "R"), visit("hidden-b")];
    hidden.extend(of_visit("hidden-a"));
    let mut second = of_visit("hidden-b").to_vec();
    let note = second.remove(1);
    hidden.extend(second);
    hidden.push(labelled(note, "ETH"));
    looks_equal(&[], &hidden);
}

/// Proves N4: what is tied to a private item is closed with it: the report of a result, the order, who made it, the
/// practitioner whom nothing else names. One whom an open item names too stays.
#[test]
fn what_is_tied_to_a_private_item() {
    let practitioner = |id: &str, name: &str| json!({"resourceType": "Practitioner", "id": id, "name": [{"family": name, "given": ["Ann"]}]});
    let mut result = labelled(sodium("hidden-1", "2026-02-05", 137.0), "HIV");
    result["performer"] = json!([{"reference": "Practitioner/hidden-2"}, {"reference": "Practitioner/pr-open"}]);
    let report = json!({
        "status": "final", "code": {"text": PRIVATE}, "issued": "2026-02-06T09:00:00Z",
        "result": [{"reference": "Observation/hidden-1"}]
    });
    let provenance = json!({
        "target": [{"reference": "Observation/hidden-1"}], "recorded": "2026-02-06T09:00:00Z",
        "agent": [{"who": {"reference": "Practitioner/hidden-2", "display": PRIVATE}}]
    });
    let hidden = [
        result,
        practitioner("hidden-2", PRIVATE),
        of_ivo("DiagnosticReport", "hidden-3", &report),
        of_ivo("Provenance", "hidden-4", &provenance),
    ];
    let mut note = hospital::note("open-by-ann", hospital::IVO, "Ankle is fine, too.");
    note["author"] = json!([{"reference": "Practitioner/pr-open"}]);
    looks_equal(&[practitioner("pr-open", "Openshaw"), note], &hidden);
}

/// Proves D4, D7, N4: private items that are mistakes, that came withdrawn, or that cannot be read.
#[test]
fn private_items_that_are_odd() {
    let mut error = hospital::note("hidden-1", hospital::IVO, &format!("{PRIVATE} wrong chart."));
    error["status"] = "entered-in-error".into();
    let mut wrong = of_ivo("Condition", "hidden-2", &json!({"code": {"text": PRIVATE}}));
    wrong["verificationStatus"] =
        coded("http://terminology.hl7.org/CodeSystem/condition-ver-status", "entered-in-error", "Entered in Error");
    let mut missing = hospital::note("hidden-3", hospital::IVO, PRIVATE);
    missing["content"] = json!([{"attachment": {"contentType": "text/plain", "url": "Binary/hidden-gone"}}]);
    let mut elsewhere = hospital::note("hidden-4", hospital::IVO, PRIVATE);
    elsewhere["content"] = json!([{"attachment": {"url": "https://elsewhere.example/hidden"}}]);
    let hidden = [error, wrong, missing, elsewhere].map(|one| labelled(one, "R"));
    looks_equal(&[], &hidden);
}

/// Proves N4: a file with private items in it and one without answer the same to a helper who opens it for the person,
/// and leave the same behind.
#[test]
fn a_file_that_is_opened() {
    let now_ms = SystemClock.wall_ms();
    let opened = |hidden: &[Value]| {
        let fernway = fernway_with(&[]);
        let phone = Phone::at_time(&fernway, now_ms);
        let ivo = phone.connect(&fernway, "nora", "ivo", helper(now_ms));
        phone.sync(&ivo).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("record.json");
        let resources = [hospital::note("filed-1", hospital::IVO, "From a file: walks well.")];
        let entries: Vec<Value> =
            resources.iter().chain(hidden).map(|resource| json!({"resource": resource})).collect();
        let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": entries});
        std::fs::write(&file, bundle.to_string()).unwrap();
        let import = |person: Option<&PersonId>| {
            let cancel = plainchart::CancelToken::new();
            shown::answer(phone.app().import(&file, person, std::sync::Arc::new(plainchart::Quiet), &cancel))
        };
        let report = import(Some(&ivo));
        shown::numbered(&json!([report, shown::everything(&phone, &ivo)]))
    };
    let found = shown::differences(&opened(&one_of_each("R")), &opened(&[]));
    assert!(found.is_empty(), "the helper can tell:\n{}", found.join("\n"));
}

/// What a helper sees after two syncs, `between` which the hospital changes.
fn after_two_syncs(fernway: &Sandbox, now_ms: i64, full: bool, between: impl FnOnce()) -> (Value, Vec<String>) {
    let mut phone = Phone::at_time(fernway, now_ms);
    let ivo = phone.connect(fernway, "nora", "ivo", helper(now_ms));
    phone.sync(&ivo).unwrap();
    between();
    phone.sync_with(&ivo, SyncOptions { full }, &plainchart::CancelToken::new()).unwrap();
    let record = shown::record(&phone, &ivo);
    let contents = chart::contents(&mut phone, &ivo);
    let rows = contents.resources.iter().filter(|(_, kept)| kept.raw.contains(PRIVATE)).map(|(key, _)| key.clone());
    let bodies = contents.bodies.iter().filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains(PRIVATE));
    (record, rows.chain(bodies.map(|(name, _)| name.clone())).collect())
}

/// A note with its text in a file of its own, and its unlabelled twin as a report.
fn note_and_twin(label: Option<&str>) -> [Value; 3] {
    let file = json!({
        "resourceType": "Binary", "id": "turn-file", "contentType": "text/plain", "data": "UXVpbGxoYXZlbiB0YWxr",
        "securityContext": {"reference": "DocumentReference/turn-1"}
    });
    let attachment = json!({"contentType": "text/plain", "url": "Binary/turn-file"});
    let mut note = hospital::note("turn-1", hospital::IVO, PRIVATE);
    note["content"] = json!([{"attachment": attachment}]);
    let note = label.map_or(note.clone(), |label| labelled(note, label));
    let report = json!({"status": "final", "code": {"text": PRIVATE}, "presentedForm": [attachment]});
    [file, note, of_ivo("DiagnosticReport", "turn-2", &report)]
}

/// Proves N4: a label that is added later takes the item, its file and its twin from the helper with the next sync.
#[test]
fn a_label_that_is_added_later() {
    let now_ms = SystemClock.wall_ms();
    let never = fernway_with(&[]);
    let (expected, _) = after_two_syncs(&never, now_ms, false, || {});
    let fernway = fernway_with(&[&note_and_twin(None)]);
    let (seen, kept) = after_two_syncs(&fernway, now_ms, false, || put(&fernway, &note_and_twin(Some("R"))[1..2]));
    assert_eq!(kept, [""; 0], "rows or files are still here");
    let found = shown::differences(&seen, &expected);
    assert!(found.is_empty(), "the helper can tell that something was there:\n{}", found.join("\n"));
}

/// Proves N4: a label that is taken back gives the item, its file and its twin to the helper.
#[test]
fn a_label_that_is_taken_back() {
    let now_ms = SystemClock.wall_ms();
    let always = fernway_with(&[&note_and_twin(None)]);
    let (expected, all) = after_two_syncs(&always, now_ms, true, || {});
    assert_eq!(all.len(), 3, "{all:?}: a report, its body and the note's");
    let fernway = fernway_with(&[&note_and_twin(Some("R"))]);
    let (seen, kept) = after_two_syncs(&fernway, now_ms, true, || put(&fernway, &note_and_twin(None)[1..2]));
    assert_eq!(kept, all);
    let found = shown::differences(&seen, &expected);
    assert!(found.is_empty(), "it did not come back whole:\n{}", found.join("\n"));
}
