//! Where the embedding app is registered, and how (A15).

use serde::Deserialize;
use url::Url;

use crate::{AuthError, FhirBase, Policy, RedirectUri, ScopeWish, SignInRequest, Unsupported};

/// Which of a vendor's two client ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// Real charts.
    Production,
    /// The vendor's test servers.
    Sandbox,
}

/// The client ids a vendor gave.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientIds {
    /// For real charts.
    pub production: Option<String>,
    /// For test servers.
    pub sandbox: Option<String>,
}

/// How the app proves itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// A public client with PKCE.
    Public,
    /// The same, then dynamic registration for lasting access (RFC 7591). Not done yet: a typed error.
    PublicWithDynamicRegistration,
}

/// Which bases a row is for: `*`, or `https://host/path` with `*.` allowed before the host. The path is a prefix that
/// ends at a segment's boundary.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct BasePattern(Option<Url>);

impl BasePattern {
    /// Reads a pattern.
    pub fn parse(text: &str) -> Result<Self, AuthError> {
        if text == "*" {
            return Ok(Self(None));
        }
        let url = Url::parse(text).map_err(|_| AuthError::RegistrationInvalid)?;
        let host = url.host_str().unwrap_or_default();
        let host = host.strip_prefix("*.").unwrap_or(host);
        let usable = matches!(url.scheme(), "https" | "http")
            && !host.is_empty()
            && !host.contains('*')
            && url.query().is_none()
            && url.fragment().is_none();
        if usable { Ok(Self(Some(url))) } else { Err(AuthError::RegistrationInvalid) }
    }

    /// How well it fits: `None` not at all, else larger is closer (an exact host before a wildcard, a longer path before
    /// a shorter one, `*` last).
    fn closeness(&self, base: &FhirBase) -> Option<usize> {
        let Some(pattern) = &self.0 else { return Some(0) };
        let root = base.root();
        let (wanted, host) = (pattern.host_str()?, root.host_str()?);
        let exact = wanted == host;
        let below = wanted.strip_prefix('*').is_some_and(|suffix| host.ends_with(suffix) && host.len() > suffix.len());
        let path = pattern.path().trim_end_matches('/');
        let fits = (exact || below)
            && pattern.scheme() == root.scheme()
            && pattern.port_or_known_default() == root.port_or_known_default()
            && root.path().strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        let host_weight = if exact { 1 << 20 } else { 1 << 10 };
        fits.then(|| path.len().saturating_add(host_weight))
    }
}

impl TryFrom<String> for BasePattern {
    type Error = AuthError;

    fn try_from(text: String) -> Result<Self, AuthError> {
        Self::parse(&text)
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Which bases.
    pub base: BasePattern,
    /// The app's ids there.
    pub client_id: ClientIds,
    /// Where the browser comes back to; on loopback the port is set at run time.
    pub redirect_uri: RedirectUri,
    /// Exactly these scopes; absent: everything a chart holds.
    #[serde(default)]
    pub scopes: Option<String>,
    /// How the app proves itself.
    pub method: Method,
    /// Send `prompt=consent`.
    #[serde(default)]
    pub prompt_consent: bool,
}

impl Registration {
    /// The request of a sign-in. `loopback_port`: the one the shell listens on, for a loopback redirect.
    pub fn request(
        &self,
        base: FhirBase,
        environment: Environment,
        loopback_port: Option<u16>,
        policy: Policy,
    ) -> Result<SignInRequest, AuthError> {
        if self.method == Method::PublicWithDynamicRegistration {
            return Err(AuthError::Unsupported(Unsupported::DynamicRegistration));
        }
        let client_id = match environment {
            Environment::Production => &self.client_id.production,
            Environment::Sandbox => &self.client_id.sandbox,
        };
        Ok(SignInRequest {
            base,
            client_id: client_id.clone().ok_or(AuthError::NotRegistered)?,
            redirect_uri: match loopback_port {
                Some(port) if self.redirect_uri.is_loopback() => self.redirect_uri.with_port(port)?,
                _ => self.redirect_uri.clone(),
            },
            scopes: self.scopes.clone().map_or_else(ScopeWish::chart, ScopeWish::Exactly),
            prompt_consent: self.prompt_consent,
            policy,
        })
    }
}

/// The app's registrations. Written by its developer: an unknown member is a slip, and an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationTable {
    registrations: Vec<Registration>,
}

impl RegistrationTable {
    /// A table of these rows.
    pub fn new(registrations: Vec<Registration>) -> Self {
        Self { registrations }
    }

    /// Reads `{"registrations": [{"base", "client_id": {"production", "sandbox"}, "redirect_uri", "scopes",
    /// "method": "public" | "public-with-dynamic-registration", "prompt_consent"}]}`.
    pub fn from_json(json: &[u8]) -> Result<Self, AuthError> {
        serde_json::from_slice(json).map_err(|_| AuthError::RegistrationInvalid)
    }

    /// The row that fits a base closest.
    pub fn find(&self, base: &FhirBase) -> Result<&Registration, AuthError> {
        let rows = self.registrations.iter();
        let fitting = rows.filter_map(|row| row.base.closeness(base).map(|closeness| (closeness, row)));
        fitting.max_by_key(|(closeness, _)| *closeness).map(|(_, row)| row).ok_or(AuthError::NotRegistered)
    }
}
