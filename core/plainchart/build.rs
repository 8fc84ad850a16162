//! Compiles the catalogue of sentences, `words/<language>/<subject>.txt`, into sorted tables (SPEC T3).

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("words");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut tables = String::new();
    let mut languages = String::new();
    for folder in sorted(&root)? {
        let language = name_of(&folder);
        let sentences = read_language(&folder)?;
        writeln!(tables, "static {}: &[(&str, &str)] = &[", language.to_uppercase())?;
        for (id, text) in &sentences {
            writeln!(tables, "    ({id:?}, {text:?}),")?;
        }
        writeln!(tables, "];")?;
        write!(languages, "({language:?}, {}), ", language.to_uppercase())?;
    }
    writeln!(tables, "static LANGUAGES: &[(&str, &[(&str, &str)])] = &[{languages}];")?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("words.rs"), tables)?;
    Ok(())
}

fn read_language(folder: &Path) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let mut sentences = BTreeMap::new();
    for file in sorted(folder)? {
        println!("cargo::rerun-if-changed={}", file.display());
        for (number, line) in fs::read_to_string(&file)?.lines().enumerate() {
            let mistake = |reason: &str| format!("{}, line {}: {reason}", file.display(), number + 1);
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let (id, text) = line.split_once(" = ").ok_or_else(|| mistake("expected `id = text`"))?;
            let (id, text) = (id.trim(), text.trim());
            let allowed =
                |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | '[' | ']');
            if id.is_empty() || !id.chars().all(allowed) {
                return Err(mistake("an id has lower case letters, digits, `.`, `-` and `_`").into());
            }
            if text.matches('{').count() != text.matches('}').count() {
                return Err(mistake("a brace is open").into());
            }
            if sentences.insert(id.to_owned(), text.to_owned()).is_some() {
                return Err(mistake("this id stands twice").into());
            }
        }
    }
    Ok(sentences)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    paths.sort();
    Ok(paths)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
