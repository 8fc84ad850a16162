//! A server that lies, loops or lures: the token stays at home, the wrong person never gets in, everything ends.

use plainchart::{PersonId, Relation, SignInStep};
use plainchart_sandbox::{Fault, Rule, Sandbox};
use plainchart_tests::phone::{Phone, REDIRECT, text_of};
use plainchart_tests::strange::{ACCESS_TOKEN, Listener, Reply, StrangeHospital, query};
use plainchart_tests::{chart, disk, hospital};
use serde_json::{Value, json};

fn connected(fernway: &Sandbox) -> (Phone, PersonId) {
    let phone = Phone::for_hospital(fernway);
    let nora = phone.connect(fernway, "nora", "", Relation::Own);
    (phone, nora)
}

fn stranger() -> (StrangeHospital, Phone, PersonId) {
    let strange = StrangeHospital::start();
    let phone = Phone::alone();
    let url = phone.begin(&strange.base()).unwrap();
    let callback = format!("{REDIRECT}?code=c&state={}", query(&url, "state").unwrap());
    let Ok(SignInStep::Offer(offer)) = phone.complete(&callback) else { panic!("an offer") };
    let person = phone.confirm(&offer, "p1", Relation::Own);
    (strange, phone, person)
}

fn searchset(resources: &[Value], next: Option<&str>) -> Value {
    let entry: Vec<Value> = resources.iter().map(|resource| json!({"resource": resource})).collect();
    let mut bundle = json!({"resourceType": "Bundle", "type": "searchset", "entry": entry});
    if let Some(next) = next {
        bundle["link"] = json!([{"relation": "next", "url": next}]);
    }
    bundle
}

/// Proves A9: another person's record in a page is refused, counted, and is nowhere: not in a list, not on the disk.
#[test]
fn another_persons_record_is_refused_and_counted() {
    let fernway = hospital::small();
    let (mut phone, nora) = connected(&fernway);
    for resource_type in ["DocumentReference", "Observation"] {
        fernway.faults().add(Rule::new(Fault::WrongPatient).on_type(resource_type));
    }
    let report = phone.sync(&nora).unwrap();
    assert!(report.reasons["wrong_patient"] >= 2, "{:?}", report.reasons);
    assert!(!report.is_complete());
    fernway.faults().clear();
    assert!(phone.find(&nora, "sports physical").is_none() && phone.find(&nora, "Dovecrag").is_none());
    let contents = chart::contents(&mut phone, &nora);
    for kept in contents.resources.values().chain(contents.set_aside.values()) {
        assert!(!kept.raw.contains("Patient/i-200"), "another person's text lies in the chart");
    }
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
}

/// Proves A9: another person in place of the one who was asked for ends the sync before anything is saved.
#[test]
fn another_person_in_place_of_the_patient() {
    let fernway = hospital::small();
    let (mut phone, nora) = connected(&fernway);
    fernway.faults().add(Rule::new(Fault::WrongPatient).on_type("Patient"));
    assert_eq!(phone.sync(&nora).unwrap_err().code(), "server_problem.wrong_patient");
    assert_eq!(phone.app().person(&nora).unwrap().name.as_deref(), Some("Nora Jane Fennimarsh"));
    assert!(chart::contents(&mut phone, &nora).resources.values().all(|kept| !kept.raw.contains("i-200")));
}

