//! One result, open: with its versions, what it belongs to, and a form for reading aloud (R1, N6).

use plainchart_access::{Act, ChartId, PersonId};
use plainchart_record::FhirTime;
use plainchart_record::panel::Shown;

use super::super::items::{Items, Listed};
use super::super::links::Back;
use super::corrected::{changes, status_name};
use super::desk::{Desk, Gate, Version, link_to};
use super::kept::ResultItem;
use super::spoken_date::spoken_date;
use super::value::{whole_value, with_unit};
use crate::error::PlainchartError;
use crate::ingest::Tie;
use crate::session::Session;
use crate::views::{LinkView, ResultDetail, ResultVersionView, ResultView, Time};
use crate::words::say;

impl Session {
    /// One result, open. `result`: its opaque id, or that of one of its components.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`, the vault's.
    pub fn result(&self, person: &PersonId, result: &str) -> Result<ResultDetail, PlainchartError> {
        let id = result_id(result);
        for chart in self.charts_of(person)? {
            let chart = &chart.facts.chart;
            let items = self.items_of(chart)?;
            if let Some(listed) = items.kept.place_of(id).and_then(|at| items.results.get(at)) {
                self.permit_item(chart, Act::OpenedResult, "Observation", &listed.item, listed.received_ms)?;
                return self.open_result(person, chart, &items, listed);
            }
        }
        Err(PlainchartError::NotFound)
    }

    fn open_result(
        &self,
        person: &PersonId,
        chart: &ChartId,
        items: &Items,
        listed: &Listed<ResultItem>,
    ) -> Result<ResultDetail, PlainchartError> {
        let desk = Desk::new(items, Gate::Reader(self, chart, Act::OpenedResult));
        let at = desk.place_of(&listed.item.id).ok_or(PlainchartError::NotFound)?;
        let result = whole(&desk, at).ok_or(PlainchartError::NotFound)?;
        let newer = desk.newer(at).and_then(|newer| desk.open.get(newer));
        let newer = newer.map(|newer| link_to(say("result-list.link.newer", &[]), &newer.view.view));
        Ok(ResultDetail {
            person: person.to_string(),
            versions: versions(&desk, at, &result),
            newer,
            links: self.links_of(chart, &desk, at),
            spoken: spoken(&result),
            notice: (!listed.place.classes.is_empty()).then(|| {
                let who = say("sensitivity.notice.who", &[("source", &result.source)]);
                format!("{} {who}", say("sensitivity.notice", &[]))
            }),
            result,
        })
    }

    /// Links lead only where this reader may go (N4).
    fn links_of(&self, chart: &ChartId, desk: &Desk<'_>, at: usize) -> Vec<LinkView> {
        let Some(result) = desk.open.get(at) else { return Vec::new() };
        let act = Act::OpenedResult;
        let reports = desk.reports_naming(at).map(|report| LinkView {
            label: say("result-list.link.report", &[]),
            name: Some(report.view.title.clone()),
            id: Some(report.item.id.clone()),
            kind: Some("report".to_owned()),
            when: report.view.date.clone(),
            target: None,
        });
        let link = |label: &str, target: &Tie| {
            let open = self.open_target(chart, act, desk.items, *target)?;
            Some(LinkView { label: say(label, &[]), ..open })
        };
        let orders = result.view.orders.iter().filter_map(|order| link("result-list.link.order", order));
        let visit = result.view.visit.iter().filter_map(|visit| link("result-list.link.visit", visit));
        let made = self.links_back(chart, act, desk.items, (Back::Made, &result.addresses));
        reports.chain(orders).chain(visit).chain(made).collect()
    }
}

/// The opaque id of the result that a component belongs to.
pub(in crate::reading) fn result_id(id: &str) -> &str {
    id.split_once('.').map_or(id, |(result, _)| result)
}

/// The result with everything under it, wherever it stands itself.
fn whole(desk: &Desk<'_>, at: usize) -> Option<ResultView> {
    for group in desk.rows() {
        let Some(first) = group.rows.iter().position(|row| row.shown == Shown::Result(at)) else { continue };
        let depth = group.rows.get(first)?.depth;
        let under = group.rows.iter().skip(first + 1).take_while(|row| row.depth > depth);
        let rows: Vec<_> = group.rows.iter().skip(first).take(1).chain(under).cloned().collect();
        let group = plainchart_record::panel::Group { report: None, rows };
        return desk.row(&group);
    }
    // A newer version stands in its place.
    desk.view(at)
}

