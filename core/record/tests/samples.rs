//! Larger records of other makers, where a folder of them is at hand.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail"
)]

use std::fs;
use std::path::{Path, PathBuf};

use plainchart_record::document_reference::attachment_bytes;
use plainchart_record::results::ResultRecord;
use plainchart_record::{DocumentReference, JsonLimits, Observation, Patient, check, read_bundle, read_header};

#[derive(Default, Debug)]
struct Counts {
    resources: usize,
    observations: usize,
    valued: usize,
    notes: usize,
    bodies: usize,
    patients: usize,
}

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

fn read(raw: &str, counts: &mut Counts) {
    let header = read_header(raw).unwrap();
    counts.resources += 1;
    match header.resource_type.as_str() {
        "Bundle" => {
            read_bundle(raw).unwrap().entries.iter().filter_map(|entry| entry.raw).for_each(|raw| read(raw, counts))
        }
        "Observation" => {
            let result = ResultRecord::of(&Observation::read(raw).unwrap());
            counts.observations += 1;
            let shows = result.line.value.is_some() || result.line.is_signal || result.line.absent.is_some();
            assert!(
                shows || !result.parts.is_empty() || !result.members.is_empty(),
                "{:?} shows nothing",
                result.id.as_deref()
            );
            assert!(result.line.name.is_some() && result.when.is_some());
            assert!(
                raw.contains("\"value")
                    == (result.line.value.is_some()
                        || result.line.is_signal
                        || raw.contains("\"component\"")
                        || raw.contains("\"referenceRange\"")
                        || raw.contains("extension"))
            );
            counts.valued += usize::from(result.line.value.is_some());
        }
        "DocumentReference" => {
            let note = DocumentReference::read(raw).unwrap();
            assert!(note.title().is_some() && !note.content.is_empty());
            counts.notes += 1;
            for content in &note.content {
                let bytes = attachment_bytes(raw, content.index, 50 << 20).unwrap();
                assert_eq!(bytes.is_some(), content.attachment.data_length.is_some());
                counts.bodies += usize::from(bytes.is_some());
            }
        }
        "Patient" => {
            assert!(Patient::read(raw).unwrap().display_name().is_some());
            counts.patients += 1;
        }
        _ => {}
    }
}

/// Proves D7, D8 on records that we did not write. Needs PLAINCHART_FHIR_SAMPLES, a folder of JSON and NDJSON.
#[test]
#[ignore = "needs a folder of sample records in PLAINCHART_FHIR_SAMPLES"]
fn sample_records_are_read_whole() {
    let folder = std::env::var("PLAINCHART_FHIR_SAMPLES").expect("PLAINCHART_FHIR_SAMPLES is set");
    let mut found = Vec::new();
    files(Path::new(&folder), &mut found);
    let mut counts = Counts::default();
    for path in found {
        let bytes = fs::read(&path).unwrap();
        if path.extension().is_some_and(|e| e == "ndjson") {
            for line in
                bytes.split(|byte| *byte == b'\n').filter(|line| line.windows(14).any(|w| w == b"\"resourceType\""))
            {
                read(check(line, &JsonLimits::PAGE).unwrap(), &mut counts);
            }
        } else {
            let text = check(&bytes, &JsonLimits::FILE).unwrap();
            if text.contains("\"resourceType\"") {
                read(text, &mut counts);
            }
        }
    }
    println!("{counts:?}");
    assert!(counts.resources > 0);
}
