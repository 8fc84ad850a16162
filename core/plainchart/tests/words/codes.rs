//! Every fact that has a code has its line: driven from the lists of the crates that name the facts.

use plainchart::EntryKind;
use plainchart_access::SensitivityClass;
use plainchart_document::{Remark, SectionKind};
use plainchart_record::dosage::NotPlain;
use plainchart_record::interpretation::FLAG_WORDS;
use plainchart_record::medicine_state::{MedicineState, StateReason};
use plainchart_record::note_type::NOTE_TYPES;
use plainchart_record::referral_answer::AnswerKind;
use plainchart_record::service_request::Priority;
use plainchart_record::status::{AbsentReason, DocumentStatus, NoteStatus, ObservationStatus};
use plainchart_record::{ReferralKind, ReferralState};

/// Ids made of a prefix and each code.
fn ids<'c>(prefix: &'c str, codes: impl IntoIterator<Item = &'static str> + 'c) -> impl Iterator<Item = String> + 'c {
    codes.into_iter().filter(|code| !code.is_empty()).map(move |code| format!("{prefix}.{code}"))
}

/// A code of nothing to say: the record is as one would think.
fn has_words(code: &&str) -> bool {
    !matches!(*code, "current" | "final")
}

fn needed() -> Vec<String> {
    let mut all = plainchart_record::entry::word_ids();
    all.extend(ids("section", SectionKind::NAMED.iter().map(|kind| kind.code())));
    all.extend(ids("absent-reason", AbsentReason::codes()));
    all.extend(ids("result.flag", FLAG_WORDS.iter().map(|flag| flag.id)));
    all.extend(ids("result-list.status", ObservationStatus::ALL.iter().map(|status| status.code()).filter(has_words)));
    all.extend(ids("result-list.status-name", ObservationStatus::ALL.iter().map(|status| status.code())));
    let documents = DocumentStatus::ALL.iter().map(|status| status.code());
    let notes = NoteStatus::ALL.iter().map(|status| status.code());
    all.extend(ids("note.state.document", documents.chain(notes).filter(has_words)));
    all.extend(ids("note.type", NOTE_TYPES.iter().map(|note| note.loinc)));
    all.extend(NOTE_TYPES.iter().map(|note| format!("note.type.{}.meaning", note.loinc)));
    all.extend(ids("medicine.state", MedicineState::ALL.iter().map(|state| state.code())));
    all.extend(ids("medicine.reason", StateReason::ALL.iter().map(|reason| reason.code())));
    all.extend(ids("dosage.not-plain", NotPlain::ALL.into_iter().map(NotPlain::code)));
    all.extend(ids("referral.state", ReferralState::ALL.iter().map(|state| state.code())));
    all.extend(ids("referral.kind", ReferralKind::ALL.iter().map(|kind| kind.code())));
    all.extend(ids("referral.answer", AnswerKind::ALL.iter().map(|kind| kind.code())));
    all.extend(ids("referral.priority", Priority::ALL.iter().map(|priority| priority.code())));
    all.extend(ids("sensitivity.class", SensitivityClass::ALL.map(SensitivityClass::code)));
    for prefix in ["record.unnamed", "record.marker", "list.what"] {
        all.extend(ids(prefix, EntryKind::ALL.map(EntryKind::code)));
    }
    all
}

/// Proves T3: no code that a record, a note or a list can have is without words.
#[test]
fn every_code_has_its_line() {
    let missing: Vec<String> = needed().into_iter().filter(|id| plainchart::words::find(id).is_none()).collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Proves T3, N1: each thing that can be said about how a note was read has its words, with their numbers in place.
#[test]
fn every_remark_has_its_words() {
    let pages = |count| plainchart::words::remark(Remark::PagesNotReadable { count, of: 12 });
    assert!(pages(1).starts_with("1 of 12 pages is") && pages(2).starts_with("2 of 12 pages are"));
    for remark in Remark::ALL {
        let told = plainchart::words::remark(*remark);
        assert!(told.ends_with('.') && !told.contains('{'), "{told}");
    }
}

/// Proves N2: every kind of section has a plain name of its own, short, without a sex, a verdict or a hard word; a
/// heading that is not known has none.
#[test]
fn plain_headings_are_plain() {
    let mut names: Vec<String> =
        SectionKind::NAMED.iter().map(|kind| plainchart::words::plain_heading(*kind).unwrap()).collect();
    for name in &names {
        assert!(name.split_whitespace().count() <= 9, "{name}");
        let folded = format!(" {} ", name.to_lowercase().replace([',', '-'], " "));
        for hard in ["he", "she", "his", "her", "diagnosis", "symptoms", "normal", "bad", "disease", "you"] {
            assert!(!folded.contains(&format!(" {hard} ")), "{name}");
        }
        assert!(name.split_whitespace().all(|word| word.len() <= 11), "{name}");
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    assert_eq!(plainchart::words::plain_heading(SectionKind::Other), None);
}
