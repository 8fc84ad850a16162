//! A trend as a screen shows it.

use plainchart_access::PersonId;
use plainchart_record::interpretation::Flag;
use plainchart_record::quantity::Comparator;
use plainchart_record::status::ObservationStatus;
use plainchart_record::time::Precision;
use plainchart_record::trend::{Band, LeftOut, Listed, Point, ReadingId, Series};
use plainchart_record::{Decimal, FhirTime};

use super::super::results::{flag_words, spoken_date, spoken_unit, status_words, value_with_unit, with_unit};
use super::gather::Gathered;
use crate::views::{BandView, PointView, SeriesView, Time, TrendView, UndrawnView};
use crate::words::say;

impl Gathered {
    pub(super) fn view(&self, person: &PersonId) -> TrendView {
        let trend = &self.trend;
        let mut sources: Vec<String> = self.sources.values().cloned().collect();
        sources.sort();
        sources.dedup();
        TrendView {
            person: person.to_string(),
            title: self.title.clone(),
            description: self.description(),
            series: trend.series.iter().map(|series| self.series(series)).collect(),
            events: trend.events.iter().map(|event| self.listed(event, None)).collect(),
            undated: trend.undated.iter().map(|listed| self.listed(listed, Some(undated(listed)))).collect(),
            left_out: self.left_out(),
            spoken: self.spoken(),
            sources,
        }
    }

    fn series(&self, series: &Series) -> SeriesView {
        SeriesView {
            name: self.name(&series.analyte),
            unit: series.unit.clone(),
            unit_spoken: series.known_unit().and_then(spoken_unit),
            specimen: series.specimen.clone(),
            points: series.points.iter().map(|point| self.point(series, point)).collect(),
            bands: series.bands.iter().map(|band| self.band(series, band)).collect(),
            apart_code: series.apart.map(|apart| apart.code().to_owned()),
            apart: series.apart.map(|apart| say(&format!("trend.apart.{}", apart.code()), &[])),
        }
    }

    fn point(&self, series: &Series, point: &Point) -> PointView {
        PointView {
            result: self.result_id(&point.id),
            part: point.id.part,
            source: self.source(&point.source),
            date: Time::of(&point.when),
            value: point.value.as_str().to_owned(),
            comparator: point.comparator.map(|comparator| comparator.code().to_owned()),
            received: with_unit(&point.received.text, point.received.unit.as_deref()),
            converted: point.converted,
            joined: point.joined,
            status_code: code_of(point.status),
            status: status_words(point.status),
            flags: point.flags.iter().map(flag_words).collect(),
            critical: point.flags.iter().any(Flag::is_critical),
            label: point_words(series, point),
        }
    }

    fn band(&self, series: &Series, band: &Band) -> BandView {
        let text = |end: &Option<Decimal>| end.as_ref().map(|end| end.as_str().to_owned());
        BandView {
            first: band.first,
            last: band.last,
            low: text(&band.low),
            high: text(&band.high),
            text: band_words(series, band),
            source: self.source(&band.source),
        }
    }

    fn listed(&self, listed: &Listed, reason: Option<String>) -> UndrawnView {
        UndrawnView {
            result: self.result_id(&listed.id),
            source: self.source(&listed.source),
            date: listed.when.as_ref().map(Time::of),
            received: value_with_unit(&listed.received),
            reason,
        }
    }

    fn left_out(&self) -> Vec<UndrawnView> {
        let view = |(id, reason): &(ReadingId, LeftOut)| {
            let found = self.results.get(&id.result);
            UndrawnView {
                result: self.result_id(id),
                source: found.map(|found| found.source.clone()).unwrap_or_default(),
                date: found.and_then(|found| found.date.clone()),
                received: None,
                reason: Some(say(&format!("trend.left-out.{}", reason.code()), &[])),
            }
        };
        self.trend.left_out.iter().map(view).collect()
    }
}

fn code_of(status: ObservationStatus) -> Option<String> {
    Some(status.code()).filter(|code| !code.is_empty()).map(str::to_owned)
}

fn undated(listed: &Listed) -> String {
    match listed.when.as_ref().filter(|when| when.precision > Precision::Unreadable) {
        Some(when) => say("trend.undated.partial", &[("when", &spoken_date(when))]),
        None => say("trend.undated", &[]),
    }
}

/// What is said of a point: its value and its day.
pub(super) fn point_words(series: &Series, point: &Point) -> String {
    let value = with_unit(point.value.as_str(), series.unit.as_deref());
    let when = spoken_date(&point.when);
    let words = match (point.comparator.map(Comparator::points_down), point.converted) {
        (Some(true), _) => say("trend.point.below", &[("value", &value), ("when", &when)]),
        (Some(false), _) => say("trend.point.above", &[("value", &value), ("when", &when)]),
        (None, true) => {
            let received = with_unit(&point.received.text, point.received.unit.as_deref());
            say("trend.point.converted", &[("value", &value), ("received", &received), ("when", &when)])
        }
        (None, false) => say("trend.point", &[("value", &value), ("when", &when)]),
    };
    match is_early(point) {
        true => format!("{words}. {}", say("trend.point.preliminary", &[])),
        false => words,
    }
}

/// Not final: may still change.
pub(super) fn is_early(point: &Point) -> bool {
    matches!(point.status, ObservationStatus::Preliminary | ObservationStatus::Registered)
}

/// The bounds of a range in the unit of the series.
pub(super) fn band_words(series: &Series, band: &Band) -> String {
    let unit = series.unit.as_deref();
    let said = |id: &str, arguments: &[(&str, &str)]| say(&format!("result-list.value.{id}"), arguments);
    match (&band.low, &band.high) {
        (Some(low), Some(high)) => said("range", &[("low", low.as_str()), ("high", &with_unit(high.as_str(), unit))]),
        (Some(low), None) => said("range-from", &[("low", &with_unit(low.as_str(), unit))]),
        (None, Some(high)) => said("range-to", &[("high", &with_unit(high.as_str(), unit))]),
        (None, None) => String::new(),
    }
}

/// The day of a point, for reading aloud.
pub(super) fn day_words(when: &FhirTime) -> String {
    spoken_date(when)
}
