//! The layout of the compiled tables: little-endian 32-bit words, found by position, never parsed.

/// Marks the tables' format; a change of layout changes it.
pub(crate) const FORMAT: u32 = 0x5043_4701;

/// Words before the tables: the format, then offset and length (in words) of each table.
pub(crate) const HEADER: usize = 1 + 2 * TABLES;
pub(crate) const TABLES: usize = 15;

#[derive(Debug, Clone, Copy)]
#[repr(usize)]
pub(crate) enum Table {
    /// Records of [`entry`].
    Entries,
    /// Records of [`sense`].
    Senses,
    /// Records of [`rule`].
    Rules,
    /// A string: a note type a rule names.
    Notes,
    /// Records of [`pattern`].
    Patterns,
    /// System, code, entry; sorted.
    Codes,
    /// Entries, sorted by id and language.
    Ids,
    /// Records of [`form`], grouped by trie node.
    Forms,
    FormSlots,
    FormNodes,
    /// Forms sorted by their folded text.
    FormOrder,
    /// Forms grouped by entry.
    EntryForms,
    /// Records of [`form`] whose owner is a signal's role.
    Signals,
    SignalSlots,
    SignalNodes,
}

// A string is two words, offset and length in the pool; a range is two words, first and count.

pub(crate) mod entry {
    pub(crate) const WIDTH: usize = 19;
    pub(crate) const ID: usize = 0;
    pub(crate) const LANGUAGE: usize = 2;
    pub(crate) const MEASURES: usize = 4;
    pub(crate) const WHY: usize = 6;
    pub(crate) const SOURCES: usize = 8;
    pub(crate) const KIND: usize = 10;
    pub(crate) const TIER: usize = 11;
    pub(crate) const VERSION: usize = 12;
    pub(crate) const SENSES: usize = 13;
    pub(crate) const FORMS: usize = 15;
    /// The first code, as system and code strings are in [`super::Table::Codes`]; one more than its index, 0: none.
    pub(crate) const CODE: usize = 17;
    /// 1 if the entry's language is the one notes are read in.
    pub(crate) const SCANNED: usize = 18;
}

pub(crate) mod sense {
    pub(crate) const WIDTH: usize = 9;
    pub(crate) const ID: usize = 0;
    pub(crate) const DEFINITION: usize = 2;
    pub(crate) const PLAIN: usize = 4;
    /// A set of guard bits.
    pub(crate) const GUARDS: usize = 6;
    pub(crate) const RULES: usize = 7;
}

pub(crate) mod rule {
    pub(crate) const WIDTH: usize = 7;
    /// A set of section bits.
    pub(crate) const SECTIONS: usize = 0;
    pub(crate) const NOTES: usize = 1;
    pub(crate) const NEAR: usize = 3;
    pub(crate) const NOT_NEAR: usize = 5;
}

pub(crate) mod pattern {
    pub(crate) const WIDTH: usize = 4;
    /// Folded words with single spaces.
    pub(crate) const TEXT: usize = 0;
    /// Low half of the first word's hash; of no use if the first word is a prefix.
    pub(crate) const HASH: usize = 2;
    /// 1: the last word is a prefix. 2: so is the first, it being the last.
    pub(crate) const PREFIX: usize = 3;
}

pub(crate) mod form {
    pub(crate) const WIDTH: usize = 6;
    /// The entry, or the role of a signal.
    pub(crate) const OWNER: usize = 0;
    /// The text to match: folded unless exact; a space stands for any gap.
    pub(crate) const TEXT: usize = 1;
    pub(crate) const WRITTEN: usize = 3;
    pub(crate) const FLAGS: usize = 5;

    pub(crate) const EXACT: u32 = 1;
    /// A little word (may, or, as): needs capitals and a deciding context.
    pub(crate) const LITTLE_WORD: u32 = 1 << 1;
    /// Also an English word (bid, pet): needs capitals.
    pub(crate) const ALSO_WORD: u32 = 1 << 2;
    /// Written with a possessive at its end, which belongs to the span.
    pub(crate) const POSSESSIVE: u32 = 1 << 3;
}
