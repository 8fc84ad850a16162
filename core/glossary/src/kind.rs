//! What an entry is, and what a sense may name only with a reason nearby.

/// What sort of thing an entry explains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// A word of medicine.
    Term,
    /// Letters that stand for words.
    Abbreviation,
    /// Several words with one meaning.
    Phrase,
    /// A medicine.
    Drug,
    /// A test or a measured sign.
    Test,
    /// An everyday word that means something else in a note (G4).
    FalseFriend,
    /// Routine wording that can read as rude (G4).
    Convention,
    /// Wording that says how sure the writer is; never turned into a probability.
    Hedge,
    /// A stage or score (G9).
    Stage,
    /// A unit of measure; the only kind marked right after a number.
    Unit,
}

const KINDS: [(&str, Kind); 10] = [
    ("term", Kind::Term),
    ("abbreviation", Kind::Abbreviation),
    ("phrase", Kind::Phrase),
    ("drug", Kind::Drug),
    ("test", Kind::Test),
    ("false-friend", Kind::FalseFriend),
    ("convention", Kind::Convention),
    ("hedge", Kind::Hedge),
    ("stage", Kind::Stage),
    ("unit", Kind::Unit),
];

impl Kind {
    /// The name used in entry files and answers, such as `false-friend`.
    pub fn as_str(self) -> &'static str {
        KINDS.iter().find(|(_, kind)| *kind == self).map_or("term", |(name, _)| name)
    }

    /// The kind with this name.
    pub fn parse(name: &str) -> Option<Self> {
        KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }

    pub(crate) fn from_number(number: u32) -> Self {
        KINDS.iter().find(|(_, kind)| *kind as u32 == number).map_or(Kind::Term, |(_, kind)| *kind)
    }
}

/// What a sense names that may be offered only with a cue for it nearby (G3, must-not 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // the names are the documentation
pub enum Guard {
    Cancer,
    SelfHarm,
    MentalIllness,
    Violence,
    SubstanceUse,
    SexualHealth,
    Death,
}

pub(crate) const GUARDS: [(&str, Guard); 7] = [
    ("cancer", Guard::Cancer),
    ("self-harm", Guard::SelfHarm),
    ("mental-illness", Guard::MentalIllness),
    ("violence", Guard::Violence),
    ("substance-use", Guard::SubstanceUse),
    ("sexual-health", Guard::SexualHealth),
    ("death", Guard::Death),
];

impl Guard {
    /// The guard with this name, as entry files write it.
    pub fn parse(name: &str) -> Option<Self> {
        GUARDS.iter().find(|(known, _)| *known == name).map(|(_, guard)| *guard)
    }

    pub(crate) fn bit(self) -> u32 {
        1 << (self as u8)
    }
}
