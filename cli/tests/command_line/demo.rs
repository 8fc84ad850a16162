//! The main job: told twice, without a question.

use super::bench::{Bench, Ran};

/// Proves the rules of the demo: exit 0, the same words at any width, true counts, commands that work, and a second run
/// that starts from the sealed store without the hospital.
#[test]
fn the_demo_tells_its_story_twice() {
    let mut bench = Bench::new();
    bench.passphrase = None;
    let first = Ran::of(bench.command(&["demo"]).env("COLUMNS", "60").output().unwrap());
    assert_eq!(first.code, 0, "{}", first.err);
    assert!(!first.out.contains('\x1b'));
    for line in first.out.lines() {
        assert!(line.chars().count() <= 60, "{line}");
    }
    let words = first.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for told in [
        "✓ signed in Rosa Vidal, 47 your own chart",
        "Lakeside asked us to wait 2 seconds.",
        "AURELIO VIDAL, 81 ━",
        "In plain words",
        "▸ the note says: no",
        "Lakeside is switched off",
        "found 0 times",
        "demo.key",
    ] {
        assert!(words.contains(told), "{told}\n{}", first.out);
    }
    let shown = words.split("plainchart read ").nth(1).expect("the note can be read again");
    let note = shown.split(' ').next().unwrap();
    for command in [vec!["read", note, "--marks", "--demo"], vec!["results", "--person", "aurelio", "--demo"]] {
        assert_eq!(bench.run(&command).code, 0, "{command:?}");
    }
    let second = bench.run(&["demo", "--json"]);
    let facts = second.answer();
    assert!(second.err.contains("Found your locked store"), "{}", second.err);
    assert_eq!((&facts["first_run"], &facts["note"]), (&false.into(), &note.into()));
    assert!(facts["key"].as_str().unwrap().ends_with("demo.key"));
    // Half a demo is taken away and told anew.
    assert_eq!(bench.run(&["erase", "--person", "mateo", "--demo", "--yes"]).code, 0);
    let third = bench.run(&["demo", "--json"]);
    assert_eq!(third.answer()["first_run"], true, "{}", third.err);
    // The reader's own home is another one.
    assert_eq!(bench.run(&["people", "--json"]).answer(), serde_json::json!([]));
}
