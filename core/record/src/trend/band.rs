//! The laboratory's range along a series: one band for each stretch in which it was the same (R1, R2).

use crate::decimal::Decimal;
use crate::observation::ReferenceRange;
use crate::quantity::Quantity;
use crate::redact::hidden_debug;
use crate::trend::join::{Candidate, Measure};
use crate::unit::Unit;

/// A range that some points that follow one another came with.
#[derive(Clone, PartialEq, Eq)]
pub struct Band {
    /// Place of the first point, from 0.
    pub first: usize,
    /// Place of the last point.
    pub last: usize,
    /// Lower bound in the unit of the series; none: open.
    pub low: Option<Decimal>,
    /// Upper bound in the unit of the series; none: open.
    pub high: Option<Decimal>,
    /// The bounds as received, lower and upper.
    pub received: (Option<String>, Option<String>),
    /// Whose range it is. Another laboratory's is another band.
    pub source: String,
}

hidden_debug!(Band);

/// The code, and what is typed for it, of a range of what is usual. A range of any other kind is no band.
const USUAL: [&str; 5] = ["normal", "normal range", "reference", "reference range", "reference interval"];

pub(super) fn bands_of(candidates: &[&Candidate<'_>], measure: &Measure) -> Vec<Band> {
    let mut bands: Vec<Band> = Vec::new();
    for (at, candidate) in candidates.iter().enumerate() {
        let Some(band) = band_at(at, candidate, measure) else { continue };
        match bands.last_mut() {
            Some(before) if before.last + 1 == at && same(before, &band) => before.last = at,
            _ => bands.push(band),
        }
    }
    bands
}

fn same(a: &Band, b: &Band) -> bool {
    a.low == b.low && a.high == b.high && a.source == b.source
}

/// The one range with bounds that can be drawn. Of two that both may fit none is drawn: to choose would be to guess.
fn band_at(at: usize, candidate: &Candidate<'_>, measure: &Measure) -> Option<Band> {
    let mut usual = candidate.placed.reading.ranges.iter().filter(|range| is_usual(range) && range.bounds.is_some());
    let (Some(range), None) = (usual.next()?.bounds.as_ref(), usual.next()) else { return None };
    let bound = |end: &Option<Quantity>| match end {
        None => Some(None),
        Some(quantity) => read_bound(quantity, candidate, measure).map(Some),
    };
    let (low, high) = (bound(&range.low)?, bound(&range.high)?);
    let upside_down = low.as_ref().zip(high.as_ref()).is_some_and(|(low, high)| low > high);
    let received = |end: &Option<Quantity>| end.as_ref().map(Quantity::shown_value);
    (!upside_down && (low.is_some() || high.is_some())).then(|| Band {
        first: at,
        last: at,
        received: (received(&range.low), received(&range.high)),
        low,
        high,
        source: candidate.placed.reading.source.clone(),
    })
}

/// A bound in the unit of the series. One without a unit is in the unit of its value, as the laboratory meant it.
fn read_bound(quantity: &Quantity, candidate: &Candidate<'_>, measure: &Measure) -> Option<Decimal> {
    let (None, number) = quantity.amount()? else { return None };
    let bare = quantity.unit.is_none() && quantity.code.is_none();
    let from = match (bare, Unit::of(quantity)) {
        (true, _) => candidate.measure.clone(),
        (false, Some(unit)) => candidate.measure.with_unit(unit),
        (false, None) => candidate.measure.of_same_words(quantity)?,
    };
    measure.take(&number, &from)
}

fn is_usual(range: &ReferenceRange) -> bool {
    let is_usual = |words: &str| USUAL.iter().any(|known| known.eq_ignore_ascii_case(words.trim()));
    range.kind.as_ref().is_none_or(|kind| {
        let codes = || kind.codings.iter().filter_map(|coding| coding.code.as_deref());
        kind.has_code("normal") || (codes().next().is_none() && kind.shown().is_some_and(is_usual))
    })
}
