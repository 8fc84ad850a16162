//! A sign-in from a FHIR base to tokens: its states, events and effects. The table is in `transitions.rs`.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

use crate::random::RandomUnavailable;
use crate::{
    AuthError, FhirBase, FhirUserKind, FormRequest, HttpAnswer, Identity, PendingSignIn, Policy, RedirectUri,
    ScopeWish, Scopes, Secret, StoredTokens, TokenAnswer, transitions,
};

/// What a sign-in starts from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInRequest {
    /// The FHIR server.
    pub base: FhirBase,
    /// The app's client id there.
    pub client_id: String,
    /// Where the browser comes back to, with the real port on loopback.
    pub redirect_uri: RedirectUri,
    /// What to ask for.
    pub scopes: ScopeWish,
    /// Send `prompt=consent`: some OpenID providers drop `offline_access` silently without it.
    pub prompt_consent: bool,
    /// What the app allows.
    pub policy: Policy,
}

/// Time and randomness of one step.
pub struct Context<'a> {
    /// Unix seconds.
    pub now: i64,
    /// Fills a slice with random bytes.
    pub random: &'a mut dyn FnMut(&mut [u8]) -> Result<(), RandomUnavailable>,
}

/// Where a sign-in stands.
#[derive(Default)]
pub enum SignInState {
    /// Nothing happened yet.
    #[default]
    Start,
    /// The server is asked for its SMART configuration.
    AwaitingDiscovery(Box<SignInRequest>),
    /// The pending sign-in is being sealed to disk; the address is not given out yet.
    SealingPending(Box<PendingSignIn>, Box<Url>),
    /// The person is in the browser.
    AwaitingBrowser(Box<PendingSignIn>),
    /// A good callback came; the pending sign-in is being taken out, once.
    TakingPending(Box<PendingSignIn>, Secret),
    /// The code is at the token endpoint.
    ExchangingCode(Box<PendingSignIn>),
    /// The server's OpenID configuration is asked for the address of its keys.
    AwaitingOpenIdConfiguration(Box<Granted>),
    /// The server's keys are fetched.
    AwaitingKeys(Box<Granted>),
    /// They are fetched once more, because the key was not among them.
    AwaitingKeysAgain(Box<Granted>),
    /// Done; the tokens went out with the last effect.
    SignedIn,
    /// Over, and why.
    Refused(AuthError),
}

/// Tokens in hand, identity not settled.
pub struct Granted {
    pub(crate) pending: Box<PendingSignIn>,
    pub(crate) answer: TokenAnswer,
    pub(crate) id_token: Secret,
    pub(crate) jwks_uri: Option<Url>,
}

/// What happened outside.
pub enum Event {
    /// Sign in.
    Begin(Box<SignInRequest>),
    /// The app died in the middle; this pending sign-in was read from disk (and stays there until it is taken out).
    Resume(Box<PendingSignIn>),
    /// The answer to `FetchDiscovery`.
    DiscoveryAnswered(HttpAnswer),
    /// The bytes of `SealPending` are durable.
    PendingSealed,
    /// The browser came back with this address.
    CallbackArrived(Zeroizing<String>),
    /// `TakePending` found it and removed it durably.
    PendingTaken,
    /// `TakePending` did not find it: its callback was delivered before.
    PendingGone,
    /// The answer to `PostToken`.
    TokenAnswered(HttpAnswer),
    /// The answer to `FetchOpenIdConfiguration`.
    OpenIdConfigurationAnswered(HttpAnswer),
    /// The answer to `FetchJwks`.
    JwksAnswered(HttpAnswer),
    /// Sealing or taking out failed.
    StorageFailed,
    /// No answer came to what was asked: time-out, cut connection, no network; or the person stayed away too long.
    TimedOut,
    /// The person or the app ended it.
    Cancelled,
}

/// What to do next, exactly one thing; its result is the next event.
pub enum Effect {
    /// GET with `Accept: application/json`.
    FetchDiscovery(Url),
    /// Seal the bytes durably under `id`, then remove `replaces`.
    SealPending {
        /// A name that tells nothing.
        id: String,
        /// They hold the PKCE verifier.
        bytes: Zeroizing<Vec<u8>>,
        /// An earlier attempt of the same sign-in.
        replaces: Option<String>,
    },
    /// Give this address to the browser. Show it to nobody else.
    OpenBrowser(Url),
    /// Nothing to do: wait for the callback.
    AwaitCallback,
    /// Remove the pending sign-in durably and say whether it was there.
    TakePending {
        /// Its name.
        id: String,
    },
    /// Post this. Never follow a redirect.
    PostToken(FormRequest),
    /// GET.
    FetchOpenIdConfiguration(Url),
    /// GET.
    FetchJwks(Url),
    /// Done.
    SignedIn(Box<SignedIn>),
    /// Over.
    Refused(Refusal),
    /// The event changed nothing: a foreign callback, or one out of turn. The sign-in goes on waiting.
    Ignored(AuthError),
}

