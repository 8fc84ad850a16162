//! The sync is cut off at any request: it goes on from there, and the chart is the hospital's.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use plainchart::{CancelToken, PersonId, PlainchartError, Relation, SyncOptions};
use plainchart_sandbox::{CutAt, Fault, Profile, Sandbox};
use plainchart_tests::phone::Phone;
use plainchart_tests::{chart, hospital};

/// A phone that is connected and never synced: the start of every cut.
fn connected(fernway: &Sandbox) -> (Phone, PersonId) {
    let mut phone = Phone::for_hospital(fernway);
    let nora = phone.connect(fernway, "nora", "", Relation::Own);
    phone.close();
    (phone, nora)
}

/// How many requests a whole first sync makes.
fn requests_of_a_first_sync(phone: &Phone, person: &PersonId) -> u64 {
    let mut phone = phone.copy_of_disk();
    phone.reopen();
    phone.sync(person).unwrap().requests
}

/// What lies on the disk can be read, whatever is missing.
fn is_readable(phone: &Phone, person: &PersonId) {
    for note in phone.notes(person).items {
        let note = phone.app().read_note(person, &note.id).unwrap();
        assert!(!note.sections.is_empty() || !note.remarks.is_empty(), "a note without text says why");
    }
    assert!(phone.results(person).person == person.to_string());
    assert!(phone.app().verify_log().unwrap().whole);
}

fn cut_at_every_request(at: CutAt) {
    let fernway = hospital::small_in_small_pages();
    let (start, nora) = connected(&fernway);
    let requests = requests_of_a_first_sync(&start, &nora);
    assert!(requests > 15, "{requests} requests are no sweep");
    for n in 1..=requests {
        let mut phone = start.copy_of_disk();
        phone.reopen();
        let cancel = CancelToken::new();
        let stop = cancel.clone();
        hospital::at_request(&fernway, n, move |_| {
            stop.cancel();
            Some(Fault::Cut { at })
        });
        let stopped = phone.sync_with(&nora, SyncOptions::default(), &cancel);
        assert_eq!(stopped.unwrap_err(), PlainchartError::Cancelled, "cut at request {n}");
        fernway.faults().clear();
        phone.reopen();
        is_readable(&phone, &nora);
        let report = phone.sync(&nora).unwrap();
        assert_eq!(report.bodies_wanted, 0, "cut at request {n}");
        assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0], "cut at request {n}");
    }
}

/// Proves D3, D11: cut at any request before the hospital saw it, the sync resumes and the chart is the hospital's.
#[test]
fn cut_before_any_request_is_seen() {
    cut_at_every_request(CutAt::Request);
}

/// Proves D3, D11: cut at any request after the hospital did it and before its answer came, the same.
#[test]
fn cut_before_any_answer_comes() {
    cut_at_every_request(CutAt::Answer);
}

/// Proves D3, D11, V3: what lies on the disk at the moment of any request is enough to go on, as after a crash.
#[test]
fn the_disk_at_any_request_is_enough_to_go_on() {
    let fernway = hospital::small_in_small_pages();
    let (mut start, nora) = connected(&fernway);
    start.reopen();
    let copies: Arc<Mutex<Vec<Phone>>> = Arc::default();
    let phone = Arc::new(start);
    let (into, source) = (Arc::clone(&copies), Arc::clone(&phone));
    fernway.faults().set_hook(move |_| {
        into.lock().unwrap().push(source.copy_of_disk());
        None
    });
    phone.sync(&nora).unwrap();
    fernway.faults().clear();
    let copies = std::mem::take(&mut *copies.lock().unwrap());
    assert!(copies.len() > 15);
    for (n, mut copy) in copies.into_iter().enumerate() {
        copy.reopen();
        is_readable(&copy, &nora);
        copy.sync(&nora).unwrap();
        assert_eq!(chart::differences(&mut copy, &nora, &fernway, hospital::NORA), [""; 0], "crash at request {n}");
    }
}

/// A copy of the phone whose first sync was stopped at request `n`, and what the hospital did to that request.
fn stopped_at(fernway: &Sandbox, start: &Phone, person: &PersonId, n: u64, fault: Option<Fault>) -> Phone {
    let mut phone = start.copy_of_disk();
    phone.reopen();
    let cancel = CancelToken::new();
    let stop = cancel.clone();
    hospital::at_request(fernway, n, move |_| {
        stop.cancel();
        fault.clone()
    });
    phone.sync_with(person, SyncOptions::default(), &cancel).unwrap_err();
    fernway.faults().clear();
    phone
}

