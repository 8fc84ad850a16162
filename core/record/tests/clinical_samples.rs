//! Clinical resources of other makers, where a folder of them is at hand.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a test may fail"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use plainchart_record::entry::{Entry, resource_types};
use plainchart_record::said::Said;
use plainchart_record::{Identity, JsonLimits, check, read_bundle, read_header, references};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "json" || e == "ndjson") {
            found.push(path);
        }
    }
}

/// What is looked at, and what was seen of it.
#[derive(Default)]
struct Seen {
    entries: BTreeMap<&'static str, usize>,
    untitled: BTreeMap<&'static str, usize>,
    references: usize,
}

fn read(raw: &str, seen: &mut Seen) {
    let header = read_header(raw).unwrap();
    if header.resource_type == "Bundle" {
        read_bundle(raw).unwrap().entries.iter().filter_map(|entry| entry.raw).for_each(|raw| read(raw, seen));
        return;
    }
    let all = references(raw).unwrap();
    assert_eq!(all.len(), count_references(&serde_json::from_str(raw).unwrap()), "{:?}", header.id);
    seen.references += all.len();
    let identity = Identity::read(raw, None).unwrap();
    assert!(identity.id.is_none() || !identity.targets("https://example.org").is_empty());
    if !resource_types().any(|known| known == header.resource_type) {
        return;
    }
    let entry = Entry::of(raw).unwrap();
    assert_eq!((entry.resource_type, &entry.id), (header.resource_type.as_str(), &header.id));
    *seen.entries.entry(entry.resource_type).or_default() += 1;
    let value: serde_json::Value = serde_json::from_str(raw).unwrap();
    let has = |name: &str| value.get(name).is_some();
    if entry.title.is_none() && !entry.marker_only {
        *seen.untitled.entry(entry.resource_type).or_default() += 1;
    }
    for state in &entry.states {
        assert!(state.code.is_some(), "{} {:?}: a state that we do not know", entry.resource_type, entry.id);
    }
    let stated = has("status") || has("clinicalStatus") || has("lifecycleStatus");
    assert_eq!(stated, !entry.states.is_empty(), "{} {:?}", entry.resource_type, entry.id);
    let timed =
        ["onsetDateTime", "recordedDate", "occurrenceDateTime", "performedPeriod", "performedDateTime", "period"];
    assert!(!timed.iter().any(|name| has(name)) || entry.order_key() > i64::MIN, "{:?}", entry.id);
    for fact in &entry.facts {
        assert!(!matches!(&fact.said, Said::Text { text, .. } if text.trim().is_empty()));
    }
    if let Some(notes) = value["note"].as_array() {
        assert_eq!(notes.len(), entry.notes.len());
    }
    if let Some(participants) = value["participant"].as_array() {
        let own = entry.parties.iter().filter(|role| role.label.ends_with("participant")).count();
        assert_eq!(participants.len(), own);
    }
}

/// Counts what has a `reference` of text or an `identifier` alone, by another way than the reader's.
fn count_references(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Array(items) => items.iter().map(count_references).sum(),
        serde_json::Value::Object(members) => {
            let addressed = members.get("reference").is_some_and(serde_json::Value::is_string);
            let numbered = members.get("identifier").is_some_and(serde_json::Value::is_object);
            usize::from(addressed || (numbered && !members.contains_key("resourceType")))
                + members.values().map(count_references).sum::<usize>()
        }
        _ => 0,
    }
}

/// Proves D1, D7 on records that we did not write. Needs PLAINCHART_FHIR_SAMPLES, a folder of JSON and NDJSON.
#[test]
#[ignore = "needs a folder of sample records in PLAINCHART_FHIR_SAMPLES"]
fn clinical_samples_are_told() {
    let folder = std::env::var("PLAINCHART_FHIR_SAMPLES").expect("PLAINCHART_FHIR_SAMPLES is set");
    let mut found = Vec::new();
    files(Path::new(&folder), &mut found);
    let mut seen = Seen::default();
    for path in found {
        let bytes = fs::read(&path).unwrap();
        let has_type = |text: &[u8]| text.windows(14).any(|part| part == b"\"resourceType\"");
        if path.extension().is_some_and(|e| e == "ndjson") {
            for line in bytes.split(|byte| *byte == b'\n').filter(|line| has_type(line)) {
                read(check(line, &JsonLimits::PAGE).unwrap(), &mut seen);
            }
        } else {
            let text = check(&bytes, &JsonLimits::FILE).unwrap();
            if has_type(text.as_bytes()) && read_header(text).is_ok() {
                read(text, &mut seen);
            }
        }
    }
    println!("{:?}\nuntitled {:?}\nreferences {}", seen.entries, seen.untitled, seen.references);
    assert!(!seen.entries.is_empty());
}
