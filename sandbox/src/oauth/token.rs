//! The token endpoint and revocation.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::Form;
use super::grants::{ErrorCode, Issued};
use crate::hospital::Hospital;

const NOT_STORED: [(header::HeaderName, &str); 3] = [
    (header::CONTENT_TYPE, "application/json;charset=UTF-8"),
    (header::CACHE_CONTROL, "no-store"),
    (header::PRAGMA, "no-cache"),
];

pub(super) async fn token(State(hospital): State<Arc<Hospital>>, body: Bytes) -> Response {
    let form = Form::parse(&body);
    let client = form.get("client_id").filter(|id| hospital.clients.iter().any(|client| client.id == *id));
    let Some(client_id) = client else { return refuse(StatusCode::UNAUTHORIZED, "invalid_client") };
    let issued = match form.get("grant_type") {
        _ if form.has_repeats() => Err("invalid_request"),
        Some("authorization_code") => match (form.get("code"), form.get("redirect_uri"), form.get("code_verifier")) {
            (Some(code), Some(redirect_uri), Some(verifier)) => {
                hospital.grants.redeem(code, client_id, redirect_uri, verifier).map(|issued| (issued, true))
            }
            _ => Err("invalid_request"),
        },
        Some("refresh_token") => match form.get("refresh_token") {
            Some(token) => hospital.grants.refresh(token, client_id, &hospital.profile()).map(|issued| (issued, false)),
            None => Err("invalid_request"),
        },
        Some(_) => Err("unsupported_grant_type"),
        None => Err("invalid_request"),
    };
    match issued {
        Ok((issued, first)) => (NOT_STORED, answer(&hospital, &issued, first).to_string()).into_response(),
        Err(code) => refuse(StatusCode::BAD_REQUEST, code),
    }
}

fn answer(hospital: &Hospital, issued: &Issued, first: bool) -> Value {
    let profile = hospital.profile();
    let mut members = Map::new();
    members.insert("access_token".into(), issued.access_token.clone().into());
    members.insert("token_type".into(), "Bearer".into());
    members.insert("expires_in".into(), hospital.lifetimes.access.as_secs().into());
    members.insert("scope".into(), issued.grant.scopes.to_text().into());
    if let Some(refresh_token) = &issued.refresh_token {
        members.insert("refresh_token".into(), refresh_token.clone().into());
    }
    if profile.patient_in_token {
        members.insert("patient".into(), issued.grant.patients.first().cloned().into());
        members.insert("need_patient_banner".into(), true.into());
    }
    // A refresh answers with no nonce: there was no authentication (OpenID Connect Core, 12.2).
    if issued.grant.scopes.has("openid")
        && let Some(id_token) = hospital.keys.id_token(hospital, &issued.grant, first)
    {
        members.insert("id_token".into(), id_token.into());
    }
    Value::Object(members)
}

/// RFC 7009: 200 whether or not the token was known.
pub(super) async fn revoke(State(hospital): State<Arc<Hospital>>, body: Bytes) -> Response {
    let form = Form::parse(&body);
    if !hospital.profile().offers_revocation {
        return StatusCode::NOT_FOUND.into_response();
    }
    let Some(client_id) = form.get("client_id") else { return refuse(StatusCode::UNAUTHORIZED, "invalid_client") };
    let Some(token) = form.get("token") else { return refuse(StatusCode::BAD_REQUEST, "invalid_request") };
    hospital.grants.revoke(token, client_id, &hospital.profile());
    StatusCode::OK.into_response()
}

pub(crate) fn refuse(status: StatusCode, error: ErrorCode) -> Response {
    let body = json!({"error": error, "error_description": "The request was refused."});
    (status, NOT_STORED, body.to_string()).into_response()
}
