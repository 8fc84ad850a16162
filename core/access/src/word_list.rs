//! The reviewed list of sensitive words (N4), `data/words/`, and what only looks like them, `data/look-alikes.txt`.
//!
//! Whether something was found, denied or ruled out does not matter: that somebody was tested for it is as private.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::data_lines::{classes, lines};
use crate::{Classes, SensitivityClass};

pub(crate) const WORDS: &[&str] = &[
    include_str!("../data/words/hiv.txt"),
    include_str!("../data/words/medicines.txt"),
    include_str!("../data/words/mental-health.txt"),
    include_str!("../data/words/sexual-health.txt"),
    include_str!("../data/words/substance-use.txt"),
    include_str!("../data/words/violence.txt"),
];
pub(crate) const LOOK_ALIKES: &[&str] = &[include_str!("../data/look-alikes.txt")];

/// Words in a row; the last letters of one may be open.
struct Phrase {
    words: Vec<&'static str>,
    classes: Classes,
}

/// Phrases by their first word, `*` included.
type List = HashMap<&'static str, Vec<Phrase>>;

/// Shortest beginning that an open word may have.
const SHORTEST_STEM: usize = 3;

fn list(cell: &'static OnceLock<List>, texts: &[&'static str]) -> &'static List {
    cell.get_or_init(|| {
        let mut list = List::new();
        for [words, names, _] in texts.iter().copied().flat_map(lines::<3>) {
            let words: Vec<&'static str> = words.split(' ').collect();
            if let Some(first) = words.first() {
                list.entry(first).or_default().push(Phrase { words, classes: classes(names) });
            }
        }
        list
    })
}

/// The classes that a text names.
pub(crate) fn classes_of_text(text: &str) -> Classes {
    static SENSITIVE: OnceLock<List> = OnceLock::new();
    static ALIKE: OnceLock<List> = OnceLock::new();
    let words = split(text);
    let found = matches(list(&SENSITIVE, WORDS), &words);
    if found.is_empty() {
        return Classes::NONE;
    }
    let alike = matches(list(&ALIKE, LOOK_ALIKES), &words);
    let covered = |at: usize, class: SensitivityClass| {
        alike.iter().any(|one| one.classes.contains(class) && (one.from..one.to).contains(&at))
    };
    let mut set = Classes::NONE;
    for one in &found {
        for class in SensitivityClass::ALL.into_iter().filter(|class| one.classes.contains(*class)) {
            // A phrase counts as long as one of its words stands outside of what only looks alike.
            if (one.from..one.to).any(|at| !covered(at, class)) {
                set = set.with(class);
            }
        }
    }
    set
}

struct Match {
    from: usize,
    to: usize,
    classes: Classes,
}

fn matches(list: &List, words: &[String]) -> Vec<Match> {
    let mut found = Vec::new();
    for (from, word) in words.iter().enumerate() {
        let open = word.char_indices().map(|(at, c)| at + c.len_utf8()).filter(|end| *end >= SHORTEST_STEM);
        let stems = open.filter_map(|end| word.get(..end)).map(|stem| format!("{stem}*"));
        for first in std::iter::once(word.clone()).chain(stems) {
            for phrase in list.get(first.as_str()).into_iter().flatten() {
                let to = from + phrase.words.len();
                let row = words.get(from..to).unwrap_or_default();
                if row.len() == phrase.words.len() && phrase.words.iter().zip(row).all(|(open, word)| is(open, word)) {
                    found.push(Match { from, to, classes: phrase.classes });
                }
            }
        }
    }
    found
}

fn is(listed: &str, word: &str) -> bool {
    match listed.strip_suffix('*') {
        Some(stem) => word.starts_with(stem),
        None => word == listed,
    }
}

/// Words in small letters without accents; everything that is no letter or figure parts them.
fn split(text: &str) -> Vec<String> {
    let plain: String =
        text.chars().flat_map(char::to_lowercase).filter(|c| !is_mark(*c)).map(without_accent).collect();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Accents that stand as letters of their own, and the soft hyphen and other signs without width that part no word.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

fn without_accent(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        other => other,
    }
}
