//! Dates for reading aloud, in the source's own day and no more exact than it wrote them (N6, D7).

use plainchart_record::FhirTime;
use plainchart_record::time::LocalDate;

use crate::words::say;

/// The day, the month or the year of a time; what is no FHIR time as it was written.
pub(in crate::reading) fn spoken_date(time: &FhirTime) -> String {
    let Some(LocalDate { year, month, day }) = time.local_date() else { return time.text.clone() };
    let year = year.to_string();
    let Some(month) = month.map(|month| say(&format!("result-list.month.{month}"), &[])) else { return year };
    match day {
        Some(day) => say("result-list.date.day", &[("month", &month), ("day", &day.to_string()), ("year", &year)]),
        None => say("result-list.date.month", &[("month", &month), ("year", &year)]),
    }
}
