//! References in every form real servers write them, and attachments that stay out of a page.

use plainchart_sandbox::{BinaryAnswer, Profile, Sandbox};
use serde_json::{Value, json};

use crate::client::*;

fn note(sandbox: &Sandbox, token: &str) -> Value {
    let path = "/DocumentReference?patient=1001&type=11506-3&_include=DocumentReference:encounter";
    fhir(sandbox, token, path).json()
}

/// Proves T1: by identifier where there is one, by urn with a fullUrl to match, and as typed where neither can be.
#[test]
fn references_can_be_conditional_or_a_urn() {
    let sandbox = hospital_with(Profile::named("loose-references").unwrap());
    let token = token_for(&sandbox, "ada");
    let bundle = note(&sandbox, &token);
    let document = &with_mode(&bundle, "match")[0];
    assert_eq!(document["author"][0]["reference"], "Practitioner/dr-x", "there is no identifier to go by");
    assert_eq!(document["subject"]["reference"], "Patient/1001");
    let visit = document["context"]["encounter"][0]["reference"].as_str().unwrap();
    assert!(visit.starts_with("urn:uuid:") && visit.len() == 45, "{visit}");
    let included = bundle["entry"].as_array().unwrap().iter().find(|entry| entry["fullUrl"] == visit).unwrap();
    assert_eq!(included["resource"]["id"], "visit-1");

    let staff = json!({
        "resourceType": "Practitioner", "id": "dr-x", "name": [{"family": "Xu", "given": ["Pat"]}],
        "identifier": [{"value": "no system"}, {"system": "https://clinic.example/staff", "value": "S \"7\""}]
    });
    put(&sandbox, &staff);
    let document = with_mode(&note(&sandbox, &token), "match").remove(0);
    let reference = document["author"][0]["reference"].as_str().unwrap();
    assert_eq!(reference, "Practitioner?identifier=https://clinic.example/staff|S \"7\"");
    let (_, token_value) = reference.split_once('=').unwrap();
    let found = fhir(&sandbox, &token, &format!("/Practitioner?{}", form(&[("identifier", token_value)]))).json();
    assert_eq!(matches(&found), ["dr-x"]);
}

/// Proves T1, D10: once a page holds so many bytes of attachments, further ones stay out of it; a read gives them.
#[test]
fn attachments_are_left_out_of_a_full_page_and_come_with_a_read() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    for id in ["d1", "d2", "d3"] {
        let data = "QUJD".repeat(100);
        put(
            &sandbox,
            &json!({
                "resourceType": "DocumentReference", "id": id, "status": "current", "type": {"text": "large"},
                "identifier": [{"value": "large"}], "subject": {"reference": "Patient/1001"},
                "content": [{"attachment": {"contentType": "text/plain", "data": data}}]
            }),
        );
    }
    let given = |limit: Option<usize>| {
        sandbox.set_profile(Profile { attachment_bytes_per_page: limit, ..Profile::default() });
        let bundle = fhir(&sandbox, &token, "/DocumentReference?identifier=large&_sort=_id").json();
        let all = with_mode(&bundle, "match");
        all.iter()
            .map(|document| {
                let attachment = &document["content"][0]["attachment"];
                assert_eq!(attachment["contentType"], "text/plain");
                assert_eq!(attachment["data"].is_string(), attachment["extension"].is_null());
                attachment["data"].is_string()
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(given(None), [true, true, true]);
    assert_eq!(given(Some(600)), [true, true, false]);
    assert_eq!(given(Some(0)), [false, false, false]);
    let read = fhir(&sandbox, &token, "/DocumentReference/d3").json();
    assert!(read["content"][0]["attachment"]["data"].is_string());
    let linked = fhir(&sandbox, &token, "/DocumentReference?type=11506-3").json();
    assert!(with_mode(&linked, "match")[0]["content"][0]["attachment"]["url"].is_null());
}

/// Proves T1, N5: bytes of any kind, equal to the last one, with their media type and a tag that changes with them.
#[test]
fn bytes_of_any_kind_come_as_they_are() {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    let every_byte: Vec<u8> = (0..=255).cycle().take(4096).collect();
    for (at, media_type) in
        ["audio/mp4", "image/png", "application/pdf", "application/rtf", "application/xml"].iter().enumerate()
    {
        let stored = |bytes: &[u8]| {
            put(
                &sandbox,
                &json!({
                    "resourceType": "Binary", "id": format!("x{at}"), "contentType": media_type,
                    "securityContext": {"reference": "Patient/1001"}, "data": BASE64_STANDARD.encode(bytes)
                }),
            );
        };
        let path = format!("/Binary/x{at}");
        stored(&every_byte);
        let first = fhir_with(&sandbox, &token, &path, &[("accept", "*/*")]).unwrap();
        assert_eq!((first.header("content-type"), &first.body), (*media_type, &every_byte));
        let again = fhir_with(&sandbox, &token, &path, &[("if-none-match", first.header("etag"))]).unwrap();
        assert_eq!(again.status, 304);
        stored(b"other");
        let changed = fhir_with(&sandbox, &token, &path, &[("if-none-match", first.header("etag"))]).unwrap();
        assert_eq!((changed.status, changed.body.as_slice()), (200, b"other".as_slice()));
        sandbox.set_profile(Profile { binary: BinaryAnswer::FhirJson, ..Profile::default() });
        let wrapped = fhir_with(&sandbox, &token, &path, &[("accept", media_type)]).unwrap().json();
        assert_eq!((&wrapped["contentType"], &wrapped["data"]), (&json!(media_type), &json!("b3RoZXI=")));
        sandbox.set_profile(Profile::default());
    }
}
