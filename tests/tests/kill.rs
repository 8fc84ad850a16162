//! A process that is killed in the middle of a sync: no destructor runs, nothing is flushed.

use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use plainchart::{Clock, PersonId, Relation};
use plainchart_sandbox::{CutAt, Fault, Profile, Sandbox};
use plainchart_tests::phone::Phone;
use plainchart_tests::{chart, hospital};

fn child(phone: &Phone, person: &PersonId) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sync-and-die"));
    command.arg(phone.home()).arg(person.to_string()).arg((phone.clock.wall_ms() + 1000).to_string());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// Lets a process of its own sync, and kills it at its n-th request. True if it was killed.
fn killed_at(fernway: &Sandbox, phone: &mut Phone, person: &PersonId, n: u64) -> bool {
    phone.close();
    let running: Arc<Mutex<Option<Child>>> = Arc::default();
    let victim = Arc::clone(&running);
    hospital::at_request(fernway, n, move |_| {
        let mut victim = victim.lock().unwrap();
        let child = victim.as_mut()?;
        child.kill().unwrap();
        child.wait().unwrap();
        Some(Fault::Cut { at: CutAt::Answer })
    });
    let mut slot = running.lock().unwrap();
    *slot = Some(child(phone, person).spawn().unwrap());
    drop(slot);
    let status = loop {
        // Not waited for under the lock: the one who kills it needs it.
        if let Some(status) = running.lock().unwrap().as_mut().unwrap().try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    };
    fernway.faults().clear();
    status.code().is_none()
}

/// Proves D3, D11, V3: killed at any of these requests, the next start goes on and the chart is the hospital's.
#[test]
fn killed_in_the_middle_of_a_sync() {
    let fernway = hospital::small_in_small_pages();
    let mut start = Phone::for_hospital(&fernway);
    let nora = start.connect(&fernway, "nora", "", Relation::Own);
    start.close();
    for n in [1, 2, 4, 6, 9, 13, 17] {
        let mut phone = start.copy_of_disk();
        assert!(killed_at(&fernway, &mut phone, &nora, n), "killed at request {n}");
        phone.reopen();
        assert!(phone.notes(&nora).person == nora.to_string());
        phone.sync(&nora).unwrap();
        assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0], "killed at request {n}");
        assert!(phone.app().doctor().unwrap().sound, "killed at request {n}");
    }
}

/// Proves D11, V3: killed again and again after few requests, each start gets further, until everything is here.
#[test]
fn killed_again_and_again() {
    let fernway = hospital::small_in_small_pages();
    let mut phone = Phone::for_hospital(&fernway);
    let nora = phone.connect(&fernway, "nora", "", Relation::Own);
    let mut left = usize::MAX;
    for kills in 1.. {
        assert!(killed_at(&fernway, &mut phone, &nora, 5));
        let mut copy = phone.copy_of_disk();
        copy.reopen();
        left = chart::differences(&mut copy, &nora, &fernway, hospital::NORA).len().min(left);
        if left == 0 {
            assert!(kills > 2, "a kill that came too late proves nothing");
            return;
        }
        assert!(
            kills < 45,
            "it never gets further: {left} are missing {:?}",
            chart::differences(&mut copy, &nora, &fernway, hospital::NORA)
        );
    }
}

/// Proves A6: killed while a refresh is under way, the same token is sent once more at the next start.
#[test]
fn killed_in_the_middle_of_a_refresh() {
    for grace in [true, false] {
        let refresh_reuse_grace = grace.then_some(std::time::Duration::from_secs(60));
        let fernway = hospital::small_with(Profile { refresh_reuse_grace, ..Profile::default() });
        let mut phone = Phone::for_hospital(&fernway);
        let nora = phone.connect(&fernway, "nora", "", Relation::Own);
        phone.sync(&nora).unwrap();
        let notes = phone.notes(&nora).total;
        // By the phone's clock the access token has run out: its first request is the refresh.
        phone.clock.advance(3_600_000);
        assert!(killed_at(&fernway, &mut phone, &nora, 1));
        fernway.clear_log();
        phone.reopen();
        let synced = phone.sync(&nora);
        assert_eq!(hospital::asked(&fernway, "/oauth2/token"), 1, "once more, not again and again");
        match grace {
            true => assert!(synced.is_ok(), "{synced:?}"),
            false => assert_eq!(synced.unwrap_err().code(), "sign_in_required.expired"),
        }
        assert_eq!(phone.notes(&nora).total, notes, "the chart stays readable");
    }
}
