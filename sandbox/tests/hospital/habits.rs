//! Each habit of a profile does what it says, and the capability statement says the same.

use std::time::Duration;

use plainchart_sandbox::{CategoryToken, PageLinks, Profile, Sandbox};
use serde_json::{Value, json};

use crate::client::*;

const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category|laboratory";

fn named(name: &str) -> (Sandbox, String) {
    let sandbox = hospital_with(Profile::named(name).unwrap());
    let token = token_for(&sandbox, "ada");
    (sandbox, token)
}

fn with(profile: Profile) -> (Sandbox, String) {
    let sandbox = hospital_with(profile);
    let token = token_for(&sandbox, "ada");
    (sandbox, token)
}

/// What the capability statement says of a type.
fn stated(sandbox: &Sandbox, resource_type: &str) -> Option<Value> {
    let path = format!("{}/metadata", sandbox.site().fhir_path);
    let statement = get(sandbox, &path).json();
    statement["rest"][0]["resource"].as_array().unwrap().iter().find(|of| of["type"] == resource_type).cloned()
}

fn states(list: &Value, member: &str, wanted: &str) -> bool {
    list.as_array().is_some_and(|list| list.iter().any(|item| item[member] == wanted))
}

/// Proves T1, D3: 400 until the search has what the vendor wants.
#[test]
fn strict_category_refuses_what_is_not_narrowed() {
    let (sandbox, token) = named("strict-category");
    let needing = ["Observation", "DiagnosticReport", "CarePlan", "Condition", "DocumentReference"];
    for resource_type in needing {
        let bare = fhir(&sandbox, &token, &format!("/{resource_type}?patient=1001"));
        assert_eq!(issue(&bare), (400, "required".to_owned()), "{resource_type}");
        let narrowed = fhir(&sandbox, &token, &format!("/{resource_type}?patient=1001&category=x"));
        assert_eq!(narrowed.status, 200, "{resource_type}");
    }
    assert_eq!(issue(&fhir(&sandbox, &token, "/MedicationRequest?patient=1001")).0, 400);
    assert_eq!(fhir(&sandbox, &token, "/MedicationRequest?patient=1001&intent=order").status, 200);
    assert_eq!(fhir(&sandbox, &token, "/Condition?_id=c1").json()["total"], 1);
}

/// Proves T1, D3: the least a conforming server must do, and no more.
#[test]
fn us_core_minimum_takes_only_the_searches_that_shall_be_there() {
    let (sandbox, token) = named("us-core-minimum");
    for (path, status) in [
        ("/Observation?patient=1001", 400),
        ("/Observation?patient=1001&category=laboratory", 200),
        ("/Observation?patient=1001&code=2160-0", 200),
        ("/Observation?patient=1001&category=laboratory&_sort=date", 400),
        ("/Observation?patient=1001&category=laboratory&_lastUpdated=ge2020-01-01", 400),
        ("/CareTeam?patient=1001", 400),
        ("/CareTeam?patient=1001&status=active", 200),
        ("/DocumentReference?patient=1001", 200),
        ("/Appointment?patient=1001", 404),
        ("/Appointment/x", 404),
    ] {
        assert_eq!(fhir(&sandbox, &token, path).status, status, "{path}");
    }
    assert_eq!(stated(&sandbox, "Appointment"), None);
}

/// Proves T1, D3: neither honoured, nor in `self`, nor in the capability statement.
#[test]
fn no_last_updated_leaves_both_out_of_self() {
    let (sandbox, token) = named("no-lastUpdated");
    let path = "/Observation?patient=1001&_sort=_lastUpdated&_lastUpdated=ge2099-01-01";
    let bundle = fhir(&sandbox, &token, path).json();
    assert_eq!(matches(&bundle).len(), 7);
    assert_eq!(link(&bundle, "self").unwrap(), format!("{}/Observation?patient=1001", sandbox.base()));
    assert!(!states(&stated(&sandbox, "Observation").unwrap()["searchParam"], "name", "_lastUpdated"));
    sandbox.set_profile(Profile::default());
    assert!(states(&stated(&sandbox, "Observation").unwrap()["searchParam"], "name", "_lastUpdated"));
}

