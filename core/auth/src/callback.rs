//! The browser's answer (A3, A16): state first, then who answered, then what.

use url::Url;

use crate::secret::Fingerprint;
use crate::{AuthError, OAuthErrorCode, RedirectUri, Secret};

/// Longer callbacks are not read; codes of 4 KB have been seen.
const LONGEST_CALLBACK: usize = 32 * 1024;

/// Why a callback was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallbackProblem {
    /// It does not lead to the app's redirect URI.
    #[error("it is not this app's address")]
    NotOurs,
    /// Its state is missing, doubled, or another sign-in's.
    #[error("it belongs to another sign-in")]
    ForeignState,
    /// A parameter stands in it twice.
    #[error("a part of it stands there twice")]
    Duplicate,
    /// It comes from another server than the one that was asked (mix-up, RFC 9207).
    #[error("another server answered")]
    WrongIssuer,
    /// The server promised to say who it is and did not.
    #[error("it does not say which server answered")]
    IssuerMissing,
    /// Neither a code nor an error.
    #[error("it holds no answer")]
    Empty,
}

/// What one pending sign-in expects of its callback.
pub(crate) struct Expectation<'a> {
    pub redirect_uri: &'a RedirectUri,
    pub state: &'a Fingerprint,
    pub issuer: Option<&'a str>,
    /// The server promised `iss` in each callback.
    pub issuer_promised: bool,
    /// Where the code would be sent.
    pub token_endpoint: &'a Url,
}

/// A callback of this very sign-in.
pub(crate) enum Callback {
    Code(Secret),
    /// `invalid_scope`: worth asking once more.
    ScopeRefused,
    Refused(AuthError),
}

/// Whether the callback carries this sign-in's state. Nothing else of it is read (A3).
pub(crate) fn carries_state(url: &Url, redirect_uri: &RedirectUri, state: &Fingerprint) -> Result<(), CallbackProblem> {
    if url.as_str().len() > LONGEST_CALLBACK || !redirect_uri.owns(url) {
        return Err(CallbackProblem::NotOurs);
    }
    let mut states = url.query_pairs().filter(|(name, _)| name == "state");
    match (states.next(), states.next()) {
        (Some((_, value)), None) if state.matches_text(&value) => Ok(()),
        _ => Err(CallbackProblem::ForeignState),
    }
}

/// Reads a callback. `Err` means: not this sign-in's, which goes on waiting.
/// Anything else is the answer to it, once and for all.
pub(crate) fn read(url: &str, expected: &Expectation<'_>) -> Result<Callback, CallbackProblem> {
    let url = Url::parse(url).map_err(|_| CallbackProblem::NotOurs)?;
    carries_state(&url, expected.redirect_uri, expected.state)?;
    Ok(read_answer(&url, expected).unwrap_or_else(|problem| Callback::Refused(AuthError::Callback(problem))))
}

fn read_answer(url: &Url, expected: &Expectation<'_>) -> Result<Callback, CallbackProblem> {
    let issuer = single(url, "iss")?;
    let error = single(url, "error")?;
    let code = single(url, "code")?;
    check_issuer(issuer.as_deref(), expected)?;
    match (error, code) {
        (Some(error), _) => Ok(match OAuthErrorCode::from_code(&error) {
            OAuthErrorCode::AccessDenied => Callback::Refused(AuthError::Declined),
            OAuthErrorCode::InvalidScope => Callback::ScopeRefused,
            code => Callback::Refused(AuthError::AuthorizationRefused(code)),
        }),
        (None, Some(code)) if !code.is_empty() => Ok(Callback::Code(Secret::new(code))),
        _ => Err(CallbackProblem::Empty),
    }
}

fn single(url: &Url, name: &str) -> Result<Option<String>, CallbackProblem> {
    let mut values = url.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(CallbackProblem::Duplicate),
        (value, None) => Ok(value),
    }
}

/// RFC 9207. A server that names no issuer of its own could send the browser on to another one and collect its code
/// (mix-up): then an `iss` must at least share the origin of the token endpoint, where the code goes.
fn check_issuer(issuer: Option<&str>, expected: &Expectation<'_>) -> Result<(), CallbackProblem> {
    match (issuer, expected.issuer) {
        (Some(said), Some(known)) if said == known => Ok(()),
        (Some(_), Some(_)) => Err(CallbackProblem::WrongIssuer),
        (Some(said), None) => {
            let same = Url::parse(said).is_ok_and(|url| url.origin() == expected.token_endpoint.origin());
            if same { Ok(()) } else { Err(CallbackProblem::WrongIssuer) }
        }
        (None, _) if expected.issuer_promised => Err(CallbackProblem::IssuerMissing),
        (None, _) => Ok(()),
    }
}
