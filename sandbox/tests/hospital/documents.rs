//! What becomes of documents: amended, superseded, entered in error, deleted, withdrawn, also in the middle of a walk.

use plainchart_sandbox::{Sandbox, StoreError};
use serde_json::json;

use crate::client::*;

fn visit_note(sandbox: &Sandbox, token: &str) -> (String, String) {
    let bundle = fhir(sandbox, token, "/DocumentReference?patient=1001&type=11506-3").json();
    let document = with_mode(&bundle, "match").remove(0);
    let file = document["content"][0]["attachment"]["url"].as_str().unwrap().to_owned();
    (document["id"].as_str().unwrap().to_owned(), file)
}

/// Proves T1, D4: new words at an unchanged URL.
#[test]
fn an_amended_note_has_new_words_at_the_same_url() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    let (id, file) = visit_note(&sandbox, &token);
    let before = fhir(&sandbox, &token, &format!("/{file}"));
    assert_eq!(sandbox.store().amend("DocumentReference", &id, "Addendum: denies chest pain.").unwrap(), 2);
    let document = fhir(&sandbox, &token, &format!("/DocumentReference/{id}")).json();
    assert_eq!(document["docStatus"], "amended");
    assert_eq!(document["content"][0]["attachment"]["url"], file);
    let tag = before.header("etag");
    let after = fhir_with(&sandbox, &token, &format!("/{file}"), &[("if-none-match", tag)]).unwrap();
    assert_eq!((after.status, after.text().as_str()), (200, "Addendum: denies chest pain."));
}

/// Proves T1, D4: the older one stays, says so, and is named by the newer.
#[test]
fn a_superseded_note_stays_and_is_linked() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    let (id, file) = visit_note(&sandbox, &token);
    sandbox.store().supersede(&id, "newer", "Second version.").unwrap();
    let total = |query: &str| fhir(&sandbox, &token, &format!("/DocumentReference?patient=1001&{query}")).json();
    assert_eq!(matches(&total("status=superseded")), [id.as_str()]);
    assert_eq!(matches(&total(&format!("relatesto=DocumentReference/{id}"))), ["newer"]);
    let newer = fhir(&sandbox, &token, "/DocumentReference/newer").json();
    let url = newer["content"][0]["attachment"]["url"].as_str().unwrap();
    assert_eq!(fhir(&sandbox, &token, &format!("/{url}")).text(), "Second version.");
    assert!(fhir(&sandbox, &token, &format!("/{file}")).text().starts_with("HPI"), "the old words stay");
}

/// Proves T1, D4: reduced to id and status, still the patient's, still found by what it was.
#[test]
fn what_was_entered_in_error_is_reduced_and_still_found() {
    let sandbox = hospital();
    let (ada, ben) = (token_for(&sandbox, "ada"), token_for(&sandbox, "ben"));
    let result = sandbox.store().ids("Observation", "1001").remove(0);
    let (note, _) = visit_note(&sandbox, &ada);
    for (resource_type, id) in [("Observation", &result), ("DocumentReference", &note)] {
        let category =
            fhir(&sandbox, &ada, &format!("/{resource_type}/{id}")).json()["category"][0]["coding"][0]["code"]
                .as_str()
                .unwrap()
                .to_owned();
        sandbox.store().enter_in_error(resource_type, id).unwrap();
        let path = format!("/{resource_type}/{id}");
        let stub = fhir(&sandbox, &ada, &path).json();
        assert_eq!(stub["status"], "entered-in-error");
        let members: Vec<_> = stub.as_object().unwrap().keys().cloned().collect();
        assert_eq!(members, ["id", "meta", "resourceType", "status"]);
        assert_eq!(fhir(&sandbox, &ben, &path).status, 403);
        let asked = format!("/{resource_type}?patient=1001&category={category}&_id={id}");
        assert_eq!(with_mode(&fhir(&sandbox, &ada, &asked).json(), "match"), [stub]);
    }
}

