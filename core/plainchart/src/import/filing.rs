//! Second pass of an import: every resource to whose it is, counted once.

use std::collections::HashSet;

use plainchart_record::ownership::Ownership;
use plainchart_record::set_aside::SetAside;
use plainchart_record::{Binary, DocumentReference, Header, Reference, Subject, Target, read_header};

use super::Found;
use super::pieces::Piece;
use super::report::ImportReport;
use crate::error::PlainchartError;
use crate::ingest::{BodyHeader, BodyState, ChartWriter, Incoming, Landed, Outcome, body_name};
use crate::session::Session;
use crate::store::ChartScope;
use crate::stored::{digest_of, join, tree};

const BODY_BYTES: usize = 32 << 20;

/// An import under way: who was found, and a writer for the chart of each.
pub struct Filing<'s> {
    session: &'s Session,
    people: Vec<Found>,
    writers: Vec<ChartWriter<'s>>,
    /// Versions of resources that this import has brought.
    seen: HashSet<String>,
    report: ImportReport,
    now_ms: i64,
}

impl<'s> Filing<'s> {
    /// Begins to file for these people.
    ///
    /// # Errors
    /// The vault's.
    pub fn new(session: &'s Session, people: Vec<Found>, now_ms: i64) -> Result<Self, PlainchartError> {
        let mut writers = Vec::new();
        for found in &people {
            let (chart, readable) = (ChartScope::of(&found.chart), session.readable_classes(&found.chart));
            writers.push(ChartWriter::new(&session.store, chart, &found.base, readable, now_ms)?);
        }
        Ok(Self { session, people, writers, seen: HashSet::new(), report: ImportReport::default(), now_ms })
    }

    /// What was counted so far.
    pub fn report(&self) -> &ImportReport {
        &self.report
    }

    /// Who was found, and the counts.
    pub fn finish(self) -> (Vec<Found>, ImportReport) {
        (self.people, self.report)
    }

    /// Makes durable what was filed.
    ///
    /// # Errors
    /// The vault's.
    pub fn commit(&mut self) -> Result<(), PlainchartError> {
        for writer in &mut self.writers {
            self.session.store.commit(writer.take_batch()?)?;
        }
        Ok(())
    }

    /// Takes one piece of a file. Binaries wait for the second round: the documents that name them come first.
    ///
    /// # Errors
    /// The vault's; whatever is wrong with the piece is counted.
    pub fn take(&mut self, piece: Piece, file: usize, bodies_only: bool) -> Result<(), PlainchartError> {
        let (raw, full_url, place) = match piece {
            Piece::Resource { raw, full_url, place } => (raw, full_url, place),
            Piece::Unreadable { place } if !bodies_only => {
                self.report.set_aside(SetAside::Unreadable, &place);
                return Ok(());
            }
            Piece::Skipped { place } if !bodies_only => {
                self.report.skipped.push(place);
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
            self.report.set_aside(SetAside::Unreadable, &place);
            return Ok(());
        };
        if is_body {
            return self.take_body(&raw, &header, full_url.as_deref(), &place);
        }
        if header.resource_type == "OperationOutcome" {
            self.report.set_aside(SetAside::OperationOutcome, &place);
            return Ok(());
        }
        let owners = owners_of(&header, &raw, file, &self.people);
        if owners.is_empty() {
            self.report.set_aside(SetAside::NoSubject, &place);
            return Ok(());
        }
        // What has no subject by its type belongs to each chart that may refer to it, and counts once.
        let mut first = None;
        for at in owners {
            let (Some(found), Some(writer)) = (self.people.get_mut(at), self.writers.get_mut(at)) else { continue };
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
                let again = !self.seen.insert(key) && landed == Landed::Unchanged;
                if again { self.report.set_aside(SetAside::Duplicate, &place) } else { self.report.in_chart() }
            }
            Some(Outcome::SetAside(reason)) => self.report.set_aside(reason, &place),
            Some(Outcome::NotForThisReader) | None => self.report.set_aside(SetAside::NoSubject, &place),
        }
        Ok(())
    }

    /// A Binary is the body of a document that names it; without one it is nobody's.
    fn take_body(
        &mut self,
        raw: &str,
        header: &Header,
        full_url: Option<&str>,
        place: &str,
    ) -> Result<(), PlainchartError> {
        let Ok(binary) = Binary::read(raw, BODY_BYTES) else {
            self.report.set_aside(SetAside::Unreadable, place);
            return Ok(());
        };
        let mut kept = false;
        for (found, writer) in self.people.iter_mut().zip(&mut self.writers) {
            let own = header.id.as_deref().map(|id| Target::parse(&format!("Binary/{id}")).resolve(&found.base));
            let addresses = own.into_iter().chain(full_url.map(|url| Target::parse(url).resolve(&found.base)));
            for address in addresses {
                let Some((classes, name)) = found.bodies.remove(&address) else { continue };
                let body = BodyHeader {
                    state: BodyState::Here,
                    content_type: binary.media_type.as_ref().map(|media_type| media_type.essence.clone()),
                    received_ms: self.now_ms,
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
            self.report.in_chart()
        } else {
            self.report.set_aside(SetAside::NoSubject, place)
        }
        Ok(())
    }
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
