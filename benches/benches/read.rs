//! Reading offline through the facade, beside a program that keeps the same FHIR JSON in the clear.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plainchart::{
    CancelToken, Configuration, MemoryKeystore, NoteView, PersonId, Plainchart, Quiet, SystemClock, Window,
};
use plainchart_benches::chart::{Bodies, Item, Size, make, patient, written};
use plainchart_benches::matching::{Match, Usual, surface_forms};
use plainchart_benches::prose::Prose;
use plainchart_benches::report::{Report, Work, scratch};
use plainchart_benches::rounds::{MS, Result, US, in_turns, typical, typical_opening};
use serde_json::Value;

const SEED: u64 = 20_261_123;
const SIZE: Size = Size { charts: 1, notes: 300, results: 3_000 };
const ROUNDS: usize = 7;
const OPENINGS: usize = 5;
const PEER: &str = "serde_json + aho-corasick, no encryption";

fn main() -> Result<()> {
    let items = make(SIZE, Bodies::Inline, &Prose::read()?, SEED);
    let folder = scratch()?;
    let record = folder.path().join("record.ndjson");
    let lines: Vec<String> =
        std::iter::once(patient(0)).chain(items.iter().map(|item| item.resource.clone())).collect();
    fs::write(&record, lines.join("\n"))?;
    let notes: Vec<&Item> = items.iter().filter(|item| item.note).collect();
    let plain = Plain::new(folder.path(), &record, &notes)?;
    println!("{} notes, {} results, seed {SEED}", SIZE.notes, SIZE.results);

    let (plain, notes, record) = (&plain, &notes, &record);
    let figures = in_turns(ROUNDS, &mut [Box::new(move || ours(record, notes)), Box::new(move || plain.round(notes))])?;
    let works = [
        Work::new("open, newest 50 notes, read one", "ms"),
        Work::new("read a note for the first time", "µs"),
        Work::new("read a note again", "µs"),
    ];
    let mut report = Report::new("read");
    report.compare(&works, &figures[0], PEER, &figures[1]);
    report.finish()
}

fn ours(record: &Path, notes: &[&Item]) -> Result<Vec<f64>> {
    let folder = scratch()?;
    let configuration = Configuration { folder: folder.path().join("store"), ..Configuration::default() };
    let keystore = Arc::new(MemoryKeystore::new());
    let open = || Plainchart::open(&configuration, keystore.clone(), Arc::new(SystemClock));
    let store = open()?;
    let report = store.import(record, None, Arc::new(Quiet), &CancelToken::new())?;
    let person = PersonId::try_from(report.people.first().ok_or("no person")?.id.clone()).map_err(|_| "an odd id")?;
    let listed = store.notes(&person, Window::ALL)?.items;
    let by_date: HashMap<String, String> =
        listed.into_iter().filter_map(|note| Some((note.date?.text, note.id))).collect();
    let ids: Vec<&String> = notes.iter().filter_map(|note| by_date.get(&written(note.seconds))).collect();
    if ids.len() != notes.len() {
        return Err("notes are missing from the list".into());
    }
    let read = |at: usize| Ok(store.read_note(&person, ids[at])?);
    let (first, again) = (typical(notes.len(), read)?, typical(notes.len(), read)?);
    for (id, note) in ids.iter().zip(notes) {
        has(&words_of(&store.read_note(&person, id)?), note)?;
    }
    store.close()?;
    drop(store);
    let cold = typical_opening(OPENINGS, |_| {
        let store = open()?;
        let list = store.notes(&person, Window::default())?;
        let note = store.read_note(&person, &list.items.first().ok_or("an empty list")?.id)?;
        Ok((store, list, note))
    })?;
    Ok(vec![cold * MS, first * US, again * US])
}

fn words_of(view: &NoteView) -> String {
    view.sections
        .iter()
        .flat_map(|section| section.heading.as_deref().into_iter().chain([section.text.as_str()]))
        .collect()
}

fn has(text: &str, note: &Item) -> Result<()> {
    if text.contains(&note.id) { Ok(()) } else { Err("a note does not hold its own text".into()) }
}

/// The program without encryption: the whole record as one file, and each note's resource as a file.
struct Plain {
    record: PathBuf,
    files: Vec<PathBuf>,
    matcher: Usual,
}

impl Plain {
    fn new(folder: &Path, record: &Path, notes: &[&Item]) -> Result<Self> {
        let mut files = Vec::new();
        for note in notes {
            files.push(folder.join(&note.id));
            fs::write(folder.join(&note.id), &note.resource)?;
        }
        Ok(Self { record: record.to_owned(), files, matcher: Usual::new(&surface_forms())? })
    }

    fn round(&self, notes: &[&Item]) -> Result<Vec<f64>> {
        let cold = typical(OPENINGS, |_| self.newest_and_one())?;
        let read = |at: usize| -> Result<(String, Vec<Match>)> {
            let value: Value = serde_json::from_slice(&fs::read(&self.files[at])?)?;
            self.explained(&value)
        };
        let reads = || typical(notes.len(), read);
        let (first, again) = (reads()?, reads()?);
        for (at, note) in notes.iter().enumerate() {
            has(&read(at)?.0, note)?;
        }
        Ok(vec![cold * MS, first * US, again * US])
    }

    fn newest_and_one(&self) -> Result<(Vec<String>, Vec<Match>)> {
        let text = fs::read_to_string(&self.record)?;
        let all = text.lines().map(serde_json::from_str).collect::<serde_json::Result<Vec<Value>>>()?;
        let mut notes: Vec<&Value> = all.iter().filter(|value| value["resourceType"] == "DocumentReference").collect();
        notes.sort_by(|a, b| b["date"].as_str().cmp(&a["date"].as_str()));
        let list = notes.iter().take(50).map(|note| note["type"]["coding"][0]["display"].to_string()).collect();
        Ok((list, self.explained(notes.first().ok_or("an empty list")?)?.1))
    }

    fn explained(&self, value: &Value) -> Result<(String, Vec<Match>)> {
        let attachment = &value["content"][0]["attachment"];
        let bytes = STANDARD.decode(attachment["data"].as_str().unwrap_or_default())?;
        let text = String::from_utf8(bytes)?;
        let text = if attachment["contentType"] == "text/html" { without_tags(&text) } else { text };
        let found = self.matcher.find(&text);
        Ok((text, found))
    }
}

fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for part in html.split('<') {
        text.push_str(part.split_once('>').map_or(part, |(_, rest)| rest));
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
