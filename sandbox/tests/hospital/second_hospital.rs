//! Cedar Ridge beside Lakeside: other paths, pages, habits, in one process.

use plainchart_sandbox::{Sandbox, SandboxOptions};
use serde_json::Value;

use crate::client::*;

const OLD_SCOPES: &str = "openid fhirUser offline_access launch/patient patient/*.read";

/// Over plain http, with the people of the fixture.
fn second() -> Sandbox {
    let people = options().people;
    Sandbox::start_blocking(SandboxOptions { people, tls: false, ..SandboxOptions::second_hospital() }).unwrap()
}

/// Proves T1, D9: two hospitals at once; what one gave out is nothing at the other.
#[test]
fn two_hospitals_run_side_by_side() {
    let (lakeside, ridge) = (hospital(), second());
    assert_ne!(lakeside.base(), ridge.base());
    assert!(ridge.base().ends_with("/api/FHIR/R4/tenant-7"));
    assert_eq!(get(&lakeside, "/api/FHIR/R4/tenant-7/metadata").status, 404);
    assert_eq!(get(&ridge, "/fhir/r4/metadata").status, 404);
    let here = token_for(&lakeside, "ada");
    let there = sign_in(&ridge, "ada", "", OLD_SCOPES);
    assert_eq!(
        (fhir(&lakeside, &here, "/Patient/1001").status, fhir(&ridge, &here, "/Patient/1001").status),
        (200, 401)
    );
    assert_eq!(fhir(&ridge, access(&there), "/Patient/1001").status, 200);
    assert!(lakeside.approve(&authorize_url(&ridge, &[]), "ada", "").is_err(), "its sign-in page is elsewhere");
    ridge.stop();
    assert_eq!(fhir(&lakeside, &here, "/Patient/1001").status, 200);
}

/// Proves T1, D3: the habits of the second, seen in one visit.
#[test]
fn the_second_hospital_has_its_own_habits() {
    let ridge = second();
    let path = |rest: &str| format!("{}{rest}", ridge.site().fhir_path);
    let configuration = get(&ridge, &path("/.well-known/smart-configuration")).json();
    assert_eq!(configuration["token_endpoint"], "/auth/tenant-7/token");
    let scopes: Vec<&str> =
        configuration["scopes_supported"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(scopes.contains(&"patient/Observation.read") && !scopes.iter().any(|scope| scope.ends_with(".rs")));
    let token = access(&sign_in(&ridge, "ada", "", OLD_SCOPES)).to_owned();

    let (mut ids, pages) = walk(&ridge, &token, "/Observation?patient=1001&_count=3");
    ids.sort();
    assert_eq!((ids, pages), (ridge.store().ids("Observation", "1001"), 3));
    let answer = fhir(&ridge, &token, "/Observation?patient=1001&_count=3");
    assert_eq!(answer.header("content-type"), "application/fhir+json; fhirVersion=4.0");
    let bundle = answer.json();
    assert!(bundle["total"].is_null());
    assert!(link(&bundle, "next").unwrap().ends_with("&_offset=3"));
    let subject = format!("{}/Patient/1001", ridge.base());
    assert_eq!(with_mode(&bundle, "match")[0]["subject"]["reference"], subject);

    let documents = fhir(&ridge, &token, "/DocumentReference?patient=1001&type=11506-3").json();
    let url = with_mode(&documents, "match")[0]["content"][0]["attachment"]["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(&ridge.base()));
    assert_eq!(fhir_with(&ridge, &token, &url, &[("accept", "text/plain")]).unwrap().json()["resourceType"], "Binary");
    assert_eq!(fhir(&ridge, &token, "/Patient/1001/_history").status, 403);
}

/// Proves T1: its pages are its own; nobody takes the one for the other.
#[test]
fn the_pages_of_the_two_look_different() {
    let (lakeside, ridge) = (hospital(), second());
    let page = |sandbox: &Sandbox| {
        let url = authorize_url(sandbox, &[("scope", OLD_SCOPES)]);
        get(sandbox, url.strip_prefix(&sandbox.origin()).unwrap()).text()
    };
    let (first, other) = (page(&lakeside), page(&ridge));
    let style = |page: &str| page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0.to_owned();
    assert!(first.contains("Lakeside Hospital") && !first.contains("Cedar Ridge"));
    assert!(other.contains("Cedar Ridge Clinic") && !other.contains("Lakeside"));
    assert!(other.contains("action=\"/auth/tenant-7/login\""));
    assert_ne!(style(&first), style(&other));
}

/// Proves T1, D9: someone who is a patient of both, under two ids.
#[test]
fn someone_is_known_to_both() {
    let (lakeside, ridge) = (
        Sandbox::start_blocking(SandboxOptions::http()).unwrap(),
        Sandbox::start_blocking(SandboxOptions { tls: false, ..SandboxOptions::second_hospital() }).unwrap(),
    );
    let patients = |sandbox: &Sandbox| -> Vec<Value> {
        let store = sandbox.store();
        let ids = store.all_ids("Patient");
        ids.iter().map(|id| serde_json::from_str(&store.get("Patient", id).unwrap()).unwrap()).collect()
    };
    let family = |patient: &Value| {
        let names = patient["name"].as_array().unwrap().iter();
        names.filter_map(|name| Some(name["family"].as_str()?.to_lowercase())).collect::<Vec<_>>()
    };
    let (here, there) = (patients(&lakeside), patients(&ridge));
    let both: Vec<_> = here
        .iter()
        .flat_map(|one| there.iter().map(move |other| (one, other)))
        .filter(|(one, other)| one["birthDate"] == other["birthDate"])
        .collect();
    assert!(!both.is_empty(), "nobody of the one was born when somebody of the other was");
    for (one, other) in both {
        assert_ne!(one["id"], other["id"]);
        let first_words = |names: Vec<String>| {
            names.iter().filter_map(|name| name.split([' ', '-']).next().map(str::to_owned)).collect::<Vec<_>>()
        };
        let (here, there) = (first_words(family(one)), first_words(family(other)));
        assert!(here.iter().any(|name| there.contains(name)), "{here:?} and {there:?}");
    }
    for login in ridge.logins() {
        let token = access(&sign_in(&ridge, &login.login, "", OLD_SCOPES)).to_owned();
        let (mut ids, _) = walk(&ridge, &token, &format!("/Observation?patient={}", login.patient));
        ids.sort();
        assert_eq!(ids, ridge.store().ids("Observation", &login.patient), "{}", login.login);
    }
}
