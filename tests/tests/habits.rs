//! The habits in which real servers differ: in the end the chart is the hospital's, whatever they are.

use plainchart::{PersonId, Relation};
use plainchart_sandbox::{Paging, Permission, Profile, Sandbox, Total, UnknownParameter, Writing};
use plainchart_tests::phone::Phone;
use plainchart_tests::{chart, hospital};

fn connected(fernway: &Sandbox) -> (Phone, PersonId) {
    let phone = Phone::for_hospital(fernway);
    let nora = phone.connect(fernway, "nora", "", Relation::Own);
    (phone, nora)
}

/// Changes one resource of each type, adds one, deletes one; then two syncs must bring it all.
fn follows_changes(name: &str, profile: Profile) {
    let absolute = profile.references == Writing::Absolute;
    let fernway = hospital::small_with(Profile { max_page_size: 3, ..profile });
    let (mut phone, nora) = connected(&fernway);
    phone.sync(&nora).unwrap();
    let whole = |phone: &mut Phone, when: &str| {
        // With absolute references the text differs from the store's by design; the counts tell enough.
        let found = chart::differences(phone, &nora, &fernway, hospital::NORA);
        let found: Vec<_> = found.into_iter().filter(|one| !(absolute && one.contains("another text"))).collect();
        assert_eq!(found, [""; 0], "{name}, {when}");
    };
    whole(&mut phone, "first sync");
    let store = fernway.store();
    let changed = store.ids("Observation", hospital::NORA).remove(0);
    hospital::change(&fernway, "Observation", &changed, |result| result["status"] = "amended".into());
    let changed = hospital::note_titled(&fernway, hospital::NORA, "Telephone call");
    hospital::change(&fernway, "DocumentReference", &changed, |note| note["docStatus"] = "amended".into());
    store.put(&hospital::note("added-1", hospital::NORA, "Added later.").to_string()).unwrap();
    store.put(&hospital::result("added-2", hospital::NORA, "0.80")).unwrap();
    phone.sync(&nora).unwrap();
    whole(&mut phone, "after changes");
    let gone = store.ids("Observation", hospital::NORA).pop().unwrap();
    store.delete("Observation", &gone);
    let report = phone.sync_full(&nora).unwrap();
    assert_eq!(report.types.iter().map(|kind| kind.withdrawn).sum::<u64>(), 1, "{name}");
    whole(&mut phone, "after a deletion");
    let problems = |person: &PersonId, phone: &Phone| {
        let (notes, results) = (phone.notes(person).sources, phone.results(person).sources);
        notes.into_iter().chain(results).filter_map(|source| source.problem).collect::<Vec<_>>()
    };
    assert_eq!(problems(&nora, &phone), [""; 0], "{name}: nothing is missing, so nothing is said to be");
}

/// Proves D3: without `_lastUpdated` every walk is a full one, compared by id and version.
#[test]
fn without_last_updated() {
    follows_changes("no _lastUpdated", Profile { honours_last_updated: false, ..Profile::default() });
}

/// Proves D3: without `_sort` no walk is taken for an ascending one.
#[test]
fn without_sort() {
    follows_changes("no _sort", Profile { honours_sort: false, ..Profile::default() });
}

/// Proves D3: with neither, and with `_count` ignored too.
#[test]
fn without_any_of_them() {
    let profile = Profile {
        honours_sort: false,
        honours_last_updated: false,
        honours_count: false,
        page_size: 4,
        total: Total::Never,
        ..Profile::default()
    };
    follows_changes("nothing honoured", profile);
}

/// Proves D3: a server that answers 400 to what it does not know is asked in a plainer way.
#[test]
fn a_server_that_refuses_what_it_does_not_know() {
    let profile = Profile {
        unknown_parameter: UnknownParameter::Refused,
        honours_sort: false,
        honours_last_updated: false,
        honours_count: false,
        ..Profile::default()
    };
    follows_changes("refuses the unknown", profile);
    follows_changes(
        "ignores the unknown",
        Profile { unknown_parameter: UnknownParameter::Ignored, honours_sort: false, ..Profile::default() },
    );
}

/// Proves D3, D6: a server that wants a category is asked with one, and the list is not said to be incomplete.
#[test]
fn a_server_that_wants_a_category() {
    let requires_category = vec!["DocumentReference".to_owned(), "Observation".to_owned()];
    follows_changes("category required", Profile { requires_category, ..Profile::default() });
}

