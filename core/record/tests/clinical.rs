//! Clinical resources as odd as they come: every one is told, and told as recorded (D1, D4, D7).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::expect_used,
    reason = "a test may fail"
)]

use std::collections::BTreeSet;

use plainchart_record::allergy_intolerance::AllergyIntolerance;
use plainchart_record::coded::CodeList;
use plainchart_record::condition::{Condition, ConditionClinicalStatus};
use plainchart_record::entry::{Entry, resource_types};
use plainchart_record::immunization::Immunization;
use plainchart_record::none_known::NoneKnown;
use plainchart_record::said::{Fact, Said};
use plainchart_record::when::When;
use plainchart_record::{RecordError, read_bundle, read_header};
use serde_json::{Value, json};

const FIXTURE: &str = include_str!("fixtures/clinical.json");
const BASE_ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

/// One resource of each type, told richly.
fn resources() -> Vec<Value> {
    let bundle = read_bundle(FIXTURE).unwrap();
    bundle.entries.iter().map(|entry| serde_json::from_str(entry.raw.unwrap()).unwrap()).collect()
}

fn entry(resource: &Value) -> Entry {
    Entry::of(&resource.to_string()).unwrap()
}

fn fact<'a>(facts: &'a [Fact], label: &str) -> Vec<&'a Said> {
    facts.iter().filter(|fact| fact.label == label).map(|fact| &fact.said).collect()
}

fn text(said: &Said) -> String {
    said.recorded().unwrap()
}

fn absent(code: &str) -> Value {
    json!({"extension": [{"url": BASE_ABSENT, "valueCode": code}]})
}

/// The member in which a type has its leading status.
fn status_member(resource: &Value) -> Option<&'static str> {
    ["verificationStatus", "lifecycleStatus", "status"].into_iter().find(|name| resource.get(name).is_some())
}

/// Proves D1: every type of the fixture is told, with its name, its states, its parties and its notes.
#[test]
fn every_type_is_told() {
    let all = resources();
    let mut types: Vec<String> = all.iter().map(|one| one["resourceType"].as_str().unwrap().to_owned()).collect();
    types.sort();
    assert_eq!(types, resource_types().collect::<Vec<_>>());
    for resource in &all {
        let told = entry(resource);
        assert_eq!(Some(told.resource_type), resource["resourceType"].as_str());
        assert_eq!(told.id.as_deref(), resource["id"].as_str());
        assert!(told.title.is_some() || told.resource_type == "Provenance", "{}", told.resource_type);
        let has_state = status_member(resource).is_some();
        assert_eq!(told.state().is_some_and(|state| state.code.is_some()), has_state, "{}", told.resource_type);
        assert_eq!(told.notes.len(), resource["note"].as_array().map_or(0, Vec::len), "{}", told.resource_type);
        assert!(!told.facts.is_empty());
        assert!(told.none_known.is_none() && !told.marker_only);
        let timeless = ["Location", "Organization", "Practitioner"].contains(&told.resource_type);
        assert_eq!(told.order_key() > i64::MIN, !timeless, "{}", told.resource_type);
    }
}

/// Proves D1, D8: what the source wrote is told in its own words and digits.
#[test]
fn words_and_digits_are_the_sources() {
    // By the very text: a number in a `Value` has lost its last zeros.
    let bundle = read_bundle(FIXTURE).unwrap();
    let all: Vec<Entry> = bundle.entries.iter().map(|entry| Entry::of(entry.raw.unwrap()).unwrap()).collect();
    let told = |name: &str| all.iter().find(|entry| entry.resource_type == name).unwrap();
    let condition = told("Condition");
    assert_eq!(condition.title.as_deref(), Some("Breast cancer, left"));
    assert_eq!(text(fact(&condition.facts, "condition.fact.severity")[0]), "Severe");
    assert_eq!(condition.parties[0].party.as_ref().unwrap().name.as_deref(), Some("Rosa Delgado"));
    let dose = told("Immunization");
    assert_eq!(text(fact(&dose.facts, "immunization.fact.dose")[0]), "0.50 mL");
    assert_eq!(dose.parties[0].party.as_ref().unwrap().name.as_deref(), Some("Ola Brandt"));
    let allergy = told("AllergyIntolerance");
    let reactions = fact(&allergy.facts, "allergy-intolerance.fact.reaction");
    let Said::Group(first) = reactions[0] else { panic!("a group") };
    assert_eq!(reactions.len(), 2);
    assert_eq!(text(fact(first, "allergy-intolerance.reaction.manifestation")[0]), "Hives");
    assert!(matches!(&allergy.times[0].when, When::Age(age) if age.shown() == "12 years"));
    let device = told("Device");
    assert_eq!(device.title.as_deref(), Some("Marker clip"));
    assert_eq!(text(fact(&device.facts, "device.fact.serial-number")[0]), "0007");
    assert_eq!(device.notes[0].author.as_ref().unwrap().name.as_deref(), Some("Theatre nurse"));
    let organization = told("Organization");
    let telephones = fact(&organization.facts, "organization.fact.telecom");
    assert!(telephones.iter().any(|said| text(said) == "+1 (555) 0101"));
    assert_eq!(
        text(fact(&organization.facts, "organization.fact.address")[0]),
        "1 Shore Road, Floor 2, Lakeside, MN 00501, US"
    );
    let plan = told("CarePlan");
    assert!(plan.narrative.as_ref().is_some_and(|narrative| narrative.div.contains("Rest, then walk.")));
    assert!(plan.links.iter().any(|link| link.role == "care-plan.link.replaces"));
}

