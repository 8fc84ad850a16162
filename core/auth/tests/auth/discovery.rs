//! What a server says about itself.

use plainchart_auth::{
    AuthError, FhirBase, LastingAccess, NotSmartReason, OpenIdConfiguration, Policy, SmartConfiguration, Unsupported,
    discovery_url, openid_configuration_url,
};
use serde_json::{Value, json};

use crate::shell::{ISSUER, base, configuration, configuration_with};

fn parse(configuration: &Value) -> Result<SmartConfiguration, AuthError> {
    SmartConfiguration::parse(&base(), configuration.to_string().as_bytes(), &Policy::default())
}

/// Proves A1: appended to a base that has a path.
#[test]
fn the_address_of_discovery_stands_below_the_base() {
    for (base, url) in [
        ("https://h.example/a/r4/", "https://h.example/a/r4/.well-known/smart-configuration"),
        ("https://h.example", "https://h.example/.well-known/smart-configuration"),
    ] {
        let base = FhirBase::parse(base, &Policy::default()).unwrap();
        assert_eq!(discovery_url(&base).as_str(), url);
    }
}

/// Proves A1: also an issuer with a path, and only a safe one.
#[test]
fn the_address_of_the_openid_configuration_stands_below_the_issuer() {
    let url = |issuer| openid_configuration_url(issuer, &Policy::default()).map(String::from);
    let expected = "https://h.example/oauth/.well-known/openid-configuration";
    assert_eq!(url("https://h.example/oauth").as_deref(), Some(expected));
    assert_eq!(url("https://h.example/oauth/").as_deref(), Some(expected));
    for issuer in
        ["http://h.example", "h.example", "", "https://u@h.example", "https://h.example?x", "https://h.example/#x"]
    {
        assert_eq!(url(issuer), None, "{issuer}");
    }
}

/// Proves A1: relative addresses stand below the base; unknown and mistyped members do not matter.
#[test]
fn a_sloppy_configuration_is_read() {
    let read = parse(&json!({
        "authorization_endpoint": "/oauth/authorize?tenant=7",
        "token_endpoint": "oauth/token",
        "issuer": 17,
        "jwks_uri": "http://h.example/keys",
        "revocation_endpoint": null,
        "management_endpoint": {"url": "x"},
        "capabilities": "launch-standalone",
        "scopes_supported": ["openid", 5, "patient/*.rs"],
        "code_challenge_methods_supported": [],
        "x-vendor": [[[{}]]],
    }))
    .unwrap();
    assert_eq!(read.authorization_endpoint.as_str(), "https://fhir.hospital.example/oauth/authorize?tenant=7");
    assert_eq!(read.token_endpoint.as_str(), "https://fhir.hospital.example/r4/oauth/token");
    assert_eq!((read.issuer, read.jwks_uri, read.revocation_endpoint), (None, None, None));
    assert_eq!(read.scopes_supported, ["openid", "patient/*.rs"]);
    assert_eq!(read.ignored, ["jwks_uri", "management_endpoint"]);
}

/// Proves A1.
#[test]
fn what_is_no_smart_server_says_so() {
    let not_smart = |reason| Err(AuthError::NotSmart(reason));
    for body in ["", "<html><body>Welcome</body></html>", "[]", "null", "\"x\"", "{\"authorization_endpoint\":"] {
        let read = SmartConfiguration::parse(&base(), body.as_bytes(), &Policy::default());
        assert_eq!(read.map(|_| ()), not_smart(NotSmartReason::NotJson), "{body}");
    }
    for changes in [
        json!({"token_endpoint": null}),
        json!({"authorization_endpoint": ""}),
        json!({"token_endpoint": ["https://h.example/token"]}),
        json!({"token_endpoint": "javascript:1"}),
        json!({"token_endpoint": "https://login.hospital.example\\token"}),
    ] {
        let read = parse(&configuration_with(changes.clone()));
        assert_eq!(read.map(|_| ()), not_smart(NotSmartReason::NoEndpoints), "{changes}");
    }
    let huge = format!("{}{}", " ".repeat(600 * 1024), configuration());
    let read = SmartConfiguration::parse(&base(), huge.as_bytes(), &Policy::default());
    assert_eq!(read.map(|_| ()), not_smart(NotSmartReason::TooLarge));
    let deep = format!("{{\"a\":{}", "[".repeat(100_000));
    let read = SmartConfiguration::parse(&base(), deep.as_bytes(), &Policy::default());
    assert_eq!(read.map(|_| ()), not_smart(NotSmartReason::NotJson));
}

