//! Tables of a note on a terminal: columns where they fit, else one row after the other with its headings.

use super::text::{Piece, Style, Text};
use super::wrap::{Line, columns, line_columns, wrap};

/// Between two columns.
const BAR: &str = " │ ";
/// Columns of [`BAR`].
const BAR_COLUMNS: usize = 3;
/// A column is not made narrower than its longest word, up to this.
const LONGEST_WORD: usize = 12;
/// Nor than this: the widest character takes two.
const NARROWEST_COLUMN: usize = 3;
/// A table of more columns is shown row by row. Spans come from outside and are cut to this.
const MOST_COLUMNS: usize = 24;
/// Keeps text that runs from right to left within its cell, and hands the direction back after it.
const ISOLATE: [&str; 2] = ["\u{2068}", "\u{2069}"];

/// One cell.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    pub text: Text,
    /// Names its row or column.
    pub header: bool,
    /// Columns it covers.
    pub column_span: usize,
    /// Rows it covers.
    pub row_span: usize,
}

/// A cell in its place; none where a cell of a row above reaches down, or nothing stands.
struct Placed<'c> {
    column: usize,
    span: usize,
    cell: Option<&'c Cell>,
}

/// The lines of a table behind `indent` spaces, none wider than `width`. No word is lost.
pub fn table(rows: &[Vec<Cell>], indent: usize, width: usize) -> Vec<Line> {
    let grid = placed(rows);
    let count = grid.iter().flatten().map(|place| place.column + place.span).max().unwrap_or(0);
    let room = width.saturating_sub(indent + BAR_COLUMNS * count.saturating_sub(1));
    match widths(&grid, count, room).filter(|_| count <= MOST_COLUMNS) {
        Some(widths) => in_columns(&grid, &widths, indent),
        None => row_by_row(rows, indent, width),
    }
}

fn placed(rows: &[Vec<Cell>]) -> Vec<Vec<Placed<'_>>> {
    // For each column, how many rows further a cell from above reaches.
    let mut reach: Vec<usize> = Vec::new();
    let mut grid = Vec::with_capacity(rows.len());
    for row in rows {
        let mut places = Vec::with_capacity(row.len());
        let mut column = 0;
        for cell in row {
            while let Some(left) = reach.get_mut(column).filter(|left| **left > 0) {
                *left -= 1;
                places.push(Placed { column, span: 1, cell: None });
                column += 1;
            }
            let span = cell.column_span.clamp(1, MOST_COLUMNS);
            places.push(Placed { column, span, cell: Some(cell) });
            if reach.len() < column + span {
                reach.resize(column + span, 0);
            }
            reach.iter_mut().skip(column).take(span).for_each(|left| *left = cell.row_span.max(1) - 1);
            column += span;
        }
        for (column, left) in reach.iter_mut().enumerate().skip(column) {
            *left = left.saturating_sub(1);
            places.push(Placed { column, span: 1, cell: None });
        }
        grid.push(places);
    }
    grid
}

