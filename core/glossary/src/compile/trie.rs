//! A trie over words, laid out as one hash table of edges.
//!
//! An edge goes from a node by (does a gap come first, hash of a token). The table holds 32-bit
//! checks; the builder picks a seed under which no two edges share one, so no edge can hide another.
//! A check met by chance leads to forms that the reader compares letter by letter and refuses.

use std::collections::HashMap;

use crate::text::token::{Gap, Token, mix, tokens};

/// Words a phrase may have; a bound on the work per word of text.
pub(crate) const DEPTH: usize = 16;

/// Words of the bit filter over first words.
pub(crate) const FILTER: usize = 2048;

/// Words before the slots: seed (two words), then the filter.
pub(crate) const SLOTS_AT: usize = 2 + FILTER;

pub(crate) fn edge_key(seed: u64, node: u32, gap: bool, hash: u64) -> u64 {
    mix(hash ^ (u64::from(node) << 33) ^ (u64::from(gap) << 32) ^ seed)
}

pub(crate) fn slot_of(key: u64, slots: usize) -> usize {
    (((key >> 32) * slots as u64) >> 32) as usize
}

/// Where a first word's bit is in the filter: word and bit.
pub(crate) fn filter_bit(hash: u64) -> (usize, u32) {
    ((hash >> 5) as usize & (FILTER - 1), hash as u32 & 31)
}

/// The trie's tables, and the order its items must be stored in.
pub(crate) struct Built {
    pub(crate) slots: Vec<u32>,
    /// For each node the first of its items; one more at the end.
    pub(crate) nodes: Vec<u32>,
    /// Item numbers grouped by node.
    pub(crate) order: Vec<usize>,
}

/// Builds a trie over `texts`. The error is the number of a text that is empty or too long.
pub(crate) fn build(texts: &[&str]) -> Result<Built, usize> {
    let mut edges: HashMap<(u32, bool, u64), u32> = HashMap::new();
    let mut ends = Vec::with_capacity(texts.len());
    let mut cut: Vec<Token> = Vec::new();
    let mut filter = vec![0_u32; FILTER];
    for (item, text) in texts.iter().enumerate() {
        tokens(text, &mut cut);
        if cut.is_empty() || cut.len() > DEPTH {
            return Err(item);
        }
        let mut node = 0;
        for (depth, token) in cut.iter().enumerate() {
            let gap = depth > 0 && token.gap != Gap::None;
            let next = edges.len() as u32 + 1;
            node = *edges.entry((node, gap, token.hash)).or_insert(next);
            if depth == 0 {
                let (word, bit) = filter_bit(token.hash);
                if let Some(word) = filter.get_mut(word) {
                    *word |= 1 << bit;
                }
            }
        }
        ends.push((node, item));
    }
    ends.sort_by_key(|(node, _)| *node);
    let count = edges.len() as u32 + 1;
    let mut nodes = Vec::with_capacity(count as usize + 1);
    let mut next = 0;
    for node in 0..=count {
        while ends.get(next).is_some_and(|(end, _)| *end < node) {
            next += 1;
        }
        nodes.push(next as u32);
    }

    let mut sorted: Vec<_> = edges.into_iter().collect();
    sorted.sort_unstable();
    let (seed, table) = lay_out(&sorted);
    let mut slots = vec![seed as u32, (seed >> 32) as u32];
    slots.append(&mut filter);
    slots.extend(table);
    Ok(Built { slots, nodes, order: ends.into_iter().map(|(_, item)| item).collect() })
}

/// Finds a seed with distinct checks and fills the slots, two words each: check, child (0: free).
fn lay_out(edges: &[((u32, bool, u64), u32)]) -> (u64, Vec<u32>) {
    let slots = edges.len() * 3 / 2 + 1;
    let mut seed = 0_u64;
    loop {
        seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let keys: Vec<_> = edges.iter().map(|((node, gap, hash), _)| edge_key(seed, *node, *gap, *hash)).collect();
        let mut checks: Vec<_> = keys.iter().map(|key| *key as u32).collect();
        checks.sort_unstable();
        let before = checks.len();
        checks.dedup();
        if checks.len() != before {
            continue;
        }
        let mut table = vec![(0_u32, 0_u32); slots];
        for (key, (_, child)) in keys.iter().zip(edges) {
            let mut at = slot_of(*key, slots);
            while table.get(at).is_some_and(|(_, taken)| *taken != 0) {
                at = if at + 1 == slots { 0 } else { at + 1 };
            }
            if let Some(slot) = table.get_mut(at) {
                *slot = (*key as u32, *child);
            }
        }
        return (seed, table.into_iter().flat_map(|(check, child)| [check, child]).collect());
    }
}
