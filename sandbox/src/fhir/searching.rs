//! Search requests, page by page.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};

use super::bundle::Bundle;
use super::pages::Page;
use super::refusal::{Refusal, outcome};
use super::search::Search;
use super::store::{Found, Lookup, target};
use super::{grant_of, reaches, visible};
use crate::clock::instant;
use crate::faults::PageFault;
use crate::fhir::read::{fhir_answer, served};
use crate::hospital::Hospital;
use crate::oauth::grants::Grant;
use crate::oauth::scope::Interaction;
use crate::opaque::token;
use crate::profile::{Paging, Total, UnknownParameter};

type Pairs = Vec<(String, String)>;

pub(super) async fn search(
    State(hospital): State<Arc<Hospital>>,
    Path(resource_type): Path<String>,
    RawQuery(query): RawQuery,
    fault: Option<Extension<PageFault>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let asked = Asked { hospital: &hospital, uri: &uri, fault: fault.map(|Extension(fault)| fault) };
    asked.first_page(&resource_type, &headers, pairs(query.unwrap_or_default().as_bytes()))
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

/// `{base}?_page=...`
pub(super) async fn page(
    State(hospital): State<Arc<Hospital>>,
    RawQuery(query): RawQuery,
    fault: Option<Extension<PageFault>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let grant = grant_of(&hospital, &headers)?;
    let parameters = pairs(query.unwrap_or_default().as_bytes());
    let Some((_, link)) = parameters.iter().find(|(name, _)| name == "_page") else {
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
    Ok(asked.answer(&grant, page))
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
    fn first_page(&self, resource_type: &str, headers: &HeaderMap, parameters: Pairs) -> Result<Response, Refusal> {
        let (hospital, profile) = (self.hospital, self.hospital.profile());
        let grant = grant_of(hospital, headers)?;
        if !hospital.types().contains(resource_type) {
            let code = axum::http::StatusCode::NOT_FOUND;
            return Err(Refusal::new(code, "not-supported", "this hospital does not hold that type"));
        }
        if !grant.scopes.allows_type(Interaction::Search, resource_type) {
            return Err(Refusal::scope());
        }
        let search = Arc::new(Search::parse(resource_type, &parameters, &profile, &hospital.base())?);
        let size = search.count.unwrap_or(profile.page_size).max(1);
        let snapshot = match profile.paging {
            Paging::Offset => None,
            Paging::Snapshot => Some(self.find(&grant, &search).into_iter().map(|found| found.id).collect()),
        };
        Ok(self.answer(&grant, Page { search, patients: grant.patients.clone(), snapshot, offset: 0, size }))
    }

    fn find(&self, grant: &Grant, search: &Search) -> Vec<Found> {
        search.run(&self.hospital.store, |found| visible(self.hospital, grant, found))
    }

    fn answer(&self, grant: &Grant, page: Page) -> Response {
        let (hospital, profile) = (self.hospital, self.hospital.profile());
        let search = &page.search;
        let (total, matches) = self.matches(grant, &page);
        let end = page.offset + page.size;
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
            Some(PageFault::Endless) => Some(self.page_url(page.clone())),
            Some(PageFault::ForeignNext(url)) => Some(url.clone()),
            Some(PageFault::WrongPatient) | None if is_last => None,
            Some(PageFault::WrongPatient) | None => Some(self.page_url(Page { offset: end, ..page.clone() })),
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
        for found in &matches {
            self.add(&mut bundle, "match", found);
        }
        for found in self.included(grant, search, &matches) {
            if given.insert((found.resource_type.clone(), found.id.clone())) {
                self.add(&mut bundle, "include", &found);
            }
        }
        if profile.unknown_parameter == UnknownParameter::Reported && !search.unknown.is_empty() {
            let text = format!("left out: {}", search.unknown.join(", "));
            bundle.outcome(&outcome("warning", "not-supported", &text));
        }
        fhir_answer(hospital, bundle.to_json()).into_response()
    }

    /// How many there are in all, and those of this page that are still there and still allowed.
    fn matches(&self, grant: &Grant, page: &Page) -> (usize, Vec<Found>) {
        match &page.snapshot {
            None => {
                let all = self.find(grant, &page.search);
                (all.len(), all.into_iter().skip(page.offset).take(page.size).collect())
            }
            Some(ids) => {
                let these = ids.iter().skip(page.offset).take(page.size);
                let found = these.filter_map(|id| match self.hospital.store.look_up(&page.search.resource_type, id) {
                    Lookup::Found(found) if visible(self.hospital, grant, &found) => Some(found),
                    _ => None,
                });
                (ids.len(), found.collect())
            }
        }
    }

    fn add(&self, bundle: &mut Bundle, mode: &'static str, found: &Found) {
        let url = format!("{}/{}/{}", self.hospital.base(), found.resource_type, found.id);
        bundle.resource(mode, url, served(self.hospital, found));
    }

    /// What `_include` and `_revinclude` add, whatever the scopes say of the types, never another patient's.
    fn included(&self, grant: &Grant, search: &Search, matches: &[Found]) -> Vec<Found> {
        let mut all = Vec::new();
        for found in matches {
            for path in &search.includes {
                for reference in references_at(&found.body.value, path) {
                    if let Some((resource_type, id)) = target(&reference)
                        && let Lookup::Found(included) = self.hospital.store.look_up(resource_type, id)
                    {
                        all.push(included);
                    }
                }
            }
        }
        if search.provenance {
            let names: BTreeSet<String> =
                matches.iter().map(|found| format!("{}/{}", found.resource_type, found.id)).collect();
            let provenance = self.hospital.store.of_type("Provenance").into_iter();
            all.extend(provenance.filter(|found| {
                let targets = references_at(&found.body.value, "target");
                targets
                    .iter()
                    .filter_map(|reference| target(reference))
                    .any(|(of, id)| names.contains(&format!("{of}/{id}")))
            }));
        }
        all.retain(|found| reaches(self.hospital, grant, found));
        all
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

    fn page_url(&self, page: Page) -> String {
        format!("{}?_page={}", self.hospital.base(), self.hospital.pages.link(page))
    }
}

/// The references behind the name of an include parameter.
fn references_at(value: &serde_json::Value, path: &str) -> Vec<String> {
    let places: &[&str] = match path {
        "patient" | "subject" => &["/subject", "/patient"],
        "encounter" => &["/encounter", "/context/encounter"],
        "author" => &["/author"],
        "performer" => &["/performer"],
        "requester" => &["/requester"],
        "medication" => &["/medicationReference"],
        "custodian" => &["/custodian"],
        "target" => &["/target"],
        _ => &[],
    };
    let mut all = Vec::new();
    for element in places.iter().filter_map(|at| value.pointer(at)) {
        let each = element.as_array().map_or_else(|| std::slice::from_ref(element), Vec::as_slice);
        all.extend(each.iter().filter_map(|one| Some(one.get("reference")?.as_str()?.to_owned())));
    }
    all
}
