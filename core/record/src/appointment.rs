//! `Appointment`: what is booked, was kept, or was called off (D1).

use crate::about::About;
use crate::code::CodeableConcept;
use crate::coded::{Coded, code_list, word_ids};
use crate::contained::{Party, parties_in};
use crate::element::Object;
use crate::member::{code, concept, concepts, one, text, time};
use crate::projection::{Clinical, Participation, Rules, Title, clinical, rule};
use crate::redact::hidden_debug;
use crate::said::{Said, Tell};
use crate::status::AbsentReason;
use crate::time::{FhirTime, Period};
use crate::when::{When, at};

code_list! {
    /// `Appointment.status`.
    AppointmentStatus = "appointment.status" {
        Proposed = "proposed",
        Pending = "pending",
        Booked = "booked",
        Arrived = "arrived",
        Fulfilled = "fulfilled",
        Cancelled = "cancelled",
        NoShow = "noshow",
        EnteredInError = "entered-in-error",
        CheckedIn = "checked-in",
        Waitlist = "waitlist",
    }
}

code_list! {
    /// `Appointment.participant.status`.
    ParticipationStatus = "appointment.participant-status" {
        Accepted = "accepted",
        Declined = "declined",
        Tentative = "tentative",
        NeedsAction = "needs-action",
    }
}

/// `Appointment.participant`: people, places and things.
#[derive(Clone, PartialEq, Eq)]
pub struct AppointmentParticipant {
    /// As what.
    pub roles: Vec<CodeableConcept>,
    /// Who or what.
    pub actor: Option<Party>,
    /// Whether they said yes.
    pub status: Coded<ParticipationStatus>,
    /// When.
    pub period: Option<Period>,
    /// Why nobody is named.
    pub absent: Option<AbsentReason>,
}

hidden_debug!(AppointmentParticipant);

/// An appointment as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Appointment {
    /// What every resource tells.
    pub about: About,
    /// `status`.
    pub status: Coded<AppointmentStatus>,
    /// `cancelationReason`.
    pub cancelation_reason: Option<CodeableConcept>,
    /// `serviceCategory`.
    pub service_categories: Vec<CodeableConcept>,
    /// `serviceType`.
    pub service_types: Vec<CodeableConcept>,
    /// `specialty`.
    pub specialties: Vec<CodeableConcept>,
    /// `appointmentType`.
    pub kind: Option<CodeableConcept>,
    /// `reasonCode`.
    pub reasons: Vec<CodeableConcept>,
    /// `reasonReference`.
    pub reason_references: Vec<Party>,
    /// `description`: what stands in the calendar.
    pub description: Option<String>,
    /// `start`.
    pub start: Option<FhirTime>,
    /// `end`.
    pub end: Option<FhirTime>,
    /// `minutesDuration`, as text.
    pub minutes: Option<String>,
    /// `requestedPeriod`.
    pub requested_periods: Vec<Period>,
    /// `created`.
    pub created: Option<FhirTime>,
    /// `comment`.
    pub comment: Option<String>,
    /// `patientInstruction`.
    pub patient_instruction: Option<String>,
    /// `basedOn`.
    pub based_on: Vec<Party>,
    /// `supportingInformation`.
    pub supporting_information: Vec<Party>,
    /// `participant`.
    pub participants: Vec<AppointmentParticipant>,
}

impl Clinical for Appointment {
    const TYPE: &'static str = "Appointment";
    const RULES: Rules<Self> = Rules {
        times: &[
            rule("start", "appointment.time.start", |a| at(&a.start)),
            rule("end", "appointment.time.end", |a| at(&a.end)),
            rule("requestedPeriod", "appointment.time.requested", |a| {
                a.requested_periods.iter().cloned().map(When::Period).collect()
            }),
            rule("created", "appointment.time.created", |a| at(&a.created)),
        ],
        facts: &[
            rule("patientInstruction", "appointment.fact.patient-instruction", |a| a.patient_instruction.tell()),
            rule("cancelationReason", "appointment.fact.cancelation-reason", |a| a.cancelation_reason.tell()),
            rule("minutesDuration", "appointment.fact.minutes", |a| a.minutes.tell()),
            rule("appointmentType", "appointment.fact.type", |a| a.kind.tell()),
            rule("serviceCategory", "appointment.fact.service-category", |a| a.service_categories.tell()),
            rule("serviceType", "appointment.fact.service-type", |a| a.service_types.tell()),
            rule("specialty", "appointment.fact.specialty", |a| a.specialties.tell()),
            rule("reasonCode", "appointment.fact.reason", |a| a.reasons.tell()),
            rule("description", "appointment.fact.description", |a| a.description.tell()),
            rule("comment", "appointment.fact.comment", |a| a.comment.tell()),
        ],
        roles: &[rule("participant", "appointment.role.participant", |a| {
            a.participants.iter().map(participant).collect()
        })],
        links: &[
            rule("reasonReference", "appointment.link.reason", |a| a.reason_references.clone()),
            rule("basedOn", "appointment.link.based-on", |a| a.based_on.clone()),
            rule("supportingInformation", "appointment.link.supporting-information", |a| {
                a.supporting_information.clone()
            }),
        ],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let parties = |name: &str| parties_in(resource, resource, name);
        let participant = |participant: &Object<'_>| AppointmentParticipant {
            roles: concepts(participant, "type"),
            actor: parties_in(resource, participant, "actor").into_iter().next(),
            status: Coded::read(participant, "status"),
            period: one(participant, "period"),
            absent: AbsentReason::of_member(participant, "actor"),
        };
        Self {
            about: About::read(resource),
            status: Coded::read(resource, "status"),
            cancelation_reason: concept(resource, "cancelationReason"),
            service_categories: concepts(resource, "serviceCategory"),
            service_types: concepts(resource, "serviceType"),
            specialties: concepts(resource, "specialty"),
            kind: concept(resource, "appointmentType"),
            reasons: concepts(resource, "reasonCode"),
            reason_references: parties("reasonReference"),
            description: text(resource, "description"),
            start: time(resource, "start"),
            end: time(resource, "end"),
            minutes: code(resource, "minutesDuration"),
            requested_periods: resource.elements("requestedPeriod"),
            created: time(resource, "created"),
            comment: text(resource, "comment"),
            patient_instruction: text(resource, "patientInstruction"),
            based_on: parties("basedOn"),
            supporting_information: parties("supportingInformation"),
            participants: resource.objects("participant").iter().map(participant).collect(),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        let of_type = Title::of(self.service_types.iter().chain(&self.kind));
        let named = of_type.or_words(self.description.as_ref());
        match named.text {
            Some(_) => named,
            None => Title::of(self.specialties.iter().chain(&self.service_categories)),
        }
    }

    fn states(&self) -> Vec<Said> {
        self.status.tell()
    }

    fn more_word_ids() -> Vec<String> {
        [word_ids::<AppointmentStatus>(), word_ids::<ParticipationStatus>()].concat()
    }
}

fn participant(participant: &AppointmentParticipant) -> Participation {
    let roles: Vec<Said> = participant.roles.tell();
    Participation {
        party: participant.actor.clone(),
        described: roles.into_iter().chain(participant.status.tell()).collect(),
        period: participant.period.clone(),
        absent: participant.absent.clone(),
    }
}

clinical!(Appointment);