/// Proves T1, D3: no version, no time, no tag; whoever compares has only the content.
#[test]
fn no_version_id_gives_nothing_to_compare_by() {
    let (sandbox, token) = named("no-versionId");
    let read = fhir_with(&sandbox, &token, "/Patient/1001", &[("if-none-match", "W/\"1\"")]).unwrap();
    assert_eq!((read.status, read.header("etag"), read.header("last-modified")), (200, "", ""));
    assert!(read.json()["meta"].is_null(), "{}", read.text());
    let bundle = fhir(&sandbox, &token, "/Observation?patient=1001").json();
    for result in with_mode(&bundle, "match") {
        assert!(result["meta"]["versionId"].is_null() && result["meta"]["lastUpdated"].is_null());
        assert!(result["meta"]["profile"].is_array(), "the rest of meta stays");
    }
    let digits = fhir(&sandbox, &token, "/Observation?patient=1001&code=2160-0").text();
    assert!(digits.contains(r#""value":0.90"#) && digits.contains(r#""value":1.20"#), "{digits}");
    assert_eq!(stated(&sandbox, "Patient").unwrap()["versioning"], "no-version");
    assert_eq!(fhir(&sandbox, &token, "/Patient/1001/_history/1").status, 403);
}

/// Proves T1, D3: more than was asked, less than was said, as plain JSON, errors too.
#[test]
fn lenient_ignores_and_adds() {
    let (sandbox, token) = named("lenient");
    let answer = fhir(&sandbox, &token, "/DocumentReference?patient=1001&flavour=mint&type=11506-3");
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    let bundle = answer.json();
    assert!(bundle["total"].is_null());
    assert!(with_mode(&bundle, "outcome").is_empty());
    assert!(!link(&bundle, "self").unwrap().contains("flavour"));
    let mut included: Vec<_> =
        with_mode(&bundle, "include").iter().map(|resource| resource["id"].as_str().unwrap().to_owned()).collect();
    included.sort();
    assert_eq!(included, ["1001", "clinic", "dr-x", "visit-1"]);
    let error = fhir(&sandbox, &token, "/Observation/never");
    assert_eq!((error.status, error.header("content-type")), (404, "application/json"));
}

/// Proves T1, D3: a link without a type, pages of uneven length, every record once while nothing changes.
#[test]
fn offset_paging_is_whole_while_nothing_changes() {
    let (sandbox, token) = named("offset-paging");
    let page = fhir(&sandbox, &token, "/Observation?patient=1001&_count=4").json();
    let next = link(&page, "next").unwrap();
    assert!(next.starts_with(&format!("{}?_getpages=", sandbox.base())), "{next}");
    assert!(next.contains("&_getpagesoffset=4&_count=4"), "{next}");
    let second = fhir(&sandbox, &token, &next).json();
    assert_eq!((matches(&page).len(), matches(&second).len()), (4, 2), "a short page is not the end");
    assert!(link(&second, "self").unwrap().ends_with("_count=4"));
    let (mut ids, pages) = walk(&sandbox, &token, "/Observation?patient=1001&_count=4");
    ids.sort();
    assert_eq!((ids, pages), (sandbox.store().ids("Observation", "1001"), 3));
}

/// Proves T1, D3: a change between two pages repeats one record or loses one.
#[test]
fn offset_paging_repeats_and_loses_while_data_change() {
    for page_links in [PageLinks::GetPages, PageLinks::Offset] {
        let (sandbox, token) = with(Profile { page_links, ..Profile::named("offset-paging").unwrap() });
        let walked = |change: &dyn Fn(&[String])| {
            let first = fhir(&sandbox, &token, "/Observation?patient=1001&_count=2").json();
            let mut ids = matches(&first);
            change(&ids);
            ids.extend(walk(&sandbox, &token, &link(&first, "next").unwrap()).0);
            ids
        };
        let store = sandbox.store();
        // Newest first: one more at the front pushes the last of the first page onto the second.
        let mut repeated = walked(&|_| {
            let new = r#"{"resourceType":"Observation","id":"new","subject":{"reference":"Patient/1001"}}"#;
            drop(store.put(new));
        });
        repeated.sort();
        let count = repeated.len();
        repeated.dedup();
        assert_eq!((repeated.len(), count), (7, 8), "{page_links:?}: one came twice, the new one never");
        let lost = walked(&|first| assert!(store.delete("Observation", &first[0])));
        assert!(store.ids("Observation", "1001").iter().any(|id| !lost.contains(id)), "{page_links:?}");
    }
}

/// Proves T1: the search itself as a link; it needs no memory, and only the token guards it.
#[test]
fn offset_links_carry_the_search() {
    let (sandbox, token) = with(Profile { page_links: PageLinks::Offset, ..Profile::default() });
    let page = fhir(&sandbox, &token, "/Observation?patient=1001&_count=5").json();
    let next = link(&page, "next").unwrap();
    assert_eq!(next, format!("{}/Observation?patient=1001&_count=5&_offset=5", sandbox.base()));
    sandbox.clock().advance(Duration::from_secs(3000));
    assert_eq!(matches(&fhir(&sandbox, &token, &next).json()).len(), 2);
    let ben = token_for(&sandbox, "ben");
    assert!(matches(&fhir(&sandbox, &ben, &next).json()).is_empty());
    assert_eq!(fhir(&sandbox, &token, "/Observation?_offset=x").status, 400);
    let beyond = fhir(&sandbox, &token, &format!("/Observation?_offset={}", usize::MAX));
    assert_eq!((beyond.status, link(&beyond.json(), "next")), (200, None));
}

/// Proves T1, D3: a full URL finds nothing where only the bare id is understood, and it is no error.
#[test]
fn bare_patient_takes_the_id_only() {
    let (sandbox, token) = named("bare-patient");
    let count = |patient: &str| {
        let answer = fhir(&sandbox, &token, &format!("/Observation?{}", form(&[("patient", patient)])));
        assert_eq!(answer.status, 200);
        matches(&answer.json()).len()
    };
    let absolute = format!("{}/Patient/1001", sandbox.base());
    assert_eq!((count("1001"), count("Patient/1001"), count(&absolute)), (7, 0, 0));
    sandbox.set_profile(Profile::default());
    assert_eq!((count("1001"), count("Patient/1001"), count(&absolute)), (7, 7, 7));
}

/// Proves T1, D3: an outcome among the results, before the matches; a refused `_revinclude` is 400 and not stated.
#[test]
fn outcomes_stand_among_results_and_revinclude_can_be_refused() {
    let (sandbox, token) = named("bare-patient");
    let bundle = fhir(&sandbox, &token, "/Condition?patient=1001").json();
    let modes: Vec<_> = bundle["entry"].as_array().unwrap().iter().map(|entry| &entry["search"]["mode"]).collect();
    assert_eq!(modes, ["outcome", "match"]);
    let asked = "/Condition?patient=1001&_revinclude=Provenance:target";
    assert_eq!(issue(&fhir(&sandbox, &token, asked)), (400, "not-supported".to_owned()));
    assert!(stated(&sandbox, "Condition").unwrap()["searchRevInclude"].is_null());
    sandbox.set_profile(Profile { ignored_parameters: vec!["_revinclude".into()], ..Profile::default() });
    let bundle = fhir(&sandbox, &token, asked).json();
    assert!(!link(&bundle, "self").unwrap().contains("_revinclude"));
    assert_eq!(with_mode(&bundle, "outcome").len(), 1);
}

/// Proves T1, D3: a category asked for in the other form finds nothing and is no error.
#[test]
fn category_tokens_with_or_without_system() {
    let (sandbox, token) = with(Profile::default());
    for (category_token, bare, with_system) in
        [(CategoryToken::Either, 5, 5), (CategoryToken::WithSystem, 0, 5), (CategoryToken::WithoutSystem, 5, 0)]
    {
        sandbox.set_profile(Profile { category_token, ..Profile::default() });
        let count = |category: &str| {
            let query = form(&[("patient", "1001"), ("category", category)]);
            fhir(&sandbox, &token, &format!("/Observation?{query}")).json()["total"].clone()
        };
        assert_eq!((count("laboratory"), count(CATEGORY)), (json!(bare), json!(with_system)), "{category_token:?}");
    }
}

/// Proves T1, D3: a proxy that collapses slashes turns a token that was not percent-encoded into an empty answer.
#[test]
fn a_proxy_can_collapse_slashes() {
    let (sandbox, token) = with(Profile { collapses_slashes: true, ..Profile::default() });
    let total = |query: &str| fhir(&sandbox, &token, &format!("/Observation?{query}")).json()["total"].clone();
    assert_eq!(total(&format!("category={CATEGORY}")), 0);
    assert_eq!(total(&form(&[("category", CATEGORY)])), 5);
}

/// Proves T1, D3: the same question within the time gets the same answer, unless it asks for a fresh one.
#[test]
fn a_search_may_come_from_a_cache() {
    let (sandbox, token) = with(Profile { search_cache: Some(Duration::from_secs(60)), ..Profile::default() });
    let count = |headers: &[(&str, &str)]| {
        matches(&fhir_with(&sandbox, &token, "/Condition?patient=1001", headers).unwrap().json()).len()
    };
    assert_eq!(count(&[]), 1);
    put(&sandbox, &json!({"resourceType": "Condition", "id": "c2", "subject": {"reference": "Patient/1001"}}));
    assert_eq!(count(&[]), 1);
    assert_eq!(count(&[("cache-control", "max-age=0, no-cache")]), 2);
    sandbox.clock().advance(Duration::from_secs(61));
    assert_eq!(count(&[]), 2);
    let caregiver = access(&sign_in(&sandbox, "ada", "ben", EVERYTHING)).to_owned();
    let ben = token_for(&sandbox, "ben");
    sandbox.set_profile(Profile { withholds_labelled_from_caregivers: true, ..sandbox.profile() });
    let notes = |token: &str| matches(&fhir(&sandbox, token, "/DocumentReference?patient=1002").json()).len();
    assert_eq!((notes(&ben), notes(&caregiver)), (1, 0), "never another's answer");
}

/// Proves T1: names the profiles go by, over HTTP; other members come on top.
#[test]
fn a_profile_is_set_by_name_over_http() {
    let sandbox = hospital();
    let set = |body: &str| send_raw(&sandbox, "PUT", "/_sandbox/profile", &[], body).unwrap().status;
    assert_eq!(set(r#"{"named":"Lenient","page_size":3}"#), 204);
    assert_eq!((sandbox.profile().page_size, sandbox.profile().unasked_includes), (3, true));
    assert_eq!(set(r#"{"page_size":4}"#), 204);
    assert_eq!((sandbox.profile().page_size, sandbox.profile().unasked_includes), (4, false));
    assert_eq!((set(r#"{"named":"strictest"}"#), set(r#"{"sizes":1}"#), set("[]")), (400, 400, 400));
    assert_eq!(sandbox.profile().page_size, 4, "what was refused changed nothing");
    let listed = get(&sandbox, "/_sandbox/profiles").json();
    assert_eq!(listed.as_array().unwrap().len(), Profile::names().count());
    assert!(states(&listed, "name", "no-lastUpdated"));
}
