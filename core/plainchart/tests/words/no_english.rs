//! No words for the reader outside of the catalogue (SPEC T3): the sources hold codes, and words of the sources that
//! they read.

use crate::source::{Literal, Source, sources};

/// Files whose words are read, not shown: what hospitals write, which these tables find. And why.
const WORDS_OF_SOURCES: &[(&str, &str)] = &[
    ("document/src/heading_line.rs", "words that look like a heading and are none"),
    ("document/src/pdf/glyph_names.rs", "names of letters in fonts"),
    ("document/src/rtf/code_page.rs", "names of fonts"),
    ("document/src/wordings.rs", "headings as hospitals write them"),
    ("plainchart/src/reading/medicine_name.rs", "names of medicines as hospitals write them"),
    ("plainchart/src/spoken/numbers.rs", "what stands beside a number in a note"),
    ("plainchart/src/spoken/units.rs", "units as hospitals write them"),
    ("record/src/dosage/", "instructions as hospitals write them"),
    ("record/src/interpretation.rs", "flags as laboratories write them"),
    ("record/src/none_known.rs", "how sources say that there is nothing"),
    ("record/src/range_choice.rs", "for whom laboratories say that a range is"),
    ("record/src/referral_kind.rs", "orders as hospitals write them"),
    ("record/src/trend/band.rs", "kinds of range as laboratories write them"),
];

/// Places whose words are for a developer, by what stands on the line or just before it.
const FOR_DEVELOPERS: &[&str] = &[
    "#[error(",
    "#[deprecated",
    "reason = ",
    "expecting(",
    "write!(f,",
    "#[doc",
    "f.write_str(",
    "formatter.write_str(",
];

/// Beginnings of lines that go into files and messages of machines.
const FOR_MACHINES: &[&str] =
    &["application/", "text/", "<svg", "<title", "<desc", "<circle", "<g ", "<path", "<line", "<rect", "<text"];

/// Two words in a row, as a sentence or a label has them.
fn is_prose(text: &str) -> bool {
    let without_holes: String = {
        let mut out = String::new();
        let mut depth = 0_u32;
        for c in text.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ if depth == 0 => out.push(c),
                _ => {}
            }
        }
        out
    };
    let is_word = |word: &str| {
        let bare = word.trim_matches(|c: char| matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | '(' | ')' | '\u{2019}'));
        !bare.is_empty() && bare.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '-'))
    };
    let words: Vec<&str> = without_holes.split_whitespace().collect();
    words.windows(2).any(|pair| is_word(pair[0]) && is_word(pair[1]))
}

/// A method whose texts are hints for developers.
fn is_hint(source: &Source, literal: &Literal) -> bool {
    source.code[..literal.start].rfind("fn ").is_some_and(|at| source.code[at..].starts_with("fn hint("))
}

/// Inside of a call that only ever speaks to a developer.
fn is_assertion(source: &Source, literal: &Literal) -> bool {
    ["assert!(", "expect(", "unreachable!("].iter().any(|call| {
        let open = source.code[..literal.start].rfind(call).map(|at| at + call.len());
        open.is_some_and(|open| {
            let depth = source.code[open..literal.start].chars().fold(1_i32, |depth, c| match c {
                '(' if depth > 0 => depth + 1,
                // Once the call is closed it stays closed.
                ')' if depth > 0 => depth - 1,
                _ => depth,
            });
            depth > 0
        })
    })
}

fn is_for_machines_or_developers(source: &Source, literal: &Literal) -> bool {
    let line = source.line_text(literal.start);
    let starts_so = |start: &&str| literal.text.trim_start().starts_with(*start);
    // rustfmt may break a call before its text.
    let before = source.code[..literal.start].trim_end();
    FOR_DEVELOPERS.iter().any(|mark| line.contains(mark) || before.ends_with(mark))
        || before.ends_with("concat!(") && source.line_text(before.len() - 1).contains("#[doc")
        || is_assertion(source, literal)
        || FOR_MACHINES.iter().any(starts_so)
}

/// Proves T3: the core says nothing that is not in the catalogue.
#[test]
fn no_sentence_stands_in_the_code() {
    let mut found = Vec::new();
    for source in sources(&["plainchart", "record", "document", "access"]) {
        if WORDS_OF_SOURCES.iter().any(|(path, _)| source.name.starts_with(path)) {
            continue;
        }
        for literal in source.literals.iter().filter(|literal| is_prose(&literal.text)) {
            if !is_hint(&source, literal) && !is_for_machines_or_developers(&source, literal) {
                found.push(format!("{}:{}: {:?}", source.name, source.line(literal.start), literal.text));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Proves T3: the scan sees a sentence, a label and one with a hole, and passes over codes.
#[test]
fn the_scan_sees_prose() {
    for prose in ["This was not done.", "a file", "up to {}", "{source} does not share this."] {
        assert!(is_prose(prose), "{prose}");
    }
    for code in ["result.flag.high", "patient/*.rs", "{} {}", "urn:plainchart:file:", "2006-01-02"] {
        assert!(!is_prose(code), "{code}");
    }
}

/// Proves T3: a path of the allow list that is gone leaves the list.
#[test]
fn every_path_of_the_allow_list_is_there() {
    let all = sources(&["plainchart", "record", "document", "access"]);
    for (path, _) in WORDS_OF_SOURCES {
        assert!(all.iter().any(|source| source.name.starts_with(path)), "{path}");
    }
}
