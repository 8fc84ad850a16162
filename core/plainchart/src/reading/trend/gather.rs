//! Everything that one trend is made of, from all charts of a person.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use plainchart_access::{Act, ChartId, PersonId};
use plainchart_record::contained::find_contained;
use plainchart_record::trend::{Reading, ReadingId, shown_together};
use plainchart_record::{Analyte, Observation, Trend};

use super::super::items::{Items, Listed};
use super::super::results::{Gate, ResultItem, keep_own_ranges, result_id};
use crate::error::PlainchartError;
use crate::session::Session;
use crate::store::ChartScope;
use crate::stored::{StoredResource, tree};
use crate::views::Time;
use crate::words::say;

/// A trend with the words that its values do not carry.
pub(super) struct Gathered {
    pub(super) trend: Trend,
    pub(super) title: String,
    pub(super) names: HashMap<Analyte, String>,
    /// What a chart's server is called.
    pub(super) sources: HashMap<String, String>,
    /// What a reading's id leads to. The id itself is the resource's name, so that the same record always gives the same
    /// order.
    pub(super) results: HashMap<String, Found>,
}

/// The result of a reading.
pub(super) struct Found {
    /// Its opaque id.
    pub(super) id: String,
    /// What its source is called.
    pub(super) source: String,
    pub(super) date: Option<Time>,
}

struct Chart {
    /// Its place among the person's charts.
    number: usize,
    id: ChartId,
    items: Arc<Items>,
}

/// What is asked for: analytes, and the chart whose result was opened for it.
struct Asked {
    analytes: Vec<Analyte>,
    opened: Option<ChartId>,
    /// The name of the result, where its parts are shown.
    name: Option<String>,
}

impl Session {
    pub(super) fn gather(&self, person: &PersonId, key: &str) -> Result<Gathered, PlainchartError> {
        let mut charts = Vec::new();
        for chart in self.charts_of(person)? {
            let items = self.items_of(&chart.facts.chart)?;
            charts.push(Chart { number: charts.len(), id: chart.facts.chart, items });
        }
        let opened = self.opened(&charts, key)?;
        // One line of each chart that is looked into.
        let opened_in = opened.as_ref().and_then(|asked| asked.opened.clone());
        for chart in charts.iter().filter(|chart| Some(&chart.id) != opened_in.as_ref()) {
            self.permit(&chart.id, Act::OpenedResult)?;
        }
        let asked = opened.or_else(|| by_key(&charts, key)).ok_or(PlainchartError::NotFound)?;
        let mut gathered = Gathered {
            trend: Trend::default(),
            title: String::new(),
            names: HashMap::new(),
            sources: HashMap::new(),
            results: HashMap::new(),
        };
        let mut readings = Vec::new();
        for chart in &charts {
            readings.extend(self.readings(chart, &asked.analytes, &mut gathered)?);
        }
        if readings.is_empty() {
            return Err(PlainchartError::NotFound);
        }
        gathered.trend = Trend::of(&asked.analytes, &readings);
        gathered.title = gathered.title_of(&asked);
        Ok(gathered)
    }

    /// The result with this id, opened, and what it measures. None if it is no result's.
    fn opened(&self, charts: &[Chart], key: &str) -> Result<Option<Asked>, PlainchartError> {
        let id = result_id(key);
        for chart in charts {
            let Some(result) = chart.items.kept.place_of(id).and_then(|at| chart.items.results.get(at)) else {
                continue;
            };
            self.permit_item(&chart.id, Act::OpenedResult, "Observation", &result.item, result.received_ms)?;
            let part = key.strip_prefix(id).and_then(|rest| rest.strip_prefix('.')?.parse().ok());
            let (analytes, is_whole) = measured(&chart.items, result, part);
            let name = is_whole.then(|| result.view.view.name.clone());
            return Ok(Some(Asked { analytes, opened: Some(chart.id.clone()), name }));
        }
        Ok(None)
    }

