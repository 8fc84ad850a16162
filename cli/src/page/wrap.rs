//! Words into lines of a width, by the columns that characters take on a terminal.

use unicode_width::UnicodeWidthChar;

use super::text::{Piece, Style, Text};

/// A line, not wider than asked.
pub type Line = Vec<Piece>;

/// Columns of a text without line ends.
pub fn columns(text: &str) -> usize {
    text.chars().map(|character| character.width().unwrap_or(0)).sum()
}

/// Columns of a line.
pub fn line_columns(line: &[Piece]) -> usize {
    line.iter().map(|piece| columns(&piece.text)).sum()
}

/// Wraps at spaces, and inside a word only if it is wider than a line. The first line begins with `first` spaces,
/// later ones with `rest`. Line ends in the text stay; a line's own leading spaces stay as far as there is room.
pub fn wrap(text: &Text, first: usize, rest: usize, width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for (number, paragraph) in paragraphs(text).into_iter().enumerate() {
        let first = if number == 0 { first } else { rest };
        wrap_paragraph(&paragraph, first, rest, width, &mut lines);
    }
    lines
}

/// The text split at its line ends.
fn paragraphs(text: &Text) -> Vec<Line> {
    let mut all = vec![Line::new()];
    for piece in &text.0 {
        for (number, part) in piece.text.split('\n').enumerate() {
            if number > 0 {
                all.push(Line::new());
            }
            if let (Some(last), false) = (all.last_mut(), part.is_empty()) {
                last.push(Piece { text: part.to_owned(), style: piece.style });
            }
        }
    }
    all
}

/// A word, maybe in several styles, and the spaces before it.
#[derive(Default)]
struct Word {
    spaces: usize,
    pieces: Vec<Piece>,
    columns: usize,
}

impl Word {
    fn push(&mut self, character: char, style: Style) {
        self.columns += character.width().unwrap_or(0);
        match self.pieces.last_mut() {
            Some(last) if last.style == style => last.text.push(character),
            _ => self.pieces.push(Piece { text: character.to_string(), style }),
        }
    }
}

fn words(paragraph: &[Piece]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut word = Word::default();
    for piece in paragraph {
        for character in piece.text.chars() {
            if character == ' ' {
                if !word.pieces.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                word.spaces += 1;
            } else {
                word.push(character, piece.style);
            }
        }
    }
    if !word.pieces.is_empty() {
        words.push(word);
    }
    words
}

struct Filler<'l> {
    lines: &'l mut Vec<Line>,
    line: Line,
    used: usize,
    /// Columns before the first word of this line.
    margin: usize,
    rest: usize,
    width: usize,
}

impl Filler<'_> {
    fn margin(&mut self, columns: usize) {
        // A margin may take at most half of the line.
        self.margin = columns.min(self.width / 2);
        self.used = self.margin;
        self.line = if self.margin == 0 { Line::new() } else { vec![spaces(self.margin)] };
    }

    fn end_line(&mut self) {
        self.lines.push(std::mem::take(&mut self.line));
        self.margin(self.rest);
    }

    fn add(&mut self, word: Word) {
        let at_start = self.used == self.margin;
        let gap = if at_start { 0 } else { word.spaces };
        if self.used + gap + word.columns > self.width && !at_start {
            self.end_line();
        } else if gap > 0 {
            // Between two words of one style the space is of that style too: one run instead of many.
            let style = word.pieces.first().map(|piece| piece.style);
            let style = style.filter(|style| self.line.last().is_some_and(|last| last.style == *style));
            self.append(&" ".repeat(gap), style.unwrap_or_default());
            self.used += gap;
        }
        if self.used + word.columns <= self.width {
            self.used += word.columns;
            for piece in word.pieces {
                self.append(&piece.text, piece.style);
            }
            return;
        }
        for piece in word.pieces {
            for character in piece.text.chars() {
                let columns = character.width().unwrap_or(0);
                if self.used + columns > self.width {
                    self.end_line();
                }
                self.used += columns;
                self.append(character.encode_utf8(&mut [0; 4]), piece.style);
            }
        }
    }

    fn append(&mut self, text: &str, style: Style) {
        // The margin stays a piece of its own: columns are laid over it.
        let in_margin = self.line.len() == 1 && self.margin > 0;
        match self.line.last_mut() {
            Some(last) if last.style == style && !in_margin => last.text.push_str(text),
            _ => self.line.push(Piece { text: text.to_owned(), style }),
        }
    }
}

fn spaces(count: usize) -> Piece {
    Piece { text: " ".repeat(count), style: Style::Plain }
}

fn wrap_paragraph(paragraph: &[Piece], first: usize, rest: usize, width: usize, lines: &mut Vec<Line>) {
    let words = words(paragraph);
    if words.is_empty() {
        lines.push(Line::new());
        return;
    }
    // As typed: a line's own indentation is kept, and what wraps hangs below it.
    let own = words.first().map_or(0, |word| word.spaces);
    let mut filler = Filler { lines, line: Line::new(), used: 0, margin: 0, rest: rest + own, width };
    filler.margin(first + own);
    for word in words {
        filler.add(word);
    }
    let last = filler.line;
    lines.push(last);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(lines: &[Line]) -> String {
        let lines = lines.iter().map(|line| line.iter().map(|piece| piece.text.as_str()).collect::<String>());
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_wraps_hangs_below_its_own_indentation() {
        let text = Text::plain("- donepezil 10 mg PO qHS\n  taken by mouth at bedtime\n\nend");
        let lines = wrap(&text, 2, 4, 20);
        assert_eq!(shown(&lines), "  - donepezil 10 mg\n    PO qHS\n      taken by mouth\n      at bedtime\n\n    end");
    }

    proptest! {
        /// No line is wider than asked, at any width, and no character but spaces is lost.
        #[test]
        fn no_line_is_wider_than_the_terminal(
            pieces in prop::collection::vec("[ a-zé漢👍🏽\u{301}\n-]{0,60}|[a-z]{0,300}", 0..6),
            width in 40_usize..=200,
            first in 0_usize..30,
            rest in 0_usize..30,
        ) {
            let mut text = Text::default();
            for (number, piece) in pieces.iter().enumerate() {
                text.push(piece, if number % 2 == 0 { Style::Plain } else { Style::Marked });
            }
            let lines = wrap(&text, first, rest, width);
            for line in &lines {
                prop_assert!(line_columns(line) <= width, "{:?}", line);
            }
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&shown(&lines)), letters(&pieces.concat()));
        }
    }
}
