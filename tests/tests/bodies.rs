//! The files that notes point to: wanted until they came, and told when they did not.

use plainchart::{NoteView, PersonId, Relation};
use plainchart_sandbox::{BinaryAnswer, CutAt, Fault, Profile, Rule, Sandbox};
use plainchart_tests::phone::{Phone, text_of};
use plainchart_tests::{chart, hospital};
use serde_json::json;

fn connected(fernway: &Sandbox) -> (Phone, PersonId) {
    let phone = Phone::for_hospital(fernway);
    let nora = phone.connect(fernway, "nora", "", Relation::Own);
    (phone, nora)
}

fn open_all(phone: &Phone, person: &PersonId) -> Vec<NoteView> {
    phone.notes(person).items.iter().map(|note| phone.app().read_note(person, &note.id).unwrap()).collect()
}

fn without_text(phone: &Phone, person: &PersonId) -> Vec<NoteView> {
    open_all(phone, person).into_iter().filter(|note| note.sections.is_empty()).collect()
}

fn status(code: u16) -> Fault {
    Fault::Status { code, retry_after: None }
}

/// Proves D2: a file is the same note whether it comes raw or as FHIR JSON, whatever was asked.
#[test]
fn a_file_in_either_form() {
    for binary in [BinaryAnswer::Raw, BinaryAnswer::FhirJson, BinaryAnswer::ByAccept] {
        let fernway = hospital::small_with(Profile { binary, ..Profile::default() });
        let (mut phone, nora) = connected(&fernway);
        phone.sync(&nora).unwrap();
        assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0], "{binary:?}");
        let notes = open_all(&phone, &nora);
        assert!(notes.iter().all(|note| !note.sections.is_empty() && note.remarks.is_empty()), "{binary:?}");
    }
}

/// Proves D2: FHIR answers under the plain JSON media type are read as well.
#[test]
fn the_plain_json_media_type() {
    let media_type = "application/json".to_owned();
    let fernway = hospital::small_with(Profile { media_type, binary: BinaryAnswer::FhirJson, ..Profile::default() });
    let (mut phone, nora) = connected(&fernway);
    phone.sync(&nora).unwrap();
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
}

/// Proves D11: a note whose file did not come says so, is listed, and is whole after the next sync.
#[test]
fn a_file_that_did_not_come_yet() {
    let fernway = hospital::small();
    let (phone, nora) = connected(&fernway);
    fernway.faults().add(Rule::new(Fault::Cut { at: CutAt::Request }).on_type("Binary"));
    assert_eq!(phone.sync(&nora).unwrap_err().code(), "offline");
    let waiting = without_text(&phone, &nora);
    assert_eq!(waiting.len(), 5);
    for note in &waiting {
        assert_eq!(note.remarks, ["The text of this note is not downloaded yet."]);
    }
    fernway.faults().clear();
    assert_eq!(phone.sync(&nora).unwrap().bodies_wanted, 0);
    assert!(without_text(&phone, &nora).is_empty());
}

/// Proves D11: a file stays wanted however often the way there was cut.
#[test]
fn a_file_stays_wanted_however_often_it_fails() {
    let fernway = hospital::small();
    let (mut phone, nora) = connected(&fernway);
    fernway.faults().add(
        Rule::new(Fault::Status { code: 429, retry_after: Some(plainchart_sandbox::RetryAfter::Seconds(600)) })
            .on_type("Binary"),
    );
    for _ in 0..4 {
        let _ = phone.sync(&nora);
        phone.reopen();
    }
    fernway.faults().clear();
    let report = phone.sync(&nora).unwrap();
    assert_eq!(report.bodies_wanted, 0, "the hospital is well again");
    assert!(without_text(&phone, &nora).is_empty());
}

/// Proves D11: a refused file is "does not share", a missing one "no longer has"; the notes stay in the list.
#[test]
fn a_file_that_the_hospital_does_not_give() {
    for (code, sentence) in [
        (403, "Fernway Clinic does not share this file."),
        (404, "Fernway Clinic no longer has this file."),
        (410, "Fernway Clinic no longer has this file."),
    ] {
        let fernway = hospital::small();
        let (phone, nora) = connected(&fernway);
        fernway.faults().add(Rule::new(status(code)).on_type("Binary"));
        phone.sync(&nora).unwrap();
        let refused = without_text(&phone, &nora);
        assert_eq!(refused.len(), 5, "{code}");
        assert!(refused.iter().all(|note| note.remarks == [sentence]), "{code}: {:?}", refused[0].remarks);
    }
}

/// Proves D11: a file that disagrees with the size or hash in the list is shown, with a remark.
#[test]
fn a_file_that_is_not_as_announced() {
    for (member, wrong) in [("hash", json!("AAAAAAAAAAAAAAAAAAAAAAAAAAA=")), ("size", json!(3))] {
        let fernway = hospital::small();
        let (phone, nora) = connected(&fernway);
        let note = hospital::note_titled(&fernway, hospital::NORA, "Chest X-ray");
        hospital::change(&fernway, "DocumentReference", &note, |note| {
            note["content"][0]["attachment"][member] = wrong;
        });
        phone.sync(&nora).unwrap();
        let shown = phone.read(&nora, "Lungs clear");
        assert_eq!(shown.remarks.len(), 1, "{member}");
        assert!(shown.remarks[0].contains("differs"), "{member}");
        assert!(open_all(&phone, &nora).iter().filter(|note| !note.remarks.is_empty()).count() == 1);
    }
}

