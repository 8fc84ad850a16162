//! Every sentence that this crate can show is plain and says no more than was seen (R1, G2, G4).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_record::Observation;
use plainchart_record::interpretation::{FLAG_WORDS, flag_word};
use plainchart_record::note_type::NOTE_TYPES;
use plainchart_record::results::ResultRecord;
use plainchart_record::status::{DocumentStatus, NoteStatus, ObservationStatus};

fn sentences() -> Vec<String> {
    let observation =
        ["registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"];
    let document = ["current", "superseded", "entered-in-error"];
    let note = ["preliminary", "final", "amended", "entered-in-error"];
    let reasons = [
        "unknown",
        "asked-unknown",
        "temp-unknown",
        "not-asked",
        "asked-declined",
        "masked",
        "not-applicable",
        "unsupported",
        "as-text",
        "error",
        "not-a-number",
        "negative-infinity",
        "positive-infinity",
        "not-performed",
        "not-permitted",
    ];
    let absent = |code: &&str| {
        let raw = format!(r#"{{"resourceType":"Observation","dataAbsentReason":{{"coding":[{{"code":"{code}"}}]}}}}"#);
        ResultRecord::of(&Observation::read(&raw).unwrap()).line.absent.unwrap().plain.expect(code).to_owned()
    };
    let mut all: Vec<String> = FLAG_WORDS.iter().map(|word| word.plain.to_owned()).collect();
    all.extend(NOTE_TYPES.iter().map(|note| note.meaning.to_owned()));
    all.extend(reasons.iter().map(absent));
    all.extend(observation.iter().filter_map(|code| ObservationStatus::read(Some(code)).plain()).map(str::to_owned));
    all.extend(document.iter().filter_map(|code| DocumentStatus::read(Some(code)).plain()).map(str::to_owned));
    all.extend(note.iter().filter_map(|code| NoteStatus::read(Some(code)).plain()).map(str::to_owned));
    all
}

/// Groups of vowels, without a silent `e` at the end: close enough for short words.
fn syllables(word: &str) -> usize {
    let word = word.to_lowercase();
    let silent = word.ends_with('e') && !word.ends_with("le")
        || word.ends_with("ed") && !word.ends_with("ted") && !word.ends_with("ded");
    let groups = word.split(|c: char| !"aeiouy".contains(c)).filter(|group| !group.is_empty()).count();
    (groups - usize::from(silent && groups > 1)).max(1)
}

/// Flesch-Kincaid grade.
fn grade(text: &str) -> f64 {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
    let sentences = text.matches(['.', ':']).count().max(1);
    let syllables: usize = words.iter().map(|word| syllables(word)).sum();
    0.39 * words.len() as f64 / sentences as f64 + 11.8 * syllables as f64 / words.len() as f64 - 15.59
}

/// Proves R1: what a flag, a status or a kind of note means is told at or below grade 6.
#[test]
fn sentences_are_at_grade_six() {
    let hard: Vec<String> = sentences()
        .into_iter()
        .map(|s| (grade(&s), s))
        .filter(|(g, _)| *g > 6.0)
        .map(|(g, s)| format!("{g:.1} {s}"))
        .collect();
    assert!(hard.is_empty(), "{hard:#?}");
}

/// Proves R1, G4: no sentence calls a result good or bad, gives advice, or says what will come of it.
#[test]
fn sentences_do_not_judge() {
    for sentence in sentences() {
        let words: Vec<String> =
            sentence.to_lowercase().split(|c: char| !c.is_alphabetic()).map(str::to_owned).collect();
        for judging in [
            "good",
            "bad",
            "safe",
            "danger",
            "dangerous",
            "worry",
            "worrying",
            "normal",
            "abnormal",
            "healthy",
            "should",
            "must",
            "risk",
        ] {
            assert!(!words.iter().any(|word| word == judging), "{judging}: {sentence}");
        }
    }
}

/// Proves R1: every flag of the first rank has words, no code has two, and only the critical ones are critical.
#[test]
fn the_table_of_flags_is_sound() {
    for code in ["H", "L", "HH", "LL", "A", "AA", "N", "POS", "NEG", "ND", "DET", "S", "R", "I", "<", ">", "U", "D"] {
        assert!(flag_word(code).is_some(), "{code}");
    }
    for (at, word) in FLAG_WORDS.iter().enumerate() {
        assert!(FLAG_WORDS[..at].iter().all(|earlier| earlier.code != word.code), "{}", word.code);
        assert_eq!(word.critical, ["HH", "LL", "AA"].contains(&word.code));
        assert!(!word.plain.ends_with('.'));
    }
}
