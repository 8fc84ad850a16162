//! A note read aloud, for screen readers (N6).

use std::collections::HashSet;

use plainchart_access::PersonId;
use plainchart_glossary::{Kind, Mark};

use crate::error::PlainchartError;
use crate::explain::section_of;
use crate::session::Session;
use crate::spoken::{Reading, SpokenCell, speak, speak_table};
use crate::views::{BlockView, ItemView, PieceView, SpokenSection};
use crate::words::say;

/// Up to this tier a meaning is said; beyond it are words for readers who want more.
const EXPLAINED_TIER: u8 = 2;

impl Session {
    /// A note as it is read aloud. `explain`: what a word means is said after its first mention.
    ///
    /// # Errors
    /// As [`Session::read_note`].
    pub fn spoken(&self, person: &PersonId, note: &str, explain: bool) -> Result<Vec<SpokenSection>, PlainchartError> {
        let open = self.open_note(person, note, None)?;
        let mut told = HashSet::new();
        let mut spoken = Vec::with_capacity(open.view.sections.len());
        for (section, kind) in open.view.sections.iter().zip(&open.kinds) {
            let context = section_of(*kind, open.note_type);
            let marks = if open.is_explained { self.glossary.annotate(&section.text, &context) } else { Vec::new() };
            let mut voice = Voice { marks: &marks, explain, told: &mut told, lines: Vec::new() };
            voice.blocks(&section.blocks);
            let text = voice.lines.join("\n");
            let heading = section.heading.as_deref().map(|heading| {
                let marks = if open.is_explained { self.glossary.annotate(heading, &context) } else { Vec::new() };
                speak(heading, &readings(&marks, 0, heading.len(), None))
            });
            let heading = match (heading, &section.plain_heading) {
                (Some(own), Some(plain)) if own.eq_ignore_ascii_case(plain) => Some(own),
                (Some(own), Some(plain)) => Some(say("spoken.heading", &[("plain", plain), ("heading", &own)])),
                (own, plain) => own.or_else(|| plain.clone()),
            };
            spoken.push(SpokenSection { heading, text });
        }
        Ok(spoken)
    }
}

/// Reads the blocks of one section.
struct Voice<'v, 'm> {
    marks: &'m [Mark<'m>],
    explain: bool,
    /// Entries whose meaning was said.
    told: &'v mut HashSet<String>,
    lines: Vec<String>,
}

impl Voice<'_, '_> {
    fn blocks(&mut self, blocks: &[BlockView]) {
        for block in blocks {
            match block {
                BlockView::Paragraph { piece, .. } | BlockView::Preformatted { piece, .. } => {
                    let text = self.piece(piece);
                    self.lines.push(text);
                }
                BlockView::List { items, .. } => {
                    let signs = items.iter().any(|item| item.marker.as_deref() == Some("+"));
                    for item in items {
                        let text = self.piece(&item.piece);
                        self.lines.push(format!("{}{text}", marker(item, signs)));
                        self.blocks(&item.blocks);
                    }
                }
                BlockView::Table { rows, .. } => {
                    let rows: Vec<Vec<SpokenCell>> = rows
                        .iter()
                        .map(|row| {
                            let cell = |cell: &crate::views::CellView| SpokenCell {
                                header: cell.header,
                                column_span: cell.column_span,
                                row_span: cell.row_span,
                                text: self.piece(&cell.piece).replace('\n', ", "),
                            };
                            row.iter().map(cell).collect()
                        })
                        .collect();
                    self.lines.extend(speak_table(&rows));
                }
                BlockView::Rule => {}
            }
        }
    }

    fn piece(&mut self, piece: &PieceView) -> String {
        let mut spoken = Vec::with_capacity(piece.lines.len());
        for (line, place) in piece.text.split('\n').zip(&piece.lines) {
            let told = self.explain.then_some(&mut *self.told);
            spoken.push(speak(line, &readings(self.marks, place.start, place.end, told)));
        }
        spoken.join("\n")
    }
}

/// The marker of a list item. Among plus signs a minus says "no".
fn marker(item: &ItemView, signs: bool) -> String {
    match item.marker.as_deref() {
        Some("+") => format!("{} ", say("spoken.plus", &[])),
        Some("-" | "−" | "–") if signs => format!("{} ", say("spoken.minus", &[])),
        Some(marker) if marker.chars().any(char::is_alphanumeric) => format!("{marker} "),
        _ => String::new(),
    }
}

/// What is read in other words between two places of a section: certain abbreviations in full, and meanings.
fn readings<'m>(
    marks: &'m [Mark<'m>],
    start: usize,
    end: usize,
    mut told: Option<&mut HashSet<String>>,
) -> Vec<Reading<'m>> {
    let inside = marks.iter().filter(|mark| mark.certain && mark.start >= start && mark.end <= end);
    let mut readings = Vec::new();
    let mut reached = start;
    for mark in inside {
        let Some(sense) = mark.senses.first().filter(|_| mark.senses.len() == 1 && mark.start >= reached) else {
            continue;
        };
        let words = sense.plain.filter(|_| mark.kind == Kind::Abbreviation);
        let wanted = mark.tier <= EXPLAINED_TIER && mark.kind != Kind::Unit;
        let is_first = told.as_mut().is_some_and(|told| wanted && told.insert(mark.entry.to_owned()));
        let meaning = is_first.then_some(sense.definition);
        if words.is_some() || meaning.is_some() {
            reached = mark.end;
            readings.push(Reading { start: mark.start - start, end: mark.end - start, words, meaning });
        }
    }
    readings
}
