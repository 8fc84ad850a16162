//! Reports: order, notes, kinds and renditions (D2, R1).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_record::diagnostic_report::{ReportKind, ReportStatus, presented_form_bytes};
use plainchart_record::results::ReportRecord;
use plainchart_record::{DiagnosticReport, RecordError};

const REPORT: &str = include_str!("fixtures/pathology-report.json");

fn report(members: &str) -> DiagnosticReport {
    DiagnosticReport::read(&format!(r#"{{"resourceType":"DiagnosticReport",{members}}}"#)).unwrap()
}

/// Proves D2, R1: everything that a report says is read, in its order.
#[test]
fn a_report_is_read_whole() {
    let report = DiagnosticReport::read(REPORT).unwrap();
    assert_eq!((report.status, report.kind()), (ReportStatus::Amended, ReportKind::Pathology));
    assert_eq!(report.title(), Some("BIOPSY, SKIN"));
    assert_eq!(report.note_type().unwrap().loinc, "11526-1");
    assert_eq!(report.when().unwrap().text, "2026-11-13T17:40:00-05:00");
    assert_eq!(report.issued.as_ref().unwrap().text, "2026-11-13T18:05:00-05:00");
    let results: Vec<&str> = report.results.iter().filter_map(|one| one.target.id()).collect();
    assert_eq!(results, ["size", "margin", "grade"]);
    assert_eq!((report.based_on.len(), report.media.len(), report.imaging_studies.len()), (1, 1, 1));
    assert_eq!(report.media[0].comment.as_deref(), Some("Slide 1"));
    assert_eq!((report.presented_form.len(), report.identifiers.len(), report.encounter.is_some()), (2, 1, true));
    let shown = ReportRecord::of(&report);
    assert_eq!(shown.performers, ["Lakeside Pathology"]);
    assert_eq!(shown.interpreters, ["Dr. Imani Okafor"]);
    assert_eq!(shown.specimens, ["Skin, left arm"]);
    assert_eq!(shown.conclusion_codes, ["Benign nevus"]);
    assert_eq!((shown.note_code, shown.results.len()), (Some("11526-1"), 3));
}

/// Proves D2: a report with a rendition or a conclusion is a note; one with results alone is not.
#[test]
fn a_note_has_something_to_read() {
    assert!(report(r#""conclusion":"No fracture.""#).is_note());
    assert!(report(r#""presentedForm":[{"url":"Binary/1"}]"#).is_note());
    assert!(report(r#""presentedForm":{"contentType":"text/plain","data":"SGk="}"#).is_note());
    assert!(!report(r#""result":[{"reference":"Observation/1"}],"conclusion":"  ""#).is_note());
    assert!(!report(r#""status":"entered-in-error","conclusion":"No fracture.""#).is_note());
}

/// Proves D2: the kind of note comes from the code, else from the category in each of its spellings.
#[test]
fn kinds_of_notes_are_told_apart() {
    let loinc = |code: &str| format!(r#"{{"coding":[{{"system":"http://loinc.org","code":"{code}"}}]}}"#);
    let kind = |category: &str, code: &str| {
        report(&format!(r#""category":[{category}],"code":{code}"#)).note_type().map(|known| known.loinc)
    };
    let v2 = |code: &str| {
        format!(r#"{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/v2-0074","code":"{code}"}}]}}"#)
    };
    assert_eq!(kind(&v2("LAB"), &loinc("18842-5")), Some("18842-5"));
    assert_eq!(kind(&v2("RAD"), &loinc("30746-2")), Some("18748-4"));
    assert_eq!(kind(&loinc("LP29684-5"), &loinc("30746-2")), Some("18748-4"));
    assert_eq!(kind(&loinc("LP7839-6"), r#"{"text":"x"}"#), Some("11526-1"));
    assert_eq!(kind(&v2("SP"), "{}"), Some("11526-1"));
    assert_eq!(kind(&v2("HM"), "{}"), Some("11502-2"));
    assert_eq!(kind(&loinc("11502-2"), "{}"), Some("11502-2"));
    assert_eq!(
        (kind(&v2("CUS"), "{}"), report(&format!(r#""category":{}"#, v2("CUS"))).kind()),
        (None, ReportKind::Cardiology)
    );
    assert_eq!(kind(&v2("XYZ"), "{}"), None);
}

/// Proves D4: of a report made in error only a marker is left to show.
#[test]
fn an_error_leaves_a_marker() {
    let shown =
        ReportRecord::of(&DiagnosticReport::read(&REPORT.replace("\"amended\"", "\"entered-in-error\"")).unwrap());
    assert!(shown.id.is_some() && shown.when.is_some());
    assert!(shown.title.is_none() && shown.conclusion.is_none() && shown.note_code.is_none());
    assert!(shown.results.is_empty() && shown.performers.is_empty() && shown.specimens.is_empty());
    assert!(shown.conclusion_codes.is_empty() && shown.interpreters.is_empty());
}

/// Proves D2, D10: the bytes of a rendition are those that were sent, by the place among all items, within a bound.
#[test]
fn renditions_are_byte_equal() {
    let raw = r#"{"resourceType":"DiagnosticReport","presentedForm":[7,{"data":"w7/Dvg=="},{"url":"Binary/1"},{"title":"left out"}]}"#;
    let report = DiagnosticReport::read(raw).unwrap();
    let places: Vec<(usize, bool)> =
        report.presented_form.iter().map(|form| (form.index, form.attachment.left_out)).collect();
    assert_eq!(places, [(1, false), (2, false), (3, true)]);
    assert_eq!(presented_form_bytes(raw, 1, 10).unwrap().unwrap(), "ÿþ".as_bytes());
    assert_eq!(presented_form_bytes(raw, 2, 10), Ok(None));
    assert_eq!(presented_form_bytes(raw, 9, 10), Ok(None));
    assert_eq!(presented_form_bytes(raw, 1, 3), Err(RecordError::TooLarge { limit: 3 }));
}

/// Proves D7: elements of the wrong shape cost only themselves; a status that is none is not taken for one.
#[test]
fn broken_elements_are_passed_over() {
    let report = report(
        r#""status":["final"],"category":"LAB","code":[{"text":"First"},7],"result":{"reference":"Observation/1"},
        "media":[{"comment":"no link"},{"link":{"reference":"Media/1"}}],"effectivePeriod":{"end":"2026-03"},"specimen":"x""#,
    );
    assert_eq!(report.status, ReportStatus::NotGiven);
    assert_eq!((report.results.len(), report.media.len()), (1, 1));
    assert_eq!(report.when().unwrap().text, "2026-03");
    assert!(DiagnosticReport::read(r#"{"resourceType":"Observation"}"#).is_err());
}

/// Proves R1: a specimen inside the resource is named by its type.
#[test]
fn contained_specimens_are_named() {
    let shown = ReportRecord::of(&report(
        r##""contained":[{"resourceType":"Specimen","id":"s","type":{"text":"Urine"}}],"specimen":[{"reference":"#s"}]"##,
    ));
    assert_eq!(shown.specimens, ["Urine"]);
}
