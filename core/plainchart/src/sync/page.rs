//! One page of a search: bytes to entries and links.

use plainchart_record::bundle::{BundleKind, LinkRelation, SearchMode};
use plainchart_record::page::read_page;
use plainchart_record::{JsonLimits, RecordError};

use super::plan::Manner;
use crate::error::PlainchartError;
use crate::net::Answer;

/// A page, ready to be filed.
pub struct Page {
    /// Resources as received, with their `fullUrl` and whether they were only sent along.
    pub resources: Vec<PageResource>,
    /// Address of the next page.
    pub next: Option<String>,
    /// Number of matches over all pages, if the server told.
    pub total: Option<u64>,
    /// The `self` link.
    self_link: Option<String>,
    /// Entries that were no resource though they should be.
    pub unreadable: u64,
}

/// One resource of a page.
pub struct PageResource {
    /// Its text.
    pub raw: String,
    /// Its `fullUrl`.
    pub full_url: Option<String>,
    /// Sent along because another entry refers to it.
    pub included: bool,
}

impl Page {
    /// Reads an answer.
    ///
    /// # Errors
    /// `ServerProblem` when it is no Bundle of search results, or past a bound (D10).
    pub fn read(answer: &Answer) -> Result<Self, PlainchartError> {
        let page = read_page(&answer.body, &JsonLimits::PAGE).map_err(|error| match error {
            RecordError::UnexpectedType { .. } | RecordError::NoResourceType => PlainchartError::server("not_a_bundle"),
            _ => PlainchartError::server("broken_json"),
        })?;
        let bundle = page.bundle;
        if !matches!(bundle.kind, BundleKind::Searchset | BundleKind::Other | BundleKind::Collection) {
            return Err(PlainchartError::server("not_a_searchset"));
        }
        // One resource past a bound costs itself, not its page (D7).
        let unreadable = bundle.entries.iter().filter(|entry| entry.problem.is_some()).count() + page.refused.len();
        let resources = bundle.entries.iter().filter(|entry| entry.problem.is_none()).filter_map(|entry| {
            Some(PageResource {
                raw: entry.raw?.to_owned(),
                full_url: entry.full_url.as_deref().map(str::to_owned),
                included: entry.mode == SearchMode::Include,
            })
        });
        Ok(Self {
            resources: resources.collect(),
            next: bundle.link(LinkRelation::Next).map(str::to_owned),
            total: bundle.total,
            self_link: bundle.link(LinkRelation::SelfLink).map(str::to_owned),
            unreadable: unreadable as u64,
        })
    }

    /// Whether `self` repeats the parameter: only then was it honoured (D3).
    fn repeats(&self, name: &str, value: Option<&str>) -> bool {
        let Some(query) = self.self_link.as_deref().and_then(|link| link.split_once('?')).map(|(_, query)| query)
        else {
            return false;
        };
        url::form_urlencoded::parse(query.as_bytes())
            .any(|(key, found)| key == name && value.is_none_or(|value| found == value))
    }

    /// Whether the order that a manner asks for was honoured.
    #[must_use]
    pub fn is_ascending(&self, manner: Manner) -> bool {
        manner == Manner::Ascending && self.repeats("_sort", Some("_lastUpdated"))
    }

    /// Whether the start that an incremental walk asks for was honoured.
    #[must_use]
    pub fn is_since(&self) -> bool {
        self.repeats("_lastUpdated", None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(self_link: &str) -> Page {
        let body = format!(
            r#"{{"resourceType":"Bundle","type":"searchset","link":[{{"relation":"self","url":"{self_link}"}}],"entry":[]}}"#
        );
        let answer =
            Answer { status: 200, content_type: None, retry_after: None, date: None, body: body.into(), wire_bytes: 0 };
        Page::read(&answer).unwrap()
    }

    /// Proves D3: a parameter counts as honoured only if `self` repeats it.
    #[test]
    fn honoured_is_what_self_repeats() {
        let asked = page("https://h.example/fhir/Observation?patient=1&_sort=_lastUpdated&_lastUpdated=ge2026-01-01");
        assert!(asked.is_ascending(Manner::Ascending) && asked.is_since());
        assert!(!asked.is_ascending(Manner::Counted));
        let dropped = page("https://h.example/fhir/Observation?patient=1&_count=100");
        assert!(!dropped.is_ascending(Manner::Ascending) && !dropped.is_since());
        let other = page("https://h.example/fhir/Observation?_sort=-_lastUpdated");
        assert!(!other.is_ascending(Manner::Ascending));
        assert!(!page("opaque").is_since());
    }
}
