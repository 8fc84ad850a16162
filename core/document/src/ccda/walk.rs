//! The way through a document: which of its parts are headings, narrative, coded entries or header.

use super::body::Embedded;
use super::elements::{Role, role, role_outside_narrative};
use super::events::{Event, Events, Tag};
use super::narrative::{Narrative, Opened};
use super::place::{Place, is_landmark, is_near_landmark, place_in};
use super::section_codes::kind_of_code;
use super::{Embedding, Source};
use crate::error::DocumentError;
use crate::headings::recognise_heading;
use crate::html::refine;
use crate::kind::SectionKind;
use crate::limits::Budget;
use crate::model::{Block, Section};
use crate::outline::Piece;
use crate::remark::{Remark, Remarks};

/// Most elements open at once; deeper ones are flattened.
const DEEPEST: usize = 256;
/// Longest title that is a heading, in bytes; more is a paragraph.
const LONGEST_HEADING: usize = 200;

type Done = Result<(), DocumentError>;

struct Open<'a> {
    name: &'a str,
    place: Place,
    opened: Opened,
}

/// A section while it is read.
#[derive(Default)]
struct OpenSection {
    level: u32,
    title: Option<String>,
    /// The name of its code.
    display: Option<String>,
    kind: Option<SectionKind>,
    /// It stands in the outcome, and only text that comes late is still to be added.
    started: bool,
    has_narrative: bool,
    has_entries: bool,
}

/// Reads one document.
pub(super) struct Walk<'a, 'b> {
    events: Events<'a>,
    source: Source,
    embedding: Embedding,
    narrative: Narrative<'b>,
    open: Vec<Open<'a>>,
    /// Open elements past the limit, which are not on the stack.
    overflow: usize,
    embedded: Option<Embedded>,
    /// The sections that are open; the first stands for what is in none.
    open_sections: Vec<OpenSection>,
    sections: Vec<Section>,
}

impl<'a, 'b> Walk<'a, 'b> {
    pub(super) fn new(
        text: &'a str,
        source: Source,
        embedding: Embedding,
        budget: &'b mut Budget,
        remarks: &'b mut Remarks,
    ) -> Self {
        Self {
            events: Events::new(text),
            source,
            embedding,
            narrative: Narrative::new(budget, remarks),
            open: Vec::new(),
            overflow: 0,
            embedded: None,
            open_sections: vec![OpenSection { level: 0, ..OpenSection::default() }],
            sections: Vec::new(),
        }
    }

    /// The sections in order, without anchors.
    pub(super) fn sections(mut self) -> Result<Vec<Section>, DocumentError> {
        while let Some(event) = self.events.next() {
            match event {
                Event::Start(tag) => self.start(tag)?,
                Event::End(name) => self.end(name)?,
                Event::Text(text) => self.text(&text)?,
            }
        }
        self.events.damaged |= !self.open.is_empty();
        while !self.open.is_empty() {
            self.close_last()?;
        }
        self.finish_pieces()?;
        for (applies, remark) in
            [(self.events.damaged, Remark::DamagedMarkup), (self.events.doctype, Remark::ActiveContentRemoved)]
        {
            if applies {
                self.narrative.remarks.add(remark);
            }
        }
        Ok(self.sections)
    }

    fn place(&self) -> Option<Place> {
        self.open.last().map(|open| open.place)
    }

    fn text(&mut self, text: &str) -> Done {
        match self.place() {
            Some(Place::Embedded) => {
                if let Some(embedded) = &mut self.embedded {
                    embedded.push(text);
                }
                return Ok(());
            }
            Some(Place::NonXmlBody | Place::Skipped) => return Ok(()),
            Some(Place::Narrative) => {
                if let Some(section) = self.open_sections.last_mut().filter(|section| !section.has_narrative) {
                    section.has_narrative = !text.trim().is_empty();
                }
            }
            _ => {}
        }
        self.narrative.text(text)
    }

