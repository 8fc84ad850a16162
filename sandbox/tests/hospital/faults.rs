//! Each fault does what it says, when it says, and to nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use plainchart_sandbox::{CutAt, Fault, RetryAfter, Rule, Sandbox};

use crate::client::*;

const SEARCH: &str = "/Observation?patient=1001&_count=2";

struct Case {
    sandbox: Sandbox,
    token: String,
}

impl Case {
    fn new() -> Self {
        let sandbox = hospital();
        let token = token_for(&sandbox, "ada");
        Self { sandbox, token }
    }

    fn search(&self) -> Option<Answer> {
        fhir_with(&self.sandbox, &self.token, SEARCH, &[])
    }

    fn with(&self, fault: Fault) -> Option<Answer> {
        self.sandbox.faults().clear();
        self.sandbox.faults().add(Rule::new(fault).on_type("Observation"));
        assert_eq!(fhir(&self.sandbox, &self.token, "/Patient/1001").status, 200, "other types are left alone");
        self.search()
    }
}

#[allow(clippy::disallowed_methods, reason = "a test of a delay has to look at a clock")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Proves T1.
#[test]
fn a_status_comes_with_retry_after_in_both_forms() {
    let case = Case::new();
    for code in [401, 403, 429, 500, 503] {
        let answer = case.with(Fault::Status { code, retry_after: None }).unwrap();
        assert_eq!((answer.status, answer.header("retry-after")), (code, ""));
        assert_eq!(answer.json()["resourceType"], "OperationOutcome");
        assert_eq!(answer.header("www-authenticate").is_empty(), code != 401);
    }
    let seconds = case.with(Fault::Status { code: 429, retry_after: Some(RetryAfter::Seconds(7)) }).unwrap();
    assert_eq!(seconds.header("retry-after"), "7");
    let date = case.with(Fault::Status { code: 503, retry_after: Some(RetryAfter::DateIn(60)) }).unwrap();
    assert!(date.header("retry-after").ends_with(" GMT"), "{}", date.header("retry-after"));
}

/// Proves T1.
#[test]
fn a_cut_before_the_headers_gives_no_byte_and_the_log_shows_no_answer() {
    let case = Case::new();
    for at in [CutAt::Request, CutAt::Answer] {
        assert!(case.with(Fault::Cut { at }).is_none(), "{at:?}");
        let last = case.sandbox.log().pop().unwrap();
        assert_eq!((last.path.as_str(), last.status), ("/fhir/r4/Observation", 0));
    }
}

/// Proves T1.
#[test]
fn a_cut_in_the_body_gives_half_of_it() {
    let case = Case::new();
    let whole = case.search().unwrap();
    let half = case.with(Fault::Cut { at: CutAt::Body }).unwrap();
    assert_eq!(half.status, 200);
    assert!(!half.is_whole());
    assert!(half.body.len() > 100 && half.body.len() < whole.body.len(), "{} of {}", half.body.len(), whole.body.len());
}

/// Proves T1, D5: one vendor says how long to wait in the diagnostics only.
#[test]
fn a_lock_out_tells_its_time_in_the_diagnostics_only() {
    let case = Case::new();
    let answer = case.with(Fault::LockOut { seconds: 844 }).unwrap();
    assert_eq!((answer.status, answer.header("retry-after")), (429, ""));
    assert_eq!(answer.json()["issue"][0]["diagnostics"], "Try in another 844 seconds");
}

/// Proves T1: the request was carried out, so that the token is replaced though nobody saw its successor.
#[test]
fn a_lost_token_answer_leaves_the_token_replaced_and_an_unseen_request_does_not() {
    for (at, still_good) in [(CutAt::Request, true), (CutAt::Answer, false)] {
        let sandbox = hospital();
        let tokens = sign_in(&sandbox, "ada", "", EVERYTHING);
        let token = tokens["refresh_token"].as_str().unwrap();
        sandbox.faults().on_request(1, Fault::Cut { at });
        let pairs =
            form(&[("grant_type", "refresh_token"), ("client_id", "plainchart-demo"), ("refresh_token", token)]);
        assert!(send_raw(&sandbox, "POST", "/oauth2/token", &[], &pairs).is_none());
        assert_eq!(refresh(&sandbox, token).status == 200, still_good, "{at:?}");
    }
}

