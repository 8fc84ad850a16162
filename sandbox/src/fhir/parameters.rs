//! The search parameters and includes of each type: those of US Core 7's server capability statement, and what FHIR R4
//! itself names for the types it leaves out.

use serde_json::Value;

/// How a parameter is read, and in which elements it looks. `a.b` is `b` of every `a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Id,
    Patient,
    LastUpdated,
    Token(&'static [&'static str]),
    Reference(&'static [&'static str]),
    Date(&'static [&'static str]),
    Text(&'static [&'static str]),
}

impl Kind {
    /// `SearchParamType`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Id | Self::Token(_) => "token",
            Self::Patient | Self::Reference(_) => "reference",
            Self::LastUpdated | Self::Date(_) => "date",
            Self::Text(_) => "string",
        }
    }
}

type Parameter = (&'static str, Kind);

/// Known for every type.
const OF_ALL: [Parameter; 3] =
    [("_id", Kind::Id), ("_lastUpdated", Kind::LastUpdated), ("identifier", Kind::Token(&["identifier"]))];

const PATIENT: Parameter = ("patient", Kind::Patient);
const SUBJECT: Parameter = ("subject", Kind::Patient);
const STATUS: Parameter = ("status", Kind::Token(&["status"]));
const CATEGORY: Parameter = ("category", Kind::Token(&["category"]));
const CODE: Parameter = ("code", Kind::Token(&["code"]));
const TYPE: Parameter = ("type", Kind::Token(&["type"]));
const INTENT: Parameter = ("intent", Kind::Token(&["intent"]));
const ENCOUNTER: Parameter = ("encounter", Kind::Reference(&["encounter"]));
const CLINICAL_STATUS: Parameter = ("clinical-status", Kind::Token(&["clinicalStatus"]));
const DATE: Parameter = ("date", Kind::Date(&DATES));
const NAME: Parameter = ("name", Kind::Text(&["name", "name.text", "name.family", "name.given"]));
const ADDRESS: Parameter =
    ("address", Kind::Text(&["address.text", "address.line", "address.city", "address.state", "address.postalCode"]));

const OF_TYPE: [(&str, &[Parameter]); 29] = [
    ("AllergyIntolerance", &[PATIENT, CLINICAL_STATUS, CODE, DATE, CATEGORY]),
    (
        "Appointment",
        &[
            PATIENT,
            STATUS,
            ("date", Kind::Date(&["start"])),
            ("actor", Kind::Reference(&["participant.actor"])),
            ("service-type", Kind::Token(&["serviceType"])),
        ],
    ),
    ("Binary", &[PATIENT, ("contenttype", Kind::Token(&["contentType"]))]),
    ("CarePlan", &[PATIENT, SUBJECT, CATEGORY, STATUS, INTENT, ENCOUNTER, ("date", Kind::Date(&["period"]))]),
    ("CareTeam", &[PATIENT, SUBJECT, STATUS, CATEGORY, ENCOUNTER, ("role", Kind::Token(&["participant.role"]))]),
    (
        "Condition",
        &[
            PATIENT,
            SUBJECT,
            CATEGORY,
            CLINICAL_STATUS,
            CODE,
            ENCOUNTER,
            DATE,
            ("verification-status", Kind::Token(&["verificationStatus"])),
            ("onset-date", Kind::Date(&["onsetDateTime", "onsetPeriod"])),
            ("abatement-date", Kind::Date(&["abatementDateTime", "abatementPeriod"])),
            ("recorded-date", Kind::Date(&["recordedDate"])),
        ],
    ),
    ("Coverage", &[PATIENT, STATUS, TYPE]),
    ("Device", &[PATIENT, STATUS, TYPE]),
    ("DiagnosticReport", &[PATIENT, SUBJECT, STATUS, CATEGORY, CODE, DATE, ENCOUNTER]),
    (
        "DocumentReference",
        &[
            PATIENT,
            SUBJECT,
            STATUS,
            CATEGORY,
            TYPE,
            DATE,
            ("encounter", Kind::Reference(&["context.encounter"])),
            ("period", Kind::Date(&["context.period"])),
            ("relatesto", Kind::Reference(&["relatesTo.target"])),
        ],
    ),
    (
        "Encounter",
        &[
            PATIENT,
            SUBJECT,
            STATUS,
            TYPE,
            ("class", Kind::Token(&["class"])),
            ("date", Kind::Date(&["period"])),
            ("location", Kind::Reference(&["location.location"])),
            ("discharge-disposition", Kind::Token(&["hospitalization.dischargeDisposition"])),
        ],
    ),
    (
        "Goal",
        &[
            PATIENT,
            SUBJECT,
            CATEGORY,
            ("lifecycle-status", Kind::Token(&["lifecycleStatus"])),
            ("description", Kind::Token(&["description"])),
            ("target-date", Kind::Date(&["target.dueDate"])),
            ("start-date", Kind::Date(&["startDate"])),
        ],
    ),
    ("Immunization", &[PATIENT, STATUS, DATE, ("vaccine-code", Kind::Token(&["vaccineCode"]))]),
    ("Location", &[NAME, ADDRESS, ("address-city", Kind::Text(&["address.city"]))]),
    ("Medication", &[CODE, STATUS]),
    ("MedicationDispense", &[PATIENT, SUBJECT, STATUS, TYPE]),
    (
        "MedicationRequest",
        &[
            PATIENT,
            SUBJECT,
            STATUS,
            INTENT,
            ENCOUNTER,
            CATEGORY,
            ("code", Kind::Token(&["medicationCodeableConcept"])),
            ("authoredon", Kind::Date(&["authoredOn"])),
        ],
    ),
    ("MedicationStatement", &[PATIENT, SUBJECT, STATUS, CATEGORY]),
    ("Observation", &[PATIENT, SUBJECT, STATUS, CATEGORY, CODE, DATE, ENCOUNTER]),
    ("Organization", &[NAME, ADDRESS, TYPE]),
    (
        "Patient",
        &[
            PATIENT,
            NAME,
            ("family", Kind::Text(&["name.family"])),
            ("given", Kind::Text(&["name.given"])),
            ("gender", Kind::Token(&["gender"])),
            ("birthdate", Kind::Date(&["birthDate"])),
            ("death-date", Kind::Date(&["deceasedDateTime"])),
        ],
    ),
    ("Practitioner", &[NAME]),
    (
        "PractitionerRole",
        &[
            ("practitioner", Kind::Reference(&["practitioner"])),
            ("organization", Kind::Reference(&["organization"])),
            ("specialty", Kind::Token(&["specialty"])),
        ],
    ),
    ("Procedure", &[PATIENT, SUBJECT, STATUS, CATEGORY, CODE, DATE, ENCOUNTER]),
    ("Provenance", &[PATIENT, ("target", Kind::Reference(&["target"])), ("recorded", Kind::Date(&["recorded"]))]),
    ("Questionnaire", &[STATUS]),
    ("QuestionnaireResponse", &[PATIENT, STATUS, ("authored", Kind::Date(&["authored"]))]),
    ("RelatedPerson", &[PATIENT, NAME]),
    (
        "ServiceRequest",
        &[PATIENT, SUBJECT, STATUS, INTENT, CATEGORY, CODE, ENCOUNTER, ("authored", Kind::Date(&["authoredOn"]))],
    ),
];

/// For types this table does not have.
const OTHERS: [Parameter; 6] = [PATIENT, STATUS, CATEGORY, TYPE, CODE, DATE];

/// Where a resource's own date stands, in the order they are tried. Not `start`: an Appointment is entered before it.
pub(crate) const DATES: [&str; 12] = [
    "date",
    "effectiveDateTime",
    "effectivePeriod",
    "performedDateTime",
    "performedPeriod",
    "occurrenceDateTime",
    "occurrencePeriod",
    "authoredOn",
    "recordedDate",
    "period",
    "recorded",
    "issued",
];

/// What `_include` may name: the type, the parameter, the element that refers.
const INCLUDES: [(&str, &str, &str); 40] = [
    ("AllergyIntolerance", "patient", "patient"),
    ("AllergyIntolerance", "recorder", "recorder"),
    ("Appointment", "actor", "participant.actor"),
    ("CarePlan", "care-team", "careTeam"),
    ("CarePlan", "condition", "addresses"),
    ("CarePlan", "goal", "goal"),
    ("CarePlan", "patient", "subject"),
    ("CareTeam", "participant", "participant.member"),
    ("CareTeam", "patient", "subject"),
    ("Condition", "asserter", "asserter"),
    ("Condition", "encounter", "encounter"),
    ("Condition", "patient", "subject"),
    ("Device", "patient", "patient"),
    ("DiagnosticReport", "encounter", "encounter"),
    ("DiagnosticReport", "patient", "subject"),
    ("DiagnosticReport", "performer", "performer"),
    ("DiagnosticReport", "result", "result"),
    ("DocumentReference", "author", "author"),
    ("DocumentReference", "custodian", "custodian"),
    ("DocumentReference", "encounter", "context.encounter"),
    ("DocumentReference", "patient", "subject"),
    ("Encounter", "location", "location.location"),
    ("Encounter", "participant", "participant.individual"),
    ("Encounter", "patient", "subject"),
    ("Encounter", "service-provider", "serviceProvider"),
    ("Goal", "patient", "subject"),
    ("Immunization", "performer", "performer.actor"),
    ("MedicationDispense", "medication", "medicationReference"),
    ("MedicationRequest", "encounter", "encounter"),
    ("MedicationRequest", "medication", "medicationReference"),
    ("MedicationRequest", "requester", "requester"),
    ("Observation", "encounter", "encounter"),
    ("Observation", "has-member", "hasMember"),
    ("Observation", "patient", "subject"),
    ("Observation", "performer", "performer"),
    ("PractitionerRole", "organization", "organization"),
    ("PractitionerRole", "practitioner", "practitioner"),
    ("Procedure", "performer", "performer.actor"),
    ("ServiceRequest", "performer", "performer"),
    ("ServiceRequest", "requester", "requester"),
];

/// The parameters of a type, those of every type first.
pub(crate) fn parameters(resource_type: &str) -> impl Iterator<Item = Parameter> {
    let own = OF_TYPE.iter().find(|(of, _)| *of == resource_type).map_or(OTHERS.as_slice(), |(_, own)| own);
    OF_ALL.into_iter().chain(own.iter().copied())
}

/// Where the date of a type stands, as its `date` parameter finds it.
pub(crate) fn dates(resource_type: &str) -> &'static [&'static str] {
    match parameters(resource_type).find(|(name, _)| *name == "date") {
        Some((_, Kind::Date(elements))) => elements,
        _ => &DATES,
    }
}

