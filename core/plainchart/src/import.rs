//! Reading a downloaded record: a Bundle, a single resource, NDJSON, or a folder of these.
//!
//! Two passes: the first finds the people (Patient resources and the addresses they came under), the second files
//! every resource under whose it is. Several people in one file become several people; nothing is moved or deleted
//! where the file lies.

mod filing;
mod pieces;
mod report;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plainchart_access::{Act, ChartId, Classes, Decision, Event, ImportFacts, LogLine, PersonId};
use plainchart_record::ownership::KnownPatient;
use plainchart_record::{Patient, Target, read_header};

use crate::cancel::CancelToken;
use crate::error::PlainchartError;
use crate::reading::FILE_BASE;
use crate::session::Session;
use crate::stored::digest_of;
use crate::sync::{Progress, ProgressListener};
use filing::Filing;
use pieces::{Piece, files_of, pieces_of};
pub use report::{ImportReport, ImportedPerson, SetAsideCount};

/// Resources in one durable batch.
const BATCH: u64 = 400;

/// Someone found in the files.
struct Found {
    chart: ChartId,
    person: PersonId,
    base: String,
    known: KnownPatient,
    /// Files that hold this person's Patient, by index.
    files: HashSet<usize>,
    /// Binary addresses that this person's documents name, with the body they are.
    bodies: HashMap<Target, (Classes, String)>,
}

impl Session {
    /// Brings a file or folder in. `person`: everyone in it is this person; absent: found by what the file says.
    ///
    /// # Errors
    /// `InvalidInput{path}` if there is nothing readable there, `InvalidInput{person}`, `Cancelled`, the vault's. One
    /// bad resource, line or file is counted and never stops the rest (D7).
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
        let people = self.find_people(&files, person, cancel)?;
        let now_ms = self.clock.wall_ms();
        let mut filing = Filing::new(self, people, now_ms)?;
        // Bodies after the documents that name them, wherever they stand in the files.
        for bodies_only in [false, true] {
            for (number, file) in files.iter().enumerate() {
                cancel.check()?;
                for (count, piece) in (1..).zip(pieces_of(file)) {
                    filing.take(piece, number, bodies_only)?;
                    if count % BATCH == 0 {
                        filing.commit()?;
                        cancel.check()?;
                        let done = filing.report().read;
                        listener.progress(&Progress::Fetching { resource_type: "file", done, total: None })?;
                    }
                }
                filing.commit()?;
            }
        }
        let (people, mut report) = filing.finish();
        self.finish_import(&people, &mut report, now_ms)?;
        Ok(report)
    }

    fn finish_import(&self, people: &[Found], report: &mut ImportReport, now_ms: i64) -> Result<(), PlainchartError> {
        let charts: Vec<ChartId> = people.iter().map(|found| found.chart.clone()).collect();
        for found in people {
            self.forget_items(&found.chart);
            self.write_line(&LogLine::new(now_ms, self.actor()?, found.chart.clone(), Act::Imported, Decision::Allow))?;
            let view = self.person(&found.person)?;
            if !report.people.iter().any(|known| known.id == view.id) {
                report.people.push(ImportedPerson { id: view.id, name: view.name, birth_date: view.birth_date });
            }
        }
        if !charts.is_empty() {
            self.record(Event::Imported { facts: ImportFacts { time_ms: now_ms, charts, read: report.read } })?;
            self.store.end_of_walk()?;
            for found in people {
                self.write_front_page(&found.chart)?;
            }
        }
        report.finish();
        Ok(())
    }

    /// First pass: every Patient, and under which addresses the files know them.
    fn find_people(
        &self,
        files: &[PathBuf],
        person: Option<&PersonId>,
        cancel: &CancelToken,
    ) -> Result<Vec<Found>, PlainchartError> {
        let mut people: Vec<Found> = Vec::new();
        let mut known: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (number, file) in files.iter().enumerate() {
            cancel.check()?;
            for piece in pieces_of(file) {
                let Piece::Resource { raw, full_url, .. } = piece else { continue };
                let Ok(header) = read_header(&raw) else { continue };
                if header.resource_type != "Patient" {
                    continue;
                }
                let Ok(patient) = Patient::read(&raw) else { continue };
                let id = patient.id.clone().or_else(|| full_url.clone()).unwrap_or_else(|| digest_of(raw.as_bytes()));
                let base = base_of(full_url.as_deref(), &patient);
                let at = match known.get(&(base.clone(), id.clone())) {
                    Some(at) => *at,
                    None => {
                        let (chart, belongs) = self.chart_for(&base, &id, person, true, true)?;
                        let named = KnownPatient::new(&base, &patient);
                        people.push(Found {
                            chart,
                            person: belongs,
                            base: base.clone(),
                            known: named,
                            files: HashSet::new(),
                            bodies: HashMap::new(),
                        });
                        known.insert((base, id), people.len() - 1);
                        people.len() - 1
                    }
                };
                if let Some(found) = people.get_mut(at) {
                    found.files.insert(number);
                    if let Some(url) = full_url.as_deref() {
                        found.known = found.known.clone().also_at(Target::parse(url));
                    }
                }
            }
        }
        Ok(people)
    }
}

/// The server a file was downloaded from, if its entries say; else a base of the file's own. The patient's name and
/// birth date keep two files' `Patient/1` apart.
fn base_of(full_url: Option<&str>, patient: &Patient) -> String {
    if let Some(Target::Absolute { base, .. }) = full_url.map(Target::parse) {
        return base;
    }
    let mut identity = patient.display_name().unwrap_or_default();
    identity.push('\n');
    identity.push_str(patient.birth_date.as_ref().map_or("", |date| date.text.as_str()));
    format!("{FILE_BASE}{}", digest_of(identity.as_bytes()))
}
