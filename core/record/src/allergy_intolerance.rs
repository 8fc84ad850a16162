//! `AllergyIntolerance`: allergies, intolerances, and statements that there are none (D1, X3).

use crate::about::{About, Annotation, annotations};
use crate::code::CodeableConcept;
use crate::coded::{Coded, code_list, word_ids};
use crate::contained::{Party, parties_in};
use crate::element::Object;
use crate::member::{concept, concepts, one, text, time};
use crate::none_known::NoneKnown;
use crate::projection::{Clinical, Rule, Rules, Title, clinical, groups, labels, plainly, rule};
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::said::{Said, Tell};
use crate::time::FhirTime;
use crate::when::{When, at};

code_list! {
    /// `AllergyIntolerance.clinicalStatus`.
    AllergyClinicalStatus = "allergy-intolerance.clinical-status" {
        Active = "active",
        Inactive = "inactive",
        Resolved = "resolved",
    }
}

code_list! {
    /// `AllergyIntolerance.verificationStatus`: how sure its source is.
    AllergyVerificationStatus = "allergy-intolerance.verification-status" {
        Unconfirmed = "unconfirmed",
        Presumed = "presumed",
        Confirmed = "confirmed",
        Refuted = "refuted",
        EnteredInError = "entered-in-error",
    }
}

code_list! {
    /// `AllergyIntolerance.type`.
    AllergyType = "allergy-intolerance.type" {
        Allergy = "allergy",
        Intolerance = "intolerance",
    }
}

code_list! {
    /// `AllergyIntolerance.category`.
    AllergyCategory = "allergy-intolerance.category" {
        Food = "food",
        Medication = "medication",
        Environment = "environment",
        Biologic = "biologic",
    }
}

code_list! {
    /// `AllergyIntolerance.criticality`: how much harm a reaction could do.
    AllergyCriticality = "allergy-intolerance.criticality" {
        Low = "low",
        High = "high",
        UnableToAssess = "unable-to-assess",
    }
}

code_list! {
    /// `AllergyIntolerance.reaction.severity`.
    ReactionSeverity = "allergy-intolerance.reaction-severity" {
        Mild = "mild",
        Moderate = "moderate",
        Severe = "severe",
    }
}

/// `AllergyIntolerance.reaction`: one time that it happened.
#[derive(Clone, PartialEq, Eq)]
pub struct Reaction {
    /// To what.
    pub substance: Option<CodeableConcept>,
    /// What was seen or felt.
    pub manifestations: Vec<CodeableConcept>,
    /// In words.
    pub description: Option<String>,
    /// When it began.
    pub onset: Option<FhirTime>,
    /// How strong it was.
    pub severity: Coded<ReactionSeverity>,
    /// How it got into the body.
    pub exposure_route: Option<CodeableConcept>,
    /// Notes on it.
    pub notes: Vec<Annotation>,
}

hidden_debug!(Reaction, manifestations, notes);

/// An allergy or intolerance as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct AllergyIntolerance {
    /// What every resource tells.
    pub about: About,
    /// `clinicalStatus`.
    pub clinical_status: Coded<AllergyClinicalStatus>,
    /// `verificationStatus`.
    pub verification_status: Coded<AllergyVerificationStatus>,
    /// `type`.
    pub kind: Coded<AllergyType>,
    /// `category`.
    pub categories: Vec<Coded<AllergyCategory>>,
    /// `criticality`.
    pub criticality: Coded<AllergyCriticality>,
    /// `code`: to what; or a statement that there is none, see [`AllergyIntolerance::none_known`].
    pub code: Option<CodeableConcept>,
    /// `patient`.
    pub patient: Option<Reference>,
    /// `encounter`.
    pub encounter: Option<Party>,
    /// `onset[x]`.
    pub onset: Option<When>,
    /// `recordedDate`.
    pub recorded: Option<FhirTime>,
    /// `recorder`.
    pub recorder: Option<Party>,
    /// `asserter`: who says so.
    pub asserter: Option<Party>,
    /// `lastOccurrence`.
    pub last_occurrence: Option<FhirTime>,
    /// `reaction`.
    pub reactions: Vec<Reaction>,
}

