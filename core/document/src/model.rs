//! The note model: what every kind of note becomes (SPEC N1).

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::inline::Inline;
use crate::kind::SectionKind;
use crate::remark::Remark;
use crate::sniff::Format;

/// A note, ready to be shown, searched, marked or read aloud. Derived: it can always be made again from the stored
/// bytes (SPEC D11), and is when `reader_version` is behind.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteModel {
    /// [`READER_VERSION`](crate::READER_VERSION) of the reader that made it.
    pub reader_version: u32,
    /// What the bytes were.
    pub format: Format,
    /// In the order of the note. Text before the first heading is a section without one.
    pub sections: Vec<Section>,
    /// What to know about how it was read.
    pub remarks: Vec<Remark>,
}

/// A heading and what stands under it, up to the next heading of any level.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Stable and unique within the note. Derived from the section's words and its place among equal ones, so it
    /// is the same at every reading of the same bytes. It tells about the text: never log it.
    pub anchor: String,
    /// 1 is the outermost; a section without heading has 1.
    pub level: u32,
    /// The heading as the clinician wrote it, without the marks around it (`#`, `:`, underlines).
    pub heading: Option<String>,
    /// What the heading means.
    pub kind: SectionKind,
    /// What stands under it, in order.
    pub blocks: Vec<Block>,
}

/// One piece of a section.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "block", rename_all = "kebab-case")]
pub enum Block {
    /// A paragraph.
    Paragraph {
        /// As [`Section::anchor`].
        anchor: String,
        /// Its words.
        text: Inline,
    },
    /// A list.
    List {
        /// As [`Section::anchor`].
        anchor: String,
        /// Numbered or lettered.
        ordered: bool,
        /// In order.
        items: Vec<ListItem>,
    },
    /// A table that is really one; a table used for layout becomes the blocks in it.
    Table {
        /// As [`Section::anchor`].
        anchor: String,
        /// Top to bottom.
        rows: Vec<Row>,
    },
    /// Text whose spaces and line ends carry meaning; to be shown in a fixed-width font.
    Preformatted {
        /// As [`Section::anchor`].
        anchor: String,
        /// Lines without white space at their ends.
        text: String,
    },
    /// A line across the page.
    Rule,
}

/// One item of a list.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListItem {
    /// The marker as written (`-`, `•`, `1.`, `a)`), or the number an HTML list would show. A minus can mean "no":
    /// show it as it stands.
    pub marker: Option<String>,
    /// Its first words.
    pub text: Inline,
    /// What else it holds, nested lists for one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<Block>,
}

/// One row of a table.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Left to right.
    pub cells: Vec<Cell>,
}

/// One cell of a table.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Names its row or column.
    pub header: bool,
    /// Columns it covers, 1 to 1000.
    pub column_span: u32,
    /// Rows it covers, 1 to 1000.
    pub row_span: u32,
    /// Its words; paragraphs and list items inside are lines.
    pub text: Inline,
}

impl Block {
    /// The block's anchor; a rule has none.
    #[must_use]
    pub fn anchor(&self) -> Option<&str> {
        match self {
            Self::Paragraph { anchor, .. }
            | Self::List { anchor, .. }
            | Self::Table { anchor, .. }
            | Self::Preformatted { anchor, .. } => Some(anchor),
            Self::Rule => None,
        }
    }

    pub(crate) fn anchor_mut(&mut self) -> Option<&mut String> {
        match self {
            Self::Paragraph { anchor, .. }
            | Self::List { anchor, .. }
            | Self::Table { anchor, .. }
            | Self::Preformatted { anchor, .. } => Some(anchor),
            Self::Rule => None,
        }
    }

    /// A paragraph whose anchor is still to be given.
    pub(crate) fn paragraph(text: Inline) -> Self {
        Self::Paragraph { anchor: String::new(), text }
    }
}

impl Cell {
    /// A plain cell of one column and row.
    pub(crate) fn plain(text: Inline) -> Self {
        Self { header: false, column_span: 1, row_span: 1, text }
    }
}

impl fmt::Debug for NoteModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoteModel")
            .field("format", &self.format)
            .field("sections", &self.sections.len())
            .field("remarks", &self.remarks)
            .finish()
    }
}

impl fmt::Debug for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Section(level {}, {} blocks)", self.level, self.blocks.len())
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paragraph { text, .. } => write!(f, "Paragraph({} bytes)", text.text.len()),
            Self::List { items, .. } => write!(f, "List({} items)", items.len()),
            Self::Table { rows, .. } => write!(f, "Table({} rows)", rows.len()),
            Self::Preformatted { text, .. } => write!(f, "Preformatted({} bytes)", text.len()),
            Self::Rule => f.write_str("Rule"),
        }
    }
}

impl fmt::Debug for ListItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ListItem({} bytes, {} blocks)", self.text.text.len(), self.blocks.len())
    }
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row({} cells)", self.cells.len())
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cell({} bytes)", self.text.text.len())
    }
}