    fn start(&mut self, tag: Tag<'a>) -> Done {
        let parent = self.place();
        let mut place = place_in(parent, tag.name, self.source);
        match place {
            Place::Entry if parent == Some(Place::Section) => {
                if let Some(section) = self.open_sections.last_mut() {
                    section.has_entries = true;
                    if section.has_narrative {
                        place = Place::Skipped;
                    }
                }
            }
            Place::Skipped if tag.name == "code" && parent == Some(Place::Section) => self.section_code(&tag),
            Place::Skipped if tag.name == "reference" && parent == Some(Place::Embedded) => {
                self.narrative.remarks.add(Remark::TextElsewhere);
            }
            _ => {}
        }
        if place == Place::Skipped {
            if !tag.empty {
                let near = matches!(parent, Some(Place::Document | Place::Section)) && tag.name != "entry";
                self.events.leave_out(tag.name, if near { is_near_landmark } else { is_landmark });
            }
            return Ok(());
        }
        if self.open.len() >= DEEPEST.min(self.narrative.budget.limits().open_elements) {
            self.narrative.remarks.add(Remark::NestingFlattened);
            self.narrative.space();
            self.overflow += usize::from(!tag.empty);
            return Ok(());
        }
        let Some(opened) = self.open_in(place, parent, &tag)? else { return Ok(()) };
        self.open.push(Open { name: tag.name, place, opened });
        if tag.empty { self.close_last() } else { Ok(()) }
    }

    /// What the element does where it stands; nothing if it is to be left out.
    fn open_in(&mut self, place: Place, parent: Option<Place>, tag: &Tag<'a>) -> Result<Option<Opened>, DocumentError> {
        match place {
            Place::Narrative if parent == Some(Place::Section) => {
                self.narrative.boundary()?;
                return self.narrative.open(Role::Inline, tag).map(Some);
            }
            Place::Narrative => {
                let role = role(tag.name);
                if role == Role::Unknown && !self.events.is_real(tag) {
                    self.text(&tag.as_written())?;
                    return Ok(None);
                }
                return self.open_role(role, tag);
            }
            Place::Other | Place::Entry => {
                if tag.attribute("representation").is_some_and(|value| value == "B64") {
                    self.narrative.remarks.add(Remark::EmbeddedFileNotShown);
                    if !tag.empty {
                        self.events.leave_out(tag.name, is_landmark);
                    }
                    return Ok(None);
                }
                // Its words name what the patient does not have.
                if tag.attribute("negationInd").is_some_and(|value| matches!(&*value, "true" | "1")) {
                    self.narrative.remarks.add(Remark::CodedDataNotShown);
                    if !tag.empty {
                        self.events.leave_out(tag.name, is_landmark);
                    }
                    return Ok(None);
                }
                return self.open_role(role_outside_narrative(tag.name), tag);
            }
            Place::Section if tag.name == "section" && parent != Some(Place::Title) => self.open_section()?,
            Place::Title if parent != Some(Place::Title) => {
                self.narrative.boundary()?;
                // FHIR in XML has it as an attribute.
                if let Some(value) = tag.attribute("value") {
                    self.narrative.text(&value)?;
                }
            }
            Place::Title => self.narrative.space(),
            Place::Embedded => self.embedded = Some(Embedded::of(tag)),
            _ => self.narrative.boundary()?,
        }
        Ok(Some(Opened::default()))
    }

    fn open_role(&mut self, role: Role, tag: &Tag<'a>) -> Result<Option<Opened>, DocumentError> {
        if role == Role::Active {
            self.narrative.remarks.add(Remark::ActiveContentRemoved);
            if !tag.empty {
                self.events.leave_out(tag.name, is_landmark);
            }
            return Ok(None);
        }
        self.narrative.open(role, tag).map(Some)
    }

    fn end(&mut self, name: &str) -> Done {
        if self.overflow > 0 {
            self.overflow -= 1;
            self.narrative.space();
            return Ok(());
        }
        match self.open.iter().rposition(|open| open.name == name) {
            Some(at) => {
                self.events.damaged |= at + 1 != self.open.len();
                while self.open.len() > at {
                    self.close_last()?;
                }
            }
            None => self.events.damaged = true,
        }
        Ok(())
    }

    fn close_last(&mut self) -> Done {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let parent = self.place();
        match open.place {
            Place::Section => self.close_section()?,
            Place::Title if parent != Some(Place::Title) => self.title(parent)?,
            Place::Title => self.narrative.space(),
            Place::Embedded => self.read_embedded()?,
            Place::Narrative | Place::Other | Place::Entry => {
                self.narrative.close(open.opened)?;
                if open.place == Place::Narrative && parent == Some(Place::Section) {
                    self.narrative.boundary()?;
                }
            }
            _ => self.narrative.boundary()?,
        }
        Ok(())
    }

