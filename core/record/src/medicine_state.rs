//! Where a medicine stands on a source's list: from status, intent, `reported` and dates as R4 defines them.
//!
//! "Taking" means that the source lists it as in force. What anybody really takes, no record knows.

use chrono::NaiveDate;

use crate::code_enum::facts;
use crate::dosage::Dosage;
use crate::medication_request::{
    MedicationRequest, MedicationRequestIntent as Intent, MedicationRequestStatus as Status, Reported,
};
use crate::medication_statement::{MedicationStatement, MedicationStatementStatus};
use crate::time::{FhirTime, Period};

facts! {
    /// Where a medicine stands: `medicine.state.<code>`.
    MedicineState {
        /// The source lists it as in force.
        Taking = "taking";
        /// Halted for a time.
        OnHold = "on-hold";
        /// Suggested, meant for later, or not signed yet.
        Planned = "planned";
        /// The course ended as recorded. Nobody stopped it.
        Completed = "completed";
        /// Somebody stopped it.
        Stopped = "stopped";
        /// Withdrawn before it began.
        CalledOff = "called-off";
        /// Recorded as not taken.
        NotTaken = "not-taken";
        /// Recorded as not to be taken.
        NotToBeTaken = "not-to-be-taken";
        /// Never should have been there (D4).
        EnteredInError = "entered-in-error";
        /// The record does not tell.
        Unknown = "unknown";
    }
}

facts! {
    /// What decided the state: `medicine.reason.<code>`.
    StateReason {
        /// An order in force.
        ActiveOrder = "active-order";
        /// One dose of an order, in force.
        ActiveInstance = "active-instance";
        /// In force, and the source was told of it.
        ActiveReported = "active-reported";
        /// A statement in force.
        ActiveStatement = "active-statement";
        /// A plan, not an order.
        ActivePlan = "active-plan";
        /// A suggestion, not an order.
        ActiveProposal = "active-proposal";
        /// One of several choices.
        ActiveChoice = "active-choice";
        /// In force, without saying whether it is an order.
        IntentMissing = "intent-missing";
        /// In force, and its first day lies ahead.
        StartsLater = "starts-later";
        /// In force, though its last day lies behind.
        DatesPast = "dates-past";
        /// Meant for later.
        Intended = "intended";
        /// Halted for a time.
        OnHold = "on-hold";
        /// Withdrawn before it began.
        Cancelled = "cancelled";
        /// The course ended.
        Completed = "completed";
        /// Stopped for good.
        Stopped = "stopped";
        /// Not ready to act on.
        Draft = "draft";
        /// Not taken.
        NotTaken = "not-taken";
        /// An order not to take it.
        DoNotTake = "do-not-take";
        /// An order not to take it, which is not or no longer in force.
        DoNotTakeNotInForce = "do-not-take-not-in-force";
        /// Whether it is an order not to take it cannot be read.
        DoNotTakeUnreadable = "do-not-take-unreadable";
        /// Never should have been there.
        EnteredInError = "entered-in-error";
        /// The source says that it does not know.
        StatusUnknown = "status-unknown";
        /// The source does not say.
        StatusMissing = "status-missing";
    }
}

type Decision = (MedicineState, StateReason);

impl MedicineState {
    /// The state of a request, and what decided it. `today` is the reader's date; without it dates decide nothing.
    #[must_use]
    pub fn of(request: &MedicationRequest, today: Option<NaiveDate>) -> Decision {
        let told = request.reported.as_ref().is_some_and(Reported::is_reported);
        let decision = match request.do_not_perform {
            Some(false) => by_status(request.status, request.intent, told),
            forbidden => prohibited(request.status, forbidden.is_some()),
        };
        by_dates(decision, course(&request.dosage_instructions).as_ref(), today)
    }

    /// The state of a statement, and what decided it; as [`MedicineState::of`].
    #[must_use]
    pub fn of_statement(statement: &MedicationStatement, today: Option<NaiveDate>) -> Decision {
        let decision = match statement.status {
            MedicationStatementStatus::Active => (Self::Taking, StateReason::ActiveStatement),
            MedicationStatementStatus::Completed => (Self::Completed, StateReason::Completed),
            MedicationStatementStatus::EnteredInError => (Self::EnteredInError, StateReason::EnteredInError),
            MedicationStatementStatus::Intended => (Self::Planned, StateReason::Intended),
            MedicationStatementStatus::Stopped => (Self::Stopped, StateReason::Stopped),
            MedicationStatementStatus::OnHold => (Self::OnHold, StateReason::OnHold),
            MedicationStatementStatus::Unknown => (Self::Unknown, StateReason::StatusUnknown),
            MedicationStatementStatus::NotTaken => (Self::NotTaken, StateReason::NotTaken),
            MedicationStatementStatus::NotGiven => (Self::Unknown, StateReason::StatusMissing),
        };
        by_dates(decision, statement.effective_period.as_ref(), today)
    }
}

