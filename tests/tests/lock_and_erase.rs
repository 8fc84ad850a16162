//! Locked means that nothing can be had; erased means gone for good, for one person alone.

use std::sync::Arc;

use plainchart::{CancelToken, Confirmation, PersonId, PlainchartError, Quiet, Relation, SyncOptions, Window};
use plainchart_sandbox::Sandbox;
use plainchart_tests::phone::{Phone, wait};
use plainchart_tests::{chart, hospital};

fn family(fernway: &Sandbox) -> (Phone, PersonId, PersonId) {
    let phone = Phone::for_hospital(fernway);
    let nora = phone.connect(fernway, "nora", "", Relation::Own);
    let helper = phone.helper();
    let ivo = phone.connect(fernway, "nora", "ivo", helper);
    phone.sync(&nora).unwrap();
    phone.sync(&ivo).unwrap();
    (phone, nora, ivo)
}

/// Proves A13, P1: locked, every call that could tell something says so; after the unlock all is as before.
#[test]
fn locked_means_nothing_can_be_had() {
    let fernway = hospital::small();
    let (phone, nora, _) = family(&fernway);
    let notes = phone.notes(&nora);
    let note = notes.items[0].id.clone();
    let offer = phone.sign_in(&fernway, "nora", "").unwrap();
    let file = hospital::fixtures().join("records/collection.json");
    let empty = tempfile::tempdir().unwrap();
    fernway.clear_log();
    let app = phone.app();
    app.lock().unwrap();
    assert!(app.is_locked());
    let never = CancelToken::new();
    let confirmation = Confirmation { patient: hospital::NORA.into(), relation: Relation::Own, person: None };
    let beside = Confirmation { person: Some(nora.clone()), ..confirmation.clone() };
    let request = phone.request(&fernway.base());
    let import = |path, person| app.import(path, person, Arc::new(Quiet), &never).map(drop);
    let outcomes: Vec<(&str, Result<(), PlainchartError>)> = vec![
        ("people", app.people().map(drop)),
        ("person", app.person(&nora).map(drop)),
        ("find_person", app.find_person("nora").map(drop)),
        ("begin_sign_in", wait(app.begin_sign_in(&request, &never)).map(drop)),
        ("owns_callback", app.owns_callback("org.plainchart.app:/callback?state=x").map(drop)),
        ("complete_sign_in", wait(app.complete_sign_in("org.plainchart.app:/callback?state=x", &never)).map(drop)),
        ("confirm", app.confirm(&offer.id, &confirmation).map(drop)),
        ("confirm beside", app.confirm(&offer.id, &beside).map(drop)),
        ("decline", wait(app.decline(&offer.id))),
        ("sync", wait(app.sync(&nora, SyncOptions::default(), Arc::new(Quiet), &never)).map(drop)),
        ("import", import(&file, None)),
        ("import for a person", import(&file, Some(&nora))),
        ("import of nothing", import(empty.path(), None)),
        ("notes", app.notes(&nora, Window::ALL).map(drop)),
        ("notes, first page", app.notes(&nora, Window::default()).map(drop)),
        ("results", app.results(&nora, Window::ALL).map(drop)),
        ("read_note", app.read_note(&nora, &note).map(drop)),
        ("whose_note", app.whose_note(&note).map(drop)),
        ("access_log", app.access_log(&nora).map(drop)),
        ("verify_log", app.verify_log().map(drop)),
        ("sign_out", wait(app.sign_out(&nora))),
        ("doctor", app.doctor().map(drop)),
        ("erase", app.erase(&nora)),
    ];
    let otherwise: Vec<_> =
        outcomes.iter().filter(|(_, outcome)| *outcome != Err(PlainchartError::VaultLocked)).collect();
    assert!(otherwise.is_empty(), "{otherwise:?}");
    assert_eq!(hospital::asked(&fernway, "/"), 0, "a locked store makes no request");
    app.unlock().unwrap();
    assert!(!app.is_locked());
    assert_eq!(phone.notes(&nora).total, notes.total);
    app.read_note(&nora, &note).unwrap();
    phone.sync(&nora).unwrap();
}

/// Proves A13: locking while a sync runs ends it, and no further request is made.
#[test]
fn locking_ends_a_sync_that_runs() {
    let fernway = hospital::small_in_small_pages();
    let phone = Phone::for_hospital(&fernway);
    let nora = phone.connect(&fernway, "nora", "", Relation::Own);
    for n in [1, 3, 5, 8] {
        let app = phone.app().clone();
        let count = hospital::at_request(&fernway, n, move |_| {
            app.lock().unwrap();
            None
        });
        assert_eq!(phone.sync(&nora).unwrap_err(), PlainchartError::VaultLocked, "locked at request {n}");
        let made = count.load(std::sync::atomic::Ordering::SeqCst);
        // Two bodies may be on their way at once.
        assert!(made <= n + 1, "{made} requests, locked at the {n}th");
        fernway.faults().clear();
        phone.app().unlock().unwrap();
    }
    phone.sync(&nora).unwrap();
}

