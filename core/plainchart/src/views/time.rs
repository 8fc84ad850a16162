//! Times as sources wrote them (DESIGN "Times across the FFI").

use plainchart_record::FhirTime;
use plainchart_record::time::Precision;
use serde::{Deserialize, Serialize};

use super::hidden_debug;

/// A time as the source wrote it (DESIGN "Times across the FFI").
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Time {
    /// As received.
    pub text: String,
    /// The instant, ms since 1970 UTC, if the source gave one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub epoch_ms: Option<i64>,
    /// The source's offset from UTC in minutes, if it gave one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub offset_minutes: Option<i32>,
    /// `year`, `month`, `day`, `minute`, `second` or `unreadable`.
    pub precision: String,
}

impl Time {
    /// From a time of a resource.
    #[must_use]
    pub fn of(time: &FhirTime) -> Self {
        let precision = match time.precision {
            Precision::Unreadable => "unreadable",
            Precision::Year => "year",
            Precision::Month => "month",
            Precision::Day => "day",
            Precision::Minute => "minute",
            Precision::Second | Precision::Fraction => "second",
        };
        Self {
            text: time.text.clone(),
            epoch_ms: time.epoch_ms,
            offset_minutes: time.offset_minutes,
            precision: precision.to_owned(),
        }
    }
}

hidden_debug!(Time);
