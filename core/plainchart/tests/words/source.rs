//! Reads Rust source as far as these tests need: the string literals that are not in comments or tests.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// One source file: its text with comments blanked out, and its string literals.
pub struct Source {
    /// From the crate's folder, such as `plainchart/src/words.rs`.
    pub name: String,
    /// The text. Comments and the modules of unit tests are spaces.
    pub code: String,
    /// In order.
    pub literals: Vec<Literal>,
}

/// One string literal.
pub struct Literal {
    /// Where its opening quote stands in [`Source::code`].
    pub start: usize,
    /// One past its closing quote.
    pub end: usize,
    /// What stands between the quotes, escapes resolved as far as they matter here.
    pub text: String,
}

impl Source {
    /// Line number of a place, from 1.
    pub fn line(&self, place: usize) -> usize {
        self.code[..place].matches('\n').count() + 1
    }

    /// The text of the line that a place is in.
    pub fn line_text(&self, place: usize) -> &str {
        let start = self.code[..place].rfind('\n').map_or(0, |at| at + 1);
        self.code[start..].lines().next().unwrap_or_default()
    }
}

/// The sources of these crates, without tests.
pub fn sources(crates: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut paths = Vec::new();
    for name in crates {
        walk(&root.join(name).join("src"), &mut paths);
    }
    paths.sort();
    let read: Vec<(PathBuf, String)> =
        paths.into_iter().map(|path| (path.clone(), std::fs::read_to_string(&path).unwrap())).collect();
    let test_files: HashSet<PathBuf> = read.iter().flat_map(|(path, text)| test_modules(path, text)).collect();
    let in_tests =
        |path: &Path| test_files.iter().any(|file| path == file || path.starts_with(file.with_extension("")));
    let kept = read.into_iter().filter(|(path, _)| !in_tests(path));
    kept.map(|(path, text)| of(path.strip_prefix(root).unwrap().display().to_string(), &text)).collect()
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

/// Files of `#[cfg(test)] mod name;`.
fn test_modules(path: &Path, text: &str) -> Vec<PathBuf> {
    let stem = path.file_stem().unwrap_or_default();
    let folder = if stem == "lib" || stem == "mod" || stem == "main" {
        path.parent().unwrap().to_path_buf()
    } else {
        path.with_extension("")
    };
    let names = text.split("#[cfg(test)]").skip(1).filter_map(|rest| {
        let (before, after) = rest.split_once("mod ")?;
        let is_next = matches!(before.trim(), "" | "pub" | "pub(super)" | "pub(crate)");
        let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        (is_next && after[name.len()..].starts_with(';')).then(|| folder.join(format!("{name}.rs")))
    });
    names.collect()
}

fn of(name: String, text: &str) -> Source {
    let (mut code, mut literals) = cut(text);
    for range in inline_tests(&code, &literals) {
        let blank: String = code[range.clone()].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        literals.retain(|literal| !range.contains(&literal.start));
        assert_eq!(blank.len(), range.len(), "{name}: a test holds letters that are not ASCII outside of strings");
        code.replace_range(range, &blank);
    }
    Source { name, code, literals }
}

/// Blanks comments and the insides of literals, and collects the literals.
fn cut(text: &str) -> (String, Vec<Literal>) {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut literals = Vec::new();
    let mut at = 0;
    let blank = |code: &mut Vec<u8>, from: usize, to: usize| {
        for byte in &mut code[from..to] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    };
    while at < bytes.len() {
        let rest = &text[at..];
        if rest.starts_with("//") || rest.starts_with("/*") {
            let end = if rest.starts_with("//") { rest.find('\n') } else { rest.find("*/").map(|end| end + 2) };
            let end = at + end.unwrap_or(rest.len());
            blank(&mut code, at, end);
            at = end;
        } else if let Some((open, close, raw)) = opening(text, at) {
            let start = at + open;
            let length = if raw { text[start..].find(&close).unwrap() } else { closing(&text[start..]) };
            let inside = &text[start..start + length];
            let text = if raw { inside.to_owned() } else { resolved(inside) };
            let end = start + length + close.len();
            let is_bytes = text_before(bytes, at) == Some(b'b') || bytes[at] == b'b';
            if !is_bytes {
                literals.push(Literal { start: at, end, text });
            }
            blank(&mut code, start, start + length);
            at = end;
        } else if let Some(length) = character(rest) {
            blank(&mut code, at, at + length);
            at += length;
        } else {
            at += rest.chars().next().unwrap().len_utf8();
        }
    }
    (String::from_utf8(code).unwrap(), literals)
}

fn text_before(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at.checked_sub(1)?).copied()
}

/// The length of what opens a string here, what closes it, and whether it is raw.
fn opening(text: &str, at: usize) -> Option<(usize, String, bool)> {
    let rest = &text[at..];
    if rest.starts_with('"') {
        return Some((1, "\"".to_owned(), false));
    }
    let is_name = text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
    let bare = rest.strip_prefix('b').unwrap_or(rest).strip_prefix('r')?;
    let hashes = bare.len() - bare.trim_start_matches('#').len();
    if is_name || !bare[hashes..].starts_with('"') {
        return None;
    }
    Some((rest.len() - bare.len() + hashes + 1, format!("\"{}", "#".repeat(hashes)), true))
}

fn closing(inside: &str) -> usize {
    let mut escaped = false;
    let end = inside.char_indices().find(|(_, c)| {
        let closes = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        closes
    });
    end.unwrap().0
}

/// Length of a character literal here; none for a lifetime.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    let end = match inside.strip_prefix('\\') {
        Some(escape) => 2 + escape.char_indices().skip(1).find(|(_, c)| *c == '\'')?.0,
        None => {
            let first = inside.chars().next()?.len_utf8();
            inside[first..].starts_with('\'').then_some(first + 1)?
        }
    };
    Some(end + 1)
}

/// Line ends that are escaped join with the next word; other escapes become the letter after the stroke.
fn resolved(inside: &str) -> String {
    let mut out = String::new();
    let mut rest = inside;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        rest = match after.strip_prefix('\n') {
            Some(next) => next.trim_start(),
            None => {
                let letter = after.chars().next().unwrap_or(' ');
                out.push(if matches!(letter, 'n' | 't' | 'r') { ' ' } else { letter });
                &after[letter.len_utf8().min(after.len())..]
            }
        };
    }
    out + rest
}

/// The modules of unit tests that stand in a file, as ranges. Literals are blank already.
fn inline_tests(code: &str, literals: &[Literal]) -> Vec<std::ops::Range<usize>> {
    let marks = code
        .match_indices("#[cfg(test)]")
        .filter(|(at, _)| !literals.iter().any(|one| one.start < *at && *at < one.end));
    marks
        .filter_map(|(start, _)| {
            let open = start + code[start..].find('{')?;
            let semicolon = code[start..].find(';').map(|at| start + at);
            if semicolon.is_some_and(|at| at < open) {
                return None;
            }
            let mut depth = 0_usize;
            let end = code[open..].char_indices().find(|(_, c)| {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                depth == 0
            })?;
            Some(start..open + end.0 + 1)
        })
        .collect()
}
