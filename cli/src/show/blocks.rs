//! The structure of a section as lines: paragraphs, lists with their own markers, tables, text in columns (N1).

use plainchart::{BlockView, ItemView, MarkView, PieceView, SectionView, StyleView};

use crate::page::{Cell, Line, Piece, Style, Text, columns, table, wrap};

/// What stands before an item of a list that was sent without a marker. Not a minus: that can mean "no".
const BULLET: &str = "•";
/// Cells and spans come from outside.
const MOST_SPAN: u32 = 64;

/// A section whose words are laid out, with the marks to show in it.
pub struct Words<'s> {
    section: &'s SectionView,
    marks: Vec<&'s MarkView>,
}

impl<'s> Words<'s> {
    /// Marks that do not fit the text are left out; the text is not.
    pub fn new(section: &'s SectionView, marks: &[&'s MarkView]) -> Self {
        let mut at = 0;
        let mut fitting = marks.to_vec();
        fitting.retain(|mark| {
            let fits = mark.start >= at && section.text.get(mark.start..mark.end).is_some_and(|word| !word.is_empty());
            at = if fits { mark.end } else { at };
            fits
        });
        Self { section, marks: fitting }
    }

    /// All its blocks behind `indent` spaces.
    pub fn lines(&self, indent: usize, width: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        for (number, block) in self.section.blocks.iter().enumerate() {
            if number > 0 {
                lines.push(Line::new());
            }
            self.block(block, indent, width, &mut lines);
        }
        lines
    }

    fn block(&self, block: &BlockView, indent: usize, width: usize, lines: &mut Vec<Line>) {
        match block {
            BlockView::Paragraph { piece, .. } | BlockView::Preformatted { piece, .. } => {
                lines.extend(wrap(&self.piece(piece), indent, indent, width));
            }
            BlockView::List { items, .. } => {
                for item in items {
                    self.item(item, indent, width, lines);
                }
            }
            BlockView::Table { rows, .. } => {
                let cells: Vec<Vec<Cell>> = rows
                    .iter()
                    .map(|row| {
                        let cell = |cell: &plainchart::CellView| Cell {
                            text: self.piece(&cell.piece),
                            header: cell.header,
                            column_span: cell.column_span.min(MOST_SPAN) as usize,
                            row_span: cell.row_span.min(MOST_SPAN) as usize,
                        };
                        row.iter().map(cell).collect()
                    })
                    .collect();
                lines.extend(table(&cells, indent, width));
            }
            BlockView::Rule => {
                let dashes = "─".repeat(width.saturating_sub(2 * indent));
                lines.push(vec![
                    Piece { text: " ".repeat(indent), style: Style::Plain },
                    Piece { text: dashes, style: Style::Quiet },
                ]);
            }
        }
    }

    fn item(&self, item: &ItemView, indent: usize, width: usize, lines: &mut Vec<Line>) {
        let marker = item.marker.as_deref().filter(|marker| !marker.is_empty()).unwrap_or(BULLET);
        let mut text = Text::plain(format!("{marker} "));
        text.0.extend(self.piece(&item.piece).0);
        let hang = indent + columns(marker) + 1;
        lines.extend(wrap(&text, indent, hang, width));
        for block in &item.blocks {
            self.block(block, hang, width, lines);
        }
    }

    /// A piece with its marks and emphasis.
    fn piece(&self, piece: &PieceView) -> Text {
        let mut text = Text::default();
        let mut before = 0;
        for (number, line) in piece.lines.iter().enumerate() {
            if number > 0 {
                text.push("\n", Style::Plain);
            }
            let styles: Vec<StyleView> = piece
                .styles
                .iter()
                .map(|style| {
                    // From places in the piece to places in the section.
                    let place = |at: usize| at.saturating_sub(before) + line.start;
                    StyleView { start: place(style.start), end: place(style.end).min(line.end), ..style.clone() }
                })
                .filter(|style| style.start < style.end)
                .collect();
            self.line(line.start, line.end, &styles, &mut text);
            before += line.end - line.start + 1;
        }
        if piece.lines.is_empty() {
            text.push(&piece.text, Style::Plain);
        }
        text
    }

    fn line(&self, start: usize, end: usize, styles: &[StyleView], text: &mut Text) {
        let whole = &self.section.text;
        let marks: Vec<&MarkView> =
            self.marks.iter().filter(|mark| mark.start < end && start < mark.end).copied().collect();
        let bounds = marks.iter().flat_map(|mark| [mark.start, mark.end]);
        let styled = styles.iter().flat_map(|style| [style.start, style.end]);
        let mut cuts: Vec<usize> = bounds.chain(styled).chain([start, end]).collect();
        cuts.retain(|cut| (start..=end).contains(cut) && whole.is_char_boundary(*cut));
        cuts.sort_unstable();
        cuts.dedup();
        for pair in cuts.windows(2) {
            let [from, to] = pair else { continue };
            let at = |style: &&StyleView| style.start <= *from && *to <= style.end;
            // Without colour a style says nothing, and a dose that is crossed out is no dose.
            if styles.iter().any(|style| style.style == "struck" && style.start == *from) {
                text.push("[crossed out: ", Style::Quiet);
            }
            let mark = marks.iter().find(|mark| mark.start <= *from && *to <= mark.end);
            let words = whole.get(*from..*to).unwrap_or_default();
            match mark {
                Some(mark) => {
                    let open = if mark.start == *from { "‹" } else { "" };
                    let close = if mark.end == *to { "›" } else { "" };
                    text.push(format!("{open}{words}{close}"), Style::Marked);
                }
                None => text.push(words, style_of(styles.iter().filter(at))),
            }
            for style in styles.iter().filter(|style| style.end == *to) {
                match (style.style.as_str(), &style.url) {
                    ("struck", _) => text.push("]", Style::Quiet),
                    (_, Some(url)) => self.address(style, url, text),
                    _ => {}
                }
            }
        }
    }

    /// Where a link leads, unless its words say so.
    fn address(&self, style: &StyleView, url: &str, text: &mut Text) {
        let bare = url.split_once(':').map_or(url, |(_, rest)| rest.trim_start_matches('/')).trim_end_matches('/');
        let words = self.section.text.get(style.start..style.end).unwrap_or_default();
        if !words.contains(bare) {
            text.push(format!(" ({url})"), Style::Quiet);
        }
    }
}

