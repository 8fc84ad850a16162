//! Entries and their senses, read in place.

use crate::compile::tables::{Table, entry, sense};
use crate::kind::Kind;
use crate::lexicon::Lexicon;

/// One entry of the glossary.
#[derive(Clone, Copy)]
pub struct Entry<'g> {
    lexicon: &'g Lexicon,
    number: u32,
}

impl std::fmt::Debug for Entry<'_> {
    /// Which entry is looked at says what is in a note: its number only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("number", &self.number).finish_non_exhaustive()
    }
}

impl PartialEq for Entry<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.lexicon, other.lexicon) && self.number == other.number
    }
}

impl Eq for Entry<'_> {}

impl<'g> Entry<'g> {
    pub(crate) fn new(lexicon: &'g Lexicon, number: u32) -> Self {
        Entry { lexicon, number }
    }

    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    fn word(&self, at: usize) -> u32 {
        self.lexicon.table(Table::Entries).get(self.number as usize * entry::WIDTH + at)
    }

    fn string(&self, at: usize) -> &'g str {
        self.lexicon.string(self.lexicon.table(Table::Entries), self.number as usize * entry::WIDTH + at)
    }

    /// The id, the same in every language.
    pub fn id(&self) -> &'g str {
        self.string(entry::ID)
    }

    /// What sort of thing this is.
    pub fn kind(&self) -> Kind {
        Kind::from_number(self.word(entry::KIND))
    }

    /// 1: always marked; 3: only for readers who want more.
    pub fn tier(&self) -> u8 {
        u8::try_from(self.word(entry::TIER)).unwrap_or(3)
    }

    /// The revision of this entry's wording.
    pub fn version(&self) -> u32 {
        self.word(entry::VERSION)
    }

    /// The language tag of its definitions.
    pub fn language(&self) -> &'g str {
        self.string(entry::LANGUAGE)
    }

    /// Names of the works its writer consulted; no text of theirs.
    pub fn sources(&self) -> &'g str {
        self.string(entry::SOURCES)
    }

    /// Of a test: what it measures.
    pub fn measures(&self) -> Option<&'g str> {
        Some(self.string(entry::MEASURES)).filter(|text| !text.is_empty())
    }

    /// Of a test: why it is done.
    pub fn why(&self) -> Option<&'g str> {
        Some(self.string(entry::WHY)).filter(|text| !text.is_empty())
    }

    /// Whether its forms are looked for in notes.
    pub(crate) fn is_scanned(&self) -> bool {
        self.word(entry::SCANNED) == 1
    }

    /// Its meanings, in the order they were written.
    pub fn senses(&self) -> impl ExactSizeIterator<Item = Sense<'g>> + use<'g> {
        let (lexicon, first, count) = (self.lexicon, self.word(entry::SENSES), self.word(entry::SENSES + 1));
        (0..count as usize).map(move |at| Sense::new(lexicon, first + at as u32))
    }

    /// The grounds of its senses, in the same order.
    pub(crate) fn grounds(&self) -> impl ExactSizeIterator<Item = Grounds> + use<'g> {
        let (lexicon, first, count) = (self.lexicon, self.word(entry::SENSES), self.word(entry::SENSES + 1));
        (0..count as usize).map(move |at| Grounds::new(lexicon, first + at as u32))
    }

    /// One of its senses, by the number its grounds carry.
    pub(crate) fn sense(&self, number: u32) -> Sense<'g> {
        Sense::new(self.lexicon, number)
    }

    /// The ways it is written.
    pub fn forms(&self) -> impl Iterator<Item = &'g str> + use<'g> {
        let (lexicon, first, count) = (self.lexicon, self.word(entry::FORMS), self.word(entry::FORMS + 1));
        let numbers = lexicon.table(Table::EntryForms);
        (first..first.saturating_add(count)).map(move |at| lexicon.written(numbers.get(at as usize)))
    }

    /// Its first code, as system (such as `loinc`) and code.
    pub fn code(&self) -> Option<(&'g str, &'g str)> {
        let at = self.word(entry::CODE).checked_sub(1)? as usize * CODE_WIDTH;
        let words = self.lexicon.table(Table::Codes);
        Some((self.lexicon.string(words, at), self.lexicon.string(words, at + 2)))
    }
}

/// Words of a code's record: system, code, entry.
pub(crate) const CODE_WIDTH: usize = 5;

/// One meaning of an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sense<'g> {
    /// Unique within its entry.
    pub id: &'g str,
    /// In plain words: one or two sentences (G2).
    pub definition: &'g str,
    /// A short wording for lists and for reading aloud, where there is one.
    pub plain: Option<&'g str>,
}

impl std::fmt::Debug for Sense<'_> {
    /// No text: it would say what is in a note.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sense").finish_non_exhaustive()
    }
}

impl<'g> Sense<'g> {
    fn new(lexicon: &'g Lexicon, number: u32) -> Self {
        let words = lexicon.table(Table::Senses);
        let at = number as usize * sense::WIDTH;
        Sense {
            id: lexicon.string(words, at + sense::ID),
            definition: lexicon.string(words, at + sense::DEFINITION),
            plain: Some(lexicon.string(words, at + sense::PLAIN)).filter(|text| !text.is_empty()),
        }
    }
}

/// What decides for or against a sense; its words are not needed for that.
#[derive(Clone, Copy)]
pub(crate) struct Grounds {
    pub(crate) number: u32,
    /// A set of guard bits.
    pub(crate) guards: u32,
    pub(crate) first_rule: u32,
    pub(crate) rules: u32,
}

impl Grounds {
    fn new(lexicon: &Lexicon, number: u32) -> Self {
        let words = lexicon.table(Table::Senses);
        let at = number as usize * sense::WIDTH;
        Grounds {
            number,
            guards: words.get(at + sense::GUARDS),
            first_rule: words.get(at + sense::RULES),
            rules: words.get(at + sense::RULES + 1),
        }
    }
}
