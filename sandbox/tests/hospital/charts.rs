//! Reads, searches, pages: what a token reaches and how it is given.

use plainchart_sandbox::{
    BinaryAnswer, Paging, PeopleSet, Profile, Sandbox, SandboxOptions, Total, UnknownParameter, Writing,
};
use serde_json::json;
use std::time::Duration;

use crate::client::*;

/// Proves T1: the people that come with the library have no mistake in their files.
#[test]
fn the_built_in_people_can_be_read() {
    let sandbox =
        Sandbox::start_blocking(SandboxOptions { people: PeopleSet::BuiltIn, ..SandboxOptions::http() }).unwrap();
    for login in sandbox.logins() {
        let tokens = sign_in(&sandbox, &login.login, "", EVERYTHING);
        let token = access(&tokens);
        for resource_type in ["Patient", "DocumentReference", "Observation", "Binary"] {
            let (mut ids, _) = walk(&sandbox, token, &format!("/{resource_type}?patient={}", login.patient));
            ids.sort();
            assert_eq!(ids, sandbox.store().ids(resource_type, &login.patient), "{} {resource_type}", login.login);
        }
    }
}

/// Proves T1: ids, versions and texts are the same at every start, so that a second visit finds what it knew.
#[test]
fn the_same_people_give_the_same_charts_at_every_start() {
    let start = || Sandbox::start_blocking(SandboxOptions { people: PeopleSet::BuiltIn, ..options() }).unwrap().store();
    let (one, other) = (start(), start());
    for resource_type in one.types() {
        for id in one.all_ids(&resource_type) {
            assert_eq!(one.get(&resource_type, &id), other.get(&resource_type, &id), "{resource_type} {id}");
        }
    }
}

/// Proves T1: 401 says how to get in, and why not.
#[test]
fn without_a_good_token_nothing_is_given() {
    let sandbox = hospital();
    let bare = get(&sandbox, "/fhir/r4/Patient/1001");
    assert_eq!(bare.status, 401);
    assert!(bare.header("www-authenticate").starts_with("Bearer"));
    for token in ["", "x", "x y"] {
        let answer = fhir(&sandbox, token, "/Patient/1001");
        assert_eq!(answer.status, 401);
        assert!(answer.header("www-authenticate").contains("invalid_token"));
    }
    let token = token_for(&sandbox, "ada");
    sandbox.clock().advance(Duration::from_secs(3601));
    assert_eq!(fhir(&sandbox, &token, "/Patient/1001").status, 401);
}

/// Proves T1: scopes of both forms, on reads and searches.
#[test]
fn scopes_are_enforced_on_every_read_and_search() {
    let sandbox = hospital();
    let observation = sandbox.store().ids("Observation", "1001").remove(0);
    let read = format!("/Observation/{observation}");
    for (scope, reads, searches, patient) in [
        ("patient/Observation.rs", 200, 200, 403),
        ("patient/Observation.r", 200, 403, 403),
        ("patient/Observation.s", 403, 200, 403),
        ("patient/Observation.read", 200, 200, 403),
        ("patient/*.rs", 200, 200, 200),
        ("patient/Patient.rs", 403, 403, 200),
    ] {
        let tokens = sign_in(&sandbox, "ada", "", scope);
        let status = |path: &str| fhir(&sandbox, access(&tokens), path).status;
        assert_eq!(
            (status(&read), status("/Observation"), status("/Patient/1001")),
            (reads, searches, patient),
            "{scope}"
        );
    }
    let restricted = sign_in(
        &sandbox,
        "ada",
        "",
        "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|vital-signs",
    );
    let (ids, _) = walk(&sandbox, access(&restricted), "/Observation?patient=1001");
    assert_eq!(ids.len(), 2);
}

/// Proves T1: as real servers do, a read says no and a search says nothing.
#[test]
fn another_patients_read_is_403_and_search_is_empty() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    let foreign = sandbox.store().ids("Observation", "1002").remove(0);
    assert_eq!(fhir(&sandbox, &token, &format!("/Observation/{foreign}")).status, 403);
    assert_eq!(fhir(&sandbox, &token, "/Patient/1002").status, 403);
    let bundle = fhir(&sandbox, &token, "/Observation?patient=1002");
    assert_eq!(bundle.status, 200);
    assert_eq!(bundle.json()["total"], 0);
    let document = sandbox.store().ids("Binary", "1002").remove(0);
    assert_eq!(fhir(&sandbox, &token, &format!("/Binary/{document}")).status, 403);
}

