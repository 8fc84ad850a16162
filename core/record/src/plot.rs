//! A trend as a drawing: whole coordinates for a given width and height, shared by every drawer.
//!
//! Each unit has a lane of its own over one time axis, so that two units never share a scale. Numbers are placed by
//! exact arithmetic and labelled as received; no round tick is made up.

use crate::decimal::Decimal;
use crate::interpretation::Flag;
use crate::quantity::Comparator;
use crate::redact::hidden_debug;
use crate::status::ObservationStatus;
use crate::time::{FhirTime, Precision};
use crate::trend::{Band, Point, Series, Trend};

const MS_PER_DAY: i64 = 86_400_000;
/// Labels nearer to one another than this part of a lane's height would overlap.
const LABELS_PER_LANE: u32 = 8;
/// Part of the width by which a band reaches past its stretch where nothing is joined to it.
const BAND_REACH: u32 = 40;
/// Part of a lane's height that is left free below it, for the heading of the next.
const LANE_GAP: u32 = 4;
/// No drawing is wider or higher: keeps every product within its number.
const MAX_SIDE: u32 = 100_000;

/// How a point is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A measured number.
    Closed,
    /// The true amount lies below.
    OpenBelow,
    /// The true amount lies above.
    OpenAbove,
}

/// One point.
#[derive(Clone, PartialEq, Eq)]
pub struct Mark {
    /// From the left; for a day without a time the start of that day.
    pub x: u32,
    /// The end of that day, where no time was written.
    pub x_to: Option<u32>,
    /// From the top of the drawing.
    pub y: u32,
    /// How it is drawn.
    pub shape: Shape,
    /// A line leads to it from the mark before it.
    pub joined: bool,
    /// Not final: may still change.
    pub preliminary: bool,
    /// The laboratory asks for a quick word (R6).
    pub critical: bool,
    /// Value and unit as received.
    pub label: String,
    /// When, as written.
    pub when: FhirTime,
}

hidden_debug!(Mark);

/// One series.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    /// Place of the series in the trend.
    pub series: usize,
    /// In order of time.
    pub marks: Vec<Mark>,
}

hidden_debug!(Line, marks);

/// The laboratory's range over a stretch of time.
#[derive(Clone, PartialEq, Eq)]
pub struct Area {
    /// From the left.
    pub x: u32,
    /// The right end.
    pub x_to: u32,
    /// Upper edge, from the top.
    pub y: u32,
    /// Lower edge, from the top.
    pub y_to: u32,
    /// The range has no upper bound: the upper edge is the lane's.
    pub open_above: bool,
    /// The range has no lower bound: the lower edge is the lane's.
    pub open_below: bool,
}

hidden_debug!(Area);

/// A number at its height.
#[derive(Clone, PartialEq, Eq)]
pub struct ValueTick {
    /// From the top.
    pub y: u32,
    /// As received.
    pub text: String,
}

hidden_debug!(ValueTick);

/// A time at its place.
#[derive(Clone, PartialEq, Eq)]
pub struct TimeTick {
    /// From the left.
    pub x: u32,
    /// As written.
    pub when: FhirTime,
}

hidden_debug!(TimeTick);

/// All series of one unit.
#[derive(Clone, PartialEq, Eq)]
pub struct Lane {
    /// Upper edge, from the top.
    pub y: u32,
    /// Lower edge, from the top.
    pub y_to: u32,
    /// The unit as received.
    pub unit: Option<String>,
    /// The series in it.
    pub lines: Vec<Line>,
    /// Ranges, to be drawn first.
    pub areas: Vec<Area>,
    /// Numbers beside it, the highest first.
    pub ticks: Vec<ValueTick>,
}

hidden_debug!(Lane, lines, areas, ticks);

/// A trend as a drawing.
#[derive(Clone, PartialEq, Eq)]
pub struct Plot {
    /// As asked for; no coordinate is larger.
    pub width: u32,
    /// As asked for; no coordinate is larger.
    pub height: u32,
    /// From the top.
    pub lanes: Vec<Lane>,
    /// The first and the last time.
    pub times: Vec<TimeTick>,
}

hidden_debug!(Plot, lanes, times);

