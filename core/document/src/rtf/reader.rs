//! Marks to paragraphs: groups, where text goes, and the text itself.

use super::code_page::{CodePage, Decoder};
use super::destination::{Destination, Opener, Start, character, lacks_its_brace, start, symbol};
use super::evidence::Evidence;
use super::field::Field;
use super::flow::{Flow, Manner};
use super::header::Header;
use super::line::{Line, Marks};
use super::state::{AtEnd, Paragraph, State};
use super::tokens::{Token, Tokens};
use crate::error::DocumentError;
use crate::limits::Budget;
use crate::outline::Piece;
use crate::remark::{Remark, Remarks};

/// Deepest table within tables; deeper ones stay at this depth.
const DEEPEST_TABLE: usize = 8;

/// Lists set in by less than this more than another are as far in, in twips.
const SAME_INDENT: usize = 120;

pub(super) type Done = Result<(), DocumentError>;

/// The note, or what stands beside it, as it grows.
#[derive(Default)]
pub(super) struct Story {
    pub(super) flow: Flow,
    pub(super) line: Line,
    /// The marker of the list's item that the paragraph is.
    pub(super) marker: Option<String>,
}

/// Reads one file.
pub(super) struct Reader<'a> {
    pub(super) budget: &'a mut Budget,
    pub(super) remarks: &'a mut Remarks,
    pub(super) header: Header,
    pub(super) evidence: Evidence,
    pub(super) state: State,
    groups: Vec<State>,
    /// Open groups past the limit, which are not on the stack.
    overflow: usize,
    /// A group was just opened.
    first: bool,
    /// `\*` was just read: skip the group if its word is unknown.
    starred: bool,
    /// Marks still to be passed over behind a `\u`.
    pub(super) passing: u32,
    /// The first half of a character that UTF-16 cuts in two.
    pub(super) half: Option<u32>,
    pub(super) decoder: Decoder,
    main: Story,
    /// What stands beside the text and is open.
    asides: Vec<Story>,
    pub(super) fields: Vec<Field>,
    links: Vec<String>,
    pub(super) property: String,
    /// Bytes of text shown so far.
    pub(super) shown: usize,
    pub(super) notes: usize,
    /// The wrapped page, if the file wraps one.
    pub(super) page: Option<String>,
}

/// What a file held.
pub(super) enum Contents {
    Pieces(Vec<Piece>),
    /// HTML that was wrapped in RTF.
    Page(String),
}

impl<'a> Reader<'a> {
    pub(super) fn new(budget: &'a mut Budget, remarks: &'a mut Remarks, evidence: Evidence) -> Self {
        Self {
            budget,
            remarks,
            header: Header::new(evidence.escaped_utf8),
            evidence,
            state: State::default(),
            groups: Vec::new(),
            overflow: 0,
            first: false,
            starred: false,
            passing: 0,
            half: None,
            decoder: Decoder::default(),
            main: Story::default(),
            asides: Vec::new(),
            fields: Vec::new(),
            links: Vec::new(),
            property: String::new(),
            shown: 0,
            notes: 0,
            page: None,
        }
    }

    pub(super) fn read(mut self, mut tokens: Tokens<'_>) -> Result<Contents, DocumentError> {
        for token in &mut tokens {
            self.take(token)?;
        }
        self.settle()?;
        if tokens.damaged || self.groups.len() > 1 {
            self.remarks.add(Remark::DamagedMarkup);
        }
        self.overflow = 0;
        self.end_table_text()?;
        while !self.groups.is_empty() {
            self.close()?;
        }
        let page = self.header.page;
        let raw_overrules = self.evidence.raw_utf8 && page != CodePage::UTF_8;
        if raw_overrules || (self.evidence.escaped_utf8 && page == CodePage::ANSI) {
            self.remarks.add(Remark::CharsetNotAsDeclared);
        }
        if let Some(page) = self.page.take() {
            return Ok(Contents::Page(page));
        }
        self.end_paragraph()?;
        Ok(Contents::Pieces(self.main.flow.finish()))
    }

    fn take(&mut self, token: Token<'_>) -> Done {
        let first = core::mem::take(&mut self.first);
        match token {
            Token::Open => {
                self.passing = 0;
                self.open()
            }
            Token::Close => {
                self.passing = 0;
                self.starred = false;
                self.close()
            }
            Token::Symbol(b'*') if first => {
                (self.first, self.starred) = (true, true);
                Ok(())
            }
            Token::Control { word, value } => {
                let starred = core::mem::take(&mut self.starred);
                self.control(word, value, first, starred)
            }
            Token::Symbol(mark) => self.symbol(mark),
            Token::Escaped(byte) => {
                if self.pass(1) == 0 {
                    return Ok(());
                }
                self.bytes(&[byte], self.header.page_of(self.state.font))
            }
            Token::Text(text) => self.raw(text),
        }
    }

