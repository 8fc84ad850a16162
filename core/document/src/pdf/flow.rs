//! From the lines of a page to headings, paragraphs, lists and tables.
//!
//! Geometry tells what plain text cannot: where a line was broken because it was full, where a paragraph ends, what is
//! set larger or bold. What it leaves is read like any typed note.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::line::Line;
use super::table;
use crate::error::DocumentError;
use crate::heading_line::is_short;
use crate::limits::Budget;
use crate::model::Block;
use crate::outline::Piece;
use crate::remark::Remarks;
use crate::text;

/// Text this much larger than the rest is a heading; and this much, one of the first level.
const LARGER: f64 = 1.15;
const MUCH_LARGER: f64 = 1.4;
/// Lines further apart than this share of the usual distance are two paragraphs.
const PARAGRAPH_GAP: f64 = 1.35;
/// Rows of one table stand at most this many letters' heights apart.
const ROW_GAP: f64 = 4.0;
/// A column has running text when so many of its lines come near its edge, and are this long.
const FULL_LINES: usize = 3;
const FULL_CHARACTERS: usize = 32;
const NEAR_EDGE: f64 = 0.85;

/// What is usual in the whole file.
pub(super) struct Usual {
    size: f64,
    bold: bool,
    /// What stands on several pages: their heads and feet, with `0` for every digit.
    repeated: HashSet<String>,
}

impl Usual {
    /// Of the lines of each page: the size that most letters have, whether most are bold, and what comes again.
    pub(super) fn of(pages: &[Vec<Vec<Line>>]) -> Self {
        let mut sizes: BTreeMap<i64, usize> = BTreeMap::new();
        let mut last_page: HashMap<String, usize> = HashMap::new();
        let mut repeated = HashSet::new();
        let (mut bold, mut all) = (0, 0);
        for (number, page) in pages.iter().enumerate() {
            for line in page.iter().flatten() {
                let letters: usize = line.fields.iter().map(|field| field.text.len()).sum();
                *sizes.entry((line.size * 4.0).round() as i64).or_default() += letters;
                all += letters;
                bold += if line.is_bold() { letters } else { 0 };
                let text = without_digits(&line.text());
                if last_page.insert(text.clone(), number).is_some_and(|before| before != number) {
                    repeated.insert(text);
                }
            }
        }
        let size = sizes.into_iter().max_by_key(|(_, count)| *count).map_or(10.0, |(size, _)| size as f64 / 4.0);
        Self { size, bold: bold * 2 > all, repeated }
    }
}

fn without_digits(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
}

/// Reads lines that belong together.
pub(super) fn read(
    lines: &[Line],
    usual: &Usual,
    budget: &mut Budget,
    remarks: &mut Remarks,
    pieces: &mut Vec<Piece>,
) -> Result<(), DocumentError> {
    let mut flow = Flow { usual, page: Edges::of(lines), budget, remarks, pieces, typed: String::new() };
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let before = at.checked_sub(1).and_then(|at| lines.get(at));
        let rows = lines.get(at..).map_or(0, table_rows);
        if let Some(block) = lines.get(at..at + rows).and_then(table::read) {
            flow.block(block)?;
            at += rows;
            continue;
        }
        match flow.heading(line, before, lines.get(at + 1)) {
            Some((level, text)) => flow.put_heading(level, text)?,
            None => flow.line(line, before),
        }
        at += 1;
    }
    flow.end_typed()
}

/// How many lines from the first on are rows of one table.
fn table_rows(lines: &[Line]) -> usize {
    let mut rows = 0;
    for (at, line) in lines.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| lines.get(at));
        if line.fields.len() < 2 || before.is_some_and(|before| before.y - line.y > ROW_GAP * line.size) {
            break;
        }
        rows += 1;
    }
    rows
}

/// Where the lines of a column end, and how far apart they are.
struct Edges {
    left: f64,
    /// Where full lines are broken; `None` when there is no running text.
    edge: Option<f64>,
    leading: f64,
}

impl Edges {
    fn of(lines: &[Line]) -> Self {
        let left = lines.iter().map(Line::left).fold(f64::INFINITY, f64::min);
        let long = lines.iter().filter(|line| line.fields.len() == 1 && line.text().chars().count() >= FULL_CHARACTERS);
        let mut ends: Vec<f64> = long.map(Line::right).collect();
        ends.sort_by(|a, b| b.total_cmp(a));
        // The outermost edge that several lines come near.
        let edge = ends.windows(FULL_LINES).find_map(|ends| match ends {
            [first, .., last] => (last - left >= NEAR_EDGE * (first - left)).then_some(*first),
            _ => None,
        });
        let mut gaps: Vec<f64> = lines
            .windows(2)
            .filter_map(|pair| match pair {
                [above, below] => Some(above.y - below.y).filter(|gap| *gap > 0.0 && *gap < 3.0 * below.size),
                _ => None,
            })
            .collect();
        gaps.sort_by(f64::total_cmp);
        // Paragraphs of one line make the usual gap a wide one; the narrower third is within them.
        let leading = gaps.get(gaps.len() / 3).copied().unwrap_or(0.0);
        Self { edge, left, leading }
    }
}