/// Proves T1.
#[test]
fn broken_json_has_a_length_that_fits_and_does_not_parse() {
    let case = Case::new();
    let answer = case.with(Fault::BrokenJson).unwrap();
    assert!(answer.is_whole() && answer.status == 200);
    assert!(serde_json::from_slice::<serde_json::Value>(&answer.body).is_err());
}

/// Proves T1: among results and in place of a read.
#[test]
fn another_patients_resource_is_given() {
    let case = Case::new();
    let bundle = case.with(Fault::WrongPatient).unwrap().json();
    let subjects: Vec<_> = bundle["entry"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["resource"]["subject"]["reference"].as_str().unwrap())
        .collect();
    assert_eq!(subjects, ["Patient/1002", "Patient/1001", "Patient/1001"]);
    let own = case.sandbox.store().ids("Observation", "1001").remove(0);
    let read = fhir(&case.sandbox, &case.token, &format!("/Observation/{own}")).json();
    assert_eq!(read["subject"]["reference"], "Patient/1002");
    case.sandbox.faults().add(Rule::new(Fault::WrongPatient).on_type("Condition"));
    let nobody_else_has_one = fhir(&case.sandbox, &case.token, "/Condition/c1").json();
    assert_eq!(nobody_else_has_one["subject"]["reference"], "Patient/someone-else");
}

/// Proves T1: a loop, an endless walk of ever new links, a link elsewhere.
#[test]
fn paging_can_be_endless() {
    let case = Case::new();
    let looped = case.with(Fault::NextLoops).unwrap().json();
    let next = link(&looped, "next").unwrap();
    assert_eq!(link(&fhir(&case.sandbox, &case.token, &next).json(), "next").unwrap(), next);

    let mut page = case.with(Fault::NextNeverEnds).unwrap().json();
    let first = matches(&page);
    let mut links = Vec::new();
    for _ in 0..12 {
        let next = link(&page, "next").unwrap();
        assert!(!links.contains(&next));
        page = fhir(&case.sandbox, &case.token, &next).json();
        assert_eq!(matches(&page), first);
        links.push(next);
    }

    let elsewhere = "https://elsewhere.example/fhir?_page=1";
    let page = case.with(Fault::NextElsewhere { url: elsewhere.into() }).unwrap().json();
    assert_eq!(link(&page, "next").unwrap(), elsewhere);
}

/// Proves T1.
#[test]
fn type_length_and_place_can_be_wrong() {
    let case = Case::new();
    let html = case.with(Fault::ContentType { value: "text/html".into() }).unwrap();
    assert_eq!(html.header("content-type"), "text/html");
    let large = case.with(Fault::Oversized { bytes: 3_000_000 }).unwrap();
    assert_eq!((large.body.len(), large.json()["resourceType"].as_str().unwrap()), (3_000_000, "Bundle"));
    let zipped = fhir_with(&case.sandbox, &case.token, SEARCH, &[("accept-encoding", "gzip")]).unwrap();
    assert_eq!(zipped.header("content-encoding"), "gzip");
    assert!(zipped.is_whole() && zipped.body.len() < 50_000);
    let away = case.with(Fault::Redirect { location: "https://elsewhere.example/".into() }).unwrap();
    assert_eq!((away.status, away.header("location")), (307, "https://elsewhere.example/"));
}

/// Proves T1.
#[test]
fn latency_and_drip_take_their_time_and_change_nothing() {
    let case = Case::new();
    let path = format!("/Observation/{}", case.sandbox.store().ids("Observation", "1001").remove(0));
    let plain = fhir(&case.sandbox, &case.token, &path);
    for fault in [Fault::Latency { ms: 120 }, Fault::Drip { bytes: 100, every_ms: 15 }] {
        case.sandbox.faults().clear();
        case.sandbox.faults().add(fault.clone());
        let began = now();
        let slow = fhir(&case.sandbox, &case.token, &path);
        assert!(began.elapsed().unwrap() >= Duration::from_millis(100), "{fault:?}");
        assert_eq!(slow.body, plain.body);
    }
}

