//! `_history`, where it is offered, and reads that are refused though an include gives the same.

use plainchart_sandbox::Profile;
use serde_json::json;

use crate::client::*;

/// Proves T1, D3: deletions show in the history and in no search.
#[test]
fn history_shows_what_was_deleted_since() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    let since = fhir(&sandbox, &token, "/Condition").json()["meta"]["lastUpdated"].as_str().unwrap().to_owned();
    let path = format!("/Condition/_history?_since={}", since.replace('+', "%2B"));
    assert_eq!(fhir(&sandbox, &token, &path).json()["total"], 0);
    for (id, patient) in [("c2", "1001"), ("c3", "1002")] {
        put(
            &sandbox,
            &json!({"resourceType": "Condition", "id": id, "subject": {"reference": format!("Patient/{patient}")}}),
        );
    }
    assert!(sandbox.store().delete("Condition", "c2"));
    let bundle = fhir(&sandbox, &token, &path).json();
    let steps: Vec<_> = bundle["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["request"]["method"].clone(), entry["request"]["url"].clone(), entry["resource"].is_null()))
        .collect();
    assert_eq!(bundle["type"], "history");
    assert_eq!(
        steps,
        [(json!("DELETE"), json!("Condition/c2"), true), (json!("PUT"), json!("Condition/c2"), false)],
        "newest first, and nothing of another patient"
    );
    assert_eq!(fhir(&sandbox, &token, "/Condition/c2/_history").json()["total"], 2);
    assert_eq!(fhir(&sandbox, &token, "/Condition/never/_history").status, 404);
    assert_eq!(fhir(&sandbox, &token, "/Condition/_history?_since=2026-01-01").status, 400, "a mere date");
    assert_eq!(get(&sandbox, "/fhir/r4/Condition/_history").status, 401);
    let narrow = sign_in(&sandbox, "ada", "", "patient/Patient.rs");
    assert_eq!(fhir(&sandbox, access(&narrow), "/Condition/_history").status, 403);
}

/// Proves T1, D3: what a patient's token may not read comes by include; the capability statement says so.
#[test]
fn guarded_reads_are_refused_and_their_includes_are_not() {
    let sandbox = hospital_with(Profile::named("guarded-reads").unwrap());
    let token = token_for(&sandbox, "ada");
    put(&sandbox, &json!({"resourceType": "Medication", "id": "m1", "code": {"text": "Metformin 500 mg"}}));
    put(
        &sandbox,
        &json!({
            "resourceType": "MedicationRequest", "id": "q1", "status": "active", "intent": "order",
            "subject": {"reference": "Patient/1001"}, "medicationReference": {"reference": "Medication/m1"}
        }),
    );
    for path in ["/Medication/m1", "/Practitioner/dr-x", "/Condition/_history", "/Condition/c1/_history/1"] {
        assert_eq!(fhir(&sandbox, &token, path).status, 403, "{path}");
    }
    let asked = "/MedicationRequest?patient=1001&intent=order&_include=MedicationRequest:medication";
    let bundle = fhir(&sandbox, &token, asked).json();
    assert_eq!(with_mode(&bundle, "include")[0]["code"]["text"], "Metformin 500 mg");
    assert!(link(&bundle, "self").unwrap().contains("_include"));

    let statement = get(&sandbox, "/fhir/r4/metadata").json();
    let interactions = |resource_type: &str| {
        let all = statement["rest"][0]["resource"].as_array().unwrap();
        let of = all.iter().find(|of| of["type"] == resource_type).unwrap();
        of["interaction"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
    };
    let (medication, condition): (Vec<String>, Vec<String>) = (interactions("Medication"), interactions("Condition"));
    assert_eq!(medication, ["search-type"]);
    assert_eq!(condition, ["read", "search-type"]);
}
