//! The test command: what the README names and CI runs.

use std::time::Instant;

use crate::process::{Problem, cargo, each_line};
use crate::tally::Tally;
use crate::{bindings, checks};

type Part = (&'static str, fn() -> Result<Tally, Problem>);

const PARTS: &[Part] = &[("lint", lint), ("rust", rust), ("python", python)];
/// Named by the command and without tests yet: said aloud, counted as skipped.
const LATER: &[&str] = &["kotlin", "swift", "android", "ios"];

/// Runs the named parts, or all. Whether everything passed.
#[expect(clippy::disallowed_methods, reason = "printed for the developer; nothing depends on it")]
pub fn run(names: &[&str]) -> Result<bool, Problem> {
    if let Some(unknown) = names.iter().find(|name| !LATER.contains(name) && !PARTS.iter().any(|part| part.0 == **name))
    {
        return Err(format!("there is no part named {unknown}"));
    }
    let wanted = |name: &str| names.is_empty() || names.contains(&name);
    let mut total = Tally::default();
    let mut lines = Vec::new();
    for (name, part) in PARTS.iter().filter(|part| wanted(part.0)) {
        let started = Instant::now();
        let tally = part().unwrap_or_else(|problem| {
            println!("{name}: {problem}");
            Tally { failed: 1, ..Tally::default() }
        });
        lines.push(format!("{name:<8} {tally}, in {} s", started.elapsed().as_secs()));
        total.add(tally);
    }
    for name in LATER.iter().filter(|name| wanted(name)) {
        lines.push(format!("{name:<8} no tests yet: its bindings are a later step"));
        total.skipped += 1;
    }
    println!("\n{}", lines.join("\n"));
    println!("{total}");
    Ok(total.failed == 0 && total.passed > 0)
}

fn lint() -> Result<Tally, Problem> {
    let passed = checks::lint()?;
    Ok(Tally { passed: u64::from(passed), failed: u64::from(!passed), skipped: 0 })
}

fn rust() -> Result<Tally, Problem> {
    let mut tally = Tally::default();
    // Benchmarks bring peers of their own; they are built and run by `xtask bench`.
    let mut command = cargo(&["test", "--workspace", "--exclude", "plainchart-benches", "--no-fail-fast"]);
    command.env("RUST_BACKTRACE", "0");
    let succeeded = each_line(&mut command, |line| tally.read(line))?;
    // A build that fails reports no test at all: that is a failure too.
    if !succeeded && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

fn python() -> Result<Tally, Problem> {
    let mut tally = Tally::default();
    let succeeded = each_line(&mut bindings::python_tests()?, |line| tally.read(line))?;
    if !succeeded && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}
