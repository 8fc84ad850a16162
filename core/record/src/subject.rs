//! Whose a resource is (A9): which member says so, type by type.

use crate::element::{Object, items};
use crate::redact::hidden_debug;
use crate::reference::Reference;

/// Where a type says whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// The resource is a person.
    Itself,
    /// In members of these names; all of them count.
    Members(&'static [&'static str]),
    /// In the patients among `participant.actor`.
    Participants,
    /// The type has no subject: it is accepted when something that was accepted refers to it.
    None,
}

/// The exceptions. Every other type has `subject`, some `patient`; where both stand, both must be right.
const RULES: [(&str, Rule); 22] = [
    ("Appointment", Rule::Participants),
    ("Binary", Rule::None),
    ("Bundle", Rule::None),
    ("CapabilityStatement", Rule::None),
    ("Coverage", Rule::Members(&["beneficiary"])),
    ("Endpoint", Rule::None),
    ("HealthcareService", Rule::None),
    ("Location", Rule::None),
    ("Medication", Rule::None),
    ("MedicationKnowledge", Rule::None),
    ("OperationOutcome", Rule::None),
    ("Organization", Rule::None),
    ("Parameters", Rule::None),
    ("Patient", Rule::Itself),
    ("Practitioner", Rule::None),
    ("PractitionerRole", Rule::None),
    ("Provenance", Rule::None),
    ("Questionnaire", Rule::None),
    ("Slot", Rule::None),
    ("Substance", Rule::None),
    ("Task", Rule::Members(&["for"])),
    ("ValueSet", Rule::None),
];

const USUAL: Rule = Rule::Members(&["subject", "patient"]);

/// Whose a resource says it is.
#[derive(Clone, PartialEq, Eq)]
pub enum Subject {
    /// It is a Patient: its own subject.
    Itself,
    /// Each of these, one or more, must be the chart's patient. One that cannot be read is among them.
    Of(Vec<Reference>),
    /// Its type has a subject and none is given.
    NotGiven,
    /// Its type has none, such as Practitioner or Binary.
    NoneByType,
}

hidden_debug!(Subject);

impl Subject {
    pub(crate) fn of(resource_type: &str, resource: &Object<'_>) -> Self {
        let rule = RULES.iter().find(|(name, _)| *name == resource_type).map_or(USUAL, |(_, rule)| *rule);
        let references: Vec<Reference> = match rule {
            Rule::Itself => return Self::Itself,
            Rule::None => return Self::NoneByType,
            Rule::Members(names) => names.iter().flat_map(|name| members(resource, name)).collect(),
            Rule::Participants => (resource.objects("participant").iter())
                .flat_map(|participant| members(participant, "actor"))
                .filter(|actor| actor.resource_type() == Some("Patient"))
                .collect(),
        };
        if references.is_empty() { Self::NotGiven } else { Self::Of(references) }
    }
}

fn members(object: &Object<'_>, name: &str) -> Vec<Reference> {
    object.all(name).filter(|raw| raw.get() != "null").flat_map(items).map(Reference::from_raw).collect()
}
