//! `/_sandbox`: for scripts in other languages, what the handle offers to Rust. No sign-in; loopback only.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::approval::{Approval, approve};
use crate::faults::Rule;
use crate::fhir::store::StoreError;
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
        .route(&at("/profiles"), get(profiles))
        .route(&at("/clock/advance"), post(advance))
        .route(&at("/access/withdraw"), post(withdraw))
        .route(&at("/resource"), put(put_resource))
        .route(&at("/resource/{resource_type}/{id}"), delete(delete_resource))
        .route(&at("/resource/{resource_type}/{id}/{act}"), post(change_resource))
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

/// The members of a profile, on top of the one `named` or else the default.
async fn set_profile(State(hospital): State<Arc<Hospital>>, body: Bytes) -> Answer {
    let mut changes: Map<String, Value> = read(&body)?;
    let base = match changes.remove("named") {
        None => Profile::default(),
        Some(name) => {
            let named = name.as_str().and_then(Profile::named);
            named.ok_or((StatusCode::BAD_REQUEST, format!("no profile is named {name}")))?
        }
    };
    let mut members = json!(base);
    if let Some(members) = members.as_object_mut() {
        members.extend(changes);
    }
    let profile = serde_json::from_value(members).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
    hospital.set_profile(profile);
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn profiles() -> Response {
    json(&Profile::names().map(|(name, meaning)| json!({"name": name, "meaning": meaning})).collect())
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

#[derive(Deserialize)]
struct Change {
    r#as: Option<String>,
}

/// The body of `amend` and `supersede` is the new words as they are.
async fn change_resource(
    State(hospital): State<Arc<Hospital>>,
    Path((resource_type, id, act)): Path<(String, String, String)>,
    Query(change): Query<Change>,
    body: Bytes,
) -> Answer {
    let store = &hospital.store;
    let was_done = |done: bool| if done { Ok(None) } else { Err(StoreError::Missing) };
    let done = match (act.as_str(), change.r#as) {
        ("amend", _) => store.amend(&resource_type, &id, &body).map(Some),
        ("supersede", Some(new_id)) if resource_type == "DocumentReference" => {
            store.supersede(&id, &new_id, &body).map(Some)
        }
        ("enter-in-error", _) => store.enter_in_error(&resource_type, &id).map(Some),
        ("withdraw", _) => was_done(store.withdraw(&resource_type, &id)),
        ("give-back", _) => was_done(store.give_back(&resource_type, &id)),
        _ => return Err((StatusCode::NOT_FOUND, "no such change".to_owned())),
    };
    match done {
        Ok(Some(version)) => Ok(json(&json!({"version": version}))),
        Ok(None) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error @ StoreError::Missing) => Err((StatusCode::NOT_FOUND, error.to_string())),
        Err(error) => Err((StatusCode::BAD_REQUEST, error.to_string())),
    }
}

async fn delete_resource(
    State(hospital): State<Arc<Hospital>>,
    Path((resource_type, id)): Path<(String, String)>,
) -> StatusCode {
    if hospital.store.delete(&resource_type, &id) { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}
