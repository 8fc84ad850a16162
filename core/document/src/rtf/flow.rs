//! Paragraphs as they end, to blocks: lines that belong together, lists, tables.

use std::rc::Rc;

use super::line::{collapsed, ends_trimmed};
use super::table::{RowCut, Table};
use crate::inline::Inline;
use crate::model::{Block, ListItem};
use crate::outline::Piece;

/// Deepest list; deeper ones stay at this depth.
const DEEPEST_LIST: usize = 8;
/// Longest line, in characters, that may be one of several in a paragraph; longer ones are paragraphs.
const LONGEST_LINE: usize = 120;
/// Most lines in one paragraph: looking through it costs time for each line and mark.
const MOST_LINES: usize = 500;
/// Longest heading, in bytes; more is a paragraph.
const LONGEST_HEADING: usize = 200;

/// What is known of a paragraph when it ends.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Manner {
    /// Level of the heading it is by its style.
    pub(super) heading: Option<u32>,
    /// How far in its list is; only to be compared.
    pub(super) list_level: usize,
    /// Space is left around it.
    pub(super) spaced: bool,
}

/// An item of the list that is being read.
struct Item {
    level: usize,
    item: ListItem,
}

/// What stands in the note, or in one cell, so far.
#[derive(Default)]
pub(super) struct Column {
    pieces: Vec<Piece>,
    /// Lines that make one paragraph.
    lines: Inline,
    /// How many more lines may join them.
    room: usize,
    list: Vec<Item>,
}

impl Column {
    /// Takes a paragraph in.
    pub(super) fn paragraph(&mut self, text: Inline, marker: Option<&str>, manner: Manner) {
        if marker.is_none()
            && let Some((marker, length)) = typed_marker(&text.text)
        {
            let words = text.slice(length..text.text.len());
            return self.paragraph(words, Some(marker), manner);
        }
        if let Some(marker) = marker {
            self.end_lines();
            let item = ListItem { marker: Some(written(marker)), text: collapsed(&text), blocks: Vec::new() };
            self.list.push(Item { level: manner.list_level, item });
            return;
        }
        self.end_list();
        if text.is_empty() {
            self.end_lines();
        } else if let Some(level) = manner.heading.filter(|_| text.text.len() <= LONGEST_HEADING) {
            self.end_lines();
            let words: Vec<&str> = text.text.split_whitespace().collect();
            let text = words.join(" ").trim_end_matches([':', ' ']).to_owned();
            self.pieces.push(Piece::Heading { level, text });
        } else {
            let long = manner.spaced || text.text.chars().count() > LONGEST_LINE;
            if long || self.room == 0 {
                self.end_lines();
                self.room = MOST_LINES;
            }
            self.lines.push_line(&text);
            self.room = if long { 0 } else { self.room - 1 };
        }
    }

    pub(super) fn extend(&mut self, pieces: Vec<Piece>) {
        if !pieces.is_empty() {
            self.end_lines();
            self.end_list();
            self.pieces.extend(pieces);
        }
    }

    fn end_lines(&mut self) {
        let lines = core::mem::take(&mut self.lines);
        if !lines.is_empty() {
            self.pieces.push(Piece::paragraph(lines));
        }
        self.room = 0;
    }

    fn end_list(&mut self) {
        let items = core::mem::take(&mut self.list);
        self.pieces.extend(nested(items).map(Piece::Block));
    }

    pub(super) fn take(&mut self) -> Vec<Piece> {
        self.end_lines();
        self.end_list();
        core::mem::take(&mut self.pieces)
    }
}

/// The marker that a paragraph starts with, set off by a tab, and the length of both: `•`, `-`, `3.`, `b)`.
fn typed_marker(text: &str) -> Option<(&str, usize)> {
    let (before, words) = text.split_once('\t')?;
    let marker = before.trim();
    let bullet =
        matches!(marker, "\u{2022}" | "\u{25E6}" | "\u{25AA}" | "\u{25A0}" | "\u{25CF}" | "-" | "*" | "\u{2013}");
    let number = marker.strip_suffix(['.', ')']).is_some_and(|number| {
        let short = number.len() <= 1 || (number.len() <= 3 && number.bytes().all(|byte| byte.is_ascii_digit()));
        short && number.starts_with(|c: char| c.is_ascii_alphanumeric())
    });
    // More tabs make columns.
    let listed = (bullet || number) && !words.trim().is_empty() && !words.trim().contains('\t');
    listed.then_some((marker, text.len() - words.len()))
}

/// A list's marker as written; signs of a font that only draws bullets become one.
fn written(marker: &str) -> String {
    let marker = marker.trim();
    let typed = marker.chars().all(|c| c.is_ascii_graphic() || c.is_alphanumeric() || c == '\u{2022}');
    if marker.is_empty() || !typed || marker == "o" { "\u{2022}".to_owned() } else { marker.to_owned() }
}

