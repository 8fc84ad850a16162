//! A section's text with its structure beside it (N1): the canonical text that marks refer to, written block by block, so
//! that each line of a block knows its place in it.

use plainchart_document::{Block, Inline, ListItem, Section, Style};

use crate::views::{BlockView, CellView, ItemView, LineView, PieceView, StyleView};

/// The text of a section as [`Section::text`] gives it, and its blocks.
pub(super) fn text_and_blocks(section: &Section) -> (String, Vec<BlockView>) {
    let mut writer = Writer::default();
    let blocks = writer.blocks(&section.blocks, 0, "\n\n");
    (writer.text, blocks)
}

#[derive(Default)]
struct Writer {
    text: String,
    utf16: usize,
}

impl Writer {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.utf16 += text.encode_utf16().count();
    }

    fn pad(&mut self, indent: usize) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.utf16 += indent;
    }

    fn line(&mut self, line: &str) -> LineView {
        let (start, start_utf16) = (self.text.len(), self.utf16);
        self.push(line);
        LineView { start, end: self.text.len(), start_utf16, end_utf16: self.utf16 }
    }

    /// The lines of a piece, the second and further ones behind `gap` and `indent` spaces.
    fn piece(&mut self, text: &str, spans: &Inline, gap: &str, indent: usize) -> PieceView {
        let mut lines = Vec::new();
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.push(gap);
                self.pad(indent);
            }
            lines.push(self.line(line));
        }
        let styles = spans.spans.iter().map(|span| {
            let (style, url) = style_of(&span.style);
            StyleView { start: span.start, end: span.end, style: style.to_owned(), url }
        });
        PieceView { text: text.to_owned(), lines, styles: styles.collect() }
    }

    fn blocks(&mut self, blocks: &[Block], indent: usize, gap: &str) -> Vec<BlockView> {
        let begin = self.text.len();
        let mut views = Vec::with_capacity(blocks.len());
        for block in blocks {
            if !matches!(block, Block::Rule) && self.text.len() > begin {
                self.push(gap);
            }
            views.push(self.block(block, indent));
        }
        views
    }

    fn block(&mut self, block: &Block, indent: usize) -> BlockView {
        match block {
            Block::Paragraph { anchor, text } => {
                self.pad(indent);
                BlockView::Paragraph { anchor: anchor.clone(), piece: self.piece(&text.text, text, "\n", indent) }
            }
            Block::Preformatted { anchor, text } => {
                self.pad(indent);
                let piece = self.piece(text, &Inline::default(), "\n", indent);
                BlockView::Preformatted { anchor: anchor.clone(), piece }
            }
            Block::List { anchor, ordered, items } => {
                let mut views = Vec::with_capacity(items.len());
                for (number, item) in items.iter().enumerate() {
                    if number > 0 {
                        self.push("\n");
                    }
                    views.push(self.item(item, indent));
                }
                BlockView::List { anchor: anchor.clone(), ordered: *ordered, items: views }
            }
            Block::Table { anchor, rows } => {
                let mut views = Vec::with_capacity(rows.len());
                for (number, row) in rows.iter().enumerate() {
                    if number > 0 {
                        self.push("\n");
                    }
                    self.pad(indent);
                    let mut cells = Vec::with_capacity(row.cells.len());
                    for (number, cell) in row.cells.iter().enumerate() {
                        if number > 0 {
                            self.push(" | ");
                        }
                        cells.push(CellView {
                            header: cell.header,
                            column_span: cell.column_span,
                            row_span: cell.row_span,
                            piece: self.piece(&cell.text.text, &cell.text, " ", 0),
                        });
                    }
                    views.push(cells);
                }
                BlockView::Table { anchor: anchor.clone(), rows: views }
            }
            Block::Rule => BlockView::Rule,
        }
    }

    fn item(&mut self, item: &ListItem, indent: usize) -> ItemView {
        self.pad(indent);
        let written = item.marker.as_deref().filter(|marker| marker.chars().any(char::is_alphanumeric));
        self.push(written.unwrap_or("-"));
        self.push(" ");
        let piece = self.piece(&item.text.text, &item.text, "\n", indent + 2);
        let blocks = if item.blocks.is_empty() {
            Vec::new()
        } else {
            self.push("\n");
            self.blocks(&item.blocks, indent + 2, "\n")
        };
        ItemView { marker: item.marker.clone(), piece, blocks }
    }
}