    fn open(&mut self) -> Done {
        if self.groups.len() >= self.budget.limits().open_elements {
            self.overflow += 1;
            self.remarks.add(Remark::NestingFlattened);
            return Ok(());
        }
        self.first = true;
        self.groups.push(self.state);
        self.state.at_end = AtEnd::Nothing;
        if self.state.destination == Destination::StyleSheet {
            self.header.begin_style(Some(0));
        }
        Ok(())
    }

    fn close(&mut self) -> Done {
        if self.overflow > 0 {
            self.overflow -= 1;
            return Ok(());
        }
        // One brace too many ends nothing: the words behind it are still the note's.
        let Some(outer) = self.groups.pop() else { return Ok(()) };
        match self.state.at_end {
            AtEnd::Nothing => {}
            AtEnd::CloseAside => self.close_aside()?,
            AtEnd::CloseField => self.close_field()?,
            AtEnd::CloseEntry => self.header.end_font(),
        }
        if outer.destination != self.state.destination {
            self.settle()?;
        }
        if self.groups.is_empty() {
            self.end_table_text()?;
        }
        self.state = outer;
        Ok(())
    }

    /// A control word: the start of a destination, a character, or a change of manner.
    fn control(&mut self, word: &str, value: Option<i32>, first: bool, starred: bool) -> Done {
        if word == "bin" {
            self.pass(1);
            return Ok(());
        }
        if let Some(text) = character(word) {
            return if self.pass(1) == 0 { Ok(()) } else { self.sign(text) };
        }
        self.passing = 0;
        if lacks_its_brace(word, self.state.destination, self.state.opener) {
            self.remarks.add(Remark::DamagedMarkup);
            self.leave_destination();
        }
        if !self.state.destination.is_open() {
            return Ok(());
        }
        if first
            && self.overflow == 0
            && let Some(start) = start(word)
        {
            return self.start(start, word);
        }
        let known = self.change(word, value)?;
        if known || self.overflow > 0 {
            return Ok(());
        }
        if starred {
            return self.set_destination(Destination::Skipped);
        }
        // No control word starts with a capital but a few of makers: someone forgot to double a backslash.
        if word.starts_with(|c: char| c.is_ascii_uppercase()) && !MAKERS.iter().any(|maker| word.starts_with(maker)) {
            let number = value.map_or_else(String::new, |value| value.to_string());
            return self.sign(&format!("\\{word}{number} "));
        }
        Ok(())
    }

    fn symbol(&mut self, mark: u8) -> Done {
        if matches!(mark, b'\r' | b'\n') {
            self.passing = 0;
            return self.par();
        }
        if self.pass(1) == 0 {
            return Ok(());
        }
        match symbol(mark) {
            Some(text) => self.sign(text),
            None => self.raw(&[mark]),
        }
    }

    fn start(&mut self, start: Start, word: &str) -> Done {
        self.settle()?;
        match start {
            Start::Into(destination) => {
                self.state.opener = Opener::of(word);
                match destination {
                    Destination::FontTable => self.state.at_end = AtEnd::CloseEntry,
                    Destination::PropertyName => self.property.clear(),
                    Destination::Marker => self.story().marker = Some(String::new()),
                    Destination::Choice => self.fields.last_mut().into_iter().for_each(Field::begin_choice),
                    _ => {}
                }
                self.state.destination = destination;
            }
            Start::Aside => {
                self.asides.push(Story::default());
                self.state.at_end = AtEnd::CloseAside;
                self.state.destination = Destination::Body;
                self.state.paragraph = Paragraph::default();
                self.state.marks = Marks::default();
            }
            Start::Field => {
                self.fields.push(Field::new(self.state.destination, self.shown));
                self.state.at_end = AtEnd::CloseField;
            }
            Start::FieldResult => {
                let Some(field) = self.fields.last() else { return Ok(()) };
                self.state.destination = field.outer;
                if let Some(url) = field.link() {
                    self.budget.take_bytes(url.len())?;
                    self.state.marks.link = Some(self.links.len());
                    self.links.push(url);
                }
            }
            Start::Picture => {
                self.remarks.add(Remark::PicturesNotShown);
                self.state.destination = Destination::Hollow;
            }
            Start::Alternatives => {
                self.state.outer = self.state.destination;
                self.state.destination = Destination::Hollow;
            }
            Start::Unicode => self.state.destination = self.state.outer,
        }
        Ok(())
    }

