//! `management_endpoint`: a person sees who can read a chart in their name, and ends it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;

use super::{Form, Step, screens};
use crate::content::Person;
use crate::hospital::Hospital;

pub(super) async fn front(State(hospital): State<Arc<Hospital>>) -> Step {
    Step::Page(StatusCode::OK, screens::manage_front(&hospital.site, &hospital.people(), false))
}

pub(super) async fn list(State(hospital): State<Arc<Hospital>>, body: Bytes) -> Step {
    match person(&hospital, &Form::parse(&body)) {
        Some(person) => show(&hospital, &person),
        None => Step::Page(StatusCode::UNAUTHORIZED, screens::manage_front(&hospital.site, &hospital.people(), true)),
    }
}

pub(super) async fn end(State(hospital): State<Arc<Hospital>>, body: Bytes) -> Step {
    let form = Form::parse(&body);
    let Some(person) = person(&hospital, &form) else {
        return Step::Page(StatusCode::UNAUTHORIZED, screens::manage_front(&hospital.site, &hospital.people(), true));
    };
    if let Some(id) = form.get("grant").and_then(|id| id.parse::<u64>().ok()) {
        hospital.grants.end_where(|grant| grant.id == id && may_end(&person, grant));
    }
    if let Some(caregiver) = form.get("caregiver") {
        hospital.withdraw(caregiver, &person.patient);
    }
    show(&hospital, &person)
}

/// One's own grants, and those that reach one's own chart.
fn may_end(person: &Person, grant: &super::grants::Grant) -> bool {
    grant.login == person.login || grant.patients.contains(&person.patient)
}

fn show(hospital: &Hospital, person: &Person) -> Step {
    let grants: Vec<_> = hospital
        .grants
        .active()
        .into_iter()
        .filter(|grant| may_end(person, grant))
        .map(|grant| {
            let names: Vec<String> = grant.patients.iter().map(|patient| hospital.name_of(patient)).collect();
            (grant, names.join(", "))
        })
        .collect();
    let caregivers: Vec<_> = hospital
        .people()
        .into_iter()
        .filter(|other| other.may_see.iter().any(|seen| seen.patient == person.patient))
        .map(|other| (other.login, other.name))
        .collect();
    Step::Page(StatusCode::OK, screens::manage(&hospital.site, person, &grants, &caregivers))
}

fn person(hospital: &Hospital, form: &Form) -> Option<Person> {
    let password = form.get("password")?;
    hospital.person(form.get("username")?).filter(|person| person.password == password)
}
