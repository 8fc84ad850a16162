//! Tables row by row, each value with the name of its column.

use crate::words::say;

/// A cell, read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SpokenCell {
    /// It names its row or column.
    pub(crate) header: bool,
    /// Columns it covers.
    pub(crate) column_span: u32,
    /// Rows it covers.
    pub(crate) row_span: u32,
    /// Its words.
    pub(crate) text: String,
}

/// Columns told apart; what is beyond is read without a name.
const MOST_COLUMNS: usize = 64;

/// The lines to read for a table: its columns if they have names, then a line for each row.
pub(crate) fn speak_table(rows: &[Vec<SpokenCell>]) -> Vec<String> {
    let placed = placed(rows);
    let is_heading = |row: &[(usize, &SpokenCell)]| row.iter().all(|(_, cell)| cell.header || cell.text.is_empty());
    let headings = placed.iter().take_while(|row| !row.is_empty() && is_heading(row)).count();
    // A table of headings only has no values to name.
    let headings = if headings == placed.len() { 0 } else { headings };
    let mut names: Vec<Vec<&str>> = Vec::new();
    let mut lines = Vec::new();
    for row in placed.iter().take(headings) {
        let told: Vec<&str> = row.iter().map(|(_, cell)| cell.text.as_str()).filter(|text| !text.is_empty()).collect();
        if !told.is_empty() {
            lines.push(say("spoken.columns", &[("names", &told.join(", "))]));
        }
        for (column, cell) in row.iter().filter(|(_, cell)| !cell.text.is_empty()) {
            for covered in *column..column.saturating_add(cell.column_span.max(1) as usize).min(MOST_COLUMNS) {
                if names.len() <= covered {
                    names.resize(covered + 1, Vec::new());
                }
                if let Some(name) = names.get_mut(covered) {
                    name.push(&cell.text);
                }
            }
        }
    }
    for row in placed.iter().skip(headings) {
        let told = row.iter().filter(|(_, cell)| !cell.text.is_empty()).map(|(column, cell)| {
            let name = names.get(*column).filter(|name| !name.is_empty() && !cell.header).map(|name| name.join(", "));
            match name {
                Some(name) => say("spoken.cell", &[("header", &name), ("value", &cell.text)]),
                None => cell.text.clone(),
            }
        });
        let told: Vec<String> = told.collect();
        if !told.is_empty() {
            let line = told.join(", ");
            let end = if line.ends_with(['.', '!', '?']) { "" } else { "." };
            lines.push(format!("{line}{end}"));
        }
    }
    lines
}

/// Each cell with its column, rows above that reach down taken into account.
fn placed(rows: &[Vec<SpokenCell>]) -> Vec<Vec<(usize, &SpokenCell)>> {
    let mut taken: Vec<u32> = Vec::new();
    let mut placed = Vec::with_capacity(rows.len());
    for row in rows {
        let mut next: Vec<u32> = taken.iter().map(|rows| rows.saturating_sub(1)).collect();
        let (mut column, mut cells) = (0, Vec::with_capacity(row.len()));
        for cell in row {
            while taken.get(column).is_some_and(|rows| *rows > 0) {
                column += 1;
            }
            cells.push((column, cell));
            let span = (cell.column_span.max(1) as usize).min(MOST_COLUMNS);
            if next.len() < column + span {
                next.resize(column + span, 0);
            }
            for below in next.iter_mut().skip(column).take(span) {
                *below = cell.row_span.saturating_sub(1);
            }
            column += span;
        }
        taken = next;
        placed.push(cells);
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str, header: bool) -> SpokenCell {
        SpokenCell { header, column_span: 1, row_span: 1, text: text.to_owned() }
    }

    /// Proves N6: a table is read row by row with the names of its columns; a cell that reaches down keeps the columns
    /// of the row below in place.
    #[test]
    fn a_table_is_read_row_by_row() {
        let tall = SpokenCell { row_span: 2, ..cell("Blood", true) };
        let rows = vec![
            vec![cell("", true), cell("Test", true), cell("Result", true)],
            vec![tall, cell("Sodium", false), cell("140", false)],
            vec![cell("Zinc", false), cell("", false)],
        ];
        let lines = speak_table(&rows);
        assert_eq!(lines, ["The columns are: Test, Result.", "Blood, Test: Sodium, Result: 140.", "Test: Zinc."]);
        assert_eq!(speak_table(&[vec![cell("a", false), cell("b", false)]]), ["a, b."]);
        assert_eq!(speak_table(&[vec![cell("a", true)]]), ["a."]);
    }
}
