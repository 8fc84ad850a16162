//! Reading a downloaded record: a Bundle, a single resource, NDJSON, or a folder of these.
//!
//! Two passes: the first finds the people (Patient resources and the addresses they came under), the second files
//! every resource under whose it is. Several people in one file become several people; nothing is moved or deleted
//! where the file lies.

mod pieces;
mod report;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use plainchart_access::{Act, ChartId, Classes, Decision, Event, ImportFacts, LogLine, PersonId};
use plainchart_record::ownership::{KnownPatient, Ownership};
use plainchart_record::set_aside::SetAside;
use plainchart_record::{Binary, DocumentReference, Header, Patient, Reference, Subject, Target, read_header};

use crate::cancel::CancelToken;
use crate::error::PlainchartError;
use crate::ingest::{BodyHeader, BodyState, ChartWriter, Incoming, Landed, Outcome, body_name};
use crate::reading::FILE_BASE;
use crate::session::Session;
use crate::store::ChartScope;
use crate::stored::{digest_of, join, tree};
use crate::sync::{Progress, ProgressListener};
use pieces::{Piece, files_of, pieces_of};
pub use report::{ImportReport, ImportedPerson, SetAsideCount};

/// Resources in one durable batch.
const BATCH: u64 = 400;
const BODY_BYTES: usize = 32 << 20;

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
        if let Some(person) = person {
            self.with_household(|household| household.person(person).map(|_| ()))
                .ok_or(PlainchartError::invalid("person"))?;
        }
        let files = files_of(path).map_err(|_| PlainchartError::invalid("path"))?;
        let mut report = ImportReport::default();
        let mut people = self.find_people(&files, person, cancel)?;
        let now_ms = self.clock.wall_ms();
        let store = Arc::clone(&self.store);
        let mut writers = Vec::new();
        for found in &people {
            let readable = self.readable_classes(&found.chart);
            writers.push(ChartWriter::new(&store, ChartScope::of(&found.chart), &found.base, readable, now_ms)?);
        }
        let mut seen = HashSet::new();
        // Bodies after the documents that name them, wherever they stand in the files.
        for bodies_only in [false, true] {
            for (number, file) in files.iter().enumerate() {
                cancel.check()?;
                let mut since_commit = 0;
                for piece in pieces_of(file) {
                    self.take_piece(piece, number, bodies_only, &mut people, &mut writers, &mut seen, &mut report)?;
                    since_commit += 1;
                    if since_commit % BATCH == 0 {
                        commit_all(&store, &mut writers)?;
                        cancel.check()?;
                        listener.progress(&Progress::Fetching {
                            resource_type: "file",
                            done: report.read,
                            total: None,
                        })?;
                    }
                }
                commit_all(&store, &mut writers)?;
            }
        }
        drop(writers);
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

    fn take_piece(
        &self,
        piece: Piece,
        file: usize,
        bodies_only: bool,
        people: &mut [Found],
        writers: &mut [ChartWriter<'_>],
        seen: &mut HashSet<String>,
        report: &mut ImportReport,
    ) -> Result<(), PlainchartError> {
        let (raw, full_url, place) = match piece {
            Piece::Resource { raw, full_url, place } => (raw, full_url, place),
            Piece::Unreadable { place } if !bodies_only => {
                report.set_aside(SetAside::Unreadable, &place);
                return Ok(());
            }
            Piece::Skipped { place } if !bodies_only => {
                report.skipped.push(place);
                return Ok(());
            }
            Piece::Unreadable { .. } | Piece::Skipped { .. } => return Ok(()),
        };
        let header = read_header(&raw).ok();
        let is_body = header.as_ref().is_some_and(|header| header.resource_type == "Binary");
        if is_body != bodies_only {
            return Ok(());
        }
        let Some(header) = header else {
            report.set_aside(SetAside::Unreadable, &place);
            return Ok(());
        };
        if is_body {
            return self.take_body(&raw, &header, full_url.as_deref(), people, writers, report, &place);
        }
        if header.resource_type == "OperationOutcome" {
            report.set_aside(SetAside::OperationOutcome, &place);
            return Ok(());
        }
        let owners = owners_of(&header, &raw, file, people);
        if owners.is_empty() {
            report.set_aside(SetAside::NoSubject, &place);
            return Ok(());
        }
        // What has no subject by its type belongs to each chart that may refer to it, and counts once.
        let mut first = None;
        for at in owners {
            let (Some(found), Some(writer)) = (people.get_mut(at), writers.get_mut(at)) else { continue };
            let incoming = Incoming { raw: &raw, full_url: full_url.as_deref(), referred_to: false };
            let outcome = writer.take(incoming, &found.known)?;
            if header.resource_type == "DocumentReference" {
                note_bodies(found, writer, &raw, &header, full_url.as_deref());
            }
            first.get_or_insert(outcome);
        }
        let key = format!(
            "{}/{}/{}",
            header.resource_type,
            header.id.as_deref().unwrap_or_default(),
            digest_of(raw.as_bytes())
        );
        match first {
            Some(Outcome::InChart(landed)) => {
                // The same version twice in one import is a duplicate; in a second import it is simply here.
                let again = !seen.insert(key) && landed == Landed::Unchanged;
                if again { report.set_aside(SetAside::Duplicate, &place) } else { report.in_chart() }
            }
            Some(Outcome::SetAside(reason)) => report.set_aside(reason, &place),
            Some(Outcome::NotForThisReader) | None => report.set_aside(SetAside::NoSubject, &place),
        }
        Ok(())
    }

    /// A Binary is the body of a document that names it; without one it is nobody's.
    #[allow(clippy::too_many_arguments, reason = "one step of a loop, called from one place")]
    fn take_body(
        &self,
        raw: &str,
        header: &Header,
        full_url: Option<&str>,
        people: &mut [Found],
        writers: &mut [ChartWriter<'_>],
        report: &mut ImportReport,
        place: &str,
    ) -> Result<(), PlainchartError> {
        let Ok(binary) = Binary::read(raw, BODY_BYTES) else {
            report.set_aside(SetAside::Unreadable, place);
            return Ok(());
        };
        let mut kept = false;
        for (found, writer) in people.iter_mut().zip(writers) {
            let own = header.id.as_deref().map(|id| Target::parse(&format!("Binary/{id}")).resolve(&found.base));
            let addresses = own.into_iter().chain(full_url.map(|url| Target::parse(url).resolve(&found.base)));
            for address in addresses {
                let Some((classes, name)) = found.bodies.remove(&address) else { continue };
                let body = BodyHeader {
                    state: BodyState::Here,
                    content_type: binary.media_type.as_ref().map(|media_type| media_type.essence.clone()),
                    received_ms: self.clock.wall_ms(),
                    differs: false,
                };
                writer.put_value(classes, tree::BODIES, &name, &join(&body, &binary.bytes)?)?;
                if let Some((document, index)) = name.rsplit_once('#') {
                    writer.settle(document, index.parse().unwrap_or(0));
                }
                kept = true;
            }
        }
        if kept {
            report.in_chart()
        } else {
            report.set_aside(SetAside::NoSubject, place)
        }
        Ok(())
    }
}

fn commit_all(store: &crate::store::Store, writers: &mut [ChartWriter<'_>]) -> Result<(), PlainchartError> {
    for writer in writers {
        store.commit(writer.take_batch()?)?;
    }
    Ok(())
}

/// Whose a resource is among the people found: by index. A type without a subject is everybody's.
///
/// Two files may both hold a `Patient/1`: then the one in the resource's own file is meant, and where that does not
/// decide, nobody: a resource is never filed under two people.
fn owners_of(header: &Header, raw: &str, file: usize, people: &[Found]) -> Vec<usize> {
    let owned_by = |wanted: Ownership| {
        people
            .iter()
            .enumerate()
            .filter(|(_, found)| found.known.owns(&header.subject, raw) == wanted)
            .map(|(at, _)| at)
            .collect::<Vec<_>>()
    };
    match &header.subject {
        Subject::NoneByType => owned_by(Ownership::NoneByType),
        Subject::Itself | Subject::Of(_) => {
            let owners = owned_by(Ownership::Same);
            let here = |at: &usize| people.get(*at).is_some_and(|found| found.files.contains(&file));
            let in_this_file: Vec<usize> = owners.iter().copied().filter(here).collect();
            match (owners.as_slice(), in_this_file.as_slice()) {
                ([one], _) | (_, [one]) => vec![*one],
                _ => Vec::new(),
            }
        }
        Subject::NotGiven => Vec::new(),
    }
}

/// Remembers which Binary is which body of a document.
fn note_bodies(found: &mut Found, writer: &ChartWriter<'_>, raw: &str, header: &Header, full_url: Option<&str>) {
    let Ok(document) = DocumentReference::read(raw) else { return };
    let id = header.id.as_deref().or(full_url).unwrap_or_default();
    let key = format!("DocumentReference/{id}");
    let Some(place) = writer.places().get(&key) else { return };
    for content in &document.content {
        if let Some(url) = &content.attachment.url {
            let target = Reference::to(url).target.resolve(&found.base);
            found.bodies.insert(target, (place.classes, body_name(&key, content.index)));
        }
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