fn versions(desk: &Desk<'_>, at: usize, result: &ResultView) -> Vec<ResultVersionView> {
    let older = desk.versions(at);
    let newest = desk.open.get(at).and_then(|result| result.view.observation.as_deref());
    let (Some(newest), false) = (newest, older.is_empty()) else { return Vec::new() };
    let current = Version { observation: newest, number: None };
    let all: Vec<(Option<usize>, Version<'_>)> = older.into_iter().chain([(Some(at), current)]).collect();
    let view = |(number, (place, version)): (usize, &(Option<usize>, Version<'_>))| {
        let observation = version.observation;
        let next = all.get(number + 1).map(|(_, next)| next.observation);
        let code = observation.status.code();
        ResultVersionView {
            id: place.and_then(|place| desk.open.get(place)).map(|result| result.item.id.clone()),
            version: version.number.map(str::to_owned),
            issued: observation.issued.as_ref().map(Time::of),
            status_code: Some(code).filter(|code| !code.is_empty()).map(str::to_owned),
            status: status_name(code),
            value: whole_value(observation),
            changes: next.map(|next| changes(observation, next)).unwrap_or_default(),
        }
    };
    debug_assert_eq!(result.id, desk.open.get(at).map(|open| open.item.id.clone()).unwrap_or_default());
    all.iter().enumerate().map(view).rev().collect()
}

/// The result for reading aloud: units by their names, nothing that the screen shows left out.
fn spoken(result: &ResultView) -> Vec<String> {
    let mut sentences = vec![spoken_value(result)];
    sentences.extend(details(result));
    for part in &result.parts {
        sentences.push(spoken_value(part));
        sentences.extend(details(part));
    }
    let date = result.date.as_ref().map(|date| spoken_date(&FhirTime::from_text(&date.text)));
    sentences.extend(date.map(|date| say("result-list.spoken.when", &[("date", &date)])));
    sentences.extend(result.corrected.iter().map(|corrected| corrected.sentence.clone()));
    sentences.extend(result.specimen.iter().map(|what| say("result-list.spoken.specimen", &[("specimen", what)])));
    let performers = result.performers.iter().filter_map(|who| who.name.as_ref());
    sentences.extend(performers.map(|name| say("result-list.spoken.performer", &[("name", name)])));
    sentences.extend(result.notes.iter().cloned());
    sentences
}

fn details(result: &ResultView) -> Vec<String> {
    let ranges = result.ranges.iter().map(|range| say("result-list.spoken.range", &[("range", range)]));
    let critical = result.critical.iter().flat_map(|critical| [&critical.sentence, &critical.contact]).cloned();
    let told = result.status.iter().chain(&result.status_reason).cloned();
    (result.flags.iter().cloned()).chain(critical).chain(ranges).chain(told).chain(result.not_shared.clone()).collect()
}

fn spoken_value(result: &ResultView) -> String {
    let name = result.name.as_str();
    let unit = result.unit_spoken.as_deref().or(result.unit.as_deref());
    match (&result.value, &result.absent) {
        (Some(value), _) => {
            let value = match &result.comparator {
                Some(code) => say(&format!("result.comparator.{code}"), &[("number", bare(value))]),
                None => value.clone(),
            };
            say("result-list.spoken.value", &[("name", name), ("value", &with_unit(&value, unit))])
        }
        (None, Some(reason)) => {
            say("result-list.spoken.value", &[("name", name), ("value", reason.trim_end_matches('.'))])
        }
        // The parts have the values.
        (None, None) if !result.parts.is_empty() => format!("{name}."),
        (None, None) => say("result-list.spoken.no-value", &[("name", name)]),
    }
}

/// The number without its sign, which is said in words.
fn bare(value: &str) -> &str {
    value.trim_start_matches(['<', '>', '=', '≤', '≥', ' '])
}
