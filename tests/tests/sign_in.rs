//! What a sign-in refuses, and with which words: each attack its typed outcome, and nothing left behind.

use plainchart::{PlainchartError, Relation, SignInStep};
use plainchart_sandbox::{Approval, ApproveError, Claim, DenyAnswer, Fault, Permission, Profile, Rule, Writing};
use plainchart_tests::hospital;
use plainchart_tests::phone::{Phone, REDIRECT};
use plainchart_tests::strange::{ACCESS_TOKEN, Listener, Reply, StrangeHospital, query};
use serde_json::json;

const BAD_CALLBACK: &str = "sign_in_required.bad_callback";

fn code_of<T: std::fmt::Debug>(outcome: Result<T, PlainchartError>) -> String {
    let error = outcome.unwrap_err();
    assert!(error.sentence().ends_with('.') && error.to_string() == error.sentence());
    error.code()
}

/// An answer to this sign-in, as a browser would bring it.
fn callback(authorize_url: &str, rest: &str) -> String {
    let state = query(authorize_url, "state").unwrap();
    format!("{REDIRECT}?state={state}{rest}")
}

/// Proves A3: a callback with a foreign state is refused, and does not even end the sign-in it was aimed at.
#[test]
fn a_foreign_state_is_refused_and_the_sign_in_goes_on() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let url = phone.begin(&fernway.base()).unwrap();
    let right = fernway.approve(&url, "nora", "").unwrap();
    let state = query(&right, "state").unwrap();
    let last = if state.ends_with('A') { 'Q' } else { 'A' };
    let almost = right.replace(&state, &format!("{}{last}", &state[..state.len() - 1]));
    for foreign in [
        right.replace(&state, "x"),
        almost,
        right.replace(&format!("state={state}"), "other=1"),
        format!("{right}&state={state}"),
        format!("{REDIRECT}?error=access_denied&state=x"),
    ] {
        assert_eq!(code_of(phone.complete(&foreign)), BAD_CALLBACK, "{foreign}");
        assert!(!phone.app().owns_callback(&foreign).unwrap(), "{foreign}");
    }
    assert!(phone.app().owns_callback(&right).unwrap());
    assert!(matches!(phone.complete(&right), Ok(SignInStep::Offer(_))));
}

/// Proves A3, A16: a callback delivered twice gives one result; what it made stays.
#[test]
fn a_callback_delivered_twice_gives_one_result() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let url = phone.begin(&fernway.base()).unwrap();
    let back = fernway.approve(&url, "nora", "").unwrap();
    let Ok(SignInStep::Offer(offer)) = phone.complete(&back) else { panic!("an offer") };
    assert_eq!(code_of(phone.complete(&back)), BAD_CALLBACK);
    let nora = phone.confirm(&offer, hospital::NORA, Relation::Own);
    phone.sync(&nora).unwrap();
    assert_eq!(code_of(phone.complete(&back)), BAD_CALLBACK);
    assert_eq!(fernway.active_grants(), 1, "the code was not sent a second time");
    phone.sync(&nora).unwrap();
}

/// Proves A16: two deliveries at the same moment: one wins.
#[test]
fn two_deliveries_at_once_give_one_result() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let url = phone.begin(&fernway.base()).unwrap();
    let back = fernway.approve(&url, "nora", "").unwrap();
    let outcomes = std::thread::scope(|scope| {
        let one = scope.spawn(|| phone.complete(&back).is_ok());
        let other = scope.spawn(|| phone.complete(&back).is_ok());
        [one.join().unwrap(), other.join().unwrap()]
    });
    assert_eq!(outcomes.iter().filter(|won| **won).count(), 1);
    assert_eq!(hospital::asked(&fernway, "/oauth2/token"), 1);
}

/// Proves A16: the pending sign-in lives on disk: the app ends between the browser's start and its answer.
#[test]
fn the_app_may_end_while_the_browser_is_open() {
    let fernway = hospital::small();
    let mut phone = Phone::for_hospital(&fernway);
    let url = phone.begin(&fernway.base()).unwrap();
    phone.reopen();
    let back = fernway.approve(&url, "nora", "").unwrap();
    assert!(phone.app().owns_callback(&back).unwrap());
    phone.reopen();
    let Ok(SignInStep::Offer(offer)) = phone.complete(&back) else { panic!("an offer") };
    let nora = phone.confirm(&offer, hospital::NORA, Relation::Own);
    phone.sync(&nora).unwrap();
}

