//! Events and effects of a sign-in, carried out.

use std::sync::PoisonError;

use plainchart_auth::{
    AuthError, CallbackProblem, Context, Effect, Event, FhirBase, HttpAnswer, PendingSignIn, RandomUnavailable,
    RedirectUri, Refusal, SignIn, SignInRequest, SignedIn,
};
use url::Url;
use zeroize::Zeroizing;

use super::{ConnectRequest, OfferView, SignInOffer, SignInStep, pending_name, source_name};
use crate::cancel::CancelToken;
use crate::error::{PlainchartError, SignInReason};
use crate::net::{NetworkError, Request};
use crate::random;
use crate::session::Session;
use crate::tokens::TokenKeeper;

/// Discovery documents and key sets are small.
const DOCUMENT_BYTES: usize = 1 << 20;
const JSON: &str = "application/json";
/// Offers nobody answered are forgotten with the pending sign-ins they came from.
const OFFERS_AT_ONCE: usize = 8;

/// How a run of the machine stopped.
enum Stop {
    OpenBrowser(Url),
    AwaitCallback,
    SignedIn(Box<SignedIn>),
    Ignored(AuthError),
}

impl Session {
    /// Starts a sign-in; the address is for the browser. The pending sign-in is sealed to disk before (A16).
    ///
    /// # Errors
    /// `InvalidInput{base}`, `ServerProblem`, `Offline`, the vault's.
    pub async fn begin_sign_in(&self, request: &ConnectRequest, cancel: &CancelToken) -> Result<Url, PlainchartError> {
        self.forget_expired()?;
        let request = SignInRequest {
            base: FhirBase::parse(&request.base, &self.policy)?,
            client_id: request.client_id.clone(),
            redirect_uri: RedirectUri::parse(&request.redirect_uri)?,
            scopes: request.wish(),
            prompt_consent: false,
            policy: self.policy,
        };
        let mut sign_in = SignIn::new();
        match self.run(&mut sign_in, Event::Begin(Box::new(request)), cancel).await? {
            Stop::OpenBrowser(url) => Ok(url),
            _ => Err(PlainchartError::internal("sign_in.begin")),
        }
    }

    /// Whether an address is an answer to a sign-in that waits here. Has no side effect (A16).
    ///
    /// # Errors
    /// The vault's.
    pub fn owns_callback(&self, url: &str) -> Result<bool, PlainchartError> {
        Ok(self.pending()?.iter().any(|pending| pending.owns(url)))
    }

    /// Takes the browser's answer and finishes the sign-in. Nothing is kept before the reader confirms (A9).
    ///
    /// # Errors
    /// `SignInRequired{bad_callback}` for a foreign, repeated or late answer, `{declined}` for a no;
    /// `ServerProblem`, `Offline`, the vault's.
    pub async fn complete_sign_in(&self, callback: &str, cancel: &CancelToken) -> Result<SignInStep, PlainchartError> {
        let mut ignored = PlainchartError::SignInRequired { reason: SignInReason::BadCallback };
        for pending in self.pending()?.into_iter().filter(|pending| pending.owns(callback)) {
            let mut sign_in = SignIn::new();
            match self.run(&mut sign_in, Event::Resume(Box::new(pending)), cancel).await? {
                Stop::AwaitCallback => {}
                _ => continue,
            }
            let event = Event::CallbackArrived(Zeroizing::new(callback.to_owned()));
            match self.run(&mut sign_in, event, cancel).await? {
                Stop::SignedIn(signed_in) => return self.offer(*signed_in, cancel).await.map(SignInStep::Offer),
                // Another pending sign-in's answer: its own machine knows the state.
                Stop::Ignored(AuthError::Callback(CallbackProblem::ForeignState)) => {}
                Stop::Ignored(error) => ignored = error.into(),
                Stop::OpenBrowser(url) => return Ok(SignInStep::OpenBrowser(url)),
                Stop::AwaitCallback => {}
            }
        }
        Err(ignored)
    }

    /// Runs the machine until it waits for somebody outside.
    async fn run(&self, sign_in: &mut SignIn, event: Event, cancel: &CancelToken) -> Result<Stop, PlainchartError> {
        let mut event = event;
        loop {
            let mut fill = |buffer: &mut [u8]| random::fill(buffer).map_err(|_| RandomUnavailable);
            let now = self.clock.wall_ms().div_euclid(1000);
            let effect = sign_in.step(event, &mut Context { now, random: &mut fill });
            event = match effect {
                Effect::FetchDiscovery(url) => self.fetch(url, Event::DiscoveryAnswered, cancel).await?,
                Effect::FetchOpenIdConfiguration(url) => {
                    self.fetch(url, Event::OpenIdConfigurationAnswered, cancel).await?
                }
                Effect::FetchJwks(url) => self.fetch(url, Event::JwksAnswered, cancel).await?,
                Effect::SealPending { id, bytes, replaces } => {
                    let sealed = self.store.put_secret(&pending_name(&id), &bytes);
                    match (sealed, replaces) {
                        (Ok(()), Some(old)) => match self.store.delete_secret(&pending_name(&old)) {
                            Ok(_) => Event::PendingSealed,
                            Err(_) => Event::StorageFailed,
                        },
                        (Ok(()), None) => Event::PendingSealed,
                        (Err(error), _) => {
                            // The vault's own reason is better than the machine's.
                            return Err(error);
                        }
                    }
                }
                Effect::TakePending { id } => match self.store.delete_secret(&pending_name(&id)) {
                    Ok(true) => Event::PendingTaken,
                    Ok(false) => Event::PendingGone,
                    Err(_) => Event::StorageFailed,
                },
                Effect::PostToken(form) => {
                    let body = form.body();
                    let request = Request::post(form.endpoint().clone(), &body, JSON, DOCUMENT_BYTES);
                    match self.http.send(request, cancel).await {
                        Ok(answer) => Event::TokenAnswered(HttpAnswer::new(answer.status, answer.body)),
                        Err(error) => self.unanswered(error)?,
                    }
                }
                Effect::OpenBrowser(url) => return Ok(Stop::OpenBrowser(url)),
                Effect::AwaitCallback => return Ok(Stop::AwaitCallback),
                Effect::SignedIn(signed_in) => return Ok(Stop::SignedIn(signed_in)),
                Effect::Ignored(error) => return Ok(Stop::Ignored(error)),
                Effect::Refused(refusal) => return Err(self.refuse(refusal).await),
            };
        }
    }

