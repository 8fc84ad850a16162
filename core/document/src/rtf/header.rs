//! What the head of the file says: its code page, its fonts and which of its styles are headings.

use std::collections::HashMap;

use super::code_page::CodePage;

/// Longest name of a font or style looked at, in bytes.
const LONGEST_NAME: usize = 64;
/// Levels a heading can have.
pub(super) const HEADING_LEVELS: u32 = 6;

/// The tables of one file.
pub(super) struct Header {
    /// `\ansicpg`, `\mac`, `\pc`, `\pca`.
    pub(super) page: CodePage,
    /// `\deff`.
    pub(super) default_font: Option<i32>,
    /// The bytes show that text is UTF-8, whatever is declared.
    pub(super) utf8: bool,
    fonts: HashMap<i32, Option<CodePage>>,
    headings: HashMap<i32, u32>,
    /// The font or style being described, and its name so far.
    entry: Option<i32>,
    name: String,
    level: Option<u32>,
}

impl Header {
    pub(super) fn new(utf8: bool) -> Self {
        Self {
            page: CodePage::ANSI,
            default_font: None,
            utf8,
            fonts: HashMap::new(),
            headings: HashMap::new(),
            entry: None,
            name: String::new(),
            level: None,
        }
    }

    /// How the escaped bytes of a font are read. What the bytes show only overrules the usual code page, which is
    /// often declared unseen; who names another alphabet means it.
    pub(super) fn page_of(&self, font: Option<i32>) -> CodePage {
        let font = font.or(self.default_font).and_then(|font| self.fonts.get(&font).copied().flatten());
        let page = font.unwrap_or(self.page);
        if page == CodePage::ANSI && (self.utf8 || self.page == CodePage::UTF_8) { CodePage::UTF_8 } else { page }
    }

    pub(super) fn begin_font(&mut self, number: i32) {
        self.end_font();
        self.entry = Some(number);
        self.fonts.insert(number, None);
    }

    /// `\fcharset` and `\cpg` of the font being described.
    pub(super) fn font_page(&mut self, page: Option<CodePage>) {
        if let Some(font) = self.entry
            && page.is_some()
        {
            self.fonts.insert(font, page);
        }
    }

    /// The name decides for fonts whose letters are signs, for their `\fcharset` is often wrong.
    pub(super) fn end_font(&mut self) {
        let name = core::mem::take(&mut self.name);
        if let (Some(font), Some(page)) = (self.entry.take(), CodePage::of_font_name(&name)) {
            self.fonts.insert(font, Some(page));
        }
    }

    pub(super) fn begin_style(&mut self, number: Option<i32>) {
        self.name.clear();
        self.level = None;
        self.entry = number;
    }

    /// `\outlinelevel` of the style being described.
    pub(super) fn style_level(&mut self, level: Option<u32>) {
        self.level = level;
    }

    pub(super) fn end_style(&mut self) {
        let name = core::mem::take(&mut self.name).trim().to_ascii_lowercase();
        let by_name = match name.strip_prefix("heading ") {
            Some(number) => number.trim().parse().ok(),
            None => (name == "title").then_some(1),
        };
        let level = by_name.or(self.level.take());
        if let (Some(style), Some(level)) = (self.entry.take(), level) {
            self.headings.insert(style, level.clamp(1, HEADING_LEVELS));
        }
    }

    /// Adds to the name of a font or style.
    pub(super) fn push_name(&mut self, text: &str) {
        if self.name.len() + text.len() <= LONGEST_NAME {
            self.name.push_str(text);
        }
    }

    /// The level of a style that is a heading.
    pub(super) fn heading_level(&self, style: i32) -> Option<u32> {
        self.headings.get(&style).copied()
    }
}
