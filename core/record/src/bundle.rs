//! `Bundle`: pages of a search, downloads, transactions. Entries are slices of the text (D8).

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::element::{Object, items, object, string, token};
use crate::error::RecordError;
use crate::redact::hidden_debug;

/// `Bundle.type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BundleKind {
    /// A page of search results.
    Searchset,
    /// Resources put together, as in a download.
    Collection,
    /// Changes that belong together; references are often `urn:uuid:`.
    Transaction,
    /// The answer to a transaction.
    TransactionResponse,
    /// Changes, each by itself.
    Batch,
    /// The answer to a batch.
    BatchResponse,
    /// Versions over time; an entry may be a deletion.
    History,
    /// A FHIR document: a Composition and what it refers to.
    Document,
    /// A FHIR message.
    Message,
    /// Not given, or not one of FHIR's.
    Other,
}

const BUNDLE_KINDS: [(&str, BundleKind); 9] = [
    ("searchset", BundleKind::Searchset),
    ("collection", BundleKind::Collection),
    ("transaction", BundleKind::Transaction),
    ("transaction-response", BundleKind::TransactionResponse),
    ("batch", BundleKind::Batch),
    ("batch-response", BundleKind::BatchResponse),
    ("history", BundleKind::History),
    ("document", BundleKind::Document),
    ("message", BundleKind::Message),
];

/// `Bundle.link.relation`, in one spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkRelation {
    /// The search as the server understood it (D3).
    SelfLink,
    /// The next page.
    Next,
    /// The page before; also written `prev`.
    Previous,
    /// The first page.
    First,
    /// The last page.
    Last,
    /// Anything else.
    Other,
}

const LINK_RELATIONS: [(&str, LinkRelation); 6] = [
    ("self", LinkRelation::SelfLink),
    ("next", LinkRelation::Next),
    ("previous", LinkRelation::Previous),
    ("prev", LinkRelation::Previous),
    ("first", LinkRelation::First),
    ("last", LinkRelation::Last),
];

/// One link of a Bundle.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// What it leads to.
    pub relation: LinkRelation,
    /// As the server wrote it; may be relative, may be opaque.
    pub url: String,
}

hidden_debug!(Link);

/// `entry.search.mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchMode {
    /// Found by the search.
    Match,
    /// Sent along because another entry refers to it.
    Include,
    /// An OperationOutcome about the search, not a result (PEERS 4).
    Outcome,
    /// Not given.
    NotGiven,
}

const SEARCH_MODES: [(&str, SearchMode); 3] =
    [("match", SearchMode::Match), ("include", SearchMode::Include), ("outcome", SearchMode::Outcome)];

/// Why an entry gives no resource though it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryProblem {
    /// The entry is not a JSON object.
    EntryNotAnObject,
    /// `resource` is there but is not a JSON object.
    ResourceNotAnObject,
    /// `resource` is given twice.
    TwoResources,
}

/// One entry. It stands for a resource when `raw` is there; without one it is a deletion or an answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Place in the Bundle, from 0.
    pub index: usize,
    /// The resource's address, absolute or `urn:uuid:`.
    pub full_url: Option<Cow<'a, str>>,
    /// The resource exactly as received (D8).
    pub raw: Option<&'a str>,
    /// The whole entry exactly as received.
    pub entry_raw: &'a str,
    /// Why it is in the answer to a search.
    pub mode: SearchMode,
    /// `request.method` of a transaction or history: `DELETE` in a history means that it is gone.
    pub request_method: Option<String>,
    /// `response.status` of an answer to a transaction or batch.
    pub response_status: Option<String>,
    /// What is wrong with it. The rest of the Bundle is not touched by it (D7).
    pub problem: Option<EntryProblem>,
}

hidden_debug!(Entry<'_>);

/// A Bundle whose resources have not been read yet.
#[derive(Clone, PartialEq, Eq)]
pub struct Bundle<'a> {
    /// `type`.
    pub kind: BundleKind,
    /// `total`: number of matches over all pages, if told.
    pub total: Option<u64>,
    /// In the order given.
    pub links: Vec<Link>,
    /// In the order given.
    pub entries: Vec<Entry<'a>>,
}

hidden_debug!(Bundle<'_>, links, entries);

impl Bundle<'_> {
    /// The first link of this relation.
    #[must_use]
    pub fn link(&self, relation: LinkRelation) -> Option<&str> {
        self.links.iter().find(|link| link.relation == relation).map(|link| link.url.as_str())
    }
}

/// Reads a Bundle. Bad entries are reported one by one; bad links and a bad total are absent.
///
/// # Errors
/// Not JSON, truncated, not an object, or not a Bundle.
pub fn read_bundle(text: &str) -> Result<Bundle<'_>, RecordError> {
    let bundle = Object::resource(text, "Bundle")?;
    // Should `entry` be there twice, nothing of it may be lost.
    let entries = bundle.all("entry").filter(|raw| raw.get() != "null").flat_map(items);
    Ok(Bundle {
        kind: read_kind(bundle.token("type")),
        total: bundle.number("total").and_then(|text| text.parse().ok()),
        links: bundle.objects("link").iter().filter_map(read_link).collect(),
        entries: entries.enumerate().map(|(index, raw)| read_entry(index, raw)).collect(),
    })
}

pub(crate) fn read_kind(text: Option<String>) -> BundleKind {
    look_up(&BUNDLE_KINDS, text, BundleKind::Other)
}

pub(crate) fn read_entry(index: usize, raw: &RawValue) -> Entry<'_> {
    let mut entry = Entry {
        index,
        full_url: None,
        raw: None,
        entry_raw: raw.get(),
        mode: SearchMode::NotGiven,
        request_method: None,
        response_status: None,
        problem: None,
    };
    let Some(members) = object(raw) else {
        entry.problem = Some(EntryProblem::EntryNotAnObject);
        return entry;
    };
    let nested = |name: &str, member: &str| members.object(name).and_then(|object| object.token(member));
    entry.full_url = members.get("fullUrl").and_then(string).filter(|url| !url.trim().is_empty());
    entry.mode = look_up(&SEARCH_MODES, nested("search", "mode"), SearchMode::NotGiven);
    entry.request_method = nested("request", "method");
    entry.response_status = nested("response", "status");
    if let Some(resource) = members.get("resource") {
        entry.raw = Some(resource.get());
        entry.problem = match members.all("resource").nth(1) {
            Some(_) => Some(EntryProblem::TwoResources),
            None => (!resource.get().starts_with('{')).then_some(EntryProblem::ResourceNotAnObject),
        };
    }
    entry
}

fn read_link(link: &Object<'_>) -> Option<Link> {
    let relation = link.get("relation").and_then(token);
    Some(Link { relation: look_up(&LINK_RELATIONS, relation, LinkRelation::Other), url: link.token("url")? })
}

fn look_up<T: Copy>(table: &[(&str, T)], text: Option<String>, otherwise: T) -> T {
    let found = text.and_then(|text| table.iter().find(|(name, _)| name.eq_ignore_ascii_case(&text)));
    found.map_or(otherwise, |(_, value)| *value)
}
