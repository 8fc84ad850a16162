//! `Observation`: results and vital signs as recorded (R1).

use crate::analyte::Analyte;
use crate::code::CodeableConcept;
use crate::contained::{Party, find_contained, parties};
use crate::element::{Element, Object};
use crate::error::RecordError;
use crate::identifier::Identifier;
use crate::quantity::Range;
use crate::redact::hidden_debug;
use crate::reference::{Reference, Target};
use crate::status::{AbsentReason, ObservationStatus};
use crate::time::{FhirTime, Period};
use crate::value::Value;

/// `Observation.category`, as far as it is one of HL7's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObservationKind {
    /// Laboratory.
    Laboratory,
    /// Vital signs.
    VitalSigns,
    /// Imaging.
    Imaging,
    /// Social history.
    SocialHistory,
    /// Questionnaires.
    Survey,
    /// Examination.
    Exam,
    /// Procedures.
    Procedure,
    /// Therapy.
    Therapy,
    /// Activity.
    Activity,
    /// Another, or none given.
    Other,
}

/// HL7's category codes, and the codes of HL7 v2 for diagnostic services that servers use in their place.
const KINDS: [(&str, ObservationKind); 17] = [
    ("laboratory", ObservationKind::Laboratory),
    ("LAB", ObservationKind::Laboratory),
    ("CH", ObservationKind::Laboratory),
    ("HM", ObservationKind::Laboratory),
    ("MB", ObservationKind::Laboratory),
    ("SP", ObservationKind::Laboratory),
    ("GE", ObservationKind::Laboratory),
    ("vital-signs", ObservationKind::VitalSigns),
    ("imaging", ObservationKind::Imaging),
    ("RAD", ObservationKind::Imaging),
    ("social-history", ObservationKind::SocialHistory),
    ("survey", ObservationKind::Survey),
    ("exam", ObservationKind::Exam),
    ("procedure", ObservationKind::Procedure),
    ("therapy", ObservationKind::Therapy),
    ("activity", ObservationKind::Activity),
    ("vitals", ObservationKind::VitalSigns),
];

/// A range that the laboratory gave. It is never made up, nor filled in from elsewhere.
#[derive(Clone, PartialEq, Eq)]
pub struct ReferenceRange {
    /// Lower and upper bound.
    pub bounds: Option<Range>,
    /// `normal`, `therapeutic` ...
    pub kind: Option<CodeableConcept>,
    /// For whom it is meant.
    pub applies_to: Vec<CodeableConcept>,
    /// For which ages it is meant.
    pub age: Option<Range>,
    /// In the laboratory's words.
    pub text: Option<String>,
}

hidden_debug!(ReferenceRange);

impl Element for ReferenceRange {
    fn read(object: &Object<'_>) -> Option<Self> {
        let range = Self {
            bounds: Range::read(object),
            kind: object.element("type"),
            applies_to: object.elements("appliesTo"),
            age: object.element("age"),
            text: object.text("text"),
        };
        (range.bounds.is_some() || range.text.is_some()).then_some(range)
    }
}

/// What was measured: the part that an Observation and its components have in common.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Measured {
    /// What was measured.
    pub code: Option<CodeableConcept>,
    /// What was found.
    pub value: Option<Value>,
    /// Why nothing was found.
    pub absent: Option<AbsentReason>,
    /// The laboratory's flags.
    pub interpretation: Vec<CodeableConcept>,
    /// The laboratory's ranges.
    pub reference_ranges: Vec<ReferenceRange>,
}

hidden_debug!(Measured, interpretation, reference_ranges);

impl Measured {
    /// The analyte, as one source names it. `None` if it is not named at all.
    #[must_use]
    pub fn analyte(&self, source: &str) -> Option<Analyte> {
        Analyte::of(self.code.as_ref()?, self.value.as_ref().and_then(Value::unit), source)
    }
}

impl Element for Measured {
    fn read(object: &Object<'_>) -> Option<Self> {
        Some(Self {
            code: object.element("code"),
            value: Value::read(object),
            absent: AbsentReason::read(object, Value::member_names()),
            interpretation: object.elements("interpretation"),
            reference_ranges: object.elements("referenceRange"),
        })
    }
}

