//! A note's line in the list, from a DocumentReference or a DiagnosticReport (D2, D4).

use plainchart_record::code::CodeableConcept;
use plainchart_record::contained::Party;
use plainchart_record::diagnostic_report::ReportStatus;
use plainchart_record::note_type::NoteType;
use plainchart_record::status::DocumentStatus;
use plainchart_record::{DiagnosticReport, DocumentReference, FhirTime};

use super::items::Shelf;
use super::note_facts::{NoteFacts, is_recording, own_number};
use crate::ingest::Ties;
use crate::views::{NoteSummary, RoleView, StateView, Time};
use crate::words::{find, say};

/// A note's line, and what ties it to others.
pub struct NoteLine {
    /// The line.
    pub view: NoteSummary,
    /// What tells which others it belongs to.
    pub facts: NoteFacts,
}

/// The line of a DocumentReference.
pub(super) fn document_line(
    shelf: &Shelf<'_>,
    document: &DocumentReference,
    raw: &str,
    ties: Option<&Ties>,
    id: String,
) -> NoteLine {
    let urls = document.content.iter().filter_map(|content| content.attachment.url.as_deref());
    let mut facts = NoteFacts::of(ties, own_number(raw, document), &document.identifiers, urls, shelf.base);
    facts.relate(&document.relates_to, shelf.base);
    let (status, note_status) = (document.status, document.note_status);
    facts.is_void = status.is_entered_in_error() || note_status.is_entered_in_error();
    facts.is_current = status != DocumentStatus::Superseded;
    facts.is_recording = is_recording(document);
    let view = blank(shelf, id, "DocumentReference", document.when());
    let codes = [status.code(), note_status.code()];
    let view = with_states(view, codes);
    let view = NoteSummary { entry_status: given(status.code()), document_status: given(note_status.code()), ..view };
    if facts.is_void {
        return NoteLine { view: marker(view), facts };
    }
    let own = document.kind.as_ref().and_then(CodeableConcept::shown).or(document.description.as_deref());
    let view = titled(view, document.note_type(), own.or_else(|| document.title()));
    let roles = [
        ("author", document.authors.as_slice()),
        ("signer", document.authenticator.as_slice()),
        ("keeper", document.custodian.as_slice()),
    ];
    let keeper = document.custodian.as_ref().and_then(|party| shelf.directory.name(party));
    let view = NoteSummary {
        categories: shown(&document.categories),
        authors: names(shelf, &document.authors),
        people: people(shelf, &roles),
        source: keeper.unwrap_or(view.source),
        ..view
    };
    NoteLine { view, facts }
}

/// Whether a report has its place among the notes: something to read, or the marker of what may have been one. A report
/// without text is only the frame of a panel.
pub(super) fn is_among_notes(report: &DiagnosticReport) -> bool {
    report.is_note() || !report.media.is_empty() || is_void(report) && report.results.is_empty()
}

fn is_void(report: &DiagnosticReport) -> bool {
    report.status == ReportStatus::EnteredInError
}

/// The line of a DiagnosticReport.
pub(super) fn report_line(shelf: &Shelf<'_>, report: &DiagnosticReport, ties: Option<&Ties>, id: String) -> NoteLine {
    let urls = report.presented_form.iter().filter_map(|form| form.attachment.url.as_deref());
    let mut facts = NoteFacts::of(ties, None, &report.identifiers, urls, shelf.base);
    facts.is_void = is_void(report);
    let view = blank(shelf, id, "DiagnosticReport", report.when());
    let view = with_states(view, [report.status.code(), ""]);
    let view = NoteSummary { entry_status: given(report.status.code()), ..view };
    if facts.is_void {
        return NoteLine { view: marker(view), facts };
    }
    let view = titled(view, report.note_type(), report.title());
    let writers = if report.interpreters.is_empty() { &report.performers } else { &report.interpreters };
    let roles = [("reader", report.interpreters.as_slice()), ("performer", report.performers.as_slice())];
    let view = NoteSummary {
        categories: shown(&report.categories),
        authors: names(shelf, writers),
        people: people(shelf, &roles),
        ..view
    };
    NoteLine { view, facts }
}

fn blank(shelf: &Shelf<'_>, id: String, resource_type: &str, when: Option<&FhirTime>) -> NoteSummary {
    NoteSummary {
        id,
        resource_type: resource_type.to_owned(),
        type_code: None,
        meaning: None,
        categories: Vec::new(),
        title: String::new(),
        source_title: None,
        date: when.map(Time::of),
        authors: Vec::new(),
        people: Vec::new(),
        source: shelf.source.name.clone(),
        as_of: shelf.source.as_of_ms,
        status: None,
        entry_status: None,
        document_status: None,
        states: Vec::new(),
        entered_in_error: false,
        withdrawn: false,
        sensitive: false,
        new: false,
        also_listed_as: Vec::new(),
        versions: Vec::new(),
        order: when.map_or(i64::MIN, FhirTime::order_key),
    }
}

