//! Tags and text to blocks, with a stack of open elements and a stack of open lists and tables.

use super::elements::{Role, role};
use super::events::{Event, Start};
use super::frames::{Frame, OpenCell, OpenTable};
use super::line::Line;
use super::link::safe_link;
use crate::error::DocumentError;
use crate::inline::Style;
use crate::limits::Budget;
use crate::model::Block;
use crate::outline::Piece;
use crate::remark::{Remark, Remarks};
use crate::text;

/// An element that is not closed yet.
struct Open {
    name: String,
    role: Role,
    styles: Vec<Style>,
    /// How many frames close with it.
    frames: usize,
}

impl Open {
    /// Ends where the next block starts.
    fn is_paragraph(&self) -> bool {
        self.name == "p" || matches!(self.role, Role::Heading(_))
    }
}

/// How many elements of some kinds are open, so that the stack need not be searched for every word.
#[derive(Default)]
struct Counts {
    paragraphs: usize,
    preformatted: usize,
    raised: usize,
}

impl Counts {
    fn of(&mut self, open: &Open) -> [(&mut usize, bool); 3] {
        [
            (&mut self.paragraphs, open.is_paragraph()),
            (&mut self.preformatted, open.role == Role::Preformatted),
            (&mut self.raised, open.role == Role::Superscript),
        ]
    }
}

/// Longest heading, in bytes; more is a paragraph.
const LONGEST_HEADING: usize = 200;
/// Largest `colspan` and `rowspan` that HTML allows for columns.
const LARGEST_SPAN: u32 = 1000;

/// Builds one page.
pub(super) struct Builder<'a> {
    budget: &'a mut Budget,
    remarks: &'a mut Remarks,
    frames: Vec<Frame>,
    open: Vec<Open>,
    counts: Counts,
    /// Open elements past the limit, which are not on the stack.
    overflow: usize,
    line: Line,
}

type Done = Result<(), DocumentError>;
/// Whether an open element ends where the next one starts.
type ClosedBy = fn(&Open) -> bool;
/// Whether an element keeps what is around it open.
type StopsAt = fn(Role) -> bool;

impl<'a> Builder<'a> {
    pub(super) fn new(budget: &'a mut Budget, remarks: &'a mut Remarks) -> Self {
        Self {
            budget,
            remarks,
            frames: vec![Frame::Flow(Vec::new())],
            open: Vec::new(),
            counts: Counts::default(),
            overflow: 0,
            line: Line::default(),
        }
    }

    pub(super) fn take(&mut self, event: Event) -> Done {
        match event {
            Event::Text(text) => self.text(&text),
            Event::Start(start) => self.start(&start),
            Event::End(name) => self.end(&name),
        }
    }

    /// Closes all that is open; what was built, in order.
    pub(super) fn finish(mut self) -> Result<Vec<Piece>, DocumentError> {
        while !self.open.is_empty() {
            self.close_element()?;
        }
        self.flush()?;
        Ok(self.frames.into_iter().flat_map(Frame::into_pieces).collect())
    }

    fn text(&mut self, text: &str) -> Done {
        self.budget.take_bytes(text.len())?;
        if self.counts.preformatted > 0 {
            self.line.push_preformatted(text);
        } else {
            self.line.push(text, self.counts.raised > 0);
        }
        Ok(())
    }

    fn start(&mut self, start: &Start) -> Done {
        let role = role(&start.name);
        if role.is_block() {
            self.close_implied(role)?;
            self.flush()?;
        }
        match role {
            Role::Break => return self.break_line(),
            Role::Rule => {
                self.budget.take_block()?;
                self.push(Piece::Block(Block::Rule));
            }
            Role::Image => return self.image(start),
            Role::Input => return self.input(start),
            Role::Skipped { active: true } | Role::Active => self.remarks.add(Remark::ActiveContentRemoved),
            Role::Void if matches!(start.name.as_str(), "embed" | "frame") => {
                self.remarks.add(Remark::ActiveContentRemoved)
            }
            _ => {}
        }
        if role.is_void() || start.self_closing {
            return self.empty_cell(role, start);
        }
        if self.open.len() >= self.budget.limits().open_elements {
            self.overflow += 1;
            self.remarks.add(Remark::NestingFlattened);
            return Ok(());
        }
        let styles = self.styles(role, start)?;
        for style in &styles {
            self.line.begin(style);
        }
        let frames = self.open_frames(role, start)?;
        self.push_open(Open { name: start.name.clone(), role, styles, frames });
        if role == Role::Choice {
            self.text(if start.attributes.contains_key("selected") { "[x] " } else { "[ ] " })?;
        }
        Ok(())
    }

    fn push_open(&mut self, open: Open) {
        for (count, counts) in self.counts.of(&open) {
            *count += usize::from(counts);
        }
        self.open.push(open);
    }

    /// `<td/>` holds its column's place.
    fn empty_cell(&mut self, role: Role, start: &Start) -> Done {
        if !matches!(role, Role::Cell { .. }) {
            return Ok(());
        }
        let frames = self.open_frames(role, start)?;
        self.close_frames(frames);
        Ok(())
    }

