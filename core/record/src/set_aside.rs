//! Why a resource is not in the chart (D7), and which types a chart can hold (D1).

/// Why a resource was set aside. It is kept sealed where it can be read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetAside {
    /// Not JSON, not an object, or ambiguous about what or whose it is.
    Unreadable,
    /// A type that the chart cannot hold yet.
    UnsupportedType,
    /// It does not say whose it is.
    NoSubject,
    /// The same version of the same resource came before.
    Duplicate,
    /// A newer version came before.
    OlderVersion,
    /// An OperationOutcome: a remark of the server, not part of a record.
    OperationOutcome,
    /// It is about another patient (A9).
    WrongPatient,
}

impl SetAside {
    /// All reasons, in the order of the table in DESIGN.
    pub const ALL: [Self; 7] = [
        Self::Unreadable,
        Self::UnsupportedType,
        Self::NoSubject,
        Self::Duplicate,
        Self::OlderVersion,
        Self::OperationOutcome,
        Self::WrongPatient,
    ];

    /// The stable code, as the command line prints it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::UnsupportedType => "unsupported_type",
            Self::NoSubject => "no_subject",
            Self::Duplicate => "duplicate",
            Self::OlderVersion => "older_version",
            Self::OperationOutcome => "operation_outcome",
            Self::WrongPatient => "wrong_patient",
        }
    }
}

/// Whether a chart can hold a resource type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// It lands in the chart.
    Now,
    /// Outside D1, and close to it; it is set aside until its reader exists.
    Later,
    /// Not planned.
    Unplanned,
}

const NOW: [&str; 24] = [
    "AllergyIntolerance",
    "Appointment",
    "Binary",
    "CarePlan",
    "CareTeam",
    "Condition",
    "Device",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Goal",
    "Immunization",
    "Location",
    "Medication",
    "MedicationRequest",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "RelatedPerson",
    "ServiceRequest",
];

const LATER: [&str; 6] = ["Consent", "Coverage", "FamilyMemberHistory", "Media", "MedicationDispense", "Specimen"];

/// Whether a chart can hold this type.
#[must_use]
pub fn support(resource_type: &str) -> Support {
    if NOW.contains(&resource_type) {
        Support::Now
    } else if LATER.contains(&resource_type) {
        Support::Later
    } else {
        Support::Unplanned
    }
}
