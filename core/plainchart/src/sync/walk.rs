//! One search from its first page to its last (D3).

use std::collections::HashSet;

use plainchart_access::Classes;
use plainchart_record::set_aside::SetAside;
use plainchart_record::{FhirTime, read_header};
use url::Url;

use super::engine::Syncing;
use super::page::Page;
use super::plan::{Manner, Search};
use super::position::Underway;
use super::report::Progress;
use crate::error::PlainchartError;
use crate::ingest::{Incoming, Landed, Outcome, resource_key};
use crate::net::{Answer, FHIR_JSON};
use crate::stored::digest_of;

/// Bound on one page (D10).
pub const PAGE_BYTES: usize = 64 << 20;
/// Bound on the pages of one search.
const MOST_PAGES: u32 = 20_000;
/// Bounds on all pages of one search together (D10).
const MOST_BYTES: u64 = 2 << 30;
const MOST_RESOURCES: u64 = 2_000_000;
/// Pages in a row that bring nothing unseen: a server that never ends.
const MOST_IDLE_PAGES: u32 = 8;
/// An incremental walk begins this long before the newest resource seen: a slow commit at the server may carry an
/// older time than one that was seen first.
const OVERLAP_MS: i64 = 120_000;
/// How far a server's clock may be ahead of ours before its times are not believed.
const AHEAD_MS: i64 = 24 * 3_600_000;

/// The code of a walk whose link to the next page is no longer known to the server.
pub const PAGE_EXPIRED: &str = "page_expired";

/// The code of a walk that brought fewer matches than the server says there are.
pub const FEWER_THAN_TOLD: &str = "fewer_than_told";

/// How a walk of one search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WalkEnd {
    /// At the last page.
    Complete {
        /// Whether every resource of the search was seen, in this run of the program.
        full: bool,
    },
    /// The server refuses this search (400, 403, 404 in every manner).
    Refused,
    /// Stopped by a bound; the code says which.
    Stopped(&'static str),
}

/// What one walk of a search has brought so far.
#[derive(Default)]
struct Brought {
    /// Keys of the matches.
    matches: HashSet<String>,
    /// Matches that could not be read.
    unreadable: u64,
    bytes: u64,
    resources: u64,
}

impl Brought {
    fn count(&self) -> u64 {
        self.matches.len() as u64 + self.unreadable
    }

    fn is_too_much(&self) -> bool {
        self.bytes > MOST_BYTES || self.resources > MOST_RESOURCES
    }
}

/// The code of a fault that is this search's own; every other error ends the sync.
fn own_fault(error: PlainchartError) -> Result<&'static str, PlainchartError> {
    match error {
        PlainchartError::ServerProblem { code } => Ok(code),
        other => Err(other),
    }
}

