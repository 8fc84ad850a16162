//! Keeping a connection's tokens fresh (A6): one request at a time, and no step that a crash could undo.
//!
//! | stage | event | next | effect |
//! |---|---|---|---|
//! | Idle | Wanted | SavingStart | Persist |
//! | Idle | Wanted, no refresh token or the grant over | Idle | Done(NoLastingAccess or SignInAgain) |
//! | Idle | Wanted, token sent twice unseen or known to be replaced | SavingAnswer | Persist |
//! | SavingStart | Persisted | Sent | Post |
//! | SavingStart | PersistFailed | Idle | Done(NotSaved) |
//! | Sent | Answered, granted | SavingAnswer | Persist |
//! | Sent | Answered, `invalid_grant` | SavingAnswer | Persist |
//! | Sent | Answered, anything else | SavingAnswer | Persist |
//! | Sent | NoAnswer | Idle | Done(Unanswered) |
//! | Sent | NotSent | SavingAnswer | Persist |
//! | SavingAnswer | Persisted | Idle | Done |
//! | SavingAnswer | PersistFailed | AnswerUnsaved | Done(NotSaved) |
//! | AnswerUnsaved | Wanted | SavingAnswer | Persist |
//! | any but Idle, AnswerUnsaved | Wanted | the same | Wait |
//! | any other pair | | the same | OutOfTurn |

use std::fmt;

use zeroize::Zeroizing;

use crate::stored_tokens::{Ended, Started};
use crate::token::refresh_request;
use crate::{AuthError, FormRequest, HttpAnswer, OAuthErrorCode, Secret, StoredTokens, TokenAnswer};

/// A token whose answer was not seen is sent once more, and no further.
const MOST_SENDS: u8 = 2;

/// Where a refresh stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshStage {
    /// Nothing runs.
    Idle,
    /// "Started" is being made durable.
    SavingStart,
    /// The request is out.
    Sent,
    /// The answer is being made durable; its access token cannot be had yet.
    SavingAnswer,
    /// The answer could not be made durable; the next `Wanted` tries again.
    AnswerUnsaved,
}

/// What happened.
#[derive(Debug)]
pub enum RefreshEvent {
    /// A fresh access token is needed: the old one is stale, or the server said 401.
    Wanted,
    /// The bytes of the last `Persist` are durable.
    Persisted,
    /// They could not be made durable.
    PersistFailed,
    /// The token endpoint answered.
    Answered(HttpAnswer),
    /// The request went out, or may have, and no answer was seen.
    NoAnswer,
    /// The request surely never left: no connection was made.
    NotSent,
}

/// What to do next.
pub enum RefreshEffect {
    /// Make these bytes durable in the connection's sealed file, then feed `Persisted` or `PersistFailed`.
    Persist(Zeroizing<Vec<u8>>),
    /// Post this, then feed `Answered`, `NoAnswer` or `NotSent`. Never follow a redirect.
    Post(FormRequest),
    /// A refresh runs already: wait for its end.
    Wait,
    /// The event does not belong here; nothing changed.
    OutOfTurn,
    /// The refresh is over.
    Done(RefreshOutcome),
}

/// How a refresh ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshOutcome {
    /// [`Refresh::access_token`] is fresh, and durable.
    Fresh,
    /// There is no refresh token: a normal state. The chart stays readable; sync asks for a tap.
    NoLastingAccess,
    /// The person has to sign in again. Nothing else changes.
    SignInAgain(SignInAgainReason),
    /// No answer was seen; the same token may be sent once more.
    Unanswered,
    /// The request never left.
    NotSent,
    /// The server answered, but gave nothing and took nothing: 429, 5xx, or a code about the app's registration.
    Failed(AuthError),
    /// The sealed file could not be written.
    NotSaved,
}

/// Why a new sign-in is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInAgainReason {
    /// The server said `invalid_grant`.
    InvalidGrant,
    /// The server answered for another patient.
    PatientChanged,
    /// The same token was sent twice and no answer was seen.
    NeverAnswered,
    /// The only token in hand was replaced before.
    KnownReplaced,
}

/// The refresh of one connection. There is one per connection: that is what makes it single-flight.
pub struct Refresh {
    tokens: StoredTokens,
    stage: RefreshStage,
    /// What `Done` will say once the answer is durable.
    outcome: RefreshOutcome,
}

impl Refresh {
    /// Takes a connection's tokens over, as read from its file or fresh from a sign-in.
    pub fn new(tokens: StoredTokens) -> Self {
        Self { tokens, stage: RefreshStage::Idle, outcome: RefreshOutcome::Fresh }
    }

    /// Where it stands.
    pub fn stage(&self) -> RefreshStage {
        self.stage
    }

    /// The tokens' surroundings: scopes, patient, times.
    pub fn tokens(&self) -> &StoredTokens {
        &self.tokens
    }

    /// The access token, unless an answer is not durable yet.
    pub fn access_token(&self) -> Option<&Secret> {
        let durable = !matches!(self.stage, RefreshStage::SavingAnswer | RefreshStage::AnswerUnsaved);
        durable.then_some(&self.tokens.access_token)
    }

    /// Gives the tokens back, to revoke or to drop them.
    pub fn into_tokens(self) -> StoredTokens {
        self.tokens
    }

