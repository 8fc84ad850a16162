//! Nothing of a patient shows in `Debug` or in errors (V6).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_record::results::ResultRecord;
use plainchart_record::{
    Binary, DocumentReference, FhirTime, JsonLimits, Observation, Patient, RecordError, Reference, check, read_bundle,
    read_header, salvage_bundle,
};

const MARKER: &str = "Zyxwv";

/// A resource that says the marker in every string it can.
fn marked(fixture: &str) -> String {
    let mut value: serde_json::Value = serde_json::from_str(fixture).unwrap();
    mark(&mut value);
    value.to_string()
}

fn mark(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => *text = format!("{text}{MARKER}"),
        serde_json::Value::Array(items) => items.iter_mut().for_each(mark),
        serde_json::Value::Object(members) => {
            members.iter_mut().filter(|(name, _)| *name != "resourceType").for_each(|(_, member)| mark(member));
        }
        _ => {}
    }
}

/// Proves V6: `Debug` of everything that was read shows counts, and no word of it.
#[test]
fn debug_shows_no_content() {
    let note = marked(include_str!("fixtures/progress-note.json"));
    let patient = marked(include_str!("fixtures/patient.json"));
    let result = marked(include_str!("fixtures/creatinine.json"));
    let parts = marked(include_str!("fixtures/blood-pressure.json"));
    let page = marked(include_str!("fixtures/searchset.json"));
    let observation = Observation::read(&result).unwrap();
    let document = DocumentReference::read(&note).unwrap();
    let person = Patient::read(&patient).unwrap();
    let bundle = read_bundle(&page).unwrap();
    let shown = [
        format!("{document:?} {:?} {:?} {:?}", document.authors, document.content, document.kind),
        format!("{person:?} {:?} {:?} {:?}", person.names, person.identifiers, person.telecom),
        format!("{:?} {:?} {:?}", person.birth_date, person.links, person.deceased),
        format!("{observation:?} {:?} {:?}", observation.measured, observation.measured.value),
        format!("{:?} {:?}", observation.analyte(MARKER), observation.subject),
        format!("{:?} {:?}", ResultRecord::of(&observation), ResultRecord::of(&observation).line),
        format!("{:?}", ResultRecord::of(&Observation::read(&parts).unwrap()).parts),
        format!("{bundle:?} {:?} {:?}", bundle.links, bundle.entries),
        format!("{:?}", salvage_bundle(&page.as_bytes()[..page.len() - 1], &JsonLimits::PAGE)),
        format!("{:?} {:?}", read_header(&note), read_header(&note).unwrap().security),
        format!("{:?} {:?}", Reference::to(MARKER), Reference::to("Patient/Zyxwv")),
        format!("{:?}", FhirTime::from_text(MARKER)),
        format!("{:?}", Binary::read(r#"{"resourceType":"Binary","id":"Zyxwv","data":"Zyxw"}"#, 10)),
    ];
    for text in shown {
        assert!(!text.contains(MARKER), "{text}");
        assert!(!text.contains("1.6") && !text.contains("150"), "{text}");
    }
}

/// Proves V6: errors say what is wrong and nothing of what was read.
#[test]
fn errors_show_no_content() {
    let errors: Vec<RecordError> = [
        check(b"{\"Zyxwv\":", &JsonLimits::PAGE).err(),
        check(b"{\"Zyxwv\" Zyxwv", &JsonLimits::PAGE).err(),
        Patient::read(r#"{"resourceType":"Zyxwv"}"#).err(),
        read_header(r#"{"resourceType":"Zyxwv","id":"Zyxwv","id":"Zyxwv"}"#).err(),
        Binary::read(r#"{"resourceType":"Binary","data":"Zyxwv%"}"#, 10).err(),
    ]
    .into_iter()
    .map(Option::unwrap)
    .collect();
    for error in errors {
        assert!(!format!("{error} {error:?}").contains(MARKER));
    }
}
