//! Whole sign-ins.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use plainchart_auth::{
    AuthError, CallbackProblem, Effect, Event, FhirUserKind, HttpAnswer, IdTokenRefusal, Identity, OAuthErrorCode,
    PENDING_LIFETIME_SECONDS, PendingSignIn, ScopeWish, SignedIn, Stage, StateKind, SubjectHint, Unverified,
};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::shell::{
    BASE, CLIENT, ISSUER, NOW, REDIRECT, Shell, answer, called_back, configuration, configuration_with, request, tokens,
};
use crate::signing::{Signer, jwks};

fn refused(effect: Effect) -> AuthError {
    match effect {
        Effect::Refused(refusal) => refusal.error,
        other => panic!("{other:?}"),
    }
}

fn done(effect: Effect) -> SignedIn {
    match effect {
        Effect::SignedIn(done) => *done,
        other => panic!("{other:?}"),
    }
}

fn claims(nonce: &str) -> Value {
    json!({
        "iss": ISSUER, "sub": "sub-1", "aud": CLIENT, "exp": NOW + 600, "iat": NOW, "nonce": nonce,
        "fhirUser": "RelatedPerson/mother-1",
    })
}

fn id_token(signer: &Signer, claims: &Value) -> Value {
    let mut answer = tokens();
    answer["id_token"] = signer.sign(&json!({"alg": "ES256", "kid": "k-1"}), claims).into();
    answer
}

/// Proves A2, A3, A4: what is sent to the authorization endpoint.
#[test]
fn the_authorization_request_says_all_it_must() {
    let shell = Shell::opened(configuration_with(json!({
        "authorization_endpoint": "https://login.hospital.example/oauth/authorize?tenant=7",
    })));
    let url = shell.address.as_ref().unwrap();
    assert!(url.as_str().starts_with("https://login.hospital.example/oauth/authorize?tenant=7&response_type=code&"));
    assert!(!url.as_str().contains('+'), "a space is %20: {url}");
    let sent = shell.sent();
    assert_eq!(sent["client_id"], CLIENT);
    assert_eq!(sent["redirect_uri"], REDIRECT);
    assert_eq!(sent["aud"], BASE);
    let scope = "openid fhirUser offline_access launch/patient patient/Patient.rs patient/Observation.rs";
    assert_eq!(sent["scope"], scope);
    assert_eq!(sent["code_challenge_method"], "S256");
    for name in ["state", "nonce", "code_challenge"] {
        assert_eq!(URL_SAFE_NO_PAD.decode(&sent[name]).unwrap().len(), 32, "{name}");
    }
    let distinct = [&sent["state"], &sent["nonce"], &sent["code_challenge"]];
    assert!(distinct[0] != distinct[1] && distinct[1] != distinct[2] && distinct[0] != distinct[2]);
}

/// Proves A2, A3: S256 also where the server lists no methods; verifier and redirect URI of the same sign-in.
#[test]
fn the_code_is_exchanged_with_the_verifier_of_its_challenge() {
    let mut shell = Shell::opened(configuration_with(json!({"code_challenge_methods_supported": null})));
    let url = shell.callback(&[("code", "c/+ 1")]);
    let Effect::PostToken(request) = shell.run(called_back(&url)) else { panic!() };
    assert_eq!(request.endpoint().as_str(), "https://login.hospital.example/oauth/token");
    let field = |name| request.field(name).unwrap().expose().to_owned();
    assert_eq!(field("grant_type"), "authorization_code");
    assert_eq!(field("code"), "c/+ 1");
    assert_eq!(field("redirect_uri"), REDIRECT);
    assert_eq!(field("client_id"), CLIENT);
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, field("code_verifier").as_bytes()));
    assert_eq!(challenge, shell.parameter("code_challenge"));
    assert!(field("code_verifier").len() >= 43);
    assert!(request.body().contains("&code=c%2F%2B+1&"));
}

