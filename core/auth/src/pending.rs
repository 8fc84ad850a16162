//! A sign-in that waits for the browser (A3, A16): what is sealed to disk before the address is given out.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use crate::callback::{self, Callback, CallbackProblem, Expectation};
use crate::random::random_text;
use crate::secret::{Fingerprint, from_stored_bytes, sealed, to_stored_bytes};
use crate::sign_in::{Context, SignInRequest};
use crate::{AuthError, FormRequest, ScopeVersion, Scopes, Secret, SmartConfiguration, code_request, pkce};

/// How long a person may take in the browser: 15 minutes.
pub const PENDING_LIFETIME_SECONDS: i64 = 15 * 60;
/// A phone's clock may be set back this far in the middle of a sign-in.
const CLOCK_BACK_SECONDS: i64 = 300;

/// A sign-in between the authorization request and its callback. It keeps the endpoints it began with (A1), digests of
/// its state and nonce, and the PKCE verifier.
#[derive(Serialize, Deserialize)]
pub struct PendingSignIn {
    id: String,
    pub(crate) request: SignInRequest,
    pub(crate) configuration: SmartConfiguration,
    pub(crate) asked: Scopes,
    /// It is the second attempt, with `patient/*`.
    pub(crate) widened: bool,
    state: Fingerprint,
    pub(crate) nonce: Fingerprint,
    #[serde(with = "sealed")]
    code_verifier: Secret,
    started_at: i64,
}

impl PendingSignIn {
    /// Draws state, nonce and verifier, and builds the address for the browser.
    pub(crate) fn prepare(
        request: SignInRequest,
        configuration: SmartConfiguration,
        widened: bool,
        context: &mut Context<'_>,
    ) -> Result<(Self, Url), AuthError> {
        let version = ScopeVersion::for_server(&configuration);
        let asked = if widened { request.scopes.widened(version) } else { Some(request.scopes.scopes(version)) };
        let asked = asked.ok_or(AuthError::AuthorizationRefused(crate::OAuthErrorCode::InvalidScope))?;
        let state = random_text(&mut *context.random)?;
        let nonce = random_text(&mut *context.random)?;
        let code_verifier = pkce::code_verifier(&mut *context.random)?;
        let id = random_text(&mut *context.random)?;
        let scope = asked.to_string();
        let challenge = pkce::code_challenge(&code_verifier);
        let mut parameters = vec![
            ("response_type", "code"),
            ("client_id", request.client_id.as_str()),
            ("redirect_uri", request.redirect_uri.as_str()),
            ("scope", scope.as_str()),
            ("aud", request.base.as_str()),
            ("state", state.expose()), // EXPOSE: the browser carries it there and back.
            ("nonce", nonce.expose()), // EXPOSE: the server repeats it in the id_token.
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", pkce::METHOD),
        ];
        if request.prompt_consent {
            parameters.push(("prompt", "consent"));
        }
        let url = with_query(&configuration.authorization_endpoint, &parameters);
        let pending = Self {
            // A name for a file: of the random text's digest, so that it can be shown.
            id: URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, id.expose().as_bytes())),
            state: state.fingerprint(),
            nonce: nonce.fingerprint(),
            request,
            configuration,
            asked,
            widened,
            code_verifier,
            started_at: context.now,
        };
        Ok((pending, url))
    }

    /// A name to store it under: 43 characters of base64url, telling nothing.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The bytes to seal; they hold the verifier.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, AuthError> {
        to_stored_bytes(self)
    }

    /// Reads them back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AuthError> {
        from_stored_bytes(bytes)
    }

    /// When it began, unix seconds.
    pub fn started_at(&self) -> i64 {
        self.started_at
    }

    /// Whether its 15 minutes are over, or the clock says it lies in the future.
    pub fn is_expired(&self, now: i64) -> bool {
        let age = now.saturating_sub(self.started_at);
        !(-CLOCK_BACK_SECONDS..PENDING_LIFETIME_SECONDS).contains(&age)
    }

    /// Whether a callback is the answer to this very sign-in: find it with this before taking it out. No side effect.
    pub fn owns(&self, callback: &str) -> bool {
        let url = Url::parse(callback);
        url.is_ok_and(|url| callback::carries_state(&url, &self.request.redirect_uri, &self.state).is_ok())
    }

    pub(crate) fn read_callback(&self, url: &str) -> Result<Callback, CallbackProblem> {
        let expected = Expectation {
            redirect_uri: &self.request.redirect_uri,
            state: &self.state,
            issuer: self.configuration.issuer.as_deref(),
            issuer_promised: self.configuration.callback_has_issuer,
            token_endpoint: &self.configuration.token_endpoint,
        };
        callback::read(url, &expected)
    }

    pub(crate) fn token_request(&self, code: Secret) -> FormRequest {
        // EXPOSE: the verifier goes to the pinned token endpoint with the code it belongs to.
        let verifier = Secret::from(self.code_verifier.expose());
        let endpoint = self.configuration.token_endpoint.clone();
        code_request(endpoint, &self.request.client_id, &self.request.redirect_uri, code, verifier)
    }
}

impl fmt::Debug for PendingSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingSignIn").field("started_at", &self.started_at).finish_non_exhaustive()
    }
}

/// Appends parameters to an endpoint's own. A space becomes `%20`: not every server reads `+` as one.
fn with_query(endpoint: &Url, parameters: &[(&str, &str)]) -> Url {
    let mut query = endpoint.query().unwrap_or_default().to_owned();
    for (name, value) in parameters {
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str(name);
        query.push('=');
        for piece in form_urlencoded::byte_serialize(value.as_bytes()) {
            query.push_str(if piece == "+" { "%20" } else { piece });
        }
    }
    let mut url = endpoint.clone();
    url.set_query(Some(&query));
    url
}
