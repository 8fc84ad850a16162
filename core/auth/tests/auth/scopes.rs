//! What is asked for and what was granted.

use plainchart_auth::{
    Access, Allowance, CHART_TYPES, Policy, ScopeVersion, ScopeWish, Scopes, SmartConfiguration, not_granted,
};
use proptest::prelude::*;
use serde_json::json;

use crate::shell::{base, configuration_with};

/// Proves A4.
#[test]
fn the_spelling_follows_what_the_server_lists() {
    for (changes, version) in [
        (json!({"capabilities": ["permission-v2"]}), ScopeVersion::V2),
        (json!({"capabilities": [], "scopes_supported": ["openid", "patient/*.rs"]}), ScopeVersion::V2),
        (json!({"capabilities": ["permission-v1"], "scopes_supported": ["patient/*.read"]}), ScopeVersion::V1),
        (json!({"capabilities": null}), ScopeVersion::V1),
    ] {
        let body = configuration_with(changes.clone()).to_string();
        let configuration = SmartConfiguration::parse(&base(), body.as_bytes(), &Policy::default()).unwrap();
        assert_eq!(ScopeVersion::for_server(&configuration), version, "{changes}");
    }
}

/// Proves A4.
#[test]
fn the_request_names_the_sign_in_scopes_and_each_type() {
    let wish = ScopeWish::Types(vec!["Patient".into(), "Observation".into()]);
    let v1 = "openid fhirUser offline_access launch/patient patient/Patient.read patient/Observation.read";
    let v2 = "openid fhirUser offline_access launch/patient patient/Patient.rs patient/Observation.rs";
    assert_eq!(wish.scopes(ScopeVersion::V1).to_string(), v1);
    assert_eq!(wish.scopes(ScopeVersion::V2).to_string(), v2);
    let widened = wish.widened(ScopeVersion::V2).unwrap().to_string();
    assert_eq!(widened, "openid fhirUser offline_access launch/patient patient/*.rs");
    assert_eq!(ScopeWish::Exactly("openid".into()).widened(ScopeVersion::V2), None);
}

/// Proves A4: a chart's request reads every type it holds, in either spelling.
#[test]
fn asking_for_a_chart_asks_for_all_its_types() {
    for version in [ScopeVersion::V1, ScopeVersion::V2] {
        let asked = ScopeWish::chart().scopes(version);
        for name in CHART_TYPES {
            assert_eq!(asked.allows(name, Access::Read), Allowance::Full, "{name}");
            assert_eq!(asked.allows(name, Access::Search), Allowance::Full, "{name}");
        }
        assert_eq!(asked.allows("Claim", Access::Read), Allowance::Denied);
        assert_eq!(not_granted(&asked, &asked), Vec::<String>::new());
    }
}

