//! Notes in every form: what is one note is shown once, what was changed says so, and what is not here says why.

use std::collections::{BTreeMap, BTreeSet};

use plainchart::{EntryKind, NoteView, PersonId, Relation, Window};
use plainchart_sandbox::{Sandbox, SandboxOptions};
use plainchart_tests::phone::{Phone, text_of};
use plainchart_tests::{chart, hospital};
use serde_json::json;

const WINIFRED: &str = "lk-7310";

fn lakeside() -> Sandbox {
    Sandbox::start_blocking(SandboxOptions::http()).unwrap()
}

fn synced(hospital: &Sandbox, login: &str) -> (Phone, PersonId) {
    let phone = Phone::for_hospital(hospital);
    let person = phone.connect(hospital, login, "", Relation::Own);
    phone.sync(&person).unwrap();
    (phone, person)
}

/// The note of this entry, open; in a list or behind another entry for the same note.
fn open(phone: &Phone, person: &PersonId, key: &str) -> NoteView {
    let id = chart::opaque_id(phone, person, 'n', key);
    phone.app().read_note(person, &id).unwrap_or_else(|error| panic!("{key}: {error:?}"))
}

fn listed(phone: &Phone, person: &PersonId, key: &str) -> usize {
    let id = chart::opaque_id(phone, person, 'n', key);
    phone.notes(person).items.iter().filter(|note| note.id == id).count()
}

/// Proves D2: a note that came as HTML, C-CDA and PDF is one note with three files; the best readable one is shown.
#[test]
fn one_note_in_three_renditions() {
    let lakeside = lakeside();
    let (phone, winifred) = synced(&lakeside, "winifred");
    let note = open(&phone, &winifred, "DocumentReference/lk-doc-7310-03");
    let formats: Vec<_> = note.renditions.iter().map(|one| one.format.as_deref().unwrap_or("?")).collect();
    assert_eq!(formats, ["html", "ccda", "pdf"]);
    assert!(note.renditions.iter().all(|one| one.state == "here" && one.size.is_some()));
    assert_eq!(note.renditions.iter().map(|one| one.shown).collect::<Vec<_>>(), [true, false, false]);
    assert!(!note.sections.is_empty());
    assert_eq!(listed(&phone, &winifred, "DocumentReference/lk-doc-7310-03"), 1);
}

/// Proves D2: a document that stands in two entries, by one URL or by the same bytes, is shown once; both ids open it.
#[test]
fn one_document_in_two_entries_is_shown_once() {
    let lakeside = lakeside();
    let (phone, winifred) = synced(&lakeside, "winifred");
    let (document, report) = ("DocumentReference/lk-doc-7310-12", "DiagnosticReport/lk-rep-7310-13");
    assert_eq!(listed(&phone, &winifred, document) + listed(&phone, &winifred, report), 1, "by URL");
    let (by_document, by_report) = (open(&phone, &winifred, document), open(&phone, &winifred, report));
    assert_eq!(text_of(&by_document), text_of(&by_report));
    assert_eq!(by_document.summary.also_listed_as.len(), 1);

    let fernway = hospital::small();
    let note = hospital::note("same-1", hospital::NORA, "Told twice: Marrowfield.");
    let mut report = json!({
        "resourceType": "DiagnosticReport", "id": "same-2", "status": "final", "code": {"text": "Visit report"},
        "subject": {"reference": format!("Patient/{}", hospital::NORA)}, "issued": "2026-10-01T09:00:00Z"
    });
    report["presentedForm"] = json!([note["content"][0]["attachment"]]);
    fernway.store().put(&note.to_string()).unwrap();
    fernway.store().put(&report.to_string()).unwrap();
    let (phone, nora) = synced(&fernway, "nora");
    let notes = phone.notes(&nora).items;
    let holding: Vec<_> = notes
        .iter()
        .filter(|note| text_of(&phone.app().read_note(&nora, &note.id).unwrap()).contains("Marrowfield"))
        .collect();
    assert_eq!(holding.len(), 1, "by bytes");
    assert_eq!(holding[0].also_listed_as.len(), 1, "and it says where else it stands");
}

