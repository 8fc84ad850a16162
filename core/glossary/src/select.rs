//! Which marks a reader wants to see: first mentions, by tier, without the words they know.

use std::collections::{BTreeSet, HashSet};

use crate::mark::Mark;

/// A reader's choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The highest tier shown, 1 to 3.
    pub tier: u8,
    /// Only the first mention of each meaning.
    pub first_mentions: bool,
    /// Ids of entries the reader said "I know this" to.
    pub known: BTreeSet<String>,
}

impl Default for Selection {
    /// First mentions of tiers 1 and 2.
    fn default() -> Self {
        Selection { tier: 2, first_mentions: true, known: BTreeSet::new() }
    }
}

/// The marks that a selection leaves, in order.
pub fn select<'g>(marks: Vec<Mark<'g>>, selection: &Selection) -> Vec<Mark<'g>> {
    let wanted =
        marks.into_iter().filter(|mark| mark.tier <= selection.tier && !selection.known.contains(mark.entry)).collect();
    if selection.first_mentions { first_mentions(wanted) } else { wanted }
}

/// The first mark of each message. "No fever" and, later, "fever" are two messages, and so are two
/// meanings of one abbreviation: both stay.
pub fn first_mentions(mut marks: Vec<Mark<'_>>) -> Vec<Mark<'_>> {
    let mut seen = HashSet::new();
    marks.retain(|mark| {
        let sense = mark.senses.first().map_or("", |sense| sense.id);
        seen.insert((mark.entry, sense, mark.senses.len(), mark.certain, mark.cue))
    });
    marks
}
