//! Another language (SPEC T3): with every sentence of the catalogue replaced, nothing in English is left in an answer
//! but what the source wrote and what the glossary explains. The choice of words is one for the process, so that this
//! file holds one test only.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail")]

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plainchart::{
    CancelToken, Configuration, EntryKind, FrozenClock, MemoryKeystore, NotPermittedReason, PersonId, Plainchart,
    PlainchartError, Quiet, SignInReason, StorageReason, Window, words,
};
use serde::Serialize;
use serde_json::{Value, json};

/// Words of a source that the grammar of instructions understands.
const INSTRUCTION: &str = "Take 1 tablet by mouth twice a day";

/// Set behind each letter of the catalogue.
const ACCENT: char = '\u{301}';

/// Keys whose texts are the glossary's.
const OF_GLOSSARY: [&str; 6] = ["plain", "measures", "why", "senses", "marks", "headword"];

/// Keys whose texts are for machines: ids, codes, addresses, times.
const FOR_MACHINES: [&str; 33] = [
    "id",
    "person",
    "key",
    "analyte",
    "anchor",
    "entry",
    "loinc",
    "rxnorm",
    "type_code",
    "result",
    "report",
    "url",
    "resource_type",
    "media_type",
    "format",
    "language",
    "precision",
    "style",
    "block",
    "comparator",
    "status_code",
    "state_code",
    "apart_code",
    "entry_status",
    "document_status",
    "not_plain",
    "version",
    "connection",
    "hash",
    "reader",
    "class",
    "types",
    "note",
];

/// Keys that hold a code in one view and words in another: a code is one word in small letters.
const CODE_OR_WORDS: [&str; 12] = [
    "kind", "state", "status", "reason", "standing", "relation", "role", "contact", "code", "priority", "resource",
    "shows",
];

/// The glossary's name of LOINC 2160-0.
const NAME_OF_GLOSSARY: &str = "creatinine, a kidney test";

/// Headings that the note reader has to know, units, and the ending of a file's name: not ours to say.
const OF_SOURCE: [&str; 9] = ["assessment", "medications", "mg", "dl", "ml", "l", "mmol", "ndjson", "hg"];

fn accented(text: &str) -> String {
    let mut depth = 0_u32;
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        out.push(c);
        if depth == 0 && c.is_ascii_alphabetic() {
            out.push(ACCENT);
        }
    }
    out
}

/// Words of two letters and more without accents, that the source did not write: its words end in `zz`.
fn english_in(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in text.replace(NAME_OF_GLOSSARY, "").replace(INSTRUCTION, "").chars() {
        match words.last_mut() {
            Some(word) if c.is_ascii_alphabetic() || c == ACCENT => word.push(c),
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| {
        let bare = word.to_lowercase();
        word.len() > 1 && !word.contains(ACCENT) && !bare.ends_with("zz") && !OF_SOURCE.contains(&bare.as_str())
    });
    words
}

fn is_code(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
}

/// What is left in English under a value, each with its path.
fn english_under(path: &str, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if !english_in(text).is_empty() => {
            found.insert(format!("{path}: {text}"));
        }
        Value::Array(items) => items.iter().for_each(|item| english_under(path, item, found)),
        Value::Object(members) => {
            for (key, member) in members {
                let is_code = CODE_OR_WORDS.contains(&key.as_str()) && member.as_str().is_some_and(is_code);
                if !is_code && !FOR_MACHINES.contains(&key.as_str()) && !OF_GLOSSARY.contains(&key.as_str()) {
                    english_under(&format!("{path}.{key}"), member, found);
                }
            }
        }
        _ => {}
    }
}

fn concept(text: &str) -> Value {
    json!({"text": text})
}

