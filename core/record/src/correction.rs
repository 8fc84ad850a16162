//! What changed between two versions of one result, for "corrected: was 1.4" (R1).

use crate::analyte::Analyte;
use crate::code::CodeableConcept;
use crate::error::RecordError;
use crate::interpretation::Flag;
use crate::observation::{Measured, Observation};
use crate::quantity::Quantity;
use crate::redact::hidden_debug;
use crate::results::ShownRange;
use crate::status::ObservationStatus;
use crate::value::Value;

/// What a newer version says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CorrectionKind {
    /// Changed to mend a mistake.
    Corrected,
    /// Changed after it was complete.
    Amended,
    /// Was early, is complete now.
    Completed,
    /// Called off.
    Cancelled,
    /// Was put into the record by mistake (D4).
    EnteredInError,
    /// Something changed, and the status does not say why.
    Changed,
    /// Nothing that is shown changed.
    Same,
}

impl CorrectionKind {
    /// Stable code, for looking up its words.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Corrected => "corrected",
            Self::Amended => "amended",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::EnteredInError => "entered-in-error",
            Self::Changed => "changed",
            Self::Same => "same",
        }
    }
}

/// What about a line changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangedField {
    /// The status.
    Status,
    /// When it was true.
    Time,
    /// What was examined.
    Specimen,
    /// The laboratory's notes.
    Note,
    /// What the test is called.
    Name,
    /// The value.
    Value,
    /// The unit.
    Unit,
    /// Why there is no value.
    Absent,
    /// The ranges.
    Range,
    /// The flags.
    Flag,
}

impl ChangedField {
    /// Stable code, for looking up its words.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Time => "time",
            Self::Specimen => "specimen",
            Self::Note => "note",
            Self::Name => "name",
            Self::Value => "value",
            Self::Unit => "unit",
            Self::Absent => "absent",
            Self::Range => "range",
            Self::Flag => "flag",
        }
    }
}

/// One change, in the words of the two versions. A code for status.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// Place of the component in the newer version, or in the older one if it is gone; none for the result itself.
    pub part: Option<usize>,
    /// The component is in one of the two versions only.
    pub part_is_gone: bool,
    /// What changed.
    pub field: ChangedField,
    /// In the older version; empty: was not there.
    pub was: Vec<String>,
    /// In the newer version; empty: is gone.
    pub is: Vec<String>,
}

hidden_debug!(Change);

/// Two versions of one result compared.
#[derive(Clone, PartialEq, Eq)]
pub struct Correction {
    /// What the newer version says it is.
    pub kind: CorrectionKind,
    /// Why, in the source's words: why it was cancelled, and the notes that are new.
    pub reasons: Vec<String>,
    /// All that changed, the result itself first. Of a result made in error only the status (D4).
    pub changes: Vec<Change>,
}

hidden_debug!(Correction, reasons, changes);

impl Correction {
    /// Compares two versions. `None`: they are not versions of one resource.
    #[must_use]
    pub fn between(older: &Observation, newer: &Observation) -> Option<Self> {
        if older.id.is_some() && newer.id.is_some() && older.id != newer.id {
            return None;
        }
        let mut changes = Vec::new();
        let words = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
        note(&mut changes, None, ChangedField::Status, words(older.status.code()), words(newer.status.code()));
        let marker_only = older.status.is_entered_in_error() || newer.status.is_entered_in_error();
        if !marker_only {
            let time = |one: &Observation| one.effective.iter().map(|time| time.text.clone()).collect();
            let specimen = |one: &Observation| one.specimen.iter().filter_map(|party| party.name.clone()).collect();
            note(&mut changes, None, ChangedField::Time, time(older), time(newer));
            note(&mut changes, None, ChangedField::Specimen, specimen(older), specimen(newer));
            note(&mut changes, None, ChangedField::Note, older.notes.clone(), newer.notes.clone());
            compare(&mut changes, None, &older.measured, &newer.measured);
            compare_parts(&mut changes, &older.components, &newer.components);
        }
        let reasons = if marker_only { Vec::new() } else { reasons(older, newer) };
        Some(Self { kind: kind(older, newer, &changes), reasons, changes })
    }

    /// Compares two versions as they were received.
    ///
    /// # Errors
    /// One of them is not an Observation.
    pub fn between_raw(older: &str, newer: &str) -> Result<Option<Self>, RecordError> {
        Ok(Self::between(&Observation::read(older)?, &Observation::read(newer)?))
    }

    /// The value of the result itself before it changed, with its unit, for "was X".
    #[must_use]
    pub fn was(&self) -> Option<&str> {
        let change = self.changes.iter().find(|change| change.part.is_none() && change.field == ChangedField::Value);
        change.and_then(|change| change.was.first()).map(String::as_str)
    }
}

