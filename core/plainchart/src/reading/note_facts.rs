//! What tells that two entries are one note, and how notes belong together (D2, D4).

use plainchart_record::document_reference::RelatesTo;
use plainchart_record::identifier::Identifier;
use plainchart_record::{DocumentReference, Target};
use serde::Deserialize;

use crate::ingest::{Tie, Ties, address, body_mark, tie};

/// What one note does to another (DocumentReference.relatesTo.code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// It takes the other's place.
    Replaces,
    /// It is the other in another form or language.
    Transforms,
    /// It adds to the other.
    Appends,
    /// It signs the other.
    Signs,
}

impl Relation {
    const ALL: [Self; 4] = [Self::Replaces, Self::Transforms, Self::Appends, Self::Signs];

    /// FHIR's code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Replaces => "replaces",
            Self::Transforms => "transforms",
            Self::Appends => "appends",
            Self::Signs => "signs",
        }
    }

    /// Seen from the other note.
    #[must_use]
    pub const fn reversed(self) -> &'static str {
        match self {
            Self::Replaces => "replaced-by",
            Self::Transforms => "transformed-by",
            Self::Appends => "appended-by",
            Self::Signs => "signed-by",
        }
    }

    fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|relation| relation.code() == code)
    }
}

/// The facts of one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoteFacts {
    /// Whatever shares one of these is the same note: addresses of its bodies; its own number (`masterIdentifier`) with
    /// its type and date, for some systems give one number to several documents.
    pub marks: Vec<Tie>,
    /// Digests of its bodies: the same note, unless the two belong to different visits.
    pub bytes: Vec<Tie>,
    /// Other business identifiers. Hospitals number visits and samples with them too.
    pub numbers: Vec<Tie>,
    /// The visits that it belongs to.
    pub visits: Vec<Tie>,
    /// What it does to which others.
    pub relations: Vec<(Relation, Tie)>,
    /// It was entered in error: it says nothing about others any more.
    pub is_void: bool,
    /// There is nothing to read in it, only to look at or listen to.
    pub is_recording: bool,
    /// In use, as far as its status says.
    pub is_current: bool,
}

impl NoteFacts {
    /// The facts that stand in the ties of an entry. `urls`: of its bodies; `base`: the chart's server.
    pub fn of<'u>(
        ties: Option<&Ties>,
        own_number: Option<OwnNumber>,
        identifiers: &[Identifier],
        urls: impl Iterator<Item = &'u str>,
        base: &str,
    ) -> Self {
        let Some(ties) = ties else { return Self::default() };
        let number = |identifier: &Identifier| {
            let system = identifier.system.as_deref().filter(|system| !system.is_empty())?;
            Some(identifier_mark(system, identifier.value.as_deref()?))
        };
        let mut numbers: Vec<Tie> = identifiers.iter().filter_map(number).collect();
        let own = own_number.as_ref().map(|own| own.number);
        numbers.retain(|number| ties.same_as.contains(number) && Some(*number) != own);
        let mut marks: Vec<Tie> = urls.map(|url| url_mark(url, base)).collect();
        marks.retain(|mark| ties.same_as.contains(mark));
        let empty = body_mark(b"");
        let is_bytes =
            |mark: &Tie| *mark != empty && !numbers.contains(mark) && !marks.contains(mark) && Some(*mark) != own;
        let bytes = ties.same_as.iter().copied().filter(is_bytes).collect();
        marks.extend(own_number.map(|own| own.document));
        Self { bytes, marks, numbers, visits: ties.visits.clone(), is_current: true, ..Self::default() }
    }

    /// The relations of a DocumentReference.
    pub fn relate(&mut self, relates_to: &[RelatesTo], base: &str) {
        self.relations = (relates_to.iter())
            .filter_map(|one| {
                let relation = Relation::of_code(one.code.as_deref()?)?;
                Some((relation, tie(&address(&one.target.target, base)?)))
            })
            .collect();
    }
}

fn url_mark(url: &str, base: &str) -> Tie {
    let target = address(&Target::parse(url), base).unwrap_or_else(|| url.to_owned());
    tie(&format!("url:{target}"))
}

fn identifier_mark(system: &str, value: &str) -> Tie {
    tie(&format!("identifier:{system}|{value}"))
}

/// `masterIdentifier`.
pub struct OwnNumber {
    /// Its mark among the resource's ties.
    number: Tie,
    /// With the document's type and date.
    document: Tie,
}

/// The number of this one document.
pub fn own_number(raw: &str, document: &DocumentReference) -> Option<OwnNumber> {
    #[derive(Deserialize)]
    struct Numbered {
        #[serde(rename = "masterIdentifier")]
        master_identifier: Number,
    }
    #[derive(Deserialize)]
    struct Number {
        system: String,
        value: String,
    }
    let Number { system, value } = serde_json::from_str::<Numbered>(raw).ok()?.master_identifier;
    if system.is_empty() || value.is_empty() {
        return None;
    }
    let codings = document.kind.iter().flat_map(|kind| &kind.codings);
    let kind: Vec<&str> = codings.filter_map(|coding| coding.code.as_deref()).collect();
    let date = document.when().map(|when| when.text.as_str()).unwrap_or_default();
    let whole = serde_json::json!(["number", system, value, kind, date]).to_string();
    Some(OwnNumber { number: identifier_mark(&system, &value), document: tie(&whole) })
}

/// Whether all files of a document are said to be pictures or sound.
pub fn is_recording(document: &DocumentReference) -> bool {
    let is_media = |content: &plainchart_record::document_reference::Content| {
        let essence = content.attachment.media_type.as_ref().map(|media_type| media_type.essence.as_str());
        essence.is_some_and(|essence| ["audio/", "video/", "image/"].iter().any(|kind| essence.starts_with(kind)))
    };
    !document.content.is_empty() && document.content.iter().all(is_media)
}
