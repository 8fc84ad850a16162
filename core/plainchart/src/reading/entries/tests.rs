//! The other lists of the record, and what is closed in all of them, on made-up charts.

use std::collections::BTreeSet;

use plainchart_access::Kind;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::items::opaque_id;
use super::super::room::{Room, chart, closed, order, referral, resource, visit};
use crate::error::PlainchartError;
use crate::reading::Window;
use crate::views::EntryKind;

fn named(text: &str) -> Value {
    json!({"medicationCodeableConcept": {"text": text}})
}

/// Proves D6: an empty list says which source shared none, as of when; one that is not shared never reads as none.
#[test]
fn an_empty_list_says_so() {
    let room = Room::own();
    room.take(1, &[order("a", named("Zinc"))]);
    let sentence = |room: &Room| room.session.medicines(&room.person, Window::ALL).unwrap().sources.remove(0).empty;
    assert_eq!(sentence(&room).as_deref(), Some("lakeside.example shared no medicines as of November 18, 2026."));
    let list = room.session.medicines(&room.person, Window::ALL).unwrap();
    assert_eq!(list.sources[1].empty, None);
    for problem in ["not_shared", "not_granted", "endless_paging"] {
        room.walked(0, "MedicationRequest", Some(problem));
        assert!(!sentence(&room).unwrap().contains("shared no"), "{problem}");
    }
    let notes = room.session.notes(&room.person, Window::ALL).unwrap().sources.remove(0).empty;
    let results = room.session.results(&room.person, Window::ALL).unwrap().sources.remove(1).empty;
    assert_eq!(notes.as_deref(), Some("lakeside.example shared no notes as of November 18, 2026."));
    assert_eq!(results.as_deref(), Some("cedar.example shared no results as of November 18, 2026."));
    for kind in EntryKind::ALL {
        let list = room.session.entries(&room.person, kind, Window::ALL).unwrap();
        assert!(list.sources.iter().all(|source| source.empty.is_some()), "{kind:?}");
    }
}

/// Proves D1: an open visit leads to what belongs to it, and every entry to who made it.
#[test]
fn a_visit_leads_to_what_belongs_to_it() {
    let room = Room::own();
    let here = json!({"encounter": {"reference": "Encounter/e"}});
    let note = resource(
        "DocumentReference",
        "n",
        json!({"status": "current", "context": {"encounter": [{"reference": "Encounter/e"}]},
        "type": {"text": "Progress note"}, "date": "2026-10-20T10:00:00Z", "content": [{"attachment": {"contentType": "text/plain", "data": "aGk="}}]}),
    );
    let result = resource(
        "Observation",
        "o",
        json!({"status": "final", "code": {"text": "Zinc"}, "valueInteger": 3,
        "encounter": {"reference": "https://lakeside.example/fhir/Encounter/e"}}),
    );
    let provenance = resource(
        "Provenance",
        "v",
        json!({"target": [{"reference": "Encounter/e"}, {"reference": "MedicationRequest/m"}],
        "recorded": "2026-10-20T10:00:00Z", "agent": [{"who": {"display": "Dr. Osei"}}]}),
    );
    room.take(
        0,
        &[
            visit("e", json!({})),
            visit("f", json!({})),
            order("m", here.clone()),
            referral("s", here),
            note,
            result,
            provenance,
        ],
    );
    let visits = room.entries(EntryKind::Visits);
    assert!(visits.iter().all(|visit| visit.belongs.is_empty()));
    let opened: Vec<_> = visits.iter().map(|visit| room.session.entry(&room.person, &visit.id).unwrap()).collect();
    let open = opened.iter().find(|visit| !visit.belongs.is_empty()).unwrap();
    let kinds: BTreeSet<&str> = open.belongs.iter().filter_map(|link| link.kind.as_deref()).collect();
    assert_eq!(kinds, BTreeSet::from(["medicine", "note", "referral", "result"]));
    assert!(open.belongs.iter().all(|link| link.id.is_some() && link.name.is_some()));
    assert_eq!(open.made_by[0].name.as_deref(), Some("Dr. Osei"));
    assert_eq!(room.medicines()[0].made_by, open.made_by);
    assert!(opened.iter().any(|visit| visit.belongs.is_empty() && visit.made_by.is_empty()));
}

