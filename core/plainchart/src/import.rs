//! Reading a downloaded record: a Bundle, a single resource, NDJSON, a C-CDA document, a ZIP or a folder of these.
//!
//! Two passes: the first finds the people (Patient resources and the addresses they came under, and whom C-CDA documents
//! are about), the second files
//! every resource under whose it is. Several people in one file become several people; nothing is moved or deleted
//! where the file lies. A file has charts of its own: whatever it says of itself, it never writes into a hospital's.

mod bodies;
mod clinical_document;
#[cfg(test)]
mod document_tests;
mod filing;
mod likeness;
mod people;
mod pieces;
mod report;
mod shared;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plainchart_access::{Act, ChartId, Decision, Event, ImportFacts, LogLine, PersonId};
use plainchart_record::{Header, Patient, Subject, Target, read_header};

use crate::cancel::CancelToken;
use crate::error::PlainchartError;
use crate::session::Session;
use crate::sync::{Progress, ProgressListener};
use filing::{Filing, Round};
use people::{People, claimed_base};
use pieces::{FILES_IN_ONE, Piece, files_of, pieces_of};
pub use report::{ImportReport, ImportedPerson, SetAsideCount};
use shared::Shared;

/// The chart of someone in the files.
struct OwnChart {
    chart: ChartId,
    person: PersonId,
}

impl Session {
    /// Brings a file or folder in. `person`: everyone in it is this person; absent: found by what the file says.
    ///
    /// # Errors
    /// `InvalidInput{path}` if there is nothing readable there; `InvalidInput{person}` if there is no such person, if
    /// the files are about several, or if their chart is somebody else's, and then nothing is stored; `Cancelled`, the
    /// gate's, the vault's. One bad resource, line or file is counted and never stops the rest (D7).
    pub fn import(
        &self,
        path: &Path,
        person: Option<&PersonId>,
        listener: &Arc<dyn ProgressListener>,
        cancel: &CancelToken,
    ) -> Result<ImportReport, PlainchartError> {
        self.store.check_unlocked()?;
        if let Some(person) = person {
            self.with_household(|household| household.person(person).map(|_| ()))
                .ok_or(PlainchartError::invalid("person"))?;
        }
        let files = files_of(path).map_err(|_| PlainchartError::invalid("path"))?;
        let (people, shared) = look_through(&files, person, cancel)?;
        let now_ms = self.clock.wall_ms();
        let charts = self.charts_for(&people, person, now_ms)?;
        let mut filing = Filing::new(self, &people, &charts, shared, now_ms)?;
        for round in [Round::WithSubject, Round::WithoutSubject] {
            for (number, file) in files.iter().enumerate() {
                cancel.check()?;
                for (inner, piece) in pieces_of(file) {
                    filing.take(&piece, number * FILES_IN_ONE + inner, round)?;
                    if filing.is_due() {
                        filing.commit()?;
                        cancel.check()?;
                        let done = filing.report().read;
                        listener.progress(&Progress::Fetching { resource_type: "file", done, total: None })?;
                    }
                }
                filing.commit()?;
            }
            filing.settle();
        }
        let mut report = filing.finish();
        self.finish_import(charts, &mut report, now_ms)?;
        Ok(report)
    }

    /// The charts of the people found. One that is here already is asked for at the gate before anything is written
    /// (P2); each has its line in the access log (P6).
    fn charts_for(
        &self,
        people: &People,
        person: Option<&PersonId>,
        now_ms: i64,
    ) -> Result<Vec<OwnChart>, PlainchartError> {
        for found in people.iter() {
            let here = self.with_household(|household| {
                household.chart_of(&found.base, &found.patient).map(|chart| chart.facts.chart.clone())
            });
            if let Some(chart) = here {
                self.permit(&chart, Act::Imported)?;
            }
        }
        let mut charts = Vec::new();
        for found in people.iter() {
            let is_new = self.with_household(|household| household.chart_of(&found.base, &found.patient).is_none());
            let (chart, person) = self.chart_for(&found.base, &found.patient, person, true, true)?;
            if is_new {
                let line = LogLine::new(now_ms, self.actor()?, chart.clone(), Act::Imported, Decision::Allow);
                self.write_line(&line)?;
            }
            charts.push(OwnChart { chart, person });
        }
        Ok(charts)
    }

