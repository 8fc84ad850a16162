//! A result as R1 wants it shown: the laboratory's name, value, range and flag, and nothing that it did not give.

use crate::code::CodeableConcept;
use crate::contained::Party;
use crate::diagnostic_report::{DiagnosticReport, ReportKind, ReportStatus};
use crate::interpretation::Flag;
use crate::observation::{Measured, Observation, ObservationKind, ReferenceRange};
use crate::quantity::Range;
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::status::{AbsentReason, ObservationStatus};
use crate::time::FhirTime;
use crate::value::Value;

/// A range as the laboratory gave it.
#[derive(Clone, PartialEq, Eq)]
pub struct ShownRange {
    /// The laboratory's own words, if it gave any; else the bounds are to be told.
    pub text: Option<String>,
    /// Lower and upper bound.
    pub bounds: Option<Range>,
    /// `normal`, `therapeutic` ... in the laboratory's words.
    pub kind: Option<String>,
    /// For whom it is meant, in the laboratory's words.
    pub applies_to: Vec<String>,
    /// For which ages it is meant.
    pub age: Option<Range>,
}

hidden_debug!(ShownRange);

/// One line of a result: a test, or one part of it.
#[derive(Clone, PartialEq, Eq)]
pub struct ResultLine {
    /// The test as the laboratory names it.
    pub name: Option<String>,
    /// Its LOINC code, by which plain words are found.
    pub loinc: Option<String>,
    /// The value as recorded. `None`: see `absent`, `is_signal`, or the parts.
    pub value: Option<Value>,
    /// The value is a signal over time, which is no text.
    pub is_signal: bool,
    /// Why there is no value, if the source says so.
    pub absent: Option<AbsentReason>,
    /// All ranges that the laboratory gave; none if it gave none.
    pub ranges: Vec<ShownRange>,
    /// The laboratory's flags; none if it gave none.
    pub flags: Vec<Flag>,
}

hidden_debug!(ResultLine, ranges, flags);

/// One result with its parts.
#[derive(Clone, PartialEq, Eq)]
pub struct ResultRecord {
    /// `id` of the Observation.
    pub id: Option<String>,
    /// Laboratory, vital sign or another kind.
    pub kind: ObservationKind,
    /// Its status.
    pub status: ObservationStatus,
    /// The result itself.
    pub line: ResultLine,
    /// Its components, in order, such as the two numbers of a blood pressure.
    pub parts: Vec<ResultLine>,
    /// When it was true of the patient. Not when it was issued, which is apart.
    pub when: Option<FhirTime>,
    /// When the laboratory let it out.
    pub issued: Option<FhirTime>,
    /// Who did it, by name.
    pub performers: Vec<String>,
    /// How it was done.
    pub method: Option<String>,
    /// Where on the body.
    pub body_site: Option<String>,
    /// What was examined.
    pub specimen: Option<String>,
    /// The laboratory's notes.
    pub notes: Vec<String>,
    /// Why its status is what it is, in the source's words: why a test was cancelled.
    pub status_reason: Option<String>,
    /// Results that belong under this one.
    pub members: Vec<Reference>,
    /// The order it answers (R6: whom to ask).
    pub based_on: Vec<Reference>,
}

hidden_debug!(ResultRecord, parts, notes, members);

impl ResultRecord {
    /// What an Observation shows. One that was entered in error shows its id, status and times only (D4).
    #[must_use]
    pub fn of(observation: &Observation) -> Self {
        let marker_only = observation.status.is_entered_in_error();
        let blank = Measured::default();
        let kept = |concept: &Option<CodeableConcept>| {
            concept.as_ref().filter(|_| !marker_only).and_then(CodeableConcept::shown).map(str::to_owned)
        };
        let unless_marker = |count: usize| if marker_only { 0 } else { count };
        let first = |texts: &[String]| texts.iter().take(unless_marker(texts.len())).cloned().collect();
        let performers: Vec<String> = observation.performers.iter().filter_map(|party| party.name.clone()).collect();
        let specimen = observation.specimen.as_ref().and_then(|party| party.name.clone());
        Self {
            id: observation.id.clone(),
            kind: observation.kind(),
            status: observation.status,
            line: ResultLine::of(if marker_only { &blank } else { &observation.measured }),
            parts: (observation.components.iter())
                .take(unless_marker(observation.components.len()))
                .map(ResultLine::of)
                .collect(),
            when: observation.effective.clone(),
            issued: observation.issued.clone(),
            performers: first(&performers),
            method: kept(&observation.method),
            body_site: kept(&observation.body_site),
            specimen: specimen.filter(|_| !marker_only),
            notes: first(&observation.notes),
            status_reason: kept(&observation.status_reason),
            members: if marker_only { Vec::new() } else { observation.has_member.clone() },
            based_on: if marker_only { Vec::new() } else { observation.based_on.clone() },
        }
    }

