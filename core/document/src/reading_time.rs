//! How long a note takes to read (SPEC N6).

use core::iter;

use crate::model::{Block, ListItem, NoteModel};

/// Words a minute. Adults read ordinary prose silently at some 240 (Brysbaert 2019, 190 studies). Words that are new
/// slow everyone down, and many read in a second language, in pain or in fear; 150 is the pace of clear speech, so the
/// time holds for who reads and for who listens.
pub const WORDS_PER_MINUTE: u32 = 150;

/// Whole minutes for so many words, rounded up; `None` for none.
#[must_use]
pub fn reading_minutes(words: usize) -> Option<u32> {
    let words = u32::try_from(words).unwrap_or(u32::MAX);
    (words > 0).then(|| words.div_ceil(WORDS_PER_MINUTE))
}

impl NoteModel {
    /// Every piece of text a reader sees, in the order of the note: headings, markers of lists, paragraphs, items,
    /// cells. The lines of a piece are set apart by `\n`.
    pub fn plain_texts(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().flat_map(|section| {
            section.heading.as_deref().into_iter().chain(section.blocks.iter().flat_map(Block::plain_texts))
        })
    }

    /// Every word in the order of the note: what stands between white space and holds a letter or a digit.
    pub fn plain_words(&self) -> impl Iterator<Item = &str> {
        self.plain_texts().flat_map(str::split_whitespace).filter(|word| word.contains(char::is_alphanumeric))
    }

    /// Whole minutes the note takes to read, rounded up; `None` for a note without words.
    #[must_use]
    pub fn reading_minutes(&self) -> Option<u32> {
        reading_minutes(self.plain_words().map(words_in).sum())
    }
}

impl Block {
    /// As [`NoteModel::plain_texts`], for one block.
    pub fn plain_texts(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Paragraph { text, .. } => Box::new(iter::once(text.text.as_str())),
            Self::Preformatted { text, .. } => Box::new(iter::once(text.as_str())),
            Self::List { items, .. } => Box::new(items.iter().flat_map(ListItem::plain_texts)),
            Self::Table { rows, .. } => {
                Box::new(rows.iter().flat_map(|row| &row.cells).map(|cell| cell.text.text.as_str()))
            }
            Self::Rule => Box::new(iter::empty()),
        }
    }
}

impl ListItem {
    fn plain_texts(&self) -> impl Iterator<Item = &str> {
        let own = self.marker.as_deref().into_iter().chain(iter::once(self.text.text.as_str()));
        own.chain(self.blocks.iter().flat_map(Block::plain_texts))
    }
}

/// Scripts without spaces write two signs to a word, or three letters.
fn words_in(word: &str) -> usize {
    let signs = word.chars().filter(|c| matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}')).count();
    let letters = word
        .chars()
        .filter(|c| matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'))
        .count();
    (signs.div_ceil(2) + letters.div_ceil(3)).max(1)
}
