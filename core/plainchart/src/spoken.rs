//! A text as it is read aloud (N6): certain abbreviations in full, units and signs in words. Numbers are never changed or
//! lost, nor is any word that is not spelled out; what is not sure is read as written.

mod numbers;
mod table;
mod units;

pub(crate) use table::{SpokenCell, speak_table};

use crate::words::say;
use numbers::number_at;

/// A part of a text that is read in other words.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'w> {
    /// First byte.
    pub(crate) start: usize,
    /// One past the last byte.
    pub(crate) end: usize,
    /// What to say instead; none: as written.
    pub(crate) words: Option<&'w str>,
    /// What it means, to be said behind it.
    pub(crate) meaning: Option<&'w str>,
}

/// Signs with words of their own, the longer before the shorter, and where they count.
const SIGNS: &[(&str, Where, &str)] = &[
    ("-->", Where::Anywhere, "spoken.to"),
    ("->", Where::Anywhere, "spoken.to"),
    ("=>", Where::Anywhere, "spoken.to"),
    ("→", Where::Anywhere, "spoken.to"),
    ("↑", Where::Anywhere, "spoken.up"),
    ("↓", Where::Anywhere, "spoken.down"),
    ("<=", Where::BeforeNumber, "spoken.less-or-equal"),
    (">=", Where::BeforeNumber, "spoken.more-or-equal"),
    ("≤", Where::Anywhere, "spoken.less-or-equal"),
    ("≥", Where::Anywhere, "spoken.more-or-equal"),
    ("+/-", Where::Anywhere, "spoken.plus-minus"),
    ("±", Where::Anywhere, "spoken.plus-minus"),
    ("<", Where::BeforeNumber, "spoken.less"),
    (">", Where::BeforeNumber, "spoken.more"),
    ("~", Where::BeforeNumber, "spoken.about"),
    ("#", Where::BeforeNumber, "spoken.number"),
    ("=", Where::BeforeNumber, "spoken.equals"),
    ("−", Where::Alone, "spoken.minus"),
    ("(+)", Where::Anywhere, "spoken.plus"),
    ("(-)", Where::Anywhere, "spoken.minus"),
    ("[+]", Where::Anywhere, "spoken.plus"),
    ("[-]", Where::Anywhere, "spoken.minus"),
    ("+", Where::Alone, "spoken.plus"),
    ("-", Where::Sign, "spoken.minus"),
    ("&", Where::Alone, "spoken.and"),
    ("@", Where::Alone, "spoken.at"),
    ("w/o", Where::Alone, "spoken.without"),
    ("w/", Where::Alone, "spoken.with"),
];

/// Where a sign has its meaning.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Anywhere,
    /// Before a number, spaces between or not.
    BeforeNumber,
    /// Between spaces, or the ends of the line.
    Alone,
    /// Right before a number and behind a space or an opening bracket: the sign of the number.
    Sign,
}