/// Pages of searches and single reads that the hospital is asked for from now on, by type.
fn asked_from_now_on(fernway: &Sandbox) -> Arc<Mutex<BTreeMap<(String, bool), u64>>> {
    let counts: Arc<Mutex<BTreeMap<(String, bool), u64>>> = Arc::default();
    let into = Arc::clone(&counts);
    fernway.faults().set_hook(move |seen| {
        let resource_type = seen.resource_type.clone()?;
        let is_search = !seen.path.contains(&format!("/{resource_type}/"));
        *into.lock().unwrap().entry((resource_type, is_search)).or_default() += 1;
        None
    });
    counts
}

/// Proves D11: a sync that resumes asks for what changed in the lists that it had walked to the end, by a page each, and
/// not again for what is named in them or for their files.
#[test]
fn a_resumed_sync_does_not_start_over() {
    let fernway = hospital::small_in_small_pages();
    let (start, nora) = connected(&fernway);
    let mut whole = start.copy_of_disk();
    whole.reopen();
    let first = asked_from_now_on(&fernway);
    let requests = whole.sync(&nora).unwrap().requests;
    let first = first.lock().unwrap().clone();
    let mut phone = stopped_at(&fernway, &start, &nora, requests - 2, Some(Fault::Cut { at: CutAt::Request }));
    phone.reopen();
    fernway.clear_log();
    let again = asked_from_now_on(&fernway);
    phone.sync(&nora).unwrap();
    let again = again.lock().unwrap().clone();
    for ((resource_type, is_search), count) in &again {
        // Observations are two lists. Of an empty one there is no time from which to ask for changes.
        let lists = if resource_type == "Observation" { 2 } else { 1 };
        let is_empty = fernway.store().ids(resource_type, hospital::NORA).is_empty();
        let most = match (resource_type.as_str(), is_search) {
            ("Patient", _) => 1,
            (_, true) => {
                if is_empty {
                    2 * lists
                } else {
                    lists
                }
            }
            (_, false) => 0,
        };
        assert!(*count <= most, "{count} requests for {resource_type} (search: {is_search})");
    }
    let pages = |counts: &BTreeMap<(String, bool), u64>| counts[&("DocumentReference".to_owned(), true)];
    assert!(pages(&first) >= 5 && pages(&again) == 1, "{} pages of notes, then {}", pages(&first), pages(&again));
    let is_whole_walk = |path: &str, keys: &[String]| {
        let is_search = ["DocumentReference", "Observation", "Encounter"].iter().any(|one| path.ends_with(one));
        is_search && !keys.iter().any(|key| key == "_lastUpdated")
    };
    let log = fernway.log();
    let walks: Vec<_> = log.iter().filter(|request| is_whole_walk(&request.path, &request.query_keys)).collect();
    assert!(walks.is_empty(), "walked again from the beginning: {walks:?}");
}

/// Proves D3: a link to a page that has expired by the time the sync resumes means begin again, never delete.
#[test]
fn an_expired_page_link_starts_the_walk_again() {
    let fernway = hospital::small_with(Profile { max_page_size: 3, ..Profile::default() });
    let (start, nora) = connected(&fernway);
    let requests = requests_of_a_first_sync(&start, &nora);
    for n in [4, requests / 2, requests - 2] {
        let mut phone = stopped_at(&fernway, &start, &nora, n, None);
        fernway.clock().advance(std::time::Duration::from_secs(16 * 60));
        phone.reopen();
        phone.sync(&nora).unwrap();
        assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0], "cut at request {n}");
    }
}

/// Proves D3: what the hospital changed between the cut and the sync that resumes is there when that sync ends.
#[test]
fn changes_between_the_cut_and_the_next_sync_arrive() {
    let fernway = hospital::small_in_small_pages();
    let (start, nora) = connected(&fernway);
    let requests = requests_of_a_first_sync(&start, &nora);
    // Among the last requests, when all notes have been walked.
    let phone = stopped_at(&fernway, &start, &nora, requests - 1, None);
    fernway.store().put(&hospital::note("later-1", hospital::NORA, "Written after the cut.").to_string()).unwrap();
    phone.clock.advance(3 * plainchart_tests::phone::DAY_MS);
    fernway.clock().advance(std::time::Duration::from_secs(3 * 86_400));
    phone.sync(&nora).unwrap();
    assert!(phone.find(&nora, "Written after the cut.").is_some(), "the next sync ended without it");
}
