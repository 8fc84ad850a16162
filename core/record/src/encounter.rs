//! `Encounter`: visits and stays (D1).

use crate::about::About;
use crate::code::CodeableConcept;
use crate::coded::{Coded, code_list, word_ids};
use crate::contained::{Party, parties_in};
use crate::element::Object;
use crate::member::{code, concept, concepts, one};
use crate::projection::{Clinical, Participation, Rule, Rules, Title, clinical, groups, labels, plainly, rule};
use crate::quantity::Quantity;
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::said::{Said, Tell};
use crate::status::AbsentReason;
use crate::time::Period;
use crate::when::during;

code_list! {
    /// `Encounter.status`.
    EncounterStatus = "encounter.status" {
        Planned = "planned",
        Arrived = "arrived",
        Triaged = "triaged",
        InProgress = "in-progress",
        OnLeave = "onleave",
        Finished = "finished",
        Cancelled = "cancelled",
        EnteredInError = "entered-in-error",
        Unknown = "unknown",
    }
}

code_list! {
    /// `Encounter.class`: HL7 ActCode.
    EncounterClass = "encounter.class" {
        Ambulatory = "AMB",
        Emergency = "EMER",
        Field = "FLD",
        HomeHealth = "HH",
        Inpatient = "IMP",
        InpatientAcute = "ACUTE",
        InpatientNonAcute = "NONAC",
        Observation = "OBSENC",
        PreAdmission = "PRENC",
        ShortStay = "SS",
        Virtual = "VR",
    }
}

/// `Encounter.participant`.
#[derive(Clone, PartialEq, Eq)]
pub struct EncounterParticipant {
    /// As what.
    pub roles: Vec<CodeableConcept>,
    /// When.
    pub period: Option<Period>,
    /// Who.
    pub individual: Option<Party>,
    /// Why nobody is named.
    pub absent: Option<AbsentReason>,
}

hidden_debug!(EncounterParticipant);

/// `Encounter.diagnosis`.
#[derive(Clone, PartialEq, Eq)]
pub struct EncounterDiagnosis {
    /// The condition or procedure.
    pub condition: Option<Party>,
    /// Admission, discharge, billing ...
    pub use_concept: Option<CodeableConcept>,
    /// Its place among those of the same use, as text.
    pub rank: Option<String>,
}

hidden_debug!(EncounterDiagnosis);

/// `Encounter.location`.
#[derive(Clone, PartialEq, Eq)]
pub struct EncounterLocation {
    /// Where.
    pub location: Option<Party>,
    /// Ward, room, bed ...
    pub physical_type: Option<CodeableConcept>,
    /// When.
    pub period: Option<Period>,
}

hidden_debug!(EncounterLocation);

/// A visit or stay as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Encounter {
    /// What every resource tells.
    pub about: About,
    /// `status`.
    pub status: Coded<EncounterStatus>,
    /// `class`.
    pub class: Coded<EncounterClass>,
    /// `type`.
    pub types: Vec<CodeableConcept>,
    /// `serviceType`.
    pub service_types: Vec<CodeableConcept>,
    /// `priority`.
    pub priority: Option<CodeableConcept>,
    /// `subject`.
    pub subject: Option<Reference>,
    /// `participant`.
    pub participants: Vec<EncounterParticipant>,
    /// `appointment`.
    pub appointments: Vec<Party>,
    /// `basedOn`.
    pub based_on: Vec<Party>,
    /// `period`.
    pub period: Option<Period>,
    /// `length`.
    pub length: Option<Quantity>,
    /// `reasonCode`.
    pub reasons: Vec<CodeableConcept>,
    /// `reasonReference`.
    pub reason_references: Vec<Party>,
    /// `diagnosis`.
    pub diagnoses: Vec<EncounterDiagnosis>,
    /// `hospitalization.admitSource`.
    pub admit_source: Option<CodeableConcept>,
    /// `hospitalization.dischargeDisposition`.
    pub discharge_disposition: Option<CodeableConcept>,
    /// `hospitalization.reAdmission`.
    pub readmission: Option<CodeableConcept>,
    /// `hospitalization.origin`.
    pub origin: Option<Party>,
    /// `hospitalization.destination`.
    pub destination: Option<Party>,
    /// `location`.
    pub locations: Vec<EncounterLocation>,
    /// `serviceProvider`.
    pub service_provider: Option<Party>,
    /// `partOf`.
    pub part_of: Option<Party>,
}

const DIAGNOSIS: &[Rule<EncounterDiagnosis, Said>] = &[
    rule("condition", "encounter.diagnosis.condition", |d| d.condition.tell()),
    rule("use", "encounter.diagnosis.use", |d| d.use_concept.tell()),
    rule("rank", "encounter.diagnosis.rank", |d| d.rank.tell()),
];

