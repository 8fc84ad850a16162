//! Every label, state and reason that an entry can name has its words in the catalogue (T3, R1).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use std::collections::BTreeMap;
use std::path::Path;

use plainchart_record::entry::word_ids;

/// The files of the catalogue that are this crate's own.
const SUBJECTS: [&str; 21] = [
    "absent-reason",
    "allergy-intolerance",
    "appointment",
    "care-plan",
    "care-team",
    "condition",
    "contact",
    "device",
    "encounter",
    "entry",
    "goal",
    "immunization",
    "location",
    "none-known",
    "organization",
    "practitioner",
    "practitioner-role",
    "procedure",
    "provenance",
    "related-person",
    "said",
];

fn catalogue(subject: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plainchart/words/en");
    std::fs::read_to_string(folder.join(format!("{subject}.txt"))).unwrap_or_default()
}

fn lines(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let told = |line: &&str| !line.is_empty() && !line.starts_with('#');
    text.lines().filter(told).map(|line| line.split_once(" = ").expect(line))
}

/// Proves T3: nothing that an entry can say is without words, each file is sorted, and no id stands twice.
#[test]
fn every_id_has_words() {
    let mut words = BTreeMap::new();
    for subject in SUBJECTS {
        let text = catalogue(subject);
        let ids: Vec<&str> = lines(&text).map(|(id, _)| id).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{subject} is not sorted");
        for (id, text) in lines(&text) {
            assert!(id == subject || id.starts_with(&format!("{subject}.")), "{id} stands in {subject}");
            words.insert(id.to_owned(), text.to_owned());
        }
    }
    let missing: Vec<String> = word_ids().into_iter().filter(|id| !words.contains_key(id)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    let known = word_ids();
    let unused: Vec<&String> = words.keys().filter(|id| !known.contains(id)).collect();
    assert!(unused.is_empty(), "{unused:#?}");
}

/// Proves R1, G4: the words are short, judge nothing, advise nothing, and call nobody `you`: a reader may be reading
/// for somebody else.
#[test]
fn words_are_short_and_do_not_judge() {
    const KEPT_OUT: [&str; 21] = [
        "good",
        "bad",
        "safe",
        "danger",
        "dangerous",
        "worry",
        "normal",
        "abnormal",
        "healthy",
        "should",
        "must",
        "risk",
        "you",
        "your",
        "patient",
        "terminal",
        "fatal",
        "failed",
        "refused",
        "denies",
        "disease",
    ];
    for subject in SUBJECTS {
        for (id, text) in lines(&catalogue(subject)) {
            let words: Vec<String> =
                text.to_lowercase().split(|c: char| !c.is_alphabetic()).map(str::to_owned).collect();
            assert!((1..=20).contains(&words.len()), "{id}");
            assert!(words.iter().all(|word| word.len() <= 12), "{id} = {text}");
            let judging = KEPT_OUT.iter().find(|kept_out| words.iter().any(|word| word == *kept_out));
            assert!(judging.is_none(), "{judging:?}: {id} = {text}");
        }
    }
}
