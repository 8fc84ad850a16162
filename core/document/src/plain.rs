//! The canonical plain text of a note: what marks, search and speech count their spans in.
//!
//! Blocks are set apart by an empty line; list items stand on lines of their own behind their marker (`- ` for every
//! bullet), two spaces further in for each level; a table row is `cell | cell`; a rule is not written.

use core::ops::Range;

use crate::model::{Block, ListItem, NoteModel, Row, Section};

impl NoteModel {
    /// The whole note: per section its heading as written, then its text; sections set apart by an empty line.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        for section in &self.sections {
            for part in [section.heading.clone().unwrap_or_default(), section.text()] {
                if !part.is_empty() {
                    if !out.is_empty() {
                        out.push_str("\n\n");
                    }
                    out.push_str(&part);
                }
            }
        }
        out
    }
}

impl Section {
    /// The section's text without its heading. The same model always gives the same bytes.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        write_blocks(&self.blocks, 0, "\n\n", &mut out);
        out
    }

    /// For each of `blocks` the bytes of [`Section::text`] it wrote (empty for a rule), to set marks beside blocks.
    #[must_use]
    pub fn block_ranges(&self) -> Vec<Range<usize>> {
        let mut out = String::new();
        write_blocks(&self.blocks, 0, "\n\n", &mut out)
    }
}

impl Block {
    /// The block's canonical text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.write(0, &mut out);
        out
    }

    fn write(&self, indent: usize, out: &mut String) {
        match self {
            Self::Paragraph { text, .. } => write_lines(&text.text, indent, out),
            Self::Preformatted { text, .. } => write_lines(text, indent, out),
            Self::List { items, .. } => write_joined(items, "\n", out, |item, out| item.write(indent, out)),
            Self::Table { rows, .. } => write_joined(rows, "\n", out, |row, out| row.write(indent, out)),
            Self::Rule => {}
        }
    }
}

impl ListItem {
    fn write(&self, indent: usize, out: &mut String) {
        pad(indent, out);
        out.push_str(match self.marker.as_deref() {
            Some(marker) if marker.chars().any(char::is_alphanumeric) => marker,
            _ => "-",
        });
        out.push(' ');
        // Only the first line stands behind the marker.
        let text = self.text.text.replace('\n', &format!("\n{:1$}", "", indent + 2));
        out.push_str(&text);
        if !self.blocks.is_empty() {
            let mut inner = String::new();
            write_blocks(&self.blocks, indent + 2, "\n", &mut inner);
            out.push('\n');
            out.push_str(&inner);
        }
    }
}

impl Row {
    fn write(&self, indent: usize, out: &mut String) {
        pad(indent, out);
        write_joined(&self.cells, " | ", out, |cell, out| out.push_str(&cell.text.text.replace('\n', " ")));
    }
}

fn write_blocks(blocks: &[Block], indent: usize, gap: &str, out: &mut String) -> Vec<Range<usize>> {
    let mut ranges = Vec::with_capacity(blocks.len());
    for block in blocks {
        if !matches!(block, Block::Rule) && !out.is_empty() {
            out.push_str(gap);
        }
        let start = out.len();
        block.write(indent, out);
        ranges.push(start..out.len());
    }
    ranges
}

fn write_joined<T>(parts: &[T], gap: &str, out: &mut String, write: impl Fn(&T, &mut String)) {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            out.push_str(gap);
        }
        write(part, out);
    }
}

fn write_lines(text: &str, indent: usize, out: &mut String) {
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        pad(indent, out);
        out.push_str(line);
    }
}

fn pad(indent: usize, out: &mut String) {
    out.extend(core::iter::repeat_n(' ', indent));
}
