//! One shape for every clinical type, so that one piece of code can list them all and open any of them (D1).
//!
//! Labels and codes are ids of the catalogue; everything else is in the source's own words. Nothing is worked out,
//! filled in or left out but by D4.

use crate::about::{Annotation, Narrative};
use crate::allergy_intolerance::AllergyIntolerance;
use crate::appointment::Appointment;
use crate::care_plan::CarePlan;
use crate::care_team::CareTeam;
use crate::code::Coding;
use crate::coded::{self, Word};
use crate::condition::Condition;
use crate::contact::{ContactSystem, ContactUse};
use crate::contained::Party;
use crate::device::Device;
use crate::element::Object;
use crate::encounter::Encounter;
use crate::goal::Goal;
use crate::immunization::Immunization;
use crate::location::Location;
use crate::none_known::NoneKnown;
use crate::organization::Organization;
use crate::practitioner::Practitioner;
use crate::practitioner_role::PractitionerRole;
use crate::procedure::Procedure;
use crate::projection::{self, Clinical, OTHER, STATE, TITLE};
use crate::provenance::Provenance;
use crate::redact::hidden_debug;
use crate::related_person::RelatedPerson;
use crate::said::{Fact, Said};
use crate::status::AbsentReason;
use crate::time::Period;
use crate::when::When;

/// One clinical resource as a screen shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    /// The FHIR type.
    pub resource_type: &'static str,
    /// `id`.
    pub id: Option<String>,
    /// What the source calls it: text, else display, else code.
    pub title: Option<String>,
    /// The codes behind the title, for looking up plain words.
    pub codings: Vec<Coding>,
    /// Its states, the leading one first.
    pub states: Vec<Word>,
    /// It never should have been there: only type, id, states and times are kept (D4).
    pub marker_only: bool,
    /// It says that there is nothing of its kind, such as "no known allergies" (X3).
    pub none_known: Option<NoneKnown>,
    /// All its times, the most telling first.
    pub times: Vec<Moment>,
    /// In the order of telling.
    pub facts: Vec<Fact>,
    /// Who takes part.
    pub parties: Vec<Role>,
    /// Notes on it.
    pub notes: Vec<Annotation>,
    /// Other resources that it points at.
    pub links: Vec<Link>,
    /// Its own text for people. `generated` ones say nothing that the facts do not.
    pub narrative: Option<Narrative>,
}

hidden_debug!(Entry, states, times, facts, parties, notes, links);

/// A time, and what it is the time of.
#[derive(Clone, PartialEq, Eq)]
pub struct Moment {
    /// The label's id in the catalogue, such as `condition.time.onset`.
    pub label: &'static str,
    /// As recorded.
    pub when: When,
}

hidden_debug!(Moment);

/// Someone who takes part.
#[derive(Clone, PartialEq, Eq)]
pub struct Role {
    /// The label's id in the catalogue, such as `condition.role.recorder`.
    pub label: &'static str,
    /// Who. `None`: only the part is known, or `absent` says why not.
    pub party: Option<Party>,
    /// As what, in the source's words.
    pub described: Vec<Said>,
    /// From when to when.
    pub period: Option<Period>,
    /// Why nobody is named, if the source says so.
    pub absent: Option<AbsentReason>,
}

hidden_debug!(Role);

/// Another resource that this one points at.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// The label's id in the catalogue, such as `condition.link.encounter`.
    pub role: &'static str,
    /// The resource, by name and reference.
    pub target: Party,
}

hidden_debug!(Link);

/// How a type is told, and which ids of the catalogue it can name.
struct Kind {
    name: &'static str,
    tell: fn(&Object<'_>) -> Entry,
    word_ids: fn() -> Vec<String>,
}

const fn kind<T: Clinical>() -> Kind {
    Kind {
        name: T::TYPE,
        tell: |resource| projection::project(&T::read_from(resource)),
        word_ids: projection::word_ids::<T>,
    }
}

const KINDS: [Kind; 16] = [
    kind::<AllergyIntolerance>(),
    kind::<Appointment>(),
    kind::<CarePlan>(),
    kind::<CareTeam>(),
    kind::<Condition>(),
    kind::<Device>(),
    kind::<Encounter>(),
    kind::<Goal>(),
    kind::<Immunization>(),
    kind::<Location>(),
    kind::<Organization>(),
    kind::<Practitioner>(),
    kind::<PractitionerRole>(),
    kind::<Procedure>(),
    kind::<Provenance>(),
    kind::<RelatedPerson>(),
];

impl Entry {
    pub(crate) fn new(resource_type: &'static str, id: Option<String>) -> Self {
        Self {
            resource_type,
            id,
            title: None,
            codings: Vec::new(),
            states: Vec::new(),
            marker_only: false,
            none_known: None,
            times: Vec::new(),
            facts: Vec::new(),
            parties: Vec::new(),
            notes: Vec::new(),
            links: Vec::new(),
            narrative: None,
        }
    }

    /// Tells a resource. `None` if it is not a JSON object or not one of [`resource_types`].
    #[must_use]
    pub fn of(raw: &str) -> Option<Self> {
        let resource = Object::parse(raw).ok()?;
        resource.refuse_duplicates(&["resourceType"]).ok()?;
        let name = resource.token("resourceType")?;
        KINDS.iter().find(|kind| kind.name == name).map(|kind| (kind.tell)(&resource))
    }

    /// The id in the catalogue of what its type is called, such as `entry.type.care-plan`.
    #[must_use]
    pub fn type_label(&self) -> String {
        type_label(self.resource_type)
    }

    /// The leading state.
    #[must_use]
    pub fn state(&self) -> Option<&Word> {
        self.states.first()
    }

    /// The most telling time. The label says what it is the time of.
    #[must_use]
    pub fn when(&self) -> Option<&Moment> {
        self.times.first()
    }

    /// For sorting only, never for showing: the first time that has a place on the calendar, in the manner of
    /// [`crate::FhirTime::order_key`]; what has none comes first.
    #[must_use]
    pub fn order_key(&self) -> i64 {
        self.times.iter().find_map(|moment| moment.when.order_key()).unwrap_or(i64::MIN)
    }
}

/// The types that [`Entry::of`] tells.
pub fn resource_types() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|kind| kind.name)
}

/// `CarePlan` to `entry.type.care-plan`.
fn type_label(resource_type: &str) -> String {
    let mut label = "entry.type".to_owned();
    for letter in resource_type.chars() {
        if letter.is_ascii_uppercase() {
            label.push(if label.ends_with("type") { '.' } else { '-' });
        }
        label.push(letter.to_ascii_lowercase());
    }
    label
}

/// Words around values that are not text.
const SAID: [&str; 9] = [
    "said.age",
    "said.no",
    "said.period",
    "said.period-from",
    "said.period-until",
    "said.range",
    "said.range-from",
    "said.range-to",
    "said.yes",
];

/// Every id of the catalogue that an entry can name, sorted.
#[must_use]
pub fn word_ids() -> Vec<String> {
    let own = [TITLE, OTHER, STATE].map(str::to_owned);
    let mut all: Vec<String> = KINDS.iter().flat_map(|kind| (kind.word_ids)()).chain(own).collect();
    all.extend([NoneKnown::word_ids(), coded::word_ids::<ContactSystem>(), coded::word_ids::<ContactUse>()].concat());
    all.extend(resource_types().map(type_label));
    all.extend(SAID.map(str::to_owned));
    all.extend(AbsentReason::codes().map(|code| format!("absent-reason.{code}")));
    all.push("absent-reason.not-given".to_owned());
    all.sort();
    all.dedup();
    all
}
