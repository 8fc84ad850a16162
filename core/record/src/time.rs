//! FHIR `date`, `dateTime` and `instant`, kept as written (D7).
//!
//! A date never becomes an instant: "2024-03" is a month, and a time without an offset is a moment nobody can name.
//! Both can still be sorted, by [`FhirTime::order_key`], which is for order only and is never shown.

use chrono::{Datelike, Days, NaiveDate};

use crate::element::{Element, Object};
use crate::redact::hidden_debug;

const MS_PER_DAY: i64 = 86_400_000;
const MS_PER_MINUTE: i64 = 60_000;

/// How much of a time was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// The text is no FHIR time; it is kept as it is.
    Unreadable,
    /// `2024`
    Year,
    /// `2024-03`
    Month,
    /// `2024-03-09`
    Day,
    /// `2024-03-09T14:05Z`, not FHIR but seen.
    Minute,
    /// `2024-03-09T14:05:00Z`
    Second,
    /// With a fraction of a second.
    Fraction,
}

/// One time as the source wrote it. Shape and rules: DESIGN, "Times across the FFI".
#[derive(Clone, PartialEq, Eq)]
pub struct FhirTime {
    /// As received.
    pub text: String,
    /// Milliseconds since 1970 UTC. Only for a time of day with an offset.
    pub epoch_ms: Option<i64>,
    /// Minutes east of UTC, as written.
    pub offset_minutes: Option<i32>,
    /// How much was written.
    pub precision: Precision,
    order_key: i64,
    date: Option<LocalDate>,
}

impl std::fmt::Debug for FhirTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FhirTime").field("precision", &self.precision).finish_non_exhaustive()
    }
}

/// The calendar date as written, in the place where it was written, as far as it was written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LocalDate {
    /// Year, 1 to 9999.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: Option<u32>,
    /// Day of the month, 1 to 31.
    pub day: Option<u32>,
}

hidden_debug!(LocalDate);

/// A stretch of time. An open end is absent.
#[derive(Clone, PartialEq, Eq)]
pub struct Period {
    /// First moment.
    pub start: Option<FhirTime>,
    /// Last moment.
    pub end: Option<FhirTime>,
}

hidden_debug!(Period);

impl Element for Period {
    fn read(object: &Object<'_>) -> Option<Self> {
        let period = Self { start: object.time("start"), end: object.time("end") };
        (period.start.is_some() || period.end.is_some()).then_some(period)
    }
}

impl FhirTime {
    /// Reads a time. `None` for text that is none, such as `24:00` or 30 February.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (date_part, time_part) = match text.split_once(['T', 't', ' ']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let date = parse_date(date_part)?;
        let day_ms = date.first_day()?.signed_duration_since(NaiveDate::default()).num_days() * MS_PER_DAY;
        let mut read = Self {
            text: text.to_owned(),
            epoch_ms: None,
            offset_minutes: None,
            precision: date.precision(),
            order_key: day_ms,
            date: Some(date),
        };
        if let Some(time_part) = time_part {
            date.day?;
            let time = parse_time(time_part)?;
            let local = day_ms + time.ms;
            read.offset_minutes = time.offset_minutes;
            read.epoch_ms = time.offset_minutes.map(|offset| local - i64::from(offset) * MS_PER_MINUTE);
            read.precision = time.precision;
            read.order_key = read.epoch_ms.unwrap_or(local);
        }
        Some(read)
    }

    /// Reads a time, or keeps text that is none as text, without a moment and first in any order.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|| Self {
            text: text.to_owned(),
            epoch_ms: None,
            offset_minutes: None,
            precision: Precision::Unreadable,
            order_key: i64::MIN,
            date: None,
        })
    }

    /// For sorting only, never for showing: milliseconds, where a partial date counts from its first day and a time
    /// without an offset as if it were UTC.
    #[must_use]
    pub fn order_key(&self) -> i64 {
        self.order_key
    }

    /// The calendar date as written. Never moved through a time zone.
    #[must_use]
    pub fn local_date(&self) -> Option<LocalDate> {
        self.date
    }
}

