//! `person.json`: who a person is, how they log in, whose charts they may see.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{ContentError, Source};
use crate::fhir::resource::Resource;
use crate::fhir::store::valid_id;
use crate::opaque::stable_id;

/// Someone who can log in.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub login: String,
    pub password: String,
    /// First given and family name of the `usual` or else `official` name.
    pub name: String,
    pub patient: String,
    pub may_see: Vec<MaySee>,
    names: Value,
}

/// One chart a person may see for someone else.
#[derive(Clone, Debug)]
pub(crate) struct MaySee {
    pub patient: String,
    pub relationship: String,
    /// A RelatedPerson of its own for each chart, as vendors do.
    pub related_person: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonFile {
    login: String,
    password: String,
    patient: Resource,
    /// Who they are in their own chart; always their Patient.
    fhir_user: Option<String>,
    #[serde(default)]
    may_see: Vec<MaySeeFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MaySeeFile {
    patient: String,
    #[serde(rename = "as")]
    role: String,
    /// The RelatedPerson; made here if the content has none of that id.
    id: Option<String>,
    relationship: String,
}

pub(super) fn read(source: &Source<'_>) -> Result<(Person, Resource), ContentError> {
    let file: PersonFile = serde_json::from_str(source.text).map_err(|e| source.mistake(e.line(), e.to_string()))?;
    let folder = source.name.split('/').next().unwrap_or_default();
    if file.login != folder {
        return Err(source.mistake(0, "login is not the name of the folder"));
    }
    let Some(patient) = file.patient.text("id").filter(|id| valid_id(id)) else {
        return Err(source.mistake(0, "patient has no valid id"));
    };
    if file.patient.text("resourceType").as_deref() != Some("Patient") {
        return Err(source.mistake(0, "patient is not a Patient"));
    }
    if file.fhir_user.is_some_and(|fhir_user| fhir_user != format!("Patient/{patient}")) {
        return Err(source.mistake(0, "fhir_user is not their own Patient"));
    }
    let mut may_see = Vec::new();
    for seen in file.may_see {
        if seen.role != "RelatedPerson" {
            return Err(source.mistake(0, "may_see.as is not RelatedPerson"));
        }
        let related_person = seen.id.unwrap_or_else(|| stable_id("r", &[&file.login, &seen.patient]));
        may_see.push(MaySee { patient: seen.patient, relationship: seen.relationship, related_person });
    }
    let names = file.patient.get("name").unwrap_or_else(|| json!([]));
    let name = display_name(&names).ok_or_else(|| source.mistake(0, "patient has no name"))?;
    Ok((Person { login: file.login, password: file.password, name, patient, may_see, names }, file.patient))
}

/// The name to show: `usual`, else `official`, else the first.
pub(crate) fn display_name(names: &Value) -> Option<String> {
    let names = names.as_array()?;
    let with_use = |wanted: &str| names.iter().find(|name| name.get("use").and_then(Value::as_str) == Some(wanted));
    let name = with_use("usual").or_else(|| with_use("official")).or_else(|| names.first())?;
    let given = name.pointer("/given/0").and_then(Value::as_str);
    let family = name.get("family").and_then(Value::as_str);
    match (given, family) {
        (None, None) => name.get("text").and_then(Value::as_str).map(str::to_owned),
        (given, family) => Some([given, family].into_iter().flatten().collect::<Vec<_>>().join(" ")),
    }
}

/// Words of `relationship` and their codes in v3-RoleCode; other words stand as text only.
const RELATIONSHIPS: [(&str, &str); 10] = [
    ("parent", "PRN"),
    ("mother", "MTH"),
    ("father", "FTH"),
    ("child", "CHILD"),
    ("daughter", "DAUC"),
    ("son", "SONC"),
    ("spouse", "SPS"),
    ("wife", "WIFE"),
    ("husband", "HUSB"),
    ("guardian", "GUARD"),
];

pub(super) fn related_person(person: &Person, seen: &MaySee) -> Resource {
    let lower = seen.relationship.to_lowercase();
    let code = RELATIONSHIPS.iter().find(|(word, _)| *word == lower);
    let coding =
        code.map(|(_, code)| json!([{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": code}]));
    let mut relationship = json!({"text": seen.relationship});
    if let (Some(coding), Some(members)) = (coding, relationship.as_object_mut()) {
        members.insert("coding".to_owned(), coding);
    }
    Resource::new("RelatedPerson", &seen.related_person)
        .with("active", &true)
        .with("patient", &json!({"reference": format!("Patient/{}", seen.patient)}))
        .with("relationship", &json!([relationship]))
        .with("name", &person.names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_name_is_shown_before_the_official_and_never_the_old_one_first() {
        let names = json!([
            {"use": "old", "given": ["A"], "family": "Old"},
            {"use": "official", "given": ["Maria", "X"], "family": "Full"},
            {"use": "usual", "given": ["Mia"], "family": "Full"}
        ]);
        assert_eq!(display_name(&names).unwrap(), "Mia Full");
        assert_eq!(display_name(&json!([])), None);
    }

    #[test]
    fn a_person_file_that_is_not_right_is_an_error() {
        let good =
            r#"{"login":"a","password":"p","patient":{"resourceType":"Patient","id":"1","name":[{"family":"F"}]}}"#;
        let read_as = |name, text: &str| read(&Source { name, text }).map(|(person, _)| person.name);
        assert_eq!(read_as("a/person.json", good).unwrap(), "F");
        assert!(read_as("b/person.json", good).is_err());
        assert!(read_as("a/person.json", &good.replace("Patient", "Person")).is_err());
        assert!(read_as("a/person.json", &good.replace("\"1\"", "\"1 2\"")).is_err());
        assert!(read_as("a/person.json", "{").is_err());
    }
}
