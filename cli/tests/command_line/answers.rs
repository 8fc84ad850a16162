//! What `--json` answers, and what a page shows.

use serde_json::{Value, json};

use super::bench::{Bench, RECORD};

/// Proves T2: the counts of `open` add up, and what is not shown yet is named.
#[test]
fn open_counts_add_up() {
    let bench = Bench::new();
    let answer = bench.run(&["open", &bench.file("r.json", RECORD), "--json"]).answer();
    let aside: u64 = answer["set_aside"].as_array().unwrap().iter().map(|aside| aside["count"].as_u64().unwrap()).sum();
    assert_eq!(answer["read"], 5);
    assert_eq!(answer["in_chart"].as_u64().unwrap() + aside, 5);
    assert_eq!(answer["set_aside"][0]["reason"], "unsupported_type");
    assert!(answer["set_aside"][0]["first"].is_string());
    assert_eq!(answer["skipped"], json!([]));
    assert_eq!(answer["people"][0]["name"], "Ines Okoro");
    let strict = bench.run(&["open", &bench.file("r.json", RECORD), "--json", "--strict"]);
    assert_eq!((strict.code, strict.json().len()), (2, 1), "strict answers too");
}

/// Proves T2, P1 and D6: every item of a list says whose it is, where it comes from and as of when.
#[test]
fn lists_hold_what_the_screen_shows() {
    let bench = Bench::with_record();
    let person = bench.person();
    for (list, count) in [("notes", 1), ("results", 2)] {
        let answer = bench.run(&["--json", list, "--person", "ines"]).answer();
        let items = answer.as_array().unwrap();
        assert_eq!(items.len(), count, "{list}");
        for item in items {
            assert_eq!(item["person"], person);
            assert!(item["id"].is_string() && item["source"].is_string() && item["as_of"].is_i64(), "{item}");
        }
        assert_eq!(bench.run(&[list, "--person", &person, "--json", "--limit", "0"]).answer(), json!([]));
    }
}

/// Proves R1 on screen: the lab's own range and flag where it gave them, and none where it did not; D7: no date made up.
#[test]
fn a_result_shows_what_the_lab_gave_and_no_more() {
    let bench = Bench::with_record();
    let page = bench.run(&["results", "--person", "ines"]).out;
    assert!(page.contains("INES OKORO"), "{page}");
    let words = page.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("1.60 mg/dL; this lab's range: 0.7 to 1.3. The lab marked it high. r"), "{page}");
    let other = page.lines().find(|line| line.contains("House test 7")).unwrap();
    let id = bench.run(&["--json", "results", "--person", "ines"]).answer()[1]["id"].as_str().unwrap().to_owned();
    assert!(other.ends_with(&format!("seen  {id}")), "{other}");
    assert!(page.contains("\n3 Feb 2026\n") && page.contains("\n2026\n"), "{page}");
}

/// Proves T2: `read` answers sections, and marks only when they are asked for; a day is not moved through time zones.
#[test]
fn read_answers_sections_and_marks() {
    let bench = Bench::with_record();
    let id = bench.run(&["--json", "notes", "--person", "ines"]).answer()[0]["id"].as_str().unwrap().to_owned();
    let plain = bench.run(&["read", &id, "--json"]).answer();
    assert_eq!((&plain["id"], &plain["marks"]), (&json!(id), &json!([])));
    assert!(plain["title"].is_string());
    let section = &plain["sections"][0];
    assert_eq!(section["heading"], "HPI");
    assert!(section["plain_heading"].is_string());
    let text = section["text"].as_str().unwrap();
    let marks = bench.run(&["read", &id, "--marks", "--json"]).answer();
    let mark = marks["marks"].as_array().unwrap().iter().find(|mark| mark["cue"] == "negated").expect("LAD is denied");
    let (start, end) = (mark["start"].as_u64().unwrap() as usize, mark["end"].as_u64().unwrap() as usize);
    assert!(text.get(start..end).is_some());
    let page = bench.run(&["read", &id, "--marks"]).out;
    assert!(
        page.contains("‹LAD›") && page.contains("▸\u{a0}the note says: no") && page.contains("INES OKORO"),
        "{page}"
    );
    assert!(page.contains("3 Feb 2026"), "{page}");
    assert!(!bench.run(&["read", &id]).out.contains('‹'));
}

