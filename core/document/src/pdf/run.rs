//! Pieces of text with their places on the page.

use crate::error::{DocumentError, Exceeded};
use crate::limits::within;

/// Most pieces on one page.
const MOST_RUNS: usize = 200_000;
/// Gaps under this share of the size are between letters; wider ones between words.
pub(super) const WORD_GAP: f64 = 0.12;
/// What is taken back between letters.
const KERN: f64 = 0.2;
/// Letters on one line differ by less than this in height.
const SAME_HEIGHT: f64 = 0.06;

/// Letters that follow one another in one font, with no gap.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) text: String,
    /// Where the first letter stands, on the page with y up.
    pub(super) start: (f64, f64),
    /// Where the last letter ends.
    pub(super) end: (f64, f64),
    /// Height of the font on the page.
    pub(super) size: f64,
    /// Direction of writing, counterclockwise from left to right.
    pub(super) degrees: f64,
    pub(super) bold: bool,
    /// A space was drawn before it.
    pub(super) blank_before: bool,
}

/// The runs of a page as they are drawn.
pub(super) struct Runs {
    pub(super) all: Vec<Run>,
    /// Glyphs with a text, and without.
    pub(super) told: usize,
    pub(super) untold: usize,
    /// A picture or a shape was drawn.
    pub(super) pictures: bool,
    pub(super) shapes: bool,
    bytes: usize,
    most_bytes: usize,
    after: Option<(f64, f64)>,
    blank: bool,
    marked: usize,
    replaced: Option<Replaced>,
}

/// Text that stands for what is drawn.
struct Replaced {
    text: String,
    depth: usize,
    drawn: Option<Run>,
}

impl Runs {
    /// Holds at most so many bytes of text.
    pub(super) fn new(most_bytes: usize) -> Self {
        Self {
            all: Vec::new(),
            told: 0,
            untold: 0,
            pictures: false,
            shapes: false,
            bytes: 0,
            most_bytes,
            after: None,
            blank: false,
            marked: 0,
            replaced: None,
        }
    }

    /// Adds a glyph; `after` is where the next one would stand.
    pub(super) fn add(&mut self, text: Option<&str>, mut run: Run, after: (f64, f64)) -> Result<(), DocumentError> {
        let places = [run.start.0, run.start.1, run.end.0, run.end.1, after.0, after.1, run.size];
        if !places.iter().all(|place| place.is_finite()) || run.size <= 0.0 {
            return Ok(());
        }
        if let Some(replaced) = &mut self.replaced {
            match &mut replaced.drawn {
                Some(drawn) => drawn.end = run.end,
                None => replaced.drawn = Some(run),
            }
            self.after = Some(after);
            return Ok(());
        }
        if text.is_some_and(|text| text.trim().is_empty()) {
            self.blank = true;
            self.after = Some(after);
            return Ok(());
        }
        let (told, untold) = if text.is_some() { (1, 0) } else { (0, 1) };
        (self.told, self.untold) = (self.told + told, self.untold + untold);
        run.text = text.unwrap_or("\u{FFFD}").to_owned();
        self.put(run, after)
    }

    fn put(&mut self, mut run: Run, after: (f64, f64)) -> Result<(), DocumentError> {
        self.bytes += run.text.len();
        within(self.bytes, self.most_bytes, Exceeded::OutputBytes)?;
        let blank = core::mem::take(&mut self.blank);
        let before = self.after.replace(after);
        if let (Some(last), Some(before), false) = (self.all.last_mut(), before, blank)
            && last.takes(&run, before)
        {
            last.text.push_str(&run.text);
            last.end = run.end;
            return Ok(());
        }
        run.blank_before = blank;
        self.all.push(run);
        within(self.all.len(), MOST_RUNS, Exceeded::Steps)
    }

    /// Adds text that stands by itself.
    pub(super) fn place(&mut self, run: Run) -> Result<(), DocumentError> {
        (self.blank, self.after) = (true, None);
        let end = run.end;
        self.put(run, end)
    }

    /// A marked piece starts, with the text that stands for it.
    pub(super) fn begin_marked(&mut self, replacement: Option<String>) {
        self.marked += 1;
        if let (None, Some(text)) = (&self.replaced, replacement) {
            self.replaced = Some(Replaced { text, depth: self.marked, drawn: None });
        }
    }

    pub(super) fn end_marked(&mut self) -> Result<(), DocumentError> {
        if self.replaced.as_ref().is_some_and(|replaced| replaced.depth == self.marked) {
            self.end_replaced()?;
        }
        self.marked = self.marked.saturating_sub(1);
        Ok(())
    }

    /// How many marked pieces are open.
    pub(super) fn marked(&self) -> usize {
        self.marked
    }

    fn end_replaced(&mut self) -> Result<(), DocumentError> {
        let Some(Replaced { text, drawn: Some(mut run), .. }) = self.replaced.take() else { return Ok(()) };
        self.blank |= text.starts_with(char::is_whitespace);
        run.text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !run.text.is_empty() {
            self.told += run.text.chars().count();
            let end = run.end;
            self.put(run, end)?;
        }
        self.blank |= text.ends_with(char::is_whitespace);
        Ok(())
    }
}

impl Run {
    /// Whether `next` goes on where this one ended.
    fn takes(&self, next: &Self, before: (f64, f64)) -> bool {
        let (ahead, up) = along(next.degrees, (next.start.0 - before.0, next.start.1 - before.1));
        let alike = self.bold == next.bold
            && (self.size - next.size).abs() <= 0.01 * self.size
            && (self.degrees - next.degrees).abs() < 1.0;
        let near = (-KERN..WORD_GAP).contains(&(ahead / next.size)) && up.abs() < SAME_HEIGHT * next.size;
        // Right-to-left letters are put in order one by one.
        alike && near && !next.text.chars().chain(self.text.chars()).any(is_right_to_left)
    }
}

/// A vector in the directions of writing and of up.
pub(super) fn along(degrees: f64, (x, y): (f64, f64)) -> (f64, f64) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    (x * cos + y * sin, y * cos - x * sin)
}

/// Hebrew, Arabic and their neighbours, and the shapes of their letters.
pub(super) fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
        && !matches!(c, '\u{660}'..='\u{669}' | '\u{6F0}'..='\u{6F9}')
}