/// Proves V2, P1: erasing one person leaves the others whole, and nothing of the erased one can be read again.
#[test]
fn erasing_one_person_leaves_the_others() {
    let fernway = hospital::small();
    let (mut phone, nora, ivo) = family(&fernway);
    let note = phone.notes(&nora).items.remove(0).id;
    phone.app().erase(&nora).unwrap();
    for when in ["at once", "after a restart"] {
        for outcome in [
            phone.app().notes(&nora, Window::ALL).map(drop),
            phone.app().results(&nora, Window::ALL).map(drop),
            phone.app().read_note(&nora, &note).map(drop),
            phone.app().whose_note(&note).map(drop),
            phone.app().person(&nora).map(drop),
            phone.sync(&nora).map(drop),
        ] {
            assert_eq!(outcome, Err(PlainchartError::NotFound), "{when}");
        }
        assert_eq!(phone.app().people().unwrap().len(), 1, "{when}");
        assert!(phone.find(&ivo, "sports physical").is_some(), "{when}");
        phone.sync(&ivo).unwrap();
        phone.reopen();
    }
    assert!(phone.app().doctor().unwrap().sound);
    // Connected again, it is whole again.
    let again = phone.connect(&fernway, "nora", "", Relation::Own);
    phone.sync(&again).unwrap();
    assert_eq!(chart::differences(&mut phone, &again, &fernway, hospital::NORA), [""; 0]);
}

/// Proves V2: after erasing, an older copy of the disk opens nothing of the chart: its share is gone from the keystore.
#[test]
fn an_older_copy_of_the_disk_opens_nothing_that_was_erased() {
    let fernway = hospital::small();
    let (mut phone, nora, ivo) = family(&fernway);
    let charts = chart::charts(&phone, &nora);
    phone.close();
    let old = phone.copy_of_disk();
    phone.reopen();
    phone.app().erase(&nora).unwrap();
    phone.close();
    // The copied store with the keystore as it is now.
    std::fs::copy(phone.home().join("keystore"), old.home().join("keystore")).unwrap();
    let (vault, _) = plainchart_vault::Vault::open(old.folder(), old.keystore()).unwrap();
    for chart in charts {
        for class in 0..=63 {
            let scope = plainchart_vault::Scope { chart, class: plainchart_vault::Class(class) };
            let mut rows = 0;
            let _ = vault.for_each_row(scope, plainchart_vault::Tree(1), &mut |_, _| rows += 1);
            assert_eq!(rows, 0);
        }
    }
    drop(vault);
    let mut old = old;
    old.reopen();
    assert!(old.find(&ivo, "sports physical").is_some(), "the other chart is whole");
}

/// Proves V2: erasing while another chart syncs and is read disturbs neither.
#[test]
fn erasing_while_another_chart_is_in_use() {
    let fernway = hospital::small_in_small_pages();
    let (mut phone, nora, ivo) = family(&fernway);
    let (app, victim) = (phone.app().clone(), ivo.clone());
    let erased = hospital::at_request(&fernway, 4, move |_| {
        app.erase(&victim).unwrap();
        None
    });
    phone.sync_full(&nora).unwrap();
    assert!(erased.load(std::sync::atomic::Ordering::SeqCst) >= 4);
    fernway.faults().clear();
    assert_eq!(phone.app().notes(&ivo, Window::ALL).unwrap_err(), PlainchartError::NotFound);
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
}

/// Proves V2: erasing a chart while it syncs: the sync ends, and nothing of it comes back.
#[test]
fn erasing_a_chart_while_it_syncs() {
    for n in [1, 3, 6] {
        let fernway = hospital::small_in_small_pages();
        let (mut phone, nora, ivo) = family(&fernway);
        let (app, victim) = (phone.app().clone(), nora.clone());
        hospital::at_request(&fernway, n, move |_| {
            app.erase(&victim).unwrap();
            None
        });
        let error = phone.sync_full(&nora).unwrap_err();
        assert_eq!(error, PlainchartError::NotFound, "erased at request {n}");
        fernway.faults().clear();
        for _ in 0..2 {
            let people = phone.app().people().unwrap();
            assert_eq!(people.len(), 1, "erased at request {n}");
            assert_eq!(people[0].id, ivo.to_string());
            phone.reopen();
        }
        let opened = phone.app().doctor().unwrap();
        assert!(opened.sound, "erased at request {n}: {:?}", opened.remarks);
        let again = phone.connect(&fernway, "nora", "", Relation::Own);
        phone.sync(&again).unwrap();
        assert_eq!(chart::differences(&mut phone, &again, &fernway, hospital::NORA), [""; 0]);
    }
}
