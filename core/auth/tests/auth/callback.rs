//! The browser's answer.

use plainchart_auth::{
    AuthError, CallbackProblem, Effect, Event, OAuthErrorCode, PendingSignIn, RedirectUri, StateKind, owns_callback,
};
use proptest::prelude::*;
use serde_json::json;

use crate::shell::{ISSUER, REDIRECT, Shell, callback_url, called_back, configuration, configuration_with, request};

fn ignored(effect: &Effect) -> Option<CallbackProblem> {
    match effect {
        Effect::Ignored(AuthError::Callback(problem)) => Some(*problem),
        _ => None,
    }
}

fn refused(effect: &Effect) -> Option<AuthError> {
    match effect {
        Effect::Refused(refusal) => Some(refusal.error),
        _ => None,
    }
}

/// Proves A16: which addresses are ours, for each kind of redirect.
#[test]
fn only_our_own_address_is_a_callback() {
    for (redirect, url, ours) in [
        ("org.example.app:/callback", "org.example.app:/callback?code=1&state=2", true),
        ("org.example.app:/callback", "ORG.EXAMPLE.APP:/callback?code=1", true),
        ("org.example.app:/callback", "org.example.app:/callback/x?code=1", false),
        ("org.example.app:/callback", "org.example.app:/", false),
        ("org.example.app:/callback", "org.example.app://callback?code=1", false),
        ("org.example.app:/callback", "org.example.other:/callback?code=1", false),
        ("org.example.app://callback", "org.example.app://callback?code=1", true),
        ("org.example.app://callback", "org.example.app://callback/?code=1", true),
        ("org.example.app://callback", "org.example.app://evil?code=1", false),
        ("org.example.app:callback", "org.example.app:callback?code=1#_=_", true),
        ("https://app.example/back", "https://app.example/back?code=1", true),
        ("https://app.example/back", "https://app.example:443/back?code=1", true),
        ("https://app.example/back", "https://app.example:8443/back?code=1", false),
        ("https://app.example/back", "http://app.example/back?code=1", false),
        ("https://app.example/back", "https://app.example.evil.example/back?code=1", false),
        ("https://app.example/back", "https://x@app.example/back?code=1", false),
        ("https://app.example/back", "https://app.example/back/../evil?code=1", false),
        ("https://app.example/back", "https://app.example/backdoor?code=1", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:53123/cb?code=1", true),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:53123/cb?code=1", true),
        ("http://127.0.0.1/cb", "http://127.0.0.2:53123/cb?code=1", false),
        ("http://127.0.0.1/cb", "https://127.0.0.1:53123/cb?code=1", false),
        ("http://127.0.0.1/cb", "http://127.0.0.1:53123/favicon.ico", false),
        ("http://[::1]/cb", "http://[::1]:53123/cb?code=1", true),
        ("org.example.app:/callback", "", false),
        ("org.example.app:/callback", "not an address", false),
    ] {
        let redirect = RedirectUri::parse(redirect).unwrap();
        assert_eq!(owns_callback(url, &redirect), ours, "{} {url}", redirect.as_str());
    }
}

/// Proves A16: a redirect URI that no app should have.
#[test]
fn a_dangerous_redirect_uri_cannot_be_registered() {
    for redirect in [
        "http://app.example/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///x",
        "https://u@app.example/cb",
        "https://app.example/cb#x",
        "/cb",
        "",
    ] {
        assert_eq!(RedirectUri::parse(redirect), Err(AuthError::RegistrationInvalid), "{redirect}");
    }
    let loopback = RedirectUri::parse("http://127.0.0.1/cb").unwrap();
    assert_eq!(loopback.with_port(53123).unwrap().as_str(), "http://127.0.0.1:53123/cb");
    assert!(RedirectUri::parse("https://app.example/cb").unwrap().with_port(1).is_err());
}

