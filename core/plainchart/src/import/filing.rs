//! Second pass of an import: every resource to whose it is, counted once.

use std::collections::HashSet;

use plainchart_record::ownership::KnownPatient;
use plainchart_record::set_aside::{SetAside, Support, support};
use plainchart_record::{Binary, Header, Patient, Subject, Target, read_header};

use super::OwnChart;
use super::bodies::{Bodies, Claimed};
use super::clinical_document::{ClinicalDocument, MEDIA_TYPE};
use super::people::{People, made_address};
use super::pieces::Piece;
use super::report::ImportReport;
use super::shared::Shared;
use crate::error::PlainchartError;
use crate::ingest::{
    BODY_BYTES, BodyHeader, BodyState, ChartWriter, Incoming, Landed, NOTE_TYPES, Outcome, body_name, differs,
    resource_key,
};
use crate::session::Session;
use crate::store::{ChartScope, Store};
use crate::stored::{digest_of, tree};

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
    store: &'s Store,
    charts: Vec<ChartScope>,
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
            store: &session.store,
            charts: charts.iter().map(|own| ChartScope::of(&own.chart)).collect(),
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
            Piece::Document { document, place } if round == Round::WithSubject => {
                return self.take_document(document, place);
            }
            Piece::Unreadable { place } if round == Round::WithSubject => {
                self.report.set_aside(SetAside::Unreadable, place);
                return Ok(());
            }
            Piece::Skipped { place } if round == Round::WithSubject => {
                self.report.skipped.push(place.clone());
                return Ok(());
            }
            Piece::Document { .. } | Piece::Unreadable { .. } | Piece::Skipped { .. } => return Ok(()),
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
        let is_document = NOTE_TYPES.contains(&header.resource_type.as_str()) && matches!(outcome, Outcome::InChart(_));
        if let Some(place) = writer.places().get(&key).filter(|_| is_document) {
            self.bodies.claim(person, file, &key, place, raw, full_url);
        }
        if outcome != Outcome::NotForThisReader && self.people.len() > 1 {
            self.shared.accept(person, file, header, raw, full_url);
        }
        self.count(&format!("{person}/{}", resource_version(header, address, raw)), outcome, place);
        Ok(())
    }

    /// A C-CDA document becomes a DocumentReference of ours with the document as its body, and counts once. Where
    /// nothing else tells who its person is, its header does.
    fn take_document(&mut self, document: &ClinicalDocument, place: &str) -> Result<(), PlainchartError> {
        let Some((person, found)) = self.people.document_owner(document) else {
            self.report.set_aside(SetAside::NoSubject, place);
            return Ok(());
        };
        let charts = self.charts.get(person).copied().zip(self.writers.get_mut(person));
        let Some((chart, writer)) = charts else { return Err(PlainchartError::internal("import.writer")) };
        self.pending.0 += 1;
        self.pending.1 += document.bytes.len();
        let nobody = Patient::read(r#"{"resourceType":"Patient"}"#);
        let nobody = nobody.map_err(|_| PlainchartError::internal("import.patient"))?;
        let known = KnownPatient::new("", &nobody).also_at(Target::parse(&found.address()));
        if !found.has_patient() && !writer.places().keys().any(|key| key.starts_with("Patient/")) {
            let patient = document.patient(&found.patient);
            writer.take(Incoming { raw: &patient, full_url: None, referred_to: false }, &known)?;
        }
        let (raw, full_url) = (document.document_reference(&found.address()), document.full_url());
        let header = read_header(&raw).map_err(|_| PlainchartError::internal("import.document"))?;
        let outcome = writer.take(Incoming { raw: &raw, full_url: Some(&full_url), referred_to: false }, &known)?;
        let key = resource_key(&header, Some(&full_url), &raw);
        if let (Outcome::InChart(landed), Some(place)) = (outcome, writer.places().get(&key)) {
            let is_here = || self.store.value(&chart, place.classes, tree::BODIES, &body_name(&key, 0));
            if landed != Landed::Unchanged || is_here()?.is_none() {
                let body = BodyHeader {
                    state: BodyState::Here,
                    content_type: Some(MEDIA_TYPE.to_owned()),
                    received_ms: self.now_ms,
                    differs: false,
                    version: Some(place.digest.clone()),
                };
                writer.put_body(&key, 0, body, document.bytes.clone())?;
            }
        }
        self.count(&format!("{person}/{}", resource_version(&header, Some(&full_url), &raw)), outcome, place);
        Ok(())
    }

    /// Counts a resource once. The same version twice in one import is a duplicate; in a second import it is simply here.
    fn count(&mut self, version: &str, outcome: Outcome, place: &str) {
        match outcome {
            Outcome::InChart(landed) => {
                let again = !self.seen.insert(version.to_owned()) && landed == Landed::Unchanged;
                if again { self.report.set_aside(SetAside::Duplicate, place) } else { self.report.in_chart() }
            }
            Outcome::SetAside(reason) => self.report.set_aside(reason, place),
            // Not even a count tells a proxy of it (N4).
            Outcome::NotForThisReader => {}
        }
    }

    /// A type without a subject goes to each chart that refers to it, and counts once.
    fn take_shared(&mut self, resource: Resource<'_>) -> Result<(), PlainchartError> {
        let Resource { raw, full_url, place, file, header } = resource;
        if self.people.len() == 0 {
            self.report.set_aside(SetAside::NoSubject, place);
            return Ok(());
        }
        // Where several charts take it, the first that does decides what it counts as.
        let is_kept = support(&header.resource_type) == Support::Now;
        let mut counted = Outcome::SetAside(if is_kept { SetAside::NoSubject } else { SetAside::UnsupportedType });
        for person in self.shared.owners(self.people.len(), file, header, full_url) {
            let (Some(writer), Some(known)) = (self.writers.get_mut(person), self.people.known(person)) else {
                continue;
            };
            let outcome = writer.take(Incoming { raw, full_url, referred_to: true }, known)?;
            if !matches!(counted, Outcome::InChart(_)) {
                counted = outcome;
            }
        }
        self.count(&resource_version(header, full_url, raw), counted, place);
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
            self.pending.1 += binary.bytes.len();
            writer.put_body(&claim.document, claim.index, body, binary.bytes.clone())?;
            writer.settle(&claim.document, claim.index)?;
        }
        self.report.in_chart();
        Ok(())
    }
}

fn resource_version(header: &Header, full_url: Option<&str>, raw: &str) -> String {
    format!("{}/{}", resource_key(header, full_url, raw), digest_of(raw.as_bytes()))
}
