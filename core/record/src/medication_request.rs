//! `MedicationRequest`: a medicine as ordered, planned or reported (R4).

use crate::code::CodeableConcept;
use crate::code_enum::code_enum;
use crate::contained::{Party, parties};
use crate::dosage::{Dosage, read_dosages};
use crate::element::{Element, Object};
use crate::error::RecordError;
use crate::identifier::Identifier;
use crate::medication::NamedMedication;
use crate::quantity::Quantity;
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::time::{FhirTime, Period};

code_enum! {
    /// `MedicationRequest.status`.
    MedicationRequestStatus {
        /// In force.
        Active = "active";
        /// Halted for a time.
        OnHold = "on-hold";
        /// Withdrawn before it began.
        Cancelled = "cancelled";
        /// All of it has happened.
        Completed = "completed";
        /// Never should have been there.
        EnteredInError = "entered-in-error";
        /// Halted for good before its end.
        Stopped = "stopped";
        /// Not ready to act on.
        Draft = "draft";
        /// The source does not know.
        Unknown = "unknown";
    }
}

code_enum! {
    /// `MedicationRequest.intent`.
    MedicationRequestIntent {
        /// Somebody suggests it.
        Proposal = "proposal";
        /// Somebody means to do it; with `reported`, a medicine that the source was told of.
        Plan = "plan";
        /// An order.
        Order = "order";
        /// The first order of several.
        OriginalOrder = "original-order";
        /// An order that follows from a result or a rule.
        ReflexOrder = "reflex-order";
        /// The order as its filler, such as the pharmacy, sees it.
        FillerOrder = "filler-order";
        /// One dose of an order.
        InstanceOrder = "instance-order";
        /// One of several choices.
        Choice = "option";
    }
}

/// `reported[x]`: whether the source was told of the medicine.
#[derive(Clone, PartialEq, Eq)]
pub enum Reported {
    /// It was ordered there.
    No,
    /// Somebody told of it.
    Yes,
    /// This one told of it.
    By(Box<Party>),
}

hidden_debug!(Reported);

impl Reported {
    /// Whether the source was told of it.
    #[must_use]
    pub fn is_reported(&self) -> bool {
        !matches!(self, Self::No)
    }
}

/// `dispenseRequest`: the supply that was asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct DispenseRequest {
    /// `validityPeriod`: when the prescription may be filled. Not when the medicine is taken.
    pub validity: Option<Period>,
    /// `numberOfRepeatsAllowed`: fills after the first, as text.
    pub repeats: Option<String>,
    /// `quantity` of one fill.
    pub quantity: Option<Quantity>,
    /// `expectedSupplyDuration` of one fill.
    pub supply_duration: Option<Quantity>,
    /// `performer`: the pharmacy.
    pub pharmacy: Option<Party>,
}

hidden_debug!(DispenseRequest);

impl Element for DispenseRequest {
    fn read(object: &Object<'_>) -> Option<Self> {
        let supply = Self {
            validity: object.element("validityPeriod"),
            repeats: object.number("numberOfRepeatsAllowed"),
            quantity: object.element("quantity"),
            supply_duration: object.element("expectedSupplyDuration"),
            pharmacy: parties(object, "performer").pop(),
        };
        let given = supply.validity.is_some()
            || supply.repeats.is_some()
            || supply.quantity.is_some()
            || supply.supply_duration.is_some()
            || supply.pharmacy.is_some();
        given.then_some(supply)
    }
}

/// `substitution`: whether the pharmacy may give another product.
#[derive(Clone, PartialEq, Eq)]
pub struct Substitution {
    /// `allowedBoolean`.
    pub allowed: Option<bool>,
    /// `allowedCodeableConcept`.
    pub kind: Option<CodeableConcept>,
    /// `reason`.
    pub reason: Option<CodeableConcept>,
}

hidden_debug!(Substitution);

impl Element for Substitution {
    fn read(object: &Object<'_>) -> Option<Self> {
        let read = Self {
            allowed: object.boolean("allowedBoolean"),
            kind: object.element("allowedCodeableConcept"),
            reason: object.element("reason"),
        };
        (read.allowed.is_some() || read.kind.is_some()).then_some(read)
    }
}

