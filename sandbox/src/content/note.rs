//! A note: header lines, an empty line, and the body exactly as typed.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::json;

use super::{ContentError, Person, Source, Staff};
use crate::fhir::period::Period;
use crate::fhir::resource::Resource;
use crate::opaque::stable_id;

/// The ten US Core note types.
const TYPES: [(&str, &str); 10] = [
    ("11488-4", "Consultation note"),
    ("18842-5", "Discharge summary"),
    ("34117-2", "History and physical note"),
    ("28570-0", "Procedure note"),
    ("11506-3", "Progress note"),
    ("18748-4", "Diagnostic imaging study"),
    ("11502-2", "Laboratory report"),
    ("11526-1", "Pathology study"),
    ("11504-8", "Surgical operation note"),
    ("34111-5", "Emergency department note"),
];

const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";

/// The DocumentReference, and its Binary unless the body is inline, each with the note's own date.
pub(super) fn resources(
    source: &Source<'_>,
    person: &Person,
    staff: &Staff,
) -> Result<Vec<(Resource, String)>, ContentError> {
    let (headers, body) = split(source)?;
    let header = |name: &str| headers.get(name).map(|value| value.as_str()).filter(|value| !value.is_empty());
    let needed = |name: &str| header(name).ok_or_else(|| source.mistake(1, format!("no {name} header")));

    let code = needed("Type")?;
    let date = needed("Date")?;
    if !date.contains('T') || Period::parse(date).is_none() {
        return Err(source.mistake(1, "Date is not an instant"));
    }
    let status = header("Status").unwrap_or("current");
    if !["current", "superseded", "entered-in-error"].contains(&status) {
        return Err(source.mistake(1, "Status is not current, superseded or entered-in-error"));
    }
    let title = needed("Title")?;
    let media_type =
        if source.name.ends_with(".html") { "text/html; charset=utf-8" } else { "text/plain; charset=utf-8" };
    let display = TYPES.iter().find(|(known, _)| *known == code).map_or(title, |(_, display)| display);
    let id = stable_id("d", &[&person.login, source.stem()]);
    let binary = stable_id("b", &[&person.login, source.stem()]);

    let security = header("Security").map(|code| json!([{"system": CONFIDENTIALITY, "code": code}]));
    let mut attachment = json!({
        "contentType": media_type,
        "size": body.len(),
        "hash": BASE64_STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, body.as_bytes())),
        "title": title,
        "creation": date,
    });
    let inline = header("Inline").is_some_and(|value| value.eq_ignore_ascii_case("yes"));
    let (member, place) =
        if inline { ("data", BASE64_STANDARD.encode(body)) } else { ("url", format!("Binary/{binary}")) };
    attachment[member] = place.into();

    let author = match (header("Author-Id"), header("Author")) {
        (Some(id), Some(name)) => Some(json!([{"reference": format!("Practitioner/{id}"), "display": name}])),
        (Some(id), None) => Some(json!([{"reference": format!("Practitioner/{id}")}])),
        (None, Some(name)) => Some(json!([{"display": name}])),
        (None, None) => None,
    };
    let replaces = header("Replaces").map(|file| {
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let older = stable_id("d", &[&person.login, stem]);
        json!([{"code": "replaces", "target": {"reference": format!("DocumentReference/{older}")}}])
    });
    let encounter = header("Encounter").map(|id| json!({"encounter": [{"reference": format!("Encounter/{id}")}]}));
    let meta = json!({"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-documentreference"]});
    let meta = match &security {
        Some(security) => json!({"profile": meta["profile"], "security": security}),
        None => meta,
    };

    let document = Resource::new("DocumentReference", &id)
        .with("meta", &meta)
        .with("status", status)
        .with("docStatus", "final")
        .with(
            "type",
            &json!({"coding": [{"system": "http://loinc.org", "code": code, "display": display}], "text": display}),
        )
        .with(
            "category",
            &json!([{"coding": [{
                "system": "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
                "code": "clinical-note",
                "display": "Clinical Note"
            }]}]),
        )
        .with("subject", &json!({"reference": format!("Patient/{}", person.patient), "display": person.name}))
        .with("date", date)
        .with_some("author", author)
        .with_some(
            "custodian",
            staff.organization.as_ref().map(|id| json!({"reference": format!("Organization/{id}")})),
        )
        .with_some("relatesTo", replaces)
        .with("description", title)
        .with_some("securityLabel", security.map(|codings| json!([{"coding": codings}])))
        .with(
            "content",
            &json!([{
                "attachment": attachment,
                "format": {
                    "system": "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode",
                    "code": "urn:ihe:iti:xds:2017:mimeTypeSufficient",
                    "display": "mimeType Sufficient"
                }
            }]),
        )
        .with_some("context", encounter);

    let mut all = vec![(document, date.to_owned())];
    if !inline {
        let bytes = Resource::new("Binary", &binary)
            .with("contentType", media_type)
            .with("securityContext", &json!({"reference": format!("DocumentReference/{id}")}))
            .with("data", &BASE64_STANDARD.encode(body));
        all.push((bytes, date.to_owned()));
    }
    Ok(all)
}