fn style_of(style: &Style) -> (&'static str, Option<String>) {
    match style {
        Style::Strong => ("strong", None),
        Style::Emphasis => ("emphasis", None),
        Style::Struck => ("struck", None),
        Style::Hidden => ("hidden", None),
        Style::Link { url } => ("link", Some(url.clone())),
    }
}

#[cfg(test)]
mod tests {
    use plainchart_document::{Cell, Row, SectionKind};
    use proptest::prelude::*;

    use super::*;

    fn inline() -> impl Strategy<Value = Inline> {
        "[a-z é😀|.\\-]{0,12}(\n[a-z1 ]{0,6}){0,2}".prop_map(|text| Inline::plain(text.as_str()))
    }

    fn block() -> impl Strategy<Value = Block> {
        let anchor = String::new;
        let leaf = prop_oneof![
            inline().prop_map(move |text| Block::Paragraph { anchor: anchor(), text }),
            "[a-z ]{0,8}(\n[ a-z]{0,8}){0,2}".prop_map(move |text| Block::Preformatted { anchor: anchor(), text }),
            prop::collection::vec(prop::collection::vec(inline(), 0..3), 0..3).prop_map(move |rows| Block::Table {
                anchor: anchor(),
                rows: rows
                    .into_iter()
                    .map(|cells| Row {
                        cells: cells
                            .into_iter()
                            .map(|text| Cell { header: false, column_span: 1, row_span: 1, text })
                            .collect(),
                    })
                    .collect(),
            }),
            Just(Block::Rule),
        ];
        leaf.prop_recursive(3, 12, 3, move |inner| {
            let marker = prop_oneof![Just(None), Just(Some("-".to_owned())), Just(Some("2)".to_owned()))];
            let item = (marker, inline(), prop::collection::vec(inner, 0..3))
                .prop_map(|(marker, text, blocks)| ListItem { marker, text, blocks });
            prop::collection::vec(item, 0..3).prop_map(move |items| Block::List {
                anchor: anchor(),
                ordered: false,
                items,
            })
        })
    }

    fn pieces<'b>(blocks: &'b [BlockView], found: &mut Vec<&'b PieceView>) {
        for block in blocks {
            match block {
                BlockView::Paragraph { piece, .. } | BlockView::Preformatted { piece, .. } => found.push(piece),
                BlockView::Table { rows, .. } => found.extend(rows.iter().flatten().map(|cell| &cell.piece)),
                BlockView::List { items, .. } => {
                    for item in items {
                        found.push(&item.piece);
                        pieces(&item.blocks, found);
                    }
                }
                BlockView::Rule => {}
            }
        }
    }

    proptest! {
        /// Proves N1: the text beside the blocks is the note's canonical text, and every line of every block stands in
        /// it where it says, in bytes and in UTF-16.
        #[test]
        fn every_line_knows_its_place(blocks in prop::collection::vec(block(), 0..5)) {
            let section = Section {
                anchor: String::new(), level: 1, heading: None, kind: SectionKind::Other, blocks,
            };
            let (text, views) = text_and_blocks(&section);
            prop_assert_eq!(&text, &section.text());
            let units: Vec<u16> = text.encode_utf16().collect();
            let mut found = Vec::new();
            pieces(&views, &mut found);
            for piece in found {
                let lines: Vec<&str> = piece.lines.iter().map(|line| text.get(line.start..line.end).unwrap()).collect();
                prop_assert_eq!(lines.join("\n"), piece.text.as_str());
                for line in &piece.lines {
                    let line16 = String::from_utf16(&units[line.start_utf16..line.end_utf16]).unwrap();
                    prop_assert_eq!(line16.as_str(), text.get(line.start..line.end).unwrap());
                }
            }
        }
    }
}
