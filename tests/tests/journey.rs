//! From the hospital's address to a note read without a signal.

use std::collections::BTreeMap;

use plainchart::{PlainchartError, Reader, Relation, Window};
use plainchart_tests::phone::{Phone, text_of};
use plainchart_tests::{chart, hospital};
use serde_json::json;

/// Proves A1, A2, D1, D3, D8, D11: after the first sync the chart is the hospital's, byte for byte, bodies too.
#[test]
fn the_first_sync_brings_the_whole_chart_over_tls() {
    let lakeside = hospital::lakeside();
    let mut phone = Phone::for_hospital(&lakeside);
    let rosa = phone.connect(&lakeside, "rosa", "", Relation::Own);
    let report = phone.sync(&rosa).unwrap();
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(chart::differences(&mut phone, &rosa, &lakeside, "lk-1047"), [""; 0]);
    let (served, _) = chart::served(&lakeside, "lk-1047");
    let mut by_type: BTreeMap<&str, u64> = BTreeMap::new();
    for key in served.keys() {
        *by_type.entry(key.split_once('/').unwrap().0).or_default() += 1;
    }
    for kind in &report.types {
        let at_hospital = by_type.remove(kind.resource_type.as_str()).unwrap_or_default();
        assert_eq!((kind.received, kind.in_chart, kind.set_aside), (at_hospital, at_hospital, 0), "{kind:?}");
    }
    assert!(by_type.is_empty(), "nothing is told of {by_type:?}");
}

/// Proves A9: the name shown is the usual one, never the old one, and whose chart it is stands beside.
#[test]
fn the_reader_confirms_a_name_that_is_in_use() {
    let lakeside = hospital::lakeside();
    let phone = Phone::for_hospital(&lakeside);
    let offer = phone.sign_in(&lakeside, "rosa", "").unwrap();
    let [candidate] = offer.candidates.as_slice() else { panic!("one person") };
    assert_eq!(candidate.name.as_deref(), Some("Rosa Vidal"));
    assert_eq!(candidate.birth_date.as_deref(), Some("1979-06-14"));
    assert_eq!(candidate.is_reader, Some(true));
    assert_eq!(phone.app().people().unwrap(), [], "nothing is kept before the reader says yes");
    let rosa = phone.confirm(&offer, "lk-1047", Relation::Own);
    let person = phone.app().person(&rosa).unwrap();
    assert_eq!((person.name.as_deref(), person.reader), (Some("Rosa Vidal"), Reader::Own));
}

/// Proves A9: who says no leaves nothing behind, here and at the hospital.
#[test]
fn a_no_leaves_nothing_behind() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let offer = phone.sign_in(&fernway, "nora", "").unwrap();
    let said = plainchart_tests::phone::wait(phone.app().decline(&offer.id)).unwrap_err();
    assert_eq!(said.code(), "sign_in_required.not_this_person");
    assert_eq!(fernway.active_grants(), 0, "the access was given back");
    assert_eq!(phone.app().people().unwrap(), []);
    let again = plainchart_tests::phone::wait(phone.app().decline(&offer.id)).unwrap_err();
    assert_eq!(again, PlainchartError::NotFound);
}

/// Proves A8, A9, P1: a woman, her father and her son at one hospital are three people; nothing of one is in another.
#[test]
fn a_family_at_one_hospital_stays_three_people() {
    let lakeside = hospital::lakeside();
    let mut phone = Phone::for_hospital(&lakeside);
    let rosa = phone.connect(&lakeside, "rosa", "", Relation::Own);
    let helper = phone.helper();
    let father = phone.connect(&lakeside, "rosa", "aurelio", helper);
    let son = phone.connect(&lakeside, "rosa", "mateo", helper);
    for person in [&rosa, &father, &son] {
        phone.sync(person).unwrap();
    }
    assert_eq!(phone.app().people().unwrap().len(), 3);
    // What the father's own phone holds under a class is not for a helper (N4); everything else is there.
    let mut his = Phone::for_hospital(&lakeside);
    let own = his.connect(&lakeside, "aurelio", "", Relation::Own);
    his.sync(&own).unwrap();
    assert_eq!(chart::differences(&mut his, &own, &lakeside, "lk-2093"), [""; 0]);
    let private = chart::contents(&mut his, &own).resources.into_iter().filter(|(_, kept)| kept.classes != 0);
    let private: Vec<String> = private.map(|(key, _)| format!("{key} is missing")).collect();
    assert_eq!(chart::differences(&mut phone, &father, &lakeside, "lk-2093"), private);
    assert_eq!(chart::differences(&mut phone, &rosa, &lakeside, "lk-1047"), [""; 0]);
    for (person, others) in [(&rosa, [&father, &son]), (&father, [&rosa, &son]), (&son, [&rosa, &father])] {
        for note in phone.notes(person).items {
            assert_eq!(phone.app().whose_note(&note.id).unwrap(), *person);
            for other in others {
                assert_eq!(phone.app().read_note(other, &note.id).unwrap_err(), PlainchartError::NotFound);
            }
        }
    }
}

