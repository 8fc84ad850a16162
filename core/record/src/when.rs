//! A time in any of the shapes that FHIR allows for one: `onset[x]`, `performed[x]`, `period` ... (D7).

use crate::element::Object;
use crate::member::{one, text, time};
use crate::quantity::{Quantity, Range};
use crate::redact::hidden_debug;
use crate::time::{FhirTime, Period, Precision};

/// A time as recorded. Nothing is worked out from it: an age stays an age.
#[derive(Clone, PartialEq, Eq)]
pub enum When {
    /// A date or a moment.
    Time(FhirTime),
    /// A stretch of time.
    Period(Period),
    /// The person's age, or a length of time.
    Age(Quantity),
    /// From one age to another.
    AgeRange(Range),
    /// Words.
    Text(String),
}

hidden_debug!(When);

/// Reads one shape of a time from the object that has the member.
type ReadWhen = fn(&Object<'_>, &str) -> Option<When>;

/// The shapes of R4 by the ending of the member's name, in the order in which they are looked for.
const SHAPES: [(&str, ReadWhen); 9] = [
    ("DateTime", |holder, name| time(holder, name).map(When::Time)),
    ("Date", |holder, name| time(holder, name).map(When::Time)),
    ("Instant", |holder, name| time(holder, name).map(When::Time)),
    ("Period", |holder, name| one(holder, name).map(When::Period)),
    ("Age", |holder, name| one(holder, name).map(When::Age)),
    ("Duration", |holder, name| one(holder, name).map(When::Age)),
    ("Range", |holder, name| one(holder, name).map(When::AgeRange)),
    ("String", |holder, name| text(holder, name).map(When::Text)),
    ("Timing", first_event),
];

/// A Timing says here when, not how often: its first event, else its bounds.
fn first_event(holder: &Object<'_>, name: &str) -> Option<When> {
    let timing = holder.objects(name).into_iter().next()?;
    let bounds = || timing.object("repeat").and_then(|repeat| one(&repeat, "boundsPeriod")).map(When::Period);
    time(&timing, "event").map(When::Time).or_else(bounds)
}

impl When {
    /// Reads `onset[x]` by the name `onset`.
    pub(crate) fn choice(holder: &Object<'_>, stem: &str) -> Option<Self> {
        SHAPES.iter().find_map(|(ending, read)| read(holder, &format!("{stem}{ending}")))
    }

    /// Reads a member that is a date, dateTime or instant.
    pub(crate) fn time(holder: &Object<'_>, name: &str) -> Option<Self> {
        time(holder, name).map(Self::Time)
    }

    /// Reads a member that is a Period.
    pub(crate) fn period(holder: &Object<'_>, name: &str) -> Option<Self> {
        one(holder, name).map(Self::Period)
    }

    /// For sorting only: the moment, the start, else the end. `None` for what has no place on a calendar.
    #[must_use]
    pub fn order_key(&self) -> Option<i64> {
        let key = |time: &FhirTime| (time.precision != Precision::Unreadable).then(|| time.order_key());
        match self {
            Self::Time(time) => key(time),
            Self::Period(period) => period.start.as_ref().and_then(key).or_else(|| period.end.as_ref().and_then(key)),
            Self::Age(_) | Self::AgeRange(_) | Self::Text(_) => None,
        }
    }
}

/// A time that may be missing, as a list of none or one.
pub(crate) fn at(time: &Option<FhirTime>) -> Vec<When> {
    time.iter().cloned().map(When::Time).collect()
}

/// A stretch of time that may be missing, as a list of none or one.
pub(crate) fn during(period: &Option<Period>) -> Vec<When> {
    period.iter().cloned().map(When::Period).collect()
}
