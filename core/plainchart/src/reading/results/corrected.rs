//! What a result was before it was changed (R1): "corrected: it was 1.4".

use plainchart_record::Observation;
use plainchart_record::correction::{Change, ChangedField, Correction, CorrectionKind, Stated};

use crate::views::{CorrectedView, WasView};
use crate::words::{find, say};

/// Two versions of one result compared. They may have two ids: a lab may send a corrected result under a new one.
fn compare(older: &Observation, newer: &Observation) -> Option<Correction> {
    if older.id == newer.id {
        return Correction::between(older, newer);
    }
    Correction::between(&Observation { id: None, ..older.clone() }, newer)
}

/// What changed from one version to the next, all of it. A version that was a mistake tells its status only (D4).
pub(super) fn changes(older: &Observation, newer: &Observation) -> Vec<WasView> {
    let changes = compare(older, newer).map(|correction| correction.changes).unwrap_or_default();
    changes.iter().map(|change| was(change, older, newer)).collect()
}

/// What a list says of the version before. None if nothing that it shows was otherwise.
pub(super) fn corrected(older: &Observation, newer: &Observation, source: &str) -> Option<CorrectedView> {
    let correction = compare(older, newer)?;
    let is_told = |change: &&Change| !matches!(change.field, ChangedField::Status | ChangedField::Note);
    let was: Vec<WasView> = correction.changes.iter().filter(is_told).map(|change| was(change, older, newer)).collect();
    if was.is_empty() {
        return None;
    }
    let mut sentence = say(&format!("result.correction.{}", correction.kind.code()), &[]);
    if let Some(before) = value_before(&correction, older) {
        sentence.push(' ');
        sentence.push_str(&before);
    }
    // Why a test was called off is told with its status.
    let reasons = if correction.kind == CorrectionKind::Cancelled { &[] } else { correction.reasons.as_slice() };
    let reason = |words: &String| say("result.correction.reason", &[("source", source), ("words", words)]);
    Some(CorrectedView {
        kind: correction.kind.code().to_owned(),
        sentence,
        was,
        reasons: reasons.iter().map(reason).collect(),
    })
}

/// The value before, as a sentence; the units where they alone changed are in it.
fn value_before(correction: &Correction, older: &Observation) -> Option<String> {
    let of_itself =
        |change: &&Change| change.part.is_none() && matches!(change.field, ChangedField::Value | ChangedField::Unit);
    let change = correction.changes.iter().find(of_itself)?;
    let before = match change.field {
        ChangedField::Unit => super::value::whole_value(older),
        _ => change.was.first().map(stated),
    };
    Some(match before {
        Some(was) => say("result.correction.was", &[("was", &was)]),
        None => say("result.correction.was-nothing", &[]),
    })
}

fn was(change: &Change, older: &Observation, newer: &Observation) -> WasView {
    let field = say(&format!("result.changed-field.{}", change.field.code()), &[]);
    let version = if change.part_is_gone { older } else { newer };
    let part = change.part.and_then(|part| version.components.get(part)?.code.as_ref()?.shown().map(str::to_owned));
    let what = match part {
        Some(part) => say("result-list.part-field", &[("part", &part), ("field", &field)]),
        None => field,
    };
    let (was, is) = (words(change.field, &change.was), words(change.field, &change.is));
    let id = match (was.is_empty(), is.is_empty()) {
        (true, _) => "result.changed-field.added",
        (_, true) => "result.changed-field.gone",
        _ => "result.changed-field.line",
    };
    let sentence = say(id, &[("field", &what), ("was", &was), ("is", &is)]);
    let value = if was.is_empty() { say("result-list.not-given-before", &[]) } else { was };
    WasView { what, value, sentence }
}

fn words(field: ChangedField, all: &[Stated]) -> String {
    let word = |one: &Stated| match (field, one) {
        (ChangedField::Status, Stated::Text(code)) => status_name(code),
        _ => stated(one),
    };
    all.iter().map(word).collect::<Vec<_>>().join("; ")
}

/// What a version states, in the words of the source and of the catalogue.
fn stated(stated: &Stated) -> String {
    match stated {
        Stated::Text(text) => text.clone(),
        Stated::Value(value) => super::value::value_with_unit(value).unwrap_or_default(),
    }
}

/// A status in a word or two.
pub(super) fn status_name(code: &str) -> String {
    find(&format!("result-list.status-name.{code}")).unwrap_or_else(|| say("result-list.status-name.not-given", &[]))
}
