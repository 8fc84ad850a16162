//! Notes of made-up people: one note told twice, versions, markers, files, speech.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plainchart_access::PersonId;
use plainchart_vault::MemoryKeystore;
use serde_json::{Value, json};

use super::Window;
use super::note_groups::NoteGroups;
use crate::cancel::CancelToken;
use crate::clock::FrozenClock;
use crate::error::PlainchartError;
use crate::session::{Configuration, Session};
use crate::sync::{ProgressListener, Quiet};
use crate::views::{NoteSummary, NoteView};

struct Phone {
    session: Session,
    _folder: tempfile::TempDir,
}

impl Phone {
    /// A phone with these resources of one patient.
    fn with(resources: &[Value]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let configuration = Configuration { folder: folder.path().join("store"), ..Configuration::default() };
        let clock = Arc::new(FrozenClock::at(1_795_000_000_000));
        let session = Session::open(&configuration, Arc::new(MemoryKeystore::new()), clock).unwrap();
        let patient = json!({"resourceType": "Patient", "id": "7", "name": [{"text": "Ann Oakhill"}]});
        let lines: Vec<String> = [patient].iter().chain(resources).map(Value::to_string).collect();
        let file = folder.path().join("record.ndjson");
        std::fs::write(&file, lines.join("\n")).unwrap();
        let quiet: Arc<dyn ProgressListener> = Arc::new(Quiet);
        let report = session.import(&file, None, &quiet, &CancelToken::new()).unwrap();
        assert_eq!(report.in_chart as usize, lines.len(), "{report:?}");
        Self { session, _folder: folder }
    }

    fn person(&self) -> PersonId {
        PersonId::try_from(self.session.people().unwrap().remove(0).id).unwrap()
    }

    /// The list; the same from the front page and from the chart.
    fn notes(&self) -> Vec<NoteSummary> {
        let listing = self.session.notes(&self.person(), Window::ALL).unwrap();
        assert_eq!(listing.total, listing.items.len() as u64);
        let first = self.session.notes(&self.person(), Window::default()).unwrap();
        assert_eq!(serde_json::to_value(&first).unwrap(), serde_json::to_value(&listing).unwrap());
        listing.items
    }

    fn titles(&self) -> Vec<String> {
        let mut titles: Vec<String> = self.notes().into_iter().map(|note| note.title).collect();
        titles.sort();
        titles
    }

    fn read(&self, note: &str) -> NoteView {
        self.session.read_note(&self.person(), note).unwrap()
    }

    fn note(&self, title: &str) -> NoteSummary {
        self.notes().into_iter().find(|note| note.title == title).unwrap()
    }
}

fn of_type(resource_type: &str, id: &str, rest: Value) -> Value {
    let mut resource = json!({"resourceType": resource_type, "id": id, "subject": {"reference": "Patient/7"}});
    resource.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    resource
}

fn inline(media_type: &str, bytes: &[u8]) -> Value {
    json!({"contentType": media_type, "data": STANDARD.encode(bytes)})
}

/// A note with this title, these files and more members.
fn note(id: &str, files: &[Value], rest: Value) -> Value {
    let content: Vec<Value> = files.iter().map(|file| json!({"attachment": file})).collect();
    let own = json!({"status": "current", "description": id, "date": "2026-05-01", "content": content});
    let mut resource = of_type("DocumentReference", id, own);
    resource.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    resource
}

fn words(text: &str) -> Value {
    inline("text/plain", text.as_bytes())
}

fn relates(code: &str, id: &str) -> Value {
    json!({"relatesTo": [{"code": code, "target": {"reference": format!("DocumentReference/{id}")}}]})
}

fn text_of(view: &NoteView) -> String {
    view.sections.iter().map(|section| section.text.clone()).collect::<Vec<_>>().join("\n")
}

/// Proves D2: notes come from documents and from reports with something to read; the frame of a panel is none.
#[test]
fn reports_with_something_to_read_are_notes() {
    let report = |id: &str, rest| of_type("DiagnosticReport", id, rest);
    let phone = Phone::with(&[
        note("a", &[words("a note")], json!({})),
        report(
            "form",
            json!({"status": "final", "code": {"text": "Scan"}, "presentedForm": [words("all clear words")]}),
        ),
        report("said", json!({"status": "corrected", "code": {"text": "Smear"}, "conclusion": "One small thing."})),
        report(
            "frame",
            json!({"status": "final", "code": {"text": "Panel"}, "result": [{"reference": "Observation/x"}]}),
        ),
    ]);
    assert_eq!(phone.titles(), ["Scan", "Smear", "a"]);
    assert!(text_of(&phone.read(&phone.note("Scan").id)).contains("all clear words"));
    let said = phone.read(&phone.note("Smear").id);
    assert!(text_of(&said).contains("One small thing."));
    assert_eq!(said.summary.status.as_deref(), Some("corrected"));
    assert_eq!(said.summary.states[0].text, said.remarks[0], "the state is said when open too");
}

