//! The structure of a section: paragraphs, lists, tables, text in fixed columns (N1).

use serde::Serialize;

use super::hidden_debug;

/// Where one line of a block stands in the section's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LineView {
    /// First byte in [`SectionView::text`](super::SectionView::text).
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// First UTF-16 unit.
    pub start_utf16: usize,
    /// One past the last UTF-16 unit.
    pub end_utf16: usize,
}

/// A style over a part of a piece of text.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct StyleView {
    /// First byte in [`PieceView::text`].
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// `strong`, `emphasis`, `struck`, `hidden` or `link`.
    pub style: String,
    /// Where a link leads: https, tel or mailto.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A piece of text. Split at `\n`, its line number n stands byte for byte at `lines[n]` in the section's text.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct PieceView {
    /// The words.
    pub text: String,
    /// Where each line of it stands in the section's text.
    pub lines: Vec<LineView>,
    /// Emphasis and links.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<StyleView>,
}

/// One item of a list.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ItemView {
    /// The marker as written. A minus can mean "no": show it as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marker: Option<String>,
    /// Its first words.
    #[serde(flatten)]
    pub piece: PieceView,
    /// What else it holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blocks: Vec<BlockView>,
}

/// One cell of a table.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct CellView {
    /// Names its row or column.
    pub header: bool,
    /// Columns it covers.
    pub column_span: u32,
    /// Rows it covers.
    pub row_span: u32,
    /// Its words.
    #[serde(flatten)]
    pub piece: PieceView,
}

/// One piece of a section.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "block", rename_all = "kebab-case")]
pub enum BlockView {
    /// A paragraph.
    Paragraph {
        /// Stable within the note.
        anchor: String,
        /// Its words.
        #[serde(flatten)]
        piece: PieceView,
    },
    /// A list.
    List {
        /// Stable within the note.
        anchor: String,
        /// Numbered or lettered.
        ordered: bool,
        /// In order.
        items: Vec<ItemView>,
    },
    /// A table: rows of cells.
    Table {
        /// Stable within the note.
        anchor: String,
        /// Top to bottom, each left to right.
        rows: Vec<Vec<CellView>>,
    },
    /// Text whose spaces and line ends carry meaning.
    Preformatted {
        /// Stable within the note.
        anchor: String,
        /// Its words.
        #[serde(flatten)]
        piece: PieceView,
    },
    /// A line across the page.
    Rule,
}

hidden_debug!(StyleView, PieceView, ItemView, CellView, BlockView);