/// Proves A9: every way to write another person's reference is refused, and the own one in every form is accepted.
#[test]
fn references_in_every_disguise() {
    let (strange, mut phone, person) = stranger();
    let base = strange.base();
    let with = |id: &str, reference: &str| {
        let mut note = hospital::note(id, "p1", &format!("Body of {id}."));
        note["subject"]["reference"] = reference.into();
        note
    };
    let own = [
        with("own-1", "Patient/p1"),
        with("own-2", &format!("{base}/Patient/p1")),
        with("own-3", "Patient/p1/_history/7"),
        with("own-4", &format!("{base}/Patient/p1/_history/7")),
    ];
    let others = [
        with("other-1", "Patient/p2"),
        with("other-2", "Patient/p11"),
        with("other-3", "Patient/P1"),
        with("other-4", "https://elsewhere.example/fhir/Patient/p1"),
        with("other-5", "Practitioner/p1"),
        with("other-6", "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"),
        with("other-7", "#p1"),
        with("other-8", &format!("{base}/Patient/p1/../p2")),
        with("other-9", ""),
    ];
    let all: Vec<Value> = own.iter().chain(&others).cloned().collect();
    strange.set("/fhir/DocumentReference", Reply::json(&searchset(&all, None)));
    let report = phone.sync(&person).unwrap();
    let ids: Vec<String> = chart::contents(&mut phone, &person).resources.into_keys().collect();
    let notes: Vec<&str> = ids.iter().filter_map(|key| key.strip_prefix("DocumentReference/")).collect();
    assert_eq!(notes, ["own-1", "own-2", "own-3", "own-4"]);
    let set_aside: u64 = report.reasons.values().sum();
    assert_eq!(set_aside, others.len() as u64, "each is counted: {:?}", report.reasons);
}

/// Proves A9: the same person under a merged id, or contained with the same number, is accepted as this server says; a
/// link of another kind, or a contained person with another number, is not.
#[test]
fn one_person_under_two_ids() {
    let (strange, mut phone, person) = stranger();
    let mut patient = plainchart_tests::strange::patient("p1");
    patient["identifier"] = json!([{"system": "https://strange.example/mrn", "value": "S-1"}]);
    patient["link"] = json!([
        {"other": {"reference": "Patient/old-p1"}, "type": "replaces"},
        {"other": {"reference": "Patient/sibling"}, "type": "seealso"},
    ]);
    strange.set("/fhir/Patient/p1", Reply::json(&patient));
    let with = |id: &str, reference: &str, number: &str| {
        let mut note = hospital::note(id, "p1", &format!("Body of {id}."));
        note["subject"]["reference"] = reference.into();
        if !number.is_empty() {
            let identifier = json!([{"system": "https://strange.example/mrn", "value": number}]);
            note["contained"] = json!([{"resourceType": "Patient", "id": "c", "identifier": identifier}]);
        }
        note
    };
    let all = [
        with("merged", "Patient/old-p1", ""),
        with("see-also", "Patient/sibling", ""),
        with("contained", "#c", "S-1"),
        with("contained-other", "#c", "S-2"),
    ];
    strange.set("/fhir/DocumentReference", Reply::json(&searchset(&all, None)));
    let report = phone.sync(&person).unwrap();
    assert_eq!(report.reasons["wrong_patient"], 2);
    let ids: Vec<String> = chart::contents(&mut phone, &person).resources.into_keys().collect();
    assert_eq!(ids, ["DocumentReference/contained", "DocumentReference/merged", "Patient/p1"]);
}

/// Proves A10: a next page elsewhere ends the walk with a reason; the token never goes there, and what came stays.
#[test]
fn a_next_page_elsewhere_never_gets_the_token() {
    let lure = Listener::silent();
    let fernway = hospital::small_in_small_pages();
    let (phone, nora) = connected(&fernway);
    let elsewhere = Fault::NextElsewhere { url: format!("{}/fhir/r4/DocumentReference?_page=2", lure.origin()) };
    let rule = fernway.faults().add(Rule::new(elsewhere).on_type("DocumentReference"));
    let report = phone.sync(&nora).unwrap();
    let kind = report.types.iter().find(|kind| kind.resource_type == "DocumentReference").unwrap();
    assert_eq!(kind.problem, Some("next_outside_base"));
    assert!(lure.heard().is_empty(), "not even a connection");
    assert!(phone.notes(&nora).total > 0);
    assert_eq!(phone.notes(&nora).sources[0].problem.as_deref(), Some("next_outside_base"), "the list says so");
    fernway.faults().remove(rule);
    // Neighbours of the base are not below it.
    let (strange, phone, person) = stranger();
    let origin = strange.origin();
    for next in [
        format!("{origin}/fhirx/DocumentReference"),
        format!("{origin}/other/DocumentReference"),
        format!("{origin}/fhir/../admin"),
        format!("{origin}/fhir/%2e%2e/admin"),
        format!("{origin}/fhir/./../admin"),
        origin.replace("http://", "http://user@") + "/fhir/x",
        origin.replace("127.0.0.1", "localhost") + "/fhir/x",
        "//127.0.0.1:9/fhir/x".to_owned(),
        "ftp://127.0.0.1/fhir".to_owned(),
    ] {
        strange.set("/fhir/DocumentReference", Reply::json(&searchset(&[], Some(&next))));
        let before = strange.heard().len();
        let report = phone.sync_full(&person).unwrap();
        let kind = report.types.iter().find(|kind| kind.resource_type == "DocumentReference").unwrap();
        assert!(kind.problem.is_some(), "{next}");
        let heard = &strange.heard()[before..];
        assert!(heard.iter().all(|heard| heard.path().starts_with("/fhir/") || !heard.whole.contains(ACCESS_TOKEN)));
    }
}