/// Proves D1, P6: opening an entry leaves a line; one that is not there, or not for this reader, is not found.
#[test]
fn opening_an_entry_leaves_a_line() {
    let room = Room::helped();
    room.take(0, &[visit("e", json!({})), closed(visit("f", json!({})))]);
    let visits = room.entries(EntryKind::Visits);
    assert_eq!(visits.len(), 1);
    room.session.entry(&room.person, &visits[0].id).unwrap();
    let lines = room.session.access_log(&room.person).unwrap();
    assert!(lines.iter().any(|line| serde_json::to_string(line).unwrap().contains("opened_item")));
    let chart = chart(0);
    for id in [opaque_id('e', &chart, "Encounter/f"), opaque_id('e', &chart, "Encounter/none")] {
        assert_eq!(room.session.entry(&room.person, &id).unwrap_err(), PlainchartError::NotFound);
    }
}

/// Proves X3, D9: "no known drug allergies" and a listed one stand side by side, each as its source has it.
#[test]
fn nkda_beside_an_allergy() {
    let allergy = |code: Value| {
        resource(
            "AllergyIntolerance",
            "a",
            json!({"code": code, "clinicalStatus": {"coding": [
        {"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}]},
        "reaction": [{"manifestation": [{"text": "hives"}], "severity": "mild"}], "onsetAge": {"value": 6, "code": "a", "unit": "years",
        "system": "http://unitsofmeasure.org"}}),
        )
    };
    let room = Room::own();
    room.take(0, &[allergy(json!({"text": "Penicillin"}))]);
    room.take(
        1,
        &[allergy(json!({"coding": [{"system": "http://snomed.info/sct", "code": "409137002"}], "text": "NKDA"}))],
    );
    let list = room.entries(EntryKind::Allergies);
    assert_eq!(list.len(), 2);
    let none = list.iter().find(|entry| entry.none_known.is_some()).unwrap();
    assert_eq!(none.none_known.as_deref(), Some("cedar.example notes no known allergy to a medicine."));
    let penicillin = list.iter().find(|entry| entry.none_known.is_none()).unwrap();
    assert_eq!((penicillin.title.as_str(), penicillin.source.as_str()), ("Penicillin", "lakeside.example"));
    let text = serde_json::to_string(penicillin).unwrap();
    assert!(text.contains("hives") && text.contains("Mild") && text.contains("At the age of 6 years"), "{text}");
}

/// Items that point at each other and at what is closed.
fn open_items() -> Vec<Value> {
    vec![
        referral("s", json!({"encounter": {"reference": "Encounter/e"}, "requester": {"reference": "Practitioner/d"}})),
        order("m", json!({"medicationCodeableConcept": {"text": "Zinc"}})),
        visit("e", json!({})),
        resource("Condition", "c", json!({"code": {"text": "Asthma"}})),
        resource("Practitioner", "d", json!({"name": [{"text": "Dr. Osei"}]})),
        resource("AllergyIntolerance", "a", json!({"code": {"text": "Penicillin"}})),
    ]
}

/// Closed items of every list, each of which points at nothing that would take its class on.
fn closed_items() -> Vec<Value> {
    vec![
        closed(order("hm", json!({"medicationCodeableConcept": {"text": "Zinc"}, "authoredOn": "2026-11-01"}))),
        closed(referral("hs", json!({"authoredOn": "2026-11-17T23:00:00+13:00"}))),
        closed(visit("he", json!({}))),
        closed(resource("Condition", "hc", json!({"code": {"text": "Zyxwv"}}))),
        closed(resource("AllergyIntolerance", "ha", json!({"code": {"text": "Zyxwv"}}))),
        closed(resource("Procedure", "hp", json!({"status": "completed", "code": {"text": "Zyxwv"}}))),
        closed(resource(
            "DiagnosticReport",
            "hr",
            json!({"status": "final", "code": {"text": "Zyxwv"},
            "basedOn": [{"identifier": {"system": "urn:orders", "value": "77"}}]}),
        )),
        closed(order("hx", json!({"medicationReference": {"reference": "Medication/hidden"}}))),
        resource("Medication", "hidden", json!({"code": {"text": "Zyxwv"}})),
        closed(resource(
            "Provenance",
            "hv",
            json!({"target": [{"reference": "Goal/none"}], "recorded": "2026-01-01T00:00:00Z",
            "agent": [{"who": {"display": "Zyxwv"}}]}),
        )),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Proves N4: whatever closed items are in a chart, all that a helper sees of medicines, referrals and the other
    /// lists is the same, byte for byte.
    #[test]
    fn what_is_closed_changes_nothing(chosen in proptest::collection::vec(any::<bool>(), 10)) {
        let numbered = referral("n", json!({"identifier": [{"system": "urn:orders", "value": "77"}]}));
        let open: Vec<Value> = open_items().into_iter().chain([numbered]).collect();
        let without = Room::helped();
        without.take(0, &open);
        without.take(1, &[order("m", json!({"medicationCodeableConcept": {"text": "Zinc"}}))]);
        let with = Room::helped();
        with.take(0, &open);
        with.take(1, &[order("m", json!({"medicationCodeableConcept": {"text": "Zinc"}}))]);
        let hidden: Vec<Value> = closed_items().into_iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(item, _)| item).collect();
        with.take(0, &hidden);
        with.take(1, &hidden);
        prop_assert_eq!(without.everything(), with.everything());
    }

    /// Proves N4, P2: what lies outside the kinds of a lease changes nothing either, though it points at what lies
    /// inside, and the other way round.
    #[test]
    fn what_is_outside_a_lease_changes_nothing(chosen in proptest::collection::vec(any::<bool>(), 6)) {
        let kinds = [Kind::Medicine, Kind::Referral, Kind::Allergy];
        let at_visit = json!({"encounter": {"reference": "Encounter/e", "display": "As the order calls it"},
            "reasonReference": [{"reference": "Condition/c"}]});
        let mut open = vec![referral("s", at_visit.clone()), order("m", at_visit)];
        open.push(resource("AllergyIntolerance", "a", json!({"code": {"text": "Penicillin"}})));
        let based_on = json!({"basedOn": [{"reference": "ServiceRequest/s"}], "status": "final", "code": {"text": "Zyxwv"},
            "effectiveDateTime": "2026-11-17T23:00:00+13:00"});
        let outside = vec![
            visit("e", json!({"basedOn": [{"reference": "ServiceRequest/s"}]})),
            resource("Condition", "c", json!({"code": {"text": "Zyxwv"}})),
            resource("DiagnosticReport", "r", based_on.clone()),
            resource("Observation", "o", based_on),
            resource("Procedure", "p", json!({"status": "completed", "code": {"text": "Zyxwv"},
                "basedOn": [{"reference": "ServiceRequest/s"}]})),
            resource("Provenance", "v", json!({"recorded": "2026-01-01T00:00:00Z", "agent": [{"who": {"display": "Zyxwv"}}],
                "target": [{"reference": "MedicationRequest/m"}, {"reference": "AllergyIntolerance/a"}]})),
        ];
        let without = Room::helped_with(&kinds);
        without.take(0, &open);
        let with = Room::helped_with(&kinds);
        with.take(0, &open);
        let more: Vec<Value> = outside.into_iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(item, _)| item).collect();
        with.take(0, &more);
        prop_assert_eq!(without.everything(), with.everything());
    }
}