/// Proves T1.
#[test]
fn the_token_endpoint_can_refuse_with_any_code() {
    let sandbox = hospital();
    let tokens = sign_in(&sandbox, "ada", "", EVERYTHING);
    sandbox
        .faults()
        .add(Rule::new(Fault::OauthError { error: "invalid_grant".into() }).on_path("/oauth2/token").times(1));
    let token = tokens["refresh_token"].as_str().unwrap();
    let refused = refresh(&sandbox, token);
    assert_eq!((refused.status, refused.json()["error"].as_str().unwrap()), (400, "invalid_grant"));
    assert_eq!(refresh(&sandbox, token).status, 200, "nothing was done");
}

/// Proves T1: exactly the n-th request, whatever it is.
#[test]
fn the_nth_request_can_be_struck_by_number_or_by_a_hook() {
    let case = Case::new();
    case.sandbox.faults().on_request(3, Fault::Status { code: 503, retry_after: None });
    let statuses: Vec<u16> = (0..5).map(|_| case.search().unwrap().status).collect();
    assert_eq!(statuses, [200, 200, 503, 200, 200]);

    let asked = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&asked);
    case.sandbox.faults().set_hook(move |seen| {
        counter.fetch_add(1, Ordering::SeqCst);
        (seen.resource_type.as_deref() == Some("Patient")).then_some(Fault::Cut { at: CutAt::Request })
    });
    assert_eq!(case.search().unwrap().status, 200);
    assert!(fhir_with(&case.sandbox, &case.token, "/Patient/1001", &[]).is_none());
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

/// Proves T1: scripts in any language steer the hospital, unlogged and unstruck.
#[test]
fn scripts_steer_over_http() {
    let case = Case::new();
    case.sandbox.clear_log();
    let post = |path: &str, body: &str| send_raw(&case.sandbox, "POST", path, &[], body).unwrap();
    let added = post("/_sandbox/faults", r#"{"fault":"status","code":503,"type":"Observation","times":1}"#);
    assert_eq!(added.json()["ids"].as_array().unwrap().len(), 1);
    assert_eq!(post("/_sandbox/faults", r#"[{"fault":"earthquake"}]"#).status, 400);
    assert_eq!(case.search().unwrap().status, 503);
    assert_eq!(get(&case.sandbox, "/_sandbox/faults").json()[0]["struck"], 1);
    let requests = get(&case.sandbox, "/_sandbox/requests").json();
    assert_eq!(requests.as_array().unwrap().len(), 1);
    assert_eq!(requests[0]["query_keys"], serde_json::json!(["patient", "_count"]));
    assert_eq!((requests[0]["status"].as_u64(), requests[0]["had_authorization"].as_bool()), (Some(503), Some(true)));
    assert_eq!(send_raw(&case.sandbox, "DELETE", "/_sandbox/faults", &[], "").unwrap().status, 204);

    let url = authorize_url(&case.sandbox, &[]);
    let asked = serde_json::json!({"authorize_url": url, "login": "ada", "patient": "ben"}).to_string();
    let callback = post("/_sandbox/approve", &asked).json()["callback"].as_str().unwrap().to_owned();
    assert_eq!(redeem(&case.sandbox, &query_of(&callback, "code").unwrap()).json()["patient"], "1002");
    let put = send_raw(
        &case.sandbox,
        "PUT",
        "/_sandbox/resource",
        &[],
        r#"{"resourceType":"Condition","id":"x","subject":{"reference":"Patient/1001"}}"#,
    )
    .unwrap();
    assert_eq!(put.json()["version"], 1);
    assert_eq!(fhir(&case.sandbox, &case.token, "/Condition/x").status, 200);
    assert_eq!(send_raw(&case.sandbox, "DELETE", "/_sandbox/resource/Condition/x", &[], "").unwrap().status, 204);
    let habit =
        send_raw(&case.sandbox, "PUT", "/_sandbox/profile", &[], r#"{"total":"never","permission":"v1"}"#).unwrap();
    assert_eq!(habit.status, 204);
    assert!(case.search().unwrap().json()["total"].is_null());
    assert_eq!(post("/_sandbox/clock/advance", r#"{"seconds":3601}"#).status, 204);
    assert_eq!(case.search().unwrap().status, 401);
}
