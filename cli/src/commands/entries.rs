//! Conditions, allergies, visits and the other lists of the record (D1).

use plainchart::{EntryKind, words};
use serde::Serialize;

use super::lists::{answer, foot, head, window};
use crate::app::App;
use crate::arguments::ListKind;
use crate::failure::{Failure, exit};
use crate::page::{Row, Text};
use crate::show;

#[derive(Serialize)]
struct KindAnswer {
    kind: &'static str,
    holds: String,
}

pub fn run(app: &mut App, asked: &ListKind) -> Result<(), Failure> {
    let Some(typed) = &asked.kind else { return names(app) };
    let Some(kind) = EntryKind::of_code(&typed.to_lowercase()) else {
        let names: Vec<&str> = EntryKind::ALL.iter().map(|kind| kind.code()).collect();
        let sentence = format!("There is no list of that name. The lists are: {}.", names.join(", "));
        return Err(Failure::said(exit::INVALID_INPUT, sentence));
    };
    let store = app.open_existing()?;
    let (id, person) = app.person(&store, asked.person.as_deref().unwrap_or_default())?;
    let listing = store.entries(&id, kind, window(app, &asked.page))?;
    store.close()?;
    if app.output.is_json() {
        return answer(app, &listing);
    }
    head(app, &person, &listing, &format!("{}: {}, newest first", show::capital(&holds(kind)), listing.total))?;
    let several = listing.sources.len() > 1;
    for entry in &listing.items {
        app.output.page.blank()?;
        show::entry_in_list(&mut app.output.page, entry, several)?;
    }
    if let Some(first) = listing.items.first() {
        app.output.page.blank()?;
        app.output.page.text(Text::quiet(format!("All of one entry: show {} --person {}", first.id, person.id)))?;
    }
    foot(app, &asked.page, &listing)
}

fn names(app: &mut App) -> Result<(), Failure> {
    let all = EntryKind::ALL;
    if app.output.is_json() {
        let kinds: Vec<KindAnswer> =
            all.into_iter().map(|kind| KindAnswer { kind: kind.code(), holds: holds(kind) }).collect();
        return app.output.json(&kinds);
    }
    let page = &mut app.output.page;
    let rows: Vec<Row> =
        all.into_iter().map(|kind| (Text::strong(kind.code()), Text::plain(show::capital(&holds(kind))))).collect();
    page.rows(&rows, 2)?;
    page.text(Text::quiet("See one: list NAME --person ID"))?;
    Ok(page.text(Text::quiet("Notes, results, medicines and referrals have commands of their own."))?)
}

/// What is in it, in plain words.
fn holds(kind: EntryKind) -> String {
    words::say(&format!("list.what.{}", kind.code()), &[])
}
