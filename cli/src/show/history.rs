//! The course of one test as dots over the years, for a terminal. Only values that may be joined: the same LOINC, the
//! same unit, the same source (R2). The lab's own range is shaded if it gave one.

use std::io;

use plainchart::ResultView;

use super::result::value_text;
use crate::dates;
use crate::page::{Page, Piece, Style, Text, columns};

/// A chart of fewer values tells nothing that the values do not.
const FEWEST: usize = 3;
/// More rows than this are not read more easily.
const MOST_ROWS: usize = 7;
/// Steps that an axis may have, times a power of ten.
const STEPS: [f64; 4] = [1.0, 2.0, 2.5, 5.0];
const LABEL: usize = 8;
const WIDEST_PLOT: usize = 60;

struct Point {
    year: f64,
    value: f64,
}

/// The course of one test.
pub struct History<'r> {
    /// The newest result.
    pub newest: &'r ResultView,
    /// The one before it.
    pub before: &'r ResultView,
    points: Vec<Point>,
    range: Option<(f64, f64)>,
}

/// The course of the test of `newest`, if there is enough to draw. `all` is the person's results, newest first.
pub fn history_of<'r>(newest: &'r ResultView, all: &'r [ResultView]) -> Option<History<'r>> {
    newest.loinc.as_ref()?;
    let same: Vec<&ResultView> = all
        .iter()
        .filter(|result| {
            result.loinc == newest.loinc
                && result.unit == newest.unit
                && result.source == newest.source
                && !result.withdrawn
        })
        .filter(|result| point(result).is_some())
        .collect();
    let points: Vec<Point> = same.iter().filter_map(|result| point(result)).collect();
    let (first, before) = (same.first()?, same.get(1)?);
    (points.len() >= FEWEST && first.id == newest.id).then(|| History {
        newest,
        before,
        points,
        range: newest.ranges.as_slice().first().filter(|_| newest.ranges.len() == 1).and_then(|range| limits(range)),
    })
}

/// A plain number on a known day. `<5` is no point: nobody knows where it is.
fn point(result: &ResultView) -> Option<Point> {
    let value: f64 = result.value.as_deref()?.trim().parse().ok()?;
    let year = dates::year_fraction(result.date.as_ref()?)?;
    value.is_finite().then_some(Point { year, value })
}

/// Both ends of a range that is two numbers and a word between them; any other wording is shown and not drawn.
fn limits(range: &str) -> Option<(f64, f64)> {
    let (low, rest) = ["to", "–", "-"].iter().find_map(|word| range.split_once(&format!(" {word} ")))?;
    let high = rest.split_whitespace().next()?;
    let (low, high): (f64, f64) = (low.split_whitespace().next()?.parse().ok()?, high.parse().ok()?);
    (low < high).then_some((low, high))
}

impl History<'_> {
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Draws it, newest on the right.
    pub fn draw(&self, page: &mut Page) -> io::Result<()> {
        let plot = page.width().saturating_sub(LABEL + 4).min(WIDEST_PLOT);
        let axis = Axis::of(&self.points);
        let (first, last) = (self.points.iter().map(|point| point.year).fold(f64::MAX, f64::min), self.newest_year());
        let span = (last - first).max(1.0 / 366.0);
        let column = |year: f64| (((year - first) / span) * (plot - 1) as f64).round() as usize;
        for row in (0..axis.rows).rev() {
            let level = axis.level(row);
            let mut cells = vec![' '; plot];
            if self.range.is_some_and(|(low, high)| low - axis.step / 1e6 <= level && level <= high + axis.step / 1e6) {
                cells.fill('░');
            }
            for point in self.points.iter().filter(|point| axis.row(point.value) == row) {
                if let Some(cell) = cells.get_mut(column(point.year)) {
                    *cell = '●';
                }
            }
            page.line(&line(&axis.label(row), "┤", &cells))?;
        }
        let mut years: Vec<char> = vec!['─'; plot];
        let mut free = 0;
        for year in first.ceil() as i64..=last.floor() as i64 {
            let (at, text) = (column(year as f64), year.to_string());
            if at >= free && at + text.len() <= plot {
                for (offset, digit) in text.chars().enumerate() {
                    if let Some(cell) = years.get_mut(at + offset) {
                        *cell = digit;
                    }
                }
                free = at + text.len() + 2;
            }
        }
        page.line(&line("", "└", &years))?;
        if self.range.is_some() {
            page.indented(
                Text::quiet(format!("░ this lab's range: {}", self.newest.ranges.join("; "))),
                LABEL + 3,
                LABEL + 3,
            )?;
        }
        Ok(())
    }

    /// "17 Nov 2026: 1.6 mg/dL, the lab marked it high. Before, 20 Aug 2026: 1.4 mg/dL."
    pub fn sentence(&self) -> String {
        let newest = self.newest;
        let flags: String = newest.flags.iter().map(|flag| format!(", {flag}")).collect();
        let (day, earlier) = (dates::day_of(newest.date.as_ref()), dates::day_of(self.before.date.as_ref()));
        format!("{day}: {}{flags}. Before that, {earlier}: {}.", value_text(newest), value_text(self.before))
    }

    fn newest_year(&self) -> f64 {
        self.points.iter().map(|point| point.year).fold(f64::MIN, f64::max)
    }
}

