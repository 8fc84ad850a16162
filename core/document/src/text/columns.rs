//! Tables typed with spaces, tabs or bars.
//!
//! A table is only made where nothing can slip into another column: every row has the same number of fields and a
//! clear stripe runs between the columns. Anything less is kept as it stands, to be shown in a fixed-width font.

use super::lists::marker_of;
use super::page::{Page, push_collapsed};
use crate::heading_line::{Surroundings, heading_line};
use crate::inline::Inline;
use crate::model::{Block, Cell, Row};

/// A run of text within a line, with the columns it covers.
struct Field<'a> {
    start: usize,
    end: usize,
    text: &'a str,
}

/// What a line under a header is made of, in a table with bars.
const BAR_MARKS: &[char] = &['|', '-', ':', ' ', '+', '='];

/// Reads a table or a block of columns that starts at line `at`; answers with how many lines it took.
pub(super) fn read(page: &Page<'_>, at: usize) -> Option<(Block, usize)> {
    bars(page, at).or_else(|| spaced(page, at))
}

/// Whether a line is laid out in columns by itself.
pub(super) fn is_columnar(line: &str) -> bool {
    let gaps: Vec<usize> = fields(line)
        .windows(2)
        .filter_map(|pair| match pair {
            [left, right] => Some(right.start - left.end),
            _ => None,
        })
        .collect();
    let tabbed = line.trim().contains('\t');
    let wide = gaps.iter().any(|gap| *gap >= 3) || gaps.len() >= 2;
    (tabbed || wide) && marker_of(line).is_none() && heading_line(line, Surroundings::default()).is_none()
}

/// `| a | b |` and `a | b`, two lines or more.
fn bars(page: &Page<'_>, at: usize) -> Option<(Block, usize)> {
    let first = page.line(at)?;
    if is_separator(first, BAR_MARKS) {
        return None;
    }
    let count = bar_count(first);
    let taken =
        (at..).take_while(|at| page.line(*at).is_some_and(|line| count > 0 && bar_count(line) == count)).count();
    if taken < 2 {
        return None;
    }
    let mut rows: Vec<Row> = Vec::new();
    for line in (at..at + taken).filter_map(|at| page.line(at)) {
        if is_separator(line, BAR_MARKS) {
            name_header(&mut rows);
        } else {
            let line = line.trim();
            let line = line.strip_prefix('|').unwrap_or(line);
            let line = line.strip_suffix('|').unwrap_or(line);
            rows.push(row(line.split('|')));
        }
    }
    (rows.len() >= 2).then_some((table(rows), taken))
}

fn bar_count(line: &str) -> usize {
    line.matches('|').count()
}

fn spaced(page: &Page<'_>, at: usize) -> Option<(Block, usize)> {
    if !is_columnar(page.line(at)?) {
        return None;
    }
    let belongs = |at: &usize| page.line(*at).is_some_and(|line| is_columnar(line) || (is_dashes(line)));
    let mut taken = (at..).take_while(belongs).count();
    // A line of dashes at the end is not the table's.
    while taken > 0 && page.line(at + taken - 1).is_some_and(is_dashes) {
        taken -= 1;
    }
    if taken < 2 {
        return None;
    }
    let lines: Vec<&str> = (at..at + taken).filter_map(|at| page.line(at)).collect();
    let block =
        aligned(&lines).unwrap_or_else(|| Block::Preformatted { anchor: String::new(), text: lines.join("\n") });
    Some((block, taken))
}

fn aligned(lines: &[&str]) -> Option<Block> {
    let mut rows = Vec::new();
    // Per column the first and the last place that any row writes to.
    let mut extents: Vec<(usize, usize)> = Vec::new();
    let by_tabs = lines.iter().all(|line| line.trim().contains('\t') || is_dashes(line));
    for line in lines {
        if is_dashes(line) {
            name_header(&mut rows);
            continue;
        }
        if by_tabs {
            rows.push(row(line.trim().split('\t')));
            continue;
        }
        let fields = fields(line);
        if extents.is_empty() {
            extents = fields.iter().map(|field| (field.start, field.end)).collect();
        }
        if fields.len() != extents.len() {
            return None;
        }
        for (extent, field) in extents.iter_mut().zip(&fields) {
            *extent = (extent.0.min(field.start), extent.1.max(field.end));
        }
        rows.push(row(fields.iter().map(|field| field.text)));
    }
    let same_width = rows.iter().all(|row| Some(row.cells.len()) == rows.first().map(|first| first.cells.len()));
    let clear = extents.windows(2).all(|pair| matches!(pair, [left, right] if left.1 < right.0));
    (rows.len() >= 2 && same_width && clear).then(|| table(rows))
}

/// Splits at tabs and at gaps of two spaces or more; after a sentence's end two spaces are only a habit.
fn fields(line: &str) -> Vec<Field<'_>> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    let mut column = 0;
    let (mut start, mut start_column) = (None, 0);
    let (mut end, mut end_column) = (0, 0);
    let mut last = ' ';
    let mut tab = false;
    for (at, c) in line.char_indices() {
        if c == '\t' {
            tab = true;
            column = (column / 8 + 1) * 8;
            continue;
        }
        if !c.is_whitespace() {
            let needed = if matches!(last, '.' | ':' | ';' | ',' | '?' | '!') { 3 } else { 2 };
            let gap = column - end_column;
            if let Some(from) = start
                && (tab || gap >= needed)
            {
                fields.extend(line.get(from..end).map(|text| Field { start: start_column, end: end_column, text }));
                start = None;
            }
            if start.is_none() {
                start = Some(at);
                start_column = column;
            }
            (end, end_column) = (at + c.len_utf8(), column + 1);
            last = c;
            tab = false;
        }
        column += 1;
    }
    if let Some(from) = start {
        fields.extend(line.get(from..end).map(|text| Field { start: start_column, end: end_column, text }));
    }
    fields
}

fn is_dashes(line: &str) -> bool {
    is_separator(line, &['-', '=', ' ', '\t', '+', '_'])
}

fn is_separator(line: &str, marks: &[char]) -> bool {
    line.matches(['-', '=', '_']).count() >= 3 && line.chars().all(|c| marks.contains(&c))
}

fn name_header(rows: &mut [Row]) {
    if let [only] = rows {
        only.cells.iter_mut().for_each(|cell| cell.header = true);
    }
}

fn row<'a>(cells: impl Iterator<Item = &'a str>) -> Row {
    let cell = |text: &str| {
        let mut collapsed = String::new();
        push_collapsed(text, &mut collapsed);
        Cell::plain(Inline::plain(collapsed))
    };
    Row { cells: cells.map(cell).collect() }
}

fn table(rows: Vec<Row>) -> Block {
    Block::Table { anchor: String::new(), rows }
}
