//! Anchors: names of sections and blocks that are the same at every reading of the same bytes.
//!
//! An anchor is a digest of the words, with a count behind it where the same words stand more than once. So it also
//! survives a change elsewhere in the note, and a newer reader that cuts other parts differently.

use std::collections::HashMap;

use crate::model::{Block, Section};

/// FNV-1a, 64 bits: fixed for ever, unlike the standard library's hasher. Collisions only cost a count.
fn digest(kind: &str, words: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in kind.bytes().chain([0]).chain(words.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash
}

/// Gives out the anchors of one note.
#[derive(Default)]
struct Anchors(HashMap<(char, u64), u32>);

impl Anchors {
    fn give(&mut self, letter: char, hash: u64) -> String {
        let count = self.0.entry((letter, hash)).or_insert(0);
        *count += 1;
        if *count == 1 { format!("{letter}{hash:016x}") } else { format!("{letter}{hash:016x}.{count}") }
    }

    fn name_blocks(&mut self, blocks: &mut [Block]) {
        for block in blocks {
            let hash = digest("block", &block.text());
            if let Some(anchor) = block.anchor_mut() {
                *anchor = self.give('b', hash);
            }
            if let Block::List { items, .. } = block {
                for item in items {
                    self.name_blocks(&mut item.blocks);
                }
            }
        }
    }
}

/// Gives every section and block of a note its anchor.
pub(crate) fn name_all(sections: &mut [Section]) {
    let mut anchors = Anchors::default();
    for section in sections {
        // A section without heading is told apart by how it begins.
        let hash = match (&section.heading, section.blocks.first()) {
            (Some(heading), _) => digest("heading", heading),
            (None, Some(first)) => digest("start", &first.text()),
            (None, None) => digest("start", ""),
        };
        section.anchor = anchors.give('s', hash);
        anchors.name_blocks(&mut section.blocks);
    }
}
