//! `Practitioner`: a person who gives care (D1).

use crate::about::About;
use crate::code::CodeableConcept;
use crate::contact::{Address, Contact};
use crate::contained::{Party, parties_in};
use crate::element::Object;
use crate::identifier::ContactPoint;
use crate::member::{boolean, code, concept, one};
use crate::name::{HumanName, display_name};
use crate::projection::{Clinical, Rule, Rules, Title, clinical, groups, labels, rule};
use crate::redact::hidden_debug;
use crate::said::{Said, Tell};
use crate::time::Period;

/// `Practitioner.qualification`.
#[derive(Clone, PartialEq, Eq)]
pub struct Qualification {
    /// Which.
    pub code: Option<CodeableConcept>,
    /// Who gave it.
    pub issuer: Option<Party>,
    /// From when to when it holds.
    pub period: Option<Period>,
}

hidden_debug!(Qualification);

/// A person who gives care, as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Practitioner {
    /// What every resource tells.
    pub about: About,
    /// `active`.
    pub active: Option<bool>,
    /// All names, old ones too.
    pub names: Vec<HumanName>,
    /// `telecom`.
    pub telecom: Vec<ContactPoint>,
    /// `address`.
    pub addresses: Vec<Address>,
    /// `gender`, as a code.
    pub gender: Option<String>,
    /// `qualification`.
    pub qualifications: Vec<Qualification>,
}

impl Contact for Practitioner {
    fn display_name(&self) -> Option<String> {
        display_name(&self.names)
    }

    fn telecom(&self) -> &[ContactPoint] {
        &self.telecom
    }
}

const QUALIFICATION: &[Rule<Qualification, Said>] = &[
    rule("code", "practitioner.qualification.code", |q| q.code.tell()),
    rule("issuer", "practitioner.qualification.issuer", |q| q.issuer.tell()),
    rule("period", "practitioner.qualification.period", |q| q.period.tell()),
];

impl Clinical for Practitioner {
    const TYPE: &'static str = "Practitioner";
    const RULES: Rules<Self> = Rules {
        times: &[],
        facts: &[
            rule("active", "practitioner.fact.active", |p| p.active.tell()),
            rule("telecom", "practitioner.fact.telecom", |p| p.telecom.tell()),
            rule("address", "practitioner.fact.address", |p| p.addresses.tell()),
            rule("qualification", "practitioner.fact.qualification", |p| groups(QUALIFICATION, &p.qualifications)),
        ],
        roles: &[],
        links: &[],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let qualification = |qualification: &Object<'_>| Qualification {
            code: concept(qualification, "code"),
            issuer: parties_in(resource, qualification, "issuer").into_iter().next(),
            period: one(qualification, "period"),
        };
        Self {
            about: About::read(resource),
            active: boolean(resource, "active"),
            names: resource.elements("name"),
            telecom: resource.elements("telecom"),
            addresses: resource.elements("address"),
            gender: code(resource, "gender"),
            qualifications: resource.objects("qualification").iter().map(qualification).collect(),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        Title::words(self.display_name())
    }

    fn more_word_ids() -> Vec<String> {
        labels(QUALIFICATION)
    }
}

clinical!(Practitioner);
