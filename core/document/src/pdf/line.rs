//! From pieces of text to the lines of a page.
//!
//! A line is what stands at one height; wide gaps cut it into fields. Raised and lowered figures belong to the line
//! beside them.

use super::run::{Run, WORD_GAP, along};
use super::visual::logical;

/// Gaps wider than this many letters' heights are between columns.
const FIELD_GAP: f64 = 1.2;
/// Letters of one line stand this close in height.
const SAME_LINE: f64 = 0.3;
/// How far raised or lowered figures stand from their line, and how much smaller they are.
const RAISED: f64 = 0.7;
const SMALLER: f64 = 0.85;
/// Directions closer than this to a quarter turn are meant as one.
const CROOKED: f64 = 8.0;

/// Words with no wide gap between them.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) text: String,
    pub(super) bold: bool,
}

/// What stands at one height.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Height on the page.
    pub(super) y: f64,
    pub(super) size: f64,
    /// Left to right; never empty.
    pub(super) fields: Vec<Field>,
}

impl Line {
    pub(super) fn left(&self) -> f64 {
        self.fields.first().map_or(0.0, |field| field.left)
    }

    pub(super) fn right(&self) -> f64 {
        self.fields.last().map_or(0.0, |field| field.right)
    }

    pub(super) fn text(&self) -> String {
        let fields: Vec<&str> = self.fields.iter().map(|field| field.text.as_str()).collect();
        fields.join(" ")
    }

    pub(super) fn is_bold(&self) -> bool {
        self.fields.iter().all(|field| field.bold)
    }
}

/// A run, seen along its own direction of writing.
#[derive(Debug, Clone)]
struct Piece {
    left: f64,
    right: f64,
    y: f64,
    run: Run,
}

/// The lines of a page, top to bottom, one list for each direction of writing; upright text comes first.
pub(super) fn lines(runs: Vec<Run>) -> Vec<Vec<Line>> {
    let mut directions: Vec<(i32, Vec<Piece>)> = Vec::new();
    for run in runs {
        let quarter = (run.degrees / 90.0).round() * 90.0;
        let degrees = if (run.degrees - quarter).abs() <= CROOKED { quarter } else { run.degrees.round() };
        let (left, y) = along(degrees, run.start);
        let (right, _) = along(degrees, run.end);
        let piece = Piece { left: left.min(right), right: left.max(right), y, run };
        let key = (degrees as i32).rem_euclid(360);
        match directions.iter_mut().find(|(known, _)| *known == key) {
            Some((_, pieces)) => pieces.push(piece),
            None => directions.push((key, vec![piece])),
        }
    }
    directions.sort_by_key(|(degrees, _)| *degrees);
    directions.into_iter().map(|(_, pieces)| lines_of(pieces)).collect()
}

struct Row {
    y: f64,
    size: f64,
    pieces: Vec<Piece>,
}

fn lines_of(mut pieces: Vec<Piece>) -> Vec<Line> {
    pieces.sort_by(|a, b| b.y.total_cmp(&a.y));
    let mut rows: Vec<Row> = Vec::new();
    for piece in pieces {
        let size = piece.run.size;
        match rows.last_mut() {
            Some(row) if row.y - piece.y <= SAME_LINE * row.size.min(size) => {
                if size > row.size {
                    (row.y, row.size) = (piece.y, size);
                }
                row.pieces.push(piece);
            }
            _ => rows.push(Row { y: piece.y, size, pieces: vec![piece] }),
        }
    }
    let rows = with_raised_figures(rows);
    rows.into_iter().map(line_of).collect()
}

/// Puts rows of small figures into the row that they stand at.
fn with_raised_figures(rows: Vec<Row>) -> Vec<Row> {
    let mut out: Vec<Row> = Vec::with_capacity(rows.len());
    for mut row in rows {
        if let Some(above) = out.last_mut() {
            let apart = above.y - row.y;
            if above.size < SMALLER * row.size && apart <= RAISED * row.size && beside(&above.pieces, &row.pieces) {
                row.pieces.append(&mut above.pieces);
                *above = row;
                continue;
            }
            if row.size < SMALLER * above.size && apart <= RAISED * above.size && beside(&row.pieces, &above.pieces) {
                above.pieces.append(&mut row.pieces);
                continue;
            }
        }
        out.push(row);
    }
    out
}

/// Whether every small piece touches a tall one at its side, and lies over none.
fn beside(small: &[Piece], tall: &[Piece]) -> bool {
    small.len() * tall.len() <= 250_000
        && small.iter().all(|small| {
            let reach = 0.5 * small.run.size;
            let touches =
                |tall: &Piece| (small.left - tall.right).abs() <= reach || (tall.left - small.right).abs() <= reach;
            let covers = |tall: &Piece| small.left < tall.right - reach && tall.left + reach < small.right;
            tall.iter().any(touches) && !tall.iter().any(covers)
        })
}

fn line_of(mut row: Row) -> Line {
    row.pieces.sort_by(|a, b| a.left.total_cmp(&b.left));
    let mut fields: Vec<Field> = Vec::new();
    let mut gathered: Vec<Piece> = Vec::new();
    for piece in row.pieces {
        if let Some(last) = gathered.last() {
            // Bold by drawing the same twice.
            let near = 0.3 * piece.run.size;
            if last.run.text == piece.run.text
                && (last.left - piece.left).abs() < near
                && (last.right - piece.right).abs() < near
                && (last.y - piece.y).abs() < near
            {
                continue;
            }
            let right = gathered.iter().map(|piece| piece.right).fold(f64::NEG_INFINITY, f64::max);
            if piece.left - right > FIELD_GAP * row.size {
                fields.push(field_of(core::mem::take(&mut gathered)));
            }
        }
        gathered.push(piece);
    }
    fields.push(field_of(gathered));
    Line { y: row.y, size: row.size, fields }
}

fn field_of(pieces: Vec<Piece>) -> Field {
    let left = pieces.first().map_or(0.0, |piece| piece.left);
    let right = pieces.iter().map(|piece| piece.right).fold(left, f64::max);
    let bold = pieces.iter().all(|piece| piece.run.bold);
    let mut clusters: Vec<String> = Vec::with_capacity(pieces.len());
    let mut before: Option<f64> = None;
    for piece in pieces {
        let gap = before.map_or(0.0, |before| piece.left - before);
        if before.is_some() && (piece.run.blank_before || gap > WORD_GAP * piece.run.size) {
            clusters.push(" ".to_owned());
        }
        before = Some(piece.right);
        clusters.push(piece.run.text);
    }
    Field { left, right, text: logical(clusters), bold }
}
