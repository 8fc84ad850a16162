//! What `annotate` answers: spans of a text with their explanations beside them.

use crate::cue::Cue;
use crate::entry::Sense;
use crate::kind::Kind;
use crate::section::SectionKind;

/// Senses a reader is shown at most (must-not 11).
pub(crate) const MOST_SENSES: usize = 3;

/// What is known of a text from outside it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The section it stands in.
    pub section: Option<SectionKind>,
    /// The LOINC code of the note's type, such as `18842-5`.
    pub note_type: Option<&'a str>,
    /// The language tag definitions are wanted in; none: English. Where an entry lacks it, English
    /// is given, and [`Mark::language`] says so.
    pub reader_language: Option<&'a str>,
}

/// One explained span of a text.
#[derive(Clone, PartialEq, Eq)]
pub struct Mark<'g> {
    /// Byte offsets into the text.
    pub start: usize,
    /// One past the span's last byte.
    pub end: usize,
    /// The same span in UTF-16 code units, as Swift and Kotlin count.
    pub start_utf16: usize,
    /// One past the span's last code unit.
    pub end_utf16: usize,
    /// The entry's id.
    pub entry: &'g str,
    /// What sort of thing the entry explains.
    pub kind: Kind,
    /// 1: always marked; 3: only for readers who want more.
    pub tier: u8,
    /// Whether the one sense is what is meant. If not: "could mean", even where one is listed.
    pub certain: bool,
    /// One to three meanings, the likeliest first.
    pub senses: Senses<'g>,
    /// What the words around the mention say of it; a definition is never shown without it.
    pub cue: Option<Cue>,
    /// The language tag of the definitions.
    pub language: &'g str,
}

impl std::fmt::Debug for Mark<'_> {
    /// Place and kind only: the entry would say what is in the note.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mark")
            .field("start", &self.start)
            .field("end", &self.end)
            .field("kind", &self.kind)
            .field("certain", &self.certain)
            .finish_non_exhaustive()
    }
}

/// Up to three senses, kept in place; a slice of [`Sense`].
#[derive(Clone, Copy, Default)]
pub struct Senses<'g> {
    senses: [Option<Sense<'g>>; MOST_SENSES],
    count: usize,
}

impl<'g> Senses<'g> {
    /// Adds a sense if there is room.
    fn push(&mut self, sense: Sense<'g>) {
        if let Some(place) = self.senses.get_mut(self.count) {
            *place = Some(sense);
            self.count += 1;
        }
    }

    /// The senses, the likeliest first.
    pub fn iter(&self) -> impl Iterator<Item = Sense<'g>> + '_ {
        self.senses.iter().flatten().copied()
    }

    /// How many there are: one to three in a mark.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Never so in a mark.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The likeliest.
    pub fn first(&self) -> Option<Sense<'g>> {
        self.iter().next()
    }
}

impl<'g> FromIterator<Sense<'g>> for Senses<'g> {
    /// The first three.
    fn from_iter<I: IntoIterator<Item = Sense<'g>>>(senses: I) -> Self {
        let mut kept = Senses::default();
        senses.into_iter().take(MOST_SENSES).for_each(|sense| kept.push(sense));
        kept
    }
}

impl PartialEq for Senses<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Senses<'_> {}

impl std::fmt::Debug for Senses<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Senses").field("count", &self.count).finish_non_exhaustive()
    }
}

/// Fills in the UTF-16 offsets of marks that are in order; one pass over the text.
pub(crate) fn count_utf16(text: &str, marks: &mut [Mark<'_>]) {
    let (mut byte, mut unit) = (0, 0);
    let mut advance = |to: usize| {
        unit += text.get(byte..to).map_or(0, units);
        byte = to;
        unit
    };
    for mark in marks {
        mark.start_utf16 = advance(mark.start);
        mark.end_utf16 = advance(mark.end);
    }
}

/// Code units: one for each character, one more for each that UTF-8 writes in four bytes.
fn units(text: &str) -> usize {
    text.bytes().map(|byte| usize::from(byte & 0xC0 != 0x80) + usize::from(byte >= 0xF0)).sum()
}