/// Proves A16: after fifteen minutes a pending sign-in is over, and the code is not sent.
#[test]
fn a_pending_sign_in_expires() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let url = phone.begin(&fernway.base()).unwrap();
    let back = fernway.approve(&url, "nora", "").unwrap();
    phone.clock.advance(15 * 60_000 + 1000);
    assert_eq!(code_of(phone.complete(&back)), BAD_CALLBACK);
    assert_eq!(hospital::asked(&fernway, "/oauth2/token"), 0);
}

/// Proves A16: a callback that arrives while locked is told so, and works after the unlock.
#[test]
fn a_callback_waits_for_the_unlock() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let url = phone.begin(&fernway.base()).unwrap();
    let back = fernway.approve(&url, "nora", "").unwrap();
    phone.app().lock().unwrap();
    assert_eq!(phone.complete(&back).unwrap_err(), PlainchartError::VaultLocked);
    phone.app().unlock().unwrap();
    assert!(matches!(phone.complete(&back), Ok(SignInStep::Offer(_))));
}

/// Proves A3, A16: a no at the hospital, in each way that servers say it, is no sign-in and leaves nothing.
#[test]
fn a_no_at_the_hospital() {
    let no = Approval { login: "nora".into(), deny: true, ..Approval::default() };
    let fernway = hospital::small();
    let mut phone = Phone::for_hospital(&fernway);
    let url = phone.begin(&fernway.base()).unwrap();
    let back = fernway.approve_with(&url, &no).unwrap();
    assert_eq!(code_of(phone.complete(&back)), "sign_in_required.declined");
    assert_eq!(code_of(phone.complete(&back)), BAD_CALLBACK, "it was taken out");
    for deny in [DenyAnswer::Json, DenyAnswer::Page] {
        fernway.set_profile(Profile { deny, ..Profile::default() });
        let url = phone.begin(&fernway.base()).unwrap();
        assert!(matches!(fernway.approve_with(&url, &no), Err(ApproveError::Page(_))));
        // The browser never comes back: a new sign-in works all the same.
        fernway.set_profile(Profile::default());
        phone.reopen();
        phone.sign_in(&fernway, "nora", "").unwrap();
    }
    assert_eq!(phone.app().people().unwrap(), []);
}

/// Proves A1, A3: another server's name in the callback is a mix-up: refused before the code is used.
#[test]
fn another_servers_name_in_the_callback() {
    let fernway = hospital::small_with(Profile { callback_iss: Claim::Wrong, ..Profile::default() });
    let phone = Phone::for_hospital(&fernway);
    let url = phone.begin(&fernway.base()).unwrap();
    let back = fernway.approve(&url, "nora", "").unwrap();
    assert_eq!(code_of(phone.complete(&back)), BAD_CALLBACK);
    assert_eq!(hospital::asked(&fernway, "/oauth2/token"), 0);
}

/// Proves A3: two servers, two sign-ins: the code of one never reaches the other.
#[test]
fn one_servers_answer_never_completes_the_others_sign_in() {
    let (honest, evil) = (StrangeHospital::start(), StrangeHospital::start());
    let phone = Phone::alone();
    let to_honest = phone.begin(&honest.base()).unwrap();
    let to_evil = phone.begin(&evil.base()).unwrap();
    // The evil server sends the browser back with the honest one's name, and the other way round.
    let mixed = callback(&to_evil, &format!("&code=honest-code&iss={}", honest.origin()));
    assert_eq!(code_of(phone.complete(&mixed)), BAD_CALLBACK);
    let mixed = callback(&to_honest, &format!("&code=honest-code&iss={}", evil.origin()));
    assert_eq!(code_of(phone.complete(&mixed)), BAD_CALLBACK);
    let posted = |server: &StrangeHospital| server.heard().iter().any(|heard| heard.method == "POST");
    assert!(!posted(&honest) && !posted(&evil));
    assert!(evil.heard().iter().all(|heard| !heard.whole.contains("honest-code")));
}

