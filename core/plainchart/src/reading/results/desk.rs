//! The results of a chart as one reader may see them, arranged: each once, members under their parent, what is missing
//! said (R1). What the reader may not see is put away before anything is arranged, counted or linked (N4): it is simply
//! not there, and is never told as missing at the source.

use std::collections::HashMap;

use plainchart_access::{Act, ChartId, Classes, Item};
use plainchart_record::Observation;
use plainchart_record::duplicate::{ResultFacts, newer_versions};
use plainchart_record::panel::{Group, Member, Row, Shown, arrange};

use super::super::items::{Items, Listed};
use super::corrected::corrected;
use super::kept::{KeptResults, Named, OlderVersion, ReportItem, ResultItem, issued_key};
use crate::ingest::Tie;
use crate::session::Session;
use crate::views::{CorrectedView, LinkView, PanelLine, ResultView};
use crate::words::say;

/// Who reads.
#[derive(Clone, Copy)]
pub(in crate::reading) enum Gate<'s> {
    /// Someone, by what they may list.
    Reader(&'s Session, &'s ChartId, Act),
    /// Nothing is closed: for what is sealed until it is known who reads.
    Nobody,
}

impl Gate<'_> {
    pub(in crate::reading) fn allows(&self, item: &Item, received_ms: i64) -> bool {
        match self {
            Gate::Reader(session, chart, act) => session.may_list(chart, *act, item, received_ms),
            Gate::Nobody => true,
        }
    }
}

/// The results that a reader may see. Places here are places among the open results.
pub(in crate::reading) struct Desk<'i> {
    pub(super) items: &'i Items,
    pub(super) gate: Gate<'i>,
    /// Newest first, as in the chart's list.
    pub(super) open: Vec<&'i Listed<ResultItem>>,
    pub(super) reports: Vec<&'i Listed<ReportItem>>,
    members: Vec<Vec<Member>>,
    named: Vec<Vec<Member>>,
    newer: Vec<Option<usize>>,
    /// Older versions that stand in the chart by themselves, oldest first.
    replaced: HashMap<usize, Vec<usize>>,
    /// The reports that name a result or what it stands under, newest first.
    naming: HashMap<usize, Vec<usize>>,
}

impl<'i> Desk<'i> {
    /// Arranges what may be seen.
    pub(in crate::reading) fn new(items: &'i Items, gate: Gate<'i>) -> Self {
        fn seen<'i, T>(all: &'i [Listed<T>], gate: Gate<'_>) -> Vec<&'i Listed<T>> {
            all.iter().filter(|listed| gate.allows(&listed.item, listed.received_ms)).collect()
        }
        let (open, reports) = (seen(&items.results, gate), seen(&items.kept.reports, gate));
        let places = places_of(&open);
        let find = |named: &[Named]| members_of(named, &places, &items.kept);
        let members: Vec<Vec<Member>> = open.iter().map(|result| find(&result.view.members)).collect();
        let named: Vec<Vec<Member>> = reports.iter().map(|report| find(&report.view.results)).collect();
        let newer = newer_of(&open, &items.kept);
        let mut replaced: HashMap<usize, Vec<usize>> = HashMap::new();
        for (at, newest) in newer.iter().enumerate() {
            replaced.entry(newest.unwrap_or(at)).or_default().extend(newest.map(|_| at));
        }
        replaced.retain(|_, older| !older.is_empty());
        for older in replaced.values_mut() {
            older.sort_by_key(|at| open.get(*at).and_then(|result| result.view.observation.as_deref()).map(issued_key));
        }
        let naming = naming(&named, &members);
        Self { items, gate, open, reports, members, named, newer, replaced, naming }
    }

    /// The results, each in one row, newest first; members come with their parent.
    pub(in crate::reading) fn rows(&self) -> Vec<Group> {
        let mut groups = arrange(&[], &self.members, &self.newer);
        groups.sort_by_key(|group| root(group).unwrap_or(usize::MAX));
        groups
    }

    /// The reports, newest first, each with its results in the lab's order; then results that are in none.
    pub(super) fn panels(&self) -> Vec<Group> {
        arrange(&self.named, &self.members, &self.newer)
    }

    /// Whether the source gave the results that a report names: none of them was put away.
    pub(super) fn names_nothing_closed(&self, report: usize) -> bool {
        let named = self.reports.get(report).map_or(0, |report| report.view.results.len());
        self.named.get(report).map_or(0, Vec::len) == named
    }

    /// For sorting a row among others.
    pub(in crate::reading) fn order(&self, group: &Group) -> i64 {
        root(group).and_then(|at| self.open.get(at)).map_or(i64::MIN, |result| result.view.view.order)
    }

    /// The rows that lie under these classes, and whether another one begins under them and shows more than they cover.
    pub(in crate::reading) fn rows_under(&self, classes: Classes) -> (Vec<Group>, bool) {
        let of = |at: usize| self.open.get(at).map_or(Classes::NONE, |result| result.place.classes);
        let own = self.rows().into_iter().filter(|row| root(row).is_some_and(|at| of(at) == classes));
        let (whole, mixed): (Vec<Group>, Vec<Group>) = own.partition(|row| {
            row.rows.iter().all(|row| match row.shown {
                Shown::Result(at) => self.shows(at).all(|shown| classes.covers(shown)),
                Shown::Elsewhere(at) => classes.covers(of(at)),
                Shown::NotShared { .. } => true,
            })
        });
        let is_mixed = !mixed.is_empty();
        (whole, is_mixed)
    }

