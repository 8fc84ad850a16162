//! A hospital in trouble: what goes wrong on the way costs nothing that was saved, and is told as what it is.

use plainchart::{CancelToken, PersonId, PlainchartError, Progress, ProgressListener, Relation, SyncOptions};
use plainchart_sandbox::{CutAt, Fault, Profile, RetryAfter, Rule, Sandbox};
use plainchart_tests::phone::{Phone, wait};
use plainchart_tests::{chart, hospital};
use std::sync::{Arc, Mutex};

fn connected(fernway: &Sandbox) -> (Phone, PersonId) {
    let phone = Phone::for_hospital(fernway);
    let nora = phone.connect(fernway, "nora", "", Relation::Own);
    (phone, nora)
}

fn problem_of(report: &plainchart::SyncReport, resource_type: &str) -> Option<&'static str> {
    report.types.iter().find(|kind| kind.resource_type == resource_type).and_then(|kind| kind.problem)
}

fn status(code: u16) -> Fault {
    Fault::Status { code, retry_after: None }
}

/// Proves A6, D3: a token refused in the middle of a walk is renewed once, and the walk goes on.
#[test]
fn a_token_refused_in_the_middle_of_a_walk() {
    let fernway = hospital::small_in_small_pages();
    let (mut phone, nora) = connected(&fernway);
    fernway.clear_log();
    let hospital = fernway.faults();
    hospital.add(Rule::new(status(401)).on_type("DocumentReference").from_nth(2).times(1));
    phone.sync(&nora).unwrap();
    assert_eq!(hospital::asked(&fernway, "/oauth2/token"), 1);
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
}

/// Proves A6: a hospital that refuses every token is not asked for ever: one renewal, then a sign-in.
#[test]
fn a_hospital_that_refuses_every_token() {
    let fernway = hospital::small();
    let (phone, nora) = connected(&fernway);
    fernway.clear_log();
    fernway.faults().add(Rule::new(status(401)).on_path("/fhir"));
    assert_eq!(phone.sync(&nora).unwrap_err().code(), "sign_in_required.expired");
    assert!(fernway.log().len() <= 3, "{} requests", fernway.log().len());
}

/// Proves D3, D6: a refused type is "not shared", never an empty list; the other types come; what was here stays.
#[test]
fn a_refused_type_is_not_shared_rather_than_empty() {
    for code in [403, 404, 400] {
        let fernway = hospital::small();
        let (phone, nora) = connected(&fernway);
        fernway.faults().add(Rule::new(status(code)).on_type("Observation"));
        let report = phone.sync(&nora).unwrap();
        assert_eq!(problem_of(&report, "Observation"), Some("not_shared"), "{code}");
        assert_eq!(problem_of(&report, "DocumentReference"), None, "{code}");
        let results = phone.results(&nora);
        assert_eq!((results.total, results.sources[0].problem.as_deref()), (0, Some("not_shared")), "{code}");
        assert!(phone.notes(&nora).total > 0 && phone.notes(&nora).sources[0].problem.is_none(), "{code}");
        fernway.faults().clear();
        phone.sync(&nora).unwrap();
        let results = phone.results(&nora);
        assert!(results.total > 0 && results.sources[0].problem.is_none(), "{code}");
        fernway.faults().add(Rule::new(status(code)).on_type("Observation"));
        phone.sync_full(&nora).unwrap();
        assert_eq!(phone.results(&nora).total, results.total, "{code}: a refusal deletes nothing");
        assert!(phone.results(&nora).items.iter().all(|result| !result.withdrawn), "{code}");
    }
}

