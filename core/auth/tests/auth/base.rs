//! Where an access token may go.

use plainchart_auth::{AuthError, BaseProblem, FhirBase, Policy};
use proptest::prelude::*;
use url::Url;

const DEVELOPMENT: Policy = Policy { allow_http_loopback: true };

fn base(text: &str) -> FhirBase {
    FhirBase::parse(text, &DEVELOPMENT).unwrap()
}

/// Proves A10.
#[test]
fn the_token_goes_to_the_base_and_below_it_only() {
    let base = base("https://fhir.hospital.example/tenant-a/r4");
    let table = [
        ("https://fhir.hospital.example/tenant-a/r4", true),
        ("https://fhir.hospital.example/tenant-a/r4/", true),
        ("https://fhir.hospital.example:443/tenant-a/r4/Patient/1", true),
        ("HTTPS://FHIR.HOSPITAL.EXAMPLE/tenant-a/r4/Patient/1", true),
        ("https://fhir.hospital.example/tenant-a/r4?_getpages=abc", true),
        ("https://fhir.hospital.example/tenant-a/r4/Observation?patient=1&code=http%3A%2F%2Floinc.org%7C1", true),
        ("https://fhir.hospital.example/tenant-a/r4/x/../Patient/1", true),
        ("https://fhir.hospital.example/tenant-a/r4/Binary/a%20b", true),
        ("https://fhir.hospital.example/tenant-a/r4/Binary/a..b", true),
        ("https://fhir.hospital.example/tenant-a/r4/Binary/...", true),
        ("Patient/1", true),
        ("./Patient/1", true),
        ("?_getpages=abc", true),
        ("", true),
        ("/tenant-a/r4/Patient/1", true),
        ("//fhir.hospital.example/tenant-a/r4/Patient/1", true),
        ("http://fhir.hospital.example/tenant-a/r4/Patient/1", false),
        ("https://fhir.hospital.example:8443/tenant-a/r4/Patient/1", false),
        ("https://fhir.hospital.example.evil.example/tenant-a/r4/Patient/1", false),
        ("https://evil.example/tenant-a/r4/Patient/1", false),
        ("//evil.example/tenant-a/r4/Patient/1", false),
        ("https://fhir.hospital.example@evil.example/tenant-a/r4/", false),
        ("https://user@fhir.hospital.example/tenant-a/r4/Patient/1", false),
        ("https://user:word@fhir.hospital.example/tenant-a/r4/Patient/1", false),
        ("https://fhir.hospital.example./tenant-a/r4/Patient/1", false),
        ("https://fhir.hospital.example/tenant-b/r4/Patient/1", false),
        ("https://fhir.hospital.example/tenant-a/r4evil/Patient/1", false),
        ("https://fhir.hospital.example/tenant-a/r4-b", false),
        ("https://fhir.hospital.example/tenant-a", false),
        ("https://fhir.hospital.example/Tenant-A/r4/Patient/1", false),
        ("https://fhir.hospital.example/", false),
        ("../r5/Patient/1", false),
        ("Patient/../../r5", false),
        ("/Patient/1", false),
        ("https://fhir.hospital.example/tenant-a/r4/%2e%2e/r5/Patient/1", false),
        ("https://fhir.hospital.example/tenant-a/r4/.%2E/r5/Patient/1", false),
        ("https://fhir.hospital.example/tenant-a/r4/..%2f..%2ftenant-b/r4/Patient/1", false),
        ("https://fhir.hospital.example/tenant-a/r4/x%2f..%2f..%2fr5", false),
        ("https://fhir.hospital.example/tenant-a/r4/..%5c..%5ctenant-b", false),
        ("https://fhir.hospital.example/tenant-a/r4/%252e%252e/r5", false),
        ("https://fhir.hospital.example/tenant-a/r4/%252e%252e%252fr5", false),
        ("https://fhir.hospital.example/tenant-a/r4/%25252525252e", false),
        ("https://fhir.hospital.example/tenant-a/r4/..;/r5", false),
        ("https://fhir.hospital.example/tenant-a/r4/..;a=b/r5", false),
        ("https://fhir.hospital.example/tenant-a/r4/Patient%00/1", false),
        ("https://fhir.hospital.example/tenant-a/r4/Patient%0d%0aX:1", false),
        ("https://fhir.hospital.example\\tenant-a\\r4\\Patient", false),
        ("\\\\evil.example\\x", false),
        ("Patient\\..\\..\\r5", false),
        ("https://fhir.hospital.example/tenant-a/r4/Pat\tient/1", false),
        ("/\n/evil.example/tenant-a/r4/", false),
        ("ftp://fhir.hospital.example/tenant-a/r4/Patient/1", false),
        ("file:///tenant-a/r4/Patient/1", false),
        ("data:text/plain,x", false),
        ("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0", false),
        ("javascript:alert(1)", false),
    ];
    for (reference, allowed) in table {
        assert_eq!(base.resolve_for_token(reference).is_ok(), allowed, "{reference:?}");
        // What a Url already resolved must be judged alike, unless the text alone gave it away.
        if let (true, Ok(url)) = (allowed, Url::parse(reference)) {
            assert!(base.allows_token(&url), "{reference:?}");
        }
    }
}