impl LocalDate {
    /// The earliest day this can mean (P4 counts ages from it).
    #[must_use]
    pub fn first_day(&self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))
    }

    /// The latest day this can mean.
    #[must_use]
    pub fn last_day(&self) -> Option<NaiveDate> {
        if self.day.is_some() {
            return self.first_day();
        }
        let month = self.month.unwrap_or(12);
        let next = match month {
            12 => NaiveDate::from_ymd_opt(self.year + 1, 1, 1),
            _ => NaiveDate::from_ymd_opt(self.year, month + 1, 1),
        };
        next?.checked_sub_days(Days::new(1))
    }

    /// Full years between the earliest day this can mean and `on`, for "81 years old". `None` before birth.
    #[must_use]
    pub fn years_until(&self, on: NaiveDate) -> Option<u32> {
        on.years_since(self.first_day()?)
    }

    fn precision(&self) -> Precision {
        match (self.month, self.day) {
            (None, _) => Precision::Year,
            (Some(_), None) => Precision::Month,
            (Some(_), Some(_)) => Precision::Day,
        }
    }
}

impl From<NaiveDate> for LocalDate {
    fn from(date: NaiveDate) -> Self {
        Self { year: date.year(), month: Some(date.month()), day: Some(date.day()) }
    }
}

/// `digits` ASCII digits and nothing else.
fn number(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn parse_date(text: &str) -> Option<LocalDate> {
    let mut parts = text.split('-');
    let year = i32::try_from(number(parts.next()?, 4)?).ok().filter(|year| *year > 0)?;
    let two_digits = |part: Option<&str>| part.map(|p| number(p, 2).ok_or(())).transpose().ok();
    let date = LocalDate { year, month: two_digits(parts.next())?, day: two_digits(parts.next())? };
    date.first_day()?;
    parts.next().is_none().then_some(date)
}

struct TimeOfDay {
    ms: i64,
    offset_minutes: Option<i32>,
    precision: Precision,
}

fn parse_time(text: &str) -> Option<TimeOfDay> {
    let offset_at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, offset) = text.split_at_checked(offset_at)?;
    let offset_minutes = if offset.is_empty() { None } else { Some(parse_offset(offset)?) };
    let mut parts = clock.split(':');
    let hour = number(parts.next()?, 2).filter(|h| *h < 24)?;
    let minute = number(parts.next()?, 2).filter(|m| *m < 60)?;
    let (second, fraction_ms, precision) = match parts.next() {
        None => (0, 0, Precision::Minute),
        Some(seconds) => {
            let (whole, fraction) = match seconds.split_once('.') {
                Some((whole, fraction)) => (whole, Some(fraction)),
                None => (seconds, None),
            };
            // 60 is a leap second, which FHIR allows.
            let whole = number(whole, 2).filter(|s| *s <= 60)?;
            match fraction {
                None => (whole, 0, Precision::Second),
                Some(digits) => (whole, milliseconds(digits)?, Precision::Fraction),
            }
        }
    };
    if parts.next().is_some() {
        return None;
    }
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    Some(TimeOfDay { ms: seconds * 1000 + fraction_ms, offset_minutes, precision })
}

/// The first three digits of a fraction, as milliseconds.
fn milliseconds(digits: &str) -> Option<i64> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut three: String = digits.chars().take(3).collect();
    while three.len() < 3 {
        three.push('0');
    }
    three.parse().ok()
}

/// `Z`, `+05:30`, and the seen `+0530` and `+05`, as minutes east of UTC. FHIR allows up to 14 hours.
fn parse_offset(text: &str) -> Option<i32> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, minutes) = match rest.len() {
        5 => rest.split_once(':')?,
        4 => rest.split_at_checked(2)?,
        2 => (rest, "00"),
        _ => return None,
    };
    let minutes_east = number(hours, 2)? * 60 + number(minutes, 2).filter(|m| *m < 60)?;
    i32::try_from(minutes_east).ok().filter(|m| *m <= 14 * 60).map(|m| sign * m)
}
