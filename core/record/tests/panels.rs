//! Panels: order, members under their parent, nothing twice, what is missing said (R1).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_record::duplicate::{ResultFacts, newer_versions};
use plainchart_record::panel::{Member, Places, Row, Shown, arrange};
use plainchart_record::{Analyte, DiagnosticReport, Observation, Reference, Target};
use proptest::prelude::*;

fn here(places: &[usize]) -> Vec<Member> {
    places.iter().map(|place| Member::Here(*place)).collect()
}

fn rows(rows: &[Row]) -> Vec<String> {
    let text = |row: &Row| {
        let what = match &row.shown {
            Shown::Result(at) => at.to_string(),
            Shown::Elsewhere(at) => format!("see {at}"),
            Shown::NotShared { name } => format!("missing {}", name.as_deref().unwrap_or("?")),
        };
        format!("{}{what}", "-".repeat(row.depth))
    };
    rows.iter().map(text).collect()
}

fn arranged(reports: &[&[usize]], results: &[&[usize]]) -> Vec<(Option<usize>, Vec<String>)> {
    let reports: Vec<_> = reports.iter().map(|named| here(named)).collect();
    let results: Vec<_> = results.iter().map(|members| here(members)).collect();
    let newer = vec![None; results.len()];
    arrange(&reports, &results, &newer).iter().map(|group| (group.report, rows(&group.rows))).collect()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Proves R1: the report gives the order; what is named beside its parent stands under the parent alone.
#[test]
fn a_report_gives_the_order() {
    // A panel (3) whose members (0, 1) the report names as well, and a result of no report (4).
    assert_eq!(
        arranged(&[&[2, 0, 1, 3]], &[&[], &[], &[], &[1, 0], &[]]),
        [(Some(0), texts(&["2", "3", "-1", "-0"])), (None, texts(&["4"]))]
    );
}

/// Proves R1: what two name is shown under the first and referred to from the second.
#[test]
fn two_parents_show_it_once() {
    assert_eq!(
        arranged(&[&[0, 1], &[1, 2]], &[&[], &[], &[0]]),
        [(Some(0), texts(&["0", "1"])), (Some(1), texts(&["see 1", "2", "-see 0"]))]
    );
    assert_eq!(arranged(&[], &[&[2, 2], &[2], &[]]), [(None, texts(&["0", "-2"])), (None, texts(&["1", "-see 2"]))]);
}

/// Proves R1, D10: circles and results that name themselves end, and each still shows.
#[test]
fn circles_end() {
    assert_eq!(arranged(&[], &[&[0]]), [(None, texts(&["0"]))]);
    assert_eq!(arranged(&[&[1, 0]], &[&[1], &[0]]), [(Some(0), texts(&["1", "-0", "--see 1"]))]);
    assert_eq!(arranged(&[], &[&[1], &[2], &[0]]), [(None, texts(&["0", "-1", "--2", "---see 0"]))]);
    let deep: Vec<Vec<Member>> = (1..=10_000).map(|next| here(&[next])).chain([Vec::new()]).collect();
    let groups = arrange(&[], &deep, &[]);
    assert_eq!((groups.len(), groups[0].rows.len()), (1, 10_001));
    assert!(groups[0].rows.iter().all(|row| row.depth <= 8));
}

/// Proves R1: a corrected result stands where its older version was named, once.
#[test]
fn the_newer_version_takes_the_place() {
    let groups = arrange(&[here(&[0, 1]), here(&[2])], &[vec![], vec![], vec![]], &[Some(2), None, None]);
    assert_eq!(rows(&groups[0].rows), ["2", "1"]);
    assert_eq!((rows(&groups[1].rows), groups.len()), (texts(&["see 2"]), 2));
}

/// Proves R1: two results with one order's number are versions of one another only if something says so.
#[test]
fn likeness_alone_makes_no_version() {
    let result = |status: &str, issued: &str, more: &str| {
        let raw = format!(
            r#"{{"resourceType":"Observation","status":"{status}","issued":"{issued}","effectiveDateTime":"2026-01-01",
            "identifier":[{{"system":"urn:order","value":"7"}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"85354-9"}}]}}{more}}}"#
        );
        Observation::read(&raw).unwrap()
    };
    let versions = |pair: [&Observation; 2], sources: [&str; 2]| {
        let analyte = Analyte::Loinc("85354-9".into());
        let facts: Vec<ResultFacts<'_>> =
            (0..2).map(|at| ResultFacts::of(pair[at], ["x", "y"][at], sources[at], Some(&analyte))).collect();
        newer_versions(&facts)
    };
    let value = r#","valueQuantity":{"value":5}"#;
    let (early, late) = (result("final", "2026-01-02", ""), result("final", "2026-01-03", ""));
    assert_eq!(versions([&early, &late], ["a", "a"]), [None, None]);
    let (early, late) = (result("final", "2026-01-02", value), result("final", "2026-01-03", value));
    assert_eq!(versions([&late, &early], ["a", "a"]), [None, Some(0)]);
    assert_eq!(versions([&late, &early], ["a", "b"]), [None, None]);
    let corrected = result("corrected", "2026-01-03", r#","valueQuantity":{"value":6}"#);
    assert_eq!(versions([&early, &corrected], ["a", "a"]), [Some(1), None]);
}

