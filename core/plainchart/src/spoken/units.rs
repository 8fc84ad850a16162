//! Units behind a number, in words.

use crate::words::say;

/// How a unit is written, and its name in the catalogue. Case counts only for single letters.
const UNITS: &[(&str, &str)] = &[
    ("millimeters of mercury", "mercury"),
    ("mm Hg", "mercury"),
    ("mmHg", "mercury"),
    ("mmol", "millimole"),
    ("umol", "micromole"),
    ("µmol", "micromole"),
    ("μmol", "micromole"),
    ("nmol", "nanomole"),
    ("pmol", "picomole"),
    ("mol", "mole"),
    ("mEq", "milliequivalent"),
    ("mcg", "microgram"),
    ("µg", "microgram"),
    ("μg", "microgram"),
    ("ug", "microgram"),
    ("mg", "milligram"),
    ("kg", "kilogram"),
    ("ng", "nanogram"),
    ("pg", "picogram"),
    ("gm", "gram"),
    ("g", "gram"),
    ("mL", "milliliter"),
    ("cc", "milliliter"),
    ("dL", "deciliter"),
    ("uL", "microliter"),
    ("µL", "microliter"),
    ("μL", "microliter"),
    ("fL", "femtoliter"),
    ("L", "liter"),
    ("cm", "centimeter"),
    ("mm", "millimeter"),
    ("lbs", "pound"),
    ("lb", "pound"),
    ("oz", "ounce"),
    ("bpm", "beats-per-minute"),
    ("%", "percent"),
    ("°F", "fahrenheit"),
    ("° F", "fahrenheit"),
    ("ºF", "fahrenheit"),
    ("deg F", "fahrenheit"),
    ("°C", "celsius"),
    ("° C", "celsius"),
    ("ºC", "celsius"),
    ("deg C", "celsius"),
    ("IU", "international-unit"),
    ("units", "unit"),
    ("unit", "unit"),
    ("hrs", "hour"),
    ("hr", "hour"),
    ("mins", "minute"),
    ("min", "minute"),
    ("secs", "second"),
    ("sec", "second"),
    ("m2", "square-meter"),
    ("m²", "square-meter"),
    ("U", "unit"),
];

/// What stands below the line only: alone behind a number it may be something else.
const BELOW: &[(&str, &str)] = &[("day", "day"), ("d", "day"), ("hour", "hour"), ("h", "hour"), ("minute", "minute")];

/// A unit read.
pub(super) struct SpokenUnit {
    /// Its words.
    pub(super) words: String,
    /// Bytes of it.
    pub(super) length: usize,
}

/// The unit at the start of a text. `one`: the number before it is 1.
pub(super) fn unit_at(text: &str, one: bool) -> Option<SpokenUnit> {
    let (length, name) = known(text, false)?;
    let mut unit = SpokenUnit { words: form(name, one), length };
    while let Some(below) = text.get(unit.length..).and_then(|rest| rest.strip_prefix('/')) {
        if let Some((length, name)) = known(below, true) {
            unit.words = format!("{} {} {}", unit.words, say("spoken.per", &[]), form(name, true));
            unit.length += 1 + length;
        } else if below.starts_with(|c: char| c.is_ascii_digit()) {
            unit.words = format!("{} {}", unit.words, say("spoken.per", &[]));
            unit.length += 1;
            return Some(unit);
        } else {
            return None;
        }
    }
    ends(text.get(unit.length..)?).then_some(unit)
}

/// Whether a text begins with a unit of length.
pub(super) fn is_length(text: &str) -> bool {
    let unit = known(text.trim_start_matches(' '), false);
    unit.is_some_and(|(_, name)| matches!(name, "centimeter" | "millimeter"))
}

fn form(name: &str, one: bool) -> String {
    say(&format!("spoken.unit.{name}[{}]", if one { "one" } else { "other" }), &[])
}

/// The longest unit that a text begins with and that ends there, or at a slash.
fn known(text: &str, below: bool) -> Option<(usize, &'static str)> {
    let written = UNITS.iter().chain(BELOW.iter().filter(|_| below));
    let fits = |(unit, name): &(&'static str, &'static str)| {
        let start = text.get(..unit.len())?;
        let same = if unit.len() == 1 { start == *unit } else { start.eq_ignore_ascii_case(unit) };
        let rest = text.get(unit.len()..)?;
        (same && (ends(rest) || rest.starts_with('/'))).then_some((unit.len(), *name))
    };
    written.filter_map(fits).max_by_key(|(length, _)| *length)
}

/// Whether a word ends here.
fn ends(rest: &str) -> bool {
    !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '²' | '³' | '^' | '/' | '\''))
}
