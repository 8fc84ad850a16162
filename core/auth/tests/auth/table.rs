//! The walk over every state and every event.

use plainchart_auth::{AuthError, Effect, Event, EventKind, HttpAnswer, PendingSignIn, StateKind, TRANSITIONS};
use serde_json::{Value, json};

use crate::shell::{
    CLIENT, ISSUER, NOW, Shell, answer, called_back, configuration, configuration_with, request, tokens,
};
use crate::signing::{Signer, jwks};

const STATES: [StateKind; 11] = [
    StateKind::Start,
    StateKind::AwaitingDiscovery,
    StateKind::SealingPending,
    StateKind::AwaitingBrowser,
    StateKind::TakingPending,
    StateKind::ExchangingCode,
    StateKind::AwaitingOpenIdConfiguration,
    StateKind::AwaitingKeys,
    StateKind::AwaitingKeysAgain,
    StateKind::SignedIn,
    StateKind::Refused,
];

const EVENTS: [EventKind; 13] = [
    EventKind::Begin,
    EventKind::Resume,
    EventKind::DiscoveryAnswered,
    EventKind::PendingSealed,
    EventKind::CallbackArrived,
    EventKind::PendingTaken,
    EventKind::PendingGone,
    EventKind::TokenAnswered,
    EventKind::OpenIdConfigurationAnswered,
    EventKind::JwksAnswered,
    EventKind::StorageFailed,
    EventKind::TimedOut,
    EventKind::Cancelled,
];

/// An id_token that names a key no set below holds.
fn with_id_token(nonce: &str) -> Value {
    let claims = json!({"iss": ISSUER, "sub": "s", "aud": CLIENT, "exp": NOW + 60, "iat": NOW, "nonce": nonce});
    let mut answer = tokens();
    answer["id_token"] = Signer::p256().sign(&json!({"alg": "ES256", "kid": "k"}), &claims).into();
    answer
}

/// A fresh sign-in, brought to `state` the way a real one gets there.
fn at(state: StateKind) -> Shell {
    let mut shell = Shell::new();
    if state == StateKind::Start {
        return shell;
    }
    shell.step(Event::Begin(Box::new(request())));
    if state == StateKind::AwaitingDiscovery {
        return shell;
    }
    let found = if state == StateKind::AwaitingOpenIdConfiguration {
        configuration_with(json!({"jwks_uri": null}))
    } else {
        configuration()
    };
    if state == StateKind::SealingPending {
        shell.step(Event::DiscoveryAnswered(answer(200, &found)));
        return shell;
    }
    shell.run(Event::DiscoveryAnswered(answer(200, &found)));
    match state {
        StateKind::AwaitingBrowser => return shell,
        StateKind::Refused => {
            shell.step(Event::Cancelled);
            return shell;
        }
        StateKind::TakingPending => {
            let url = shell.callback(&[("code", "c")]);
            shell.step(called_back(&url));
            return shell;
        }
        _ => shell.exchanging(),
    }
    match state {
        StateKind::ExchangingCode => {}
        StateKind::SignedIn => {
            shell.step(Event::TokenAnswered(answer(200, &tokens())));
        }
        _ => {
            let body = with_id_token(&shell.parameter("nonce"));
            shell.step(Event::TokenAnswered(answer(200, &body)));
            if state == StateKind::AwaitingKeysAgain {
                let effect = shell.step(Event::JwksAnswered(HttpAnswer::new(200, jwks(&[]))));
                assert!(matches!(effect, Effect::FetchJwks(_)));
            }
        }
    }
    shell
}

