//! What can go wrong while signing in. Variants are facts; none holds text of a server, a URL or a secret.

use crate::base::BaseProblem;
use crate::callback::CallbackProblem;
use crate::discovery::NotSmartReason;
use crate::id_token::IdTokenRefusal;
use crate::token::TokenProblem;

/// Every error of this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The address typed for the FHIR base cannot be used.
    #[error("the server address cannot be used: {0}")]
    BaseInvalid(BaseProblem),
    /// An address lies outside the FHIR base; the access token does not go there (A10).
    #[error("the address lies outside the server's base")]
    OutsideBase,
    /// No SMART server answers at this base (A1).
    #[error("no SMART on FHIR server at this address: {0}")]
    NotSmart(NotSmartReason),
    /// An endpoint is not https (A1).
    #[error("the server's {member} is not secured by https")]
    EndpointInsecure {
        /// Name of the member in the SMART configuration.
        member: &'static str,
    },
    /// The server offers no PKCE method but `plain` (A2).
    #[error("the server does not offer PKCE with S256")]
    PkceNotOffered,
    /// The server insists on something out of scope (A15).
    #[error("the server insists on something this version cannot do: {0}")]
    Unsupported(Unsupported),
    /// The server answered, but not now: 429 or 5xx.
    #[error("the server could not answer ({status}) at {stage}")]
    ServerUnavailable {
        /// Where.
        stage: Stage,
        /// HTTP status.
        status: u16,
    },
    /// No answer was seen.
    #[error("no answer at {0}")]
    Unanswered(Stage),
    /// A callback that is not this sign-in's, or not well formed (A3, A16).
    #[error("the browser's answer was not accepted: {0}")]
    Callback(CallbackProblem),
    /// The person, or the server for the person, said no (`access_denied`).
    #[error("the permission was declined")]
    Declined,
    /// The authorization endpoint refused.
    #[error("the server refused the request: {0}")]
    AuthorizationRefused(OAuthErrorCode),
    /// The token endpoint refused.
    #[error("the server refused to give a token: {0}")]
    TokenRefused(OAuthErrorCode),
    /// The token endpoint's answer cannot be used (A5).
    #[error("the token answer cannot be used: {0}")]
    TokenMalformed(TokenProblem),
    /// The id_token shows an attack or a gross fault; the sign-in ends (A7).
    #[error("the identity token was refused: {0}")]
    IdTokenRefused(IdTokenRefusal),
    /// The sign-in took longer than 15 minutes (A16).
    #[error("the sign-in took too long")]
    PendingExpired,
    /// The pending sign-in was taken out before: its callback came twice (A16).
    #[error("this sign-in was finished before")]
    PendingTaken,
    /// The pending sign-in could not be saved or taken out.
    #[error("the sign-in could not be saved")]
    NotSaved,
    /// Stored bytes cannot be read.
    #[error("stored sign-in data cannot be read")]
    StoredUnreadable,
    /// Stored bytes were written by a newer version.
    #[error("stored sign-in data is of a newer version")]
    StoredNewer,
    /// The person or the app ended it.
    #[error("the sign-in was cancelled")]
    Cancelled,
    /// An event that does not belong to this state; nothing changed.
    #[error("an event out of turn")]
    OutOfTurn,
    /// No random bytes.
    #[error("the system gave no random numbers")]
    RandomUnavailable,
    /// The app's registration table has no row for this base (A15).
    #[error("this app is not registered with the server")]
    NotRegistered,
    /// The app's registration table cannot be used.
    #[error("the registration table cannot be used")]
    RegistrationInvalid,
}

