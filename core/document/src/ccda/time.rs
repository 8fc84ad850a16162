//! Points in time as HL7 version 3 writes them (data type TS).

use serde::{Deserialize, Serialize};

/// A point in time: as received, and its parts when they make sense.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hl7Time {
    /// The `value` as received.
    pub text: String,
    /// The parts, if all that is written is a date that exists.
    pub parts: Option<TimeParts>,
}

/// The parts of a point in time. A part that is not written is `None`, and so are all finer ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeParts {
    /// Four digits.
    pub year: u16,
    /// 1 to 12.
    pub month: Option<u8>,
    /// 1 to the length of the month.
    pub day: Option<u8>,
    /// 0 to 23.
    pub hour: Option<u8>,
    /// 0 to 59.
    pub minute: Option<u8>,
    /// 0 to 60; fractions are only in the text.
    pub second: Option<u8>,
    /// Minutes east of UTC, if an offset is written.
    pub offset_minutes: Option<i16>,
}

impl Hl7Time {
    /// From a `value` (HL7 V3 data types R1, 2.32: `YYYYMMDDhhmmss.s+ZZzz`, cut off anywhere).
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        Self { text: text.to_owned(), parts: parts(text) }
    }
}

fn parts(text: &str) -> Option<TimeParts> {
    let (local, offset) = match text.find(['+', '-']) {
        Some(at) => (text.get(..at)?, Some(offset(text.get(at..)?)?)),
        None => match text.strip_suffix('Z') {
            Some(local) => (local, Some(0)),
            None => (text, None),
        },
    };
    let (digits, fraction) = local.split_once('.').map_or((local, None), |(whole, part)| (whole, Some(part)));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // A fraction is one of a second.
    let sound_fraction = fraction.is_none_or(|part| digits.len() == 14 && !part.is_empty() && all_digits(part));
    if !all_digits(digits) || !sound_fraction || !matches!(digits.len(), 4 | 6 | 8 | 10 | 12 | 14) {
        return None;
    }
    let two = |at: usize| digits.get(at..at + 2).and_then(|part| part.parse::<u8>().ok());
    let year: u16 = digits.get(..4)?.parse().ok()?;
    let (month, day) = (two(4), two(6));
    let (hour, minute, second) = (two(8), two(10), two(12));
    let sound = month.is_none_or(|month| (1..=12).contains(&month))
        && day.is_none_or(|day| (1..=days_in(year, month.unwrap_or_default())).contains(&day))
        && hour.is_none_or(|hour| hour <= 23)
        && minute.is_none_or(|minute| minute <= 59)
        && second.is_none_or(|second| second <= 60);
    sound.then_some(TimeParts { year, month, day, hour, minute, second, offset_minutes: offset })
}

/// `+ZZzz` or `-ZZ`.
fn offset(text: &str) -> Option<i16> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+')?),
    };
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i16 = digits.get(..2)?.parse().ok()?;
    let minutes: i16 = digits.get(2..).filter(|part| !part.is_empty()).map_or(Some(0), |part| part.parse().ok())?;
    (hours <= 14 && minutes <= 59).then_some(sign * (hours * 60 + minutes))
}

fn days_in(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(u16, [Option<u8>; 5], Option<i16>)> {
        let parts = Hl7Time::new(text).parts?;
        let TimeParts { year, month, day, hour, minute, second, offset_minutes } = parts;
        Some((year, [month, day, hour, minute, second], offset_minutes))
    }

    /// Proves D7: a time has the precision that is written, and nothing is made up.
    #[test]
    fn times_keep_their_precision() {
        let none = None;
        for (text, expected) in [
            ("2012", Some((2012, [none; 5], None))),
            ("201208", Some((2012, [Some(8), none, none, none, none], None))),
            ("20120229", Some((2012, [Some(2), Some(29), none, none, none], None))),
            ("2012081514", Some((2012, [Some(8), Some(15), Some(14), none, none], None))),
            ("201208151423-0500", Some((2012, [Some(8), Some(15), Some(14), Some(23), none], Some(-300)))),
            ("20120815142359.123+0530", Some((2012, [Some(8), Some(15), Some(14), Some(23), Some(59)], Some(330)))),
            (" 20120815142359Z ", Some((2012, [Some(8), Some(15), Some(14), Some(23), Some(59)], Some(0)))),
            ("20120815-05", Some((2012, [Some(8), Some(15), none, none, none], Some(-300)))),
            ("20130229", None),
            ("20120800", None),
            ("20121301", None),
            ("201208152423", None),
            ("2012-08-15", None),
            ("20120", None),
            ("20120815.5", None),
            ("", None),
            ("unknown", None),
            ("2012\u{e9}815", None),
            ("20120815+2500", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(Hl7Time::new("Aug 2012").text, "Aug 2012");
    }
}
