//! The vault beside SQLCipher: ingest in durable batches, cold open, read.
//!
//! `-- --full` runs the full size (10,000 notes, 100,000 results), else a tenth of it. Both sides are given the same bytes
//! and make the same batches durable; what they answer is compared with what they were given, outside the time.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use plainchart_benches::chart::{Bodies, Item, Size, make};
use plainchart_benches::prose::Prose;
use plainchart_benches::report::{Report, Work, scratch};
use plainchart_benches::rounds::{MS, Result, US, in_turns, timed, typical, typical_opening};
use plainchart_benches::seed::Seed;
use plainchart_benches::sqlite::{Encryption, Sqlite};
use plainchart_vault::{Batch, ChartId, Class, IndexKind, MemoryKeystore, Options, Row, Scope, Tree, Vault, Zeroizing};

const SEED: u64 = 20_261_122;
/// Items in one durable batch.
const BATCH: usize = 100;
const CHARTS: usize = 4;
/// The chart whose list is shown first, and how much of it.
const SHOWN: usize = 1;
const NEWEST: usize = 20;
const OPENINGS: usize = 15;
const READS: usize = 600;
const RESOURCES: Tree = Tree(1);
const BODIES: Tree = Tree(2);

fn main() -> Result<()> {
    let full = std::env::args().any(|argument| argument == "--full");
    let (times, rounds) = if full { (10, 3) } else { (1, 9) };
    let size = Size { charts: CHARTS, notes: 1_000 * times, results: 10_000 * times };
    let items = make(size, Bodies::Apart, &Prose::read()?, SEED);
    let wanted = Wanted::draw(&items);
    println!("{} notes, {} results, {:.1} MB, seed {SEED}", size.notes, size.results, bytes_of(&items) / 1e6);

    let (items, wanted) = (&items, &wanted);
    let vault = |index| move || round(&Ours { keystore: Arc::default(), options: Options { index } }, items, wanted);
    let figures = in_turns(
        rounds,
        &mut [
            Box::new(vault(IndexKind::Sled)),
            Box::new(vault(IndexKind::Snapshot)),
            Box::new(|| round(&SqlCipher, items, wanted)),
        ],
    )?;
    let mut report = Report::new("vault");
    let peer = Sqlite::name(Encryption::Pages)?;
    report.compare(&works("sled", full), &figures[0], &peer, &figures[2]);
    report.compare(&works("snapshot", full), &figures[1], &peer, &figures[2]);
    report.finish()
}

/// In the order of the figures that a round answers with.
fn works(index: &str, full: bool) -> [Work; 7] {
    let work = |name: &str, unit| Work::new(format!("{name} [{index}]"), unit);
    // At a tenth the whole peer lies in its page cache: there the ratio of one read says nothing.
    let note = work("read one note", "µs").limit(50.0);
    let note_ratio = if index == "sled" { 0.7 } else { 0.5 };
    [
        work("ingest", "ms").aim(0.5),
        work("open: newest 20 notes", "ms").aim(0.3),
        work("open: index ready, newest 20", "ms").aim(1.0),
        if full { note.aim(note_ratio) } else { note },
        work("history of any test", "µs").aim(0.15),
        work("history of a common test", "µs").aim(0.15),
        work("disk / data", "x"),
    ]
}

