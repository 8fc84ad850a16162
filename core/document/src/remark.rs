//! What the reader of a note should know about how it was read.

use serde::{Deserialize, Serialize};

/// A fact about reading one note. Its words stand in the catalogue as `remark.<code>`; it never holds a word of the note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remark {
    /// The declared character set was contradicted by the bytes (SPEC D2), so another was used.
    CharsetNotAsDeclared,
    /// Some bytes fit no character and show as U+FFFD.
    DamagedCharacters,
    /// Control characters (NUL, bell, text-direction overrides ...) were taken out or became spaces.
    ControlCharactersRemoved,
    /// The declared media type was not what the bytes are.
    TypeNotAsDeclared,
    /// Tags were cut or a quote was left open; what they swallowed is kept as text.
    DamagedMarkup,
    /// Elements nested deeper than the limit were flattened.
    NestingFlattened,
    /// Text that the page would have hidden is shown, marked [`Style::Hidden`](crate::Style::Hidden).
    HiddenTextShown,
    /// Pictures in the note are not shown; their written descriptions are.
    PicturesNotShown,
    /// Scripts, frames or embedded objects were taken out.
    ActiveContentRemoved,
    /// A part of the note has only coded data, whose codes are not shown (C-CDA).
    CodedDataNotShown,
    /// A file within the note could not be read as a note (C-CDA).
    EmbeddedFileNotShown,
    /// The words of the note are in another file, which did not come with it (C-CDA).
    TextElsewhere,
    /// Text that someone deleted while changes were tracked is left out.
    DeletedTextLeftOut,
    /// Pages that are pictures, or whose letters cannot be told apart, have no text here (PDF).
    PagesNotReadable {
        /// How many.
        count: u32,
        /// How many pages there are.
        of: u32,
    },
    /// The note holds no words.
    NoText,
}

impl Remark {
    /// All of them, the pages with a number of one.
    pub const ALL: &[Self] = &[
        Self::CharsetNotAsDeclared,
        Self::DamagedCharacters,
        Self::ControlCharactersRemoved,
        Self::TypeNotAsDeclared,
        Self::DamagedMarkup,
        Self::NestingFlattened,
        Self::HiddenTextShown,
        Self::PicturesNotShown,
        Self::ActiveContentRemoved,
        Self::CodedDataNotShown,
        Self::EmbeddedFileNotShown,
        Self::TextElsewhere,
        Self::DeletedTextLeftOut,
        Self::PagesNotReadable { count: 1, of: 1 },
        Self::NoText,
    ];

    /// Stable name, the same as in stored models.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::CharsetNotAsDeclared => "charset-not-as-declared",
            Self::DamagedCharacters => "damaged-characters",
            Self::ControlCharactersRemoved => "control-characters-removed",
            Self::TypeNotAsDeclared => "type-not-as-declared",
            Self::DamagedMarkup => "damaged-markup",
            Self::NestingFlattened => "nesting-flattened",
            Self::HiddenTextShown => "hidden-text-shown",
            Self::PicturesNotShown => "pictures-not-shown",
            Self::ActiveContentRemoved => "active-content-removed",
            Self::CodedDataNotShown => "coded-data-not-shown",
            Self::EmbeddedFileNotShown => "embedded-file-not-shown",
            Self::TextElsewhere => "text-elsewhere",
            Self::DeletedTextLeftOut => "deleted-text-left-out",
            Self::PagesNotReadable { .. } => "pages-not-readable",
            Self::NoText => "no-text",
        }
    }
}

/// Remarks as they come up: each once, in a fixed order.
#[derive(Default)]
pub(crate) struct Remarks(Vec<Remark>);

impl Remarks {
    pub(crate) fn add(&mut self, remark: Remark) {
        if !self.0.contains(&remark) {
            self.0.push(remark);
        }
    }

    pub(crate) fn into_sorted(mut self) -> Vec<Remark> {
        self.0.sort_unstable();
        self.0
    }
}