/// What was recorded by mistake is a marker: no title, no people, no content (D4).
fn marker(view: NoteSummary) -> NoteSummary {
    let title = say(&format!("note.marker.{}", kind_of(&view.resource_type)), &[]);
    NoteSummary { title, entered_in_error: true, ..view }
}

fn kind_of(resource_type: &str) -> &'static str {
    if resource_type == "DiagnosticReport" { "report" } else { "document" }
}

fn titled(view: NoteSummary, kind: Option<&NoteType>, own: Option<&str>) -> NoteSummary {
    let plain = kind.map(|kind| say(&format!("note.type.{}", kind.loinc), &[]));
    let untitled = || say(&format!("note.untitled.{}", kind_of(&view.resource_type)), &[]);
    let title = plain.or_else(|| own.map(str::to_owned)).unwrap_or_else(untitled);
    NoteSummary {
        source_title: own.filter(|own| *own != title).map(str::to_owned),
        title,
        type_code: kind.map(|kind| kind.loinc.to_owned()),
        meaning: kind.and_then(|kind| find(&format!("note.type.{}.meaning", kind.loinc))),
        ..view
    }
}

/// The statuses that there is something to say about, in plain words, each once.
fn with_states(view: NoteSummary, codes: [&str; 2]) -> NoteSummary {
    let mut states: Vec<StateView> = Vec::new();
    for code in codes {
        let text = find(&format!("note.state.{}.{code}", kind_of(&view.resource_type)));
        if let Some(text) = text.filter(|_| !states.iter().any(|state| state.code == code)) {
            states.push(StateView { code: code.to_owned(), text });
        }
    }
    let status = states.first().map(|state| state.code.clone());
    NoteSummary { states, status, ..view }
}

/// The source no longer has it: that is said with its states.
pub(super) fn withdrawn(mut view: NoteSummary) -> NoteSummary {
    view.withdrawn = true;
    view.states.push(StateView {
        code: "withdrawn".to_owned(),
        text: say("note.state.withdrawn", &[("source", &view.source)]),
    });
    view
}

fn given(code: &str) -> Option<String> {
    (!code.is_empty()).then(|| code.to_owned())
}

fn shown(concepts: &[CodeableConcept]) -> Vec<String> {
    concepts.iter().filter_map(CodeableConcept::shown).map(str::to_owned).collect()
}

fn names(shelf: &Shelf<'_>, parties: &[Party]) -> Vec<String> {
    parties.iter().filter_map(|party| shelf.directory.name(party)).collect()
}

fn people(shelf: &Shelf<'_>, roles: &[(&str, &[Party])]) -> Vec<RoleView> {
    let of = |(role, parties): &(&str, &[Party])| {
        let label = say(&format!("note.person.{role}"), &[]);
        let parties = parties.iter().filter_map(|party| shelf.directory.party(party)).collect::<Vec<_>>();
        parties.into_iter().map(move |party| RoleView { label: label.clone(), party, described: None })
    };
    roles.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use plainchart_record::status::NoteStatus;

    use super::*;

    /// Proves D4, T3: every status but "current" and "final" has plain words.
    #[test]
    fn every_status_has_words() {
        let documents = [DocumentStatus::Superseded.code(), DocumentStatus::EnteredInError.code()];
        let notes = [NoteStatus::Preliminary.code(), NoteStatus::Amended.code(), NoteStatus::EnteredInError.code()];
        for code in documents.into_iter().chain(notes) {
            assert!(find(&format!("note.state.document.{code}")).is_some(), "{code}");
        }
        use ReportStatus as R;
        for status in [
            R::Registered,
            R::Partial,
            R::Preliminary,
            R::Amended,
            R::Corrected,
            R::Appended,
            R::Cancelled,
            R::EnteredInError,
            R::Unknown,
        ] {
            assert!(find(&format!("note.state.report.{}", status.code())).is_some(), "{}", status.code());
        }
        for kind in &plainchart_record::note_type::NOTE_TYPES {
            assert!(find(&format!("note.type.{}", kind.loinc)).is_some(), "{}", kind.loinc);
            assert!(find(&format!("note.type.{}.meaning", kind.loinc)).is_some(), "{}", kind.loinc);
        }
    }
}
