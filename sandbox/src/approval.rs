//! The person at the browser, played by a script: the same steps as the pages, without the pages.

use axum::http::StatusCode;
use serde::Deserialize;
use thiserror::Error;

use crate::hospital::Hospital;
use crate::oauth::sign_in::{allow, begin, deny, enter};
use crate::oauth::{Form, Step};

/// What the person does.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Approval {
    /// Who logs in, with their right password.
    pub login: String,
    /// Whose chart: a Patient id or a login. Empty: their own.
    pub patient: String,
    /// Says no instead.
    pub deny: bool,
    /// Scopes to untick, as the consent page lists them.
    pub leave_out: Vec<String>,
}

/// Why there is no callback URL.
#[derive(Debug, Error)]
pub enum ApproveError {
    /// Not a URL of this hospital's authorization endpoint.
    #[error("not a URL of this hospital's authorization endpoint")]
    NotAuthorize,
    /// Nobody logs in by that name.
    #[error("nobody logs in by that name")]
    UnknownLogin,
    /// The hospital shows a page and sends nothing back to the app.
    #[error("the hospital answered with a page, status {0}")]
    Page(u16),
}

/// The URL the browser would be sent to; it may carry an error.
pub(crate) fn approve(hospital: &Hospital, authorize_url: &str, approval: &Approval) -> Result<String, ApproveError> {
    let path = hospital.oauth_url("/authorize");
    let query = authorize_url.strip_prefix(&path).and_then(|rest| rest.strip_prefix('?'));
    let form = Form::parse(query.ok_or(ApproveError::NotAuthorize)?.as_bytes());
    let page = match begin(hospital, &form) {
        Step::Page(StatusCode::OK, page) => page.into_string(),
        step => return finish(step),
    };
    let transaction = hidden_transaction(&page).ok_or(ApproveError::Page(200))?;
    if approval.deny {
        return finish(deny(hospital, transaction));
    }
    let person = hospital.person(&approval.login).ok_or(ApproveError::UnknownLogin)?;
    match enter(hospital, transaction, &person.login, &person.password) {
        Step::Page(StatusCode::OK, _) => {}
        step => return finish(step),
    }
    let patient = match approval.patient.as_str() {
        "" => person.patient.clone(),
        named => hospital.patient_id(named),
    };
    let picked = hospital.profile().patient_in_token.then_some(patient.as_str());
    finish(allow(hospital, transaction, picked, |scope| approval.leave_out.iter().any(|left| left == scope)))
}

fn finish(step: Step) -> Result<String, ApproveError> {
    match step {
        Step::Redirect(to) => Ok(to),
        Step::Page(status, _) | Step::Json(status, _) => Err(ApproveError::Page(status.as_u16())),
    }
}

/// Read from the page as a script outside would.
fn hidden_transaction(page: &str) -> Option<&str> {
    let (_, after) = page.split_once(r#"name="transaction" value=""#)?;
    after.split('"').next()
}
