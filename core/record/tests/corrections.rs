//! What changed between two versions of a result (R1, D4).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_record::correction::{ChangedField, Correction, CorrectionKind, Stated};
use plainchart_record::value::Value;
use proptest::prelude::*;

const CREATININE: &str = include_str!("fixtures/creatinine.json");
const BLOOD_PRESSURE: &str = include_str!("fixtures/blood-pressure.json");

fn between(older: &str, newer: &str) -> Correction {
    Correction::between_raw(older, newer).unwrap().unwrap()
}

fn fields(correction: &Correction) -> Vec<&'static str> {
    correction.changes.iter().map(|change| change.field.code()).collect()
}

fn text(stated: &Stated) -> &str {
    match stated {
        Stated::Text(text) => text,
        Stated::Value(_) => panic!("needs words"),
    }
}

fn bounds(stated: &Stated) -> (String, String) {
    let Stated::Value(value) = stated else { panic!("a text") };
    let Value::Range(range) = value.as_ref() else { panic!("no range") };
    (range.low.as_ref().unwrap().shown(), range.high.as_ref().unwrap().shown())
}

/// Proves R1: a corrected value says what it was, with the unit, in the very digits.
#[test]
fn a_corrected_value_says_what_it_was() {
    let older = CREATININE.replace("\"corrected\"", "\"final\"");
    let newer = CREATININE.replace("1.60", "1.06").replace("\"High\"", "\"Normal\"").replace("1.30", "1.20");
    let correction = between(&older, &newer);
    assert_eq!((correction.kind, correction.was().map(text)), (CorrectionKind::Corrected, Some("1.60 mg/dL")));
    assert_eq!(fields(&correction), ["status", "value", "range", "flag"]);
    let status = &correction.changes[0];
    assert_eq!((text(&status.was[0]), text(&status.is[0])), ("final", "corrected"));
    let range = &correction.changes[2];
    assert_eq!(bounds(&range.was[0]), ("0.70 mg/dL".to_owned(), "1.30 mg/dL".to_owned()));
    assert_eq!(bounds(&range.is[0]), ("0.70 mg/dL".to_owned(), "1.20 mg/dL".to_owned()));
    let recoded = CREATININE.replace("\"low\":{", "\"low\":{\"system\":\"urn:example:units\",");
    assert_eq!(between(CREATININE, &recoded).kind, CorrectionKind::Same);
}

/// Proves R1: the same number in another unit is a change of value and unit; more zeros in one unit are none.
#[test]
fn a_unit_is_part_of_a_value() {
    let other_unit =
        between(CREATININE, &CREATININE.replace("\"unit\":\"mg/dL\",\"system\"", "\"unit\":\"mg/L\",\"system\""));
    assert_eq!(fields(&other_unit), ["value", "unit"]);
    assert_eq!(other_unit.changes[0].is.iter().map(text).collect::<Vec<_>>(), ["1.60 mg/L"]);
    assert_eq!(between(CREATININE, &CREATININE.replace("1.60", "1.600")).kind, CorrectionKind::Same);
    let below = between(CREATININE, &CREATININE.replace("\"value\":1.60", "\"comparator\":\"<\",\"value\":1.60"));
    assert_eq!((fields(&below), text(&below.changes[0].is[0])), (vec!["value"], "<1.60 mg/dL"));
}

/// Proves R1: amended, completed, cancelled and changed are told apart; a cancellation has its reason.
#[test]
fn kinds_of_change_are_told_apart() {
    let with = |status: &str| CREATININE.replace("\"corrected\"", &format!("\"{status}\""));
    let kind = |older: &str, newer: &str| between(&with(older), &with(newer)).kind;
    assert_eq!(kind("final", "amended"), CorrectionKind::Amended);
    assert_eq!(kind("preliminary", "final"), CorrectionKind::Completed);
    assert_eq!(kind("final", "unknown"), CorrectionKind::Changed);
    assert_eq!(kind("final", "final"), CorrectionKind::Same);
    let cancelled = with("cancelled")
        .replace("\"valueQuantity\":{\"value\":1.60,\"unit\":\"mg/dL\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg/dL\"},", "\"dataAbsentReason\":{\"text\":\"Tube broke\"},\"extension\":[{\"url\":\"http://hl7.org/fhir/StructureDefinition/event-statusReason\",\"valueCodeableConcept\":{\"text\":\"Not enough blood\"}}],")
        .replace("Sample slightly cloudy.", "Please come again.");
    let correction = between(&with("registered"), &cancelled);
    assert_eq!(correction.kind, CorrectionKind::Cancelled);
    assert_eq!(correction.reasons, ["Not enough blood", "Tube broke", "Please come again."]);
}

/// Proves D4: between a result and its entry in error only the status is told.
#[test]
fn an_error_tells_nothing_else() {
    let correction =
        between(CREATININE, &CREATININE.replace("\"corrected\"", "\"entered-in-error\"").replace("1.60", "9"));
    assert_eq!((correction.kind, fields(&correction)), (CorrectionKind::EnteredInError, vec!["status"]));
    assert!(correction.reasons.is_empty() && correction.was().is_none());
    let back = between(&CREATININE.replace("\"corrected\"", "\"entered-in-error\""), CREATININE);
    assert_eq!(fields(&back), ["status"]);
}

/// Proves R1: components are compared by what they measure, wherever they stand; one that went or came is told.
#[test]
fn components_are_compared_by_name() {
    let mut value: serde_json::Value = serde_json::from_str(BLOOD_PRESSURE).unwrap();
    let parts = value["component"].as_array_mut().unwrap();
    parts.reverse();
    let turned = serde_json::to_string(&value).unwrap();
    assert_eq!(between(BLOOD_PRESSURE, &turned).kind, CorrectionKind::Same);
    value["component"].as_array_mut().unwrap().remove(1);
    let shorter = serde_json::to_string(&value).unwrap();
    let gone = between(BLOOD_PRESSURE, &shorter);
    let lost = gone.changes.iter().find(|change| change.field == ChangedField::Value).unwrap();
    assert!(lost.part_is_gone && lost.is.is_empty() && text(&lost.was[0]).starts_with("150"));
    let came = between(&shorter, BLOOD_PRESSURE);
    assert!(
        came.changes
            .iter()
            .any(|change| change.field == ChangedField::Value && change.was.is_empty() && !change.part_is_gone)
    );
}

/// Proves A9, R1: two results are no versions of one another.
#[test]
fn other_results_are_not_compared() {
    assert!(Correction::between_raw(CREATININE, BLOOD_PRESSURE).unwrap().is_none());
    assert!(Correction::between_raw(CREATININE, "{}").is_err());
}

proptest! {
    /// Proves R1: a version never differs from itself, and what changed forwards changes backwards.
    #[test]
    fn changes_mirror(a in "[1-9]\\.[0-9]{2}", b in "[1-9]\\.[0-9]{2}") {
        let (older, newer) = (CREATININE.replace("1.60", &a), CREATININE.replace("1.60", &b));
        prop_assert_eq!(between(&older, &older).changes.len(), 0);
        let (there, back) = (between(&older, &newer), between(&newer, &older));
        prop_assert_eq!(there.changes.is_empty(), a == b);
        for (forwards, backwards) in there.changes.iter().zip(&back.changes) {
            prop_assert!(forwards.was == backwards.is && forwards.is == backwards.was);
        }
    }
}
