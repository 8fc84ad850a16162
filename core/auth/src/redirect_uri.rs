//! The app's redirect URI, and whether an address is a callback to it (A16, RFC 8252).

use serde::{Deserialize, Serialize};
use url::Url;

use crate::AuthError;
use crate::base::is_loopback;

/// Schemes a browser gives a meaning of its own.
const NEVER_A_REDIRECT: &[&str] =
    &["about", "blob", "data", "file", "ftp", "javascript", "mailto", "tel", "vbscript", "ws", "wss"];

/// A redirect URI, kept exactly as registered: it is repeated letter for letter at the token step (A3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri {
    text: String,
    url: Url,
}

impl RedirectUri {
    /// A custom scheme (`org.example.app:/callback`), an https link, or http on a loopback address.
    pub fn parse(text: &str) -> Result<Self, AuthError> {
        let url = Url::parse(text).map_err(|_| AuthError::RegistrationInvalid)?;
        let usable = match url.scheme() {
            "https" => true,
            "http" => is_loopback(&url),
            scheme => !NEVER_A_REDIRECT.contains(&scheme),
        };
        let plain = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
        if usable && plain { Ok(Self { text: text.to_owned(), url }) } else { Err(AuthError::RegistrationInvalid) }
    }

    /// As registered.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the shell must listen on this machine for the callback.
    pub fn is_loopback(&self) -> bool {
        self.url.scheme() == "http"
    }

    /// The same loopback address with the port the shell listens on; other kinds have none to set.
    pub fn with_port(&self, port: u16) -> Result<Self, AuthError> {
        let mut url = self.url.clone();
        if !self.is_loopback() || url.set_port(Some(port)).is_err() {
            return Err(AuthError::RegistrationInvalid);
        }
        Ok(Self { text: url.as_str().to_owned(), url })
    }

    /// Whether `url` is a callback to this URI: same scheme, host and path. On loopback any port will do,
    /// because the shell picks a free one (RFC 8252, 7.3). Reads nothing else, changes nothing.
    pub fn owns(&self, url: &Url) -> bool {
        let root = |path: &str| if path == "/" { String::new() } else { path.to_owned() };
        self.url.scheme() == url.scheme()
            && self.url.host() == url.host()
            && (self.is_loopback() || self.url.port_or_known_default() == url.port_or_known_default())
            && url.username().is_empty()
            && url.password().is_none()
            && root(self.url.path()) == root(url.path())
    }
}

impl From<RedirectUri> for String {
    fn from(uri: RedirectUri) -> Self {
        uri.text
    }
}

impl TryFrom<String> for RedirectUri {
    type Error = AuthError;

    fn try_from(text: String) -> Result<Self, AuthError> {
        Self::parse(&text)
    }
}

/// Whether an address the system opened the app with is a sign-in's callback (A16). No side effect, no panic.
pub fn owns_callback(url: &str, redirect_uri: &RedirectUri) -> bool {
    Url::parse(url).is_ok_and(|url| redirect_uri.owns(&url))
}