/// Proves A3: a foreign state changes nothing, whatever else the callback says; ours still works afterwards.
#[test]
fn a_foreign_state_is_not_even_read() {
    let mut shell = Shell::opened(configuration());
    let ours = shell.parameter("state");
    let mut flipped = ours.clone();
    flipped.replace_range(0..1, if ours.starts_with('A') { "B" } else { "A" });
    for state in
        ["", "x", &ours[1..], &ours[..42], &format!("{ours}A"), &format!("{ours}\0"), &flipped, &ours.to_lowercase()]
    {
        for more in
            [&[("code", "c")][..], &[("error", "access_denied")], &[("error", "invalid_scope")], &[("iss", "x")]]
        {
            let effect = shell.run(called_back(&callback_url(REDIRECT, state, more)));
            assert_eq!(ignored(&effect), Some(CallbackProblem::ForeignState), "{state} {more:?}");
        }
    }
    for url in [
        format!("{REDIRECT}?code=c"),
        format!("{REDIRECT}?state={ours}&state={ours}&code=c"),
        format!("{REDIRECT}?state={ours}&code=c&state=x"),
        format!("{REDIRECT}#state={ours}&code=c"),
        format!("{REDIRECT}?%73tate={flipped}&code=c"),
    ] {
        let effect = shell.run(called_back(&url));
        assert_eq!(ignored(&effect), Some(CallbackProblem::ForeignState), "{url}");
    }
    assert_eq!(shell.disk.len(), 1, "the pending sign-in is still there");
    shell.exchanging();
}

/// Proves A3: state is looked at before anything else, so that a foreign callback tells nothing about us.
#[test]
fn nothing_is_read_before_the_state() {
    let mut shell = Shell::opened(configuration());
    let url = callback_url(REDIRECT, "foreign", &[("iss", "https://evil.example"), ("code", "a"), ("code", "b")]);
    assert_eq!(ignored(&shell.run(called_back(&url))), Some(CallbackProblem::ForeignState));
    let url = callback_url("org.example.app:/other", &shell.parameter("state"), &[("code", "c")]);
    assert_eq!(ignored(&shell.run(called_back(&url))), Some(CallbackProblem::NotOurs));
}

/// Proves A3: mix-up (RFC 9207). Another server's answer ends the sign-in; the code goes nowhere.
#[test]
fn another_servers_answer_is_refused() {
    let wrong = Some(AuthError::Callback(CallbackProblem::WrongIssuer));
    for issuer in ["https://evil.example", "", &format!("{ISSUER}/"), "HTTPS://login.hospital.example/oauth"] {
        let mut shell = Shell::opened(configuration());
        let url = shell.callback(&[("code", "c"), ("iss", issuer)]);
        assert_eq!(refused(&shell.run(called_back(&url))), wrong, "{issuer}");
    }
    let mut shell = Shell::opened(configuration());
    let url = shell.callback(&[("error", "access_denied"), ("iss", "https://evil.example")]);
    assert_eq!(refused(&shell.run(called_back(&url))), wrong, "errors are checked alike");

    let mut shell = Shell::opened(configuration());
    let url = shell.callback(&[("code", "c"), ("iss", ISSUER)]);
    assert!(matches!(shell.run(called_back(&url)), Effect::PostToken(_)));
}

/// Proves A3: a server that hides its own issuer cannot collect another server's code.
#[test]
fn a_server_without_an_issuer_gets_no_code_of_a_named_one() {
    for (issuer, refused_with) in [
        ("https://honest.example/oauth", Some(AuthError::Callback(CallbackProblem::WrongIssuer))),
        ("not a url", Some(AuthError::Callback(CallbackProblem::WrongIssuer))),
        ("https://login.hospital.example/any", None),
    ] {
        let mut shell = Shell::opened(configuration_with(json!({"issuer": null})));
        let url = shell.callback(&[("code", "c"), ("iss", issuer)]);
        assert_eq!(refused(&shell.run(called_back(&url))), refused_with, "{issuer}");
    }
}

/// Proves A3: a server that promised `iss` is held to it.
#[test]
fn a_promised_issuer_that_is_missing_is_refused() {
    let promise = json!({"authorization_response_iss_parameter_supported": true});
    let mut shell = Shell::opened(configuration_with(promise));
    let url = shell.callback(&[("code", "c")]);
    let missing = AuthError::Callback(CallbackProblem::IssuerMissing);
    assert_eq!(refused(&shell.run(called_back(&url))), Some(missing));
}

