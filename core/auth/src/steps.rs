//! What happens in each row of the sign-in's table.

use crate::callback::Callback;
use crate::id_token::{Expected, inspect_fingerprint};
use crate::sign_in::{Context, Effect, Granted, Refusal, SignInRequest, SignInState, SignedIn};
use crate::{
    AuthError, HttpAnswer, Identity, Inspected, JwkSet, NotSmartReason, OAuthErrorCode, OpenIdConfiguration,
    PendingSignIn, ScopeVersion, Secret, SmartConfiguration, Stage, StoredTokens, TokenAnswer, Unverified, Verdict,
    discovery_url, id_token, not_granted, openid_configuration_url, revocation_requests,
};

pub(crate) type Step = (SignInState, Effect);

pub(crate) fn begin(request: Box<SignInRequest>) -> Step {
    let url = discovery_url(&request.base);
    (SignInState::AwaitingDiscovery(request), Effect::FetchDiscovery(url))
}

pub(crate) fn resume(pending: Box<PendingSignIn>, context: &Context<'_>) -> Step {
    if pending.is_expired(context.now) {
        return forgotten(&pending, AuthError::PendingExpired);
    }
    (SignInState::AwaitingBrowser(pending), Effect::AwaitCallback)
}

pub(crate) fn discovered(request: SignInRequest, answer: &HttpAnswer, context: &mut Context<'_>) -> Step {
    if answer.is_not_now() {
        return refused(AuthError::ServerUnavailable { stage: Stage::Discovery, status: answer.status });
    }
    if !answer.is_success() {
        return refused(AuthError::NotSmart(NotSmartReason::NotFound));
    }
    match SmartConfiguration::parse(&request.base, &answer.body, &request.policy) {
        Ok(configuration) => seal(request, configuration, None, context),
        Err(error) => refused(error),
    }
}

/// Draws fresh secrets and has them sealed; the address waits until that is durable (A16).
/// `replaces`: the first attempt, when this is the second, with `patient/*`.
fn seal(
    request: SignInRequest,
    configuration: SmartConfiguration,
    replaces: Option<String>,
    context: &mut Context<'_>,
) -> Step {
    let prepared = PendingSignIn::prepare(request, configuration, replaces.is_some(), context)
        .and_then(|(pending, url)| Ok((pending.to_bytes()?, pending, url)));
    match prepared {
        Ok((bytes, pending, url)) => {
            let effect = Effect::SealPending { id: pending.id().to_owned(), bytes, replaces };
            (SignInState::SealingPending(Box::new(pending), Box::new(url)), effect)
        }
        Err(error) => refusal(Refusal { error, forget_pending: replaces, revoke: Vec::new() }),
    }
}

/// `invalid_scope`: once more with `patient/*`, then over. The endpoints stay those of the first attempt (A1).
fn ask_once_more(pending: Box<PendingSignIn>, error: AuthError, context: &mut Context<'_>) -> Step {
    if pending.widened || pending.request.scopes.widened(ScopeVersion::V2).is_none() {
        return forgotten(&pending, error);
    }
    let id = pending.id().to_owned();
    let PendingSignIn { request, configuration, .. } = *pending;
    seal(request, configuration, Some(id), context)
}

pub(crate) fn called_back(pending: Box<PendingSignIn>, url: &str, context: &mut Context<'_>) -> Step {
    let callback = match pending.read_callback(url) {
        Ok(callback) => callback,
        // Anyone can send the app an address: a foreign one must not end the real sign-in.
        Err(problem) => {
            return (SignInState::AwaitingBrowser(pending), Effect::Ignored(AuthError::Callback(problem)));
        }
    };
    if pending.is_expired(context.now) {
        return forgotten(&pending, AuthError::PendingExpired);
    }
    match callback {
        Callback::Code(code) => {
            let effect = Effect::TakePending { id: pending.id().to_owned() };
            (SignInState::TakingPending(pending, code), effect)
        }
        Callback::ScopeRefused => {
            ask_once_more(pending, AuthError::AuthorizationRefused(OAuthErrorCode::InvalidScope), context)
        }
        Callback::Refused(error) => forgotten(&pending, error),
    }
}

pub(crate) fn exchange(pending: Box<PendingSignIn>, code: Secret) -> Step {
    let request = pending.token_request(code);
    (SignInState::ExchangingCode(pending), Effect::PostToken(request))
}

pub(crate) fn exchanged(pending: Box<PendingSignIn>, answer: &HttpAnswer, context: &mut Context<'_>) -> Step {
    let mut answer = match TokenAnswer::read(answer) {
        Ok(answer) => answer,
        Err(error @ AuthError::TokenRefused(OAuthErrorCode::InvalidScope)) => {
            return ask_once_more(pending, error, context);
        }
        Err(error) => return refused(error),
    };
    let Some(id_token) = answer.id_token.take() else {
        return signed_in(&pending, answer, Identity::Unverified(Unverified::Absent), context);
    };
    match inspect_fingerprint(&id_token, &pending.nonce) {
        Inspected::NeedsKeys => {}
        Inspected::Unverified(reason) => return signed_in(&pending, answer, Identity::Unverified(reason), context),
        Inspected::Refused(reason) => {
            return refused_with_tokens(&pending, answer, AuthError::IdTokenRefused(reason), context);
        }
    }
    let Some(issuer) = &pending.configuration.issuer else {
        return signed_in(&pending, answer, Identity::Unverified(Unverified::NoIssuer), context);
    };
    let configuration_url = openid_configuration_url(issuer, &pending.request.policy);
    let jwks_uri = pending.configuration.jwks_uri.clone();
    let granted = Box::new(Granted { pending, answer, id_token, jwks_uri: jwks_uri.clone() });
    match (jwks_uri, configuration_url) {
        (Some(url), _) => (SignInState::AwaitingKeys(granted), Effect::FetchJwks(url)),
        (None, Some(url)) => (SignInState::AwaitingOpenIdConfiguration(granted), Effect::FetchOpenIdConfiguration(url)),
        (None, None) => without_keys(*granted, context),
    }
}

