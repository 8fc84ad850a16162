//! SMART discovery (A1, A2): what the server says about itself.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::json_object::json_object;
use crate::pkce;
use crate::{AuthError, FhirBase, Policy, Unsupported};

/// A configuration larger than this is refused (D10); real ones have 2 to 10 KB.
const LARGEST_CONFIGURATION: usize = 512 * 1024;

/// `{base}/.well-known/smart-configuration`, appended to a base that has a path.
pub fn discovery_url(base: &FhirBase) -> Url {
    let mut url = base.root().clone();
    url.set_path(&format!("{}.well-known/smart-configuration", base.root().path()));
    url
}

/// `{issuer}/.well-known/openid-configuration`, if the issuer is an address that `policy` permits.
pub fn openid_configuration_url(issuer: &str, policy: &Policy) -> Option<Url> {
    let url = Url::parse(&format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))).ok()?;
    (policy.permits(&url) && url.query().is_none() && url.fragment().is_none()).then_some(url)
}

/// Why a base is not a SMART server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSmartReason {
    /// An answer with another status than success, neither 429 nor 5xx.
    #[error("it has no SMART configuration")]
    NotFound,
    /// The answer is not a JSON object: a web page, most often.
    #[error("its answer is not JSON")]
    NotJson,
    /// A JSON object without both endpoints.
    #[error("its configuration names no endpoints")]
    NoEndpoints,
    /// Larger than any real configuration.
    #[error("its configuration is too large")]
    TooLarge,
}

/// Whether a server says that access can last without a new sign-in (A15). Only a hint: real servers leave it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastingAccess {
    /// `offline_access` or `permission-offline` is listed.
    Offered,
    /// Lists are there and name neither.
    NotListed,
    /// No lists at all.
    Unknown,
}

/// A server's SMART configuration. Once a sign-in has begun, its endpoints are kept with it and never read again (A1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmartConfiguration {
    /// Where the browser goes.
    pub authorization_endpoint: Url,
    /// Where codes and refresh tokens go.
    pub token_endpoint: Url,
    /// The name the server signs with, exactly as written. Never compared with the base.
    pub issuer: Option<String>,
    /// The keys of id_tokens.
    pub jwks_uri: Option<Url>,
    /// Where tokens are revoked (RFC 7009).
    pub revocation_endpoint: Option<Url>,
    /// The hospital's own page of who has access.
    pub management_endpoint: Option<Url>,
    /// Dynamic registration (RFC 7591).
    pub registration_endpoint: Option<Url>,
    /// Scopes the server lists.
    pub scopes_supported: Vec<String>,
    /// SMART capabilities the server lists. Nothing is gated on them.
    pub capabilities: Vec<String>,
    /// The server promises `iss` in every callback (RFC 9207), so one without it is refused.
    pub callback_has_issuer: bool,
    /// Optional members that were there but could not be used, such as an http address.
    #[serde(skip)]
    pub ignored: Vec<&'static str>,
}

