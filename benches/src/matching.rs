//! The peers of the glossary: matchers of many words at once over the same surface forms.
//!
//! They find whole words, case folded, the longest at each place. They know no senses, no negation, no abbreviations that
//! are also words: what stands between a list of matches and an explanation is our side's work alone.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, MatchKind};
use daachorse::{DoubleArrayAhoCorasick, DoubleArrayAhoCorasickBuilder};
use plainchart_glossary::Glossary;

use crate::rounds::Result;

/// A match: first byte, one past the last, number of the form.
pub type Match = (usize, usize, usize);

/// The surface forms of the glossary, folded, each once.
#[must_use]
pub fn surface_forms() -> Vec<String> {
    let forms: BTreeSet<String> =
        Glossary::embedded().entries().flat_map(|entry| entry.forms()).map(str::to_ascii_lowercase).collect();
    forms.into_iter().filter(|form| !form.is_empty()).collect()
}

/// The aho-corasick crate.
pub struct Usual(AhoCorasick);

impl Usual {
    /// Its name in reports.
    pub const NAME: &str = "aho-corasick 1.1.5, longest + whole words";

    /// Builds the automaton.
    ///
    /// # Errors
    /// If there are too many forms.
    pub fn new(forms: &[String]) -> Result<Self> {
        let mut builder = AhoCorasick::builder();
        Ok(Self(builder.match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true).build(forms)?))
    }

    /// The whole words that are forms.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Match> {
        let found = self.0.find_iter(text).map(|found| (found.start(), found.end(), found.pattern().as_usize()));
        found.filter(|found| is_whole_word(text, found)).collect()
    }
}

/// The daachorse crate.
pub struct Fastest(DoubleArrayAhoCorasick<u32>);

impl Fastest {
    /// Its name in reports.
    pub const NAME: &str = "daachorse 5.1.0, longest + whole words";

    /// Builds the automaton.
    ///
    /// # Errors
    /// If there are too many forms.
    pub fn new(forms: &[String]) -> Result<Self> {
        let builder = DoubleArrayAhoCorasickBuilder::new().match_kind(daachorse::MatchKind::LeftmostLongest);
        Ok(Self(builder.build(forms).map_err(|error| error.to_string())?))
    }

    /// The whole words that are forms. It cannot fold case, so the text is folded first.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Match> {
        let folded = text.to_ascii_lowercase();
        let found = self.0.leftmost_find_iter(&folded);
        let found = found.map(|found| (found.start(), found.end(), found.value() as usize));
        found.filter(|found| is_whole_word(text, found)).collect()
    }
}

fn is_whole_word(text: &str, found: &Match) -> bool {
    let before = text.get(..found.0).and_then(|before| before.chars().next_back());
    let after = text.get(found.1..).and_then(|after| after.chars().next());
    !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_matchers_find_the_same_whole_words() {
        let forms = surface_forms();
        let text = crate::prose::Prose::read().unwrap().whole(20_000);
        let usual = Usual::new(&forms).unwrap().find(&text);
        assert!(usual.len() > 100);
        assert_eq!(usual, Fastest::new(&forms).unwrap().find(&text));
        assert!(usual.iter().all(|(start, end, form)| text[*start..*end].eq_ignore_ascii_case(&forms[*form])));
    }
}
