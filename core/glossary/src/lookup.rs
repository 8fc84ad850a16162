//! Looking a word up: what it means, or what was meant by a misspelling.

use crate::compile::tables::{Table, form};
use crate::entry::Entry;
use crate::glossary::{FALLBACK_LANGUAGE, Glossary, search};
use crate::lexicon::Lexicon;
use crate::scan::Scan;
use crate::text::fold::folded;

/// What a word can mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition<'g> {
    /// The entries that are written so, each with all its senses; best first.
    pub entries: Vec<Entry<'g>>,
    /// The language tag of their definitions; not the one asked for where that one is missing.
    pub language_used: &'g str,
}

/// Suggestions at most.
const MOST_SUGGESTIONS: usize = 8;

/// Longer words are not looked for by likeness; no form is as long.
const LONGEST_WORD: usize = 80;

impl Glossary {
    /// What `term` means, in `language` or else visibly in English. None if no entry is written so.
    ///
    /// Case does not matter to who looks up: `ms` finds the entry of `MS`.
    pub fn define(&self, term: &str, language: &str) -> Option<Definition<'_>> {
        let term = term.trim();
        let scan = Scan::new(term);
        let mut ends = Vec::new();
        let mut entries: Vec<Entry<'_>> = Vec::new();
        let mut push = |entry: Entry<'_>| {
            // The translation stands for the entry.
            if let Some(entry) = self.entry_in(entry.id(), language).filter(|entry| !entries.contains(entry)) {
                entries.push(entry);
            }
        };
        for lexicon in self.layers() {
            let trie = lexicon.forms();
            scan.ends(trie, 0, &mut ends);
            let whole = ends.iter().rev().find(|end| end.last + 1 == scan.tokens.len());
            let exact = whole.into_iter().flat_map(|end| scan.forms(lexicon, Table::Forms, trie, 0, *end));
            let mut owners: Vec<_> = exact.map(|(_, form)| (!form.has(form::EXACT), form.owner)).collect();
            owners.sort_unstable();
            let folded = normal(&scan);
            owners.extend(
                begins_with(lexicon, &folded).take_while(|text| text.0 == folded).map(|(_, owner, _)| (true, owner)),
            );
            for (_, owner) in owners {
                if !self.is_replaced(lexicon, owner) {
                    push(Entry::new(lexicon, owner));
                }
            }
        }
        let first = entries.first()?;
        // One answer has one language: the one asked for only if every entry has it.
        let language_used =
            entries.iter().map(Entry::language).find(|used| *used == FALLBACK_LANGUAGE).unwrap_or(first.language());
        Some(Definition { entries, language_used })
    }

    /// Forms that `typed` begins, or that it misspells by one slip (two, if longer than seven
    /// letters). Nearest first, at most eight.
    pub fn suggest(&self, typed: &str) -> Vec<&str> {
        let typed = normal(&Scan::new(typed.trim()));
        let letters: Vec<char> = typed.chars().collect();
        if letters.is_empty() || letters.len() > LONGEST_WORD {
            return Vec::new();
        }
        let mut found: Vec<(usize, usize, &str)> = Vec::new();
        for lexicon in self.layers() {
            for (text, owner, written) in begins_with(lexicon, &typed).take(4 * MOST_SUGGESTIONS) {
                if !self.is_replaced(lexicon, owner) {
                    found.push((0, text.len(), written));
                }
            }
        }
        if found.len() < MOST_SUGGESTIONS {
            let most = if letters.len() <= 7 { 1 } else { 2 };
            for lexicon in self.layers() {
                for (text, owner, written) in begins_with(lexicon, "") {
                    // Two-letter forms are one slip from everything.
                    if text.len() < 3 || letters.len() < 3 {
                        continue;
                    }
                    if let Some(slips) = slips(&letters, &text, most).filter(|slips| *slips > 0)
                        && !self.is_replaced(lexicon, owner)
                    {
                        found.push((slips, text.len(), written));
                    }
                }
            }
        }
        found.sort_unstable();
        let mut suggestions: Vec<&str> = Vec::new();
        for (_, _, written) in found {
            if suggestions.len() < MOST_SUGGESTIONS && !suggestions.contains(&written) {
                suggestions.push(written);
            }
        }
        suggestions
    }
}

/// A typed term as forms are compared, folded.
fn normal(scan: &Scan<'_>) -> String {
    let mut text = String::new();
    for (at, token) in scan.tokens.iter().enumerate() {
        if at > 0 && token.gap != crate::text::token::Gap::None {
            text.push(' ');
        }
        text.push_str(&folded(scan.word(at)));
    }
    text
}

/// The forms that begin with `prefix`, in order: folded text, entry, as written.
fn begins_with<'g>(lexicon: &'g Lexicon, prefix: &str) -> impl Iterator<Item = (String, u32, &'g str)> {
    let order = lexicon.table(Table::FormOrder);
    let form = move |at: usize| lexicon.form(Table::Forms, order.get(at));
    let first = search(order.len(), |at| *folded(form(at).text) < *prefix);
    let prefix = prefix.to_owned();
    (first..order.len())
        .map(move |at| (folded(form(at).text), form(at).owner, lexicon.written(order.get(at))))
        .take_while(move |(text, _, _)| text.starts_with(&prefix))
}

/// Damerau-Levenshtein distance (adjacent letters may be swapped), if at most `most`.
fn slips(typed: &[char], form: &str, most: usize) -> Option<usize> {
    let length = form.chars().count();
    if length.abs_diff(typed.len()) > most {
        return None;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=typed.len()).collect();
    let mut above = None;
    for (row, letter) in form.chars().enumerate() {
        let mut line = Vec::with_capacity(typed.len() + 1);
        line.push(row + 1);
        let mut left = None;
        for (column, typed_letter) in typed.iter().copied().enumerate() {
            let at = |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX / 2);
            let mut cost = at(&last, column) + usize::from(letter != typed_letter);
            cost = cost.min(at(&last, column + 1) + 1).min(at(&line, column) + 1);
            if above == Some(typed_letter) && left == Some(letter) {
                cost = cost.min(at(&before_last, column.wrapping_sub(1)) + 1);
            }
            line.push(cost);
            left = Some(typed_letter);
        }
        if line.iter().min().is_some_and(|least| *least > most) {
            return None;
        }
        above = Some(letter);
        before_last = std::mem::replace(&mut last, line);
    }
    last.last().copied().filter(|slips| *slips <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_count_swaps_as_one_and_stop_at_the_bound() {
        let letters = |word: &str| word.chars().collect::<Vec<_>>();
        for (typed, form, most, expected) in [
            ("edema", "edema", 1, Some(0)),
            ("edeam", "edema", 1, Some(1)),
            ("dema", "edema", 1, Some(1)),
            ("eddema", "edema", 1, Some(1)),
            ("odema", "edema", 1, Some(1)),
            ("odeam", "edema", 1, None),
            ("odeam", "edema", 2, Some(2)),
            ("ca", "abc", 3, Some(3)),
        ] {
            assert_eq!(slips(&letters(typed), form, most), expected, "{typed} {form}");
        }
    }
}
