//! `DocumentReference`: a note and where its words are (D2).

use crate::attachment::{Attachment, data_bytes};
use crate::code::{CodeableConcept, Coding};
use crate::contained::{Party, parties};
use crate::element::{Element, Object, object};
use crate::error::RecordError;
use crate::identifier::Identifier;
use crate::note_type::{NoteType, note_type};
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::status::{DocumentStatus, NoteStatus};
use crate::time::{FhirTime, Period};

/// How a note relates to another one.
#[derive(Clone, PartialEq, Eq)]
pub struct RelatesTo {
    /// `replaces`, `transforms`, `signs` or `appends`.
    pub code: Option<String>,
    /// The other note.
    pub target: Reference,
}

hidden_debug!(RelatesTo);

/// One rendition of a note.
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    /// Place in `content[]`, from 0: the argument of [`attachment_bytes`].
    pub index: usize,
    /// The attachment.
    pub attachment: Attachment,
    /// What the bytes follow, such as a C-CDA profile.
    pub format: Option<Coding>,
}

hidden_debug!(Content);

/// A note.
#[derive(Clone, PartialEq, Eq)]
pub struct DocumentReference {
    /// `id`.
    pub id: Option<String>,
    /// `masterIdentifier` and `identifier`.
    pub identifiers: Vec<Identifier>,
    /// `status`: of this reference.
    pub status: DocumentStatus,
    /// `docStatus`: of the note itself.
    pub note_status: NoteStatus,
    /// `type`.
    pub kind: Option<CodeableConcept>,
    /// `category`.
    pub categories: Vec<CodeableConcept>,
    /// `subject`.
    pub subject: Option<Reference>,
    /// `date`: when this reference was made.
    pub date: Option<FhirTime>,
    /// `context.period`: when the care happened.
    pub period: Option<Period>,
    /// `context.encounter`.
    pub encounters: Vec<Reference>,
    /// `author`, in order.
    pub authors: Vec<Party>,
    /// `authenticator`: who signed it.
    pub authenticator: Option<Party>,
    /// `custodian`: who keeps it.
    pub custodian: Option<Party>,
    /// `relatesTo`.
    pub relates_to: Vec<RelatesTo>,
    /// `description`.
    pub description: Option<String>,
    /// All renditions of the note.
    pub content: Vec<Content>,
}

hidden_debug!(DocumentReference, identifiers, authors, content);

impl DocumentReference {
    /// Reads a note, without decoding its body.
    ///
    /// # Errors
    /// Not a JSON object, or not a DocumentReference.
    pub fn read(raw: &str) -> Result<Self, RecordError> {
        let resource = Object::resource(raw, "DocumentReference")?;
        let context = resource.object("context");
        let master: Option<Identifier> = resource.element("masterIdentifier");
        Ok(Self {
            id: resource.token("id"),
            identifiers: master.into_iter().chain(resource.elements("identifier")).collect(),
            status: DocumentStatus::read(resource.token("status").as_deref()),
            note_status: NoteStatus::read(resource.token("docStatus").as_deref()),
            kind: resource.element("type"),
            categories: resource.elements("category"),
            subject: resource.element("subject"),
            date: resource.time("date"),
            period: context.as_ref().and_then(|context| context.element("period")),
            encounters: context.map(|context| context.elements("encounter")).unwrap_or_default(),
            authors: parties(&resource, "author"),
            authenticator: parties(&resource, "authenticator").pop(),
            custodian: parties(&resource, "custodian").pop(),
            relates_to: resource.elements("relatesTo"),
            description: resource.text("description"),
            content: contents(&resource).filter_map(|(index, content)| read_content(index, &content)).collect(),
        })
    }

    /// The kind of note, if its LOINC code is one that has plain words.
    #[must_use]
    pub fn note_type(&self) -> Option<&'static NoteType> {
        self.kind.as_ref()?.codings.iter().filter_map(Coding::loinc).find_map(note_type)
    }

    /// What the source calls the note: type, description, the title of a rendition.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        let own = self.kind.as_ref().and_then(CodeableConcept::shown).or(self.description.as_deref());
        own.or_else(|| self.content.iter().find_map(|content| content.attachment.title.as_deref()))
    }

    /// When the care happened, else when the note was filed. Never when it reached us.
    #[must_use]
    pub fn when(&self) -> Option<&FhirTime> {
        let start = self.period.as_ref().and_then(|period| period.start.as_ref());
        let created = || self.content.iter().find_map(|content| content.attachment.creation.as_ref());
        start.or(self.date.as_ref()).or_else(created)
    }
}

impl Element for RelatesTo {
    fn read(object: &Object<'_>) -> Option<Self> {
        Some(Self { code: object.token("code"), target: object.element("target")? })
    }
}

/// The bytes inside a rendition. `None`: it has none inside; look at its `url`.
///
/// # Errors
/// Not a DocumentReference, not base64, or more than `max_bytes` (D10).
pub fn attachment_bytes(raw: &str, index: usize, max_bytes: usize) -> Result<Option<Vec<u8>>, RecordError> {
    let resource = Object::resource(raw, "DocumentReference")?;
    let wanted = contents(&resource).find(|(at, _)| *at == index);
    match wanted.and_then(|(_, content)| content.object("attachment")) {
        Some(attachment) => data_bytes(&attachment, max_bytes),
        None => Ok(None),
    }
}

/// The objects of `content[]`, each with its place among all items.
fn contents<'a>(resource: &Object<'a>) -> impl Iterator<Item = (usize, Object<'a>)> + use<'a> {
    resource.items("content").into_iter().enumerate().filter_map(|(index, item)| Some((index, object(item)?)))
}

fn read_content(index: usize, content: &Object<'_>) -> Option<Content> {
    Some(Content { index, attachment: content.element("attachment")?, format: content.element("format") })
}
