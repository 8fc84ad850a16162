//! `CarePlan`: what is planned, by whom and until when (D1).

use crate::about::{About, Annotation, annotations};
use crate::code::CodeableConcept;
use crate::coded::{Coded, code_list, word_ids};
use crate::contained::{Party, parties_in};
use crate::element::Object;
use crate::member::{boolean, concept, concepts, one, text, time};
use crate::projection::{Clinical, Rule, Rules, Title, clinical, groups, labels, plainly, rule};
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::said::{Said, Tell};
use crate::time::{FhirTime, Period};
use crate::when::{When, at, during};

code_list! {
    /// `CarePlan.status`.
    CarePlanStatus = "care-plan.status" {
        Draft = "draft",
        Active = "active",
        OnHold = "on-hold",
        Revoked = "revoked",
        Completed = "completed",
        EnteredInError = "entered-in-error",
        Unknown = "unknown",
    }
}

code_list! {
    /// `CarePlan.intent`.
    CarePlanIntent = "care-plan.intent" {
        Proposal = "proposal",
        Plan = "plan",
        Order = "order",
        Option = "option",
    }
}

code_list! {
    /// `CarePlan.activity.detail.status`.
    ActivityStatus = "care-plan.activity-status" {
        NotStarted = "not-started",
        Scheduled = "scheduled",
        InProgress = "in-progress",
        OnHold = "on-hold",
        Completed = "completed",
        Cancelled = "cancelled",
        Stopped = "stopped",
        Unknown = "unknown",
        EnteredInError = "entered-in-error",
    }
}

/// `CarePlan.activity`: one thing to do.
#[derive(Clone, PartialEq, Eq)]
pub struct Activity {
    /// What to do.
    pub code: Option<CodeableConcept>,
    /// In words.
    pub description: Option<String>,
    /// How far it is.
    pub status: Coded<ActivityStatus>,
    /// Why it is so.
    pub status_reason: Option<CodeableConcept>,
    /// Something not to do.
    pub do_not_perform: Option<bool>,
    /// `scheduled[x]`.
    pub scheduled: Option<When>,
    /// Why.
    pub reasons: Vec<CodeableConcept>,
    /// Where.
    pub location: Option<Party>,
    /// Who.
    pub performers: Vec<Party>,
    /// What came of it.
    pub outcomes: Vec<CodeableConcept>,
    /// The resource that says more, or that came of it.
    pub references: Vec<Party>,
    /// How it goes.
    pub progress: Vec<Annotation>,
}

hidden_debug!(Activity);

/// A plan as recorded. Its substance may stand in `about.narrative` alone.
#[derive(Clone, PartialEq, Eq)]
pub struct CarePlan {
    /// What every resource tells.
    pub about: About,
    /// `status`.
    pub status: Coded<CarePlanStatus>,
    /// `intent`.
    pub intent: Coded<CarePlanIntent>,
    /// `category`.
    pub categories: Vec<CodeableConcept>,
    /// `title`.
    pub title: Option<String>,
    /// `description`.
    pub description: Option<String>,
    /// `subject`.
    pub subject: Option<Reference>,
    /// `encounter`.
    pub encounter: Option<Party>,
    /// `period`.
    pub period: Option<Period>,
    /// `created`.
    pub created: Option<FhirTime>,
    /// `author`.
    pub author: Option<Party>,
    /// `contributor`.
    pub contributors: Vec<Party>,
    /// `careTeam`.
    pub care_teams: Vec<Party>,
    /// `addresses`: the conditions it is for.
    pub addresses: Vec<Party>,
    /// `goal`.
    pub goals: Vec<Party>,
    /// `activity`.
    pub activities: Vec<Activity>,
    /// `supportingInfo`.
    pub supporting_info: Vec<Party>,
    /// `basedOn`.
    pub based_on: Vec<Party>,
    /// `replaces`.
    pub replaces: Vec<Party>,
    /// `partOf`.
    pub part_of: Vec<Party>,
}

const ACTIVITY: &[Rule<Activity, Said>] = &[
    rule("code", "care-plan.activity.code", |a| a.code.tell()),
    rule("description", "care-plan.activity.description", |a| a.description.tell()),
    rule("doNotPerform", "care-plan.activity.do-not-perform", |a| a.do_not_perform.filter(|not| *not).tell()),
    rule("status", "care-plan.activity.status", |a| a.status.tell()),
    rule("statusReason", "care-plan.activity.status-reason", |a| a.status_reason.tell()),
    rule("scheduled", "care-plan.activity.scheduled", |a| a.scheduled.tell()),
    rule("reasonCode", "care-plan.activity.reason", |a| a.reasons.tell()),
    rule("performer", "care-plan.activity.performer", |a| a.performers.tell()),
    rule("location", "care-plan.activity.location", |a| a.location.tell()),
    rule("outcome", "care-plan.activity.outcome", |a| a.outcomes.tell()),
    rule("reference", "care-plan.activity.reference", |a| a.references.tell()),
    rule("progress", "care-plan.activity.progress", |a| {
        a.progress.iter().map(|note| Said::words(note.text.clone())).collect()
    }),
];

