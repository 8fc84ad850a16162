//! Lists and tables while they are open, and what becomes of them when they close.

use crate::headings::recognise_heading;
use crate::inline::Inline;
use crate::model::{Block, Cell, ListItem, Row};
use crate::outline::Piece;
use crate::table_rows::without_empty;

/// Something that gathers blocks.
pub(super) enum Frame {
    /// The page.
    Flow(Vec<Piece>),
    List {
        ordered: bool,
        next: i64,
        items: Vec<ListItem>,
    },
    Item {
        marker: Option<String>,
        pieces: Vec<Piece>,
    },
    Table(OpenTable),
    Caption(Vec<Piece>),
    Row(Vec<OpenCell>),
    Cell(OpenCell),
}

/// A table of which it is not known yet whether it is one, or only holds the page together.
#[derive(Default)]
pub(crate) struct OpenTable {
    caption: Vec<Piece>,
    rows: Vec<Vec<OpenCell>>,
}

impl OpenTable {
    pub(crate) fn of_rows(rows: Vec<Vec<OpenCell>>) -> Self {
        Self { caption: Vec::new(), rows }
    }
}

/// A cell with all that stands in it.
pub(crate) struct OpenCell {
    pub(crate) header: bool,
    pub(crate) column_span: u32,
    pub(crate) row_span: u32,
    pub(crate) pieces: Vec<Piece>,
}

impl OpenCell {
    fn plain(piece: Piece) -> Self {
        Self { header: false, column_span: 1, row_span: 1, pieces: vec![piece] }
    }

    /// Only words and lists: can be lines in a cell.
    fn is_simple(&self) -> bool {
        self.pieces
            .iter()
            .all(|piece| matches!(piece, Piece::Block(Block::Paragraph { .. } | Block::List { .. } | Block::Rule)))
    }

    fn into_cell(self) -> Cell {
        let mut text = Inline::default();
        for piece in self.pieces {
            match piece {
                Piece::Block(Block::Paragraph { text: line, .. }) => text.push_line(&line),
                Piece::Block(Block::Rule) => {}
                Piece::Block(block) => text.push_line(&Inline::plain(block.text())),
                Piece::Heading { text: line, .. } => text.push_line(&Inline::plain(line)),
            }
        }
        Cell { header: self.header, column_span: self.column_span, row_span: self.row_span, text }
    }

    /// The one line it holds, if it is a known heading.
    fn as_heading(&self) -> Option<&str> {
        let label = self.only_line()?.trim_end_matches(':').trim_end();
        recognise_heading(label).map(|_| label)
    }

    /// The one line it holds, if it is the number of a list's item: `1.` or `2)`.
    fn as_marker(&self) -> Option<&str> {
        self.only_line().filter(|line| {
            let digits = line.strip_suffix(['.', ')']).unwrap_or_default();
            (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    }

    fn only_line(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [Piece::Block(Block::Paragraph { text, .. })] => Some(text.text.trim()),
            _ => None,
        }
    }
}

impl Frame {
    /// Adds what was found. Text that stands between items or rows gets an item or a row of its own.
    pub(super) fn push(&mut self, piece: Piece) {
        match self {
            Self::Flow(pieces) | Self::Item { pieces, .. } | Self::Caption(pieces) => pieces.push(piece),
            Self::Cell(cell) => cell.pieces.push(piece),
            Self::List { items, .. } => items.extend(item(None, vec![piece])),
            Self::Table(table) => table.rows.push(vec![OpenCell::plain(piece)]),
            Self::Row(cells) => cells.push(OpenCell::plain(piece)),
        }
    }

    /// Closes `self`, which stood in `parent`.
    pub(super) fn close_into(self, parent: &mut Self) {
        match (self, parent) {
            (Self::Item { marker, pieces }, Self::List { items, .. }) => items.extend(item(marker, pieces)),
            (Self::Caption(pieces), Self::Table(table)) if table.rows.is_empty() => table.caption.extend(pieces),
            (Self::Row(cells), Self::Table(table)) => {
                table.rows.push(cells);
            }
            (Self::Cell(cell), Self::Row(cells)) => cells.push(cell),
            (closed, parent) => closed.into_pieces().into_iter().for_each(|piece| parent.push(piece)),
        }
    }

    pub(super) fn into_pieces(self) -> Vec<Piece> {
        match self {
            Self::Flow(pieces) | Self::Item { pieces, .. } | Self::Caption(pieces) => pieces,
            Self::Cell(cell) => cell.pieces,
            Self::Row(cells) => cells.into_iter().flat_map(|cell| cell.pieces).collect(),
            Self::List { ordered, items, .. } => {
                let list = Block::List { anchor: String::new(), ordered, items };
                Vec::from_iter(
                    matches!(&list, Block::List { items, .. } if !items.is_empty()).then_some(Piece::Block(list)),
                )
            }
            Self::Table(table) => close_table(table),
        }
    }
}

fn numbered_item(row: Vec<OpenCell>) -> Option<ListItem> {
    let mut cells = row.into_iter();
    let marker = cells.next()?.as_marker().map(str::to_owned);
    let words = cells.next()?.pieces;
    Some(item(marker.clone(), words).unwrap_or(ListItem { marker, ..ListItem::default() }))
}

fn item(marker: Option<String>, pieces: Vec<Piece>) -> Option<ListItem> {
    let mut item = ListItem { marker, ..ListItem::default() };
    let mut pieces = pieces.into_iter();
    let first = pieces.next()?;
    match as_block(first) {
        Block::Paragraph { text, .. } => item.text = text,
        other => item.blocks.push(other),
    }
    item.blocks.extend(pieces.map(as_block));
    Some(item)
}

/// Sections do not start inside a list, so a heading there is a paragraph.
fn as_block(piece: Piece) -> Block {
    match piece {
        Piece::Block(block) => block,
        Piece::Heading { text, .. } => Block::paragraph(Inline::plain(text)),
    }
}

/// A table of words in at least two columns stays one, unless its first column only numbers the rows. Headings in the
/// first column of two make sections. Any other table only lays out the page, and gives its contents back in order.
pub(crate) fn close_table(table: OpenTable) -> Vec<Piece> {
    let OpenTable { caption: mut pieces, mut rows } = table;
    // A row without cells only counts for what reaches down into it.
    if rows.iter().flatten().all(|cell| cell.row_span == 1) {
        rows.retain(|row| !row.is_empty());
    }
    if !rows.is_empty() && rows.iter().all(|row| matches!(row.as_slice(), [number, _] if number.as_marker().is_some()))
    {
        let items: Vec<ListItem> = rows.into_iter().filter_map(numbered_item).collect();
        pieces.push(Piece::Block(Block::List { anchor: String::new(), ordered: true, items }));
        return pieces;
    }
    let several_columns = rows.iter().any(|row| row.len() > 1);
    let labelled =
        !rows.is_empty() && rows.iter().all(|row| matches!(row.as_slice(), [label, _] if label.as_heading().is_some()));
    if several_columns && !labelled && rows.iter().flatten().all(OpenCell::is_simple) {
        let rows: Vec<Row> =
            rows.into_iter().map(|row| Row { cells: row.into_iter().map(OpenCell::into_cell).collect() }).collect();
        let rows = without_empty(rows);
        if !rows.is_empty() {
            pieces.push(Piece::Block(Block::Table { anchor: String::new(), rows }));
        }
        return pieces;
    }
    for cell in rows.into_iter().flatten() {
        match cell.as_heading() {
            Some(label) if labelled => pieces.push(Piece::Heading { level: 2, text: label.to_owned() }),
            _ => pieces.extend(cell.pieces),
        }
    }
    pieces
}