/// Proves D3: an answer without entries is not "gone": nothing is marked or dropped unless the hospital says so.
#[test]
fn an_empty_answer_deletes_nothing() {
    let strange = plainchart_tests::strange::StrangeHospital::start();
    let phone = Phone::alone();
    let url = phone.begin(&strange.base()).unwrap();
    let state = plainchart_tests::strange::query(&url, "state").unwrap();
    let callback = format!("{}?code=c&state={state}", plainchart_tests::phone::REDIRECT);
    let Ok(plainchart::SignInStep::Offer(offer)) = phone.complete(&callback) else { panic!("an offer") };
    let person = phone.confirm(&offer, "p1", Relation::Own);
    let note = hospital::note("d1", "p1", "Here to stay.");
    let bundle = serde_json::json!({
        "resourceType": "Bundle", "type": "searchset", "entry": [{"resource": note}]
    });
    strange.set("/fhir/DocumentReference", plainchart_tests::strange::Reply::json(&bundle));
    phone.sync(&person).unwrap();
    let empty = serde_json::json!({"resourceType": "Bundle", "type": "searchset"});
    strange.set("/fhir/DocumentReference", plainchart_tests::strange::Reply::json(&empty));
    // Asked by id, the hospital neither has it nor calls it gone.
    for code in [403, 500] {
        strange.set("/fhir/DocumentReference/d1", plainchart_tests::strange::Reply::of(code, "text/html", ""));
        let _ = phone.sync_full(&person);
        let notes = phone.notes(&person);
        assert!(notes.total == 1 && !notes.items[0].withdrawn, "{code}");
    }
    strange.set("/fhir/DocumentReference/d1", plainchart_tests::strange::Reply::json(&note));
    phone.sync_full(&person).unwrap();
    assert!(!phone.notes(&person).items[0].withdrawn);
}

/// Proves D5: "wait" is honoured in both forms and told; then the sync goes on.
#[test]
fn a_plea_to_wait_is_honoured_in_both_forms() {
    struct Told(Mutex<Vec<u32>>);
    impl ProgressListener for Told {
        fn progress(&self, progress: &Progress) -> Result<(), PlainchartError> {
            if let Progress::Waiting { seconds } = progress {
                self.0.lock().unwrap().push(*seconds);
            }
            Ok(())
        }
    }
    for code in [429, 503] {
        for retry_after in [RetryAfter::Seconds(1), RetryAfter::DateIn(1)] {
            let fernway = hospital::small();
            let (mut phone, nora) = connected(&fernway);
            let fault = Fault::Status { code, retry_after: Some(retry_after) };
            fernway.faults().add(Rule::new(fault).on_type("Observation").times(1));
            let told = Arc::new(Told(Mutex::default()));
            let listener = Arc::clone(&told) as Arc<dyn ProgressListener>;
            let never = CancelToken::new();
            let report = wait(phone.app().sync(&nora, SyncOptions::default(), listener, &never)).unwrap();
            let told = told.0.lock().unwrap().clone();
            assert!(told.len() == 1 && told[0] <= 1, "{told:?}");
            assert_eq!(report.waited_seconds, u64::from(told[0]));
            assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
        }
    }
}

/// Proves D5: a long wait ends the sync at once with its time, and a wait can be stopped.
#[test]
fn a_long_wait_is_handed_to_the_app() {
    let fernway = hospital::small();
    let (phone, nora) = connected(&fernway);
    let busy = |seconds| Fault::Status { code: 429, retry_after: Some(RetryAfter::Seconds(seconds)) };
    fernway.faults().add(Rule::new(busy(844)).on_type("Observation"));
    let error = phone.sync(&nora).unwrap_err();
    assert_eq!(error, PlainchartError::ServerBusy { retry_after_seconds: Some(844) });
    assert_eq!(error.sentence(), "The hospital asked us to wait 15 minutes.");
    assert!(phone.notes(&nora).total > 0, "what came before stays");
    fernway.faults().clear();
    fernway.faults().add(Rule::new(busy(50)).on_type("Observation"));
    let cancel = CancelToken::new();
    let stop = cancel.clone();
    hospital::at_request(&fernway, 2, move |_| {
        stop.cancel();
        None
    });
    assert_eq!(phone.sync_with(&nora, SyncOptions::default(), &cancel).unwrap_err(), PlainchartError::Cancelled);
}

/// Proves D3, D5: a fault of the server is tried again, and then told; what came stays, and the next sync ends whole.
#[test]
fn a_failing_server_is_tried_again_and_then_told() {
    let fernway = hospital::small_in_small_pages();
    let (mut phone, nora) = connected(&fernway);
    fernway.faults().add(Rule::new(status(500)).on_type("Observation").times(2));
    phone.sync(&nora).unwrap();
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
    fernway.store().put(&hospital::result("o-new", hospital::NORA, "1.0")).unwrap();
    fernway.faults().add(Rule::new(status(502)).on_type("Observation"));
    let report = phone.sync(&nora).unwrap();
    assert_eq!(problem_of(&report, "Observation"), Some("status_5xx"));
    assert_eq!(problem_of(&report, "DocumentReference"), None, "one failing type does not cost the others");
    assert_eq!(phone.results(&nora).sources[0].problem.as_deref(), Some("status_5xx"));
    fernway.faults().clear();
    phone.sync(&nora).unwrap();
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
}

