//! What people type for units, where UCUM's code is not given. Only words that mean one unit and no other; case is
//! folded for all but the few where it decides.

/// Whole texts where case decides.
const CASED: [(&str, &str); 8] = [
    ("F", "[degF]"),
    ("C", "Cel"),
    ("M/uL", "10*6/uL"),
    ("M/mcL", "10*6/uL"),
    ("M/mm3", "10*6/uL"),
    ("M/cumm", "10*6/uL"),
    ("a", "a"),
    ("d", "d"),
];

/// Whole texts, folded: small letters, no spaces.
const WHOLE: [(&str, &str); 54] = [
    ("%", "%"),
    ("percent", "%"),
    ("pct", "%"),
    ("bpm", "/min"),
    ("beats/min", "/min"),
    ("beats/minute", "/min"),
    ("beatsperminute", "/min"),
    ("{beats}/min", "/min"),
    ("breaths/min", "/min"),
    ("breaths/minute", "/min"),
    ("breathsperminute", "/min"),
    ("{breaths}/min", "/min"),
    ("perminute", "/min"),
    ("resp/min", "/min"),
    ("lb", "[lb_av]"),
    ("lbs", "[lb_av]"),
    ("pound", "[lb_av]"),
    ("pounds", "[lb_av]"),
    ("[lb_av]", "[lb_av]"),
    ("oz", "[oz_av]"),
    ("ounces", "[oz_av]"),
    ("[oz_av]", "[oz_av]"),
    ("in", "[in_i]"),
    ("inch", "[in_i]"),
    ("inches", "[in_i]"),
    ("[in_i]", "[in_i]"),
    ("ft", "[ft_i]"),
    ("feet", "[ft_i]"),
    ("[ft_i]", "[ft_i]"),
    ("degf", "[degF]"),
    ("[degf]", "[degF]"),
    ("fahrenheit", "[degF]"),
    ("degreesfahrenheit", "[degF]"),
    ("degreesf", "[degF]"),
    ("degc", "Cel"),
    ("cel", "Cel"),
    ("celsius", "Cel"),
    ("degreescelsius", "Cel"),
    ("degreesc", "Cel"),
    ("kilograms", "kg"),
    ("grams", "g"),
    ("centimeters", "cm"),
    ("centimetres", "cm"),
    ("years", "a"),
    ("yrs", "a"),
    ("yr", "a"),
    ("months", "mo"),
    ("weeks", "wk"),
    ("days", "d"),
    ("hours", "h"),
    ("minutes", "min"),
    ("seconds", "s"),
    ("score", "{score}"),
    ("{score}", "{score}"),
];

/// Parts between the strokes, folded.
const PARTS: [(&str, &str); 92] = [
    ("kg", "kg"),
    ("g", "g"),
    ("gm", "g"),
    ("gms", "g"),
    ("mg", "mg"),
    ("mgs", "mg"),
    ("mcg", "ug"),
    ("ug", "ug"),
    ("ng", "ng"),
    ("pg", "pg"),
    ("fg", "fg"),
    ("mol", "mol"),
    ("mmol", "mmol"),
    ("mmols", "mmol"),
    ("umol", "umol"),
    ("mcmol", "umol"),
    ("nmol", "nmol"),
    ("pmol", "pmol"),
    ("fmol", "fmol"),
    ("eq", "eq"),
    ("meq", "meq"),
    ("osm", "osm"),
    ("mosm", "mosm"),
    ("mosmol", "mosm"),
    ("u", "U"),
    ("unit", "U"),
    ("units", "U"),
    ("mu", "mU"),
    ("iu", "[iU]"),
    ("[iu]", "[iU]"),
    ("kiu", "k[iU]"),
    ("miu", "m[iU]"),
    ("m[iu]", "m[iU]"),
    ("uiu", "u[iU]"),
    ("mciu", "u[iU]"),
    ("u[iu]", "u[iU]"),
    ("k[iu]", "k[iU]"),
    ("ku", "kU"),
    ("l", "L"),
    ("liter", "L"),
    ("liters", "L"),
    ("dl", "dL"),
    ("100ml", "dL"),
    ("ml", "mL"),
    ("cc", "mL"),
    ("ul", "uL"),
    ("mcl", "uL"),
    ("mm3", "mm3"),
    ("cumm", "mm3"),
    ("cmm", "mm3"),
    ("nl", "nL"),
    ("pl", "pL"),
    ("fl", "fL"),
    ("mm", "mm"),
    ("cm", "cm"),
    ("cm2", "cm2"),
    ("m2", "m2"),
    ("m^2", "m2"),
    ("sqm", "m2"),
    ("min", "min"),
    ("minute", "min"),
    ("h", "h"),
    ("hr", "h"),
    ("hour", "h"),
    ("24h", "(24.h)"),
    ("24hr", "(24.h)"),
    ("24hrs", "(24.h)"),
    ("(24.h)", "(24.h)"),
    ("day", "d"),
    ("sec", "s"),
    ("secs", "s"),
    ("s", "s"),
    ("ms", "ms"),
    ("msec", "ms"),
    ("mmhg", "mm[Hg]"),
    ("mm[hg]", "mm[Hg]"),
    ("cmh2o", "cm[H2O]"),
    ("cm[h2o]", "cm[H2O]"),
    ("kpa", "kPa"),
    ("ratio", "{ratio}"),
    ("hpf", "[HPF]"),
    ("[hpf]", "[HPF]"),
    ("lpf", "[LPF]"),
    ("[lpf]", "[LPF]"),
    ("cells", "{cells}"),
    ("copies", "{copies}"),
    ("gcreat", "g{creat}"),
    ("gcreatinine", "g{creat}"),
    ("g{creat}", "g{creat}"),
    ("1.73m2", "{1.73_m2}"),
    ("1.73m^2", "{1.73_m2}"),
    ("{1.73_m2}", "{1.73_m2}"),
];

