//! `Condition`: health problems, diagnoses of a visit, concerns (D1).

use crate::about::About;
use crate::code::CodeableConcept;
use crate::coded::{Coded, code_list, word_ids};
use crate::contained::{Party, parties_in};
use crate::element::Object;
use crate::member::{concept, concepts, extension, one, time};
use crate::none_known::NoneKnown;
use crate::projection::{Clinical, Rule, Rules, Title, clinical, groups, labels, plainly, rule};
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::said::{Said, Tell};
use crate::time::FhirTime;
use crate::when::{When, at};

code_list! {
    /// `Condition.clinicalStatus`.
    ConditionClinicalStatus = "condition.clinical-status" {
        Active = "active",
        Recurrence = "recurrence",
        Relapse = "relapse",
        Inactive = "inactive",
        Remission = "remission",
        Resolved = "resolved",
        Unknown = "unknown",
    }
}

code_list! {
    /// `Condition.verificationStatus`: how sure its source is.
    ConditionVerificationStatus = "condition.verification-status" {
        Unconfirmed = "unconfirmed",
        Provisional = "provisional",
        Differential = "differential",
        Confirmed = "confirmed",
        Refuted = "refuted",
        EnteredInError = "entered-in-error",
    }
}

code_list! {
    /// `Condition.category`: HL7's and US Core's.
    ConditionCategory = "condition.category" {
        ProblemListItem = "problem-list-item",
        EncounterDiagnosis = "encounter-diagnosis",
        HealthConcern = "health-concern",
        SocialDeterminants = "sdoh",
    }
}

/// `Condition.stage`.
#[derive(Clone, PartialEq, Eq)]
pub struct Stage {
    /// The stage in the source's words.
    pub summary: Option<CodeableConcept>,
    /// What was staged, and how.
    pub kind: Option<CodeableConcept>,
    /// The findings behind it.
    pub assessments: Vec<Party>,
}

hidden_debug!(Stage);

/// `Condition.evidence`.
#[derive(Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Signs and symptoms.
    pub codes: Vec<CodeableConcept>,
    /// The findings behind it.
    pub details: Vec<Party>,
}

hidden_debug!(Evidence);

/// A health problem as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Condition {
    /// What every resource tells.
    pub about: About,
    /// `clinicalStatus`.
    pub clinical_status: Coded<ConditionClinicalStatus>,
    /// `verificationStatus`.
    pub verification_status: Coded<ConditionVerificationStatus>,
    /// `category`.
    pub categories: Vec<Coded<ConditionCategory>>,
    /// `severity`.
    pub severity: Option<CodeableConcept>,
    /// `code`.
    pub code: Option<CodeableConcept>,
    /// `bodySite`.
    pub body_sites: Vec<CodeableConcept>,
    /// `subject`.
    pub subject: Option<Reference>,
    /// `encounter`.
    pub encounter: Option<Party>,
    /// `onset[x]`.
    pub onset: Option<When>,
    /// `abatement[x]`.
    pub abatement: Option<When>,
    /// `recordedDate`.
    pub recorded: Option<FhirTime>,
    /// When somebody first stated it: US Core's `assertedDate`.
    pub asserted: Option<FhirTime>,
    /// `recorder`.
    pub recorder: Option<Party>,
    /// `asserter`: who says so.
    pub asserter: Option<Party>,
    /// `stage`.
    pub stages: Vec<Stage>,
    /// `evidence`.
    pub evidence: Vec<Evidence>,
}

const ASSERTED_DATE: &str = "http://hl7.org/fhir/StructureDefinition/condition-assertedDate";

const STAGE: &[Rule<Stage, Said>] = &[
    rule("summary", "condition.fact.stage.summary", |s| s.summary.tell()),
    rule("type", "condition.fact.stage.type", |s| s.kind.tell()),
    rule("assessment", "condition.fact.stage.assessment", |s| s.assessments.tell()),
];