impl Plot {
    /// Lays a trend out on `width` by `height` units, such as pixels or the dots of a terminal, 100,000 at most. None of its readings
    /// with a place in time is left out; a trend without any gives no lanes.
    #[must_use]
    pub fn of(trend: &Trend, width: u32, height: u32) -> Self {
        let (width, height) = (width.min(MAX_SIDE), height.min(MAX_SIDE));
        let mut lanes: Vec<(&Series, Vec<usize>)> = Vec::new();
        for (at, series) in trend.series.iter().enumerate().filter(|(_, series)| !series.points.is_empty()) {
            match lanes.iter_mut().find(|(first, _)| first.shares_scale_with(series)) {
                Some((_, members)) => members.push(at),
                None => lanes.push((series, vec![at])),
            }
        }
        let all: Vec<&Point> = trend.series.iter().flat_map(|series| &series.points).collect();
        let axis = TimeAxis::of(&all, width);
        let count = u32::try_from(lanes.len()).unwrap_or(u32::MAX).max(1);
        let edge = |lane: u32| u32::try_from(u64::from(height) * u64::from(lane) / u64::from(count)).unwrap_or(height);
        let gap = if count > 1 { height / count / LANE_GAP } else { 0 };
        Self {
            width,
            height,
            lanes: (lanes.iter().zip(0..))
                .map(|((_, members), lane)| {
                    let y_to = edge(lane + 1).saturating_sub(if lane + 1 < count { gap } else { 0 });
                    lay_lane(trend, members, &axis, edge(lane), y_to)
                })
                .collect(),
            times: axis.ticks(&all),
        }
    }
}

/// Milliseconds to places from the left.
struct TimeAxis {
    start: i64,
    end: i64,
    width: u32,
}

impl TimeAxis {
    fn of(points: &[&Point], width: u32) -> Self {
        let start = points.iter().map(|point| point.when.order_key()).min().unwrap_or(0);
        let end = points.iter().map(|point| end_of(&point.when).unwrap_or(point.when.order_key())).max().unwrap_or(0);
        Self { start, end, width }
    }

    fn x(&self, ms: i64) -> u32 {
        let last = self.width.saturating_sub(1);
        match i128::from(self.end) - i128::from(self.start) {
            0 => last / 2,
            span => place(i128::from(ms) - i128::from(self.start), span, last),
        }
    }

    fn ticks(&self, points: &[&Point]) -> Vec<TimeTick> {
        let tick = |point: &&Point| TimeTick { x: self.x(point.when.order_key()), when: point.when.clone() };
        let first = points.iter().min_by_key(|point| point.when.order_key()).map(tick);
        let last = points.iter().max_by_key(|point| point.when.order_key()).map(tick);
        let differs = last.clone().filter(|last| first.as_ref().is_some_and(|first| first.when != last.when));
        first.into_iter().chain(differs).collect()
    }
}

/// The last millisecond of a day that was written without a time.
fn end_of(when: &FhirTime) -> Option<i64> {
    (when.precision == Precision::Day).then(|| when.order_key() + MS_PER_DAY - 1)
}

/// `part / whole` of `length`, rounded to the nearest whole unit.
fn place(part: i128, whole: i128, length: u32) -> u32 {
    let scaled = part.clamp(0, whole).saturating_mul(i128::from(length)).saturating_add(whole / 2);
    u32::try_from(scaled / whole.max(1)).unwrap_or(length)
}

/// Numbers to places from the top.
struct ValueAxis {
    magnitude: i64,
    low: i128,
    high: i128,
    y: u32,
    y_to: u32,
}

impl ValueAxis {
    fn of<'a>(numbers: impl Iterator<Item = &'a Decimal> + Clone, y: u32, y_to: u32) -> Self {
        let magnitude = numbers.clone().filter_map(Decimal::magnitude).max().unwrap_or(0);
        let scaled = numbers.map(|number| number.scaled(magnitude));
        let (low, high) = (scaled.clone().min().unwrap_or(0), scaled.max().unwrap_or(0));
        Self { magnitude, low, high, y, y_to }
    }

    fn y(&self, number: &Decimal) -> u32 {
        let length = self.y_to.saturating_sub(self.y).saturating_sub(1);
        match self.high - self.low {
            0 => self.y + length / 2,
            span => self.y + place(self.high - number.scaled(self.magnitude), span, length),
        }
    }
}

