//! The main job on made-up people: sign in, get the charts, read a note with its words explained, and again with the
//! hospital switched off. Every number is measured or counted while it runs.

mod hospital;
mod scenes;
mod search;

use std::env;
use std::fs;
use std::io;
use std::sync::Arc;

use plainchart::{Clock, NoteSummary, PersonId, PersonView, Plainchart, PlainchartError, SystemClock, Window};
use serde::Serialize;

use crate::app::{App, Servers, cancel_on_interrupt, runtime};
use crate::dates;
use crate::failure::{Failure, of_disk};
use crate::home::{Home, MadeWith};
use crate::page::Text;
use crate::show;
use crate::unlock;

use hospital::Hospital;
use search::Search;

/// Whose note is read.
const READ_FOR: &str = "aurelio";

/// What was counted and measured, for a program.
#[derive(Default, Serialize)]
struct Facts {
    first_run: bool,
    people: Vec<PersonFacts>,
    note: String,
    note_opened_ms: i64,
    searched: Option<Search>,
    waited_seconds: u64,
    log_lines: usize,
    key: String,
}

#[derive(Serialize)]
struct PersonFacts {
    id: String,
    name: Option<String>,
    notes: u64,
    results: u64,
}

/// Tells the story. `is_demo_home`: the home that was chosen is the demo's own already.
///
/// # Errors
/// What the facade says; the hospital is made up, the client is not.
pub fn run(app: &mut App, is_demo_home: bool) -> Result<(), Failure> {
    let home = if is_demo_home { app.home.clone() } else { app.home.demo() };
    let mut facts = Facts { key: home.demo_key().display().to_string(), ..Facts::default() };
    banner(app)?;
    let told_before = match home.made_with()? {
        Some(MadeWith::Demo) => again(app, &home, &mut facts)?,
        Some(_) => return Err(PlainchartError::invalid("home").into()),
        None => false,
    };
    if !told_before {
        facts.first_run = true;
        first(app, &home, &mut facts)?;
    }
    closing(app, &home, &facts)?;
    if app.output.is_json() { app.output.json(&facts) } else { Ok(app.output.page.flush()?) }
}

fn banner(app: &mut App) -> io::Result<()> {
    let page = &mut app.output.page;
    page.text(
        Text::strong("PLAINCHART")
            .and("   Read a medical chart in plain words, even with no signal.", Default::default()),
    )?;
    page.text("Lakeside Hospital and everyone in it are made up. It all runs on this computer.")?;
    page.blank()
}

/// The first time: from the sign-in to the hospital being switched off.
fn first(app: &mut App, home: &Home, facts: &mut Facts) -> Result<(), Failure> {
    let keystore = unlock::demo_keystore(home)?;
    let hospital = Hospital::open()?;
    let servers = Servers { roots_pem: hospital.certificate(), allow_http_loopback: false };
    let store = Plainchart::open(&servers.configuration(&home.store()), keystore, Arc::new(SystemClock))?;
    let runtime = runtime()?;
    let cancel = cancel_on_interrupt(&runtime);
    let people = runtime.block_on(hospital.sign_everyone_in(app, &store, &cancel))?;
    facts.waited_seconds = runtime.block_on(hospital.get_the_charts(app, &store, &people, &cancel))?;
    for (id, view) in store.people()?.into_iter().map(|view| (store.find_person(&view.id), view)) {
        let (id, nothing) = (id?, Window { offset: 0, limit: 0 });
        let (notes, results) = (store.notes(&id, nothing)?.total, store.results(&id, nothing)?.total);
        facts.people.push(PersonFacts { id: view.id, name: view.name, notes, results });
    }
    let (id, person) = app.person(&store, READ_FOR)?;
    let now_ms = app.now_ms();
    app.output.page.blank()?;
    show::whose(&mut app.output.page, &person, now_ms)?;
    scenes::newest(&mut app.output.page, &store, &id)?;
    let note = newest_progress_note(&store, &id)?;
    facts.note.clone_from(&note.id);
    scenes::note(&mut app.output.page, &store, &id, &note)?;
    scenes::course(&mut app.output.page, &store, &id)?;

    hospital.switch_off();
    store.close()?;
    drop(store);
    app.output.page.blank()?;
    app.output.page.heading(&["Lakeside is switched off"])?;
    let opened = open_again(app, home)?;
    let view = opened.store.read_note(&id, &note.id)?;
    facts.note_opened_ms = app.stopwatch_ms() - opened.began_ms;
    let as_of = as_of(&person, app.now_ms());
    app.output.page.indented(
        format!(
            "Offline. {}'s note opened from the locked store in {}, as of {as_of}.",
            given_name(&person),
            duration(facts.note_opened_ms)
        ),
        2,
        2,
    )?;
    let search = Search::run(home.folder(), &home.demo_key(), &search::words(given_name(&person), &view))
        .map_err(|error| of_disk(&error))?;
    app.output.page.indented(search.sentence(), 2, 2)?;
    facts.searched = Some(search);
    access_log(app, &opened.store, &id, facts)?;
    Ok(opened.store.close()?)
}

