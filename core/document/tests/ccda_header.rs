//! The facts of a C-CDA document's header.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_document::ccda::{DocumentRelation, Header, Interval, PersonName, read_header};
use plainchart_document::{DocumentError, Format};

const DOCUMENT: &str = r#"<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc">
<realmCode code="US"/><typeId extension="POCD_HD000040" root="2.16.840.1.113883.1.3"/>
<id root="1.2.3" extension="doc-2"/><code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Summary of episode"><translation code="x"/></code>
<title>Visit &amp; Summary</title><effectiveTime value="20240310141500-0500"/>
<confidentialityCode code="R" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="en-US"/>
<setId root="1.2.3" extension="set"/><versionNumber value="2"/>
<recordTarget><patientRole><id root="9.9" extension="MRN1"/><id root="9.8" extension="77"/><addr><city>Bath</city></addr>
<patient><name use="L"><prefix>Ms.</prefix><given>Ann</given><given qualifier="CL">Bea</given><family>Vale</family></name>
<name use="P">Annie  Vale</name><administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="198702"/>
<guardian><guardianPerson><name><given>Not</given></name></guardianPerson></guardian></patient>
<providerOrganization><id root="9.7"/><name>Not the patient</name></providerOrganization></patientRole></recordTarget>
<recordTarget><patientRole><id nullFlavor="UNK"/><patient><name><given>Bo</given>,<family>Vale</family></name></patient></patientRole></recordTarget>
<author><time value="20240310"/><assignedAuthor><id root="7"/><assignedPerson><name><given>Dee</given><family>Reyes</family><suffix>MD</suffix></name></assignedPerson>
<representedOrganization><name>Ward <b>Seven</b></name></representedOrganization></assignedAuthor></author>
<author><time nullFlavor="NA"/><assignedAuthor><assignedAuthoringDevice><manufacturerModelName>Maker</manufacturerModelName><softwareName displayName="Chart 9"/></assignedAuthoringDevice></assignedAuthor></author>
<informant><assignedEntity><assignedPerson><name>Nobody</name></assignedPerson></assignedEntity></informant>
<custodian><assignedCustodian><representedCustodianOrganization><id root="6"/><name>Bay Hospital</name></representedCustodianOrganization></assignedCustodian></custodian>
<legalAuthenticator><time value="20240311"/><signatureCode code="S"/><assignedEntity><assignedPerson><name>Dee Reyes</name></assignedPerson></assignedEntity></legalAuthenticator>
<documentationOf><serviceEvent classCode="PCPR"><code code="1" displayName="Care"/><effectiveTime><low value="2023"/><high value="20240310"/></effectiveTime>
<performer typeCode="PRF"><assignedEntity><assignedPerson><name>Kit Lane</name></assignedPerson></assignedEntity></performer></serviceEvent></documentationOf>
<relatedDocument typeCode="RPLC"><parentDocument><id root="1.2.3" extension="doc-1"/><setId root="1.2.3" extension="set"/><versionNumber value="1"/></parentDocument></relatedDocument>
<relatedDocument typeCode="APND"><parentDocument><id root="5"/></parentDocument></relatedDocument>
<componentOf><encompassingEncounter><id root="4" extension="v"/><code code="AMB"/><effectiveTime value="20240310140000"/>
<location><healthCareFacility><location><name>North clinic</name></location><serviceProviderOrganization><name>Bay</name></serviceProviderOrganization></healthCareFacility></location></encompassingEncounter></componentOf>
<component><structuredBody><component><section><code code="11450-4" codeSystem="2.16.840.1.113883.6.1"/><title>Problems</title><text>Words</text>
<confidentialityCode code="V" codeSystem="2.16.840.1.113883.5.25"/>
<entry><observation><code code="SECCATOBS" codeSystem="2.16.840.1.113883.1.11.20457"/><value code="PSY" codeSystem="2.16.840.1.113883.5.4"/></observation></entry>
<entry><observation><code code="64572001"/><value code="38341003"/></observation></entry>
<component><section><title> </title><text><paragraph/></text></section></component></section></component>
<component><section nullFlavor="NI"><code code="48765-2"/><title>Allergies</title><text>None</text><entry><act><confidentialityCode code="R"/></act></entry></section></component>
</structuredBody></component></ClinicalDocument>"#;