/// A start for an incremental walk.
#[must_use]
pub fn since(newest: &str) -> Option<String> {
    let epoch_ms = FhirTime::parse(newest)?.epoch_ms?;
    let start = chrono::DateTime::from_timestamp_millis(epoch_ms.saturating_sub(OVERLAP_MS))?;
    Some(start.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

impl Syncing<'_> {
    /// Walks one search.
    ///
    /// # Errors
    /// The network's and the vault's; what was committed stays, and the next sync goes on from there.
    pub(super) async fn walk(
        &mut self,
        resource_type: &'static str,
        search: Search,
        incremental: bool,
    ) -> Result<WalkEnd, PlainchartError> {
        let newest = self.position.walked.get(search.key).and_then(|walked| walked.newest.clone());
        let start = newest.as_deref().filter(|_| incremental).and_then(since);
        if start.is_none() && !std::mem::replace(&mut self.woke_wants, true) {
            self.writer.wake_wants()?;
        }
        if let Some(underway) = self.position.underway.take().filter(|underway| underway.key == search.key)
            && let Ok(next) = self.fetcher.base.resolve_for_token(&underway.next)
        {
            let answer = match self.fetcher.get(&next, FHIR_JSON, PAGE_BYTES).await {
                Ok(answer) => answer,
                Err(error) => return self.stop(own_fault(error)?),
            };
            // A link that has expired (410, 404, 400) means: begin the walk again, never: delete.
            if answer.is_success() {
                let manner = underway.manner();
                return self.pages(resource_type, search, manner, answer, underway, true).await;
            }
        }
        for (index, manner) in Manner::ALL.into_iter().enumerate() {
            let mut answer = match self.first_page(resource_type, search, manner, start.as_deref()).await {
                Ok(answer) => answer,
                Err(error) => return self.stop(own_fault(error)?),
            };
            if matches!(answer.status, 400 | 422) && self.asks_for_provenance() {
                self.position.without_provenance = true;
                answer = match self.first_page(resource_type, search, manner, start.as_deref()).await {
                    Ok(answer) => answer,
                    Err(error) => return self.stop(own_fault(error)?),
                };
                // It was not the provenance that was refused.
                self.position.without_provenance = !matches!(answer.status, 400 | 422);
            }
            match answer.status {
                200..=299 => {
                    let underway = Underway {
                        key: search.key.to_owned(),
                        next: String::new(),
                        manner: index,
                        incremental: start.is_some() && manner == Manner::Ascending,
                        newest: None,
                    };
                    return self.pages(resource_type, search, manner, answer, underway, false).await;
                }
                400 | 422 => {}
                401 | 403 | 404 | 405 | 410 => return Ok(WalkEnd::Refused),
                _ => return self.stop("status"),
            }
        }
        Ok(WalkEnd::Refused)
    }

    /// Ends the walk of a search: what came is kept, and the next sync walks it anew.
    fn stop(&mut self, code: &'static str) -> Result<WalkEnd, PlainchartError> {
        self.commit(None)?;
        Ok(WalkEnd::Stopped(code))
    }

    /// Who made or changed a resource comes along with it, where the server knows how (US Core owes `_revinclude`).
    fn asks_for_provenance(&self) -> bool {
        self.may_read_provenance && !self.position.without_provenance
    }

    async fn first_page(
        &mut self,
        resource_type: &'static str,
        search: Search,
        manner: Manner,
        since: Option<&str>,
    ) -> Result<Answer, PlainchartError> {
        let mut url = self.fetcher.base.resolve_for_token(resource_type)?;
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("patient", &self.patient_id);
            query.extend_pairs(search.parameters);
            query.extend_pairs(manner.parameters(since));
            if self.asks_for_provenance() {
                query.append_pair("_revinclude", "Provenance:target");
            }
        }
        self.fetcher.get(&url, FHIR_JSON, PAGE_BYTES).await
    }

    async fn pages(
        &mut self,
        resource_type: &'static str,
        search: Search,
        manner: Manner,
        mut answer: Answer,
        mut underway: Underway,
        resumed: bool,
    ) -> Result<WalkEnd, PlainchartError> {
        let mut links = HashSet::new();
        let mut brought = Brought::default();
        let mut idle = 0;
        let mut ascending = false;
        let mut total = None;
        for number in 0..MOST_PAGES {
            let page = match Page::read(&answer) {
                Ok(page) => page,
                Err(error) => return self.stop(own_fault(error)?),
            };
            brought.bytes += answer.body.len() as u64;
            if number == 0 {
                ascending = page.is_ascending(manner);
                underway.incremental &= ascending && page.is_since();
            }
            total = page.total.or(total);
            let before = brought.matches.len();
            self.file_page(resource_type, &page, &mut underway, &mut brought)?;
            idle = if brought.matches.len() == before { idle + 1 } else { 0 };
            if brought.is_too_much() {
                return self.stop("too_much");
            }
            let next = page.next.as_deref().map(|next| self.fetcher.base.resolve_for_token(next));
            let next: Option<Url> = match next {
                None => None,
                Some(Ok(next)) => Some(next),
                Some(Err(_)) => return self.stop("next_outside_base"),
            };
            let endless = idle >= MOST_IDLE_PAGES || next.as_ref().is_some_and(|next| !links.insert(next.clone()));
            let Some(next) = next.filter(|_| !endless) else {
                let full = !underway.incremental && !resumed;
                // A record that moved between pages while the hospital wrote was missed (seen with offset paging).
                let told = total.filter(|told| full && brought.count() < *told);
                let short = told.map(|told| digest_of(format!("{}/{told}", brought.count()).as_bytes()));
                let end = match (endless, &short) {
                    (true, _) => WalkEnd::Stopped("endless_paging"),
                    (_, Some(counts)) if !self.is_short_again(search, counts) => WalkEnd::Stopped(FEWER_THAN_TOLD),
                    _ => WalkEnd::Complete { full: full && short.is_none() },
                };
                match end {
                    WalkEnd::Complete { .. } => self.finish_search(search, &underway, ascending, short)?,
                    _ => self.commit(None)?,
                }
                self.tell(resource_type, &page)?;
                self.fetch_bodies(false).await?;
                return Ok(end);
            };
            underway.next = next.to_string();
            self.commit(Some(underway.clone()))?;
            self.tell(resource_type, &page)?;
            self.fetch_bodies(false).await?;
            answer = match self.fetcher.get(&next, FHIR_JSON, PAGE_BYTES).await {
                Ok(answer) => answer,
                Err(error) => return self.stop(own_fault(error)?),
            };
            match answer.status {
                200..=299 => {}
                // An expired link: what came is kept, the next sync walks this search anew.
                400 | 404 | 410 => return self.stop(PAGE_EXPIRED),
                403 => return self.stop("not_shared"),
                _ => return self.stop("status"),
            }
        }
        self.stop("too_many_pages")
    }

    /// Whether a walk of this search was short by the same counts before: then the server counts what it does not show.
    fn is_short_again(&mut self, search: Search, counts: &str) -> bool {
        let known = self.position.walked.get(search.key).and_then(|walked| walked.short.as_deref());
        let again = known == Some(counts) || self.short.get(search.key).is_some_and(|before| before == counts);
        self.short.insert(search.key, counts.to_owned());
        again
    }

    fn tell(&mut self, resource_type: &'static str, page: &Page) -> Result<(), PlainchartError> {
        if self.is_proxy() {
            // Pages and counts would tell of what this reader may not know of (N4): the type, once, and no more.
            if std::mem::replace(&mut self.told, resource_type) == resource_type {
                return Ok(());
            }
            return self.listener.progress(&Progress::Fetching { resource_type, done: 0, total: None });
        }
        let done = self.received(resource_type);
        self.listener.progress(&Progress::Fetching { resource_type, done, total: page.total })
    }

    pub(super) fn is_proxy(&self) -> bool {
        self.writer.readable() != Classes::ALL
    }

    /// Files the resources of a page; `brought` counts those of this walk.
    fn file_page(
        &mut self,
        resource_type: &'static str,
        page: &Page,
        underway: &mut Underway,
        brought: &mut Brought,
    ) -> Result<(), PlainchartError> {
        for resource in &page.resources {
            let header = read_header(&resource.raw).ok();
            let key = match &header {
                Some(header) => resource_key(header, resource.full_url.as_deref(), &resource.raw),
                None => digest_of(resource.raw.as_bytes()),
            };
            let is_new = !self.seen.contains(&key);
            let incoming =
                Incoming { raw: &resource.raw, full_url: resource.full_url.as_deref(), referred_to: resource.included };
            let outcome = self.writer.take(incoming, &self.patient)?;
            if is_new {
                let kind =
                    header.as_ref().map_or(resource_type, |header| known_type(&header.resource_type, resource_type));
                self.count(kind, outcome);
            }
            if let Some(header) = header.filter(|header| header.resource_type == resource_type)
                && matches!(outcome, Outcome::InChart(_))
            {
                // A time ahead of the clock would be a start that no change comes after.
                let latest_ms = self.now_ms.saturating_add(AHEAD_MS);
                let believable = header.last_updated.filter(|time| time.epoch_ms.is_some_and(|ms| ms <= latest_ms));
                underway.newest = newer(underway.newest.take(), believable);
            }
            if !resource.included && outcome != Outcome::SetAside(SetAside::OperationOutcome) {
                brought.matches.insert(key.clone());
            }
            brought.resources += 1;
            self.seen.insert(key);
            if let Outcome::InChart(Landed::New | Landed::Updated) = outcome {
                self.changed += 1;
            }
        }
        brought.unreadable += page.unreadable;
        for _ in 0..page.unreadable {
            self.count(resource_type, Outcome::SetAside(SetAside::Unreadable));
        }
        Ok(())
    }
}

