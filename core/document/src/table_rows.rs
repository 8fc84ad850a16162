//! Rows without words leave a table, and the cells that reach down over them get shorter: else every row below would
//! stand under the wrong headings.

use crate::model::Row;

/// The rows that have something to show. A cell that reaches past the last row ends there.
pub(crate) fn without_empty(rows: Vec<Row>) -> Vec<Row> {
    let has_words = |row: &Row| row.cells.iter().any(|cell| !cell.text.is_empty());
    if !rows.iter().any(has_words) {
        return Vec::new();
    }
    // An empty cell that reaches down keeps the rows below in their columns.
    let stays = |row: &Row| has_words(row) || row.cells.iter().any(|cell| cell.row_span > 1);
    // How many rows stay above each row, and in all.
    let mut above: Vec<usize> = vec![0];
    above.extend(rows.iter().scan(0, |count, row| {
        *count += usize::from(stays(row));
        Some(*count)
    }));
    let count_at = |at: usize| above.get(at).or(above.last()).copied().unwrap_or(0);
    let mut kept = Vec::new();
    for (at, mut row) in rows.into_iter().enumerate().filter(|(_, row)| stays(row)) {
        for cell in &mut row.cells {
            let covered = count_at(at.saturating_add(cell.row_span as usize)) - count_at(at);
            cell.row_span = u32::try_from(covered).unwrap_or(1).max(1);
        }
        kept.push(row);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inline::Inline;
    use crate::model::Cell;

    fn row(cells: &[(&str, u32)]) -> Row {
        let cell = |(text, row_span): &(&str, u32)| Cell {
            row_span: *row_span,
            ..Cell::plain(Inline::plain((*text).to_owned()))
        };
        Row { cells: cells.iter().map(cell).collect() }
    }

    fn seen(rows: Vec<Row>) -> Vec<Vec<(String, u32)>> {
        let cells = |row: Row| row.cells.into_iter().map(|cell| (cell.text.text, cell.row_span)).collect();
        without_empty(rows).into_iter().map(cells).collect()
    }

    /// Proves N1: a row that leaves takes its part of every span along; what is below stays in its column.
    #[test]
    fn spans_shrink_with_the_rows_that_leave() {
        let cell = |text: &str, span| (text.to_owned(), span);
        let rows = vec![row(&[("Na", 3), ("140", 1)]), row(&[("", 1)]), row(&[]), row(&[("K", 9), ("4", 1)])];
        assert_eq!(seen(rows), [vec![cell("Na", 1), cell("140", 1)], vec![cell("K", 1), cell("4", 1)]]);
        let rows = vec![row(&[("", 2), ("", 1)]), row(&[("4", 1)])];
        assert_eq!(seen(rows), [vec![cell("", 2), cell("", 1)], vec![cell("4", 1)]]);
        assert!(seen(vec![row(&[("", 2)]), row(&[])]).is_empty());
    }
}
