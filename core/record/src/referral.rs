//! A referral or order as R5 wants it shown: what, why, to whom, and how it stands, as the source recorded it.

use crate::code::{CodeableConcept, Coding};
use crate::code_enum::facts;
use crate::contained::Party;
use crate::identifier::Identifier;
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::referral_kind::ReferralKind;
use crate::service_request::{
    HowMuch, Occurrence, Priority, ServiceRequest, ServiceRequestIntent as Intent, ServiceRequestStatus as Status,
};
use crate::time::FhirTime;

facts! {
    /// How a request stands: `referral.state.<code>`.
    ReferralState {
        /// An order in force.
        Ordered = "ordered";
        /// Suggested, meant for later, or not signed yet.
        Planned = "planned";
        /// Halted for a time.
        OnHold = "on-hold";
        /// Withdrawn.
        CalledOff = "called-off";
        /// The source lists it as done.
        Done = "done";
        /// An order not to do it.
        NotToBeDone = "not-to-be-done";
        /// Never should have been there (D4).
        EnteredInError = "entered-in-error";
        /// The record does not tell.
        Unknown = "unknown";
    }
}

impl ReferralState {
    /// From status, intent and `doNotPerform`.
    #[must_use]
    pub fn of(request: &ServiceRequest) -> Self {
        match (request.status, request.do_not_perform) {
            (Status::EnteredInError, _) => Self::EnteredInError,
            (Status::Active, Some(true)) => Self::NotToBeDone,
            (_, Some(true) | None) => Self::Unknown,
            (Status::Active, Some(false)) => Self::of_active(request.intent),
            (Status::Draft, _) => Self::Planned,
            (Status::OnHold, _) => Self::OnHold,
            (Status::Revoked, _) => Self::CalledOff,
            (Status::Completed, _) => Self::Done,
            (Status::Unknown | Status::NotGiven, _) => Self::Unknown,
        }
    }

    fn of_active(intent: Intent) -> Self {
        match intent {
            Intent::Proposal | Intent::Plan => Self::Planned,
            Intent::Choice | Intent::NotGiven => Self::Unknown,
            Intent::Directive
            | Intent::Order
            | Intent::OriginalOrder
            | Intent::ReflexOrder
            | Intent::FillerOrder
            | Intent::InstanceOrder => Self::Ordered,
        }
    }

    /// Whether something is still to come, so that it makes sense to look for what came of it.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Ordered | Self::OnHold | Self::Planned)
    }
}

/// One entry of the list of referrals and orders.
#[derive(Clone, PartialEq, Eq)]
pub struct ReferralEntry {
    /// `id`.
    pub id: Option<String>,
    /// Numbers that the source gave it.
    pub identifiers: Vec<Identifier>,
    /// The number that orders written together share.
    pub requisition: Option<Identifier>,
    /// Referral, laboratory, imaging ...
    pub kind: ReferralKind,
    /// How it stands.
    pub state: ReferralState,
    /// FHIR's status code.
    pub status: Status,
    /// FHIR's intent code.
    pub intent: Intent,
    /// It never should have been there: only id, state and times are kept (D4).
    pub marker_only: bool,
    /// How soon, as the source set it.
    pub priority: Priority,
    /// What is asked for, in the source's words.
    pub what: Option<String>,
    /// All codings of it, for looking up plain words.
    pub codings: Vec<Coding>,
    /// More about what is asked for, in the source's words.
    pub details: Vec<String>,
    /// How much of it: `5 sessions`.
    pub quantity: Option<HowMuch>,
    /// Where on the body.
    pub body_sites: Vec<String>,
    /// Categories, in the source's words.
    pub categories: Vec<String>,
    /// Why, in the source's words.
    pub reasons: Vec<String>,
    /// The records that say why.
    pub reason_links: Vec<Party>,
    /// Notes.
    pub notes: Vec<String>,
    /// What the patient is asked to do, as typed.
    pub patient_instruction: Option<String>,
    /// To whom. Telephone numbers stand in the resources they refer to.
    pub performers: Vec<Party>,
    /// To which kind of clinician, in the source's words.
    pub performer_type: Option<String>,
    /// Where, by name.
    pub locations: Vec<Party>,
    /// Where, in the source's words.
    pub location_words: Vec<String>,
    /// Who asked.
    pub requester: Option<Party>,
    /// When it was written down.
    pub authored: Option<FhirTime>,
    /// When it is to happen.
    pub occurrence: Option<Occurrence>,
    /// The visit at which it was asked for.
    pub encounter: Option<Reference>,
    /// Orders and plans behind it.
    pub based_on: Vec<Reference>,
    /// Requests that this one takes the place of.
    pub replaces: Vec<Reference>,
}

