//! Search requests, page by page.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::bundle::Bundle;
use super::include::included;
use super::pages::Page;
use super::read::fhir_answer;
use super::refusal::{Refusal, outcome};
use super::search::Search;
use super::served::Writer;
use super::store::{Found, Lookup};
use super::{grant_of, visible};
use crate::clock::instant;
use crate::faults::PageFault;
use crate::hospital::Hospital;
use crate::oauth::grants::Grant;
use crate::oauth::scope::Interaction;
use crate::opaque::token;
use crate::profile::{PageLinks, Paging, Profile, Total, UnknownParameter};

type Pairs = Vec<(String, String)>;

pub(super) async fn search(
    State(hospital): State<Arc<Hospital>>,
    Path(resource_type): Path<String>,
    RawQuery(query): RawQuery,
    fault: Option<Extension<PageFault>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let mut query = query.unwrap_or_default();
    while hospital.profile().collapses_slashes && query.contains("//") {
        query = query.replace("//", "/");
    }
    let asked = Asked { hospital: &hospital, uri: &uri, fault: fault.map(|Extension(fault)| fault) };
    asked.first_page(&resource_type, &headers, pairs(query.as_bytes()))
}

pub(super) async fn search_by_post(
    State(hospital): State<Arc<Hospital>>,
    Path(resource_type): Path<String>,
    RawQuery(query): RawQuery,
    fault: Option<Extension<PageFault>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let mut parameters = pairs(query.unwrap_or_default().as_bytes());
    parameters.extend(pairs(&body));
    let asked = Asked { hospital: &hospital, uri: &uri, fault: fault.map(|Extension(fault)| fault) };
    asked.first_page(&resource_type, &headers, parameters)
}

/// `{base}?_page=...` or `{base}?_getpages=...`
pub(super) async fn page(
    State(hospital): State<Arc<Hospital>>,
    RawQuery(query): RawQuery,
    fault: Option<Extension<PageFault>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let grant = grant_of(&hospital, &headers)?;
    let parameters = pairs(query.unwrap_or_default().as_bytes());
    let Some((_, link)) = parameters.iter().find(|(name, _)| name == "_page" || name == "_getpages") else {
        return Err(Refusal::bad_request("not-supported", "searching every type at once is not offered"));
    };
    let page = hospital.pages.get(link, hospital.profile().page_link_life).ok_or_else(Refusal::page_gone)?;
    if !page.patients.iter().all(|patient| grant.patients.contains(patient)) {
        return Err(Refusal::forbidden("this page belongs to another sign-in"));
    }
    if !grant.scopes.allows_type(Interaction::Search, &page.search.resource_type) {
        return Err(Refusal::scope());
    }
    let asked = Asked { hospital: &hospital, uri: &uri, fault: fault.map(|Extension(fault)| fault) };
    Ok(fhir_answer(asked.answer(&grant, page)).into_response())
}

fn pairs(text: &[u8]) -> Pairs {
    url::form_urlencoded::parse(text).into_owned().collect()
}

struct Asked<'a> {
    hospital: &'a Hospital,
    uri: &'a Uri,
    fault: Option<PageFault>,
}

