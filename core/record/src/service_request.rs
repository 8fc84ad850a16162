//! `ServiceRequest`: a referral or an order (R5).

use crate::code::CodeableConcept;
use crate::code_enum::code_enum;
use crate::contained::{Party, parties};
use crate::element::Object;
use crate::error::RecordError;
use crate::identifier::Identifier;
use crate::medication_request::read_do_not_perform;
use crate::quantity::{Quantity, Range, Ratio};
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::time::{FhirTime, Period};

code_enum! {
    /// `ServiceRequest.status`.
    ServiceRequestStatus {
        /// Not ready to act on.
        Draft = "draft";
        /// In force.
        Active = "active";
        /// Halted for a time.
        OnHold = "on-hold";
        /// Withdrawn.
        Revoked = "revoked";
        /// All of it has happened, or nothing more is to come.
        Completed = "completed";
        /// Never should have been there.
        EnteredInError = "entered-in-error";
        /// The source does not know.
        Unknown = "unknown";
    }
}

code_enum! {
    /// `ServiceRequest.intent`.
    ServiceRequestIntent {
        /// Somebody suggests it.
        Proposal = "proposal";
        /// Somebody means to do it.
        Plan = "plan";
        /// Somebody is told to do it.
        Directive = "directive";
        /// An order.
        Order = "order";
        /// The first order of several.
        OriginalOrder = "original-order";
        /// An order that follows from a result or a rule.
        ReflexOrder = "reflex-order";
        /// The order as its filler sees it.
        FillerOrder = "filler-order";
        /// One instance of an order.
        InstanceOrder = "instance-order";
        /// One of several choices.
        Choice = "option";
    }
}

code_enum! {
    /// `ServiceRequest.priority`.
    Priority {
        /// As usual.
        Routine = "routine";
        /// Before routine ones.
        Urgent = "urgent";
        /// As soon as possible.
        Asap = "asap";
        /// At once.
        Stat = "stat";
    }
}

/// `occurrence[x]`: when it is to happen.
#[derive(Clone, PartialEq, Eq)]
pub enum Occurrence {
    /// At one time.
    At(FhirTime),
    /// Within a stretch of time.
    Within(Period),
    /// Again and again. The words of its code, if there are any; the rest stays in the raw resource.
    Repeated {
        /// The code's words.
        words: Option<String>,
        /// Single moments.
        events: Vec<FhirTime>,
    },
}

hidden_debug!(Occurrence);

/// `quantity[x]`: how much of it.
#[derive(Clone, PartialEq, Eq)]
pub enum HowMuch {
    /// An amount.
    Quantity(Quantity),
    /// One amount to another.
    Ratio(Ratio),
    /// From one amount to another.
    Range(Range),
}

hidden_debug!(HowMuch);

/// A referral or an order.
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceRequest {
    /// `id`.
    pub id: Option<String>,
    /// `identifier`.
    pub identifiers: Vec<Identifier>,
    /// `basedOn`.
    pub based_on: Vec<Reference>,
    /// `replaces`.
    pub replaces: Vec<Reference>,
    /// `requisition`: the number that orders written together share.
    pub requisition: Option<Identifier>,
    /// `status`.
    pub status: ServiceRequestStatus,
    /// `intent`.
    pub intent: ServiceRequestIntent,
    /// `category`.
    pub categories: Vec<CodeableConcept>,
    /// `priority`.
    pub priority: Priority,
    /// `doNotPerform`: an order not to do it; false where it is not given. `None`: given, and not to be read.
    pub do_not_perform: Option<bool>,
    /// `code`: what is asked for.
    pub code: Option<CodeableConcept>,
    /// `orderDetail`.
    pub order_details: Vec<CodeableConcept>,
    /// `quantity[x]`.
    pub quantity: Option<HowMuch>,
    /// `subject`.
    pub subject: Option<Reference>,
    /// `encounter`.
    pub encounter: Option<Reference>,
    /// `occurrence[x]`.
    pub occurrence: Option<Occurrence>,
    /// `asNeededBoolean`.
    pub as_needed: Option<bool>,
    /// `asNeededCodeableConcept`.
    pub as_needed_for: Option<CodeableConcept>,
    /// `authoredOn`.
    pub authored_on: Option<FhirTime>,
    /// `requester`.
    pub requester: Option<Party>,
    /// `performerType`: which kind of clinician.
    pub performer_type: Option<CodeableConcept>,
    /// `performer`.
    pub performers: Vec<Party>,
    /// `locationCode`.
    pub location_codes: Vec<CodeableConcept>,
    /// `locationReference`.
    pub locations: Vec<Party>,
    /// `reasonCode`.
    pub reason_codes: Vec<CodeableConcept>,
    /// `reasonReference`.
    pub reason_references: Vec<Party>,
    /// `supportingInfo`.
    pub supporting_info: Vec<Party>,
    /// `specimen`.
    pub specimens: Vec<Party>,
    /// `bodySite`.
    pub body_sites: Vec<CodeableConcept>,
    /// `note`.
    pub notes: Vec<String>,
    /// `patientInstruction`.
    pub patient_instruction: Option<String>,
}

