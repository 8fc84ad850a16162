//! What came of a referral or an order: the resources that name it (R5).
//!
//! That nothing names it means "no visit or report seen", and never that somebody failed to do something.

use crate::code_enum::facts;
use crate::element::Element;
use crate::element::Object;
use crate::error::RecordError;
use crate::redact::hidden_debug;
use crate::reference::{Reference, Target};
use crate::time::{FhirTime, Period};

facts! {
    /// What sort of answer it is: `referral.answer.<code>`.
    AnswerKind {
        /// A DiagnosticReport.
        Report = "report";
        /// An Observation.
        Result = "result";
        /// An Encounter.
        Visit = "visit";
        /// An Appointment.
        Appointment = "appointment";
        /// A Procedure.
        Procedure = "procedure";
        /// A DocumentReference.
        Document = "document";
        /// A Task: work on the request, not yet what came of it.
        Task = "task";
        /// An ImagingStudy.
        Images = "images";
    }
}

facts! {
    /// Whether it has happened: `referral.answer-standing.<code>`.
    AnswerStanding {
        /// It is there.
        Here = "here";
        /// It is set for later, or under way.
        Ahead = "ahead";
        /// It was called off, or did not happen.
        CalledOff = "called-off";
        /// Never should have been there (D4). It answers nothing.
        EnteredInError = "entered-in-error";
        /// The record does not tell.
        Unknown = "unknown";
    }
}

use AnswerKind as Kind;
use AnswerStanding as Standing;

struct Answering {
    resource_type: &'static str,
    kind: Kind,
    /// Where the request stands; `/` for a step down.
    members: &'static [&'static str],
    /// When it happened or is set for, the most telling first.
    times: &'static [&'static str],
}

const ANSWERING: [Answering; 8] = [
    Answering {
        resource_type: "DiagnosticReport",
        kind: Kind::Report,
        members: &["basedOn"],
        times: &["effectiveDateTime", "effectivePeriod", "issued"],
    },
    Answering {
        resource_type: "Observation",
        kind: Kind::Result,
        members: &["basedOn"],
        times: &["effectiveDateTime", "effectivePeriod", "issued"],
    },
    Answering { resource_type: "Encounter", kind: Kind::Visit, members: &["basedOn"], times: &["period"] },
    Answering { resource_type: "Appointment", kind: Kind::Appointment, members: &["basedOn"], times: &["start"] },
    Answering {
        resource_type: "Procedure",
        kind: Kind::Procedure,
        members: &["basedOn"],
        times: &["performedDateTime", "performedPeriod"],
    },
    Answering {
        resource_type: "DocumentReference",
        kind: Kind::Document,
        members: &["context/related"],
        times: &["date"],
    },
    Answering {
        resource_type: "Task",
        kind: Kind::Task,
        members: &["basedOn", "focus"],
        times: &["executionPeriod", "lastModified", "authoredOn"],
    },
    Answering { resource_type: "ImagingStudy", kind: Kind::Images, members: &["basedOn"], times: &["started"] },
];

/// Statuses that leave no doubt. All others are [`AnswerStanding::Unknown`].
const STANDINGS: [(&[Kind], &[&str], Standing); 9] = [
    (&[Kind::Report], &["partial", "preliminary", "final", "amended", "corrected", "appended"], Standing::Here),
    (&[Kind::Result], &["preliminary", "final", "amended", "corrected"], Standing::Here),
    (&[Kind::Report, Kind::Result, Kind::Images], &["registered"], Standing::Ahead),
    (&[Kind::Visit], &["arrived", "triaged", "in-progress", "onleave", "finished"], Standing::Here),
    (&[Kind::Appointment], &["fulfilled", "arrived", "checked-in"], Standing::Here),
    (&[Kind::Visit, Kind::Appointment], &["planned", "proposed", "pending", "booked", "waitlist"], Standing::Ahead),
    (&[Kind::Procedure, Kind::Task], &["completed", "in-progress"], Standing::Here),
    (&[Kind::Document, Kind::Images], &["current", "superseded", "available"], Standing::Here),
    (
        &[Kind::Procedure, Kind::Task],
        &["preparation", "draft", "requested", "received", "accepted", "ready", "on-hold"],
        Standing::Ahead,
    ),
];

const CALLED_OFF: [&str; 7] = ["cancelled", "noshow", "not-done", "stopped", "rejected", "failed", "revoked"];

/// A resource that names requests it answers.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// What sort.
    pub kind: AnswerKind,
    /// `id`.
    pub id: Option<String>,
    /// Whether it has happened.
    pub standing: AnswerStanding,
    /// When it happened or is set for, as recorded.
    pub when: Option<FhirTime>,
    /// The requests: references that are, or may be, to a ServiceRequest.
    pub requests: Vec<Reference>,
}

hidden_debug!(Answer, requests);

/// What a resource answers. `None` if its type cannot, or it names no request.
///
/// # Errors
/// Not a JSON object.
pub fn answer(raw: &str) -> Result<Option<Answer>, RecordError> {
    let resource = Object::parse(raw)?;
    let resource_type = resource.token("resourceType").unwrap_or_default();
    let Some(answering) = ANSWERING.iter().find(|one| one.resource_type == resource_type) else { return Ok(None) };
    let requests: Vec<Reference> = answering.members.iter().flat_map(|member| named(&resource, member)).collect();
    let status = resource.token("status");
    Ok((!requests.is_empty()).then(|| Answer {
        kind: answering.kind,
        id: resource.token("id"),
        standing: standing(answering.kind, status.as_deref()),
        when: answering.times.iter().find_map(|member| time(&resource, member)),
        requests,
    }))
}

/// The requests that a resource names as answered; see [`answer`]. Empty for what is none.
#[must_use]
pub fn answers(raw: &str) -> Vec<Reference> {
    answer(raw).ok().flatten().map(|answer| answer.requests).unwrap_or_default()
}

fn named(resource: &Object<'_>, path: &str) -> Vec<Reference> {
    let references: Vec<Reference> = match path.split_once('/') {
        None => references(resource, path),
        Some((outer, inner)) => resource.object(outer).map(|context| references(&context, inner)).unwrap_or_default(),
    };
    references.into_iter().filter(may_be_a_request).collect()
}

fn references(object: &Object<'_>, member: &str) -> Vec<Reference> {
    object.objects(member).iter().filter_map(Reference::read).collect()
}

/// By its type; an address without a type (`urn:`) or a number alone may be one.
fn may_be_a_request(reference: &Reference) -> bool {
    match reference.resource_type() {
        Some(resource_type) => resource_type == "ServiceRequest",
        None => matches!(reference.target, Target::Urn(_) | Target::Logical),
    }
}

fn standing(kind: Kind, status: Option<&str>) -> Standing {
    match status {
        Some("entered-in-error") => Standing::EnteredInError,
        Some(status) if CALLED_OFF.contains(&status) => Standing::CalledOff,
        Some(status) => {
            let fits = |row: &&(&[Kind], &[&str], Standing)| row.0.contains(&kind) && row.1.contains(&status);
            STANDINGS.iter().find(fits).map_or(Standing::Unknown, |row| row.2)
        }
        None => Standing::Unknown,
    }
}

fn time(resource: &Object<'_>, member: &str) -> Option<FhirTime> {
    let period = || -> Option<FhirTime> {
        let period: Period = resource.element(member)?;
        period.start.or(period.end)
    };
    resource.time(member).or_else(period)
}
