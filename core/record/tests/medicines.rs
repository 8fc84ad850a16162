//! Medicines as a source lists them (R4).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use std::collections::BTreeSet;

use chrono::NaiveDate;
use plainchart_record::medicine_state::{MedicineState, StateReason};
use plainchart_record::{
    Medication, MedicationDispense, MedicationRequest, MedicationStatement, MedicineEntry, RecordError, Target,
};
use proptest::prelude::*;

const WORDS: &str = include_str!("../../plainchart/words/en/medicine.txt");
const STATUSES: [&str; 8] =
    ["active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft", "unknown"];
const INTENTS: [&str; 8] =
    ["proposal", "plan", "order", "original-order", "reflex-order", "filler-order", "instance-order", "option"];

fn request(members: &str) -> MedicationRequest {
    MedicationRequest::read(&format!(r#"{{"resourceType":"MedicationRequest",{members}}}"#)).unwrap()
}

fn entry(members: &str) -> MedicineEntry {
    MedicineEntry::of(&request(members), None, None)
}

fn state(members: &str) -> (&'static str, &'static str) {
    let (state, reason) = MedicineState::of(&request(members), None);
    (state.code(), reason.code())
}

/// Proves R4: the whole table of status, intent and `reported`.
#[test]
fn the_state_follows_status_intent_and_reported() {
    for status in STATUSES {
        for intent in INTENTS {
            for reported in [
                "",
                r#","reportedBoolean":false"#,
                r#","reportedBoolean":true"#,
                r#","reportedReference":{"display":"Ana"}"#,
            ] {
                let told = reported.contains("true") || reported.contains("Ana");
                let expected = match (status, intent, told) {
                    ("entered-in-error", ..) => ("entered-in-error", "entered-in-error"),
                    ("completed", ..) => ("completed", "completed"),
                    ("stopped", ..) => ("stopped", "stopped"),
                    ("cancelled", ..) => ("called-off", "cancelled"),
                    ("on-hold", ..) => ("on-hold", "on-hold"),
                    ("draft", ..) => ("planned", "draft"),
                    ("unknown", ..) => ("unknown", "status-unknown"),
                    (_, "proposal", _) => ("planned", "active-proposal"),
                    (_, "plan", false) => ("planned", "active-plan"),
                    (_, "plan", true) => ("taking", "active-reported"),
                    (_, "option", _) => ("unknown", "active-choice"),
                    (_, "instance-order", _) => ("taking", "active-instance"),
                    (.., true) => ("taking", "active-reported"),
                    (.., false) => ("taking", "active-order"),
                };
                let members = format!(r#""status":"{status}","intent":"{intent}"{reported}"#);
                assert_eq!(state(&members), expected, "{members}");
            }
        }
    }
    assert_eq!(state(r#""intent":"order""#), ("unknown", "status-missing"));
    assert_eq!(state(r#""status":"Active","intent":"order""#), ("unknown", "status-missing"));
    assert_eq!(state(r#""status":"active""#), ("unknown", "intent-missing"));
    assert_eq!(state(r#""status":"active","intent":"wish""#), ("unknown", "intent-missing"));
}

/// Proves R4: an order not to take it never looks like one to take it.
#[test]
fn do_not_perform_turns_it_around() {
    for status in STATUSES {
        for intent in INTENTS {
            for forbidden in ["true", "\"true\"", "1", "\"yes\""] {
                let members = format!(r#""status":"{status}","intent":"{intent}","doNotPerform":{forbidden}"#);
                let (state, reason) = state(&members);
                assert_ne!(state, "taking", "{members}");
                assert_eq!(state == "entered-in-error", status == "entered-in-error");
                if forbidden.contains("true") && status == "active" {
                    assert_eq!((state, reason), ("not-to-be-taken", "do-not-take"));
                }
            }
        }
    }
    assert_eq!(state(r#""status":"active","intent":"order","doNotPerform":false"#).0, "taking");
    let unreadable = r#""status":"active","intent":"order","doNotPerform":"no""#;
    assert_eq!(state(unreadable), ("unknown", "do-not-take-unreadable"));
}

/// Proves R4: dates of the treatment count, partial ones as a whole; the dates of the supply do not.
#[test]
fn dates_that_lie_ahead_or_behind() {
    let today = NaiveDate::from_ymd_opt(2026, 11, 22);
    let on = |start: &str, end: &str| {
        let members = format!(
            r#""status":"active","intent":"order","dosageInstruction":[{{"timing":{{"repeat":{{"boundsPeriod":{{{start}{end}}}}}}}}}]"#
        );
        MedicineState::of(&request(&members), today).1.code()
    };
    assert_eq!(on(r#""start":"2026-11-23""#, ""), "starts-later");
    assert_eq!(on(r#""start":"2026-11-22""#, ""), "active-order");
    assert_eq!(on(r#""start":"2026-11""#, ""), "active-order");
    assert_eq!(on(r#""start":"2026-01-01","#, r#""end":"2026-11-21""#), "dates-past");
    assert_eq!(on(r#""start":"2026-01-01","#, r#""end":"2026-11""#), "active-order");
    assert_eq!(on(r#""start":"2026-01-01","#, r#""end":"2026-11-22T10:00:00Z""#), "active-order");
    let supply = r#""status":"active","intent":"order","dispenseRequest":{"validityPeriod":{"end":"2020-01-01"}}"#;
    assert_eq!(MedicineState::of(&request(supply), today).1, StateReason::ActiveOrder);
    let stopped = r#""status":"stopped","intent":"order","dosageInstruction":[{"timing":{"repeat":{"boundsPeriod":{"start":"2030"}}}}]"#;
    assert_eq!(MedicineState::of(&request(stopped), today).0, MedicineState::Stopped);
    let one_of_two_ends = r#""status":"active","intent":"order","dosageInstruction":[{"timing":{"repeat":{"boundsPeriod":{"end":"2020-01-01"}}}},{"text":"then daily"}]"#;
    assert_eq!(MedicineState::of(&request(one_of_two_ends), today).0, MedicineState::Taking);
}

/// Proves R4: the dates of use are those of all steps together; of one step alone they would end too early.
#[test]
fn dates_of_use_cover_every_step() {
    let bounds = |start: &str, end: &str| {
        format!(r#"{{"timing":{{"repeat":{{"boundsPeriod":{{"start":"{start}","end":"{end}"}}}}}}}}"#)
    };
    let period = |steps: &[String]| entry(&format!(r#""dosageInstruction":[{}]"#, steps.join(","))).period;
    let text = |time: Option<plainchart_record::FhirTime>| time.map(|time| time.text);
    let (first, second) = (bounds("2026-01-01", "2026-01-03"), bounds("2026-01-04", "2026-02-01"));
    let whole = period(&[first.clone(), second]).unwrap();
    assert_eq!((text(whole.start), text(whole.end)), (Some("2026-01-01".to_owned()), Some("2026-02-01".to_owned())));
    assert!(period(&[first, r#"{"text":"then daily"}"#.to_owned()]).is_none());
}

/// Proves R4: name, strength, form, instruction, who, when, why and supply are the source's own.
#[test]
fn an_entry_shows_what_the_source_has() {
    let entry = entry(
        r##""id":"m1","status":"active","intent":"order",
        "contained":[{"resourceType":"Medication","id":"med","code":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"314076","display":"lisinopril 10 MG Oral Tablet"}],"text":"Lisinopril 10 mg"},
            "form":{"text":"Tablet"},"ingredient":[{"itemCodeableConcept":{"text":"Lisinopril"},"strength":{"numerator":{"value":10.0,"unit":"mg"},"denominator":{"value":1}}}],
            "batch":{"lotNumber":"L7","expirationDate":"2027-01"}},
            {"resourceType":"Practitioner","id":"dr","name":[{"text":"Dr. Osei"}]}],
        "medicationReference":{"reference":"#med"},"authoredOn":"2026-03","requester":{"reference":"#dr"},
        "reasonCode":[{"text":"Blood pressure"}],"reasonReference":[{"reference":"Condition/c1","display":"Hypertension"}],
        "category":[{"text":"Community"}],"note":[{"text":"Call if dizzy."}],"courseOfTherapyType":{"text":"Long term"},
        "dosageInstruction":[{"text":"Take 1 tablet by mouth daily","patientInstruction":"One a day"}],
        "dispenseRequest":{"quantity":{"value":30,"unit":"tablet"},"numberOfRepeatsAllowed":3,"expectedSupplyDuration":{"value":30,"unit":"days"},"validityPeriod":{"end":"2027-03-01"}},
        "priorPrescription":{"reference":"MedicationRequest/m0"}"##,
    );
    assert_eq!(entry.name.as_deref(), Some("Lisinopril 10 mg"));
    assert_eq!(entry.rxnorm.as_deref(), Some("314076"));
    assert_eq!(entry.form.as_deref(), Some("Tablet"));
    let strength = &entry.strengths[0];
    assert_eq!((strength.amount.as_str(), strength.per.as_deref()), ("10.0 mg", None));
    assert_eq!(strength.ingredient.as_deref(), Some("Lisinopril"));
    assert_eq!(entry.instructions, ["Take 1 tablet by mouth daily", "One a day"]);
    assert!(entry.plain_instruction.is_err(), "one of the two texts is not understood");
    assert_eq!(entry.requester.unwrap().name.as_deref(), Some("Dr. Osei"));
    assert_eq!(entry.authored.unwrap().text, "2026-03");
    assert_eq!(entry.reasons, ["Blood pressure", "Hypertension"]);
    let supply = entry.supply.unwrap();
    assert_eq!((supply.quantity.as_deref(), supply.repeats.as_deref()), (Some("30 tablet"), Some("3")));
    assert_eq!((supply.lasts.as_deref(), entry.course.as_deref()), (Some("30 days"), Some("Long term")));
    assert!(entry.prior.is_some() && entry.notes == ["Call if dizzy."] && entry.categories == ["Community"]);
}

/// Proves R4, D7: a medicine is named in every way that servers name one, and what is missing can be looked up.
#[test]
fn a_medicine_is_named_in_every_way() {
    let other = r#"{"resourceType":"Medication","code":{"text":"Metformin"},"form":{"text":"Liquid"}}"#;
    let looked_up = Medication::read(other).unwrap();
    for address in [
        "Medication/1",
        "https://a.example/fhir/Medication/1",
        "urn:uuid:6e8a1f20-0000-4000-8000-000000000001",
        "Medication?identifier=urn:x|7",
    ] {
        let request = request(&format!(r#""medicationReference":{{"reference":"{address}","display":"Glucophage"}}"#));
        assert_eq!(MedicineEntry::of(&request, None, None).name.as_deref(), Some("Glucophage"));
        let entry = MedicineEntry::of(&request, Some(&looked_up), None);
        assert_eq!((entry.name.as_deref(), entry.form.as_deref()), (Some("Metformin"), Some("Liquid")));
        assert!(request.medication.unresolved().unwrap().target == Target::parse(address));
    }
    let dangling = request(r##""medicationReference":{"reference":"#none"}"##);
    assert!(dangling.medication.unresolved().is_none());
    assert_eq!(MedicineEntry::of(&dangling, None, None).name, None);
    let code_only = entry(r#""medicationCodeableConcept":{"coding":[{"system":"urn:x","code":"A1"}]}"#);
    assert_eq!(code_only.name.as_deref(), Some("A1"));
    assert_eq!(code_only.rxnorm, None);
}

/// Proves D4: what was entered in error leaves a marker and no content.
#[test]
fn entered_in_error_leaves_a_marker() {
    let entry = entry(
        r#""id":"m1","status":"entered-in-error","intent":"order","authoredOn":"2026-03-01","medicationCodeableConcept":{"text":"Wrong"},
        "note":[{"text":"Wrong"}],"dosageInstruction":[{"text":"Wrong"}],"requester":{"display":"Wrong"},"reasonCode":[{"text":"Wrong"}]"#,
    );
    assert!(entry.marker_only && entry.name.is_none() && entry.instructions.is_empty() && entry.notes.is_empty());
    assert!(
        entry.codings.is_empty() && entry.requester.is_none() && entry.reasons.is_empty() && entry.medication.is_none()
    );
    assert_eq!((entry.id.as_deref(), entry.authored.unwrap().text.as_str()), (Some("m1"), "2026-03-01"));
}

/// Proves R4: statements stand beside requests with states of their own.
#[test]
fn statements_have_states_too() {
    for (status, expected) in [
        ("active", "taking"),
        ("completed", "completed"),
        ("entered-in-error", "entered-in-error"),
        ("intended", "planned"),
        ("stopped", "stopped"),
        ("on-hold", "on-hold"),
        ("unknown", "unknown"),
        ("not-taken", "not-taken"),
        ("", "unknown"),
    ] {
        let raw = format!(
            r#"{{"resourceType":"MedicationStatement","status":"{status}","medicationCodeableConcept":{{"text":"Ibuprofen"}},"dosage":[{{"text":"1 tab PO BID"}}]}}"#
        );
        let entry = MedicineEntry::of_statement(&MedicationStatement::read(&raw).unwrap(), None, None);
        assert_eq!(entry.state.code(), expected);
        assert_eq!(entry.plain_instruction.is_ok(), status != "entered-in-error");
    }
    let dispense = r#"{"resourceType":"MedicationDispense","status":"completed","whenHandedOver":"2026-01-02","quantity":{"value":12,"code":"TAB"},"performer":[{"actor":{"display":"Corner pharmacy"}}]}"#;
    let read = MedicationDispense::read(dispense).unwrap();
    assert_eq!(read.performers[0].name.as_deref(), Some("Corner pharmacy"));
    assert_eq!(
        MedicationRequest::read(dispense).err(),
        Some(RecordError::UnexpectedType { expected: "MedicationRequest" })
    );
}

/// Proves V6: `Debug` shows no word of a medicine.
#[test]
fn debug_shows_no_content() {
    let marked = request(
        r#""id":"Zyxwv","status":"active","intent":"order","medicationCodeableConcept":{"text":"Zyxwv"},"note":[{"text":"Zyxwv"}],
        "dosageInstruction":[{"text":"Zyxwv","route":{"text":"Zyxwv"},"doseAndRate":[{"doseQuantity":{"value":1,"unit":"Zyxwv"}}]}],
        "dispenseRequest":{"quantity":{"value":3,"unit":"Zyxwv"}},"reportedReference":{"display":"Zyxwv"}"#,
    );
    let entry = MedicineEntry::of(&marked, None, None);
    let shown = format!(
        "{marked:?} {entry:?} {:?} {:?} {:?} {:?} {:?}",
        marked.dosage_instructions, marked.dispense_request, marked.reported, entry.supply, entry.plain_instruction
    );
    assert!(!shown.contains("Zyxwv"), "{shown}");
}

/// Proves T3: every state and every reason has its words, and no word judges, advises or says what anybody takes.
#[test]
fn states_and_reasons_have_words() {
    let ids: BTreeSet<&str> = WORDS.lines().filter_map(|line| line.split(" = ").next()).collect();
    for state in MedicineState::ALL {
        assert!(ids.contains(format!("medicine.state.{}", state.code()).as_str()), "{}", state.code());
    }
    for reason in StateReason::ALL {
        assert!(ids.contains(format!("medicine.reason.{}", reason.code()).as_str()), "{}", reason.code());
    }
    for line in WORDS.lines().filter(|line| !line.starts_with('#')) {
        let (_, text) = line.split_once(" = ").expect(line);
        let lower = text.to_lowercase();
        for word in lower.split(|c: char| !c.is_alphabetic()) {
            let judging =
                ["good", "bad", "safe", "normal", "worry", "should", "must", "danger", "overdue", "late", "missed"];
            assert!(!judging.contains(&word), "{line}");
        }
        assert!(!lower.contains("you take") && !lower.contains("your medicine"), "{line}");
        assert!(text.split_whitespace().count() <= 20, "{line}");
    }
}

/// Every resource of these types below a folder, also inside Bundles.
fn resources_below(folder: &std::path::Path, found: &mut Vec<serde_json::Value>) {
    for item in std::fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            resources_below(&path, found);
            continue;
        }
        if !path.extension().is_some_and(|extension| extension == "json" || extension == "ndjson") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for value in serde_json::Deserializer::from_str(&text).into_iter::<serde_json::Value>().map_while(Result::ok) {
            let entries = value.get("entry").and_then(|entries| entries.as_array().cloned()).unwrap_or_default();
            found.extend(
                entries.into_iter().filter_map(|mut entry| entry.get_mut("resource").map(serde_json::Value::take)),
            );
            found.push(value);
        }
    }
}

/// Proves R4, R5, D7 on records that we did not write. Needs PLAINCHART_FHIR_SAMPLES, a folder of JSON and NDJSON.
#[test]
#[ignore = "needs a folder of sample records in PLAINCHART_FHIR_SAMPLES"]
fn sample_medicines_and_referrals_are_read() {
    let folder = std::env::var("PLAINCHART_FHIR_SAMPLES").expect("PLAINCHART_FHIR_SAMPLES is set");
    let mut found = Vec::new();
    resources_below(std::path::Path::new(&folder), &mut found);
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    let mut count = |name: &str| *counts.entry(name.to_owned()).or_default() += 1;
    for resource in found {
        let raw = resource.to_string();
        match resource["resourceType"].as_str() {
            Some("MedicationRequest") => {
                let entry = MedicineEntry::of(&MedicationRequest::read(&raw).unwrap(), None, None);
                assert!(entry.name.is_some() || entry.medication.is_some() || entry.marker_only, "{raw}");
                count(&format!("medicine {}", entry.state_reason.code()));
                count(entry.plain_instruction.map_or_else(|why| why.code(), |_| "in plain words"));
            }
            Some("Medication") => {
                assert!(Medication::read(&raw).unwrap().code.is_some());
                count("Medication");
            }
            Some("ServiceRequest") => {
                let entry =
                    plainchart_record::ReferralEntry::of(&plainchart_record::ServiceRequest::read(&raw).unwrap());
                assert!(entry.what.is_some(), "{raw}");
                count(&format!("request {} {}", entry.kind.code(), entry.state.code()));
            }
            _ => {}
        }
    }
    println!("{counts:#?}");
    assert!(!counts.is_empty());
}

proptest! {
    /// Proves D7: a member of any shape costs itself and nothing else.
    #[test]
    fn a_bad_member_costs_only_itself(
        member in prop::sample::select(vec![
            "status", "statusReason", "category", "medicationReference", "subject", "authoredOn", "requester", "reasonCode",
            "dosageInstruction", "dispenseRequest", "substitution", "note", "contained", "reportedReference",
        ]),
        value in prop::sample::select(vec!["null", "1", "\"x\"", "[]", "{}", "[[]]", "[null,1,\"x\",{}]", "true", "{\"coding\":7}"]),
    ) {
        let read = request(&format!(r#""id":"m","{member}":{value},"medicationCodeableConcept":{{"text":"Aspirin"}}"#));
        let entry = MedicineEntry::of(&read, None, None);
        prop_assert_eq!(entry.name.as_deref(), Some("Aspirin"));
        prop_assert_eq!(entry.id.as_deref(), Some("m"));
    }
}
