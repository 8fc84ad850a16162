//! Calls and lines fit each other: no id without a line, no line without a use, the same arguments on both sides.

use std::collections::{BTreeMap, BTreeSet};

use crate::arguments_of;
use crate::source::{Literal, Source, sources};

/// The crates that name ids: the facade and the command line look words up, the others name them in tables.
const CRATES: [&str; 5] = ["plainchart", "record", "document", "access", "../cli"];

/// What the sources do not show to be in use, by its beginning, and what does.
const NAMED_ELSEWHERE: &[(&str, &str)] = &[
    ("dosage.as-needed.", "the id is put together in parts; the tests of dosage name both"),
    ("archive.", "what is told of a ZIP file that is opened; its codes are those of the document crate's archive"),
    ("sensitivity.class.", "for a screen that tells the patient what a notice is about; named in `codes`"),
    ("sensitivity.notice.classes", "the heading of these"),
];

/// One call of `say`, `count` or `find` with an id that stands in the call.
struct Call {
    place: String,
    /// The id; `{` to `}` stands for a part that is only known at run time.
    id: String,
    is_count: bool,
    /// Names of the arguments; none if they are made elsewhere.
    arguments: Option<BTreeSet<String>>,
}

fn catalogue() -> BTreeMap<&'static str, &'static str> {
    plainchart::words::sentences().collect()
}

/// Whether an id fits a pattern such as `record.unnamed.{}`: each hole is one or more letters of an id. Only at the end
/// may it hold dots, as the codes of errors do.
fn fits(pattern: &str, id: &str) -> bool {
    let Some((before, after)) = pattern.split_once('{') else { return pattern == id };
    let Some(rest) = id.strip_prefix(before) else { return false };
    let after = after.split_once('}').map_or("", |(_, after)| after);
    let may_be_hole = |hole: &str| after.is_empty() || !hole.contains(['.', '[']);
    (1..=rest.len()).any(|length| may_be_hole(&rest[..length]) && fits(after, &rest[length..]))
}

/// The text between the brackets that open at `open`, and where they close.
fn bracketed(code: &str, open: usize) -> (&str, usize) {
    let mut depth = 0_i32;
    for (at, c) in code[open..].char_indices() {
        depth += match c {
            '(' | '[' | '{' => 1,
            ')' | ']' | '}' => -1,
            _ => 0,
        };
        if depth == 0 {
            return (&code[open + 1..open + at], open + at);
        }
    }
    panic!("a bracket is open");
}

/// Names in `&[("name", value), ...]`, with `start` being the place of the `[`. Calls inside the values are passed over.
fn argument_names(source: &Source, open: usize) -> BTreeSet<String> {
    let (inside, _) = bracketed(&source.code, open);
    let mut names = BTreeSet::new();
    let mut at = 0;
    while let Some(next) = inside[at..].find('(') {
        let start = open + 1 + at + next;
        let (_, end) = bracketed(&source.code, start);
        let first = source.literals.iter().find(|literal| literal.start > start);
        let is_first = |literal: &&Literal| source.code[start + 1..literal.start].trim().is_empty();
        let name = first.filter(is_first).unwrap_or_else(|| panic!("{}: no name of an argument", source.name));
        names.insert(name.text.clone());
        at = end - open;
    }
    names
}

fn calls(source: &Source) -> Vec<Call> {
    let mut found = Vec::new();
    for literal in &source.literals {
        let before = source.code[..literal.start].trim_end();
        let (before, is_pattern) = match before.strip_suffix("&format!(") {
            Some(before) => (before.trim_end(), true),
            None => (before, false),
        };
        let Some(name) = ["say(", "count(", "find("].iter().find(|name| before.ends_with(**name)) else { continue };
        let start = before.len() - name.len();
        let is_other = source.code[..start].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '.'))
            || source.code[..start].trim_end().ends_with("fn");
        // What begins with a hole is checked where its parts come from.
        if is_other || literal.text.starts_with('{') {
            continue;
        }
        let (_, end) = bracketed(&source.code, before.len() - 1);
        let after_id = match is_pattern {
            true => bracketed(&source.code, literal.start - 1).1 + 1,
            false => literal.end,
        };
        let rest = &source.code[after_id..end];
        let list = rest.find("&[").map(|at| argument_names(source, after_id + at + 1));
        found.push(Call {
            place: format!("{}:{}", source.name, source.line(literal.start)),
            id: literal.text.clone(),
            is_count: *name == "count(",
            arguments: if *name == "find(" { Some(BTreeSet::new()) } else { list },
        });
    }
    found
}

/// Proves T3: every id that the facade asks for has a line, and the call gives just the arguments that the line takes.
#[test]
fn every_call_fits_its_line() {
    let lines = catalogue();
    let mut wrong = Vec::new();
    let calls: Vec<Call> = sources(&["plainchart"]).iter().flat_map(calls).collect();
    assert!(calls.len() > 100, "only {} calls were seen", calls.len());
    for call in calls {
        let forms = if call.is_count { vec!["[one]", "[other]"] } else { vec![""] };
        for form in forms {
            let pattern = format!("{}{form}", call.id);
            let fitting: Vec<_> = lines.iter().filter(|(id, _)| fits(&pattern, id)).collect();
            if fitting.is_empty() {
                wrong.push(format!("{}: {pattern} has no line", call.place));
            }
            let Some(given) = &call.arguments else { continue };
            let mut used = BTreeSet::new();
            for (id, text) in fitting {
                for name in arguments_of(text) {
                    used.insert(name.to_owned());
                    let is_given = given.contains(name) || call.is_count && name == "count";
                    // Which line a pattern stands for is known at run time only, and asserted there.
                    if !is_given && !call.id.contains('{') {
                        wrong.push(format!("{}: {id} takes {{{name}}}, which is not given", call.place));
                    }
                }
            }
            for name in given.iter().filter(|name| !used.contains(*name) && form != "[one]") {
                wrong.push(format!("{}: no line of {pattern} takes {{{name}}}", call.place));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Proves T3: a line that nothing asks for any more is gone from the catalogue.
#[test]
fn every_line_is_used() {
    let all = sources(&CRATES);
    let literals: BTreeSet<&str> =
        all.iter().flat_map(|source| &source.literals).map(|one| one.text.as_str()).collect();
    let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-_{}[]".contains(c);
    let patterns: Vec<&str> = (literals.iter().copied())
        .filter(|text| text.split('{').next().is_some_and(|fixed| fixed.contains('.')) && text.contains('{'))
        .filter(|text| {
            text.split('{').all(|part| part.split_once('}').map_or(part, |(_, part)| part).chars().all(is_id))
        })
        .collect();
    let by_entries: BTreeSet<String> = plainchart_record::entry::word_ids().into_iter().collect();
    let unused: Vec<&str> = (catalogue().into_keys())
        .filter(|id| {
            let bare = id.split('[').next().unwrap_or(id);
            !literals.contains(bare)
                && !by_entries.contains(bare)
                && !NAMED_ELSEWHERE.iter().any(|(prefix, _)| id.starts_with(prefix))
                && !patterns.iter().any(|pattern| fits(pattern, bare) || fits(pattern, id))
        })
        .collect();
    assert!(unused.is_empty(), "{}", unused.join("\n"));
}