/// Proves A16: the address is given out only when the pending sign-in is on disk, and the code leaves only when the
/// pending sign-in is gone from it.
#[test]
fn the_disk_comes_first() {
    let mut shell = Shell::new();
    shell.step(Event::Begin(Box::new(request())));
    let effect = shell.step(Event::DiscoveryAnswered(answer(200, &configuration())));
    let Effect::SealPending { id, bytes, .. } = effect else { panic!("{effect:?}") };
    assert_eq!(refused(shell.step(Event::StorageFailed)), AuthError::NotSaved);

    let mut shell = Shell::opened(configuration());
    assert_eq!(PendingSignIn::from_bytes(&bytes).unwrap().id(), id);
    let url = shell.callback(&[("code", "c")]);
    let effect = shell.step(called_back(&url));
    assert!(matches!(effect, Effect::TakePending { .. }), "{effect:?}");
    assert!(matches!(shell.step(Event::PendingTaken), Effect::PostToken(_)));
}

/// Proves A16: killed in the browser, finished after the restart; with the endpoints it began with (A1).
#[test]
fn a_sign_in_survives_process_death() {
    let before = Shell::opened(configuration());
    let url = before.callback(&[("code", "c")]);
    let mut after = Shell { disk: before.disk.clone(), ..Shell::seeded(7) };
    let pending = after.pending();
    assert!(pending.owns(&url));
    assert!(matches!(after.run(Event::Resume(Box::new(pending))), Effect::AwaitCallback));
    let Effect::PostToken(request) = after.run(called_back(&url)) else { panic!() };
    let verifier = request.field("code_verifier").unwrap().expose();
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    assert_eq!(challenge, before.parameter("code_challenge"));
    assert_eq!(request.endpoint().as_str(), "https://login.hospital.example/oauth/token");
    assert!(after.disk.is_empty());
    let signed_in = done(after.run(Event::TokenAnswered(answer(200, &tokens()))));
    assert_eq!(signed_in.base.as_str(), BASE);
}

/// Proves A16: a callback delivered twice, to one process or to two, gives one result.
#[test]
fn a_callback_delivered_twice_gives_one_result() {
    let mut one = Shell::opened(configuration());
    let mut two = Shell::seeded(7);
    two.run(Event::Resume(Box::new(one.pending())));
    let url = one.callback(&[("code", "c")]);
    assert!(matches!(one.run(called_back(&url)), Effect::PostToken(_)));
    assert!(matches!(one.run(called_back(&url)), Effect::Ignored(AuthError::OutOfTurn)));
    two.disk = one.disk.clone();
    assert_eq!(refused(two.run(called_back(&url))), AuthError::PendingTaken);
}

/// Proves A16: fifteen minutes, by the clock that is passed in; also across a restart.
#[test]
fn a_sign_in_expires() {
    for (age, alive) in [
        (0, true),
        (PENDING_LIFETIME_SECONDS - 1, true),
        (PENDING_LIFETIME_SECONDS, false),
        (i64::MAX - NOW, false),
        (-60, true),
        (-3600, false),
    ] {
        let mut shell = Shell::opened(configuration());
        let url = shell.callback(&[("code", "c")]);
        let mut resumed = Shell { now: NOW + age, ..Shell::seeded(7) };
        let effect = resumed.run(Event::Resume(Box::new(shell.pending())));
        assert_eq!(matches!(effect, Effect::AwaitCallback), alive, "{age}");
        shell.now = NOW + age;
        let effect = shell.run(called_back(&url));
        assert_eq!(matches!(effect, Effect::PostToken(_)), alive, "{age}");
        if !alive {
            assert_eq!(refused(effect), AuthError::PendingExpired);
        }
    }
    assert_eq!(PENDING_LIFETIME_SECONDS, 900);
}