hidden_debug!(ReferralEntry, performers, notes);

impl ReferralEntry {
    /// What a request shows. One that was entered in error shows its id, state and times only (D4).
    #[must_use]
    pub fn of(request: &ServiceRequest) -> Self {
        let state = ReferralState::of(request);
        let marker = Self::marker(request, state);
        if state == ReferralState::EnteredInError {
            return marker;
        }
        let names = |parties: &[Party]| -> Vec<String> { parties.iter().filter_map(|one| one.name.clone()).collect() };
        Self {
            identifiers: request.identifiers.clone(),
            requisition: request.requisition.clone(),
            kind: ReferralKind::of(request),
            priority: request.priority,
            what: request.code.as_ref().and_then(CodeableConcept::shown).map(str::to_owned),
            codings: request.code.as_ref().map(|code| code.codings.clone()).unwrap_or_default(),
            details: shown(&request.order_details),
            quantity: request.quantity.clone(),
            body_sites: shown(&request.body_sites),
            categories: shown(&request.categories),
            reasons: shown(&request.reason_codes).into_iter().chain(names(&request.reason_references)).collect(),
            reason_links: request.reason_references.clone(),
            notes: request.notes.clone(),
            patient_instruction: request.patient_instruction.clone(),
            performers: request.performers.clone(),
            performer_type: request.performer_type.as_ref().and_then(CodeableConcept::shown).map(str::to_owned),
            locations: request.locations.clone(),
            location_words: shown(&request.location_codes),
            requester: request.requester.clone(),
            occurrence: request.occurrence.clone(),
            encounter: request.encounter.clone(),
            based_on: request.based_on.clone(),
            replaces: request.replaces.clone(),
            ..marker
        }
    }

    /// For sorting only: by when it was written down; what has no time comes first.
    #[must_use]
    pub fn order_key(&self) -> i64 {
        let planned = || match self.occurrence.as_ref()? {
            Occurrence::At(time) => Some(time),
            Occurrence::Within(period) => period.start.as_ref().or(period.end.as_ref()),
            Occurrence::Repeated { events, .. } => events.first(),
        };
        self.authored.as_ref().or_else(planned).map_or(i64::MIN, FhirTime::order_key)
    }

    fn marker(request: &ServiceRequest, state: ReferralState) -> Self {
        Self {
            id: request.id.clone(),
            identifiers: Vec::new(),
            requisition: None,
            kind: ReferralKind::Other,
            state,
            status: request.status,
            intent: request.intent,
            marker_only: state == ReferralState::EnteredInError,
            priority: Priority::NotGiven,
            what: None,
            codings: Vec::new(),
            details: Vec::new(),
            quantity: None,
            body_sites: Vec::new(),
            categories: Vec::new(),
            reasons: Vec::new(),
            reason_links: Vec::new(),
            notes: Vec::new(),
            patient_instruction: None,
            performers: Vec::new(),
            performer_type: None,
            locations: Vec::new(),
            location_words: Vec::new(),
            requester: None,
            authored: request.authored_on.clone(),
            occurrence: None,
            encounter: None,
            based_on: Vec::new(),
            replaces: Vec::new(),
        }
    }
}

fn shown<'a>(concepts: impl IntoIterator<Item = &'a CodeableConcept>) -> Vec<String> {
    concepts.into_iter().filter_map(CodeableConcept::shown).map(str::to_owned).collect()
}