/// Reads a text. `readings`: parts read in other words, in order and apart from each other.
pub(crate) fn speak(text: &str, readings: &[Reading<'_>]) -> String {
    let mut speech = Speech::default();
    let (mut at, mut next) = (0, readings.iter().copied().filter(|reading| is_sound(text, reading)).peekable());
    while at < text.len() {
        while next.peek().is_some_and(|reading| reading.start < at) {
            next.next();
        }
        if let Some(reading) = next.next_if(|reading| reading.start == at) {
            speech.reading(text, &reading);
            at = reading.end;
        } else {
            let end = next.peek().map_or(text.len(), |reading| reading.start);
            at = speech.step(text, at, end);
        }
    }
    speech.text
}

/// A reading is taken if it stands in the text and loses none of its numbers.
fn is_sound(text: &str, reading: &Reading<'_>) -> bool {
    let Some(written) = text.get(reading.start..reading.end).filter(|written| !written.is_empty()) else {
        return false;
    };
    let spoken = reading.words.map(digits).unwrap_or_default();
    reading.words.is_none() || digits(written).iter().all(|number| spoken.contains(number))
}

/// The runs of digits in a text, in order.
pub(crate) fn digits(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect()
}

#[derive(Default)]
struct Speech {
    text: String,
    /// A word was put that must not touch the next.
    apart: bool,
}

impl Speech {
    /// As written.
    fn push(&mut self, text: &str) {
        if self.apart && text.starts_with(char::is_alphanumeric) {
            self.text.push(' ');
        }
        self.apart = self.apart && text.is_empty();
        self.text.push_str(text);
    }

    /// A word of ours, apart from its neighbours.
    fn word(&mut self, word: &str) {
        if !self.text.is_empty() && !self.text.ends_with(|c: char| c.is_whitespace() || matches!(c, '(' | '[')) {
            self.text.push(' ');
        }
        self.text.push_str(word);
        self.apart = true;
    }

    fn reading(&mut self, text: &str, reading: &Reading<'_>) {
        let written = text.get(reading.start..reading.end).unwrap_or_default();
        let words = reading.words.unwrap_or(written);
        let spoken = match reading.meaning {
            Some(meaning) => say("spoken.meaning", &[("word", words), ("meaning", meaning.trim_end_matches('.'))]),
            None => words.to_owned(),
        };
        if reading.words.is_some() { self.word(&spoken) } else { self.push(&spoken) }
    }

    /// Reads what stands at `at`, and answers where it ends: `end` at most, unless a number with its unit goes on.
    fn step(&mut self, text: &str, at: usize, end: usize) -> usize {
        let before = text.get(..at).unwrap_or_default();
        let rest = text.get(at..).unwrap_or_default();
        if let Some(number) = number_at(before, rest) {
            self.push(&number.spoken);
            self.apart = number.apart;
            return at + number.length.max(1);
        }
        let sign = SIGNS.iter().find(|(sign, place, _)| rest.starts_with(sign) && stands(before, rest, sign, *place));
        if let Some((sign, _, id)) = sign.filter(|(sign, ..)| at + sign.len() <= end) {
            self.word(&say(id, &[]));
            return at + sign.len();
        }
        let mut chars = rest.char_indices();
        let first = chars.next().map(|(_, c)| c);
        // A whole word or number at once, so that what stands in it is no sign.
        let is_part = |c: char| c.is_alphanumeric();
        let length = match first {
            Some(c) if is_part(c) => rest.find(|c: char| !is_part(c)).unwrap_or(rest.len()),
            Some(c) => c.len_utf8(),
            None => 1,
        };
        let until = (at + length).min(end.max(at + 1));
        match text.get(at..until) {
            Some(part) => {
                self.push(part);
                until
            }
            None => at + length.max(1),
        }
    }
}

fn stands(before: &str, rest: &str, sign: &str, place: Where) -> bool {
    let after = rest.get(sign.len()..).unwrap_or_default();
    let starts_number = |text: &str| {
        let text = text.strip_prefix('.').unwrap_or(text);
        text.starts_with(|c: char| c.is_ascii_digit())
    };
    let is_free = before.is_empty() || before.ends_with(char::is_whitespace);
    match place {
        Where::Anywhere => true,
        Where::BeforeNumber => starts_number(after.trim_start_matches(' ')),
        Where::Alone => is_free && (after.is_empty() || after.starts_with(char::is_whitespace)),
        Where::Sign => {
            let ranged = before.trim_end().ends_with(|c: char| c.is_ascii_digit());
            (is_free || before.ends_with('(')) && starts_number(after) && !ranged && !before.is_empty()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> String {
        speak(text, &[])
    }

    /// Proves N6: units and signs are read in words where they are sure, and as written where they are not.
    #[test]
    fn units_and_signs() {
        for (written, spoken) in [
            ("Take 5 mg daily", "Take 5 milligrams daily"),
            ("1 mg", "1 milligram"),
            ("1,000 mcg", "1,000 micrograms"),
            ("Na 140 mmol/L.", "Na 140 millimoles per liter."),
            ("5mg/kg/day", "5 milligrams per kilogram per day"),
            ("eGFR 55 mL/min/1.73 m2", "eGFR 55 milliliters per minute per 1.73 square meters"),
            ("BP 120/80", "BP 120 over 80"),
            ("BP 150/95 mmHg, strength 5/5", "BP 150 over 95 millimeters of mercury, strength 5/5"),
            ("seen 11/20/2026", "seen 11/20/2026"),
            ("on 2026-11-20 at 10:30", "on 2026-11-20 at 10:30"),
            ("call 555-0101", "call 555-0101"),
            ("<5", "less than 5"),
            ("O2 sat >= 92%", "O2 sat more than or equal to 92 percent"),
            ("K <3.5", "K less than 3.5"),
            ("5-10 mg", "5 to 10 milligrams"),
            ("L4-5", "L4-5"),
            ("3 x 4 cm", "3 by 4 centimeters"),
            ("edema 2+ (-) nausea", "edema 2 plus minus nausea"),
            ("w/o fever", "without fever"),
            ("38.5 °C", "38.5 degrees Celsius"),
            ("10^3", "10 to the power of 3"),
            ("a -> b", "a to b"),
            ("5 mgx", "5 mgx"),
            ("temp -2.5", "temp minus 2.5"),
            ("mg", "mg"),
        ] {
            assert_eq!(plain(written), spoken, "{written}");
        }
    }

    /// Proves N6: an abbreviation is read in full unless a number in it would be lost.
    #[test]
    fn abbreviations_keep_their_numbers() {
        let reading = |words| [Reading { start: 3, end: 6, words: Some(words), meaning: None }];
        assert_eq!(speak("no SOB now", &reading("shortness of breath")), "no shortness of breath now");
        assert_eq!(speak("no T2D now", &reading("sugar sickness")), "no T2D now");
        assert_eq!(speak("no T2D now", &reading("type 2 diabetes")), "no type 2 diabetes now");
        let explained = [Reading { start: 3, end: 6, words: None, meaning: Some("Hard to breathe.") }];
        assert_eq!(speak("no SOB now", &explained), "no SOB (meaning: Hard to breathe) now");
    }

    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            "[0-9]{1,4}([.,/:-][0-9]{1,3}){0,2}",
            "[<>=+~#±≤≥@&()\\[\\]°%x^→↑−-]{1,3}",
            "(no|not|denies|without|w/o|never|BP|mg|mmHg|mL|g|cm|é|😀|mg/dL|%)",
            "[ \n]{1,2}",
        ]
    }

    proptest! {
        /// Proves N6: every number of a text is in its speech, in order, and so is every word that says "no".
        #[test]
        fn nothing_that_counts_is_lost(pieces in prop::collection::vec(piece(), 0..12), from in 0_usize..40, len in 0_usize..8) {
            let text = pieces.concat();
            let readings = [Reading { start: from, end: from + len, words: Some("full words"), meaning: Some("It is 7.") }];
            for speech in [plain(&text), speak(&text, &readings)] {
                let spoken = digits(&speech);
                let mut at = 0;
                for number in digits(&text) {
                    let found = spoken[at..].iter().position(|spoken| *spoken == number);
                    prop_assert!(found.is_some(), "{} of {:?} in {:?}", number, text, speech);
                    at += found.unwrap() + 1;
                }
            }
            let speech = plain(&text);
            for word in ["no", "not", "denies", "without", "never"] {
                let count = |text: &str| text.split(|c: char| !c.is_alphanumeric()).filter(|part| *part == word).count();
                prop_assert!(count(&speech) >= count(&text), "{} of {:?} in {:?}", word, text, speech);
            }
        }
    }
}
