//! Signing in: SMART App Launch 2.2, OAuth 2.0 for public native apps, OpenID Connect.

mod discovery;
pub(crate) mod grants;
pub(crate) mod id_token;
mod manage;
pub(crate) mod scope;
mod screens;
pub(crate) mod sign_in;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::Markup;

use crate::hospital::Hospital;
use crate::site::Site;

/// Discovery, the pages a person sees, and the endpoints an app calls.
pub(crate) fn routes(site: &Site) -> Router<Arc<Hospital>> {
    let at = |path: &str| format!("{}{path}", site.oauth_path);
    Router::new()
        .route(&format!("{}/.well-known/smart-configuration", site.fhir_path), get(discovery::smart_configuration))
        .route(&at("/.well-known/openid-configuration"), get(discovery::openid_configuration))
        .route(&at("/jwks"), get(discovery::key_set))
        .route(&at("/authorize"), get(sign_in::authorize).post(sign_in::authorize_by_post))
        .route(&at("/login"), post(sign_in::log_in))
        .route(&at("/choose"), post(sign_in::choose))
        .route(&at("/token"), post(token::token))
        .route(&at("/revoke"), post(token::revoke))
        .route(&at("/manage"), get(manage::front).post(manage::list))
        .route(&at("/manage/end"), post(manage::end))
}

/// What a page of the hospital answers with.
#[derive(Debug)]
pub(crate) enum Step {
    /// An HTML page.
    Page(StatusCode, Markup),
    /// Back to the app.
    Redirect(String),
    /// A bare JSON error.
    Json(StatusCode, String),
}

impl IntoResponse for Step {
    fn into_response(self) -> Response {
        let mut response = match self {
            Self::Page(status, page) => {
                let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
                let headers = [
                    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                    (header::CONTENT_SECURITY_POLICY, policy),
                    (header::REFERRER_POLICY, "no-referrer"),
                ];
                (status, headers, page.into_string()).into_response()
            }
            Self::Redirect(to) => match HeaderValue::from_str(&to) {
                Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
                Err(_) => StatusCode::BAD_REQUEST.into_response(),
            },
            Self::Json(status, body) => (status, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
        };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// The last value of a form or query member that is given once; `None` when it is absent or given twice.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub fn parse(text: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(text).into_owned().collect())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(member, _)| member == name);
        let value = values.next()?;
        values.next().is_none().then_some(value.1.as_str())
    }

    /// Every value of a member that may be given several times.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(member, _)| member == name).map(|(_, value)| value.clone()).collect()
    }

    /// RFC 6749 section 3.1: no parameter may be given twice.
    pub fn has_repeats(&self) -> bool {
        self.0.iter().enumerate().any(|(at, (name, _))| self.0.iter().skip(at + 1).any(|(other, _)| other == name))
    }
}
