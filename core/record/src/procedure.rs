//! `Procedure`: operations, treatments, counselling: what was done (D1).

use crate::about::About;
use crate::code::CodeableConcept;
use crate::coded::{Coded, code_list, word_ids};
use crate::contained::{Party, parties_in};
use crate::element::Object;
use crate::member::{concept, concepts, one};
use crate::none_known::NoneKnown;
use crate::projection::{Clinical, Participation, Rule, Rules, Title, clinical, groups, labels, plainly, rule};
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::said::{Said, Tell};
use crate::when::When;

code_list! {
    /// `Procedure.status`.
    ProcedureStatus = "procedure.status" {
        Preparation = "preparation",
        InProgress = "in-progress",
        NotDone = "not-done",
        OnHold = "on-hold",
        Stopped = "stopped",
        Completed = "completed",
        EnteredInError = "entered-in-error",
        Unknown = "unknown",
    }
}

/// `Procedure.performer`.
#[derive(Clone, PartialEq, Eq)]
pub struct ProcedurePerformer {
    /// As what.
    pub function: Option<CodeableConcept>,
    /// Who.
    pub actor: Option<Party>,
    /// For which organization.
    pub on_behalf_of: Option<Party>,
}

hidden_debug!(ProcedurePerformer);

/// `Procedure.focalDevice`: a device that was put in, changed or taken out.
#[derive(Clone, PartialEq, Eq)]
pub struct FocalDevice {
    /// What was done with it.
    pub action: Option<CodeableConcept>,
    /// The device.
    pub manipulated: Option<Party>,
}

hidden_debug!(FocalDevice);

/// Something that was done, as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Procedure {
    /// What every resource tells.
    pub about: About,
    /// `status`.
    pub status: Coded<ProcedureStatus>,
    /// `statusReason`: why it was not done, or not to its end.
    pub status_reason: Option<CodeableConcept>,
    /// `category`.
    pub categories: Vec<CodeableConcept>,
    /// `code`.
    pub code: Option<CodeableConcept>,
    /// `subject`.
    pub subject: Option<Reference>,
    /// `encounter`.
    pub encounter: Option<Party>,
    /// `performed[x]`.
    pub performed: Option<When>,
    /// `recorder`.
    pub recorder: Option<Party>,
    /// `asserter`: who says so.
    pub asserter: Option<Party>,
    /// `performer`.
    pub performers: Vec<ProcedurePerformer>,
    /// `location`.
    pub location: Option<Party>,
    /// `reasonCode`.
    pub reasons: Vec<CodeableConcept>,
    /// `reasonReference`.
    pub reason_references: Vec<Party>,
    /// `bodySite`.
    pub body_sites: Vec<CodeableConcept>,
    /// `outcome`.
    pub outcome: Option<CodeableConcept>,
    /// `report`.
    pub reports: Vec<Party>,
    /// `complication`.
    pub complications: Vec<CodeableConcept>,
    /// `complicationDetail`.
    pub complication_details: Vec<Party>,
    /// `followUp`.
    pub follow_ups: Vec<CodeableConcept>,
    /// `focalDevice`.
    pub focal_devices: Vec<FocalDevice>,
    /// `usedReference`.
    pub used: Vec<Party>,
    /// `usedCode`.
    pub used_codes: Vec<CodeableConcept>,
    /// `basedOn`.
    pub based_on: Vec<Party>,
    /// `partOf`.
    pub part_of: Vec<Party>,
}

const FOCAL_DEVICE: &[Rule<FocalDevice, Said>] = &[
    rule("manipulated", "procedure.focal-device.device", |d| d.manipulated.tell()),
    rule("action", "procedure.focal-device.action", |d| d.action.tell()),
];