/// Numbers in front of a count, folded, the `x` in front gone. `mil` is left out: a million, and Spanish for a thousand.
const COUNTS: [(&str, &str); 28] = [
    ("k", "10*3"),
    ("th", "10*3"),
    ("thou", "10*3"),
    ("thousand", "10*3"),
    ("10e3", "10*3"),
    ("10^3", "10*3"),
    ("10*3", "10*3"),
    ("10(3)", "10*3"),
    ("103", "10*3"),
    ("1000", "10*3"),
    ("mill", "10*6"),
    ("million", "10*6"),
    ("10e6", "10*6"),
    ("10^6", "10*6"),
    ("10*6", "10*6"),
    ("10(6)", "10*6"),
    ("106", "10*6"),
    ("bil", "10*9"),
    ("billion", "10*9"),
    ("10e9", "10*9"),
    ("10^9", "10*9"),
    ("10*9", "10*9"),
    ("10(9)", "10*9"),
    ("109", "10*9"),
    ("10e12", "10*12"),
    ("10^12", "10*12"),
    ("10*12", "10*12"),
    ("10(12)", "10*12"),
];

/// No text longer than this is looked up.
const MAX_LENGTH: usize = 40;

/// The UCUM code for what was typed.
pub(super) fn ucum_of(words: &str) -> Option<String> {
    let typed = words.trim();
    if typed.len() > MAX_LENGTH {
        return None;
    }
    let plain = plain_letters(typed);
    if let Some(code) = look_up(&CASED, &plain) {
        return Some(code.to_owned());
    }
    let folded = plain.to_ascii_lowercase();
    if let Some(code) = look_up(&WHOLE, &folded) {
        return Some(code.to_owned());
    }
    let parts: Vec<&str> = folded.split('/').collect();
    let several = parts.len() > 1;
    let codes: Option<Vec<&str>> = (parts.iter().enumerate())
        .map(|(place, part)| match part.is_empty() {
            true => (several && place == 0).then_some(""),
            false => look_up(&PARTS, part).or_else(|| (several && place == 0).then(|| count(part)).flatten()),
        })
        .collect();
    codes.map(|codes| codes.join("/"))
}

/// `x10E3` and its like. They mean something only in front of a stroke.
fn count(part: &str) -> Option<&'static str> {
    let number = part.strip_prefix('x').unwrap_or(part);
    look_up(&COUNTS, number)
}

/// One spelling for signs that have several, and no spaces.
fn plain_letters(typed: &str) -> String {
    let mut plain = String::with_capacity(typed.len());
    for letter in typed.chars().filter(|letter| !letter.is_whitespace()) {
        match letter {
            'µ' | 'μ' => plain.push('u'),
            '²' => plain.push('2'),
            '³' => plain.push('3'),
            '⁶' => plain.push('6'),
            '⁹' => plain.push('9'),
            '×' => plain.push('x'),
            '°' => plain.push_str("deg"),
            other => plain.push(other),
        }
    }
    plain
}

fn look_up(table: &[(&'static str, &'static str)], wanted: &str) -> Option<&'static str> {
    table.iter().find(|(typed, _)| *typed == wanted).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unit::Unit;

    /// Proves R2: every word of the tables leads to a unit that can be read, and none stands there twice.
    #[test]
    fn every_word_leads_to_a_unit() {
        for (typed, _) in CASED.iter().chain(&WHOLE) {
            assert!(Unit::from_words(typed).is_some(), "{typed}");
        }
        for (part, _) in &PARTS {
            assert!(Unit::from_words(&format!("mg/{part}")).is_some(), "{part}");
        }
        for (number, _) in &COUNTS {
            assert!(Unit::from_words(&format!("x{number}/uL")).is_some(), "{number}");
        }
        let all: Vec<&str> = WHOLE.iter().chain(&PARTS).chain(&COUNTS).map(|(typed, _)| *typed).collect();
        for (at, typed) in all.iter().enumerate() {
            assert!(!all[at + 1..].contains(typed), "{typed} twice");
        }
    }
}
