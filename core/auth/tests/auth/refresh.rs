//! Refresh: single flight, crash-safe, never a replaced token.

use plainchart_auth::{
    AuthError, Effect, Event, HttpAnswer, OAuthErrorCode, Refresh, RefreshEffect, RefreshEvent, RefreshOutcome,
    RefreshStage, SignInAgainReason, Stage, StoredTokens, revocation_confirmed, revocation_requests,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::shell::{NOW, Shell, answer, configuration, configuration_with, tokens};

fn stored(changes: Value) -> StoredTokens {
    let mut body = tokens();
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    let mut shell = Shell::opened(configuration());
    shell.exchanging();
    match shell.run(Event::TokenAnswered(answer(200, &body))) {
        Effect::SignedIn(done) => done.tokens,
        other => panic!("{other:?}"),
    }
}

/// A connection with its disk.
struct Connection {
    refresh: Refresh,
    disk: Vec<u8>,
}

impl Connection {
    fn new(changes: Value) -> Self {
        let tokens = stored(changes);
        Self { disk: tokens.to_bytes().unwrap().to_vec(), refresh: Refresh::new(tokens) }
    }

    /// The process dies; a new one reads what is on disk.
    fn crash(&mut self) {
        self.refresh = Refresh::new(StoredTokens::from_bytes(&self.disk).unwrap());
    }

    fn step(&mut self, event: RefreshEvent) -> RefreshEffect {
        self.refresh.step(event, NOW)
    }

    /// Feeds an event; persists until something else is asked for.
    fn run(&mut self, event: RefreshEvent) -> RefreshEffect {
        let mut effect = self.step(event);
        while let RefreshEffect::Persist(bytes) = effect {
            self.disk = bytes.to_vec();
            effect = self.step(RefreshEvent::Persisted);
        }
        effect
    }

    /// Up to the request; gives the token that is sent.
    fn send(&mut self) -> String {
        match self.run(RefreshEvent::Wanted) {
            RefreshEffect::Post(request) => request.field("refresh_token").unwrap().expose().to_owned(),
            other => panic!("{other:?}"),
        }
    }

    fn answer(&mut self, status: u16, body: &Value) -> RefreshOutcome {
        outcome(self.run(RefreshEvent::Answered(answer(status, body))))
    }
}

fn outcome(effect: RefreshEffect) -> RefreshOutcome {
    match effect {
        RefreshEffect::Done(outcome) => outcome,
        other => panic!("{other:?}"),
    }
}

fn fresh(access: &str, refresh: &str) -> Value {
    json!({"access_token": access, "refresh_token": refresh, "expires_in": 60})
}

/// Proves A6: "started" is durable before the request, the answer before its access token can be had.
#[test]
fn each_step_waits_for_the_disk() {
    let mut connection = Connection::new(json!({}));
    assert!(matches!(connection.step(RefreshEvent::Wanted), RefreshEffect::Persist(_)));
    assert!(matches!(connection.step(RefreshEvent::Answered(answer(200, &fresh("a", "r")))), RefreshEffect::OutOfTurn));
    assert!(matches!(connection.step(RefreshEvent::Persisted), RefreshEffect::Post(_)));
    let effect = connection.step(RefreshEvent::Answered(answer(200, &fresh("a-2", "r-2"))));
    let RefreshEffect::Persist(bytes) = effect else { panic!("{effect:?}") };
    assert!(connection.refresh.access_token().is_none(), "not durable yet");
    assert_eq!(StoredTokens::from_bytes(&bytes).unwrap().access_token().expose(), "a-2");
    assert_eq!(outcome(connection.step(RefreshEvent::Persisted)), RefreshOutcome::Fresh);
    assert_eq!(connection.refresh.access_token().unwrap().expose(), "a-2");
}

/// Proves A6: single flight.
#[test]
fn a_second_wish_waits_for_the_first() {
    let mut connection = Connection::new(json!({}));
    connection.step(RefreshEvent::Wanted);
    assert!(matches!(connection.step(RefreshEvent::Wanted), RefreshEffect::Wait));
    connection.step(RefreshEvent::Persisted);
    assert!(matches!(connection.step(RefreshEvent::Wanted), RefreshEffect::Wait));
    connection.step(RefreshEvent::Answered(answer(200, &fresh("a", "r"))));
    assert!(matches!(connection.step(RefreshEvent::Wanted), RefreshEffect::Wait));
    assert_eq!(outcome(connection.step(RefreshEvent::Persisted)), RefreshOutcome::Fresh);
}

/// Proves A6: no answer seen, by time-out or crash: the same token once more, and no further.
#[test]
fn an_unseen_answer_is_asked_for_once_more() {
    for crash in [false, true] {
        let mut connection = Connection::new(json!({}));
        for _ in 0..2 {
            assert_eq!(connection.send(), "marker-refresh");
            if crash {
                connection.crash();
            } else {
                assert_eq!(outcome(connection.run(RefreshEvent::NoAnswer)), RefreshOutcome::Unanswered);
            }
        }
        let never = RefreshOutcome::SignInAgain(SignInAgainReason::NeverAnswered);
        assert_eq!(outcome(connection.run(RefreshEvent::Wanted)), never);
        connection.crash();
        assert_eq!(outcome(connection.run(RefreshEvent::Wanted)), never);
        assert_eq!(connection.refresh.access_token().unwrap().expose(), "marker-access", "nothing else changed");
    }
}

/// Proves A6: the second send may succeed, and clears the count.
#[test]
fn a_repeated_token_that_is_answered_starts_afresh() {
    let mut connection = Connection::new(json!({}));
    connection.send();
    connection.crash();
    connection.send();
    assert_eq!(connection.answer(200, &fresh("a-2", "r-2")), RefreshOutcome::Fresh);
    connection.crash();
    for _ in 0..2 {
        assert_eq!(connection.send(), "r-2");
        connection.crash();
    }
}

/// Proves A6: a request that never left does not count.
#[test]
fn being_offline_never_uses_up_a_token() {
    let mut connection = Connection::new(json!({}));
    for _ in 0..5 {
        assert_eq!(connection.send(), "marker-refresh");
        assert_eq!(outcome(connection.run(RefreshEvent::NotSent)), RefreshOutcome::NotSent);
        connection.crash();
    }
    assert_eq!(connection.send(), "marker-refresh");
}

/// Proves A6: a replaced token is never sent again, also when the server hands it out again.
#[test]
fn a_replaced_token_is_never_sent_again() {
    let mut connection = Connection::new(json!({}));
    connection.send();
    assert_eq!(connection.answer(200, &fresh("a-2", "r-2")), RefreshOutcome::Fresh);
    assert_eq!(connection.send(), "r-2");
    assert_eq!(connection.answer(200, &fresh("a-3", "marker-refresh")), RefreshOutcome::Fresh);
    connection.crash();
    let known = RefreshOutcome::SignInAgain(SignInAgainReason::KnownReplaced);
    assert_eq!(outcome(connection.run(RefreshEvent::Wanted)), known);
}

/// Proves A6: without a new refresh token the old one stays good, as does one that is handed back unchanged.
#[test]
fn an_answer_without_a_refresh_token_keeps_the_old() {
    let mut connection = Connection::new(json!({}));
    for body in [json!({"access_token": "a-2"}), fresh("a-3", "marker-refresh"), json!({"access_token": "a-4"})] {
        assert_eq!(connection.send(), "marker-refresh");
        assert_eq!(connection.answer(200, &body), RefreshOutcome::Fresh);
    }
    let granted = connection.refresh.tokens().granted().to_string();
    assert!(granted.contains("patient/Observation.rs"), "no scope in the answer: as before");
}

/// Proves A6: no refresh token is a normal state.
#[test]
fn no_refresh_token_is_no_lasting_access() {
    let mut connection = Connection::new(json!({"refresh_token": null}));
    assert_eq!(outcome(connection.run(RefreshEvent::Wanted)), RefreshOutcome::NoLastingAccess);
    assert!(!connection.refresh.tokens().can_refresh());
    assert_eq!(connection.refresh.stage(), RefreshStage::Idle);
    assert_eq!(connection.refresh.access_token().unwrap().expose(), "marker-access");
}

/// Proves A6: `invalid_grant` means sign in again, durably, and changes nothing else.
#[test]
fn invalid_grant_means_sign_in_again() {
    let mut connection = Connection::new(json!({}));
    connection.send();
    let again = RefreshOutcome::SignInAgain(SignInAgainReason::InvalidGrant);
    assert_eq!(connection.answer(400, &json!({"error": "invalid_grant"})), again);
    connection.crash();
    for _ in 0..100 {
        assert_eq!(outcome(connection.run(RefreshEvent::Wanted)), again, "nothing is sent any more");
    }
    assert_eq!(connection.refresh.access_token().unwrap().expose(), "marker-access");
    assert_eq!(connection.refresh.tokens().patient(), Some("p-1"));
}

/// Proves A6: an answer that gives nothing takes nothing: the same token is good for the next try.
#[test]
fn a_busy_server_ends_nothing() {
    let mut connection = Connection::new(json!({}));
    for (status, body, error) in [
        (503, json!({}), AuthError::ServerUnavailable { stage: Stage::Token, status: 503 }),
        (429, json!({}), AuthError::ServerUnavailable { stage: Stage::Token, status: 429 }),
        (401, json!({"error": "invalid_client"}), AuthError::TokenRefused(OAuthErrorCode::InvalidClient)),
        (403, json!("blocked"), AuthError::TokenRefused(OAuthErrorCode::Other)),
        (503, json!({}), AuthError::ServerUnavailable { stage: Stage::Token, status: 503 }),
    ] {
        assert_eq!(connection.send(), "marker-refresh");
        assert_eq!(connection.answer(status, &body), RefreshOutcome::Failed(error));
    }
    assert_eq!(connection.send(), "marker-refresh");
    assert_eq!(connection.answer(200, &fresh("a-2", "r-2")), RefreshOutcome::Fresh);
}

/// Proves A6: a success nobody can read may have replaced the token: it counts like no answer.
#[test]
fn an_unreadable_success_counts_as_unseen() {
    let mut connection = Connection::new(json!({}));
    for _ in 0..2 {
        assert_eq!(connection.send(), "marker-refresh");
        let effect = connection.run(RefreshEvent::Answered(HttpAnswer::new(200, b"{\"access_tok".to_vec())));
        assert_eq!(
            outcome(effect),
            RefreshOutcome::Failed(AuthError::TokenMalformed(plainchart_auth::TokenProblem::NotJson))
        );
    }
    let never = RefreshOutcome::SignInAgain(SignInAgainReason::NeverAnswered);
    assert_eq!(outcome(connection.run(RefreshEvent::Wanted)), never);
}

/// Proves A8: tokens that come back for another patient are not taken.
#[test]
fn another_patients_tokens_are_refused() {
    let mut connection = Connection::new(json!({}));
    connection.send();
    let mut body = fresh("a-2", "r-2");
    body["patient"] = "p-2".into();
    assert_eq!(connection.answer(200, &body), RefreshOutcome::SignInAgain(SignInAgainReason::PatientChanged));
    assert_eq!(connection.refresh.access_token().unwrap().expose(), "marker-access");
    assert_eq!(connection.refresh.tokens().patient(), Some("p-1"));
}

/// Proves A6: a disk that fails keeps the new tokens out of use until they are durable, and loses none.
#[test]
fn a_full_disk_delays_and_loses_nothing() {
    let mut connection = Connection::new(json!({}));
    connection.step(RefreshEvent::Wanted);
    assert_eq!(outcome(connection.step(RefreshEvent::PersistFailed)), RefreshOutcome::NotSaved);
    assert_eq!(connection.send(), "marker-refresh");
    connection.step(RefreshEvent::Answered(answer(200, &fresh("a-2", "r-2"))));
    assert_eq!(outcome(connection.step(RefreshEvent::PersistFailed)), RefreshOutcome::NotSaved);
    assert!(connection.refresh.access_token().is_none());
    assert_eq!(outcome(connection.run(RefreshEvent::Wanted)), RefreshOutcome::Fresh, "saved now, nothing sent");
    assert_eq!(connection.refresh.access_token().unwrap().expose(), "a-2");
    connection.crash();
    assert_eq!(connection.send(), "r-2");
}

proptest! {
    /// Proves A6: against a server that rotates, through any order of crashes, cuts and
    /// failing disks, no token known to be replaced is sent, and none more than twice.
    #[test]
    fn no_order_of_faults_sends_a_replaced_token(faults in proptest::collection::vec(0u8..8, 1..60)) {
        let mut connection = Connection::new(json!({}));
        let mut sent: Vec<String> = Vec::new();
        let mut received = vec!["marker-refresh".to_owned()];
        for (index, fault) in faults.iter().enumerate() {
            let mut effect = connection.step(RefreshEvent::Wanted);
            let mut steps = 0;
            loop {
                steps += 1;
                prop_assert!(steps < 10);
                effect = match effect {
                    RefreshEffect::Persist(_) if *fault == 0 => { connection.crash(); break }
                    RefreshEffect::Persist(_) if *fault == 1 => connection.step(RefreshEvent::PersistFailed),
                    RefreshEffect::Persist(bytes) => {
                        connection.disk = bytes.to_vec();
                        connection.step(RefreshEvent::Persisted)
                    }
                    RefreshEffect::Post(request) => {
                        let token = request.field("refresh_token").unwrap().expose().to_owned();
                        prop_assert_eq!(Some(&token), received.last(), "only the newest we were given");
                        sent.push(token);
                        match fault {
                            2 => { connection.crash(); break }
                            3 => connection.step(RefreshEvent::NoAnswer),
                            4 => connection.step(RefreshEvent::NotSent),
                            5 => connection.step(RefreshEvent::Answered(answer(503, &json!({})))),
                            _ => {
                                let next = format!("r-{index}");
                                received.push(next.clone());
                                connection.step(RefreshEvent::Answered(answer(200, &fresh("a", &next))))
                            }
                        }
                    }
                    RefreshEffect::Done(_) => break,
                    other => { prop_assert!(false, "{other:?}"); break }
                };
            }
        }
        for token in &received {
            let uncertain = faults.iter().filter(|fault| matches!(fault, 4 | 5)).count();
            prop_assert!(sent.iter().filter(|sent| *sent == token).count() <= 2 + uncertain);
        }
    }
}

/// Proves A6: stored tokens are read back, or told apart from damage at every cut.
#[test]
fn stored_tokens_are_read_whole_or_not_at_all() {
    let tokens = stored(json!({}));
    let bytes = tokens.to_bytes().unwrap();
    let read = StoredTokens::from_bytes(&bytes).unwrap();
    assert_eq!(read.access_token().expose(), "marker-access");
    assert_eq!(read.token_origin(), "https://login.hospital.example");
    assert!(read.is_stale(NOW + 3600, 0) && read.is_stale(NOW + 3590, 30) && !read.is_stale(NOW + 3500, 30));
    for length in 0..bytes.len() {
        assert_eq!(StoredTokens::from_bytes(&bytes[..length]).err(), Some(AuthError::StoredUnreadable), "{length}");
    }
    let mut refresh = Refresh::new(read);
    let shown = format!("{refresh:?} {:?} {tokens:?}", refresh.step(RefreshEvent::Wanted, NOW));
    assert!(!shown.contains("marker") && !shown.contains("p-1"), "{shown}");
}

/// Proves A11: the refresh token first, then the access token, each where the server wants it.
#[test]
fn sign_out_revokes_both_tokens() {
    let tokens = stored(json!({}));
    let requests = revocation_requests(&tokens);
    let bodies: Vec<String> = requests.iter().map(|request| request.body().to_string()).collect();
    assert_eq!(
        bodies,
        [
            "token=marker-refresh&token_type_hint=refresh_token&client_id=example-app",
            "token=marker-access&token_type_hint=access_token&client_id=example-app",
        ]
    );
    assert!(requests.iter().all(|request| request.endpoint().path() == "/oauth/revoke"));
    assert!(revocation_confirmed(&HttpAnswer::new(200, Vec::new())));
    assert!(!revocation_confirmed(&HttpAnswer::new(503, Vec::new())));

    let mut shell = Shell::opened(configuration_with(json!({"revocation_endpoint": null})));
    shell.exchanging();
    let Effect::SignedIn(done) = shell.run(Event::TokenAnswered(answer(200, &crate::shell::tokens()))) else {
        panic!()
    };
    assert!(revocation_requests(&done.tokens).is_empty());
}