/// A medicine as ordered, planned or reported.
#[derive(Clone, PartialEq, Eq)]
pub struct MedicationRequest {
    /// `id`.
    pub id: Option<String>,
    /// `identifier`.
    pub identifiers: Vec<Identifier>,
    /// `status`.
    pub status: MedicationRequestStatus,
    /// `statusReason`.
    pub status_reason: Option<CodeableConcept>,
    /// `intent`.
    pub intent: MedicationRequestIntent,
    /// `category`: inpatient, outpatient, community, discharge ...
    pub categories: Vec<CodeableConcept>,
    /// `priority`.
    pub priority: Option<String>,
    /// `doNotPerform`: an order not to take it; false where it is not given. `None`: given, and not to be read.
    pub do_not_perform: Option<bool>,
    /// `reported[x]`.
    pub reported: Option<Reported>,
    /// `medication[x]`.
    pub medication: NamedMedication,
    /// `subject`.
    pub subject: Option<Reference>,
    /// `encounter`.
    pub encounter: Option<Reference>,
    /// `authoredOn`.
    pub authored_on: Option<FhirTime>,
    /// `requester`.
    pub requester: Option<Party>,
    /// `performer`.
    pub performer: Option<Party>,
    /// `recorder`.
    pub recorder: Option<Party>,
    /// `reasonCode`.
    pub reason_codes: Vec<CodeableConcept>,
    /// `reasonReference`.
    pub reason_references: Vec<Party>,
    /// `basedOn`.
    pub based_on: Vec<Reference>,
    /// `groupIdentifier`.
    pub group: Option<Identifier>,
    /// `courseOfTherapyType`: short, for long, seasonal.
    pub course_of_therapy: Option<CodeableConcept>,
    /// `note`.
    pub notes: Vec<String>,
    /// `dosageInstruction`, in order.
    pub dosage_instructions: Vec<Dosage>,
    /// `dispenseRequest`.
    pub dispense_request: Option<DispenseRequest>,
    /// `substitution`.
    pub substitution: Option<Substitution>,
    /// `priorPrescription`.
    pub prior_prescription: Option<Reference>,
}

hidden_debug!(MedicationRequest, identifiers, dosage_instructions, notes);

impl MedicationRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// Not a JSON object, or not a MedicationRequest.
    pub fn read(raw: &str) -> Result<Self, RecordError> {
        let resource = Object::resource(raw, "MedicationRequest")?;
        let one = |member: &str| parties(&resource, member).into_iter().next();
        let reported_by = one("reportedReference").map(|party| Reported::By(Box::new(party)));
        let reported = || {
            let told = resource.boolean("reportedBoolean")?;
            Some(if told { Reported::Yes } else { Reported::No })
        };
        Ok(Self {
            id: resource.token("id"),
            identifiers: resource.elements("identifier"),
            status: MedicationRequestStatus::read(resource.token("status").as_deref()),
            status_reason: resource.element("statusReason"),
            intent: MedicationRequestIntent::read(resource.token("intent").as_deref()),
            categories: resource.elements("category"),
            priority: resource.token("priority"),
            do_not_perform: read_do_not_perform(&resource),
            reported: reported_by.or_else(reported),
            medication: NamedMedication::read(raw, &resource),
            subject: resource.element("subject"),
            encounter: resource.element("encounter"),
            authored_on: resource.time("authoredOn"),
            requester: one("requester"),
            performer: one("performer"),
            recorder: one("recorder"),
            reason_codes: resource.elements("reasonCode"),
            reason_references: parties(&resource, "reasonReference"),
            based_on: resource.elements("basedOn"),
            group: resource.element("groupIdentifier"),
            course_of_therapy: resource.element("courseOfTherapyType"),
            notes: resource.objects("note").iter().filter_map(|note| note.text("text")).collect(),
            dosage_instructions: read_dosages(&resource, "dosageInstruction"),
            dispense_request: resource.element("dispenseRequest"),
            substitution: resource.element("substitution"),
            prior_prescription: resource.element("priorPrescription"),
        })
    }

    /// Why, in the source's words.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        let codes = self.reason_codes.iter().filter_map(CodeableConcept::shown).map(str::to_owned);
        codes.chain(self.reason_references.iter().filter_map(|party| party.name.clone())).collect()
    }
}

/// `doNotPerform` turns a request around, so that one that cannot be read must not look like none.
pub(crate) fn read_do_not_perform(resource: &Object<'_>) -> Option<bool> {
    if resource.get("doNotPerform").is_none() { Some(false) } else { resource.boolean("doNotPerform") }
}