/// Proves D11: an inline text that disagrees with its size or hash is told like any other.
#[test]
fn an_inline_text_that_is_not_as_announced() {
    let fernway = hospital::small();
    let (phone, nora) = connected(&fernway);
    let note = hospital::note_titled(&fernway, hospital::NORA, "Telephone call");
    hospital::change(&fernway, "DocumentReference", &note, |note| {
        note["content"][0]["attachment"]["hash"] = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    });
    phone.sync(&nora).unwrap();
    assert_eq!(phone.read(&nora, "will recheck").remarks.len(), 1);
}

/// Proves D10: a file announced as larger than the bound is not fetched, and the note says why.
#[test]
fn a_file_that_is_too_large() {
    let fernway = hospital::small();
    let (phone, nora) = connected(&fernway);
    let note = hospital::note_titled(&fernway, hospital::NORA, "Chest X-ray");
    hospital::change(&fernway, "DocumentReference", &note, |note| {
        note["content"][0]["attachment"]["size"] = json!(5_000_000_000_u64);
    });
    fernway.clear_log();
    phone.sync(&nora).unwrap();
    assert_eq!(hospital::asked(&fernway, "/fhir/r4/Binary"), 4, "the other four");
    let too_large = without_text(&phone, &nora);
    assert_eq!((too_large.len(), too_large[0].remarks[0].as_str()), (1, "This file is too large to keep here."));
}

/// Proves D3, D11: a note that changed at an unchanged address is fetched again.
#[test]
fn a_changed_note_is_fetched_again_at_the_same_address() {
    let fernway = hospital::small();
    let (phone, nora) = connected(&fernway);
    phone.sync(&nora).unwrap();
    let note = hospital::note_titled(&fernway, hospital::NORA, "Chest X-ray");
    let url = hospital::resource(&fernway, "DocumentReference", &note)["content"][0]["attachment"]["url"].clone();
    let binary = url.as_str().unwrap().strip_prefix("Binary/").unwrap().to_owned();
    hospital::change(&fernway, "Binary", &binary, |binary| binary["data"] = json!("QW1lbmRlZDogc21hbGwgZWZmdXNpb24u"));
    hospital::change(&fernway, "DocumentReference", &note, |note| {
        note["docStatus"] = json!("amended");
        note["content"][0]["attachment"]
            .as_object_mut()
            .unwrap()
            .retain(|name, _| name == "contentType" || name == "url");
    });
    phone.sync(&nora).unwrap();
    let shown = phone.read(&nora, "Amended: small effusion.");
    assert_eq!(shown.summary.status.as_deref(), Some("amended"));
    assert!(phone.find(&nora, "Lungs clear").is_none());
}

/// Proves D2: all forms of a note are kept; the most readable is shown; a form that cannot be read does not hide it.
#[test]
fn the_most_readable_form_is_shown() {
    let fernway = hospital::small();
    let (phone, nora) = connected(&fernway);
    let data = |text: &str| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(text)
    };
    let mut note = hospital::note("forms-1", hospital::NORA, "plain form");
    note["content"] = json!([
        {"attachment": {"contentType": "application/pdf", "data": data("%PDF-1.7 not really")}},
        {"attachment": {"contentType": "text/plain", "data": data("The plain form.")}},
        {"attachment": {"contentType": "text/html", "data": data("<p>The <b>best</b> form.</p>")}},
    ]);
    fernway.store().put(&note.to_string()).unwrap();
    phone.sync(&nora).unwrap();
    let shown = phone.read(&nora, "The best form.");
    assert!(!text_of(&shown).contains("plain form") && shown.remarks.is_empty());
}

/// Proves D2: the bytes decide what a file is, not its media type; and its character set is found.
#[test]
fn the_bytes_decide_what_a_file_is() {
    let cases: [(&str, &[u8], &str); 5] = [
        ("application/octet-stream", b"Just words, sent as bytes.", "sent as bytes"),
        ("text/plain", b"<html><body><p>In truth a page.</p></body></html>", "In truth a page."),
        ("text/plain; charset=windows-1252", b"Temp 38\xb0, caf\xe9.", "38\u{b0}, caf\u{e9}"),
        ("text/plain", b"\xef\xbb\xbfMarked: na\xc3\xafve.", "Marked: na\u{ef}ve"),
        ("text/plain", b"\xff\xfeW\0i\0d\0e\0.\0", "Wide."),
    ];
    for (content_type, bytes, words) in cases {
        use base64::Engine as _;
        let fernway = hospital::small();
        let (phone, nora) = connected(&fernway);
        let mut note = hospital::note("bytes-1", hospital::NORA, "");
        note["content"][0]["attachment"] = json!({
            "contentType": content_type, "data": base64::engine::general_purpose::STANDARD.encode(bytes)
        });
        fernway.store().put(&note.to_string()).unwrap();
        phone.sync(&nora).unwrap();
        assert!(phone.find(&nora, words).is_some(), "{content_type}");
    }
}

/// Proves D7: a note with nothing in it, or with text that is no base64, is listed and says why there is no text.
#[test]
fn a_note_without_text_says_why() {
    let fernway = hospital::small();
    let (phone, nora) = connected(&fernway);
    for (id, content) in [
        ("empty-1", json!([])),
        ("empty-2", json!([{"attachment": {}}])),
        ("empty-3", json!([{"attachment": {"contentType": "text/plain", "data": "%%%"}}])),
        ("empty-4", json!("x")),
    ] {
        let mut note = hospital::note(id, hospital::NORA, "");
        note["content"] = content;
        fernway.store().put(&note.to_string()).unwrap();
    }
    phone.sync(&nora).unwrap();
    let silent = without_text(&phone, &nora);
    assert_eq!(silent.len(), 4);
    assert!(silent.iter().all(|note| note.remarks.len() == 1 && note.remarks[0].ends_with('.')));
}
