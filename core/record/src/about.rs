//! What clinical resources of every type tell in the same way: numbers, notes, narrative, and what is left out.

use crate::coded::ENTERED_IN_ERROR;
use crate::contained::{Party, parties_in};
use crate::element::{Element, Object, items, object};
use crate::identifier::Identifier;
use crate::member::{code, concept_of, text, time};
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::status::AbsentReason;
use crate::time::FhirTime;

/// A note on a resource.
#[derive(Clone, PartialEq, Eq)]
pub struct Annotation {
    /// As written; may be Markdown.
    pub text: String,
    /// Who wrote it.
    pub author: Option<Party>,
    /// When it was written.
    pub time: Option<FhirTime>,
}

hidden_debug!(Annotation);

/// The resource's own text for people. A care plan's substance often stands only here.
#[derive(Clone, PartialEq, Eq)]
pub struct Narrative {
    /// `generated`: nothing but the elements in other words; `extensions`, `additional`: more than the elements.
    pub status: Option<String>,
    /// XHTML as received, unchecked: it must go through the note reader before it is shown (N1).
    pub div: String,
}

hidden_debug!(Narrative);

impl Element for Narrative {
    fn read(object: &Object<'_>) -> Option<Self> {
        Some(Self { status: code(object, "status"), div: text(object, "div")? })
    }
}

/// The part that all clinical types have in common.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct About {
    /// `id`.
    pub id: Option<String>,
    /// `identifier`.
    pub identifiers: Vec<Identifier>,
    /// `text`.
    pub narrative: Option<Narrative>,
    /// A status says that it never should have been there (D4).
    pub entered_in_error: bool,
    /// `note`.
    pub notes: Vec<Annotation>,
    /// Members that the source left out on purpose, and why (D7).
    pub absent: Vec<(String, AbsentReason)>,
}

hidden_debug!(About, identifiers, notes, absent);

impl About {
    pub(crate) fn read(resource: &Object<'_>) -> Self {
        Self {
            id: resource.token("id"),
            identifiers: resource.elements("identifier"),
            narrative: resource.element("text"),
            entered_in_error: STATUSES.iter().any(|name| is_marked(resource, name)),
            notes: annotations(resource, resource, "note"),
            absent: absent_members(resource),
        }
    }
}

/// The members in which one type or another says that it was entered in error.
const STATUSES: [&str; 4] = ["status", "verificationStatus", "clinicalStatus", "lifecycleStatus"];

/// True when any of the codes says so, in whatever shape: a mark that is missed would show what was withdrawn.
fn is_marked(resource: &Object<'_>, name: &str) -> bool {
    let says_so = |item| {
        concept_of(item).is_some_and(|concept| {
            concept.has_code(ENTERED_IN_ERROR) || concept.text.as_deref() == Some(ENTERED_IN_ERROR)
        })
    };
    resource.all(name).flat_map(items).any(says_so)
}

/// Reads the notes of `holder`, a part of `resource` or all of it.
pub(crate) fn annotations(resource: &Object<'_>, holder: &Object<'_>, name: &str) -> Vec<Annotation> {
    let read = |item| match object(item) {
        None => crate::element::token(item).map(|text| Annotation { text, author: None, time: None }),
        Some(note) => {
            let named = || Some(Party { name: Some(text(&note, "authorString")?), reference: Reference::to("") });
            let author = parties_in(resource, &note, "authorReference").into_iter().next().or_else(named);
            Some(Annotation { text: text(&note, "text")?, author, time: time(&note, "time") })
        }
    };
    holder.items(name).into_iter().filter_map(read).collect()
}

/// The members of a resource that hold nothing but the reason why they hold nothing.
fn absent_members(resource: &Object<'_>) -> Vec<(String, AbsentReason)> {
    let mut found: Vec<(String, AbsentReason)> = Vec::new();
    for (key, value) in resource.members() {
        let name = key.trim_start_matches('_');
        // Most members hold no reason; looking costs less than reading.
        if !value.get().contains("data-absent-reason") || found.iter().any(|(known, _)| known == name) {
            continue;
        }
        let bare = |held: &Object<'_>| held.members().all(|(key, _)| matches!(key, "extension" | "id"));
        let empty = match resource.get(name) {
            None => true,
            Some(value) => object(value).is_some_and(|held| bare(&held)),
        };
        let reason = AbsentReason::of_member(resource, name).filter(|_| empty);
        found.extend(reason.map(|reason| (name.to_owned(), reason)));
    }
    found
}