/// Proves T1, D3: withdrawn between two pages: neither it nor its file is to be had, and the rest comes.
#[test]
fn a_note_can_be_withdrawn_in_the_middle_of_a_walk() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    let (id, file) = visit_note(&sandbox, &token);
    let first = fhir(&sandbox, &token, "/DocumentReference?patient=1001&_count=1&_sort=date").json();
    assert_ne!(matches(&first), [id.as_str()]);
    assert!(sandbox.store().withdraw("DocumentReference", &id));
    assert!(!sandbox.store().withdraw("DocumentReference", &id), "twice is once");
    assert!(walk(&sandbox, &token, &link(&first, "next").unwrap()).0.is_empty());
    let status = |path: &str| fhir(&sandbox, &token, path).status;
    let (note, bytes) = (format!("/DocumentReference/{id}"), format!("/{file}"));
    assert_eq!((status(&note), status(&bytes), status(&format!("{note}/_history"))), (404, 404, 404));
    assert!(sandbox.store().get("DocumentReference", &id).is_none());
    assert!(matches!(sandbox.store().amend("DocumentReference", &id, "x"), Err(StoreError::Missing)));
    assert!(sandbox.store().give_back("DocumentReference", &id));
    assert_eq!((status(&note), status(&bytes)), (200, 200));
    assert!(sandbox.store().delete("DocumentReference", &id));
    assert_eq!((status(&note), sandbox.store().withdraw("DocumentReference", &id)), (410, false));
}

/// Proves T1, D2: a report carries its own words; they and its results come with it.
#[test]
fn a_report_is_found_with_its_presented_form_and_its_results() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    let result = sandbox.store().ids("Observation", "1001").remove(0);
    put(
        &sandbox,
        &json!({
            "resourceType": "DiagnosticReport", "id": "r1", "status": "final",
            "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "LAB"}]}],
            "code": {"coding": [{"system": "http://loinc.org", "code": "24323-8"}]},
            "subject": {"reference": "Patient/1001"}, "effectiveDateTime": "2026-03-02T10:00:00-06:00",
            "result": [{"reference": format!("Observation/{result}")}],
            "presentedForm": [{"contentType": "text/plain", "url": "Binary/rf"}]
        }),
    );
    put(
        &sandbox,
        &json!({
            "resourceType": "Binary", "id": "rf", "contentType": "text/plain",
            "securityContext": {"reference": "DiagnosticReport/r1"}, "data": "RmluYWw="
        }),
    );
    let asked = "/DiagnosticReport?patient=1001&category=LAB&date=2026-03-02&_include=DiagnosticReport:result";
    let bundle = fhir(&sandbox, &token, asked).json();
    assert_eq!(
        (matches(&bundle), with_mode(&bundle, "include")[0]["id"].as_str()),
        (vec!["r1".into()], Some(result.as_str()))
    );
    assert_eq!(fhir(&sandbox, &token, "/Binary/rf").text(), "Final");
    sandbox.store().amend("DiagnosticReport", "r1", "Corrected").unwrap();
    assert_eq!(fhir(&sandbox, &token, "/Binary/rf").text(), "Corrected");
    assert_eq!(fhir(&sandbox, &token, "/DiagnosticReport/r1").json()["status"], "amended");
    sandbox.store().set("DiagnosticReport", "r1", "conclusion", r#""As \"before\"""#).unwrap();
    assert_eq!(fhir(&sandbox, &token, "/DiagnosticReport/r1").json()["conclusion"], "As \"before\"");
}

/// Proves T1: the same by scripts in any language.
#[test]
fn documents_are_changed_over_http() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    let (id, file) = visit_note(&sandbox, &token);
    let post = |act: &str, body: &str| {
        send_raw(&sandbox, "POST", &format!("/_sandbox/resource/DocumentReference/{id}/{act}"), &[], body).unwrap()
    };
    assert_eq!(post("amend", "By script.").json()["version"], 2);
    assert_eq!(fhir(&sandbox, &token, &format!("/{file}")).text(), "By script.");
    assert_eq!(post("supersede?as=newer", "Newer.").json()["version"], 1);
    assert_eq!(
        (post("withdraw", "").status, post("withdraw", "").status, post("give-back", "").status),
        (204, 404, 204)
    );
    assert_eq!(post("enter-in-error", "").json()["version"], 4);
    assert_eq!((post("amend", "x").status, post("burn", "").status, post("supersede", "x").status), (400, 404, 404));
}