const EVIDENCE: &[Rule<Evidence, Said>] = &[
    rule("code", "condition.fact.evidence.code", |e| e.codes.tell()),
    rule("detail", "condition.fact.evidence.detail", |e| e.details.tell()),
];

impl Clinical for Condition {
    const TYPE: &'static str = "Condition";
    const RULES: Rules<Self> = Rules {
        times: &[
            rule("onset", "condition.time.onset", |c| c.onset.clone().into_iter().collect()),
            rule("recordedDate", "condition.time.recorded", |c| at(&c.recorded)),
            rule("assertedDate", "condition.time.asserted", |c| at(&c.asserted)),
            rule("abatement", "condition.time.abatement", |c| c.abatement.clone().into_iter().collect()),
        ],
        facts: &[
            rule("category", "condition.fact.category", |c| c.categories.tell()),
            rule("severity", "condition.fact.severity", |c| c.severity.tell()),
            rule("bodySite", "condition.fact.body-site", |c| c.body_sites.tell()),
            rule("stage", "condition.fact.stage", |c| groups(STAGE, &c.stages)),
            rule("evidence", "condition.fact.evidence", |c| groups(EVIDENCE, &c.evidence)),
        ],
        roles: &[
            rule("asserter", "condition.role.asserter", |c| plainly(&c.asserter)),
            rule("recorder", "condition.role.recorder", |c| plainly(&c.recorder)),
        ],
        links: &[
            rule("encounter", "condition.link.encounter", |c| c.encounter.iter().cloned().collect()),
            rule("stage", "condition.link.stage-assessment", |c| {
                c.stages.iter().flat_map(|stage| stage.assessments.clone()).collect()
            }),
            rule("evidence", "condition.link.evidence", |c| {
                c.evidence.iter().flat_map(|e| e.details.clone()).collect()
            }),
        ],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let parties = |name: &str| parties_in(resource, resource, name);
        let stage = |stage: &Object<'_>| Stage {
            summary: concept(stage, "summary"),
            kind: concept(stage, "type"),
            assessments: parties_in(resource, stage, "assessment"),
        };
        let evidence = |evidence: &Object<'_>| Evidence {
            codes: concepts(evidence, "code"),
            details: parties_in(resource, evidence, "detail"),
        };
        Self {
            about: About::read(resource),
            clinical_status: Coded::read(resource, "clinicalStatus"),
            verification_status: Coded::read(resource, "verificationStatus"),
            categories: Coded::list(resource, "category"),
            severity: concept(resource, "severity"),
            code: concept(resource, "code"),
            body_sites: concepts(resource, "bodySite"),
            subject: one(resource, "subject"),
            encounter: parties("encounter").into_iter().next(),
            onset: When::choice(resource, "onset"),
            abatement: When::choice(resource, "abatement"),
            recorded: time(resource, "recordedDate"),
            asserted: extension(resource, ASSERTED_DATE).and_then(|extension| time(&extension, "valueDateTime")),
            recorder: parties("recorder").into_iter().next(),
            asserter: parties("asserter").into_iter().next(),
            stages: resource.objects("stage").iter().map(stage).collect(),
            evidence: resource.objects("evidence").iter().map(evidence).collect(),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        Title::of(&self.code)
    }

    fn states(&self) -> Vec<Said> {
        [self.clinical_status.tell(), self.verification_status.tell()].concat()
    }

    fn none_known(&self) -> Option<NoneKnown> {
        self.code.as_ref().and_then(NoneKnown::of)
    }

    fn more_word_ids() -> Vec<String> {
        let lists = [
            word_ids::<ConditionClinicalStatus>(),
            word_ids::<ConditionVerificationStatus>(),
            word_ids::<ConditionCategory>(),
        ];
        [lists.concat(), labels(STAGE), labels(EVIDENCE)].concat()
    }
}

clinical!(Condition);
