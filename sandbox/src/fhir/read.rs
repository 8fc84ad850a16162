//! Reads of one resource, and Binary as bytes.

use std::sync::Arc;

use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::refusal::Refusal;
use super::served::Writer;
use super::store::{Found, Lookup};
use super::{FHIR_JSON, SHARED_TYPES, grant_of, reaches};
use crate::clock::http_date;
use crate::faults::PageFault;
use crate::hospital::Hospital;
use crate::oauth::scope::Interaction;
use crate::profile::{BinaryAnswer, Profile};

pub(super) async fn read(
    State(hospital): State<Arc<Hospital>>,
    Path((resource_type, id)): Path<(String, String)>,
    fault: Option<Extension<PageFault>>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let lookup = hospital.store.look_up(&resource_type, &id);
    answer(
        &hospital,
        &resource_type,
        lookup,
        &headers,
        fault.is_some_and(|Extension(fault)| matches!(fault, PageFault::WrongPatient)),
    )
}

pub(super) async fn read_version(
    State(hospital): State<Arc<Hospital>>,
    Path((resource_type, id, version)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    grant_of(&hospital, &headers)?;
    if !hospital.profile().offers_history {
        return Err(Refusal::forbidden("history is not offered to patients"));
    }
    let lookup = hospital.store.look_up_version(&resource_type, &id, &version);
    answer(&hospital, &resource_type, lookup, &headers, false)
}

fn answer(
    hospital: &Hospital,
    resource_type: &str,
    lookup: Lookup,
    headers: &HeaderMap,
    wrong_patient: bool,
) -> Result<Response, Refusal> {
    let (grant, profile) = (grant_of(hospital, headers)?, hospital.profile());
    if profile.types_not_offered.iter().any(|of| of == resource_type) {
        return Err(Refusal::not_found());
    }
    if !grant.scopes.allows_type(Interaction::Read, resource_type) {
        return Err(Refusal::scope());
    }
    let guarded = SHARED_TYPES.contains(&resource_type) && !profile.shared_types_readable;
    if guarded || profile.unreadable_types.iter().any(|of| of == resource_type) {
        return Err(Refusal::forbidden("this type is handed over with what refers to it only"));
    }
    let found = match lookup {
        Lookup::Missing => return Err(Refusal::not_found()),
        Lookup::Deleted { patient } if patient.as_ref().is_none_or(|patient| grant.patients.contains(patient)) => {
            return Err(Refusal::gone());
        }
        Lookup::Deleted { .. } => return Err(Refusal::forbidden("another patient's")),
        Lookup::Found(found) => found,
    };
    if !reaches(hospital, &grant, &found) {
        return Err(Refusal::forbidden("not part of the chart this sign-in reaches"));
    }
    if !grant.scopes.allows(Interaction::Read, &found) {
        return Err(Refusal::scope());
    }
    if wrong_patient && let Some((_, json)) = hospital.someone_elses(resource_type, &grant.patients, Some(&found)) {
        return Ok(fhir_answer(json).into_response());
    }
    let tag = format!("W/\"{}\"", found.version);
    let marks = marks(&profile, &found, &tag);
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    if profile.gives_version_id
        && known.flat_map(|value| value.split(',')).any(|known| known.trim() == tag || known.trim() == "*")
    {
        return Ok((StatusCode::NOT_MODIFIED, marks).into_response());
    }
    if resource_type == "Binary" && raw_bytes_wanted(hospital, headers) {
        return Ok((marks, bytes(&found)?).into_response());
    }
    let json = Writer::of_read(hospital, &profile).json(&found);
    Ok((marks, fhir_answer(json)).into_response())
}

/// `ETag` and `Last-Modified`, as far as they are given.
fn marks(profile: &Profile, found: &Found, tag: &str) -> HeaderMap {
    let etag = profile.gives_version_id.then(|| (header::ETAG, tag.to_owned()));
    let modified = profile.gives_last_updated.then(|| (header::LAST_MODIFIED, http_date(found.last_updated)));
    let given = [etag, modified].into_iter().flatten();
    given.filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?))).collect()
}

fn raw_bytes_wanted(hospital: &Hospital, headers: &HeaderMap) -> bool {
    match hospital.profile().binary {
        BinaryAnswer::Raw => true,
        BinaryAnswer::FhirJson => false,
        BinaryAnswer::ByAccept => {
            let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
            let first = accept.split([',', ';']).next().unwrap_or_default().trim();
            !["application/fhir+json", "application/json"].contains(&first)
        }
    }
}

fn bytes(found: &Found) -> Result<Response, Refusal> {
    let member = |name: &str| found.body.value.get(name).and_then(|value| value.as_str());
    let media_type = member("contentType").unwrap_or("application/octet-stream").to_owned();
    let data = BASE64_STANDARD.decode(member("data").unwrap_or_default());
    let broken = |_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "exception", "the stored data is not base64");
    Ok(([(header::CONTENT_TYPE, media_type)], data.map_err(broken)?).into_response())
}

/// A body that is FHIR JSON.
pub(super) fn fhir_answer(json: String) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, FHIR_JSON)], json)
}
