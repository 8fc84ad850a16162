//! The FHIR side: what is held, and how it is read and searched.

pub(crate) mod bundle;
mod capability;
mod documents;
pub(crate) mod filter;
mod history;
mod include;
mod owner;
pub(crate) mod pages;
pub(crate) mod parameters;
pub(crate) mod period;
mod read;
mod references;
pub(crate) mod refusal;
pub(crate) mod resource;
pub(crate) mod search;
pub(crate) mod search_cache;
mod searching;
mod served;
pub(crate) mod store;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};

use crate::hospital::Hospital;
use crate::oauth::grants::Grant;
use crate::oauth::scope::Interaction;
use parameters::{elements, references_at};
use refusal::Refusal;
use store::Found;

/// Below `{base}`.
pub(crate) fn routes(hospital: &Arc<Hospital>) -> Router<Arc<Hospital>> {
    let at = |path: &str| format!("{}{path}", hospital.site.fhir_path);
    Router::new()
        .route(&at("/metadata"), get(capability::metadata))
        .route(&at(""), get(searching::page))
        .route(&at("/"), get(searching::page))
        .route(&at("/{resource_type}"), get(searching::search))
        .route(&at("/{resource_type}/_search"), post(searching::search_by_post))
        .route(&at("/{resource_type}/_history"), get(history::of_type))
        .route(&at("/{resource_type}/{id}"), get(read::read))
        .route(&at("/{resource_type}/{id}/_history"), get(history::of_resource))
        .route(&at("/{resource_type}/{id}/_history/{version}"), get(read::read_version))
        .layer(from_fn_with_state(Arc::clone(hospital), in_the_profiles_media_type))
}

const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

/// Errors too: what is FHIR JSON goes out as the profile's media type.
async fn in_the_profiles_media_type(State(hospital): State<Arc<Hospital>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_fhir = response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == FHIR_JSON);
    if is_fhir && let Ok(value) = HeaderValue::from_str(&hospital.profile().media_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response
}

/// Who asks: the grant of the request's access token.
fn grant_of(hospital: &Hospital, headers: &HeaderMap) -> Result<Grant, Refusal> {
    let Some(header) = headers.get(header::AUTHORIZATION) else { return Err(Refusal::no_token()) };
    let token = header.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token)
    });
    token.and_then(|token| hospital.grants.by_access_token(token, &hospital.profile())).ok_or_else(Refusal::bad_token)
}

/// The types that belong to no patient.
const SHARED_TYPES: [&str; 6] =
    ["Practitioner", "PractitionerRole", "Organization", "Location", "Medication", "Questionnaire"];

/// Whether the grant reaches whose this is, whatever its scopes.
fn reaches(hospital: &Hospital, grant: &Grant, found: &Found) -> bool {
    let Some(patient) = &found.patient else { return SHARED_TYPES.contains(&found.resource_type.as_str()) };
    grant.patients.contains(patient)
        && !(hospital.profile().withholds_labelled_from_caregivers && withheld(hospital, grant, found))
}

/// Labelled R or V, or a file or the provenance of what is, and asked for by someone else than the patient. A stub
/// keeps the label of what it was, and an older version has the label of today.
fn withheld(hospital: &Hospital, grant: &Grant, found: &Found) -> bool {
    if found.patient.as_deref() == Some(grant.own_patient.as_str()) {
        return false;
    }
    let labelled = |found: &Found| {
        let codes = elements(found.body.indexed(), "meta.security.code");
        codes.into_iter().any(|code| matches!(code.as_str(), Some("R" | "V")))
    };
    let about = ["securityContext", "target"].into_iter().flat_map(|path| references_at(&found.body.value, path));
    let mut about = about.filter_map(|reference| {
        let (resource_type, id) = owner::target(&reference)?;
        Some(hospital.store.look_up(resource_type, id))
    });
    let now = hospital.store.look_up(&found.resource_type, &found.id);
    let labelled_now = |now: &store::Lookup| matches!(now, store::Lookup::Found(now) if labelled(now));
    labelled(found) || labelled_now(&now) || about.any(|about| labelled_now(&about))
}

/// Whether a search may hand this over.
fn visible(hospital: &Hospital, grant: &Grant, found: &Found) -> bool {
    reaches(hospital, grant, found) && grant.scopes.allows(Interaction::Search, found)
}
