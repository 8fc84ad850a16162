//! Reports with their results in the lab's order (R1).

use plainchart_access::{Act, ChartId, PersonId};
use plainchart_record::diagnostic_report::ReportStatus;
use plainchart_record::panel::Group;

use super::super::items::{Items, opaque_id};
use super::super::notes::{Window, tell_damage};
use super::RESULT_SEARCHES;
use super::desk::{Desk, Gate};
use super::kept::report_status;
use crate::error::PlainchartError;
use crate::session::Session;
use crate::sync::keys_of;
use crate::views::{Listing, PanelLine, PanelView};
use crate::words::say;

impl Session {
    /// The reports of a person, newest first, each with its results; results that are in no report stand between them,
    /// each by itself.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`, the vault's.
    pub fn panels(&self, person: &PersonId, window: Window) -> Result<Listing<PanelView>, PlainchartError> {
        let searches: Vec<&str> = RESULT_SEARCHES.iter().copied().chain(keys_of("DiagnosticReport")).collect();
        let mut charts = Vec::new();
        let mut sources = Vec::new();
        for chart in self.charts_of(person)? {
            let id = chart.facts.chart;
            self.permit(&id, Act::ListedResults)?;
            sources.push(self.source_state(&id, &searches)?);
            let items = self.items_of(&id)?;
            tell_damage(&items, &mut sources);
            charts.push((id, items));
        }
        let desks: Vec<(&ChartId, &Items, Desk<'_>)> = charts
            .iter()
            .map(|(id, items)| {
                let gate = Gate::Reader(self, id, Act::ListedResults);
                (id, items.as_ref(), Desk::new(items, gate))
            })
            .collect();
        let mut all = Vec::new();
        for (chart, desk) in desks.iter().enumerate() {
            let shown = desk.2.panels().into_iter().filter(|group| desk.2.is_told(group));
            all.extend(shown.map(|group| (desk.2.panel_order(&group), (chart, group))));
        }
        let (cut, total) = window.cut(all, 0);
        let panel = |(chart, group): (usize, Group)| {
            let (id, items, desk) = desks.get(chart)?;
            let mut panel = desk.panel(&group)?;
            let note = group.report.and_then(|report| self.note_of_report(id, items, desk, report));
            panel.note = note;
            Some(panel)
        };
        Ok(Listing { person: person.to_string(), items: cut.into_iter().filter_map(panel).collect(), total, sources })
    }

    /// One report, open. `report`: its opaque id.
    ///
    /// # Errors
    /// `NotFound`, `NotPermitted`, `LeaseEnded`, the vault's.
    pub fn panel(&self, person: &PersonId, report: &str) -> Result<PanelView, PlainchartError> {
        for chart in self.charts_of(person)? {
            let chart = &chart.facts.chart;
            let items = self.items_of(chart)?;
            let Some(listed) = items.kept.report_place(report).and_then(|at| items.kept.reports.get(at)) else {
                continue;
            };
            self.permit_item(chart, Act::OpenedResult, "DiagnosticReport", &listed.item, listed.received_ms)?;
            let desk = Desk::new(&items, Gate::Reader(self, chart, Act::OpenedResult));
            let is_meant = |at: usize| desk.reports.get(at).is_some_and(|open| open.item.id == report);
            let group = desk.panels().into_iter().find(|group| group.report.is_some_and(is_meant));
            let group = group.ok_or(PlainchartError::NotFound)?;
            let note = group.report.and_then(|report| self.note_of_report(chart, &items, &desk, report));
            let panel = desk.panel(&group).ok_or(PlainchartError::NotFound)?;
            return Ok(PanelView { note, ..panel });
        }
        Err(PlainchartError::NotFound)
    }

    /// The opaque id of the report's text among the notes, if it is open to this reader.
    fn note_of_report(&self, chart: &ChartId, items: &Items, desk: &Desk<'_>, report: usize) -> Option<String> {
        let id = opaque_id('n', chart, &desk.reports.get(report)?.place.key);
        let note = items.note(&id)?;
        self.may_list(chart, Act::ListedNotes, &note.item, note.received_ms).then_some(id)
    }
}

impl Desk<'_> {
    /// A report that is nothing but a note stands among the notes.
    fn is_told(&self, group: &Group) -> bool {
        let report = group.report.and_then(|report| self.reports.get(report));
        report.is_none_or(|report| !group.rows.is_empty() || !report.view.is_note)
    }

    fn panel_order(&self, group: &Group) -> i64 {
        match group.report.and_then(|report| self.reports.get(report)) {
            Some(report) => report.view.order,
            None => self.order(group),
        }
    }

    fn panel(&self, group: &Group) -> Option<PanelView> {
        let Some(number) = group.report else { return self.lone(group) };
        let report = self.reports.get(number)?;
        let lines = self.lines(&group.rows, &mut 0, 0);
        let view = &report.view;
        let source = self.items.kept.source.as_str();
        // That nothing is there can only be said where nothing was put away.
        let empty = (lines.is_empty() && self.names_nothing_closed(number)).then(|| empty_words(view.status, source));
        Some(PanelView {
            id: Some(report.item.id.clone()),
            title: view.title.clone(),
            kind: Some(view.kind.clone()),
            status_code: Some(view.status.code()).filter(|_| view.status != ReportStatus::NotGiven).map(str::to_owned),
            status: report_status(view.status),
            date: view.date.clone(),
            issued: view.issued.clone(),
            performers: view.performers.clone(),
            interpreters: view.interpreters.clone(),
            specimens: view.specimens.clone(),
            lines,
            empty,
            note: None,
            source: source.to_owned(),
            as_of: self.items.kept.as_of_ms,
            withdrawn: view.withdrawn,
            sensitive: !report.place.classes.is_empty(),
        })
    }

    /// A result that is in no report.
    fn lone(&self, group: &Group) -> Option<PanelView> {
        let result = self.row(group)?;
        Some(PanelView {
            id: None,
            title: result.name.clone(),
            kind: None,
            status_code: result.status_code.clone(),
            status: result.status.clone(),
            date: result.date.clone(),
            issued: result.issued.clone(),
            performers: Vec::new(),
            interpreters: Vec::new(),
            specimens: Vec::new(),
            empty: None,
            note: None,
            source: result.source.clone(),
            as_of: result.as_of,
            withdrawn: result.withdrawn,
            sensitive: result.sensitive,
            lines: vec![PanelLine::Result { result: Box::new(result) }],
        })
    }
}

fn empty_words(status: ReportStatus, source: &str) -> String {
    match status {
        ReportStatus::Registered | ReportStatus::Partial | ReportStatus::Preliminary => {
            say("result.report.no-results-yet", &[])
        }
        _ => say("result.report.no-results", &[("source", source)]),
    }
}
