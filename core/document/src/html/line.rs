//! The run of text being gathered, with the styles over it.

use crate::inline::{Inline, Span, Style};

/// Styles that nest; a link is kept beside them, for it has a target.
const STYLES: [Style; 4] = [Style::Strong, Style::Emphasis, Style::Struck, Style::Hidden];

/// Text since the last paragraph's end.
#[derive(Default)]
pub(crate) struct Line {
    text: String,
    spans: Vec<Span>,
    /// White space was seen and is written if a word follows.
    space: bool,
    /// Per style how many elements ask for it, and where the outermost begins.
    depths: [(usize, usize); 4],
    /// The target and beginning of the innermost link.
    link: Option<(String, usize)>,
}

impl Line {
    pub(crate) fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// Adds running text: white space of any kind or length is one space.
    pub(crate) fn push(&mut self, text: &str, raised: bool) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            // Words of ASCII with single spaces between them, the most of any note, go in as they are.
            let words = if raised { 0 } else { plain_words(rest) };
            if let Some((run, after)) = rest.split_at_checked(words)
                && words > 0
            {
                self.write_space();
                self.text.push_str(run);
                rest = after;
                continue;
            }
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            if c.is_whitespace() || c.is_control() {
                self.space = true;
            } else if !is_direction_override(c) {
                self.write_space();
                self.text.push(if raised { superscript(c) } else { c });
            }
        }
    }

    /// Adds text in which white space counts.
    pub(crate) fn push_preformatted(&mut self, text: &str) {
        self.write_space();
        let kept = text.chars().filter(|c| !is_direction_override(*c));
        self.text.extend(kept.map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { ' ' } else { c }));
    }

    /// Starts a new line; false if the line before it is empty too.
    pub(crate) fn break_line(&mut self) -> bool {
        self.space = false;
        if self.text.is_empty() || self.text.ends_with('\n') {
            return false;
        }
        self.text.push('\n');
        true
    }

    /// Whether the last character belongs to a word.
    pub(crate) fn ends_in_word(&self) -> bool {
        !self.space && self.text.chars().next_back().is_some_and(char::is_alphanumeric)
    }

    /// Whether a style lies over some of it.
    pub(crate) fn is_styled(&self) -> bool {
        !self.spans.is_empty() || self.link.is_some() || self.depths.iter().any(|(depth, _)| *depth > 0)
    }

    /// Whether it goes over several lines.
    pub(crate) fn is_broken(&self) -> bool {
        self.text.trim().contains('\n')
    }

    fn write_space(&mut self) {
        if core::mem::take(&mut self.space) && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push(' ');
        }
    }

    /// Where the next word will begin.
    fn next_word(&self) -> usize {
        self.text.len() + usize::from(self.space && !self.text.is_empty() && !self.text.ends_with('\n'))
    }

    pub(crate) fn begin(&mut self, style: &Style) {
        let next = self.next_word();
        if let Style::Link { url } = style {
            self.end_link();
            self.link = Some((url.clone(), next));
        } else if let Some((depth, start)) = self.depth_of(style) {
            if *depth == 0 {
                *start = next;
            }
            *depth += 1;
        }
    }

    pub(crate) fn end(&mut self, style: &Style) {
        if matches!(style, Style::Link { .. }) {
            self.end_link();
            return;
        }
        let Some((depth, start)) = self.depth_of(style) else { return };
        *depth = depth.saturating_sub(1);
        let (done, start) = (*depth == 0, *start);
        if done {
            self.span(start, style.clone());
        }
    }

    fn end_link(&mut self) {
        if let Some((url, start)) = self.link.take() {
            self.span(start, Style::Link { url });
        }
    }

    fn depth_of(&mut self, style: &Style) -> Option<&mut (usize, usize)> {
        let at = STYLES.iter().position(|known| known == style)?;
        self.depths.get_mut(at)
    }

    fn span(&mut self, start: usize, style: Style) {
        let end = self.text.len();
        if start < end {
            self.spans.push(Span { start, end, style });
        }
    }

    /// Ends the paragraph. Styles go on in the next one; a link does not, for its target would be copied each time.
    pub(crate) fn take(&mut self) -> Inline {
        self.close_spans();
        // The buffer stays for the next paragraph.
        let inline = if self.spans.is_empty() {
            Inline::plain(self.text.trim())
        } else {
            Inline { text: self.text.clone(), spans: core::mem::take(&mut self.spans) }.trimmed()
        };
        self.text.clear();
        inline
    }

    /// As [`Line::take`], for preformatted text: spaces at the start of lines are kept, styles are not.
    pub(crate) fn take_preformatted(&mut self) -> String {
        self.close_spans();
        self.spans.clear();
        let text = core::mem::take(&mut self.text);
        let lines: Vec<&str> = text.split('\n').map(str::trim_end).collect();
        let lines = lines.join("\n");
        lines.trim_end().trim_start_matches('\n').to_owned()
    }

    fn close_spans(&mut self) {
        self.end_link();
        for (at, style) in STYLES.iter().enumerate() {
            if let Some((depth, start)) = self.depths.get(at).copied()
                && depth > 0
            {
                self.span(start, style.clone());
            }
        }
        self.depths.iter_mut().for_each(|(_, start)| *start = 0);
        self.space = false;
    }
}

/// The length of the words of ASCII that `text` starts with, single spaces between them.
fn plain_words(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut end = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_graphic() {
            end = at + 1;
        } else if *byte != b' ' || at != end || end == 0 {
            break;
        }
    }
    end
}

/// "10" and a raised "9" must not become "109".
pub(crate) fn superscript(c: char) -> char {
    match c {
        '0' => '\u{2070}',
        '1' => '\u{B9}',
        '2' => '\u{B2}',
        '3' => '\u{B3}',
        '4'..='9' => char::from_u32(0x2070 + (u32::from(c) - 0x30)).unwrap_or(c),
        '+' => '\u{207A}',
        '-' | '\u{2212}' => '\u{207B}',
        _ => c,
    }
}

fn is_direction_override(c: char) -> bool {
    matches!(c, '\u{202D}' | '\u{202E}' | '\u{FEFF}')
}