/// Proves A10: on the parsed address alone, without the text it came from.
#[test]
fn a_parsed_address_outside_the_base_is_refused() {
    let base = base("https://h.example:8443/r4");
    for url in [
        "https://h.example/r4/Patient/1",
        "http://h.example:8443/r4/Patient/1",
        "https://user@h.example:8443/r4/Patient/1",
        "https://:word@h.example:8443/r4/Patient/1",
        "https://h.example:8443/r4x",
        "https://h.example:8443/r4/..%2fadmin",
        "https://h.example:8443/r4/..;/admin",
    ] {
        assert!(!base.allows_token(&Url::parse(url).unwrap()), "{url}");
    }
    assert!(base.allows_token(&Url::parse("https://h.example:8443/r4/Patient/1").unwrap()));
}

/// Proves A10: a base without a path allows its whole host, and no other.
#[test]
fn a_base_at_the_root_of_its_host_works() {
    let base = base("https://h.example");
    assert_eq!(base.as_str(), "https://h.example");
    assert!(base.resolve_for_token("Patient/1").is_ok());
    assert!(base.resolve_for_token("/anything").is_ok());
    assert_eq!(base.resolve_for_token("//h.example.evil.example/"), Err(AuthError::OutsideBase));
}

proptest! {
    /// Proves A10: whatever a server writes, what is allowed begins with the base.
    #[test]
    fn no_reference_leads_out(reference in ".{0,40}", tail in "(%2e|%2E|\\.|/|\\\\|;|%2f|%5c|%25|r4|@|:|evil\\.example|\\?|#){0,12}") {
        let base = base("https://h.example/a/r4");
        for reference in [reference.clone(), tail.clone(), format!("https://h.example/a/r4{tail}"), format!("{reference}{tail}")] {
            if let Ok(url) = base.resolve_for_token(&reference) {
                let text = url.as_str();
                let rest = text.strip_prefix("https://h.example/a/r4").unwrap();
                prop_assert!(rest.is_empty() || rest.starts_with(['/', '?', '#']), "{text}");
                let path = url.path().to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/");
                prop_assert!(!path.split('/').any(|segment| segment == ".." || segment.starts_with("..;")), "{text}");
            }
        }
    }
}

/// Proves A1: nothing is added to what was typed, and what cannot be a base says why.
#[test]
fn typed_addresses() {
    for (typed, read) in [
        ("https://h.example/fhir", "https://h.example/fhir"),
        ("  https://h.example/fhir/  ", "https://h.example/fhir"),
        ("https://h.example/fhir///", "https://h.example/fhir"),
        ("https://H.Example:443/R4", "https://h.example/R4"),
        ("http://127.0.0.1:8080/fhir", "http://127.0.0.1:8080/fhir"),
        ("http://[::1]:8080/fhir", "http://[::1]:8080/fhir"),
        ("http://localhost:8080", "http://localhost:8080"),
    ] {
        let base = FhirBase::parse(typed, &DEVELOPMENT).unwrap_or_else(|error| panic!("{typed}: {error}"));
        assert_eq!(base.as_str(), read);
    }
    for (typed, problem) in [
        ("", BaseProblem::NoHttpScheme),
        ("h.example/fhir", BaseProblem::NoHttpScheme),
        ("localhost:8080/fhir", BaseProblem::NoHttpScheme),
        ("ftp://h.example/fhir", BaseProblem::NoHttpScheme),
        ("file:///etc/passwd", BaseProblem::NoHttpScheme),
        ("https:h.example/fhir", BaseProblem::NoHttpScheme),
        ("https://", BaseProblem::NotAUrl),
        ("https:///fhir", BaseProblem::NotAUrl),
        ("https://h example/fhir", BaseProblem::NotAUrl),
        ("http://h.example/fhir", BaseProblem::PlainHttp),
        ("http://127.0.0.1.evil.example/", BaseProblem::PlainHttp),
        ("http://localhost.evil.example/", BaseProblem::PlainHttp),
        ("https://me@h.example/fhir", BaseProblem::UserInfo),
        ("https://h.example/fhir?x=1", BaseProblem::QueryOrFragment),
        ("https://h.example/fhir#x", BaseProblem::QueryOrFragment),
        ("https://h.example\\fhir", BaseProblem::Characters),
        ("https://h.example/fh\u{7}ir", BaseProblem::Characters),
        ("https://h.example/..%2f", BaseProblem::Characters),
    ] {
        assert_eq!(FhirBase::parse(typed, &DEVELOPMENT), Err(AuthError::BaseInvalid(problem)), "{typed:?}");
    }
    let plain = FhirBase::parse("http://127.0.0.1:8080/fhir", &Policy::default());
    assert_eq!(plain, Err(AuthError::BaseInvalid(BaseProblem::PlainHttp)), "only with the app's leave");
}