/// Proves D2: a document told twice, by address, bytes or number, is one note with one set of files; the same bytes at two
/// visits are two notes.
#[test]
fn one_note_told_twice() {
    let at = |url: &str| json!({"contentType": "text/plain", "url": url});
    let report = |id: &str, rest| of_type("DiagnosticReport", id, rest);
    let visit = |id: &str| json!({"context": {"encounter": [{"reference": format!("Encounter/{id}")}]}});
    let number = json!({"identifier": [{"system": "urn:s", "value": "9"}]});
    let own = |kind: &str, date: &str| {
        json!({"masterIdentifier": {"system": "urn:s", "value": "1"}, "date": date,
            "type": {"coding": [{"code": kind}], "text": format!("{kind} {date}")}})
    };
    let mut numbered = report("r3", json!({"code": {"text": "third"}, "conclusion": "By number."}));
    numbered.as_object_mut().unwrap().extend(number.as_object().unwrap().clone());
    let phone = Phone::with(&[
        note("by-url", &[at("Binary/1")], json!({})),
        report("r1", json!({"code": {"text": "first"}, "presentedForm": [at("Binary/1")]})),
        note("by-bytes", &[words("the same words")], json!({})),
        report("r2", json!({"code": {"text": "second"}, "presentedForm": [words("the same words"), words("more")]})),
        note("by-number", &[words("numbered")], number),
        numbered,
        note("own-1", &[words("page one")], own("A", "2026-05-01")),
        note("own-2", &[words("page two")], own("A", "2026-05-01")),
        note("own-3", &[words("page three")], own("B", "2026-05-01")),
        note("own-4", &[words("page four")], own("A", "2026-05-02")),
        note("visit-1", &[words("did not come")], visit("1")),
        note("visit-2", &[words("did not come")], visit("2")),
    ]);
    assert_eq!(
        phone.titles(),
        ["A 2026-05-01", "A 2026-05-02", "B 2026-05-01", "by-bytes", "by-number", "by-url", "visit-1", "visit-2"]
    );
    let view = phone.read(&phone.note("by-bytes").id);
    assert_eq!(view.renditions.len(), 2, "the common file once");
    assert_eq!(view.summary.also_listed_as[0].title, "second");
    let other = phone.read(&view.summary.also_listed_as[0].id);
    assert_eq!(other.summary.id, view.summary.id, "each id opens the one note");
    assert!(text_of(&phone.read(&phone.note("by-number").id)).contains("By number."));
    assert_eq!(phone.read(&phone.note("by-url").id).renditions[0].state, "not-downloaded");
}

/// Proves N4: an entry that the reader may not see is no mention of the note that they may.
#[test]
fn a_twin_that_is_closed_is_not_told() {
    let report = json!({"code": {"text": "hidden"}, "presentedForm": [words("same")]});
    let phone = Phone::with(&[note("open", &[words("same")], json!({})), of_type("DiagnosticReport", "r", report)]);
    let chart = phone.session.charts_of(&phone.person()).unwrap()[0].facts.chart.clone();
    let items = phone.session.items_of(&chart).unwrap();
    let groups = NoteGroups::of(&items, |note| note.place.key != "DiagnosticReport/r");
    let all: Vec<NoteSummary> = groups.standing().filter_map(|group| groups.summary(group)).collect();
    assert_eq!(all.len(), 1);
    assert!(!serde_json::to_string(&all).unwrap().contains("hidden"));
}

/// Proves D2, D4: the newest version stands in the list with the older ones behind it; an addition stands at the end of its
/// note; circles end.
#[test]
fn versions_and_additions() {
    let phone = Phone::with(&[
        note("one", &[words("first words")], json!({"status": "superseded"})),
        note("two", &[words("second words")], relates("replaces", "one")),
        note("three", &[words("third words")], relates("replaces", "two")),
        note("added", &[words("one more thing")], relates("appends", "three")),
        note("film", &[inline("audio/wav", b"RIFF\x24\0\0\0WAVEfmt ")], json!({})),
        note("script", &[words("spoken words")], relates("transforms", "film")),
        note("round", &[words("x")], relates("replaces", "about")),
        note("about", &[words("y")], relates("replaces", "round")),
        note("self", &[words("z")], relates("replaces", "self")),
        note("alone", &[words("w")], relates("replaces", "gone")),
    ]);
    assert_eq!(phone.titles(), ["about", "alone", "film", "script", "self", "three"]);
    let three = phone.read(&phone.note("three").id);
    let told = |relation: &str| three.summary.versions.iter().filter(|version| version.relation == relation).count();
    assert_eq!((told("replaces"), told("appended-by"), three.summary.versions.len()), (2, 1, 3));
    assert!(text_of(&three).contains("third words") && text_of(&three).contains("one more thing"));
    assert!(three.sections.last().unwrap().addition.is_some() && three.sections[0].addition.is_none());
    let one = three.summary.versions.iter().find(|version| version.title == "one").unwrap();
    assert_eq!(one.status.as_deref(), Some("superseded"));
    let one = phone.read(&one.id);
    assert!(text_of(&one).contains("first words"));
    assert!(one.summary.versions.iter().all(|version| version.relation == "replaced-by"));
    assert_eq!(one.summary.versions.len(), 2);
}

