//! Who may see what, until when; and what is written down about it.

use plainchart::{Act, Basis, Outcome, PersonId, PlainchartError, Reader, Relation, Window, words};
use plainchart_sandbox::Sandbox;
use plainchart_tests::phone::{DAY_MS, Phone};
use plainchart_tests::{chart, disk, hospital};
use serde_json::json;

const PRIVATE: [&str; 2] = ["Dovecrag", "Private talk"];

fn helper_of_ivo(fernway: &Sandbox) -> (Phone, PersonId) {
    let phone = Phone::for_hospital(fernway);
    let helper = phone.helper();
    let ivo = phone.connect(fernway, "nora", "ivo", helper);
    (phone, ivo)
}

/// Proves N4, P2: the labelled note does not exist for a helper: no list, no count, no block on the disk.
#[test]
fn a_labelled_note_does_not_exist_for_a_helper() {
    let lakeside = hospital::lakeside();
    let mut phone = Phone::for_hospital(&lakeside);
    let helper = phone.helper();
    let mateo = phone.connect(&lakeside, "rosa", "mateo", helper);
    let report = phone.sync(&mateo).unwrap();
    let private = hospital::note_titled(&lakeside, "lk-3118", "Adolescent visit, private portion");
    // The labelled visit, the visit that only codes tell of, and three about attention, by the reviewed list.
    let open = lakeside.store().ids("DocumentReference", "lk-3118").len() as u64 - 5;
    let kind = report.types.iter().find(|kind| kind.resource_type == "DocumentReference").unwrap();
    assert_eq!((kind.received, kind.in_chart, kind.set_aside), (open, open, 0), "no count tells of it");
    assert!(report.reasons.is_empty() && report.is_complete());
    assert_eq!(phone.notes(&mateo).total, open);
    assert!(phone.find(&mateo, "Lanternquay").is_none());
    assert!(phone.notes(&mateo).items.iter().all(|note| !note.sensitive));
    let contents = chart::contents(&mut phone, &mateo);
    let anything = contents.resources.iter().chain(&contents.set_aside);
    assert!(anything.clone().all(|(key, kept)| !key.contains(&private) && !kept.raw.contains(&private)));
    assert!(anything.clone().all(|(_, kept)| kept.classes == 0));
    assert!(contents.bodies.keys().all(|name| !name.contains(&private)));
    assert!(words::say("sensitivity.proxy", &[]).ends_with('.'));
}

/// Proves N4: the patient sees the same note, with a gentle notice.
#[test]
fn the_patient_sees_the_labelled_note_with_a_notice() {
    let fernway = hospital::small();
    let mut phone = Phone::for_hospital(&fernway);
    let ivo = phone.connect(&fernway, "ivo", "", Relation::Own);
    phone.sync(&ivo).unwrap();
    assert_eq!(chart::differences(&mut phone, &ivo, &fernway, hospital::IVO), [""; 0]);
    let note = phone.read(&ivo, "Dovecrag");
    assert_eq!(note.notice, Some(words::say("note.notice", &[])));
    assert!(note.summary.sensitive);
    assert!(phone.read(&ivo, "sports physical").notice.is_none());
}

/// Proves N4: the id of a note that is not for a helper answers as an id that never was, and the log tells nothing.
#[test]
fn an_id_that_is_not_for_a_helper_answers_like_none() {
    let fernway = hospital::small();
    let (phone, ivo) = helper_of_ivo(&fernway);
    phone.sync(&ivo).unwrap();
    for id in ["n0000000000", "", "r1", "../x", "DocumentReference/1", &"n".repeat(10_000)] {
        assert_eq!(phone.app().read_note(&ivo, id).unwrap_err(), PlainchartError::NotFound);
        assert_eq!(phone.app().whose_note(id).unwrap_err(), PlainchartError::NotFound);
    }
}