    async fn fetch(
        &self,
        url: Url,
        answered: fn(HttpAnswer) -> Event,
        cancel: &CancelToken,
    ) -> Result<Event, PlainchartError> {
        match self.http.send(Request::get(url, JSON, DOCUMENT_BYTES), cancel).await {
            Ok(answer) => Ok(answered(HttpAnswer::new(answer.status, answer.body))),
            Err(error) => self.unanswered(error),
        }
    }

    /// TLS that could not be made safe, and a stop on request, are told as such; silence goes to the machine.
    fn unanswered(&self, error: NetworkError) -> Result<Event, PlainchartError> {
        match error {
            NetworkError::Cancelled | NetworkError::Tls | NetworkError::TooLarge => Err(error.into()),
            _ => Ok(Event::TimedOut),
        }
    }

    async fn refuse(&self, refusal: Refusal) -> PlainchartError {
        if let Some(id) = &refusal.forget_pending {
            // Forgetting may fail on a full disk; it expires in 15 minutes by itself.
            let _ = self.store.delete_secret(&pending_name(id));
        }
        for form in &refusal.revoke {
            self.post_and_forget(form).await;
        }
        refusal.error.into()
    }

    /// Posts a revocation; whatever is answered, the tokens are destroyed here (A11).
    pub(crate) async fn post_and_forget(&self, form: &plainchart_auth::FormRequest) {
        let body = form.body();
        let request = Request::post(form.endpoint().clone(), &body, JSON, DOCUMENT_BYTES);
        let _ = self.http.send(request, &CancelToken::new()).await;
    }

    fn pending(&self) -> Result<Vec<PendingSignIn>, PlainchartError> {
        let mut found = Vec::new();
        for name in self.store.secret_names()?.iter().filter(|name| name.starts_with("pending/")) {
            if let Some(bytes) = self.store.secret(name)?
                && let Ok(pending) = PendingSignIn::from_bytes(bytes.expose())
            {
                found.push(pending);
            }
        }
        Ok(found)
    }

    fn forget_expired(&self) -> Result<(), PlainchartError> {
        let now = self.clock.wall_ms().div_euclid(1000);
        for pending in self.pending()?.iter().filter(|pending| pending.is_expired(now)) {
            self.store.delete_secret(&pending_name(pending.id()))?;
        }
        // Tokens of a sign-in that nobody confirmed: the app died before the reader answered.
        let live: Vec<String> = {
            let offers = self.offers.lock().unwrap_or_else(PoisonError::into_inner);
            let granted = self.with_household(|household| {
                household.connections().map(|connection| connection.grant.clone()).collect::<Vec<_>>()
            });
            offers.keys().cloned().chain(granted).map(|grant| TokenKeeper::file_name(&grant)).collect()
        };
        for name in self.store.secret_names()?.iter().filter(|name| name.starts_with("grant/") && !live.contains(name))
        {
            self.store.delete_secret(name)?;
        }
        Ok(())
    }

    async fn offer(&self, signed_in: SignedIn, cancel: &CancelToken) -> Result<OfferView, PlainchartError> {
        let id: String = random::bytes::<8>()?.iter().map(|byte| format!("{byte:02x}")).collect();
        // Durable before the access token is used (A6).
        self.store.put_secret(&TokenKeeper::file_name(&id), &signed_in.tokens.to_bytes()?)?;
        let candidates = match self.candidates(&signed_in, cancel).await {
            Ok(candidates) if !candidates.is_empty() => candidates,
            other => {
                self.store.delete_secret(&TokenKeeper::file_name(&id))?;
                return Err(other.err().unwrap_or(PlainchartError::server("no_patient")));
            }
        };
        let view = OfferView {
            id: id.clone(),
            candidates: candidates.clone(),
            granted: signed_in.granted().iter().map(|scope| scope.as_str().to_owned()).collect(),
            not_granted: signed_in.not_granted.clone(),
            source: source_name(signed_in.base.as_str()),
        };
        let mut offers = self.offers.lock().unwrap_or_else(PoisonError::into_inner);
        if offers.len() >= OFFERS_AT_ONCE {
            offers.clear();
        }
        offers.insert(id, SignInOffer { signed_in, candidates });
        Ok(view)
    }
}