fn split<'a>(source: &Source<'a>) -> Result<(BTreeMap<&'a str, String>, &'a str), ContentError> {
    let mut headers = BTreeMap::new();
    let mut rest = source.text.strip_prefix('\u{feff}').unwrap_or(source.text);
    for number in 1.. {
        let Some((line, after)) = rest.split_once('\n') else {
            return Err(source.mistake(number, "no empty line between headers and body"));
        };
        rest = after;
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else {
            return Err(source.mistake(number, "a header line has no colon"));
        };
        headers.insert(name.trim(), value.trim().to_owned());
    }
    Ok((headers, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTE: &str = "Type: 11506-3\nTitle: Visit\nDate: 2026-11-18T10:00:00-06:00\nAuthor: Dr. X\nInline: no\n\n  HPI: as typed\n\n";

    fn person() -> Person {
        let text =
            r#"{"login":"a","password":"p","patient":{"resourceType":"Patient","id":"1","name":[{"family":"F"}]}}"#;
        super::super::person::read(&Source { name: "a/person.json", text }).unwrap().0
    }

    fn made(text: &str) -> Result<Vec<(Resource, String)>, ContentError> {
        resources(&Source { name: "a/notes/one.txt", text }, &person(), &Staff::default())
    }

    #[test]
    fn the_body_is_served_exactly_as_typed_with_its_size_and_hash() {
        let made = made(NOTE).unwrap();
        let data = made[1].0.text("data").unwrap();
        assert_eq!(BASE64_STANDARD.decode(data).unwrap(), b"  HPI: as typed\n\n");
        let content = made[0].0.get("content").unwrap();
        let attachment = &content[0]["attachment"];
        assert_eq!(attachment["size"], 17);
        assert_eq!(attachment["url"], format!("Binary/{}", made[1].0.text("id").unwrap()));
        assert_eq!(BASE64_STANDARD.decode(attachment["hash"].as_str().unwrap()).unwrap().len(), 20);
    }

    #[test]
    fn an_inline_note_has_no_binary_and_a_mistake_is_named() {
        let inline = made(&NOTE.replace("Inline: no", "Inline: yes")).unwrap();
        assert_eq!(inline.len(), 1);
        for bad in [NOTE.replace("Type: 11506-3\n", ""), NOTE.replace("2026-11-18T", "18 Nov "), "Type: x".into()] {
            assert!(matches!(made(&bad), Err(ContentError::Mistake { .. })), "{bad}");
        }
    }

    #[test]
    fn a_replaced_note_is_linked_by_its_file_name() {
        let newer = made(&NOTE.replace("Inline", "Replaces: old.txt\nInline")).unwrap();
        let older = resources(&Source { name: "a/notes/old.txt", text: NOTE }, &person(), &Staff::default()).unwrap();
        let target = newer[0].0.get("relatesTo").unwrap()[0]["target"]["reference"].as_str().unwrap().to_owned();
        assert_eq!(target, format!("DocumentReference/{}", older[0].0.text("id").unwrap()));
    }
}
