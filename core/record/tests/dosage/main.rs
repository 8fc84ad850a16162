//! Plain words for instructions, only when all of it is understood (R4).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]
mod coded;
mod typed;

use std::collections::BTreeMap;

use plainchart_record::MedicationRequest;
use plainchart_record::dosage::{Instruction, NotPlain, plain_instruction, sig};

const WORDS: &str = include_str!("../../../plainchart/words/en/dosage.txt");

fn catalogue() -> BTreeMap<&'static str, &'static str> {
    WORDS.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_once(" = ").expect(line)).collect()
}

/// The sentences of an instruction as a shell shows them.
fn shown(instruction: &Instruction) -> String {
    let catalogue = catalogue();
    let say = |id: &str, arguments: &[(&str, &str)]| {
        let line = catalogue.get(id).unwrap_or_else(|| panic!("no line {id}"));
        arguments.iter().fold((*line).to_owned(), |line, (name, value)| {
            assert!(id.ends_with("[one]") || line.contains(&format!("{{{name}}}")), "{id} has no {name}");
            line.replace(&format!("{{{name}}}"), value)
        })
    };
    let sentence = |text: String| {
        let mut letters = text.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    let all: Vec<String> =
        instruction.sentences().iter().map(|phrase| sentence(phrase.render(&say, &|time| time.text.clone()))).collect();
    all.join(" ")
}

fn plain(text: &str) -> Option<String> {
    sig::read(text).map(|instruction| shown(&instruction))
}

fn request(dosages: &str) -> Result<Instruction, NotPlain> {
    let raw = format!(r#"{{"resourceType":"MedicationRequest","dosageInstruction":{dosages}}}"#);
    plain_instruction(&MedicationRequest::read(&raw).unwrap().dosage_instructions)
}

fn coded(dosage: &str) -> Result<String, NotPlain> {
    request(&format!("[{dosage}]")).map(|instruction| shown(&instruction))
}

/// Proves T3: every sentence can be said: each code that the grammar knows has its line.
#[test]
fn every_part_has_its_words() {
    let catalogue = catalogue();
    for reason in NotPlain::ALL {
        assert!(catalogue.contains_key(format!("dosage.not-plain.{}", reason.code()).as_str()));
    }
    let lexicon =
        [include_str!("../../src/dosage/lexicon.rs"), include_str!("../../src/dosage/times_of_use.rs")].concat();
    let groups = [
        ("ACTIONS", "dosage.action.{}"),
        ("UNITS", "dosage.unit.{}[one]"),
        ("UNITS", "dosage.unit.{}[other]"),
        ("DESCRIBED", "dosage.described.{}"),
        ("ROUTES", "dosage.route.{}"),
        ("ROUTE_CODES", "dosage.route.{}"),
        ("SITES", "dosage.site.{}"),
        ("REASONS", "dosage.reason.{}"),
        ("WHEN", "dosage.when.{}"),
        ("EVENT_TIMING", "dosage.when.{}"),
        ("DAYS", "dosage.day.{}"),
        ("EVERY_OTHER", "dosage.every-other.{}"),
        ("TIME_UNITS", "dosage.time.{}[one]"),
        ("TIME_UNITS", "dosage.every.{}[other]"),
    ];
    for (table, id) in groups {
        let start = lexicon.find(&format!("const {table}: Table")).expect(table);
        let body = lexicon[start..].split("];").next().unwrap();
        let pairs = body.split('(').skip(1);
        let codes: Vec<&str> = pairs.filter_map(|pair| pair.split('"').nth(3)).collect();
        assert!(!codes.is_empty(), "{table}");
        for code in codes {
            assert!(catalogue.contains_key(id.replace("{}", code).as_str()), "{table} {code}");
        }
    }
}
