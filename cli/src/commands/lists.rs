//! Notes and results of a person, newest first.

use plainchart::{Listing, NoteSummary, PersonView, Window};
use serde::Serialize;

use crate::app::App;
use crate::arguments::List;
use crate::failure::Failure;
use crate::page::{Row, Style, Text};
use crate::{dates, show};

/// What fits a reader at once.
const ON_A_PAGE: usize = 50;

pub fn notes(app: &mut App, asked: &List) -> Result<(), Failure> {
    let store = app.open_existing()?;
    let (id, person) = app.person(&store, &asked.person)?;
    let listing = store.notes(&id, window(app, asked))?;
    if app.output.is_json() {
        return answer(app, &listing);
    }
    head(app, &person, &listing, "notes")?;
    let rows: Vec<Row> = listing.items.iter().map(note_row).collect();
    app.output.page.rows(&rows, 2)?;
    foot(app, asked, &listing)
}

fn note_row(note: &NoteSummary) -> Row {
    let mut text = Text::strong(&note.title);
    if !note.authors.is_empty() {
        text.push(format!(", {}", note.authors.join(", ")), Style::Plain);
    }
    if note.new {
        text.push(" ● not opened yet", Style::Marked);
    }
    if let Some(status) = &note.status {
        text.push(format!(" ({})", status.replace('-', " ")), Style::Notice);
    }
    if note.withdrawn {
        text.push(format!(" ({} no longer has it)", note.source), Style::Notice);
    }
    text.push(format!("  {}", note.id), Style::Quiet);
    let day = dates::day_of(note.date.as_ref());
    (Text::plain(if day.is_empty() { "no date" } else { &day }), text)
}

pub fn results(app: &mut App, asked: &List) -> Result<(), Failure> {
    let store = app.open_existing()?;
    let (id, person) = app.person(&store, &asked.person)?;
    let listing = store.results(&id, window(app, asked))?;
    if app.output.is_json() {
        return answer(app, &listing);
    }
    head(app, &person, &listing, "results")?;
    let mut rest = listing.items.as_slice();
    while let Some(first) = rest.first() {
        let day = dates::day_of(first.date.as_ref());
        let same = rest.iter().take_while(|result| dates::day_of(result.date.as_ref()) == day).count();
        let (today, later) = rest.split_at(same);
        app.output.page.text(Text::default().and(if day.is_empty() { "No date" } else { &day }, Style::Marked))?;
        let rows: Vec<Row> = today.iter().flat_map(show::result_rows).collect();
        app.output.page.rows(&rows, 2)?;
        rest = later;
    }
    foot(app, asked, &listing)
}

fn window(app: &App, asked: &List) -> Window {
    let most = if app.output.is_json() { Window::ALL.limit } else { ON_A_PAGE };
    Window { offset: asked.offset, limit: asked.limit.unwrap_or(most) }
}

/// An item, and whose it is (P1).
#[derive(Serialize)]
struct Item<'l, T> {
    person: &'l str,
    #[serde(flatten)]
    item: &'l T,
}

/// A list of items; why it may be short is said on standard error (D6).
fn answer<T: Serialize>(app: &mut App, listing: &Listing<T>) -> Result<(), Failure> {
    for sentence in show::what_sources_say(&listing.sources, listing.total == 0, app.now_ms()) {
        app.note(&sentence)?;
    }
    let items: Vec<Item<'_, T>> = listing.items.iter().map(|item| Item { person: &listing.person, item }).collect();
    app.output.json(&items)
}

fn head<T>(app: &mut App, person: &PersonView, listing: &Listing<T>, what: &str) -> Result<(), Failure> {
    let now_ms = app.now_ms();
    let page = &mut app.output.page;
    show::whose(page, person, now_ms)?;
    if listing.total > 0 {
        page.text(Text::quiet(format!("{} {what}, newest first", listing.total)))?;
    }
    for sentence in show::what_sources_say(&listing.sources, listing.total == 0, now_ms) {
        page.text(sentence)?;
    }
    Ok(())
}

fn foot<T>(app: &mut App, asked: &List, listing: &Listing<T>) -> Result<(), Failure> {
    let until = (asked.offset + listing.items.len()) as u64;
    if until < listing.total {
        let left = listing.total - until;
        app.output.page.text(Text::quiet(format!("{left} more: --offset {until}, or --limit {}", listing.total)))?;
    }
    Ok(())
}
