//! What is kept of a chart's results between reads: each one's line and what ties it to others. No reader is known
//! here: what a reader may see is decided on each read ([`super::desk`]).

use std::collections::{HashMap, HashSet};

use plainchart_access::{ChartId, Classes, Item, Kind};
use plainchart_record::diagnostic_report::ReportStatus;
use plainchart_record::interpretation::Flag;
use plainchart_record::observation::{Measured, ObservationKind};
use plainchart_record::range_choice::RangePerson;
use plainchart_record::results::ReportRecord;
use plainchart_record::value::Value;
use plainchart_record::{Analyte, DiagnosticReport, FhirTime, Observation, Reference, Target};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::items::{ItemPlace, Listed, Shelf, day, opaque_id};
use super::super::people::Source;
use super::line::result_view;
use crate::error::PlainchartError;
use crate::ingest::{Closed, Tie, address, tie};
use crate::session::Session;
use crate::store::ChartScope;
use crate::stored::{Life, StoredResource, tree};
use crate::views::{PartyView, ResultView, Time};
use crate::words::{find, say};

/// The group of older versions of Observations among what was set aside.
const OLDER_VERSIONS: &[u8] = b"older_version/Observation";

/// A result that something names.
#[derive(Clone, PartialEq, Eq)]
pub struct Named {
    /// What leads to it, if the reference can be read.
    pub tie: Option<Tie>,
    /// The words beside the reference.
    pub name: Option<String>,
}

/// What one line of a result measures.
#[derive(Clone, Copy)]
pub struct Measure {
    /// Place of its analyte among the chart's.
    pub analyte: usize,
    /// Place among the components; none for the result itself.
    pub part: Option<usize>,
    /// Its value is a number that can be drawn.
    pub is_number: bool,
}

/// A version of a result that a newer one took the place of.
pub struct OlderVersion {
    pub classes: Classes,
    pub received_ms: i64,
    pub updated_ms: Option<i64>,
    pub version: Option<String>,
    pub observation: Observation,
}

/// One result.
pub struct ResultItem {
    /// What everyone who may see it sees.
    pub view: ResultView,
    /// Its id inside the resource at its place, if it lies inside another one.
    pub inside: Option<String>,
    pub measures: Vec<Measure>,
    pub members: Vec<Named>,
    /// The orders it answers.
    pub orders: Vec<Tie>,
    pub visit: Option<Tie>,
    pub is_critical: bool,
    /// Kept only where another version of it may be in the chart.
    pub observation: Option<Box<Observation>>,
    /// Oldest first.
    pub older: Vec<OlderVersion>,
}

/// One report.
pub struct ReportItem {
    pub order: i64,
    /// What the source calls it, else what kind it is.
    pub title: String,
    pub kind: String,
    pub status: ReportStatus,
    pub date: Option<Time>,
    pub issued: Option<Time>,
    pub performers: Vec<PartyView>,
    pub interpreters: Vec<PartyView>,
    pub specimens: Vec<String>,
    pub results: Vec<Named>,
    pub orders: Vec<Tie>,
    pub is_note: bool,
    pub withdrawn: bool,
}

/// What is kept of a chart's results beside their list.
#[derive(Default)]
pub struct KeptResults {
    /// Whose ranges to choose.
    pub person: RangePerson,
    pub base: String,
    /// What the source is called.
    pub source: String,
    /// As of when, ms since 1970 UTC.
    pub as_of_ms: i64,
    /// Newest first.
    pub reports: Vec<Listed<ReportItem>>,
    pub analytes: Vec<Analyte>,
    /// Places of the results with an analyte, by its place.
    pub with_analyte: Vec<Vec<usize>>,
    /// Addresses of all results, also of those that this reader may not hold: none of them is missing at the source.
    pub known: HashSet<Tie>,
    numbers: HashMap<Analyte, usize>,
    older: HashMap<String, Vec<OlderVersion>>,
    by_id: HashMap<String, usize>,
    by_report: HashMap<String, usize>,
}

