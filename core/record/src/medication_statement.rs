//! `MedicationStatement`: a medicine that somebody told of. Outside D1; read where a server offers it.

use crate::code::CodeableConcept;
use crate::code_enum::code_enum;
use crate::contained::{Party, parties};
use crate::dosage::{Dosage, read_dosages};
use crate::element::Object;
use crate::error::RecordError;
use crate::identifier::Identifier;
use crate::medication::NamedMedication;
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::time::{FhirTime, Period};

code_enum! {
    /// `MedicationStatement.status`.
    MedicationStatementStatus {
        /// Being taken.
        Active = "active";
        /// No longer being taken.
        Completed = "completed";
        /// Never should have been there.
        EnteredInError = "entered-in-error";
        /// Meant to be taken later.
        Intended = "intended";
        /// Halted for good before its end.
        Stopped = "stopped";
        /// Halted for a time.
        OnHold = "on-hold";
        /// The source does not know.
        Unknown = "unknown";
        /// Not taken.
        NotTaken = "not-taken";
    }
}

/// A medicine that somebody told of.
#[derive(Clone, PartialEq, Eq)]
pub struct MedicationStatement {
    /// `id`.
    pub id: Option<String>,
    /// `identifier`.
    pub identifiers: Vec<Identifier>,
    /// `status`.
    pub status: MedicationStatementStatus,
    /// `statusReason`.
    pub status_reasons: Vec<CodeableConcept>,
    /// `category`.
    pub category: Option<CodeableConcept>,
    /// `medication[x]`.
    pub medication: NamedMedication,
    /// `subject`.
    pub subject: Option<Reference>,
    /// `context`: a visit.
    pub context: Option<Reference>,
    /// `effectiveDateTime`.
    pub effective: Option<FhirTime>,
    /// `effectivePeriod`.
    pub effective_period: Option<Period>,
    /// `dateAsserted`.
    pub date_asserted: Option<FhirTime>,
    /// `informationSource`: who told of it.
    pub information_source: Option<Party>,
    /// `reasonCode`.
    pub reason_codes: Vec<CodeableConcept>,
    /// `reasonReference`.
    pub reason_references: Vec<Party>,
    /// `basedOn`.
    pub based_on: Vec<Reference>,
    /// `note`.
    pub notes: Vec<String>,
    /// `dosage`, in order.
    pub dosages: Vec<Dosage>,
}

hidden_debug!(MedicationStatement, identifiers, dosages, notes);

impl MedicationStatement {
    /// Reads a statement.
    ///
    /// # Errors
    /// Not a JSON object, or not a MedicationStatement.
    pub fn read(raw: &str) -> Result<Self, RecordError> {
        let resource = Object::resource(raw, "MedicationStatement")?;
        Ok(Self {
            id: resource.token("id"),
            identifiers: resource.elements("identifier"),
            status: MedicationStatementStatus::read(resource.token("status").as_deref()),
            status_reasons: resource.elements("statusReason"),
            category: resource.element("category"),
            medication: NamedMedication::read(raw, &resource),
            subject: resource.element("subject"),
            context: resource.element("context"),
            effective: resource.time("effectiveDateTime"),
            effective_period: resource.element("effectivePeriod"),
            date_asserted: resource.time("dateAsserted"),
            information_source: parties(&resource, "informationSource").into_iter().next(),
            reason_codes: resource.elements("reasonCode"),
            reason_references: parties(&resource, "reasonReference"),
            based_on: resource.elements("basedOn"),
            notes: resource.objects("note").iter().filter_map(|note| note.text("text")).collect(),
            dosages: read_dosages(&resource, "dosage"),
        })
    }
}
