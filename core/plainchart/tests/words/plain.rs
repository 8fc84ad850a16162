//! The lint of the glossary over the catalogue (SPEC T3, G2, G4).

use plainchart_glossary::lint::{HIGHEST_GRADE, MOST_WORDS, Rule, grade, syllables, wording, words};

/// A word with more syllables is hard to read alone. Flesch-Kincaid needs a sentence: of a label of one or two words it
/// says nothing, so that labels are read by their words.
const MOST_SYLLABLES: usize = 3;

/// Any hard word, but no verdict.
const ANY: &str = "*";

/// What may stay, by the beginning of the id and the word or phrase, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("allergy-intolerance.", "intolerance", "its own line says what it is"),
    (
        "allergy-intolerance.criticality.",
        "life threatening",
        "the record's own statement: softer words would be untrue",
    ),
    ("archive.kind.", ANY, "names of programs"),
    ("dosage.reason.", ANY, "the order's own word for what the medicine is for"),
    ("dosage.route.", "nebulizer", "what the device is called on its box"),
    ("dosage.unit.", ANY, "what is in the box, as the box calls it"),
    ("encounter.class.", "emergency", "the name on the door"),
    ("entry.type.organization", "organization", "a hospital, a clinic, an office or an insurer"),
    ("entry.type.procedure", "procedure", "what letters and portals call it; a shorter word would leave some out"),
    (
        "note.type.11488-4",
        "consultation",
        "the name of the note, as letters and portals have it; its meaning stands beside it",
    ),
    (
        "note.type.11526-1",
        "pathology",
        "the name of the note, as letters and portals have it; its meaning stands beside it",
    ),
    (
        "note.type.28570-0",
        "procedure",
        "the name of the note, as letters and portals have it; its meaning stands beside it",
    ),
    ("note.type.34111-5", "emergency", "the name on the door"),
    ("procedure.", "procedure", "what letters and portals call it; a shorter word would leave some out"),
    ("record.", "procedure", "what letters and portals call it; a shorter word would leave some out"),
    ("referral.", "procedure", "what letters and portals call it; a shorter word would leave some out"),
    ("result-list.month.", ANY, "names of months"),
    ("section.", "emergency", "an everyday word"),
    ("section.", "operation", "an everyday word"),
    ("section.", "operations", "an everyday word"),
    ("sensitivity.class.sexual-health", "reproductive", "it says for what kinds of care"),
    ("spoken.unit.", ANY, "names of units"),
    ("unit.", ANY, "names of units"),
];

/// A line and its parts that end with a stop; a text without one is a label.
fn sentences_of(text: &str) -> Vec<&str> {
    text.split_inclusive(['.', '?', '!']).map(str::trim).filter(|part| words(part).next().is_some()).collect()
}

/// The text without arguments: they are the source's words, names and numbers.
fn without_arguments(text: &str) -> String {
    let mut parts = text.split('{');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once('}').map_or("", |(_, after)| after));
    }
    out
}

/// What is wrong with a text.
#[derive(Debug, PartialEq)]
enum Fault {
    Judges(String),
    HardWord(String),
    Grade(f64),
    Length(usize),
}

/// What is wrong with a line, before exceptions.
fn faults(text: &str) -> Vec<Fault> {
    let text = without_arguments(text);
    let mut found: Vec<Fault> = (wording(&text).into_iter())
        .map(|(rule, what)| if rule == Rule::Jargon { Fault::HardWord(what) } else { Fault::Judges(what) })
        .collect();
    let is_label = !text.trim_end().ends_with(['.', '?', '!']);
    if is_label {
        let hard = words(&text).filter(|word| syllables(word) > MOST_SYLLABLES);
        found.extend(hard.map(|word| Fault::HardWord(word.to_lowercase())));
    } else if grade(&text, &[]) > HIGHEST_GRADE {
        found.push(Fault::Grade(grade(&text, &[])));
    }
    let lengths = sentences_of(&text).into_iter().map(|sentence| words(sentence).count());
    found.extend(lengths.filter(|length| *length > MOST_WORDS).map(Fault::Length));
    found
}

fn excuses((prefix, word, _): &(&str, &str, &str), id: &str, fault: &Fault) -> bool {
    id.starts_with(prefix)
        && match fault {
            Fault::HardWord(what) => *word == ANY || what == word,
            Fault::Judges(what) => what == word,
            Fault::Grade(_) | Fault::Length(_) => false,
        }
}

/// Proves T3, G2, G4: the whole catalogue passes the lint of the glossary: grade 6, at most 20 words a sentence, no
/// verdict, no advice, no word that a reader would have to look up.
#[test]
fn the_catalogue_is_plain() {
    let mut all = Vec::new();
    for (id, text) in plainchart::words::sentences() {
        let faults = faults(text).into_iter().filter(|fault| !EXCEPTIONS.iter().any(|one| excuses(one, id, fault)));
        all.extend(faults.map(|fault| format!("{id} = {text}: {fault:?}")));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// Proves T3: each exception is still needed, so that the list cannot hide a new fault.
#[test]
fn every_exception_is_needed() {
    let faulty: Vec<(&str, Vec<Fault>)> = plainchart::words::sentences().map(|(id, text)| (id, faults(text))).collect();
    for exception in EXCEPTIONS {
        let is_needed = faulty.iter().any(|(id, faults)| faults.iter().any(|fault| excuses(exception, id, fault)));
        assert!(is_needed, "{exception:?}");
    }
}

/// Proves T3: the lint sees what it is for.
#[test]
fn the_lint_finds_faults() {
    let is_found = |text: &str, is_it: fn(&Fault) -> bool| faults(text).iter().any(is_it);
    assert!(is_found("The examination demonstrates considerable abnormality.", |fault| matches!(
        fault,
        Fault::Grade(_)
    )));
    assert!(is_found("You should ask them.", |fault| *fault == Fault::Judges("should".into())));
    assert!(is_found("A good result", |fault| *fault == Fault::Judges("good".into())));
    assert!(is_found("Bilateral", |fault| *fault == Fault::HardWord("bilateral".into())));
    assert!(is_found("Interoperability", |fault| matches!(fault, Fault::HardWord(_))));
    assert!(is_found(&format!("{}so.", "It is so and ".repeat(6)), |fault| *fault == Fault::Length(25)));
    assert_eq!(faults("What {interoperability} has on its list"), []);
}