/// The end of a sign-in without tokens.
#[derive(Debug)]
pub struct Refusal {
    /// Why.
    pub error: AuthError,
    /// The pending sign-in to remove.
    pub forget_pending: Option<String>,
    /// Tokens that had been given and must not live on: post each, whatever is answered.
    pub revoke: Vec<FormRequest>,
}

/// A finished sign-in.
#[derive(Debug)]
pub struct SignedIn {
    /// The FHIR server.
    pub base: FhirBase,
    /// The tokens: seal them before the access token is used.
    pub tokens: StoredTokens,
    /// Who signed in.
    pub identity: Identity,
    /// The scopes that were wanted and not granted, as written.
    pub not_granted: Vec<String>,
    /// The hospital's own page of who has access (P6).
    pub management_endpoint: Option<Url>,
}

/// Whose chart a sign-in is for, before the reader confirmed it (A8, A9).
#[derive(Clone, PartialEq, Eq)]
pub enum SubjectHint {
    /// The token answer named this patient.
    FromToken(String),
    /// The reader is this patient.
    FromFhirUser(String),
    /// Ask the server which patients there are, and the reader which one.
    Ask,
}

impl fmt::Debug for SubjectHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FromToken(_) => "FromToken",
            Self::FromFhirUser(_) => "FromFhirUser",
            Self::Ask => "Ask",
        })
    }
}

impl SignedIn {
    /// Whose chart this is: the token's patient; else the reader, if verified and a Patient of this server; else ask.
    pub fn subject(&self) -> SubjectHint {
        if let Some(id) = self.tokens.patient() {
            return SubjectHint::FromToken(id.to_owned());
        }
        match &self.identity {
            Identity::Verified(reader) => match &reader.fhir_user {
                Some(user) if user.kind == FhirUserKind::Patient && user.at_base => {
                    SubjectHint::FromFhirUser(user.id.clone())
                }
                _ => SubjectHint::Ask,
            },
            Identity::Unverified(_) => SubjectHint::Ask,
        }
    }

    /// `sub`, where it is verified: part of what tells connections apart.
    pub fn reader(&self) -> Option<&str> {
        match &self.identity {
            Identity::Verified(reader) => Some(&reader.subject),
            Identity::Unverified(_) => None,
        }
    }

    /// What was granted.
    pub fn granted(&self) -> &Scopes {
        self.tokens.granted()
    }
}

/// A sign-in. Feed events, do effects.
#[derive(Default)]
pub struct SignIn {
    state: SignInState,
}

impl SignIn {
    /// A sign-in at its start.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where it stands.
    pub fn state(&self) -> &SignInState {
        &self.state
    }

    /// One event in, one effect out.
    pub fn step(&mut self, event: Event, context: &mut Context<'_>) -> Effect {
        let (state, effect) = transitions::step(std::mem::take(&mut self.state), event, context);
        self.state = state;
        effect
    }
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SignIn").field(&self.state).finish()
    }
}

impl fmt::Debug for SignInState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind())
    }
}

/// Names only: addresses carry state and nonce.
impl fmt::Debug for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FetchDiscovery(_) => f.write_str("FetchDiscovery"),
            Self::SealPending { .. } => f.write_str("SealPending"),
            Self::OpenBrowser(_) => f.write_str("OpenBrowser"),
            Self::AwaitCallback => f.write_str("AwaitCallback"),
            Self::TakePending { .. } => f.write_str("TakePending"),
            Self::PostToken(_) => f.write_str("PostToken"),
            Self::FetchOpenIdConfiguration(_) => f.write_str("FetchOpenIdConfiguration"),
            Self::FetchJwks(_) => f.write_str("FetchJwks"),
            Self::SignedIn(done) => f.debug_tuple("SignedIn").field(done).finish(),
            Self::Refused(refusal) => f.debug_tuple("Refused").field(&refusal.error).finish(),
            Self::Ignored(error) => f.debug_tuple("Ignored").field(error).finish(),
        }
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.kind())
    }
}
