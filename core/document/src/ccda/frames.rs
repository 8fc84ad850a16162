//! Lists and tables while they are open, and what becomes of them when they close.

use crate::inline::Inline;
use crate::model::{Block, Cell, ListItem, Row};
use crate::outline::Piece;
use crate::table_rows::without_empty;

/// Something that gathers blocks.
pub(super) enum Frame {
    /// The section.
    Flow(Vec<Piece>),
    List {
        numbering: Option<Numbering>,
        /// Items numbered so far.
        count: u32,
        items: Vec<ListItem>,
    },
    Item {
        item: ListItem,
        /// Whether its first words are in.
        begun: bool,
    },
    Table(OpenTable),
}

/// How the items of an ordered list are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Numbering {
    #[default]
    Arabic,
    Alphabetic {
        upper: bool,
    },
    Roman {
        upper: bool,
    },
}

#[derive(Default)]
pub(super) struct OpenTable {
    rows: Vec<Row>,
    /// Rows that stand at the end, wherever they are written.
    foot: Vec<Row>,
    /// The row being gathered.
    row: Vec<Cell>,
    /// It has begun, though it may have no cell.
    row_open: bool,
    /// Where the rows being read begin, among all or among those of the foot.
    group_start: usize,
    /// The rows being read name their columns.
    pub(super) in_head: bool,
    in_foot: bool,
}

impl OpenTable {
    pub(super) fn push_cell(&mut self, cell: Cell) {
        self.row.push(cell);
    }

    pub(super) fn begin_row(&mut self) {
        self.finish_row();
        self.row_open = true;
    }

    pub(super) fn finish_row(&mut self) {
        let cells = core::mem::take(&mut self.row);
        if core::mem::take(&mut self.row_open) || !cells.is_empty() {
            self.group().push(Row { cells });
        }
    }

    /// Ends a group of rows, and with it every cell that reaches down past its end.
    pub(super) fn begin_group(&mut self, head: bool, foot: bool) {
        self.finish_row();
        let start = core::mem::take(&mut self.group_start);
        let group = self.group();
        let count = group.len();
        for (at, row) in group.iter_mut().enumerate().skip(start) {
            let most = u32::try_from(count - at).unwrap_or(u32::MAX);
            row.cells.iter_mut().for_each(|cell| cell.row_span = cell.row_span.min(most));
        }
        (self.in_head, self.in_foot) = (head, foot);
        self.group_start = self.group().len();
    }

    fn group(&mut self) -> &mut Vec<Row> {
        if self.in_foot { &mut self.foot } else { &mut self.rows }
    }

    fn is_empty(&self) -> bool {
        let worded = |row: &Row| row.cells.iter().any(|cell| !cell.text.is_empty());
        !self.rows.iter().chain(&self.foot).any(worded) && self.row.is_empty()
    }

    fn into_block(mut self) -> Option<Block> {
        self.begin_group(false, false);
        self.rows.append(&mut self.foot);
        let rows = without_empty(self.rows);
        (!rows.is_empty()).then_some(Block::Table { anchor: String::new(), rows })
    }
}

impl Frame {
    /// Adds a block. Text that stands between items or rows gets an item or a row of its own.
    pub(super) fn push(&mut self, block: Block) {
        match self {
            Self::Flow(pieces) => pieces.push(Piece::Block(block)),
            Self::List { items, .. } => {
                let mut item = ListItem::default();
                push_to_item(&mut item, false, block);
                items.push(item);
            }
            Self::Item { item, begun } => {
                push_to_item(item, *begun, block);
                *begun = true;
            }
            Self::Table(table) => {
                table.finish_row();
                let text = match block {
                    Block::Paragraph { text, .. } => text,
                    other => Inline::plain(other.text()),
                };
                table.push_cell(Cell::plain(text));
                table.finish_row();
            }
        }
    }

    /// Whether a caption still comes before everything in it.
    pub(super) fn is_untouched(&self) -> bool {
        match self {
            Self::List { items, .. } => items.is_empty(),
            Self::Table(table) => table.is_empty(),
            Self::Flow(_) | Self::Item { .. } => false,
        }
    }

    /// Closes `self`, which stood in `parent`.
    pub(super) fn close_into(self, parent: &mut Self) {
        match (self, parent) {
            (Self::Item { item, begun }, Self::List { items, .. }) => {
                if begun {
                    items.push(item);
                }
            }
            (Self::List { numbering, items, .. }, parent) => {
                if !items.is_empty() {
                    parent.push(Block::List { anchor: String::new(), ordered: numbering.is_some(), items });
                }
            }
            (Self::Table(table), parent) => {
                if let Some(block) = table.into_block() {
                    parent.push(block);
                }
            }
            (Self::Item { item, .. }, parent) => {
                parent.push(Block::paragraph(item.text));
                item.blocks.into_iter().for_each(|block| parent.push(block));
            }
            (Self::Flow(_), _) => {}
        }
    }
}

fn push_to_item(item: &mut ListItem, begun: bool, block: Block) {
    match block {
        Block::Paragraph { text, .. } if !begun => item.text = text,
        block => item.blocks.push(block),
    }
}

impl Numbering {
    /// From the code in an ordered list's `styleCode` (CDA R2, table "Value set for styleCode of list").
    pub(super) fn of_style_code(code: &str) -> Option<Self> {
        Some(match code {
            "Arabic" => Self::Arabic,
            "LittleAlpha" => Self::Alphabetic { upper: false },
            "BigAlpha" => Self::Alphabetic { upper: true },
            "LittleRoman" => Self::Roman { upper: false },
            "BigRoman" => Self::Roman { upper: true },
            _ => return None,
        })
    }

    /// The marker of item `number`, 1 for the first.
    pub(super) fn marker(self, number: u32) -> String {
        let (marker, upper) = match self {
            Self::Alphabetic { upper } if number <= 26 => {
                (char::from_u32(u32::from('a') + number - 1).map(String::from), upper)
            }
            Self::Roman { upper } if number < 100 => (Some(roman(number)), upper),
            _ => (None, false),
        };
        match marker {
            Some(marker) if upper => format!("{}.", marker.to_ascii_uppercase()),
            Some(marker) => format!("{marker}."),
            None => format!("{number}."),
        }
    }
}

fn roman(mut number: u32) -> String {
    let mut out = String::new();
    for (value, digits) in [(90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")] {
        while number >= value {
            out.push_str(digits);
            number -= value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves N1: items carry the marker the document asks for.
    #[test]
    fn markers_are_as_asked() {
        let marker = |code, number| Numbering::of_style_code(code).unwrap_or_default().marker(number);
        for (code, number, expected) in [
            ("Arabic", 3, "3."),
            ("LittleAlpha", 1, "a."),
            ("BigAlpha", 26, "Z."),
            ("BigAlpha", 27, "27."),
            ("LittleRoman", 4, "iv."),
            ("BigRoman", 49, "XLIX."),
            ("LittleRoman", 100, "100."),
            ("Other", 2, "2."),
        ] {
            assert_eq!(marker(code, number), expected);
        }
    }
}