/// Proves D4: what was entered in error is a marker without title, people and content, also reduced to id and status.
#[test]
fn a_mistake_is_a_marker() {
    let author = json!({"author": [{"display": "Dr. Quill"}], "status": "entered-in-error"});
    let reduced = json!({"resourceType": "DocumentReference", "id": "b", "status": "entered-in-error",
        "subject": {"reference": "Patient/7"}});
    let phone = Phone::with(&[
        note("secret", &[words("secret words")], author),
        reduced,
        of_type("DiagnosticReport", "r", json!({"status": "entered-in-error", "conclusion": "secret"})),
    ]);
    let notes = phone.notes();
    assert_eq!(notes.len(), 3);
    for note in notes {
        assert!(note.entered_in_error && !note.new);
        assert_eq!(note.status.as_deref(), Some("entered-in-error"));
        let view = phone.read(&note.id);
        assert!(view.sections.is_empty() && view.renditions.is_empty());
        let told = serde_json::to_string(&view).unwrap();
        assert!(!told.contains("secret") && !told.contains("Quill"), "{told}");
        assert!(matches!(phone.session.attachment(&phone.person(), &note.id, 0), Err(PlainchartError::NotFound)));
    }
}

/// Proves D2, N5, D11: all files are listed, the best is shown, another can be opened, each is handed out byte for byte,
/// and one that is not as announced is told.
#[test]
fn the_files_of_a_note() {
    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    let mut wrong = words("plain words");
    wrong["size"] = json!(3);
    let phone = Phone::with(&[note(
        "a",
        &[
            wrong,
            inline("text/plain", b"<html><body><p>page words</p></body></html>"),
            inline("image/jpeg", &picture),
            json!({}),
        ],
        json!({}),
    )]);
    let (person, id) = (phone.person(), phone.note("a").id);
    let view = phone.read(&id);
    assert_eq!(text_of(&view), "page words");
    let states: Vec<_> = view.renditions.iter().map(|file| (file.state.as_str(), file.shown)).collect();
    assert_eq!(states, [("here", false), ("here", true), ("here", false), ("left-out", false)]);
    assert!(view.renditions[3].reason.is_some());
    let other = phone.session.read_note_rendition(&person, &id, 0).unwrap();
    assert_eq!(text_of(&other), "plain words");
    assert!(other.remarks.iter().any(|remark| remark.contains("size or checksum") || remark.contains("Its size")));
    assert_eq!(view.attachments.len(), 1);
    assert_eq!((view.attachments[0].kind.as_str(), view.attachments[0].offline), ("image", true));
    let file = phone.session.attachment(&person, &id, 2).unwrap();
    assert_eq!((file.bytes, file.media_type.as_deref()), (picture, Some("image/png")));
    assert!(phone.session.attachment(&person, &id, 0).unwrap().remark.is_some());
    for missing in [3, 4] {
        assert!(matches!(phone.session.attachment(&person, &id, missing), Err(PlainchartError::NotFound)));
    }
    assert!(matches!(phone.session.read_note_rendition(&person, &id, 4), Err(PlainchartError::NotFound)));
    assert_eq!(view.reading_minutes, Some(1));
}

/// Proves N6: a note is read aloud with tables row by row, and the meaning of a word is said once if that is wished.
#[test]
fn a_note_read_aloud() {
    let page = "<h2>Plan</h2><p>Denies SOB. BP 120/80. Take 5 mg.</p>\
                <table><tr><th>Test</th><th>Result</th></tr><tr><td>Sodium</td><td>140 mmol/L</td></tr></table>";
    let phone = Phone::with(&[note("a", &[inline("text/html", page.as_bytes())], json!({}))]);
    let (person, id) = (phone.person(), phone.note("a").id);
    let spoken = |explain| {
        let sections = phone.session.spoken(&person, &id, explain).unwrap();
        sections.into_iter().map(|section| section.text).collect::<Vec<_>>().join("\n")
    };
    let text = spoken(false);
    assert!(text.contains("120 over 80") && text.contains("5 milligrams"), "{text}");
    assert!(text.contains("Result: 140 millimoles per liter."), "{text}");
    assert!(text.contains("Denies"), "{text}");
    assert!(spoken(true).len() > text.len());
}
