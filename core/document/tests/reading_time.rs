//! How long a note takes to read, and the words in it.

use plainchart_document::{Limits, NoteModel, WORDS_PER_MINUTE, read, reading_minutes};
use proptest::prelude::*;

fn model(source: &str) -> NoteModel {
    read(source.as_bytes(), None, &Limits::default()).expect("small and readable")
}

/// Proves N6: whole minutes, rounded up, and none for a note without words.
#[test]
fn minutes_are_whole_and_rounded_up() {
    let rate = usize::try_from(WORDS_PER_MINUTE).unwrap();
    for (words, minutes) in [
        (0, None),
        (1, Some(1)),
        (rate, Some(1)),
        (rate + 1, Some(2)),
        (10 * rate, Some(10)),
        (usize::MAX, Some(u32::MAX.div_ceil(WORDS_PER_MINUTE))),
    ] {
        assert_eq!(reading_minutes(words), minutes, "{words}");
    }
    assert_eq!(model("").reading_minutes(), None);
    assert_eq!(model("<p><b> - </b></p>").reading_minutes(), None);
    assert_eq!(model(&"word ".repeat(rate + 1)).reading_minutes(), Some(2));
}

/// Proves N6: every kind of block counts, in the order of the note.
#[test]
fn words_of_every_block_are_given_in_order() {
    let page = "<h2>One Two</h2><p>three - <b>four</b></p><ol><li>five<ul><li>six</ul></ol>\
        <table><tr><td>Na<td>7.5</table><hr><pre>eight  nine\n ten</pre>";
    let model = model(page);
    let words: Vec<&str> = model.plain_words().collect();
    assert_eq!(words, ["One", "Two", "three", "four", "1.", "five", "six", "Na", "7.5", "eight", "nine", "ten"]);
}

/// Proves N6: a script without spaces between its words takes time, too.
#[test]
fn scripts_without_spaces_take_time() {
    let minutes = |text: &str| model(text).reading_minutes();
    assert_eq!(minutes(&"漢".repeat(600)), Some(2));
    assert_eq!(minutes(&"ยา".repeat(450)), Some(2));
}

proptest! {
    /// Proves N6: the words are those of the note's text.
    #[test]
    fn words_are_those_of_the_text(source in "([a-z]{1,6}[ \n]|- |\\* |[A-Z]{2,5}: |[0-9]{1,3} |\n\n){0,60}") {
        let model = model(&source);
        let text = model.text();
        let from_text: Vec<&str> = text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).collect();
        prop_assert_eq!(model.plain_words().collect::<Vec<_>>(), from_text);
    }
}
