//! Which tests name which requirement.

use std::collections::BTreeMap;
use std::path::Path;

use crate::process::{Problem, root};

/// Prints each id of docs/requirements.md with the tests that name it. Always true: gaps are information.
pub fn print() -> Result<bool, Problem> {
    let text = std::fs::read_to_string(root().join("docs/requirements.md")).map_err(|error| error.to_string())?;
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for folder in ["core", "bindings", "cli", "sandbox", "tests", "xtask"] {
        visit(&root().join(folder), &mut named)?;
    }
    let mut missing = 0;
    for line in text.lines() {
        let Some((id, rule)) = line.strip_prefix("- ").and_then(|rest| rest.split_once(' ')) else { continue };
        if !is_id(id) {
            continue;
        }
        println!("{id} {rule}");
        match named.get(id) {
            Some(tests) => tests.iter().for_each(|test| println!("    {test}")),
            None => missing += 1,
        }
    }
    println!("{missing} requirements are named by no test yet");
    Ok(true)
}

fn visit(folder: &Path, named: &mut BTreeMap<String, Vec<String>>) -> Result<(), Problem> {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .map_err(|error| error.to_string())?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            visit(&path, named)?;
        } else if path.extension().is_some_and(|end| end == "rs" || end == "py") {
            let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
            let place = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
            for (id, test) in tests_in(&text) {
                named.entry(id).or_default().push(format!("{place}: {test}"));
            }
        }
    }
    Ok(())
}

/// The ids that stand behind "Proves" in a comment, with the name of the test function that follows (or, in Python,
/// that holds the docstring).
fn tests_in(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut waiting: Vec<String> = Vec::new();
    let mut last_function = String::new();
    for line in text.lines() {
        let line = line.trim();
        if let Some(name) = function_name(line) {
            last_function = name.to_owned();
            found.extend(waiting.drain(..).map(|id| (id, last_function.clone())));
        }
        if let Some((before, rest)) = line.split_once("Proves ") {
            let ids = rest.split(['.', ':', ';']).next().unwrap_or(rest);
            let ids = ids.split([',', ' ']).filter(|word| is_id(word)).map(str::to_owned);
            if before.contains("//") {
                waiting.extend(ids);
            } else {
                found.extend(ids.map(|id| (id, last_function.clone())));
            }
        }
    }
    found
}

fn function_name(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub ").unwrap_or(line);
    let line = line.strip_prefix("async ").unwrap_or(line);
    let rest = line.strip_prefix("fn ").or_else(|| line.strip_prefix("def "))?;
    rest.split(['(', '<']).next()
}

fn is_id(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(|first| first.is_ascii_uppercase())
        && word.len() > 1
        && letters.all(|letter| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_with_their_tests() {
        let rust = "/// Proves A3, A16: a foreign state is refused.\n#[test]\nfn a_foreign_state() {}\n";
        let found = tests_in(rust);
        assert_eq!(found, [("A3".into(), "a_foreign_state".into()), ("A16".into(), "a_foreign_state".into())]);
        let python = "async def test_sync(self):\n    \"\"\"Proves B1.\"\"\"\n";
        assert_eq!(tests_in(python), [("B1".into(), "test_sync".into())]);
    }
}