pub(crate) fn openid_configured(mut granted: Box<Granted>, answer: &HttpAnswer, context: &Context<'_>) -> Step {
    let issuer = granted.pending.configuration.issuer.as_deref().unwrap_or_default();
    let configuration = OpenIdConfiguration::parse(&answer.body, issuer, &granted.pending.request.policy);
    match configuration.filter(|_| answer.is_success()) {
        Some(OpenIdConfiguration { jwks_uri }) => {
            granted.jwks_uri = Some(jwks_uri.clone());
            (SignInState::AwaitingKeys(granted), Effect::FetchJwks(jwks_uri))
        }
        None => without_keys(*granted, context),
    }
}

/// `again`: these are the keys of the one refetch (A7).
pub(crate) fn keys(granted: Box<Granted>, answer: &HttpAnswer, again: bool, context: &Context<'_>) -> Step {
    let keys = match JwkSet::parse(&answer.body) {
        Ok(keys) if answer.is_success() => keys,
        _ => return without_keys(*granted, context),
    };
    let pending = &granted.pending;
    let expected = Expected {
        issuer: pending.configuration.issuer.as_deref().unwrap_or_default(),
        client_id: &pending.request.client_id,
        base: &pending.request.base,
        started_at: pending.started_at(),
        now: context.now,
        nonce: pending.nonce.clone(),
    };
    let identity = match (id_token::verify(&granted.id_token, &keys, &expected), again, &granted.jwks_uri) {
        (Verdict::Verified(identity), ..) => Identity::Verified(identity),
        (Verdict::Unverified(reason), ..) => Identity::Unverified(reason),
        (Verdict::NeedRefetch, false, Some(url)) => {
            let effect = Effect::FetchJwks(url.clone());
            return (SignInState::AwaitingKeysAgain(granted), effect);
        }
        (Verdict::NeedRefetch, ..) => Identity::Unverified(Unverified::UnknownKey),
        (Verdict::Refused(reason), ..) => {
            let Granted { pending, answer, .. } = *granted;
            return refused_with_tokens(&pending, answer, AuthError::IdTokenRefused(reason), context);
        }
    };
    let Granted { pending, answer, .. } = *granted;
    signed_in(&pending, answer, identity, context)
}

pub(crate) fn without_keys(granted: Granted, context: &Context<'_>) -> Step {
    let Granted { pending, answer, .. } = granted;
    signed_in(&pending, answer, Identity::Unverified(Unverified::KeysUnavailable), context)
}

fn signed_in(pending: &PendingSignIn, answer: TokenAnswer, identity: Identity, context: &Context<'_>) -> Step {
    let tokens = stored(pending, answer, context);
    let wanted = pending.request.scopes.scopes(ScopeVersion::for_server(&pending.configuration));
    let done = SignedIn {
        base: pending.request.base.clone(),
        not_granted: not_granted(&wanted, tokens.granted()),
        management_endpoint: pending.configuration.management_endpoint.clone(),
        identity,
        tokens,
    };
    (SignInState::SignedIn, Effect::SignedIn(Box::new(done)))
}

fn stored(pending: &PendingSignIn, answer: TokenAnswer, context: &Context<'_>) -> StoredTokens {
    StoredTokens::new(&pending.configuration, pending.request.client_id.clone(), answer, &pending.asked, context.now)
}

pub(crate) fn cancelled(state: SignInState, context: &Context<'_>) -> Step {
    match state {
        SignInState::SealingPending(pending, _)
        | SignInState::AwaitingBrowser(pending)
        | SignInState::TakingPending(pending, _) => forgotten(&pending, AuthError::Cancelled),
        SignInState::AwaitingOpenIdConfiguration(granted)
        | SignInState::AwaitingKeys(granted)
        | SignInState::AwaitingKeysAgain(granted) => {
            let Granted { pending, answer, .. } = *granted;
            refused_with_tokens(&pending, answer, AuthError::Cancelled, context)
        }
        _ => refused(AuthError::Cancelled),
    }
}

pub(crate) fn refused(error: AuthError) -> Step {
    refusal(Refusal { error, forget_pending: None, revoke: Vec::new() })
}

/// Over, and the pending sign-in goes.
pub(crate) fn forgotten(pending: &PendingSignIn, error: AuthError) -> Step {
    refusal(Refusal { error, forget_pending: Some(pending.id().to_owned()), revoke: Vec::new() })
}

/// Over, and tokens nobody will use are taken back.
fn refused_with_tokens(pending: &PendingSignIn, answer: TokenAnswer, error: AuthError, context: &Context<'_>) -> Step {
    let revoke = revocation_requests(&stored(pending, answer, context));
    refusal(Refusal { error, forget_pending: None, revoke })
}

fn refusal(refusal: Refusal) -> Step {
    (SignInState::Refused(refusal.error), Effect::Refused(refusal))
}
