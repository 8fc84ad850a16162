//! Days as the source wrote them, and our own times in the reader's time zone.

use chrono::{DateTime, Datelike, Local, NaiveDate};
use plainchart::Time;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A FHIR date or dateTime as a day: `2026-11-18T13:45:00-06:00` is `18 Nov 2026`, whatever the time zone here.
/// What cannot be read stays as it was written (D7).
pub fn day(text: &str) -> String {
    parts(text).unwrap_or_else(|| text.to_owned())
}

fn parts(text: &str) -> Option<String> {
    let date = text.split('T').next()?;
    let mut parts = date.split('-');
    let year: u16 = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let Some(month) = parts.next() else { return Some(format!("{year:04}")) };
    let month_name = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    let Some(day) = parts.next() else { return Some(format!("{month_name} {year:04}")) };
    let day: u8 = day.parse().ok().filter(|day| (1..=31).contains(day))?;
    parts.next().is_none().then(|| format!("{day} {month_name} {year:04}"))
}

/// The same of a time in a list; nothing where the source gave none.
pub fn day_of(time: Option<&Time>) -> String {
    time.map(|time| day(&time.text)).unwrap_or_default()
}

/// The year in digits and the fraction of it that had passed: where a point stands on a time axis.
pub fn year_fraction(time: &Time) -> Option<f64> {
    let date = NaiveDate::parse_from_str(time.text.get(..10)?, "%Y-%m-%d").ok()?;
    Some(f64::from(date.year()) + f64::from(date.ordinal0()) / 366.0)
}

/// Full years since a birth date that names its day; `today` is the reader's.
pub fn age(birth_date: &str, today: NaiveDate) -> Option<u32> {
    today.years_since(NaiveDate::parse_from_str(birth_date, "%Y-%m-%d").ok()?)
}

/// A time of ours, ms since 1970 UTC, here.
pub fn local(time_ms: i64) -> Option<DateTime<Local>> {
    DateTime::from_timestamp_millis(time_ms).map(|time| time.with_timezone(&Local))
}

/// The reader's day.
pub fn today(now_ms: i64) -> NaiveDate {
    local(now_ms).map(|now| now.date_naive()).unwrap_or_default()
}

/// `today 20:14`, `yesterday 20:14`, `18 Nov 2026, 20:14`.
pub fn moment(time_ms: i64, now_ms: i64) -> String {
    let (Some(time), Some(now)) = (local(time_ms), local(now_ms)) else { return "an unknown time".to_owned() };
    let clock = time.format("%H:%M");
    match (now.date_naive() - time.date_naive()).num_days() {
        0 => format!("today {clock}"),
        1 => format!("yesterday {clock}"),
        _ => format!("{}, {clock}", on(time_ms)),
    }
}

/// `18 Nov 2026`, of a time of ours.
pub fn on(time_ms: i64) -> String {
    local(time_ms).map(|time| day(&time.date_naive().to_string())).unwrap_or_default()
}

/// The last moment of a day that was typed as `2027-02-01`, here, in ms since 1970 UTC.
pub fn end_of_day(text: &str) -> Option<i64> {
    let next = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.succ_opt()?.and_hms_opt(0, 0, 0)?;
    // Where the clock jumps over midnight, its first moment after.
    Some(next.and_local_timezone(Local).earliest()?.timestamp_millis() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves D7: a date is shown as precisely as it was given, never moved or completed.
    #[test]
    fn a_day_is_the_source_s_own() {
        for (text, shown) in [
            ("2026-11-18T23:45:00-06:00", "18 Nov 2026"),
            ("2026-11-18", "18 Nov 2026"),
            ("2026-11", "Nov 2026"),
            ("2026", "2026"),
            ("last spring", "last spring"),
            ("2026-13-01", "2026-13-01"),
            ("2026-11-18-01", "2026-11-18-01"),
            ("20261118", "20261118"),
            ("", ""),
        ] {
            assert_eq!(day(text), shown);
        }
    }

    #[test]
    fn a_day_that_was_typed_ends_on_that_day() {
        assert_eq!(on(end_of_day("2027-02-01").unwrap()), "1 Feb 2027");
        assert_eq!(end_of_day("1 Feb 2027"), None);
        assert_eq!(end_of_day("2027-02-30"), None);
    }

    #[test]
    fn an_age_is_told_only_from_a_whole_birth_date() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 18).unwrap();
        assert_eq!(age("1945-05-02", today), Some(81));
        assert_eq!(age("1945-11-19", today), Some(80));
        assert_eq!(age("1945-05", today), None);
        assert_eq!(age("2027-01-01", today), None);
    }
}
