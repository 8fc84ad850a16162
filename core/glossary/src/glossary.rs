//! The glossary: the embedded entries and the packs laid over them.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::compile::tables::Table;
use crate::compile::{SourceError, compile};
use crate::entry::{CODE_WIDTH, Entry};
use crate::lexicon::Lexicon;

/// Why a glossary could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GlossaryError {
    /// An entry cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Compiled tables are of another format.
    #[error("the glossary's tables are of another format")]
    Format,
}

/// The language whose definitions stand in where another is missing (G6).
pub(crate) const FALLBACK_LANGUAGE: &str = "en";

const RULES: (&str, &str) = ("rules/en.txt", include_str!("../rules/en.txt"));

/// Entries to look up and to find in texts.
pub struct Glossary {
    base: Lexicon,
    /// Laid over the base, in order: a later one wins.
    packs: Vec<Lexicon>,
}

impl std::fmt::Debug for Glossary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Glossary").field("entries", &self.entries().count()).finish_non_exhaustive()
    }
}

static EMBEDDED: LazyLock<Glossary> = LazyLock::new(|| {
    let strings = Cow::Borrowed(include_str!(concat!(env!("OUT_DIR"), "/glossary.strings")));
    let tables = Cow::Borrowed(include_bytes!(concat!(env!("OUT_DIR"), "/glossary.tables")).as_slice());
    // The build wrote both in this format.
    let base = Lexicon::new(strings, tables).unwrap_or_else(Lexicon::empty);
    Glossary { base, packs: Vec::new() }
});

impl Glossary {
    /// The entries in the library. Nothing is parsed, copied or allocated for them.
    pub fn embedded() -> &'static Glossary {
        &EMBEDDED
    }

    /// A glossary of entry files, each a name and its text, without the embedded entries.
    pub fn from_sources(files: &[(&str, &str)]) -> Result<Glossary, GlossaryError> {
        Ok(Glossary { base: compiled(files)?, packs: Vec::new() })
    }

    /// This glossary with entry files laid over it (G7): their forms are found too, and an entry with
    /// an id and language already there replaces it.
    pub fn with_pack(mut self, files: &[(&str, &str)]) -> Result<Glossary, GlossaryError> {
        self.packs.push(compiled(files)?);
        Ok(self)
    }

    /// The embedded entries as a value of its own, to lay packs over.
    pub fn new() -> Glossary {
        let base = &Self::embedded().base;
        Glossary { base: base.share(), packs: Vec::new() }
    }

    pub(crate) fn base(&self) -> &Lexicon {
        &self.base
    }

    /// All layers, the last laid first.
    pub(crate) fn layers(&self) -> impl Iterator<Item = &Lexicon> {
        self.packs.iter().rev().chain([&self.base])
    }

    /// Whether a later layer has the entry of this id and language.
    pub(crate) fn is_replaced(&self, lexicon: &Lexicon, number: u32) -> bool {
        if self.packs.is_empty() {
            return false;
        }
        let entry = Entry::new(lexicon, number);
        self.layers()
            .take_while(|layer| !std::ptr::eq(*layer, lexicon))
            .any(|layer| find(layer, entry.id(), entry.language()).is_some())
    }

    /// All entries, each once per language.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.layers().flat_map(move |layer| {
            let count = layer.table(Table::Ids).len() as u32;
            (0..count)
                .filter(move |number| !self.is_replaced(layer, *number))
                .map(move |number| Entry::new(layer, number))
        })
    }

    /// The entry with this id, in English.
    pub fn entry(&self, id: &str) -> Option<Entry<'_>> {
        self.entry_in(id, FALLBACK_LANGUAGE)
    }

    /// The entry with this id in `language` (a tag such as `es` or `es-MX`), else in English:
    /// [`Entry::language`] says which.
    pub fn entry_in(&self, id: &str, language: &str) -> Option<Entry<'_>> {
        let primary = language.split(['-', '_']).next().unwrap_or(language);
        [language, primary, FALLBACK_LANGUAGE]
            .into_iter()
            .find_map(|language| self.layers().find_map(|layer| find(layer, id, language)))
    }

    /// The entry for a code. `system`: a short name such as `loinc`, or the FHIR system URI.
    pub fn by_code(&self, system: &str, code: &str) -> Option<Entry<'_>> {
        let system = crate::link::system_name(system);
        self.layers().find_map(|layer| {
            let words = layer.table(Table::Codes);
            let key = |at: usize| (layer.string(words, at * CODE_WIDTH), layer.string(words, at * CODE_WIDTH + 2));
            let at = search(words.len() / CODE_WIDTH, |at| key(at) < (system, code));
            let found = at < words.len() / CODE_WIDTH && key(at) == (system, code);
            found.then(|| Entry::new(layer, words.get(at * CODE_WIDTH + 4)))
        })
    }
}

impl Default for Glossary {
    fn default() -> Self {
        Self::new()
    }
}

fn compiled(files: &[(&str, &str)]) -> Result<Lexicon, GlossaryError> {
    Lexicon::from_compiled(compile(files, RULES)?).ok_or(GlossaryError::Format)
}

/// The entry of this id and language in one layer.
fn find<'g>(layer: &'g Lexicon, id: &str, language: &str) -> Option<Entry<'g>> {
    let ids = layer.table(Table::Ids);
    let entry = |at: usize| Entry::new(layer, ids.get(at));
    let key = |entry: Entry<'g>| (entry.id(), entry.language());
    let at = search(ids.len(), |at| key(entry(at)) < (id, language));
    (at < ids.len()).then(|| entry(at)).filter(|entry| key(*entry) == (id, language))
}

/// The first of `0..count` for which `before` is false.
pub(crate) fn search(count: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}
