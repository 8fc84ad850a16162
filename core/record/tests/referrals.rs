//! Referrals and orders, and what came of them (R5).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use std::collections::BTreeSet;

use plainchart_record::referral_answer::{AnswerKind, AnswerStanding};
use plainchart_record::service_request::{HowMuch, Occurrence, Priority};
use plainchart_record::{ReferralEntry, ReferralKind, ReferralState, ServiceRequest, answer, answers};
use proptest::prelude::*;

const WORDS: &str = include_str!("../../plainchart/words/en/referral.txt");

fn request(members: &str) -> ServiceRequest {
    ServiceRequest::read(&format!(r#"{{"resourceType":"ServiceRequest",{members}}}"#)).unwrap()
}

fn entry(members: &str) -> ReferralEntry {
    ReferralEntry::of(&request(members))
}

/// Proves R5: what, why, to whom, who asked, how it stands and when are the source's own.
#[test]
fn an_entry_shows_what_the_source_has() {
    let entry = entry(
        r##""id":"s1","status":"active","intent":"order","priority":"urgent","category":[{"text":"Referral"}],
        "contained":[{"resourceType":"Organization","id":"lung","name":"Lung clinic"}],
        "code":{"text":"Ambulatory referral to pulmonology"},"orderDetail":[{"text":"New patient"}],
        "reasonCode":[{"text":"Cough"}],"reasonReference":[{"display":"Asthma"}],"note":[{"text":"Ask for Ana."}],
        "performerType":{"text":"Pulmonologist"},"performer":[{"reference":"#lung"}],"locationReference":[{"display":"Floor 3"}],
        "requester":{"display":"Dr. Osei"},"occurrencePeriod":{"start":"2026-11"},"authoredOn":"2026-11-12",
        "patientInstruction":"Bring your inhaler.","requisition":{"system":"urn:x","value":"R9"},
        "replaces":[{"reference":"ServiceRequest/s0"}],"basedOn":[{"reference":"CarePlan/p"}],"quantityQuantity":{"value":5,"unit":"visits"}"##,
    );
    assert_eq!((entry.kind, entry.state), (ReferralKind::Referral, ReferralState::Ordered));
    assert_eq!(entry.what.as_deref(), Some("Ambulatory referral to pulmonology"));
    assert_eq!(entry.reasons, ["Cough", "Asthma"]);
    assert_eq!(entry.performers[0].name.as_deref(), Some("Lung clinic"));
    assert_eq!(entry.performer_type.as_deref(), Some("Pulmonologist"));
    assert_eq!(entry.locations[0].name.as_deref(), Some("Floor 3"));
    assert_eq!(entry.requester.as_ref().unwrap().name.as_deref(), Some("Dr. Osei"));
    assert_eq!((entry.priority, entry.details.as_slice()), (Priority::Urgent, ["New patient".to_owned()].as_slice()));
    assert_eq!(entry.patient_instruction.as_deref(), Some("Bring your inhaler."));
    assert!(matches!(&entry.quantity, Some(HowMuch::Quantity(amount)) if amount.shown() == "5 visits"));
    assert_eq!((entry.replaces.len(), entry.based_on.len()), (1, 1));
    assert!(matches!(entry.occurrence, Some(Occurrence::Within(_))));
}

/// Proves R5: the state follows status, intent and `doNotPerform`.
#[test]
fn the_state_follows_the_record() {
    let state = |members: &str| ReferralState::of(&request(members)).code();
    for (status, expected) in [
        ("draft", "planned"),
        ("active", "ordered"),
        ("on-hold", "on-hold"),
        ("revoked", "called-off"),
        ("completed", "done"),
        ("entered-in-error", "entered-in-error"),
        ("unknown", "unknown"),
        ("", "unknown"),
    ] {
        assert_eq!(state(&format!(r#""status":"{status}","intent":"order""#)), expected);
    }
    for (intent, expected) in [
        ("proposal", "planned"),
        ("plan", "planned"),
        ("directive", "ordered"),
        ("original-order", "ordered"),
        ("reflex-order", "ordered"),
        ("filler-order", "ordered"),
        ("instance-order", "ordered"),
        ("option", "unknown"),
        ("", "unknown"),
    ] {
        assert_eq!(state(&format!(r#""status":"active","intent":"{intent}""#)), expected);
    }
    assert_eq!(state(r#""status":"active","intent":"order","doNotPerform":true"#), "not-to-be-done");
    for odd in ["1", "\"yes\"", "{}"] {
        assert_eq!(state(&format!(r#""status":"active","intent":"order","doNotPerform":{odd}"#)), "unknown");
    }
}

/// Proves R5: the sort of request comes from its category, then from its words; "use" is no ultrasound.
#[test]
fn the_kind_follows_category_and_words() {
    let kind = |members: &str| entry(members).kind.code();
    let category = |code: &str| kind(&format!(r#""category":[{{"coding":[{{"code":"{code}"}}]}}]"#));
    assert_eq!(
        (category("108252007"), category("LAB"), category("363679005")),
        ("laboratory", "laboratory", "imaging")
    );
    assert_eq!((category("387713003"), category("sdoh"), category("zz")), ("procedure", "social-need", "other"));
    let words = |text: &str| kind(&format!(r#""code":{{"text":"{text}"}}"#));
    for (text, expected) in [
        ("Ambulatory referral to Radiology", "referral"),
        ("MRI brain without contrast", "imaging"),
        ("US abdomen", "imaging"),
        ("Nebulizer use teaching", "other"),
        ("Interconsulta a cardiología", "referral"),
        ("Radiografía de tórax", "imaging"),
        ("Urine culture", "laboratory"),
        ("Collaboration visit", "other"),
        ("Colonoscopy", "procedure"),
    ] {
        assert_eq!(words(text), expected, "{text}");
    }
    assert_eq!(kind(r#""category":[{"text":"Laboratory"}],"code":{"text":"MRI"}"#), "laboratory");
}

/// Proves D4: what was entered in error leaves a marker and no content.
#[test]
fn entered_in_error_leaves_a_marker() {
    let entry = entry(
        r#""id":"s","status":"entered-in-error","authoredOn":"2026","code":{"text":"Wrong"},"note":[{"text":"Wrong"}],
        "performer":[{"display":"Wrong"}],"reasonCode":[{"text":"Wrong"}],"occurrenceDateTime":"2027","patientInstruction":"Wrong""#,
    );
    assert!(entry.marker_only && entry.what.is_none() && entry.codings.is_empty() && entry.performers.is_empty());
    assert!(entry.notes.is_empty() && entry.reasons.is_empty() && entry.patient_instruction.is_none());
    assert_eq!(entry.authored.unwrap().text, "2026");
}

/// Proves R5: each type that can answer a request names it, and tells whether it has happened.
#[test]
fn what_came_of_it_is_found() {
    let own = r#"[{"reference":"ServiceRequest/s1"}]"#;
    let cases = [
        ("DiagnosticReport", "basedOn", "final", AnswerKind::Report, AnswerStanding::Here),
        ("Observation", "basedOn", "registered", AnswerKind::Result, AnswerStanding::Ahead),
        ("Encounter", "basedOn", "finished", AnswerKind::Visit, AnswerStanding::Here),
        ("Encounter", "basedOn", "planned", AnswerKind::Visit, AnswerStanding::Ahead),
        ("Encounter", "basedOn", "cancelled", AnswerKind::Visit, AnswerStanding::CalledOff),
        ("Appointment", "basedOn", "booked", AnswerKind::Appointment, AnswerStanding::Ahead),
        ("Appointment", "basedOn", "noshow", AnswerKind::Appointment, AnswerStanding::CalledOff),
        ("Procedure", "basedOn", "completed", AnswerKind::Procedure, AnswerStanding::Here),
        ("Procedure", "basedOn", "not-done", AnswerKind::Procedure, AnswerStanding::CalledOff),
        ("Task", "focus", "requested", AnswerKind::Task, AnswerStanding::Ahead),
        ("DiagnosticReport", "basedOn", "entered-in-error", AnswerKind::Report, AnswerStanding::EnteredInError),
        ("DiagnosticReport", "basedOn", "odd", AnswerKind::Report, AnswerStanding::Unknown),
    ];
    for (resource_type, member, status, kind, standing) in cases {
        let raw = format!(r#"{{"resourceType":"{resource_type}","id":"a","status":"{status}","{member}":{own}}}"#);
        let found = answer(&raw).unwrap().expect(&raw);
        assert_eq!((found.kind, found.standing), (kind, standing), "{raw}");
        assert!(request(r#""id":"s1""#).is_named_by(&found.requests[0], "https://a.example/fhir"));
    }
    let note = format!(
        r#"{{"resourceType":"DocumentReference","status":"current","date":"2026-11-20","context":{{"related":{own}}}}}"#
    );
    let found = answer(&note).unwrap().unwrap();
    assert_eq!((found.kind, found.when.unwrap().text.as_str()), (AnswerKind::Document, "2026-11-20"));
}

/// Proves R5: what only looks like an answer is none.
#[test]
fn lookalikes_answer_nothing() {
    for raw in [
        r#"{"resourceType":"Condition","basedOn":[{"reference":"ServiceRequest/s1"}]}"#,
        r#"{"resourceType":"Observation","basedOn":[{"reference":"CarePlan/s1"}]}"#,
        r#"{"resourceType":"Observation","basedOn":[{"display":"the order"}]}"#,
        r##"{"resourceType":"Observation","basedOn":[{"reference":"#s1"}]}"##,
        r#"{"resourceType":"Observation","derivedFrom":[{"reference":"ServiceRequest/s1"}]}"#,
        r#"{"resourceType":"DocumentReference","context":"ServiceRequest/s1"}"#,
        r#"{"basedOn":[{"reference":"ServiceRequest/s1"}]}"#,
        "[]",
    ] {
        assert!(answers(raw).is_empty(), "{raw}");
    }
    let base = "https://a.example/fhir";
    let own = request(
        r#""id":"s1","identifier":[{"system":"urn:x","value":"7"}],"requisition":{"system":"urn:x","value":"R9"}"#,
    );
    let named = |reference: &str| {
        let raw = format!(r#"{{"resourceType":"Encounter","basedOn":[{reference}]}}"#);
        answers(&raw).iter().any(|reference| own.is_named_by(reference, base))
    };
    assert!(named(r#"{"reference":"https://a.example/fhir/ServiceRequest/s1/_history/2"}"#));
    assert!(named(r#"{"identifier":{"system":"urn:x","value":"7"}}"#));
    assert!(named(r#"{"type":"ServiceRequest","identifier":{"system":"urn:x","value":"R9"}}"#));
    assert!(!named(r#"{"reference":"ServiceRequest/s2"}"#));
    assert!(!named(r#"{"reference":"https://b.example/fhir/ServiceRequest/s1"}"#));
    assert!(!named(r#"{"identifier":{"value":"7"}}"#));
}

/// Proves R5, T3: every code has its words, and none of them blames: never "overdue".
#[test]
fn words_tell_what_was_seen_and_blame_nobody() {
    let ids: BTreeSet<&str> = WORDS.lines().filter_map(|line| line.split(" = ").next()).collect();
    let mut wanted: Vec<String> = Vec::new();
    wanted.extend(ReferralState::ALL.iter().map(|one| format!("referral.state.{}", one.code())));
    wanted.extend(ReferralKind::ALL.iter().map(|one| format!("referral.kind.{}", one.code())));
    wanted.extend(Priority::ALL.iter().map(|one| format!("referral.priority.{}", one.code())));
    wanted.extend(AnswerKind::ALL.iter().map(|one| format!("referral.answer.{}", one.code())));
    wanted.extend(AnswerStanding::ALL.iter().map(|one| format!("referral.answer-standing.{}", one.code())));
    wanted.push("referral.nothing-seen".to_owned());
    for id in &wanted {
        assert!(ids.contains(id.as_str()), "{id}");
    }
    for line in WORDS.lines().filter(|line| !line.starts_with('#')) {
        let (_, text) = line.split_once(" = ").expect(line);
        for word in text.to_lowercase().split(|c: char| !c.is_alphabetic()) {
            let blaming =
                ["overdue", "late", "missed", "failed", "forgot", "should", "must", "ignored", "good", "bad", "safe"];
            assert!(!blaming.contains(&word), "{line}");
        }
        assert!(text.split_whitespace().count() <= 20, "{line}");
    }
}

/// Proves V6: `Debug` shows no word of a request.
#[test]
fn debug_shows_no_content() {
    let marked = request(
        r#""id":"Zyxwv","code":{"text":"Zyxwv"},"occurrenceTiming":{"code":{"text":"Zyxwv"}},"note":[{"text":"Zyxwv"}]"#,
    );
    let raw = r#"{"resourceType":"Encounter","id":"Zyxwv","basedOn":[{"reference":"ServiceRequest/Zyxwv"}]}"#;
    let shown = format!("{marked:?} {:?} {:?} {:?}", marked.occurrence, ReferralEntry::of(&marked), answer(raw));
    assert!(!shown.contains("Zyxwv"), "{shown}");
}

proptest! {
    /// Proves D7: a member of any shape costs itself and nothing else.
    #[test]
    fn a_bad_member_costs_only_itself(
        member in prop::sample::select(vec![
            "status", "category", "orderDetail", "performer", "occurrencePeriod", "occurrenceTiming", "reasonCode", "note",
            "contained", "requisition", "identifier", "replaces", "quantityRange", "locationReference", "authoredOn",
        ]),
        value in prop::sample::select(vec!["null", "1", "\"x\"", "[]", "{}", "[[]]", "[null,1,\"x\",{}]", "true", "{\"coding\":7}"]),
    ) {
        let read = entry(&format!(r#""id":"s","{member}":{value},"code":{{"text":"MRI"}}"#));
        prop_assert_eq!((read.id.as_deref(), read.what.as_deref()), (Some("s"), Some("MRI")));
    }
}