/// Proves D4: a resource that was entered in error keeps type, id, states and times, and nothing else, in every type
/// that can say so, also when nothing but id and status is left of it.
#[test]
fn entered_in_error_leaves_a_marker() {
    let mark = json!({"coding": [{"code": "entered-in-error"}]});
    let marks = [json!("entered-in-error"), mark.clone(), json!([mark])];
    let mut seen = 0;
    for resource in resources() {
        let Some(member) = status_member(&resource).filter(|_| resource["resourceType"] != "Location") else {
            continue;
        };
        for mark in &marks {
            let mut wrong = resource.clone();
            wrong[member] = mark.clone();
            let told = entry(&wrong);
            assert!(told.marker_only, "{}", told.resource_type);
            assert!(told.states.iter().any(|state| state.code == Some("entered-in-error")));
            assert!(told.title.is_none() && told.codings.is_empty() && told.none_known.is_none());
            assert!(told.facts.is_empty() && told.parties.is_empty() && told.notes.is_empty());
            assert!(told.links.is_empty() && told.narrative.is_none());
            assert!(told.times == entry(&resource).times && told.id.is_some());
            let mut reduced = json!({"resourceType": resource["resourceType"], "id": "x"});
            reduced[member] = mark.clone();
            assert!(entry(&reduced).marker_only);
            seen += 1;
        }
    }
    assert_eq!(seen, 10 * marks.len());
}

/// Proves D7: a status that is missing, or of another list, invents none; the source's own words for it stay.
#[test]
fn a_missing_or_foreign_status_is_not_invented() {
    for resource in resources() {
        let Some(member) = status_member(&resource) else { continue };
        let mut without = resource.clone();
        let members = without.as_object_mut().unwrap();
        ["status", "clinicalStatus", "verificationStatus", "lifecycleStatus", "achievementStatus"]
            .iter()
            .for_each(|name| drop(members.remove(*name)));
        let told = entry(&without);
        assert!(told.states.is_empty() && told.title == entry(&resource).title, "{}", told.resource_type);
        without[member] = json!({"text": "as before"});
        let state = entry(&without).states[0].clone();
        assert_eq!((state.code, state.recorded.as_deref()), (None, Some("as before")), "{}", told.resource_type);
        without[member] = Value::Null;
        without[format!("_{member}")] = absent("unknown");
        let told = entry(&without);
        assert!(told.states.is_empty());
        assert!(
            told.facts.iter().any(|fact| matches!(&fact.said, Said::Absent(a) if a.code.as_deref() == Some("unknown"))),
            "{}",
            told.resource_type
        );
    }
}

/// Proves D7: each thing is read alike whether it stands alone or in a list.
#[test]
fn lists_and_single_things_are_read_alike() {
    for resource in resources() {
        let sound = entry(&resource);
        let names: Vec<String> = resource.as_object().unwrap().keys().cloned().collect();
        for name in names.iter().filter(|name| !["resourceType", "id", "text"].contains(&name.as_str())) {
            let mut other = resource.clone();
            other[name] = match &resource[name] {
                Value::Array(items) if items.len() == 1 => items[0].clone(),
                Value::Array(_) => continue,
                single => json!([single]),
            };
            assert!(entry(&other) == sound, "{} {name}", sound.resource_type);
        }
    }
}

