//! Days as the source wrote them, and our own times in the reader's time zone.

use chrono::{DateTime, Local, NaiveDate};
use plainchart::{MomentView, Time, words};

/// Letters of a month's name that stand for it beside a day.
const SHORT: usize = 3;

/// A FHIR date or dateTime as a day: `2026-11-18T13:45:00-06:00` is `18 Nov 2026`, whatever the time zone here. What
/// names no day is as coarse as it was given, and what cannot be read stays as it was written (D7).
pub fn day(text: &str) -> String {
    date(text).unwrap_or_else(|| text.to_owned())
}

fn date(text: &str) -> Option<String> {
    let date = text.split('T').next()?;
    let mut parts = date.split('-');
    let year: u16 = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let Some(month) = parts.next() else { return Some(format!("{year:04}")) };
    let month = month_name(month.parse().ok()?)?;
    let Some(day) = parts.next() else { return Some(format!("{month} {year:04}")) };
    let day: u8 = day.parse().ok().filter(|day| (1..=31).contains(day))?;
    let short: String = month.chars().take(SHORT).collect();
    parts.next().is_none().then(|| format!("{day} {short} {year:04}"))
}

/// The name of a month, 1 to 12, in the reader's language.
fn month_name(month: u8) -> Option<String> {
    words::find(&format!("result-list.month.{month}"))
}

/// The same of a time in a list; nothing where the source gave none.
pub fn day_of(time: Option<&Time>) -> String {
    time.map(|time| day(&time.text)).unwrap_or_default()
}

/// A time as precisely as it was given, on the source's own clock: `2019`, `March 2019`, `3 Mar 2019`,
/// `3 Mar 2019, 23:30 (-05:00)`. No time is moved to another place's clock, and none is completed (D7).
pub fn written(time: &Time) -> String {
    match (date(&time.text), clock(time)) {
        (Some(day), Some(clock)) => format!("{day}, {clock}"),
        (Some(day), None) if !time.text.contains('T') => day,
        _ => time.text.clone(),
    }
}

/// `23:30 (-05:00)`, where the source wrote a time of day.
pub fn clock(time: &Time) -> Option<String> {
    let (_, clock) = time.text.split_once('T')?;
    let digits = |range: std::ops::Range<usize>| {
        clock.get(range).filter(|digits| digits.chars().all(|digit| digit.is_ascii_digit()))
    };
    let (hour, minute) = (digits(0..2)?, digits(3..5)?);
    if clock.get(2..3) != Some(":") {
        return None;
    }
    let offset = clock.find(['Z', '+', '-']).and_then(|at| clock.get(at..));
    Some(match offset {
        Some("Z") => format!("{hour}:{minute} (UTC)"),
        Some(offset) => format!("{hour}:{minute} ({offset})"),
        None => format!("{hour}:{minute}"),
    })
}

/// `from 3 Mar 2019 to 5 Mar 2019`, an open end left open, or the words that stand where there is no date.
pub fn stretch(moment: &MomentView) -> Option<String> {
    match (&moment.start, &moment.end) {
        (Some(start), Some(end)) if same_day(start, end) => {
            Some(format!("{} to {}", written(start), clock(end).unwrap_or_default()))
        }
        (Some(start), Some(end)) => Some(format!("{} to {}", written(start), written(end))),
        (Some(start), None) if moment.open_ended => Some(format!("from {}", written(start))),
        (Some(start), None) => Some(written(start)),
        (None, Some(end)) => Some(format!("until {}", written(end))),
        (None, None) => moment.text.clone(),
    }
}

fn same_day(start: &Time, end: &Time) -> bool {
    clock(start).is_some() && clock(end).is_some() && day(&start.text) == day(&end.text)
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
            ("2026-11", "November 2026"),
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

    /// Proves D7: a time keeps the source's clock, offset and precision; open ends stay open.
    #[test]
    fn a_time_is_the_source_s_own() {
        let time =
            |text: &str| Time { text: text.to_owned(), epoch_ms: None, offset_minutes: None, precision: String::new() };
        for (text, shown) in [
            ("2019", "2019"),
            ("2019-03", "March 2019"),
            ("2019-03-03", "3 Mar 2019"),
            ("2019-03-03T23:30:00-05:00", "3 Mar 2019, 23:30 (-05:00)"),
            ("2019-03-03T23:30:00.125Z", "3 Mar 2019, 23:30 (UTC)"),
            ("2019-03-03T23:30", "3 Mar 2019, 23:30"),
            ("2019-03-03T", "2019-03-03T"),
            ("2019-03-03T2é:30", "2019-03-03T2é:30"),
            ("last spring", "last spring"),
        ] {
            assert_eq!(written(&time(text)), shown);
        }
        let between = |start: Option<&str>, end: Option<&str>| {
            let (label, start, end) = (String::new(), start.map(time), end.map(time));
            let open_ended = start.is_some() && end.is_none();
            stretch(&MomentView { label, start, end, text: None, open_ended })
        };
        let (morning, noon) = ("2026-02-03T09:00:00-08:00", "2026-02-03T12:15:00-08:00");
        assert_eq!(between(Some(morning), Some(noon)).unwrap(), "3 Feb 2026, 09:00 (-08:00) to 12:15 (-08:00)");
        assert_eq!(between(Some("2019-03"), Some("2020")).unwrap(), "March 2019 to 2020");
        assert_eq!(between(Some("2019-03"), None).unwrap(), "from March 2019");
        assert_eq!(between(None, Some("2020")).unwrap(), "until 2020");
        assert_eq!(between(None, None), None);
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