/// Proves D2: a report whose text stands in no DocumentReference is a note.
#[test]
fn a_report_with_a_text_is_a_note() {
    let lakeside = lakeside();
    let (phone, lucia) = synced(&lakeside, "lucia");
    assert_eq!(listed(&phone, &lucia, "DiagnosticReport/lk-doc-4127-03"), 1);
    let note = open(&phone, &lucia, "DiagnosticReport/lk-doc-4127-03");
    assert_eq!(note.summary.resource_type, "DiagnosticReport");
    assert!(!text_of(&note).trim().is_empty());
    // One that holds results and no text is none.
    let (phone, winifred) = synced(&lakeside, "winifred");
    assert_eq!(listed(&phone, &winifred, "DiagnosticReport/lk-rep-7310-40"), 0);
}

/// Proves D4: a chain of three versions: the last one is current and names the others, each says what replaced it.
#[test]
fn versions_know_each_other() {
    let lakeside = lakeside();
    let (phone, winifred) = synced(&lakeside, "winifred");
    let name = |number: u32| format!("DocumentReference/lk-doc-7310-{number}");
    let [first, second, last] = [16, 17, 18].map(|number| open(&phone, &winifred, &name(number)));
    assert_eq!(first.summary.entry_status.as_deref(), Some("superseded"));
    assert_eq!(second.summary.entry_status.as_deref(), Some("superseded"));
    assert_eq!(last.summary.document_status.as_deref(), Some("amended"));
    let related = |note: &NoteView| -> BTreeSet<(String, String)> {
        note.summary.versions.iter().map(|one| (one.relation.clone(), one.id.clone())).collect()
    };
    let id = |number: u32| chart::opaque_id(&phone, &winifred, 'n', &name(number));
    assert!(related(&last).contains(&("replaces".to_owned(), id(17))));
    assert!(related(&second).contains(&("replaces".to_owned(), id(16))));
    assert!(related(&second).contains(&("replaced-by".to_owned(), id(18))));
    assert!(related(&first).contains(&("replaced-by".to_owned(), id(17))));
    for note in [&first, &second] {
        assert!(note.summary.states.iter().any(|state| state.code == "superseded" && !state.text.is_empty()));
    }
    // What it replaces was withdrawn: it stands alone, and no link leads to nothing.
    let alone = open(&phone, &winifred, &name(25));
    assert!(alone.summary.versions.iter().all(|one| phone.app().read_note(&winifred, &one.id).is_ok()));
}

/// Proves D2: an addition belongs to its note, a transcript to its recording.
#[test]
fn additions_and_transcripts() {
    let lakeside = lakeside();
    let (phone, winifred) = synced(&lakeside, "winifred");
    let transcript = open(&phone, &winifred, "DocumentReference/lk-doc-7310-15");
    assert!(transcript.summary.versions.iter().any(|one| one.relation == "transforms"));
    let recording = open(&phone, &winifred, "DocumentReference/lk-doc-7310-14");
    assert!(recording.summary.versions.iter().any(|one| one.relation == "transformed-by"));
    let addition = open(&phone, &winifred, "DocumentReference/lk-doc-7310-19");
    assert!(addition.summary.versions.iter().any(|one| one.relation == "appends"));
}

/// Proves D4: a note and a report that are amended at an unchanged URL show the new words with the next sync, say that
/// they were amended, and the old words are not kept as if they still held.
#[test]
fn amended_at_an_unchanged_url() {
    let lakeside = lakeside();
    let (mut phone, winifred) = synced(&lakeside, "winifred");
    let keys = [("DocumentReference", "lk-doc-7310-08"), ("DiagnosticReport", "lk-doc-7310-04")];
    let before = keys.map(|(of, id)| text_of(&open(&phone, &winifred, &format!("{of}/{id}"))));
    lakeside.clock().advance(std::time::Duration::from_secs(600));
    phone.clock.advance(600_000);
    for (resource_type, id) in keys {
        lakeside.store().amend(resource_type, id, format!("Amended words of {id}: Quenderby.")).unwrap();
    }
    phone.sync(&winifred).unwrap();
    for ((resource_type, id), before) in keys.iter().zip(before) {
        let note = open(&phone, &winifred, &format!("{resource_type}/{id}"));
        let text = text_of(&note);
        assert!(text.contains("Quenderby") && text != before, "{id}: {text}");
        assert_eq!(note.summary.status.as_deref(), Some("amended"), "{id}");
        assert!(note.summary.states.iter().any(|state| state.code == "amended"), "{id} says so");
    }
    assert_eq!(chart::differences(&mut phone, &winifred, &lakeside, WINIFRED), [""; 0]);
}

