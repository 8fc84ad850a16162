//! Tokens run out, answers get lost, access ends: the chart stays readable, and no token is used twice.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use plainchart::{CancelToken, SignInStep};
use plainchart::{PersonId, PlainchartError, Relation};
use plainchart_sandbox::{CutAt, Fault, Profile, Rule, Sandbox};
use plainchart_tests::hospital;
use plainchart_tests::phone::{Phone, wait};
use plainchart_tests::strange::{REFRESH_TOKEN, StrangeHospital, query};

const TOKEN: &str = "/oauth2/token";
const HOUR_MS: i64 = 3_600_000;

fn synced(fernway: &Sandbox) -> (Phone, PersonId) {
    let phone = Phone::for_hospital(fernway);
    let nora = phone.connect(fernway, "nora", "", Relation::Own);
    phone.sync(&nora).unwrap();
    (phone, nora)
}

fn with_grace() -> Sandbox {
    hospital::small_with(Profile { refresh_reuse_grace: Some(Duration::from_secs(60)), ..Profile::default() })
}

/// Proves A6: an access token that ran out is renewed before it is used, also after a restart.
#[test]
fn a_token_that_ran_out_is_renewed_first() {
    let fernway = hospital::small();
    let (mut phone, nora) = synced(&fernway);
    for round in 0..3 {
        phone.reopen();
        phone.clock.advance(HOUR_MS);
        fernway.clear_log();
        phone.sync(&nora).unwrap();
        let first = fernway.log().remove(0);
        assert_eq!((first.path.as_str(), first.status), (TOKEN, 200), "round {round}");
        assert!(fernway.log().iter().all(|request| request.status != 401), "round {round}");
    }
}

/// Proves A6: a refresh whose answer was lost is sent once more with the same token; a hospital with a grace time
/// forgives it.
#[test]
fn a_lost_refresh_answer_is_asked_for_once_more() {
    let fernway = with_grace();
    let (phone, nora) = synced(&fernway);
    phone.clock.advance(HOUR_MS);
    fernway.clear_log();
    fernway.faults().add(Rule::new(Fault::Cut { at: CutAt::Answer }).on_path(TOKEN).times(1));
    phone.sync(&nora).unwrap();
    assert_eq!(hospital::asked(&fernway, TOKEN), 2);
}

/// Proves A6: without a grace time the family of tokens is gone: the reader signs in again, the chart stays, and the
/// dead token is not sent again.
#[test]
fn a_lost_refresh_answer_without_grace_asks_for_a_sign_in() {
    let fernway = hospital::small();
    let (mut phone, nora) = synced(&fernway);
    let notes = phone.notes(&nora).total;
    phone.clock.advance(HOUR_MS);
    fernway.faults().add(Rule::new(Fault::Cut { at: CutAt::Answer }).on_path(TOKEN).times(1));
    assert_eq!(phone.sync(&nora).unwrap_err().code(), "sign_in_required.expired");
    fernway.clear_log();
    phone.reopen();
    assert_eq!(phone.sync(&nora).unwrap_err().code(), "sign_in_required.expired");
    assert_eq!(hospital::asked(&fernway, "/"), 0, "a token known to be dead is not sent");
    assert_eq!(phone.notes(&nora).total, notes);
    // A new sign-in makes it whole again, and it is the same person.
    assert_eq!(phone.connect(&fernway, "nora", "", Relation::Own), nora);
    phone.sync(&nora).unwrap();
    assert_eq!(phone.app().people().unwrap().len(), 1);
}

/// Proves A6: the disk as it lies during a refresh, after a crash: the same token is sent once more.
#[test]
fn a_crash_during_a_refresh() {
    for (fernway, works) in [(with_grace(), true), (hospital::small(), false)] {
        let (phone, nora) = synced(&fernway);
        phone.clock.advance(HOUR_MS);
        let phone = Arc::new(phone);
        let copies: Arc<Mutex<Vec<Phone>>> = Default::default();
        let (source, into) = (Arc::clone(&phone), Arc::clone(&copies));
        fernway.faults().set_hook(move |seen| {
            if seen.path == TOKEN {
                into.lock().unwrap().push(source.copy_of_disk());
            }
            None
        });
        phone.sync(&nora).unwrap();
        fernway.faults().clear();
        let mut crashed = copies.lock().unwrap().remove(0);
        // The sync above went on with the new token: its successor is used, and no grace forgives that.
        drop(phone);
        crashed.reopen();
        let after = crashed.sync(&nora);
        match (works, after) {
            (true, Ok(_)) => {}
            (_, Err(PlainchartError::SignInRequired { .. })) => {}
            (_, other) => panic!("{other:?}"),
        }
        assert!(crashed.notes(&nora).total > 0, "the chart stays readable");
    }
}

/// Proves A6: a refresh that the hospital never saw is simply sent again.
#[test]
fn a_refresh_that_never_arrived_is_sent_again() {
    let fernway = hospital::small();
    let (phone, nora) = synced(&fernway);
    phone.clock.advance(HOUR_MS);
    fernway.faults().add(Rule::new(Fault::Cut { at: CutAt::Request }).on_path(TOKEN).times(1));
    phone.sync(&nora).unwrap();
}

