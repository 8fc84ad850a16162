//! A FHIR server's root, and where an access token may go (A10).

use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::AuthError;

/// What the embedding app allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Plain http, for loopback addresses only: for development.
    pub allow_http_loopback: bool,
}

impl Policy {
    /// https with a host and without userinfo; http for loopback where allowed.
    pub fn permits(&self, url: &Url) -> bool {
        let scheme = match url.scheme() {
            "https" => true,
            "http" => self.allow_http_loopback && is_loopback(url),
            _ => false,
        };
        scheme && url.has_host() && !has_userinfo(url)
    }
}

/// Whether the host is this machine: 127.0.0.0/8, `::1` or `localhost`.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn has_userinfo(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// Why a typed address cannot be a FHIR base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BaseProblem {
    /// Not a URL.
    #[error("it is not a web address")]
    NotAUrl,
    /// Neither `https://` nor `http://` in front.
    #[error("it does not begin with https://")]
    NoHttpScheme,
    /// Plain http, and not loopback with the app's leave.
    #[error("it is not secured by https")]
    PlainHttp,
    /// A user name or password in it.
    #[error("it holds a user name")]
    UserInfo,
    /// A query or a fragment.
    #[error("it holds a query or a fragment")]
    QueryOrFragment,
    /// A backslash, a control character or a hidden `..`.
    #[error("it holds characters that do not belong in an address")]
    Characters,
}

/// A FHIR base: scheme, host, port and path, without query, fragment or userinfo.
///
/// Nothing is added to what was typed; a trailing slash is taken off. `https://h/fhir` and `https://h/fhir/` are equal.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FhirBase {
    /// Its path always ends in `/`, so that joining a relative reference stays below it.
    root: Url,
}

impl FhirBase {
    /// Reads what a person typed or a brands bundle gave.
    pub fn parse(typed: &str, policy: &Policy) -> Result<Self, AuthError> {
        Self::read(typed, policy).map_err(AuthError::BaseInvalid)
    }

    fn read(typed: &str, policy: &Policy) -> Result<Self, BaseProblem> {
        let typed = typed.trim();
        if has_forbidden_characters(typed) {
            return Err(BaseProblem::Characters);
        }
        // The URL standard also reads `https:host` and `https:///host`; a person never means that.
        let lower = typed.to_ascii_lowercase();
        let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
        if !rest.ok_or(BaseProblem::NoHttpScheme)?.starts_with(|c: char| c != '/') {
            return Err(BaseProblem::NotAUrl);
        }
        let mut root = Url::parse(typed).map_err(|_| BaseProblem::NotAUrl)?;
        if has_userinfo(&root) {
            return Err(BaseProblem::UserInfo);
        }
        if root.query().is_some() || root.fragment().is_some() {
            return Err(BaseProblem::QueryOrFragment);
        }
        if hides_dot_segment(root.path()) {
            return Err(BaseProblem::Characters);
        }
        if !policy.permits(&root) {
            return Err(BaseProblem::PlainHttp);
        }
        let path = format!("{}/", root.path().trim_end_matches('/'));
        root.set_path(&path);
        Ok(Self { root })
    }

    /// The base as it is sent in `aud`: no trailing slash.
    pub fn as_str(&self) -> &str {
        self.root.as_str().trim_end_matches('/')
    }

    /// The base as a URL whose path ends in `/`: join relative references to it.
    pub fn root(&self) -> &Url {
        &self.root
    }

    /// Whether the access token may go to `url`: the base itself or below it (A10).
    pub fn allows_token(&self, url: &Url) -> bool {
        let base_path = self.root.path();
        let path = url.path();
        self.root.scheme() == url.scheme()
            && self.root.host() == url.host()
            && self.root.port_or_known_default() == url.port_or_known_default()
            && !has_userinfo(url)
            && (path.starts_with(base_path) || path == base_path.trim_end_matches('/'))
            && !hides_dot_segment(path)
    }

    /// Makes a reference absolute: relative ones stand below the base. Any http(s) place may come out;
    /// ask [`Self::allows_token`], or use [`Self::resolve_for_token`].
    pub fn resolve(&self, reference: &str) -> Result<Url, AuthError> {
        // The URL standard drops tabs and newlines and turns `\` into `/`, so that two readers see two addresses.
        if has_forbidden_characters(reference) {
            return Err(AuthError::OutsideBase);
        }
        let url = self.root.join(reference).map_err(|_| AuthError::OutsideBase)?;
        match url.scheme() {
            "https" | "http" => Ok(url),
            _ => Err(AuthError::OutsideBase),
        }
    }

    /// [`Self::resolve`], then refused unless the token may go there.
    pub fn resolve_for_token(&self, reference: &str) -> Result<Url, AuthError> {
        let url = self.resolve(reference)?;
        if self.allows_token(&url) { Ok(url) } else { Err(AuthError::OutsideBase) }
    }
}

impl fmt::Debug for FhirBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FhirBase").field(&self.as_str()).finish()
    }
}

impl fmt::Display for FhirBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<FhirBase> for String {
    fn from(base: FhirBase) -> Self {
        base.as_str().to_owned()
    }
}

impl TryFrom<String> for FhirBase {
    type Error = AuthError;

    /// Reads a base that was accepted before; whether http is allowed was settled then.
    fn try_from(stored: String) -> Result<Self, AuthError> {
        Self::parse(&stored, &Policy { allow_http_loopback: true })
    }
}

fn has_forbidden_characters(text: &str) -> bool {
    text.chars().any(|c| c == '\\' || c.is_control())
}

/// Whether a server that decodes before it routes could see `.` or `..` in this path: `..%2f`, `..;x`, `%252e%252e`.
fn hides_dot_segment(path: &str) -> bool {
    let mut bytes = path.as_bytes().to_vec();
    for _ in 0..4 {
        let is_dots = |segment: &[u8]| {
            let name = segment.split(|byte| *byte == b';').next().unwrap_or_default();
            name == b"." || name == b".."
        };
        if bytes.split(|byte| matches!(byte, b'/' | b'\\')).any(is_dots) || bytes.iter().any(u8::is_ascii_control) {
            return true;
        }
        let decoded = percent_decode(&bytes);
        if decoded == bytes {
            return false;
        }
        bytes = decoded;
    }
    true // Nobody encodes an honest path four times over.
}

fn percent_decode(bytes: &[u8]) -> Vec<u8> {
    let hex = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        let pair = (hex(tail.first()), hex(tail.get(1)));
        if let (b'%', (Some(high), Some(low))) = (*first, pair) {
            out.push(u8::try_from(high * 16 + low).unwrap_or_default());
            rest = tail.get(2..).unwrap_or_default();
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    out
}