/// Proves D5, D11: a cut in the middle of an answer is tried again.
#[test]
fn an_answer_cut_in_the_middle_is_asked_for_again() {
    let fernway = hospital::small_in_small_pages();
    let (mut phone, nora) = connected(&fernway);
    for resource_type in ["DocumentReference", "Binary", "Observation"] {
        fernway.faults().add(Rule::new(Fault::Cut { at: CutAt::Body }).on_type(resource_type).from_nth(2).times(1));
    }
    phone.sync(&nora).unwrap();
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
}

/// Proves D6, D7: an answer that is no JSON is told, costs neither the other types nor what was here, and the next sync
/// ends whole.
#[test]
fn broken_json_is_told_and_costs_nothing() {
    let fernway = hospital::small_in_small_pages();
    let (mut phone, nora) = connected(&fernway);
    fernway.faults().add(Rule::new(Fault::BrokenJson).on_type("Patient"));
    assert_eq!(phone.sync(&nora).unwrap_err().code(), "server_problem.broken_json");
    fernway.faults().clear();
    fernway.faults().add(Rule::new(Fault::BrokenJson).on_type("DocumentReference").from_nth(2));
    let report = phone.sync(&nora).unwrap();
    assert_eq!(problem_of(&report, "DocumentReference"), Some("broken_json"));
    assert_eq!(problem_of(&report, "Observation"), None);
    let notes = phone.notes(&nora);
    assert_eq!((notes.total, notes.sources[0].problem.as_deref()), (2, Some("broken_json")), "the first page stays");
    assert!(phone.results(&nora).total > 0);
    fernway.faults().clear();
    phone.sync(&nora).unwrap();
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
    assert!(phone.notes(&nora).sources[0].problem.is_none());
}