/// Proves A4: `invalid_scope`, in the callback or at the token endpoint: once more with `patient/*`, and only once;
/// with new secrets, the same endpoints, and nothing left of the first attempt.
#[test]
fn invalid_scope_is_asked_once_more() {
    for at_token_endpoint in [false, true] {
        let mut shell = Shell::opened(configuration());
        let first = shell.sent();
        let refuse = |shell: &mut Shell| {
            if at_token_endpoint {
                shell.exchanging();
                shell.run(Event::TokenAnswered(answer(400, &json!({"error": "invalid_scope"}))))
            } else {
                let url = shell.callback(&[("error", "invalid_scope")]);
                shell.run(called_back(&url))
            }
        };
        let effect = refuse(&mut shell);
        assert!(matches!(effect, Effect::OpenBrowser(_)), "{effect:?}");
        let second = shell.sent();
        assert_eq!(second["scope"], "openid fhirUser offline_access launch/patient patient/*.rs");
        for name in ["state", "nonce", "code_challenge"] {
            assert_ne!(first[name], second[name], "{name}");
        }
        assert_eq!(shell.disk.len(), 1);
        let expected = if at_token_endpoint {
            AuthError::TokenRefused(OAuthErrorCode::InvalidScope)
        } else {
            AuthError::AuthorizationRefused(OAuthErrorCode::InvalidScope)
        };
        assert_eq!(refused(refuse(&mut shell)), expected);
    }
    let mut shell = Shell::new();
    let exactly = plainchart_auth::SignInRequest { scopes: ScopeWish::Exactly("openid".into()), ..request() };
    shell.run(Event::Begin(Box::new(exactly)));
    shell.run(Event::DiscoveryAnswered(answer(200, &configuration())));
    let url = shell.callback(&[("error", "invalid_scope")]);
    let expected = AuthError::AuthorizationRefused(OAuthErrorCode::InvalidScope);
    assert_eq!(refused(shell.run(called_back(&url))), expected, "what was asked exactly is not widened");
}

/// Proves A4: an answer without a scope means what was asked; one with a scope is taken at its word.
#[test]
fn the_answer_decides_what_was_granted() {
    let mut body = tokens();
    body["scope"] = Value::Null;
    let mut shell = Shell::opened(configuration());
    shell.exchanging();
    let all = done(shell.run(Event::TokenAnswered(answer(200, &body))));
    assert_eq!(all.granted().to_string(), shell.parameter("scope"));
    assert_eq!(all.not_granted, Vec::<String>::new());

    body["scope"] = "openid launch/patient patient/Patient.read".into();
    let mut shell = Shell::opened(configuration());
    shell.exchanging();
    let some = done(shell.run(Event::TokenAnswered(answer(200, &body))));
    assert_eq!(some.not_granted, ["fhirUser", "offline_access", "patient/Observation.rs"]);
}

/// Proves A7: verified with the keys of the configuration's `jwks_uri`.
#[test]
fn the_reader_is_known_when_the_server_signed_it() {
    let signer = Signer::p256();
    let mut shell = Shell::opened(configuration());
    shell.exchanging();
    let body = id_token(&signer, &claims(&shell.parameter("nonce")));
    let Effect::FetchJwks(url) = shell.run(Event::TokenAnswered(answer(200, &body))) else { panic!() };
    assert_eq!(url.as_str(), "https://login.hospital.example/oauth/keys");
    let keys = jwks(&[signer.jwk(json!({"kid": "k-1"}))]);
    let signed_in = done(shell.run(Event::JwksAnswered(HttpAnswer::new(200, keys))));
    assert_eq!(signed_in.reader(), Some("sub-1"));
    let Identity::Verified(reader) = &signed_in.identity else { panic!() };
    assert!(reader.nonce_seen);
    assert_eq!(reader.fhir_user.as_ref().map(|user| user.kind), Some(FhirUserKind::RelatedPerson));
    assert_eq!(signed_in.subject(), SubjectHint::FromToken("p-1".into()));
}

