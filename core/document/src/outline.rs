//! From a flow of headings and blocks to sections with anchors.

use crate::anchor::name_all;
use crate::headings::recognise_heading;
use crate::inline::Inline;
use crate::kind::SectionKind;
use crate::model::{Block, Section};

/// What a reader of one format finds, in order.
pub(crate) enum Piece {
    /// A heading, still as written.
    Heading {
        /// 1 is the outermost.
        level: u32,
        /// The wording.
        text: String,
    },
    /// Anything else.
    Block(Block),
}

impl Piece {
    pub(crate) fn paragraph(text: Inline) -> Self {
        Self::Block(Block::paragraph(text))
    }
}

/// Gathers the pieces into sections and gives everything its anchor.
pub(crate) fn sections(pieces: Vec<Piece>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Heading { level, text } => {
                let kind = recognise_heading(&text).unwrap_or(SectionKind::Other);
                sections.push(section(level, Some(text), kind));
            }
            Piece::Block(block) => match sections.last_mut() {
                Some(last) => last.blocks.push(block),
                None => {
                    let mut first = section(1, None, SectionKind::Other);
                    first.blocks.push(block);
                    sections.push(first);
                }
            },
        }
    }
    if is_test_report(&sections) {
        sections.iter_mut().for_each(as_in_test_report);
    }
    name_all(&mut sections);
    sections
}

fn section(level: u32, heading: Option<String>, kind: SectionKind) -> Section {
    Section { anchor: String::new(), level, heading, kind, blocks: Vec::new() }
}

/// Only reports of a test say how it was done or what it was compared with.
fn is_test_report(sections: &[Section]) -> bool {
    sections.iter().any(|section| matches!(section.kind, SectionKind::Technique | SectionKind::Comparison))
}

/// In such a report "Exam" names the test and "History" is the reason for it.
fn as_in_test_report(section: &mut Section) {
    section.kind = match section.kind {
        SectionKind::PhysicalExam => SectionKind::Procedure,
        SectionKind::HistoryOfPresentIllness => SectionKind::Indication,
        kind => kind,
    };
}