    /// The classes of everything that a result shows, its members excepted.
    fn shows(&self, at: usize) -> impl Iterator<Item = Classes> + '_ {
        let of = |at: usize| self.open.get(at).map(|result| result.place.classes);
        let replaced = self.replaced.get(&at).into_iter().flatten().filter_map(move |at| of(*at));
        let result = self.open.get(at);
        let older = result.into_iter().flat_map(|result| &result.view.older).map(|older| older.classes);
        let critical = result.into_iter().filter(|result| result.view.is_critical);
        let orders = critical.flat_map(move |result| self.orders_of(at, result)).map(|order| order.place.classes);
        of(at).into_iter().chain(replaced).chain(older).chain(orders)
    }

    /// A row as it is shown. None for a row without a result.
    pub(in crate::reading) fn row(&self, group: &Group) -> Option<ResultView> {
        self.lines(&group.rows, &mut 0, 0).into_iter().find_map(|line| match line {
            PanelLine::Result { result } => Some(*result),
            PanelLine::Elsewhere { .. } | PanelLine::NotShared { .. } => None,
        })
    }

    /// Rows as lines, deeper ones inside the one above them.
    pub(super) fn lines(&self, rows: &[Row], next: &mut usize, depth: usize) -> Vec<PanelLine> {
        let mut lines = Vec::new();
        while let Some(row) = rows.get(*next).filter(|row| row.depth >= depth) {
            *next += 1;
            match &row.shown {
                Shown::Result(at) => {
                    let Some(mut result) = self.view(*at) else { continue };
                    for line in self.lines(rows, next, row.depth + 1) {
                        match line {
                            PanelLine::Result { result: part } => result.parts.push(*part),
                            PanelLine::Elsewhere { link } => result.elsewhere.push(link),
                            PanelLine::NotShared { sentence } => result.not_shared.push(sentence),
                        }
                    }
                    lines.push(PanelLine::Result { result: Box::new(result) });
                }
                Shown::Elsewhere(at) => {
                    let Some(view) = self.open.get(*at).map(|result| &result.view.view) else { continue };
                    let label = say("result.panel.elsewhere", &[("name", &view.name)]);
                    let (name, id) = (Some(view.name.clone()), Some(view.id.clone()));
                    lines.push(PanelLine::Elsewhere {
                        link: LinkView { label, name, id, kind: Some("result".to_owned()), when: None, target: None },
                    });
                }
                Shown::NotShared { name } => lines.push(PanelLine::NotShared { sentence: self.not_shared(name) }),
            }
        }
        lines
    }

    fn not_shared(&self, name: &Option<String>) -> String {
        let source = self.items.kept.source.as_str();
        match name {
            Some(name) => say("result.panel.not-shared", &[("source", source), ("name", name)]),
            None => say("result.panel.not-shared-unnamed", &[("source", source)]),
        }
    }

    /// One result with what depends on who reads, without its members.
    pub(super) fn view(&self, at: usize) -> Option<ResultView> {
        let result = self.open.get(at)?;
        let report = self.reports_naming(at).next();
        Some(ResultView {
            report: report.map(|report| report.item.id.clone()),
            corrected: self.corrected(at, result),
            critical: self.critical(at, result),
            ..result.view.view.clone()
        })
    }

    fn corrected(&self, at: usize, result: &Listed<ResultItem>) -> Option<CorrectedView> {
        let newest = result.view.observation.as_deref()?;
        let (_, older) = self.versions(at).pop()?;
        corrected(older.observation, newest, &result.view.view.source)
    }

    /// Versions before the one at this place, oldest first, each with the place where it stands by itself.
    pub(super) fn versions(&self, at: usize) -> Vec<(Option<usize>, Version<'i>)> {
        let Some(result) = self.open.get(at) else { return Vec::new() };
        // What was put in by mistake is a marker: its content is gone, in every version (D4).
        if result.view.observation.as_deref().is_none_or(|newest| newest.status.is_entered_in_error()) {
            return Vec::new();
        }
        let is_open = |older: &&OlderVersion| {
            self.gate.allows(&Item { classes: older.classes, ..result.item.clone() }, older.received_ms)
        };
        let set_aside = result.view.older.iter().filter(is_open).map(|older| {
            let version = Version { observation: &older.observation, number: older.version.as_deref() };
            (None, version)
        });
        let replaced = self.replaced.get(&at).into_iter().flatten().filter_map(|older| {
            let observation = self.open.get(*older)?.view.observation.as_deref()?;
            Some((Some(*older), Version { observation, number: None }))
        });
        let mut versions: Vec<_> = set_aside.chain(replaced).collect();
        versions.sort_by_key(|(_, version)| issued_key(version.observation));
        versions
    }

    /// The results that no newer version stands in the place of, newest first.
    pub(in crate::reading) fn current(&self) -> impl Iterator<Item = &'i Listed<ResultItem>> + '_ {
        self.open.iter().zip(&self.newer).filter(|(_, newer)| newer.is_none()).map(|(result, _)| *result)
    }

    /// The newer version that stands in the place of this one.
    pub(super) fn newer(&self, at: usize) -> Option<usize> {
        self.newer.get(at).copied().flatten()
    }

    /// The reports that name the result or what it stands under, newest first.
    pub(super) fn reports_naming(&self, at: usize) -> impl Iterator<Item = &'i Listed<ReportItem>> + '_ {
        self.naming.get(&at).into_iter().flatten().filter_map(|report| self.reports.get(*report).copied())
    }

    /// The place here of the result with this opaque id.
    pub(super) fn place_of(&self, id: &str) -> Option<usize> {
        self.open.iter().position(|result| result.item.id == id)
    }
}