    fn finish_import(
        &self,
        charts: Vec<OwnChart>,
        report: &mut ImportReport,
        now_ms: i64,
    ) -> Result<(), PlainchartError> {
        report.finish();
        for own in &charts {
            self.forget_items(&own.chart);
            let view = self.person(&own.person)?;
            if !report.people.iter().any(|known| known.id == view.id) {
                report.people.push(ImportedPerson { id: view.id, name: view.name, birth_date: view.birth_date });
            }
        }
        if charts.is_empty() {
            return Ok(());
        }
        let ids: Vec<ChartId> = charts.into_iter().map(|own| own.chart).collect();
        self.record(Event::Imported {
            facts: ImportFacts { time_ms: now_ms, charts: ids.clone(), read: report.read },
        })?;
        self.store.end_of_walk()?;
        ids.iter().try_for_each(|chart| self.write_front_page(chart))
    }
}

/// First pass: every Patient and under which addresses the files know them; and what has no subject. Nothing is
/// written.
fn look_through(
    files: &[PathBuf],
    person: Option<&PersonId>,
    cancel: &CancelToken,
) -> Result<(People, Shared), PlainchartError> {
    let (mut people, mut shared) = (People::default(), Shared::default());
    let mut subjects = HashSet::new();
    let mut documents = Vec::new();
    for (number, path) in files.iter().enumerate() {
        cancel.check()?;
        for (inner, piece) in pieces_of(path) {
            let file = number * FILES_IN_ONE + inner;
            let (raw, full_url) = match piece {
                Piece::Resource { raw, full_url, .. } => (raw, full_url),
                Piece::Document { document, .. } => {
                    documents.push(document.without_bytes());
                    continue;
                }
                Piece::Unreadable { .. } | Piece::Skipped { .. } => continue,
            };
            let Ok(header) = read_header(&raw) else { continue };
            match &header.subject {
                Subject::Itself => {
                    if let Ok(patient) = Patient::read(&raw) {
                        people.add(file, path, &raw, &patient, full_url.as_deref());
                    }
                }
                Subject::NoneByType => shared.add(file, &header, &raw, full_url.as_deref()),
                // Of two different ones it is clear that there are several.
                Subject::Of(_) if person.is_some() && subjects.len() < 2 => {
                    subjects.extend(subjects_of(&header, full_url.as_deref()));
                }
                Subject::Of(_) | Subject::NotGiven => {}
            }
        }
    }
    let nobody = Patient::read(r#"{"resourceType":"Patient"}"#);
    let nobody = nobody.map_err(|_| PlainchartError::internal("import.patient"))?;
    let named = person.map(PersonId::to_string);
    for document in &documents {
        people.add_document(document, &nobody, named.as_deref());
    }
    if let Some(person) = person {
        let several = if people.len() == 0 { subjects.len() > 1 } else { people.len() > 1 };
        if several {
            return Err(PlainchartError::invalid("person"));
        }
        if let (0, Some(subject)) = (people.len(), subjects.iter().next()) {
            people.add_named(subject, &nobody, &person.to_string());
        }
    }
    Ok((people, shared))
}

/// The full addresses of whom a resource names.
fn subjects_of(header: &Header, full_url: Option<&str>) -> Vec<Target> {
    let Subject::Of(references) = &header.subject else { return Vec::new() };
    let base = claimed_base(full_url).unwrap_or_default();
    let targets = references.iter().map(|reference| reference.target.resolve(&base));
    targets.filter(|target| matches!(target, Target::Urn(_)) || target.id().is_some()).collect()
}
