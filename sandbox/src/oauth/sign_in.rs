//! From the authorize request over the login and the picker back to the app.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;

use super::grants::Grant;
use super::scope::Granted;
use super::{Form, Step, screens};
use crate::clock::Clock;
use crate::content::Person;
use crate::hospital::Hospital;
use crate::opaque::token;
use crate::options::Lifetimes;
use crate::profile::{Claim, DenyAnswer};

/// What an app asked for, checked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub client_id: String,
    pub client_name: String,
    pub redirect_uri: String,
    pub state: String,
    pub challenge: String,
    pub nonce: Option<String>,
    pub scopes: Granted,
}

/// A sign-in on its way; the pages carry its name in a hidden field.
#[derive(Clone, Debug)]
struct Pending {
    request: Request,
    login: Option<String>,
    expires_ms: i64,
}

/// Every sign-in on its way.
#[derive(Debug)]
pub(crate) struct SignIns {
    pending: Mutex<HashMap<String, Pending>>,
    clock: Clock,
    lifetimes: Lifetimes,
}

impl SignIns {
    pub fn new(clock: Clock, lifetimes: Lifetimes) -> Self {
        Self { pending: Mutex::default(), clock, lifetimes }
    }

    fn begin(&self, request: Request) -> String {
        let now = self.clock.now_ms();
        let life = i64::try_from(self.lifetimes.sign_in.as_millis()).unwrap_or(i64::MAX / 2);
        let name = token();
        let mut pending = self.lock();
        pending.retain(|_, old| old.expires_ms > now);
        pending.insert(name.clone(), Pending { request, login: None, expires_ms: now.saturating_add(life) });
        name
    }

    fn get(&self, name: &str) -> Option<Pending> {
        self.lock().get(name).filter(|pending| pending.expires_ms > self.clock.now_ms()).cloned()
    }

    fn logged_in(&self, name: &str, login: &str) {
        if let Some(pending) = self.lock().get_mut(name) {
            pending.login = Some(login.to_owned());
        }
    }