fn line(label: &str, mark: &str, cells: &[char]) -> Vec<Piece> {
    let label = format!("{}{label} {mark}", " ".repeat(LABEL.saturating_sub(columns(label))));
    let mut pieces = Text::quiet(label).0;
    let end = cells.iter().rposition(|cell| *cell != ' ').map_or(0, |last| last + 1);
    for cell in cells.iter().take(end) {
        let style = match cell {
            '●' => Style::Strong,
            '░' | '─' => Style::Quiet,
            _ => Style::Plain,
        };
        match pieces.last_mut() {
            Some(last) if last.style == style => last.text.push(*cell),
            _ => pieces.push(Piece { text: cell.to_string(), style }),
        }
    }
    pieces
}

/// Levels at round numbers.
struct Axis {
    low: f64,
    step: f64,
    rows: usize,
}

impl Axis {
    fn of(points: &[Point]) -> Self {
        let low = points.iter().map(|point| point.value).fold(f64::MAX, f64::min);
        let high = points.iter().map(|point| point.value).fold(f64::MIN, f64::max);
        let reach = (high - low).max(low.abs().max(1e-9) / 100.0);
        let mut power = 10_f64.powf((reach / MOST_ROWS as f64).log10().floor());
        loop {
            for step in STEPS.map(|step| step * power) {
                let first = (low / step).round();
                let rows = (high / step).round() - first + 1.0;
                if rows <= MOST_ROWS as f64 {
                    return Self { low: first * step, step, rows: (rows as usize).max(1) };
                }
            }
            power *= 10.0;
        }
    }

    fn level(&self, row: usize) -> f64 {
        self.low + self.step * row as f64
    }

    fn row(&self, value: f64) -> usize {
        ((((value - self.low) / self.step).round().max(0.0)) as usize).min(self.rows - 1)
    }

    fn label(&self, row: usize) -> String {
        let tenths = self.step * 10.0;
        let digits = if self.step.fract() == 0.0 {
            0
        } else if (tenths - tenths.round()).abs() < 1e-9 {
            1
        } else {
            3
        };
        let text = format!("{:.digits$}", self.level(row));
        if digits == 3 { text.trim_end_matches('0').to_owned() } else { text }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_range_is_drawn_only_if_it_is_two_numbers() {
        assert_eq!(limits("0.7 to 1.3"), Some((0.7, 1.3)));
        assert_eq!(limits("0.7 to 1.3 mg/dL"), Some((0.7, 1.3)));
        assert_eq!(limits("0.7 mg/dL to 1.3 mg/dL (adult)"), Some((0.7, 1.3)));
        for other in ["<5", "negative", "up to 5", "5 to 5", "see report", "1.3 or more"] {
            assert_eq!(limits(other), None, "{other}");
        }
    }

    proptest! {
        /// Every value has its own row within half a step, and the rows are few, whatever the lab sends.
        #[test]
        fn each_dot_stands_at_its_value(values in prop::collection::vec(-1e6_f64..1e6, 1..40), scale in -6_i32..6) {
            let points: Vec<Point> =
                values.iter().map(|value| Point { year: 2020.0, value: value * 10_f64.powi(scale) }).collect();
            let axis = Axis::of(&points);
            prop_assert!((1..=MOST_ROWS).contains(&axis.rows));
            for point in &points {
                let away = (axis.level(axis.row(point.value)) - point.value).abs();
                prop_assert!(away <= axis.step * 0.5000001, "{away} {}", axis.step);
            }
        }
    }
}