impl KeptResults {
    /// What is known before the results are read: whose they are, what was set aside, what is closed.
    pub fn read(session: &Session, chart: &ChartId, base: &str, source: &Source) -> Result<Self, PlainchartError> {
        let scope = ChartScope::of(chart);
        let patient = session.patient_row(chart)?;
        let mut kept = Self {
            person: patient.and_then(|patient| RangePerson::read(&patient.raw).ok()).unwrap_or_default(),
            base: base.to_owned(),
            source: source.name.clone(),
            as_of_ms: source.as_of_ms,
            ..Self::default()
        };
        kept.known = Closed::read(&session.store, scope)?.ties().flat_map(|ties| ties.addresses.clone()).collect();
        for classes in session.store.classes_of(&scope)? {
            for row in session.store.readable_rows(&scope, classes, tree::SET_ASIDE, OLDER_VERSIONS)? {
                let stored = StoredResource::read_whole(&session.store, &scope, classes, &row.id, &row.bytes);
                let id = String::from_utf8_lossy(&row.id).into_owned();
                if let (Ok(stored), Some((key, _))) = (stored, id.rsplit_once('#')) {
                    kept.add_older(key, classes, &stored);
                }
            }
        }
        Ok(kept)
    }

    fn add_older(&mut self, key: &str, classes: Classes, stored: &StoredResource) {
        let Ok(observation) = Observation::read(&stored.raw) else { return };
        self.older.entry(key.to_owned()).or_default().push(OlderVersion {
            classes,
            received_ms: stored.header.received_ms,
            updated_ms: stored.header.updated_ms,
            version: stored.header.version.clone(),
            observation,
        });
    }

    /// Takes an Observation or a report into what is kept; results come into the list.
    pub fn take(
        &mut self,
        shelf: &Shelf<'_>,
        place: &ItemPlace,
        stored: &StoredResource,
        results: &mut Vec<Listed<ResultItem>>,
    ) {
        let Some((resource_type, _)) = place.key.split_once('/') else { return };
        match resource_type {
            "Observation" => {
                self.take_inner(shelf, place, stored, results);
                let Ok(observation) = Observation::read(&stored.raw) else { return };
                results.push(self.listed(shelf, place, stored, observation, None));
            }
            "DiagnosticReport" => {
                self.take_inner(shelf, place, stored, results);
                let Ok(report) = DiagnosticReport::read(&stored.raw) else { return };
                self.reports.push(report_of(shelf, place, stored, &report));
            }
            _ => {}
        }
    }

    /// Results that lie inside a report or another result.
    fn take_inner(
        &mut self,
        shelf: &Shelf<'_>,
        place: &ItemPlace,
        stored: &StoredResource,
        results: &mut Vec<Listed<ResultItem>>,
    ) {
        for raw in contained(&stored.raw) {
            let Ok(observation) = Observation::read(raw) else { continue };
            let Some(id) = observation.id.clone() else { continue };
            let id = id.trim_start_matches('#').to_owned();
            results.push(self.listed(shelf, place, stored, observation, Some(id)));
        }
    }

    fn listed(
        &mut self,
        shelf: &Shelf<'_>,
        place: &ItemPlace,
        stored: &StoredResource,
        observation: Observation,
        inside: Option<String>,
    ) -> Listed<ResultItem> {
        let address = inside.as_ref().map(|id| inner_address(&place.key, id));
        let id = opaque_id('r', shelf.chart, address.as_deref().unwrap_or(&place.key));
        let view = ResultView {
            withdrawn: stored.header.life == Life::Withdrawn,
            sensitive: !place.classes.is_empty(),
            ..result_view(shelf, &self.person, &stored.raw, &observation, id.clone())
        };
        let kind = match observation.kind() {
            ObservationKind::VitalSigns => Kind::VitalSign,
            _ => Kind::Result,
        };
        let when = observation.effective.as_ref();
        let mut older = match inside {
            None => self.older.remove(&place.key).unwrap_or_default(),
            Some(_) => Vec::new(),
        };
        older.sort_by_key(|version| (issued_key(&version.observation), version.updated_ms, version.received_ms));
        let marker_only = observation.status.is_entered_in_error();
        let members = if marker_only { &[] } else { observation.has_member.as_slice() };
        let measures = if marker_only { Vec::new() } else { self.measures(&observation, shelf.base) };
        let lines = std::iter::once(&observation.measured).chain(&observation.components);
        let flags = lines.flat_map(|line| &line.interpretation).filter_map(Flag::of);
        let view = ResultItem {
            measures,
            members: named(members, &place.key, &stored.raw, shelf.base),
            orders: ties_of(&observation.based_on, shelf.base),
            visit: observation.encounter.as_ref().and_then(|visit| tie_of(&visit.target, shelf.base)),
            is_critical: !marker_only && flags.into_iter().any(|flag| flag.is_critical()),
            view,
            older,
            observation: Some(Box::new(observation.clone())),
            inside,
        };
        let addresses = match &address {
            Some(address) => vec![tie(address)],
            None => addresses_of(place, stored),
        };
        let item = Item { kind, classes: place.classes, date: day(when), id };
        Listed { place: place.clone(), item, received_ms: stored.header.received_ms, addresses, view }
    }

