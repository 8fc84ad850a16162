//! The table of a sign-in: every state, every event, and where they lead.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Start
//!     Start --> AwaitingDiscovery: Begin
//!     Start --> AwaitingBrowser: Resume
//!     AwaitingDiscovery --> SealingPending: DiscoveryAnswered
//!     SealingPending --> AwaitingBrowser: PendingSealed
//!     AwaitingBrowser --> AwaitingBrowser: CallbackArrived, foreign
//!     AwaitingBrowser --> TakingPending: CallbackArrived, with a code
//!     AwaitingBrowser --> SealingPending: CallbackArrived, invalid_scope, once
//!     TakingPending --> ExchangingCode: PendingTaken
//!     ExchangingCode --> SealingPending: TokenAnswered, invalid_scope, once
//!     ExchangingCode --> AwaitingOpenIdConfiguration: TokenAnswered, no jwks_uri
//!     ExchangingCode --> AwaitingKeys: TokenAnswered
//!     ExchangingCode --> SignedIn: TokenAnswered, no id_token to verify
//!     AwaitingOpenIdConfiguration --> AwaitingKeys: OpenIdConfigurationAnswered
//!     AwaitingOpenIdConfiguration --> SignedIn: no keys to be had
//!     AwaitingKeys --> AwaitingKeysAgain: JwksAnswered, key not there
//!     AwaitingKeys --> SignedIn: JwksAnswered, TimedOut
//!     AwaitingKeysAgain --> SignedIn: JwksAnswered, TimedOut
//!     SignedIn --> [*]
//!     Refused --> [*]
//! ```
//! From every state but the last two, `Cancelled` and errors lead to `Refused`. Any pair that is not in
//! [`TRANSITIONS`] leaves the state as it is.

use crate::sign_in::{Context, Effect, Event, SignInState};
use crate::steps::{self, Step};
use crate::{AuthError, Stage};

/// The states of [`SignInState`], without their contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "named and explained at SignInState")]
pub enum StateKind {
    Start,
    AwaitingDiscovery,
    SealingPending,
    AwaitingBrowser,
    TakingPending,
    ExchangingCode,
    AwaitingOpenIdConfiguration,
    AwaitingKeys,
    AwaitingKeysAgain,
    SignedIn,
    Refused,
}

/// The events of [`Event`], without their contents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "named and explained at Event")]
pub enum EventKind {
    Begin,
    Resume,
    DiscoveryAnswered,
    PendingSealed,
    CallbackArrived,
    PendingTaken,
    PendingGone,
    TokenAnswered,
    OpenIdConfigurationAnswered,
    JwksAnswered,
    StorageFailed,
    TimedOut,
    Cancelled,
}

use EventKind as E;
use StateKind as S;

/// Every pair that may change the state, and the states it may lead to. A test walks all pairs against it.
pub const TRANSITIONS: &[(StateKind, EventKind, &[StateKind])] = &[
    (S::Start, E::Begin, &[S::AwaitingDiscovery]),
    (S::Start, E::Resume, &[S::AwaitingBrowser, S::Refused]),
    (S::Start, E::Cancelled, &[S::Refused]),
    (S::AwaitingDiscovery, E::DiscoveryAnswered, &[S::SealingPending, S::Refused]),
    (S::AwaitingDiscovery, E::TimedOut, &[S::Refused]),
    (S::AwaitingDiscovery, E::Cancelled, &[S::Refused]),
    (S::SealingPending, E::PendingSealed, &[S::AwaitingBrowser]),
    (S::SealingPending, E::StorageFailed, &[S::Refused]),
    (S::SealingPending, E::Cancelled, &[S::Refused]),
    (S::AwaitingBrowser, E::CallbackArrived, &[S::AwaitingBrowser, S::TakingPending, S::SealingPending, S::Refused]),
    (S::AwaitingBrowser, E::TimedOut, &[S::Refused]),
    (S::AwaitingBrowser, E::Cancelled, &[S::Refused]),
    (S::TakingPending, E::PendingTaken, &[S::ExchangingCode]),
    (S::TakingPending, E::PendingGone, &[S::Refused]),
    (S::TakingPending, E::StorageFailed, &[S::Refused]),
    (S::TakingPending, E::Cancelled, &[S::Refused]),
    (
        S::ExchangingCode,
        E::TokenAnswered,
        &[S::SealingPending, S::AwaitingOpenIdConfiguration, S::AwaitingKeys, S::SignedIn, S::Refused],
    ),
    (S::ExchangingCode, E::TimedOut, &[S::Refused]),
    (S::ExchangingCode, E::Cancelled, &[S::Refused]),
    (S::AwaitingOpenIdConfiguration, E::OpenIdConfigurationAnswered, &[S::AwaitingKeys, S::SignedIn]),
    (S::AwaitingOpenIdConfiguration, E::TimedOut, &[S::SignedIn]),
    (S::AwaitingOpenIdConfiguration, E::Cancelled, &[S::Refused]),
    (S::AwaitingKeys, E::JwksAnswered, &[S::AwaitingKeysAgain, S::SignedIn, S::Refused]),
    (S::AwaitingKeys, E::TimedOut, &[S::SignedIn]),
    (S::AwaitingKeys, E::Cancelled, &[S::Refused]),
    (S::AwaitingKeysAgain, E::JwksAnswered, &[S::SignedIn, S::Refused]),
    (S::AwaitingKeysAgain, E::TimedOut, &[S::SignedIn]),
    (S::AwaitingKeysAgain, E::Cancelled, &[S::Refused]),
];

