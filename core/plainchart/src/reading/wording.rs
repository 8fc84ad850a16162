//! Dates, ages and ranges in words of the catalogue (T3). Digits are never changed.

use chrono::DateTime;
use plainchart_record::FhirTime;
use plainchart_record::quantity::{Quantity, Range};

use super::results::spoken_date;
use crate::words::say;

const MS_PER_MINUTE: i64 = 60_000;

/// Units of time by their UCUM code, and as sources write them.
const TIME_UNITS: [(&str, &[&str]); 6] = [
    ("year", &["a", "year", "years", "yr", "yrs"]),
    ("month", &["mo", "month", "months"]),
    ("week", &["wk", "week", "weeks"]),
    ("day", &["d", "day", "days"]),
    ("hour", &["h", "hour", "hours", "hr", "hrs"]),
    ("minute", &["min", "minute", "minutes"]),
];

/// The day of a moment, so many minutes east of UTC.
pub(super) fn written_day(epoch_ms: i64, offset_minutes: i32) -> String {
    let local = epoch_ms.saturating_add(i64::from(offset_minutes) * MS_PER_MINUTE);
    let date = DateTime::from_timestamp_millis(local).unwrap_or_default().date_naive();
    spoken_date(&FhirTime::from_text(&date.to_string()))
}

/// `69 years`; an amount in another unit as the source writes it.
pub(super) fn length_of_time(amount: &Quantity) -> String {
    let written = amount.code.as_deref().or(amount.unit.as_deref()).unwrap_or_default().to_lowercase();
    let known = TIME_UNITS.iter().find(|(_, spellings)| spellings.contains(&written.as_str()));
    let Some((unit, _)) = known else { return amount.shown() };
    let value = amount.shown_value();
    let form = if value == "1" { "one" } else { "other" };
    say(&format!("record.time.{unit}[{form}]"), &[("count", &value)])
}

/// From one amount to another; an open end is told as open.
pub(super) fn range(range: &Range, shown: impl Fn(&Quantity) -> String) -> Option<String> {
    match (&range.low, &range.high) {
        (Some(low), Some(high)) => {
            let low = if low.shown_unit() == high.shown_unit() { low.shown_value() } else { shown(low) };
            Some(say("said.range", &[("low", &low), ("high", &shown(high))]))
        }
        (Some(low), None) => Some(say("said.range-from", &[("low", &shown(low))])),
        (None, Some(high)) => Some(say("said.range-to", &[("high", &shown(high))])),
        (None, None) => None,
    }
}

/// The first letter large.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(value: &str, unit: Option<&str>, code: Option<&str>) -> Quantity {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Quantity { value: value.into(), comparator: None, unit: owned(unit), system: None, code: owned(code) }
    }

    /// Proves D6: a moment is told by its day where the source is.
    #[test]
    fn a_moment_has_a_day_in_its_place() {
        assert_eq!(written_day(1_795_000_000_000, 0), "November 18, 2026");
        assert_eq!(written_day(1_794_960_000_000, -360), "November 17, 2026");
    }

    /// Proves T3: ages and ranges are told in words of the catalogue, with the digits as recorded.
    #[test]
    fn ages_and_ranges_have_words() {
        assert_eq!(length_of_time(&amount("69", Some("years"), Some("a"))), "69 years");
        assert_eq!(length_of_time(&amount("1", None, Some("mo"))), "1 month");
        assert_eq!(length_of_time(&amount("2", Some("terms"), None)), "2 terms");
        let both = Range { low: Some(amount("3.50", Some("kg"), None)), high: Some(amount("4", Some("kg"), None)) };
        assert_eq!(range(&both, Quantity::shown).as_deref(), Some("3.50 to 4 kg"));
        let open = Range { low: Some(amount("3", None, None)), high: None };
        assert_eq!(range(&open, Quantity::shown).as_deref(), Some("3 or more"));
    }
}
