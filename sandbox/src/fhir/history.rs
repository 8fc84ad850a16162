//! `_history` of a type and of a resource, deletions included (FHIR R4, "history").

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use chrono::DateTime;

use super::bundle::Bundle;
use super::read::fhir_answer;
use super::refusal::Refusal;
use super::served::Writer;
use super::store::Past;
use super::{grant_of, reaches};
use crate::clock::instant;
use crate::hospital::Hospital;
use crate::oauth::scope::Interaction;
use crate::opaque::token;

/// More than this is left out: the newest come first.
const MOST: usize = 1000;

pub(super) async fn of_type(
    State(hospital): State<Arc<Hospital>>,
    Path(resource_type): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    answer(&hospital, &resource_type, None, &query.unwrap_or_default(), &headers)
}

pub(super) async fn of_resource(
    State(hospital): State<Arc<Hospital>>,
    Path((resource_type, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    answer(&hospital, &resource_type, Some(&id), &query.unwrap_or_default(), &headers)
}

fn answer(
    hospital: &Hospital,
    resource_type: &str,
    id: Option<&str>,
    query: &str,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let (grant, profile) = (grant_of(hospital, headers)?, hospital.profile());
    if !profile.offers_history {
        return Err(Refusal::forbidden("history is not offered to patients"));
    }
    if !grant.scopes.allows_type(Interaction::Read, resource_type) {
        return Err(Refusal::scope());
    }
    let since = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "_since");
    let since = match since {
        None => None,
        // An instant has seconds and a zone; a mere date is refused, as vendors do.
        Some((_, text)) => Some(
            DateTime::parse_from_rfc3339(&text)
                .map_err(|_| Refusal::bad_request("invalid", "_since is not an instant"))?,
        ),
    };
    let all = hospital.store.history(resource_type).into_iter();
    let wanted: Vec<Past> = all
        .filter(|past| id.is_none_or(|id| past.found.id == id))
        .filter(|past| since.is_none_or(|since| past.found.last_updated >= since))
        .filter(|past| reaches(hospital, &grant, &past.found))
        .filter(|past| grant.scopes.allows(Interaction::Read, &past.found))
        .collect();
    if id.is_some() && wanted.is_empty() && since.is_none() {
        return Err(Refusal::not_found());
    }
    let mut bundle = Bundle::history(token(), &instant(hospital.clock.now()));
    bundle.total = Some(wanted.len());
    bundle.link("self", format!("{}/{resource_type}/_history", hospital.base()));
    let mut writer = Writer::of_read(hospital, &profile);
    for past in wanted.iter().take(MOST) {
        let url = writer.full_url(resource_type, &past.found.id);
        let json = (!past.deleted).then(|| writer.json(&past.found));
        bundle.step(url, json, &past.found);
    }
    Ok(fhir_answer(bundle.to_json()).into_response())
}
