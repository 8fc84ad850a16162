//! `CareTeam`: who looks after the person (D1).

use crate::about::About;
use crate::code::CodeableConcept;
use crate::coded::{Coded, code_list, word_ids};
use crate::contained::{Party, parties_in};
use crate::element::Object;
use crate::identifier::ContactPoint;
use crate::member::{concepts, one, text};
use crate::projection::{Clinical, Participation, Rules, Title, clinical, plainly, rule};
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::said::{Said, Tell};
use crate::status::AbsentReason;
use crate::time::Period;
use crate::when::during;

code_list! {
    /// `CareTeam.status`.
    CareTeamStatus = "care-team.status" {
        Proposed = "proposed",
        Active = "active",
        Suspended = "suspended",
        Inactive = "inactive",
        EnteredInError = "entered-in-error",
    }
}

/// `CareTeam.participant`.
#[derive(Clone, PartialEq, Eq)]
pub struct CareTeamParticipant {
    /// As what.
    pub roles: Vec<CodeableConcept>,
    /// Who.
    pub member: Option<Party>,
    /// For which organization.
    pub on_behalf_of: Option<Party>,
    /// When.
    pub period: Option<Period>,
    /// Why nobody is named.
    pub absent: Option<AbsentReason>,
}

hidden_debug!(CareTeamParticipant);

/// A care team as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct CareTeam {
    /// What every resource tells.
    pub about: About,
    /// `status`.
    pub status: Coded<CareTeamStatus>,
    /// `category`.
    pub categories: Vec<CodeableConcept>,
    /// `name`.
    pub name: Option<String>,
    /// `subject`.
    pub subject: Option<Reference>,
    /// `encounter`.
    pub encounter: Option<Party>,
    /// `period`.
    pub period: Option<Period>,
    /// `participant`.
    pub participants: Vec<CareTeamParticipant>,
    /// `reasonCode`.
    pub reasons: Vec<CodeableConcept>,
    /// `reasonReference`.
    pub reason_references: Vec<Party>,
    /// `managingOrganization`.
    pub managing_organizations: Vec<Party>,
    /// `telecom`.
    pub telecom: Vec<ContactPoint>,
}

impl Clinical for CareTeam {
    const TYPE: &'static str = "CareTeam";
    const RULES: Rules<Self> = Rules {
        times: &[rule("period", "care-team.time.period", |t| during(&t.period))],
        facts: &[
            rule("category", "care-team.fact.category", |t| t.categories.tell()),
            rule("reasonCode", "care-team.fact.reason", |t| t.reasons.tell()),
            rule("telecom", "care-team.fact.telecom", |t| t.telecom.tell()),
        ],
        roles: &[
            rule("participant", "care-team.role.participant", |t| t.participants.iter().map(participant).collect()),
            rule("participant", "care-team.role.on-behalf-of", |t| {
                plainly(t.participants.iter().filter_map(|participant| participant.on_behalf_of.as_ref()))
            }),
            rule("managingOrganization", "care-team.role.managing-organization", |t| {
                plainly(&t.managing_organizations)
            }),
        ],
        links: &[
            rule("encounter", "care-team.link.encounter", |t| t.encounter.iter().cloned().collect()),
            rule("reasonReference", "care-team.link.reason", |t| t.reason_references.clone()),
        ],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let parties = |name: &str| parties_in(resource, resource, name);
        let participant = |participant: &Object<'_>| CareTeamParticipant {
            roles: concepts(participant, "role"),
            member: parties_in(resource, participant, "member").into_iter().next(),
            on_behalf_of: parties_in(resource, participant, "onBehalfOf").into_iter().next(),
            period: one(participant, "period"),
            absent: AbsentReason::of_member(participant, "member"),
        };
        Self {
            about: About::read(resource),
            status: Coded::read(resource, "status"),
            categories: concepts(resource, "category"),
            name: text(resource, "name"),
            subject: one(resource, "subject"),
            encounter: parties("encounter").into_iter().next(),
            period: one(resource, "period"),
            participants: resource.objects("participant").iter().map(participant).collect(),
            reasons: concepts(resource, "reasonCode"),
            reason_references: parties("reasonReference"),
            managing_organizations: parties("managingOrganization"),
            telecom: resource.elements("telecom"),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        match &self.name {
            Some(name) => Title::words(Some(name.clone())),
            None => Title::of(&self.categories),
        }
    }

    fn states(&self) -> Vec<Said> {
        self.status.tell()
    }

    fn more_word_ids() -> Vec<String> {
        word_ids::<CareTeamStatus>()
    }
}

fn participant(participant: &CareTeamParticipant) -> Participation {
    Participation {
        party: participant.member.clone(),
        described: participant.roles.tell(),
        period: participant.period.clone(),
        absent: participant.absent.clone(),
    }
}

clinical!(CareTeam);