/// Proves A3: the address of the chart is sent along, and a hospital that is asked for another one refuses.
#[test]
fn a_wrong_audience_is_refused_by_the_hospital() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let url = phone.begin(&fernway.base()).unwrap();
    assert_eq!(query(&url, "aud").as_deref(), Some(fernway.base().as_str()));
    let aud: String = url::form_urlencoded::byte_serialize(fernway.base().as_bytes()).collect();
    let other: String = url::form_urlencoded::byte_serialize(b"https://other.example/fhir").collect();
    let back = fernway.approve(&url.replace(&aud, &other), "nora", "").unwrap();
    assert_eq!(code_of(phone.complete(&back)), "server_problem.authorization");
}

/// Proves A2: PKCE with S256 is always sent; a server that lists only `plain` is refused, one without a list is not.
#[test]
fn a_server_with_plain_pkce_only_is_refused() {
    let strange = StrangeHospital::start();
    let phone = Phone::alone();
    strange.configure(|configuration| configuration["code_challenge_methods_supported"] = json!(["plain"]));
    assert_eq!(code_of(phone.begin(&strange.base())), "server_problem.discovery.pkce");
    strange.configure(|configuration| {
        configuration.as_object_mut().unwrap().remove("code_challenge_methods_supported");
    });
    let url = phone.begin(&strange.base()).unwrap();
    assert_eq!(query(&url, "code_challenge_method").as_deref(), Some("S256"));
    assert_eq!(query(&url, "code_challenge").unwrap().len(), 43);
}

/// Proves A3: state and nonce are long, and new for each sign-in.
#[test]
fn state_and_nonce_are_new_each_time() {
    let strange = StrangeHospital::start();
    let phone = Phone::alone();
    let (one, other) = (phone.begin(&strange.base()).unwrap(), phone.begin(&strange.base()).unwrap());
    for name in ["state", "nonce", "code_challenge"] {
        let (one, other) = (query(&one, name).unwrap(), query(&other, name).unwrap());
        assert!(one != other && one.len() >= 22, "{name}: 128 bits are 22 characters of base64");
    }
}

/// Proves A1, A10: plain http is refused, for loopback too unless the app allows it; nothing is asked there.
#[test]
fn plain_http_is_refused() {
    let strange = StrangeHospital::start();
    let phone = Phone::alone();
    assert_eq!(code_of(phone.begin("http://hospital.example/fhir")), "server_problem.discovery.insecure");
    let folder = tempfile::tempdir().unwrap();
    let strict = plainchart::Configuration { folder: folder.path().join("store"), ..Default::default() };
    let clock = std::sync::Arc::clone(&phone.clock);
    let keystore = std::sync::Arc::new(plainchart::MemoryKeystore::new());
    let app = plainchart::Plainchart::open(&strict, keystore, clock).unwrap();
    let request = phone.request(&strange.base());
    let begun = plainchart_tests::phone::wait(app.begin_sign_in(&request, &plainchart::CancelToken::new()));
    assert_eq!(code_of(begun), "server_problem.discovery.insecure");
    assert!(strange.heard().is_empty());
}

/// Proves A1: an endpoint on plain http is refused, however safe the base is.
#[test]
fn an_endpoint_on_plain_http_is_refused() {
    let strange = StrangeHospital::start();
    let phone = Phone::alone();
    for endpoint in ["authorization_endpoint", "token_endpoint"] {
        strange.configure(|configuration| configuration[endpoint] = json!("http://hospital.example/x"));
        assert_eq!(code_of(phone.begin(&strange.base())), "server_problem.discovery.insecure", "{endpoint}");
    }
}

