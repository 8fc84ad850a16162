//! Which values of one analyte are joined to one series, and why others stand apart (R2).

use crate::analyte::Analyte;
use crate::decimal::Decimal;
use crate::quantity::Quantity;
use crate::trend::{Placed, Point, ReadingId, Series, band};
use crate::unit::{Unit, convert};
use crate::value::Value;

/// No trend shows more series of one analyte. A laboratory changes its unit once or twice in a life.
const MAX_SERIES: usize = 12;

/// Why a series stands apart from the first one of its analyte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Apart {
    /// Its unit measures something else, or no exact rule leads from one to the other.
    UnitDiffers,
    /// The unit converts, but not to a number with an end.
    NotExact,
    /// Its unit, or the first one's, is not understood.
    UnitUnknown,
    /// It came without a unit, or the first one did.
    UnitMissing,
    /// What was examined differs.
    SpecimenDiffers,
}

impl Apart {
    /// Stable code, for looking up its words.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::UnitDiffers => "unit-differs",
            Self::NotExact => "not-exact",
            Self::UnitUnknown => "unit-unknown",
            Self::UnitMissing => "unit-missing",
            Self::SpecimenDiffers => "specimen-differs",
        }
    }
}

/// In what a value was measured. Units that are not understood join only within their source and word for word.
#[derive(PartialEq, Eq, Clone)]
pub(super) enum Measure {
    Known { unit: Unit, source: Option<String> },
    Unknown { source: String, words: [Option<String>; 3] },
    Missing { source: String },
}

impl Measure {
    fn of(placed: &Placed<'_>) -> Self {
        let source = placed.reading.source.clone();
        match &placed.reading.value {
            Some(Value::Quantity(quantity)) => Self::of_quantity(quantity, source),
            _ => Self::Missing { source },
        }
    }

    fn of_quantity(quantity: &Quantity, source: String) -> Self {
        match Unit::of(quantity) {
            Some(unit) => {
                let source = unit.is_procedure_defined().then_some(source);
                Self::Known { unit, source }
            }
            None if quantity.unit.is_none() && quantity.code.is_none() => Self::Missing { source },
            None => {
                Self::Unknown { source, words: [quantity.unit.clone(), quantity.system.clone(), quantity.code.clone()] }
            }
        }
    }

    /// The number in this measure, if it can be said exactly.
    pub(super) fn take(&self, number: &Decimal, from: &Self) -> Option<Decimal> {
        match (from, self) {
            (Self::Known { unit: a, source: x }, Self::Known { unit: b, source: y }) if x == y => convert(number, a, b),
            (from, to) => (from == to).then(|| number.clone()),
        }
    }

    pub(super) fn unit(&self) -> Option<&Unit> {
        match self {
            Self::Known { unit, .. } => Some(unit),
            _ => None,
        }
    }

    /// The same kind of measure in another unit.
    pub(super) fn with_unit(&self, unit: Unit) -> Self {
        let source = match self {
            Self::Known { source, .. } => source.clone(),
            Self::Unknown { .. } | Self::Missing { .. } => None,
        };
        Self::Known { unit, source }
    }

    /// Itself, if it is not understood and this quantity's unit is written word for word like it.
    pub(super) fn of_same_words(&self, quantity: &Quantity) -> Option<Self> {
        match self {
            Self::Unknown { words: [unit, _, code], .. } if (unit, code) == (&quantity.unit, &quantity.code) => {
                Some(self.clone())
            }
            _ => None,
        }
    }

    fn apart_from(&self, first: &Self) -> Apart {
        match (self, first) {
            (Self::Missing { .. }, _) | (_, Self::Missing { .. }) => Apart::UnitMissing,
            (Self::Unknown { .. }, _) | (_, Self::Unknown { .. }) => Apart::UnitUnknown,
            (Self::Known { unit: a, .. }, Self::Known { unit: b, .. }) if a.comparable(b) => Apart::NotExact,
            _ => Apart::UnitDiffers,
        }
    }
}

/// One value with its measure, and where it has gone.
pub(super) struct Candidate<'a> {
    pub(super) placed: &'a Placed<'a>,
    pub(super) measure: Measure,
    specimen: Option<&'a str>,
    series: Option<usize>,
}

pub(super) struct Joined {
    pub(super) series: Vec<Series>,
    pub(super) left_out: Vec<ReadingId>,
}