/// Proves A10: no redirect is followed, for a page or a file, on the base or elsewhere.
#[test]
fn redirects_are_never_followed() {
    let lure = Listener::silent();
    let fernway = hospital::small();
    let (phone, nora) = connected(&fernway);
    let to_the_lure = |id: &str| Fault::Redirect { location: format!("{}/fhir/r4/{id}", lure.origin()) };
    let rule = fernway.faults().add(Rule::new(to_the_lure("Patient/n-100")).on_type("Patient"));
    assert_eq!(phone.sync(&nora).unwrap_err().code(), "server_problem.status");
    fernway.faults().remove(rule);
    for resource_type in ["DocumentReference", "Observation"] {
        let rule = fernway.faults().add(Rule::new(to_the_lure(resource_type)).on_type(resource_type));
        let report = phone.sync(&nora).unwrap();
        let kind = report.types.iter().find(|kind| kind.resource_type == resource_type).unwrap();
        assert_eq!((kind.problem, kind.received), (Some("status"), 0));
        fernway.faults().remove(rule);
    }
    fernway.faults().add(Rule::new(to_the_lure("Binary/x")).on_type("Binary"));
    phone.sync(&nora).unwrap();
    assert!(lure.heard().is_empty());
}

/// Proves A10: a note whose file lies elsewhere is told as such, and the token does not go there.
#[test]
fn a_file_elsewhere_is_not_fetched() {
    let lure = Listener::silent();
    let fernway = hospital::small();
    let (phone, nora) = connected(&fernway);
    let note = hospital::note_titled(&fernway, hospital::NORA, "Chest X-ray");
    hospital::change(&fernway, "DocumentReference", &note, |note| {
        note["content"][0]["attachment"]["url"] = format!("{}/fhir/r4/Binary/1", lure.origin()).into();
    });
    phone.sync(&nora).unwrap();
    assert!(lure.heard().is_empty());
    let open = |note: &plainchart::NoteSummary| phone.app().read_note(&nora, &note.id).unwrap();
    let without: Vec<_> = phone.notes(&nora).items.iter().map(open).filter(|note| note.sections.is_empty()).collect();
    assert_eq!(without.len(), 1);
    assert_eq!(without[0].remarks, ["This file lies outside the hospital's own server, so it was not fetched."]);
}

/// Proves D10: paging that never ends is ended with a code; what came stays, and the other types are walked.
#[test]
fn endless_paging_ends() {
    for fault in [Fault::NextLoops, Fault::NextNeverEnds] {
        let fernway = hospital::small_in_small_pages();
        let (phone, nora) = connected(&fernway);
        fernway.faults().add(Rule::new(fault.clone()).on_type("DocumentReference"));
        let report = phone.sync(&nora).unwrap();
        let kind = report.types.iter().find(|kind| kind.resource_type == "DocumentReference").unwrap();
        assert_eq!(kind.problem, Some("endless_paging"), "{fault:?}");
        assert_eq!(phone.notes(&nora).sources[0].problem.as_deref(), Some("endless_paging"));
        assert!(phone.notes(&nora).total > 0 && phone.results(&nora).total > 0, "{fault:?}");
        assert!(phone.notes(&nora).items.iter().all(|note| !note.withdrawn), "{fault:?}");
    }
}