    fn take(&self, name: &str) -> Option<Pending> {
        self.lock().remove(name).filter(|pending| pending.expires_ms > self.clock.now_ms())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Pending>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) async fn authorize(State(hospital): State<Arc<Hospital>>, RawQuery(query): RawQuery) -> Step {
    begin(&hospital, &Form::parse(query.unwrap_or_default().as_bytes()))
}

/// SMART 2.2 `authorize-post`.
pub(super) async fn authorize_by_post(State(hospital): State<Arc<Hospital>>, body: Bytes) -> Step {
    begin(&hospital, &Form::parse(&body))
}

pub(super) async fn log_in(State(hospital): State<Arc<Hospital>>, body: Bytes) -> Step {
    let form = Form::parse(&body);
    let value = |name: &str| form.get(name).unwrap_or_default();
    if form.get("deny").is_some() {
        return deny(&hospital, value("transaction"));
    }
    enter(&hospital, value("transaction"), value("username"), value("password"))
}

pub(super) async fn choose(State(hospital): State<Arc<Hospital>>, body: Bytes) -> Step {
    let form = Form::parse(&body);
    let transaction = form.get("transaction").unwrap_or_default();
    if form.get("deny").is_some() {
        return deny(&hospital, transaction);
    }
    // The page lists what stays ticked; a script that sends no list at all leaves nothing out.
    let kept = form.all("scope");
    allow(&hospital, transaction, form.get("patient"), |scope| {
        !kept.is_empty() && !kept.iter().any(|kept| kept == scope)
    })
}

/// Checks the request and shows the login page.
pub(crate) fn begin(hospital: &Hospital, form: &Form) -> Step {
    let client = hospital.clients.iter().find(|client| Some(client.id.as_str()) == form.get("client_id"));
    let Some(client) = client else {
        return refuse(hospital, "This hospital does not know the app that sent you here.");
    };
    let Some(redirect_uri) = form.get("redirect_uri").filter(|uri| client.allows(uri)) else {
        return refuse(hospital, "The app asked to be answered at a place that is not registered for it.");
    };
    let state = form.get("state").unwrap_or_default();
    let profile = hospital.profile();
    let back = |error: &str| back_to_app(hospital, redirect_uri, state, &[("error", error)]);
    if form.has_repeats() || state.is_empty() {
        return back("invalid_request");
    }
    if form.get("response_type") != Some("code") {
        return back("unsupported_response_type");
    }
    let challenge = form.get("code_challenge").filter(|text| is_challenge(text));
    let Some(challenge) = challenge.filter(|_| form.get("code_challenge_method") == Some("S256")) else {
        return back("invalid_request");
    };
    if form.get("aud") != Some(hospital.base().as_str()) {
        return back("invalid_request");
    }
    let scopes = Granted::narrow(form.get("scope").unwrap_or_default(), &hospital.types(), &profile);
    if !scopes.has_clinical() && !scopes.has("openid") {
        return back("invalid_scope");
    }
    let transaction = hospital.sign_ins.begin(Request {
        client_id: client.id.clone(),
        client_name: client.name.clone(),
        redirect_uri: redirect_uri.to_owned(),
        state: state.to_owned(),
        challenge: challenge.to_owned(),
        nonce: form.get("nonce").map(str::to_owned),
        scopes,
    });
    Step::Page(StatusCode::OK, screens::log_in(&hospital.site, &transaction, &client.name, &hospital.people(), false))
}

/// Checks the password and shows the picker.
pub(crate) fn enter(hospital: &Hospital, transaction: &str, login: &str, password: &str) -> Step {
    let Some(pending) = hospital.sign_ins.get(transaction) else { return over(hospital) };
    let person = hospital.person(login).filter(|person| person.password == password);
    let Some(person) = person else {
        let page = screens::log_in(&hospital.site, transaction, &pending.request.client_name, &hospital.people(), true);
        return Step::Page(StatusCode::UNAUTHORIZED, page);
    };
    hospital.sign_ins.logged_in(transaction, login);
    let charts = charts(hospital, &person);
    Step::Page(
        StatusCode::OK,
        screens::choose(
            &hospital.site,
            transaction,
            &pending.request,
            &person,
            &charts,
            hospital.profile().patient_in_token,
        ),
    )
}

/// Gives the code for the chart picked. `left_out` says which scopes the person unticked.
pub(crate) fn allow(
    hospital: &Hospital,
    transaction: &str,
    patient: Option<&str>,
    left_out: impl Fn(&str) -> bool,
) -> Step {
    let Some(pending) = hospital.sign_ins.get(transaction) else { return over(hospital) };
    let Some(person) = pending.login.as_deref().and_then(|login| hospital.person(login)) else { return over(hospital) };
    let reachable: Vec<String> = charts(hospital, &person).into_iter().map(|(patient, _)| patient).collect();
    let patients = match patient {
        Some(patient) if reachable.iter().any(|id| id == patient) => vec![patient.to_owned()],
        None if !hospital.profile().patient_in_token => reachable,
        _ => return refuse(hospital, "That chart is not one you may see."),
    };
    if hospital.sign_ins.take(transaction).is_none() {
        return over(hospital);
    }
    let request = pending.request;
    let unticked: Vec<String> = request.scopes.clinical().filter(|scope| left_out(scope)).map(str::to_owned).collect();
    let grant = Grant {
        id: 0,
        client_id: request.client_id,
        login: person.login.clone(),
        own_patient: person.patient.clone(),
        fhir_user: fhir_user(&person, patients.first().map(String::as_str)),
        patients,
        scopes: request.scopes.without(&unticked),
        nonce: request.nonce,
        began_ms: hospital.clock.now_ms(),
        ended: false,
    };
    let code = hospital.grants.issue_code(grant, &request.redirect_uri, &request.challenge);
    back_to_app(hospital, &request.redirect_uri, &request.state, &[("code", &code)])
}

/// The person said no.
pub(crate) fn deny(hospital: &Hospital, transaction: &str) -> Step {
    let Some(pending) = hospital.sign_ins.take(transaction) else { return over(hospital) };
    match hospital.profile().deny {
        DenyAnswer::Redirect => {
            back_to_app(hospital, &pending.request.redirect_uri, &pending.request.state, &[("error", "access_denied")])
        }
        DenyAnswer::Json => Step::Json(StatusCode::UNAUTHORIZED, r#"{"error":"access_denied"}"#.to_owned()),
        DenyAnswer::Page => Step::Page(
            StatusCode::OK,
            screens::message(&hospital.site, "Nothing was shared", "You can close this page."),
        ),
    }
}

/// Their own chart first, then those they may see, each with the name to show.
fn charts(hospital: &Hospital, person: &Person) -> Vec<(String, String)> {
    let others = person.may_see.iter().map(|seen| &seen.patient);
    std::iter::once(&person.patient).chain(others).map(|id| (id.clone(), hospital.name_of(id))).collect()
}

/// A Patient in their own chart, a RelatedPerson of its own in each other.
fn fhir_user(person: &Person, patient: Option<&str>) -> String {
    let seen = person.may_see.iter().find(|seen| Some(seen.patient.as_str()) == patient);
    match seen {
        Some(seen) => format!("RelatedPerson/{}", seen.related_person),
        None => format!("Patient/{}", person.patient),
    }
}

fn back_to_app(hospital: &Hospital, redirect_uri: &str, state: &str, members: &[(&str, &str)]) -> Step {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(members);
    if !state.is_empty() {
        query.append_pair("state", state);
    }
    match hospital.profile().callback_iss {
        Claim::Right => drop(query.append_pair("iss", &hospital.issuer())),
        Claim::Wrong => drop(query.append_pair("iss", "https://other-hospital.example/oauth2")),
        Claim::Absent => {}
    }
    Step::Redirect(format!("{redirect_uri}?{}", query.finish()))
}

/// 43 base64url characters: a SHA-256.
fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

fn refuse(hospital: &Hospital, reason: &str) -> Step {
    Step::Page(StatusCode::BAD_REQUEST, screens::message(&hospital.site, "This link does not work", reason))
}

fn over(hospital: &Hospital) -> Step {
    let text = "This sign-in is over or took too long. Please go back to the app and start again.";
    Step::Page(StatusCode::BAD_REQUEST, screens::message(&hospital.site, "Please start again", text))
}
