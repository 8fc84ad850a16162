//! Words explained.

use serde::{Deserialize, Serialize};

use super::hidden_debug;

/// A word explained.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkView {
    /// Index of the section, from 0; absent for free text.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub section: Option<usize>,
    /// First byte in the section's text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// First UTF-16 unit.
    pub start_utf16: usize,
    /// One past the last UTF-16 unit.
    pub end_utf16: usize,
    /// Entry of the glossary.
    pub entry: String,
    /// `term`, `abbreviation`, `phrase` ...
    pub kind: String,
    /// 1 = always explained.
    pub tier: u8,
    /// Whether the context decides the sense.
    pub certain: bool,
    /// What it means, or could mean.
    pub senses: Vec<SenseView>,
    /// `negated`, `uncertain`, `family` or `history`.
    pub cue: Option<String>,
    /// Whether it is the first time in this note.
    pub first: bool,
}

/// One meaning.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenseView {
    /// Its id within the entry.
    pub id: String,
    /// In plain words.
    pub plain: String,
}

/// A definition looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DefinitionView {
    /// The entry, if the word is in the glossary.
    pub entry: Option<String>,
    /// The word as the glossary writes it.
    pub headword: Option<String>,
    /// Its meanings.
    pub senses: Vec<SenseView>,
    /// The language the answer is in.
    pub language: String,
    /// Words that are close, when there is no entry.
    pub suggestions: Vec<String>,
}

hidden_debug!(MarkView, SenseView);
