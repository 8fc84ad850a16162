//! The HTTP client.

use std::time::Duration;

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap,
};
use reqwest::redirect::Policy;
use url::Url;

use super::answer::Answer;
use super::inflate::gunzip;
use super::tls;
use crate::cancel::CancelToken;
use crate::error::PlainchartError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// Silence between two pieces of an answer: a slow server is waited for, a dead one is not.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(180);

/// What can go wrong between us and a server. No variant holds an address or a text from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NetworkError {
    /// No connection could be made.
    #[error("no connection could be made")]
    Unreachable,
    /// The connection was cut or fell silent.
    #[error("the connection was cut or fell silent")]
    Cut,
    /// TLS could not be established.
    #[error("the connection could not be made safe")]
    Tls,
    /// More bytes than the bound allows.
    #[error("the answer is larger than the bound")]
    TooLarge,
    /// The answer is not what its headers say.
    #[error("the answer is broken")]
    BrokenAnswer,
    /// Stopped on request.
    #[error("stopped on request")]
    Cancelled,
}

/// One request. The bearer token is added only by callers that checked the address against the base (A10).
pub struct Request<'a> {
    /// Where.
    pub url: Url,
    /// A POST body, form-encoded; absent means GET.
    pub form: Option<&'a str>,
    /// `Accept`.
    pub accept: &'static str,
    /// Access token.
    pub bearer: Option<&'a str>,
    /// Bound on the body, both packed and unpacked.
    pub max_bytes: usize,
}

impl<'a> Request<'a> {
    /// A GET without a token.
    #[must_use]
    pub const fn get(url: Url, accept: &'static str, max_bytes: usize) -> Self {
        Self { url, form: None, accept, bearer: None, max_bytes }
    }

    /// A POST of a form-encoded body.
    #[must_use]
    pub const fn post(url: Url, body: &'a str, accept: &'static str, max_bytes: usize) -> Self {
        Self { url, form: Some(body), accept, bearer: None, max_bytes }
    }

    /// The same with an access token.
    #[must_use]
    pub const fn with_bearer(mut self, token: &'a str) -> Self {
        self.bearer = Some(token);
        self
    }
}

impl std::fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Request").field("with_token", &self.bearer.is_some()).finish_non_exhaustive()
    }
}

/// The client. Cheap to clone.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: reqwest::Client,
}

impl HttpClient {
    /// A client that trusts the bundled roots and, on top, those of the PEM.
    ///
    /// # Errors
    /// `InvalidInput{ca}` for a PEM without a certificate.
    pub fn new(extra_roots_pem: Option<&[u8]>) -> Result<Self, PlainchartError> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::client_config(extra_roots_pem)?)
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(READ_TIMEOUT)
            .timeout(TOTAL_TIMEOUT)
            .no_proxy()
            .referer(false)
            .user_agent(concat!("plainchart/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| PlainchartError::internal("net.client"))?;
        Ok(Self { client })
    }

    /// Sends one request and reads the whole answer within its bound.
    ///
    /// # Errors
    /// [`NetworkError`]; a status outside 2xx is an answer, not an error, and a redirect is never followed.
    pub async fn send(&self, request: Request<'_>, cancel: &CancelToken) -> Result<Answer, NetworkError> {
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(NetworkError::Cancelled),
            answer = self.exchange(request) => answer,
        }
    }

    async fn exchange(&self, request: Request<'_>) -> Result<Answer, NetworkError> {
        let mut builder = match request.form {
            None => self.client.get(request.url),
            Some(body) => self
                .client
                .post(request.url)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body.to_owned()),
        };
        // A cache in between may hide a new record from an incremental search (seen on real servers).
        builder =
            builder.header(ACCEPT, request.accept).header(ACCEPT_ENCODING, "gzip").header(CACHE_CONTROL, "no-cache");
        if let Some(token) = request.bearer {
            let mut value = reqwest::header::HeaderValue::from_str(&format!("Bearer {token}"))
                .map_err(|_| NetworkError::BrokenAnswer)?;
            value.set_sensitive(true);
            builder = builder.header(AUTHORIZATION, value);
        }
        let mut response = builder.send().await.map_err(|error| kind_of(&error))?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| kind_of(&error))? {
            if body.len() + chunk.len() > request.max_bytes {
                return Err(NetworkError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let wire_bytes = body.len() as u64;
        if text(response.headers(), CONTENT_ENCODING.as_str()).is_some_and(|coding| coding.eq_ignore_ascii_case("gzip"))
        {
            body = gunzip(&body, request.max_bytes)?;
        }
        Ok(Answer {
            status: response.status().as_u16(),
            content_type: text(response.headers(), "content-type"),
            retry_after: text(response.headers(), "retry-after"),
            date: text(response.headers(), "date"),
            body,
            wire_bytes,
        })
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn kind_of(error: &reqwest::Error) -> NetworkError {
    // Once the connection stands, a TLS fault is a cut: the request may have left (A6).
    if error.is_connect() {
        return if is_tls(error) { NetworkError::Tls } else { NetworkError::Unreachable };
    }
    if error.is_decode() { NetworkError::BrokenAnswer } else { NetworkError::Cut }
}

/// Whether TLS is among the causes. An `io::Error` hides the error it wraps from `source`, so it is opened by hand.
fn is_tls(error: &reqwest::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let mut wrapped: Option<&(dyn std::error::Error + 'static)> = Some(inner);
        while let Some(found) = wrapped {
            if found.is::<rustls::Error>() {
                return true;
            }
            let io = found.downcast_ref::<std::io::Error>();
            wrapped = io.and_then(std::io::Error::get_ref).map(|inside| inside as &(dyn std::error::Error + 'static));
        }
        cause = inner.source();
    }
    false
}