/// All but `active` decides alone.
fn by_status(status: Status, intent: Intent, told: bool) -> Decision {
    match status {
        Status::Active => by_intent(intent, told),
        Status::OnHold => (MedicineState::OnHold, StateReason::OnHold),
        Status::Cancelled => (MedicineState::CalledOff, StateReason::Cancelled),
        Status::Completed => (MedicineState::Completed, StateReason::Completed),
        Status::EnteredInError => (MedicineState::EnteredInError, StateReason::EnteredInError),
        Status::Stopped => (MedicineState::Stopped, StateReason::Stopped),
        Status::Draft => (MedicineState::Planned, StateReason::Draft),
        Status::Unknown => (MedicineState::Unknown, StateReason::StatusUnknown),
        Status::NotGiven => (MedicineState::Unknown, StateReason::StatusMissing),
    }
}

/// What `active` means depends on the intent. US Core records a medicine that the source was told of as an active
/// plan with `reported`.
fn by_intent(intent: Intent, told: bool) -> Decision {
    match intent {
        Intent::Order | Intent::OriginalOrder | Intent::ReflexOrder | Intent::FillerOrder if told => {
            (MedicineState::Taking, StateReason::ActiveReported)
        }
        Intent::Order | Intent::OriginalOrder | Intent::ReflexOrder | Intent::FillerOrder => {
            (MedicineState::Taking, StateReason::ActiveOrder)
        }
        Intent::InstanceOrder => (MedicineState::Taking, StateReason::ActiveInstance),
        Intent::Plan if told => (MedicineState::Taking, StateReason::ActiveReported),
        Intent::Plan => (MedicineState::Planned, StateReason::ActivePlan),
        Intent::Proposal => (MedicineState::Planned, StateReason::ActiveProposal),
        Intent::Choice => (MedicineState::Unknown, StateReason::ActiveChoice),
        Intent::NotGiven => (MedicineState::Unknown, StateReason::IntentMissing),
    }
}

/// `doNotPerform`: an order not to take it. One that is no longer in force allows nothing by itself.
fn prohibited(status: Status, readable: bool) -> Decision {
    match status {
        Status::EnteredInError => (MedicineState::EnteredInError, StateReason::EnteredInError),
        _ if !readable => (MedicineState::Unknown, StateReason::DoNotTakeUnreadable),
        Status::Active | Status::Unknown | Status::NotGiven => (MedicineState::NotToBeTaken, StateReason::DoNotTake),
        _ => (MedicineState::Unknown, StateReason::DoNotTakeNotInForce),
    }
}

/// The treatment's own dates against what is listed as in force. The dates of the prescription's supply say nothing.
fn by_dates(decision: Decision, course: Option<&Period>, today: Option<NaiveDate>) -> Decision {
    let (MedicineState::Taking, Some(course), Some(today)) = (decision.0, course, today) else { return decision };
    let first = course.start.as_ref().and_then(FhirTime::local_date).and_then(|date| date.first_day());
    let last = course.end.as_ref().and_then(FhirTime::local_date).and_then(|date| date.last_day());
    if first.is_some_and(|first| first > today) {
        (MedicineState::Planned, StateReason::StartsLater)
    } else if last.is_some_and(|last| last < today) {
        (MedicineState::Unknown, StateReason::DatesPast)
    } else {
        decision
    }
}

/// From the first start to the last end of all instructions; an instruction without an end leaves the end open.
pub(crate) fn course(dosages: &[Dosage]) -> Option<Period> {
    let bounds = |dosage: &Dosage| dosage.timing.as_ref()?.repeat.as_ref()?.bounds_period.clone();
    let periods: Vec<Period> = dosages.iter().map(bounds).collect::<Option<_>>()?;
    let starts: Option<Vec<FhirTime>> = periods.iter().map(|period| period.start.clone()).collect();
    let ends: Option<Vec<FhirTime>> = periods.iter().map(|period| period.end.clone()).collect();
    (!periods.is_empty()).then(|| Period {
        start: starts.and_then(|times| times.into_iter().min_by_key(FhirTime::order_key)),
        end: ends.and_then(|times| times.into_iter().max_by_key(FhirTime::order_key)),
    })
}
