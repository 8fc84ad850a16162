//! A page of typed text: its lines, and what holds for all of them.

/// The lines of a note, and how it was typed.
pub(super) struct Page<'a> {
    lines: Vec<&'a str>,
    /// Whether `S:` and `O:` stand at the start of lines.
    pub(super) soap: bool,
    /// For each line: a line starting with `+` stands in the same group, so `-` may mean "no".
    signs: Vec<bool>,
    /// The column at which the typist's program broke lines, if it did.
    wrap_width: Option<usize>,
}

/// Widths at which programs break lines.
const WRAP_WIDTHS: core::ops::RangeInclusive<usize> = 60..=100;
/// A line broken by a program is at most one long word short of the width.
const RAGGED: usize = 15;
/// So many lines near the width before it is believed.
const WRAPPED_LINES: usize = 3;
/// Longest label looked for at the start of a line.
const LONGEST_LABEL: usize = 28;

impl<'a> Page<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        let lines: Vec<&str> = source.split('\n').map(str::trim_end).collect();
        let starts = |letter: &str| lines.iter().any(|line| line.trim_start().starts_with(letter));
        Self { soap: starts("S:") && starts("O:"), signs: signs(&lines), wrap_width: wrap_width(&lines), lines }
    }

    pub(super) fn line(&self, at: usize) -> Option<&'a str> {
        self.lines.get(at).copied()
    }

    pub(super) fn is_blank(&self, at: usize) -> bool {
        self.line(at).is_none_or(|line| line.trim().is_empty())
    }

    pub(super) fn has_signs(&self, at: usize) -> bool {
        self.signs.get(at).copied().unwrap_or(false)
    }

    /// Whether the break between two lines was made by the program, not by the typist: the next word would not have
    /// fitted, and does not start an entry of its own.
    pub(super) fn is_wrapped(&self, line: &str, next: &str) -> bool {
        let Some(width) = self.wrap_width else { return false };
        let first_word = next.split_whitespace().next().map_or(0, |word| word.chars().count());
        columns_of(line) + 1 + first_word > width && !starts_with_label(next)
    }

    /// Lines of a paragraph as one text: joined where the program broke them, else line by line.
    pub(super) fn join(&self, lines: &[&str]) -> String {
        let mut out = String::new();
        let mut before: Option<&str> = None;
        for line in lines {
            if let Some(before) = before {
                out.push(if self.is_wrapped(before, line) { ' ' } else { '\n' });
            }
            push_collapsed(line, &mut out);
            before = Some(line);
        }
        out
    }
}

/// Adds the words of a line with single spaces between them.
pub(super) fn push_collapsed(line: &str, out: &mut String) {
    for (index, word) in line.split_whitespace().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
}

/// Columns a line is wide.
pub(super) fn columns_of(line: &str) -> usize {
    line.trim_end().chars().count()
}

fn signs(lines: &[&str]) -> Vec<bool> {
    let mut signs = Vec::with_capacity(lines.len());
    for group in lines.split(|line| line.trim().is_empty()) {
        let signed = group.iter().any(|line| line.trim_start().starts_with('+'));
        signs.extend(group.iter().map(|_| signed));
        // The empty line behind the group.
        signs.push(false);
    }
    signs
}

fn wrap_width(lines: &[&str]) -> Option<usize> {
    let widest = lines.iter().map(|line| columns_of(line)).max()?;
    let near = lines.iter().filter(|line| columns_of(line) + RAGGED > widest).count();
    (WRAP_WIDTHS.contains(&widest) && near >= WRAPPED_LINES).then_some(widest)
}

/// `Lungs: ...`, `BP:120/80`: a line that the typist began on purpose.
fn starts_with_label(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(char::is_uppercase)
        && line.split_once(':').is_some_and(|(label, _)| {
            label.len() <= LONGEST_LABEL && label.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '/' | '&'))
        })
}
