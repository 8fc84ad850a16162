//! A person's notes, newest first.

use plainchart::{NoteSummary, words};

use super::lists::{answer, foot, head, window};
use crate::app::App;
use crate::arguments::List;
use crate::failure::Failure;
use crate::page::{Row, Style, Text};
use crate::{dates, show};

pub fn run(app: &mut App, asked: &List) -> Result<(), Failure> {
    let store = app.open_existing()?;
    let (id, person) = app.person(&store, &asked.person)?;
    let listing = store.notes(&id, window(app, &asked.page))?;
    store.close()?;
    if app.output.is_json() {
        return answer(app, &listing);
    }
    head(app, &person, &listing, &format!("{} notes, newest first", listing.total))?;
    let several = listing.sources.len() > 1;
    let rows: Vec<Row> = listing.items.iter().map(|note| row(note, several)).collect();
    app.output.page.rows(&rows, 2)?;
    foot(app, &asked.page, &listing)
}

fn row(note: &NoteSummary, several_sources: bool) -> Row {
    let mut text = Text::strong(&note.title);
    if !note.authors.is_empty() {
        text.push(format!(", {}", note.authors.join(", ")), Style::Plain);
    }
    if several_sources {
        text.push(format!(", {}", note.source), Style::Quiet);
    }
    if let Some(clock) = note.date.as_ref().and_then(dates::clock) {
        text.push(format!(", {clock}"), Style::Quiet);
    }
    if note.new && !note.entered_in_error {
        text.push(" ● not opened yet", Style::Marked);
    }
    text.push(format!("  {}", note.id), Style::Quiet);
    // A mistaken one says so in its title.
    let states = show::standing_of(note).into_iter().filter(|_| !note.entered_in_error);
    let private = note.sensitive.then(|| words::say("sensitivity.notice", &[]));
    for sentence in states.chain(private) {
        text.push(format!("\n{sentence}"), Style::Notice);
    }
    let day = dates::day_of(note.date.as_ref());
    (Text::plain(if day.is_empty() { "no date" } else { &day }), text)
}