/// Proves T1: whatever the page size and habit, the walk finds what the store holds.
#[test]
fn paging_to_exhaustion_equals_the_store() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    for paging in [Paging::Snapshot, Paging::Offset] {
        sandbox.set_profile(Profile { paging, ..Profile::default() });
        for resource_type in ["Observation", "DocumentReference", "Condition", "Encounter", "Patient", "Binary"] {
            let mut expected = sandbox.store().ids(resource_type, "1001");
            expected.sort();
            assert!(!expected.is_empty());
            for count in [1, 2, 3, 100] {
                for sort in ["", "&_sort=_lastUpdated", "&_sort=-_lastUpdated", "&_sort=date", "&_sort=-date"] {
                    let first = format!("/{resource_type}?patient=1001&_count={count}{sort}");
                    let (mut ids, pages) = walk(&sandbox, &token, &first);
                    ids.sort();
                    assert_eq!(ids, expected, "{first}");
                    assert_eq!(pages, expected.len().div_ceil(count), "{first}");
                }
            }
        }
    }
}

/// Proves T1: a snapshot survives a change in the middle of a walk; offsets over newest-first lose or repeat.
#[test]
fn a_change_during_a_walk_hurts_offset_paging_only() {
    for (paging, whole) in [(Paging::Snapshot, true), (Paging::Offset, false)] {
        let sandbox = hospital_with(Profile { paging, ..Profile::default() });
        let token = token_for(&sandbox, "ada");
        let all = sandbox.store().ids("Observation", "1001");
        let first = fhir(&sandbox, &token, "/Observation?patient=1001&_count=3").json();
        let given = matches(&first);
        let untouched = all.iter().find(|id| !given.contains(id)).unwrap();
        let json = sandbox.store().get("Observation", untouched).unwrap();
        sandbox.store().put(&json).unwrap();
        let (rest, _) = walk(&sandbox, &token, &link(&first, "next").unwrap());
        assert_eq!(given.iter().chain(&rest).any(|id| id == untouched), whole, "{paging:?}");
    }
}

/// Proves T1.
#[test]
fn last_updated_finds_what_changed_since() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    let since =
        fhir(&sandbox, &token, "/Observation?_count=1").json()["meta"]["lastUpdated"].as_str().unwrap().to_owned();
    assert!(walk(&sandbox, &token, &format!("/Observation?_lastUpdated=ge{since}")).0.is_empty());
    sandbox.store().put(r#"{"resourceType":"Observation","id":"new","subject":{"reference":"Patient/1001"}}"#).unwrap();
    assert_eq!(walk(&sandbox, &token, &format!("/Observation?_lastUpdated=ge{since}")).0, ["new"]);
    assert!(!walk(&sandbox, &token, &format!("/Observation?_lastUpdated=lt{since}")).0.contains(&"new".to_owned()));
    sandbox.store().delete("Observation", "new");
    assert!(walk(&sandbox, &token, &format!("/Observation?_lastUpdated=ge{since}")).0.is_empty());
    assert_eq!(fhir(&sandbox, &token, "/Observation/new").status, 410);
    assert_eq!(fhir(&sandbox, &token, "/Observation/never").status, 404);
}

/// Proves T1: versions and tags.
#[test]
fn an_unchanged_resource_is_304_and_old_versions_can_be_read() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    let first = fhir(&sandbox, &token, "/Patient/1001");
    assert_eq!(first.header("etag"), "W/\"1\"");
    assert!(!first.header("date").is_empty() && !first.header("last-modified").is_empty());
    let tagged = |tag: &str| fhir_with(&sandbox, &token, "/Patient/1001", &[("if-none-match", tag)]).unwrap();
    assert_eq!((tagged("W/\"1\"").status, tagged("W/\"1\"").body.len()), (304, 0));
    sandbox.store().put(&first.text()).unwrap();
    assert_eq!(
        (tagged("W/\"1\"").status, tagged("W/\"1\"").json()["meta"]["versionId"].as_str().unwrap().to_owned()),
        (200, "2".to_owned())
    );
    assert_eq!(fhir(&sandbox, &token, "/Patient/1001/_history/1").json()["meta"]["versionId"], "1");
    assert_eq!(fhir(&sandbox, &token, "/Patient/1001/_history/9").status, 404);
}

