//! What was asked for and what came of it, on made-up charts.

use plainchart_access::{Event, Hold, HoldTerm, Kind};
use serde_json::{Value, json};

use super::super::room::{Room, chart, order, referral, resource, visit};
use crate::reading::Window;
use crate::views::{EntryKind, PartyView};

/// Proves R5: what names a referral by address or by number came of it; once there is a visit, nothing else is said.
#[test]
fn what_came_of_a_referral() {
    let report = |id: &str, based_on: Value| {
        resource(
            "DiagnosticReport",
            id,
            json!({"status": "final", "code": {"text": "Lung report"}, "issued": "2026-11-02T09:00:00Z",
            "basedOn": [based_on]}),
        )
    };
    for answer in [
        json!({"reference": "ServiceRequest/s"}),
        json!({"reference": "https://lakeside.example/fhir/ServiceRequest/s/_history/2"}),
        json!({"identifier": {"system": "urn:orders", "value": "77"}}),
        json!({"reference": "ServiceRequest?identifier=urn:orders|77"}),
        json!({"identifier": {"system": "urn:together", "value": "5"}, "type": "ServiceRequest"}),
    ] {
        let room = Room::own();
        let numbered = json!({"identifier": [{"system": "urn:orders", "value": "77"}],
            "requisition": {"system": "urn:together", "value": "5"}});
        room.take(
            0,
            &[
                referral("s", numbered),
                referral("t", json!({})),
                report("r", answer.clone()),
                visit("e", json!({"basedOn": [answer]})),
            ],
        );
        let referrals = room.referrals();
        let with = referrals.iter().find(|one| !one.came_of.is_empty()).unwrap();
        let kinds: Vec<_> = with.came_of.iter().map(|came| (came.kind.as_str(), came.standing.as_str())).collect();
        assert_eq!(kinds, [("report", "here"), ("visit", "here")]);
        assert_eq!(with.came_of[1].id.as_deref(), Some(room.entries(EntryKind::Visits)[0].id.as_str()));
        assert_eq!(with.came_of[0].title.as_deref(), Some("Lung report"));
        assert_eq!(with.nothing_seen, None);
        let without = referrals.iter().find(|one| one.came_of.is_empty()).unwrap();
        assert!(
            without.nothing_seen.as_deref().unwrap().starts_with("No visit or report seen as of November 18, 2026.")
        );
    }
}

/// Proves R5: a visit that was called off, or lies ahead, is shown and is no visit; nothing is said of what is closed
/// by the source itself.
#[test]
fn what_was_called_off_is_no_visit() {
    for (status, standing) in [("cancelled", "called-off"), ("planned", "ahead")] {
        let room = Room::own();
        let came = visit("e", json!({"status": status, "basedOn": [{"reference": "ServiceRequest/s"}]}));
        room.take(0, &[referral("s", json!({})), came]);
        let referral = room.referrals().remove(0);
        assert_eq!(referral.came_of[0].standing, standing);
        assert!(referral.nothing_seen.unwrap().starts_with("No visit or report seen"));
    }
    for status in ["completed", "revoked", "unknown"] {
        let room = Room::own();
        room.take(0, &[referral("s", json!({"status": status}))]);
        assert_eq!(room.referrals()[0].nothing_seen, None, "{status}");
    }
}

/// Proves R3, R5: where the owner's own hold folds an answer away, nobody says that there is none.
#[test]
fn what_is_held_is_not_denied() {
    let room = Room::own();
    let came = visit("e", json!({"basedOn": [{"reference": "ServiceRequest/s"}]}));
    room.take(0, &[referral("s", json!({})), referral("t", json!({})), came]);
    let hold = Hold { chart: chart(0), kind: Kind::Visit, term: HoldTerm::UntilOpened, from_ms: 0 };
    room.session.record(Event::HoldSet { hold }).unwrap();
    let referrals = room.referrals();
    assert!(referrals.iter().all(|one| one.came_of.is_empty()));
    assert_eq!(referrals.iter().filter(|one| one.nothing_seen.is_some()).count(), 1);
    let visits = room.session.entries(&room.person, EntryKind::Visits, Window::ALL).unwrap();
    assert_eq!((visits.items.len(), &visits.sources[0].empty), (0, &None));
}

/// Proves R5, D6: where visits or reports are not shared, nobody says that none was seen.
#[test]
fn what_is_not_shared_cannot_be_missed() {
    for resource_type in ["Encounter", "DiagnosticReport", "Observation", "DocumentReference"] {
        for problem in ["not_shared", "not_granted", "endless_paging"] {
            let room = Room::own();
            room.take(0, &[referral("s", json!({}))]);
            room.walked(0, resource_type, Some(problem));
            let told = room.referrals().remove(0).nothing_seen.unwrap();
            assert!(
                told.contains("lakeside.example") && told.ends_with("So this app cannot tell what came of it."),
                "{told}"
            );
            assert!(!told.contains("No visit") && !told.contains('{'), "{told}");
        }
    }
}

/// Proves R5, R6: to whom and who asked, with telephones as recorded: in a resource of their own, behind a role, or
/// contained.
#[test]
fn telephones_are_as_recorded() {
    let room = Room::own();
    let mut request = referral(
        "s",
        json!({"requester": {"reference": "Practitioner/d"},
        "performer": [{"reference": "#lung"}, {"reference": "PractitionerRole/r"}],
        "locationReference": [{"display": "Floor 3"}]}),
    );
    request["contained"] = json!([{"resourceType": "Organization", "id": "lung", "name": "Lung clinic",
        "telecom": [{"system": "phone", "value": "+1-555-0198"}]}]);
    room.take(
        0,
        &[
            request,
            order("m", json!({"requester": {"reference": "Practitioner/d"}})),
            resource(
                "Practitioner",
                "d",
                json!({"name": [{"text": "Dr. Osei"}], "telecom": [{"system": "phone", "value": "555 01 02"}]}),
            ),
            resource("PractitionerRole", "r", json!({"practitioner": {"reference": "Practitioner/d"}})),
        ],
    );
    let referral = room.referrals().remove(0);
    let reach = |party: &PartyView| (party.name.clone().unwrap(), party.telephones.clone());
    let osei = ("Dr. Osei".to_owned(), vec!["555 01 02".to_owned()]);
    let lung = ("Lung clinic".to_owned(), vec!["+1-555-0198".to_owned()]);
    assert_eq!(referral.to.iter().map(reach).collect::<Vec<_>>(), [lung, osei.clone()]);
    assert_eq!(referral.asked_by.as_ref().map(reach), Some(osei.clone()));
    assert_eq!(referral.places[0].name.as_deref(), Some("Floor 3"));
    assert_eq!(room.medicines()[0].ordered_by.as_ref().map(reach), Some(osei));
}

/// Proves R5: a request that was replaced points to the newer one.
#[test]
fn a_replaced_order_points_to_the_newer() {
    let room = Room::own();
    let newer = json!({"replaces": [{"reference": "ServiceRequest/old"}], "code": {"text": "Newer"}, "authoredOn": "2026-11-01"});
    room.take(0, &[referral("old", json!({"status": "revoked"})), referral("new", newer)]);
    let (new, old) = (&room.referrals()[0], &room.referrals()[1]);
    assert_eq!(old.replaced_by[0].id.as_deref(), Some(new.id.as_str()));
    assert_eq!(
        (old.replaced_by[0].name.as_deref(), old.replaced_by[0].kind.as_deref()),
        (Some("Newer"), Some("referral"))
    );
    assert_eq!(new.links.iter().find(|link| link.id.as_deref() == Some(&old.id)).unwrap().label, "Took the place of");
}