/// Proves D4: superseded after it was here: the old one says so, the new one is there.
#[test]
fn superseded_between_two_syncs() {
    let lakeside = lakeside();
    let (phone, winifred) = synced(&lakeside, "winifred");
    lakeside.clock().advance(std::time::Duration::from_secs(600));
    phone.clock.advance(600_000);
    lakeside.store().supersede("lk-doc-7310-08", "newer-08", "The newer words: Quenderby.").unwrap();
    phone.sync(&winifred).unwrap();
    let old = open(&phone, &winifred, "DocumentReference/lk-doc-7310-08");
    let new = open(&phone, &winifred, "DocumentReference/newer-08");
    assert!(text_of(&new).contains("Quenderby") && !text_of(&old).contains("Quenderby"));
    assert_eq!(old.summary.entry_status.as_deref(), Some("superseded"));
    assert!(old.summary.versions.iter().any(|one| one.relation == "replaced-by" && one.id == new.summary.id));
}

/// Proves D4: recorded by mistake, also when only id and status are left of it: the content goes from the phone, a
/// marker of type, id, status and times stays. Of notes and of every other list.
#[test]
fn entered_in_error_leaves_a_marker() {
    let lakeside = lakeside();
    let (mut phone, winifred) = synced(&lakeside, "winifred");
    let store = lakeside.store();
    // Each with words of its own that must go.
    let kinds = [
        ("DocumentReference", "lk-doc-7310-08"),
        ("DiagnosticReport", "lk-doc-7310-04"),
        ("Condition", "lk-cond-7310-01"),
        ("AllergyIntolerance", "lk-alg-7310-01"),
        ("Immunization", "lk-imm-7310-01"),
        ("Encounter", "lk-enc-57198"),
        ("Procedure", "lk-proc-7310-03"),
        ("Device", "lk-dev-7310-03"),
        ("CarePlan", "lk-cp-7310-02"),
        ("Goal", "lk-goal-7310-02"),
        ("Appointment", "lk-app-7310-05"),
        ("MedicationRequest", "lk-med-7310-01"),
        ("ServiceRequest", "lk-sr-7310-01"),
        ("Observation", "lk-obs-7310-bnp"),
    ];
    let listed_before = phone.notes(&winifred).total;
    lakeside.clock().advance(std::time::Duration::from_secs(600));
    phone.clock.advance(600_000);
    let mut old = BTreeMap::new();
    for (resource_type, id) in kinds {
        old.insert(format!("{resource_type}/{id}"), store.get(resource_type, id).unwrap());
        store.enter_in_error(resource_type, id).unwrap();
    }
    phone.sync(&winifred).unwrap();
    for (resource_type, id) in [kinds[0], kinds[1]] {
        let note = open(&phone, &winifred, &format!("{resource_type}/{id}"));
        assert!(note.summary.entered_in_error, "{id} is still shown as it was");
        assert!(note.sections.is_empty() && note.marks.is_empty() && note.attachments.is_empty(), "{id}: content");
        let here: Vec<_> = note.renditions.iter().filter(|one| one.state == "here").collect();
        assert!(here.is_empty(), "{id}: its files are still here");
        assert!(note.summary.authors.is_empty() && note.summary.source_title.is_none(), "{id}: names");
    }
    assert_eq!(phone.notes(&winifred).total, listed_before, "the marker stands where the note stood");
    for kind in EntryKind::ALL {
        let id_of = |id: &str| chart::opaque_id(&phone, &winifred, 'e', &format!("{}/{id}", kind.resource_type()));
        let ids = kinds.iter().filter(|(of, _)| *of == kind.resource_type()).map(|(_, id)| id_of(id));
        for id in ids {
            let entries = phone.app().entries(&winifred, kind, Window::ALL).unwrap().items;
            let entry = entries.iter().find(|entry| entry.id == id).expect("the marker is listed");
            assert!(entry.entered_in_error, "{kind:?}");
            assert!(entry.facts.is_empty() && entry.people.is_empty() && entry.notes.is_empty(), "{kind:?}");
        }
    }
    let contents = chart::contents(&mut phone, &winifred);
    for (key, text) in old {
        let kept = contents.resources.get(&key).expect("the marker is kept");
        assert!(kept.raw != text && kept.raw.len() < 400, "{key} is kept as it was");
        assert!(contents.bodies.keys().all(|name| !name.starts_with(&key)), "the file of {key} is still here");
        assert!(contents.set_aside.values().all(|kept| kept.raw != text), "{key} was put aside as it was");
    }
}

