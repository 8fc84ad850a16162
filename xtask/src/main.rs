//! `cargo xtask`: bindings, checks and the test command. std only, so that it builds in seconds from nothing.

mod bindings;
mod checks;
mod long;
mod process;
mod requirements;
mod tally;
mod tests;

use std::process::ExitCode;

const USAGE: &str = "cargo xtask COMMAND

  test [rust|python|kotlin|swift|android|ios]   the tests (no name: all); this is what CI runs
  lint                                          formatting, clippy, docs, licences
  requirements                                  each id of docs/requirements.md and the tests that name it
  glossary lint                                 checks every entry of the glossary
  bindings python DIR                           builds the library and writes the Python package to DIR
  long                                          larger records and the benchmarks: before an issue is resolved
  bench [NAME]                                  the benchmarks, with their peers in the same run";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test", parts @ ..] => tests::run(parts),
        ["lint"] => checks::lint(),
        ["requirements"] => requirements::print(),
        ["glossary", "lint"] => checks::glossary(),
        ["bindings", "python", folder] => bindings::python(folder.as_ref()).map(|()| true),
        ["long"] => long::run_all(),
        ["bench", names @ ..] => checks::bench(names),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}