fn reference(text: &str) -> Reference {
    Reference::to(text)
}

/// Proves R1: references lead to results by any address of theirs; those that lead nowhere are told by name.
#[test]
fn references_find_their_results() {
    let base = "https://h.example/fhir";
    let mut places = Places::new(base);
    places.add(0, &Target::parse("Observation/a"), None);
    places.add(1, &Target::parse("urn:uuid:0C1D"), None);
    let report = Target::parse("DiagnosticReport/r");
    places.add(2, &Target::parse("#inside"), Some(&report));
    let observation =
        Observation::read(r#"{"resourceType":"Observation","identifier":[{"system":"s","value":"9"}]}"#).unwrap();
    places.add_identifier(3, &observation.identifiers[0]);
    let find = |text: &str| places.find(&reference(text), Some(&report));
    for (text, place) in [
        ("Observation/a", 0),
        ("Observation/a/_history/3", 0),
        ("https://h.example/fhir/Observation/a", 0),
        ("http://h.example/fhir/Observation/a", 0),
        ("urn:uuid:0c1d", 1),
        ("#inside", 2),
        ("Observation?identifier=s|9", 3),
    ] {
        assert!(find(text) == Member::Here(place), "{text}");
    }
    for text in
        ["Observation/b", "https://other.example/fhir/Observation/a", "urn:uuid:1", "Observation?identifier=t|9", "?"]
    {
        assert!(matches!(find(text), Member::NotShared { .. }), "{text}");
    }
    assert!(matches!(
        places.find(&reference("#inside"), Some(&Target::parse("DiagnosticReport/s"))),
        Member::NotShared { .. }
    ));

    let raw = r#"{"resourceType":"DiagnosticReport","result":[{"reference":"Observation/gone","display":"Sodium"},
        {"reference":"Observation/a"},{"reference":"Observation/gone"},{"identifier":{"system":"s","value":"9"}},
        {"reference":"Observation/gone","display":"Sodium"},{"display":"Zinc"},{"display":"Iron"}]}"#;
    let named: Vec<Member> =
        DiagnosticReport::read(raw).unwrap().results.iter().map(|one| places.find(one, None)).collect();
    let groups = arrange(&[named], &vec![vec![]; 4], &[]);
    assert_eq!(rows(&groups[0].rows), ["missing Sodium", "0", "3", "missing Zinc", "missing Iron"]);
}

fn graph() -> impl Strategy<Value = (Vec<Vec<usize>>, Vec<Vec<usize>>)> {
    (1_usize..9).prop_flat_map(|count| {
        let members = prop::collection::vec(prop::collection::vec(0..count + 1, 0..5), count);
        (prop::collection::vec(prop::collection::vec(0..count + 1, 0..6), 0..4), members)
    })
}

proptest! {
    /// Proves R1: whatever the references say, each result has one line of its own, and none is lost.
    #[test]
    fn each_result_once((reports, results) in graph()) {
        let count = results.len();
        let members = |lists: &[Vec<usize>]| lists.iter().map(|list| here(list)).collect::<Vec<_>>();
        let groups = arrange(&members(&reports), &members(&results), &vec![None; count]);
        let shown = groups.iter().flat_map(|group| &group.rows).filter_map(|row| match row.shown {
            Shown::Result(at) => Some(at),
            _ => None,
        });
        let mut places: Vec<usize> = shown.collect();
        places.sort_unstable();
        prop_assert_eq!(places, (0..count).collect::<Vec<_>>());
        // A line under another is one of its members, and every member of a shown result has a line.
        for group in &groups {
            for (at, row) in group.rows.iter().enumerate().filter(|(_, row)| row.depth > 0) {
                let parent = group.rows[..at].iter().rev().find(|before| before.depth < row.depth).unwrap();
                let Shown::Result(parent) = parent.shown else { panic!("a parent is a result") };
                let own = match row.shown {
                    Shown::Result(own) | Shown::Elsewhere(own) => own,
                    Shown::NotShared { .. } => count,
                };
                prop_assert!(results[parent].contains(&own));
            }
        }
    }

    /// Proves R1, D10: links to newer versions that make no sense lose no result either.
    #[test]
    fn strange_versions_lose_nothing(newer in prop::collection::vec(prop::option::of(0_usize..6), 5)) {
        let groups = arrange(&[], &vec![vec![]; 5], &newer);
        let stands = |at: usize| newer[at].is_none_or(|next| next >= 5 || newer[next].is_some());
        prop_assert_eq!(groups.len(), (0..5).filter(|at| stands(*at)).count());
    }
}
