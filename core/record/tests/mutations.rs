//! Whatever happens to a resource: no reader panics, and its page keeps every other one (D7, D10).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::expect_used,
    reason = "a test may fail"
)]

mod mutate;

use mutate::{Json, Mutation, deep_mutation, mutation};
use plainchart_record::document_reference::attachment_bytes;
use plainchart_record::entry::{Entry, resource_types};
use plainchart_record::outcome::OperationOutcome;
use plainchart_record::page::read_page;
use plainchart_record::results::ResultRecord;
use plainchart_record::{
    Binary, DiagnosticReport, DocumentReference, Identity, JsonLimits, Medication, MedicationDispense,
    MedicationRequest, MedicationStatement, MedicineEntry, Observation, Patient, RecordError, ReferralEntry,
    ReferralKind, ServiceRequest, Target, check, lookups, read_bundle, read_header, references, salvage_bundle,
};
use proptest::collection::vec;
use proptest::prelude::*;

const FIXTURES: [&str; 12] = [
    include_str!("fixtures/clinical.json"),
    include_str!("fixtures/patient.json"),
    include_str!("fixtures/creatinine.json"),
    include_str!("fixtures/blood-pressure.json"),
    include_str!("fixtures/progress-note.json"),
    include_str!("fixtures/searchset.json"),
    include_str!("fixtures/transaction.json"),
    include_str!("fixtures/pathology-report.json"),
    r#"{"resourceType":"MedicationRequest","id":"m1","status":"active","intent":"order","reportedBoolean":false,
        "medicationCodeableConcept":{"coding":[{"system":"http://www.nlm.nih.gov/research/umls/rxnorm","code":"860975",
        "display":"metformin 500 MG"}],"text":"Metformin 500 mg tablet"},"subject":{"reference":"Patient/p1"},
        "authoredOn":"2024-02","requester":{"reference":"Practitioner/d1","display":"Dr. Okafor"},
        "dosageInstruction":[{"sequence":1,"text":"1 tablet twice a day","timing":{"repeat":{"frequency":2,"period":1,
        "periodUnit":"d","boundsPeriod":{"start":"2024-02-01"}}},"asNeededBoolean":false,"route":{"text":"oral"},
        "doseAndRate":[{"doseQuantity":{"value":1,"unit":"tablet"}}]}],"dispenseRequest":{"numberOfRepeatsAllowed":3,
        "quantity":{"value":60}},"note":[{"text":"With food"}]}"#,
    r#"{"resourceType":"MedicationStatement","id":"m2","status":"active","subject":{"reference":"Patient/p1"},
        "medicationReference":{"reference":"Medication/m3"},"effectivePeriod":{"start":"2019"},"dosage":[{"text":"daily"}]}"#,
    r#"{"resourceType":"Medication","id":"m3","code":{"text":"Aspirin 81 mg"},"form":{"text":"tablet"},
        "ingredient":[{"itemCodeableConcept":{"text":"aspirin"},"strength":{"numerator":{"value":81,"unit":"mg"},
        "denominator":{"value":1}}}]}"#,
    r#"{"resourceType":"ServiceRequest","id":"s1","status":"active","intent":"order","priority":"urgent",
        "category":[{"coding":[{"system":"http://snomed.info/sct","code":"3457005","display":"Patient referral"}]}],
        "code":{"text":"Referral to cardiology"},"subject":{"reference":"Patient/p1"},"occurrencePeriod":{"start":"2024"},
        "authoredOn":"2024-03-09","requester":{"display":"Dr. Okafor"},"performer":[{"display":"Dr. Brandt"}],
        "reasonCode":[{"text":"Chest pain"}],"patientInstruction":"Call to book","note":[{"text":"Soon"}]}"#,
];

/// Every resource of the fixtures.
fn resources() -> Vec<String> {
    let mut found = Vec::new();
    for fixture in FIXTURES {
        match read_bundle(fixture) {
            Ok(bundle) => found.extend(bundle.entries.iter().filter_map(|entry| entry.raw.map(str::to_owned))),
            Err(_) => found.push(fixture.trim().to_owned()),
        }
    }
    found
}

