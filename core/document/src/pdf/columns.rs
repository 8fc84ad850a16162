//! The order of reading where a page has columns.
//!
//! Columns of prose are read one after the other; a table's are not, since its rows belong together. So lines are only
//! taken apart where both sides of a gap are filled with running text.

use super::line::{Field, Line};

/// Fewest lines that make a column.
const FEWEST_LINES: usize = 4;
/// Fewest words in the usual line of a column of prose.
const FEWEST_WORDS: usize = 3;
/// How much of a column its usual line fills.
const FILLED: f64 = 0.6;
/// Gaps between lines, in letters' heights, that end a column.
const COLUMN_END: f64 = 3.5;
/// Columns within columns.
const DEEPEST: usize = 6;
/// Most places where a page is tried to be cut.
const MOST_CUTS: usize = 64;

/// Lines that are read together, in the order of reading.
pub(super) fn regions(lines: Vec<Line>) -> Vec<Vec<Line>> {
    let mut out = Vec::new();
    split(lines, 0, &mut out);
    out
}

fn split(mut lines: Vec<Line>, depth: usize, out: &mut Vec<Vec<Line>>) {
    let best = if depth < DEEPEST {
        cuts(&lines).into_iter().filter_map(|x| best_stretch(&lines, x)).max_by_key(|cut| cut.to - cut.from)
    } else {
        None
    };
    let Some(cut) = best else {
        if !lines.is_empty() {
            out.push(lines);
        }
        return;
    };
    let after = lines.split_off(cut.to);
    let middle = lines.split_off(cut.from);
    split(lines, depth + 1, out);
    let (left, right) = apart(&middle, cut.x);
    split(left, depth + 1, out);
    split(right, depth + 1, out);
    split(after, depth + 1, out);
}

/// Lines `from..to` can be cut at `x`.
struct Cut {
    x: f64,
    from: usize,
    to: usize,
}

/// Places just left of where many fields start.
fn cuts(lines: &[Line]) -> Vec<f64> {
    let least = lines.iter().map(Line::left).fold(f64::INFINITY, f64::min);
    let mut starts: Vec<f64> = lines.iter().flat_map(|line| &line.fields).map(|field| field.left).collect();
    starts.retain(|start| *start > least + 1.0);
    starts.sort_by(f64::total_cmp);
    let mut groups: Vec<(f64, usize)> = Vec::new();
    for start in starts {
        match groups.last_mut() {
            Some((first, count)) if start - *first <= 3.0 => *count += 1,
            _ => groups.push((start, 1)),
        }
    }
    groups.retain(|(_, count)| *count >= FEWEST_LINES);
    groups.sort_by_key(|(_, count)| core::cmp::Reverse(*count));
    groups.into_iter().take(MOST_CUTS).map(|(first, _)| first - 0.5).collect()
}

/// The longest stretch of lines that has running text on both sides of `x`.
fn best_stretch(lines: &[Line], x: f64) -> Option<Cut> {
    let crosses = |line: &Line| line.fields.iter().any(|field| field.left < x && x < field.right);
    let mut stretches: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    for (at, line) in lines.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| lines.get(at));
        if before.is_some_and(|before| before.y - line.y > COLUMN_END * line.size) {
            stretches.push((from, at));
            from = at;
        }
        if crosses(line) {
            stretches.push((from, at));
            from = at + 1;
        }
    }
    stretches.push((from, lines.len()));
    let prose = stretches.into_iter().filter(|(from, to)| {
        let (left, right) = apart(lines.get(*from..*to).unwrap_or_default(), x);
        is_prose(&left) && is_prose(&right) && side_by_side(&left, &right)
    });
    prose.max_by_key(|(from, to)| to - from).map(|(from, to)| Cut { x, from, to })
}

/// The lines on the left of `x`, and those on the right.
fn apart(lines: &[Line], x: f64) -> (Vec<Line>, Vec<Line>) {
    let side = |keep: &dyn Fn(&Field) -> bool| {
        let lines = lines
            .iter()
            .map(|line| Line { fields: line.fields.iter().filter(|field| keep(field)).cloned().collect(), ..*line });
        lines.filter(|line| !line.fields.is_empty()).collect()
    };
    (side(&|field| field.left < x), side(&|field| field.left >= x))
}

/// Whether most lines are several words long and fill the column.
fn is_prose(lines: &[Line]) -> bool {
    let left = lines.iter().map(Line::left).fold(f64::INFINITY, f64::min);
    let right = lines.iter().map(Line::right).fold(f64::NEG_INFINITY, f64::max);
    let long = lines.iter().filter(|line| {
        line.text().split_whitespace().count() >= FEWEST_WORDS && line.right() - left >= FILLED * (right - left)
    });
    lines.len() >= FEWEST_LINES && long.count() * 2 > lines.len()
}

/// Whether the columns stand beside one another for the length of the shorter.
fn side_by_side(left: &[Line], right: &[Line]) -> bool {
    let span = |lines: &[Line]| lines.first().zip(lines.last()).map(|(first, last)| (first.y, last.y));
    let (Some((top, bottom)), Some((other_top, other_bottom))) = (span(left), span(right)) else { return false };
    let shared = top.min(other_top) - bottom.max(other_bottom);
    shared >= 0.5 * (top - bottom).min(other_top - other_bottom)
}
