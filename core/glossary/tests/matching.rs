//! What is found in a text, and where.

mod fixture;

use fixture::{entries, glossary, marks, words};
use plainchart_glossary::{Context, Kind};
use proptest::prelude::*;

/// Proves G1: the longest form at a place is the one marked.
#[test]
fn the_longest_form_wins_and_a_shorter_one_stands_where_it_fails() {
    assert_eq!(words("chest pain and chest wall"), ["chest pain", "chest"]);
    assert_eq!(words("no acute distressing chest"), ["chest"]);
}

/// Proves G1: line breaks, hyphens and odd spaces inside a phrase do not hide it.
#[test]
fn a_phrase_is_found_across_any_gap_but_a_paragraph() {
    for text in ["chest pain", "chest\npain", "chest  \r\n pain", "chest-pain", "chest\u{A0}pain", "Chest\u{2011}Pain"]
    {
        assert_eq!(entries(text), ["chest-pain"], "{text:?}");
    }
    for text in ["chest\n\npain", "chest\n- pain", "chest. pain", "chest, pain", "chest/pain"] {
        assert_eq!(entries(text), ["chest"], "{text:?}");
    }
}

/// Proves G1: a word is itself in any spelling a printed page or a phone gives it.
#[test]
fn hyphenation_soft_hyphens_ligatures_accents_and_possessives_do_not_hide_a_word() {
    for text in [
        "hyper-\n   tension",
        "hyper\u{AD}ten\u{AD}sion",
        "HYPERTENSION",
        "hypértension",
        "hypertension's",
        "\u{201C}hypertension\u{201D}",
    ] {
        assert_eq!(entries(text), ["hypertension"], "{text:?}");
    }
    for text in ["Crohn's disease", "Crohn\u{2019}s\ndisease", "crohn disease"] {
        assert_eq!(entries(text), ["crohn"], "{text:?}");
    }
    assert_eq!(words("Crohn\u{2019}s, hypertension's"), ["Crohn\u{2019}s", "hypertension"]);
    // A new line's capital begins a new word.
    assert_eq!(entries("hyper-\nTension"), [""; 0]);
}

/// Proves must-not 5: nothing inside a word, a shorthand, a unit, a name, an address or a URL is marked.
#[test]
fn nothing_is_marked_inside_something_else() {
    for text in [
        "feverish coughs tenderness",
        "xfever fever_x CPR MSX 5MS",
        "s/pp T-p p/o a.p.b",
        "2 L of oxygen, 5 L/min, 3 mg/L",
        "see https://chest.example/fever?cough=MS",
        "www.fever.health and chest@cough.org, cough.pdf",
        "@fever #cough",
        "Dr. Tender and Mrs. Chest, Mr. J. Cough",
        "Grace Fever, MD and Ann Chills RN",
        "Electronically signed by: Mary Tender",
        "MS-13 CP-690 CA-125",
    ] {
        let found: Vec<_> = words(text).into_iter().filter(|word| *word != "mg").collect();
        assert_eq!(found, [""; 0], "{text:?}");
    }
    assert_eq!(words("the L arm"), ["L"]);
    assert_eq!(words("s/p repair; p 80"), ["s/p", "p"]);
    assert_eq!(words("Dr. Stone saw tender skin.Fever came"), ["tender", "Fever"]);
    // An entry for a unit is found after a number, and nowhere else.
    assert_eq!(marks("5 mg").first().map(|mark| mark.kind), Some(Kind::Unit));
    assert_eq!(entries("mg"), [""; 0]);
}

/// Proves must-not 7: common words are never abbreviations, also not where all is in capitals.
#[test]
fn common_words_are_not_abbreviations() {
    for text in [
        "or us Or Us, as it will and may",
        "Born in the US OR abroad. US Army.",
        "TAKEN TO SURGERY OR HOME. RENAL PAIN TOLD TO US",
        "Ms ms Ms. Mr",
        "THE HIGHEST BID FOR A SOB STORY",
        "a low bid, to sob",
    ] {
        assert_eq!(entries(text), [""; 0], "{text:?}");
    }
    assert_eq!(entries("She was taken to the OR."), ["or"]);
    assert_eq!(entries("A renal US today"), ["us"]);
    assert_eq!(entries("one tablet BID, SOB"), ["bid", "sob"]);
    assert_eq!(entries("one tablet b.i.d. for fever"), ["bid", "fever"]);
}

