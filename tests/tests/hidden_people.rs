//! Lakeside's people whose care is private in part, read by those who help them (N4).

use std::collections::BTreeMap;

use plainchart::{Basis, Clock, Relation, SystemClock};
use plainchart_sandbox::{Sandbox, SandboxOptions};
use plainchart_tests::phone::{DAY_MS, Phone};
use plainchart_tests::way::{way, without_sizes};
use plainchart_tests::{chart, shown};

/// One of Lakeside's people, read by a proxy.
struct Case {
    reader: &'static str,
    person: &'static str,
    patient: &'static str,
    basis: Basis,
    /// Must not exist for this proxy.
    closed: &'static [&'static str],
    /// Must.
    open: &'static [&'static str],
}

const IMOGEN: Case = Case {
    reader: "winifred",
    person: "imogen",
    patient: "lk-5240",
    basis: Basis::Helper,
    closed: &[
        "Encounter/lk-enc-82062",
        "Condition/lk-cond-5240-01",
        "Condition/lk-cond-5240-02",
        "Condition/lk-cond-5240-04",
        "MedicationRequest/lk-med-5240-01",
        "MedicationRequest/lk-med-5240-04",
        "ServiceRequest/lk-sr-5240-01",
        "Observation/lk-obs-5240-phq-20250311",
        "Observation/lk-obs-5240-phq-20260915",
        "Observation/lk-obs-5240-etoh",
        "CareTeam/lk-ct-5240-01",
        "DocumentReference/lk-doc-5240-01",
        "DocumentReference/lk-doc-5240-02",
        "DocumentReference/lk-doc-5240-05",
        "DocumentReference/lk-doc-5240-06",
        "DocumentReference/lk-doc-5240-09",
        "DocumentReference/lk-doc-5240-10",
        "DocumentReference/lk-doc-5240-11",
    ],
    open: &["Condition/lk-cond-5240-03", "DocumentReference/lk-doc-5240-08"],
};

const MATEO: Case = Case {
    reader: "rosa",
    person: "mateo",
    patient: "lk-3118",
    basis: Basis::Helper,
    closed: &[
        "DocumentReference/d713dfa692b15de784497",
        "DiagnosticReport/lk-rep-3118-15",
        "DocumentReference/lk-doc-3118-14",
        "Encounter/lk-enc-63204",
        "Condition/lk-cond-3118-05",
        "ServiceRequest/lk-sr-3118-01",
        "Observation/lk-obs-3118-ct",
        "Observation/lk-obs-3118-hiv",
        "MedicationRequest/lk-med-3118-03",
        "DiagnosticReport/lk-rep-3118-16",
    ],
    open: &[],
};

/// A child of 9: her mother sees all but violence.
const LUCIA: Case = Case {
    reader: "rosa",
    person: "lucia",
    patient: "lk-4127",
    basis: Basis::Parent,
    closed: &["Condition/lk-cond-4127-04", "DocumentReference/lk-doc-4127-07"],
    open: &["Condition/lk-cond-4127-01", "DocumentReference/lk-doc-4127-09", "DiagnosticReport/lk-doc-4127-03"],
};

fn lakeside() -> Sandbox {
    Sandbox::start_blocking(SandboxOptions::http()).unwrap()
}

/// Lakeside without what it has and the proxy's phone does not hold looks to the proxy as Lakeside does.
fn lakeside_looks_equal(case: &Case) {
    let now_ms = SystemClock.wall_ms();
    let relation = Relation::Helper { basis: case.basis, until_ms: Some(now_ms + 2 * DAY_MS) };
    let (with, without) = (lakeside(), lakeside());
    let mut phone = Phone::at_time(&with, now_ms);
    let person = phone.connect(&with, case.reader, case.person, relation);
    phone.sync(&person).unwrap();
    let held = chart::contents(&mut phone, &person).resources;
    let missing: Vec<_> = case.open.iter().filter(|key| !held.contains_key(**key)).collect();
    assert!(missing.is_empty(), "open to {}: {missing:?}", case.reader);
    let told: Vec<_> = case.closed.iter().filter(|key| held.contains_key(**key)).collect();
    assert!(told.is_empty(), "closed to {}: {told:?}", case.reader);
    let (served, _) = chart::served(&with, case.patient);
    let closed: BTreeMap<_, _> = served.iter().filter(|(key, _)| !held.contains_key(*key)).collect();
    for key in closed.keys() {
        let (resource_type, id) = key.split_once('/').unwrap();
        assert!(without.store().withdraw(resource_type, id), "{key}");
    }
    let see = |hospital: &Sandbox| without_sizes(way(hospital, (case.reader, case.person), relation, now_ms));
    let found = shown::differences(&see(&with), &see(&without));
    assert!(found.is_empty(), "{} can tell:\n{}", case.reader, found.join("\n"));
}

/// Proves N4: psychotherapy, told by labels, codes, twins and links, and a mother who helps.
#[test]
fn imogens_mother_cannot_tell() {
    lakeside_looks_equal(&IMOGEN);
}

/// Proves N4: a son's confidential visits, labelled and not labelled, and his mother.
#[test]
fn mateos_mother_cannot_tell() {
    lakeside_looks_equal(&MATEO);
}

/// Proves N4: violence told of a child, and the parent who signs in for her.
#[test]
fn lucias_mother_cannot_tell() {
    lakeside_looks_equal(&LUCIA);
}
