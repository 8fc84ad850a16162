//! The library's own entries: the lint passes over every file of `data/`, and the lint can fail.

use plainchart_glossary::lint::{HIGHEST_GRADE, Rule, grade, lint};
use plainchart_glossary::{Glossary, Kind};

fn data() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the data folder is there")
        .map(|item| item.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("UTF-8")))
        .collect();
    files.sort();
    files
}

/// Proves G2, must-nots 3, 4, 6 and 9 and G4 for every entry.
#[test]
fn every_entry_is_plain_and_complete() {
    let files = data();
    let named: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let report = lint(&named);
    assert!(report.entries > 0 && report.definitions >= report.entries);
    let told: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{} findings:\n{}", told.len(), told.join("\n"));
}

/// Proves must-not 9: each entry of the library carries sources, a version and a language.
#[test]
fn every_entry_carries_its_sources_and_version() {
    let mut count = 0;
    for entry in Glossary::embedded().entries() {
        count += 1;
        assert!(!entry.sources().is_empty() && entry.version() > 0 && !entry.language().is_empty(), "{}", entry.id());
        assert!(entry.forms().next().is_some() && entry.senses().len() > 0, "{}", entry.id());
    }
    assert!(count > 0);
}

/// Proves G3 of hedges: a hedge says how it is said, never how likely it is.
#[test]
fn no_hedge_becomes_a_probability() {
    for entry in Glossary::embedded().entries().filter(|entry| entry.kind() == Kind::Hedge) {
        for sense in entry.senses() {
            let text = sense.definition.to_lowercase();
            for word in ["percent", "%", "chance of", "out of", "odds", "probability"] {
                assert!(!text.contains(word), "{}", entry.id());
            }
        }
    }
}

fn entry(change: &str, to: &str) -> String {
    let good = "id: fever\nkind: term\nforms: fever\ntier: 1\nsense: a | The body is too hot.\nsources: us\nversion: 1\nlanguage: en\n";
    assert!(good.contains(change));
    good.replace(change, to)
}

/// Proves that the lint of G2 can fail: each bad entry breaks its rule.
#[test]
fn the_lint_finds_what_is_wrong() {
    let sense = "The body is too hot.";
    for (change, to, rule) in [
        (sense, "Elevated thermoregulatory equilibrium indicating inflammatory pathology.", Rule::Grade),
        (
            sense,
            "The body is too hot and it can feel hot to the hand and it can make you shake in the night too.",
            Rule::Length,
        ),
        (sense, "It is hot. It is so. It is.", Rule::Sentences),
        (sense, "The body is too hot", Rule::FullStop),
        (sense, "You should not worry.", Rule::Judgement),
        (sense, "This is a good sign.", Rule::Judgement),
        (sense, "This is not dangerous.", Rule::Judgement),
        (sense, "A normal result is seen here.", Rule::Judgement),
        (sense, "Ask your nurse.", Rule::Judgement),
        (sense, "Some will die of it.", Rule::Judgement),
        (sense, "The heart has an edema.", Rule::Jargon),
        ("version: 1", "version: 0", Rule::Version),
        ("version: 1\n", "", Rule::Malformed),
        ("sources: us\n", "", Rule::Malformed),
        ("sense: a | The body is too hot.\n", "", Rule::Malformed),
        ("sense: a | The body", "sense: b | The body is too hot.\nsense: a | The body", Rule::DuplicateSense),
        ("kind: term\nforms: fever", "kind: abbreviation\nforms: it", Rule::CommonWord),
        ("kind: term\nforms: fever", "kind: drug\nforms: will", Rule::CommonWord),
        (
            "kind: term\nforms: fever\ntier: 1\nsense: a | The body is too hot.",
            "kind: test\nforms: heat\ntier: 1\nsense: a | It is 36 to 38 as a rule.",
            Rule::Range,
        ),
    ] {
        let found = lint(&[("bad", &entry(change, to))]);
        assert!(found.findings.iter().any(|finding| finding.rule == rule), "{to}: {:?}", found.findings);
    }
    assert_eq!(lint(&[("good", &entry(sense, sense))]).findings, []);
}

/// Proves that one form cannot belong to two entries, whatever its gaps and case.
#[test]
fn the_lint_finds_a_form_in_two_entries() {
    let other = entry("id: fever\nkind: term\nforms: fever", "id: heat\nkind: term\nforms: x, Fever");
    let found = lint(&[("one", &entry("id", "id")), ("two", &other)]);
    assert_eq!(found.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), [Rule::DuplicateForm]);
}

/// Proves G2: the grade is measured without the headword, and the bar is grade 6.
#[test]
fn the_grade_leaves_the_headword_out() {
    assert!(grade("Cardiomyopathy makes the heart weak.", &["cardiomyopathy"]) < HIGHEST_GRADE);
    assert!(grade("Cardiomyopathy makes the heart weak.", &[]) > HIGHEST_GRADE);
}
