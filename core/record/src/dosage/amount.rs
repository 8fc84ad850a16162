//! Numbers and units as written: no rounding, no conversion.

use crate::redact::hidden_debug;

use super::lexicon::{MEASURES, UNITS, find};

/// A number as written. It is compared by value and shown as text.
#[derive(Clone)]
pub struct Number {
    text: String,
    numerator: u64,
    denominator: u64,
}

hidden_debug!(Number);

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cross(other) == other.cross(self)
    }
}

impl Eq for Number {}

/// Words for numbers that stand in instructions.
const NUMBER_WORDS: [(&str, &str); 13] = [
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("half", "1/2"),
];

/// Fractions that have a character of their own.
const FRACTIONS: [(&str, u64, u64); 3] = [("½", 1, 2), ("¼", 1, 4), ("¾", 3, 4)];

impl Number {
    /// Reads `2`, `1.50`, `.5`, `1,000`, `1/2`, `1 1/2` or `½`, and keeps the text. `None` for anything else, zero
    /// included.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (numerator, denominator) = value(text)?;
        (numerator > 0).then(|| Self { text: text.to_owned(), numerator, denominator })
    }

    /// The number that a word stands for: `two`, `half`. Its text is in figures.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        NUMBER_WORDS.iter().find(|(known, _)| *known == word).and_then(|(_, figures)| Self::read(figures))
    }

    /// As written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole number it is, if it is one.
    #[must_use]
    pub fn whole(&self) -> Option<u64> {
        self.numerator.is_multiple_of(self.denominator).then(|| self.numerator / self.denominator)
    }

    /// True for 1 and for a fraction below 1 that is written as one: `1/2 tablet`, `0.5 tablets`.
    #[must_use]
    pub fn is_one(&self) -> bool {
        !self.text.contains('.') && (self.whole() == Some(1) || self.numerator < self.denominator)
    }

    pub(super) fn is_below(&self, other: &Self) -> bool {
        self.cross(other) < other.cross(self)
    }

    pub(super) fn is_fraction(&self) -> bool {
        self.numerator < self.denominator && !self.text.contains('.')
    }

    /// Numerator and denominator.
    pub(super) fn ratio(&self) -> (u64, u64) {
        (self.numerator, self.denominator)
    }

    fn cross(&self, other: &Self) -> u128 {
        u128::from(self.numerator) * u128::from(other.denominator)
    }
}

fn value(text: &str) -> Option<(u64, u64)> {
    if let Some((_, numerator, denominator)) = FRACTIONS.iter().find(|(sign, ..)| *sign == text) {
        return Some((*numerator, *denominator));
    }
    if let Some((whole, fraction)) = text.split_once(' ') {
        let (numerator, denominator) = value(fraction)?;
        let whole = digits(whole)?;
        return (numerator < denominator).then_some((whole * denominator + numerator, denominator));
    }
    if let Some((numerator, denominator)) = text.split_once('/') {
        let (numerator, denominator) = (digits(numerator)?, digits(denominator)?);
        // Others, such as 5/325, are two strengths and no fraction.
        return ((2..=4).contains(&denominator) && numerator < denominator).then_some((numerator, denominator));
    }
    match text.split_once('.') {
        None => Some((thousands(text)?, 1)),
        Some((whole, fraction)) => {
            let whole = if whole.is_empty() { 0 } else { thousands(whole)? };
            let places = u32::try_from(fraction.len()).ok().filter(|places| *places <= 6)?;
            let scale = 10_u64.pow(places);
            Some((whole * scale + digits(fraction)?, scale))
        }
    }
}

/// Figures, with commas between thousands or without any.
fn thousands(text: &str) -> Option<u64> {
    let mut groups = text.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let grouped = rest.is_empty() || (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
    grouped.then(|| digits(&text.replace(',', ""))).flatten()
}

fn digits(text: &str) -> Option<u64> {
    let all = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

/// What is counted or measured.
#[derive(Clone, Debug)]
pub enum Unit {
    /// A thing that is counted, by code: `tablet`, `puff`, `drop`, `unit`.
    Counted(&'static str),
    /// A unit of measure, exactly as written: `mg`, `mL`, `µg`.
    Measured(String),
    /// An amount without a number, by code: `thin-layer`.
    Described(&'static str),
}

impl PartialEq for Unit {
    /// Units of measure are the same in capitals and small letters, as instructions are typed both ways. The units
    /// that are read (`mg`, `mcg`, `g`, `mL` ...) stay apart all the same.
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Counted(a), Self::Counted(b)) | (Self::Described(a), Self::Described(b)) => a == b,
            (Self::Measured(a), Self::Measured(b)) => measure_code(a) == measure_code(b),
            _ => false,
        }
    }
}

impl Eq for Unit {}

/// One spelling of a unit of measure, for comparing.
fn measure_code(text: &str) -> Option<&'static str> {
    find(MEASURES, &text.to_lowercase())
}

impl Unit {
    /// Reads a unit in the source's spelling. `None` if we do not know it.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let lower = text.to_lowercase();
        let counted = || {
            let bare = lower.trim_matches(|c| matches!(c, '{' | '}' | '[' | ']' | '.'));
            find(UNITS, &bare.replace("(s)", "s")).map(Self::Counted)
        };
        find(MEASURES, &lower).map(|_| Self::Measured(text.to_owned())).or_else(counted)
    }
}

/// An amount, or from one amount to another.
#[derive(Clone, PartialEq, Eq)]
pub struct Amount {
    /// The number; absent for an amount that is only described.
    pub number: Option<Number>,
    /// The higher end, where it is a range.
    pub high: Option<Number>,
    /// What is counted or measured.
    pub unit: Unit,
}

hidden_debug!(Amount);