impl AuthError {
    /// A stable code for logs and the app's developer (T3).
    pub fn code(&self) -> &'static str {
        match self {
            Self::BaseInvalid(_) => "base_invalid",
            Self::OutsideBase => "outside_base",
            Self::NotSmart(_) => "not_smart",
            Self::EndpointInsecure { .. } => "endpoint_insecure",
            Self::PkceNotOffered => "pkce_not_offered",
            Self::Unsupported(_) => "unsupported",
            Self::ServerUnavailable { .. } => "server_unavailable",
            Self::Unanswered(_) => "unanswered",
            Self::Callback(_) => "callback",
            Self::Declined => "declined",
            Self::AuthorizationRefused(_) => "authorization_refused",
            Self::TokenRefused(_) => "token_refused",
            Self::TokenMalformed(_) => "token_malformed",
            Self::IdTokenRefused(_) => "id_token_refused",
            Self::PendingExpired => "pending_expired",
            Self::PendingTaken => "pending_taken",
            Self::NotSaved => "not_saved",
            Self::StoredUnreadable => "stored_unreadable",
            Self::StoredNewer => "stored_newer",
            Self::Cancelled => "cancelled",
            Self::OutOfTurn => "out_of_turn",
            Self::RandomUnavailable => "random_unavailable",
            Self::NotRegistered => "not_registered",
            Self::RegistrationInvalid => "registration_invalid",
        }
    }
}

/// A step that waits for a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stage {
    /// `.well-known/smart-configuration`.
    #[error("discovery")]
    Discovery,
    /// The token endpoint.
    #[error("the token endpoint")]
    Token,
}

/// What A15 leaves out, where a server insists on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// PAR (RFC 9126).
    #[error("pushed authorization requests")]
    PushedAuthorizationRequests,
    /// JAR (RFC 9101).
    #[error("signed request objects")]
    SignedRequestObjects,
    /// A token type other than Bearer, such as DPoP.
    #[error("a token type other than Bearer")]
    TokenType,
    /// RFC 7591; the table knows the method, this version does not do it yet.
    #[error("dynamic client registration")]
    DynamicRegistration,
}

/// The `error` of an OAuth answer. Descriptions are never read: real servers send the same text for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OAuthErrorCode {
    /// `invalid_request`
    #[error("invalid_request")]
    InvalidRequest,
    /// `invalid_client`
    #[error("invalid_client")]
    InvalidClient,
    /// `invalid_grant`
    #[error("invalid_grant")]
    InvalidGrant,
    /// `unauthorized_client`
    #[error("unauthorized_client")]
    UnauthorizedClient,
    /// `unsupported_grant_type`
    #[error("unsupported_grant_type")]
    UnsupportedGrantType,
    /// `unsupported_response_type`
    #[error("unsupported_response_type")]
    UnsupportedResponseType,
    /// `invalid_scope`
    #[error("invalid_scope")]
    InvalidScope,
    /// `invalid_target`: the server does not know the `aud` (RFC 8707).
    #[error("invalid_target")]
    InvalidTarget,
    /// `access_denied`
    #[error("access_denied")]
    AccessDenied,
    /// `server_error`
    #[error("server_error")]
    ServerError,
    /// `temporarily_unavailable`
    #[error("temporarily_unavailable")]
    TemporarilyUnavailable,
    /// `login_required`, `consent_required`, `interaction_required`, `account_selection_required` (OIDC).
    #[error("interaction_required")]
    InteractionRequired,
    /// A code of the server's own, or none at all.
    #[error("another code")]
    Other,
}

impl OAuthErrorCode {
    /// Reads the code exactly as the standards spell it.
    pub fn from_code(code: &str) -> Self {
        match code {
            "invalid_request" => Self::InvalidRequest,
            "invalid_client" => Self::InvalidClient,
            "invalid_grant" => Self::InvalidGrant,
            "unauthorized_client" => Self::UnauthorizedClient,
            "unsupported_grant_type" => Self::UnsupportedGrantType,
            "unsupported_response_type" => Self::UnsupportedResponseType,
            "invalid_scope" => Self::InvalidScope,
            "invalid_target" => Self::InvalidTarget,
            "access_denied" => Self::AccessDenied,
            "server_error" => Self::ServerError,
            "temporarily_unavailable" => Self::TemporarilyUnavailable,
            "login_required" | "consent_required" | "interaction_required" | "account_selection_required" => {
                Self::InteractionRequired
            }
            _ => Self::Other,
        }
    }
}