/// Proves T1: the note arrives byte for byte as it was typed.
#[test]
fn a_binary_is_given_as_bytes_or_as_fhir_json() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    let bundle = fhir(&sandbox, &token, "/DocumentReference?patient=1001&type=http://loinc.org%7C11506-3").json();
    let document = &bundle["entry"][0]["resource"];
    assert_eq!(document["author"][0]["reference"], "Practitioner/dr-x");
    assert_eq!(document["context"]["encounter"][0]["reference"], "Encounter/visit-1");
    let attachment = &document["content"][0]["attachment"];
    let url = format!("/{}", attachment["url"].as_str().unwrap());
    let typed = include_str!("../fixture/ada/notes/2026-03-visit.txt").split_once("\n\n").unwrap().1;
    let raw = fhir(&sandbox, &token, &url);
    assert_eq!((raw.text().as_str(), raw.header("content-type")), (typed, "text/plain; charset=utf-8"));
    assert_eq!(attachment["size"], typed.len());
    let as_json = |accept: &str| {
        fhir_with(&sandbox, &token, &url, &[("accept", accept)]).unwrap().header("content-type").to_owned()
    };
    assert!(as_json("application/fhir+json").starts_with("application/fhir+json"));
    assert!(as_json("*/*").starts_with("text/plain"));
    sandbox.set_profile(Profile { binary: BinaryAnswer::FhirJson, ..Profile::default() });
    assert!(as_json("*/*").starts_with("application/fhir+json"));
    sandbox.set_profile(Profile { binary: BinaryAnswer::Raw, ..Profile::default() });
    assert!(as_json("application/fhir+json").starts_with("text/plain"));
}

/// Proves T1: an unknown parameter is told of, refused or ignored, and never in `self`.
#[test]
fn self_repeats_only_honoured_parameters() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    let path = "/Observation?patient=1001&flavour=mint&_sort=-date&_count=2";
    let bundle = fhir(&sandbox, &token, path).json();
    assert_eq!(
        link(&bundle, "self").unwrap(),
        format!("{}/Observation?patient=1001&_sort=-date&_count=2", sandbox.base())
    );
    let outcomes = |bundle: &serde_json::Value| {
        bundle["entry"].as_array().unwrap().iter().filter(|entry| entry["search"]["mode"] == "outcome").count()
    };
    assert_eq!((outcomes(&bundle), matches(&bundle).len()), (1, 2));
    sandbox.set_profile(Profile {
        unknown_parameter: UnknownParameter::Ignored,
        honours_sort: false,
        ..Profile::default()
    });
    let bundle = fhir(&sandbox, &token, path).json();
    assert_eq!((outcomes(&bundle), link(&bundle, "self").unwrap().contains("_sort")), (0, false));
    sandbox.set_profile(Profile { unknown_parameter: UnknownParameter::Refused, ..Profile::default() });
    assert_eq!(fhir(&sandbox, &token, path).status, 400);
}

/// Proves T1.
#[test]
fn the_total_is_given_when_the_profile_says() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    for (total, first, last) in [
        (Total::Always, json!(7), json!(7)),
        (Total::Never, json!(null), json!(null)),
        (Total::LastPage, json!(null), json!(7)),
    ] {
        sandbox.set_profile(Profile { total, ..Profile::default() });
        let page = fhir(&sandbox, &token, "/Observation?_count=5").json();
        let next = fhir(&sandbox, &token, &link(&page, "next").unwrap()).json();
        assert_eq!((page["total"].clone(), next["total"].clone()), (first, last), "{total:?}");
    }
}

/// Proves T1: a page link is the one sign-in's, and for a time.
#[test]
fn page_links_expire_and_work_for_their_own_sign_in_only() {
    let sandbox = hospital();
    let (ada, ben) = (token_for(&sandbox, "ada"), token_for(&sandbox, "ben"));
    let next = link(&fhir(&sandbox, &ada, "/Observation?_count=1").json(), "next").unwrap();
    assert!(next.starts_with(&format!("{}?_page=", sandbox.base())));
    assert_eq!(fhir(&sandbox, &ben, &next).status, 403);
    assert_eq!(get(&sandbox, next.strip_prefix(&sandbox.origin()).unwrap()).status, 401);
    assert_eq!(fhir(&sandbox, &ada, &next).status, 200);
    sandbox.clock().advance(Duration::from_secs(16 * 60));
    assert_eq!(fhir(&sandbox, &ada, &next).status, 410);
    assert_eq!(fhir(&sandbox, &ada, "?_page=unknown").status, 410);
}

