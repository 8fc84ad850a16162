//! Compiles `data/*.txt` and `rules/en.txt` into the tables that the library embeds.
//!
//! A malformed entry stops the build with `file:line: a plain sentence`.

// The modules are shared with the library, which uses more of them than the build does.
#![allow(dead_code)]

use std::{env, fs, io::Write as _, path::Path, process::ExitCode};

#[path = "src/compile/mod.rs"]
mod compile;
#[path = "src/kind.rs"]
mod kind;
#[path = "src/section.rs"]
mod section;
#[path = "src/text/mod.rs"]
mod text;

fn main() -> ExitCode {
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            // Nothing is left to tell if the error stream is closed.
            let _ = writeln!(std::io::stderr(), "{reason}");
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), String> {
    for path in ["data", "rules/en.txt", "src/compile", "src/text", "src/kind.rs", "src/section.rs"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let mut files = Vec::new();
    let folder = fs::read_dir("data").map_err(|error| format!("data: {error}"))?;
    for item in folder {
        let path = item.map_err(|error| format!("data: {error}"))?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let name = path.to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
            files.push((name, text));
        }
    }
    // The folder's order differs between machines; the tables must not.
    files.sort();
    let sources: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let rules = fs::read_to_string("rules/en.txt").map_err(|error| format!("rules/en.txt: {error}"))?;
    let compiled = compile::compile(&sources, ("rules/en.txt", &rules)).map_err(|error| error.to_string())?;

    let out = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    let out = Path::new(&out);
    fs::write(out.join("glossary.strings"), &compiled.strings).map_err(|error| error.to_string())?;
    fs::write(out.join("glossary.tables"), &compiled.tables).map_err(|error| error.to_string())
}
