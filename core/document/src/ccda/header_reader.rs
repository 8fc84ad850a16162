//! Reads the header, element by element.

use super::events::{Event, Events, Tag};
use super::header::{
    Concept, DocumentRelation, EncompassingEncounter, Header, InstanceIdentifier, Interval, Participation, PersonName,
    RecordTarget, RelatedDocument, ServiceEvent,
};
use super::section_headers::SectionHeaders;
use super::time::Hl7Time;
use crate::charset::decode;
use crate::error::{DocumentError, Exceeded};
use crate::limits::{Limits, within};
use crate::sniff::{Format, sniff};

/// Most of a thing kept (patients, authors, names ...). Real documents have a few.
const MOST: usize = 1000;

/// Reads the header of a C-CDA document. What is broken or missing is left out; nothing is made up.
///
/// # Errors
/// [`DocumentError::UnsupportedFormat`] if the bytes are no such document, [`DocumentError::TooLarge`] past a bound of
/// [`Limits::default`], [`DocumentError::ReaderFault`] for a defect here.
pub fn read_header(bytes: &[u8]) -> Result<Header, DocumentError> {
    let limits = Limits::default();
    within(bytes.len(), limits.input_bytes, Exceeded::InputBytes)?;
    std::panic::catch_unwind(|| {
        let format = sniff(bytes, None).format;
        if format != Format::Ccda {
            return Err(DocumentError::UnsupportedFormat { format });
        }
        let decoded = decode(bytes, None);
        HeaderReader { events: Events::new(&decoded.text), open: Vec::new(), limits }.read()
    })
    .unwrap_or(Err(DocumentError::ReaderFault))
}

struct HeaderReader<'a> {
    events: Events<'a>,
    /// The elements being read, outermost first.
    open: Vec<&'a str>,
    limits: Limits,
}

impl<'a> HeaderReader<'a> {
    fn read(mut self) -> Result<Header, DocumentError> {
        let mut header = Header::default();
        while let Some(event) = self.events.next() {
            if let Event::Start(tag) = event
                && tag.name == "ClinicalDocument"
            {
                let mut exceeded = None;
                self.children(&tag, |reader, child| {
                    if let Err(error) = reader.of_document(child, &mut header) {
                        exceeded = Some(error);
                    }
                });
                return exceeded.map_or(Ok(header), Err);
            }
        }
        Ok(header)
    }

