//! A result as everyone who may see it sees it: the lab's words, the lab's range, the lab's flag (R1).

use plainchart_record::interpretation::Flag;
use plainchart_record::observation::{Measured, ObservationKind};
use plainchart_record::range_choice::RangePerson;
use plainchart_record::status::{AbsentReason, ObservationStatus};
use plainchart_record::unit::Unit;
use plainchart_record::value::Value;
use plainchart_record::{FhirTime, Observation, ResultRecord};

use super::super::items::Shelf;
use super::value::{comparator_of, ranges_of, spoken_unit, unit_of, value_text};
use crate::views::{ResultView, Time};
use crate::words::{find, say};

/// What the lines of one result share.
struct Pen<'a> {
    shelf: &'a Shelf<'a>,
    person: &'a RangePerson,
    at: Option<&'a FhirTime>,
    kind: &'static str,
}

/// The view of an Observation with its components. One that was entered in error shows its status and times only (D4).
/// `raw`: the resource that it stands in, for whom that names inside itself.
pub(super) fn result_view(
    shelf: &Shelf<'_>,
    person: &RangePerson,
    raw: &str,
    observation: &Observation,
    id: String,
) -> ResultView {
    let record = ResultRecord::of(observation);
    let marker_only = observation.status.is_entered_in_error();
    let kind = match record.kind {
        ObservationKind::Laboratory => "laboratory",
        ObservationKind::VitalSigns => "vital_sign",
        _ => "other",
    };
    let pen = Pen { shelf, person, at: observation.effective.as_ref(), kind };
    let blank = Measured::default();
    let measured = if marker_only { &blank } else { &observation.measured };
    let components = if marker_only { &[] } else { observation.components.as_slice() };
    let parts =
        (components.iter().enumerate()).map(|(number, part)| pen.line(part, format!("{id}.{number}"))).collect();
    let when = record.when.as_ref().or(record.issued.as_ref());
    let performers = observation.performers.iter().filter(|_| !marker_only);
    ResultView {
        status_code: Some(record.status.code()).filter(|code| !code.is_empty()).map(str::to_owned),
        status: status_words(record.status),
        status_reason: record.status_reason.as_deref().map(|words| reason_words(shelf, record.status, words)),
        date: when.map(Time::of),
        issued: record.issued.as_ref().map(Time::of),
        order: when.map_or(i64::MIN, FhirTime::order_key),
        specimen: specimen_of(shelf, observation).filter(|_| !marker_only),
        method: record.method,
        body_site: record.body_site,
        performers: performers.filter_map(|party| shelf.directory.party_in(raw, party)).collect(),
        notes: record.notes,
        parts,
        ..pen.line(measured, id)
    }
}

fn specimen_of(shelf: &Shelf<'_>, observation: &Observation) -> Option<String> {
    observation.specimen.as_ref().and_then(|party| shelf.directory.name(party))
}

fn reason_words(shelf: &Shelf<'_>, status: ObservationStatus, words: &str) -> String {
    let id = if status == ObservationStatus::Cancelled { "result.cancelled.reason" } else { "result-list.reason" };
    say(id, &[("source", &shelf.source.name), ("words", words)])
}

/// What a status means, when there is something to say.
pub(in crate::reading) fn status_words(status: ObservationStatus) -> Option<String> {
    find(&format!("result-list.status.{}", status.code()))
}

/// A flag in plain words, or as the lab set it.
pub(in crate::reading) fn flag_words(flag: &Flag) -> String {
    match flag.code() {
        Some(code) => say(&format!("result.flag.{code}"), &[]),
        None => say("result.flag.own-words", &[("words", &flag.recorded)]),
    }
}

impl Pen<'_> {
    fn line(&self, measured: &Measured, id: String) -> ResultView {
        let code = measured.code.as_ref();
        let loinc = code.and_then(|code| code.loinc());
        let entry = loinc.and_then(|code| self.shelf.glossary.by_code("loinc", code));
        // Without LOINC the lab's own name, and no explanation (R1).
        let plain = entry
            .and_then(|entry| entry.senses().next().and_then(|sense| sense.plain).or_else(|| entry.forms().next()));
        let own = code.and_then(|code| code.shown()).map(str::to_owned);
        let name = plain.map(str::to_owned).or_else(|| own.clone()).unwrap_or_else(|| say("result-list.unnamed", &[]));
        let value = measured.value.as_ref();
        let (ranges, ranges_note) = ranges_of(measured, self.person, self.at);
        ResultView {
            id,
            kind: self.kind.to_owned(),
            source_name: own.filter(|own| !own.eq_ignore_ascii_case(&name)),
            name,
            loinc: loinc.map(str::to_owned),
            analyte: measured.analyte(self.shelf.base).map(|analyte| analyte.key()),
            measures: entry.and_then(|entry| entry.measures()).map(str::to_owned),
            why: entry.and_then(|entry| entry.why()).map(str::to_owned),
            value: value.and_then(value_text),
            unit: value.and_then(unit_of).map(str::to_owned),
            unit_spoken: value.and_then(unit_understood).as_ref().and_then(spoken_unit),
            comparator: value.and_then(comparator_of).map(|comparator| comparator.code().to_owned()),
            absent: self.absent(measured),
            ranges,
            ranges_note,
            flags: measured.interpretation.iter().filter_map(Flag::of).map(|flag| flag_words(&flag)).collect(),
            critical: None,
            status_code: None,
            status: None,
            status_reason: None,
            corrected: None,
            date: None,
            issued: None,
            specimen: None,
            method: None,
            body_site: None,
            performers: Vec::new(),
            parts: Vec::new(),
            elsewhere: Vec::new(),
            not_shared: Vec::new(),
            notes: Vec::new(),
            report: None,
            source: self.shelf.source.name.clone(),
            as_of: self.shelf.source.as_of_ms,
            withdrawn: false,
            sensitive: false,
            order: i64::MIN,
        }
    }

    /// Why there is no value.
    fn absent(&self, measured: &Measured) -> Option<String> {
        if measured.value == Some(Value::SampledData) {
            return Some(say("result-list.value.signal", &[]));
        }
        let AbsentReason { code, recorded, .. } = measured.absent.as_ref()?;
        let source = self.shelf.source.name.as_str();
        match code {
            Some(code) => Some(say(&format!("absent-reason.{code}"), &[("source", source)])),
            None => recorded.clone(),
        }
    }
}

fn unit_understood(value: &Value) -> Option<Unit> {
    match value {
        Value::Quantity(quantity) => Unit::of(quantity),
        _ => None,
    }
}
