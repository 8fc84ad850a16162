//! Times are kept as written and never made more exact (D7).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use chrono::{DateTime, NaiveDate};
use plainchart_record::time::{FhirTime, Precision};
use proptest::prelude::*;

fn read(text: &str) -> FhirTime {
    FhirTime::parse(text).unwrap_or_else(|| panic!("{text} is a time"))
}

/// Proves D7: a date, whole or partial, has no moment and no offset, and stays as coarse as it was.
#[test]
fn dates_never_become_instants() {
    let cases = [("2024", Precision::Year), ("2024-02", Precision::Month), ("2024-02-29", Precision::Day)];
    for (text, precision) in cases {
        let time = read(text);
        assert_eq!((time.epoch_ms, time.offset_minutes, time.precision), (None, None, precision));
        assert_eq!(time.text, text);
    }
    let month = read("2024-02").local_date().unwrap();
    assert_eq!((month.year, month.month, month.day), (2024, Some(2), None));
    assert_eq!(month.first_day(), NaiveDate::from_ymd_opt(2024, 2, 1));
    assert_eq!(month.last_day(), NaiveDate::from_ymd_opt(2024, 2, 29));
    assert_eq!(read("2023").local_date().unwrap().last_day(), NaiveDate::from_ymd_opt(2023, 12, 31));
}

/// Proves D7: without an offset nobody knows the moment, so there is none; it can still be sorted.
#[test]
fn a_missing_offset_gives_no_moment() {
    let time = read("2024-03-09T14:05:00");
    assert_eq!((time.epoch_ms, time.offset_minutes), (None, None));
    assert!(read("2024-03-09").order_key() < time.order_key());
    assert!(time.order_key() < read("2024-03-09T14:05:01Z").order_key());
}

/// Proves D7: the calendar date is the one written, not the one in UTC.
#[test]
fn the_local_date_is_as_written() {
    let time = read("2024-03-01T00:30:00+02:00");
    assert_eq!(time.epoch_ms, Some(1_709_245_800_000));
    assert_eq!(time.local_date().and_then(|date| date.first_day()), NaiveDate::from_ymd_opt(2024, 3, 1));
}

/// Proves D7: a leap second is a moment; 24:00 and impossible dates are not.
#[test]
fn what_is_no_time_is_refused() {
    assert_eq!(read("2016-12-31T23:59:60Z").epoch_ms, read("2017-01-01T00:00:00Z").epoch_ms);
    for text in [
        "2024-03-09T24:00:00Z",
        "2024-03-09T23:60:00Z",
        "2024-03-09T23:59:61Z",
        "2023-02-29",
        "2024-13",
        "2024-00",
        "2024-3-9",
        "0000",
        "24",
        "2024-03-09T",
        "2024-03T10:00:00Z",
        "2024-03-09T10Z",
        "2024-03-09T10:00:00+15:00",
        "2024-03-09T10:00:00.Z",
        "2024-03-09T10:00:00ZZ",
        "",
        "yesterday",
        "2024-03-09-01",
        "-2024",
        "٢٠٢٤",
    ] {
        assert!(FhirTime::parse(text).is_none(), "{text}");
    }
}

/// Proves D7: text that is no time is kept, has no moment, and sorts before all times.
#[test]
fn unreadable_text_is_kept() {
    let time = FhirTime::from_text("spring 2019");
    assert_eq!((time.text.as_str(), time.epoch_ms, time.precision), ("spring 2019", None, Precision::Unreadable));
    assert!(time.order_key() < read("0001").order_key());
    assert!(time.local_date().is_none());
}

#[test]
fn seen_spellings_are_read() {
    let expected = read("2024-03-09T14:05:00+05:30").epoch_ms;
    for text in
        ["2024-03-09T14:05:00+0530", "2024-03-09 14:05:00.000+05:30", "2024-03-09T14:05+05:30", "2024-03-09T08:35Z"]
    {
        assert_eq!(read(text).epoch_ms, expected, "{text}");
    }
    assert_eq!(read("2024-03-09T14:05Z").precision, Precision::Minute);
}

#[test]
fn ages_count_full_years() {
    let born = read("1945-11-23").local_date().unwrap();
    assert_eq!(born.years_until(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()), Some(80));
    assert_eq!(born.years_until(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()), Some(81));
    assert_eq!(born.years_until(NaiveDate::from_ymd_opt(1940, 1, 1).unwrap()), None);
}

proptest! {
    /// Proves D7: moments agree with an independent reader of RFC 3339.
    #[test]
    fn moments_agree_with_chrono(
        text in "[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])"
    ) {
        let expected = DateTime::parse_from_rfc3339(&text).ok().map(|time| time.timestamp_millis());
        prop_assert_eq!(FhirTime::parse(&text).and_then(|time| time.epoch_ms), expected);
    }

    /// Proves D7: nothing makes the reader fail, and nothing is changed in the text.
    #[test]
    fn any_text_is_kept(text in "\\PC{0,40}|[0-9TZ:+.-]{0,30}") {
        let time = FhirTime::from_text(&text);
        prop_assert!(time.text == text || time.text == text.trim());
        prop_assert!(time.epoch_ms.is_none() || time.offset_minutes.is_some());
    }
}
