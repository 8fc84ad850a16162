//! A note as the `presentedForm` of a DiagnosticReport, with the results it is about.

use serde_json::{Value, json};

use super::ContentError;
use super::document::{author, labels, meta, note_type};
use super::headers::Headers;
use super::note::Written;
use crate::fhir::resource::Resource;

const STATUSES: [&str; 10] = [
    "final",
    "registered",
    "partial",
    "preliminary",
    "amended",
    "corrected",
    "appended",
    "cancelled",
    "entered-in-error",
    "unknown",
];

/// Words of `Category`, their system and code.
const CATEGORIES: [(&str, &str, &str); 4] = [
    ("lab", "http://terminology.hl7.org/CodeSystem/v2-0074", "LAB"),
    ("radiology", "http://loinc.org", "LP29684-5"),
    ("pathology", "http://loinc.org", "LP7839-6"),
    ("cardiology", "http://loinc.org", "LP29708-2"),
];

pub(super) fn resource(written: &Written<'_>) -> Result<Resource, ContentError> {
    let headers = written.headers;
    let category = headers.one_of("Category", &["lab", "radiology", "pathology", "cardiology", "none"])?;
    let category = CATEGORIES
        .iter()
        .find(|(word, ..)| *word == category)
        .map(|(_, system, code)| json!([{"coding": [{"system": system, "code": code}]}]));
    let kind = if headers.get("Category").is_none_or(|word| word == "lab") { "lab" } else { "note" };
    let profile = format!("http://hl7.org/fhir/us/core/StructureDefinition/us-core-diagnosticreport-{kind}");
    let forms: Vec<&Value> = written.attachments.iter().map(|attachment| &attachment.value).collect();
    let results = results(written)?;
    let organization =
        written.staff.organization.as_ref().map(|id| json!([{"reference": format!("Organization/{id}")}]));
    Ok(Resource::new("DiagnosticReport", written.id)
        .with("meta", &meta(&profile, labels(headers).as_ref()))
        .with_some("basedOn", references(headers, "Based-On", "ServiceRequest"))
        .with("status", headers.one_of("Status", &STATUSES)?)
        .with_some("category", category)
        .with("code", &note_type(headers, written.title)?)
        .with(
            "subject",
            &json!({"reference": format!("Patient/{}", written.person.patient), "display": written.person.name}),
        )
        .with_some("encounter", headers.get("Encounter").map(|id| json!({"reference": format!("Encounter/{id}")})))
        .with_some("effectiveDateTime", headers.get("Date"))
        .with_some("issued", headers.get("Issued"))
        .with_some("performer", organization)
        .with_some("resultsInterpreter", author(headers))
        .with_some("result", results)
        .with_some("conclusion", headers.get("Conclusion"))
        .with("presentedForm", &forms))
}

/// The Observations of `Panel`, then those that `Results` names by id.
fn results(written: &Written<'_>) -> Result<Option<Value>, ContentError> {
    let headers = written.headers;
    let mut ids: Vec<&str> = Vec::new();
    for panel in headers.list("Panel") {
        let members = written.panels.get(panel);
        let members = members.ok_or_else(|| headers.mistake("Panel", "is not a panel of results.csv"))?;
        ids.extend(members.iter().map(String::as_str));
    }
    ids.extend(headers.list("Results"));
    let reference = |id: &&str| json!({"reference": format!("Observation/{id}")});
    Ok((!ids.is_empty()).then(|| ids.iter().map(reference).collect()))
}

fn references(headers: &Headers<'_>, header: &str, resource_type: &str) -> Option<Value> {
    let references: Vec<Value> =
        headers.list(header).map(|id| json!({"reference": format!("{resource_type}/{id}")})).collect();
    (!references.is_empty()).then(|| references.into())
}
