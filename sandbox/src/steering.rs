//! `/_sandbox`: for scripts in other languages, what the handle offers to Rust. No sign-in; loopback only.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::approval::{Approval, approve};
use crate::faults::Rule;
use crate::front_desk::STEERING;
use crate::hospital::Hospital;
use crate::profile::Profile;

pub(crate) fn routes() -> Router<Arc<Hospital>> {
    let at = |path: &str| format!("{STEERING}{path}");
    Router::new()
        .route(&at("/faults"), get(faults).post(add_faults).delete(clear_faults))
        .route(&at("/requests"), get(requests).delete(clear_requests))
        .route(&at("/approve"), post(approve_sign_in))
        .route(&at("/profile"), get(profile).put(set_profile))
        .route(&at("/clock/advance"), post(advance))
        .route(&at("/access/withdraw"), post(withdraw))
        .route(&at("/resource"), put(put_resource))
        .route(&at("/resource/{resource_type}/{id}"), delete(delete_resource))
}

type Answer = Result<Response, (StatusCode, String)>;

fn read<'a, T: Deserialize<'a>>(body: &'a Bytes) -> Result<T, (StatusCode, String)> {
    serde_json::from_slice(body).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))
}

fn json(value: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}

async fn faults(State(hospital): State<Arc<Hospital>>) -> Response {
    let rules: Vec<Value> = hospital
        .faults
        .rules()
        .into_iter()
        .map(|(id, rule)| json!({"id": id, "struck": hospital.faults.struck(id), "rule": rule}))
        .collect();
    json(&Value::Array(rules))
}

/// One rule or a list of them; answers their numbers.
async fn add_faults(State(hospital): State<Arc<Hospital>>, body: Bytes) -> Answer {
    let value: Value = read(&body)?;
    let each = match value {
        Value::Array(all) => all,
        one => vec![one],
    };
    let rules: Result<Vec<Rule>, _> = each.into_iter().map(serde_json::from_value).collect();
    let rules = rules.map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    let ids: Vec<u64> = rules.into_iter().map(|rule| hospital.faults.add(rule)).collect();
    Ok(json(&json!({"ids": ids})))
}

async fn clear_faults(State(hospital): State<Arc<Hospital>>) -> StatusCode {
    hospital.faults.clear();
    StatusCode::NO_CONTENT
}

async fn requests(State(hospital): State<Arc<Hospital>>) -> Response {
    json(&json!(hospital.log.all()))
}

async fn clear_requests(State(hospital): State<Arc<Hospital>>) -> StatusCode {
    hospital.log.clear();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct ApproveAsked {
    authorize_url: String,
    #[serde(flatten)]
    approval: Approval,
}

async fn approve_sign_in(State(hospital): State<Arc<Hospital>>, body: Bytes) -> Answer {
    let asked: ApproveAsked = read(&body)?;
    match approve(&hospital, &asked.authorize_url, &asked.approval) {
        Ok(callback) => Ok(json(&json!({"callback": callback}))),
        Err(error) => Err((StatusCode::CONFLICT, error.to_string())),
    }
}

async fn profile(State(hospital): State<Arc<Hospital>>) -> Response {
    json(&json!(*hospital.profile()))
}

async fn set_profile(State(hospital): State<Arc<Hospital>>, body: Bytes) -> Answer {
    hospital.set_profile(read::<Profile>(&body)?);
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
struct Advance {
    seconds: u64,
}

async fn advance(State(hospital): State<Arc<Hospital>>, body: Bytes) -> Answer {
    hospital.clock.advance(Duration::from_secs(read::<Advance>(&body)?.seconds));
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
struct Withdraw {
    login: String,
    patient: String,
}

async fn withdraw(State(hospital): State<Arc<Hospital>>, body: Bytes) -> Answer {
    let asked: Withdraw = read(&body)?;
    let patient = hospital.patient_id(&asked.patient);
    match hospital.withdraw(&asked.login, &patient) {
        Some(_) => Ok(StatusCode::NO_CONTENT.into_response()),
        None => Err((StatusCode::NOT_FOUND, "no such access".to_owned())),
    }
}

async fn put_resource(State(hospital): State<Arc<Hospital>>, body: Bytes) -> Answer {
    let bad = |error: String| (StatusCode::BAD_REQUEST, error);
    let text = std::str::from_utf8(&body).map_err(|error| bad(error.to_string()))?;
    let version = hospital.store.put(text).map_err(|error| bad(error.to_string()))?;
    Ok(json(&json!({"version": version})))
}

async fn delete_resource(
    State(hospital): State<Arc<Hospital>>,
    Path((resource_type, id)): Path<(String, String)>,
) -> StatusCode {
    if hospital.store.delete(&resource_type, &id) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}
