//! Whose charts are here.

use serde::Serialize;

use super::hidden_debug;

/// How the reader stands to a person's chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "standing")]
pub enum Reader {
    /// It is their own.
    Own,
    /// It came as a file that the reader opened; nobody was asked whose it is.
    File,
    /// They help this person.
    Helper {
        /// Until when, ms since 1970 UTC, if there is an end.
        until_ms: Option<i64>,
        /// Since when the hospital has not confirmed it, ms since 1970 UTC.
        unconfirmed_since_ms: Option<i64>,
    },
    /// The access has ended or could not be renewed.
    Ended,
}

/// One chart of a person.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ChartView {
    /// Where it comes from, to be shown.
    pub source: String,
    /// As of when, ms since 1970 UTC; absent if it was never synced.
    pub as_of_ms: Option<i64>,
    /// Whether it came as a file.
    pub from_file: bool,
    /// The name this source gives.
    pub name: Option<String>,
    /// The birth date this source gives, as written.
    pub birth_date: Option<String>,
}

/// One person.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PersonView {
    /// Opaque id on this phone.
    pub id: String,
    /// The name of the first chart that gives one.
    pub name: Option<String>,
    /// The birth date of the first chart that gives one, as written.
    pub birth_date: Option<String>,
    /// How the reader stands to it.
    #[serde(flatten)]
    pub reader: Reader,
    /// Where it comes from.
    pub source: String,
    /// As of when, ms since 1970 UTC: the oldest of its charts.
    pub as_of: Option<i64>,
    /// Its charts, with names and birth dates side by side.
    pub charts: Vec<ChartView>,
    /// Whether the source says that the person has died: no reminders then (A9).
    pub deceased: bool,
}

hidden_debug!(ChartView, PersonView);