/// One list of items that follow each other, those further in within those before them.
fn nested(items: Vec<Item>) -> Option<Block> {
    let mut open: Vec<(usize, Vec<ListItem>)> = Vec::new();
    for Item { level, item } in items {
        while open.len() > 1 && open.last().is_some_and(|(deepest, _)| *deepest > level) {
            close_innermost(&mut open);
        }
        let full = open.len() >= DEEPEST_LIST;
        match open.last_mut() {
            Some((deepest, items)) if *deepest >= level => {
                *deepest = level;
                items.push(item);
            }
            Some((_, items)) if full => items.push(item),
            _ => open.push((level, vec![item])),
        }
    }
    while open.len() > 1 {
        close_innermost(&mut open);
    }
    open.pop().map(|(_, items)| list(items))
}

fn close_innermost(open: &mut Vec<(usize, Vec<ListItem>)>) {
    if let Some((_, inner)) = open.pop()
        && let Some(parent) = open.last_mut().and_then(|(_, items)| items.last_mut())
    {
        parent.blocks.push(list(inner));
    }
}

fn list(items: Vec<ListItem>) -> Block {
    let numbered =
        |item: &ListItem| item.marker.as_deref().is_some_and(|marker| marker.contains(char::is_alphanumeric));
    Block::List { anchor: String::new(), ordered: items.first().is_some_and(numbered), items }
}

/// A table that is open, and the cell that is being filled.
#[derive(Default)]
struct OpenTable {
    table: Table,
    cell: Column,
}

/// The note, or what stands beside it, with the tables that are open.
#[derive(Default)]
pub(super) struct Flow {
    page: Column,
    tables: Vec<OpenTable>,
    /// How rows are cut: of tables, and of tables within tables.
    cuts: [Rc<RowCut>; 2],
    /// What stands beside the paragraph, to follow it.
    asides: Vec<Piece>,
    /// A row was begun and is not ended.
    pub(super) in_row: bool,
}

impl Flow {
    /// The cut of rows at table depth `depth`, to be changed.
    pub(super) fn cut(&mut self, depth: usize) -> &mut RowCut {
        let [outer, inner] = &mut self.cuts;
        Rc::make_mut(if depth > 1 { inner } else { outer })
    }

    /// The column that text goes to at table depth `depth` (0: no table); closes what lies deeper.
    fn column(&mut self, depth: usize) -> &mut Column {
        while self.tables.len() > depth {
            self.close_innermost();
        }
        while self.tables.len() < depth {
            self.tables.push(OpenTable::default());
        }
        match self.tables.last_mut() {
            Some(open) => &mut open.cell,
            None => &mut self.page,
        }
    }

    fn close_innermost(&mut self) {
        let depth = self.tables.len();
        self.end_cell_if_filled(depth);
        self.close_row(depth);
        if let Some(open) = self.tables.pop() {
            let pieces = open.table.close();
            match self.tables.last_mut() {
                Some(outer) => outer.cell.extend(pieces),
                None => self.page.extend(pieces),
            }
        }
    }

    pub(super) fn end_paragraph(&mut self, text: Inline, marker: Option<&str>, manner: Manner, depth: usize) {
        // In a cell nothing reads columns off the white space.
        let text = if depth > 0 { collapsed(&text) } else { ends_trimmed(&text) };
        let asides = core::mem::take(&mut self.asides);
        let column = self.column(depth);
        column.paragraph(text, marker, manner);
        column.extend(asides);
    }

    /// Ends the cell at table depth `depth`, which is at least 1.
    pub(super) fn end_cell(&mut self, depth: usize) {
        let cell = self.column(depth).take();
        if let Some(open) = self.tables.last_mut() {
            open.table.push_cell(cell);
        }
    }

    /// Ends the row at table depth `depth`, with a last cell whose end is missing.
    pub(super) fn end_row(&mut self, depth: usize) {
        self.column(depth);
        self.end_cell_if_filled(depth);
        self.close_row(depth);
    }

    fn end_cell_if_filled(&mut self, depth: usize) {
        if let Some(open) = self.tables.get_mut(depth.saturating_sub(1)) {
            let cell = open.cell.take();
            if !cell.is_empty() {
                open.table.push_cell(cell);
            }
        }
    }

    fn close_row(&mut self, depth: usize) {
        let [outer, inner] = &self.cuts;
        if let Some(open) = self.tables.get_mut(depth.saturating_sub(1)) {
            open.table.end_row(if depth > 1 { inner } else { outer });
        }
    }

    /// Takes in what stands beside the text: here, or behind the paragraph or cell that calls for it.
    pub(super) fn push_aside(&mut self, pieces: Vec<Piece>, between_paragraphs: bool) {
        if between_paragraphs && self.tables.is_empty() {
            self.page.extend(pieces);
        } else {
            self.asides.extend(pieces);
        }
    }

    pub(super) fn finish(mut self) -> Vec<Piece> {
        let asides = core::mem::take(&mut self.asides);
        let column = self.column(0);
        column.extend(asides);
        column.take()
    }
}
