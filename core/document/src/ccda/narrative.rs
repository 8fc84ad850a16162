//! Narrative text to blocks, with a stack of open lists and tables.
//!
//! In a table's cell everything is one run of lines: paragraphs and list items start a new one, cells of a table
//! inside stand on one line with a bar between them.

use std::collections::HashMap;

use super::attributes::Said;
use super::elements::Role;
use super::events::Tag;
use super::frames::{Frame, Numbering, OpenTable};
use crate::error::DocumentError;
use crate::html::Line;
use crate::inline::{Inline, Style};
use crate::limits::Budget;
use crate::model::{Block, Cell, ListItem};
use crate::outline::Piece;
use crate::remark::{Remark, Remarks};
use crate::text;

type Done = Result<(), DocumentError>;

/// What an open element has to undo at its end.
#[derive(Default)]
pub(super) struct Opened {
    role: Option<Role>,
    styles: Vec<Style>,
    /// A list, item or table was opened.
    framed: bool,
    cell: bool,
    /// A list in a cell was opened.
    cell_list: bool,
    preformatted: bool,
    caption: bool,
    unit: bool,
}

/// What ended just before. Some systems write no space between a `content` and the next word (`120</content>mm`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Seam {
    #[default]
    None,
    /// A `content` that only styles its text: it may be part of a word, unless another follows.
    Styled,
    /// A `content` that an entry refers to, or that does nothing else: no part of a word.
    Unit,
}

/// The table cell being read.
struct OpenCell {
    header: bool,
    column_span: u32,
    row_span: u32,
    /// Per open list in it, how its items are counted and how many there were.
    lists: Vec<(Option<Numbering>, u32)>,
    /// A cell of a table in it stands on this line already.
    bar_due: bool,
}

/// Builds what stands in one section after another.
pub(super) struct Narrative<'b> {
    pub(super) budget: &'b mut Budget,
    pub(super) remarks: &'b mut Remarks,
    line: Line,
    frames: Vec<Frame>,
    cell: Option<OpenCell>,
    preformatted: usize,
    raised: usize,
    captions: usize,
    /// What has just ended, with no text since.
    seam: Seam,
    /// The numbers of footnotes, by their ID.
    footnotes: HashMap<String, usize>,
}

impl<'b> Narrative<'b> {
    pub(super) fn new(budget: &'b mut Budget, remarks: &'b mut Remarks) -> Self {
        Self {
            budget,
            remarks,
            line: Line::default(),
            frames: vec![Frame::Flow(Vec::new())],
            cell: None,
            preformatted: 0,
            raised: 0,
            captions: 0,
            seam: Seam::default(),
            footnotes: HashMap::new(),
        }
    }

    pub(super) fn text(&mut self, text: &str) -> Done {
        // Between elements there is mostly indentation.
        if self.preformatted == 0 && text.bytes().all(|byte| byte.is_ascii_whitespace()) {
            self.line.push(" ", false);
            return Ok(());
        }
        if core::mem::take(&mut self.seam) == Seam::Unit && text.starts_with(char::is_alphanumeric) {
            self.set_apart();
        }
        self.budget.take_bytes(text.len())?;
        if holds_removed(text) {
            self.remarks.add(Remark::ControlCharactersRemoved);
        }
        if self.preformatted > 0 {
            // A line ends in one way (XML 1.0, 2.11).
            self.line.push_preformatted(&text.replace("\r\n", "\n").replace('\r', "\n"));
        } else {
            self.line.push(text, self.raised > 0);
        }
        Ok(())
    }

    fn set_apart(&mut self) {
        if self.line.ends_in_word() {
            self.line.push(" ", false);
        }
    }