impl Clinical for Procedure {
    const TYPE: &'static str = "Procedure";
    const RULES: Rules<Self> = Rules {
        times: &[rule("performed", "procedure.time.performed", |p| p.performed.iter().cloned().collect())],
        facts: &[
            rule("statusReason", "procedure.fact.status-reason", |p| p.status_reason.tell()),
            rule("category", "procedure.fact.category", |p| p.categories.tell()),
            rule("bodySite", "procedure.fact.body-site", |p| p.body_sites.tell()),
            rule("reasonCode", "procedure.fact.reason", |p| p.reasons.tell()),
            rule("outcome", "procedure.fact.outcome", |p| p.outcome.tell()),
            rule("complication", "procedure.fact.complication", |p| p.complications.tell()),
            rule("complicationDetail", "procedure.fact.complication", |p| p.complication_details.tell()),
            rule("followUp", "procedure.fact.follow-up", |p| p.follow_ups.tell()),
            rule("focalDevice", "procedure.fact.focal-device", |p| groups(FOCAL_DEVICE, &p.focal_devices)),
            rule("usedReference", "procedure.fact.used", |p| p.used.tell()),
            rule("usedCode", "procedure.fact.used", |p| p.used_codes.tell()),
        ],
        roles: &[
            rule("performer", "procedure.role.performer", |p| p.performers.iter().map(performer).collect()),
            rule("performer", "procedure.role.organization", |p| {
                plainly(p.performers.iter().filter_map(|performer| performer.on_behalf_of.as_ref()))
            }),
            rule("location", "procedure.role.location", |p| plainly(&p.location)),
            rule("asserter", "procedure.role.asserter", |p| plainly(&p.asserter)),
            rule("recorder", "procedure.role.recorder", |p| plainly(&p.recorder)),
        ],
        links: &[
            rule("encounter", "procedure.link.encounter", |p| p.encounter.iter().cloned().collect()),
            rule("reasonReference", "procedure.link.reason", |p| p.reason_references.clone()),
            rule("report", "procedure.link.report", |p| p.reports.clone()),
            rule("complicationDetail", "procedure.link.complication", |p| p.complication_details.clone()),
            rule("focalDevice", "procedure.link.device", |p| {
                p.focal_devices.iter().filter_map(|device| device.manipulated.clone()).collect()
            }),
            rule("usedReference", "procedure.link.used", |p| p.used.clone()),
            rule("basedOn", "procedure.link.based-on", |p| p.based_on.clone()),
            rule("partOf", "procedure.link.part-of", |p| p.part_of.clone()),
        ],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let parties = |name: &str| parties_in(resource, resource, name);
        let first = |part: &Object<'_>, name: &str| parties_in(resource, part, name).into_iter().next();
        let performer = |performer: &Object<'_>| ProcedurePerformer {
            function: concept(performer, "function"),
            actor: first(performer, "actor"),
            on_behalf_of: first(performer, "onBehalfOf"),
        };
        let device = |device: &Object<'_>| FocalDevice {
            action: concept(device, "action"),
            manipulated: first(device, "manipulated"),
        };
        Self {
            about: About::read(resource),
            status: Coded::read(resource, "status"),
            status_reason: concept(resource, "statusReason"),
            categories: concepts(resource, "category"),
            code: concept(resource, "code"),
            subject: one(resource, "subject"),
            encounter: first(resource, "encounter"),
            performed: When::choice(resource, "performed"),
            recorder: first(resource, "recorder"),
            asserter: first(resource, "asserter"),
            performers: resource.objects("performer").iter().map(performer).collect(),
            location: first(resource, "location"),
            reasons: concepts(resource, "reasonCode"),
            reason_references: parties("reasonReference"),
            body_sites: concepts(resource, "bodySite"),
            outcome: concept(resource, "outcome"),
            reports: parties("report"),
            complications: concepts(resource, "complication"),
            complication_details: parties("complicationDetail"),
            follow_ups: concepts(resource, "followUp"),
            focal_devices: resource.objects("focalDevice").iter().map(device).collect(),
            used: parties("usedReference"),
            used_codes: concepts(resource, "usedCode"),
            based_on: parties("basedOn"),
            part_of: parties("partOf"),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        Title::of(&self.code)
    }

    fn states(&self) -> Vec<Said> {
        self.status.tell()
    }

    fn none_known(&self) -> Option<NoneKnown> {
        self.code.as_ref().and_then(NoneKnown::of)
    }

    fn more_word_ids() -> Vec<String> {
        [word_ids::<ProcedureStatus>(), labels(FOCAL_DEVICE)].concat()
    }
}

fn performer(performer: &ProcedurePerformer) -> Participation {
    Participation { party: performer.actor.clone(), described: performer.function.tell(), period: None, absent: None }
}

clinical!(Procedure);
