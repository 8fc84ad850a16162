//! A note as a DocumentReference.

use serde_json::{Map, Value, json};

use super::ContentError;
use super::headers::Headers;
use super::note::Written;
use crate::fhir::resource::Resource;

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

/// Words of `relatesTo.code` and the header that gives each.
const RELATIONS: [(&str, &str); 4] =
    [("Replaces", "replaces"), ("Appends", "appends"), ("Transforms", "transforms"), ("Signs", "signs")];

const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

/// `relates`: the references of a header that names other notes.
pub(super) fn resource(
    written: &Written<'_>,
    relates: impl Fn(&str) -> Result<Vec<String>, ContentError>,
) -> Result<Resource, ContentError> {
    let headers = written.headers;
    let label_in = headers.one_of("Label-In", &["both", "meta", "element"])?;
    let labels = labels(headers);
    let date = headers.get("Date").filter(|date| date.contains('T') || headers.says_yes("Loose-Date").unwrap_or(false));
    let mut related = Vec::new();
    for (header, code) in RELATIONS {
        for reference in relates(header)? {
            related.push(json!({"code": code, "target": {"reference": reference}}));
        }
    }
    let content: Vec<Value> = written
        .attachments
        .iter()
        .map(|attachment| json!({"attachment": attachment.value, "format": attachment.format}))
        .collect();
    let profile = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-documentreference";
    Ok(Resource::new("DocumentReference", written.id)
        .with("meta", &meta(profile, labels.as_ref().filter(|_| label_in != "element")))
        .with("status", headers.one_of("Status", &["current", "superseded", "entered-in-error"])?)
        .with("docStatus", headers.one_of("Doc-Status", &["final", "preliminary", "amended", "entered-in-error"])?)
        .with("type", &note_type(headers, written.title)?)
        .with_some("category", category(headers)?)
        .with(
            "subject",
            &json!({"reference": format!("Patient/{}", written.person.patient), "display": written.person.name}),
        )
        .with_some("date", date)
        .with_some("author", author(headers))
        .with_some(
            "custodian",
            written.staff.organization.as_ref().map(|id| json!({"reference": format!("Organization/{id}")})),
        )
        .with_some("relatesTo", (!related.is_empty()).then_some(related))
        .with("description", written.title)
        .with_some("securityLabel", labels.filter(|_| label_in != "meta").map(|codings| json!([{"coding": codings}])))
        .with("content", &content)
        .with_some("context", context(headers)))
}

/// `meta` with the profile and, if any, the labels.
pub(super) fn meta(profile: &str, labels: Option<&Value>) -> Value {
    match labels {
        Some(labels) => json!({"profile": [profile], "security": labels}),
        None => json!({"profile": [profile]}),
    }
}

/// Codes of the `Security` header: U, L, M, N, R, V are degrees of confidentiality, `system|code` is any code,
/// everything else a sensitivity such as PSY.
pub(super) fn labels(headers: &Headers<'_>) -> Option<Value> {
    let label = |code: &str| match code.rsplit_once('|') {
        Some((system, code)) => json!({"system": system, "code": code}),
        None if ["U", "L", "M", "N", "R", "V"].contains(&code) => json!({"system": CONFIDENTIALITY, "code": code}),
        None => json!({"system": ACT_CODE, "code": code}),
    };
    let labels: Vec<Value> = headers.list("Security").map(label).collect();
    (!labels.is_empty()).then(|| labels.into())
}

/// The LOINC code of the `Type` header.
pub(super) fn note_type(headers: &Headers<'_>, title: &str) -> Result<Value, ContentError> {
    let code = headers.needed("Type")?;
    let display = TYPES.iter().find(|(known, _)| *known == code).map_or(title, |(_, display)| display);
    Ok(json!({"coding": [{"system": "http://loinc.org", "code": code, "display": display}], "text": display}))
}

/// `Author-Id` is the id of a Practitioner, or a reference as it is.
pub(super) fn author(headers: &Headers<'_>) -> Option<Value> {
    let mut author = Map::new();
    if let Some(id) = headers.get("Author-Id") {
        let as_is = id.contains(['/', ':', '#']);
        author.insert("reference".into(), if as_is { id.into() } else { format!("Practitioner/{id}").into() });
    }
    if let Some(name) = headers.get("Author") {
        author.insert("display".into(), name.into());
    }
    (!author.is_empty()).then(|| json!([author]))
}

fn category(headers: &Headers<'_>) -> Result<Option<Value>, ContentError> {
    Ok(match headers.one_of("Category", &["clinical-note", "none"])? {
        "none" => None,
        _ => Some(json!([{"coding": [{
            "system": "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
            "code": "clinical-note",
            "display": "Clinical Note"
        }]}])),
    })
}

/// Encounter, event and period. A date that is no instant cannot stand in `date`: it is the period's start.
fn context(headers: &Headers<'_>) -> Option<Value> {
    let mut context = Map::new();
    if let Some(id) = headers.get("Encounter") {
        context.insert("encounter".into(), json!([{"reference": format!("Encounter/{id}")}]));
    }
    if let Some(event) = headers.get("Event") {
        let mut parts = event.splitn(3, '|');
        let mut next = || parts.next().unwrap_or_default();
        context.insert("event".into(), json!([{"coding": [{"system": next(), "code": next(), "display": next()}]}]));
    }
    let period = headers.get("Period").or_else(|| headers.get("Date").filter(|date| !date.contains('T')));
    if let Some(period) = period {
        let (start, end) = period.split_once('/').unwrap_or((period, ""));
        let mut ends = Map::new();
        for (name, end) in [("start", start), ("end", end)] {
            if !end.is_empty() {
                ends.insert(name.into(), end.into());
            }
        }
        context.insert("period".into(), ends.into());
    }
    (!context.is_empty()).then(|| context.into())
}