    fn measures(&mut self, observation: &Observation, base: &str) -> Vec<Measure> {
        let parts = observation.components.iter().enumerate().map(|(at, part)| (Some(at), part));
        let lines = std::iter::once((None, &observation.measured)).chain(parts);
        let measure = |(part, line): (Option<usize>, &Measured)| {
            let analyte = self.number_of(line.analyte(base)?);
            Some(Measure { analyte, part, is_number: line.value.as_ref().is_some_and(is_number) })
        };
        lines.filter_map(measure).collect()
    }

    fn number_of(&mut self, analyte: Analyte) -> usize {
        if let Some(number) = self.numbers.get(&analyte) {
            return *number;
        }
        let number = self.analytes.len();
        self.analytes.push(analyte.clone());
        self.numbers.insert(analyte, number);
        number
    }

    /// All results are there, in their places: makes what leads to them, and drops what no other version needs.
    pub fn finish(&mut self, results: &mut [Listed<ResultItem>]) {
        self.reports.sort_by(|a, b| b.view.order.cmp(&a.view.order).then_with(|| a.place.key.cmp(&b.place.key)));
        self.by_id = results.iter().enumerate().map(|(at, result)| (result.item.id.clone(), at)).collect();
        self.by_report = self.reports.iter().enumerate().map(|(at, report)| (report.item.id.clone(), at)).collect();
        self.with_analyte = vec![Vec::new(); self.analytes.len()];
        let mut carriers: HashMap<(String, String), u32> = HashMap::new();
        for (at, result) in results.iter().enumerate() {
            self.known.extend(&result.addresses);
            for measure in &result.view.measures {
                if let Some(places) = self.with_analyte.get_mut(measure.analyte).filter(|all| all.last() != Some(&at)) {
                    places.push(at);
                }
            }
            for number in result.view.observation.iter().flat_map(|observation| numbers_of(observation)) {
                *carriers.entry(number).or_default() += 1;
            }
        }
        for result in results.iter_mut().map(|result| &mut result.view) {
            let is_shared = |observation: &Observation| {
                numbers_of(observation).any(|number| carriers.get(&number).is_some_and(|count| *count > 1))
            };
            let is_needed = !result.older.is_empty() || result.observation.as_deref().is_some_and(is_shared);
            result.observation = result.observation.take().filter(|_| is_needed);
        }
    }

    /// The place of the result with this opaque id.
    pub fn place_of(&self, id: &str) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    /// The place of the report with this opaque id.
    pub fn report_place(&self, id: &str) -> Option<usize> {
        self.by_report.get(id).copied()
    }

    /// The place of an analyte.
    pub fn analyte_place(&self, analyte: &Analyte) -> Option<usize> {
        self.numbers.get(analyte).copied()
    }
}

/// For telling the newer of two versions.
pub(super) fn issued_key(observation: &Observation) -> i64 {
    observation.issued.as_ref().map_or(i64::MIN, FhirTime::order_key)
}

fn numbers_of(observation: &Observation) -> impl Iterator<Item = (String, String)> + '_ {
    let number = |identifier: &plainchart_record::identifier::Identifier| {
        Some((identifier.system.clone()?, identifier.value.clone()?))
    };
    observation.identifiers.iter().filter_map(number)
}