fn kind(older: &Observation, newer: &Observation, changes: &[Change]) -> CorrectionKind {
    use ObservationStatus::{Amended, Cancelled, Corrected, EnteredInError, Final, Preliminary, Registered};
    match (older.status, newer.status) {
        _ if changes.is_empty() => CorrectionKind::Same,
        (_, EnteredInError) => CorrectionKind::EnteredInError,
        (_, Cancelled) => CorrectionKind::Cancelled,
        (_, Corrected) => CorrectionKind::Corrected,
        (_, Amended) => CorrectionKind::Amended,
        (Registered | Preliminary, Final) => CorrectionKind::Completed,
        _ => CorrectionKind::Changed,
    }
}

/// Why the newer version is what it is: the reason for its status, why there is no value, and notes that are new.
fn reasons(older: &Observation, newer: &Observation) -> Vec<String> {
    let stated = newer.status_reason.as_ref().and_then(CodeableConcept::shown).map(str::to_owned);
    let absent = newer.measured.absent.as_ref().and_then(|absent| absent.recorded.clone());
    let absent = absent.filter(|_| newer.status == ObservationStatus::Cancelled);
    let notes = newer.notes.iter().filter(|note| !older.notes.contains(note)).cloned();
    stated.into_iter().chain(absent).chain(notes).collect()
}

/// Components belong together by what they measure; those without a name by their place.
fn compare_parts(changes: &mut Vec<Change>, older: &[Measured], newer: &[Measured]) {
    let mut left: Vec<Option<&Measured>> = older.iter().map(Some).collect();
    for (at, part) in newer.iter().enumerate() {
        let fits = |(place, old): (usize, &Option<&Measured>)| {
            old.is_some_and(|old| match (name_key(old), name_key(part)) {
                (None, None) => place == at,
                (old, new) => old == new,
            })
        };
        let place = left.iter().enumerate().position(fits);
        let before = place.and_then(|place| left.get_mut(place)).and_then(Option::take);
        compare(changes, Some(at), before.unwrap_or(&Measured::default()), part);
    }
    for (at, gone) in left.iter().enumerate().filter_map(|(at, gone)| Some((at, (*gone)?))) {
        let before = changes.len();
        compare(changes, Some(at), gone, &Measured::default());
        changes.iter_mut().skip(before).for_each(|change| change.part_is_gone = true);
    }
}

fn name_key(measured: &Measured) -> Option<String> {
    Analyte::of(measured.code.as_ref()?, None, "").map(|analyte| analyte.key())
}

fn compare(changes: &mut Vec<Change>, part: Option<usize>, older: &Measured, newer: &Measured) {
    let name = |line: &Measured| line.code.iter().filter_map(CodeableConcept::shown).map(str::to_owned).collect();
    let absent = |line: &Measured| line.absent.iter().filter_map(|absent| absent.recorded.clone()).collect();
    let ranges =
        |line: &Measured| line.reference_ranges.iter().filter_map(ShownRange::of).map(|range| range.text).collect();
    let flags = |line: &Measured| line.interpretation.iter().filter_map(Flag::of).map(|flag| flag.recorded).collect();
    note(changes, part, ChangedField::Name, name(older), name(newer));
    if !same_number(older.value.as_ref(), newer.value.as_ref()) {
        note(changes, part, ChangedField::Value, value_words(older), value_words(newer));
    }
    if older.value.is_some() && newer.value.is_some() {
        note(changes, part, ChangedField::Unit, unit_words(older), unit_words(newer));
    }
    note(changes, part, ChangedField::Absent, absent(older), absent(newer));
    note(changes, part, ChangedField::Range, ranges(older), ranges(newer));
    note(changes, part, ChangedField::Flag, flags(older), flags(newer));
}

/// `1.6` and `1.60` in one unit are no change.
fn same_number(older: Option<&Value>, newer: Option<&Value>) -> bool {
    match (older, newer) {
        (Some(Value::Quantity(a)), Some(Value::Quantity(b))) => {
            let same_unit = a.shown_unit() == b.shown_unit();
            same_unit && a.amount().is_some() && a.amount() == b.amount()
        }
        (a, b) => a == b,
    }
}

fn value_words(line: &Measured) -> Vec<String> {
    match &line.value {
        Some(Value::Quantity(quantity)) => vec![quantity.shown()],
        Some(value) => value.shown().map(|shown| shown.text).into_iter().collect(),
        None => Vec::new(),
    }
}

fn unit_words(line: &Measured) -> Vec<String> {
    match &line.value {
        Some(Value::Quantity(quantity)) => Quantity::shown_unit(quantity).map(str::to_owned).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn note(changes: &mut Vec<Change>, part: Option<usize>, field: ChangedField, was: Vec<String>, is: Vec<String>) {
    if was != is {
        changes.push(Change { part, part_is_gone: false, field, was, is });
    }
}