/// Proves N1, N2, G4: a note opens with its headings in plain words, its text whole and its words explained.
#[test]
fn a_note_is_read_with_its_words_explained() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let nora = phone.connect(&fernway, "nora", "", Relation::Own);
    phone.sync(&nora).unwrap();
    let note = phone.read(&nora, "44F here");
    assert_eq!(note.person, nora.to_string());
    let text = text_of(&note);
    for piece in ["44F here for f/u", "Denies CP", "WNL", "Cont. iron qd"] {
        assert!(text.contains(piece), "{piece} is lost");
    }
    assert!(note.sections.iter().any(|section| section.plain_heading.is_some()));
    assert!(note.marks.len() >= 3, "words are explained");
    for mark in &note.marks {
        let section = &note.sections[mark.section.unwrap()].text;
        let word = &section[mark.start..mark.end];
        assert!(!word.trim().is_empty() && !mark.senses.is_empty());
        let utf16: Vec<u16> = section.encode_utf16().collect();
        assert_eq!(String::from_utf16(&utf16[mark.start_utf16..mark.end_utf16]).unwrap(), word);
    }
    let html = phone.read(&nora, "Echo");
    let text = text_of(&html);
    assert!(text.contains("unremarkable") && text.contains("No murmur") && !text.contains('<'), "{text}");
    let marked = |word: &str| {
        html.marks
            .iter()
            .any(|mark| html.sections[mark.section.unwrap()].text[mark.start..mark.end].eq_ignore_ascii_case(word))
    };
    assert!(marked("unremarkable"));
}

/// Proves R1: a result shows value, unit, range, flag and comparator as the laboratory gave them, and no others.
#[test]
fn results_show_what_the_laboratory_gave() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let nora = phone.connect(&fernway, "nora", "", Relation::Own);
    phone.sync(&nora).unwrap();
    let results = phone.results(&nora).items;
    let with = |loinc: &'static str| results.iter().filter(move |result| result.loinc.as_deref() == Some(loinc));
    let hemoglobin: Vec<_> = with("718-7").collect();
    assert_eq!(hemoglobin.len(), 3);
    assert_eq!(hemoglobin[0].value.as_deref(), Some("12.9"), "newest first");
    assert_eq!(hemoglobin[2].value.as_deref(), Some("11.20"), "digits as the laboratory wrote them");
    assert!(hemoglobin[0].flags.is_empty() && hemoglobin[2].flags.len() == 1);
    let range = hemoglobin[0].ranges.join(" ");
    assert!(range.contains("12.0") && range.contains("15.5"), "{range}");
    let tsh = with("3016-3").next().unwrap();
    assert!(tsh.value.as_deref().unwrap().contains('<') && tsh.value.as_deref().unwrap().contains("0.01"));
    let urine = with("5778-6").next().unwrap();
    assert_eq!(urine.value.as_deref(), Some("straw"));
    assert!(urine.ranges.is_empty() && urine.flags.is_empty());
    let pressure = results.iter().find(|result| result.parts.len() == 2).unwrap();
    let parts: Vec<_> = pressure.parts.iter().filter_map(|part| part.value.as_deref()).collect();
    assert_eq!(parts, ["128", "82"]);
    assert_eq!(with("8480-6").count(), 0, "a part is not listed twice");
}

/// Proves D5, D6: with the hospital gone everything is read as before, across a restart, with its as-of time.
#[test]
fn everything_is_read_without_a_signal() {
    let fernway = hospital::small();
    let mut phone = Phone::for_hospital(&fernway);
    let nora = phone.connect(&fernway, "nora", "", Relation::Own);
    phone.sync(&nora).unwrap();
    let (notes, results) = (phone.notes(&nora), phone.results(&nora));
    fernway.stop();
    phone.reopen();
    assert_eq!(phone.notes(&nora), notes);
    assert_eq!(phone.results(&nora), results);
    assert!(notes.sources.iter().chain(&results.sources).all(|source| source.as_of_ms.is_some()));
    for note in &notes.items {
        assert!(!phone.app().read_note(&nora, &note.id).unwrap().sections.is_empty());
    }
    assert_eq!(phone.sync(&nora).unwrap_err(), PlainchartError::Offline);
    assert_eq!(phone.notes(&nora).total, notes.total);
    fernway.restart_on_same_port().unwrap();
    phone.sync(&nora).unwrap();
}

