//! Ranges are put aside only when they are surely meant for somebody else (R1).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_record::range_choice::{ChoiceReason, RangePerson, Sex, choose};
use plainchart_record::{FhirTime, Observation};
use proptest::prelude::*;

const V3: &str = "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender";
const FHIR: &str = "http://hl7.org/fhir/administrative-gender";

fn choice(ranges: &[&str], person: &RangePerson, at: &str) -> (Vec<usize>, ChoiceReason) {
    let all: Vec<String> = ranges.iter().map(|members| format!(r#"{{"text":"x"{members}}}"#)).collect();
    let raw = format!(r#"{{"resourceType":"Observation","referenceRange":[{}]}}"#, all.join(","));
    let observation = Observation::read(&raw).unwrap();
    let found = choose(&observation.measured.reference_ranges, person, FhirTime::parse(at).as_ref());
    (found.kept, found.reason)
}

fn person(gender: &str, birth_date: &str) -> RangePerson {
    RangePerson::read(&format!(r#"{{"resourceType":"Patient","gender":"{gender}","birthDate":"{birth_date}"}}"#))
        .unwrap()
}

const MEN: &str = r#","appliesTo":[{"text":"Men"}]"#;
const WOMEN: &str = r#","appliesTo":[{"coding":[{"system":"http://snomed.info/sct","code":"248152002"}]}]"#;
const PREGNANT: &str = r#","appliesTo":[{"text":"Pregnant"}]"#;

/// Proves R1: a range for the other sex is put aside; what is not decided stays.
#[test]
fn sex_decides_where_it_is_recorded() {
    let ranges = [MEN, WOMEN, PREGNANT, ""];
    assert_eq!(choice(&ranges, &person("female", "1980"), "2026"), (vec![1, 2, 3], ChoiceReason::SomeFit));
    assert_eq!(choice(&ranges, &person("male", "1980"), "2026"), (vec![0, 2, 3], ChoiceReason::SomeFit));
    for unknown in ["other", "unknown", ""] {
        assert_eq!(choice(&ranges, &person(unknown, "1980"), "2026"), (vec![0, 1, 2, 3], ChoiceReason::AllFit));
    }
    assert_eq!(choice(&[MEN], &person("female", "1980"), "2026"), (vec![0], ChoiceReason::NoneFit));
    let both = r#","appliesTo":[{"text":"Men"},{"text":"Women"}]"#;
    assert_eq!(choice(&[both], &person("female", "1980"), "2026"), (vec![0], ChoiceReason::AllFit));
    assert_eq!(choice(&[], &person("female", "1980"), "2026"), (vec![], ChoiceReason::AllFit));
}

/// Proves R1: where gender and sex at birth differ, no range is put aside, whatever code system names the sex.
#[test]
fn gender_and_sex_at_birth_are_not_mixed() {
    let raw = r#"{"resourceType":"Patient","gender":"male","extension":[
        {"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race","valueCode":"M"},
        {"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex","valueCode":"F"}]}"#;
    let person = RangePerson::read(raw).unwrap();
    assert_eq!((person.gender, person.birth_sex), (Some(Sex::Male), Some(Sex::Female)));
    let coded =
        |system: &str, code: &str| format!(r#","appliesTo":[{{"coding":[{{"system":"{system}","code":"{code}"}}]}}]"#);
    let keeps = |range: &str| choice(&[range, ""], &person, "2026").0.contains(&0);
    assert!(keeps(&coded(V3, "F")) && keeps(&coded(V3, "M")));
    assert!(keeps(&coded(FHIR, "male")) && keeps(&coded(FHIR, "female")));
    assert!(keeps(MEN) && keeps(WOMEN));
    let agreed = RangePerson::read(&raw.replace(r#""gender":"male""#, r#""gender":"female""#)).unwrap();
    assert!(!choice(&[&coded(FHIR, "male"), ""], &agreed, "2026").0.contains(&0));
    assert!(!choice(&[&coded(V3, "M"), ""], &agreed, "2026").0.contains(&0));
    let contradicting = raw.replace("us-core-race", "us-core-sex");
    assert_eq!(RangePerson::read(&contradicting).unwrap().birth_sex, None);
}

fn ages(low: Option<&str>, high: Option<&str>) -> String {
    let bound = |name: &str, text: &str| {
        let (value, unit) = text.split_once(' ').unwrap();
        format!(r#""{name}":{{"value":{value},"system":"http://unitsofmeasure.org","code":"{unit}"}}"#)
    };
    let bounds: Vec<String> =
        low.map(|low| bound("low", low)).into_iter().chain(high.map(|high| bound("high", high))).collect();
    format!(r#","age":{{{}}}"#, bounds.join(","))
}

/// Proves R1: age is counted in full units at the day of the specimen; a partial birth date keeps all that could fit.
#[test]
fn age_decides_where_it_is_certain() {
    let keeps = |low: Option<&str>, high: Option<&str>, born: &str, at: &str| {
        choice(&[&ages(low, high), ""], &person("", born), at).0.contains(&0)
    };
    assert!(keeps(Some("18 a"), None, "2008-03-10", "2026-03-10"));
    assert!(!keeps(Some("18 a"), None, "2008-03-10", "2026-03-09"));
    assert!(keeps(None, Some("17 a"), "2008-03-10", "2026-03-09"));
    assert!(!keeps(None, Some("17 a"), "2008-03-10", "2026-03-10T08:00:00Z"));
    // Born some time in 2008, on a day in 2026: 17 or 18.
    for (low, high) in [(Some("18 a"), None), (None, Some("17 a"))] {
        assert!(keeps(low, high, "2008", "2026-06-01"));
    }
    assert!(!keeps(Some("19 a"), None, "2008", "2026-06-01"));
    assert!(!keeps(None, Some("16 a"), "2008", "2026"));
    assert!(keeps(Some("1 mo"), Some("11 mo"), "2025-12-31", "2026-01-31"));
    assert!(!keeps(Some("1 mo"), Some("11 mo"), "2025-12-31", "2026-01-30"));
    assert!(keeps(Some("1 mo"), None, "2026-01-31", "2026-02-28"), "the last day of a shorter month is a month on");
    assert!(!keeps(None, Some("6 d"), "2026-01-01", "2026-01-08"));
    assert!(keeps(Some("1 wk"), None, "2026-01-01", "2026-01-08"));
    assert!(!keeps(None, Some("72 h"), "2026-01-01", "2026-01-08"));
    for undecided in [
        ("2.5 a", "2008-03-10", "2026-01-01"),
        ("3 mm", "2008-03-10", "2026-01-01"),
        ("3 a", "?", "2026"),
        ("3 a", "2008", "?"),
        ("3 a", "2030", "2026"),
    ] {
        assert!(keeps(None, Some(undecided.0), undecided.1, undecided.2), "{undecided:?}");
    }
}

proptest! {
    /// Proves R1: a less exact birth date never puts aside a range that the exact one keeps, and some range is left.
    #[test]
    fn less_knowledge_keeps_more(year in 1930_i32..2026, month in 1_u32..13, day in 1_u32..29, low in 0_u32..90, span in 0_u32..30) {
        let (low_text, high_text) = (format!("{low} a"), format!("{} a", low + span));
        let range = ages(Some(&low_text), Some(&high_text));
        let exact = format!("{year}-{month:02}-{day:02}");
        let kept = |born: &str| choice(&[&range, ""], &person("", born), "2026-11-17").0.contains(&0);
        let (whole, by_month, by_year) = (kept(&exact), kept(&exact[..7]), kept(&exact[..4]));
        prop_assert!((!whole || by_month) && (!by_month || by_year));
        prop_assert!(!choice(&[&range], &person("", &exact), "2026-11-17").0.is_empty());
    }
}
