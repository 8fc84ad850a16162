//! One note: to read, as it is read aloud, or its versions.

use plainchart::SpokenSection;
use serde::Serialize;

use crate::app::App;
use crate::arguments::Read;
use crate::failure::Failure;
use crate::page::{Page, Text};
use crate::show;

#[derive(Serialize)]
struct Spoken<'s> {
    id: &'s str,
    person: &'s str,
    spoken: &'s [SpokenSection],
}

#[derive(Serialize)]
struct Versions<'s> {
    id: &'s str,
    person: &'s str,
    versions: &'s [plainchart::VersionView],
    also_listed_as: &'s [plainchart::MentionView],
}

pub fn run(app: &mut App, asked: &Read) -> Result<(), Failure> {
    let store = app.open_existing()?;
    let person = store.whose_note(&asked.note)?;
    if asked.spoken {
        let spoken = store.spoken(&person, &asked.note, asked.marks)?;
        let view = store.person(&person)?;
        store.close()?;
        if app.output.is_json() {
            return app.output.json(&Spoken { id: &asked.note, person: &view.id, spoken: &spoken });
        }
        let now_ms = app.now_ms();
        show::whose(&mut app.output.page, &view, now_ms)?;
        return say_aloud(&mut app.output.page, &spoken);
    }
    let mut note = match asked.rendition {
        Some(index) => store.read_note_rendition(&person, &asked.note, index)?,
        None => store.read_note(&person, &asked.note)?,
    };
    let view = store.person(&person)?;
    store.close()?;
    if app.output.is_json() {
        if asked.versions {
            let summary = &note.summary;
            let (versions, also_listed_as) = (&summary.versions, &summary.also_listed_as);
            return app.output.json(&Versions { id: &summary.id, person: &view.id, versions, also_listed_as });
        }
        if !asked.marks {
            note.marks.clear();
        }
        return app.output.json(&note);
    }
    let now_ms = app.now_ms();
    let page = &mut app.output.page;
    show::whose(page, &view, now_ms)?;
    if asked.versions {
        page.text(Text::strong(show::title_line(&note.summary)))?;
        if note.summary.versions.is_empty() && note.summary.also_listed_as.is_empty() {
            return Ok(page.text(format!("{} shared no other version of this note.", note.summary.source))?);
        }
        return Ok(show::versions(page, &note.summary, "Other versions")?);
    }
    Ok(show::note(page, &note, asked.marks)?)
}

/// The words alone, as a voice says them.
fn say_aloud(page: &mut Page, spoken: &[SpokenSection]) -> Result<(), Failure> {
    for section in spoken {
        page.blank()?;
        if let Some(heading) = &section.heading {
            page.indented(Text::strong(heading), 2, 4)?;
        }
        page.indented(section.text.as_str(), 4, 4)?;
    }
    Ok(())
}