/// Proves D10: an answer past its bound is a typed error, also when it is small on the way.
#[test]
fn an_answer_past_its_bound_is_refused() {
    let fernway = hospital::small();
    let (phone, nora) = connected(&fernway);
    fernway.faults().add(Rule::new(Fault::Oversized { bytes: 5 << 20 }).on_type("Patient"));
    assert_eq!(phone.sync(&nora).unwrap_err().code(), "server_problem.too_large");
    fernway.faults().clear();
    fernway.faults().add(Rule::new(Fault::Oversized { bytes: 2 << 20 }).on_path("/oauth2/token"));
    phone.clock.advance(3_600_000);
    phone.sync(&nora).unwrap_err();
    assert_eq!(phone.app().person(&nora).unwrap().name.as_deref(), Some("Nora Jane Fennimarsh"));
}

/// Proves D7, D10: JSON that is deep, doubled or of the wrong shape is an error or set aside; nothing breaks.
#[test]
fn answers_of_every_wrong_shape() {
    let (strange, phone, person) = stranger();
    let deep = format!(r#"{{"resourceType":"Bundle","entry":{}{}}}"#, "[".repeat(50_000), "]".repeat(50_000));
    let bodies = [
        "",
        "null",
        "[]",
        "{}",
        "7",
        "\"text\"",
        "{\"resourceType\":\"Bundle\"",
        "<html></html>",
        &deep,
        r#"{"resourceType":"OperationOutcome"}"#,
        r#"{"resourceType":"Bundle","type":"transaction-response","entry":[]}"#,
        r#"{"resourceType":"Bundle","type":"searchset","entry":{"resource":1}}"#,
        r#"{"resourceType":"Bundle","type":"searchset","entry":[null,7,{},{"resource":null},{"resource":[]}]}"#,
        r#"{"resourceType":"Bundle","type":"searchset","link":"x","total":"many","entry":[]}"#,
        r#"{"resourceType":"Bundle","resourceType":"Patient","type":"searchset","entry":[]}"#,
    ];
    let bodies = bodies.iter().map(|body| body.as_bytes()).chain([&b"\xff\xff\xff"[..]]);
    for body in bodies {
        strange.set("/fhir/DocumentReference", Reply::of(200, "application/fhir+json", body));
        match phone.sync(&person) {
            Ok(_) => {}
            Err(error) => assert!(error.code().starts_with("server_problem."), "{}", error.code()),
        }
        assert_eq!(phone.notes(&person).total, 0);
    }
    strange.set("/fhir/DocumentReference", Reply::of(200, "application/fhir+json", "<html></html>"));
    phone.sync(&person).unwrap();
    assert_eq!(phone.notes(&person).sources[0].problem.as_deref(), Some("broken_json"), "not the same as none");
    let note = hospital::note("d1", "p1", "After all that.");
    strange.set("/fhir/DocumentReference", Reply::json(&searchset(&[note], None)));
    phone.sync(&person).unwrap();
    assert!(phone.find(&person, "After all that.").is_some());
}

/// Proves N1: nothing in a note acts, and nothing in it is fetched.
#[test]
fn a_note_that_would_act_is_only_text() {
    let lure = Listener::silent();
    let (strange, phone, person) = stranger();
    let html = format!(
        r#"<html><head><script src="{0}/s.js"></script><link rel=stylesheet href="{0}/c.css"></head><body onload="go()">
        <h1>Plan</h1><p>Walk daily.</p><img src="{0}/i.png"><iframe src="{0}"></iframe><form action="{0}"><input></form>
        <a href="javascript:go()">tap</a><a href="{0}/a">here</a><style>p{{background:url({0}/b)}}</style></body></html>"#,
        lure.origin()
    );
    let mut note = hospital::note("d1", "p1", &html);
    note["content"][0]["attachment"]["contentType"] = json!("text/html");
    strange.set("/fhir/DocumentReference", Reply::json(&searchset(&[note], None)));
    phone.sync(&person).unwrap();
    let shown = phone.read(&person, "Walk daily.");
    let text = format!("{}{}", text_of(&shown), serde_json::to_string(&shown).unwrap());
    for active in ["<script", "javascript:", "s.js", "onload", "<iframe", "background"] {
        assert!(!text.contains(active), "{active}");
    }
    assert!(lure.heard().is_empty());
    assert!(disk::found_in(phone.folder(), &["Walk daily.".to_owned()]).is_empty());
}
