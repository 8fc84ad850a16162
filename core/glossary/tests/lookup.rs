//! Looking words and codes up, packs, and a reader's choice of marks.

mod fixture;

use fixture::{glossary, marks};
use plainchart_glossary::{Context, Glossary, GlossaryError, Selection, first_mentions, select};

/// Proves G1: a word is defined in any of its spellings, with the language of the answer.
#[test]
fn define_finds_a_word_in_any_spelling() {
    for term in ["fever", "Fevers", " PYREXIA ", "fiebre"] {
        let found = glossary().define(term, "en").unwrap_or_else(|| panic!("{term}"));
        assert_eq!((found.entries[0].id(), found.language_used), ("fever", "en"));
    }
    for term in ["MS", "ms", "Ms"] {
        assert_eq!(glossary().define(term, "en").map(|found| found.entries[0].id()), Some("ms"));
    }
    assert_eq!(glossary().define("chest-pain", "en").map(|found| found.entries[0].id()), Some("chest-pain"));
    for term in ["", " ", "fever cough", "zzz", "fev", "\u{0}"] {
        assert_eq!(glossary().define(term, "en"), None, "{term:?}");
    }
}

/// Proves G6: a missing language falls back, and the answer names the language it is in.
#[test]
fn define_names_the_language_it_used() {
    assert_eq!(glossary().define("fever", "es").map(|found| found.language_used), Some("es"));
    assert_eq!(glossary().define("cough", "es").map(|found| found.language_used), Some("en"));
    assert_eq!(glossary().entry_in("cough", "es").map(|entry| entry.language()), Some("en"));
}

/// Proves G1: a beginning or a slip of the finger leads to the word.
#[test]
fn suggest_completes_and_forgives() {
    for (typed, wanted) in [
        ("pneu", "pneumonia"),
        ("fevre", "fever"),
        ("feevr", "fever"),
        ("hypretenshion", "hypertension"),
        ("pneumnia", "pneumonia"),
        ("CHEST P", "chest pain"),
    ] {
        assert!(glossary().suggest(typed).contains(&wanted), "{typed}");
    }
    // Seven letters or fewer: one slip, not two.
    assert!(!glossary().suggest("fevrre").contains(&"fever"));
    for typed in ["", "  ", "\u{301}", &"a".repeat(5000)] {
        assert_eq!(glossary().suggest(typed), [""; 0]);
    }
    assert!(glossary().suggest("c").len() <= 8);
}

/// Proves G8: a LOINC code finds its test, by short name or FHIR URI.
#[test]
fn a_code_finds_its_entry() {
    for system in ["loinc", "LOINC", "http://loinc.org"] {
        let entry = glossary().by_code(system, "4548-4").expect("the code is there");
        assert_eq!((entry.id(), entry.code()), ("a1c", Some(("loinc", "4548-4"))));
        assert!(entry.measures().is_some() && entry.why().is_some() && entry.version() == 2);
    }
    assert_eq!(glossary().by_code("loinc", "4548"), None);
    assert_eq!(glossary().by_code("rxnorm", "4548-4"), None);
}

/// Proves G8 over the library: each code leads to an entry that carries it.
#[test]
fn every_code_of_the_library_finds_its_entry() {
    let glossary = Glossary::embedded();
    for entry in glossary.entries() {
        if let Some((system, code)) = entry.code() {
            assert!(glossary.by_code(system, code).is_some(), "{system} {code}");
        }
    }
}

/// Proves G7: a pack adds entries and replaces those it names; a broken one is refused with its line.
#[test]
fn a_pack_adds_overrides_and_is_checked() {
    let base = Glossary::from_sources(&[("base", include_str!("fixture/entries.txt"))]).unwrap();
    let entry = |id: &str, form: &str, definition: &str| {
        format!(
            "id: {id}\nkind: term\nforms: {form}\ntier: 1\nsense: x | {definition}\nsources: us\nversion: 9\nlanguage: en\n"
        )
    };
    let pack =
        format!("{}\n{}", entry("fever", "fever, hot spell", "Ours."), entry("mychart", "chest clinic", "A place."));
    let both = base.with_pack(&[("pack", &pack)]).unwrap();
    let text = "fever, pyrexia, hot spell, chest clinic, cough";
    let found = both.annotate(text, &Context::default());
    let ids: Vec<_> = found.iter().map(|mark| mark.entry).collect();
    // The replaced entry's other forms went with it.
    assert_eq!(ids, ["fever", "fever", "mychart", "cough"]);
    assert_eq!(found[0].senses.first().map(|sense| sense.definition), Some("Ours."));
    assert_eq!(both.entry("fever").map(|entry| entry.version()), Some(9));
    assert!(both.entry("cough").is_some());
    match both.with_pack(&[("pack", "id: x\nkind: nonsense\n")]) {
        Err(GlossaryError::Source(error)) => assert_eq!((error.file.as_str(), error.line), ("pack", 2)),
        other => panic!("{other:?}"),
    }
}

/// Proves G1: first mentions are kept by message, so that a later "fever" is not lost after "no fever".
#[test]
fn first_mentions_are_kept_by_message() {
    let text = "No fever. Fever at night. Fever again. No fever.";
    let kept: Vec<_> = first_mentions(marks(text)).iter().map(|mark| mark.start).collect();
    assert_eq!(kept, [3, 10]);
}

/// Proves G1: tiers and "I know this" leave out what the reader does not want.
#[test]
fn a_reader_chooses_by_tier_and_by_what_they_know() {
    let ids = |selection: &Selection| -> Vec<&str> {
        select(marks("chest, cough, fever, fever"), selection).iter().map(|mark| mark.entry).collect()
    };
    let all = Selection { tier: 3, first_mentions: false, ..Selection::default() };
    assert_eq!(ids(&all), ["chest", "cough", "fever", "fever"]);
    assert_eq!(ids(&Selection::default()), ["cough", "fever"]);
    assert_eq!(ids(&Selection { tier: 1, ..all.clone() }), ["fever", "fever"]);
    assert_eq!(ids(&Selection { known: ["fever".to_owned()].into(), ..all }), ["chest", "cough"]);
}