/// Proves A4: either form, wildcards and restrictions.
#[test]
fn granted_scopes_are_read_in_either_form() {
    use Access::{Read, Search};
    let restricted =
        |queries: &[&str]| Allowance::Restricted(queries.iter().map(|query| (*query).to_owned()).collect());
    for (granted, name, access, reaches) in [
        ("patient/Observation.read", "Observation", Search, Allowance::Full),
        ("patient/Observation.rs", "Observation", Read, Allowance::Full),
        ("patient/Observation.r", "Observation", Read, Allowance::Full),
        ("patient/Observation.r", "Observation", Search, Allowance::Denied),
        ("patient/Observation.s", "Observation", Read, Allowance::Denied),
        ("patient/Observation.cruds", "Observation", Search, Allowance::Full),
        ("patient/Observation.sr", "Observation", Search, Allowance::Full),
        ("patient/Observation.*", "Observation", Search, Allowance::Full),
        ("patient/*.read", "Observation", Search, Allowance::Full),
        ("patient/*.rs", "Device", Read, Allowance::Full),
        ("user/Observation.rs", "Observation", Search, Allowance::Full),
        ("system/Observation.rs", "Observation", Search, Allowance::Denied),
        ("patient/Observation.write", "Observation", Read, Allowance::Denied),
        ("patient/Observation.cud", "Observation", Read, Allowance::Denied),
        ("patient/Observation.rs", "ObservationX", Read, Allowance::Denied),
        ("patient/Observation.rs", "Device", Read, Allowance::Denied),
        ("patient/Observation", "Observation", Read, Allowance::Denied),
        ("patient/Observation.", "Observation", Read, Allowance::Denied),
        ("patient/Observation.rx", "Observation", Read, Allowance::Denied),
        ("PATIENT/Observation.rs", "Observation", Read, Allowance::Denied),
        ("", "Observation", Read, Allowance::Denied),
        ("patient/Observation.rs?category=laboratory", "Observation", Search, restricted(&["category=laboratory"])),
        ("patient/Observation.rs?a=1 patient/*.rs?b=2", "Observation", Search, restricted(&["a=1", "b=2"])),
        ("patient/Observation.rs?a=1 patient/*.rs", "Observation", Search, Allowance::Full),
        ("patient/Observation.rs?", "Observation", Search, Allowance::Full),
    ] {
        assert_eq!(Scopes::parse(granted).allows(name, access), reaches, "{granted} {name} {access:?}");
    }
}

/// Proves A4: what was not granted, or not in full, is reported as it was asked.
#[test]
fn what_was_not_granted_is_reported() {
    for (asked, granted, reported) in [
        ("patient/A.rs patient/B.rs", "patient/A.rs", vec!["patient/B.rs"]),
        ("patient/A.rs", "patient/A.read", vec![]),
        ("patient/A.read", "patient/*.rs", vec![]),
        ("patient/A.rs", "patient/A.r patient/A.s", vec![]),
        ("patient/A.rs", "patient/A.r", vec!["patient/A.rs"]),
        ("patient/A.rs", "patient/A.rs?x=1", vec!["patient/A.rs"]),
        ("patient/A.rs?x=1", "patient/A.rs?x=1", vec![]),
        ("patient/A.rs?x=1", "patient/A.rs", vec![]),
        ("patient/*.rs", "patient/A.rs patient/B.rs", vec!["patient/*.rs"]),
        ("openid offline_access", "openid", vec!["offline_access"]),
        ("openid", "openid profile", vec![]),
    ] {
        assert_eq!(not_granted(&Scopes::parse(asked), &Scopes::parse(granted)), reported, "{asked} / {granted}");
    }
}

proptest! {
    /// Proves A4: reading and writing a list of scopes loses nothing, whatever stands in it.
    #[test]
    fn scopes_round_trip(words in proptest::collection::hash_set("[!-~]{1,30}", 0..12)) {
        let text = words.into_iter().collect::<Vec<_>>().join(" ");
        let scopes = Scopes::parse(&text);
        prop_assert_eq!(scopes.to_string(), text);
        prop_assert_eq!(not_granted(&scopes, &scopes), Vec::<String>::new());
        prop_assert_eq!(Scopes::parse(&scopes.to_string()), scopes);
    }

    /// Proves A4: more scopes never take a grant away.
    #[test]
    fn more_scopes_grant_more(
        granted in proptest::collection::vec("patient/(A|B|\\*)\\.(r|s|rs|read|write|\\*)(\\?c=(1|2))?", 0..5),
        more in "patient/(A|B|\\*)\\.(r|s|rs|read)(\\?c=(1|2))?",
        name in "A|B|C",
    ) {
        let before = Scopes::parse(&granted.join(" "));
        let after = Scopes::parse(&format!("{before} {more}"));
        for access in [Access::Read, Access::Search] {
            match before.allows(&name, access) {
                Allowance::Full => prop_assert_eq!(after.allows(&name, access), Allowance::Full),
                Allowance::Restricted(_) => prop_assert_ne!(after.allows(&name, access), Allowance::Denied),
                Allowance::Denied => {}
            }
        }
    }
}