/// Proves D7: a member of the wrong shape costs what it said, and nothing else.
#[test]
fn a_wrong_shape_costs_only_itself() {
    for resource in resources() {
        let sound = entry(&resource);
        let names: Vec<String> = resource.as_object().unwrap().keys().cloned().collect();
        for name in names.iter().filter(|name| !["resourceType", "id"].contains(&name.as_str())) {
            for wrong in [json!([[]]), json!({}), json!([{}]), json!(null)] {
                let mut other = resource.clone();
                other[name] = wrong;
                let told = entry(&other);
                assert!(
                    told.facts.iter().all(|fact| sound.facts.contains(fact) || fact.label.ends_with("type")),
                    "{name}"
                );
                assert!(told.times.iter().all(|time| sound.times.contains(time)), "{name}");
                // A stay in hospital is told under three labels, every other member under one or none.
                let labels = |entry: &Entry| entry.facts.iter().map(|fact| fact.label).collect::<BTreeSet<_>>().len();
                assert!(labels(&told) + 3 >= labels(&sound), "{} {name}", sound.resource_type);
            }
        }
    }
}

/// Proves D7: a code without words is shown as the code, and the first that says anything is taken.
#[test]
fn a_bare_code_is_shown_as_it_is() {
    for (code, shown) in [
        (json!({"coding": [{"system": "http://snomed.info/sct", "code": "44054006"}]}), Some("44054006")),
        (
            json!({"coding": [{"code": "x1"}, {"code": "44054006", "display": "Diabetes type 2"}]}),
            Some("Diabetes type 2"),
        ),
        (json!({"coding": {"code": "44054006"}}), Some("44054006")),
        (json!("Diabetes"), Some("Diabetes")),
        (json!({"text": " "}), None),
        (json!({"coding": []}), None),
        (json!(null), None),
    ] {
        let told = entry(&json!({"resourceType": "Condition", "code": code}));
        assert_eq!(told.title.as_deref(), shown);
        assert!(told.facts.is_empty() && told.times.is_empty() && told.states.is_empty() && told.id.is_none());
    }
}

/// Proves D7: all five forms of an onset are told as recorded, each date as coarse as it came.
#[test]
fn onset_is_told_in_every_form() {
    let told = |member: &str, value: Value| {
        let raw = json!({"resourceType": "Condition", "recordedDate": "2020-01-01", member: value});
        Condition::read(&raw.to_string()).unwrap()
    };
    for written in
        ["2024", "2024-03", "2024-03-09", "2024-03-09T14:05:00-06:00", "2024-03-09T14:05:00.123Z", "spring 2024"]
    {
        let Some(When::Time(time)) = told("onsetDateTime", json!(written)).onset else { panic!("{written}") };
        assert_eq!(time.text, written);
    }
    let period = told("onsetPeriod", json!({"start": "2023", "end": "2024-02"})).onset;
    assert!(matches!(&period, Some(When::Period(p)) if p.end.as_ref().unwrap().text == "2024-02"));
    assert!(
        matches!(told("onsetAge", json!({"value": 40.0, "unit": "a"})).onset, Some(When::Age(age)) if age.shown() == "40.0 a")
    );
    assert!(matches!(told("onsetRange", json!({"low": {"value": 4}})).onset, Some(When::AgeRange(_))));
    let childhood = told("onsetString", json!("in childhood"));
    assert!(matches!(&childhood.onset, Some(When::Text(text)) if text == "in childhood"));
    // What has no place on the calendar is shown, and sorted by the next time that has one.
    let childhood = childhood.entry();
    assert_eq!(childhood.when().unwrap().label, "condition.time.onset");
    assert_eq!(childhood.order_key(), 1_577_836_800_000);
}

/// Proves D7: a reason for absence is told as such under the label of what is absent, and never as a value.
#[test]
fn absence_is_told_and_never_a_value() {
    let unknown = json!({"coding": [{
        "system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "asked-unknown", "display": "Asked But Unknown"
    }]});
    let raw = json!({
        "resourceType": "Immunization", "status": "completed", "vaccineCode": unknown, "site": unknown,
        "_occurrenceDateTime": absent("unknown"), "_lotNumber": absent("masked"),
        "_somethingNew": absent("not-asked"), "lotNumber": null, "location": absent("not-permitted")
    });
    let told = entry(&raw);
    assert!(told.title.is_none() && told.times.is_empty() && told.parties.is_empty());
    let reason = |label: &str| match fact(&told.facts, label)[..] {
        [Said::Absent(reason)] => reason.code.clone().unwrap(),
        _ => panic!("{label}"),
    };
    assert_eq!(reason("entry.fact.title"), "asked-unknown");
    assert_eq!(reason("immunization.fact.site"), "asked-unknown");
    assert_eq!(reason("immunization.time.occurrence"), "unknown");
    assert_eq!(reason("immunization.fact.lot-number"), "masked");
    assert_eq!(reason("immunization.role.location"), "not-permitted");
    assert_eq!(reason("entry.fact.other"), "not-asked");
    // With words of its own, or with a value beside the reason, it is a value.
    let worded = json!({"coding": unknown["coding"], "text": "Flu shot, maker not known"});
    let raw = json!({"resourceType": "Immunization", "vaccineCode": worded, "lotNumber": "7", "_lotNumber": absent("masked")});
    let told = entry(&raw);
    assert_eq!(told.title.as_deref(), Some("Flu shot, maker not known"));
    assert!(told.facts.iter().all(|fact| !matches!(fact.said, Said::Absent(_))));
}

