//! The errors of the crates below as ours: exhaustive and in one file, the place to review for leaks (DESIGN "Errors").

use plainchart_auth::{AuthError, BaseProblem, OAuthErrorCode};
use plainchart_vault::{Error as VaultError, KeystoreError};

use super::{PlainchartError, SignInReason, StorageReason};
use crate::net::NetworkError;

impl From<NetworkError> for PlainchartError {
    fn from(error: NetworkError) -> Self {
        match error {
            NetworkError::Unreachable | NetworkError::Cut => Self::Offline,
            NetworkError::Tls => Self::server("tls"),
            NetworkError::TooLarge => Self::server("too_large"),
            NetworkError::BrokenAnswer => Self::server("broken_answer"),
            NetworkError::Cancelled => Self::Cancelled,
        }
    }
}

impl From<KeystoreError> for PlainchartError {
    fn from(error: KeystoreError) -> Self {
        match error {
            KeystoreError::Cancelled => Self::Cancelled,
            KeystoreError::AuthenticationNeeded
            | KeystoreError::DeviceLocked
            | KeystoreError::KeyInvalidated
            | KeystoreError::Missing
            | KeystoreError::Unavailable => Self::VaultLocked,
        }
    }
}

impl From<VaultError> for PlainchartError {
    fn from(error: VaultError) -> Self {
        let storage = |reason| Self::StorageUnavailable { reason };
        match error {
            VaultError::Locked | VaultError::WrongKey => Self::VaultLocked,
            VaultError::KeystoreUnavailable { reason } => reason.into(),
            VaultError::InUse => storage(StorageReason::InUse),
            VaultError::Full => storage(StorageReason::Full),
            VaultError::ReadOnly => storage(StorageReason::ReadOnly),
            VaultError::NewerFormat { .. } => storage(StorageReason::NewerFormat),
            VaultError::Damaged { .. } => Self::VaultDamaged,
            VaultError::Erased | VaultError::NotFound => Self::NotFound,
            VaultError::TooLarge => Self::invalid("size"),
            VaultError::OlderFormat { .. } | VaultError::Closed | VaultError::Io { .. } => {
                storage(StorageReason::Unreadable)
            }
            VaultError::Exists => Self::internal("vault.exists"),
        }
    }
}

impl From<AuthError> for PlainchartError {
    fn from(error: AuthError) -> Self {
        let sign_in = |reason| Self::SignInRequired { reason };
        match error {
            AuthError::BaseInvalid(BaseProblem::PlainHttp) => Self::server("discovery.insecure"),
            AuthError::BaseInvalid(_) => Self::invalid("base"),
            AuthError::OutsideBase => Self::server("outside_base"),
            AuthError::NotSmart(_) => Self::server("discovery.not_smart"),
            AuthError::EndpointInsecure { .. } => Self::server("discovery.insecure"),
            AuthError::PkceNotOffered => Self::server("discovery.pkce"),
            AuthError::Unsupported(_) => Self::server("unsupported"),
            AuthError::ServerUnavailable { status: 429 | 503, .. } => Self::ServerBusy { retry_after_seconds: None },
            AuthError::ServerUnavailable { .. } => Self::server("status_5xx"),
            AuthError::Unanswered(_) => Self::Offline,
            AuthError::Callback(_) | AuthError::PendingExpired | AuthError::PendingTaken => {
                sign_in(SignInReason::BadCallback)
            }
            AuthError::Declined | AuthError::AuthorizationRefused(OAuthErrorCode::AccessDenied) => {
                sign_in(SignInReason::Declined)
            }
            AuthError::AuthorizationRefused(OAuthErrorCode::InteractionRequired)
            | AuthError::TokenRefused(OAuthErrorCode::InvalidGrant) => sign_in(SignInReason::Expired),
            AuthError::AuthorizationRefused(_) => Self::server("authorization"),
            AuthError::TokenRefused(OAuthErrorCode::TemporarilyUnavailable) => {
                Self::ServerBusy { retry_after_seconds: None }
            }
            AuthError::TokenRefused(_) | AuthError::TokenMalformed(_) => Self::server("token"),
            AuthError::IdTokenRefused(_) => Self::server("identity"),
            AuthError::Cancelled => Self::Cancelled,
            AuthError::NotSaved => Self::StorageUnavailable { reason: StorageReason::Unreadable },
            AuthError::StoredUnreadable => Self::VaultDamaged,
            AuthError::StoredNewer => Self::StorageUnavailable { reason: StorageReason::NewerFormat },
            AuthError::RandomUnavailable => Self::internal("random.unavailable"),
            AuthError::OutOfTurn => Self::internal("sign_in.turn"),
            AuthError::NotRegistered | AuthError::RegistrationInvalid => Self::invalid("client_id"),
        }
    }
}
