//! What an app reads first: the SMART configuration, the issuer's metadata, the key set.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::scope::supported;
use crate::hospital::Hospital;
use crate::profile::{Claim, Permission, Writing};

pub(super) async fn smart_configuration(State(hospital): State<Arc<Hospital>>) -> Response {
    let profile = hospital.profile();
    let mut members = endpoints(&hospital, profile.endpoints);
    let mut capabilities = vec![
        "launch-standalone",
        "authorize-post",
        "client-public",
        "sso-openid-connect",
        "context-standalone-patient",
        "permission-patient",
    ];
    if profile.offers_offline_access {
        capabilities.push("permission-offline");
    }
    if profile.permission != Permission::V2 {
        capabilities.push("permission-v1");
    }
    if profile.permission != Permission::V1 {
        capabilities.push("permission-v2");
    }
    members.insert("capabilities".into(), json!(capabilities));
    members.insert("management_endpoint".into(), url(&hospital, profile.endpoints, "/manage").into());
    answer(Value::Object(members))
}

pub(super) async fn openid_configuration(State(hospital): State<Arc<Hospital>>) -> Response {
    let mut members = endpoints(&hospital, Writing::Absolute);
    members.insert("subject_types_supported".into(), json!(["public"]));
    members.insert("id_token_signing_alg_values_supported".into(), json!(["ES256", "RS256"]));
    members.insert(
        "claims_supported".into(),
        json!(["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "fhirUser"]),
    );
    let iss = hospital.profile().callback_iss != Claim::Absent;
    members.insert("authorization_response_iss_parameter_supported".into(), iss.into());
    answer(Value::Object(members))
}

pub(super) async fn key_set(State(hospital): State<Arc<Hospital>>) -> Response {
    answer(hospital.keys.key_set())
}

fn endpoints(hospital: &Hospital, writing: Writing) -> Map<String, Value> {
    let profile = hospital.profile();
    let mut members = Map::new();
    members.insert("issuer".into(), hospital.issuer().into());
    for (member, path) in
        [("authorization_endpoint", "/authorize"), ("token_endpoint", "/token"), ("jwks_uri", "/jwks")]
    {
        members.insert(member.into(), url(hospital, writing, path).into());
    }
    if profile.offers_revocation {
        members.insert("revocation_endpoint".into(), url(hospital, writing, "/revoke").into());
    }
    members.insert("token_endpoint_auth_methods_supported".into(), json!(["none"]));
    members.insert("grant_types_supported".into(), json!(["authorization_code", "refresh_token"]));
    members.insert("response_types_supported".into(), json!(["code"]));
    members.insert("code_challenge_methods_supported".into(), json!(["S256"]));
    members.insert("scopes_supported".into(), json!(supported(&hospital.types(), &profile)));
    members
}

/// In full, or as a path that begins at the host.
fn url(hospital: &Hospital, writing: Writing, path: &str) -> String {
    match writing {
        Writing::Absolute => hospital.oauth_url(path),
        Writing::Relative => format!("{}{path}", hospital.site.oauth_path),
    }
}

fn answer(body: Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}