    fn set_destination(&mut self, destination: Destination) -> Done {
        self.settle()?;
        self.state.destination = destination;
        Ok(())
    }

    /// A table at the head was not closed: its groups are the note's from here on.
    fn leave_destination(&mut self) {
        self.header.end_font();
        let left = self.state.destination;
        for state in self.groups.iter_mut().rev().take_while(|state| state.destination == left) {
            state.destination = Destination::Body;
            state.at_end = AtEnd::Nothing;
        }
        self.state.destination = Destination::Body;
        self.state.at_end = AtEnd::Nothing;
    }

    fn close_aside(&mut self) -> Done {
        self.end_paragraph()?;
        if let Some(story) = self.asides.pop() {
            let pieces = story.flow.finish();
            let story = self.story();
            let between_paragraphs = story.line.is_blank();
            story.flow.push_aside(pieces, between_paragraphs);
        }
        Ok(())
    }

    fn close_field(&mut self) -> Done {
        self.settle()?;
        let Some(field) = self.fields.pop() else { return Ok(()) };
        if field.shown_before != self.shown {
            return Ok(());
        }
        self.state.destination = field.outer;
        field.unresolved().map_or(Ok(()), |text| self.sign(&text))
    }

    /// The innermost story.
    pub(super) fn story(&mut self) -> &mut Story {
        self.asides.last_mut().unwrap_or(&mut self.main)
    }

    /// Whether what is read stands beside the text.
    pub(super) fn is_aside(&self) -> bool {
        !self.asides.is_empty()
    }

    /// How many tables the paragraph is in. Some writers leave out `\intbl` in a row.
    pub(super) fn depth(&mut self) -> usize {
        let Paragraph { in_table, depth, .. } = self.state.paragraph;
        if depth > DEEPEST_TABLE {
            self.remarks.add(Remark::NestingFlattened);
        }
        if depth > 0 { depth.min(DEEPEST_TABLE) } else { usize::from(in_table || self.story().flow.in_row) }
    }

    /// `\line`, in a paragraph or in a wrapped page.
    pub(super) fn line(&mut self) -> Done {
        self.sign("\n")
    }

    /// `\par`
    pub(super) fn par(&mut self) -> Done {
        self.settle()?;
        match self.state.destination {
            Destination::Body if self.page.is_some() => self.page_text("\n"),
            Destination::Body => self.end_paragraph(),
            Destination::Tag => self.text("\n"),
            _ => Ok(()),
        }
    }

    pub(super) fn end_paragraph(&mut self) -> Done {
        let depth = self.depth();
        self.end_paragraph_at(depth)
    }

    fn end_paragraph_at(&mut self, depth: usize) -> Done {
        self.settle()?;
        let Paragraph { outline, style, list_level, indent, spaced, .. } = self.state.paragraph;
        let heading = outline.or_else(|| style.and_then(|style| self.header.heading_level(style)));
        let links = core::mem::take(&mut self.links);
        let story = self.story();
        let text = story.line.take(&links);
        let marker = story.marker.take();
        let manner = Manner { heading, list_level: list_level.unwrap_or(indent / SAME_INDENT), spaced };
        let counts = !text.is_empty() || marker.is_some();
        story.flow.end_paragraph(text, marker.as_deref(), manner, depth);
        self.links = links;
        if counts { self.budget.take_block() } else { Ok(()) }
    }

    /// At the end of the file the last words of a table that was cut are still the table's.
    fn end_table_text(&mut self) -> Done {
        self.settle()?;
        if self.depth() > 0 && !self.story().line.is_blank() { self.end_paragraph() } else { Ok(()) }
    }

    /// `\cell`, `\nestcell`
    pub(super) fn end_cell(&mut self, depth: usize) -> Done {
        if !self.story().line.is_blank() || self.story().marker.is_some() {
            self.end_paragraph_at(depth)?;
        } else {
            self.settle()?;
            self.story().line.take(&[]);
        }
        self.budget.take_block()?;
        self.story().flow.end_cell(depth);
        Ok(())
    }

    /// `\row`, `\nestrow`
    pub(super) fn end_row(&mut self, depth: usize) -> Done {
        if !self.story().line.is_blank() {
            self.end_cell(depth)?;
        }
        self.story().flow.end_row(depth);
        Ok(())
    }
}

/// Control words that start with a capital begin so.
const MAKERS: &[&str] = &["Apple", "Cocoa", "Apply", "NoF"];