    /// One event in, one effect out. `now`: unix seconds.
    pub fn step(&mut self, event: RefreshEvent, now: i64) -> RefreshEffect {
        use RefreshEvent as E;
        use RefreshStage as S;
        match (self.stage, event) {
            (S::Idle, E::Wanted) => self.start(now),
            (S::AnswerUnsaved, E::Wanted) => self.persist(S::SavingAnswer, S::AnswerUnsaved),
            (_, E::Wanted) => RefreshEffect::Wait,
            (S::SavingStart, E::Persisted) => self.send(),
            (S::SavingStart, E::PersistFailed) => {
                self.unmark();
                self.done(S::Idle, RefreshOutcome::NotSaved)
            }
            (S::Sent, E::Answered(answer)) => {
                self.outcome = self.take_answer(&answer, now);
                self.persist(S::SavingAnswer, S::AnswerUnsaved)
            }
            (S::Sent, E::NotSent) => {
                self.unmark();
                self.outcome = RefreshOutcome::NotSent;
                self.persist(S::SavingAnswer, S::AnswerUnsaved)
            }
            (S::Sent, E::NoAnswer) => self.done(S::Idle, RefreshOutcome::Unanswered),
            (S::SavingAnswer, E::Persisted) => self.done(S::Idle, self.outcome),
            (S::SavingAnswer, E::PersistFailed) => self.done(S::AnswerUnsaved, RefreshOutcome::NotSaved),
            _ => RefreshEffect::OutOfTurn,
        }
    }

    fn start(&mut self, now: i64) -> RefreshEffect {
        if let Some(ended) = self.tokens.ended {
            return self.done(RefreshStage::Idle, sign_in_again(ended));
        }
        let Some(token) = &self.tokens.refresh_token else {
            return self.done(RefreshStage::Idle, RefreshOutcome::NoLastingAccess);
        };
        let fingerprint = token.fingerprint();
        // A mark for another token is of an earlier refresh that ended well.
        let earlier = self.tokens.started.as_ref().filter(|started| started.fingerprint.matches(&fingerprint));
        let sends = earlier.map_or(0, |started| started.sends);
        let ended = if self.tokens.holds_replaced_token() {
            Some(Ended::KnownReplaced)
        } else if sends >= MOST_SENDS {
            Some(Ended::NeverAnswered)
        } else {
            None
        };
        if let Some(ended) = ended {
            self.tokens.ended = Some(ended);
            self.outcome = sign_in_again(ended);
            return self.persist(RefreshStage::SavingAnswer, RefreshStage::AnswerUnsaved);
        }
        self.tokens.started = Some(Started { fingerprint, at: now, sends: sends.saturating_add(1) });
        self.persist(RefreshStage::SavingStart, RefreshStage::Idle)
    }

    fn send(&mut self) -> RefreshEffect {
        let Some(token) = &self.tokens.refresh_token else {
            return self.done(RefreshStage::Idle, RefreshOutcome::NoLastingAccess);
        };
        let request = refresh_request(self.tokens.token_endpoint.clone(), &self.tokens.client_id, token);
        self.stage = RefreshStage::Sent;
        RefreshEffect::Post(request)
    }

    fn take_answer(&mut self, answer: &HttpAnswer, now: i64) -> RefreshOutcome {
        match TokenAnswer::read(answer) {
            Ok(answer) if other_patient(self.tokens.patient(), answer.patient.as_deref()) => {
                self.end(Ended::PatientChanged)
            }
            Ok(answer) => {
                self.tokens.take_over(answer, now);
                RefreshOutcome::Fresh
            }
            Err(AuthError::TokenRefused(OAuthErrorCode::InvalidGrant)) => self.end(Ended::InvalidGrant),
            // A success we cannot read may have replaced the token: that is as good as no answer.
            Err(error @ (AuthError::TokenMalformed(_) | AuthError::Unsupported(_))) => RefreshOutcome::Failed(error),
            // A plain no: this send did nothing. An earlier one whose answer was not seen still counts.
            Err(error) => {
                self.unmark();
                RefreshOutcome::Failed(error)
            }
        }
    }

    fn end(&mut self, ended: Ended) -> RefreshOutcome {
        self.tokens.started = None;
        self.tokens.ended = Some(ended);
        sign_in_again(ended)
    }

    /// Takes back the mark of a request that did nothing.
    fn unmark(&mut self) {
        self.tokens.started = self.tokens.started.take().and_then(|started| {
            let sends = started.sends.saturating_sub(1);
            (sends > 0).then_some(Started { sends, ..started })
        });
    }

    fn persist(&mut self, next: RefreshStage, otherwise: RefreshStage) -> RefreshEffect {
        match self.tokens.to_bytes() {
            Ok(bytes) => {
                self.stage = next;
                RefreshEffect::Persist(bytes)
            }
            Err(_) => self.done(otherwise, RefreshOutcome::NotSaved),
        }
    }

    fn done(&mut self, stage: RefreshStage, outcome: RefreshOutcome) -> RefreshEffect {
        self.stage = stage;
        RefreshEffect::Done(outcome)
    }
}

/// Without the bytes: they hold tokens.
impl fmt::Debug for RefreshEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Persist(_) => f.write_str("Persist"),
            Self::Post(_) => f.write_str("Post"),
            Self::Wait => f.write_str("Wait"),
            Self::OutOfTurn => f.write_str("OutOfTurn"),
            Self::Done(outcome) => f.debug_tuple("Done").field(outcome).finish(),
        }
    }
}

impl fmt::Debug for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh").field("stage", &self.stage).field("tokens", &self.tokens).finish_non_exhaustive()
    }
}

fn other_patient(known: Option<&str>, said: Option<&str>) -> bool {
    matches!((known, said), (Some(known), Some(said)) if known != said)
}

fn sign_in_again(ended: Ended) -> RefreshOutcome {
    RefreshOutcome::SignInAgain(match ended {
        Ended::InvalidGrant => SignInAgainReason::InvalidGrant,
        Ended::PatientChanged => SignInAgainReason::PatientChanged,
        Ended::NeverAnswered => SignInAgainReason::NeverAnswered,
        Ended::KnownReplaced => SignInAgainReason::KnownReplaced,
    })
}
