//! Importing a downloaded record through the facade, beside a program that parses each line and inserts it into SQLite.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::Arc;

use plainchart::{CancelToken, Configuration, MemoryKeystore, Plainchart, Quiet, SystemClock};
use plainchart_benches::chart::{Bodies, Item, Size, item_of, make, patient};
use plainchart_benches::prose::Prose;
use plainchart_benches::report::{Report, Work, scratch};
use plainchart_benches::rounds::{MS, Result, in_turns, timed};
use plainchart_benches::sqlite::{Encryption, Sqlite};

const SEED: u64 = 20_261_124;
const SIZE: Size = Size { charts: 1, notes: 300, results: 3_000 };
const ROUNDS: usize = 9;
/// Resources in one durable transaction, as many as the facade's.
const BATCH: usize = 400;

fn main() -> Result<()> {
    let items = make(SIZE, Bodies::Inline, &Prose::read()?, SEED);
    let folder = scratch()?;
    let record = folder.path().join("record.ndjson");
    let lines: Vec<String> = std::iter::once(patient(0)).chain(items.into_iter().map(|item| item.resource)).collect();
    fs::write(&record, lines.join("\n"))?;
    let (count, bytes) = (lines.len() as u64, fs::metadata(&record)?.len());
    println!("{count} resources, {:.1} MB, seed {SEED}", bytes as f64 / 1e6);

    let record = &record;
    let figures = in_turns(
        ROUNDS,
        &mut [
            Box::new(move || ours(record, count)),
            Box::new(move || peer(record, count, Encryption::Pages)),
            Box::new(move || peer(record, count, Encryption::Off)),
        ],
    )?;
    let work = [Work::new(format!("import {count} resources, {:.1} MB", bytes as f64 / 1e6), "ms")];
    let mut report = Report::new("ingest");
    for (encryption, figures_of_peer) in [Encryption::Pages, Encryption::Off].into_iter().zip(&figures[1..]) {
        let name = format!("serde_json::Value + {}", Sqlite::name(encryption)?);
        report.compare(&work, &figures[0], &name, figures_of_peer);
    }
    report.finish()
}

fn ours(record: &Path, count: u64) -> Result<Vec<f64>> {
    let folder = scratch()?;
    let configuration = Configuration { folder: folder.path().to_owned(), ..Configuration::default() };
    let store = Plainchart::open(&configuration, Arc::new(MemoryKeystore::new()), Arc::new(SystemClock))?;
    let (taken, report) = timed(|| {
        let report = store.import(record, None, Arc::new(Quiet), &CancelToken::new())?;
        store.close()?;
        drop(store);
        Ok(report)
    })?;
    if report.in_chart == count { Ok(vec![taken * MS]) } else { Err("not everything came in".into()) }
}

fn peer(record: &Path, count: u64, encryption: Encryption) -> Result<Vec<f64>> {
    let folder = scratch()?;
    let mut store = Sqlite::open(folder.path(), encryption)?;
    let (taken, ()) = timed(|| {
        let mut batch: Vec<Item> = Vec::new();
        for line in BufReader::new(File::open(record)?).lines() {
            batch.push(item_of(&line?, 0)?);
            if batch.len() == BATCH {
                store.commit(&batch)?;
                batch.clear();
            }
        }
        store.commit(&batch)?;
        drop(store);
        Ok(())
    })?;
    let stored = Sqlite::open(folder.path(), encryption)?.count()?;
    if stored == count { Ok(vec![taken * MS]) } else { Err("not everything was inserted".into()) }
}