/// Proves D4: what came as a mistake shows no content, whether the source left it there or not.
#[test]
fn what_came_as_a_mistake() {
    let lakeside = lakeside();
    let (phone, winifred) = synced(&lakeside, "winifred");
    for key in ["DocumentReference/lk-doc-7310-20", "DocumentReference/lk-doc-7310-50"] {
        let note = open(&phone, &winifred, key);
        assert!(note.summary.entered_in_error && note.sections.is_empty(), "{key}");
    }
    let of = |kind, id: &str| {
        let id = chart::opaque_id(&phone, &winifred, 'e', id);
        let entries = phone.app().entries(&winifred, kind, Window::ALL).unwrap().items;
        entries.into_iter().find(|entry| entry.id == id).expect("it is listed")
    };
    for (kind, key) in [
        (EntryKind::Conditions, "Condition/lk-cond-7310-07"),
        (EntryKind::Conditions, "Condition/lk-cond-7310-13"),
        (EntryKind::Allergies, "AllergyIntolerance/lk-alg-7310-05"),
        (EntryKind::Immunizations, "Immunization/lk-imm-7310-04"),
        (EntryKind::Visits, "Encounter/lk-enc-57249"),
        (EntryKind::Devices, "Device/lk-dev-7310-06"),
    ] {
        let entry = of(kind, key);
        assert!(entry.entered_in_error && entry.facts.is_empty() && entry.notes.is_empty(), "{key}");
        assert!(entry.none_known.is_none(), "{key}: a mistake says nothing about allergies");
    }
    let results = phone.results(&winifred).items;
    let mistaken = chart::opaque_id(&phone, &winifred, 'r', "Observation/lk-obs-7310-eie2");
    let shown = results.iter().find(|result| result.id == mistaken);
    assert!(shown.is_none_or(|result| result.value.is_none()), "a mistaken value is still shown");
}

/// Proves D3: withdrawn while its page is being walked: the sync ends whole, and a full walk tells that it is gone.
#[test]
fn withdrawn_in_the_middle_of_a_walk() {
    for deleted in [true, false] {
        let fernway = hospital::small_in_small_pages();
        let phone = Phone::for_hospital(&fernway);
        let nora = phone.connect(&fernway, "nora", "", Relation::Own);
        phone.sync(&nora).unwrap();
        let (first, last) = (
            hospital::note_of_day(&fernway, hospital::NORA, "2024-02-02"),
            hospital::note_of_day(&fernway, hospital::NORA, "2026-04-01"),
        );
        let (store, asked) = (fernway.store(), std::sync::atomic::AtomicU64::new(0));
        fernway.faults().set_hook(move |seen| {
            let is_notes = seen.resource_type.as_deref() == Some("DocumentReference");
            if is_notes && asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 1 {
                for id in [&first, &last] {
                    // 410 from now on, or 404.
                    let gone = match deleted {
                        true => store.delete("DocumentReference", id),
                        false => store.withdraw("DocumentReference", id),
                    };
                    assert!(gone);
                }
            }
            None
        });
        let report = phone.sync_full(&nora).unwrap();
        fernway.faults().clear();
        assert!(report.types.iter().all(|kind| kind.problem.is_none()), "{report:?}");
        phone.sync_full(&nora).unwrap();
        let withdrawn = phone.notes(&nora).items.into_iter().filter(|note| note.withdrawn).count();
        assert_eq!(withdrawn, 2, "deleted: {deleted}");
    }
}

/// Proves N5: pictures, scans and recordings lie here byte for byte, and the note says what each is and whether a phone
/// can show it without a signal.
#[test]
fn pictures_and_recordings() {
    let lakeside = lakeside();
    let (mut phone, winifred) = synced(&lakeside, "winifred");
    for (key, kind, media_type) in [
        ("DocumentReference/lk-doc-7310-14", "audio", "audio/wav"),
        ("DocumentReference/lk-doc-7310-36", "image", "image/png"),
        ("DocumentReference/lk-doc-7310-21", "pdf", "application/pdf"),
    ] {
        let note = open(&phone, &winifred, key);
        let [file] = note.attachments.as_slice() else { panic!("{key}: {} files", note.attachments.len()) };
        assert_eq!(
            (file.kind.as_str(), file.media_type.as_deref(), file.offline),
            (kind, Some(media_type), true),
            "{key}"
        );
        assert!(!file.sentence.is_empty() && file.state == "here", "{key}");
        let given = phone.app().attachment(&winifred, &note.summary.id, file.index).unwrap();
        let (_, bodies) = chart::served(&lakeside, WINIFRED);
        assert!(given.bytes == bodies[&format!("{key}#0")], "{key}: other bytes than the hospital's");
        assert_eq!(given.media_type.as_deref(), Some(media_type), "{key}");
    }
    assert_eq!(chart::differences(&mut phone, &winifred, &lakeside, WINIFRED), [""; 0]);
}

