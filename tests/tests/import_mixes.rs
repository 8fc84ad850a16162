//! Whatever is in a file, in whatever order: each resource is counted once, and each lands with its own person.

use plainchart_tests::phone::Phone;
use proptest::prelude::*;
use serde_json::{Value, json};

/// One thing in a made-up file.
#[derive(Clone, Debug)]
enum Thing {
    Patient(u8),
    Result { of: u8, id: u8, version: u8 },
    Note { of: u8, id: u8, text: String },
    Beside { of: u8, id: u8 },
    Text { id: u8 },
    Later { of: u8, id: u8 },
    Shared { id: u8 },
    Outcome,
    NoSubject { id: u8 },
    NoType,
    Nonsense,
}

fn thing() -> impl Strategy<Value = Thing> {
    let (of, id) = (0..3_u8, 0..6_u8);
    prop_oneof![
        2 => of.clone().prop_map(Thing::Patient),
        3 => (of.clone(), id.clone(), 0..3_u8).prop_map(|(of, id, version)| Thing::Result { of, id, version }),
        3 => (of.clone(), id.clone(), "[a-zA-Z ,.<>&é\\n]{0,40}").prop_map(|(of, id, text)| Thing::Note { of, id, text }),
        2 => (of.clone(), id.clone()).prop_map(|(of, id)| Thing::Beside { of, id }),
        2 => id.clone().prop_map(|id| Thing::Text { id }),
        1 => (of, id.clone()).prop_map(|(of, id)| Thing::Later { of, id }),
        1 => id.clone().prop_map(|id| Thing::Shared { id }),
        1 => Just(Thing::Outcome),
        1 => id.prop_map(|id| Thing::NoSubject { id }),
        1 => Just(Thing::NoType),
        1 => Just(Thing::Nonsense),
    ]
}

