//! A trend in sentences (N6): how many values from when to when, the first, the lowest, the highest, the latest, and
//! everything that is not among them. Never a verdict.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use plainchart_record::quantity::Comparator;
use plainchart_record::trend::{Point, Series};

use super::super::results::{flag_words, spoken_unit, with_unit};
use super::gather::Gathered;
use super::view::{band_words, day_words, is_early};
use crate::words::{count, say};

impl Gathered {
    /// For reading aloud, sentence by sentence.
    pub(super) fn spoken(&self) -> Vec<String> {
        let mut sentences: Vec<String> =
            self.trend.series.iter().flat_map(|series| self.series_sentences(series)).collect();
        if sentences.is_empty() {
            sentences.push(say("trend.empty", &[]));
        }
        sentences.extend(self.not_drawn());
        sentences
    }

    fn series_sentences(&self, series: &Series) -> Vec<String> {
        let points = &series.points;
        let (Some(first), Some(latest)) = (points.first(), points.last()) else { return Vec::new() };
        let name = self.name(&series.analyte);
        let number = points.len() as u64;
        let (from, to) = (day_words(&first.when), day_words(&latest.when));
        let words = [("name", name.as_str()), ("first", from.as_str()), ("last", to.as_str())];
        let id = if from == to && number > 1 { "trend.spoken.count.one-day" } else { "trend.spoken.count" };
        let mut sentences = vec![count(id, number, &words)];
        let said = |point: &Point| spoken_value(series, point);
        let lowest = points.iter().min_by(|a, b| by_amount(a, b)).unwrap_or(first);
        let highest = points.iter().max_by(|a, b| by_amount(a, b)).unwrap_or(first);
        if points.len() == 1 {
            sentences.push(say("trend.spoken.only", &[("value", &said(latest))]));
        } else if by_amount(lowest, highest) == Ordering::Equal {
            sentences.push(say("trend.spoken.all-same", &[("value", &said(latest))]));
        } else {
            sentences.push(say("trend.spoken.ends", &[("first", &said(first)), ("latest", &said(latest))]));
            // Of two values the lowest and the highest are said already.
            if points.len() > 2 {
                let words = [("lowest", &*said(lowest)), ("highest", &*said(highest))];
                sentences.push(say("trend.spoken.extremes", &words));
            }
        }
        let last_place = points.len() - 1;
        if let Some(band) = series.bands.iter().find(|band| band.last == last_place) {
            sentences.push(say("trend.spoken.range", &[("range", &band_words(series, band))]));
        }
        let marks: Vec<String> = latest.flags.iter().map(flag_words).collect();
        if !marks.is_empty() {
            sentences.push(say("trend.spoken.marks", &[("marks", &marks.join(" "))]));
        }
        sentences.extend(counted("trend.spoken.early", points.iter().filter(|point| is_early(point)).count()));
        sentences.extend(counted("trend.spoken.converted", points.iter().filter(|point| point.converted).count()));
        sentences.extend(series.apart.map(|apart| say(&format!("trend.apart.{}", apart.code()), &[])));
        sentences
    }

    /// What is in no line, and why.
    pub(super) fn not_drawn(&self) -> Vec<String> {
        let trend = &self.trend;
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, reason) in &trend.left_out {
            *reasons.entry(reason.code()).or_default() += 1;
        }
        let left_out = reasons.into_iter().flat_map(|(reason, number)| {
            [count("trend.left-out.count", number as u64, &[]), say(&format!("trend.left-out.{reason}"), &[])]
        });
        let events = counted("trend.spoken.events", trend.events.len());
        let undated = counted("trend.spoken.undated", trend.undated.len());
        events.into_iter().chain(undated).chain(left_out).collect()
    }

    /// What is to be seen, in a sentence or two.
    pub(super) fn description(&self) -> String {
        let points = || self.trend.series.iter().flat_map(|series| &series.points);
        let key = |point: &&Point| point.when.order_key();
        let (Some(first), Some(last)) = (points().min_by_key(key), points().max_by_key(key)) else {
            return say("trend.empty", &[]);
        };
        let (from, to) = (day_words(&first.when), day_words(&last.when));
        let number = points().count() as u64;
        let id = if from == to && number > 1 { "trend.description.one-day" } else { "trend.description" };
        let mut sentences = vec![count(id, number, &[("first", &from), ("last", &to)])];
        if let [series] = self.trend.series.as_slice() {
            let lowest = series.points.iter().min_by(|a, b| by_amount(a, b));
            let highest = series.points.iter().max_by(|a, b| by_amount(a, b));
            if let (Some(lowest), Some(highest)) = (lowest, highest) {
                let words = [("lowest", &*written(series, lowest)), ("highest", &*written(series, highest))];
                sentences.push(say("trend.description.lowest-highest", &words));
            }
        }
        let has_bands = self.trend.series.iter().any(|series| !series.bands.is_empty());
        sentences.push(say(if has_bands { "trend.description.range" } else { "trend.description.no-range" }, &[]));
        if points().any(|point| point.comparator.is_some()) {
            sentences.push(say("trend.point.open-mark", &[]));
        }
        sentences.join(" ")
    }
}

fn counted(id: &str, number: usize) -> Option<String> {
    (number > 0).then(|| count(id, number as u64, &[]))
}

/// By the true amounts as far as they are known: less than 5 is less than 5.
fn by_amount(a: &Point, b: &Point) -> Ordering {
    let side = |point: &Point| match point.comparator {
        Some(Comparator::Below) => -2,
        Some(Comparator::AtMost) => -1,
        None => 0,
        Some(Comparator::AtLeast) => 1,
        Some(Comparator::Above) => 2,
    };
    a.value.cmp(&b.value).then_with(|| side(a).cmp(&side(b)))
}

fn spoken_value(series: &Series, point: &Point) -> String {
    // An exact conversion can have many digits, and nobody measured them.
    if point.converted {
        return with_unit(&point.received.text, point.received.unit.as_deref());
    }
    let name = series.known_unit().and_then(spoken_unit);
    in_words(point, name.as_deref().or(series.unit.as_deref()))
}

fn written(series: &Series, point: &Point) -> String {
    in_words(point, series.unit.as_deref())
}

fn in_words(point: &Point, unit: Option<&str>) -> String {
    let value = with_unit(point.value.as_str(), unit);
    match point.comparator {
        Some(comparator) => say(&format!("trend.spoken.{}", comparator.code()), &[("value", &value)]),
        None => value,
    }
}