fn absent() -> Value {
    json!({"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "unknown"}]})
}

fn attachment(media_type: &str, text: &str) -> Value {
    json!([{"attachment": {"contentType": media_type, "data": STANDARD.encode(text)}}])
}

/// Adds type, id and the patient.
fn resource(resource_type: &str, id: &str, mut rest: Value) -> Value {
    rest["resourceType"] = json!(resource_type);
    rest["id"] = json!(id);
    let subject = json!({"reference": "Patient/p"});
    match resource_type {
        "AllergyIntolerance" | "Immunization" | "Device" => rest["patient"] = subject,
        "Appointment" => rest["participant"] = json!([{"actor": subject, "status": "accepted"}]),
        "Patient" => {}
        _ => rest["subject"] = subject,
    }
    rest
}

fn record() -> Vec<Value> {
    let result = |id: &str, rest: Value| {
        let mut made = json!({"status": "final", "effectiveDateTime": "2026-10-01", "code": concept("Tinnzz"),
            "category": [{"coding": [{"code": "laboratory"}]}]});
        made.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        resource("Observation", id, made)
    };
    let amount =
        |value: f64| json!({"value": value, "unit": "mg/dL", "code": "mg/dL", "system": "http://unitsofmeasure.org"});
    let html = "<h2>Assessment</h2><p>Runnzz 5 mg/dL</p><h2>Medications</h2><table><tr><th>Azz</th><th>Bzz</th></tr>\
        <tr><td>Czz</td><td>Dzz</td></tr></table><script>x</script><img src='x'>";
    vec![
        resource("Patient", "p", json!({"name": [{"text": "Inezz Ozz"}], "birthDate": "1980-02-03"})),
        resource(
            "DocumentReference",
            "n1",
            json!({"status": "current", "docStatus": "amended",
            "type": {"coding": [{"system": "http://loinc.org", "code": "11506-3"}]}, "date": "2026-10-02T10:00:00Z",
            "author": [{"display": "Drzz Quillzz"}], "content": attachment("text/html", html)}),
        ),
        resource(
            "DocumentReference",
            "n2",
            json!({"status": "superseded", "type": concept("Callzz"),
            "content": attachment("text/html", "")}),
        ),
        resource(
            "DocumentReference",
            "n3",
            json!({"status": "entered-in-error", "type": concept("Callzz"),
            "content": attachment("text/plain", "Runnzz")}),
        ),
        resource(
            "DocumentReference",
            "n4",
            json!({"status": "current", "content": [
            {"attachment": {"contentType": "image/png", "data": STANDARD.encode([0x89, b'P', b'N', b'G', 13, 10, 26, 10])}}]}),
        ),
        resource(
            "DocumentReference",
            "n5",
            json!({"status": "current", "relatesTo": [
            {"code": "appends", "target": {"reference": "DocumentReference/n1"}}],
            "content": [{"attachment": {"contentType": "text/plain", "url": "https://elsewherezz.example/x"}}]}),
        ),
        resource(
            "DiagnosticReport",
            "d1",
            json!({"status": "preliminary", "code": concept("Panelzz"),
            "category": [{"coding": [{"code": "LAB", "display": "Labzz"}]}], "effectiveDateTime": "2026-10-01",
            "conclusion": "Runnzz", "result": [{"reference": "Observation/o1"}, {"reference": "Observation/gone"}]}),
        ),
        result(
            "o1",
            json!({"valueQuantity": amount(5.0), "interpretation": [{"coding": [{"code": "HH"}]}],
            "referenceRange": [{"low": amount(1.0), "high": amount(3.0), "age": {"low": {"value": 18, "unit": "a"}}},
                {"high": amount(4.0), "appliesTo": [concept("Peoplezz")]}]}),
        ),
        result("o2", json!({"valueQuantity": amount(6.0), "effectiveDateTime": "2026-10-05", "status": "corrected"})),
        result("o3", json!({"valueBoolean": true, "status": "preliminary"})),
        result("o4", json!({"valueRange": {"low": amount(1.0), "high": amount(2.0)}})),
        result("o5", json!({"valuePeriod": {"start": "2026-01-01"}, "status": "amended"})),
        result("o6", json!({"dataAbsentReason": absent()})),
        result("o7", json!({"status": "entered-in-error"})),
        result("o8", json!({"status": "cancelled", "note": [{"text": "Brokezz"}]})),
        result(
            "o9",
            json!({"code": {"coding": [{"system": "http://loinc.org", "code": "2160-0"}]}, "valueQuantity": amount(1.0)}),
        ),
        resource(
            "Observation",
            "o10",
            json!({"status": "final", "valueSampledData": {"origin": {"value": 0}, "data": "1"}}),
        ),
        resource(
            "Condition",
            "c1",
            json!({"code": concept("Achezz"), "onsetRange": {"low": {"value": 3, "unit": "a", "code": "a"},
            "high": {"value": 4, "unit": "a", "code": "a"}}, "clinicalStatus": {"coding": [{"code": "active"}]},
            "verificationStatus": {"coding": [{"code": "confirmed"}]}, "recorder": {"display": "Drzz"}}),
        ),
        resource("Condition", "c2", json!({"verificationStatus": {"coding": [{"code": "entered-in-error"}]}})),
        resource(
            "AllergyIntolerance",
            "a1",
            json!({"code": {"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]},
            "clinicalStatus": {"coding": [{"code": "active"}]}}),
        ),
        resource(
            "AllergyIntolerance",
            "a2",
            json!({"code": concept("Nutzz"), "criticality": "high",
            "reaction": [{"manifestation": [concept("Rashzz")], "severity": "mild"}], "onsetAge": {"value": 1, "code": "a"}}),
        ),
        resource(
            "Immunization",
            "i1",
            json!({"status": "not-done", "vaccineCode": concept("Jabzz"), "primarySource": true,
            "occurrenceDateTime": "2026"}),
        ),
        resource(
            "Encounter",
            "e1",
            json!({"status": "finished", "class": {"code": "AMB"}, "period": {"start": "2026-10-01"}}),
        ),
        resource(
            "Procedure",
            "pr1",
            json!({"status": "completed", "performedDateTime": "2026-10-01", "statusReason": absent()}),
        ),
        resource(
            "CarePlan",
            "cp1",
            json!({"status": "active", "intent": "plan", "activity": [{"detail": {"status": "on-hold",
            "doNotPerform": true, "description": "Walkzz"}}]}),
        ),
        resource(
            "Goal",
            "g1",
            json!({"lifecycleStatus": "active", "description": concept("Walkzz"),
            "target": [{"detailRange": {"low": amount(1.0), "high": amount(2.0)}, "dueDate": "2027"}]}),
        ),
        resource("CareTeam", "ct1", json!({"status": "active", "participant": [{"member": {"display": "Drzz"}}]})),
        resource("Device", "dv1", json!({"status": "active", "type": concept("Clipzz")})),
        resource(
            "Appointment",
            "ap1",
            json!({"status": "booked", "start": "2027-01-01T10:00:00Z", "minutesDuration": 30}),
        ),
        resource(
            "MedicationRequest",
            "m1",
            json!({"status": "active", "intent": "order", "authoredOn": "2026-10-01",
            "medicationCodeableConcept": concept("Zinkzz"), "dosageInstruction": [{"text": INSTRUCTION}],
            "dispenseRequest": {"quantity": {"value": 30, "unit": "tabzz"}, "numberOfRepeatsAllowed": 2}}),
        ),
        resource(
            "MedicationRequest",
            "m2",
            json!({"status": "stopped", "intent": "order",
            "medicationCodeableConcept": concept("Kupfzz"), "dosageInstruction": [{"text": "Usezz"}]}),
        ),
        resource("MedicationRequest", "m3", json!({"status": "entered-in-error", "intent": "order"})),
        resource(
            "ServiceRequest",
            "s1",
            json!({"status": "active", "intent": "order", "priority": "urgent",
            "authoredOn": "2026-10-01", "code": concept("Lungzz"), "quantityRange": {"low": amount(1.0), "high": amount(2.0)}}),
        ),
        resource("ServiceRequest", "s2", json!({"status": "entered-in-error", "intent": "order"})),
    ]
}

struct Seen {
    found: BTreeSet<String>,
    answers: usize,
}

impl Seen {
    fn look<T: Serialize>(&mut self, name: &str, answer: &T) -> Value {
        let value = serde_json::to_value(answer).unwrap();
        self.answers += 1;
        english_under(name, &value, &mut self.found);
        value
    }

    fn look_all(&mut self, chart: &Plainchart, person: &PersonId) {
        self.look("people", &chart.people().unwrap());
        let ids = |value: &Value| -> Vec<String> {
            let items = value["items"].as_array().into_iter().flatten();
            items.filter_map(|item| item["id"].as_str().map(str::to_owned)).collect()
        };
        // What the front page holds, then the whole.
        self.look("notes", &chart.notes(person, Window::default()).unwrap());
        self.look("results", &chart.results(person, Window::default()).unwrap());
        let notes = self.look("notes", &chart.notes(person, Window::ALL).unwrap());
        for note in ids(&notes) {
            self.look("note", &chart.read_note(person, &note).unwrap());
            self.look("spoken", &chart.spoken(person, &note, false).unwrap());
        }
        let results = self.look("results", &chart.results(person, Window::ALL).unwrap());
        for result in ids(&results) {
            self.look("result", &chart.result(person, &result).unwrap());
        }
        self.look("panels", &chart.panels(person, Window::ALL).unwrap());
        let analytes = self.look("analytes", &chart.analytes(person).unwrap());
        for analyte in analytes["items"].as_array().into_iter().flatten().filter_map(|one| one["key"].as_str()) {
            self.look("trend", &chart.trend(person, analyte).unwrap());
        }
        for kind in EntryKind::ALL {
            let entries = self.look(kind.code(), &chart.entries(person, kind, Window::ALL).unwrap());
            for entry in ids(&entries) {
                self.look(kind.code(), &chart.entry(person, &entry).unwrap());
            }
        }
        self.look("medicines", &chart.medicines(person, Window::ALL).unwrap());
        self.look("referrals", &chart.referrals(person, Window::ALL).unwrap());
        self.look("doctor", &chart.doctor().unwrap());
        let mut errors = vec![
            PlainchartError::LeaseEnded,
            PlainchartError::Offline,
            PlainchartError::ServerBusy { retry_after_seconds: Some(120) },
            PlainchartError::server("tls"),
            PlainchartError::invalid("path"),
            PlainchartError::internal("x"),
        ];
        errors.extend(SignInReason::ALL.iter().map(|&reason| PlainchartError::SignInRequired { reason }));
        errors.extend(NotPermittedReason::ALL.iter().map(|&reason| PlainchartError::NotPermitted { reason }));
        errors.extend(StorageReason::ALL.iter().map(|&reason| PlainchartError::StorageUnavailable { reason }));
        let sentences: Vec<String> = errors.iter().map(PlainchartError::sentence).collect();
        self.look("errors", &sentences);
    }
}

fn open(folder: &Path, keystore: &Arc<MemoryKeystore>) -> Plainchart {
    let configuration = Configuration { folder: folder.join("store"), ..Configuration::default() };
    Plainchart::open(&configuration, keystore.clone(), Arc::new(FrozenClock::at(1_795_000_000_000))).unwrap()
}

/// Proves T3, D6: a chart that was read in English is told in other words as soon as they are chosen, in an open store
/// and in one opened anew, in lists, on the front page and in every open item; no word of ours stays in English.
#[test]
fn nothing_is_left_in_english() {
    let folder = tempfile::tempdir().unwrap();
    let keystore = Arc::new(MemoryKeystore::new());
    let file = folder.path().join("record.ndjson");
    std::fs::write(&file, record().iter().map(|one| format!("{one}\n")).collect::<String>()).unwrap();
    let chart = open(folder.path(), &keystore);
    chart.import(&file, None, Arc::new(Quiet), &CancelToken::new()).unwrap();
    let person = PersonId::try_from(chart.people().unwrap().remove(0).id).unwrap();
    let mut english = Seen { found: BTreeSet::new(), answers: 0 };
    english.look_all(&chart, &person);
    assert!(english.found.len() > 100, "only {:#?}", english.found);

    let replaced: HashMap<String, String> =
        words::sentences().map(|(id, text)| (id.to_owned(), accented(text))).collect();
    assert_eq!(words::choose("en-GB", replaced), "en");
    let mut other = Seen { found: BTreeSet::new(), answers: 0 };
    other.look_all(&chart, &person);
    drop(chart);
    let chart = open(folder.path(), &keystore);
    other.look_all(&chart, &person);
    let again = folder.path().join("againzz.ndjson");
    std::fs::write(&again, "{\"resourceType\":\"Patient\",\"id\":\"q\"}\nnot json\n").unwrap();
    let report = chart.import(&again, None, Arc::new(Quiet), &CancelToken::new()).unwrap();
    other.look("import", &report);
    assert_eq!(other.answers, 2 * english.answers + 1);
    assert!(other.found.is_empty(), "{:#?}", other.found);
}
