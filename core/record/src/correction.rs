//! What changed between two versions of one result, for "corrected: was 1.4" (R1).

use crate::analyte::Analyte;
use crate::code::CodeableConcept;
use crate::error::RecordError;
use crate::interpretation::Flag;
use crate::observation::{Measured, Observation, ReferenceRange};
use crate::quantity::{Quantity, Range};
use crate::redact::hidden_debug;
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

/// What a version states about one point.
#[derive(Clone, PartialEq, Eq)]
pub enum Stated {
    /// In the source's words, with its digits and unit; the code of a status.
    Text(String),
    /// A value that needs words of the reader's language: a range, a period, a yes or no.
    Value(Box<Value>),
}

hidden_debug!(Stated);

impl Stated {
    fn value(value: Value) -> Self {
        Self::Value(Box::new(value))
    }
}

/// One change, as the two versions state it.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    /// Place of the component in the newer version, or in the older one if it is gone; none for the result itself.
    pub part: Option<usize>,
    /// The component is in one of the two versions only.
    pub part_is_gone: bool,
    /// What changed.
    pub field: ChangedField,
    /// In the older version; empty: was not there.
    pub was: Vec<Stated>,
    /// In the newer version; empty: is gone.
    pub is: Vec<Stated>,
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
        let status = |one: &Observation| texts(Some(one.status.code()).filter(|code| !code.is_empty()));
        note(&mut changes, None, ChangedField::Status, status(older), status(newer));
        let marker_only = older.status.is_entered_in_error() || newer.status.is_entered_in_error();
        if !marker_only {
            let time = |one: &Observation| texts(one.effective.iter().map(|time| &time.text));
            let specimen = |one: &Observation| texts(one.specimen.iter().filter_map(|party| party.name.as_ref()));
            note(&mut changes, None, ChangedField::Time, time(older), time(newer));
            note(&mut changes, None, ChangedField::Specimen, specimen(older), specimen(newer));
            note(&mut changes, None, ChangedField::Note, texts(&older.notes), texts(&newer.notes));
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
    pub fn was(&self) -> Option<&Stated> {
        let change = self.changes.iter().find(|change| change.part.is_none() && change.field == ChangedField::Value);
        change.and_then(|change| change.was.first())
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
    let name = |line: &Measured| texts(line.code.iter().filter_map(CodeableConcept::shown));
    let absent = |line: &Measured| texts(line.absent.iter().filter_map(|absent| absent.recorded.as_ref()));
    let ranges = |line: &Measured| line.reference_ranges.iter().filter_map(range_stated).collect();
    let flags = |line: &Measured| texts(line.interpretation.iter().filter_map(Flag::of).map(|flag| flag.recorded));
    note(changes, part, ChangedField::Name, name(older), name(newer));
    if !same_number(older.value.as_ref(), newer.value.as_ref()) {
        note(changes, part, ChangedField::Value, value_stated(older), value_stated(newer));
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

fn value_stated(line: &Measured) -> Vec<Stated> {
    let value = line.value.as_ref().filter(|value| value.is_told());
    let stated = value.map(|value| match value {
        Value::Quantity(quantity) => Stated::Text(quantity.shown()),
        Value::Range(range) => Stated::value(Value::Range(as_shown(range))),
        other => other.shown().map_or_else(|| Stated::value(other.clone()), |shown| Stated::Text(shown.text)),
    });
    stated.into_iter().collect()
}

fn range_stated(range: &ReferenceRange) -> Option<Stated> {
    let bounds = || range.bounds.as_ref().map(|bounds| Stated::value(Value::Range(as_shown(bounds))));
    range.text.clone().map(Stated::Text).or_else(bounds)
}

/// A range with nothing but what is shown of it: another code behind the same words is no change.
fn as_shown(range: &Range) -> Range {
    let bound = |amount: &Quantity| Quantity {
        value: amount.shown_value(),
        comparator: None,
        unit: amount.shown_unit().map(str::to_owned),
        system: None,
        code: None,
    };
    Range { low: range.low.as_ref().map(bound), high: range.high.as_ref().map(bound) }
}

fn unit_words(line: &Measured) -> Vec<Stated> {
    match &line.value {
        Some(Value::Quantity(quantity)) => texts(Quantity::shown_unit(quantity)),
        _ => Vec::new(),
    }
}

fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Vec<Stated> {
    texts.into_iter().map(|text| Stated::Text(text.into())).collect()
}

fn note(changes: &mut Vec<Change>, part: Option<usize>, field: ChangedField, was: Vec<Stated>, is: Vec<Stated>) {
    if was != is {
        changes.push(Change { part, part_is_gone: false, field, was, is });
    }
}