/// Proves D2, D11, A10: a file that is missing, lies on another server, or is not as announced: the note is listed, and
/// says why in a sentence; nothing is asked of the other server.
#[test]
fn what_could_not_be_fetched_says_why() {
    let lakeside = lakeside();
    let (phone, winifred) = synced(&lakeside, "winifred");
    for (key, state) in
        [("DocumentReference/lk-doc-7310-26", "gone"), ("DocumentReference/lk-doc-7310-27", "elsewhere")]
    {
        assert_eq!(listed(&phone, &winifred, key), 1);
        let note = open(&phone, &winifred, key);
        assert!(note.sections.is_empty(), "{key}");
        let [file] = note.renditions.as_slice() else { panic!("{key}: {} files", note.renditions.len()) };
        assert_eq!(file.state, state, "{key}");
        assert!(file.reason.as_ref().is_some_and(|reason| note.remarks.contains(reason)), "{key}: {:?}", note.remarks);
    }
    let differs = open(&phone, &winifred, "DocumentReference/lk-doc-7310-28");
    assert!(!differs.sections.is_empty() && !differs.remarks.is_empty(), "shown with a remark");
    let scan = open(&phone, &winifred, "DocumentReference/lk-doc-7310-21");
    assert!(!scan.remarks.is_empty(), "a page without readable text says so");
}

/// Proves D2: the bytes decide: windows-1252 declared and not, HTML called plain text, RTF without a media type.
#[test]
fn the_bytes_decide() {
    let lakeside = lakeside();
    let (phone, winifred) = synced(&lakeside, "winifred");
    let note = |number: u32| open(&phone, &winifred, &format!("DocumentReference/lk-doc-7310-{number}"));
    let text = text_of(&note(29));
    assert!(!text.contains('\u{fffd}') && !text.is_ascii(), "windows-1252, declared: {text}");
    let html = note(30);
    assert_eq!(html.renditions[0].format.as_deref(), Some("html"));
    assert!(!text_of(&html).contains('<'));
    let rtf = note(31);
    assert_eq!(rtf.renditions[0].format.as_deref(), Some("rtf"));
    assert!(!text_of(&rtf).contains("\\par"));
    let (phone, pilar) = synced(&lakeside, "pilar");
    let text = text_of(&open(&phone, &pilar, "DocumentReference/lk-doc-6075-09"));
    assert!(!text.contains('\u{fffd}') && !text.is_ascii(), "windows-1252, not told: {text}");
}

/// Proves D2: all ten kinds of US Core are there and each is called by a name in plain words.
#[test]
fn all_ten_kinds_have_a_plain_name() {
    let lakeside = lakeside();
    let codes =
        ["11488-4", "18842-5", "34117-2", "28570-0", "11506-3", "18748-4", "11502-2", "11526-1", "11504-8", "34111-5"];
    let mut titles: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for login in ["winifred", "rosa", "aurelio", "lucia"] {
        let (phone, person) = synced(&lakeside, login);
        for note in phone.notes(&person).items {
            if let Some(code) = note.type_code {
                assert!(note.meaning.is_some(), "{code} without a sentence");
                titles.entry(code).or_default().insert(note.title);
            }
        }
    }
    for code in codes {
        assert_eq!(titles.get(code).map(BTreeSet::len), Some(1), "{code}: one name for all: {:?}", titles.get(code));
    }
}

/// Proves D7, D2: dates as they came: a day, a month, a year, none; nothing is added to them.
#[test]
fn dates_of_notes_as_they_came() {
    let lakeside = lakeside();
    let (phone, winifred) = synced(&lakeside, "winifred");
    let date = |number: u32| {
        let note = open(&phone, &winifred, &format!("DocumentReference/lk-doc-7310-{number}"));
        note.summary.date.map(|date| (date.text, date.precision))
    };
    assert_eq!(date(12), Some(("2026-11-20T18:40:00-06:00".into(), "second".into())));
    assert_eq!(date(21), Some(("2019-03".into(), "month".into())));
    assert_eq!(date(22), Some(("2017".into(), "year".into())));
    assert_eq!(date(23), None);
}