/// Several events of one kind: good, bad and foreign, as the state at hand knows them.
fn events(kind: EventKind, shell: &Shell) -> Vec<Event> {
    let answers = || {
        let nonce = shell.address.as_ref().map(|_| shell.parameter("nonce")).unwrap_or_default();
        let mut bodies =
            vec![configuration(), tokens(), with_id_token(&nonce), with_id_token("foreign"), json!({"keys": []})];
        bodies.extend([json!({"error": "invalid_scope"}), json!({"error": "invalid_grant"}), json!([])]);
        let bodies = bodies.into_iter().map(|body| answer(200, &body));
        bodies.chain([answer(404, &json!({})), answer(503, &json!({})), HttpAnswer::new(200, b"<html>".to_vec())])
    };
    let other_pending = || {
        let bytes = Shell::opened(configuration()).disk.into_values().next().unwrap();
        Box::new(PendingSignIn::from_bytes(&bytes).unwrap())
    };
    match kind {
        EventKind::Begin => vec![Event::Begin(Box::new(request()))],
        EventKind::Resume => vec![Event::Resume(other_pending())],
        EventKind::DiscoveryAnswered => answers().map(Event::DiscoveryAnswered).collect(),
        EventKind::PendingSealed => vec![Event::PendingSealed],
        EventKind::CallbackArrived => {
            let mut urls = vec![String::new(), "org.example.app:/callback?state=x&code=c".into()];
            if shell.address.is_some() {
                let ours: [&[(&str, &str)]; 4] =
                    [&[("code", "c")], &[("error", "access_denied")], &[("error", "invalid_scope")], &[("iss", "x")]];
                urls.extend(ours.map(|more| shell.callback(more)));
            }
            urls.iter().map(|url| called_back(url)).collect()
        }
        EventKind::PendingTaken => vec![Event::PendingTaken],
        EventKind::PendingGone => vec![Event::PendingGone],
        EventKind::TokenAnswered => answers().map(Event::TokenAnswered).collect(),
        EventKind::OpenIdConfigurationAnswered => {
            let good = answer(200, &json!({"issuer": ISSUER, "jwks_uri": "https://login.hospital.example/k"}));
            answers().chain([good]).map(Event::OpenIdConfigurationAnswered).collect()
        }
        EventKind::JwksAnswered => answers().map(Event::JwksAnswered).collect(),
        EventKind::StorageFailed => vec![Event::StorageFailed],
        EventKind::TimedOut => vec![Event::TimedOut],
        EventKind::Cancelled => vec![Event::Cancelled],
    }
}

/// Proves A1, A3, A16: the table is the whole truth. Each of the 143 pairs goes only where the table says; a pair
/// outside it changes nothing; and every target in the table is reached.
#[test]
fn every_state_meets_every_event() {
    let mut reached = Vec::new();
    for state in STATES {
        for kind in EVENTS {
            let targets = TRANSITIONS.iter().find(|(from, event, _)| (*from, *event) == (state, kind));
            for index in 0..events(kind, &at(state)).len() {
                let mut shell = at(state);
                assert_eq!(shell.sign_in.state().kind(), state);
                let event = events(kind, &shell).remove(index);
                let effect = shell.step(event);
                let next = shell.sign_in.state().kind();
                match targets {
                    Some((.., targets)) => {
                        assert!(targets.contains(&next), "{state:?} {kind:?} {index}: {next:?}");
                        reached.push((state, kind, next));
                    }
                    None => {
                        assert_eq!(next, state, "{kind:?} {index}");
                        assert!(
                            matches!(effect, Effect::Ignored(AuthError::OutOfTurn)),
                            "{state:?} {kind:?}: {effect:?}"
                        );
                    }
                }
            }
        }
    }
    // Reached only with special events, in other tests or in `at`: an expired pending sign-in; a key set that shows a
    // confusion; a configuration without `jwks_uri`.
    let elsewhere = [
        (StateKind::Start, EventKind::Resume, StateKind::Refused),
        (StateKind::AwaitingKeys, EventKind::JwksAnswered, StateKind::Refused),
        (StateKind::AwaitingKeysAgain, EventKind::JwksAnswered, StateKind::Refused),
        (StateKind::ExchangingCode, EventKind::TokenAnswered, StateKind::AwaitingOpenIdConfiguration),
    ];
    for (from, event, targets) in TRANSITIONS {
        for target in *targets {
            let row = (*from, *event, *target);
            assert!(reached.contains(&row) || elsewhere.contains(&row), "never reached: {row:?}");
        }
    }
}

/// Proves A16, A6: whatever happens, a sign-in in `Refused` or `SignedIn` gives nothing more out.
#[test]
fn an_end_is_an_end() {
    for state in [StateKind::SignedIn, StateKind::Refused] {
        for kind in EVENTS {
            let mut shell = at(state);
            for event in events(kind, &at(StateKind::AwaitingBrowser)) {
                assert!(matches!(shell.step(event), Effect::Ignored(AuthError::OutOfTurn)));
            }
        }
    }
}