/// Proves D7: someone who is left out on purpose is counted, with the reason.
#[test]
fn a_hidden_participant_is_still_there() {
    let visit = entry(resources().iter().find(|one| one["resourceType"] == "Encounter").unwrap());
    let hidden = visit.parties.iter().filter(|role| role.absent.is_some()).collect::<Vec<_>>();
    assert!(hidden.len() == 1 && hidden[0].party.is_none());
    assert_eq!(hidden[0].absent.as_ref().unwrap().code.as_deref(), Some("masked"));
}

/// Proves X3: "no known allergies" is a statement, also in a local code; a listed allergy is never one.
#[test]
fn no_known_allergies_is_no_allergy() {
    for code in [
        json!({"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]}),
        json!({"text": "No Known Allergies"}),
        json!({"coding": [{"system": "urn:oid:1.2.3", "code": "12", "display": "NKA"}]}),
        json!("No known allergies"),
    ] {
        let raw = json!({"resourceType": "AllergyIntolerance", "code": code});
        let allergy = AllergyIntolerance::read(&raw.to_string()).unwrap();
        assert_eq!(allergy.none_known(), Some(NoneKnown::Allergies), "{code}");
        assert_eq!(allergy.entry().none_known, Some(NoneKnown::Allergies));
        assert!(allergy.entry().title.is_some());
    }
    let raw = json!({"resourceType": "AllergyIntolerance", "reaction": [{"substance": {"text": "Peanut"}}]});
    assert_eq!(entry(&raw).title.as_deref(), Some("Peanut"));
    assert!(entry(&raw).none_known.is_none());
}

/// Proves G8: the vaccine's CVX code is found by its system, never by its looks.
#[test]
fn cvx_is_found_by_its_system() {
    let read = |system: &str| {
        let raw = json!({"resourceType": "Immunization", "vaccineCode": {"coding": [{"code": "x"}, {"system": system, "code": "140"}]}});
        Immunization::read(&raw.to_string()).unwrap().cvx().map(str::to_owned)
    };
    assert_eq!(read("http://hl7.org/fhir/sid/cvx").as_deref(), Some("140"));
    assert_eq!(read("urn:oid:2.16.840.1.113883.12.292").as_deref(), Some("140"));
    assert_eq!(read("http://hl7.org/fhir/sid/ndc"), None);
}

/// Proves D7: another type, no type, or no object is a typed error, and no entry.
#[test]
fn what_is_no_clinical_resource_is_refused() {
    assert_eq!(Condition::read("[]").err(), Some(RecordError::NotAnObject));
    assert_eq!(Condition::read("{}").err(), Some(RecordError::NoResourceType));
    let other = r#"{"resourceType":"Observation"}"#;
    assert_eq!(Condition::read(other).err(), Some(RecordError::UnexpectedType { expected: "Condition" }));
    for none in ["", "{", "[]", "{}", other, r#"{"resourceType":"Condition","resourceType":"Goal"}"#] {
        assert!(Entry::of(none).is_none(), "{none}");
    }
    assert_eq!(ConditionClinicalStatus::ALL.len(), 7);
}

/// Proves D4: the header and the entry agree on what was entered in error.
#[test]
fn header_and_entry_agree() {
    for resource in resources() {
        let raw = resource.to_string();
        assert_eq!(read_header(&raw).unwrap().entered_in_error, entry(&resource).marker_only);
    }
}

/// Proves V6: `Debug` of entries and of what they hold shows none of it.
#[test]
fn debug_shows_no_content() {
    for resource in resources() {
        let told = entry(&resource);
        let shown = format!(
            "{told:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            told.facts, told.times, told.parties, told.links, told.notes, told.states, told.narrative
        );
        for secret in ["Breast", "Okafor", "Delgado", "555-", "2023", "Lakeside", "Walk", "0007", "Flu"] {
            assert!(!shown.contains(secret), "{secret} in {}", told.resource_type);
        }
    }
}
