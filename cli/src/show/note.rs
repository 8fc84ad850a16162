//! One note on a page: as typed, with headings in plain words beside the clinician's own (N2).

use std::io;

use plainchart::{MarkView, NoteSummary, NoteView, SectionView};

use super::marks::{distinct, explanations, marked};
use crate::dates;
use crate::page::{Page, Style, Text, wrap};

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

/// The whole note; with `with_marks` its words are marked and explained below.
pub fn note(page: &mut Page, note: &NoteView, with_marks: bool) -> io::Result<()> {
    page.text(Text::strong(title_line(&note.summary)))?;
    if let Some(own) = &note.summary.source_title {
        page.text(Text::quiet(format!("{} calls it: {own}", note.summary.source)))?;
    }
    let withdrawn = note.summary.withdrawn.then(|| format!("{} no longer has this note.", note.summary.source));
    for sentence in note.notice.iter().chain(&note.remarks).chain(&withdrawn) {
        page.text(Text::default().and(sentence, Style::Notice))?;
    }
    for (index, part) in note.sections.iter().enumerate() {
        page.blank()?;
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
    Ok(())
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
    let text = marked(section.text.trim_end(), marks.iter().copied());
    let lines = wrap(&text, INDENT, INDENT, page.width());
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