/// Shares the values, which are in order of time, out among series.
pub(super) fn series_of(analyte: &Analyte, placed: &[Placed<'_>]) -> Joined {
    // LOINC's code says what is examined; a local code or name need not.
    let specimen = |placed: &Placed<'_>| match analyte {
        Analyte::Loinc(_) => None,
        _ => placed.reading.specimen.clone(),
    };
    let specimens: Vec<Option<String>> = placed.iter().map(specimen).collect();
    let mut candidates: Vec<Candidate<'_>> = (placed.iter().zip(&specimens))
        .map(|(placed, specimen)| Candidate {
            placed,
            measure: Measure::of(placed),
            specimen: specimen.as_deref(),
            series: None,
        })
        .collect();
    let mut heads: Vec<(Measure, Option<String>)> = Vec::new();
    while let Some((measure, specimen)) = best_head(&candidates).filter(|_| heads.len() < MAX_SERIES) {
        for candidate in candidates.iter_mut().filter(|candidate| candidate.series.is_none()) {
            let fits = candidate.specimen == specimen.as_deref();
            if fits && measure.take(&candidate.placed.number, &candidate.measure).is_some() {
                candidate.series = Some(heads.len());
            }
        }
        heads.push((measure, specimen));
    }
    let left_out = candidates.iter().filter(|c| c.series.is_none()).map(|c| c.placed.reading.id.clone()).collect();
    let mut numbered: Vec<usize> = (0..heads.len()).collect();
    let newest = |series: &usize| candidates.iter().rposition(|candidate| candidate.series == Some(*series));
    numbered.sort_by_key(|series| std::cmp::Reverse(newest(series)));
    let first = numbered.first().and_then(|first| heads.get(*first));
    let series = (numbered.iter().filter_map(|number| Some((*number, heads.get(*number)?))))
        .map(|(number, head)| {
            let apart = first.filter(|first| *first != head).map(|(measure, specimen)| match specimen == &head.1 {
                true => head.0.apart_from(measure),
                false => Apart::SpecimenDiffers,
            });
            build(analyte, number, head, &candidates, apart)
        })
        .collect();
    Joined { series, left_out }
}

/// The measure that takes in the most of what is left; among equals the one that most of it came in, then the newest.
fn best_head(candidates: &[Candidate<'_>]) -> Option<(Measure, Option<String>)> {
    let mut tried: Vec<(&Measure, Option<&str>, (usize, usize))> = Vec::new();
    let left = || candidates.iter().filter(|candidate| candidate.series.is_none());
    for candidate in left().rev() {
        let known = tried.iter().any(|(m, s, _)| *m == &candidate.measure && *s == candidate.specimen);
        if !known && tried.len() < MAX_SERIES {
            let alike = || left().filter(|other| other.specimen == candidate.specimen);
            let takes = |other: &&Candidate<'_>| candidate.measure.take(&other.placed.number, &other.measure).is_some();
            let as_received = alike().filter(|other| other.measure == candidate.measure).count();
            tried.push((&candidate.measure, candidate.specimen, (alike().filter(takes).count(), as_received)));
        }
    }
    // `max_by_key` gives the last of equals; the newest was tried first.
    let best = tried.iter().rev().max_by_key(|(_, _, counts)| *counts)?;
    Some((best.0.clone(), best.1.map(str::to_owned)))
}

fn build(
    analyte: &Analyte,
    number: usize,
    (measure, specimen): &(Measure, Option<String>),
    candidates: &[Candidate<'_>],
    apart: Option<Apart>,
) -> Series {
    let mut points: Vec<Point> = Vec::new();
    let (mut broken, mut unit, mut own) = (true, None, Vec::new());
    for candidate in candidates {
        let placed = candidate.placed;
        let taken = measure.take(&placed.number, &candidate.measure).filter(|_| candidate.series == Some(number));
        let (Some(value), Some(received)) = (taken, placed.reading.value.as_ref().and_then(Value::shown)) else {
            // A value of another series of this analyte lies between: the line must not run past it.
            broken = broken || candidate.specimen == specimen.as_deref();
            continue;
        };
        let converted = measure.unit() != candidate.measure.unit();
        if !converted {
            unit.clone_from(&received.unit);
        }
        points.push(Point {
            id: placed.reading.id.clone(),
            source: placed.reading.source.clone(),
            when: placed.when.clone(),
            value,
            comparator: placed.comparator,
            received,
            converted,
            joined: !broken && placed.comparator.is_none(),
            status: placed.reading.status,
            flags: placed.reading.flags.clone(),
        });
        own.push(candidate);
        broken = placed.comparator.is_some();
    }
    let bands = band::bands_of(&own, measure);
    Series {
        analyte: analyte.clone(),
        specimen: specimen.clone(),
        unit,
        points,
        bands,
        apart,
        measure: measure.clone(),
    }
}