    pub(super) fn open(&mut self, role: Role, tag: &Tag<'_>) -> Result<Opened, DocumentError> {
        let mut said = Said::by(tag);
        if role.is_block() && !self.is_cell_in_cell(role) {
            self.boundary()?;
        }
        let mut opened = Opened { role: Some(role), styles: core::mem::take(&mut said.styles), ..Opened::default() };
        if said.preserve.unwrap_or(role == Role::Preformatted) {
            self.preformatted += 1;
            opened.preformatted = true;
        }
        match role {
            Role::Break => self.break_line()?,
            Role::Rule => self.rule()?,
            Role::Part => self.line.push(" ", false),
            Role::Content => {
                opened.unit = said.id.is_some() || !said.styled;
                if opened.unit || self.seam != Seam::None {
                    self.set_apart();
                }
            }
            Role::Link => {
                if let Some(url) = &said.link {
                    self.budget.take_bytes(url.len())?;
                    opened.styles.push(Style::Link { url: url.clone() });
                }
            }
            Role::List { ordered } => self.open_list(ordered || said.ordered, &said, &mut opened),
            Role::Item => self.open_item(&mut opened)?,
            Role::Table => self.open_table(&mut opened),
            Role::RowGroup { head, foot } => {
                if let (None, Some(Frame::Table(table))) = (&self.cell, self.frames.last_mut()) {
                    table.begin_group(head, foot);
                }
            }
            Role::Row => self.open_row(),
            Role::Cell { header } => self.open_cell(header, &said, &mut opened)?,
            Role::Caption => {
                self.captions += 1;
                opened.caption = true;
            }
            Role::Superscript => self.raised += 1,
            Role::Footnote => {
                let number = said.id.map(|id| self.footnote_number(id.into_owned()));
                let mark = number.map_or_else(|| " [".to_owned(), |number| format!(" [{number}: "));
                self.line.push(&mark, false);
            }
            Role::FootnoteReference => {
                if let Some(id) = said.idref {
                    let number = self.footnote_number(id.into_owned());
                    self.line.push(&format!(" [{number}]"), false);
                }
            }
            Role::Picture => {
                self.remarks.add(Remark::PicturesNotShown);
                if let Some(description) = &said.description {
                    self.text(&format!(" {description} "))?;
                }
            }
            _ => {}
        }
        opened.styles.extend(role.style());
        for style in &opened.styles {
            self.line.begin(style);
        }
        Ok(opened)
    }

    pub(super) fn close(&mut self, opened: Opened) -> Done {
        let Some(role) = opened.role else { return Ok(()) };
        if role.is_block() && !opened.cell && !self.is_cell_in_cell(role) {
            self.boundary()?;
        }
        for style in &opened.styles {
            self.line.end(style);
        }
        match role {
            Role::Content => self.seam = if opened.unit { Seam::Unit } else { Seam::Styled },
            Role::Part => self.line.push(" ", false),
            Role::Superscript => self.raised = self.raised.saturating_sub(1),
            Role::Footnote => self.line.push("]", false),
            Role::RowGroup { .. } | Role::Row => {
                if let (None, Some(Frame::Table(table))) = (&self.cell, self.frames.last_mut()) {
                    match role {
                        Role::Row => table.finish_row(),
                        _ => table.begin_group(false, false),
                    }
                }
            }
            _ => {}
        }
        if opened.cell {
            self.close_cell();
        }
        self.preformatted -= usize::from(opened.preformatted);
        self.captions -= usize::from(opened.caption);
        if let Some(cell) = self.cell.as_mut().filter(|_| opened.cell_list) {
            cell.lists.pop();
        }
        if opened.framed {
            self.close_frame();
        }
        Ok(())
    }

    /// Everything gathered since the last time.
    pub(super) fn take_flow(&mut self) -> Result<Vec<Piece>, DocumentError> {
        self.boundary()?;
        match self.frames.first_mut() {
            Some(Frame::Flow(pieces)) => Ok(core::mem::take(pieces)),
            _ => Ok(Vec::new()),
        }
    }

    /// The words of a title, which is no block.
    pub(super) fn take_title(&mut self) -> Inline {
        let mut words = String::new();
        let text = self.line.take().text;
        for word in text.split_whitespace() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
        Inline::plain(words)
    }

    /// Adds a finished paragraph.
    pub(super) fn paragraph(&mut self, text: Inline) -> Done {
        self.budget.take_block()?;
        self.push(Block::paragraph(text));
        Ok(())
    }

    /// Sets words apart that come from different elements.
    pub(super) fn space(&mut self) {
        self.line.push(" ", false);
    }

    /// Ends the paragraph, or in a cell the line.
    pub(super) fn boundary(&mut self) -> Done {
        self.seam = Seam::None;
        if self.cell.is_none() {
            return self.flush();
        }
        self.line.break_line();
        Ok(())
    }

    /// It stands on one line with the others of its row.
    fn is_cell_in_cell(&self, role: Role) -> bool {
        matches!(role, Role::Cell { .. }) && self.cell.is_some()
    }

    /// One break is a new line, two are a new paragraph.
    fn break_line(&mut self) -> Done {
        self.seam = Seam::None;
        if self.preformatted > 0 {
            self.line.push_preformatted("\n");
            return Ok(());
        }
        if self.line.break_line() { Ok(()) } else { self.boundary() }
    }

    fn rule(&mut self) -> Done {
        if self.cell.is_none() && matches!(self.frames.last(), Some(Frame::Flow(_))) {
            self.budget.take_block()?;
            self.push(Block::Rule);
        }
        Ok(())
    }

    fn flush(&mut self) -> Done {
        if self.line.is_empty() {
            self.line.take();
            return Ok(());
        }
        if self.preformatted > 0 && self.line.is_broken() && !self.line.is_styled() {
            return self.flush_preformatted();
        }
        self.budget.take_block()?;
        let text = self.line.take();
        self.push(Block::paragraph(text));
        Ok(())
    }

