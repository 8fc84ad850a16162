//! A FHIR request that is answered with an OperationOutcome.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The status, the issue code of the OperationOutcome, and a sentence.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    diagnostics: String,
    /// What `WWW-Authenticate` says after `Bearer realm`.
    challenge: Option<&'static str>,
}

impl Refusal {
    pub fn bad_request(code: &'static str, diagnostics: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, diagnostics)
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "there is no such resource")
    }

    pub fn gone() -> Self {
        Self::new(StatusCode::GONE, "deleted", "the resource was deleted")
    }

    pub fn page_gone() -> Self {
        Self::new(StatusCode::GONE, "not-found", "this page link has expired; search again")
    }

    pub fn forbidden(diagnostics: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", diagnostics)
    }

    pub fn scope() -> Self {
        let refusal = Self::new(StatusCode::FORBIDDEN, "forbidden", "the token's scopes do not allow this");
        Self { challenge: Some(r#", error="insufficient_scope""#), ..refusal }
    }

    pub fn no_token() -> Self {
        let refusal = Self::new(StatusCode::UNAUTHORIZED, "login", "an access token is needed");
        Self { challenge: Some(""), ..refusal }
    }

    pub fn bad_token() -> Self {
        let refusal = Self::new(StatusCode::UNAUTHORIZED, "login", "the access token is unknown, expired or ended");
        Self { challenge: Some(r#", error="invalid_token""#), ..refusal }
    }

    pub fn new(status: StatusCode, code: &'static str, diagnostics: impl Into<String>) -> Self {
        Self { status, code, diagnostics: diagnostics.into(), challenge: None }
    }
}

/// An OperationOutcome with one issue.
pub(crate) fn outcome(severity: &str, code: &str, diagnostics: &str) -> Value {
    json!({
        "resourceType": "OperationOutcome",
        "issue": [{"severity": severity, "code": code, "diagnostics": diagnostics}]
    })
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = outcome("error", self.code, &self.diagnostics).to_string();
        let mut response = (self.status, [(header::CONTENT_TYPE, super::FHIR_JSON)], body).into_response();
        if let Some(challenge) = self.challenge
            && let Ok(value) = HeaderValue::from_str(&format!(r#"Bearer realm="charts"{challenge}"#))
        {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        response
    }
}
