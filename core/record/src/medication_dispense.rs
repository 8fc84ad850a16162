//! `MedicationDispense`: a medicine that was handed over. Outside D1; read where a server offers it.

use crate::code::CodeableConcept;
use crate::code_enum::code_enum;
use crate::contained::{Party, parties};
use crate::dosage::{Dosage, read_dosages};
use crate::element::Object;
use crate::error::RecordError;
use crate::medication::NamedMedication;
use crate::quantity::Quantity;
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::time::FhirTime;

code_enum! {
    /// `MedicationDispense.status`.
    MedicationDispenseStatus {
        /// Being made ready.
        Preparation = "preparation";
        /// Begun.
        InProgress = "in-progress";
        /// Withdrawn.
        Cancelled = "cancelled";
        /// Halted for a time.
        OnHold = "on-hold";
        /// Done.
        Completed = "completed";
        /// Never should have been there.
        EnteredInError = "entered-in-error";
        /// Halted for good.
        Stopped = "stopped";
        /// Refused.
        Declined = "declined";
        /// The source does not know.
        Unknown = "unknown";
    }
}

/// A medicine that was handed over, or was to be.
#[derive(Clone, PartialEq, Eq)]
pub struct MedicationDispense {
    /// `id`.
    pub id: Option<String>,
    /// `status`.
    pub status: MedicationDispenseStatus,
    /// `medication[x]`.
    pub medication: NamedMedication,
    /// `subject`.
    pub subject: Option<Reference>,
    /// `context`: a visit.
    pub context: Option<Reference>,
    /// `performer.actor`, in order.
    pub performers: Vec<Party>,
    /// `authorizingPrescription`: the request that it fills.
    pub authorizing_prescriptions: Vec<Reference>,
    /// `type`: first fill, refill ...
    pub kind: Option<CodeableConcept>,
    /// `quantity`.
    pub quantity: Option<Quantity>,
    /// `daysSupply`.
    pub days_supply: Option<Quantity>,
    /// `whenPrepared`.
    pub when_prepared: Option<FhirTime>,
    /// `whenHandedOver`.
    pub when_handed_over: Option<FhirTime>,
    /// `note`.
    pub notes: Vec<String>,
    /// `dosageInstruction`, in order.
    pub dosage_instructions: Vec<Dosage>,
}

hidden_debug!(MedicationDispense, dosage_instructions, notes);

impl MedicationDispense {
    /// Reads a dispense.
    ///
    /// # Errors
    /// Not a JSON object, or not a MedicationDispense.
    pub fn read(raw: &str) -> Result<Self, RecordError> {
        let resource = Object::resource(raw, "MedicationDispense")?;
        Ok(Self {
            id: resource.token("id"),
            status: MedicationDispenseStatus::read(resource.token("status").as_deref()),
            medication: NamedMedication::read(raw, &resource),
            subject: resource.element("subject"),
            context: resource.element("context"),
            performers: resource.objects("performer").iter().flat_map(|one| parties(one, "actor")).collect(),
            authorizing_prescriptions: resource.elements("authorizingPrescription"),
            kind: resource.element("type"),
            quantity: resource.element("quantity"),
            days_supply: resource.element("daysSupply"),
            when_prepared: resource.time("whenPrepared"),
            when_handed_over: resource.time("whenHandedOver"),
            notes: resource.objects("note").iter().filter_map(|note| note.text("text")).collect(),
            dosage_instructions: read_dosages(&resource, "dosageInstruction"),
        })
    }
}