impl SmartConfiguration {
    /// Reads the body of `.well-known/smart-configuration`. Unknown members and optional ones of a wrong type
    /// do not matter; both endpoints must be https (or loopback where `policy` allows).
    ///
    /// # Errors
    /// [`AuthError::NotSmart`], [`AuthError::EndpointInsecure`], [`AuthError::PkceNotOffered`] (a list of methods
    /// without S256), [`AuthError::Unsupported`] (the server insists on PAR or JAR).
    pub fn parse(base: &FhirBase, body: &[u8], policy: &Policy) -> Result<Self, AuthError> {
        if body.len() > LARGEST_CONFIGURATION {
            return Err(AuthError::NotSmart(NotSmartReason::TooLarge));
        }
        let members: Map<String, Value> =
            json_object(body).map_err(|_| AuthError::NotSmart(NotSmartReason::NotJson))?;
        let members = Members { base, policy, members };

        let authorization_endpoint = members.required_endpoint("authorization_endpoint")?;
        let token_endpoint = members.required_endpoint("token_endpoint")?;
        let methods = members.texts("code_challenge_methods_supported");
        if !methods.is_empty() && !methods.iter().any(|method| method == pkce::METHOD) {
            return Err(AuthError::PkceNotOffered);
        }
        if members.is_true("require_pushed_authorization_requests") {
            return Err(AuthError::Unsupported(Unsupported::PushedAuthorizationRequests));
        }
        if members.is_true("require_signed_request_object") {
            return Err(AuthError::Unsupported(Unsupported::SignedRequestObjects));
        }
        let mut ignored = Vec::new();
        let mut optional = |name| {
            members.optional_endpoint(name).unwrap_or_else(|Unusable| {
                ignored.push(name);
                None
            })
        };
        Ok(Self {
            authorization_endpoint,
            token_endpoint,
            jwks_uri: optional("jwks_uri"),
            revocation_endpoint: optional("revocation_endpoint"),
            management_endpoint: optional("management_endpoint"),
            registration_endpoint: optional("registration_endpoint"),
            issuer: members.text("issuer").map(str::to_owned),
            scopes_supported: members.texts("scopes_supported"),
            capabilities: members.texts("capabilities"),
            callback_has_issuer: members.is_true("authorization_response_iss_parameter_supported"),
            ignored,
        })
    }

    /// What can be said about lasting access before the sign-in (A15).
    pub fn lasting_access(&self) -> LastingAccess {
        let offered = self.scopes_supported.iter().any(|scope| scope == "offline_access")
            || self.capabilities.iter().any(|capability| capability == "permission-offline");
        match (offered, self.scopes_supported.is_empty() && self.capabilities.is_empty()) {
            (true, _) => LastingAccess::Offered,
            (false, false) => LastingAccess::NotListed,
            (false, true) => LastingAccess::Unknown,
        }
    }
}

/// What is needed of `{issuer}/.well-known/openid-configuration`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIdConfiguration {
    /// The keys of id_tokens.
    pub jwks_uri: Url,
}

impl OpenIdConfiguration {
    /// Reads it; `None` unless its `issuer` equals the one of the SMART configuration (A1) and its keys are reachable
    /// by https.
    pub fn parse(body: &[u8], issuer: &str, policy: &Policy) -> Option<Self> {
        if body.len() > LARGEST_CONFIGURATION {
            return None;
        }
        let members: Map<String, Value> = json_object(body).ok()?;
        if members.get("issuer")?.as_str()? != issuer {
            return None;
        }
        let jwks_uri = Url::parse(members.get("jwks_uri")?.as_str()?).ok()?;
        policy.permits(&jwks_uri).then_some(Self { jwks_uri })
    }
}

struct Unusable;

struct Members<'a> {
    base: &'a FhirBase,
    policy: &'a Policy,
    members: Map<String, Value>,
}

impl Members<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str().filter(|text| !text.is_empty())
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let values = self.members.get(name).and_then(Value::as_array);
        values.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn is_true(&self, name: &str) -> bool {
        self.members.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    fn required_endpoint(&self, name: &'static str) -> Result<Url, AuthError> {
        let none = AuthError::NotSmart(NotSmartReason::NoEndpoints);
        let url = self.base.resolve(self.text(name).ok_or(none)?).map_err(|_| none)?;
        // OAuth endpoints have no fragment (RFC 6749, 3.1 and 3.2).
        if self.policy.permits(&url) && url.fragment().is_none() {
            Ok(url)
        } else {
            Err(AuthError::EndpointInsecure { member: name })
        }
    }

    fn optional_endpoint(&self, name: &'static str) -> Result<Option<Url>, Unusable> {
        if matches!(self.members.get(name), None | Some(Value::Null)) {
            return Ok(None);
        }
        self.required_endpoint(name).map(Some).map_err(|_| Unusable)
    }
}
