//! Signing in to a SMART on FHIR server: SMART App Launch 2.2 for a public native client.
//!
//! Everything here is without I/O. Answers of the network come in as bytes, time as unix seconds, randomness
//! through a closure; what has to be done goes out as data. The app's shell does it and feeds the result back.
//!
//! * [`SignIn`] walks from a FHIR base to tokens. Its states and events read as one table in `transitions.rs`.
//! * [`Refresh`] keeps a connection's tokens fresh, one request at a time, crash-safe.
//! * [`FhirBase`] decides where an access token may go.
//!
//! Tokens, codes and verifiers live in [`Secret`], which shows nothing of itself and is wiped when dropped.

mod base;
mod callback;
mod discovery;
mod error;
mod fhir_user;
mod form_request;
mod id_token;
mod json_object;
mod jwks;
mod pending;
mod pkce;
mod random;
mod redirect_uri;
mod refresh;
mod registration_table;
mod revocation;
mod scopes;
mod secret;
mod sign_in;
mod steps;
mod stored_tokens;
mod token;
mod transitions;

pub use base::{BaseProblem, FhirBase, Policy};
pub use callback::CallbackProblem;
pub use discovery::{
    LastingAccess, NotSmartReason, OpenIdConfiguration, SmartConfiguration, discovery_url, openid_configuration_url,
};
pub use error::{AuthError, OAuthErrorCode, Stage, Unsupported};
pub use fhir_user::{FhirUser, FhirUserKind};
pub use form_request::{FormRequest, HttpAnswer};
pub use id_token::{
    Expected, IdTokenRefusal, Identity, Inspected, Unverified, Verdict, VerifiedIdentity, inspect, verify,
};
pub use jwks::{Algorithm, JwkSet, JwksProblem};
pub use pending::{PENDING_LIFETIME_SECONDS, PendingSignIn};
pub use random::{Random, RandomUnavailable};
pub use redirect_uri::{RedirectUri, owns_callback};
pub use refresh::{Refresh, RefreshEffect, RefreshEvent, RefreshOutcome, RefreshStage, SignInAgainReason};
pub use registration_table::{BasePattern, ClientIds, Environment, Method, Registration, RegistrationTable};
pub use revocation::{revocation_confirmed, revocation_requests};
pub use scopes::{Access, Allowance, CHART_TYPES, Scope, ScopeVersion, ScopeWish, Scopes, not_granted};
pub use secret::Secret;
pub use sign_in::{
    Context, Effect, Event, Granted, Refusal, SignIn, SignInRequest, SignInState, SignedIn, SubjectHint,
};
pub use stored_tokens::StoredTokens;
pub use token::{TokenAnswer, TokenProblem, code_request, refresh_request};
pub use transitions::{EventKind, StateKind, TRANSITIONS};