fn header(source: &str) -> Header {
    read_header(source.as_bytes()).expect("a document")
}

/// Proves D2 and N4: what a document is, when, by whom, for whom, and what it takes the place of.
#[test]
fn the_header_is_read() {
    let header = header(DOCUMENT);
    let id = header.id.as_ref().unwrap();
    assert_eq!((id.root.as_deref(), id.extension.as_deref()), (Some("1.2.3"), Some("doc-2")));
    assert_eq!(header.set_id.as_ref().unwrap().extension.as_deref(), Some("set"));
    assert_eq!((header.version_number, header.language.as_deref()), (Some(2), Some("en-US")));
    assert_eq!(header.title.as_deref(), Some("Visit & Summary"));
    let code = header.code.as_ref().unwrap();
    assert_eq!((code.code.as_deref(), code.display.as_deref()), (Some("34133-9"), Some("Summary of episode")));
    let time = header.effective_time.as_ref().unwrap();
    let parts = time.parts.unwrap();
    assert_eq!(
        (time.text.as_str(), parts.minute, parts.second, parts.offset_minutes),
        ("20240310141500-0500", Some(15), Some(0), Some(-300))
    );
    assert_eq!(header.confidentiality.as_ref().unwrap().code.as_deref(), Some("R"));
    let related: Vec<_> = header
        .related_documents
        .iter()
        .map(|other| (other.relation, other.ids[0].extension.as_deref(), other.version_number))
        .collect();
    assert_eq!(
        related,
        [(DocumentRelation::Replaces, Some("doc-1"), Some(1)), (DocumentRelation::Appends, None, None)]
    );
    assert_eq!(header.custodian.as_deref(), Some("Bay Hospital"));
}

/// Proves D2: a document lands with every person it names as its patient, and with no one else.
#[test]
fn patients_are_read() {
    let header = header(DOCUMENT);
    let [ann, bo] = header.patients.as_slice() else { panic!("two patients") };
    let ids: Vec<_> = ann.ids.iter().map(|id| (id.root.as_deref(), id.extension.as_deref())).collect();
    assert_eq!(ids, [(Some("9.9"), Some("MRN1")), (Some("9.8"), Some("77"))]);
    let owned = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
    let legal = PersonName {
        name_use: Some("L".to_owned()),
        prefix: owned(&["Ms."]),
        given: owned(&["Ann", "Bea"]),
        family: owned(&["Vale"]),
        ..PersonName::default()
    };
    let known_as =
        PersonName { name_use: Some("P".to_owned()), text: Some("Annie Vale".to_owned()), ..PersonName::default() };
    assert!(ann.names == [legal, known_as]);
    let birth = ann.birth_time.as_ref().unwrap().parts.unwrap();
    assert_eq!((birth.year, birth.month, birth.day), (1987, Some(2), None));
    assert_eq!(ann.gender.as_ref().unwrap().code.as_deref(), Some("F"));
    let bare = PersonName { given: owned(&["Bo"]), family: owned(&["Vale"]), ..PersonName::default() };
    assert!(bo.names == [bare] && bo.ids.is_empty() && bo.birth_time.is_none());
}

