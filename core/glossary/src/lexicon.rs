//! Reading compiled tables in place: no parsing, no allocation.

use std::borrow::Cow;

use crate::compile::tables::{FORMAT, HEADER, TABLES, Table, form, pattern, rule};
use crate::compile::trie::{SLOTS_AT, edge_key, filter_bit, slot_of};
use crate::compile::write::Compiled;

/// One compiled set of entries: the embedded one, or a pack.
pub(crate) struct Lexicon {
    strings: Cow<'static, str>,
    tables: Cow<'static, [u8]>,
    /// Offset and length of each table, in words.
    bounds: [(usize, usize); TABLES],
}

impl Lexicon {
    /// None if the tables are of another format.
    pub(crate) fn new(strings: Cow<'static, str>, tables: Cow<'static, [u8]>) -> Option<Self> {
        let words = Words::new(&tables);
        if words.get(0) != FORMAT || words.len() < HEADER {
            return None;
        }
        let mut bounds = [(0, 0); TABLES];
        for (number, bound) in bounds.iter_mut().enumerate() {
            *bound = (words.get(1 + 2 * number) as usize, words.get(2 + 2 * number) as usize);
        }
        Some(Lexicon { strings, tables, bounds })
    }

    /// One without entries.
    pub(crate) fn empty() -> Self {
        Lexicon { strings: Cow::Borrowed(""), tables: Cow::Borrowed(&[]), bounds: [(0, 0); TABLES] }
    }

    /// The same tables again; embedded ones are not copied.
    pub(crate) fn share(&self) -> Self {
        Lexicon { strings: self.strings.clone(), tables: self.tables.clone(), bounds: self.bounds }
    }

    pub(crate) fn from_compiled(compiled: Compiled) -> Option<Self> {
        Self::new(Cow::Owned(compiled.strings), Cow::Owned(compiled.tables))
    }

    pub(crate) fn table(&self, table: Table) -> Words<'_> {
        let (start, length) = self.bounds.get(table as usize).copied().unwrap_or_default();
        Words(Words::new(&self.tables).0.get(start..start + length).unwrap_or(&[]))
    }

    /// The string whose offset and length stand at `at`.
    pub(crate) fn string(&self, words: Words<'_>, at: usize) -> &str {
        let start = words.get(at) as usize;
        self.strings.get(start..start + words.get(at + 1) as usize).unwrap_or("")
    }

    pub(crate) fn form(&self, table: Table, number: u32) -> Form<'_> {
        let words = self.table(table);
        let at = number as usize * form::WIDTH;
        Form {
            owner: words.get(at + form::OWNER),
            text: self.string(words, at + form::TEXT),
            flags: words.get(at + form::FLAGS),
        }
    }

    /// The form as its entry writes it.
    pub(crate) fn written(&self, number: u32) -> &str {
        self.string(self.table(Table::Forms), number as usize * form::WIDTH + form::WRITTEN)
    }

    pub(crate) fn forms(&self) -> Trie<'_> {
        Trie::new(self.table(Table::FormSlots), self.table(Table::FormNodes))
    }

    pub(crate) fn signals(&self) -> Trie<'_> {
        Trie::new(self.table(Table::SignalSlots), self.table(Table::SignalNodes))
    }

    pub(crate) fn rule(&self, number: u32) -> Rule {
        let words = self.table(Table::Rules);
        let at = number as usize * rule::WIDTH;
        let range = |at: usize| words.get(at)..words.get(at).saturating_add(words.get(at + 1));
        Rule {
            sections: words.get(at + rule::SECTIONS),
            notes: range(at + rule::NOTES),
            near: range(at + rule::NEAR),
            not_near: range(at + rule::NOT_NEAR),
        }
    }

    pub(crate) fn note_type(&self, number: u32) -> &str {
        self.string(self.table(Table::Notes), number as usize * 2)
    }

    /// A pattern, unless its first word is surely not the one with this hash.
    pub(crate) fn pattern(&self, number: u32, hash: u64) -> Option<Pattern<'_>> {
        let words = self.table(Table::Patterns);
        let at = number as usize * pattern::WIDTH;
        let prefix = words.get(at + pattern::PREFIX);
        if prefix < 2 && words.get(at + pattern::HASH) != hash as u32 {
            return None;
        }
        Some(Pattern { text: self.string(words, at + pattern::TEXT), prefix: prefix > 0 })
    }
}

/// A table of 32-bit words; reading past its end gives 0.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a>(&'a [[u8; 4]]);

impl<'a> Words<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Words(bytes.as_chunks().0)
    }

    pub(crate) fn get(self, at: usize) -> u32 {
        self.0.get(at).map_or(0, |word| u32::from_le_bytes(*word))
    }

    pub(crate) fn len(self) -> usize {
        self.0.len()
    }
}

/// A way an entry, or a signal, is written.
#[derive(Clone, Copy)]
pub(crate) struct Form<'a> {
    pub(crate) owner: u32,
    pub(crate) text: &'a str,
    pub(crate) flags: u32,
}

impl Form<'_> {
    pub(crate) fn has(&self, flags: u32) -> bool {
        self.flags & flags != 0
    }
}

/// One `when`: section bits and the ranges of what must be, or not be, around.
pub(crate) struct Rule {
    pub(crate) sections: u32,
    pub(crate) notes: std::ops::Range<u32>,
    pub(crate) near: std::ops::Range<u32>,
    pub(crate) not_near: std::ops::Range<u32>,
}

/// Words to look for around a mention.
pub(crate) struct Pattern<'a> {
    pub(crate) text: &'a str,
    /// The last word is a prefix.
    pub(crate) prefix: bool,
}

/// The edges of a word trie; see [`crate::compile::trie`].
#[derive(Clone, Copy)]
pub(crate) struct Trie<'a> {
    words: Words<'a>,
    nodes: Words<'a>,
    seed: u64,
    slots: usize,
}

impl<'a> Trie<'a> {
    fn new(words: Words<'a>, nodes: Words<'a>) -> Self {
        let seed = u64::from(words.get(0)) | u64::from(words.get(1)) << 32;
        Trie { words, nodes, seed, slots: words.len().saturating_sub(SLOTS_AT) / 2 }
    }

    /// Whether some form may begin with this word; false is certain.
    pub(crate) fn may_begin(&self, hash: u64) -> bool {
        let (word, bit) = filter_bit(hash);
        self.words.get(2 + word) >> bit & 1 == 1
    }

    /// The node after `node` along this word; 0: none.
    pub(crate) fn child(&self, node: u32, gap: bool, hash: u64) -> u32 {
        if self.slots == 0 {
            return 0;
        }
        let key = edge_key(self.seed, node, gap, hash);
        let mut at = slot_of(key, self.slots);
        // The table is at most two thirds full, so a free slot ends the search; the bound is for a damaged one.
        for _ in 0..self.slots {
            let child = self.words.get(SLOTS_AT + 2 * at + 1);
            if child == 0 || self.words.get(SLOTS_AT + 2 * at) == key as u32 {
                return child;
            }
            at = if at + 1 == self.slots { 0 } else { at + 1 };
        }
        0
    }

    /// The numbers of the forms that end at `node`.
    pub(crate) fn ends(&self, node: u32) -> std::ops::Range<u32> {
        self.nodes.get(node as usize)..self.nodes.get(node as usize + 1)
    }
}
