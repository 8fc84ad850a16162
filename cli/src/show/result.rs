//! Results as the lab gave them (R1): its value, its range, its flag, and nothing that it did not give.

use plainchart::ResultView;

use crate::page::{Row, Style, Text};

/// The name of a test as the first words of a line; names such as pH stay as they are.
pub fn name_text(result: &ResultView) -> String {
    let mut letters = result.name.chars();
    let is_word =
        result.name.split([' ', ',']).next().is_some_and(|word| word.len() > 2 && word.chars().all(char::is_lowercase));
    match letters.next().filter(|_| is_word) {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => result.name.clone(),
    }
}

/// A value with its unit, or why there is none.
pub fn value_text(result: &ResultView) -> String {
    match (&result.value, &result.unit) {
        (Some(value), Some(unit)) => format!("{value} {unit}"),
        (Some(value), None) => value.clone(),
        (None, _) => match &result.absent {
            Some(reason) => format!("no value: {reason}"),
            None => "no value was given".to_owned(),
        },
    }
}

/// A result with its parts below it: name, and value, flags and ranges.
pub fn result_rows(result: &ResultView) -> Vec<Row> {
    let mut rows = vec![(Text::strong(name_text(result)), told(result))];
    for part in &result.parts {
        rows.push((Text::plain(format!("· {}", name_text(part))), told(part)));
    }
    rows
}

fn told(result: &ResultView) -> Text {
    let mut text = Text::default();
    let mut say = |sentence: &str, style: Style| {
        if !text.is_empty() {
            text.push("; ", Style::Quiet);
        }
        // Sentences of several sources stand side by side here.
        text.push(sentence.trim_end_matches('.'), style);
    };
    if result.parts.is_empty() || result.value.is_some() || result.absent.is_some() {
        say(&value_text(result), Style::Plain);
    }
    for flag in &result.flags {
        say(flag, Style::Notice);
    }
    if !result.ranges.is_empty() {
        say(&format!("this lab's range: {}", result.ranges.join("; ")), Style::Quiet);
    }
    for sentence in result.status.iter().chain(&result.notes) {
        say(sentence, Style::Plain);
    }
    if result.withdrawn {
        say(&format!("{} no longer has this", result.source), Style::Notice);
    }
    text
}
