//! Control words that change how text is read, and those that end paragraphs, cells and rows.

use super::code_page::CodePage;
use super::destination::Destination;
use super::header::HEADING_LEVELS;
use super::line::Marks;
use super::reader::Reader;
use super::state::Paragraph;
use crate::error::DocumentError;

/// `\uc` beyond this is a mistake.
const MOST_FALLBACK: i32 = 64;

impl Reader<'_> {
    /// Does what a control word asks for; whether the word is known.
    pub(super) fn change(&mut self, word: &str, value: Option<i32>) -> Result<bool, DocumentError> {
        match self.state.destination {
            Destination::FontTable => return Ok(self.font(word, value)),
            Destination::StyleSheet => return Ok(self.style(word, value)),
            Destination::FormField => return Ok(self.form_field(word, value)),
            _ => {}
        }
        Ok(self.document(word, value)
            || self.marks(word, value)
            || self.paragraph(word, value)
            || self.row_cut(word, value)
            || self.act(word, value)?)
    }

    fn font(&mut self, word: &str, value: Option<i32>) -> bool {
        match (word, value) {
            ("f", Some(number)) => self.header.begin_font(number),
            ("fcharset", Some(charset)) => self.header.font_page(CodePage::of_charset(charset)),
            ("cpg", Some(number)) => self.header.font_page(Some(CodePage::of_number(number))),
            _ => return false,
        }
        true
    }

    fn style(&mut self, word: &str, value: Option<i32>) -> bool {
        match word {
            "s" => self.header.begin_style(value),
            "cs" | "ds" | "ts" => self.header.begin_style(None),
            "outlinelevel" => self.header.style_level(heading_level(value)),
            _ => return false,
        }
        true
    }

    fn form_field(&mut self, word: &str, value: Option<i32>) -> bool {
        let Some(field) = self.fields.last_mut() else { return false };
        match (word, value) {
            ("ffres", Some(value)) => field.result = value,
            ("ffdefres", Some(value)) => field.default_result = value,
            _ => return false,
        }
        true
    }

    /// What holds for the whole file.
    fn document(&mut self, word: &str, value: Option<i32>) -> bool {
        match word {
            "rtf" | "ansi" | "urtf" => {}
            "ansicpg" => self.header.page = CodePage::of_number(value.unwrap_or(0)),
            "mac" => self.header.page = CodePage::of_number(10000),
            "pc" => self.header.page = CodePage::of_number(437),
            "pca" => self.header.page = CodePage::of_number(850),
            "deff" => self.header.default_font = value,
            "fromhtml" if value != Some(0) && self.evidence.wraps_page => {
                self.page.get_or_insert_default();
            }
            "htmlrtf" => self.state.rtf_only = value != Some(0),
            _ => return false,
        }
        true
    }

    fn marks(&mut self, word: &str, value: Option<i32>) -> bool {
        let marks = &mut self.state.marks;
        let on = value != Some(0);
        match word {
            "b" => marks.strong = on,
            "i" => marks.emphasis = on,
            "strike" | "striked" => marks.struck = on,
            "v" => marks.hidden = on,
            "super" | "up" => marks.raised = on,
            "sub" | "dn" | "nosupersub" => marks.raised = false,
            "deleted" => marks.deleted = on,
            "plain" => {
                *marks = Marks { link: marks.link, ..Marks::default() };
                self.state.font = None;
            }
            "f" => self.state.font = value,
            "uc" => {
                let count = value.unwrap_or(1).clamp(0, MOST_FALLBACK);
                self.state.fallback = count.unsigned_abs();
            }
            // Known, and without a place in the note.
            "ul" | "ulnone" | "fs" | "cf" | "cb" | "highlight" | "lang" | "caps" | "scaps" | "rtlch" | "ltrch"
            | "loch" | "hich" | "dbch" | "af" | "cs" => {}
            _ => return false,
        }
        true
    }

    fn paragraph(&mut self, word: &str, value: Option<i32>) -> bool {
        let paragraph = &mut self.state.paragraph;
        let size = usize::try_from(value.unwrap_or(0)).unwrap_or(0);
        match word {
            "pard" => *paragraph = Paragraph::default(),
            "intbl" => paragraph.in_table = value != Some(0),
            "itap" => paragraph.depth = size,
            "outlinelevel" => paragraph.outline = heading_level(value),
            "s" => paragraph.style = value,
            "ilvl" => paragraph.list_level = Some(size),
            "li" | "lin" => paragraph.indent = size,
            "sb" | "sa" => paragraph.spaced |= size > 0,
            _ => return false,
        }
        if word == "intbl" {
            // A writer that marks cells will mark what follows the row by not doing so.
            self.story().flow.in_row = false;
        }
        true
    }

    /// How the next row is cut.
    fn row_cut(&mut self, word: &str, value: Option<i32>) -> bool {
        let depth = if self.state.destination == Destination::NestedRow { 2 } else { 1 };
        let flow = &mut self.story().flow;
        match word {
            "trowd" => {
                flow.in_row |= depth == 1;
                *flow.cut(depth) = Default::default();
            }
            "trhdr" => flow.cut(depth).header = true,
            "clmrg" => flow.cut(depth).next.joined_left = true,
            "clvmrg" => flow.cut(depth).next.joined_above = true,
            "cellx" => flow.cut(depth).end_cell(value.unwrap_or(0)),
            "clmgf" | "clvmgf" => {}
            _ => return false,
        }
        true
    }

    /// What ends something, or adds text.
    fn act(&mut self, word: &str, value: Option<i32>) -> Result<bool, DocumentError> {
        match word {
            "u" => self.unicode(value.unwrap_or(0xFFFD))?,
            "par" => self.par()?,
            "line" | "lbr" | "softline" => self.line()?,
            "chftn" => self.note_number()?,
            // Nothing ends where no text goes, but the row of a table within a table.
            "nestrow" if self.state.destination == Destination::NestedRow => self.end_nested(true)?,
            _ if self.state.destination != Destination::Body => return Ok(false),
            "sect" | "page" | "column" | "softpage" => self.par()?,
            "cell" => self.end_cell(1)?,
            "row" => {
                self.end_row(1)?;
                self.story().flow.in_row = false;
            }
            "nestcell" => self.end_nested(false)?,
            "nestrow" => self.end_nested(true)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Ends a cell or row of a table within a table.
    fn end_nested(&mut self, row: bool) -> Result<(), DocumentError> {
        let depth = self.depth().max(2);
        if row { self.end_row(depth) } else { self.end_cell(depth) }
    }

    /// The number of a note at the foot: a new one in the text, the same again in the note.
    fn note_number(&mut self) -> Result<(), DocumentError> {
        if !self.is_aside() {
            self.notes += 1;
        }
        let number = self.notes.to_string();
        let raised = core::mem::replace(&mut self.state.marks.raised, true);
        self.sign(&number)?;
        self.state.marks.raised = raised;
        Ok(())
    }
}

/// `\outlinelevel` 0 to 8; 9 is text.
fn heading_level(value: Option<i32>) -> Option<u32> {
    let level = u32::try_from(value?).ok().filter(|level| *level < 9)?;
    Some((level + 1).min(HEADING_LEVELS))
}
