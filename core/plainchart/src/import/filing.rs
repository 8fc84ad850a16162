//! Second pass of an import: every resource to whose it is, counted once.

use std::collections::HashSet;

use plainchart_record::set_aside::SetAside;
use plainchart_record::{Binary, Header, Subject, read_header};

use super::OwnChart;
use super::bodies::{Bodies, Claimed};
use super::people::{People, made_address};
use super::pieces::Piece;
use super::report::ImportReport;
use super::shared::Shared;
use crate::error::PlainchartError;
use crate::ingest::{BODY_BYTES, BodyHeader, BodyState, ChartWriter, Incoming, Landed, Outcome, differs, resource_key};
use crate::session::Session;
use crate::store::ChartScope;
use crate::stored::{digest_of, join, tree};

/// Resources, or bytes, in one durable batch.
const BATCH: u64 = 400;
const BATCH_BYTES: usize = 8 << 20;

/// What is filed when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Resources that say whose they are.
    WithSubject,
    /// The rest, when it is known who refers to them.
    WithoutSubject,
}

/// An import under way: who was found, and a writer for the chart of each.
pub struct Filing<'s> {
    people: &'s People,
    writers: Vec<ChartWriter<'s>>,
    shared: Shared,
    bodies: Bodies,
    /// Versions of resources that this import has brought.
    seen: HashSet<String>,
    report: ImportReport,
    pending: (u64, usize),
    now_ms: i64,
}

/// A resource of a file.
#[derive(Clone, Copy)]
struct Resource<'a> {
    raw: &'a str,
    full_url: Option<&'a str>,
    place: &'a str,
    file: usize,
    header: &'a Header,
}

impl<'s> Filing<'s> {
    /// Begins to file for these people, each with the chart at the same index.
    ///
    /// # Errors
    /// The vault's.
    pub fn new(
        session: &'s Session,
        people: &'s People,
        charts: &[OwnChart],
        shared: Shared,
        now_ms: i64,
    ) -> Result<Self, PlainchartError> {
        let mut writers = Vec::new();
        for (found, own) in people.iter().zip(charts) {
            let (chart, readable) = (ChartScope::of(&own.chart), session.readable_classes(&own.chart));
            writers.push(ChartWriter::new(&session.store, chart, &found.base, readable, now_ms)?);
        }
        Ok(Self {
            people,
            writers,
            shared,
            bodies: Bodies::default(),
            seen: HashSet::new(),
            report: ImportReport::default(),
            pending: (0, 0),
            now_ms,
        })
    }

    /// What was counted so far.
    pub fn report(&self) -> &ImportReport {
        &self.report
    }

    /// The counts.
    pub fn finish(self) -> ImportReport {
        self.report
    }

    /// Between the rounds: who refers to what is known.
    pub fn settle(&mut self) {
        self.shared.settle();
    }

    /// Whether a batch is full.
    pub fn is_due(&self) -> bool {
        self.pending.0 >= BATCH || self.pending.1 >= BATCH_BYTES
    }

    /// Makes durable what was filed.
    ///
    /// # Errors
    /// The vault's.
    pub fn commit(&mut self) -> Result<(), PlainchartError> {
        self.pending = (0, 0);
        for writer in &mut self.writers {
            writer.commit()?;
        }
        Ok(())
    }

    /// Takes one piece of a file, if it is of this round.
    ///
    /// # Errors
    /// The vault's; whatever is wrong with the piece is counted.
    pub fn take(&mut self, piece: &Piece, file: usize, round: Round) -> Result<(), PlainchartError> {
        let (raw, full_url, place) = match piece {
            Piece::Resource { raw, full_url, place } => (raw.as_str(), full_url.as_deref(), place.as_str()),
            Piece::Unreadable { place } if round == Round::WithSubject => {
                self.report.set_aside(SetAside::Unreadable, place);
                return Ok(());
            }
            Piece::Skipped { place } if round == Round::WithSubject => {
                self.report.skipped.push(place.clone());
                return Ok(());
            }
            Piece::Unreadable { .. } | Piece::Skipped { .. } => return Ok(()),
        };
        let header = read_header(raw).ok();
        let of_round = match header.as_ref().map(|header| &header.subject) {
            Some(Subject::NoneByType) => Round::WithoutSubject,
            Some(_) | None => Round::WithSubject,
        };
        if of_round != round {
            return Ok(());
        }
        let Some(header) = &header else {
            self.report.set_aside(SetAside::Unreadable, place);
            return Ok(());
        };
        self.pending.0 += 1;
        self.pending.1 += raw.len();
        let resource = Resource { raw, full_url, place, file, header };
        match (header.resource_type.as_str(), round) {
            ("OperationOutcome", _) => self.report.set_aside(SetAside::OperationOutcome, place),
            ("Binary", _) => self.take_body(resource)?,
            (_, Round::WithoutSubject) => self.take_shared(resource)?,
            (_, Round::WithSubject) => self.take_owned(resource)?,
        }
        Ok(())
    }