/// Proves A1, D10: whatever is no SMART configuration is told as such.
#[test]
fn a_server_that_is_not_smart() {
    let strange = StrangeHospital::start();
    let phone = Phone::alone();
    let document = "/fhir/.well-known/smart-configuration";
    let page = "<!doctype html><title>Welcome</title>";
    let deep = "[".repeat(100_000);
    for reply in [
        Reply::of(404, "text/html", page),
        Reply::of(200, "text/html", page),
        Reply::of(200, "application/json", "{}"),
        Reply::of(200, "application/json", "[]"),
        Reply::of(200, "application/json", ""),
        Reply::of(200, "application/json", &b"\xff\xfe{}"[..]),
        Reply::of(200, "application/json", deep),
        Reply::of(200, "application/json", r#"{"authorization_endpoint":7,"token_endpoint":null}"#),
        Reply::of(302, "text/html", "").with("location", "https://elsewhere.example/"),
    ] {
        strange.set(document, reply);
        assert_eq!(code_of(phone.begin(&strange.base())), "server_problem.discovery.not_smart");
    }
    strange.set(document, Reply::of(200, "application/json", " ".repeat(2 << 20)));
    assert_eq!(code_of(phone.begin(&strange.base())), "server_problem.too_large");
    strange.set(document, Reply::of(503, "text/html", ""));
    assert_eq!(code_of(phone.begin(&strange.base())), "server_busy");
    strange.set(document, Reply::of(500, "text/html", ""));
    assert_eq!(code_of(phone.begin(&strange.base())), "server_problem.status_5xx");
}

/// Proves A1: endpoints written relative to the base work.
#[test]
fn relative_endpoints_work() {
    let fernway = hospital::small_with(Profile { endpoints: Writing::Relative, ..Profile::default() });
    let phone = Phone::for_hospital(&fernway);
    let nora = phone.connect(&fernway, "nora", "", Relation::Own);
    phone.sync(&nora).unwrap();
}

/// Proves A4: scopes go out in the form the server knows, and what was granted is read back.
#[test]
fn scopes_in_either_form() {
    for (permission, form, other) in [(Permission::V1, ".read", ".rs"), (Permission::V2, ".rs", ".read")] {
        let fernway = hospital::small_with(Profile { permission, ..Profile::default() });
        let phone = Phone::for_hospital(&fernway);
        let url = phone.begin(&fernway.base()).unwrap();
        let scope = query(&url, "scope").unwrap();
        assert!(scope.contains(&format!("patient/Observation{form}")) && !scope.contains(other), "{scope}");
        for needed in ["openid", "fhirUser", "offline_access", "launch/patient"] {
            assert!(scope.split(' ').any(|one| one == needed), "{needed}");
        }
        let nora = phone.connect(&fernway, "nora", "", Relation::Own);
        assert!(phone.sync(&nora).unwrap().is_complete());
    }
}

/// Proves A4: a server that answers `invalid_scope` is asked once more, for `patient/*`, and only once.
#[test]
fn unknown_scopes_are_asked_for_once_more_as_a_wildcard() {
    let strange = StrangeHospital::start();
    let phone = Phone::alone();
    let first = phone.begin(&strange.base()).unwrap();
    let Ok(SignInStep::OpenBrowser(second)) = phone.complete(&callback(&first, "&error=invalid_scope")) else {
        panic!("a second address")
    };
    let scope = query(second.as_str(), "scope").unwrap();
    assert!(scope.contains("patient/*.rs") && !scope.contains("patient/Observation"), "{scope}");
    assert_ne!(query(&first, "state"), query(second.as_str(), "state"));
    assert_eq!(code_of(phone.complete(&callback(&first, "&code=c"))), BAD_CALLBACK, "the first one is over");
    let again = phone.complete(&callback(second.as_str(), "&error=invalid_scope"));
    assert_eq!(code_of(again), "server_problem.authorization");
}

/// Proves A4, D6: what the reader unticked is reported, not synced, and the list says so rather than "none".
#[test]
fn what_was_not_granted_is_reported() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let url = phone.begin(&fernway.base()).unwrap();
    let scope = query(&url, "scope").unwrap();
    let results: Vec<String> =
        scope.split(' ').filter(|one| one.starts_with("patient/Observation")).map(str::to_owned).collect();
    let approval = Approval { login: "nora".into(), leave_out: results, ..Approval::default() };
    let back = fernway.approve_with(&url, &approval).unwrap();
    let Ok(SignInStep::Offer(offer)) = phone.complete(&back) else { panic!("an offer") };
    assert!(offer.not_granted.iter().any(|scope| scope.contains("Observation")));
    let nora = phone.confirm(&offer, hospital::NORA, Relation::Own);
    fernway.clear_log();
    let report = phone.sync(&nora).unwrap();
    let kind = report.types.iter().find(|kind| kind.resource_type == "Observation").unwrap();
    assert_eq!(kind.problem, Some("not_granted"));
    assert_eq!(hospital::asked(&fernway, "/fhir/r4/Observation"), 0);
    let listed = phone.results(&nora);
    assert_eq!((listed.total, listed.sources[0].problem.as_deref()), (0, Some("not_granted")));
}

