//! Notes and their bodies (D2, D11).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_record::binary::Binary;
use plainchart_record::document_reference::attachment_bytes;
use plainchart_record::note_type::{NOTE_TYPES, note_type};
use plainchart_record::reference::Target;
use plainchart_record::status::{DocumentStatus, NoteStatus};
use plainchart_record::{DocumentReference, RecordError};

const NOTE: &str = include_str!("fixtures/progress-note.json");

/// Proves D2: every rendition is kept, inline or by address or missing, and a broken one costs only itself.
#[test]
fn all_renditions_are_kept() {
    let note = DocumentReference::read(NOTE).unwrap();
    let indexes: Vec<usize> = note.content.iter().map(|content| content.index).collect();
    assert_eq!(indexes, [0, 1, 3]);
    let [inline, linked, missing] = &note.content[..] else { panic!("three") };
    let media = inline.attachment.media_type.as_ref().unwrap();
    assert_eq!((media.essence.as_str(), media.charset.as_deref()), ("text/plain", Some("utf-8")));
    assert_eq!((linked.attachment.url.as_deref(), linked.attachment.size), (Some("Binary/b7"), Some(1234)));
    assert_eq!(linked.attachment.hash.as_deref(), Some("2jmj7l5rSw0yVb/vlWAYkK/YBwk="));
    assert!(missing.attachment.left_out && !inline.attachment.left_out && !linked.attachment.left_out);
    assert_eq!(attachment_bytes(NOTE, 0, 100).unwrap().unwrap(), "HPI: visit µ".as_bytes());
    assert_eq!(attachment_bytes(NOTE, 1, 100), Ok(None));
    assert_eq!(attachment_bytes(NOTE, 2, 100), Ok(None));
    assert_eq!(attachment_bytes(NOTE, 0, 5), Err(RecordError::TooLarge { limit: 5 }));
}

/// Proves D2: authors are named, also through contained resources, and a dangling one has no name.
#[test]
fn authors_are_named() {
    let note = DocumentReference::read(NOTE).unwrap();
    let names: Vec<_> = note.authors.iter().map(|author| author.name.as_deref()).collect();
    assert_eq!(names, [Some("Dr. N. Okafor"), Some("A. Student"), None]);
    assert_eq!(note.custodian.unwrap().name.as_deref(), Some("Lakeside Hospital"));
    let looping = r##"{"resourceType":"DocumentReference","author":{"reference":"#r"},
        "contained":[{"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":"#r"}}]}"##;
    assert_eq!(DocumentReference::read(looping).unwrap().authors[0].name, None);
}

/// Proves D4: amended and superseded are known, and D2: links between versions are kept.
#[test]
fn the_state_of_a_note_is_read() {
    let note = DocumentReference::read(NOTE).unwrap();
    assert_eq!((note.status, note.note_status), (DocumentStatus::Current, NoteStatus::Amended));
    assert_eq!(note.relates_to[0].code.as_deref(), Some("replaces"));
    assert!(note.relates_to[0].target.target == Target::parse("DocumentReference/n6"));
    assert_eq!(note.when().unwrap().text, "2026-11-18");
    assert_eq!(note.identifiers.len(), 2);
}

/// Proves D2: the ten kinds of US Core are named in plain words, and others keep the source's own.
#[test]
fn kinds_of_notes_are_named() {
    for loinc in
        ["11488-4", "18842-5", "34117-2", "28570-0", "11506-3", "18748-4", "11502-2", "11526-1", "11504-8", "34111-5"]
    {
        assert!(note_type(loinc).is_some_and(|known| known.loinc == loinc), "{loinc}");
    }
    assert_eq!(NOTE_TYPES.len(), 10);
    let note = DocumentReference::read(NOTE).unwrap();
    assert_eq!(note.note_type().map(|known| known.loinc), Some("11506-3"));
    let titled = |members: &str| {
        let raw = format!("{{\"resourceType\":\"DocumentReference\",{members}}}");
        DocumentReference::read(&raw).unwrap().title().map(str::to_owned)
    };
    assert_eq!(titled(r#""type":{"text":"Telephone call"},"description":"x""#).as_deref(), Some("Telephone call"));
    assert_eq!(titled(r#""description":"Call""#).as_deref(), Some("Call"));
    assert_eq!(titled(r#""content":[{"attachment":{"title":"scan.pdf"}}]"#).as_deref(), Some("scan.pdf"));
    assert_eq!(titled(r#""status":"current""#), None);
}

/// Proves D2: a Binary as FHIR JSON gives back its bytes; proves D10: only up to the limit.
#[test]
fn a_binary_is_decoded() {
    let raw = r#"{"resourceType":"Binary","id":"b","contentType":"Text/HTML","data":"PGI+\nw7w8L2I+"}"#;
    let binary = Binary::read(raw, 9).unwrap();
    assert_eq!(binary.bytes, "<b>ü</b>".as_bytes());
    assert_eq!(binary.media_type.unwrap().essence, "text/html");
    assert!(matches!(Binary::read(raw, 8), Err(RecordError::TooLarge { .. })));
    assert!(matches!(Binary::read(r#"{"resourceType":"Binary","data":"%"}"#, 9), Err(RecordError::NotBase64)));
    assert!(matches!(Binary::read(r#"{"resourceType":"Binary","data":5}"#, 9), Err(RecordError::NotBase64)));
    assert!(Binary::read(r#"{"resourceType":"Binary"}"#, 9).unwrap().bytes.is_empty());
}
