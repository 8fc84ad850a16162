//! Proof that entries are plain: what G2 and the must-nots ask of every definition.
//!
//! [`lint`] reads entry files as the build does and tells what is wrong with each entry. A clean
//! glossary has no findings.

mod readability;
mod wording;

use std::collections::HashMap;

pub use readability::{grade, sentences, syllables, words};

use crate::compile::source::{self, SourceEntry, SourceSense};
use crate::compile::{SourceError, rules};
use crate::kind::Kind;
use crate::text::fold::folded;
use crate::text::token::tokens;

/// The highest reading grade a definition may have.
pub const HIGHEST_GRADE: f64 = 6.0;
/// The most words a definition may have.
pub const MOST_WORDS: usize = 20;

/// What an entry breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// The file cannot be read.
    Malformed,
    /// Above US grade 6 by Flesch-Kincaid.
    Grade,
    /// More than twenty words.
    Length,
    /// More than two sentences.
    Sentences,
    /// No full stop at the end.
    FullStop,
    /// Advice, reassurance, alarm, judgement or outlook.
    Judgement,
    /// A word that itself needs an entry.
    Jargon,
    /// One form in two entries.
    DuplicateForm,
    /// A common word as an abbreviation or drug, without its case given.
    CommonWord,
    /// Two senses of one entry in the same words.
    DuplicateSense,
    /// No version above zero.
    Version,
    /// A range of values that the laboratory did not give.
    Range,
}

/// One thing wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The entry's id; empty if the file cannot be read.
    pub entry: String,
    /// What is broken.
    pub rule: Rule,
    /// What was seen, in a few words.
    pub detail: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}: {:?}: {}", self.file, self.line, self.entry, self.rule, self.detail)
    }
}

/// How many definitions were checked, and what is wrong with them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Entries read.
    pub entries: usize,
    /// Definitions read: each sense, and of a test what it measures and why.
    pub definitions: usize,
    /// In the order of the files.
    pub findings: Vec<Finding>,
}

/// Checks entry files, each a name and its text.
pub fn lint(files: &[(&str, &str)]) -> Report {
    let mut report = Report::default();
    let mut entries = Vec::new();
    for (file, text) in files {
        match source::read(file, text) {
            Ok(read) => entries.extend(read),
            Err(SourceError { file, line, reason }) => {
                report.findings.push(Finding {
                    file,
                    line,
                    entry: String::new(),
                    rule: Rule::Malformed,
                    detail: reason,
                });
            }
        }
    }
    report.entries = entries.len();
    for entry in &entries {
        check_entry(entry, &mut report);
    }
    check_forms(&entries, &mut report);
    report
}

/// What in a text of an app breaks the rules on wording: judgement, advice, outlook, and words that need an entry.
pub fn wording(text: &str) -> Vec<(Rule, String)> {
    let jargon = wording::jargon(text, &[]).into_iter().map(|word| (Rule::Jargon, word));
    wording::judgements(text, Kind::Term, &[]).into_iter().chain(jargon).collect()
}

fn check_entry(entry: &SourceEntry, report: &mut Report) {
    if entry.version == 0 {
        add(report, entry, entry.line, Rule::Version, "the first version is 1".to_owned());
    }
    let forms: Vec<&str> = entry.forms.iter().map(|form| form.written.as_str()).collect();
    for sense in &entry.senses {
        check_text(entry, sense.line, &sense.definition, report);
        check_twins(entry, sense, report);
        for (rule, detail) in wording::judgements(&readability::without(&sense.plain, &forms), entry.kind, &forms) {
            add(report, entry, sense.line, rule, detail);
        }
    }
    for text in [&entry.measures, &entry.why] {
        if !text.is_empty() {
            check_text(entry, entry.line, text, report);
        }
    }
}

fn check_text(entry: &SourceEntry, line: usize, text: &str, report: &mut Report) {
    report.definitions += 1;
    let words = words(text).count();
    if words > MOST_WORDS {
        add(report, entry, line, Rule::Length, format!("{words} words"));
    }
    let sentences = sentences(text);
    if sentences > 2 {
        add(report, entry, line, Rule::Sentences, format!("{sentences} sentences"));
    }
    if !text.ends_with(['.', '?']) {
        add(report, entry, line, Rule::FullStop, "a definition ends with a full stop".to_owned());
    }
    let forms: Vec<&str> = entry.forms.iter().map(|form| form.written.as_str()).collect();
    let grade = grade(text, &forms);
    if grade > HIGHEST_GRADE {
        add(report, entry, line, Rule::Grade, format!("grade {grade:.1}"));
    }
    for word in wording::jargon(text, &forms) {
        add(report, entry, line, Rule::Jargon, word);
    }
    for (rule, detail) in wording::judgements(&readability::without(text, &forms), entry.kind, &forms) {
        add(report, entry, line, rule, detail);
    }
}

fn check_twins(entry: &SourceEntry, sense: &SourceSense, report: &mut Report) {
    let earlier = entry.senses.iter().take_while(|other| !std::ptr::eq(*other, sense));
    if earlier.into_iter().any(|other| other.definition == sense.definition) {
        add(report, entry, sense.line, Rule::DuplicateSense, "two senses say the same".to_owned());
    }
}

fn check_forms(entries: &[SourceEntry], report: &mut Report) {
    // The rules are part of the library: their own test reads them.
    let rules = rules::read("rules", include_str!("../../rules/en.txt")).unwrap_or_default();
    let mut owners: HashMap<(String, bool, &str), &SourceEntry> = HashMap::new();
    for entry in entries {
        let mut own: Vec<(String, bool)> = Vec::new();
        for form in &entry.forms {
            let text = if form.exact { form.written.clone() } else { compared(&form.written) };
            // `work-up` and `work up` match alike; within one entry that is no fault.
            if own.contains(&(text.clone(), form.exact)) {
                continue;
            }
            own.push((text.clone(), form.exact));
            if let Some(other) = owners.insert((text, form.exact, &entry.language), entry) {
                let detail =
                    format!("`{}` is a form of `{}` too; put both senses in one entry", form.written, other.id);
                add(report, entry, form.line, Rule::DuplicateForm, detail);
            }
            let word = folded(&form.written);
            let common = rules.little_words.contains(&word) || rules.also_words.contains(&word);
            if common && !form.exact && matches!(entry.kind, Kind::Abbreviation | Kind::Drug) {
                let detail = format!("`{}` is also a common word: give its capitals with `=`", form.written);
                add(report, entry, form.line, Rule::CommonWord, detail);
            }
        }
    }
}

/// A form as matching sees it: folded words, gaps alike.
fn compared(written: &str) -> String {
    let mut cut = Vec::new();
    tokens(written, &mut cut);
    let mut text = String::new();
    for (at, token) in cut.iter().enumerate() {
        if at > 0 && token.gap != crate::text::token::Gap::None {
            text.push(' ');
        }
        text.push_str(&folded(token.text(written)));
    }
    text
}

fn add(report: &mut Report, entry: &SourceEntry, line: usize, rule: Rule, detail: String) {
    let finding = Finding { file: entry.file.clone(), line, entry: entry.id.clone(), rule, detail };
    if !report.findings.contains(&finding) {
        report.findings.push(finding);
    }
}