/// Proves D3: a second sync asks for less, and brings what is new and what changed.
#[test]
fn the_second_sync_asks_only_for_what_changed() {
    let fernway = hospital::small_in_small_pages();
    let mut phone = Phone::for_hospital(&fernway);
    let nora = phone.connect(&fernway, "nora", "", Relation::Own);
    let first = phone.sync(&nora).unwrap();
    // Past the overlap that an incremental walk takes.
    fernway.clock().advance(std::time::Duration::from_secs(600));
    fernway.store().put(&hospital::note("new-1", hospital::NORA, "Brand new note: feels well.").to_string()).unwrap();
    fernway.store().put(&hospital::result("new-2", hospital::NORA, "0.950")).unwrap();
    let changed = hospital::note_titled(&fernway, hospital::NORA, "Telephone call");
    hospital::change(&fernway, "DocumentReference", &changed, |note| {
        note["content"][0]["attachment"]["data"] = json!("UmVwbGFjZWQgdGV4dC4=");
        note["content"][0]["attachment"].as_object_mut().unwrap().remove("hash");
        note["content"][0]["attachment"].as_object_mut().unwrap().remove("size");
    });
    fernway.clear_log();
    let second = phone.sync(&nora).unwrap();
    assert!(second.requests < first.requests, "{} then {}", first.requests, second.requests);
    assert_eq!(hospital::asked(&fernway, "/fhir/r4/Binary"), 0, "bodies that did not change are not fetched again");
    assert_eq!(chart::differences(&mut phone, &nora, &fernway, hospital::NORA), [""; 0]);
    assert!(phone.find(&nora, "Replaced text.").is_some());
    assert!(phone.find(&nora, "will recheck").is_none(), "the older text is no longer shown");
    let values: Vec<_> = phone.results(&nora).items.into_iter().filter_map(|result| result.value).collect();
    assert!(values.contains(&"0.950".to_owned()));
    let quiet = phone.sync(&nora).unwrap();
    assert!(quiet.is_complete());
}

/// Proves D3: what the hospital deleted is found by a full walk, marked as withdrawn, and not dropped.
#[test]
fn what_the_hospital_deleted_is_marked_and_kept() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let nora = phone.connect(&fernway, "nora", "", Relation::Own);
    phone.sync(&nora).unwrap();
    let before = phone.notes(&nora).total;
    let gone = hospital::note_titled(&fernway, hospital::NORA, "Pathology");
    assert!(fernway.store().delete("DocumentReference", &gone));
    let report = phone.sync_full(&nora).unwrap();
    let withdrawn: u64 = report.types.iter().map(|kind| kind.withdrawn).sum();
    assert_eq!(withdrawn, 1);
    let notes = phone.notes(&nora);
    assert_eq!(notes.total, before, "nothing is silently deleted");
    assert_eq!(notes.items.iter().filter(|note| note.withdrawn).count(), 1);
    let note = phone.read(&nora, "benign nevus");
    assert!(note.summary.withdrawn);
    let again = phone.sync_full(&nora).unwrap();
    assert_eq!(again.types.iter().map(|kind| kind.withdrawn).sum::<u64>(), 0, "it is told once");
}

/// Proves D3: after a week even a plain sync walks everything and finds what was deleted.
#[test]
fn a_deletion_is_found_within_a_week() {
    let fernway = hospital::small();
    let phone = Phone::for_hospital(&fernway);
    let nora = phone.connect(&fernway, "nora", "", Relation::Own);
    phone.sync(&nora).unwrap();
    let gone = fernway.store().ids("Observation", hospital::NORA).remove(0);
    fernway.store().delete("Observation", &gone);
    phone.clock.advance(8 * plainchart_tests::phone::DAY_MS);
    fernway.clock().advance(std::time::Duration::from_secs(8 * 86_400));
    phone.sync(&nora).unwrap();
    assert_eq!(phone.results(&nora).items.iter().filter(|result| result.withdrawn).count(), 1);
}

/// Proves P1: the first window of a list is the beginning of the whole list, and says how long that is.
#[test]
fn windows_of_a_list_make_up_the_whole() {
    let lakeside = hospital::lakeside();
    let phone = Phone::for_hospital(&lakeside);
    let rosa = phone.connect(&lakeside, "rosa", "", Relation::Own);
    phone.sync(&rosa).unwrap();
    let all = phone.results(&rosa);
    let mut joined = Vec::new();
    while (joined.len() as u64) < all.total {
        let window = Window { offset: joined.len(), limit: 47 };
        let part = phone.app().results(&rosa, window).unwrap();
        assert_eq!((part.total, part.person), (all.total, all.person.clone()));
        assert!(!part.items.is_empty());
        joined.extend(part.items);
    }
    let shown = |items: &[plainchart::ResultView]| serde_json::to_string(items).unwrap();
    assert!(shown(&joined) == shown(&all.items));
}