/// Proves T2 and G1: marks of any text, in bytes and UTF-16, from a file and from standard input, without a store.
#[test]
fn annotate_needs_no_store() {
    let mut bench = Bench::new();
    bench.passphrase = None;
    let text = "Père 👍: pt denies SOB.";
    let answer = bench.run_with_input(&["annotate", "-", "--json"], text).answer();
    assert_eq!(answer, bench.run(&["--json", "annotate", &bench.file("t.txt", text)]).answer());
    let marks = answer["marks"].as_array().unwrap();
    let mark = marks.iter().find(|mark| {
        text.get(mark["start"].as_u64().unwrap() as usize..mark["end"].as_u64().unwrap() as usize) == Some("SOB")
    });
    let mark = mark.expect("SOB is marked");
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let word = &utf16[mark["start_utf16"].as_u64().unwrap() as usize..mark["end_utf16"].as_u64().unwrap() as usize];
    assert_eq!(String::from_utf16(word).unwrap(), "SOB");
    for name in ["entry", "kind", "tier", "certain", "cue"] {
        assert!(mark.get(name).is_some(), "{name}");
    }
    assert!(mark["senses"][0]["id"].is_string() && mark["senses"][0]["plain"].is_string());
    assert!(!bench.home().exists(), "no store was made");
    let left: Vec<_> =
        std::fs::read_dir(bench.home().parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["t.txt"], "nothing is left behind");
}

/// Proves T2: `define` answers an entry with its senses, or suggestions.
#[test]
fn define_answers_or_suggests() {
    let bench = Bench::new();
    let found = bench.run(&["define", "unremarkable", "--json"]).answer();
    assert!(found["entry"].is_string() && found["senses"][0]["plain"].is_string());
    let unknown = bench.run(&["define", "unremarkabel", "--json"]).answer();
    assert_eq!((&unknown["entry"], &unknown["senses"]), (&Value::Null, &json!([])));
    assert!(unknown["suggestions"].is_array());
}

/// Proves T2 and P6: the log of a person, verified; the doctor; lock; erase.
#[test]
fn the_log_the_doctor_and_the_end() {
    let bench = Bench::with_record();
    bench.run(&["notes", "--person", "ines"]);
    let log = bench.run(&["log", "--person", "ines", "--verify", "--json"]).answer();
    assert_eq!(log["check"]["whole"], true);
    let acts: Vec<&str> = log["lines"].as_array().unwrap().iter().map(|line| line["act"].as_str().unwrap()).collect();
    assert!(acts.contains(&"imported") && acts.contains(&"listed_notes"), "{acts:?}");
    assert_eq!(bench.run(&["doctor", "--json"]).answer()["sound"], true);
    assert_eq!(bench.run(&["lock", "--json"]).answer(), json!({"locked": true, "opens_with": ["environment"]}));
    let person = bench.person();
    assert_eq!(bench.run(&["erase", "--person", &person, "--yes", "--json"]).answer(), json!({ "erased": person }));
    assert_ne!(bench.run(&["notes", "--person", &person, "--json"]).code, 0);
}

/// Proves T2: no line is wider than the terminal, and nothing but text is written where there is no terminal.
#[test]
fn pages_hold_their_width_and_pipes_get_no_escapes() {
    let bench = Bench::with_record();
    let id = bench.run(&["--json", "notes", "--person", "ines"]).answer()[0]["id"].as_str().unwrap().to_owned();
    let pages: [&[&str]; 8] = [
        &["people"],
        &["notes", "--person", "ines"],
        &["results", "--person", "ines"],
        &["read", &id, "--marks"],
        &["log", "--person", "ines"],
        &["doctor"],
        &["lock"],
        &["define", "unremarkable"],
    ];
    for page in pages {
        let mut words = Vec::new();
        for width in [40, 61, 100] {
            let output =
                bench.command(page).env("COLUMNS", width.to_string()).env("TERM", "xterm-256color").output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(!text.is_empty() && !text.contains('\x1b'), "{page:?}");
            for line in text.lines() {
                assert!(line.chars().count() <= width, "{page:?} at {width}: {line}");
            }
            words.push(text.split_whitespace().filter(|word| !word.starts_with('━')).collect::<Vec<_>>().join(" "));
        }
        // Reading the log writes a line of its own.
        assert!(
            page == ["log", "--person", "ines"] || words.windows(2).all(|pair| pair[0] == pair[1]),
            "the same words at any width: {page:?}"
        );
    }
}
