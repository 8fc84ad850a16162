//! The table and the file of a benchmark.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::rounds::{MS, Result, median, typical};

/// A piece of work that both sides do.
#[derive(Debug, Clone)]
pub struct Work {
    /// What is done.
    pub name: String,
    /// What it is measured in; less is better.
    pub unit: &'static str,
    /// The ratio to the peer that is aimed at, if there is one.
    pub aim: Option<f64>,
    /// Our own figure that is aimed at, if there is one.
    pub limit: Option<f64>,
}

impl Work {
    /// Work without an aim.
    pub fn new(name: impl Into<String>, unit: &'static str) -> Self {
        Self { name: name.into(), unit, aim: None, limit: None }
    }

    /// At most this ratio to the peer.
    #[must_use]
    pub const fn aim(mut self, ratio: f64) -> Self {
        self.aim = Some(ratio);
        self
    }

    /// At most this figure, whatever the peer's is.
    #[must_use]
    pub const fn limit(mut self, figure: f64) -> Self {
        self.limit = Some(figure);
        self
    }
}

struct Row {
    work: Work,
    ours: f64,
    peer: f64,
    peer_name: String,
    ratio: f64,
    /// The lowest and highest ratio of one round.
    spread: (f64, f64),
}

impl Row {
    fn met(&self) -> Option<bool> {
        let within = |figure: f64, most: Option<f64>| most.map(|most| figure <= most);
        let met = [within(self.ratio, self.work.aim), within(self.ours, self.work.limit)];
        met.into_iter().flatten().reduce(|one, other| one && other)
    }

    fn json(&self) -> Value {
        json!({
            "work": self.work.name, "unit": self.work.unit, "ours": self.ours, "peer": self.peer,
            "peer_name": self.peer_name, "ratio": self.ratio, "aim": self.work.aim, "limit": self.work.limit,
            "met": self.met(),
        })
    }

    fn cells(&self) -> [String; 8] {
        let aim = [
            self.work.aim.map(|ratio| format!("ratio {ratio}")),
            self.work.limit.map(|figure| format!("{figure} {}", self.work.unit)),
        ];
        [
            self.work.name.clone(),
            format!("{} {}", shown(self.ours), self.work.unit),
            format!("{} {}", shown(self.peer), self.work.unit),
            shown(self.ratio),
            format!("{}-{}", shown(self.spread.0), shown(self.spread.1)),
            aim.into_iter().flatten().collect::<Vec<_>>().join(", "),
            self.met().map_or("", |met| if met { "yes" } else { "no" }).to_owned(),
            self.peer_name.clone(),
        ]
    }
}

const HEADS: [&str; 8] = ["work", "ours", "peer", "ratio", "by round", "aim", "met", "the peer"];

/// The rows of one benchmark.
pub struct Report {
    name: &'static str,
    rows: Vec<Row>,
}

impl Report {
    /// An empty report.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, rows: Vec::new() }
    }

    /// Adds a row for each work: our figures and a peer's, round by round. The ratio is that of the medians.
    pub fn compare(&mut self, works: &[Work], ours: &[Vec<f64>], peer_name: &str, peer: &[Vec<f64>]) {
        for ((work, ours), peer) in works.iter().zip(ours).zip(peer) {
            let by_round: Vec<f64> = ours.iter().zip(peer).map(|(ours, peer)| ours / peer).collect();
            self.rows.push(Row {
                work: work.clone(),
                ours: median(ours),
                peer: median(peer),
                peer_name: peer_name.to_owned(),
                ratio: median(ours) / median(peer),
                spread: (
                    by_round.iter().copied().fold(f64::NAN, f64::min),
                    by_round.iter().copied().fold(0.0, f64::max),
                ),
            });
        }
    }

    /// Prints the table and writes `target/bench/NAME.json`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn finish(self) -> Result<()> {
        let cells: Vec<[String; 8]> =
            std::iter::once(HEADS.map(str::to_owned)).chain(self.rows.iter().map(Row::cells)).collect();
        let widths: [usize; 8] =
            std::array::from_fn(|at| cells.iter().map(|row| row[at].chars().count()).max().unwrap_or(0));
        let machine = machine()?;
        println!("\n{}: {machine}", self.name);
        for row in &cells {
            let padded: Vec<String> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            println!("  {}", padded.join("  ").trim_end());
        }
        let rows: Vec<Value> = self.rows.iter().map(Row::json).collect();
        let text = serde_json::to_string_pretty(&json!({ "rows": rows, "machine": machine }))?;
        Ok(fs::write(folder()?.join(format!("{}.json", self.name)), text + "\n")?)
    }
}

/// Three digits that count.
fn shown(figure: f64) -> String {
    let decimals = if figure >= 100.0 {
        0
    } else if figure >= 10.0 {
        1
    } else if figure >= 0.1 {
        2
    } else {
        3
    };
    format!("{figure:.decimals$}")
}

/// `target/bench`: reports, and the stores of a run while it lasts, all on the disk that is built on.
///
/// # Errors
/// If it cannot be made.
pub fn folder() -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    let folder = target.join("bench");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// A folder for a store, gone when dropped.
///
/// # Errors
/// If it cannot be made.
pub fn scratch() -> Result<tempfile::TempDir> {
    Ok(tempfile::Builder::new().prefix("store-").tempdir_in(folder()?)?)
}

/// Processor, cores, system, and what an fsync costs: without it no durable figure can be judged.
fn machine() -> Result<String> {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown processor");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let dir = scratch()?;
    let mut file = File::create(dir.path().join("fsync"))?;
    let fsync = typical(50, |_| {
        file.write_all(&[7; 4096])?;
        Ok(file.sync_data()?)
    })?;
    Ok(format!(
        "{}, {cores} cores, {} {} {}, fsync of 4 KB {:.2} ms",
        model.trim_start_matches([' ', '\t', ':']),
        std::env::consts::ARCH,
        std::env::consts::OS,
        release.trim(),
        fsync * MS
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(work: Work, ours: f64, peer: f64) -> Row {
        let mut report = Report::new("test");
        report.compare(&[work], &[vec![9e9, ours, 0.0]], "peer", &[vec![9e9, peer, 0.0]]);
        report.rows.remove(0)
    }

    /// `met` says yes only if both the ratio and the figure are reached, and nothing where nothing was aimed at.
    #[test]
    fn aims_are_judged_by_ratio_and_figure() {
        let work = || Work::new("work", "µs");
        assert_eq!(row(work(), 1.0, 2.0).met(), None);
        assert_eq!(row(work().aim(0.5), 1.0, 2.0).met(), Some(true));
        assert_eq!(row(work().aim(0.4), 1.0, 2.0).met(), Some(false));
        assert_eq!(row(work().aim(0.5).limit(0.9), 1.0, 2.0).met(), Some(false));
        assert_eq!(row(work().limit(1.0), 1.0, 2.0).met(), Some(true));
    }

    #[test]
    fn a_row_has_the_fields_that_scripts_read() {
        let json = row(Work::new("work", "ms").aim(0.5), 1.0, 4.0).json();
        for (field, value) in [("ours", 1.0), ("peer", 4.0), ("ratio", 0.25), ("aim", 0.5)] {
            assert_eq!(json[field], value, "{field}");
        }
        assert_eq!((&json["work"], &json["unit"], &json["peer_name"]), (&json!("work"), &json!("ms"), &json!("peer")));
        assert_eq!(json["met"], true);
    }
}