    /// A typed note whose line ends are kept is read like any typed note.
    fn flush_preformatted(&mut self) -> Done {
        let text = self.line.take_preformatted();
        let structured = text::has_structure(&text);
        match self.frames.last_mut() {
            Some(Frame::Flow(pieces)) if structured => {
                pieces.append(&mut text::pieces(&text, self.budget, self.remarks)?);
                return Ok(());
            }
            Some(Frame::Flow(_)) => {
                self.budget.take_block()?;
                self.push(Block::Preformatted { anchor: String::new(), text });
            }
            _ => {
                self.budget.take_block()?;
                self.push(Block::paragraph(Inline::plain(text)));
            }
        }
        Ok(())
    }

    fn push(&mut self, block: Block) {
        let last = self.frames.len().saturating_sub(1);
        // The caption of a list or table comes before it.
        let before = self.captions > 0 && last > 0 && self.frames.last().is_some_and(Frame::is_untouched);
        if let Some(frame) = self.frames.get_mut(if before { last - 1 } else { last }) {
            frame.push(block);
        }
    }

    /// Whether one more list or table may be opened; else its parts become paragraphs.
    fn has_room(&mut self) -> bool {
        // A list is two frames deep.
        let room = self.frames.len() < self.budget.limits().nested_blocks.saturating_mul(2);
        if !room {
            self.remarks.add(Remark::NestingFlattened);
        }
        room
    }

    fn open_list(&mut self, ordered: bool, said: &Said<'_>, opened: &mut Opened) {
        let numbering = ordered.then(|| said.numbering.unwrap_or_default());
        if let Some(cell) = &mut self.cell {
            cell.lists.push((numbering, 0));
            opened.cell_list = true;
        } else if self.has_room() {
            self.frames.push(Frame::List { numbering, count: 0, items: Vec::new() });
            opened.framed = true;
        }
    }

    fn open_item(&mut self, opened: &mut Opened) -> Done {
        if let Some(cell) = &mut self.cell {
            if let Some((numbering, count)) = cell.lists.last_mut() {
                *count = count.saturating_add(1);
                let marker = numbering.map_or_else(|| "-".to_owned(), |numbering| numbering.marker(*count));
                self.line.push(&format!("{marker} "), false);
            }
        } else if let Some(Frame::List { numbering, count, .. }) = self.frames.last_mut() {
            self.budget.take_block()?;
            *count = count.saturating_add(1);
            let marker = numbering.map(|numbering| numbering.marker(*count));
            self.frames.push(Frame::Item { item: ListItem { marker, ..ListItem::default() }, begun: false });
            opened.framed = true;
        }
        Ok(())
    }

    fn open_table(&mut self, opened: &mut Opened) {
        if self.cell.is_none() && self.has_room() {
            self.frames.push(Frame::Table(OpenTable::default()));
            opened.framed = true;
        }
    }

    fn open_row(&mut self) {
        match (&mut self.cell, self.frames.last_mut()) {
            (Some(cell), _) => cell.bar_due = false,
            (None, Some(Frame::Table(table))) => table.begin_row(),
            _ => {}
        }
    }

    fn open_cell(&mut self, header: bool, said: &Said<'_>, opened: &mut Opened) -> Done {
        if let Some(cell) = &mut self.cell {
            let bar = core::mem::replace(&mut cell.bar_due, true);
            self.line.push(if bar { " | " } else { " " }, false);
        } else if let Some(Frame::Table(table)) = self.frames.last() {
            self.budget.take_block()?;
            self.cell = Some(OpenCell {
                header: header || table.in_head,
                column_span: said.column_span,
                row_span: said.row_span,
                lists: Vec::new(),
                bar_due: false,
            });
            opened.cell = true;
        }
        Ok(())
    }

    fn close_cell(&mut self) {
        self.seam = Seam::None;
        let text = self.line.take();
        if let (Some(cell), Some(Frame::Table(table))) = (self.cell.take(), self.frames.last_mut()) {
            let OpenCell { header, column_span, row_span, .. } = cell;
            table.push_cell(Cell { header, column_span, row_span, text });
        }
    }

    fn close_frame(&mut self) {
        if self.frames.len() > 1
            && let Some(closed) = self.frames.pop()
            && let Some(parent) = self.frames.last_mut()
        {
            closed.close_into(parent);
        }
    }

    fn footnote_number(&mut self, id: String) -> usize {
        let next = self.footnotes.len() + 1;
        *self.footnotes.entry(id).or_insert(next)
    }
}

/// Whether it holds characters that are left out, or become spaces.
fn holds_removed(text: &str) -> bool {
    text.bytes().any(|byte| byte < 0x20 && !byte.is_ascii_whitespace())
        || (!text.is_ascii() && text.contains(['\u{202D}', '\u{202E}']))
}