/// Proves D7: one odd resource in a page is set aside and counted; the rest of the page lands.
#[test]
fn one_bad_resource_does_not_cost_its_page() {
    let fernway = hospital::small();
    let (phone, nora) = connected(&fernway);
    let before = fernway.store().ids("Observation", hospital::NORA).len() as u64;
    let category = r#""category":[{"coding":[{"code":"laboratory"}]}]"#;
    let subject = r#""subject":{"reference":"Patient/n-100"}"#;
    let odd = [
        format!(r#"{{"resourceType":"Observation","id":"odd-1",{subject},{category},"code":7,"valueQuantity":[]}}"#),
        format!(
            r#"{{"resourceType":"Observation","id":"odd-2",{subject},{category},"effectiveDateTime":"the other day"}}"#
        ),
        format!(
            r#"{{"resourceType":"Observation","id":"odd-3",{subject},{category},"valueQuantity":{{"value":1e999}},"meta":{{"tag":"x"}}}}"#
        ),
        format!(r#"{{"resourceType":"Observation","id":"odd-4",{category},"subject":{{"display":"Nora, in words"}}}}"#),
    ];
    for text in &odd {
        // What the hospital's own store will not hold is no matter here.
        let _ = fernway.store().put(text);
    }
    let report = phone.sync(&nora).unwrap();
    assert!(phone.results(&nora).total >= before, "the rest lands");
    let listed = phone.results(&nora);
    let invented = listed
        .items
        .iter()
        .filter_map(|result| result.date.as_ref())
        .any(|date| date.text == "the other day" && (date.epoch_ms.is_some() || date.precision != "unreadable"));
    assert!(!invented, "no date is invented");
    let kind = report.types.iter().find(|kind| kind.resource_type == "Observation").unwrap();
    assert_eq!(kind.received, kind.in_chart + kind.set_aside, "{kind:?}");
}

/// Proves D5: a sync tells how far it is, and a listener that has had enough stops it.
#[test]
fn progress_is_told_and_a_listener_can_stop() {
    struct Enough(Mutex<u32>);
    impl ProgressListener for Enough {
        fn progress(&self, _: &Progress) -> Result<(), PlainchartError> {
            let mut told = self.0.lock().unwrap();
            *told += 1;
            if *told > 2 { Err(PlainchartError::Cancelled) } else { Ok(()) }
        }
    }
    let fernway = hospital::small_in_small_pages();
    let (mut phone, nora) = connected(&fernway);
    let listener = Arc::new(Enough(Mutex::default()));
    let never = CancelToken::new();
    assert_eq!(
        wait(phone.app().sync(&nora, SyncOptions::default(), listener, &never)).unwrap_err(),
        PlainchartError::Cancelled
    );
    assert!(phone.notes(&nora).total > 0);
    phone.sync(&nora).unwrap();
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
}

/// Proves D5: reading goes on while a sync waits for the hospital.
#[test]
fn reading_goes_on_during_a_sync() {
    let fernway = hospital::small();
    let (phone, nora) = connected(&fernway);
    phone.sync(&nora).unwrap();
    let read = Arc::new(Mutex::new(0));
    let (reader, person, count) = (phone.app().clone(), nora.clone(), Arc::clone(&read));
    // The hospital answers when the reader has read: a sync that blocked reading would never end.
    fernway.faults().set_hook(move |_| {
        let notes = reader.notes(&person, plainchart::Window::ALL).ok()?;
        let opened = notes.items.iter().filter(|note| reader.read_note(&person, &note.id).is_ok()).count();
        *count.lock().unwrap() += opened;
        None
    });
    phone.sync_full(&nora).unwrap();
    assert!(*read.lock().unwrap() > 8);
}

/// Proves D3: the phone's clock was wrong and is set right: a sync still asks the hospital.
#[test]
fn a_clock_that_was_set_back_does_not_stop_the_sync() {
    let fernway = hospital::small();
    let (phone, nora) = connected(&fernway);
    phone.clock.advance(20 * 60_000);
    phone.sync(&nora).unwrap();
    fernway
        .store()
        .put(&hospital::note("fresh-1", hospital::NORA, "Seen after the clock was set.").to_string())
        .unwrap();
    phone.clock.advance(-30 * 60_000);
    phone.sync(&nora).unwrap();
    assert!(phone.find(&nora, "Seen after the clock was set.").is_some(), "a plain sync");
    fernway.store().put(&hospital::note("fresh-2", hospital::NORA, "Asked for in full.").to_string()).unwrap();
    phone.sync_full(&nora).unwrap();
    assert!(phone.find(&nora, "Asked for in full.").is_some(), "a full sync");
}

/// Proves D3, D6: 410 for a page means begin again; a hospital that always says so is told, and nothing is deleted.
#[test]
fn a_page_that_is_gone_is_no_deletion() {
    let fernway = hospital::small_with(Profile { max_page_size: 3, ..Profile::default() });
    let (mut phone, nora) = connected(&fernway);
    fernway.faults().add(Rule::new(status(410)).on_type("DocumentReference").from_nth(2).times(1));
    phone.sync(&nora).unwrap();
    phone.sync(&nora).unwrap();
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
    let whole = phone.notes(&nora);
    assert!(whole.sources[0].problem.is_none());
    fernway.faults().clear();
    fernway.faults().set_hook(|seen| {
        // Every page but the first.
        let first = seen.path.ends_with("/DocumentReference");
        (!first && seen.resource_type.as_deref() == Some("DocumentReference")).then(|| status(410))
    });
    let report = phone.sync_full(&nora).unwrap();
    assert_eq!(problem_of(&report, "DocumentReference"), Some("page_expired"));
    let notes = phone.notes(&nora);
    assert_eq!(notes.sources[0].problem.as_deref(), Some("page_expired"), "the list says that it is not whole");
    assert!(notes.total == whole.total && notes.items.iter().all(|note| !note.withdrawn));
}

/// Proves A6, D5: the same person synced twice at once, and another beside it: each ends whole, no token is lost.
#[test]
fn syncs_at_the_same_time() {
    let fernway = hospital::small_in_small_pages();
    let (mut phone, nora) = connected(&fernway);
    let helper = phone.helper();
    let ivo = phone.connect(&fernway, "nora", "ivo", helper);
    phone.clock.advance(3_600_000);
    std::thread::scope(|scope| {
        let all: Vec<_> =
            [&nora, &nora, &ivo].map(|person| scope.spawn(|| phone.sync(person).map(drop))).into_iter().collect();
        for outcome in all {
            assert_eq!(outcome.join().unwrap(), Ok(()));
        }
    });
    assert_eq!(fernway.active_grants(), 2);
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
    assert_eq!(phone.notes(&ivo).total, 1);
}