/// How wide each column is; none if they do not fit side by side.
fn widths(grid: &[Vec<Placed<'_>>], count: usize, room: usize) -> Option<Vec<usize>> {
    let mut least = vec![NARROWEST_COLUMN; count];
    let mut wanted = vec![NARROWEST_COLUMN; count];
    let cells = grid.iter().flatten().filter_map(|place| Some((place, place.cell?)));
    for (place, cell) in cells.clone().filter(|(place, _)| place.span == 1) {
        let (word, line) = extent(&cell.text);
        grow(&mut least, place.column, word.min(LONGEST_WORD));
        grow(&mut wanted, place.column, line);
    }
    for (place, cell) in cells.filter(|(place, _)| place.span > 1) {
        let covered = |all: &[usize]| all.iter().skip(place.column).take(place.span).sum::<usize>();
        let (last, bars) = (place.column + place.span - 1, BAR_COLUMNS * (place.span - 1));
        let (word, line) = extent(&cell.text);
        let lacking = |all: &[usize], asked: usize| asked.saturating_sub(covered(all) + bars);
        let (more_least, more_wanted) = (lacking(&least, word.min(LONGEST_WORD)), lacking(&wanted, line));
        least.iter_mut().skip(last).take(1).for_each(|wide| *wide += more_least);
        wanted.iter_mut().skip(last).take(1).for_each(|wide| *wide += more_wanted);
    }
    let (all_least, all_wanted) = (least.iter().sum::<usize>(), wanted.iter().sum::<usize>());
    if all_wanted <= room {
        return Some(wanted);
    }
    let spare = room.checked_sub(all_least)?;
    let more = all_wanted.saturating_sub(all_least).max(1);
    Some(
        least.iter().zip(&wanted).map(|(least, wanted)| least + spare * wanted.saturating_sub(*least) / more).collect(),
    )
}

fn grow(all: &mut [usize], column: usize, wide: usize) {
    if let Some(known) = all.get_mut(column) {
        *known = wide.max(*known);
    }
}

/// Columns of the longest word and of the longest line.
fn extent(text: &Text) -> (usize, usize) {
    let whole: String = text.0.iter().map(|piece| piece.text.as_str()).collect();
    let longest = |parts: &mut dyn Iterator<Item = &str>| parts.map(columns).max().unwrap_or(0);
    (longest(&mut whole.split_whitespace()), longest(&mut whole.lines()))
}

fn in_columns(grid: &[Vec<Placed<'_>>], widths: &[usize], indent: usize) -> Vec<Line> {
    let laid: Vec<Vec<(usize, Vec<Line>)>> = grid
        .iter()
        .map(|row| {
            let lay = |place: &Placed<'_>| {
                let covered = widths.iter().skip(place.column).take(place.span).sum::<usize>();
                let wide = covered + BAR_COLUMNS * (place.span - 1);
                let lines = place.cell.map(|cell| wrap(&styled(cell), 0, 0, wide)).unwrap_or_default();
                (wide, lines)
            };
            row.iter().map(lay).collect()
        })
        .collect();
    let is_head = |row: &[Placed<'_>]| row.iter().filter_map(|place| place.cell).all(|cell| cell.header);
    let heads = grid.iter().take_while(|row| is_head(row)).count();
    let heights: Vec<usize> =
        laid.iter().map(|row| row.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0)).collect();
    let mut lines = Vec::new();
    let mut above = 1;
    for (number, (row, height)) in laid.iter().zip(&heights).enumerate() {
        if number == heads && heads > 0 {
            lines.push(rule(widths, indent, "─", "─┼─"));
        } else if number > heads && above.max(*height) > 1 {
            // A row of several lines runs into its neighbours without a rule between them.
            lines.push(rule(widths, indent, "┈", "┈┼┈"));
        }
        above = *height;
        lines.extend((0..*height).map(|at| side_by_side(row, at, indent)));
    }
    lines
}

fn styled(cell: &Cell) -> Text {
    let mut text = cell.text.clone();
    for piece in text.0.iter_mut().filter(|piece| cell.header && piece.style == Style::Plain) {
        piece.style = Style::Strong;
    }
    text
}

fn side_by_side(row: &[(usize, Vec<Line>)], at: usize, indent: usize) -> Line {
    let mut line = vec![plain(" ".repeat(indent))];
    let mut lacking = 0;
    for (number, (wide, lines)) in row.iter().enumerate() {
        if number > 0 {
            line.push(Piece { text: format!("{}{BAR}", " ".repeat(lacking)), style: Style::Quiet });
        }
        let empty = Line::new();
        let words = lines.get(at).unwrap_or(&empty);
        lacking = wide.saturating_sub(line_columns(words));
        let turns = words.iter().any(|piece| piece.text.chars().any(runs_right_to_left));
        if let (true, [before, after]) = (turns, ISOLATE) {
            line.push(plain(before.to_owned()));
            line.extend(words.iter().cloned());
            line.push(plain(after.to_owned()));
        } else {
            line.extend(words.iter().cloned());
        }
    }
    if let Some(last) = line.last_mut() {
        last.text.truncate(last.text.trim_end().len());
    }
    line.retain(|piece| !piece.text.is_empty());
    line
}

fn plain(text: String) -> Piece {
    Piece { text, style: Style::Plain }
}

const fn runs_right_to_left(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

fn rule(widths: &[usize], indent: usize, dash: &str, cross: &str) -> Line {
    let columns: Vec<String> = widths.iter().map(|wide| dash.repeat(*wide)).collect();
    vec![plain(" ".repeat(indent)), Piece { text: columns.join(cross), style: Style::Quiet }]
}

/// Each cell on a line of its own behind its heading.
fn row_by_row(rows: &[Vec<Cell>], indent: usize, width: usize) -> Vec<Line> {
    let heads = rows.first().filter(|row| rows.len() > 1 && row.iter().all(|cell| cell.header));
    let mut lines = Vec::new();
    for row in rows.iter().skip(usize::from(heads.is_some())) {
        for (number, cell) in row.iter().filter(|cell| !cell.text.is_empty()).enumerate() {
            let mut text = Text::default();
            let place = row.iter().position(|other| std::ptr::eq(other, cell)).unwrap_or(number);
            if let Some(head) = heads.and_then(|heads| heads.get(place)).filter(|head| !head.text.is_empty()) {
                text.0.extend(head.text.0.iter().map(|piece| Piece { style: Style::Quiet, ..piece.clone() }));
                text.push(": ", Style::Quiet);
            }
            text.0.extend(styled(cell).0);
            let first = if number == 0 { indent } else { indent + 2 };
            lines.extend(wrap(&text, first, first + 2, width));
        }
    }
    // A table of headings alone, and headings that no row stands under, are words too.
    let (own, below) = (heads.map_or(0, Vec::len), rows.iter().skip(1).map(Vec::len).max().unwrap_or(0));
    let left_over = heads.into_iter().flatten().skip(below.min(own));
    for head in left_over.filter(|head| !head.text.is_empty()) {
        lines.extend(wrap(&styled(head), indent, indent + 2, width));
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cell(text: &str, header: bool) -> Cell {
        Cell { text: text.into(), header, column_span: 1, row_span: 1 }
    }

    fn rows(rows: &[&[&str]]) -> Vec<Vec<Cell>> {
        let row = |(number, row): (usize, &&[&str])| row.iter().map(|text| cell(text, number == 0)).collect();
        rows.iter().enumerate().map(row).collect()
    }

    fn shown(lines: &[Line]) -> String {
        let lines = lines.iter().map(|line| line.iter().map(|piece| piece.text.as_str()).collect::<String>());
        lines.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    }

    /// Proves N1 on screen: columns stand under one another, also where characters are wide or run the other way.
    #[test]
    fn columns_stand_under_one_another() {
        let table = table(&rows(&[&["Test", "Value"], &["血糖 (glucose)", "98"], &["סוכר", "101"]]), 2, 40);
        assert_eq!(
            shown(&table),
            "  Test           │ Value\n  ───────────────┼──────\n  血糖 (glucose) │ 98\n  \u{2068}סוכר\u{2069}           │ 101"
        );
    }

    /// Proves N1 on screen: a cell over several columns or rows is said once, in its place.
    #[test]
    fn cells_that_span_keep_their_place() {
        let mut all = rows(&[&["Drug", "Morning", "Night"]]);
        all.push(vec![Cell { row_span: 2, ..cell("Lisinopril", false) }, cell("1", false), cell("0", false)]);
        all.push(vec![Cell { column_span: 2, ..cell("none on Sundays", false) }]);
        assert_eq!(
            shown(&table(&all, 0, 60)),
            "Drug       │ Morning │ Night\n───────────┼─────────┼──────\nLisinopril │ 1       │ 0\n           │ none on Sundays"
        );
    }

    /// Proves N1 on screen: too many columns for the terminal become lines with their headings.
    #[test]
    fn what_does_not_fit_is_told_row_by_row() {
        let heads = ["Medication", "Strength", "Frequency", "Indication"];
        let shown = shown(&table(&rows(&[&heads, &["Metoprolol", "25 mg", "twice daily", "pressure"]]), 0, 40));
        assert_eq!(
            shown,
            "Medication: Metoprolol\n  Strength: 25 mg\n  Frequency: twice daily\n  Indication: pressure"
        );
    }

    proptest! {
        /// Proves N1 on screen: no line is wider than the terminal and no letter is lost, whatever the table.
        #[test]
        fn no_line_is_too_wide_and_no_letter_is_lost(
            cells in prop::collection::vec(prop::collection::vec(
                ("[a-zé漢ע \n]{0,30}|[a-z]{0,90}", any::<bool>(), 0_usize..5, 0_usize..5), 0..7), 0..6),
            width in 40_usize..=120,
            indent in 0_usize..8,
        ) {
            let rows: Vec<Vec<Cell>> = cells.iter().map(|row| row.iter().map(|(text, header, column_span, row_span)| {
                Cell { text: text.as_str().into(), header: *header, column_span: *column_span, row_span: *row_span }
            }).collect()).collect();
            let lines = table(&rows, indent, width);
            for line in &lines {
                prop_assert!(line_columns(line) <= width, "{:?}", line);
            }
            let counted = |text: String, letter: char| text.chars().filter(|other| *other == letter).count();
            for letter in ['a', 'é', '漢', 'ע', 'z'] {
                let before = counted(cells.iter().flatten().map(|cell| cell.0.clone()).collect(), letter);
                // A heading may be said again before each of its cells.
                prop_assert!(counted(shown(&lines), letter) >= before);
            }
        }
    }
}