/// Proves A7: rotated keys are fetched once more, and not a third time.
#[test]
fn an_unknown_key_is_looked_for_once_more() {
    let signer = Signer::p256();
    let start = || {
        let mut shell = Shell::opened(configuration());
        shell.exchanging();
        let body = id_token(&signer, &claims(&shell.parameter("nonce")));
        shell.run(Event::TokenAnswered(answer(200, &body)));
        let old = jwks(&[Signer::p256().jwk(json!({"kid": "k-0"}))]);
        let again = shell.run(Event::JwksAnswered(HttpAnswer::new(200, old.clone())));
        assert!(matches!(again, Effect::FetchJwks(_)), "{again:?}");
        (shell, old)
    };
    let (mut shell, _) = start();
    let new = jwks(&[signer.jwk(json!({"kid": "k-1"}))]);
    assert_eq!(done(shell.run(Event::JwksAnswered(HttpAnswer::new(200, new)))).reader(), Some("sub-1"));
    let (mut shell, old) = start();
    let signed_in = done(shell.run(Event::JwksAnswered(HttpAnswer::new(200, old))));
    assert_eq!(signed_in.identity, Identity::Unverified(Unverified::UnknownKey));
}

/// Proves A7, A1: without a `jwks_uri` the issuer's own configuration is asked, if its issuer is the same.
#[test]
fn the_issuers_configuration_leads_to_the_keys() {
    let signer = Signer::p256();
    for (issuer, found) in [(ISSUER, true), ("https://evil.example", false)] {
        let mut shell = Shell::opened(configuration_with(json!({"jwks_uri": null})));
        shell.exchanging();
        let body = id_token(&signer, &claims(&shell.parameter("nonce")));
        let effect = shell.run(Event::TokenAnswered(answer(200, &body)));
        let Effect::FetchOpenIdConfiguration(url) = effect else { panic!("{effect:?}") };
        assert_eq!(url.as_str(), format!("{ISSUER}/.well-known/openid-configuration"));
        let document = json!({"issuer": issuer, "jwks_uri": "https://login.hospital.example/k"});
        let effect = shell.run(Event::OpenIdConfigurationAnswered(answer(200, &document)));
        if found {
            assert!(matches!(&effect, Effect::FetchJwks(url) if url.path() == "/k"), "{effect:?}");
        } else {
            assert_eq!(done(effect).identity, Identity::Unverified(Unverified::KeysUnavailable));
        }
    }
}

/// Proves A7: what cannot be verified leaves the reader unknown and the sign-in whole.
#[test]
fn an_unverified_reader_still_signs_in() {
    let signer = Signer::p256();
    let keys = jwks(&[signer.jwk(json!({"kid": "k-1"}))]);
    let started = |changes: Value| {
        let mut shell = Shell::opened(configuration_with(changes));
        shell.exchanging();
        let body = id_token(&signer, &claims(&shell.parameter("nonce")));
        (shell, body)
    };
    let (mut shell, _) = started(json!({}));
    let absent = done(shell.run(Event::TokenAnswered(answer(200, &tokens()))));
    assert_eq!(absent.identity, Identity::Unverified(Unverified::Absent));

    let (mut shell, body) = started(json!({"issuer": null}));
    let nobody = done(shell.run(Event::TokenAnswered(answer(200, &body))));
    assert_eq!(nobody.identity, Identity::Unverified(Unverified::NoIssuer));

    for event in
        [Event::TimedOut, Event::JwksAnswered(HttpAnswer::new(503, keys)), Event::JwksAnswered(answer(200, &json!([])))]
    {
        let (mut shell, body) = started(json!({}));
        shell.run(Event::TokenAnswered(answer(200, &body)));
        let signed_in = done(shell.run(event));
        assert_eq!(signed_in.identity, Identity::Unverified(Unverified::KeysUnavailable));
        assert_eq!(signed_in.reader(), None);
        assert_eq!(signed_in.tokens.access_token().expose(), "marker-access");
    }
}

