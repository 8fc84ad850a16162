//! One note on a page: as typed, with headings in plain words beside the clinician's own (N2).

use std::io;

use plainchart::{MarkView, NoteSummary, NoteView, RoleView, SectionView, words};

use super::blocks::Words;
use super::marks::{distinct, explanations, marked};
use crate::dates;
use crate::page::{Line, Page, Row, Style, Text, wrap};

const INDENT: usize = 4;

/// Kind, day and who wrote it.
pub fn title_line(note: &NoteSummary) -> String {
    let mut line = note.title.clone();
    for part in [dates::day_of(note.date.as_ref()), note.authors.join(", ")] {
        if !part.is_empty() {
            line.push_str(", ");
            line.push_str(&part);
        }
    }
    line
}

/// What is to be known of a note's standing: each once, in the facade's words.
pub fn standing_of(note: &NoteSummary) -> Vec<String> {
    note.states.iter().map(|state| state.text.clone()).collect()
}

/// The whole note; with `with_marks` its words are marked and explained below.
pub fn note(page: &mut Page, note: &NoteView, with_marks: bool) -> io::Result<()> {
    let summary = &note.summary;
    page.text(Text::strong(title_line(summary)))?;
    if let Some(own) = &summary.source_title {
        page.text(Text::quiet(format!("{} calls it: {own}", summary.source)))?;
    }
    if let Some(meaning) = &summary.meaning {
        page.text(Text::quiet(meaning))?;
    }
    page.rows(&about(note), 2)?;
    let mut said: Vec<String> = Vec::new();
    for sentence in note.notice.iter().chain(&standing_of(summary)).chain(&note.remarks) {
        if !said.contains(sentence) {
            page.text(Text::default().and(sentence, Style::Notice))?;
            said.push(sentence.clone());
        }
    }
    let mut addition = None;
    for (index, part) in note.sections.iter().enumerate() {
        page.blank()?;
        if part.addition != addition {
            addition.clone_from(&part.addition);
            page.text(Text::strong(words::say("section.addendum", &[])))?;
        }
        let marks: Vec<&MarkView> =
            note.marks.iter().filter(|mark| with_marks && mark.section == Some(index)).collect();
        section(page, part, &marks, None)?;
    }
    if with_marks && !note.marks.is_empty() {
        page.blank()?;
        page.text(Text::strong("In plain words"))?;
        let marks: Vec<&MarkView> = note.marks.iter().collect();
        page.rows(&explanations(&marks, |mark| text_of(note, mark)), 2)?;
    } else if !note.marks.is_empty() {
        page.blank()?;
        let words = distinct(&note.marks.iter().collect::<Vec<_>>(), |mark| text_of(note, mark)).len();
        page.text(Text::quiet(format!("{words} words in it can be explained: add --marks.")))?;
    }
    files(page, note)?;
    versions(page, summary, "Other versions")
}

/// When exactly, who else, and how long it takes to read.
fn about(note: &NoteView) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut row = |label: &str, text: String| rows.push((Text::quiet(label), Text::plain(text)));
    if let Some(date) = note.summary.date.as_ref().filter(|date| dates::clock(date).is_some()) {
        row("When", dates::written(date));
    }
    // The authors stand in the title.
    let others = note.summary.people.iter().filter(|role| {
        !role.party.telephones.is_empty()
            || role.party.name.as_ref().is_some_and(|name| !note.summary.authors.contains(name))
    });
    for role in others {
        row(&role.label, said_of(role));
    }
    if let Some(minutes) = &note.reading_time {
        row("Reading time", minutes.clone());
    }
    if let Some(language) = note.language.as_ref().filter(|tag| !tag.to_lowercase().starts_with("en")) {
        row("Language", language.clone());
    }
    rows
}

fn said_of(role: &RoleView) -> String {
    let described = role.described.as_ref().map(|described| format!(" ({described})")).unwrap_or_default();
    format!("{}{described}", super::party(&role.party))
}

