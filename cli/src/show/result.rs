//! Results as the lab gave them (R1): its value, its range, its flag, and nothing that it did not give.

use std::io;

use plainchart::{PartyView, ResultDetail, ResultVersionView, ResultView, words};

use super::entry::{link_row, party};
use crate::dates;
use crate::page::{Page, Row, Style, Text};

/// The name of a test as the first words of a line; names such as pH stay as they are.
pub fn name_text(result: &ResultView) -> String {
    capital(&result.name)
}

/// Words that begin a line; names such as pH stay as they are.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let is_word =
        text.split([' ', ',']).next().is_some_and(|word| word.len() > 2 && word.chars().all(char::is_lowercase));
    match letters.next().filter(|_| is_word) {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => text.to_owned(),
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
    rows(result, 0)
}

fn rows(result: &ResultView, depth: usize) -> Vec<Row> {
    let name = match depth {
        0 => Text::strong(name_text(result)),
        _ => Text::plain(format!("{}· {}", "  ".repeat(depth - 1), name_text(result))),
    };
    let mut all = vec![(name, told(result, depth == 0))];
    all.extend(result.parts.iter().flat_map(|part| rows(part, depth + 1)));
    let aside = |text: &str| (Text::quiet(format!("{}·", "  ".repeat(depth))), Text::quiet(text));
    all.extend(result.elsewhere.iter().map(|link| aside(&link.label)));
    all.extend(result.not_shared.iter().map(|sentence| aside(sentence)));
    all
}

/// The value with the lab's range, then what is to be said of it, one sentence after the other.
fn told(result: &ResultView, with_id: bool) -> Text {
    let mut text = Text::default();
    // A result that was called off or is a heading for its parts has no value to miss.
    let is_explained = result.status.is_some() || !result.parts.is_empty() || !result.not_shared.is_empty();
    if result.value.is_some() || result.absent.is_some() || !is_explained {
        text.push(value_text(result), Style::Plain);
    }
    if !result.ranges.is_empty() {
        let between = if text.is_empty() { "" } else { "; " };
        text.push(format!("{between}this lab's range: {}", result.ranges.join("; ")), Style::Quiet);
    }
    for (sentence, style) in sentences(result) {
        if !text.is_empty() {
            text.push(if ends(&text) { " " } else { ". " }, Style::Plain);
        }
        text.push(sentence, style);
    }
    if with_id {
        text.push(format!("  {}", result.id), Style::Quiet);
    }
    text
}

fn ends(text: &Text) -> bool {
    text.0.last().is_some_and(|piece| piece.text.ends_with(['.', '!', '?', ':']))
}

fn sentences(result: &ResultView) -> Vec<(String, Style)> {
    let mut all: Vec<(String, Style)> = Vec::new();
    let mut say = |sentence: &str, style: Style| {
        let is_known = all.iter().any(|(known, _)| known == sentence);
        if !is_known {
            all.push((sentence.to_owned(), style));
        }
    };
    for flag in &result.flags {
        say(flag, Style::Notice);
    }
    if let Some(critical) = &result.critical {
        // A critical flag says the same.
        if result.flags.is_empty() {
            say(&critical.sentence, Style::Notice);
        }
        say(&critical.contact, Style::Notice);
    }
    // What it was says that it was changed.
    match &result.corrected {
        Some(corrected) => {
            say(&corrected.sentence, Style::Notice);
            corrected.reasons.iter().for_each(|reason| say(reason, Style::Plain));
        }
        None => result.status.iter().for_each(|status| say(status, Style::Notice)),
    }
    result.status_reason.iter().for_each(|reason| say(reason, Style::Plain));
    result.ranges_note.iter().for_each(|note| say(note, Style::Quiet));
    let from_lab = words::say("result.notes", &[]);
    result.notes.iter().for_each(|note| say(&format!("{from_lab}: {note}"), Style::Plain));
    if result.withdrawn {
        say(&format!("{} no longer has this.", result.source), Style::Notice);
    }
    all
}

/// One result with all that is known of it.
pub fn result_open(page: &mut Page, of: &ResultDetail) -> io::Result<()> {
    let result = &of.result;
    page.text(Text::strong(name_text(result)).and(format!("  {}", result.id), Style::Quiet))?;
    for said in result.measures.iter().chain(&result.why) {
        page.indented(Text::plain(said), 2, 2)?;
    }
    if let Some(notice) = &of.notice {
        page.indented(Text::default().and(notice, Style::Notice), 2, 2)?;
    }
    let mut about: Vec<Row> = Vec::new();
    let mut row = |label: &str, text: String| {
        if !text.is_empty() {
            about.push((Text::quiet(label), Text::plain(text)));
        }
    };
    let label = |id: &str| words::say(id, &[]);
    row("When", result.date.as_ref().map(dates::written).unwrap_or_default());
    row(&label("result.issued"), result.issued.as_ref().map(dates::written).unwrap_or_default());
    row("The lab calls it", result.source_name.clone().unwrap_or_default());
    row(&label("result.specimen"), result.specimen.clone().unwrap_or_default());
    row(&label("result.method"), result.method.clone().unwrap_or_default());
    row("Where on the body", result.body_site.clone().unwrap_or_default());
    let parties = |all: &[PartyView]| all.iter().map(party).collect::<Vec<_>>().join("; ");
    row("Done by", parties(&result.performers));
    row("From", result.source.clone());
    page.rows(&result_rows(result), 2)?;
    page.rows(&about, 2)?;
    page.rows(&of.newer.iter().chain(&of.links).filter_map(link_row).collect::<Vec<_>>(), 2)?;
    if !of.versions.is_empty() {
        page.blank()?;
        page.text(Text::strong("Its versions, newest first"))?;
        page.rows(&of.versions.iter().flat_map(version_rows).collect::<Vec<_>>(), 2)?;
    }
    if !of.spoken.is_empty() {
        page.blank()?;
        page.text(Text::quiet("Read aloud: ").and(of.spoken.join(" "), Style::Plain))?;
    }
    if result.analyte.is_some() {
        page.text(Text::quiet(format!("Over time: results --trend {}", result.id)))?;
    }
    Ok(())
}

fn version_rows(version: &ResultVersionView) -> Vec<Row> {
    let when = version.issued.as_ref().map_or_else(|| words::say("result-list.date.none", &[]), dates::written);
    let value = version.value.as_deref().map(|value| format!(": {value}")).unwrap_or_default();
    let mut rows = vec![(Text::plain(when), Text::plain(format!("{}{value}", version.status)))];
    let changes = version.changes.iter().map(|change| (Text::quiet("·"), Text::quiet(&change.sentence)));
    rows.extend(changes);
    rows
}
