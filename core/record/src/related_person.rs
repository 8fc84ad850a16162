//! `RelatedPerson`: family, friends and helpers (D1).

use crate::about::About;
use crate::code::CodeableConcept;
use crate::contact::{Address, Contact};
use crate::element::Object;
use crate::identifier::ContactPoint;
use crate::member::{boolean, code, concept, concepts, one, time};
use crate::name::{HumanName, display_name};
use crate::projection::{Clinical, Rules, Title, clinical, rule};
use crate::reference::Reference;
use crate::said::Tell;
use crate::time::{FhirTime, Period};
use crate::when::during;

/// Someone close to the person, as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct RelatedPerson {
    /// What every resource tells.
    pub about: About,
    /// `active`.
    pub active: Option<bool>,
    /// `patient`.
    pub patient: Option<Reference>,
    /// `relationship`, in the source's words. It grants nothing (A8).
    pub relationships: Vec<CodeableConcept>,
    /// All names, old ones too.
    pub names: Vec<HumanName>,
    /// `telecom`.
    pub telecom: Vec<ContactPoint>,
    /// `address`.
    pub addresses: Vec<Address>,
    /// `gender`, as a code.
    pub gender: Option<String>,
    /// `birthDate`.
    pub birth_date: Option<FhirTime>,
    /// `period`.
    pub period: Option<Period>,
    /// `communication.language`.
    pub languages: Vec<CodeableConcept>,
}

impl Contact for RelatedPerson {
    fn display_name(&self) -> Option<String> {
        display_name(&self.names)
    }

    fn telecom(&self) -> &[ContactPoint] {
        &self.telecom
    }
}

impl Clinical for RelatedPerson {
    const TYPE: &'static str = "RelatedPerson";
    const RULES: Rules<Self> = Rules {
        times: &[rule("period", "related-person.time.period", |p| during(&p.period))],
        facts: &[
            rule("active", "related-person.fact.active", |p| p.active.tell()),
            rule("relationship", "related-person.fact.relationship", |p| p.relationships.tell()),
            rule("telecom", "related-person.fact.telecom", |p| p.telecom.tell()),
            rule("address", "related-person.fact.address", |p| p.addresses.tell()),
            rule("birthDate", "related-person.fact.birth-date", |p| p.birth_date.tell()),
            rule("communication", "related-person.fact.language", |p| p.languages.tell()),
        ],
        roles: &[],
        links: &[],
    };

    fn read_from(resource: &Object<'_>) -> Self {
        let communications = resource.objects("communication");
        Self {
            about: About::read(resource),
            active: boolean(resource, "active"),
            patient: one(resource, "patient"),
            relationships: concepts(resource, "relationship"),
            names: resource.elements("name"),
            telecom: resource.elements("telecom"),
            addresses: resource.elements("address"),
            gender: code(resource, "gender"),
            birth_date: time(resource, "birthDate"),
            period: one(resource, "period"),
            languages: communications.iter().filter_map(|spoken| concept(spoken, "language")).collect(),
        }
    }

    fn about(&self) -> &About {
        &self.about
    }

    fn title(&self) -> Title {
        let named = Title::words(self.display_name());
        if named.text.is_some() { named } else { Title::of(&self.relationships) }
    }
}

clinical!(RelatedPerson);