/// The name of a type that a walk can bring, or the one that was searched.
fn known_type(name: &str, searched: &'static str) -> &'static str {
    super::plan::scope_types().into_iter().find(|known| *known == name).unwrap_or(searched)
}

fn newer(known: Option<String>, found: Option<FhirTime>) -> Option<String> {
    let epoch = |text: &String| FhirTime::parse(text).and_then(|time| time.epoch_ms);
    match (known, found) {
        (Some(known), Some(found)) if found.epoch_ms > epoch(&known) => Some(found.text),
        (None, Some(found)) if found.epoch_ms.is_some() => Some(found.text),
        (known, _) => known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves D3: an incremental walk begins before the newest resource seen, never after it.
    #[test]
    fn the_start_overlaps() {
        assert_eq!(since("2026-11-22T20:14:30.250-05:00").as_deref(), Some("2026-11-23T01:12:30.250Z"));
        assert_eq!(since("2026-11-22"), None, "a day is not an instant");
        assert_eq!(since("soon"), None);
    }

    /// Proves D10: all pages of a search together are bounded, by bytes and by count.
    #[test]
    fn a_search_has_an_end() {
        let brought = |bytes, resources| Brought { bytes, resources, ..Brought::default() };
        assert!(!brought(MOST_BYTES, MOST_RESOURCES).is_too_much());
        assert!(brought(MOST_BYTES + 1, 0).is_too_much() && brought(0, MOST_RESOURCES + 1).is_too_much());
    }

    /// Proves D7: only what is wrong with one search stays with it.
    #[test]
    fn what_ends_a_search_and_what_a_sync() {
        assert_eq!(own_fault(PlainchartError::server("broken_json")), Ok("broken_json"));
        for error in [PlainchartError::Offline, PlainchartError::Cancelled, PlainchartError::VaultDamaged] {
            assert_eq!(own_fault(error.clone()), Err(error));
        }
    }
}