/// The names `_include=Type:name` may have for a type, each with its element.
pub(crate) fn includes(resource_type: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let own = INCLUDES.iter().filter(move |(of, ..)| *of == resource_type);
    own.map(|(_, name, element)| (*name, *element))
}

/// Every value at a path, lists opened.
pub(crate) fn elements<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut found = vec![value];
    for name in path.split('.') {
        found = found.into_iter().filter_map(|value| value.get(name)).flat_map(each).collect();
    }
    found
}

fn each(value: &Value) -> &[Value] {
    value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice)
}

/// The references at a path.
pub(crate) fn references_at(value: &Value, path: &str) -> Vec<String> {
    let elements = elements(value, path).into_iter();
    elements.filter_map(|element| Some(element.get("reference")?.as_str()?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_type_names_a_parameter_or_include_twice() {
        for (resource_type, _) in OF_TYPE {
            let mut names: Vec<_> = parameters(resource_type).map(|(name, _)| name).collect();
            let mut included: Vec<_> = includes(resource_type).map(|(name, _)| name).collect();
            for names in [&mut names, &mut included] {
                let count = names.len();
                names.sort_unstable();
                names.dedup();
                assert_eq!(names.len(), count, "{resource_type}");
            }
        }
    }

    #[test]
    fn a_path_opens_lists_at_every_step() {
        let value = serde_json::json!({"a": [{"b": [{"reference": "X/1"}]}, {"b": {"reference": "X/2"}}, {"c": 1}]});
        assert_eq!(references_at(&value, "a.b"), ["X/1", "X/2"]);
        assert!(elements(&value, "a.d").is_empty());
    }
}