    fn take_owned(&mut self, resource: Resource<'_>) -> Result<(), PlainchartError> {
        let Resource { raw, full_url, place, file, header } = resource;
        let owner = self.people.owner(header, raw, file, full_url);
        let Some((person, known)) = owner else {
            self.report.set_aside(SetAside::NoSubject, place);
            return Ok(());
        };
        let Some(writer) = self.writers.get_mut(person) else { return Err(PlainchartError::internal("import.writer")) };
        // A Patient without any address goes by one of our making.
        let nameless = header.subject == Subject::Itself && header.id.is_none() && full_url.is_none();
        let made = nameless.then(|| made_address(raw));
        let address = full_url.or(made.as_deref());
        let outcome = writer.take(Incoming { raw, full_url: address, referred_to: false }, known)?;
        let key = resource_key(header, address, raw);
        let is_document = header.resource_type == "DocumentReference" && matches!(outcome, Outcome::InChart(_));
        if let Some(place) = writer.places().get(&key).filter(|_| is_document) {
            self.bodies.claim(person, file, &key, place, raw, full_url);
        }
        if outcome != Outcome::NotForThisReader && self.people.len() > 1 {
            self.shared.accept(person, file, header, raw, full_url);
        }
        match outcome {
            Outcome::InChart(landed) => {
                // The same version twice in one import is a duplicate; in a second import it is simply here.
                let version = format!("{person}/{key}/{}", digest_of(raw.as_bytes()));
                let again = !self.seen.insert(version) && landed == Landed::Unchanged;
                if again { self.report.set_aside(SetAside::Duplicate, place) } else { self.report.in_chart() }
            }
            Outcome::SetAside(reason) => self.report.set_aside(reason, place),
            // Not even a count tells a proxy of it (N4).
            Outcome::NotForThisReader => {}
        }
        Ok(())
    }

    /// A type without a subject goes to each chart that refers to it, and counts once.
    fn take_shared(&mut self, resource: Resource<'_>) -> Result<(), PlainchartError> {
        let Resource { raw, full_url, place, file, header } = resource;
        if self.people.len() == 0 {
            self.report.set_aside(SetAside::NoSubject, place);
            return Ok(());
        }
        for person in self.shared.owners(self.people.len(), file, header, full_url) {
            if let (Some(writer), Some(known)) = (self.writers.get_mut(person), self.people.known(person)) {
                writer.take(Incoming { raw, full_url, referred_to: false }, known)?;
            }
        }
        self.report.set_aside(SetAside::UnsupportedType, place);
        Ok(())
    }

    /// A Binary is the body of a document that names it; without one it is nobody's.
    fn take_body(&mut self, resource: Resource<'_>) -> Result<(), PlainchartError> {
        let Resource { raw, full_url, place, file, header } = resource;
        let Ok(binary) = Binary::read(raw, BODY_BYTES) else {
            self.report.set_aside(SetAside::Unreadable, place);
            return Ok(());
        };
        let claims = match self.bodies.take(self.people, file, header.id.as_deref(), full_url) {
            Claimed::By(claims) => claims,
            Claimed::Before => {
                self.report.set_aside(SetAside::Duplicate, place);
                return Ok(());
            }
            Claimed::ByNobody => {
                self.report.set_aside(SetAside::NoSubject, place);
                return Ok(());
            }
        };
        for claim in claims {
            let Some(writer) = self.writers.get_mut(claim.person) else { continue };
            let body = BodyHeader {
                state: BodyState::Here,
                content_type: binary.media_type.as_ref().map(|media_type| media_type.essence.clone()),
                received_ms: self.now_ms,
                differs: differs(claim.size, claim.hash.as_deref(), &binary.bytes),
                version: Some(claim.version.clone()),
            };
            let value = join(&body, &binary.bytes)?;
            self.pending.1 += value.len();
            writer.put_value(claim.classes, tree::BODIES, &claim.name(), &value)?;
            writer.settle(&claim.document, claim.index)?;
        }
        self.report.in_chart();
        Ok(())
    }
}