/// A link to a result.
pub(super) fn link_to(label: String, view: &ResultView) -> LinkView {
    let (name, id) = (Some(view.name.clone()), Some(view.id.clone()));
    LinkView { label, name, id, kind: Some("result".to_owned()), when: view.date.clone(), target: None }
}

/// A version of a result.
#[derive(Clone, Copy)]
pub(super) struct Version<'i> {
    pub(super) observation: &'i Observation,
    /// The source's number of it.
    pub(super) number: Option<&'i str>,
}

fn root(group: &Group) -> Option<usize> {
    group.rows.iter().find_map(|row| match row.shown {
        Shown::Result(at) => Some(at),
        Shown::Elsewhere(_) | Shown::NotShared { .. } => None,
    })
}

/// Where what leads to an open result leads; an address of two of them leads nowhere.
fn places_of(open: &[&Listed<ResultItem>]) -> HashMap<Tie, Option<usize>> {
    let mut places: HashMap<Tie, Option<usize>> = HashMap::new();
    for (at, result) in open.iter().enumerate() {
        for address in &result.addresses {
            let place = places.entry(*address).or_insert(Some(at));
            *place = place.filter(|known| *known == at);
        }
    }
    places
}

/// For each result the reports that name it or what it stands under.
fn naming(named: &[Vec<Member>], members: &[Vec<Member>]) -> HashMap<usize, Vec<usize>> {
    fn here(members: &[Member]) -> impl Iterator<Item = usize> + '_ {
        members.iter().filter_map(|member| match member {
            Member::Here(at) => Some(*at),
            Member::NotShared { .. } => None,
        })
    }
    let mut naming: HashMap<usize, Vec<usize>> = HashMap::new();
    for (report, named) in named.iter().enumerate() {
        let mut next: Vec<usize> = here(named).collect();
        while let Some(at) = next.pop() {
            let reports = naming.entry(at).or_default();
            if reports.last() != Some(&report) {
                reports.push(report);
                next.extend(members.get(at).into_iter().flat_map(|members| here(members)));
            }
        }
    }
    naming
}

fn members_of(named: &[Named], places: &HashMap<Tie, Option<usize>>, kept: &KeptResults) -> Vec<Member> {
    let member = |named: &Named| {
        let place = named.tie.and_then(|tie| places.get(&tie).copied().flatten());
        match (place, named.tie) {
            (Some(at), _) => Some(Member::Here(at)),
            // It is here, and not for this reader, or it cannot be told which one is meant: not missing at the source.
            (None, Some(tie)) if kept.known.contains(&tie) => None,
            (None, Some(tie)) => Some(Member::NotShared { name: named.name.clone(), address: tie.to_string() }),
            (None, None) => {
                named.name.clone().map(|name| Member::NotShared { name: Some(name.clone()), address: name })
            }
        }
    };
    named.iter().filter_map(member).collect()
}

/// For each open result the newer version of it, if both are open.
fn newer_of(open: &[&Listed<ResultItem>], kept: &KeptResults) -> Vec<Option<usize>> {
    let mut newer = vec![None; open.len()];
    // Oldest first: of two that were issued at one time the later in the list counts as newer.
    let versions: Vec<usize> = (0..open.len()).rev().filter(|at| observation_at(open, *at).is_some()).collect();
    let facts: Vec<ResultFacts<'_>> = versions
        .iter()
        .filter_map(|at| {
            let (result, observation) = (open.get(*at)?, observation_at(open, *at)?);
            let own = result.view.measures.iter().find(|measure| measure.part.is_none());
            let analyte = own.and_then(|own| kept.analytes.get(own.analyte));
            Some(ResultFacts::of(observation, &result.item.id, &kept.base, analyte))
        })
        .collect();
    for (at, found) in versions.iter().zip(newer_versions(&facts)) {
        let found = found.and_then(|found| versions.get(found).copied());
        if let Some(place) = newer.get_mut(*at) {
            *place = found;
        }
    }
    newer
}

fn observation_at<'i>(open: &[&'i Listed<ResultItem>], at: usize) -> Option<&'i Observation> {
    open.get(at)?.view.observation.as_deref()
}
