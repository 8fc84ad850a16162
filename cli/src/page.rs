//! A page for a reader: headings, paragraphs and two-column lists, never wider than the terminal.

mod table;
mod text;
mod wrap;

use std::io::{self, Write};

pub use table::{Cell, table};
pub use text::{Piece, Style, Text};
pub use wrap::{Line, columns, wrap};

use wrap::line_columns;

/// Narrower than this nothing can be laid out.
pub const NARROWEST: usize = 40;
/// Wider lines are hard to read.
pub const WIDEST: usize = 100;

/// Two columns: a label and what it means.
pub type Row = (Text, Text);

/// Where a page is written.
pub struct Page {
    out: Box<dyn Write + Send>,
    width: usize,
    colour: bool,
}

impl Page {
    /// A page of a width in columns; what is narrower than 40 is taken as 40.
    pub fn new(out: Box<dyn Write + Send>, width: usize, colour: bool) -> Self {
        Self { out, width: width.max(NARROWEST), colour }
    }

    pub const fn width(&self) -> usize {
        self.width
    }

    /// A rule with words in it: whose chart, who reads, where from, as of when.
    pub fn heading<S: AsRef<str>>(&mut self, parts: &[S]) -> io::Result<()> {
        let mut line = Text::default();
        let mut used = 0;
        for (number, part) in parts.iter().map(AsRef::as_ref).filter(|part| !part.is_empty()).enumerate() {
            let wide = columns(part) + 4;
            if used > 0 && used + wide + 2 > self.width {
                self.fill(std::mem::take(&mut line), used)?;
                used = 0;
            }
            line.push("━━ ", Style::Quiet);
            line.push(part, if number == 0 { Style::Strong } else { Style::Plain });
            line.push(" ", Style::Plain);
            used += wide;
        }
        self.fill(line, used)
    }

    fn fill(&mut self, line: Text, used: usize) -> io::Result<()> {
        let rule = "━".repeat(self.width.saturating_sub(used));
        self.text(line.and(rule, Style::Quiet))
    }

    pub fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A paragraph at the left edge.
    pub fn text(&mut self, text: impl Into<Text>) -> io::Result<()> {
        self.indented(text, 0, 0)
    }

    /// A paragraph: its first line begins with `first` spaces, the others with `rest`.
    pub fn indented(&mut self, text: impl Into<Text>, first: usize, rest: usize) -> io::Result<()> {
        for line in wrap(&text.into(), first, rest, self.width) {
            self.line(&line)?;
        }
        Ok(())
    }

    /// Labels on the left, what they mean beside them, or below where there is no room.
    pub fn rows(&mut self, rows: &[Row], indent: usize) -> io::Result<()> {
        // A label of several lines has no place in a column.
        let one_line = |text: &Text| !text.0.iter().any(|piece| piece.text.contains('\n'));
        let text_columns = |text: &Text| match one_line(text) {
            true => text.0.iter().map(|piece| columns(&piece.text)).sum::<usize>(),
            false => usize::MAX,
        };
        // A margin takes at most half of the line, so a label ends before that.
        let limit = (self.width * 2 / 5).min((self.width / 2).saturating_sub(indent + 2));
        let label =
            rows.iter().map(|(label, _)| text_columns(label)).filter(|wide| *wide <= limit).max().unwrap_or(limit);
        let start = indent + label + 2;
        for (name, meaning) in rows {
            let wide = text_columns(name);
            if wide > label {
                self.indented(name.clone(), indent, indent)?;
                if !meaning.is_empty() {
                    self.indented(meaning.clone(), start, start)?;
                }
                continue;
            }
            let mut lines = wrap(meaning, start, start, self.width).into_iter();
            let mut first: Line = vec![Piece { text: " ".repeat(indent), style: Style::Plain }];
            first.extend(name.0.iter().cloned());
            let rest = lines.next().unwrap_or_default();
            if let Some((margin, words)) = rest.split_first() {
                // The margin of the wrapped line is where the label stands now.
                let free = columns(&margin.text).saturating_sub(indent + wide);
                first.push(Piece { text: " ".repeat(free), style: Style::Plain });
                first.extend(words.iter().cloned());
            }
            self.line(&first)?;
            for line in lines {
                self.line(&line)?;
            }
        }
        Ok(())
    }