    /// Reads the elements in `parent`, whose start tag came last. What `on` does not read of one is passed over.
    fn children(&mut self, parent: &Tag<'a>, mut on: impl FnMut(&mut Self, &Tag<'a>)) {
        self.content(parent, |reader, content| {
            if let Event::Start(tag) = content {
                on(reader, tag);
            }
        });
    }

    /// Reads elements and text in `parent`.
    fn content(&mut self, parent: &Tag<'a>, mut on: impl FnMut(&mut Self, &Event<'a>)) {
        if parent.empty {
            return;
        }
        self.open.push(parent.name);
        let own_depth = self.open.len();
        while let Some(event) = self.events.next() {
            match &event {
                Event::Start(tag) if own_depth > 1 && is_landmark(tag.name, true) => {
                    self.events.put_back(event);
                    break;
                }
                Event::Start(tag) => {
                    let (at, tag) = (self.events.position(), *tag);
                    on(self, &event);
                    // Nothing of it was read.
                    if !tag.empty && self.events.position() == at && self.open.len() == own_depth {
                        self.events.leave_out(tag.name, is_landmark);
                    }
                }
                Event::Text(_) => on(self, &event),
                Event::End(name) if *name == parent.name => break,
                // The end tag is missing: an outer element ends.
                Event::End(name) if self.open.contains(name) => {
                    self.events.put_back(event);
                    break;
                }
                Event::End(_) => {}
            }
        }
        self.open.truncate(own_depth.saturating_sub(1));
    }

    fn text(&mut self, tag: &Tag<'a>) -> Option<String> {
        let mut text = String::new();
        self.content(tag, |_, content| {
            if let Event::Text(part) = content {
                text.push_str(part);
            }
        });
        let words: Vec<&str> = text.split_whitespace().collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    fn of_document(&mut self, tag: &Tag<'a>, header: &mut Header) -> Result<(), DocumentError> {
        match tag.name {
            "id" => header.id = id(tag).or(header.id.take()),
            "setId" => header.set_id = id(tag),
            "versionNumber" => header.version_number = number(tag),
            "code" => header.code = concept(tag),
            "title" => header.title = self.text(tag),
            "effectiveTime" => header.effective_time = time(tag),
            "confidentialityCode" => header.confidentiality = concept(tag),
            "languageCode" => header.language = value_of(tag, "code"),
            "recordTarget" => {
                let patient = self.record_target(tag);
                push(&mut header.patients, patient);
            }
            "author" => {
                let author = self.participation(tag);
                push(&mut header.authors, author);
            }
            "custodian" => header.custodian = self.participation(tag).organization,
            "legalAuthenticator" => header.legal_authenticator = Some(self.participation(tag)),
            "relatedDocument" => {
                let related = self.related_document(tag);
                push(&mut header.related_documents, related);
            }
            "documentationOf" => {
                let mut events = Vec::new();
                self.children(tag, |reader, child| {
                    if child.name == "serviceEvent" {
                        events.push(reader.service_event(child));
                    }
                });
                events.into_iter().for_each(|event| push(&mut header.service_events, event));
            }
            "componentOf" => {
                let mut encounter = None;
                self.children(tag, |reader, child| {
                    if child.name == "encompassingEncounter" {
                        encounter = Some(reader.encounter(child));
                    }
                });
                header.encompassing_encounter = encounter.or(header.encompassing_encounter.take());
            }
            "component" | "structuredBody" if !tag.empty => {
                let found = SectionHeaders::read(&mut self.events, tag.name, &self.limits)?;
                header.sections.extend(found);
            }
            _ => {}
        }
        Ok(())
    }

    fn record_target(&mut self, tag: &Tag<'a>) -> RecordTarget {
        let mut target = RecordTarget::default();
        self.children(tag, |reader, role| {
            reader.children(role, |reader, child| match child.name {
                "id" => target.ids.extend(id(child)),
                "patient" => reader.children(child, |reader, part| match part.name {
                    "name" => {
                        let name = reader.name(part);
                        push(&mut target.names, name);
                    }
                    "birthTime" => target.birth_time = time(part),
                    "administrativeGenderCode" => target.gender = concept(part),
                    _ => {}
                }),
                _ => {}
            });
        });
        target.ids.truncate(MOST);
        target
    }

    fn name(&mut self, tag: &Tag<'a>) -> PersonName {
        let mut name = PersonName { name_use: value_of(tag, "use"), ..PersonName::default() };
        let mut outside = String::new();
        self.content(tag, |reader, content| match content {
            Event::Text(text) => outside.push_str(text),
            Event::Start(part) => {
                let parts = match part.name {
                    "prefix" => &mut name.prefix,
                    "given" => &mut name.given,
                    "family" => &mut name.family,
                    "suffix" => &mut name.suffix,
                    _ => return,
                };
                if let Some(text) = reader.text(part) {
                    push(parts, text);
                }
            }
            Event::End(_) => {}
        });
        let words: Vec<&str> = outside.split_whitespace().collect();
        // A lone comma only sets parts apart.
        name.text = words.iter().any(|word| word.chars().any(char::is_alphanumeric)).then(|| words.join(" "));
        name
    }

    /// `author`, `custodian`, `legalAuthenticator`, `performer`: a time, and a person, program or organization within.
    fn participation(&mut self, tag: &Tag<'a>) -> Participation {
        let mut found = Participation::default();
        self.children(tag, |reader, child| match child.name {
            "time" => found.time = time(child).or_else(|| reader.interval(child).low),
            "assignedAuthor" | "assignedEntity" | "assignedCustodian" => {
                reader.children(child, |reader, part| reader.assigned(part, &mut found));
            }
            _ => {}
        });
        found
    }

    fn assigned(&mut self, tag: &Tag<'a>, found: &mut Participation) {
        match tag.name {
            "assignedPerson" => self.children(tag, |reader, part| {
                if part.name == "name" {
                    let name = reader.name(part);
                    push(&mut found.names, name);
                }
            }),
            "representedOrganization" | "representedCustodianOrganization" => {
                let name = self.name_within(tag);
                found.organization = found.organization.take().or(name);
            }
            "assignedAuthoringDevice" => self.children(tag, |reader, part| {
                if matches!(part.name, "softwareName" | "manufacturerModelName") {
                    let name = reader.text(part).or_else(|| value_of(part, "displayName"));
                    found.device = name.or(found.device.take());
                }
            }),
            _ => {}
        }
    }

    /// The `name` right in an element.
    fn name_within(&mut self, tag: &Tag<'a>) -> Option<String> {
        let mut name = None;
        self.children(tag, |reader, child| {
            if child.name == "name" {
                let text = reader.text(child);
                name = name.take().or(text);
            }
        });
        name
    }

    fn related_document(&mut self, tag: &Tag<'a>) -> RelatedDocument {
        let relation = match tag.attribute("typeCode").as_deref() {
            Some("RPLC") => DocumentRelation::Replaces,
            Some("APND") => DocumentRelation::Appends,
            Some("XFRM") => DocumentRelation::Transforms,
            _ => DocumentRelation::Other,
        };
        let mut related = RelatedDocument { relation, ..RelatedDocument::default() };
        self.children(tag, |reader, parent| {
            reader.children(parent, |_, child| match child.name {
                "id" => related.ids.extend(id(child)),
                "setId" => related.set_id = id(child),
                "versionNumber" => related.version_number = number(child),
                _ => {}
            });
        });
        related.ids.truncate(MOST);
        related
    }

    fn interval(&mut self, tag: &Tag<'a>) -> Interval {
        let mut interval = Interval { low: time(tag), high: time(tag) };
        self.children(tag, |_, child| match child.name {
            "low" => interval.low = time(child),
            "high" => interval.high = time(child),
            _ => {}
        });
        interval
    }

    fn service_event(&mut self, tag: &Tag<'a>) -> ServiceEvent {
        let mut event = ServiceEvent { class_code: value_of(tag, "classCode"), ..ServiceEvent::default() };
        self.children(tag, |reader, child| match child.name {
            "code" => event.code = concept(child),
            "effectiveTime" => event.effective_time = reader.interval(child),
            "performer" => {
                let performer = reader.participation(child);
                push(&mut event.performers, performer);
            }
            _ => {}
        });
        event
    }

    fn encounter(&mut self, tag: &Tag<'a>) -> EncompassingEncounter {
        let mut encounter = EncompassingEncounter::default();
        self.children(tag, |reader, child| match child.name {
            "id" => encounter.ids.extend(id(child)),
            "code" => encounter.code = concept(child),
            "effectiveTime" => encounter.effective_time = reader.interval(child),
            "location" => encounter.location = reader.location(child),
            _ => {}
        });
        encounter.ids.truncate(MOST);
        encounter
    }

    /// `location/healthCareFacility`: the place's name, else that of the organization there.
    fn location(&mut self, tag: &Tag<'a>) -> Option<String> {
        let (mut place, mut organization) = (None, None);
        self.children(tag, |reader, facility| {
            reader.children(facility, |reader, child| match child.name {
                "location" => place = reader.name_within(child),
                "serviceProviderOrganization" => organization = reader.name_within(child),
                _ => {}
            });
        });
        place.or(organization)
    }
}