/// Proves T1.
#[test]
fn references_are_written_out_when_the_profile_says() {
    let sandbox = hospital_with(Profile { references: Writing::Absolute, ..Profile::default() });
    let token = token_for(&sandbox, "ada");
    let encounter = fhir(&sandbox, &token, "/Encounter/visit-1").json();
    assert_eq!(encounter["subject"]["reference"], format!("{}/Patient/1001", sandbox.base()));
    let documents = fhir(&sandbox, &token, "/DocumentReference?type=11506-3").json();
    let url = documents["entry"][0]["resource"]["content"][0]["attachment"]["url"].as_str().unwrap().to_owned();
    assert_eq!(fhir(&sandbox, &token, &url).status, 200);
}

/// Proves T1: an include hands over what may not be read, but never another patient's.
#[test]
fn includes_bring_what_a_result_refers_to() {
    let sandbox = hospital_with(Profile { shared_types_readable: false, ..Profile::default() });
    let token = token_for(&sandbox, "ada");
    assert_eq!(fhir(&sandbox, &token, "/Practitioner/dr-x").status, 403);
    let path = "/DocumentReference?type=11506-3&_include=DocumentReference:author&_include=DocumentReference:encounter";
    let bundle = fhir(&sandbox, &token, path).json();
    let included: Vec<_> = bundle["entry"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["search"]["mode"] == "include")
        .map(|entry| entry["resource"]["id"].clone())
        .collect();
    assert_eq!(included, ["dr-x", "visit-1"]);
}

/// Proves T1: habits of named vendors.
#[test]
fn a_search_by_post_and_one_that_needs_a_category() {
    let sandbox = hospital();
    let token = token_for(&sandbox, "ada");
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    let posted =
        send_raw(&sandbox, "POST", "/fhir/r4/Observation/_search", &headers, "patient=1001&category=vital-signs")
            .unwrap();
    assert_eq!(posted.json()["total"], 2);
    sandbox.set_profile(Profile { requires_category: vec!["Observation".into()], ..Profile::default() });
    assert_eq!(fhir(&sandbox, &token, "/Observation?patient=1001").status, 400);
    assert_eq!(fhir(&sandbox, &token, "/Observation?patient=1001&category=laboratory").json()["total"], 5);
    assert_eq!(fhir(&sandbox, &token, "/Spaceship?patient=1001").status, 404);
}

/// Proves T1: no `patient` in the token; it reaches everyone the person may see, and the app asks for each.
#[test]
fn a_token_may_reach_several_patients() {
    let sandbox = hospital_with(Profile { patient_in_token: false, ..Profile::default() });
    let tokens = sign_in(&sandbox, "ada", "", EVERYTHING);
    assert!(tokens["patient"].is_null());
    let (mut ids, _) = walk(&sandbox, access(&tokens), "/Patient");
    ids.sort();
    assert_eq!(ids, ["1001", "1002"]);
    assert_eq!(walk(&sandbox, access(&tokens), "/Observation?patient=1002").0.len(), 1);
}

/// Proves T1: labelled notes can be kept from a caregiver, with their files, and stay the patient's own.
#[test]
fn labelled_notes_are_kept_from_caregivers_when_the_profile_says() {
    let sandbox = hospital();
    let notes = |login: &str| {
        let tokens = sign_in(&sandbox, login, "ben", EVERYTHING);
        let file = sandbox.store().ids("Binary", "1002").remove(0);
        let (ids, _) = walk(&sandbox, access(&tokens), "/DocumentReference?patient=1002");
        (ids.len(), fhir(&sandbox, access(&tokens), &format!("/Binary/{file}")).status)
    };
    assert_eq!(notes("ada"), (1, 200));
    sandbox.set_profile(Profile { withholds_labelled_from_caregivers: true, ..Profile::default() });
    assert_eq!(notes("ada"), (0, 403));
    assert_eq!(notes("ben"), (1, 200));
    let older = json!({"resourceType": "Condition", "id": "k", "subject": {"reference": "Patient/1002"}});
    put(&sandbox, &older);
    sandbox.store().set("Condition", "k", "meta", r#"{"security":[{"code":"R"}]}"#).unwrap();
    let labelled = sandbox.store().ids("DocumentReference", "1002").remove(0);
    let target = json!([{"reference": format!("DocumentReference/{labelled}")}]);
    put(&sandbox, &json!({"resourceType": "Provenance", "id": "v", "target": target}));
    sandbox.store().enter_in_error("DocumentReference", &labelled).unwrap();
    let of_caregiver = access(&sign_in(&sandbox, "ada", "ben", EVERYTHING)).to_owned();
    for path in [&format!("/DocumentReference/{labelled}"), "/Provenance/v", "/Condition/k", "/Condition/k/_history/1"]
    {
        assert_eq!(fhir(&sandbox, &of_caregiver, path).status, 403, "{path}");
    }
}