    /// Opens the list or table parts that an element stands for; answers with how many frames close with it.
    fn open_frames(&mut self, role: Role, start: &Start) -> Result<usize, DocumentError> {
        // A list is two frames deep, a table three.
        let room = self.frames.len() < self.budget.limits().nested_blocks.saturating_mul(2);
        match (role, self.frames.last()) {
            (Role::List { .. } | Role::Table, _) if !room => self.remarks.add(Remark::NestingFlattened),
            (Role::List { ordered }, _) => return Ok(self.open_frame(list(ordered, start))),
            (Role::Table, _) => return Ok(self.open_frame(Frame::Table(OpenTable::default()))),
            (Role::Item, Some(Frame::List { .. })) => return self.open_item(start),
            (Role::Item, _) if room => {
                self.open_frame(list(false, start));
                return Ok(1 + self.open_item(start)?);
            }
            (Role::Row, Some(Frame::Table(_))) => return Ok(self.open_frame(Frame::Row(Vec::new()))),
            (Role::Caption, Some(Frame::Table(_))) => return Ok(self.open_frame(Frame::Caption(Vec::new()))),
            (Role::Cell { header }, Some(Frame::Row(_))) => return self.open_cell(header, start),
            (Role::Cell { header }, Some(Frame::Table(_))) => {
                // A cell without a row: the row stays open for the cells behind it.
                let frames = self.open_frame(Frame::Row(Vec::new()));
                self.push_open(Open { name: "tr".to_owned(), role: Role::Row, styles: Vec::new(), frames });
                return self.open_cell(header, start);
            }
            _ => {}
        }
        Ok(0)
    }

    fn open_frame(&mut self, frame: Frame) -> usize {
        self.frames.push(frame);
        1
    }

    fn open_item(&mut self, start: &Start) -> Result<usize, DocumentError> {
        self.budget.take_block()?;
        let mut marker = None;
        if let Some(Frame::List { ordered: true, next, .. }) = self.frames.last_mut() {
            let number = number(start, "value").unwrap_or(*next);
            *next = number.saturating_add(1);
            marker = Some(format!("{number}."));
        }
        Ok(self.open_frame(Frame::Item { marker, pieces: Vec::new() }))
    }

    fn open_cell(&mut self, header: bool, start: &Start) -> Result<usize, DocumentError> {
        self.budget.take_block()?;
        let span = |name| number(start, name).and_then(|n| u32::try_from(n).ok()).unwrap_or(1).clamp(1, LARGEST_SPAN);
        let header = header
            || self.open.iter().rev().take_while(|open| open.role != Role::Table).any(|open| open.name == "thead");
        let cell = OpenCell { header, column_span: span("colspan"), row_span: span("rowspan"), pieces: Vec::new() };
        Ok(self.open_frame(Frame::Cell(cell)))
    }