/// A result, a vital sign, or an answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Observation {
    /// `id`.
    pub id: Option<String>,
    /// `identifier`.
    pub identifiers: Vec<Identifier>,
    /// `status`.
    pub status: ObservationStatus,
    /// Why there is no status.
    pub status_absent: Option<AbsentReason>,
    /// Why the status is what it is, such as why a test was cancelled.
    pub status_reason: Option<CodeableConcept>,
    /// `category`.
    pub categories: Vec<CodeableConcept>,
    /// `subject`.
    pub subject: Option<Reference>,
    /// `encounter`.
    pub encounter: Option<Reference>,
    /// What was measured and found.
    pub measured: Measured,
    /// Parts of it, such as the two numbers of a blood pressure.
    pub components: Vec<Measured>,
    /// `effective[x]` as one time.
    pub effective: Option<FhirTime>,
    /// `effectivePeriod`.
    pub effective_period: Option<Period>,
    /// `issued`: when the laboratory let it out.
    pub issued: Option<FhirTime>,
    /// `performer`.
    pub performers: Vec<Party>,
    /// `method`.
    pub method: Option<CodeableConcept>,
    /// `bodySite`.
    pub body_site: Option<CodeableConcept>,
    /// `specimen`.
    pub specimen: Option<Party>,
    /// The laboratory's notes.
    pub notes: Vec<String>,
    /// `hasMember`: results that belong under this one.
    pub has_member: Vec<Reference>,
    /// `derivedFrom`.
    pub derived_from: Vec<Reference>,
    /// `basedOn`: the order.
    pub based_on: Vec<Reference>,
}

hidden_debug!(Observation, components, notes, has_member);

impl Observation {
    /// Reads an Observation.
    ///
    /// # Errors
    /// Not a JSON object, or not an Observation.
    pub fn read(raw: &str) -> Result<Self, RecordError> {
        let resource = Object::resource(raw, "Observation")?;
        let effective_period: Option<Period> = resource.element("effectivePeriod");
        Ok(Self {
            id: resource.token("id"),
            identifiers: resource.elements("identifier"),
            status: ObservationStatus::read(resource.token("status").as_deref()),
            status_absent: AbsentReason::of_member(&resource, "status"),
            status_reason: (resource.elements::<StatusReason>("extension").into_iter().next()).map(|found| found.0),
            categories: resource.elements("category"),
            subject: resource.element("subject"),
            encounter: resource.element("encounter"),
            measured: Measured::read(&resource).unwrap_or_default(),
            components: resource.elements("component"),
            effective: read_effective(&resource, effective_period.as_ref()),
            effective_period,
            issued: resource.time("issued"),
            performers: parties(&resource, "performer"),
            method: resource.element("method"),
            body_site: resource.element("bodySite"),
            specimen: specimens(&resource, raw).pop(),
            notes: resource.objects("note").iter().filter_map(|note| note.text("text")).collect(),
            has_member: resource.elements("hasMember"),
            derived_from: resource.elements("derivedFrom"),
            based_on: resource.elements("basedOn"),
        })
    }

    /// The analyte, as one source names it.
    #[must_use]
    pub fn analyte(&self, source: &str) -> Option<Analyte> {
        self.measured.analyte(source)
    }

    /// The first category that is one of HL7's.
    #[must_use]
    pub fn kind(&self) -> ObservationKind {
        let codes =
            self.categories.iter().flat_map(|category| &category.codings).filter_map(|coding| coding.code.as_deref());
        codes.filter_map(kind_of).next().unwrap_or(ObservationKind::Other)
    }
}

fn kind_of(code: &str) -> Option<ObservationKind> {
    KINDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|(_, kind)| *kind)
}

/// The extension that says why an event has its status.
const STATUS_REASON: &str = "http://hl7.org/fhir/StructureDefinition/event-statusReason";

struct StatusReason(CodeableConcept);

impl Element for StatusReason {
    fn read(object: &Object<'_>) -> Option<Self> {
        let stated = object.token("url").is_some_and(|url| url == STATUS_REASON);
        object.element("valueCodeableConcept").filter(|_| stated).map(Self)
    }
}

/// What was examined, by the words beside the reference or the type of the specimen inside the resource.
pub(crate) fn specimens(resource: &Object<'_>, raw: &str) -> Vec<Party> {
    let mut found = parties(resource, "specimen");
    for party in &mut found {
        if let (None, Target::Contained(id)) = (&party.name, &party.reference.target) {
            let specimen = find_contained(raw, id).and_then(|inner| Object::resource(inner, "Specimen").ok());
            let kind = specimen.and_then(|specimen| specimen.element::<CodeableConcept>("type"));
            party.name = kind.as_ref().and_then(CodeableConcept::shown).map(str::to_owned);
        }
    }
    found
}

pub(crate) fn read_effective(resource: &Object<'_>, period: Option<&Period>) -> Option<FhirTime> {
    let timing = || {
        let events = resource.object("effectiveTiming")?.texts("event");
        events.first().map(|text| FhirTime::from_text(text))
    };
    let start = || period.and_then(|period| period.start.clone().or_else(|| period.end.clone()));
    resource.time("effectiveDateTime").or_else(|| resource.time("effectiveInstant")).or_else(start).or_else(timing)
}