    /// For sorting only: by when it was true, else by when it was issued; what has no time comes first.
    #[must_use]
    pub fn order_key(&self) -> i64 {
        self.when.as_ref().or(self.issued.as_ref()).map_or(i64::MIN, FhirTime::order_key)
    }

    /// True when a flag of it or of a part is critical (R6).
    #[must_use]
    pub fn is_critical(&self) -> bool {
        std::iter::once(&self.line).chain(&self.parts).any(|line| line.flags.iter().any(Flag::is_critical))
    }
}

/// What a report shows beside its results.
#[derive(Clone, PartialEq, Eq)]
pub struct ReportRecord {
    /// `id` of the DiagnosticReport.
    pub id: Option<String>,
    /// Which service made it.
    pub kind: ReportKind,
    /// Its status.
    pub status: ReportStatus,
    /// What the source calls it.
    pub title: Option<String>,
    /// The LOINC code of its kind among the ten notes of US Core, if it is to be read as a note.
    pub note_code: Option<&'static str>,
    /// When it was true of the patient. Not when it was issued, which is apart.
    pub when: Option<FhirTime>,
    /// When this version was let out.
    pub issued: Option<FhirTime>,
    /// Who made it, by name.
    pub performers: Vec<String>,
    /// Who read the results, by name.
    pub interpreters: Vec<String>,
    /// What was examined.
    pub specimens: Vec<String>,
    /// What it comes to, in the source's words.
    pub conclusion: Option<String>,
    /// The same as coded, in the source's words.
    pub conclusion_codes: Vec<String>,
    /// Its results, in the laboratory's order.
    pub results: Vec<Reference>,
}

hidden_debug!(ReportRecord, results);

impl ReportRecord {
    /// What a DiagnosticReport shows. One that was entered in error shows its id, status and times only (D4).
    #[must_use]
    pub fn of(report: &DiagnosticReport) -> Self {
        let marker = Self {
            id: report.id.clone(),
            kind: report.kind(),
            status: report.status,
            title: None,
            note_code: None,
            when: report.effective.clone(),
            issued: report.issued.clone(),
            performers: Vec::new(),
            interpreters: Vec::new(),
            specimens: Vec::new(),
            conclusion: None,
            conclusion_codes: Vec::new(),
            results: Vec::new(),
        };
        if report.status == ReportStatus::EnteredInError {
            return marker;
        }
        let names = |parties: &[Party]| parties.iter().filter_map(|party| party.name.clone()).collect();
        let shown = |concept: &CodeableConcept| concept.shown().map(str::to_owned);
        Self {
            title: report.title().map(str::to_owned),
            note_code: report.note_type().filter(|_| report.is_note()).map(|known| known.loinc),
            performers: names(&report.performers),
            interpreters: names(&report.interpreters),
            specimens: names(&report.specimens),
            conclusion: report.conclusion.clone(),
            conclusion_codes: report.conclusion_codes.iter().filter_map(shown).collect(),
            results: report.results.clone(),
            ..marker
        }
    }
}

impl ResultLine {
    /// What an Observation or a component shows.
    #[must_use]
    pub fn of(measured: &Measured) -> Self {
        let code = measured.code.as_ref();
        Self {
            name: code.and_then(CodeableConcept::shown).map(str::to_owned),
            loinc: code.and_then(CodeableConcept::loinc).map(str::to_owned),
            value: measured.value.clone().filter(Value::is_told),
            is_signal: measured.value == Some(Value::SampledData),
            absent: measured.absent.clone(),
            ranges: measured.reference_ranges.iter().filter_map(ShownRange::of).collect(),
            flags: measured.interpretation.iter().filter_map(Flag::of).collect(),
        }
    }
}

impl ShownRange {
    /// What a range shows. `None` for one without words and bounds.
    #[must_use]
    pub fn of(range: &ReferenceRange) -> Option<Self> {
        let shown = |concept: &CodeableConcept| concept.shown().map(str::to_owned);
        let is_told = range.text.is_some() || range.bounds.is_some();
        is_told.then(|| Self {
            text: range.text.clone(),
            bounds: range.bounds.clone(),
            kind: range.kind.as_ref().and_then(shown),
            applies_to: range.applies_to.iter().filter_map(shown).collect(),
            age: range.age.clone(),
        })
    }
}