fn style_of<'v>(styles: impl Iterator<Item = &'v StyleView>) -> Style {
    styles.fold(Style::Plain, |known, style| match style.style.as_str() {
        "strong" => Style::Strong,
        "hidden" => Style::Quiet,
        _ => known,
    })
}

#[cfg(test)]
mod tests {
    use plainchart::{CellView, LineView, SenseView};

    use super::*;

    /// A section made of pieces, each of which stands on lines of its own.
    fn section(pieces: &[&str], blocks: impl Fn(&[PieceView]) -> Vec<BlockView>) -> SectionView {
        let (mut text, mut views) = (String::new(), Vec::new());
        for piece in pieces {
            let mut lines = Vec::new();
            for line in piece.split('\n') {
                let start = text.len();
                text.push_str(line);
                lines.push(LineView { start, end: text.len(), start_utf16: 0, end_utf16: 0 });
                text.push('\n');
            }
            views.push(PieceView { text: (*piece).to_owned(), lines, styles: Vec::new() });
        }
        let blocks = blocks(&views);
        SectionView { anchor: String::new(), heading: None, plain_heading: None, text, blocks, addition: None }
    }

    fn mark(start: usize, end: usize) -> MarkView {
        MarkView {
            section: Some(0),
            start,
            end,
            start_utf16: 0,
            end_utf16: 0,
            entry: "e".into(),
            kind: "term".into(),
            tier: 1,
            certain: true,
            senses: vec![SenseView { id: "s".into(), plain: "p".into() }],
            cue: None,
            first: true,
        }
    }

    fn shown(section: &SectionView, marks: &[MarkView]) -> String {
        let lines = Words::new(section, &marks.iter().collect::<Vec<_>>()).lines(2, 40);
        let line = |line: &Line| line.iter().map(|piece| piece.text.as_str()).collect::<String>();
        lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Proves N1 on screen: a list keeps the markers as written, a minus among them; one without has a dot.
    #[test]
    fn lists_keep_their_markers() {
        let section = section(&["fever", "2 tablets", "rest", "no salt"], |pieces| {
            let item = |marker: Option<&str>, piece: &PieceView, blocks: Vec<BlockView>| ItemView {
                marker: marker.map(str::to_owned),
                piece: piece.clone(),
                blocks,
            };
            let [fever, tablets, rest, salt] = pieces else { panic!() };
            let inner = vec![item(Some("a)"), salt, Vec::new())];
            let inner = BlockView::List { anchor: String::new(), ordered: true, items: inner };
            let items = vec![
                item(Some("-"), fever, Vec::new()),
                item(Some("10."), tablets, vec![inner]),
                item(None, rest, Vec::new()),
            ];
            vec![BlockView::List { anchor: String::new(), ordered: false, items }]
        });
        assert_eq!(shown(&section, &[]), "  - fever\n  10. 2 tablets\n      a) no salt\n  • rest");
    }

    /// Proves N1 and G1 on screen: marks stand where they are, in cells and over line ends; what is crossed out says so.
    #[test]
    fn marks_and_styles_stand_where_they_are() {
        let section = section(&["Drug", "BP meds", "aspirin 81 mg\nwas 325 mg"], |pieces| {
            let [head, cell, paragraph] = pieces else { panic!() };
            let cell_of =
                |piece: &PieceView, header| CellView { header, column_span: 1, row_span: 1, piece: piece.clone() };
            let struck = StyleView { start: 18, end: 24, style: "struck".into(), url: None };
            let paragraph = PieceView { styles: vec![struck], ..paragraph.clone() };
            vec![
                BlockView::Table {
                    anchor: String::new(),
                    rows: vec![vec![cell_of(head, true)], vec![cell_of(cell, false)]],
                },
                BlockView::Paragraph { anchor: String::new(), piece: paragraph },
                BlockView::Rule,
            ]
        });
        let text = &section.text;
        let (bp, mg) = (text.find("BP").unwrap(), text.find("81").unwrap());
        let marks = [mark(bp, bp + 2), mark(mg, text.find("325").unwrap() - 1), mark(mg, mg + 1), mark(900, 901)];
        let dashes = "─".repeat(36);
        assert_eq!(
            shown(&section, &marks),
            format!("  Drug\n  ─────────\n  ‹BP› meds\n\n  aspirin ‹81 mg\n  was› [crossed out: 325 mg]\n\n  {dashes}")
        );
    }
}
