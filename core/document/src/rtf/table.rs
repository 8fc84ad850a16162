//! Tables: rows as they were cut, to cells with spans.

use std::collections::HashMap;
use std::rc::Rc;

use crate::html::{OpenCell, OpenTable, close_table};
use crate::outline::Piece;

/// Edges nearer than this are the same, in twips: a millimetre.
const SAME_EDGE: i32 = 60;
/// Most cells that a row's cut describes; the format allows 63.
const MOST_CELLS: usize = 256;
/// Largest span of a cell in the model.
const LARGEST_SPAN: u32 = 1000;

/// How one cell of a row is cut, from the control words before its `\cellx`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cut {
    /// `\clmrg`: part of the cell to the left.
    pub(super) joined_left: bool,
    /// `\clvmrg`: part of the cell above.
    pub(super) joined_above: bool,
    /// `\cellx`: its right edge in twips.
    right: i32,
}

/// How a row is cut.
#[derive(Debug, Clone, Default)]
pub(super) struct RowCut {
    pub(super) header: bool,
    pub(super) next: Cut,
    cuts: Vec<Cut>,
}

impl RowCut {
    /// `\cellx`
    pub(super) fn end_cell(&mut self, right: i32) {
        let cut = Cut { right, ..core::mem::take(&mut self.next) };
        if self.cuts.len() < MOST_CELLS {
            self.cuts.push(cut);
        }
    }
}

struct Row {
    cut: Rc<RowCut>,
    cells: Vec<Vec<Piece>>,
}

/// A table while its rows come in.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Row>,
    /// Cells of the row that is not ended yet.
    cells: Vec<Vec<Piece>>,
}

impl Table {
    pub(super) fn push_cell(&mut self, pieces: Vec<Piece>) {
        self.cells.push(pieces);
    }

    pub(super) fn end_row(&mut self, cut: &Rc<RowCut>) {
        if !self.cells.is_empty() {
            self.rows.push(Row { cut: Rc::clone(cut), cells: core::mem::take(&mut self.cells) });
        }
    }

    /// What it is in the note: a table, a list, or only what stood in it.
    pub(super) fn close(self) -> Vec<Piece> {
        let mut grid = Grid { edges: edges(&self.rows), rows: Vec::new(), covering: HashMap::new() };
        for row in self.rows {
            grid.place(row);
        }
        close_table(OpenTable::of_rows(grid.rows))
    }
}

/// All right edges of a table's cells, near ones joined.
fn edges(rows: &[Row]) -> Vec<i32> {
    let cuts = rows.iter().flat_map(|row| row.cut.cuts.iter().take(row.cells.len()));
    let mut edges: Vec<i32> = cuts.map(|cut| cut.right).collect();
    edges.sort_unstable();
    edges.dedup_by(|next, kept| next.saturating_sub(*kept) < SAME_EDGE);
    edges
}

/// Rows with their cells at their columns.
struct Grid {
    edges: Vec<i32>,
    rows: Vec<Vec<OpenCell>>,
    /// Per column the row and the place in it of the last cell that began there.
    covering: HashMap<usize, (usize, usize)>,
}

impl Grid {
    fn place(&mut self, row: Row) {
        let mut cells: Vec<OpenCell> = Vec::new();
        let mut column = 0;
        let cuts = row.cut.cuts.iter().map(Some).chain(core::iter::repeat(None));
        for (pieces, cut) in row.cells.into_iter().zip(cuts) {
            let end = cut.map_or(0, |cut| self.column_behind(cut.right)).max(column + 1);
            let width = u32::try_from(end - column).unwrap_or(1);
            let start = core::mem::replace(&mut column, end);
            let empty = pieces.is_empty();
            if empty
                && cut.is_some_and(|cut| cut.joined_left)
                && let Some(left) = cells.last_mut()
            {
                left.column_span = left.column_span.saturating_add(width).min(LARGEST_SPAN);
            } else if !(empty && cut.is_some_and(|cut| cut.joined_above) && self.extend_above(start)) {
                self.covering.insert(start, (self.rows.len(), cells.len()));
                let column_span = width.min(LARGEST_SPAN);
                cells.push(OpenCell { header: row.cut.header, column_span, row_span: 1, pieces });
            }
        }
        // A row whose cells all belong to the one above has nothing to show, but the spans count it.
        self.rows.push(cells);
    }

    /// The number of edges up to and with `right`.
    fn column_behind(&self, right: i32) -> usize {
        self.edges.partition_point(|edge| *edge < right.saturating_add(SAME_EDGE))
    }

    /// Lets the cell that covers `column` from above cover one row more.
    fn extend_above(&mut self, column: usize) -> bool {
        let count = self.rows.len();
        let Some((at, place)) = self.covering.get(&column).copied() else { return false };
        let cell = self.rows.get_mut(at).and_then(|row| row.get_mut(place));
        match cell {
            Some(cell) if at + cell.row_span as usize == count && cell.row_span < LARGEST_SPAN => {
                cell.row_span += 1;
                true
            }
            _ => false,
        }
    }
}
