//! Trends: the values of one analyte over time, joined only where they may be (R2).
//!
//! Values join when their units are the same or convert exactly; those of two sources join only by LOINC, which is in
//! the [`Analyte`] already. Everything that is not joined is said, with the reason. Nothing is placed at a time that was
//! not written, and a value below or above what a test can measure is never taken for a number.

mod band;
mod join;
mod reading;

use crate::analyte::Analyte;
use crate::decimal::Decimal;
use crate::duplicate::newer_versions;
use crate::interpretation::Flag;
use crate::quantity::Comparator;
use crate::redact::hidden_debug;
use crate::status::ObservationStatus;
use crate::time::{FhirTime, Precision};
use crate::value::{ShownValue, Value};

pub use band::Band;
pub use join::Apart;
pub use reading::{Reading, ReadingId};

/// The two numbers of a blood pressure, and the codes of the panels that hold them.
const SYSTOLIC: &str = "8480-6";
const DIASTOLIC: &str = "8462-4";
const BLOOD_PRESSURE: [&str; 3] = ["85354-9", "55284-4", "35094-2"];

/// One value in its place in time.
#[derive(Clone, PartialEq, Eq)]
pub struct Point {
    /// Which reading it is.
    pub id: ReadingId,
    /// Where it comes from.
    pub source: String,
    /// When, to the day at least, as written.
    pub when: FhirTime,
    /// The number in the unit of the series.
    pub value: Decimal,
    /// The true amount lies below or above `value`: to be drawn open, never as the number itself.
    pub comparator: Option<Comparator>,
    /// Value and unit as received.
    pub received: ShownValue,
    /// `value` was worked out from what was received.
    pub converted: bool,
    /// Nothing that could not be joined lies between this point and the one before it, and both are numbers.
    pub joined: bool,
    /// Preliminary, corrected ...
    pub status: ObservationStatus,
    /// The laboratory's flags.
    pub flags: Vec<Flag>,
}

hidden_debug!(Point, flags);

/// Values that may be joined, in order of time.
#[derive(Clone, PartialEq, Eq)]
pub struct Series {
    /// What was measured.
    pub analyte: Analyte,
    /// What was examined, where the analyte itself does not say it.
    pub specimen: Option<String>,
    /// The unit as received with the newest point in it.
    pub unit: Option<String>,
    /// In order of time.
    pub points: Vec<Point>,
    /// The laboratory's range, one for each stretch in which it was the same.
    pub bands: Vec<Band>,
    /// Why this series stands apart from the first one of its analyte. None for the first.
    pub apart: Option<Apart>,
    measure: join::Measure,
}

impl Series {
    /// True when both can be drawn against one scale: their unit is the same one.
    #[must_use]
    pub fn shares_scale_with(&self, other: &Self) -> bool {
        self.measure == other.measure
    }

    /// The unit, if it is understood.
    #[must_use]
    pub fn known_unit(&self) -> Option<&crate::unit::Unit> {
        self.measure.unit()
    }
}

hidden_debug!(Series, points, bands);

/// A reading that is listed and not drawn.
#[derive(Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which reading it is.
    pub id: ReadingId,
    /// Where it comes from.
    pub source: String,
    /// When, as far as it was written.
    pub when: Option<FhirTime>,
    /// As received.
    pub received: Value,
    /// Preliminary, corrected ...
    pub status: ObservationStatus,
    /// The laboratory's flags.
    pub flags: Vec<Flag>,
}

hidden_debug!(Listed, flags);

/// Why a reading is not in a trend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeftOut {
    /// Put into the record by mistake (D4).
    EnteredInError,
    /// Called off.
    Cancelled,
    /// Without a value.
    NoValue,
    /// A newer version of the same result is there.
    NewerVersion,
    /// In one of more units than a trend can show apart.
    TooManyUnits,
}

impl LeftOut {
    /// Stable code, for looking up its words.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::EnteredInError => "entered-in-error",
            Self::Cancelled => "cancelled",
            Self::NoValue => "no-value",
            Self::NewerVersion => "newer-version",
            Self::TooManyUnits => "too-many-units",
        }
    }
}

/// One analyte, or the two of a blood pressure, over time.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Trend {
    /// Those of one analyte together; among them the one with the newest point first.
    pub series: Vec<Series>,
    /// Text and coded values, in order of time.
    pub events: Vec<Listed>,
    /// Values without a day: their time is not given, or only a month or a year of it.
    pub undated: Vec<Listed>,
    /// What is in none of these, and why.
    pub left_out: Vec<(ReadingId, LeftOut)>,
}

