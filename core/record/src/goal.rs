//! `Goal`: what care is meant to reach (D1).

use crate::about::About;
use crate::code::CodeableConcept;
use crate::coded::{Coded, code_list, word_ids};
use crate::contained::{Party, parties_in};
use crate::element::Object;
use crate::member::{concept, concepts, one, text, time};
use crate::projection::{Clinical, Rule, Rules, Title, clinical, groups, labels, plainly, rule};
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::said::{Said, Tell};
use crate::time::FhirTime;
use crate::when::{When, at};

code_list! {
    /// `Goal.lifecycleStatus`.
    GoalLifecycleStatus = "goal.lifecycle-status" {
        Proposed = "proposed",
        Planned = "planned",
        Accepted = "accepted",
        Active = "active",
        OnHold = "on-hold",
        Completed = "completed",
        Cancelled = "cancelled",
        EnteredInError = "entered-in-error",
        Rejected = "rejected",
    }
}

code_list! {
    /// `Goal.achievementStatus`.
    GoalAchievementStatus = "goal.achievement-status" {
        InProgress = "in-progress",
        Improving = "improving",
        Worsening = "worsening",
        NoChange = "no-change",
        Achieved = "achieved",
        Sustaining = "sustaining",
        NotAchieved = "not-achieved",
        NoProgress = "no-progress",
        NotAttainable = "not-attainable",
    }
}

code_list! {
    /// `Goal.priority`.
    GoalPriority = "goal.priority" {
        High = "high-priority",
        Medium = "medium-priority",
        Low = "low-priority",
    }
}

/// `Goal.target`: how it will be seen that the goal is reached.
#[derive(Clone, PartialEq, Eq)]
pub struct GoalTarget {
    /// What is measured.
    pub measure: Option<CodeableConcept>,
    /// `detail[x]`: the value to reach.
    pub detail: Option<Said>,
    /// `due[x]`.
    pub due: Option<When>,
}

hidden_debug!(GoalTarget);

/// A goal as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Goal {
    /// What every resource tells.
    pub about: About,
    /// `lifecycleStatus`.
    pub lifecycle_status: Coded<GoalLifecycleStatus>,
    /// `achievementStatus`.
    pub achievement_status: Coded<GoalAchievementStatus>,
    /// `category`.
    pub categories: Vec<CodeableConcept>,
    /// `priority`.
    pub priority: Coded<GoalPriority>,
    /// `description`.
    pub description: Option<CodeableConcept>,
    /// `subject`.
    pub subject: Option<Reference>,
    /// `startDate`.
    pub start: Option<FhirTime>,
    /// `startCodeableConcept`, such as "admission".
    pub start_event: Option<CodeableConcept>,
    /// `target`.
    pub targets: Vec<GoalTarget>,
    /// `statusDate`.
    pub status_date: Option<FhirTime>,
    /// `statusReason`.
    pub status_reason: Option<String>,
    /// `expressedBy`: whose goal it is.
    pub expressed_by: Option<Party>,
    /// `addresses`: what it is for.
    pub addresses: Vec<Party>,
    /// `outcomeCode`.
    pub outcomes: Vec<CodeableConcept>,
    /// `outcomeReference`.
    pub outcome_references: Vec<Party>,
}

const TARGET: &[Rule<GoalTarget, Said>] = &[
    rule("measure", "goal.target.measure", |t| t.measure.tell()),
    rule("detail", "goal.target.detail", |t| t.detail.tell()),
    rule("due", "goal.target.due", |t| t.due.tell()),
];

impl Clinical for Goal {
    const TYPE: &'static str = "Goal";
    const RULES: Rules<Self> = Rules {
        times: &[
            rule("start", "goal.time.start", |g| at(&g.start)),
            rule("statusDate", "goal.time.status", |g| at(&g.status_date)),
            rule("target", "goal.time.due", |g| g.targets.iter().filter_map(|target| target.due.clone()).collect()),
        ],
        facts: &[
            rule("target", "goal.fact.target", |g| groups(TARGET, &g.targets)),
            rule("priority", "goal.fact.priority", |g| g.priority.tell()),
            rule("category", "goal.fact.category", |g| g.categories.tell()),
            rule("startCodeableConcept", "goal.fact.start-event", |g| g.start_event.tell()),
            rule("statusReason", "goal.fact.status-reason", |g| g.status_reason.tell()),
            rule("addresses", "goal.fact.addresses", |g| g.addresses.tell()),
            rule("outcomeCode", "goal.fact.outcome", |g| g.outcomes.tell()),
        ],
        roles: &[rule("expressedBy", "goal.role.expressed-by", |g| plainly(&g.expressed_by))],
        links: &[
            rule("addresses", "goal.link.addresses", |g| g.addresses.clone()),
            rule("outcomeReference", "goal.link.outcome", |g| g.outcome_references.clone()),
        ],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let parties = |name: &str| parties_in(resource, resource, name);
        let target = |target: &Object<'_>| GoalTarget {
            measure: concept(target, "measure"),
            detail: Said::choice(target, "detail"),
            due: When::choice(target, "due"),
        };
        Self {
            about: About::read(resource),
            lifecycle_status: Coded::read(resource, "lifecycleStatus"),
            achievement_status: Coded::read(resource, "achievementStatus"),
            categories: concepts(resource, "category"),
            priority: Coded::read(resource, "priority"),
            description: concept(resource, "description"),
            subject: one(resource, "subject"),
            start: time(resource, "startDate"),
            start_event: concept(resource, "startCodeableConcept"),
            targets: resource.objects("target").iter().map(target).collect(),
            status_date: time(resource, "statusDate"),
            status_reason: text(resource, "statusReason"),
            expressed_by: parties("expressedBy").into_iter().next(),
            addresses: parties("addresses"),
            outcomes: concepts(resource, "outcomeCode"),
            outcome_references: parties("outcomeReference"),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        Title::of(&self.description)
    }

    fn states(&self) -> Vec<Said> {
        [self.lifecycle_status.tell(), self.achievement_status.tell()].concat()
    }

    fn more_word_ids() -> Vec<String> {
        let lists =
            [word_ids::<GoalLifecycleStatus>(), word_ids::<GoalAchievementStatus>(), word_ids::<GoalPriority>()];
        [lists.concat(), labels(TARGET)].concat()
    }
}

clinical!(Goal);