/// What is read: any notes, any tests, and tests as often as they are done.
struct Wanted<'i> {
    notes: Vec<&'i Item>,
    any: Vec<(usize, &'i str)>,
    common: Vec<(usize, &'i str)>,
}

impl<'i> Wanted<'i> {
    fn draw(items: &'i [Item]) -> Self {
        let mut seed = Seed::new(SEED);
        let (notes, results): (Vec<&Item>, Vec<&Item>) = items.iter().partition(|item| item.note);
        let mut tests: Vec<(usize, &str)> = results.iter().map(|item| (item.chart, item.group.as_str())).collect();
        let common = (0..READS).map(|_| tests[seed.below(tests.len())]).collect();
        tests.sort_unstable();
        tests.dedup();
        Self {
            notes: (0..READS).map(|_| notes[seed.below(notes.len())]).collect(),
            any: (0..READS).map(|_| tests[seed.below(tests.len())]).collect(),
            common,
        }
    }
}

/// What a store does in a round; its folder is fresh, and every opening is a cold one in the same process.
trait Store {
    type Handle;
    type History;
    /// Makes a store, not timed.
    fn create(&self, folder: &Path) -> Result<Self::Handle>;
    /// Takes everything in, batch by batch, and closes.
    fn ingest(&self, store: Self::Handle, items: &[Item]) -> Result<()>;
    /// Opens as far as the first list needs.
    fn open_for_list(&self, folder: &Path) -> Result<Self::Handle>;
    /// Opens for everything.
    fn open(&self, folder: &Path) -> Result<Self::Handle>;
    /// The newest notes, without their texts.
    fn list(&self, store: &Self::Handle) -> Result<Vec<String>>;
    /// The text of a note.
    fn body(&self, store: &Self::Handle, note: &Item) -> Result<Zeroizing<Vec<u8>>>;
    /// All results of one test.
    fn history(&self, store: &Self::Handle, chart: usize, code: &str) -> Result<Self::History>;
    /// Their bytes.
    fn results(history: &Self::History) -> impl Iterator<Item = &[u8]>;
}

fn round<S: Store>(side: &S, items: &[Item], wanted: &Wanted<'_>) -> Result<Vec<f64>> {
    let folder = scratch()?;
    let folder = folder.path();
    let store = side.create(folder)?;
    let (ingest, ()) = timed(|| side.ingest(store, items))?;
    let list = typical_opening(OPENINGS, |_| {
        let store = side.open_for_list(folder)?;
        Ok((side.list(&store)?, store))
    })?;
    let ready = typical_opening(OPENINGS, |_| {
        let store = side.open(folder)?;
        Ok((side.list(&store)?, store))
    })?;
    let store = side.open(folder)?;
    let note = typical(READS, |at| side.body(&store, wanted.notes[at]))?;
    let history = |tests: &[(usize, &str)]| typical(READS, |at| side.history(&store, tests[at].0, tests[at].1));
    let (any, common) = (history(&wanted.any)?, history(&wanted.common)?);
    check(side, &store, items, wanted)?;
    drop(store);
    let disk = bytes_in(folder)? as f64 / bytes_of(items);
    Ok(vec![ingest * MS, list * MS, ready * MS, note * US, any * US, common * US, disk])
}

fn check<S: Store>(side: &S, store: &S::Handle, items: &[Item], wanted: &Wanted<'_>) -> Result<()> {
    let newest = items.iter().rev().filter(|item| item.note && item.chart == SHOWN).take(NEWEST);
    let mut right = side.list(store)?.iter().eq(newest.map(|item| &item.resource));
    for note in &wanted.notes {
        right &= side.body(store, note)?.as_slice() == note.body.as_bytes();
    }
    for (chart, code) in wanted.any.iter().chain(&wanted.common).step_by(20) {
        let history = side.history(store, *chart, code)?;
        let stored = items.iter().filter(|item| !item.note && item.chart == *chart && item.group == *code);
        right &= S::results(&history).eq(stored.map(|item| item.resource.as_bytes()));
    }
    if right { Ok(()) } else { Err("a store did not answer with what it was given".into()) }
}

struct Ours {
    keystore: Arc<MemoryKeystore>,
    options: Options,
}

fn scope(chart: usize) -> Scope {
    Scope { chart: ChartId([chart as u8 + 1; 16]), class: Class(0) }
}

impl Store for Ours {
    type Handle = Vault;
    type History = Vec<Row>;

    fn create(&self, folder: &Path) -> Result<Vault> {
        Ok(Vault::create_with(folder, self.keystore.clone(), self.options)?)
    }

    /// As the facade does it: resources in rows by test or month, texts of notes as values, front pages at the end.
    fn ingest(&self, vault: Vault, items: &[Item]) -> Result<()> {
        for some in items.chunks(BATCH) {
            let mut batch = Batch::new();
            for item in some {
                let (scope, id) = (scope(item.chart), item.id.as_bytes());
                batch.put_row(scope, RESOURCES, item.group.as_bytes(), id, item.seconds, item.resource.as_bytes());
                if item.note {
                    batch.put_value(scope, BODIES, id, item.body.as_bytes());
                }
            }
            vault.commit(batch)?;
        }
        vault.end_of_walk()?;
        for chart in 0..CHARTS {
            let newest = items.iter().rev().filter(|item| item.note && item.chart == chart).take(50);
            let page: Vec<&str> = newest.map(|item| item.resource.as_str()).collect();
            vault.put_front_page(scope(chart), &serde_json::to_vec(&page)?)?;
        }
        Ok(vault.write_anchor()?)
    }

    fn open_for_list(&self, folder: &Path) -> Result<Vault> {
        let vault = Vault::open_locked(folder, self.keystore.clone(), self.options)?;
        vault.unlock_keys()?;
        Ok(vault)
    }

    fn open(&self, folder: &Path) -> Result<Vault> {
        Ok(Vault::open_with(folder, self.keystore.clone(), self.options)?.0)
    }

    fn list(&self, vault: &Vault) -> Result<Vec<String>> {
        let page = vault.front_page(scope(SHOWN))?.ok_or("no front page")?;
        let mut page: Vec<String> = serde_json::from_slice(&page.bytes)?;
        page.truncate(NEWEST);
        Ok(page)
    }

    fn body(&self, vault: &Vault, note: &Item) -> Result<Zeroizing<Vec<u8>>> {
        Ok(vault.value(scope(note.chart), BODIES, note.id.as_bytes())?.ok_or("no body")?)
    }

    fn history(&self, vault: &Vault, chart: usize, code: &str) -> Result<Vec<Row>> {
        Ok(vault.rows(scope(chart), RESOURCES, code.as_bytes())?)
    }

    fn results(history: &Vec<Row>) -> impl Iterator<Item = &[u8]> {
        history.iter().map(|row| row.bytes.as_slice())
    }
}

struct SqlCipher;

impl Store for SqlCipher {
    type Handle = Sqlite;
    type History = Vec<Vec<u8>>;

    fn create(&self, folder: &Path) -> Result<Sqlite> {
        self.open(folder)
    }

    fn ingest(&self, mut peer: Sqlite, items: &[Item]) -> Result<()> {
        items.chunks(BATCH).try_for_each(|some| peer.commit(some))
    }

    fn open_for_list(&self, folder: &Path) -> Result<Sqlite> {
        self.open(folder)
    }

    fn open(&self, folder: &Path) -> Result<Sqlite> {
        Sqlite::open(folder, Encryption::Pages)
    }

    fn list(&self, peer: &Sqlite) -> Result<Vec<String>> {
        peer.newest_notes(SHOWN, NEWEST)
    }

    fn body(&self, peer: &Sqlite, note: &Item) -> Result<Zeroizing<Vec<u8>>> {
        Ok(peer.body(&note.id)?.into())
    }

    fn history(&self, peer: &Sqlite, chart: usize, code: &str) -> Result<Vec<Vec<u8>>> {
        peer.history(chart, code)
    }

    fn results(history: &Vec<Vec<u8>>) -> impl Iterator<Item = &[u8]> {
        history.iter().map(Vec::as_slice)
    }
}

fn bytes_of(items: &[Item]) -> f64 {
    items.iter().map(Item::bytes).sum::<usize>() as f64
}

fn bytes_in(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() { bytes_in(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}