fn lay_lane(trend: &Trend, members: &[usize], time: &TimeAxis, y: u32, y_to: u32) -> Lane {
    let series: Vec<(usize, &Series)> = members.iter().filter_map(|at| Some((*at, trend.series.get(*at)?))).collect();
    let points = series.iter().flat_map(|(_, series)| &series.points).map(|point| &point.value);
    let bounds = series.iter().flat_map(|(_, series)| &series.bands).flat_map(|band| band.low.iter().chain(&band.high));
    let values = ValueAxis::of(points.chain(bounds), y, y_to);
    Lane {
        y,
        y_to,
        unit: series.iter().find_map(|(_, series)| series.unit.clone()),
        lines: (series.iter())
            .map(|(at, series)| Line {
                series: *at,
                marks: series.points.iter().map(|point| mark(point, time, &values)).collect(),
            })
            .collect(),
        areas: series
            .iter()
            .flat_map(|(_, series)| series.bands.iter().filter_map(|band| area(series, band, time, &values)))
            .collect(),
        ticks: ticks(&series, &values),
    }
}

fn mark(point: &Point, time: &TimeAxis, values: &ValueAxis) -> Mark {
    let unit = point.received.unit.as_deref();
    Mark {
        x: time.x(point.when.order_key()),
        x_to: end_of(&point.when).map(|end| time.x(end)),
        y: values.y(&point.value),
        shape: match point.comparator.map(Comparator::points_down) {
            None => Shape::Closed,
            Some(true) => Shape::OpenBelow,
            Some(false) => Shape::OpenAbove,
        },
        joined: point.joined,
        preliminary: matches!(point.status, ObservationStatus::Preliminary | ObservationStatus::Registered),
        critical: point.flags.iter().any(Flag::is_critical),
        label: unit.map_or_else(|| point.received.text.clone(), |unit| format!("{} {unit}", point.received.text)),
        when: point.when.clone(),
    }
}

/// A band reaches half of the way to a point that is joined to its stretch, and a little way elsewhere, so that a single
/// point has one too and no band is claimed for a time without results.
fn area(series: &Series, band: &Band, time: &TimeAxis, values: &ValueAxis) -> Option<Area> {
    let start_of = |at: usize| series.points.get(at).map(|point| time.x(point.when.order_key()));
    let end_of_point = |at: usize| {
        let point = series.points.get(at)?;
        Some(time.x(end_of(&point.when).unwrap_or(point.when.order_key())))
    };
    let (first, last) = (start_of(band.first)?, end_of_point(band.last)?);
    let reach = |room: u32, joined: bool| if joined { room } else { room.min(time.width / BAND_REACH) };
    let is_joined = |at: usize| series.points.get(at).is_some_and(|point| point.joined);
    let before = band.first.checked_sub(1).and_then(end_of_point).map_or(first, |x| first.saturating_sub(x) / 2);
    let edge = time.width.saturating_sub(1);
    let after = start_of(band.last + 1).map_or(edge.saturating_sub(last), |x| x.saturating_sub(last) / 2);
    Some(Area {
        x: first.saturating_sub(reach(before, is_joined(band.first))),
        x_to: last.saturating_add(reach(after, is_joined(band.last + 1))).min(edge),
        y: band.high.as_ref().map_or(values.y, |high| values.y(high)),
        y_to: band.low.as_ref().map_or(values.y_to.saturating_sub(1), |low| values.y(low)),
        open_above: band.high.is_none(),
        open_below: band.low.is_none(),
    })
}

/// The highest and the lowest number and the bounds of ranges, as received, as far as their labels have room.
fn ticks(series: &[(usize, &Series)], values: &ValueAxis) -> Vec<ValueTick> {
    let points = || series.iter().flat_map(|(_, series)| &series.points);
    // A converted number may have many digits: what was received stands with its own unit.
    let text = |point: &Point| match &point.received.unit {
        Some(unit) if point.converted => format!("{} {unit}", point.received.text),
        _ => point.received.text.clone(),
    };
    let extremes = [points().max_by(|a, b| a.value.cmp(&b.value)), points().min_by(|a, b| a.value.cmp(&b.value))];
    let bounds = series.iter().flat_map(|(_, series)| &series.bands).flat_map(|band| [&band.high, &band.low]);
    let wanted = (extremes.into_iter().flatten().map(|point| (values.y(&point.value), text(point))))
        .chain(bounds.flatten().map(|bound| (values.y(bound), bound.as_str().to_owned())));
    let room = (values.y_to.saturating_sub(values.y) / LABELS_PER_LANE).max(1);
    let mut kept: Vec<ValueTick> = Vec::new();
    for (y, text) in wanted {
        if kept.iter().all(|tick| tick.y.abs_diff(y) >= room) {
            kept.push(ValueTick { y, text });
        }
    }
    kept.sort_by_key(|tick| tick.y);
    kept
}
