//! Which resource, which version, whose (A9, D4, N4).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_record::patient::{Deceased, LinkKind};
use plainchart_record::{KnownPatient, Ownership, Patient, RecordError, Subject, Target, read_header};

const PATIENT: &str = include_str!("fixtures/patient.json");
const NOTE: &str = include_str!("fixtures/progress-note.json");
const BASE: &str = "https://lakeside.example/fhir";

fn subject(raw: &str) -> Subject {
    read_header(raw).unwrap().subject
}

/// True when every subject named is the patient `a`, as a caller decides it.
fn is_of_a(raw: &str) -> bool {
    let a = Target::parse("Patient/a");
    matches!(subject(raw), Subject::Of(all) if all.iter().all(|one| one.target.same_target(&a, BASE)))
}

/// Proves A9: the subject is found where its type has it, and two that differ are both seen.
#[test]
fn the_subject_is_found_by_type() {
    for own in [
        r#"{"resourceType":"Observation","subject":{"reference":"Patient/a/_history/3"}}"#,
        r#"{"resourceType":"Immunization","patient":{"reference":"https://lakeside.example/fhir/Patient/a"}}"#,
        r#"{"resourceType":"Coverage","beneficiary":{"reference":"Patient/a"}}"#,
        r#"{"resourceType":"Appointment","participant":[{"actor":{"reference":"Practitioner/p"}},{"actor":{"reference":"Patient/a"}}]}"#,
        r#"{"resourceType":"SomethingNew","subject":"Patient/a"}"#,
    ] {
        assert!(is_of_a(own), "{own}");
    }
    for foreign in [
        r#"{"resourceType":"Observation","subject":{"reference":"Patient/b"}}"#,
        r#"{"resourceType":"Observation","subject":{"reference":"Patient/a"},"patient":{"reference":"Patient/b"}}"#,
        r#"{"resourceType":"Observation","subject":[{"reference":"Patient/a"},{"reference":"Patient/b"}]}"#,
        r#"{"resourceType":"Observation","subject":{"reference":["Patient/a"]}}"#,
        r#"{"resourceType":"Observation","subject":{"display":"Patient/a"}}"#,
        r#"{"resourceType":"Observation","subject":{}}"#,
        r#"{"resourceType":"Observation","subject":7}"#,
        r#"{"resourceType":"Observation","subject":{"reference":"Group/a"}}"#,
    ] {
        assert!(matches!(subject(foreign), Subject::Of(_)) && !is_of_a(foreign), "{foreign}");
    }
    assert!(subject(r#"{"resourceType":"Observation","subject":null}"#) == Subject::NotGiven);
    assert!(subject(r#"{"resourceType":"Appointment","participant":[]}"#) == Subject::NotGiven);
    assert!(subject(r#"{"resourceType":"Practitioner","subject":{"reference":"Patient/b"}}"#) == Subject::NoneByType);
    assert!(subject(PATIENT) == Subject::Itself);
}

/// Proves A9: a resource that names its patient twice is refused, however the name is spelled.
#[test]
fn what_can_be_read_two_ways_is_refused() {
    for twice in [
        r#"{"resourceType":"Observation","subject":{"reference":"Patient/b"},"subject":{"reference":"Patient/a"}}"#,
        r#"{"resourceType":"Observation","subject":{"reference":"Patient/b"},"subj\u0065ct":{"reference":"Patient/a"}}"#,
        r#"{"resourceType":"Observation","resourceType":"Practitioner"}"#,
        r#"{"resourceType":"Patient","id":"a","id":"b"}"#,
        r#"{"resourceType":"Patient","meta":{"security":[{"code":"R"}]},"meta":{}}"#,
    ] {
        assert!(matches!(read_header(twice), Err(RecordError::DuplicateMember { .. })), "{twice}");
    }
}

/// Proves D3: version and time are read from a header of any type; proves N4: so are the labels, wherever they stand.
#[test]
fn a_header_tells_version_and_labels() {
    let header = read_header(NOTE).unwrap();
    assert_eq!((header.resource_type.as_str(), header.id.as_deref()), ("DocumentReference", Some("n7")));
    assert_eq!(header.version_id.as_deref(), Some("2"));
    assert_eq!(header.last_updated.unwrap().epoch_ms, Some(1_795_017_600_000));
    assert_eq!(header.security.confidentiality, ["R"]);
    assert_eq!(header.security.sensitivity, ["PSY"]);
    let contained = r#"{"resourceType":"X","contained":[{"meta":{"security":[{"code":"secret"}]}}]}"#;
    assert_eq!(read_header(contained).unwrap().security.other.len(), 1);
    assert!(read_header(r#"{"resourceType":"X","meta":{"tag":[{"code":"SUBSETTED"}]}}"#).unwrap().subsetted);
}

/// Proves D4: an entry made in error is known by either member that can say so.
#[test]
fn entered_in_error_is_seen() {
    let allergy =
        r#"{"resourceType":"AllergyIntolerance","verificationStatus":{"coding":[{"code":"entered-in-error"}]}}"#;
    assert!(read_header(allergy).unwrap().entered_in_error);
    assert!(
        read_header(r#"{"resourceType":"Observation","id":"1","status":"entered-in-error"}"#).unwrap().entered_in_error
    );
    assert!(!read_header(NOTE).unwrap().entered_in_error);
}

/// Proves A9: `usual`, else `official`, else another, never `old`.
#[test]
fn the_name_to_show_is_never_an_old_one() {
    let patient = Patient::read(PATIENT).unwrap();
    assert_eq!(patient.display_name().as_deref(), Some("Rosa Vidal"));
    let without = |uses: &[&str]| {
        let mut patient = patient.clone();
        patient.names.retain(|name| !uses.contains(&name.use_code.as_deref().unwrap_or("")));
        patient.display_name()
    };
    assert_eq!(without(&["usual"]).as_deref(), Some("Ms. Rosa María Vidal Ortega PhD"));
    assert_eq!(without(&["usual", "official"]).as_deref(), Some("Rosa Ortega"));
    assert_eq!(without(&["usual", "official", "maiden"]), None);
}

/// Proves D7: a birth month stays a month; nothing is filled in.
#[test]
fn a_patient_is_read_as_recorded() {
    let patient = Patient::read(PATIENT).unwrap();
    let born = patient.birth_date.unwrap();
    assert_eq!((born.text.as_str(), born.epoch_ms), ("1979-04", None));
    assert_eq!(patient.telecom.len(), 1);
    assert!(patient.deceased == Deceased::NotRecorded);
    let kinds: Vec<_> = patient.links.iter().map(|link| link.kind.clone()).collect();
    assert_eq!(kinds, [LinkKind::Replaces, LinkKind::Refer]);
    let died = |member: &str| Patient::read(&format!("{{\"resourceType\":\"Patient\",{member}}}")).unwrap().deceased;
    assert!(died(r#""deceasedBoolean":true"#) == Deceased::Yes);
    assert!(died(r#""deceasedBoolean":false"#) == Deceased::No);
    assert!(matches!(died(r#""deceasedDateTime":"2025""#), Deceased::At(time) if time.text == "2025"));
}

/// Proves A9: the chart's patient is known by id, by a merging link, by a contained Patient with a whole identifier in
/// common, and by nothing else.
#[test]
fn a_chart_takes_its_own_patient_only() {
    let known = KnownPatient::new(BASE, &Patient::read(PATIENT).unwrap()).also_at(Target::parse("urn:uuid:AB-1"));
    let owns = |subject: &str| {
        let raw = format!(
            r#"{{"resourceType":"Observation","subject":{subject},"contained":[
            {{"resourceType":"Patient","id":"p","identifier":[{{"system":"urn:example:lakeside:mrn","value":"00417"}}]}},
            {{"resourceType":"Patient","id":"q","identifier":[{{"value":"00417"}},{{"system":"urn:example:lakeside:mrn"}}]}},
            {{"resourceType":"Person","id":"r","identifier":[{{"system":"urn:example:lakeside:mrn","value":"00417"}}]}},
            {{"resourceType":"Patient","id":"twice","identifier":[{{"system":"urn:example:lakeside:mrn","value":"00417"}}]}},
            {{"resourceType":"Patient","id":"twice"}}]}}"#
        );
        known.owns(&read_header(&raw).unwrap().subject, &raw)
    };
    let at = |reference: &str| owns(&format!(r#"{{"reference":"{reference}"}}"#));
    for own in [
        "Patient/vidal-rosa/_history/9",
        "Patient/vidal-r",
        "#p",
        "urn:uuid:ab-1",
        "https://lakeside.example/fhir/Patient/vidal-rosa",
    ] {
        assert_eq!(at(own), Ownership::Same, "{own}");
    }
    for other in [
        "Patient/x",
        "Patient/vidal-aurelio",
        "#q",
        "#r",
        "#twice",
        "#none",
        "#",
        "urn:uuid:2",
        "https://other.example/fhir/Patient/vidal-rosa",
    ] {
        assert_eq!(at(other), Ownership::Other, "{other}");
    }
    assert_eq!(owns(r#"[{"reference":"Patient/vidal-rosa"},{"reference":"Patient/vidal-aurelio"}]"#), Ownership::Other);
    assert_eq!(owns(r#"[{"reference":"Patient/vidal-rosa"},{"display":"and another"}]"#), Ownership::Other);
    assert_eq!(owns(r#"{"identifier":{"system":"urn:example:lakeside:mrn","value":"00417"}}"#), Ownership::Other);
    assert_eq!(owns(r#"{"display":"Rosa Vidal"}"#), Ownership::NotGiven);
    assert_eq!(owns("null"), Ownership::NotGiven);
    assert_eq!(known.owns(&Subject::Itself, PATIENT), Ownership::Same);
    assert_eq!(known.owns(&Subject::Itself, &PATIENT.replace("vidal-rosa", "vidal-x")), Ownership::Other);
    assert_eq!(known.owns(&Subject::NoneByType, "{}"), Ownership::NoneByType);
}