fn json_of(thing: &Thing) -> Value {
    let subject = |of: &u8| json!({"reference": format!("Patient/p{of}")});
    match thing {
        Thing::Patient(of) => json!({
            "resourceType": "Patient", "id": format!("p{of}"), "birthDate": "1980-01-01",
            "name": [{"family": format!("Family{of}"), "given": ["Given"]}]
        }),
        Thing::Result { of, id, version } => json!({
            "resourceType": "Observation", "id": format!("o{of}{id}"), "status": "final", "subject": subject(of),
            "meta": {"versionId": version.to_string(), "lastUpdated": format!("2026-01-0{}T00:00:00Z", version + 1)},
            "category": [{"coding": [{"code": "laboratory"}]}], "code": {"text": "Sodium"},
            "valueQuantity": {"value": 130 + version, "unit": "mmol/L"}
        }),
        Thing::Note { of, id, text } => {
            plainchart_tests::hospital::note(&format!("d{of}{id}"), &format!("p{of}"), text)
        }
        Thing::Beside { of, id } => {
            let mut note = plainchart_tests::hospital::note(&format!("e{of}{id}"), &format!("p{of}"), "");
            note["content"] = json!([{"attachment": {"contentType": "text/plain", "url": format!("Binary/b{id}")}}]);
            note
        }
        Thing::Text { id } => {
            json!({"resourceType": "Binary", "id": format!("b{id}"), "contentType": "text/plain", "data": "V29yZHMu"})
        }
        Thing::Later { of, id } => {
            json!({"resourceType": "Condition", "id": format!("c{id}"), "subject": subject(of)})
        }
        Thing::Shared { id } => json!({"resourceType": "Organization", "id": format!("g{id}")}),
        Thing::Outcome => json!({"resourceType": "OperationOutcome"}),
        Thing::NoSubject { id } => json!({"resourceType": "Observation", "id": format!("x{id}")}),
        Thing::NoType => json!({"id": "y"}),
        Thing::Nonsense => json!({"resourceType": 7, "subject": "Patient/p0"}),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Proves D7, P1: read = in the chart + set aside, for a Bundle of anything in any order; what is in a chart is
    /// its own person's; a second import agrees with itself and adds nothing.
    #[test]
    fn counts_add_up_for_any_mix(things in prop::collection::vec(thing(), 0..40), ndjson: bool) {
        let phone = Phone::alone();
        let folder = tempfile::tempdir().unwrap();
        let resources: Vec<Value> = things.iter().map(json_of).collect();
        let (name, text) = if ndjson {
            ("mix.ndjson", resources.iter().map(|resource| format!("{resource}\n")).collect::<String>())
        } else {
            let entry: Vec<Value> = resources.iter().map(|resource| json!({"resource": resource})).collect();
            ("mix.json", json!({"resourceType": "Bundle", "type": "collection", "entry": entry}).to_string())
        };
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let mut listed = None;
        for round in 0..2 {
            let report = phone.import(&file).unwrap();
            let set_aside: u64 = report.set_aside.iter().map(|reason| reason.count).sum();
            prop_assert_eq!(report.read, report.in_chart + set_aside);
            if !ndjson {
                prop_assert_eq!(report.read, resources.len() as u64, "an entry with a resource is a resource");
            }
            let mut all = Vec::new();
            for person in phone.app().people().unwrap() {
                let id = plainchart::PersonId::try_from(person.id.clone()).unwrap();
                let name = person.name.unwrap();
                let of: u8 = name.chars().last().unwrap().to_digit(10).unwrap().try_into().unwrap();
                let results = phone.results(&id);
                let newest = |o: u8| things.iter().filter_map(|thing| match thing {
                    Thing::Result { of: whose, id, version } if *whose == of && *id == o => Some(*version),
                    _ => None,
                }).max();
                let expected: Vec<String> = (0..6).filter_map(newest).map(|version| (130 + u32::from(version)).to_string()).collect();
                let mut values: Vec<String> = results.items.iter().filter_map(|result| result.value.clone()).collect();
                let mut expected = expected;
                values.sort();
                expected.sort();
                prop_assert_eq!(values, expected, "the newest version of each, and of this person only");
                for note in phone.notes(&id).items {
                    let note = phone.app().read_note(&id, &note.id).unwrap();
                    prop_assert!(!note.sections.is_empty() || !note.remarks.is_empty());
                }
                all.push((name, results.total, phone.notes(&id).total));
            }
            if let Some(before) = listed.replace(all.clone()) {
                prop_assert_eq!(before, all, "round {}", round);
            }
        }
    }

    /// Proves D7, V4: any bytes at all, and a good file cut anywhere or changed anywhere, are no panic and no loss.
    #[test]
    fn any_bytes_are_survived(noise in prop::collection::vec(any::<u8>(), 0..300), cut in 0..4000_usize, at in 0..4000_usize, byte: u8) {
        let phone = Phone::alone();
        let folder = tempfile::tempdir().unwrap();
        let good = std::fs::read(plainchart_tests::hospital::fixtures().join("records/collection.json")).unwrap();
        let mut changed = good.clone();
        if let Some(place) = changed.get_mut(at) {
            *place = byte;
        }
        let files = [("noise.json", noise), ("cut.json", good[..cut.min(good.len())].to_vec()), ("changed.json", changed)];
        for (name, bytes) in files {
            let file = folder.path().join(name);
            std::fs::write(&file, bytes).unwrap();
            let report = phone.import(&file).unwrap();
            let set_aside: u64 = report.set_aside.iter().map(|reason| reason.count).sum();
            prop_assert_eq!(report.read, report.in_chart + set_aside);
        }
        phone.import(&plainchart_tests::hospital::fixtures().join("records/collection.json")).unwrap();
        let teodor = phone.app().people().unwrap().into_iter().find(|person| person.name.as_deref() == Some("Teodor Hallmoor"));
        prop_assert!(teodor.is_some());
    }
}
