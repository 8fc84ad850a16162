//! Which meaning is offered (G3), and which is not.

mod fixture;

use fixture::{entries, marks, marks_in, senses};
use plainchart_glossary::{Context, Glossary, SectionKind};

fn anywhere() -> Context<'static> {
    Context::default()
}

fn section(section: SectionKind) -> Context<'static> {
    Context { section: Some(section), ..Context::default() }
}

/// Proves G3 and must-not 1: without a deciding context no one sense is given for an ambiguous form.
#[test]
fn an_ambiguous_form_without_context_offers_its_senses() {
    let (offered, certain) = senses("Known MS.", "ms", &anywhere());
    assert_eq!(offered, ["mental-status", "multiple-sclerosis", "mitral-stenosis"]);
    assert!(!certain);
}

/// Proves G3: a section, a neighbour or a note type decides, and only then is the sense certain.
#[test]
fn a_rule_that_holds_decides() {
    let note = Context { note_type: Some("11488-4"), ..Context::default() };
    for (text, context, sense) in [
        ("MS: clear", section(SectionKind::PhysicalExam), "mental-status"),
        ("MS intact, oriented to place", anywhere(), "mental-status"),
        ("MS, relapsing", anywhere(), "multiple-sclerosis"),
        ("MS", section(SectionKind::PastHistory), "multiple-sclerosis"),
        ("MS", note, "mitral-stenosis"),
    ] {
        assert_eq!(senses(text, "ms", &context), (vec![sense], true), "{text:?}");
    }
    // Every part of a rule must hold.
    let (offered, certain) = senses("MS alert", "ms", &section(SectionKind::PastHistory));
    assert_eq!((offered, certain), (vec!["mental-status"], true));
}

/// Proves G3: where two rules hold, both senses are offered and neither is certain.
#[test]
fn two_rules_that_hold_decide_nothing() {
    let (offered, certain) = senses("MS oriented, walking", "ms", &anywhere());
    assert_eq!((offered, certain), (vec!["mental-status", "multiple-sclerosis"], false));
}

/// Proves G3: a deciding word far off, or in another paragraph, decides nothing.
#[test]
fn a_far_word_decides_nothing() {
    let far = format!("oriented {} MS", "and so on ".repeat(5));
    assert!(!senses(&far, "ms", &anywhere()).1);
    assert!(!senses("oriented\n\nMS", "ms", &anywhere()).1);
}

/// Proves must-not 11: a frightening sense is offered only where something nearby speaks of it.
#[test]
fn a_guarded_sense_needs_a_cue_nearby() {
    assert_eq!(senses("CA 9.1", "ca", &anywhere()), (vec!["calcium"], false));
    assert_eq!(senses("CA of the breast, biopsy done", "ca", &anywhere()), (vec!["calcium", "cancer"], false));
    for context in [anywhere(), section(SectionKind::PastHistory)] {
        let (offered, _) = senses("MS seen", "ms", &context);
        assert!(!offered.contains(&"morphine"));
    }
}

/// Proves must-not 11: never more than three senses.
#[test]
fn at_most_three_senses_are_offered() {
    let (offered, _) = senses("MS, alcohol use", "ms", &anywhere());
    assert_eq!(offered.len(), 3);
}

/// Proves G3: a sense whose section this is comes first among those offered.
#[test]
fn offered_senses_are_ordered_by_fit() {
    let (offered, certain) = senses("MS seen awake, alertness walking", "ms", &anywhere());
    assert_eq!((offered, certain), (vec!["multiple-sclerosis"], true));
    let context = section(SectionKind::PastHistory);
    // The rule of past history fails for a neighbour, and still puts its sense first.
    let found = fixture::glossary().annotate("murmur, oriented: CP. MS alert", &context);
    let ms = found.iter().find(|mark| mark.entry == "ms").expect("MS is marked");
    assert!(!ms.certain);
    assert_eq!(ms.senses.iter().map(|sense| sense.id).collect::<Vec<_>>(), ["mental-status", "mitral-stenosis"]);
}

/// Proves must-nots 1 and 11 over every entry of the library: each form alone, without any context,
/// is given no certain sense if it has several, no guarded one, and three at most.
#[test]
fn no_entry_of_the_library_decides_without_a_context() {
    let glossary = Glossary::embedded();
    for entry in glossary.entries() {
        for form in entry.forms() {
            for mark in glossary.annotate(form, &Context::default()) {
                let owner = glossary.entry(mark.entry).expect("a mark names an entry");
                assert!((1..=3).contains(&mark.senses.len()));
                let alone = mark.end - mark.start == form.len();
                assert!(!(alone && mark.certain && owner.senses().len() > 1), "{form}: one sense of several");
            }
        }
    }
}

/// Proves G6: definitions come in the reader's language where there are any, else visibly in English.
#[test]
fn a_missing_language_falls_back_and_says_so() {
    let spanish = Context { reader_language: Some("es-MX"), ..Context::default() };
    let found = fixture::glossary().annotate("fever and cough", &spanish);
    assert_eq!(found.iter().map(|mark| mark.language).collect::<Vec<_>>(), ["es", "en"]);
    assert!(found[0].senses.first().is_some_and(|sense| sense.definition.contains("calor")));
    // Spanish forms are not looked for in English notes.
    assert_eq!(entries("fiebre"), [""; 0]);
}

/// Proves must-not 2: debug output of marks holds nothing of the note.
#[test]
fn debug_output_tells_nothing_of_a_note() {
    let text = format!("{:?}", marks_in(SectionKind::Plan, "breast cancer, fever"));
    assert!(!text.contains("breast") && !text.contains("fever") && !text.contains("Cancer"));
    assert!(!marks("fever").is_empty());
}