    fn title(&mut self, parent: Option<Place>) -> Done {
        let words = self.narrative.take_title();
        if words.is_empty() {
            return Ok(());
        }
        if words.text.len() > LONGEST_HEADING {
            return self.narrative.paragraph(words);
        }
        let title = words.text.trim_end_matches([':', ' ']).to_owned();
        if parent == Some(Place::Document) && self.sections.is_empty() {
            self.narrative.budget.take_block()?;
            self.sections.push(section(1, Some(title), SectionKind::Other));
            if let Some(outermost) = self.open_sections.first_mut() {
                outermost.level = 1;
                outermost.started = true;
            }
            return Ok(());
        }
        match self.open_sections.last_mut() {
            Some(section) if section.title.is_none() && !section.started => section.title = Some(title),
            _ => self.narrative.paragraph(words)?,
        }
        Ok(())
    }

    fn section_code(&mut self, tag: &Tag<'_>) {
        let Some(section) = self.open_sections.last_mut() else { return };
        section.kind = tag.attribute("code").and_then(|code| kind_of_code(&code));
        let display = tag.attribute("displayName").unwrap_or_default();
        section.display =
            Some(display.trim().to_owned()).filter(|name| !name.is_empty() && name.len() <= LONGEST_HEADING);
    }

    fn open_section(&mut self) -> Done {
        self.finish_pieces()?;
        let level = self.open_sections.last().map_or(0, |section| section.level) + 1;
        self.open_sections.push(OpenSection { level, ..OpenSection::default() });
        Ok(())
    }

    fn close_section(&mut self) -> Done {
        self.finish_pieces()?;
        if self.open_sections.len() > 1
            && let Some(section) = self.open_sections.pop()
            && section.has_entries
            && !section.has_narrative
        {
            self.narrative.remarks.add(Remark::CodedDataNotShown);
        }
        Ok(())
    }

    /// Puts what was gathered for the innermost open section into the outcome.
    fn finish_pieces(&mut self) -> Done {
        let pieces = self.narrative.take_flow()?;
        let pieces = refine(pieces, self.narrative.budget, self.narrative.remarks)?;
        let Some(current) = self.open_sections.last_mut() else { return Ok(()) };
        let level = current.level.max(1);
        let mut gathering = None;
        if !core::mem::replace(&mut current.started, true) && current.level > 0 {
            let heading = current.title.take().or_else(|| current.display.take());
            let by_title = heading.as_deref().and_then(recognise_heading);
            let kind = by_title.or(current.kind).unwrap_or(SectionKind::Other);
            if heading.is_some() || kind != SectionKind::Other {
                self.narrative.budget.take_block()?;
                self.narrative.budget.take_bytes(heading.as_ref().map_or(0, String::len))?;
                gathering = Some(section(level, heading, kind));
            }
        }
        let deeper = current.level;
        for piece in pieces {
            match piece {
                Piece::Heading { level, text } => {
                    self.sections.extend(gathering.take());
                    let kind = recognise_heading(&text).unwrap_or(SectionKind::Other);
                    gathering = Some(section(level + deeper, Some(text), kind));
                }
                Piece::Block(block) => {
                    add(gathering.get_or_insert_with(|| section(level, None, SectionKind::Other)), block)
                }
            }
        }
        self.sections.extend(gathering);
        Ok(())
    }

    fn read_embedded(&mut self) -> Done {
        let Some(embedded) = self.embedded.take() else { return Ok(()) };
        let limits = *self.narrative.budget.limits();
        let Some(model) = embedded.read(self.embedding, &limits, self.narrative.remarks)? else { return Ok(()) };
        self.finish_pieces()?;
        let deeper = self.open_sections.last().map_or(0, |section| section.level);
        for mut section in model.sections {
            section.level += deeper;
            self.sections.push(section);
        }
        Ok(())
    }
}

fn section(level: u32, heading: Option<String>, kind: SectionKind) -> Section {
    Section { anchor: String::new(), level, heading, kind, blocks: Vec::new() }
}

fn add(section: &mut Section, block: Block) {
    section.blocks.push(block);
}
