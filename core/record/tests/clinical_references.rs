//! References and what they mean: relative, absolute, `urn:uuid:`, contained, conditional, by number, dangling (D7).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::expect_used,
    reason = "a test may fail"
)]

use plainchart_record::contact::Contact;
use plainchart_record::contained::find_contained;
use plainchart_record::practitioner::Practitioner;
use plainchart_record::practitioner_role::PractitionerRole;
use plainchart_record::{Identity, Reference, Target, lookups, read_bundle, references};
use proptest::prelude::*;

const BASE: &str = "https://lakeside.example/fhir";
const FIXTURE: &str = include_str!("fixtures/clinical.json");

const PRACTITIONER: &str = r#"{"resourceType":"Practitioner","id":"d1","identifier":[
    {"system":"http://hl7.org/fhir/sid/us-npi","value":"99+1"},{"value":"local"}],
    "name":[{"use":"old","family":"Eze"},{"family":"Okafor","given":["Ines"]}],
    "telecom":[{"system":"phone","value":"1","use":"old"},{"system":"email","value":"2"},{"value":"3"},
        {"system":"phone","value":"+1 (555) 0101"},{"system":"sms","value":"5"},{"system":"fax","value":"6"}]}"#;

/// The first reference of `{"a": REFERENCE}`.
fn reference(raw: &str) -> Reference {
    references(&format!(r#"{{"a":{raw}}}"#)).unwrap().remove(0).1
}

/// Proves D7: a practitioner is found by each way that servers refer to one, and by no lookalike.
#[test]
fn a_resource_is_found_by_every_address_of_it() {
    let identity = Identity::read(PRACTITIONER, Some("urn:uuid:6E0F4B8A-0000-4000-8000-000000000001")).unwrap();
    for own in [
        r#"{"reference":"Practitioner/d1"}"#,
        r#"{"reference":"Practitioner/d1/_history/4"}"#,
        r#"{"reference":"https://lakeside.example/fhir/Practitioner/d1"}"#,
        r#"{"reference":"http://lakeside.example/fhir/Practitioner/d1"}"#,
        r#"{"reference":"urn:uuid:6e0f4b8a-0000-4000-8000-000000000001"}"#,
        r#"{"reference":"Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|99+1"}"#,
        r#"{"reference":"Practitioner?identifier=99%2B1"}"#,
        r#"{"reference":"Practitioner?identifier=local"}"#,
        r#"{"identifier":{"system":"http://hl7.org/fhir/sid/us-npi","value":"99+1"},"type":"Practitioner"}"#,
        r#"{"identifier":{"system":"http://hl7.org/fhir/sid/us-npi","value":"99+1"},"display":"Dr. Okafor"}"#,
        r#"{"reference":"Practitioner/gone","identifier":{"system":"http://hl7.org/fhir/sid/us-npi","value":"99+1"}}"#,
    ] {
        assert!(identity.is_meant_by(&reference(own), BASE), "{own}");
    }
    for other in [
        r#"{"reference":"Practitioner/d2"}"#,
        r#"{"reference":"Organization/d1"}"#,
        r#"{"reference":"https://elsewhere.example/fhir/Practitioner/d1"}"#,
        r#"{"reference":"urn:uuid:6e0f4b8a-0000-4000-8000-000000000002"}"#,
        r#"{"reference":"Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|99"}"#,
        r#"{"reference":"Organization?identifier=http://hl7.org/fhir/sid/us-npi|99+1"}"#,
        r#"{"reference":"Practitioner?identifier=urn:other|99+1"}"#,
        r##"{"reference":"#d1"}"##,
        r#"{"identifier":{"value":"99+1"}}"#,
        r#"{"identifier":{"system":"http://hl7.org/fhir/sid/us-npi","value":"99+1"},"type":"Organization"}"#,
        r#"{"reference":"","display":"Dr. Okafor"}"#,
    ] {
        assert!(!identity.is_meant_by(&reference(other), BASE), "{other}");
    }
    let twice = r#"{"resourceType":"Practitioner","id":"a","id":"b"}"#;
    assert!(Identity::read(twice, None).is_err());
}

/// Proves D7: what dangles is still shown by its display, and has nothing to be looked up by.
#[test]
fn a_dangling_reference_keeps_its_words() {
    for (raw, lookups_expected) in [
        (r##"{"reference":"#nobody","display":"Dr. Brandt"}"##, 0),
        (r#"{"reference":"not an address","display":"Dr. Brandt"}"#, 0),
        (r#"{"reference":"Practitioner/gone","display":"Dr. Brandt"}"#, 1),
    ] {
        let found = reference(raw);
        assert_eq!(found.display.as_deref(), Some("Dr. Brandt"));
        assert_eq!(lookups(&found, BASE).len(), lookups_expected, "{raw}");
    }
    let role = PractitionerRole::read(
        r##"{"resourceType":"PractitionerRole","practitioner":{"reference":"#x","display":"Dr. Brandt"},"organization":{"reference":"#y"}}"##,
    );
    assert_eq!(role.unwrap().display_name().as_deref(), Some("Dr. Brandt"));
}

/// Proves D7: every reference is found, however deep: in lists, in extensions, in contained resources, by number.
#[test]
fn every_reference_is_found_with_its_path() {
    let raw = r##"{"resourceType":"Encounter","subject":{"reference":"Patient/1"},
        "participant":[{"type":[{"text":"x"}]},{"individual":{"reference":"#p","extension":[{"valueReference":{"reference":"Device/2"}}]}}],
        "extension":[{"url":"u","extension":[{"url":"v","valueReference":{"reference":"Location/3"}}]}],
        "contained":[{"resourceType":"PractitionerRole","id":"p","identifier":[{"system":"s","value":"v"}],
            "organization":{"identifier":{"value":"9","assigner":{"reference":"Organization/4"}},"display":"Lakeside"}}],
        "serviceProvider":[[{"reference":"Organization/5"}]],"note":"reference","partOf":"Encounter/6","diagnosis":{"reference":{}},
        "\u0062asedOn":{"\u0072eference":"ServiceRequest/7"}}"##;
    let found = references(raw).unwrap();
    let told: Vec<(&str, Option<&str>)> =
        found.iter().map(|(path, found)| (path.as_str(), found.target.id())).collect();
    assert_eq!(
        told,
        [
            ("subject", Some("1")),
            ("participant[1].individual", None),
            ("participant[1].individual.extension[0].valueReference", Some("2")),
            ("extension[0].extension[0].valueReference", Some("3")),
            ("contained[0].organization", None),
            ("contained[0].organization.identifier.assigner", Some("4")),
            ("serviceProvider[0][0]", Some("5")),
            ("basedOn", Some("7")),
        ]
    );
    assert!(find_contained(raw, "p").is_some() && found[1].1.target == Target::Contained("p".to_owned()));
    assert!(references("[]").is_err());
}

/// Proves D10: the walk is bounded in depth and in number.
#[test]
fn the_walk_is_bounded() {
    let deep = format!(r#"{{"a":{}{{"reference":"Patient/1"}}{}}}"#, "[".repeat(5000), "]".repeat(5000));
    assert!(references(&deep).unwrap().is_empty());
    let deep = format!(r#"{{"a":{}{{"reference":"Patient/1"}}{}}}"#, "[".repeat(50), "]".repeat(50));
    assert_eq!(references(&deep).unwrap().len(), 1);
    let one = r#"{"reference":"Patient/1"}"#;
    let many = format!(r#"{{"a":[{}{one}]}}"#, format!("{one},").repeat(20_000));
    assert_eq!(references(&many).unwrap().len(), 10_000);
}

/// Proves D1: telephones are told as recorded, old ones last; other ways are not telephones; old names are never shown.
#[test]
fn telephones_are_told_as_recorded() {
    let practitioner = Practitioner::read(PRACTITIONER).unwrap();
    let told: Vec<&str> = practitioner.telephones().iter().map(|point| point.value.as_str()).collect();
    assert_eq!(told, ["+1 (555) 0101", "5", "1"]);
    assert_eq!(practitioner.display_name().as_deref(), Some("Ines Okafor"));
    assert_eq!(practitioner.telecom().len(), 6);
}

/// Proves D7: in a whole record, each resource is found by its own references and by those of no other.
#[test]
fn each_resource_of_a_record_is_found_once() {
    let bundle = read_bundle(FIXTURE).unwrap();
    let identities: Vec<Identity> = (bundle.entries.iter())
        .map(|entry| Identity::read(entry.raw.unwrap(), entry.full_url.as_deref()).unwrap())
        .collect();
    let mut found = 0;
    for entry in &bundle.entries {
        for (path, reference) in references(entry.raw.unwrap()).unwrap() {
            let meant = identities.iter().filter(|identity| identity.is_meant_by(&reference, BASE)).count();
            assert!(meant <= 1, "{path}");
            found += meant;
        }
    }
    assert!(found > 30);
}

proptest! {
    /// Proves D7: a resource with a system and a number is found by a conditional reference, whatever the number.
    #[test]
    fn any_number_is_found(value in "[!-~]{1,20}", system in "urn:[a-z]{1,8}(:[0-9.]{1,8})?") {
        let raw = serde_json::json!({"resourceType": "Location", "identifier": [{"system": system, "value": value}]});
        let identity = Identity::read(&raw.to_string(), None).unwrap();
        let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let by_number = Reference::to(&format!("Location?identifier={system}|{encoded}"));
        prop_assert!(identity.is_meant_by(&by_number, BASE));
        let other = Reference::to(&format!("Location?identifier={system}|{encoded}x"));
        prop_assert!(!identity.is_meant_by(&other, BASE));
    }
}