/// Runs every reader over a text.
fn read_everything(text: &str) {
    let header = read_header(text);
    let _ = Patient::read(text).map(|patient| patient.display_name());
    let _ = DocumentReference::read(text).map(|note| (note.title().is_some(), note.when().is_some()));
    (0..3).for_each(|index| drop(attachment_bytes(text, index, 1000)));
    let _ = Observation::read(text).map(|observation| ResultRecord::of(&observation));
    let _ = DiagnosticReport::read(text);
    let _ = MedicationRequest::read(text).map(|request| MedicineEntry::of(&request, None, None));
    let _ = MedicationStatement::read(text);
    let _ = MedicationDispense::read(text);
    let _ = Medication::read(text);
    let _ = ServiceRequest::read(text).map(|request| (ReferralEntry::of(&request), ReferralKind::of(&request)));
    let _ = Binary::read(text, 1000);
    let _ = OperationOutcome::read(text);
    let identity = Identity::read(text, Some("urn:uuid:1"));
    let targets = identity.map(|identity| identity.targets("https://lakeside.example/fhir")).unwrap_or_default();
    assert!(!targets.contains(&Target::Unreadable));
    for (_, reference) in references(text).unwrap_or_default() {
        drop(lookups(&reference, "https://lakeside.example/fhir"));
    }
    if let Some(entry) = Entry::of(text) {
        assert!(resource_types().any(|known| known == entry.resource_type));
        if header.is_ok_and(|header| header.entered_in_error) {
            assert!(entry.marker_only, "{text}");
        }
        if entry.marker_only {
            assert!(entry.title.is_none() && entry.facts.is_empty() && entry.parties.is_empty());
            assert!(entry.notes.is_empty() && entry.links.is_empty() && entry.narrative.is_none());
            assert!(entry.codings.is_empty() && entry.none_known.is_none());
        }
    }
}

fn damaged(resource: &str, mutations: &[Mutation]) -> String {
    let mut json = Json::parse(resource);
    mutations.iter().for_each(|mutation| mutation.apply(&mut json));
    json.write()
}

fn page_of(resources: &[String]) -> String {
    let entries: Vec<String> = resources.iter().map(|raw| format!("{{\"resource\":{raw}}}")).collect();
    format!("{{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{}]}}", entries.join(","))
}

