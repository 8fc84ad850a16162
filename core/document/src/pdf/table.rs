//! Rows of fields that stand under one another: a table, if no field can belong to two columns.

use super::line::{Field, Line};
use crate::inline::Inline;
use crate::model::{Block, Cell, Row};

const FEWEST_ROWS: usize = 2;
const MOST_COLUMNS: usize = 24;

/// Reads lines with several fields each as a table. Without clear columns, as preformatted text, row by row.
pub(super) fn read(lines: &[Line]) -> Option<Block> {
    if lines.len() < FEWEST_ROWS {
        return None;
    }
    let columns = columns(lines);
    let rows: Option<Vec<Row>> = lines.iter().map(|line| row(line, &columns)).collect();
    match rows {
        Some(mut rows) if (2..=MOST_COLUMNS).contains(&columns.len()) => {
            name_header(lines, &mut rows);
            Some(Block::Table { anchor: String::new(), rows })
        }
        _ => {
            let lines: Vec<String> = lines.iter().map(|line| spaced(line, lines)).collect();
            Some(Block::Preformatted { anchor: String::new(), text: lines.join("\n") })
        }
    }
}

/// The stripes that fields of any row lie in.
fn columns(lines: &[Line]) -> Vec<(f64, f64)> {
    let mut fields: Vec<(f64, f64)> =
        lines.iter().flat_map(|line| &line.fields).map(|field| (field.left, field.right)).collect();
    fields.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut columns: Vec<(f64, f64)> = Vec::new();
    for (left, right) in fields {
        match columns.last_mut() {
            Some(column) if left <= column.1 => column.1 = column.1.max(right),
            _ => columns.push((left, right)),
        }
    }
    columns
}

/// `None` when two fields of the line lie in one column.
fn row(line: &Line, columns: &[(f64, f64)]) -> Option<Row> {
    let mut cells = Vec::with_capacity(columns.len());
    let mut fields = line.fields.iter().peekable();
    for (left, right) in columns {
        let field = fields.next_if(|field| (*left..=*right).contains(&field.left));
        cells.push(Cell::plain(Inline::plain(field.map_or_else(String::new, |field| field.text.clone()))));
    }
    fields.peek().is_none().then_some(Row { cells })
}

/// A first row in bold over rows that are not names the columns.
fn name_header(lines: &[Line], rows: &mut [Row]) {
    let bold = |line: &Line| line.fields.iter().all(|field| field.bold);
    let named = lines.first().is_some_and(bold) && lines.iter().skip(1).any(|line| !bold(line));
    if let (true, Some(first)) = (named, rows.first_mut()) {
        first.cells.iter_mut().for_each(|cell| cell.header = true);
    }
}

/// A line with its fields about where they stand on the page.
fn spaced(line: &Line, lines: &[Line]) -> String {
    let left = lines.iter().map(Line::left).fold(f64::INFINITY, f64::min);
    let letter = (0.5 * line.size).max(0.1);
    let mut out = String::new();
    for Field { left: start, text, .. } in &line.fields {
        let column = ((start - left) / letter).clamp(0.0, 200.0) as usize;
        let written = out.chars().count();
        let gap = column.saturating_sub(written).max(if written > 0 { 2 } else { 0 });
        out.extend(core::iter::repeat_n(' ', gap));
        out.push_str(text);
    }
    out
}