/// Proves A5, A8: without `patient` in the token answer the hospital is asked, and the reader picks.
#[test]
fn without_a_patient_in_the_answer_the_reader_picks() {
    let fernway = hospital::small_with(Profile { patient_in_token: false, ..Profile::default() });
    let mut phone = Phone::for_hospital(&fernway);
    let offer = phone.sign_in(&fernway, "nora", "").unwrap();
    assert!(offer.candidates.iter().any(|candidate| candidate.patient == hospital::NORA));
    let nora = phone.confirm(&offer, hospital::NORA, Relation::Own);
    phone.sync(&nora).unwrap();
    let found = plainchart_tests::chart::differences(&mut phone, &nora, &fernway, hospital::NORA);
    assert_eq!(found, [""; 0], "and every search names the patient: nothing of the son is in it");
}

/// Proves A5, A9: token answers and Patients that cannot be used, each its typed error; nothing is kept.
#[test]
fn answers_that_cannot_be_used() {
    let strange = StrangeHospital::start();
    let phone = Phone::alone();
    let sign_in = || {
        let url = phone.begin(&strange.base()).unwrap();
        phone.complete(&callback(&url, "&code=c1"))
    };
    assert!(matches!(sign_in(), Ok(SignInStep::Offer(_))), "it works when nothing is wrong");
    let without_token = |tokens: &mut serde_json::Value| drop(tokens.as_object_mut().unwrap().remove("access_token"));
    strange.give(without_token);
    assert_eq!(code_of(sign_in()), "server_problem.token");
    strange.give(|tokens| tokens["access_token"] = json!(""));
    assert_eq!(code_of(sign_in()), "server_problem.token");
    strange.give(|tokens| tokens["token_type"] = json!("mac"));
    assert_eq!(code_of(sign_in()), "server_problem.unsupported");
    strange.set("/token", Reply::of(400, "application/json", r#"{"error":"invalid_grant"}"#));
    assert_eq!(code_of(sign_in()), "sign_in_required.expired");
    strange.set("/token", Reply::of(200, "text/html", "<p>Sorry</p>"));
    assert_eq!(code_of(sign_in()), "server_problem.token");
    let elsewhere = Listener::silent();
    strange.set("/token", Reply::of(307, "text/html", "").with("location", &elsewhere.origin()));
    sign_in().unwrap_err();
    strange.give(|tokens| tokens["scope"] = json!("patient/*.rs\u{1F489} launch/patient"));
    assert!(sign_in().is_ok(), "an odd scope is read tolerantly");
    strange.give(|_| {});
    strange.set("/fhir/Patient/p1", Reply::json(&plainchart_tests::strange::patient("p2")));
    assert_eq!(code_of(sign_in()), "server_problem.wrong_patient");
    strange.set("/fhir/Patient/p1", Reply::of(403, "application/json", "{}"));
    assert_eq!(code_of(sign_in()), "not_permitted.forbidden");
    strange.set("/fhir/Patient/p1", Reply::of(200, "application/json", "{\"resourceType\":"));
    assert_eq!(code_of(sign_in()), "server_problem.broken_json");
    strange.set("/fhir/Patient/p1", Reply::of(307, "text/html", "").with("location", &elsewhere.origin()));
    sign_in().unwrap_err();
    assert!(elsewhere.heard().is_empty(), "no redirect is followed");
    assert_eq!(phone.app().people().unwrap(), []);
    let sent = strange.heard().into_iter().filter(|heard| heard.whole.contains(ACCESS_TOKEN));
    assert!(sent.into_iter().all(|heard| heard.path().starts_with("/fhir/")), "tokens go to the base alone");
}

/// Proves A3: no answer of the token endpoint within reach is `offline`, and the code is not sent twice.
#[test]
fn a_lost_token_answer_does_not_send_the_code_again() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let url = phone.begin(&fernway.base()).unwrap();
    let back = fernway.approve(&url, "nora", "").unwrap();
    let cut = Fault::Cut { at: plainchart_sandbox::CutAt::Answer };
    fernway.faults().add(Rule::new(cut).on_path("/oauth2/token"));
    assert_eq!(code_of(phone.complete(&back)), "offline");
    assert_eq!(hospital::asked(&fernway, "/oauth2/token"), 1);
}
