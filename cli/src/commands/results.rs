//! A person's results, newest first, by report, or one test over time.

use plainchart::{PanelLine, PanelView, PersonId, PersonView, Plainchart};

use super::lists::{answer, foot, head, window};
use super::trend;
use crate::app::App;
use crate::arguments::Results;
use crate::failure::Failure;
use crate::page::{Page, Row, Style, Text};
use crate::{dates, show};

pub fn run(app: &mut App, asked: &Results) -> Result<(), Failure> {
    let store = app.open_existing()?;
    let (id, person) = app.person(&store, &asked.list.person)?;
    match &asked.trend {
        Some(wanted) => trend::run(app, &store, (&id, &person), asked, wanted),
        None if asked.panels => panels(app, &store, (&id, &person), asked),
        None => list(app, &store, (&id, &person), asked),
    }
}

fn list(
    app: &mut App,
    store: &Plainchart,
    (id, person): (&PersonId, &PersonView),
    asked: &Results,
) -> Result<(), Failure> {
    let listing = store.results(id, window(app, &asked.list.page))?;
    store.close()?;
    if app.output.is_json() {
        return answer(app, &listing);
    }
    head(app, person, &listing, &format!("{} results, newest first", listing.total))?;
    let mut rest = listing.items.as_slice();
    while let Some(first) = rest.first() {
        let time = when(first.date.as_ref());
        let same = rest.iter().take_while(|result| when(result.date.as_ref()) == time).count();
        let (these, later) = rest.split_at(same);
        app.output.page.text(Text::default().and(time, Style::Marked))?;
        let rows: Vec<Row> = these.iter().flat_map(show::result_rows).collect();
        app.output.page.rows(&rows, 2)?;
        rest = later;
    }
    foot(app, &asked.list.page, &listing)
}

fn when(time: Option<&plainchart::Time>) -> String {
    time.map_or_else(|| "No date".to_owned(), dates::written)
}

fn panels(
    app: &mut App,
    store: &Plainchart,
    (id, person): (&PersonId, &PersonView),
    asked: &Results,
) -> Result<(), Failure> {
    let listing = store.panels(id, window(app, &asked.list.page))?;
    store.close()?;
    if app.output.is_json() {
        return answer(app, &listing);
    }
    head(app, person, &listing, &format!("{} reports and single results, newest first", listing.total))?;
    let mut last = None;
    for panel in &listing.items {
        let page = &mut app.output.page;
        if panel.id.is_some() {
            page.blank()?;
            self::panel(page, panel)?;
        } else {
            // Single results of one time stand together.
            let time = when(panel.date.as_ref());
            if last.as_ref() != Some(&time) {
                page.blank()?;
                page.text(Text::default().and(&time, Style::Marked))?;
            }
            lines(page, panel)?;
            last = Some(time);
            continue;
        }
        last = None;
    }
    foot(app, &asked.list.page, &listing)
}

fn panel(page: &mut Page, panel: &PanelView) -> Result<(), Failure> {
    let mut title = Text::strong(&panel.title).and(format!(", {}", when(panel.date.as_ref())), Style::Marked);
    if let Some(kind) = panel.kind.as_ref().filter(|kind| **kind != panel.title) {
        title.push(format!(", {kind}"), Style::Quiet);
    }
    page.text(title)?;
    let mut said: Vec<String> = panel.status.iter().chain(&panel.empty).cloned().collect();
    said.extend(show::marker_sentences(panel.withdrawn, panel.sensitive, &panel.source));
    show::standing(page, &said, 2)?;
    let parties = |all: &[plainchart::PartyView]| all.iter().map(show::party).collect::<Vec<_>>().join("; ");
    let facts = [
        ("performers", parties(&panel.performers)),
        ("interpreters", parties(&panel.interpreters)),
        ("specimens", panel.specimens.join("; ")),
    ];
    let label = |id: &str| plainchart::words::say(&format!("result.report.{id}"), &[]);
    let facts = facts.into_iter().filter(|(_, text)| !text.is_empty());
    page.rows(&facts.map(|(id, text)| (Text::quiet(label(id)), text.into())).collect::<Vec<Row>>(), 2)?;
    lines(page, panel)?;
    if let Some(note) = &panel.note {
        page.indented(Text::quiet(format!("Its text: read {note}")), 2, 4)?;
    }
    Ok(())
}

fn lines(page: &mut Page, panel: &PanelView) -> Result<(), Failure> {
    let mut rows: Vec<Row> = Vec::new();
    for line in &panel.lines {
        match line {
            PanelLine::Result { result } => rows.extend(show::result_rows(result)),
            PanelLine::Elsewhere { link } => rows.extend(show::link_row(link)),
            PanelLine::NotShared { sentence } => rows.push((Text::quiet("–"), Text::quiet(sentence))),
        }
    }
    Ok(page.rows(&rows, 2)?)
}