    /// Closes what HTML lets stay open: a paragraph before a block, an item before the next, a cell, a row.
    fn close_implied(&mut self, next: Role) -> Done {
        let (closed, stop): (ClosedBy, StopsAt) = match next {
            Role::Item => {
                (|open| open.role == Role::Item, |role| matches!(role, Role::List { .. } | Role::Cell { .. }))
            }
            Role::Choice => (|open| open.role == Role::Choice, |role| role.is_table_part()),
            Role::Cell { .. } => {
                (|open| matches!(open.role, Role::Cell { .. } | Role::Caption), |role| role == Role::Table)
            }
            Role::Row => (|open| matches!(open.role, Role::Row | Role::Caption), |role| role == Role::Table),
            Role::RowGroup | Role::Caption => {
                (|open| matches!(open.role, Role::Row | Role::RowGroup | Role::Caption), |role| role == Role::Table)
            }
            _ if self.counts.paragraphs == 0 => return Ok(()),
            _ => (Open::is_paragraph, |role| role.is_table_part() || role == Role::Item),
        };
        let within = self.open.iter().rev().take_while(|open| !stop(open.role));
        // The outermost of them: closing it closes the rest.
        if let Some(from_top) = within.enumerate().filter(|(_, open)| closed(open)).map(|(at, _)| at).last() {
            for _ in 0..=from_top {
                self.close_element()?;
            }
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Done {
        let role = role(name);
        if role == Role::Break {
            return self.break_line();
        }
        if role.is_block() {
            self.flush()?;
        }
        if role.is_void() {
            return Ok(());
        }
        if self.overflow > 0 {
            self.overflow -= 1;
            return Ok(());
        }
        for (from_top, open) in self.open.iter().rev().enumerate() {
            if open.name == name {
                for _ in 0..=from_top {
                    self.close_element()?;
                }
                return Ok(());
            }
            // A stray end tag in a cell or an item does not reach out of it.
            let holds = match open.role {
                Role::Table => true,
                Role::Cell { .. } | Role::Caption => !role.is_table_part(),
                Role::Item => !role.is_table_part() && !matches!(role, Role::List { .. }),
                _ => false,
            };
            if holds {
                break;
            }
        }
        Ok(())
    }

    fn close_element(&mut self) -> Done {
        if self.open.last().is_some_and(|open| open.role.is_block()) {
            self.flush()?;
        }
        let Some(open) = self.open.pop() else { return Ok(()) };
        for (count, counts) in self.counts.of(&open) {
            *count -= usize::from(counts);
        }
        for style in &open.styles {
            self.line.end(style);
        }
        self.close_frames(open.frames);
        Ok(())
    }

    fn close_frames(&mut self, count: usize) {
        for _ in 0..count {
            if self.frames.len() > 1
                && let Some(closed) = self.frames.pop()
                && let Some(parent) = self.frames.last_mut()
            {
                closed.close_into(parent);
            }
        }
    }

    fn push(&mut self, piece: Piece) {
        if let Some(frame) = self.frames.last_mut() {
            frame.push(piece);
        }
    }

    /// One break is a new line, two are a new paragraph.
    fn break_line(&mut self) -> Done {
        if self.counts.preformatted > 0 {
            self.line.push_preformatted("\n");
            return Ok(());
        }
        if self.line.break_line() { Ok(()) } else { self.flush() }
    }

    /// Ends the paragraph, heading or preformatted text that was being gathered.
    fn flush(&mut self) -> Done {
        if self.line.is_empty() {
            self.line.take();
            return Ok(());
        }
        if self.counts.preformatted > 0 {
            return self.flush_preformatted();
        }
        self.budget.take_block()?;
        let text = self.line.take();
        let level = self.open.iter().rev().find_map(|open| match open.role {
            Role::Heading(level) => Some(level),
            _ => None,
        });
        self.push(match level {
            Some(level) if text.text.len() <= LONGEST_HEADING => {
                let words: Vec<&str> = text.text.split_whitespace().collect();
                let words = words.join(" ");
                Piece::Heading { level, text: words.trim_end_matches([':', ' ']).to_owned() }
            }
            _ => Piece::paragraph(text),
        });
        Ok(())
    }

    /// A typed note inside `<pre>` is read like any typed note.
    fn flush_preformatted(&mut self) -> Done {
        let text = self.line.take_preformatted();
        if text::has_structure(&text) {
            for piece in text::pieces(&text, self.budget, self.remarks)? {
                self.push(piece);
            }
        } else {
            self.budget.take_block()?;
            self.push(Piece::Block(Block::Preformatted { anchor: String::new(), text }));
        }
        Ok(())
    }

    /// The styles that an element and its `style` attribute put over their text.
    fn styles(&mut self, role: Role, start: &Start) -> Result<Vec<Style>, DocumentError> {
        let mut styles = Vec::from_iter(role.style());
        let css: String = start.attributes.get("style").map_or("", String::as_str).split_whitespace().collect();
        let css = css.to_ascii_lowercase();
        for (style, declarations) in [
            (Style::Strong, ["font-weight:bold", "font-weight:700", "font-weight:600"].as_slice()),
            (Style::Emphasis, &["font-style:italic"]),
            (Style::Struck, &["text-decoration:line-through", "text-decoration-line:line-through"]),
            (Style::Hidden, &["display:none", "visibility:hidden"]),
        ] {
            if !styles.contains(&style) && declarations.iter().any(|declaration| css.contains(declaration)) {
                styles.push(style);
            }
        }
        if start.attributes.contains_key("hidden") && !styles.contains(&Style::Hidden) {
            styles.push(Style::Hidden);
        }
        if styles.contains(&Style::Hidden) {
            self.remarks.add(Remark::HiddenTextShown);
        }
        if role == Role::Link
            && let Some(url) = start.attributes.get("href").and_then(|href| safe_link(href))
        {
            self.budget.take_bytes(url.len())?;
            styles.push(Style::Link { url });
        }
        Ok(styles)
    }

    fn image(&mut self, start: &Start) -> Done {
        self.remarks.add(Remark::PicturesNotShown);
        self.attribute_text(start, "alt")
    }

    fn input(&mut self, start: &Start) -> Done {
        let kind = start.attributes.get("type").map(|kind| kind.to_ascii_lowercase());
        match kind.as_deref() {
            Some("checkbox" | "radio") => {
                let checked = start.attributes.contains_key("checked");
                self.text(if checked { " [x] " } else { " [ ] " })
            }
            Some("hidden" | "submit" | "button" | "reset" | "image" | "password" | "file") => Ok(()),
            _ => self.attribute_text(start, "value"),
        }
    }

    /// Text that an element shows without holding it.
    fn attribute_text(&mut self, start: &Start, name: &str) -> Done {
        match start.attributes.get(name) {
            Some(value) if !value.trim().is_empty() => self.text(&format!(" {value} ")),
            _ => Ok(()),
        }
    }
}

fn list(ordered: bool, start: &Start) -> Frame {
    Frame::List { ordered, next: number(start, "start").unwrap_or(1), items: Vec::new() }
}

fn number(start: &Start, name: &str) -> Option<i64> {
    start.attributes.get(name)?.trim().parse().ok()
}
