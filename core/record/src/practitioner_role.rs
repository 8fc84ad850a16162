//! `PractitionerRole`: what a person does at one organization, and how to reach them there (D1).

use crate::about::About;
use crate::code::CodeableConcept;
use crate::contact::Contact;
use crate::contained::{Party, parties_in};
use crate::element::Object;
use crate::identifier::ContactPoint;
use crate::member::{boolean, concepts, one};
use crate::projection::{Clinical, Rules, Title, clinical, plainly, rule};
use crate::said::Tell;
use crate::time::Period;
use crate::when::during;

/// A role as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct PractitionerRole {
    /// What every resource tells.
    pub about: About,
    /// `active`.
    pub active: Option<bool>,
    /// `period`.
    pub period: Option<Period>,
    /// `practitioner`.
    pub practitioner: Option<Party>,
    /// `organization`.
    pub organization: Option<Party>,
    /// `code`: what they do.
    pub codes: Vec<CodeableConcept>,
    /// `specialty`.
    pub specialties: Vec<CodeableConcept>,
    /// `location`.
    pub locations: Vec<Party>,
    /// `healthcareService`.
    pub healthcare_services: Vec<Party>,
    /// `telecom`.
    pub telecom: Vec<ContactPoint>,
}

impl Contact for PractitionerRole {
    /// The person's name, else the organization's: a role has none of its own.
    fn display_name(&self) -> Option<String> {
        let name = |party: &Option<Party>| party.as_ref().and_then(|party| party.name.clone());
        name(&self.practitioner).or_else(|| name(&self.organization))
    }

    fn telecom(&self) -> &[ContactPoint] {
        &self.telecom
    }
}

impl Clinical for PractitionerRole {
    const TYPE: &'static str = "PractitionerRole";
    const RULES: Rules<Self> = Rules {
        times: &[rule("period", "practitioner-role.time.period", |p| during(&p.period))],
        facts: &[
            rule("active", "practitioner-role.fact.active", |p| p.active.tell()),
            rule("code", "practitioner-role.fact.code", |p| p.codes.tell()),
            rule("specialty", "practitioner-role.fact.specialty", |p| p.specialties.tell()),
            rule("telecom", "practitioner-role.fact.telecom", |p| p.telecom.tell()),
        ],
        roles: &[
            rule("practitioner", "practitioner-role.role.practitioner", |p| plainly(&p.practitioner)),
            rule("organization", "practitioner-role.role.organization", |p| plainly(&p.organization)),
            rule("location", "practitioner-role.role.location", |p| plainly(&p.locations)),
            rule("healthcareService", "practitioner-role.role.healthcare-service", |p| plainly(&p.healthcare_services)),
        ],
        links: &[],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let parties = |name: &str| parties_in(resource, resource, name);
        Self {
            about: About::read(resource),
            active: boolean(resource, "active"),
            period: one(resource, "period"),
            practitioner: parties("practitioner").into_iter().next(),
            organization: parties("organization").into_iter().next(),
            codes: concepts(resource, "code"),
            specialties: concepts(resource, "specialty"),
            locations: parties("location"),
            healthcare_services: parties("healthcareService"),
            telecom: resource.elements("telecom"),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        Title::words(self.display_name())
    }
}

clinical!(PractitionerRole);
