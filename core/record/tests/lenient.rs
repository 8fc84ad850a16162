//! A bad element costs only itself, whatever it is (D7).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_record::document_reference::attachment_bytes;
use plainchart_record::outcome::OperationOutcome;
use plainchart_record::results::ResultRecord;
use plainchart_record::{Binary, DocumentReference, Observation, Patient, read_bundle, read_header};
use proptest::prelude::*;
use serde_json::{Map, Value};

const FIXTURES: [&str; 6] = [
    include_str!("fixtures/patient.json"),
    include_str!("fixtures/creatinine.json"),
    include_str!("fixtures/blood-pressure.json"),
    include_str!("fixtures/progress-note.json"),
    include_str!("fixtures/searchset.json"),
    include_str!("fixtures/transaction.json"),
];

/// Any small JSON value.
fn junk() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        select(&["#x", "Patient/1", "urn:uuid:1", "2024-13", "text/html;", "true", "http://", "?", ""])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let names = select(&["reference", "coding", "code", "value", "extension", "id", "resourceType", "x", ""]);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((names, inner), 0..4).prop_map(|members| named(members)),
        ]
    })
}

fn select(texts: &'static [&'static str]) -> impl Strategy<Value = &'static str> + Clone {
    proptest::sample::select(texts)
}

fn named(members: Vec<(&str, Value)>) -> Value {
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>().into()
}

/// Puts `with` in the place of one node: the one reached by walking down along `path`.
fn replace(value: &mut Value, path: &[usize], with: Value) {
    let count = match &*value {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    };
    let Some((step, rest)) = path.split_first().filter(|_| count > 0) else {
        *value = with;
        return;
    };
    match value {
        Value::Array(items) => replace(&mut items[step % count], rest, with),
        Value::Object(members) => replace(members.values_mut().nth(step % count).unwrap(), rest, with),
        _ => unreachable!("counted above"),
    }
}

/// Runs every reader over a text.
fn read_everything(text: &str) {
    let _ = read_header(text);
    let _ = Patient::read(text);
    let _ = DocumentReference::read(text).map(|note| (note.title().is_some(), note.when().is_some()));
    (0..3).for_each(|index| drop(attachment_bytes(text, index, 1000)));
    let _ = Observation::read(text).map(|observation| {
        let _ = observation.analyte("s").map(|analyte| analyte.key());
        ResultRecord::of(&observation)
    });
    let _ = Binary::read(text, 1000);
    let _ = OperationOutcome::read(text).map(|outcome| outcome.retry_after_seconds());
    if let Ok(bundle) = read_bundle(text) {
        bundle.entries.iter().filter_map(|entry| entry.raw).for_each(read_everything);
    }
}

proptest! {
    /// Proves D7, D8: whatever stands where, no reader fails but by a typed error, and every entry of a page stays
    /// where it was, byte for byte.
    #[test]
    fn junk_anywhere_is_survived(
        fixture in 0..FIXTURES.len(), path in proptest::collection::vec(0..20_usize, 1..7), junk in junk()
    ) {
        let mut value: Value = serde_json::from_str(FIXTURES[fixture]).unwrap();
        replace(&mut value, &path, junk);
        let text = value.to_string();
        read_everything(&text);
        if let (Ok(bundle), Some(entries)) = (read_bundle(&text), value["entry"].as_array()) {
            let kept: Vec<_> = entries.iter().filter(|entry| !entry.is_null()).map(Value::to_string).collect();
            let found: Vec<_> = bundle.entries.iter().map(|entry| entry.entry_raw.to_owned()).collect();
            prop_assert_eq!(kept, found);
        }
    }

    /// Proves D7: junk in one member of a result changes nothing that the others say.
    #[test]
    fn junk_in_one_member_costs_only_that_member(at in 0..20_usize, junk in junk()) {
        let whole: Value = serde_json::from_str(FIXTURES[1]).unwrap();
        let sound = ResultRecord::of(&Observation::read(&whole.to_string()).unwrap());
        let members = whole.as_object().unwrap();
        let name = members.keys().nth(at % members.len()).unwrap().clone();
        prop_assume!(name != "resourceType");
        let mut damaged = whole.clone();
        damaged[&name] = junk;
        let read = ResultRecord::of(&Observation::read(&damaged.to_string()).unwrap());
        prop_assume!(!read.status.is_entered_in_error());
        prop_assert!(name == "id" || read.id == sound.id);
        prop_assert!(name == "status" || read.status == sound.status);
        prop_assert!(name == "category" || read.kind == sound.kind);
        prop_assert!(name == "code" || (&read.line.name, &read.line.loinc) == (&sound.line.name, &sound.line.loinc));
        prop_assert!(name == "valueQuantity" || read.line.value == sound.line.value);
        prop_assert!(name == "referenceRange" || read.line.ranges == sound.line.ranges);
        prop_assert!(name == "interpretation" || read.line.flags == sound.line.flags);
        prop_assert!(name == "effectiveDateTime" || read.when == sound.when);
        prop_assert!(name == "issued" || read.issued == sound.issued);
        prop_assert!(name == "note" || read.notes == sound.notes);
        prop_assert!(name == "method" || read.method == sound.method);
        prop_assert!(name == "hasMember" || read.members == sound.members);
        prop_assert!(["performer", "contained"].contains(&name.as_str()) || read.performers == sound.performers);
    }

    /// Proves D7: junk in one item of a list leaves the other items in their places.
    #[test]
    fn junk_in_a_list_costs_only_that_item(at in 0..3_usize, junk in junk()) {
        let mut note: Value = serde_json::from_str(FIXTURES[3]).unwrap();
        let sound = DocumentReference::read(FIXTURES[3]).unwrap();
        prop_assume!(!junk.is_null());
        note["content"][at] = junk;
        let read = DocumentReference::read(&note.to_string()).unwrap();
        for content in sound.content.iter().filter(|content| content.index != at) {
            prop_assert!(read.content.contains(content));
        }
        prop_assert_eq!(read.title(), sound.title());
    }

    /// Proves D7: damaged text never makes a reader panic.
    #[test]
    fn damaged_text_is_survived(fixture in 0..FIXTURES.len(), at in any::<prop::sample::Index>(), with in "\\PC{0,3}|[\\[{\\]}\",:\\\\]{0,4}") {
        let text = FIXTURES[fixture];
        let start = text.floor_char_boundary(at.index(text.len()));
        let end = text.ceil_char_boundary((start + 2).min(text.len()));
        read_everything(&format!("{}{with}{}", &text[..start], &text[end..]));
    }
}

/// Proves D10: a resource nested without end is no danger even to the readers.
#[test]
fn readers_do_not_recurse() {
    for member in ["contained", "component", "extension", "subject", "content", "entry"] {
        let deep =
            format!(r#"{{"resourceType":"Observation","{member}":{}{}}}"#, "[".repeat(20_000), "]".repeat(20_000));
        read_everything(&deep);
        let deep =
            format!(r#"{{"resourceType":"Bundle","{member}":{}1{}}}"#, "{\"a\":".repeat(20_000), "}".repeat(20_000));
        read_everything(&deep);
    }
}