/// Parts of a document that stand in no other: where one starts, the one before has ended, with or without end tag.
const PARTS: &[&str] = &[
    "title",
    "recordTarget",
    "author",
    "dataEnterer",
    "informant",
    "custodian",
    "informationRecipient",
    "legalAuthenticator",
    "authenticator",
    "participant",
    "inFulfillmentOf",
    "documentationOf",
    "relatedDocument",
    "authorization",
    "componentOf",
    "component",
    "structuredBody",
    "nonXMLBody",
];

fn is_landmark(name: &str, starts: bool) -> bool {
    if starts { PARTS.contains(&name) } else { name == "ClinicalDocument" }
}

fn push<T>(list: &mut Vec<T>, item: T) {
    if list.len() < MOST {
        list.push(item);
    }
}

fn value_of(tag: &Tag<'_>, name: &str) -> Option<String> {
    tag.attribute(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn number(tag: &Tag<'_>) -> Option<u64> {
    value_of(tag, "value")?.parse().ok()
}

fn time(tag: &Tag<'_>) -> Option<Hl7Time> {
    value_of(tag, "value").map(|value| Hl7Time::new(&value))
}

fn id(tag: &Tag<'_>) -> Option<InstanceIdentifier> {
    let id = InstanceIdentifier { root: value_of(tag, "root"), extension: value_of(tag, "extension") };
    (id.root.is_some() || id.extension.is_some()).then_some(id)
}

/// The code an element stands for; nothing if it says nothing.
pub(super) fn concept(tag: &Tag<'_>) -> Option<Concept> {
    let concept = Concept {
        code: value_of(tag, "code"),
        system: value_of(tag, "codeSystem"),
        display: value_of(tag, "displayName"),
        null_flavor: value_of(tag, "nullFlavor"),
    };
    (concept != Concept::default()).then_some(concept)
}