impl Clinical for CarePlan {
    const TYPE: &'static str = "CarePlan";
    const RULES: Rules<Self> = Rules {
        times: &[
            rule("period", "care-plan.time.period", |p| during(&p.period)),
            rule("created", "care-plan.time.created", |p| at(&p.created)),
        ],
        facts: &[
            rule("intent", "care-plan.fact.intent", |p| p.intent.tell()),
            rule("category", "care-plan.fact.category", |p| p.categories.tell()),
            rule("description", "care-plan.fact.description", |p| p.description.tell()),
            rule("addresses", "care-plan.fact.addresses", |p| p.addresses.tell()),
            rule("goal", "care-plan.fact.goal", |p| p.goals.tell()),
            rule("activity", "care-plan.fact.activity", |p| groups(ACTIVITY, &p.activities)),
        ],
        roles: &[
            rule("author", "care-plan.role.author", |p| plainly(&p.author)),
            rule("contributor", "care-plan.role.contributor", |p| plainly(&p.contributors)),
            rule("careTeam", "care-plan.role.care-team", |p| plainly(&p.care_teams)),
        ],
        links: &[
            rule("addresses", "care-plan.link.addresses", |p| p.addresses.clone()),
            rule("goal", "care-plan.link.goal", |p| p.goals.clone()),
            rule("careTeam", "care-plan.link.care-team", |p| p.care_teams.clone()),
            rule("activity", "care-plan.link.activity", |p| {
                p.activities.iter().flat_map(|activity| activity.references.clone()).collect()
            }),
            rule("encounter", "care-plan.link.encounter", |p| p.encounter.iter().cloned().collect()),
            rule("supportingInfo", "care-plan.link.supporting-info", |p| p.supporting_info.clone()),
            rule("basedOn", "care-plan.link.based-on", |p| p.based_on.clone()),
            rule("replaces", "care-plan.link.replaces", |p| p.replaces.clone()),
            rule("partOf", "care-plan.link.part-of", |p| p.part_of.clone()),
        ],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let parties = |name: &str| parties_in(resource, resource, name);
        let first = |name: &str| parties(name).into_iter().next();
        Self {
            about: About::read(resource),
            status: Coded::read(resource, "status"),
            intent: Coded::read(resource, "intent"),
            categories: concepts(resource, "category"),
            title: text(resource, "title"),
            description: text(resource, "description"),
            subject: one(resource, "subject"),
            encounter: first("encounter"),
            period: one(resource, "period"),
            created: time(resource, "created"),
            author: first("author"),
            contributors: parties("contributor"),
            care_teams: parties("careTeam"),
            addresses: parties("addresses"),
            goals: parties("goal"),
            activities: resource.objects("activity").iter().map(|one| activity(resource, one)).collect(),
            supporting_info: parties("supportingInfo"),
            based_on: parties("basedOn"),
            replaces: parties("replaces"),
            part_of: parties("partOf"),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        match &self.title {
            Some(title) => Title::words(Some(title.clone())),
            None => Title::of(&self.categories).or_words(self.description.as_ref()),
        }
    }

    fn states(&self) -> Vec<Said> {
        self.status.tell()
    }

    fn more_word_ids() -> Vec<String> {
        let lists = [word_ids::<CarePlanStatus>(), word_ids::<CarePlanIntent>(), word_ids::<ActivityStatus>()];
        [lists.concat(), labels(ACTIVITY)].concat()
    }
}

fn activity(resource: &Object<'_>, part: &Object<'_>) -> Activity {
    let detail = part.objects("detail").into_iter().next();
    let empty = Object::default();
    let detail = detail.as_ref().unwrap_or(&empty);
    let in_part = |name: &str| parties_in(resource, part, name);
    Activity {
        code: concept(detail, "code"),
        description: text(detail, "description"),
        status: Coded::read(detail, "status"),
        status_reason: concept(detail, "statusReason"),
        do_not_perform: boolean(detail, "doNotPerform"),
        scheduled: When::choice(detail, "scheduled"),
        reasons: concepts(detail, "reasonCode"),
        location: parties_in(resource, detail, "location").into_iter().next(),
        performers: parties_in(resource, detail, "performer"),
        outcomes: concepts(part, "outcomeCodeableConcept"),
        references: in_part("reference").into_iter().chain(in_part("outcomeReference")).collect(),
        progress: annotations(resource, part, "progress"),
    }
}

clinical!(CarePlan);