struct Flow<'a> {
    usual: &'a Usual,
    page: Edges,
    budget: &'a mut Budget,
    remarks: &'a mut Remarks,
    pieces: &'a mut Vec<Piece>,
    /// Lines gathered to be read as typed text.
    typed: String,
}

impl Flow<'_> {
    /// A line that its letters set apart.
    fn heading(&self, line: &Line, before: Option<&Line>, after: Option<&Line>) -> Option<(u32, String)> {
        let [field] = line.fields.as_slice() else { return None };
        let text = field.text.trim().trim_end_matches(':').trim_end();
        let worded = text.chars().filter(|c| c.is_alphabetic()).count() >= 3;
        let paged = is_page_number(text) || self.usual.repeated.contains(&without_digits(&field.text));
        if !worded || paged || !is_short(text) || !text.starts_with(char::is_alphanumeric) {
            return None;
        }
        let same = |other: Option<&Line>| {
            other.is_some_and(|other| {
                (other.size - line.size).abs() < 0.05 * line.size
                    && other.is_bold() == line.is_bold()
                    && (other.y - line.y).abs() < 1.5 * line.size
            })
        };
        // Several lines in a row in the same letters are text, or a title of several lines.
        if same(before) || same(after) {
            return None;
        }
        let larger = line.size / self.usual.size;
        if larger >= LARGER {
            return Some((if larger >= MUCH_LARGER { 1 } else { 2 }, text.to_owned()));
        }
        (field.bold && !self.usual.bold && larger > 0.95).then(|| (2, text.to_owned()))
    }

    fn put_heading(&mut self, level: u32, text: String) -> Result<(), DocumentError> {
        self.end_typed()?;
        self.budget.take_block()?;
        self.budget.take_bytes(text.len())?;
        self.pieces.push(Piece::Heading { level, text });
        Ok(())
    }

    fn block(&mut self, block: Block) -> Result<(), DocumentError> {
        self.end_typed()?;
        let cells = match &block {
            Block::Table { rows, .. } => rows.iter().map(|row| row.cells.len()).sum(),
            _ => 1,
        };
        for _ in 0..cells {
            self.budget.take_block()?;
        }
        self.budget.take_bytes(block.text().len())?;
        self.pieces.push(Piece::Block(block));
        Ok(())
    }

    /// Adds a line to the typed text: behind the last if that was full, else below it.
    fn line(&mut self, line: &Line, before: Option<&Line>) {
        let text = line.text();
        if let (Some(before), false) = (before, self.typed.is_empty()) {
            let gap = before.y - line.y;
            let apart = gap > PARAGRAPH_GAP * self.page.leading && gap > 1.3 * line.size;
            let resized = (before.size - line.size).abs() > 0.1 * line.size;
            self.typed.push_str(if apart || resized || gap < 0.0 {
                "\n\n"
            } else if self.goes_on(before, line, &text) {
                " "
            } else {
                "\n"
            });
        }
        self.typed.push_str(&text);
    }

    /// Whether a line goes on in the next: its first word would not have fitted.
    fn goes_on(&self, before: &Line, line: &Line, text: &str) -> bool {
        let [last] = before.fields.as_slice() else { return false };
        let letters = text.chars().count().max(1);
        let first_word = text.split_whitespace().next().map_or(0, |word| word.chars().count());
        let room = (line.right() - line.left()) * (first_word as f64 + 1.0) / letters as f64;
        let Some(edge) = self.page.edge.filter(|_| last.text.chars().count() >= FULL_CHARACTERS) else { return false };
        let (width, end) = (edge - self.page.left, last.right - self.page.left);
        let full = end + room > 0.98 * width;
        // Not every writer fills its lines; a sentence that goes on is one.
        let in_sentence = end > NEAR_EDGE * width
            && text.starts_with(char::is_lowercase)
            && !last.text.ends_with(['.', ':', ';', '?', '!']);
        let hyphenated = last.text.ends_with('-') && text.starts_with(char::is_lowercase);
        let marked = !text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '(' | '"' | '\u{201c}' | '<'));
        (full || in_sentence) && !hyphenated && !marked && !is_numbered(text) && line.fields.len() == 1
    }

    fn end_typed(&mut self) -> Result<(), DocumentError> {
        if self.typed.is_empty() {
            return Ok(());
        }
        let typed = text::clean(&core::mem::take(&mut self.typed), self.remarks);
        self.pieces.extend(text::pieces(&typed, self.budget, self.remarks)?);
        Ok(())
    }
}

/// `Page 1 of 3`.
fn is_page_number(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.next().is_some_and(|word| word.eq_ignore_ascii_case("page"))
        && words.next().is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()))
}

/// `1. `, `2) `: an entry of a list starts.
fn is_numbered(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < text.len() && rest.len() + 3 > text.len() && (rest.starts_with(". ") || rest.starts_with(") "))
}