    /// One line as it is; the caller sees to its width.
    pub fn line(&mut self, line: &[Piece]) -> io::Result<()> {
        debug_assert!(line_columns(line) <= self.width, "a line is wider than the terminal");
        for piece in line {
            match piece.style.ansi().filter(|_| self.colour) {
                Some(code) => write!(self.out, "\x1b[{code}m{}\x1b[0m", piece.text)?,
                None => self.out.write_all(piece.text.as_bytes())?,
            }
        }
        writeln!(self.out)
    }

    /// Something to copy, such as an address: never wrapped, not even where it is wider than the terminal.
    pub fn raw_line(&mut self, text: &str) -> io::Result<()> {
        for piece in Text::plain(text).0 {
            self.out.write_all(piece.text.as_bytes())?;
        }
        writeln!(self.out)
    }

    /// What is written over by the next line: for progress on a terminal.
    pub fn passing(&mut self, text: &str) -> io::Result<()> {
        let mut shown = String::new();
        let mut used = 0;
        for character in Text::plain(text).0.iter().flat_map(|piece| piece.text.chars()) {
            used += columns(character.encode_utf8(&mut [0; 4]));
            if used >= self.width {
                break;
            }
            shown.push(character);
        }
        write!(self.out, "\r\x1b[2K{shown}")?;
        self.out.flush()
    }

    /// Takes a passing line away.
    pub fn clear_passing(&mut self) -> io::Result<()> {
        write!(self.out, "\r\x1b[2K")
    }

    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Default)]
    struct Sheet(Arc<Mutex<Vec<u8>>>);

    impl Write for Sheet {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(width: usize, colour: bool, write: impl FnOnce(&mut Page) -> io::Result<()>) -> String {
        let sheet = Sheet::default();
        let mut page = Page::new(Box::new(sheet.clone()), width, colour);
        write(&mut page).unwrap();
        let bytes = sheet.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    fn rows() -> Vec<Row> {
        vec![
            (Text::strong("f/u"), "a follow-up: a visit to see how things are going".into()),
            (Text::strong("a label that is much too long to stand in a column"), "its meaning".into()),
            (Text::strong("PO"), Text::default()),
        ]
    }

    #[test]
    fn meanings_stand_in_a_column() {
        let page = written(50, false, |page| page.rows(&rows(), 2));
        let expected = "  f/u  a follow-up: a visit to see how things are\n       going\n  a label that is much too long to stand in a\n  column\n       its meaning\n  PO\n";
        assert_eq!(page, expected);
    }

    #[test]
    fn without_colour_there_is_no_escape_and_with_it_the_same_words() {
        let write = |page: &mut Page| {
            page.heading(&["AURELIO VIDAL, 81", "you help this person"])?;
            page.rows(&rows(), 2)
        };
        let (plain, coloured) = (written(60, false, write), written(60, true, write));
        assert!(!plain.contains('\x1b') && coloured.contains('\x1b'));
        let mut stripped = coloured;
        for style in [Style::Strong, Style::Quiet, Style::Marked, Style::Notice] {
            stripped = stripped.replace(&format!("\x1b[{}m", style.ansi().unwrap()), "");
        }
        assert_eq!(stripped.replace("\x1b[0m", ""), plain);
    }

    proptest! {
        /// Headings and columns hold their width too.
        #[test]
        fn headings_and_columns_are_never_wider_than_the_terminal(
            parts in prop::collection::vec("[A-Za-z漢 ,]{0,80}", 1..5),
            pairs in prop::collection::vec(("[a-z& ]{0,50}|[a-z]{0,9}\n[a-z]{0,50}", "[a-z漢, ]{0,200}"), 0..5),
            width in 40_usize..=200,
            indent in 0_usize..8,
        ) {
            let page = written(width, false, |page| {
                page.heading(&parts)?;
                let rows: Vec<Row> = pairs.iter().map(|(a, b)| (Text::strong(a), Text::plain(b))).collect();
                page.rows(&rows, indent)
            });
            for line in page.lines() {
                prop_assert!(columns(line) <= width, "{line:?}");
            }
        }
    }
}