/// Proves A3: a callback that says something twice, or nothing, is refused.
#[test]
fn a_doubled_or_empty_answer_is_refused() {
    for (more, problem) in [
        (vec![("code", "a"), ("code", "b")], CallbackProblem::Duplicate),
        (vec![("code", "a"), ("code", "a")], CallbackProblem::Duplicate),
        (vec![("code", "a"), ("iss", ISSUER), ("iss", ISSUER)], CallbackProblem::Duplicate),
        (vec![("error", "access_denied"), ("error", "x")], CallbackProblem::Duplicate),
        (vec![], CallbackProblem::Empty),
        (vec![("code", "")], CallbackProblem::Empty),
        (vec![("Code", "a")], CallbackProblem::Empty),
    ] {
        let mut shell = Shell::opened(configuration());
        let url = shell.callback(&more);
        assert_eq!(refused(&shell.run(called_back(&url))), Some(AuthError::Callback(problem)), "{more:?}");
        assert_eq!(shell.sign_in.state().kind(), StateKind::Refused);
    }
}

/// Proves A16: errors are read by code, never by description; an error beats a code beside it.
#[test]
fn a_refusal_is_read_by_its_code() {
    for (error, expected) in [
        ("access_denied", AuthError::Declined),
        ("server_error", AuthError::AuthorizationRefused(OAuthErrorCode::ServerError)),
        ("temporarily_unavailable", AuthError::AuthorizationRefused(OAuthErrorCode::TemporarilyUnavailable)),
        ("unauthorized_client", AuthError::AuthorizationRefused(OAuthErrorCode::UnauthorizedClient)),
        ("login_required", AuthError::AuthorizationRefused(OAuthErrorCode::InteractionRequired)),
        ("Access_Denied", AuthError::AuthorizationRefused(OAuthErrorCode::Other)),
        ("", AuthError::AuthorizationRefused(OAuthErrorCode::Other)),
    ] {
        let mut shell = Shell::opened(configuration());
        let url = shell.callback(&[("error", error), ("error_description", "access_denied"), ("code", "c")]);
        let Effect::Refused(refusal) = shell.run(called_back(&url)) else { panic!("{error}") };
        assert_eq!(refusal.error, expected, "{error}");
        assert_eq!(refusal.forget_pending.as_deref(), shell.disk.keys().next().map(String::as_str));
    }
}

/// Proves A16: finding the pending sign-in of a callback reads its state and changes nothing.
#[test]
fn each_callback_finds_its_own_pending_sign_in() {
    let open = |seed| {
        let mut shell = Shell::seeded(seed);
        shell.open(configuration());
        shell
    };
    let (one, two) = (open(1), open(2));
    let url = one.callback(&[("code", "c")]);
    let owners: Vec<bool> = [&one, &two, &one].iter().map(|shell| shell.pending().owns(&url)).collect();
    assert_eq!(owners, [true, false, true]);
    assert_ne!(one.parameter("state"), two.parameter("state"));
    assert_ne!(one.pending().id(), two.pending().id());
}

fn pending_bytes() -> (Vec<u8>, String) {
    let shell = Shell::opened(configuration());
    (shell.disk.values().next().unwrap().clone(), shell.parameter("state"))
}

proptest! {
    /// Proves A3, A16: no callback makes a panic, and none without our state gets on.
    #[test]
    fn no_foreign_callback_is_ever_accepted(
        head in prop_oneof![Just(REDIRECT.to_owned()), Just("org.example.app:/callback/".to_owned()), ".{0,20}"],
        tail in prop_oneof![
            ".{0,60}",
            "[?#]((state|code|iss|error|%73tate)(=[A-Za-z0-9%_.-]{0,44})?[&;]){0,6}",
        ],
        cut in 0usize..60,
    ) {
        let (bytes, state) = pending_bytes();
        let mut shell = Shell::new();
        shell.step(Event::Resume(Box::new(PendingSignIn::from_bytes(&bytes).unwrap())));
        let mut url = format!("{head}{tail}");
        let effect = shell.step(called_back(&url));
        prop_assert!(ignored(&effect).is_some(), "{effect:?}");
        // Our state, cut anywhere but at its end.
        url.push_str(state.get(..cut.min(42)).unwrap());
        let effect = shell.step(called_back(&url));
        prop_assert!(ignored(&effect).is_some(), "{effect:?}");
        prop_assert_eq!(shell.sign_in.state().kind(), StateKind::AwaitingBrowser);
        let redirect = request().redirect_uri;
        let _ = owns_callback(&url, &redirect);
    }
}
