//! One lane of a trend in a terminal: dots of braille for the lines, a sign for each value, the lab's range shaded.

use plainchart::plot::{Area, Lane, Mark, Plot, Shape};

use crate::page::{Line, Piece, Style, Text, columns};

/// Dots of a braille cell: two beside one another, four below one another.
const CELL: (usize, usize) = (2, 4);
/// First character of the block of braille patterns.
const BRAILLE: u32 = 0x2800;
/// Bits of the dots of a cell, by row and column.
const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];
/// Signs of the values, one for each test in a lane.
pub const SIGNS: [char; 4] = ['●', '◆', '■', '▲'];
/// An open mark: the true amount lies below, or above.
pub const OPEN: [char; 2] = ['▽', '△'];
/// May still change.
pub const PRELIMINARY: char = '◌';
/// Inside the lab's range.
pub const SHADE: char = '░';
/// A label beside the axis is cut after this.
const LONGEST_LABEL: usize = 10;

/// How a lane is laid on cells.
pub struct Grid {
    /// Columns of the drawing itself.
    pub wide: usize,
    /// Lines of it.
    pub high: usize,
    /// Columns of the labels beside it.
    pub label: usize,
}

impl Grid {
    /// For all lanes of a plot, so that their times stand under one another.
    pub fn of(plot: &Plot, width: usize, high: usize) -> Self {
        let ticks = plot.lanes.iter().flat_map(|lane| &lane.ticks);
        let label = ticks.map(|tick| columns(&label(&tick.text))).max().unwrap_or(0);
        Self { wide: width.saturating_sub(label + 3), high, label }
    }

    fn dots(&self) -> (usize, usize) {
        (self.wide * CELL.0, self.high * CELL.1)
    }
}

fn label(text: &str) -> String {
    let shown: String = Text::plain(text).0.into_iter().map(|piece| piece.text.replace('\n', " ")).collect();
    if columns(&shown) <= LONGEST_LABEL {
        return shown;
    }
    // A number that is cut is another number, and must look cut.
    shown.chars().take(LONGEST_LABEL - 1).chain(['…']).collect()
}

/// The lines of a lane, the highest value first.
pub fn lane(plot: &Plot, lane: &Lane, grid: &Grid) -> Vec<Line> {
    let mut canvas = Canvas::new(plot, lane, grid);
    for area in &lane.areas {
        canvas.shade(area);
    }
    for (number, line) in lane.lines.iter().enumerate() {
        for pair in line.marks.windows(2) {
            if let [from, to] = pair
                && to.joined
            {
                canvas.connect(from, to);
            }
        }
        let sign = SIGNS.get(number % SIGNS.len()).copied().unwrap_or('●');
        for mark in &line.marks {
            canvas.mark(mark, sign);
        }
    }
    let labels = canvas.labels(lane);
    canvas.rows().into_iter().zip(labels).map(|(row, label)| line(grid, &label, "┤", &row)).collect()
}

/// The line below a lane, and the first and last time under it.
pub fn axis(plot: &Plot, grid: &Grid, shown: impl Fn(&str) -> String) -> Vec<Line> {
    let dashes: Vec<(char, Style)> = vec![('─', Style::Quiet); grid.wide];
    let rule = line(grid, "", "└", &dashes);
    let times: Vec<String> = plot.times.iter().map(|tick| shown(&tick.when.text)).collect();
    let text = match times.as_slice() {
        [first, .., last] if columns(first) + columns(last) < grid.wide => {
            let gap = " ".repeat(grid.wide - columns(first) - columns(last));
            format!("{first}{gap}{last}")
        }
        [first, .., last] => format!("{first} – {last}"),
        [only] => format!("{}{only}", " ".repeat(grid.wide.saturating_sub(columns(only)) / 2)),
        [] => String::new(),
    };
    vec![rule, Text::quiet(format!("{}{text}", " ".repeat(grid.label + 2))).0]
}

struct Canvas<'p> {
    plot: &'p Plot,
    lane: &'p Lane,
    wide: usize,
    high: usize,
    dots: (usize, usize),
    cells: Vec<Cell>,
}

#[derive(Clone, Copy, Default)]
struct Cell {
    bits: u8,
    shaded: bool,
    sign: Option<(char, Style)>,
}

impl<'p> Canvas<'p> {
    fn new(plot: &'p Plot, lane: &'p Lane, grid: &Grid) -> Self {
        let cells = vec![Cell::default(); grid.wide * grid.high];
        Self { plot, lane, wide: grid.wide, high: grid.high, dots: grid.dots(), cells }
    }

    /// A place of the plot in dots, the left and the top being 0.
    fn x(&self, x: u32) -> usize {
        scaled(x, self.plot.width.saturating_sub(1), self.dots.0)
    }

