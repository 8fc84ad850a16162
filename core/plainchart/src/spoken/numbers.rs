//! Numbers with what belongs to them: units, ranges, blood pressure, sizes. The digits stay as they are written.

use super::units::{is_length, unit_at};
use crate::words::say;

/// A number read.
pub(super) struct SpokenNumber {
    /// What to say.
    pub(super) spoken: String,
    /// Bytes of the text that it stands for.
    pub(super) length: usize,
    /// It ends with a word that must not touch the next.
    pub(super) apart: bool,
}

/// Upper and lower blood pressure that are possible; other fractions are none.
const UPPER: std::ops::RangeInclusive<u32> = 50..=300;
const LOWER: std::ops::RangeInclusive<u32> = 20..=200;
/// How far before a blood pressure its name may stand, in bytes.
const NAME_REACH: usize = 40;
const PRESSURE_NAMES: [&str; 3] = ["bp", "blood pressure", "b/p"];
/// Between the two numbers of a range.
const DASHES: [char; 3] = ['-', '–', '—'];

/// The number at the start of `rest`, if one begins there; `before`: what stands before it.
pub(super) fn number_at(before: &str, rest: &str) -> Option<SpokenNumber> {
    let in_word =
        before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | ',' | ':') && behind_digit(before));
    if in_word {
        return None;
    }
    let number = number(rest)?;
    let after = rest.get(number.len()..)?;
    let of_chain = before.ends_with(|c: char| c == '/' || DASHES.contains(&c)) && behind_digit(before);
    let plain = |spoken: String, length: usize| Some(SpokenNumber { spoken, length, apart: false });
    if of_chain {
        return plain(number.to_owned(), number.len());
    }
    if let Some(read) = pressure(before, number, after).or_else(|| range(number, after)) {
        return Some(read);
    }
    if let Some(length) = size_sign(after) {
        let spoken = format!("{number} {}", say("spoken.by", &[]));
        return Some(SpokenNumber { spoken, length: number.len() + length, apart: true });
    }
    if after.starts_with('^') && after.get(1..).is_some_and(|power| power.starts_with(|c: char| c.is_ascii_digit())) {
        let spoken = format!("{number} {}", say("spoken.power", &[]));
        return Some(SpokenNumber { spoken, length: number.len() + 1, apart: true });
    }
    if let Some(plus) = after
        .strip_prefix('+')
        .filter(|plus| !plus.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '+' | '/')))
    {
        let spoken = format!("{number} {}", say("spoken.plus", &[]));
        return Some(SpokenNumber { spoken, length: rest.len() - plus.len(), apart: true });
    }
    match with_unit(number, after) {
        Some(read) => Some(read),
        None => plain(number.to_owned(), number.len()),
    }
}

/// Digits, with points, commas and colons between digits.
fn number(text: &str) -> Option<&str> {
    let mut end = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let goes_on =
            matches!(c, '.' | ',' | ':') && at > 0 && chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if !c.is_ascii_digit() && !goes_on {
            break;
        }
        end = at + 1;
    }
    text.get(..end).filter(|number| !number.is_empty())
}

/// Whether a digit stands before the last character.
fn behind_digit(before: &str) -> bool {
    let mut last = before.chars().rev();
    last.next();
    last.next().is_some_and(|c| c.is_ascii_digit())
}

fn with_unit(number: &str, after: &str) -> Option<SpokenNumber> {
    let spaces = after.len() - after.trim_start_matches([' ', '\u{a0}']).len();
    if spaces > after.chars().next().map_or(0, char::len_utf8) {
        return None;
    }
    let unit = unit_at(after.get(spaces..)?, number == "1")?;
    let spoken = format!("{number} {}", unit.words);
    Some(SpokenNumber { spoken, length: number.len() + spaces + unit.length, apart: true })
}

/// `120/80`, where the text says that it is a blood pressure.
fn pressure(before: &str, upper: &str, after: &str) -> Option<SpokenNumber> {
    let lower = number(after.strip_prefix('/')?)?;
    let rest = after.get(1 + lower.len()..)?;
    let value =
        |text: &str, range: std::ops::RangeInclusive<u32>| text.parse().ok().filter(|value| range.contains(value));
    let (high, low): (u32, u32) = (value(upper, UPPER)?, value(lower, LOWER)?);
    let goes_on =
        rest.starts_with(|c: char| c.is_alphanumeric() && !c.is_alphabetic() || c == '/' || DASHES.contains(&c));
    if high <= low || goes_on {
        return None;
    }
    let unit = with_unit("", rest);
    let line = before.rsplit('\n').next().unwrap_or_default().to_ascii_lowercase();
    let near = line.get(line.floor_char_boundary(line.len().saturating_sub(NAME_REACH))..).unwrap_or_default();
    let is_named = PRESSURE_NAMES.iter().any(|name| {
        near.match_indices(name).any(|(at, _)| {
            let around = near.get(..at).zip(near.get(at + name.len()..));
            around.is_some_and(|(left, right)| {
                !left.ends_with(char::is_alphanumeric) && !right.starts_with(char::is_alphabetic)
            })
        })
    });
    let of_mercury = rest.trim_start().get(..2).is_some_and(|start| start.eq_ignore_ascii_case("mm"));
    let is_pressure = is_named || of_mercury && unit.is_some();
    if !is_pressure {
        return None;
    }
    let mut spoken = say("spoken.blood-pressure", &[("upper", upper), ("lower", lower)]);
    let mut length = upper.len() + 1 + lower.len();
    let apart = unit.is_some();
    if let Some(unit) = unit {
        spoken.push_str(&unit.spoken);
        length += unit.length;
    }
    Some(SpokenNumber { spoken, length, apart })
}

/// `5-10 mg`: only a range with a unit is surely one.
fn range(low: &str, after: &str) -> Option<SpokenNumber> {
    let dash = after.chars().next().filter(|c| DASHES.contains(c))?;
    let high = number(after.get(dash.len_utf8()..)?)?;
    if low.contains(':') || high.contains(':') {
        return None;
    }
    let consumed = dash.len_utf8() + high.len();
    let read = with_unit(high, after.get(consumed..)?)?;
    let spoken = say("spoken.range", &[("low", low), ("high", &read.spoken)]);
    Some(SpokenNumber { spoken, length: low.len() + dash.len_utf8() + read.length, apart: true })
}

/// The length of the `x` between two numbers of a size: `3 x 4 cm`.
fn size_sign(after: &str) -> Option<usize> {
    let rest = after.trim_start_matches(' ').strip_prefix(['x', 'X', '×'])?;
    let next = rest.trim_start_matches(' ');
    let further = next.get(number(next)?.len()..)?;
    let ends = is_length(further) || size_sign(further).is_some();
    ends.then_some(after.len() - rest.len())
}