hidden_debug!(Trend, series, events, undated, left_out);

/// A reading that has a number and a day.
struct Placed<'a> {
    reading: &'a Reading,
    when: &'a FhirTime,
    comparator: Option<Comparator>,
    number: Decimal,
}

/// The analytes that are shown in one trend with this one: the two numbers of a blood pressure, else itself alone.
#[must_use]
pub fn shown_together(analyte: &Analyte) -> Vec<Analyte> {
    match analyte {
        Analyte::Loinc(code) if code == SYSTOLIC || code == DIASTOLIC || BLOOD_PRESSURE.contains(&code.as_str()) => {
            [SYSTOLIC, DIASTOLIC].map(|code| Analyte::Loinc(code.to_owned())).to_vec()
        }
        other => vec![other.clone()],
    }
}

impl Trend {
    /// The trend of these analytes, in this order. Readings of any other analyte are passed over. Of two versions of one
    /// result issued at one time the one that is later in the list counts as newer.
    #[must_use]
    pub fn of(analytes: &[Analyte], readings: &[Reading]) -> Self {
        let newer = newer_versions(&readings.iter().map(Reading::facts).collect::<Vec<_>>());
        let mut trend = Self::default();
        for analyte in analytes {
            let of_analyte = |reading: &Reading| reading.analyte.as_ref() == Some(analyte);
            let own: Vec<(&Reading, bool)> = (readings.iter().zip(&newer))
                .filter(|(reading, _)| of_analyte(reading))
                .map(|(reading, newer)| (reading, newer.is_some()))
                .collect();
            trend.add(analyte, own);
        }
        let by_time = |a: &Listed, b: &Listed| {
            order_of(a.when.as_ref()).cmp(&order_of(b.when.as_ref())).then_with(|| a.id.cmp(&b.id))
        };
        trend.events.sort_by(by_time);
        trend.undated.sort_by(by_time);
        trend
    }

    fn add(&mut self, analyte: &Analyte, readings: Vec<(&Reading, bool)>) {
        let mut placed = Vec::new();
        for (reading, has_newer) in readings {
            match sort_out(reading, has_newer) {
                Sorted::LeftOut(reason) => self.left_out.push((reading.id.clone(), reason)),
                Sorted::Event(received) => self.events.push(reading.listed(received)),
                Sorted::Undated(received) => self.undated.push(reading.listed(received)),
                Sorted::Placed(point) => placed.push(point),
            }
        }
        placed.sort_by(|a, b| {
            let key = |point: &Placed<'_>| (point.when.order_key(), order_of(point.reading.issued.as_ref()));
            key(a).cmp(&key(b)).then_with(|| a.reading.id.cmp(&b.reading.id))
        });
        let joined = join::series_of(analyte, &placed);
        self.series.extend(joined.series);
        self.left_out.extend(joined.left_out.into_iter().map(|id| (id, LeftOut::TooManyUnits)));
    }
}

enum Sorted<'a> {
    LeftOut(LeftOut),
    Event(&'a Value),
    Undated(&'a Value),
    Placed(Placed<'a>),
}

fn sort_out(reading: &Reading, has_newer: bool) -> Sorted<'_> {
    let status = match reading.status {
        ObservationStatus::EnteredInError => Some(LeftOut::EnteredInError),
        ObservationStatus::Cancelled => Some(LeftOut::Cancelled),
        _ => has_newer.then_some(LeftOut::NewerVersion),
    };
    let (None, Some(value)) = (status, reading.value.as_ref().filter(|value| value.is_told())) else {
        return Sorted::LeftOut(status.unwrap_or(LeftOut::NoValue));
    };
    let amount = match value {
        Value::Quantity(quantity) => quantity.amount(),
        Value::Integer(text) => Decimal::parse(text).map(|number| (None, number)),
        _ => None,
    };
    let Some((comparator, number)) = amount else { return Sorted::Event(value) };
    match reading.when.as_ref().filter(|when| when.precision >= Precision::Day) {
        Some(when) => Sorted::Placed(Placed { reading, when, comparator, number }),
        None => Sorted::Undated(value),
    }
}

impl Reading {
    fn listed(&self, received: &Value) -> Listed {
        Listed {
            id: self.id.clone(),
            source: self.source.clone(),
            when: self.when.clone(),
            received: received.clone(),
            status: self.status,
            flags: self.flags.clone(),
        }
    }
}

fn order_of(time: Option<&FhirTime>) -> i64 {
    time.map_or(i64::MIN, FhirTime::order_key)
}