/// Proves D1, D3: the total on the last page only, or never; relative and absolute references; no compression; staff,
/// places and medicines that may not be read do not come, and the rest does.
#[test]
fn smaller_habits() {
    follows_changes("total at the end", Profile { total: Total::LastPage, ..Profile::default() });
    follows_changes("absolute references", Profile { references: Writing::Absolute, ..Profile::default() });
    follows_changes("no gzip", Profile { gzip: false, ..Profile::default() });
    follows_changes("scopes of version 1", Profile { permission: Permission::V1, ..Profile::default() });
    follows_changes("types not readable", Profile { shared_types_readable: false, ..Profile::default() });
}

/// Proves D3: offset paging without changes on the way.
#[test]
fn offset_paging() {
    follows_changes("offset paging", Profile { paging: Paging::Offset, ..Profile::default() });
}

/// Proves D3: offset paging while the hospital changes a record: the one that slips past a page's edge still comes, with
/// this sync where there is an order, with the next one where there is none.
#[test]
fn offset_paging_while_the_hospital_writes() {
    for honours_sort in [true, false] {
        let profile = Profile { paging: Paging::Offset, max_page_size: 2, honours_sort, ..Profile::default() };
        let fernway = hospital::small_with(profile);
        let (mut phone, nora) = connected(&fernway);
        // A long past: what slips through is far older than the overlap of a second pass.
        fernway.clock().advance(std::time::Duration::from_secs(86_400));
        phone.clock.advance(plainchart_tests::phone::DAY_MS);
        let store = fernway.store();
        let (asked, done) = (std::sync::atomic::AtomicU64::new(0), store.clone());
        // The note on the first page: the oldest in order of time, the newest without an order.
        let first = if honours_sort { "2024-02-02" } else { "2026-04-01" };
        let busy = hospital::note_of_day(&fernway, hospital::NORA, first);
        fernway.faults().set_hook(move |seen| {
            let is_notes = seen.resource_type.as_deref() == Some("DocumentReference");
            if is_notes && asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 1 {
                let text = done.get("DocumentReference", &busy)?;
                match honours_sort {
                    // Moves from the front to the end: everything behind it moves up by one.
                    true => drop(done.put(&text)),
                    // Newest first: a deletion on the first page pulls the rest up.
                    false => drop(done.delete("DocumentReference", &busy)),
                }
            }
            None
        });
        phone.sync(&nora).unwrap();
        fernway.faults().clear();
        if !honours_sort {
            // Without an order every sync walks everything: the next one closes the gap.
            phone.sync(&nora).unwrap();
        }
        let found = chart::differences(&mut phone, &nora, &fernway, hospital::NORA);
        let missing: Vec<_> = found.iter().filter(|one| one.contains("missing")).collect();
        assert!(missing.is_empty(), "sorted: {honours_sort}: {missing:?}");
    }
}

/// Proves D3: what changes at the hospital in the middle of a walk over snapshots is there at its end.
#[test]
fn a_change_in_the_middle_of_a_walk() {
    let fernway = hospital::small_in_small_pages();
    let (mut phone, nora) = connected(&fernway);
    let (store, asked) = (fernway.store(), std::sync::atomic::AtomicU64::new(0));
    let busy = hospital::note_titled(&fernway, hospital::NORA, "Telephone call");
    fernway.faults().set_hook(move |seen| {
        let is_notes = seen.resource_type.as_deref() == Some("DocumentReference");
        if is_notes && asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 2 {
            let text = store.get("DocumentReference", &busy)?.replace("\"final\"", "\"amended\"");
            store.put(&text).ok()?;
            store.put(&hospital::note("mid-1", hospital::NORA, "Written meanwhile.").to_string()).ok()?;
        }
        None
    });
    phone.sync(&nora).unwrap();
    fernway.faults().clear();
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
}

/// Proves D5: never more than two requests to a hospital at a time.
#[test]
fn two_requests_at_a_time_at_most() {
    let fernway = hospital::small();
    let (phone, nora) = connected(&fernway);
    fernway.clear_log();
    fernway.faults().add(plainchart_sandbox::Rule::new(plainchart_sandbox::Fault::Latency { ms: 5 }));
    phone.sync(&nora).unwrap();
    let most = fernway.most_requests_at_once();
    assert!(most <= 2, "{most}");
}
