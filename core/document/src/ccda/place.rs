//! What each part of a document is, by where it stands.

use super::Source;

/// What an element is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// `ClinicalDocument`: its own elements are the header.
    Document,
    /// Where sections stand.
    Body,
    Section,
    Title,
    Narrative,
    /// An entry shown because its section has no narrative.
    Entry,
    /// Not CDA, or a part of it without its document.
    Other,
    NonXmlBody,
    /// The `text` of a `nonXMLBody`.
    Embedded,
    Skipped,
}

/// The place of the element `name` in an element at `parent`; none at the outermost.
pub(super) fn place_in(parent: Option<Place>, name: &str, source: Source) -> Place {
    let Some(parent) = parent else {
        return match name {
            "ClinicalDocument" => Place::Document,
            _ => place_in(Some(Place::Other), name, source),
        };
    };
    match (parent, name) {
        (Place::Document, "title") | (Place::Section, "title") => Place::Title,
        (Place::Document | Place::Body | Place::Section, "component" | "structuredBody") => Place::Body,
        (Place::Document | Place::Body | Place::Section | Place::Other, "section") => Place::Section,
        (Place::Document | Place::Body | Place::Other, "nonXMLBody") => Place::NonXmlBody,
        (Place::Document, _) => Place::Skipped,
        (Place::Section, "text") => Place::Narrative,
        (Place::Section, "entry") if source == Source::Cda => Place::Entry,
        (Place::Section, "code" | "author" | "informant" | "subject") if source == Source::Cda => Place::Skipped,
        // Who took part says nothing about the patient.
        (Place::Entry, "author" | "informant" | "performer" | "participant" | "subject") => Place::Skipped,
        (Place::Body | Place::Section | Place::Other, _) => Place::Other,
        (Place::NonXmlBody, "text") => Place::Embedded,
        (Place::NonXmlBody | Place::Embedded, _) => Place::Skipped,
        (same, _) => same,
    }
}

/// Where reading goes on when the end tag of an entry is missing.
pub(super) fn is_landmark(name: &str, starts: bool) -> bool {
    matches!(name, "section" | "structuredBody") || (if starts { "nonXMLBody" } else { "ClinicalDocument" }) == name
}

/// The same for what is left out of a header or a section, where no `title` or `text` can be part of it.
pub(super) fn is_near_landmark(name: &str, starts: bool) -> bool {
    is_landmark(name, starts) || (starts && matches!(name, "title" | "text" | "entry" | "recordTarget"))
}