impl AllergyIntolerance {
    /// What it says there is none of. `None`: it is about an allergy.
    #[must_use]
    pub fn none_known(&self) -> Option<NoneKnown> {
        self.code.as_ref().and_then(NoneKnown::of)
    }
}

const REACTION: &[Rule<Reaction, Said>] = &[
    rule("manifestation", "allergy-intolerance.reaction.manifestation", |r| r.manifestations.tell()),
    rule("severity", "allergy-intolerance.reaction.severity", |r| r.severity.tell()),
    rule("description", "allergy-intolerance.reaction.description", |r| r.description.tell()),
    rule("onset", "allergy-intolerance.reaction.onset", |r| r.onset.tell()),
    rule("substance", "allergy-intolerance.reaction.substance", |r| r.substance.tell()),
    rule("exposureRoute", "allergy-intolerance.reaction.exposure-route", |r| r.exposure_route.tell()),
    rule("note", "allergy-intolerance.reaction.note", |r| {
        r.notes.iter().map(|note| Said::words(note.text.clone())).collect()
    }),
];

impl Clinical for AllergyIntolerance {
    const TYPE: &'static str = "AllergyIntolerance";
    const RULES: Rules<Self> = Rules {
        times: &[
            rule("onset", "allergy-intolerance.time.onset", |a| a.onset.iter().cloned().collect()),
            rule("recordedDate", "allergy-intolerance.time.recorded", |a| at(&a.recorded)),
            rule("lastOccurrence", "allergy-intolerance.time.last-occurrence", |a| at(&a.last_occurrence)),
        ],
        facts: &[
            rule("type", "allergy-intolerance.fact.type", |a| a.kind.tell()),
            rule("category", "allergy-intolerance.fact.category", |a| a.categories.tell()),
            rule("criticality", "allergy-intolerance.fact.criticality", |a| a.criticality.tell()),
            rule("reaction", "allergy-intolerance.fact.reaction", |a| groups(REACTION, &a.reactions)),
        ],
        roles: &[
            rule("asserter", "allergy-intolerance.role.asserter", |a| plainly(&a.asserter)),
            rule("recorder", "allergy-intolerance.role.recorder", |a| plainly(&a.recorder)),
        ],
        links: &[rule("encounter", "allergy-intolerance.link.encounter", |a| a.encounter.iter().cloned().collect())],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let party = |name: &str| parties_in(resource, resource, name).into_iter().next();
        let reaction = |reaction: &Object<'_>| Reaction {
            substance: concept(reaction, "substance"),
            manifestations: concepts(reaction, "manifestation"),
            description: text(reaction, "description"),
            onset: time(reaction, "onset"),
            severity: Coded::read(reaction, "severity"),
            exposure_route: concept(reaction, "exposureRoute"),
            notes: annotations(resource, reaction, "note"),
        };
        Self {
            about: About::read(resource),
            clinical_status: Coded::read(resource, "clinicalStatus"),
            verification_status: Coded::read(resource, "verificationStatus"),
            kind: Coded::read(resource, "type"),
            categories: Coded::list(resource, "category"),
            criticality: Coded::read(resource, "criticality"),
            code: concept(resource, "code"),
            patient: one(resource, "patient"),
            encounter: party("encounter"),
            onset: When::choice(resource, "onset"),
            recorded: time(resource, "recordedDate"),
            recorder: party("recorder"),
            asserter: party("asserter"),
            last_occurrence: time(resource, "lastOccurrence"),
            reactions: resource.objects("reaction").iter().map(reaction).collect(),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        // Some records name the substance only where it was met.
        Title::of(self.code.iter().chain(self.reactions.iter().filter_map(|reaction| reaction.substance.as_ref())))
    }

    fn states(&self) -> Vec<Said> {
        [self.clinical_status.tell(), self.verification_status.tell()].concat()
    }

    fn none_known(&self) -> Option<NoneKnown> {
        Self::none_known(self)
    }

    fn more_word_ids() -> Vec<String> {
        let lists = [
            word_ids::<AllergyClinicalStatus>(),
            word_ids::<AllergyVerificationStatus>(),
            word_ids::<AllergyType>(),
            word_ids::<AllergyCategory>(),
            word_ids::<AllergyCriticality>(),
            word_ids::<ReactionSeverity>(),
        ];
        [lists.concat(), labels(REACTION)].concat()
    }
}

clinical!(AllergyIntolerance);