fn is_number(value: &Value) -> bool {
    match value {
        Value::Quantity(quantity) => quantity.amount().is_some(),
        Value::Integer(_) => true,
        _ => false,
    }
}

fn addresses_of(place: &ItemPlace, stored: &StoredResource) -> Vec<Tie> {
    match &stored.header.ties {
        Some(ties) => ties.addresses.clone(),
        // Stored before ties were kept: its own address is known all the same.
        None => vec![tie(&place.key)],
    }
}

fn contained(raw: &str) -> Vec<&str> {
    #[derive(Deserialize)]
    struct Container<'a> {
        #[serde(borrow, default)]
        contained: Vec<&'a RawValue>,
    }
    let read = serde_json::from_str::<Container<'_>>(raw).map(|container| container.contained).unwrap_or_default();
    read.into_iter().map(RawValue::get).collect()
}

/// How a resource inside another one is called here.
fn inner_address(key: &str, id: &str) -> String {
    format!("{key}#{id}")
}

fn tie_of(target: &Target, base: &str) -> Option<Tie> {
    address(target, base).map(|address| tie(&address))
}

fn ties_of(references: &[Reference], base: &str) -> Vec<Tie> {
    references.iter().filter_map(|reference| tie_of(&reference.target, base)).collect()
}

/// The results that references name. What is no result is passed over: only of results the source was asked for all.
fn named(references: &[Reference], key: &str, raw: &str, base: &str) -> Vec<Named> {
    let is_result = |reference: &&Reference| match &reference.target {
        Target::Contained(id) => {
            plainchart_record::contained::find_contained(raw, id).is_none_or(|inner| Observation::read(inner).is_ok())
        }
        target => target.resource_type().or(reference.resource_type()).is_none_or(|kind| kind == "Observation"),
    };
    let leads_to = |reference: &Reference| match &reference.target {
        Target::Contained(id) => Some(tie(&inner_address(key, id))),
        target => tie_of(target, base).or_else(|| {
            let identifier = reference.identifier.as_ref()?;
            let (system, value) = (identifier.system.as_deref().unwrap_or_default(), identifier.value.as_deref()?);
            Some(tie(&format!("Observation?{system}|{value}")))
        }),
    };
    let name = |reference: &Reference| Named { tie: leads_to(reference), name: reference.display.clone() };
    references.iter().filter(is_result).map(name).collect()
}

fn report_of(
    shelf: &Shelf<'_>,
    place: &ItemPlace,
    stored: &StoredResource,
    report: &DiagnosticReport,
) -> Listed<ReportItem> {
    let record = ReportRecord::of(report);
    let kind = say(&format!("result.report-kind.{}", record.kind.code()), &[]);
    let when = record.when.as_ref().or(record.issued.as_ref());
    let marker_only = report.status == ReportStatus::EnteredInError;
    let parties = |parties: &[plainchart_record::contained::Party]| -> Vec<PartyView> {
        parties
            .iter()
            .filter(|_| !marker_only)
            .filter_map(|party| shelf.directory.party_in(&stored.raw, party))
            .collect()
    };
    let view = ReportItem {
        order: when.map_or(i64::MIN, FhirTime::order_key),
        title: record.title.unwrap_or_else(|| kind.clone()),
        kind,
        status: record.status,
        date: when.map(Time::of),
        issued: record.issued.as_ref().map(Time::of),
        performers: parties(&report.performers),
        interpreters: parties(&report.interpreters),
        specimens: record.specimens,
        results: named(&record.results, &place.key, &stored.raw, shelf.base),
        orders: ties_of(&report.based_on, shelf.base),
        is_note: report.is_note(),
        withdrawn: stored.header.life == Life::Withdrawn,
    };
    let id = opaque_id('r', shelf.chart, &place.key);
    let date = day(report.when());
    let item = Item { kind: Kind::Result, classes: place.classes, date, id };
    let addresses = addresses_of(place, stored);
    Listed { place: place.clone(), item, received_ms: stored.header.received_ms, addresses, view }
}

/// What the status of a report means.
pub(super) fn report_status(status: ReportStatus) -> Option<String> {
    find(&format!("result.report-status.{}", status.code()))
}