/// Proves G1: offsets hold in bytes and in UTF-16, also after characters of any width.
#[test]
fn spans_count_bytes_and_utf16_units() {
    let text = "é🩺 fever, 発熱 chest pain";
    let units: Vec<u16> = text.encode_utf16().collect();
    for mark in marks(text) {
        let bytes = text.get(mark.start..mark.end).unwrap();
        assert_eq!(String::from_utf16(&units[mark.start_utf16..mark.end_utf16]).unwrap(), bytes);
    }
    assert_eq!(words(text), ["fever", "chest pain"]);
}

/// Proves G3 of form: a form given with its case is found in that case only, another in any.
#[test]
fn case_counts_only_where_it_was_given() {
    assert_eq!(entries("HTN htn Htn PNA Pna"), ["hypertension", "pneumonia", "pneumonia"]);
}

/// What notes are made of, to be thrown together.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "chest", "pain", "fever", "hyper", "tension", "Crohn", "'s", "\u{2019}s", "MS", "CA", "OR", "SOB", "s/p", "no", "denies",
            "mother", "had", "Dr.", "MD", "mg", "5", "L", "a", "p", "?", "but", "family history", "alert", "cancer", "A1c", "r/o",
        ]).prop_map(str::to_owned),
        3 => prop::sample::select(vec![
            " ", "\n", "-", "- ", " - ", "-\n", "\n\n", "\u{AD}", "\u{A0}", "/", ".", ". ", ",", ":", "@", "://", "(", ")", "_", "'",
            "\u{301}", "\u{FB01}", "é", "İ", "ß", "🩺", "\u{200D}", "\r",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

proptest! {
    /// Proves G1: no text makes it fail, and every span is a span.
    #[test]
    fn marks_are_ordered_whole_and_counted_right(pieces in prop::collection::vec(piece(), 0..40)) {
        let text = pieces.concat();
        let found = glossary().annotate(&text, &Context::default());
        let mut last = 0;
        for mark in &found {
            prop_assert!(mark.start >= last && mark.end > mark.start);
            last = mark.end;
            prop_assert!(text.get(mark.start..mark.end).is_some());
            let units = |end: usize| text.get(..end).map(|text| text.encode_utf16().count());
            prop_assert_eq!(Some(mark.start_utf16), units(mark.start));
            prop_assert_eq!(Some(mark.end_utf16), units(mark.end));
            prop_assert!((1..=3).contains(&mark.senses.len()));
            prop_assert!(!mark.certain || mark.senses.len() == 1);
        }
    }

    /// Proves G1 over the library's own entries.
    #[test]
    fn the_embedded_glossary_takes_any_text(text in any::<String>(), pieces in prop::collection::vec(piece(), 0..20)) {
        for text in [text, pieces.concat()] {
            for mark in plainchart_glossary::Glossary::embedded().annotate(&text, &Context::default()) {
                prop_assert!(text.get(mark.start..mark.end).is_some());
            }
        }
    }
}

/// Proves G1 on hostile texts: repetition of anything is read. A square of the longer ones would not
/// end within any patience.
#[test]
fn repetition_of_anything_is_read_in_one_pass() {
    let read = |piece: &str, bytes: usize| {
        let text = piece.repeat(bytes / piece.len());
        assert!(glossary().annotate(&text, &Context::default()).len() <= text.len());
    };
    for piece in ["a ", "hyper-\n", "a@", "Dr. A "] {
        read(piece, 200_000);
    }
    for piece in
        ["chest-\n", "no ", "://", ".", "\u{AD}", "?a", "mother: ", "-", "p/", "\u{301}", "CA ", "MS ", "1 mg/"]
    {
        read(piece, 10_000);
    }
}