/// Another time: the store is there, the hospital is not. False if the last demo was stopped half-way; what it left is
/// taken away then.
fn again(app: &mut App, home: &Home, facts: &mut Facts) -> Result<bool, Failure> {
    if !home.demo_key().exists() {
        return begin_anew(app, home);
    }
    let opened = open_again(app, home)?;
    let people = opened.store.people()?;
    let whole = people.len() == hospital::PEOPLE.len() && people.iter().all(|person| person.as_of.is_some());
    let found = if whole { Some(app.person(&opened.store, READ_FOR)?) } else { None };
    let note = found.as_ref().map(|(id, _)| newest_progress_note(&opened.store, id)).transpose();
    let (Some((id, person)), Ok(Some(note))) = (found, note) else {
        drop(opened);
        return begin_anew(app, home);
    };
    let charts = people.iter().map(|person| person.charts.len()).sum::<usize>();
    let elapsed = app.stopwatch_ms() - opened.began_ms;
    let (now_ms, as_of) = (app.now_ms(), as_of(&person, app.now_ms()));
    let page = &mut app.output.page;
    page.text(format!(
        "Found your locked store from {as_of}. {charts} charts opened in {}; Lakeside is off.",
        duration(elapsed)
    ))?;
    page.blank()?;
    show::whose(page, &person, now_ms)?;
    facts.note.clone_from(&note.id);
    let began_ms = app.stopwatch_ms();
    scenes::note(&mut app.output.page, &opened.store, &id, &note)?;
    facts.note_opened_ms = app.stopwatch_ms() - began_ms;
    scenes::course(&mut app.output.page, &opened.store, &id)?;
    app.output.page.blank()?;
    access_log(app, &opened.store, &id, facts)?;
    opened.store.close()?;
    Ok(true)
}

struct Opened {
    store: Plainchart,
    began_ms: i64,
}

/// Opens the store from its files alone: key file, store, people.
fn open_again(app: &App, home: &Home) -> Result<Opened, Failure> {
    let began_ms = app.stopwatch_ms();
    let keystore = unlock::demo_keystore(home)?;
    let store = Plainchart::open(
        &Servers::default().configuration(&home.store()),
        keystore,
        Arc::new(SystemClock) as Arc<dyn Clock>,
    )?;
    Ok(Opened { store, began_ms })
}

fn begin_anew(app: &mut App, home: &Home) -> Result<bool, Failure> {
    app.output.page.text("The last demo was stopped before its end. It begins anew.")?;
    app.output.page.blank()?;
    take_away(home)?;
    Ok(false)
}

/// Only what a demo makes, and only in a demo's home.
fn take_away(home: &Home) -> Result<(), Failure> {
    let gone = |result: io::Result<()>| match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(of_disk(&error)),
        _ => Ok(()),
    };
    gone(fs::remove_dir_all(home.store()))?;
    gone(fs::remove_file(home.keystore()))?;
    gone(fs::remove_file(home.demo_key()))?;
    gone(fs::remove_file(home.memory()))
}

fn newest_progress_note(store: &Plainchart, person: &PersonId) -> Result<NoteSummary, Failure> {
    let notes = store.notes(person, Window::ALL)?.items;
    let found = notes.into_iter().find(|note| note.title.to_lowercase().contains("progress"));
    Ok(found.ok_or(PlainchartError::NotFound)?)
}

fn access_log(app: &mut App, store: &Plainchart, id: &PersonId, facts: &mut Facts) -> Result<(), Failure> {
    const NEWEST: usize = 4;
    let lines = store.access_log(id)?;
    facts.log_lines = lines.len();
    let (person, now_ms) = (store.person(id)?, app.now_ms());
    let page = &mut app.output.page;
    page.indented(
        format!(
            "Every look at {}'s chart is written down, {} lines so far. The newest:",
            given_name(&person),
            lines.len()
        ),
        2,
        2,
    )?;
    let newest = lines.iter().skip(lines.len().saturating_sub(NEWEST));
    let rows: Vec<_> = newest.map(|entry| crate::commands::log_row(&entry.line, now_ms)).collect();
    Ok(page.rows(&rows, 4)?)
}

fn closing(app: &mut App, home: &Home, facts: &Facts) -> Result<(), Failure> {
    let command = invocation(app);
    let page = &mut app.output.page;
    page.blank()?;
    page.text(format!("For this demo only, the key lies beside the store: {}", home.demo_key().display()))?;
    page.text(Text::strong("Try next"))?;
    for (words, what) in [
        (format!("read {} --marks", facts.note), "the whole note, every word explained"),
        (format!("results --person {READ_FOR}"), "every result, with the lab's own range"),
        (format!("log --person {READ_FOR} --verify"), "who read what, and that no line is missing"),
        ("define impressive".to_owned(), "what a word means in a note"),
    ] {
        let demo = if words.starts_with("define") { "" } else { command.flags.as_str() };
        page.indented(format!("{} {words}{demo}", command.program), 2, 4)?;
        page.indented(Text::quiet(what), 6, 6)?;
    }
    Ok(())
}

/// How this program was called, so that what is shown can be typed.
struct Invocation {
    program: String,
    flags: String,
}

fn invocation(app: &App) -> Invocation {
    let called = env::args().next().unwrap_or_default();
    let program = if called.contains(std::path::MAIN_SEPARATOR) { quoted(&called) } else { "plainchart".to_owned() };
    let home =
        app.given_home().map(|home| format!(" --home {}", quoted(&home.display().to_string()))).unwrap_or_default();
    Invocation { program, flags: format!("{home} --demo") }
}

/// As a shell reads it.
fn quoted(word: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "/._-+:".contains(character);
    if word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

fn given_name(person: &PersonView) -> &str {
    show::name_of(person).split_whitespace().next().unwrap_or_default()
}

fn as_of(person: &PersonView, now_ms: i64) -> String {
    person.as_of.map_or_else(|| "an unknown time".to_owned(), |as_of| dates::moment(as_of, now_ms))
}

fn duration(ms: i64) -> String {
    if ms < 1 { "less than 1 ms".to_owned() } else { format!("{ms} ms") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_typed() {
        assert_eq!(quoted("target/release/plainchart"), "target/release/plainchart");
        assert_eq!(quoted("/home/ro sa's"), r"'/home/ro sa'\''s'");
        assert_eq!(duration(0), "less than 1 ms");
    }
}