/// Proves D2: who wrote and signed it, the visit, and what it documents.
#[test]
fn participations_and_visits_are_read() {
    let header = header(DOCUMENT);
    let [person, device] = header.authors.as_slice() else { panic!("two authors") };
    assert_eq!(person.names[0].suffix, ["MD"]);
    assert_eq!(person.organization.as_deref(), Some("Ward"));
    assert_eq!(person.time.as_ref().unwrap().text, "20240310");
    assert!(device.names.is_empty() && device.time.is_none());
    assert_eq!(device.device.as_deref(), Some("Chart 9"));
    assert_eq!(header.legal_authenticator.as_ref().unwrap().names[0].text.as_deref(), Some("Dee Reyes"));
    let texts = |interval: &Interval| {
        [&interval.low, &interval.high].map(|time| time.as_ref().map(|time| time.text.clone()).unwrap_or_default())
    };
    let event = &header.service_events[0];
    assert_eq!(
        (event.class_code.as_deref(), texts(&event.effective_time)),
        (Some("PCPR"), ["2023".into(), "20240310".into()])
    );
    assert_eq!(event.performers[0].names[0].text.as_deref(), Some("Kit Lane"));
    let visit = header.encompassing_encounter.as_ref().unwrap();
    assert_eq!(visit.location.as_deref(), Some("North clinic"));
    assert_eq!(texts(&visit.effective_time), ["20240310140000", "20240310140000"]);
}

/// Proves N4: each section's code, and every label on it or in it.
#[test]
fn sections_carry_their_labels() {
    let header = header(DOCUMENT);
    let seen: Vec<_> = header
        .sections
        .iter()
        .map(|section| {
            let code = |concept: &plainchart_document::ccda::Concept| concept.code.clone().unwrap_or_default();
            (
                section.level,
                section.code.as_ref().map(code),
                (section.has_title, section.has_narrative, section.null_flavor.clone()),
                section.confidentiality.iter().map(code).collect::<Vec<_>>(),
                section.labels.iter().map(|label| (label.observation.clone(), code(&label.value))).collect::<Vec<_>>(),
            )
        })
        .collect();
    let text = |text: &str| text.to_owned();
    assert_eq!(
        seen,
        [
            (1, Some(text("11450-4")), (true, true, None), vec![text("V")], vec![(text("SECCATOBS"), text("PSY"))]),
            (2, None, (false, false, None), vec![], vec![]),
            (1, Some(text("48765-2")), (true, true, Some(text("NI"))), vec![text("R")], vec![]),
        ]
    );
}

/// Proves D7: a document with nothing in its header has an empty one; what is no document has none.
#[test]
fn missing_facts_stay_missing() {
    assert!(header("<ClinicalDocument/>") == Header::default());
    assert!(
        header("<ClinicalDocument><id/><title/><effectiveTime nullFlavor='UNK'/><code/></ClinicalDocument>")
            == Header::default()
    );
    for (source, format) in [("<section><templateId/></section>", Format::Xml), ("HPI: cough", Format::Text)] {
        assert_eq!(read_header(source.as_bytes()), Err(DocumentError::UnsupportedFormat { format }));
    }
}

/// Proves D7: a lost end tag in the header costs what it held, not what follows.
#[test]
fn broken_headers_keep_the_rest() {
    for lost in [
        "</code>",
        "</given>",
        "</patient>",
        "</recordTarget>",
        "</assignedAuthor>",
        "</author>",
        "</informant>",
        "</custodian>",
    ] {
        let header = header(&DOCUMENT.replacen(lost, "", 1));
        assert_eq!(header.title.as_deref(), Some("Visit & Summary"), "{lost}");
        assert_eq!(header.sections.len(), 3, "{lost}");
        assert_eq!(header.patients[0].ids.len(), 2, "{lost}");
    }
    for cut in 0..DOCUMENT.len() {
        let _ = read_header(&DOCUMENT.as_bytes()[..cut]);
    }
}

/// Proves V6: no fact of a person is in what a log could show.
#[test]
fn headers_show_nothing_of_a_person() {
    let header = header(DOCUMENT);
    let shown = format!("{header:?} {:?} {:?} {:?}", header.patients, header.authors, header.effective_time);
    for word in ["Ann", "Vale", "MRN1", "1987", "2024", "Reyes", "PSY"] {
        assert!(!shown.contains(word), "{word} in {shown}");
    }
    let stored = serde_json::to_string(&header).unwrap();
    assert!(serde_json::from_str::<Header>(&stored).unwrap() == header);
}