impl Asked<'_> {
    fn first_page(&self, resource_type: &str, headers: &HeaderMap, mut parameters: Pairs) -> Result<Response, Refusal> {
        let (hospital, profile) = (self.hospital, self.hospital.profile());
        let grant = grant_of(hospital, headers)?;
        if !hospital.types().contains(resource_type) {
            let reason = "this hospital does not hold that type";
            return Err(Refusal::new(StatusCode::NOT_FOUND, "not-supported", reason));
        }
        if !grant.scopes.allows_type(Interaction::Search, resource_type) {
            return Err(Refusal::scope());
        }
        let question = format!("{} {resource_type} {parameters:?}", grant.id);
        let cached = profile.search_cache.filter(|_| self.fault.is_none() && !wants_fresh(headers));
        if let Some(json) = cached.and_then(|life| hospital.search_cache.get(&question, life)) {
            return Ok(fhir_answer(json).into_response());
        }
        let offset = match profile.page_links {
            PageLinks::Offset => take_offset(&mut parameters)?,
            PageLinks::Opaque | PageLinks::GetPages => 0,
        };
        let search = Arc::new(Search::parse(resource_type, &parameters, &profile, &hospital.base())?);
        let size = search.count.unwrap_or(profile.page_size).max(1);
        let snapshot = match (profile.paging, profile.page_links) {
            (Paging::Offset, _) | (_, PageLinks::Offset) => None,
            (Paging::Snapshot, _) => Some(self.find(&grant, &search).into_iter().map(|found| found.id).collect()),
        };
        let json = self.answer(&grant, Page { search, patients: grant.patients.clone(), snapshot, offset, size });
        if self.fault.is_none() && profile.search_cache.is_some() {
            hospital.search_cache.put(question, json.clone());
        }
        Ok(fhir_answer(json).into_response())
    }

    fn find(&self, grant: &Grant, search: &Search) -> Vec<Found> {
        search.run(&self.hospital.store, |found| visible(self.hospital, grant, found))
    }

    fn answer(&self, grant: &Grant, page: Page) -> String {
        let (hospital, profile) = (self.hospital, self.hospital.profile());
        let search = &page.search;
        let room = if profile.short_pages && page.offset > 0 { page.size.div_ceil(2) } else { page.size };
        let (total, matches) = self.matches(grant, &page, room);
        let end = page.offset.saturating_add(room);
        let is_last = end >= total;

        let mut bundle = Bundle::searchset(token(), &instant(hospital.clock.now()));
        bundle.total = match profile.total {
            Total::Always => Some(total),
            Total::Never => None,
            Total::LastPage => is_last.then_some(total),
        };
        bundle.link("self", self.self_url(search));
        let next = match &self.fault {
            Some(PageFault::Loop) => Some(format!("{}{}", hospital.origin, self.uri)),
            Some(PageFault::Endless) => Some(self.page_url(&profile, page.clone())),
            Some(PageFault::ForeignNext(url)) => Some(url.clone()),
            Some(PageFault::WrongPatient) | None if is_last => None,
            Some(PageFault::WrongPatient) | None => Some(self.page_url(&profile, Page { offset: end, ..page.clone() })),
        };
        if let Some(next) = next {
            bundle.link("next", next);
        }
        let mut given: BTreeSet<(String, String)> =
            matches.iter().map(|found| (found.resource_type.clone(), found.id.clone())).collect();
        if matches!(self.fault, Some(PageFault::WrongPatient))
            && let Some((id, json)) = hospital.someone_elses(&search.resource_type, &grant.patients, matches.first())
        {
            bundle.resource("match", format!("{}/{}/{id}", hospital.base(), search.resource_type), json);
        }
        if profile.always_adds_outcome {
            bundle.outcome(&outcome("information", "informational", "results may be incomplete"));
        }
        let mut writer = Writer::of_page(hospital, &profile);
        let mut add = |bundle: &mut Bundle, mode, found: &Found| {
            bundle.resource(mode, writer.full_url(&found.resource_type, &found.id), writer.json(found));
        };
        for found in &matches {
            add(&mut bundle, "match", found);
        }
        for found in included(hospital, grant, search, &matches) {
            if given.insert((found.resource_type.clone(), found.id.clone())) {
                add(&mut bundle, "include", &found);
            }
        }
        if profile.unknown_parameter == UnknownParameter::Reported && !search.unknown.is_empty() {
            let text = format!("left out: {}", search.unknown.join(", "));
            bundle.outcome(&outcome("warning", "not-supported", &text));
        }
        bundle.to_json()
    }

    /// How many there are in all, and those of this page that are still there and still allowed.
    fn matches(&self, grant: &Grant, page: &Page, room: usize) -> (usize, Vec<Found>) {
        match &page.snapshot {
            None => {
                let all = self.find(grant, &page.search);
                (all.len(), all.into_iter().skip(page.offset).take(room).collect())
            }
            Some(ids) => {
                let these = ids.iter().skip(page.offset).take(room);
                let found = these.filter_map(|id| match self.hospital.store.look_up(&page.search.resource_type, id) {
                    Lookup::Found(found) if visible(self.hospital, grant, &found) => Some(found),
                    _ => None,
                });
                (ids.len(), found.collect())
            }
        }
    }

    fn self_url(&self, search: &Search) -> String {
        let url = format!("{}/{}", self.hospital.base(), search.resource_type);
        if search.honoured.is_empty() {
            return url;
        }
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&search.honoured).finish();
        format!("{url}?{query}")
    }

    fn page_url(&self, profile: &Profile, page: Page) -> String {
        let (base, offset, size) = (self.hospital.base(), page.offset, page.size);
        match profile.page_links {
            PageLinks::Opaque => format!("{base}?_page={}", self.hospital.pages.link(page)),
            PageLinks::GetPages => {
                let link = self.hospital.pages.link(page);
                format!("{base}?_getpages={link}&_getpagesoffset={offset}&_count={size}&_bundletype=searchset")
            }
            PageLinks::Offset => {
                let url = self.self_url(&page.search);
                format!("{url}{}_offset={offset}", if url.contains('?') { '&' } else { '?' })
            }
        }
    }
}

/// Takes `_offset` out of the parameters.
fn take_offset(parameters: &mut Pairs) -> Result<usize, Refusal> {
    let Some(at) = parameters.iter().position(|(name, _)| name == "_offset") else { return Ok(0) };
    let (_, value) = parameters.remove(at);
    value.parse().map_err(|_| Refusal::bad_request("invalid", "_offset is not a number"))
}

fn wants_fresh(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|directive| directive.trim().eq_ignore_ascii_case("no-cache"))
}
