//! An id of the catalogue with its arguments (T3).

use crate::redact::hidden_debug;
use crate::time::FhirTime;

/// What stands in the place of an argument.
#[derive(Clone, PartialEq, Eq)]
pub enum Argument {
    /// Text that is the same in every language: a number or a unit, as written.
    Text(String),
    /// Another line of the catalogue.
    Phrase(Box<Phrase>),
    /// A time, to be written as the reader's language writes it.
    Time(FhirTime),
}

hidden_debug!(Argument);

/// A line of the catalogue, with what stands in its braces.
#[derive(Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Its id, plural form included: `dosage.unit.tablet[other]`.
    pub id: String,
    /// Arguments by name.
    pub arguments: Vec<(&'static str, Argument)>,
}

hidden_debug!(Phrase);

impl Phrase {
    pub(super) fn new(id: impl Into<String>) -> Self {
        Self { id: id.into(), arguments: Vec::new() }
    }

    pub(super) fn text(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.arguments.push((name, Argument::Text(text.into())));
        self
    }

    pub(super) fn phrase(mut self, name: &'static str, phrase: Self) -> Self {
        self.arguments.push((name, Argument::Phrase(Box::new(phrase))));
        self
    }

    pub(super) fn time(mut self, name: &'static str, time: FhirTime) -> Self {
        self.arguments.push((name, Argument::Time(time)));
        self
    }

    /// The words. `say` looks an id up and puts the arguments in; `write_time` writes a time.
    pub fn render(
        &self,
        say: &impl Fn(&str, &[(&str, &str)]) -> String,
        write_time: &impl Fn(&FhirTime) -> String,
    ) -> String {
        let words = |argument: &Argument| match argument {
            Argument::Text(text) => text.clone(),
            Argument::Phrase(phrase) => phrase.render(say, write_time),
            Argument::Time(time) => write_time(time),
        };
        let values: Vec<(&str, String)> =
            self.arguments.iter().map(|(name, argument)| (*name, words(argument))).collect();
        let arguments: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        say(&self.id, &arguments)
    }
}

/// Phrases in a row, joined two by two by a line of the catalogue, such as `dosage.join`.
pub(super) fn joined(id: &str, phrases: Vec<Phrase>) -> Option<Phrase> {
    phrases.into_iter().reduce(|first, next| Phrase::new(id).phrase("first", first).phrase("next", next))
}

/// `a`, `a and b`, `a, b and c`, by the lines `dosage.list.comma` and `dosage.list.<last>`.
pub(super) fn listed(last: &str, mut phrases: Vec<Phrase>) -> Option<Phrase> {
    let end = phrases.pop()?;
    Some(match joined("dosage.list.comma", phrases) {
        None => end,
        Some(first) => Phrase::new(format!("dosage.list.{last}")).phrase("first", first).phrase("next", end),
    })
}
