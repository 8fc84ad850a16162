//! What is known of each section without its text.

use super::events::{Event, Events, Tag};
use super::header::{SectionHeader, SecurityLabel};
use super::header_reader::concept;
use crate::error::{DocumentError, Exceeded};
use crate::limits::{Limits, within};

/// A section being read: its place in the list, and how deep its element stands.
struct Open {
    index: usize,
    depth: usize,
}

/// Goes through a body, however deep, with a count instead of a stack.
pub(super) struct SectionHeaders {
    sections: Vec<SectionHeader>,
    open: Vec<Open>,
    depth: usize,
    /// The depth of the `title` or `text` whose words are looked for, and which it is.
    words: Option<(usize, Words)>,
    /// The code of the security observation being read.
    observation: Option<String>,
}

#[derive(Clone, Copy)]
enum Words {
    Title,
    Narrative,
}

impl SectionHeaders {
    /// Reads to the end of the element `name`, whose start tag came last.
    pub(super) fn read(
        events: &mut Events<'_>,
        name: &str,
        limits: &Limits,
    ) -> Result<Vec<SectionHeader>, DocumentError> {
        let mut headers = Self { sections: Vec::new(), open: Vec::new(), depth: 0, words: None, observation: None };
        while let Some(event) = events.next() {
            match event {
                Event::Start(tag) => {
                    headers.start(&tag);
                    within(headers.sections.len(), limits.blocks, Exceeded::Blocks)?;
                }
                Event::End("ClinicalDocument") => {
                    events.put_back(event);
                    break;
                }
                Event::End(ended) if ended == name && headers.depth == 0 => break,
                Event::End(ended) => headers.end(ended),
                Event::Text(text) => headers.text(&text),
            }
        }
        Ok(headers.sections)
    }

    fn start(&mut self, tag: &Tag<'_>) {
        self.depth += 1;
        let depth = self.depth;
        if tag.name == "section" {
            self.open.push(Open { index: self.sections.len(), depth });
            let level = u32::try_from(self.open.len()).unwrap_or(u32::MAX);
            let null_flavor = tag.attribute("nullFlavor").map(|value| value.into_owned());
            self.sections.push(SectionHeader { level, null_flavor, ..SectionHeader::default() });
        } else {
            self.part(tag, depth);
        }
        if tag.empty {
            self.end(tag.name);
        }
    }

    fn part(&mut self, tag: &Tag<'_>, depth: usize) {
        let Some(open) = self.open.last() else { return };
        let direct = depth == open.depth + 1;
        let Some(section) = self.sections.get_mut(open.index) else { return };
        match tag.name {
            "code" if direct => section.code = concept(tag),
            "title" if direct => self.words = Some((depth, Words::Title)),
            "text" if direct => self.words = Some((depth, Words::Narrative)),
            "confidentialityCode" => section.confidentiality.extend(concept(tag)),
            "code" => {
                let code = tag.attribute("code").unwrap_or_default();
                if code.starts_with("SEC") && code.ends_with("OBS") {
                    self.observation = Some(code.into_owned());
                }
            }
            "value" => {
                if let Some(observation) = self.observation.clone()
                    && let Some(value) = concept(tag)
                {
                    section.labels.push(SecurityLabel { observation, value });
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let Some((_, words)) = self.words else { return };
        if text.trim().is_empty() {
            return;
        }
        if let Some(section) = self.open.last().and_then(|open| self.sections.get_mut(open.index)) {
            match words {
                Words::Title => section.has_title = true,
                Words::Narrative => section.has_narrative = true,
            }
        }
    }

    fn end(&mut self, name: &str) {
        if self.words.is_some_and(|(depth, _)| depth >= self.depth) {
            self.words = None;
        }
        match name {
            "section" => {
                // What was left open in it ends with it.
                if let Some(open) = self.open.pop() {
                    self.depth = open.depth;
                }
            }
            "observation" => self.observation = None,
            _ => {}
        }
        self.depth = self.depth.saturating_sub(1);
    }
}
