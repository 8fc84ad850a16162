//! What a trend is made from: one measured line of one result, with where it comes from.

use crate::analyte::Analyte;
use crate::code::CodeableConcept;
use crate::duplicate::ResultFacts;
use crate::identifier::Identifier;
use crate::interpretation::Flag;
use crate::observation::{Measured, Observation, ReferenceRange};
use crate::redact::hidden_debug;
use crate::status::ObservationStatus;
use crate::time::FhirTime;
use crate::value::Value;

/// Where a reading stands: the caller's id of the result, and which of its components.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReadingId {
    /// The caller's own id of the result.
    pub result: String,
    /// Place among the components, from 0; none for the result itself.
    pub part: Option<usize>,
}

hidden_debug!(ReadingId);

/// One measured line.
#[derive(Clone, PartialEq, Eq)]
pub struct Reading {
    /// Where it stands.
    pub id: ReadingId,
    /// Where it comes from.
    pub source: String,
    /// What was measured.
    pub analyte: Option<Analyte>,
    /// The source's identifiers of the result.
    pub identifiers: Vec<Identifier>,
    /// When it was true of the patient. Never when it was issued.
    pub when: Option<FhirTime>,
    /// When this version was let out: tells the newer of two versions.
    pub issued: Option<FhirTime>,
    /// The status of the result.
    pub status: ObservationStatus,
    /// What was found.
    pub value: Option<Value>,
    /// What was examined, in the source's words.
    pub specimen: Option<String>,
    /// The laboratory's ranges, or those of them that were chosen for this person.
    pub ranges: Vec<ReferenceRange>,
    /// The laboratory's flags.
    pub flags: Vec<Flag>,
}

hidden_debug!(Reading, ranges, flags);

impl Reading {
    /// The lines of an Observation: itself, and each of its components.
    #[must_use]
    pub fn of(observation: &Observation, result: &str, source: &str) -> Vec<Self> {
        let line = |measured: &Measured, part: Option<usize>| Self {
            id: ReadingId { result: result.to_owned(), part },
            source: source.to_owned(),
            analyte: measured.analyte(source),
            identifiers: observation.identifiers.clone(),
            when: observation.effective.clone(),
            issued: observation.issued.clone(),
            status: observation.status,
            value: measured.value.clone(),
            specimen: specimen_words(observation),
            ranges: measured.reference_ranges.clone(),
            flags: measured.interpretation.iter().filter_map(Flag::of).collect(),
        };
        let parts = observation.components.iter().enumerate().map(|(at, measured)| line(measured, Some(at)));
        std::iter::once(line(&observation.measured, None)).chain(parts).collect()
    }

    pub(super) fn facts(&self) -> ResultFacts<'_> {
        ResultFacts {
            source: &self.source,
            id: (&self.id.result, self.id.part),
            identifiers: &self.identifiers,
            analyte: self.analyte.as_ref(),
            when: self.when.as_ref(),
            issued: self.issued.as_ref(),
            status: self.status,
            value: self.value.as_ref(),
        }
    }
}

/// Where there is no specimen, the place on the body tells two series apart as well.
fn specimen_words(observation: &Observation) -> Option<String> {
    let named = observation.specimen.as_ref().and_then(|party| party.name.clone());
    let place = || observation.body_site.as_ref().and_then(CodeableConcept::shown).map(str::to_owned);
    named.or_else(place)
}
