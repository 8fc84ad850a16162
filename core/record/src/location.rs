//! `Location`: where care happens (D1).

use crate::about::About;
use crate::code::CodeableConcept;
use crate::coded::{Coded, code_list, word_ids};
use crate::contact::{Address, Contact};
use crate::contained::{Party, parties_in};
use crate::element::Object;
use crate::identifier::ContactPoint;
use crate::member::{concept, concepts, text};
use crate::projection::{Clinical, Rules, Title, clinical, plainly, rule};
use crate::said::{Said, Tell};

code_list! {
    /// `Location.status`.
    LocationStatus = "location.status" {
        Active = "active",
        Suspended = "suspended",
        Inactive = "inactive",
    }
}

/// A place as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Location {
    /// What every resource tells.
    pub about: About,
    /// `status`.
    pub status: Coded<LocationStatus>,
    /// `name`.
    pub name: Option<String>,
    /// `alias`.
    pub aliases: Vec<String>,
    /// `description`.
    pub description: Option<String>,
    /// `type`.
    pub types: Vec<CodeableConcept>,
    /// `telecom`.
    pub telecom: Vec<ContactPoint>,
    /// `address`.
    pub addresses: Vec<Address>,
    /// `physicalType`: building, ward, room ...
    pub physical_type: Option<CodeableConcept>,
    /// `managingOrganization`.
    pub managing_organization: Option<Party>,
    /// `partOf`.
    pub part_of: Option<Party>,
}

impl Contact for Location {
    fn display_name(&self) -> Option<String> {
        self.name.clone().or_else(|| self.aliases.first().cloned()).or_else(|| self.description.clone())
    }

    fn telecom(&self) -> &[ContactPoint] {
        &self.telecom
    }
}

impl Clinical for Location {
    const TYPE: &'static str = "Location";
    const RULES: Rules<Self> = Rules {
        times: &[],
        facts: &[
            rule("type", "location.fact.type", |l| l.types.tell()),
            rule("physicalType", "location.fact.physical-type", |l| l.physical_type.tell()),
            rule("description", "location.fact.description", |l| l.description.tell()),
            rule("alias", "location.fact.alias", |l| l.aliases.tell()),
            rule("telecom", "location.fact.telecom", |l| l.telecom.tell()),
            rule("address", "location.fact.address", |l| l.addresses.tell()),
        ],
        roles: &[
            rule("managingOrganization", "location.role.managing-organization", |l| plainly(&l.managing_organization)),
            rule("partOf", "location.role.part-of", |l| plainly(&l.part_of)),
        ],
        links: &[],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let first = |name: &str| parties_in(resource, resource, name).into_iter().next();
        Self {
            about: About::read(resource),
            status: Coded::read(resource, "status"),
            name: text(resource, "name"),
            aliases: resource.texts("alias"),
            description: text(resource, "description"),
            types: concepts(resource, "type"),
            telecom: resource.elements("telecom"),
            addresses: resource.elements("address"),
            physical_type: concept(resource, "physicalType"),
            managing_organization: first("managingOrganization"),
            part_of: first("partOf"),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        let named = Title::words(self.display_name());
        if named.text.is_some() { named } else { Title::of(&self.types) }
    }

    fn states(&self) -> Vec<Said> {
        self.status.tell()
    }

    fn more_word_ids() -> Vec<String> {
        word_ids::<LocationStatus>()
    }
}

clinical!(Location);
