//! A run of text with its links and emphasis.

use core::fmt;
use core::ops::Range;

use serde::{Deserialize, Serialize};

/// Text as shown, with styled spans beside it. Line breaks inside a paragraph are `\n`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inline {
    /// The text.
    pub text: String,
    /// Styles over byte ranges of `text`, in order of their end; they may overlap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spans: Vec<Span>,
}

/// A style over `start..end` (bytes of [`Inline::text`], on character boundaries).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// What it means.
    pub style: Style,
}

/// What a span means.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// Strong emphasis (bold).
    Strong,
    /// Emphasis (italics).
    Emphasis,
    /// Struck through: the writer took it back, but it is still part of the note.
    Struck,
    /// Hidden on the page the hospital made; shown here because no text is lost.
    Hidden,
    /// A link. `url` is absolute, normalised, and its scheme is https, tel or mailto.
    Link {
        /// Where it leads.
        url: String,
    },
}

impl Inline {
    /// Text without any style.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), spans: Vec::new() }
    }

    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The part `range` of the text (bytes; empty when off a character boundary), with the spans that fall in it.
    pub(crate) fn slice(&self, range: Range<usize>) -> Self {
        let Some(text) = self.text.get(range.clone()) else {
            return Self::default();
        };
        let spans = self.spans.iter().filter_map(|span| {
            let start = span.start.max(range.start);
            let end = span.end.min(range.end);
            (start < end).then(|| Span {
                start: start - range.start,
                end: end - range.start,
                style: span.style.clone(),
            })
        });
        Self { text: text.to_owned(), spans: spans.collect() }
    }

    /// The same without white space at either end.
    pub(crate) fn trimmed(&self) -> Self {
        let start = self.text.len() - self.text.trim_start().len();
        self.slice(start..start + self.text.trim().len())
    }

    /// Adds `other` on a new line.
    pub(crate) fn push_line(&mut self, other: &Self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let offset = self.text.len();
        self.text.push_str(&other.text);
        self.spans.extend(other.spans.iter().map(|span| Span {
            start: span.start + offset,
            end: span.end + offset,
            style: span.style.clone(),
        }));
    }

    /// Whether `style` lies over every non-blank character of `range`.
    pub(crate) fn is_all(&self, style: &Style, range: Range<usize>) -> bool {
        let mut reached = range.start;
        for span in self.spans.iter().filter(|span| span.style == *style) {
            if self.is_blank(reached, span.start) {
                reached = reached.max(span.end);
            }
        }
        self.is_blank(reached, range.end)
    }

    fn is_blank(&self, start: usize, end: usize) -> bool {
        start >= end || self.text.get(start..end).is_some_and(|gap| gap.trim_matches(is_filler).is_empty())
    }
}

/// Characters that may stand outside a bold label without making it less of one.
fn is_filler(c: char) -> bool {
    c.is_whitespace() || matches!(c, ':' | '-' | '.')
}

impl fmt::Debug for Inline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Inline({} bytes, {} spans)", self.text.len(), self.spans.len())
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Span({}..{} {:?})", self.start, self.end, self.style)
    }
}

impl fmt::Debug for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Strong => "Strong",
            Self::Emphasis => "Emphasis",
            Self::Struck => "Struck",
            Self::Hidden => "Hidden",
            // A link's target can hold a person's address or number.
            Self::Link { .. } => "Link",
        })
    }
}
