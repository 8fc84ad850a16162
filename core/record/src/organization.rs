//! `Organization`: a hospital, a practice, a laboratory, a maker of vaccines (D1).

use crate::about::About;
use crate::code::CodeableConcept;
use crate::contact::{Address, Contact};
use crate::contained::{Party, parties_in};
use crate::element::Object;
use crate::identifier::ContactPoint;
use crate::member::{boolean, concept, concepts, text};
use crate::name::{HumanName, display_name};
use crate::projection::{Clinical, Rule, Rules, Title, clinical, groups, labels, plainly, rule};
use crate::redact::hidden_debug;
use crate::said::{Said, Tell};

/// `Organization.contact`: whom to reach for what.
#[derive(Clone, PartialEq, Eq)]
pub struct OrganizationContact {
    /// For what.
    pub purpose: Option<CodeableConcept>,
    /// Who.
    pub names: Vec<HumanName>,
    /// How.
    pub telecom: Vec<ContactPoint>,
}

hidden_debug!(OrganizationContact);

/// An organization as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Organization {
    /// What every resource tells.
    pub about: About,
    /// `active`.
    pub active: Option<bool>,
    /// `type`.
    pub types: Vec<CodeableConcept>,
    /// `name`.
    pub name: Option<String>,
    /// `alias`.
    pub aliases: Vec<String>,
    /// `telecom`.
    pub telecom: Vec<ContactPoint>,
    /// `address`.
    pub addresses: Vec<Address>,
    /// `partOf`.
    pub part_of: Option<Party>,
    /// `contact`.
    pub contacts: Vec<OrganizationContact>,
}

impl Contact for Organization {
    fn display_name(&self) -> Option<String> {
        self.name.clone().or_else(|| self.aliases.first().cloned())
    }

    fn telecom(&self) -> &[ContactPoint] {
        &self.telecom
    }
}

const CONTACT: &[Rule<OrganizationContact, Said>] = &[
    rule("purpose", "organization.contact.purpose", |c| c.purpose.tell()),
    rule("name", "organization.contact.name", |c| display_name(&c.names).tell()),
    rule("telecom", "organization.contact.telecom", |c| c.telecom.tell()),
];

impl Clinical for Organization {
    const TYPE: &'static str = "Organization";
    const RULES: Rules<Self> = Rules {
        times: &[],
        facts: &[
            rule("active", "organization.fact.active", |o| o.active.tell()),
            rule("type", "organization.fact.type", |o| o.types.tell()),
            rule("alias", "organization.fact.alias", |o| o.aliases.tell()),
            rule("telecom", "organization.fact.telecom", |o| o.telecom.tell()),
            rule("address", "organization.fact.address", |o| o.addresses.tell()),
            rule("contact", "organization.fact.contact", |o| groups(CONTACT, &o.contacts)),
        ],
        roles: &[rule("partOf", "organization.role.part-of", |o| plainly(&o.part_of))],
        links: &[],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let contact = |contact: &Object<'_>| OrganizationContact {
            purpose: concept(contact, "purpose"),
            names: contact.elements("name"),
            telecom: contact.elements("telecom"),
        };
        Self {
            about: About::read(resource),
            active: boolean(resource, "active"),
            types: concepts(resource, "type"),
            name: text(resource, "name"),
            aliases: resource.texts("alias"),
            telecom: resource.elements("telecom"),
            addresses: resource.elements("address"),
            part_of: parties_in(resource, resource, "partOf").into_iter().next(),
            contacts: resource.objects("contact").iter().map(contact).collect(),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        Title::words(self.display_name())
    }

    fn more_word_ids() -> Vec<String> {
        labels(CONTACT)
    }
}

clinical!(Organization);
