//! A connection's tokens as they lie in its sealed file (A6).

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

use crate::secret::{Fingerprint, from_stored_bytes, sealed, sealed_option, to_stored_bytes};
use crate::{AuthError, Scopes, Secret, SmartConfiguration, TokenAnswer};

/// How many replaced refresh tokens are remembered, by digest.
const REMEMBERED: usize = 8;

/// The tokens of one connection and what is needed to refresh and revoke them.
///
/// Never cloned: two copies of a rotating refresh token would end the grant.
#[derive(Serialize, Deserialize)]
pub struct StoredTokens {
    pub(crate) token_endpoint: Url,
    pub(crate) revocation_endpoint: Option<Url>,
    pub(crate) client_id: String,
    #[serde(with = "sealed")]
    pub(crate) access_token: Secret,
    /// Unix seconds; `None`: until the server says 401.
    pub(crate) expires_at: Option<i64>,
    #[serde(with = "sealed_option", default)]
    pub(crate) refresh_token: Option<Secret>,
    pub(crate) granted: Scopes,
    pub(crate) patient: Option<String>,
    /// A refresh whose answer was not seen.
    pub(crate) started: Option<Started>,
    /// The server ended the grant (`invalid_grant`), or it can no longer be trusted to be ours.
    pub(crate) ended: Option<Ended>,
    /// Digests of refresh tokens known to be replaced.
    pub(crate) replaced: Vec<Fingerprint>,
}

/// "A refresh was started": written durably before the request goes out.
#[derive(Serialize, Deserialize)]
pub(crate) struct Started {
    /// Of the refresh token that is sent.
    pub fingerprint: Fingerprint,
    /// Unix seconds.
    pub at: i64,
    /// How often it may have been sent.
    pub sends: u8,
}

/// Why a grant asks for a new sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Ended {
    InvalidGrant,
    PatientChanged,
    NeverAnswered,
    KnownReplaced,
}

impl StoredTokens {
    /// The tokens of a fresh sign-in. `asked` stands for the granted scopes where the answer names none (A4).
    pub(crate) fn new(
        configuration: &SmartConfiguration,
        client_id: String,
        answer: TokenAnswer,
        asked: &Scopes,
        now: i64,
    ) -> Self {
        Self {
            token_endpoint: configuration.token_endpoint.clone(),
            revocation_endpoint: configuration.revocation_endpoint.clone(),
            client_id,
            expires_at: expires_at(answer.expires_in, now),
            granted: answer.scope.as_deref().map_or_else(|| asked.clone(), Scopes::parse),
            access_token: answer.access_token,
            refresh_token: answer.refresh_token,
            patient: answer.patient,
            started: None,
            ended: None,
            replaced: Vec::new(),
        }
    }

    /// The bytes for the connection's sealed file.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, AuthError> {
        to_stored_bytes(self)
    }

    /// Reads them back.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AuthError> {
        from_stored_bytes(bytes)
    }

    /// The access token, without asking whether it still lives. Only for requests that [`crate::FhirBase::allows_token`]
    /// permits; while a refresh runs, take it from [`crate::Refresh::access_token`].
    pub fn access_token(&self) -> &Secret {
        &self.access_token
    }

    /// Whether the access token is past its time, or within `leeway_seconds` of it.
    pub fn is_stale(&self, now: i64, leeway_seconds: i64) -> bool {
        self.expires_at.is_some_and(|at| now >= at.saturating_sub(leeway_seconds))
    }

    /// Whether a refresh token is here at all.
    pub fn can_refresh(&self) -> bool {
        self.refresh_token.is_some() && self.ended.is_none()
    }

    /// What was granted.
    pub fn granted(&self) -> &Scopes {
        &self.granted
    }

    /// The patient the token is for, where the server said.
    pub fn patient(&self) -> Option<&str> {
        self.patient.as_deref()
    }

    /// The client id the tokens were given to.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Scheme, host and port of the token endpoint: part of what tells connections apart.
    pub fn token_origin(&self) -> String {
        self.token_endpoint.origin().ascii_serialization()
    }

    /// Takes over a refresh's answer. An answer without a refresh token keeps the old one; without a scope, the old.
    pub(crate) fn take_over(&mut self, answer: TokenAnswer, now: i64) {
        self.access_token = answer.access_token;
        self.expires_at = expires_at(answer.expires_in, now);
        if let Some(scope) = &answer.scope {
            self.granted = Scopes::parse(scope);
        }
        self.patient = self.patient.take().or(answer.patient);
        self.started = None;
        if let Some(fresh) = answer.refresh_token {
            let fresh_print = fresh.fingerprint();
            if let Some(old) = self.refresh_token.replace(fresh).map(|old| old.fingerprint())
                && !old.matches(&fresh_print)
            {
                self.replaced.insert(0, old);
                self.replaced.truncate(REMEMBERED);
            }
        }
    }

    /// Whether the refresh token in hand is one that was replaced before.
    pub(crate) fn holds_replaced_token(&self) -> bool {
        let held = self.refresh_token.as_ref().map(Secret::fingerprint);
        held.is_some_and(|held| self.replaced.iter().any(|old| old.matches(&held)))
    }
}

fn expires_at(expires_in: Option<u64>, now: i64) -> Option<i64> {
    expires_in.map(|seconds| now.saturating_add_unsigned(seconds))
}

impl fmt::Debug for StoredTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredTokens")
            .field("expires_at", &self.expires_at)
            .field("refresh_token", &self.refresh_token.is_some())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}
