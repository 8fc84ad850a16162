//! Checks the entry files named on the command line; with no name, those of the library.
//!
//! Exit code 0: nothing to say. 1: findings, one a line, as `file:line: entry: rule: detail`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use plainchart_glossary::lint::lint;

fn main() -> std::io::Result<ExitCode> {
    let mut paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        for item in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/data"))? {
            paths.push(item?.path());
        }
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
        paths.sort();
    }
    let files: Vec<(String, String)> = paths
        .iter()
        .map(|path| Ok((path.to_string_lossy().into_owned(), std::fs::read_to_string(path)?)))
        .collect::<std::io::Result<_>>()?;
    let named: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let report = lint(&named);
    let mut out = std::io::stdout().lock();
    for finding in &report.findings {
        writeln!(out, "{finding}")?;
    }
    writeln!(
        out,
        "{} entries, {} definitions, {} findings",
        report.entries,
        report.definitions,
        report.findings.len()
    )?;
    Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