/// The mutator changes nothing by itself: not an order, not a digit.
#[test]
fn the_mutator_is_lossless() {
    for resource in resources() {
        let compact: String = Json::parse(&resource).write();
        assert_eq!(Json::parse(&compact), Json::parse(&resource));
        let values: [serde_json::Value; 2] = [&compact, &resource].map(|text| serde_json::from_str(text).unwrap());
        assert_eq!(values[0], values[1]);
        assert!(!resource.contains("0.50") || compact.contains("0.50"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Proves D7: every reader answers or gives a typed error, and what is entered in error tells nothing else (D4).
    #[test]
    fn no_reader_panics(at in any::<prop::sample::Index>(), mutations in vec(deep_mutation(), 1..6)) {
        let all = resources();
        read_everything(&damaged(&all[at.index(all.len())], &mutations));
    }

    /// Proves D7, D8: a page with a damaged resource gives every other one, byte for byte, and each lands or is
    /// refused by name.
    #[test]
    fn a_page_is_never_lost_to_one_resource(
        from in 0..16_usize, at in 0..4_usize, mutations in vec(deep_mutation(), 1..6)
    ) {
        let mut all: Vec<String> = resources().into_iter().skip(from).take(4).collect();
        all[at] = damaged(&all[at], &mutations);
        let text = page_of(&all);
        let page = read_page(text.as_bytes(), &JsonLimits::PAGE).unwrap();
        for (index, raw) in all.iter().enumerate() {
            match page.bundle.entries.iter().find(|entry| entry.index == index) {
                Some(entry) => prop_assert!(entry.raw == Some(raw.as_str()) || raw == "null"),
                None => {
                    let refused = page.refused.iter().find(|refused| refused.index == index).unwrap();
                    prop_assert!(index == at && refused.entry_raw.contains(raw.as_str()));
                    let too_deep = matches!(refused.error, RecordError::TooDeep { .. });
                    prop_assert!(too_deep);
                }
            }
        }
        prop_assert_eq!(page.bundle.entries.len() + page.refused.len(), all.len());
    }

    /// Proves D7: a page that breaks off gives every entry before the break, whatever one of them holds.
    #[test]
    fn salvage_keeps_what_is_whole(
        from in 0..16_usize, at in 0..4_usize, mutations in vec(mutation(), 1..4), cut in any::<prop::sample::Index>()
    ) {
        let mut all: Vec<String> = resources().into_iter().skip(from).take(4).collect();
        all[at] = damaged(&all[at], &mutations);
        let text = page_of(&all);
        let cut = &text.as_bytes()[..cut.index(text.len())];
        prop_assume!(check(text.as_bytes(), &JsonLimits::PAGE).is_ok());
        let whole = |raw: &String| cut.windows(raw.len() + 2).any(|part| part.starts_with(raw.as_bytes()) && part.ends_with(b"},"));
        let expected = all.iter().take_while(|raw| whole(raw)).count();
        let saved = salvage_bundle(cut, &JsonLimits::PAGE).map(|saved| saved.entries.len()).unwrap_or_default();
        prop_assert!(saved >= expected, "{saved} of {expected}");
    }

    /// Proves D7: junk that is added to a resource, under names that no reader knows, changes nothing that is told.
    #[test]
    fn unknown_members_change_nothing(at in 0..16_usize, junk in mutate::junk()) {
        let resource = &resources()[at];
        let sound = Entry::of(resource).unwrap();
        let Json::Object(mut members) = Json::parse(resource) else { unreachable!("a resource") };
        members.insert(0, ("\"somethingNew\"".to_owned(), junk.clone()));
        members.push(("\"_somethingElse\"".to_owned(), Json::Scalar("7".to_owned())));
        prop_assert!(Entry::of(&Json::Object(members).write()) == Some(sound));
    }

    /// Proves D7, D8: the order of members changes nothing.
    #[test]
    fn order_of_members_changes_nothing(at in 0..16_usize, by in 1..20_usize) {
        let resource = &resources()[at];
        let Json::Object(mut members) = Json::parse(resource) else { unreachable!("a resource") };
        let by = by % members.len();
        members.rotate_left(by);
        prop_assert!(Entry::of(&Json::Object(members).write()) == Entry::of(resource));
    }

    /// Proves D7: a member that is lost costs what it said and nothing that the others say.
    #[test]
    fn a_lost_member_costs_only_itself(at in 0..16_usize, lost in any::<prop::sample::Index>()) {
        let resource = &resources()[at];
        let sound = Entry::of(resource).unwrap();
        let Json::Object(mut members) = Json::parse(resource) else { unreachable!("a resource") };
        let (name, _) = members.remove(lost.index(members.len()));
        prop_assume!(name != "\"resourceType\"" && name != "\"contained\"");
        let read = Entry::of(&Json::Object(members).write()).unwrap();
        prop_assert!(read.facts.len() <= sound.facts.len());
        let kept = read.facts.iter().filter(|fact| sound.facts.contains(fact)).count();
        prop_assert_eq!(kept, read.facts.len());
        prop_assert!(read.times.iter().all(|time| sound.times.contains(time)));
        prop_assert!(read.parties.iter().all(|party| sound.parties.contains(party)));
        prop_assert!(read.links.iter().all(|link| sound.links.contains(link)));
        let told = |entry: &Entry| {
            entry.facts.len() + entry.times.len() + entry.parties.len() + entry.links.len() + entry.states.len()
        };
        // One member may be told as a fact, as a party, as a time and as a link.
        prop_assert!(told(&sound) - told(&read) <= 12, "{name}");
    }
}