impl Clinical for Encounter {
    const TYPE: &'static str = "Encounter";
    const RULES: Rules<Self> = Rules {
        times: &[rule("period", "encounter.time.period", |e| during(&e.period))],
        facts: &[
            rule("class", "encounter.fact.class", |e| e.class.tell()),
            rule("type", "encounter.fact.type", |e| e.types.tell()),
            rule("serviceType", "encounter.fact.service-type", |e| e.service_types.tell()),
            rule("priority", "encounter.fact.priority", |e| e.priority.tell()),
            rule("reasonCode", "encounter.fact.reason", |e| e.reasons.tell()),
            rule("diagnosis", "encounter.fact.diagnosis", |e| groups(DIAGNOSIS, &e.diagnoses)),
            rule("length", "encounter.fact.length", |e| e.length.tell()),
            rule("hospitalization", "encounter.fact.admit-source", |e| e.admit_source.tell()),
            rule("reAdmission", "encounter.fact.readmission", |e| e.readmission.tell()),
            rule("dischargeDisposition", "encounter.fact.discharge-disposition", |e| e.discharge_disposition.tell()),
        ],
        roles: &[
            rule("participant", "encounter.role.participant", |e| e.participants.iter().map(participant).collect()),
            rule("serviceProvider", "encounter.role.service-provider", |e| plainly(&e.service_provider)),
            rule("location", "encounter.role.location", |e| e.locations.iter().map(location).collect()),
            rule("origin", "encounter.role.origin", |e| plainly(&e.origin)),
            rule("destination", "encounter.role.destination", |e| plainly(&e.destination)),
        ],
        links: &[
            rule("reasonReference", "encounter.link.reason", |e| e.reason_references.clone()),
            rule("diagnosis", "encounter.link.diagnosis", |e| {
                e.diagnoses.iter().filter_map(|diagnosis| diagnosis.condition.clone()).collect()
            }),
            rule("appointment", "encounter.link.appointment", |e| e.appointments.clone()),
            rule("basedOn", "encounter.link.based-on", |e| e.based_on.clone()),
            rule("partOf", "encounter.link.part-of", |e| e.part_of.iter().cloned().collect()),
        ],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let parties = |name: &str| parties_in(resource, resource, name);
        let first = |part: &Object<'_>, name: &str| parties_in(resource, part, name).into_iter().next();
        let stay = resource.objects("hospitalization").into_iter().next();
        let in_stay = |name: &str| stay.as_ref().and_then(|stay| concept(stay, name));
        let stay_party = |name: &str| stay.as_ref().and_then(|stay| first(stay, name));
        let participant = |participant: &Object<'_>| EncounterParticipant {
            roles: concepts(participant, "type"),
            period: one(participant, "period"),
            individual: first(participant, "individual"),
            absent: AbsentReason::of_member(participant, "individual"),
        };
        let diagnosis = |diagnosis: &Object<'_>| EncounterDiagnosis {
            condition: first(diagnosis, "condition"),
            use_concept: concept(diagnosis, "use"),
            rank: code(diagnosis, "rank"),
        };
        let location = |location: &Object<'_>| EncounterLocation {
            location: first(location, "location"),
            physical_type: concept(location, "physicalType"),
            period: one(location, "period"),
        };
        Self {
            about: About::read(resource),
            status: Coded::read(resource, "status"),
            class: Coded::read(resource, "class"),
            types: concepts(resource, "type"),
            service_types: concepts(resource, "serviceType"),
            priority: concept(resource, "priority"),
            subject: one(resource, "subject"),
            participants: resource.objects("participant").iter().map(participant).collect(),
            appointments: parties("appointment"),
            based_on: parties("basedOn"),
            period: one(resource, "period"),
            length: one(resource, "length"),
            reasons: concepts(resource, "reasonCode"),
            reason_references: parties("reasonReference"),
            diagnoses: resource.objects("diagnosis").iter().map(diagnosis).collect(),
            admit_source: in_stay("admitSource"),
            discharge_disposition: in_stay("dischargeDisposition"),
            readmission: in_stay("reAdmission"),
            origin: stay_party("origin"),
            destination: stay_party("destination"),
            locations: resource.objects("location").iter().map(location).collect(),
            service_provider: first(resource, "serviceProvider"),
            part_of: first(resource, "partOf"),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        Title::of(self.types.iter().chain(&self.service_types).chain(&self.reasons))
    }

    fn states(&self) -> Vec<Said> {
        self.status.tell()
    }

    fn more_word_ids() -> Vec<String> {
        [word_ids::<EncounterStatus>(), word_ids::<EncounterClass>(), labels(DIAGNOSIS)].concat()
    }
}

fn participant(participant: &EncounterParticipant) -> Participation {
    Participation {
        party: participant.individual.clone(),
        described: participant.roles.tell(),
        period: participant.period.clone(),
        absent: participant.absent.clone(),
    }
}

fn location(place: &EncounterLocation) -> Participation {
    Participation {
        party: place.location.clone(),
        described: place.physical_type.tell(),
        period: place.period.clone(),
        absent: None,
    }
}

clinical!(Encounter);
