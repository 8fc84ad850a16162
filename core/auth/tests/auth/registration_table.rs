//! Where the app is registered.

use plainchart_auth::{
    AuthError, BasePattern, Environment, FhirBase, Policy, RegistrationTable, ScopeWish, Unsupported,
};

const TABLE: &str = r#"{"registrations": [
    {"base": "*", "client_id": {"production": "any", "sandbox": null},
     "redirect_uri": "http://127.0.0.1/cb", "method": "public"},
    {"base": "https://*.vendor.example/fhir", "client_id": {"production": "prod", "sandbox": "test"},
     "redirect_uri": "org.example.app:/cb", "scopes": "openid patient/*.read", "method": "public", "prompt_consent": true},
    {"base": "https://a.vendor.example", "client_id": {"production": "a-root"},
     "redirect_uri": "org.example.app:/cb", "method": "public"},
    {"base": "https://a.vendor.example/fhir/r4", "client_id": {"production": "a-r4"},
     "redirect_uri": "org.example.app:/cb", "method": "public-with-dynamic-registration"}
]}"#;

fn base(text: &str) -> FhirBase {
    FhirBase::parse(text, &Policy { allow_http_loopback: true }).unwrap()
}

/// Proves A15: the closest row wins, wherever it stands.
#[test]
fn the_closest_row_is_found() {
    let table = RegistrationTable::from_json(TABLE.as_bytes()).unwrap();
    for (text, client_id) in [
        ("https://a.vendor.example/fhir/r4", "a-r4"),
        ("https://a.vendor.example/fhir/r4/tenant", "a-r4"),
        ("https://a.vendor.example/fhir/r4b", "a-root"),
        ("https://b.vendor.example/fhir/x", "prod"),
        ("https://b.vendor.example/fhirx", "any"),
        ("https://vendor.example/fhir", "any"),
        ("https://evilvendor.example/fhir", "any"),
        ("https://b.vendor.example:8443/fhir", "any"),
        ("http://127.0.0.1:8080/r4", "any"),
    ] {
        let row = table.find(&base(text)).unwrap();
        assert_eq!(row.client_id.production.as_deref(), Some(client_id), "{text}");
    }
    let empty = RegistrationTable::default();
    assert_eq!(empty.find(&base("https://h.example")).err(), Some(AuthError::NotRegistered));
}

/// Proves A15: a row becomes a request, or says why not.
#[test]
fn a_row_makes_a_request() {
    let table = RegistrationTable::from_json(TABLE.as_bytes()).unwrap();
    let request = |text: &str, environment| {
        let base = base(text);
        table.find(&base).unwrap().request(base.clone(), environment, Some(53123), Policy::default())
    };
    let sandbox = request("https://b.vendor.example/fhir", Environment::Sandbox).unwrap();
    assert_eq!(sandbox.client_id, "test");
    assert_eq!(sandbox.redirect_uri.as_str(), "org.example.app:/cb");
    assert_eq!(sandbox.scopes, ScopeWish::Exactly("openid patient/*.read".into()));
    assert!(sandbox.prompt_consent);
    let loopback = request("https://h.example", Environment::Production).unwrap();
    assert_eq!(loopback.redirect_uri.as_str(), "http://127.0.0.1:53123/cb");
    assert_eq!(loopback.scopes, ScopeWish::chart());
    assert_eq!(request("https://h.example", Environment::Sandbox), Err(AuthError::NotRegistered));
    let dynamic = request("https://a.vendor.example/fhir/r4", Environment::Production);
    assert_eq!(dynamic, Err(AuthError::Unsupported(Unsupported::DynamicRegistration)));
}

/// Proves A15: a slip in the table is an error, not a silent default.
#[test]
fn a_slip_in_the_table_is_found() {
    for pattern in
        ["", "h.example", "https://", "https://*", "https://a.*.example", "https://h.example?x", "ftp://h.example"]
    {
        assert_eq!(BasePattern::parse(pattern), Err(AuthError::RegistrationInvalid), "{pattern}");
    }
    for (from, to) in
        [("\"method\"", "\"methods\""), ("\"public\"", "\"secret\""), ("org.example.app:/cb", "http://h.example/")]
    {
        let json = TABLE.replace(from, to);
        assert_eq!(RegistrationTable::from_json(json.as_bytes()).err(), Some(AuthError::RegistrationInvalid), "{to}");
    }
}
