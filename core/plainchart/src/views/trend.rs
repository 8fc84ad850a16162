//! Values of one test over time (R2).

use serde::Serialize;

use super::{Time, hidden_debug};

/// A test that can be shown over time.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct AnalyteView {
    /// What opens the trend.
    pub key: String,
    /// The test in plain words where we have them, else the lab's name.
    pub name: String,
    /// LOINC code, if the source gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loinc: Option<String>,
    /// How many numbers there are.
    pub count: u64,
    /// The newest value with its unit, as received.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest: Option<String>,
    /// When that was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Time>,
    /// Opaque id of the newest result.
    pub result: String,
    /// Where the values come from.
    pub sources: Vec<String>,
}

/// One value in its place in time.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PointView {
    /// Opaque id of its result.
    pub result: String,
    /// Place among the components of that result, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<usize>,
    /// Where it comes from.
    pub source: String,
    /// When, as the source wrote it: to the day at least.
    pub date: Time,
    /// The number in the unit of the series.
    pub value: String,
    /// `below`, `at-most`, `at-least` or `above`: the true amount lies on that side of `value`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comparator: Option<String>,
    /// Value and unit as received.
    pub received: String,
    /// `value` was worked out from what was received, exactly.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub converted: bool,
    /// A line may lead to it from the point before it.
    pub joined: bool,
    /// FHIR's code of the status, if it gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_code: Option<String>,
    /// What the status means, when there is something to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The lab's flags in plain words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// The lab asked that a clinician hear quickly (R6).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub critical: bool,
    /// What is said of it: value and time.
    pub label: String,
}

/// The lab's range along some points that follow one another.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct BandView {
    /// Place of the first point, from 0.
    pub first: usize,
    /// Place of the last point.
    pub last: usize,
    /// Lower bound in the unit of the series; none: open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<String>,
    /// Upper bound in the unit of the series; none: open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<String>,
    /// The range in words.
    pub text: String,
    /// Whose range it is.
    pub source: String,
}

/// Values that may be joined, in order of time.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SeriesView {
    /// What was measured.
    pub name: String,
    /// The unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The unit as it is read out, where we have its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_spoken: Option<String>,
    /// What was tested, where the name does not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub specimen: Option<String>,
    /// In order of time.
    pub points: Vec<PointView>,
    /// The lab's ranges.
    pub bands: Vec<BandView>,
    /// `unit-differs`, `not-exact` ...: why it is not joined to the first series of its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apart_code: Option<String>,
    /// The same in plain words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apart: Option<String>,
}

/// A value that is listed and not drawn.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct UndrawnView {
    /// Opaque id of its result.
    pub result: String,
    /// Where it comes from.
    pub source: String,
    /// When, as far as the source wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Time>,
    /// Value and unit as received; none where there is no value to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received: Option<String>,
    /// Why it is not drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One test, or the two numbers of a blood pressure, over time.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct TrendView {
    /// Whose it is.
    pub person: String,
    /// What is shown.
    pub title: String,
    /// What is to be seen, in a sentence or two.
    pub description: String,
    /// Those of one test together, the one with the newest point first.
    pub series: Vec<SeriesView>,
    /// Results in words, in order of time.
    pub events: Vec<UndrawnView>,
    /// Numbers without a day, with how much of the date was given.
    pub undated: Vec<UndrawnView>,
    /// What is in none of these, and why.
    pub left_out: Vec<UndrawnView>,
    /// For reading aloud, sentence by sentence (N6).
    pub spoken: Vec<String>,
    /// Where the values come from.
    pub sources: Vec<String>,
}

hidden_debug!(AnalyteView, PointView, BandView, SeriesView, UndrawnView, TrendView);