    /// The readings of a chart that this reader may see, the oldest in the list first.
    fn readings(
        &self,
        chart: &Chart,
        analytes: &[Analyte],
        gathered: &mut Gathered,
    ) -> Result<Vec<Reading>, PlainchartError> {
        let (kept, scope) = (&chart.items.kept, ChartScope::of(&chart.id));
        let gate = Gate::Reader(self, &chart.id, Act::OpenedResult);
        let mut places: Vec<usize> = (analytes.iter())
            .filter_map(|analyte| kept.with_analyte.get(kept.analyte_place(analyte)?))
            .flatten()
            .copied()
            .collect();
        places.sort_unstable();
        places.dedup();
        let found = places.iter().filter_map(|at| Some((*at, chart.items.results.get(*at)?)));
        let open: Vec<(usize, &Listed<ResultItem>)> =
            found.filter(|(_, result)| gate.allows(&result.item, result.received_ms)).collect();
        let mut readings: Vec<(usize, Reading)> = Vec::new();
        for classes in self.store.classes_of(&scope)? {
            let mut groups: BTreeMap<&str, Vec<(usize, &Listed<ResultItem>)>> = BTreeMap::new();
            for (at, result) in open.iter().filter(|(_, result)| result.place.classes == classes) {
                groups.entry(&result.place.group).or_default().push((*at, result));
            }
            for (group, results) in groups {
                let mut by_key: HashMap<&[u8], Vec<(usize, &Listed<ResultItem>)>> = HashMap::new();
                for (at, result) in results {
                    by_key.entry(result.place.key.as_bytes()).or_default().push((at, result));
                }
                for row in self.store.readable_rows(&scope, classes, tree::RESOURCES, group.as_bytes())? {
                    let Some(results) = by_key.get(row.id.as_slice()) else { continue };
                    let stored = StoredResource::read_whole(&self.store, &scope, classes, &row.id, &row.bytes)?;
                    for (at, result) in results {
                        let read = read(&stored.raw, result, chart).into_iter().map(|reading| (*at, reading));
                        readings.extend(read);
                    }
                }
            }
        }
        readings.retain(|(_, reading)| reading.analyte.as_ref().is_some_and(|analyte| analytes.contains(analyte)));
        readings.sort_by_key(|(at, reading)| (Reverse(*at), reading.id.part));
        for (_, reading) in &mut readings {
            let when = reading.when.clone();
            keep_own_ranges(&mut reading.ranges, &kept.person, when.as_ref());
        }
        // Newest last, so that the newest name stays.
        for (at, reading) in &readings {
            let Some(result) = chart.items.results.get(*at) else { continue };
            let view = &result.view.view;
            let part = reading.id.part.and_then(|part| view.parts.get(part));
            if let Some(analyte) = &reading.analyte {
                gathered.names.insert(analyte.clone(), part.unwrap_or(view).name.clone());
            }
            gathered.results.entry(reading.id.result.clone()).or_insert_with(|| Found {
                id: result.item.id.clone(),
                source: kept.source.clone(),
                date: view.date.clone(),
            });
            gathered.sources.entry(kept.base.clone()).or_insert_with(|| kept.source.clone());
        }
        Ok(readings.into_iter().map(|(_, reading)| reading).collect())
    }
}

fn read(raw: &str, result: &Listed<ResultItem>, chart: &Chart) -> Vec<Reading> {
    let raw = match &result.view.inside {
        Some(id) => find_contained(raw, id),
        None => Some(raw),
    };
    let inside = result.view.inside.as_deref().unwrap_or_default();
    let name = format!("{:04} {}#{inside}", chart.number, result.place.key);
    let observation = raw.and_then(|raw| Observation::read(raw).ok());
    observation.map(|observation| Reading::of(&observation, &name, &chart.items.kept.base)).unwrap_or_default()
}

/// What a result or one of its components measures, and whether that is told by the name of the result.
fn measured(items: &Items, result: &Listed<ResultItem>, part: Option<usize>) -> (Vec<Analyte>, bool) {
    let measures = &result.view.measures;
    let own = measures.iter().filter(|measure| measure.part == part);
    let is_empty = part.is_none() && own.clone().all(|measure| !measure.is_number);
    let parts = measures.iter().filter(|measure| measure.part.is_some() && measure.is_number);
    // A panel without a value of its own: the numbers in it.
    let of_parts: Vec<_> = parts.filter(|_| is_empty).collect();
    let is_whole = of_parts.len() > 1;
    let chosen: Vec<_> = if of_parts.is_empty() { own.collect() } else { of_parts };
    let analytes = chosen.iter().filter_map(|measure| items.kept.analytes.get(measure.analyte));
    let mut together: Vec<Analyte> = Vec::new();
    for analyte in analytes.flat_map(shown_together) {
        if !together.contains(&analyte) {
            together.push(analyte);
        }
    }
    (together, is_whole)
}

fn by_key(charts: &[Chart], key: &str) -> Option<Asked> {
    let known = charts.iter().flat_map(|chart| &chart.items.kept.analytes);
    let is_meant = |analyte: &&Analyte| match analyte {
        Analyte::Loinc(code) if code == key => true,
        analyte => analyte.key() == key,
    };
    let analyte = known.into_iter().find(is_meant)?;
    Some(Asked { analytes: shown_together(analyte), opened: None, name: None })
}

impl Gathered {
    fn title_of(&self, asked: &Asked) -> String {
        let is_pressure = |analyte: &Analyte| shown_together(analyte).len() > 1;
        let first = asked.analytes.iter().find_map(|analyte| self.names.get(analyte));
        match asked.analytes.as_slice() {
            [one, _] if is_pressure(one) => say("trend.title.blood-pressure", &[]),
            _ => {
                let name = asked.name.as_ref().or(first).cloned();
                say("trend.title", &[("name", &name.unwrap_or_else(|| say("result-list.unnamed", &[])))])
            }
        }
    }

    pub(super) fn name(&self, analyte: &Analyte) -> String {
        self.names.get(analyte).cloned().unwrap_or_else(|| say("result-list.unnamed", &[]))
    }

    /// The opaque id of a reading's result.
    pub(super) fn result_id(&self, id: &ReadingId) -> String {
        self.results.get(&id.result).map(|found| found.id.clone()).unwrap_or_default()
    }

    pub(super) fn source(&self, base: &str) -> String {
        self.sources.get(base).cloned().unwrap_or_default()
    }
}