/// Proves A6: a hospital that is down during a refresh costs no token: the next sync works.
#[test]
fn a_hospital_that_is_down_costs_no_token() {
    let fernway = hospital::small();
    let (phone, nora) = synced(&fernway);
    phone.clock.advance(HOUR_MS);
    fernway.stop();
    assert_eq!(phone.sync(&nora).unwrap_err(), PlainchartError::Offline);
    fernway.restart_on_same_port().unwrap();
    fernway.faults().add(Rule::new(Fault::Status { code: 503, retry_after: None }).on_path(TOKEN).times(1));
    assert_eq!(phone.sync(&nora).unwrap_err().code(), "server_busy");
    phone.sync(&nora).unwrap();
}

/// Proves A6: 401 on both of two requests at once leads to one refresh: rotation would end the family at a second.
#[test]
fn two_refused_requests_make_one_refresh() {
    let fernway = Arc::new(hospital::small());
    let phone = Phone::for_hospital(&fernway);
    let nora = phone.connect(&fernway, "nora", "", Relation::Own);
    fernway.clear_log();
    let (forgetful, first) = (Arc::clone(&fernway), AtomicBool::new(true));
    fernway.faults().set_hook(move |seen| {
        if seen.resource_type.as_deref() == Some("Binary") && first.swap(false, Ordering::SeqCst) {
            forgetful.expire_access_tokens();
        }
        None
    });
    phone.sync(&nora).unwrap();
    fernway.faults().clear();
    assert!(fernway.log().iter().any(|request| request.status == 401));
    assert_eq!(hospital::asked(&fernway, TOKEN), 1);
    assert_eq!(fernway.active_grants(), 1, "the family lives");
    phone.clock.advance(HOUR_MS);
    phone.sync(&nora).unwrap();
}

/// Proves A6: `invalid_grant` means "sign in again" for this connection and changes nothing else.
#[test]
fn the_end_of_one_access_leaves_the_other_alone() {
    let fernway = hospital::small();
    let (phone, nora) = synced(&fernway);
    let helper = phone.helper();
    let ivo = phone.connect(&fernway, "nora", "ivo", helper);
    phone.sync(&ivo).unwrap();
    let (notes, results) = (phone.notes(&ivo).total, phone.results(&ivo).total);
    fernway.withdraw_access("nora", "ivo");
    assert_eq!(phone.sync(&ivo).unwrap_err().code(), "sign_in_required.expired");
    assert_eq!((phone.notes(&ivo).total, phone.results(&ivo).total), (notes, results), "reading goes on");
    phone.sync(&nora).unwrap();
}

/// Proves A6: no refresh token is a normal state: it works while it lasts, then asks for a tap, and the chart stays.
#[test]
fn access_that_cannot_last_is_a_normal_state() {
    let fernway = hospital::small_with(Profile { offers_offline_access: false, ..Profile::default() });
    let phone = Phone::for_hospital(&fernway);
    let offer = phone.sign_in(&fernway, "nora", "").unwrap();
    assert!(offer.not_granted.iter().any(|scope| scope == "offline_access"), "what was not granted is told");
    let nora = phone.confirm(&offer, hospital::NORA, Relation::Own);
    phone.sync(&nora).unwrap();
    phone.clock.advance(HOUR_MS);
    fernway.clear_log();
    assert_eq!(phone.sync(&nora).unwrap_err().code(), "sign_in_required.no_lasting_access");
    assert_eq!(hospital::asked(&fernway, "/"), 0);
    assert!(phone.notes(&nora).total > 0);
}

/// Proves A5, A6: a refresh answer without a refresh token keeps the old one; `bearer` in any case is a bearer token.
#[test]
fn an_answer_without_a_refresh_token_keeps_the_old_one() {
    let strange = StrangeHospital::start();
    let phone = Phone::alone();
    let url = phone.begin(&strange.base()).unwrap();
    let state = query(&url, "state").unwrap();
    let callback = format!("{}?code=c1&state={state}", plainchart_tests::phone::REDIRECT);
    let SignInStep::Offer(offer) = wait(phone.app().complete_sign_in(&callback, &CancelToken::new())).unwrap() else {
        panic!("an offer")
    };
    let person = phone.confirm(&offer, "p1", Relation::Own);
    strange.give(|tokens| {
        tokens.as_object_mut().unwrap().remove("refresh_token");
        tokens["token_type"] = "bEARER".into();
        tokens["access_token"] = "second-access".into();
    });
    for round in 1..3 {
        phone.clock.advance(HOUR_MS);
        phone.sync(&person).unwrap();
        let refreshes = strange.heard().into_iter().filter(|heard| heard.whole.contains("grant_type=refresh_token"));
        let refreshes: Vec<_> = refreshes.collect();
        assert_eq!(refreshes.len(), round);
        assert!(refreshes.iter().all(|heard| heard.whole.contains(REFRESH_TOKEN)));
    }
    assert!(strange.heard().last().unwrap().whole.contains("Bearer second-access"));
}

/// Proves A11: signing out gives the access back, destroys the tokens either way, and the chart stays readable.
#[test]
fn signing_out_destroys_tokens_and_keeps_the_chart() {
    for reachable in [true, false] {
        let fernway = hospital::small();
        let (mut phone, nora) = synced(&fernway);
        let notes = phone.notes(&nora).total;
        if !reachable {
            fernway.stop();
        }
        wait(phone.app().sign_out(&nora)).unwrap();
        assert_eq!(fernway.active_grants(), usize::from(!reachable));
        assert_eq!(std::fs::read_dir(phone.folder().join("tokens")).unwrap().count(), 0, "no token file is left");
        phone.reopen();
        assert_eq!(phone.notes(&nora).total, notes);
        assert_eq!(phone.sync(&nora).unwrap_err().code(), "sign_in_required.never_connected");
    }
}
