//! The FHIR side: what is held, and how it is read and searched.

pub(crate) mod bundle;
mod capability;
pub(crate) mod filter;
pub(crate) mod pages;
pub(crate) mod period;
mod read;
mod references;
pub(crate) mod refusal;
pub(crate) mod resource;
pub(crate) mod search;
mod searching;
pub(crate) mod store;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};

use crate::hospital::{FHIR_PATH, Hospital};
use crate::oauth::grants::Grant;
use crate::oauth::scope::Interaction;
use refusal::Refusal;
use store::Found;

/// Below `{base}`.
pub(crate) fn routes() -> Router<Arc<Hospital>> {
    let at = |path: &str| format!("{FHIR_PATH}{path}");
    Router::new()
        .route(&at("/metadata"), get(capability::metadata))
        .route(FHIR_PATH, get(searching::page))
        .route(&at("/"), get(searching::page))
        .route(&at("/{resource_type}"), get(searching::search))
        .route(&at("/{resource_type}/_search"), post(searching::search_by_post))
        .route(&at("/{resource_type}/{id}"), get(read::read))
        .route(&at("/{resource_type}/{id}/_history/{version}"), get(read::read_version))
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

/// Labelled R or V, or a file of a document that is, and asked for by someone else than the patient.
fn withheld(hospital: &Hospital, grant: &Grant, found: &Found) -> bool {
    if found.patient.as_deref() == Some(grant.own_patient.as_str()) {
        return false;
    }
    let labelled = |found: &Found| {
        let labels = found.body.value.pointer("/meta/security").and_then(|labels| labels.as_array());
        labels.is_some_and(|labels| {
            labels.iter().any(|label| matches!(label.get("code").and_then(|code| code.as_str()), Some("R" | "V")))
        })
    };
    let document =
        found.body.value.pointer("/securityContext/reference").and_then(|reference| store::target(reference.as_str()?));
    let document = document.map(|(resource_type, id)| hospital.store.look_up(resource_type, id));
    labelled(found) || matches!(document, Some(store::Lookup::Found(document)) if labelled(&document))
}

/// Whether a search may hand this over.
fn visible(hospital: &Hospital, grant: &Grant, found: &Found) -> bool {
    reaches(hospital, grant, found) && grant.scopes.allows(Interaction::Search, found)
}