    fn y(&self, y: u32) -> usize {
        let last = self.lane.y_to.saturating_sub(self.lane.y).saturating_sub(1);
        scaled(y.saturating_sub(self.lane.y), last, self.dots.1)
    }

    /// A day without a time stands in the middle of that day.
    fn place(&self, mark: &Mark) -> (usize, usize) {
        let x = mark.x_to.map_or(mark.x, |x_to| mark.x.midpoint(x_to));
        (self.x(x), self.y(mark.y))
    }

    fn cell(&mut self, column: usize, row: usize) -> Option<&mut Cell> {
        if column < self.wide && row < self.high { self.cells.get_mut(row * self.wide + column) } else { None }
    }

    fn shade(&mut self, area: &Area) {
        let columns = self.x(area.x) / CELL.0..=self.x(area.x_to) / CELL.0;
        let rows = self.y(area.y) / CELL.1..=self.y(area.y_to) / CELL.1;
        for row in rows {
            for column in columns.clone() {
                if let Some(cell) = self.cell(column, row) {
                    cell.shaded = true;
                }
            }
        }
    }

    fn connect(&mut self, from: &Mark, to: &Mark) {
        let ((x, y), (x_to, y_to)) = (self.place(from), self.place(to));
        let steps = x.abs_diff(x_to).max(y.abs_diff(y_to)).max(1);
        let between = |from: usize, to: usize, step: usize| {
            let part = from.abs_diff(to) * step / steps;
            if from <= to { from + part } else { from - part }
        };
        for step in 0..=steps {
            let (x, y) = (between(x, x_to, step), between(y, y_to, step));
            let bit = BITS.get(y % CELL.1).and_then(|row| row.get(x % CELL.0)).copied().unwrap_or_default();
            if let Some(cell) = self.cell(x / CELL.0, y / CELL.1) {
                cell.bits |= bit;
            }
        }
    }

    fn mark(&mut self, mark: &Mark, closed: char) {
        let sign = match mark.shape {
            Shape::OpenBelow => OPEN[0],
            Shape::OpenAbove => OPEN[1],
            Shape::Closed if mark.preliminary => PRELIMINARY,
            Shape::Closed => closed,
        };
        let style = if mark.critical { Style::Notice } else { Style::Strong };
        let (x, y) = self.place(mark);
        if let Some(cell) = self.cell(x / CELL.0, y / CELL.1) {
            // Where several share a cell, an open one is not hidden by a measured one.
            let is_open = |sign: char| OPEN.contains(&sign);
            if cell.sign.is_none_or(|(before, _)| !is_open(before) || is_open(sign)) {
                cell.sign = Some((sign, style));
            }
        }
    }

    /// What stands beside each row: numbers as received, the first that falls on it.
    fn labels(&self, lane: &Lane) -> Vec<String> {
        let mut labels = vec![String::new(); self.high];
        for tick in &lane.ticks {
            if let Some(free) = labels.get_mut(self.y(tick.y) / CELL.1).filter(|label| label.is_empty()) {
                *free = label(&tick.text);
            }
        }
        labels
    }

    fn rows(&self) -> Vec<Vec<(char, Style)>> {
        let shown = |cell: &Cell| match (cell.sign, cell.bits) {
            (Some(sign), _) => sign,
            (None, 1..) => (char::from_u32(BRAILLE + u32::from(cell.bits)).unwrap_or(' '), Style::Plain),
            (None, 0) if cell.shaded => (SHADE, Style::Quiet),
            (None, 0) => (' ', Style::Plain),
        };
        self.cells.chunks(self.wide.max(1)).map(|row| row.iter().map(shown).collect()).collect()
    }
}

/// `at` of `0..=last` onto so many dots.
fn scaled(at: u32, last: u32, dots: usize) -> usize {
    let (at, last) = (at.min(last) as usize, last.max(1) as usize);
    (at * dots.saturating_sub(1) + last / 2) / last
}

fn line(grid: &Grid, label: &str, mark: &str, cells: &[(char, Style)]) -> Line {
    let label = format!("{}{label} {mark}", " ".repeat(grid.label.saturating_sub(columns(label))));
    let mut pieces = vec![Piece { text: label, style: Style::Quiet }];
    let end = cells.iter().rposition(|(cell, _)| *cell != ' ').map_or(0, |last| last + 1);
    for (cell, style) in cells.iter().take(end) {
        match pieces.last_mut() {
            Some(last) if last.style == *style => last.text.push(*cell),
            _ => pieces.push(Piece { text: cell.to_string(), style: *style }),
        }
    }
    pieces
}