/// One event in; the next state and one effect out.
pub(crate) fn step(state: SignInState, event: Event, context: &mut Context<'_>) -> Step {
    use Event as E;
    use SignInState as S;
    match (state, event) {
        (S::Start, E::Begin(request)) => steps::begin(request),
        (S::Start, E::Resume(pending)) => steps::resume(pending, context),

        (S::AwaitingDiscovery(request), E::DiscoveryAnswered(answer)) => steps::discovered(*request, &answer, context),
        (S::AwaitingDiscovery(_), E::TimedOut) => steps::refused(AuthError::Unanswered(Stage::Discovery)),

        (S::SealingPending(pending, url), E::PendingSealed) => (S::AwaitingBrowser(pending), Effect::OpenBrowser(*url)),
        (S::SealingPending(pending, _), E::StorageFailed) => steps::forgotten(&pending, AuthError::NotSaved),

        (S::AwaitingBrowser(pending), E::CallbackArrived(url)) => steps::called_back(pending, &url, context),
        (S::AwaitingBrowser(pending), E::TimedOut) => steps::forgotten(&pending, AuthError::PendingExpired),

        (S::TakingPending(pending, code), E::PendingTaken) => steps::exchange(pending, code),
        (S::TakingPending(..), E::PendingGone) => steps::refused(AuthError::PendingTaken),
        (S::TakingPending(pending, _), E::StorageFailed) => steps::forgotten(&pending, AuthError::NotSaved),

        (S::ExchangingCode(pending), E::TokenAnswered(answer)) => steps::exchanged(pending, &answer, context),
        (S::ExchangingCode(_), E::TimedOut) => steps::refused(AuthError::Unanswered(Stage::Token)),

        (S::AwaitingOpenIdConfiguration(granted), E::OpenIdConfigurationAnswered(answer)) => {
            steps::openid_configured(granted, &answer, context)
        }
        (S::AwaitingKeys(granted), E::JwksAnswered(answer)) => steps::keys(granted, &answer, false, context),
        (S::AwaitingKeysAgain(granted), E::JwksAnswered(answer)) => steps::keys(granted, &answer, true, context),
        (S::AwaitingOpenIdConfiguration(granted), E::TimedOut)
        | (S::AwaitingKeys(granted), E::TimedOut)
        | (S::AwaitingKeysAgain(granted), E::TimedOut) => steps::without_keys(*granted, context),

        (state @ (S::SignedIn | S::Refused(_)), _) => (state, Effect::Ignored(AuthError::OutOfTurn)),
        (state, E::Cancelled) => steps::cancelled(state, context),
        (state, _) => (state, Effect::Ignored(AuthError::OutOfTurn)),
    }
}

impl SignInState {
    /// Which state it is.
    pub fn kind(&self) -> StateKind {
        match self {
            Self::Start => S::Start,
            Self::AwaitingDiscovery(_) => S::AwaitingDiscovery,
            Self::SealingPending(..) => S::SealingPending,
            Self::AwaitingBrowser(_) => S::AwaitingBrowser,
            Self::TakingPending(..) => S::TakingPending,
            Self::ExchangingCode(_) => S::ExchangingCode,
            Self::AwaitingOpenIdConfiguration(_) => S::AwaitingOpenIdConfiguration,
            Self::AwaitingKeys(_) => S::AwaitingKeys,
            Self::AwaitingKeysAgain(_) => S::AwaitingKeysAgain,
            Self::SignedIn => S::SignedIn,
            Self::Refused(_) => S::Refused,
        }
    }
}

impl Event {
    /// Which event it is.
    pub fn kind(&self) -> EventKind {
        match self {
            Self::Begin(_) => E::Begin,
            Self::Resume(_) => E::Resume,
            Self::DiscoveryAnswered(_) => E::DiscoveryAnswered,
            Self::PendingSealed => E::PendingSealed,
            Self::CallbackArrived(_) => E::CallbackArrived,
            Self::PendingTaken => E::PendingTaken,
            Self::PendingGone => E::PendingGone,
            Self::TokenAnswered(_) => E::TokenAnswered,
            Self::OpenIdConfigurationAnswered(_) => E::OpenIdConfigurationAnswered,
            Self::JwksAnswered(_) => E::JwksAnswered,
            Self::StorageFailed => E::StorageFailed,
            Self::TimedOut => E::TimedOut,
            Self::Cancelled => E::Cancelled,
        }
    }
}