/// All files of the note: which one is shown, which are here, and why others are not.
fn files(page: &mut Page, note: &NoteView) -> io::Result<()> {
    let mut rows: Vec<Row> = Vec::new();
    let is_attached = |index: usize| note.attachments.iter().find(|file| file.index == index);
    for rendition in &note.renditions {
        let attached = is_attached(rendition.index);
        let mut text = Text::plain(rendition.title.as_deref().unwrap_or("without a name"));
        let kind = rendition.media_type.as_deref().or(rendition.format.as_deref());
        let size = rendition.size.map(size_text);
        let facts: Vec<&str> = kind.into_iter().chain(rendition.language.as_deref()).chain(size.as_deref()).collect();
        if !facts.is_empty() {
            text.push(format!(" ({})", facts.join(", ")), Style::Quiet);
        }
        if rendition.shown && !note.sections.is_empty() {
            text.push("; this is the one shown above", Style::Plain);
        }
        let said = attached.map(|file| &file.sentence).filter(|_| rendition.reason.is_none());
        for sentence in rendition.reason.iter().chain(said) {
            text.push(format!(". {sentence}"), Style::Notice);
        }
        rows.push((Text::strong(rendition.index.to_string()), text));
    }
    let is_plain = note.renditions.len() == 1 && note.attachments.is_empty();
    if rows.is_empty() || is_plain && note.renditions.iter().all(|rendition| rendition.shown) {
        return Ok(());
    }
    page.blank()?;
    page.text(Text::strong("Files of this note"))?;
    page.rows(&rows, 2)?;
    let id = &note.summary.id;
    let has = |wanted: bool| {
        note.renditions.iter().find(|rendition| {
            rendition.state == "here" && !rendition.shown && is_attached(rendition.index).is_none() == wanted
        })
    };
    if let Some(other) = has(true) {
        page.indented(Text::quiet(format!("Read another one: read {id} --rendition {}", other.index)), 2, 4)?;
    }
    if let Some(file) = note.renditions.iter().find(|rendition| rendition.state == "here") {
        page.indented(Text::quiet(format!("Save one: attachment {id} {} --out FILE", file.index)), 2, 4)?;
    }
    Ok(())
}

/// `12 KB`, rounded up: how much room it takes.
pub fn size_text(bytes: u64) -> String {
    const KB: u64 = 1024;
    match bytes {
        0..KB => format!("{bytes} bytes"),
        KB..0x10_0000 => format!("{} KB", bytes.div_ceil(KB)),
        _ => format!("{} MB", bytes.div_ceil(KB * KB)),
    }
}

/// Other versions of a note, its additions and signatures, and other entries for it.
pub fn versions(page: &mut Page, note: &NoteSummary, heading: &str) -> io::Result<()> {
    let mut rows: Vec<Row> = Vec::new();
    for version in &note.versions {
        let day = version.date.as_ref().map(|date| format!(", {}", dates::written(date))).unwrap_or_default();
        let text = Text::plain(format!("{}{day}", version.title)).and(format!("  {}", version.id), Style::Quiet);
        rows.push((Text::plain(&version.label), text));
    }
    for mention in &note.also_listed_as {
        let day = mention.date.as_ref().map(|date| format!(", {}", dates::written(date))).unwrap_or_default();
        rows.push((Text::plain("Also listed as"), Text::plain(format!("{}{day}", mention.title))));
    }
    if rows.is_empty() {
        return Ok(());
    }
    page.blank()?;
    page.text(Text::strong(heading))?;
    page.rows(&rows, 2)
}

/// The text that a mark of a note is in.
pub fn text_of<'n>(note: &'n NoteView, mark: &MarkView) -> &'n str {
    mark.section.and_then(|index| note.sections.get(index)).map(|section| section.text.as_str()).unwrap_or_default()
}

/// What became of a section that may be cut short.
pub struct Shown {
    /// How many of its marks are on the page.
    pub marks: usize,
}

/// One section; of at most so many lines if a number is given.
pub fn section(
    page: &mut Page,
    section: &SectionView,
    marks: &[&MarkView],
    most_lines: Option<usize>,
) -> io::Result<Shown> {
    let plain = section.plain_heading.as_deref();
    let mut heading = Text::default();
    match (section.heading.as_deref(), plain) {
        (Some(own), Some(plain)) if own.trim_end_matches(':').eq_ignore_ascii_case(plain) => {
            heading.push(plain, Style::Strong)
        }
        (own, plain) => {
            heading.push(own.unwrap_or_default(), Style::Strong);
            if own.is_some() && plain.is_some() {
                heading.push(" · ", Style::Quiet);
            }
            heading.push(plain.unwrap_or_default(), Style::Plain);
        }
    }
    if !heading.is_empty() {
        page.indented(heading, INDENT / 2, INDENT)?;
    }
    let lines = lines_of(section, marks, page.width());
    let shown = most_lines.unwrap_or(lines.len()).min(lines.len());
    let mut marks = 0;
    for line in lines.iter().take(shown) {
        page.line(line)?;
        let marked = line.iter().filter(|piece| piece.style == Style::Marked);
        marks += marked.flat_map(|piece| piece.text.chars()).filter(|character| *character == '‹').count();
    }
    let left_out = lines.len() - shown;
    if left_out > 0 {
        let plural = if left_out == 1 { "" } else { "s" };
        page.indented(Text::quiet(format!("┄ {left_out} more line{plural}")), INDENT, INDENT)?;
    }
    Ok(Shown { marks })
}

fn lines_of(section: &SectionView, marks: &[&MarkView], width: usize) -> Vec<Line> {
    if section.text.trim().is_empty() {
        return Vec::new();
    }
    if section.blocks.is_empty() {
        return wrap(&marked(section.text.trim_end(), marks.iter().copied()), INDENT, INDENT, width);
    }
    Words::new(section, marks).lines(INDENT, width)
}