/// Proves A7, A11: an attack ends the sign-in, before any key is fetched, and the tokens are taken back.
#[test]
fn an_attack_on_the_id_token_ends_the_sign_in() {
    let signer = Signer::p256();
    let mut shell = Shell::opened(configuration());
    shell.exchanging();
    let body = id_token(&signer, &claims("another-sign-in"));
    let Effect::Refused(refusal) = shell.run(Event::TokenAnswered(answer(200, &body))) else { panic!() };
    assert_eq!(refusal.error, AuthError::IdTokenRefused(IdTokenRefusal::WrongNonce));
    let revoked: Vec<_> = refusal.revoke.iter().map(|request| request.field("token").unwrap().expose()).collect();
    assert_eq!(revoked, ["marker-refresh", "marker-access"]);

    let mut shell = Shell::opened(configuration());
    shell.exchanging();
    let body = id_token(&signer, &claims(&shell.parameter("nonce")));
    shell.run(Event::TokenAnswered(answer(200, &body)));
    let confused = jwks(&[Signer::rsa().jwk(json!({"kid": "k-1"}))]);
    let Effect::Refused(refusal) = shell.run(Event::JwksAnswered(HttpAnswer::new(200, confused))) else { panic!() };
    assert_eq!(refusal.error, AuthError::IdTokenRefused(IdTokenRefusal::KeyConfusion));
    assert_eq!(refusal.revoke.len(), 2);
}

/// Proves A8: whose chart it is, when the token names nobody.
#[test]
fn without_a_patient_the_reader_is_asked_unless_they_are_one() {
    let signer = Signer::p256();
    for (fhir_user, expected) in [
        (json!("Patient/p-9"), SubjectHint::FromFhirUser("p-9".into())),
        (json!(format!("{BASE}/Patient/p-9/_history/3")), SubjectHint::FromFhirUser("p-9".into())),
        (json!("https://elsewhere.example/r4/Patient/p-9"), SubjectHint::Ask),
        (json!("RelatedPerson/r-9"), SubjectHint::Ask),
        (Value::Null, SubjectHint::Ask),
    ] {
        let mut shell = Shell::opened(configuration());
        shell.exchanging();
        let mut said = claims(&shell.parameter("nonce"));
        said["fhirUser"] = fhir_user.clone();
        let mut body = id_token(&signer, &said);
        body["patient"] = Value::Null;
        shell.run(Event::TokenAnswered(answer(200, &body)));
        let keys = jwks(&[signer.jwk(json!({"kid": "k-1"}))]);
        let signed_in = done(shell.run(Event::JwksAnswered(HttpAnswer::new(200, keys))));
        assert_eq!(signed_in.subject(), expected, "{fhir_user}");
    }
    let mut body = tokens();
    body["patient"] = Value::Null;
    body["id_token"] = "a.b.c".into();
    let mut shell = Shell::opened(configuration());
    shell.exchanging();
    let signed_in = done(shell.run(Event::TokenAnswered(answer(200, &body))));
    assert_eq!(signed_in.subject(), SubjectHint::Ask, "an unverified reader is nobody");
}

/// Proves A1: each bad end of discovery and of the token step is told apart.
#[test]
fn servers_that_fail_are_told_apart() {
    let discover = |answer| {
        let mut shell = Shell::new();
        shell.run(Event::Begin(Box::new(request())));
        refused(shell.run(answer)).code()
    };
    assert_eq!(discover(Event::DiscoveryAnswered(answer(404, &json!({})))), "not_smart");
    assert_eq!(discover(Event::DiscoveryAnswered(answer(302, &configuration()))), "not_smart");
    assert_eq!(discover(Event::DiscoveryAnswered(answer(503, &json!({})))), "server_unavailable");
    assert_eq!(discover(Event::TimedOut), "unanswered");

    let exchange = |event| {
        let mut shell = Shell::opened(configuration());
        shell.exchanging();
        refused(shell.run(event))
    };
    assert_eq!(exchange(Event::TimedOut), AuthError::Unanswered(Stage::Token));
    let grant = Event::TokenAnswered(answer(400, &json!({"error": "invalid_grant"})));
    assert_eq!(exchange(grant), AuthError::TokenRefused(OAuthErrorCode::InvalidGrant));
}