hidden_debug!(ServiceRequest, identifiers, performers, notes);

impl ServiceRequest {
    /// Reads a referral or an order.
    ///
    /// # Errors
    /// Not a JSON object, or not a ServiceRequest.
    pub fn read(raw: &str) -> Result<Self, RecordError> {
        let resource = Object::resource(raw, "ServiceRequest")?;
        Ok(Self {
            id: resource.token("id"),
            identifiers: resource.elements("identifier"),
            based_on: resource.elements("basedOn"),
            replaces: resource.elements("replaces"),
            requisition: resource.element("requisition"),
            status: ServiceRequestStatus::read(resource.token("status").as_deref()),
            intent: ServiceRequestIntent::read(resource.token("intent").as_deref()),
            categories: resource.elements("category"),
            priority: Priority::read(resource.token("priority").as_deref()),
            do_not_perform: read_do_not_perform(&resource),
            code: resource.element("code"),
            order_details: resource.elements("orderDetail"),
            quantity: read_quantity(&resource),
            subject: resource.element("subject"),
            encounter: resource.element("encounter"),
            occurrence: read_occurrence(&resource),
            as_needed: resource.boolean("asNeededBoolean"),
            as_needed_for: resource.element("asNeededCodeableConcept"),
            authored_on: resource.time("authoredOn"),
            requester: parties(&resource, "requester").into_iter().next(),
            performer_type: resource.element("performerType"),
            performers: parties(&resource, "performer"),
            location_codes: resource.elements("locationCode"),
            locations: parties(&resource, "locationReference"),
            reason_codes: resource.elements("reasonCode"),
            reason_references: parties(&resource, "reasonReference"),
            supporting_info: parties(&resource, "supportingInfo"),
            specimens: parties(&resource, "specimen"),
            body_sites: resource.elements("bodySite"),
            notes: resource.objects("note").iter().filter_map(|note| note.text("text")).collect(),
            patient_instruction: resource.text("patientInstruction"),
        })
    }

    /// Whether a reference in another resource means this request: by address, or by one of its own numbers.
    /// `base` is where both were read.
    #[must_use]
    pub fn is_named_by(&self, reference: &Reference, base: &str) -> bool {
        let named =
            |id: &String| Reference::to(&format!("ServiceRequest/{id}")).target.same_target(&reference.target, base);
        let number =
            |theirs: &Identifier| self.identifiers.iter().chain(&self.requisition).any(|own| own.same_as(theirs));
        self.id.as_ref().is_some_and(named) || reference.identifier.as_ref().is_some_and(number)
    }
}

fn read_quantity(resource: &Object<'_>) -> Option<HowMuch> {
    let quantity = resource.element("quantityQuantity").map(HowMuch::Quantity);
    let ratio = || resource.element("quantityRatio").map(HowMuch::Ratio);
    quantity.or_else(ratio).or_else(|| resource.element("quantityRange").map(HowMuch::Range))
}

fn read_occurrence(resource: &Object<'_>) -> Option<Occurrence> {
    let at = resource.time("occurrenceDateTime").map(Occurrence::At);
    let within = || resource.element("occurrencePeriod").map(Occurrence::Within);
    let repeated = || {
        let timing = resource.object("occurrenceTiming")?;
        let words =
            timing.element::<CodeableConcept>("code").as_ref().and_then(CodeableConcept::shown).map(str::to_owned);
        let events = timing.texts("event").iter().map(|text| FhirTime::from_text(text)).collect();
        Some(Occurrence::Repeated { words, events })
    };
    at.or_else(within).or_else(repeated)
}
