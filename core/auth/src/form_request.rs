//! Form posts to the token and revocation endpoints, and answers as they came.

use std::fmt;

use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use crate::Secret;

/// A post of `application/x-www-form-urlencoded` to one endpoint.
///
/// The shell sends it with `Accept: application/json`, without any other credential, and never follows a redirect.
pub struct FormRequest {
    endpoint: Url,
    fields: Vec<(&'static str, Secret)>,
}

impl FormRequest {
    pub(crate) fn new(endpoint: Url, fields: Vec<(&'static str, Secret)>) -> Self {
        Self { endpoint, fields }
    }

    /// Where it goes.
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// The value of one field.
    pub fn field(&self, name: &str) -> Option<&Secret> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }

    /// The encoded body; wiped when dropped.
    pub fn body(&self) -> Zeroizing<String> {
        // Encoding makes at most three bytes of one: with this room the text never moves and leaves no copy.
        let room = self.fields.iter().map(|(name, value)| name.len() + 3 * value.expose().len() + 2).sum();
        let mut body = Zeroizing::new(String::with_capacity(room));
        for (name, value) in &self.fields {
            if !body.is_empty() {
                body.push('&');
            }
            body.push_str(name);
            body.push('=');
            // EXPOSE: this is the request the server needs.
            for piece in form_urlencoded::byte_serialize(value.expose().as_bytes()) {
                body.push_str(piece);
            }
        }
        body
    }
}

impl fmt::Debug for FormRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.fields.iter().map(|(name, _)| *name).collect();
        f.debug_struct("FormRequest").field("fields", &names).finish_non_exhaustive()
    }
}

/// A server's answer: status and whole body, bounded by the shell. The body may hold tokens: it is wiped when dropped.
pub struct HttpAnswer {
    /// HTTP status.
    pub status: u16,
    /// The body as received.
    pub body: Zeroizing<Vec<u8>>,
}

impl HttpAnswer {
    /// Takes an answer over.
    pub fn new(status: u16, body: Vec<u8>) -> Self {
        Self { status, body: Zeroizing::new(body) }
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// 429 and 5xx: an answer, but not to the question.
    pub(crate) fn is_not_now(&self) -> bool {
        self.status == 429 || self.status >= 500
    }
}

impl fmt::Debug for HttpAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpAnswer({}, {} bytes)", self.status, self.body.len())
    }
}
