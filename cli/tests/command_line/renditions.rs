//! Notes with their tables, files, versions and spoken form.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::bench::{Bench, Ran};
use super::record::{chart_of, words};

/// The note of this title and source title.
fn note(bench: &Bench, person: &str, fits: impl Fn(&Value) -> bool) -> String {
    let notes = bench.run(&["notes", "--person", person, "--json"]).answer();
    let found = notes.as_array().unwrap().iter().find(|note| fits(note)).expect("the note is listed");
    found["id"].as_str().unwrap().to_owned()
}

fn on(note: &Value, day: &str) -> bool {
    note["date"]["text"].as_str().is_some_and(|date| date.starts_with(day))
}

fn sandbox_file(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../sandbox/people/winifred/notes").join(name)).unwrap()
}

/// Proves N1 and D2 on screen: a table is drawn as one within the terminal, all files of the note are named, and
/// another one can be read.
#[test]
fn a_note_shows_its_tables_and_files() {
    let (bench, person) = chart_of("winifred", "");
    let id = note(&bench, &person, |note| on(note, "2025-01-13") && note["type_code"] == "18842-5");
    let page = Ran::of(bench.command(&["read", &id]).env("COLUMNS", "80").output().unwrap());
    assert!(page.out.lines().all(|line| line.chars().count() <= 80), "{}", page.out);
    let row = page.out.lines().find(|line| line.contains("Wt kg")).unwrap();
    assert_eq!(row.split('│').map(str::trim).collect::<Vec<_>>(), ["Wt kg", "73.4", "71.9", "69.0", "67.6"]);
    let heads = page.out.lines().position(|line| line.contains("1/14    │")).expect("headings");
    assert!(page.out.lines().nth(heads + 1).unwrap().contains("─┼─"), "{}", page.out);
    let said = words(&page);
    assert!(said.contains("Files of this note") && said.contains("this is the one shown above"), "{said}");
    assert!(said.contains("13 Jan 2025, 23:05 (-06:00)") && said.contains("Reading time About"));
    let answer = bench.run(&["read", &id, "--json"]).answer();
    let formats: Vec<&str> =
        answer["renditions"].as_array().unwrap().iter().map(|file| file["format"].as_str().unwrap()).collect();
    assert_eq!(formats, ["html", "ccda", "pdf"]);
    let other = bench.run(&["read", &id, "--rendition", "1", "--json"]).answer();
    assert_eq!(other["renditions"][1]["shown"], true);
    assert_ne!(other["sections"], answer["sections"]);
    assert_eq!(bench.run(&["read", &id, "--rendition", "9"]).code, 1);
}

/// Proves N5: a file of a note is written byte for byte as the hospital sent it, for its owner alone, and over no other.
#[test]
fn a_file_of_a_note_is_as_received() {
    let (bench, person) = chart_of("winifred", "");
    let id = note(&bench, &person, |note| {
        bench.run(&["read", note["id"].as_str().unwrap(), "--json"]).answer()["attachments"][0]["kind"] == "audio"
    });
    let file = bench.home().join("visit.wav");
    let path = file.display().to_string();
    let answer = bench.run(&["attachment", &id, "0", "--out", &path, "--json"]).answer();
    assert_eq!((&answer["kind"], &answer["out"]), (&"audio".into(), &path.as_str().into()));
    assert!(fs::read(&file).unwrap() == sandbox_file("014-visit-recording.wav"), "byte for byte");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
    fs::write(&file, "mine").unwrap();
    assert_eq!(bench.run(&["attachment", &id, "0", "--out", &path]).code, 2);
    assert_eq!(fs::read(&file).unwrap(), b"mine");
    let gone = bench.run(&["attachment", &id, "7", "--out", &format!("{path}.2")]);
    assert_eq!(gone.code, 1, "{}", gone.err);
    assert!(!Path::new(&format!("{path}.2")).exists());
    assert!(words(&bench.run(&["read", &id])).contains("This is a sound recording."));
    assert!(words(&bench.run(&["log", "--person", &person])).contains("You opened a file"));
}

/// Proves D2 and D11 on screen: what exists and was not fetched is listed with its reason, also when it is asked for.
#[test]
fn a_file_that_is_not_here_says_why() {
    let (bench, person) = chart_of("winifred", "");
    let notes = bench.run(&["notes", "--person", &person, "--json"]).answer();
    let mut told = Vec::new();
    for note in notes.as_array().unwrap() {
        let id = note["id"].as_str().unwrap();
        let open = bench.run(&["read", id, "--json"]).answer();
        let Some(file) = open["renditions"].as_array().unwrap().iter().find(|file| file["reason"].is_string()) else {
            continue;
        };
        let reason = file["reason"].as_str().unwrap();
        assert!(words(&bench.run(&["read", id])).contains(reason), "{reason}");
        let index = file["index"].to_string();
        let out = bench.home().join(id).display().to_string();
        let refused = bench.run(&["attachment", id, &index, "--out", &out]);
        if file["state"] != "unreadable" && file["state"] != "locked" {
            assert_eq!(refused.code, 1);
            assert!(refused.err.contains(reason), "{}", refused.err);
        }
        told.push(file["state"].as_str().unwrap().to_owned());
    }
    for state in ["gone", "elsewhere"] {
        assert!(told.iter().any(|told| told == state), "{told:?}");
    }
}

/// Proves D2, D4 and N6 on screen: a note names its older versions and what was added; the spoken form spells it out.
#[test]
fn versions_and_speech() {
    let (bench, person) = chart_of("winifred", "");
    let id = note(&bench, &person, |note| on(note, "2026-02-11"));
    let page = words(&bench.run(&["read", &id]));
    for told in
        ["This note was changed after it was done.", "An older version", "Added to this note later", "Added later"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    let versions = bench.run(&["read", &id, "--versions", "--json"]).answer();
    let all = versions["versions"].as_array().unwrap();
    assert!(all.len() >= 2, "{versions}");
    for version in all {
        let older = version["id"].as_str().unwrap();
        assert!(words(&bench.run(&["read", &id, "--versions"])).contains(older));
        assert_eq!(bench.run(&["read", older]).code, 0);
    }
    let spoken = bench.run(&["read", &id, "--spoken", "--json"]).answer();
    let text = spoken["spoken"][0]["text"].as_str().unwrap();
    assert!(text.contains("no swelling") || text.contains("No swelling"), "{text}");
    assert!(!text.contains("NSAID"), "{text}");
    let listed = words(&bench.run(&["notes", "--person", &person]));
    assert!(listed.contains("This note was changed after it was done."), "{listed}");
    assert!(listed.contains("A note put in the record by mistake"), "{listed}");
}

/// Proves N1 and A9: a C-CDA document lands as a document of the person it is about, and the screen says what landed.
#[test]
fn a_downloaded_document_opens() {
    let bench = Bench::new();
    let file = bench.file("record.xml", &String::from_utf8(sandbox_file("003-discharge-hf.ccda")).unwrap());
    let page = words(&bench.run(&["open", &file]));
    assert!(page.contains("1 entry read, 1 in the chart") && page.contains("Winifred Ada Ashgrove"), "{page}");
    let id = note(&bench, &bench.person(), |_| true);
    let note = Ran::of(bench.command(&["read", &id]).env("COLUMNS", "80").output().unwrap());
    assert!(note.out.contains("Potassium  │ 5.9 mmol/L H │ 4.4 mmol/L"), "{}", note.out);
}