/// Proves N4: a note that is labelled later is gone from the helper's phone with the next sync.
#[test]
fn a_note_that_is_labelled_later_goes_from_the_helper() {
    let fernway = hospital::small();
    let (mut phone, ivo) = helper_of_ivo(&fernway);
    let store = fernway.store();
    let mut note = hospital::note("turn-1", hospital::IVO, "First open, then private: Sedgemere.");
    store.put(&note.to_string()).unwrap();
    phone.sync(&ivo).unwrap();
    assert!(phone.find(&ivo, "Sedgemere").is_some());
    note["meta"] = json!({"security": [
        {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    ]});
    store.put(&note.to_string()).unwrap();
    phone.sync(&ivo).unwrap();
    assert!(phone.find(&ivo, "Sedgemere").is_none(), "the older, open version is still shown");
    let contents = chart::contents(&mut phone, &ivo);
    assert!(contents.resources.keys().all(|key| !key.contains("turn-1")), "and still kept");
}

/// Proves N4: a label in any place or form that can be read as one counts; one that cannot be read counts as private.
#[test]
fn every_form_of_a_label_counts() {
    let confidentiality = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
    let act = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    let labels = [
        json!([{"system": confidentiality, "code": "R"}]),
        json!([{"system": confidentiality, "code": "V"}]),
        json!([{"system": confidentiality, "code": "N"}, {"system": confidentiality, "code": "R"}]),
        json!([{"system": act, "code": "HIV"}]),
        json!([{"system": act, "code": "PSY"}]),
        json!([{"system": act, "code": "SDV"}]),
        json!([{"system": "urn:local", "code": "SECRET-7"}]),
        json!([{"code": "R"}]),
        json!("R"),
        json!({"code": "R"}),
    ];
    let fernway = hospital::small();
    let (phone, ivo) = helper_of_ivo(&fernway);
    for (number, label) in labels.iter().enumerate() {
        let mut note =
            hospital::note(&format!("label-{number}"), hospital::IVO, &format!("Marked Withywater{number}."));
        note["meta"] = json!({"security": label});
        fernway.store().put(&note.to_string()).unwrap();
    }
    let mut open = hospital::note("label-n", hospital::IVO, "Marked Withywater-normal.");
    open["meta"] = json!({"security": [{"system": confidentiality, "code": "N"}]});
    fernway.store().put(&open.to_string()).unwrap();
    phone.sync(&ivo).unwrap();
    assert!(phone.find(&ivo, "Withywater-normal").is_some());
    for (number, label) in labels.iter().enumerate() {
        assert!(phone.find(&ivo, &format!("Withywater{number}")).is_none(), "{label}");
    }
}

/// Proves P2, P3: a helper's lease ends on its day: every call says so in the same words, and nothing is shown.
#[test]
fn a_lease_ends_on_its_day() {
    let fernway = hospital::small();
    let (mut phone, ivo) = helper_of_ivo(&fernway);
    phone.sync(&ivo).unwrap();
    let note = phone.notes(&ivo).items.remove(0).id;
    assert!(matches!(phone.app().person(&ivo).unwrap().reader, Reader::Helper { until_ms: Some(_), .. }));
    phone.clock.advance(3 * DAY_MS);
    fernway.clear_log();
    for when in ["at once", "after a restart"] {
        assert_eq!(phone.app().notes(&ivo, Window::ALL).unwrap_err(), PlainchartError::LeaseEnded, "{when}");
        assert_eq!(phone.app().notes(&ivo, Window::default()).unwrap_err(), PlainchartError::LeaseEnded, "{when}");
        assert_eq!(phone.app().results(&ivo, Window::ALL).unwrap_err(), PlainchartError::LeaseEnded, "{when}");
        assert_eq!(phone.app().read_note(&ivo, &note).unwrap_err(), PlainchartError::LeaseEnded, "{when}");
        assert_eq!(phone.app().whose_note(&note).unwrap_err(), PlainchartError::NotFound, "{when}");
        assert_eq!(phone.sync(&ivo).unwrap_err(), PlainchartError::LeaseEnded, "{when}");
        let person = phone.app().person(&ivo).unwrap();
        assert_eq!((person.reader, person.name, person.birth_date), (Reader::Ended, None, None), "{when}");
        phone.reopen();
    }
    assert_eq!(hospital::asked(&fernway, "/"), 0, "no request is made");
}

/// Proves P3: setting the clock back extends nothing; setting it forward destroys nothing.
#[test]
fn the_phones_clock_extends_and_destroys_nothing() {
    let fernway = hospital::small();
    let (mut phone, ivo) = helper_of_ivo(&fernway);
    phone.sync(&ivo).unwrap();
    phone.clock.advance(300 * DAY_MS);
    assert_eq!(phone.app().notes(&ivo, Window::ALL).unwrap_err(), PlainchartError::LeaseEnded);
    phone.clock.advance(-300 * DAY_MS);
    phone.reopen();
    assert_eq!(phone.notes(&ivo).total, 1, "forward and back again");
    // The hospital's own time says that the lease is over; the phone's clock stands before its end.
    fernway.clock().advance(std::time::Duration::from_secs(3 * 86_400));
    phone.sync(&ivo).unwrap();
    phone.clock.advance(-20 * DAY_MS);
    assert_eq!(phone.app().notes(&ivo, Window::ALL).unwrap_err(), PlainchartError::LeaseEnded);
    phone.reopen();
    assert_eq!(phone.app().notes(&ivo, Window::ALL).unwrap_err(), PlainchartError::LeaseEnded);
}

/// Proves P3: no answer of a server ends the reader's own chart, and a storm of refusals ends a helper's neither.
#[test]
fn a_storm_of_refusals_ends_nothing() {
    use plainchart_sandbox::{Fault, Rule};
    let fernway = hospital::small();
    let (phone, ivo) = helper_of_ivo(&fernway);
    let nora = phone.connect(&fernway, "nora", "", Relation::Own);
    phone.sync(&ivo).unwrap();
    phone.sync(&nora).unwrap();
    let counts = |person: &PersonId| (phone.notes(person).total, phone.results(person).total);
    let before = (counts(&nora), counts(&ivo));
    for code in [403, 404, 410, 401, 403, 410] {
        let rule = fernway.faults().add(Rule::new(Fault::Status { code, retry_after: None }).on_path("/fhir"));
        for person in [&nora, &ivo] {
            phone.sync(person).unwrap_err();
        }
        fernway.faults().remove(rule);
        assert_eq!((counts(&nora), counts(&ivo)), before, "{code}");
    }
    let Reader::Helper { unconfirmed_since_ms, .. } = phone.app().person(&ivo).unwrap().reader else {
        panic!("a helper")
    };
    assert!(unconfirmed_since_ms.is_some(), "it says since when the hospital has not confirmed it");
    assert_eq!(phone.app().person(&nora).unwrap().reader, Reader::Own);
    phone.sync(&nora).unwrap();
    phone.sync(&ivo).unwrap();
    let Reader::Helper { unconfirmed_since_ms, .. } = phone.app().person(&ivo).unwrap().reader else {
        panic!("a helper")
    };
    assert!(unconfirmed_since_ms.is_none());
}

/// Proves P6: each act leaves its line, with no title or word in it; the chain holds, also across a restart.
#[test]
fn every_act_leaves_its_line() {
    let fernway = hospital::small();
    let (mut phone, ivo) = helper_of_ivo(&fernway);
    phone.sync(&ivo).unwrap();
    let note = phone.notes(&ivo).items.remove(0);
    phone.app().read_note(&ivo, &note.id).unwrap();
    let _ = phone.results(&ivo);
    phone.reopen();
    phone.clock.advance(3 * DAY_MS);
    phone.app().read_note(&ivo, &note.id).unwrap_err();
    phone.sync(&ivo).unwrap_err();
    phone.clock.advance(-3 * DAY_MS);
    let log = phone.app().access_log(&ivo).unwrap();
    let acts: Vec<(Act, Outcome)> = log.iter().map(|entry| (entry.line.act, entry.line.outcome)).collect();
    for act in [
        Act::SignedIn,
        Act::ChangedLease,
        Act::Synced,
        Act::ListedNotes,
        Act::OpenedNote,
        Act::ExplainedNote,
        Act::ListedResults,
    ] {
        assert!(acts.contains(&(act, Outcome::Done)), "{act:?}");
    }
    assert!(acts.contains(&(Act::OpenedNote, Outcome::Refused)) && acts.contains(&(Act::Synced, Outcome::Refused)));
    let opened = log.iter().find(|entry| entry.line.act == Act::OpenedNote).unwrap();
    assert_eq!(opened.line.resource.as_deref(), Some(note.id.as_str()), "an opaque id and nothing else");
    let refused = log.iter().find(|entry| entry.line.outcome == Outcome::Refused).unwrap();
    assert!(
        matches!(refused.line.reason.as_deref(), Some("lease_ended" | "lease_paused")),
        "{:?}",
        refused.line.reason
    );
    assert!(log.windows(2).all(|pair| pair[0].number < pair[1].number));
    let text = serde_json::to_string(&log).unwrap();
    for word in ["sports", "School visit", "Fennimarsh", "Progress", "i-200", "11506-3"] {
        assert!(!text.contains(word), "{word}");
    }
    let check = phone.app().verify_log().unwrap();
    assert!(check.whole && check.lines >= log.len() as u64);
}

/// Proves P6: a refusal is on the disk before its answer: a crash right after it does not lose the line.
#[test]
fn a_refusal_is_on_the_disk_before_its_answer() {
    let fernway = hospital::small();
    let (phone, ivo) = helper_of_ivo(&fernway);
    phone.sync(&ivo).unwrap();
    phone.clock.advance(3 * DAY_MS);
    phone.app().notes(&ivo, Window::ALL).unwrap_err();
    let mut crashed = phone.copy_of_disk();
    drop(phone);
    crashed.clock.advance(-3 * DAY_MS);
    crashed.reopen();
    let log = crashed.app().access_log(&ivo).unwrap();
    assert!(log.iter().any(|entry| entry.line.act == Act::ListedNotes && entry.line.outcome == Outcome::Refused));
}

/// Proves N4, V6: with or without the class, none of the private note's words are on the helper's disk.
#[test]
fn the_private_words_are_not_on_the_helpers_disk() {
    for basis in [Basis::Helper, Basis::Parent, Basis::PatientsPermission] {
        let fernway = hospital::small();
        let phone = Phone::for_hospital(&fernway);
        let ivo = phone.connect(&fernway, "nora", "ivo", Relation::Helper { basis, until_ms: None });
        phone.sync(&ivo).unwrap();
        assert!(phone.find(&ivo, "Dovecrag").is_none(), "{basis:?}");
        let words: Vec<String> = PRIVATE.iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(disk::found_in(phone.home(), &words), [""; 0]);
    }
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let guardian = Relation::Helper { basis: Basis::Guardian, until_ms: None };
    let ivo = phone.connect(&fernway, "nora", "ivo", guardian);
    phone.sync(&ivo).unwrap();
    assert!(phone.find(&ivo, "Dovecrag").is_some(), "a guardian reads all but violence");
}
