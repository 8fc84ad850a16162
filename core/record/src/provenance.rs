//! `Provenance`: who put something in the record, and where it came from (D1).

use crate::about::About;
use crate::code::CodeableConcept;
use crate::contained::{Party, parties_in};
use crate::element::Object;
use crate::member::{code, concept, concepts, time};
use crate::projection::{Clinical, Participation, Rules, Title, clinical, plainly, rule};
use crate::redact::hidden_debug;
use crate::said::Tell;
use crate::status::AbsentReason;
use crate::time::FhirTime;
use crate::when::{When, at};

/// `Provenance.agent`.
#[derive(Clone, PartialEq, Eq)]
pub struct Agent {
    /// As what: `author`, `transmitter` ...
    pub kind: Option<CodeableConcept>,
    /// In which function.
    pub roles: Vec<CodeableConcept>,
    /// Who.
    pub who: Option<Party>,
    /// For whom.
    pub on_behalf_of: Option<Party>,
    /// Why nobody is named.
    pub absent: Option<AbsentReason>,
}

hidden_debug!(Agent);

/// `Provenance.entity`: what it was made from.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceEntity {
    /// `derivation`, `revision`, `quotation`, `source` or `removal`.
    pub role: Option<String>,
    /// What.
    pub what: Option<Party>,
}

hidden_debug!(SourceEntity);

/// Where something came from, as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Provenance {
    /// What every resource tells.
    pub about: About,
    /// `target`: what it is about.
    pub targets: Vec<Party>,
    /// `occurred[x]`: when it happened.
    pub occurred: Option<When>,
    /// `recorded`: when it was put in the record.
    pub recorded: Option<FhirTime>,
    /// `activity`.
    pub activity: Option<CodeableConcept>,
    /// `reason`.
    pub reasons: Vec<CodeableConcept>,
    /// `location`.
    pub location: Option<Party>,
    /// `agent`.
    pub agents: Vec<Agent>,
    /// `entity`.
    pub entities: Vec<SourceEntity>,
}

impl Clinical for Provenance {
    const TYPE: &'static str = "Provenance";
    const RULES: Rules<Self> = Rules {
        times: &[
            rule("occurred", "provenance.time.occurred", |p| p.occurred.iter().cloned().collect()),
            rule("recorded", "provenance.time.recorded", |p| at(&p.recorded)),
        ],
        facts: &[
            rule("activity", "provenance.fact.activity", |p| p.activity.tell()),
            rule("reason", "provenance.fact.reason", |p| p.reasons.tell()),
        ],
        roles: &[
            rule("agent", "provenance.role.agent", |p| p.agents.iter().map(agent).collect()),
            rule("agent", "provenance.role.on-behalf-of", |p| {
                plainly(p.agents.iter().filter_map(|agent| agent.on_behalf_of.as_ref()))
            }),
            rule("location", "provenance.role.location", |p| plainly(&p.location)),
        ],
        links: &[
            rule("target", "provenance.link.target", |p| p.targets.clone()),
            rule("entity", "provenance.link.entity", |p| {
                p.entities.iter().filter_map(|entity| entity.what.clone()).collect()
            }),
        ],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let first = |part: &Object<'_>, name: &str| parties_in(resource, part, name).into_iter().next();
        let agent = |agent: &Object<'_>| Agent {
            kind: concept(agent, "type"),
            roles: concepts(agent, "role"),
            who: first(agent, "who"),
            on_behalf_of: first(agent, "onBehalfOf"),
            absent: AbsentReason::of_member(agent, "who"),
        };
        let entity = |entity: &Object<'_>| SourceEntity { role: code(entity, "role"), what: first(entity, "what") };
        Self {
            about: About::read(resource),
            targets: parties_in(resource, resource, "target"),
            occurred: When::choice(resource, "occurred"),
            recorded: time(resource, "recorded"),
            activity: concept(resource, "activity"),
            reasons: concepts(resource, "reason"),
            location: first(resource, "location"),
            agents: resource.objects("agent").iter().map(agent).collect(),
            entities: resource.objects("entity").iter().map(entity).collect(),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        Title::of(&self.activity)
    }
}

fn agent(agent: &Agent) -> Participation {
    Participation {
        party: agent.who.clone(),
        described: agent.kind.tell().into_iter().chain(agent.roles.tell()).collect(),
        period: None,
        absent: agent.absent.clone(),
    }
}

clinical!(Provenance);
