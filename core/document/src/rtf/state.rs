//! What a group of RTF inherits, and puts back when it ends.

use super::destination::{Destination, Opener};
use super::line::Marks;

/// The manner of the paragraph, as set by control words.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Paragraph {
    /// `\intbl`
    pub(super) in_table: bool,
    /// `\itap`: how many tables it is in.
    pub(super) depth: usize,
    /// `\outlinelevel` as the level of a heading.
    pub(super) outline: Option<u32>,
    /// `\s`
    pub(super) style: Option<i32>,
    /// `\ilvl`
    pub(super) list_level: Option<usize>,
    /// `\li`, in twips.
    pub(super) indent: usize,
    /// `\sb`, `\sa`: space is left before or behind.
    pub(super) spaced: bool,
}

/// What is to be done when a group ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum AtEnd {
    #[default]
    Nothing,
    CloseAside,
    CloseField,
    CloseEntry,
}

/// The state of one group.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    pub(super) destination: Destination,
    /// Where the second of two spellings goes.
    pub(super) outer: Destination,
    pub(super) opener: Opener,
    pub(super) at_end: AtEnd,
    /// `\f`
    pub(super) font: Option<i32>,
    /// `\uc`: how many marks behind a `\u` say the same for old readers.
    pub(super) fallback: u32,
    pub(super) marks: Marks,
    pub(super) paragraph: Paragraph,
    /// `\htmlrtf`: only there for readers that do not take the wrapped page.
    pub(super) rtf_only: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            destination: Destination::Body,
            outer: Destination::Body,
            opener: Opener::Other,
            at_end: AtEnd::Nothing,
            font: None,
            fallback: 1,
            marks: Marks::default(),
            paragraph: Paragraph::default(),
            rtf_only: false,
        }
    }
}
