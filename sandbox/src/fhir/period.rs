//! FHIR dates of any precision as the span of time they stand for (FHIR R4, Search, "date").

use chrono::{DateTime, Days, Months, NaiveDate, NaiveTime};

const DAY_MS: i64 = 86_400_000;

/// From `start_ms` up to, not including, `end_ms`; UTC milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub start_ms: i64,
    pub end_ms: i64,
}

impl Period {
    /// `2026`, `2026-11`, `2026-11-18`, or a dateTime with or without seconds and zone (none is read as UTC).
    pub fn parse(text: &str) -> Option<Self> {
        if text.contains('T') {
            return Self::of_instant(text);
        }
        let mut parts = text.split('-');
        let year_text = parts.next()?;
        if year_text.len() != 4 {
            return None;
        }
        let year = year_text.parse().ok()?;
        let month = parts.next().map(two_digits).transpose().ok()?;
        let day = parts.next().map(two_digits).transpose().ok()?;
        if parts.next().is_some() {
            return None;
        }
        let first = NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1))?;
        let after = match (month, day) {
            (None, _) => first.checked_add_months(Months::new(12))?,
            (Some(_), None) => first.checked_add_months(Months::new(1))?,
            (Some(_), Some(_)) => first.checked_add_days(Days::new(1))?,
        };
        Some(Self { start_ms: midnight(first), end_ms: midnight(after) })
    }

    fn of_instant(text: &str) -> Option<Self> {
        let (date, time) = text.split_once('T')?;
        let zone_at = time.find(['Z', '+', '-']).unwrap_or(time.len());
        let (clock, zone) = time.split_at_checked(zone_at)?;
        let zone = if zone.is_empty() { "Z" } else { zone };
        let clock = if clock.len() == 5 { format!("{clock}:00") } else { clock.to_owned() };
        let start_ms = DateTime::parse_from_rfc3339(&format!("{date}T{clock}{zone}")).ok()?.timestamp_millis();
        let width = if clock.contains('.') { 1 } else { 1000 };
        Some(Self { start_ms, end_ms: start_ms + width })
    }

    /// The whole span of a FHIR `Period`, open ends reaching as far as they can.
    pub fn between(start: Option<Self>, end: Option<Self>) -> Option<Self> {
        if start.is_none() && end.is_none() {
            return None;
        }
        Some(Self {
            start_ms: start.map_or(i64::MIN / 2, |p| p.start_ms),
            end_ms: end.map_or(i64::MAX / 2, |p| p.end_ms),
        })
    }

    pub fn at(start_ms: i64) -> Self {
        Self { start_ms, end_ms: start_ms + 1 }
    }
}

/// The prefixes of date parameters that this hospital understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Comparison {
    /// Splits `ge2026-01-01` into its prefix and the date; no prefix means equal.
    pub fn split(text: &str) -> (Self, &str) {
        const PREFIXES: [(&str, Comparison); 6] = [
            ("eq", Comparison::Equal),
            ("ne", Comparison::NotEqual),
            ("gt", Comparison::Greater),
            ("ge", Comparison::GreaterOrEqual),
            ("lt", Comparison::Less),
            ("le", Comparison::LessOrEqual),
        ];
        for (prefix, comparison) in PREFIXES {
            if let Some(rest) = text.strip_prefix(prefix) {
                return (comparison, rest);
            }
        }
        (Self::Equal, text)
    }

    pub fn holds(self, value: Period, asked: Period) -> bool {
        let inside = value.start_ms >= asked.start_ms && value.end_ms <= asked.end_ms;
        match self {
            Self::Equal => inside,
            Self::NotEqual => !inside,
            Self::Greater => value.end_ms > asked.end_ms,
            Self::Less => value.start_ms < asked.start_ms,
            Self::GreaterOrEqual => inside || value.end_ms > asked.end_ms,
            Self::LessOrEqual => inside || value.start_ms < asked.start_ms,
        }
    }
}

fn two_digits(text: &str) -> Result<u32, ()> {
    if text.len() == 2 { text.parse().map_err(|_| ()) } else { Err(()) }
}

fn midnight(day: NaiveDate) -> i64 {
    day.and_time(NaiveTime::MIN).and_utc().timestamp_millis() / DAY_MS * DAY_MS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_date_stands_for_its_whole_span() {
        let year = Period::parse("2024").unwrap();
        assert_eq!((year.end_ms - year.start_ms) / DAY_MS, 366);
        let month = Period::parse("2026-02").unwrap();
        assert_eq!((month.end_ms - month.start_ms) / DAY_MS, 28);
        for bad in
            ["", "20", "2026-13", "2026-2", "2026-02-30", "2026-01-01-01", "2026-01-01T", "é026", "2026-01-01T25:00Z"]
        {
            assert_eq!(Period::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn offsets_are_read_and_prefixes_compare_spans() {
        let noon = Period::parse("2026-11-18T12:00:00+02:00").unwrap();
        assert_eq!(noon, Period::parse("2026-11-18T10:00:00Z").unwrap());
        assert_eq!(noon, Period::parse("2026-11-18T10:00").unwrap());
        let day = Period::parse("2026-11-18").unwrap();
        assert!(Comparison::Equal.holds(noon, day));
        assert!(Comparison::GreaterOrEqual.holds(noon, day));
        assert!(!Comparison::Greater.holds(noon, day));
        assert!(!Comparison::Less.holds(noon, day));
    }
}
