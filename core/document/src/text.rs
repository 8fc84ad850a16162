//! Plain text as clinicians type it, to headings and blocks.

mod clean;
mod columns;
mod lists;
mod page;

use crate::error::DocumentError;
use crate::heading_line::{HeadingLine, Surroundings, heading_line, headings_within, is_short};
use crate::headings::recognise_heading;
use crate::inline::Inline;
use crate::limits::Budget;
use crate::model::Block;
use crate::outline::Piece;
use crate::remark::Remarks;

pub(crate) use clean::clean;
use lists::Lists;
use page::Page;

/// Reads cleaned text (see [`clean`]) into headings and blocks, in order, with every word.
pub(crate) fn pieces(source: &str, budget: &mut Budget, _: &mut Remarks) -> Result<Vec<Piece>, DocumentError> {
    let page = Page::new(source);
    let mut flow = Flow { page: &page, budget, pieces: Vec::new(), paragraph: Vec::new(), blank_before: true };
    let mut at = 0;
    while let Some(line) = page.line(at) {
        at += flow.read_from(at, line)?;
    }
    flow.end_paragraph()?;
    Ok(flow.pieces)
}

/// Whether typed text has more to it than a paragraph: a heading or a list.
pub(crate) fn has_structure(source: &str) -> bool {
    let page = Page::new(source);
    let around = Surroundings { blank_before: true, soap: page.soap };
    let lists = Lists { page: &page };
    (0..)
        .map_while(|at| page.line(at).map(|line| (at, line)))
        .any(|(at, line)| heading_line(line, around).is_some() || lists.starts_at(at))
}

/// Reads from the top of the page down, holding the paragraph that is being gathered.
struct Flow<'a, 'b> {
    page: &'a Page<'a>,
    budget: &'b mut Budget,
    pieces: Vec<Piece>,
    paragraph: Vec<&'a str>,
    blank_before: bool,
}

impl<'a> Flow<'a, '_> {
    /// Reads what starts at line `at`; answers with how many lines it took.
    fn read_from(&mut self, at: usize, line: &'a str) -> Result<usize, DocumentError> {
        if line.trim().is_empty() {
            self.end_paragraph()?;
            self.blank_before = true;
            return Ok(1);
        }
        if let Some(heading) = self.underlined(at, line) {
            self.heading(&heading)?;
            return Ok(2);
        }
        if is_rule(line) {
            self.block(Block::Rule, 0)?;
            self.blank_before = true;
            return Ok(1);
        }
        if let Some((block, taken)) = columns::read(self.page, at) {
            let length = block.text().len();
            self.block(block, length)?;
            return Ok(taken);
        }
        if let Some((block, taken)) = (Lists { page: self.page }).read(at, self.budget)? {
            self.block(block, 0)?;
            self.blank_before = true;
            return Ok(taken);
        }
        self.line(line)?;
        Ok(1)
    }

    /// A line of words: a heading, several headings in a row, or part of a paragraph.
    fn line(&mut self, line: &'a str) -> Result<(), DocumentError> {
        let mut starts = headings_within(line);
        starts.insert(0, 0);
        let ends = starts.iter().copied().skip(1).chain([line.len()]).collect::<Vec<_>>();
        for (start, end) in starts.into_iter().zip(ends) {
            let part = line.get(start..end).unwrap_or_default();
            let around = Surroundings { blank_before: self.blank_before || start > 0, soap: self.page.soap };
            match heading_line(part, around) {
                Some(heading) => {
                    self.heading(&heading)?;
                    if !heading.rest.is_empty() {
                        self.paragraph.push(heading.rest);
                        self.blank_before = false;
                    }
                }
                None => {
                    self.paragraph.push(part);
                    self.blank_before = false;
                }
            }
        }
        Ok(())
    }

    fn heading(&mut self, heading: &HeadingLine<'_>) -> Result<(), DocumentError> {
        self.end_paragraph()?;
        self.budget.take_block()?;
        self.budget.take_bytes(heading.heading.len())?;
        self.pieces.push(Piece::Heading { level: heading.level, text: heading.heading.to_owned() });
        self.blank_before = true;
        Ok(())
    }

    fn block(&mut self, block: Block, bytes: usize) -> Result<(), DocumentError> {
        self.end_paragraph()?;
        self.budget.take_block()?;
        self.budget.take_bytes(bytes)?;
        self.pieces.push(Piece::Block(block));
        self.blank_before = false;
        Ok(())
    }

    fn end_paragraph(&mut self) -> Result<(), DocumentError> {
        if self.paragraph.is_empty() {
            return Ok(());
        }
        let text = self.page.join(&core::mem::take(&mut self.paragraph));
        self.budget.take_block()?;
        self.budget.take_bytes(text.len())?;
        self.pieces.push(Piece::paragraph(Inline::plain(text)));
        Ok(())
    }

    /// A short line with `====` or `----` under it.
    fn underlined(&self, at: usize, line: &'a str) -> Option<HeadingLine<'a>> {
        let under = self.page.line(at + 1)?.trim();
        let level = match under.chars().next()? {
            '=' => 1,
            '-' => 2,
            _ => return None,
        };
        let unbroken = under.len() >= 3 && under.bytes().all(|byte| under.as_bytes().first() == Some(&byte));
        let heading = line.trim().trim_end_matches(':').trim_end();
        let alone = self.blank_before && !is_rule(line) && !columns::is_columnar(line);
        (unbroken && alone && (is_short(heading) || recognise_heading(heading).is_some())).then_some(HeadingLine {
            heading,
            rest: "",
            level,
        })
    }
}

/// A line of nothing but one repeated mark.
fn is_rule(line: &str) -> bool {
    let mut marks = line.chars().filter(|c| *c != ' ');
    let Some(first) = marks.next() else { return false };
    matches!(first, '-' | '=' | '_' | '*' | '~' | '\u{2014}' | '\u{2500}')
        && line.chars().filter(|c| *c == first).count() >= 3
        && marks.all(|c| c == first)
}
