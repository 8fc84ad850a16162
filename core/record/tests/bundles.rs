//! Bundles: pages, downloads, broken ones (D7, D8, D10).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_record::bundle::{BundleKind, EntryProblem, LinkRelation, SearchMode};
use plainchart_record::reference::Target;
use plainchart_record::{JsonLimits, RecordError, Subject, check, read_bundle, read_header, salvage_bundle};
use proptest::prelude::*;

const SEARCHSET: &str = include_str!("fixtures/searchset.json");
const TRANSACTION: &str = include_str!("fixtures/transaction.json");
const CREATININE: &str = include_str!("fixtures/creatinine.json");
const NOTE: &str = include_str!("fixtures/progress-note.json");

/// Proves D8: each resource is handed on exactly as it stands in the page.
#[test]
fn resources_are_exact_slices() {
    let bundle = read_bundle(SEARCHSET).unwrap();
    assert_eq!(bundle.entries[0].raw, Some(CREATININE.trim()));
    assert_eq!(bundle.entries[1].raw, Some(NOTE.trim()));
    for entry in &bundle.entries {
        assert!(SEARCHSET.contains(entry.entry_raw));
    }
}

/// Proves D7: a bad entry is reported by itself and the others land.
#[test]
fn bad_entries_are_reported_one_by_one() {
    let bundle = read_bundle(SEARCHSET).unwrap();
    let problems: Vec<_> = bundle.entries.iter().map(|entry| entry.problem).collect();
    let entry = Some(EntryProblem::EntryNotAnObject);
    let resource = Some(EntryProblem::ResourceNotAnObject);
    assert_eq!(problems, [None, None, entry, resource, None, None]);
    let two = read_bundle(r#"{"resourceType":"Bundle","entry":[{"resource":{"a":1},"resource":{"a":2}}]}"#).unwrap();
    assert_eq!(two.entries[0].problem, Some(EntryProblem::TwoResources));
}

/// Proves D3: links, modes and total are read; a link without an address is absent.
#[test]
fn a_page_tells_where_it_goes_on() {
    let bundle = read_bundle(SEARCHSET).unwrap();
    assert_eq!((bundle.kind, bundle.total), (BundleKind::Searchset, Some(41)));
    assert_eq!(bundle.link(LinkRelation::Next), Some("https://lakeside.example/fhir?_getpages=a%2Fb&p=2"));
    assert_eq!(bundle.link(LinkRelation::Previous), Some("?p=0"));
    assert_eq!(bundle.link(LinkRelation::Last), None);
    let modes: Vec<_> = bundle.entries.iter().map(|entry| entry.mode).collect();
    use SearchMode::{Include, Match, NotGiven, Outcome};
    assert_eq!(modes, [Match, Include, NotGiven, NotGiven, Outcome, NotGiven]);
}

/// Proves A9: within a transaction the subject is found by the `fullUrl` of the patient's entry.
#[test]
fn urn_references_meet_their_entry() {
    let bundle = read_bundle(TRANSACTION).unwrap();
    assert_eq!(bundle.kind, BundleKind::Transaction);
    let patient = Target::parse(bundle.entries[0].full_url.as_deref().unwrap());
    let Subject::Of(subjects) = read_header(bundle.entries[1].raw.unwrap()).unwrap().subject else { panic!("has one") };
    assert!(subjects[0].target.same_target(&patient, "https://anywhere.example"));
    assert_eq!((bundle.entries[2].raw, bundle.entries[2].request_method.as_deref()), (None, Some("DELETE")));
}

/// Proves D7: a Bundle may hold nothing, or one entry without its array; another resource is no Bundle.
#[test]
fn odd_bundles_are_read_and_others_refused() {
    assert!(read_bundle(r#"{"resourceType":"Bundle"}"#).unwrap().entries.is_empty());
    assert!(read_bundle(r#"{"resourceType":"Bundle","entry":null,"total":"x"}"#).unwrap().total.is_none());
    let lone = r#"{"resourceType":"Bundle","entry":{"resource":{"resourceType":"Patient"}}}"#;
    assert_eq!(read_bundle(lone).unwrap().entries.len(), 1);
    let twice = r#"{"resourceType":"Bundle","entry":[{}],"entry":[{},{}]}"#;
    assert_eq!(read_bundle(twice).unwrap().entries.iter().map(|e| e.index).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(read_bundle(CREATININE).err(), Some(RecordError::UnexpectedType { expected: "Bundle" }));
    assert_eq!(read_bundle("[]").err(), Some(RecordError::NotAnObject));
    assert_eq!(read_bundle("{}").err(), Some(RecordError::NoResourceType));
}

/// Proves D7, D10: wherever a Bundle is cut, the cut is noticed, and exactly the entries that were whole are saved.
#[test]
fn every_cut_is_noticed_and_whole_entries_are_saved() {
    for text in [SEARCHSET, TRANSACTION] {
        let text = text.trim_end();
        let whole = read_bundle(text).unwrap();
        let ends: Vec<usize> = whole
            .entries
            .iter()
            .map(|e| e.entry_raw.as_bytes().as_ptr_range().end as usize - text.as_ptr() as usize)
            .collect();
        let list = text.find("\"entry\":[").unwrap() + "\"entry\":[".len();
        for cut in 0..text.len() {
            let part = &text.as_bytes()[..cut];
            assert_eq!(check(part, &JsonLimits::PAGE), Err(RecordError::Truncated), "cut at {cut}");
            let saved = salvage_bundle(part, &JsonLimits::PAGE);
            if cut < list {
                assert!(saved.is_err(), "cut at {cut}");
                continue;
            }
            let saved = saved.unwrap();
            let expected = ends.iter().filter(|end| **end <= cut).count();
            assert!(saved.entries == whole.entries[..expected], "cut at {cut}");
            let rest_from = if expected == 0 { 0 } else { ends[expected - 1] };
            assert_eq!(saved.unreadable, &part[rest_from..], "cut at {cut}");
        }
    }
}

/// Proves D7: salvage is for broken Bundles only, and trusts no value at the very break.
#[test]
fn salvage_takes_only_what_is_whole() {
    let limits = JsonLimits::PAGE;
    assert_eq!(salvage_bundle(TRANSACTION.as_bytes(), &limits).err(), Some(RecordError::NotJson));
    assert!(salvage_bundle(br#"{"resourceType":"Patient","entry":[{}"#, &limits).is_err());
    assert!(salvage_bundle(br#"[{"#, &limits).is_err());
    let cut_kind = salvage_bundle(br#"{"entry":[{"resource":{"a":1}}],"type":"batch"#, &limits).unwrap();
    assert_eq!((cut_kind.kind, cut_kind.entries.len()), (BundleKind::Other, 1));
    let marked = b"\xef\xbb\xbf{\"entry\":[{\"resource\":{}},{\"x\":\"\xc3";
    assert_eq!(salvage_bundle(marked, &limits).unwrap().unreadable, b",{\"x\":\"\xc3");
    let deep = format!("{{\"entry\":[{{}},{}", "[".repeat(1000));
    assert_eq!(salvage_bundle(deep.as_bytes(), &limits).err(), Some(RecordError::TooDeep { limit: limits.max_depth }));
}

proptest! {
    /// Proves D10: no bytes make the checks or the readers fail in another way than by a typed error.
    #[test]
    fn any_damage_is_a_typed_answer(
        at in 0..SEARCHSET.len(), with in proptest::collection::vec(any::<u8>(), 0..6), drop in 0..40_usize
    ) {
        let mut bytes = SEARCHSET.as_bytes().to_vec();
        let end = (at + drop).min(bytes.len());
        bytes.splice(at..end, with);
        match check(&bytes, &JsonLimits::PAGE) {
            Ok(text) => if let Ok(bundle) = read_bundle(text) {
                for entry in bundle.entries {
                    prop_assert!(text.contains(entry.entry_raw));
                    let _ = entry.raw.map(read_header);
                }
            },
            Err(_) => if let Ok(saved) = salvage_bundle(&bytes, &JsonLimits::PAGE) {
                prop_assert!(bytes.ends_with(saved.unreadable));
            },
        }
    }
}