/// Proves A1: https, and plain http for loopback only, and only with the app's leave.
#[test]
fn an_endpoint_without_https_is_refused() {
    let insecure = |member| Err(AuthError::EndpointInsecure { member });
    for (url, member) in [
        ("http://login.hospital.example/x", "token_endpoint"),
        ("http://127.0.0.1:9/x", "token_endpoint"),
        ("https://user:word@login.hospital.example/x", "token_endpoint"),
        ("https://login.hospital.example/x#frag", "token_endpoint"),
        ("http://login.hospital.example/x", "authorization_endpoint"),
    ] {
        assert_eq!(parse(&configuration_with(json!({ member: url }))).map(|_| ()), insecure(member), "{url}");
    }
    let development = Policy { allow_http_loopback: true };
    for (url, allowed) in [("http://127.0.0.1:9/x", true), ("http://[::1]:9/x", true), ("http://10.0.0.1/x", false)] {
        let configuration = configuration_with(json!({ "token_endpoint": url })).to_string();
        let read = SmartConfiguration::parse(&base(), configuration.as_bytes(), &development);
        assert_eq!(read.is_ok(), allowed, "{url}");
    }
}

/// Proves A2: no list is fine; a list without S256 is a downgrade.
#[test]
fn a_list_of_pkce_methods_must_hold_s256() {
    for (methods, offered) in [
        (Value::Null, true),
        (json!([]), true),
        (json!(["S256"]), true),
        (json!(["plain", "S256"]), true),
        (json!(["plain"]), false),
        (json!(["s256"]), false),
    ] {
        let read = parse(&configuration_with(json!({ "code_challenge_methods_supported": methods })));
        let expected = if offered { Ok(()) } else { Err(AuthError::PkceNotOffered) };
        assert_eq!(read.map(|_| ()), expected, "{methods}");
    }
}

/// Proves A15: what is out of scope is a typed error.
#[test]
fn servers_that_insist_on_more_are_told_apart() {
    for (member, feature) in [
        ("require_pushed_authorization_requests", Unsupported::PushedAuthorizationRequests),
        ("require_signed_request_object", Unsupported::SignedRequestObjects),
    ] {
        let read = parse(&configuration_with(json!({ member: true })));
        assert_eq!(read.map(|_| ()), Err(AuthError::Unsupported(feature)));
        assert!(parse(&configuration_with(json!({ member: false }))).is_ok());
    }
}

/// Proves A15: what can be said about lasting access before the sign-in.
#[test]
fn lasting_access_is_told_from_the_lists() {
    for (changes, said) in [
        (json!({"scopes_supported": ["offline_access"]}), LastingAccess::Offered),
        (json!({"capabilities": ["permission-offline"]}), LastingAccess::Offered),
        (json!({"capabilities": ["launch-standalone"]}), LastingAccess::NotListed),
        (json!({"capabilities": null}), LastingAccess::Unknown),
    ] {
        assert_eq!(parse(&configuration_with(changes.clone())).unwrap().lasting_access(), said, "{changes}");
    }
}

/// Proves A1: the OpenID configuration's issuer equals the SMART configuration's, letter by letter.
#[test]
fn an_openid_configuration_of_another_issuer_is_not_used() {
    let read = |document: Value| {
        OpenIdConfiguration::parse(document.to_string().as_bytes(), ISSUER, &Policy::default())
            .map(|read| read.jwks_uri)
    };
    let keys = "https://login.hospital.example/keys";
    assert_eq!(read(json!({"issuer": ISSUER, "jwks_uri": keys})).map(String::from).as_deref(), Some(keys));
    for document in [
        json!({"issuer": format!("{ISSUER}/"), "jwks_uri": keys}),
        json!({"issuer": "https://evil.example", "jwks_uri": keys}),
        json!({"jwks_uri": keys}),
        json!({"issuer": ISSUER}),
        json!({"issuer": ISSUER, "jwks_uri": "http://login.hospital.example/keys"}),
        json!([]),
    ] {
        assert_eq!(read(document.clone()), None, "{document}");
    }
}