/// Proves V6: nothing of a sign-in shows in its `Debug`, at any step.
#[test]
fn debug_shows_no_secret_at_any_step() {
    let signer = Signer::p256();
    let mut shell = Shell::new();
    let mut shown = String::new();
    let mut look = |effect: &Effect, shell: &Shell| shown.push_str(&format!("{effect:?} {:?}\n", shell.sign_in));
    let effect = shell.step(Event::Begin(Box::new(request())));
    look(&effect, &shell);
    let effect = shell.step(Event::DiscoveryAnswered(answer(200, &configuration())));
    look(&effect, &shell);
    let effect = shell.step(Event::PendingSealed);
    look(&effect, &shell);
    let Effect::OpenBrowser(url) = effect else { panic!() };
    shell.address = Some(url);
    let url = shell.callback(&[("code", "marker-code")]);
    for event in [called_back(&url), Event::PendingTaken] {
        let effect = shell.step(event);
        look(&effect, &shell);
    }
    let body = id_token(&signer, &claims(&shell.parameter("nonce")));
    let effect = shell.step(Event::TokenAnswered(answer(200, &body)));
    look(&effect, &shell);
    let effect = shell.step(Event::TimedOut);
    look(&effect, &shell);
    assert!(shown.contains("SignedIn"), "{shown}");
    let sent = shell.sent();
    for secret in ["marker", "sub-1", "mother-1", "p-1", &sent["state"], &sent["nonce"], &sent["code_challenge"]] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

/// Proves A16: what is stored is read back, or told apart from damage at every cut.
#[test]
fn stored_bytes_are_read_whole_or_not_at_all() {
    let bytes = Shell::opened(configuration()).disk.into_values().next().unwrap();
    assert!(PendingSignIn::from_bytes(&bytes).is_ok());
    for length in 0..bytes.len() {
        assert_eq!(PendingSignIn::from_bytes(&bytes[..length]).err(), Some(AuthError::StoredUnreadable), "{length}");
    }
}

/// Proves A3: a callback of one sign-in never completes another, even at the same server and app.
#[test]
fn two_sign_ins_do_not_mix() {
    let mut one = Shell::opened(configuration());
    let mut two = Shell::seeded(99);
    two.open(configuration());
    let url = one.callback(&[("code", "c")]);
    let effect = two.run(called_back(&url));
    assert!(matches!(effect, Effect::Ignored(AuthError::Callback(CallbackProblem::ForeignState))), "{effect:?}");
    assert_eq!(two.sign_in.state().kind(), StateKind::AwaitingBrowser);
    assert!(matches!(one.run(called_back(&url)), Effect::PostToken(_)));
}

/// Proves A16: an own ending cleans up: the pending sign-in goes, given tokens are taken back.
#[test]
fn cancelling_leaves_nothing_behind() {
    let mut shell = Shell::opened(configuration());
    let Effect::Refused(refusal) = shell.run(Event::Cancelled) else { panic!() };
    assert_eq!(refusal.error, AuthError::Cancelled);
    assert_eq!(refusal.forget_pending.as_deref(), shell.disk.keys().next().map(String::as_str));

    let mut shell = Shell::opened(configuration());
    shell.exchanging();
    let body = id_token(&Signer::p256(), &claims(&shell.parameter("nonce")));
    shell.run(Event::TokenAnswered(answer(200, &body)));
    let Effect::Refused(refusal) = shell.run(Event::Cancelled) else { panic!() };
    assert_eq!(refusal.revoke.len(), 2);
}
