//! Bullets and numbers as typed, nested by how far they are set in.

use super::page::{Page, push_collapsed};
use crate::error::DocumentError;
use crate::inline::Inline;
use crate::limits::Budget;
use crate::model::{Block, ListItem};

/// What stands at the start of an item.
pub(super) struct Marker<'a> {
    indent: usize,
    written: &'a str,
    ordered: bool,
    body: &'a str,
}

/// Reads lists off a page.
pub(super) struct Lists<'a> {
    pub(super) page: &'a Page<'a>,
}

/// A list that is still growing.
struct Open {
    indent: usize,
    ordered: bool,
    items: Vec<ListItem>,
}

impl<'a> Lists<'a> {
    /// Whether an item starts at line `at`.
    pub(super) fn starts_at(&self, at: usize) -> bool {
        self.marker(at).is_some()
    }

    /// The marker at line `at`. Where pluses stand beside minuses, both are findings: "+ cough", "- fever".
    fn marker(&self, at: usize) -> Option<Marker<'a>> {
        let marker = marker_of(self.page.line(at)?)?;
        (marker.written != "-" || !self.page.has_signs(at)).then_some(marker)
    }

    /// Reads the list that starts at line `first`; answers with how many lines it took.
    pub(super) fn read(&self, first: usize, budget: &mut Budget) -> Result<Option<(Block, usize)>, DocumentError> {
        let mut open: Vec<Open> = Vec::new();
        let mut at = first;
        while let Some(line) = self.page.line(at) {
            if self.page.is_blank(at) {
                if !self.goes_on_after(at, &open) {
                    break;
                }
            } else if let Some(marker) = self.marker(at) {
                let nested_blocks = budget.limits().nested_blocks;
                if !place(&mut open, &marker, nested_blocks) {
                    break;
                }
                budget.take_block()?;
                budget.take_bytes(line.len())?;
                let mut text = String::new();
                push_collapsed(marker.body, &mut text);
                if let Some(list) = open.last_mut() {
                    let marker = Some(marker.written.to_owned());
                    list.items.push(ListItem { marker, text: Inline::plain(text), blocks: Vec::new() });
                }
            } else {
                let before = at.checked_sub(1).and_then(|at| self.page.line(at)).unwrap_or_default();
                let wrapped = self.page.is_wrapped(before, line) && at > first;
                let deeper = open.first().is_some_and(|list| indent_of(line) > list.indent);
                if !wrapped && !deeper {
                    break;
                }
                budget.take_bytes(line.len())?;
                continue_item(&mut open, line, wrapped);
            }
            at += 1;
        }
        while open.len() > 1 {
            close_last(&mut open);
        }
        Ok(open.pop().map(|list| (block(list), at - first)))
    }

    /// After one empty line a list goes on with an item of its own kind or with a line that is set in.
    fn goes_on_after(&self, blank: usize, open: &[Open]) -> bool {
        let Some(outer) = open.first() else { return false };
        match self.marker(blank + 1) {
            Some(next) => open.iter().any(|list| list.ordered == next.ordered && list.indent == next.indent),
            None => {
                !self.page.is_blank(blank + 1)
                    && self.page.line(blank + 1).is_some_and(|line| indent_of(line) > outer.indent + 1)
            }
        }
    }
}

/// Opens and closes lists until the last open one is where the marker's item belongs; false if none is.
fn place(open: &mut Vec<Open>, marker: &Marker<'_>, most: usize) -> bool {
    let fresh = Open { indent: marker.indent, ordered: marker.ordered, items: Vec::new() };
    while open.len() > 1 && open.last().is_some_and(|list| list.indent > marker.indent) {
        close_last(open);
    }
    // "1. Pressure", "- same dose", "2. Sugar": bullets under a number at the same depth belong to it.
    while open.len() > 1
        && open
            .last()
            .is_some_and(|list| list.ordered != marker.ordered && list.indent == marker.indent && marker.ordered)
    {
        close_last(open);
    }
    let Some(last) = open.last() else {
        open.push(fresh);
        return true;
    };
    let deeper = marker.indent > last.indent + 1 || (last.ordered && !marker.ordered && marker.indent >= last.indent);
    if deeper && open.len() < most {
        open.push(fresh);
        return true;
    }
    // Another kind of list at the same depth is another list.
    deeper || last.ordered == marker.ordered
}

fn continue_item(open: &mut Vec<Open>, line: &str, wrapped: bool) {
    while !wrapped && open.len() > 1 && open.last().is_some_and(|list| list.indent >= indent_of(line)) {
        close_last(open);
    }
    let Some(item) = open.last_mut().and_then(|list| list.items.last_mut()) else { return };
    let mut text = String::new();
    push_collapsed(line, &mut text);
    if item.blocks.is_empty() {
        item.text.text.push(if wrapped { ' ' } else { '\n' });
        item.text.text.push_str(&text);
    } else {
        item.blocks.push(Block::paragraph(Inline::plain(text)));
    }
}

/// Puts the innermost list into the last item of the one around it.
fn close_last(open: &mut Vec<Open>) {
    let Some(inner) = open.pop() else { return };
    if let Some(item) = open.last_mut().and_then(|list| list.items.last_mut()) {
        item.blocks.push(block(inner));
    }
}

fn block(list: Open) -> Block {
    Block::List { anchor: String::new(), ordered: list.ordered, items: list.items }
}

/// Columns of white space in front; a tab counts four.
fn indent_of(line: &str) -> usize {
    line.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

/// Reads `- `, `* `, `•`, `1. `, `2) `, `(3) `, `a) ` at the start of a line.
pub(super) fn marker_of(line: &str) -> Option<Marker<'_>> {
    let text = line.trim_start();
    let first = text.chars().next()?;
    let (length, ordered, needs_space) = match first {
        '-' | '*' | '\u{2013}' => (first.len_utf8(), false, true),
        '\u{2022}' | '\u{00B7}' | '\u{25AA}' | '\u{25E6}' | '\u{2023}' | '\u{25CF}' | '\u{F0B7}' => {
            (first.len_utf8(), false, false)
        }
        _ => (ordinal_length(text)?, true, true),
    };
    let (written, body) = text.split_at_checked(length)?;
    let spaced = body.starts_with([' ', '\t']);
    let any = body.chars().any(|c| !c.is_whitespace());
    (any && (spaced || !needs_space)).then(|| Marker { indent: indent_of(line), written, ordered, body: body.trim() })
}

/// Bytes of `12.`, `12)`, `(12)` or `a)`. Three digits are a value, not a place in a list.
fn ordinal_length(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('(').unwrap_or(text);
    let opened = inside.len() < text.len();
    let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
    let lettered = digits == 0 && inside.starts_with(|c: char| c.is_ascii_lowercase());
    let count = if lettered { 1 } else { digits };
    let end = inside.get(count..)?.chars().next()?;
    let closed = end == ')' || (end == '.' && !opened && !lettered);
    (closed && (1..=2).contains(&count)).then_some(usize::from(opened) + count + 1)
}
