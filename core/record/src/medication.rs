//! `Medication`: what a medicine is made of, and how a request names the medicine it means (R4).

use crate::code::{CodeableConcept, Coding};
use crate::code_enum::code_enum;
use crate::contained::{Party, find_contained, parties};
use crate::element::{Element, Object, object};
use crate::error::RecordError;
use crate::identifier::Identifier;
use crate::quantity::Ratio;
use crate::redact::hidden_debug;
use crate::reference::{Reference, Target};
use crate::time::FhirTime;

/// How RxNorm is named as a code system: FHIR's URI and its OID.
const RXNORM_SYSTEMS: [&str; 3] = [
    "http://www.nlm.nih.gov/research/umls/rxnorm",
    "https://www.nlm.nih.gov/research/umls/rxnorm",
    "urn:oid:2.16.840.1.113883.6.88",
];

code_enum! {
    /// `Medication.status`: of the entry in the source's list of medicines, not of anybody's treatment.
    MedicationStatus {
        /// In use.
        Active = "active";
        /// No longer in use.
        Inactive = "inactive";
        /// Never should have been there.
        EnteredInError = "entered-in-error";
    }
}

/// One thing that a medicine is made of.
#[derive(Clone, PartialEq, Eq)]
pub struct Ingredient {
    /// What it is.
    pub item: Option<CodeableConcept>,
    /// What it is, where a reference says it.
    pub reference: Option<Reference>,
    /// `isActive`: whether it is what works.
    pub is_active: Option<bool>,
    /// `strength`: how much of it there is in how much of the medicine.
    pub strength: Option<Ratio>,
}

hidden_debug!(Ingredient);

impl Ingredient {
    /// Its name in the source's words.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        let display = || self.reference.as_ref().and_then(|reference| reference.display.as_deref());
        self.item.as_ref().and_then(CodeableConcept::shown).or_else(display)
    }
}

/// A medicine.
#[derive(Clone, PartialEq, Eq)]
pub struct Medication {
    /// `id`.
    pub id: Option<String>,
    /// `identifier`.
    pub identifiers: Vec<Identifier>,
    /// `code`: what it is called.
    pub code: Option<CodeableConcept>,
    /// `status`.
    pub status: MedicationStatus,
    /// `manufacturer`.
    pub manufacturer: Option<Party>,
    /// `form`: tablet, liquid ...
    pub form: Option<CodeableConcept>,
    /// `amount`: how much there is in a package.
    pub amount: Option<Ratio>,
    /// `ingredient`, in order.
    pub ingredients: Vec<Ingredient>,
    /// `batch.lotNumber`.
    pub lot_number: Option<String>,
    /// `batch.expirationDate`.
    pub expires: Option<FhirTime>,
}

hidden_debug!(Medication, ingredients);

impl Medication {
    /// Reads a medicine.
    ///
    /// # Errors
    /// Not a JSON object, or not a Medication.
    pub fn read(raw: &str) -> Result<Self, RecordError> {
        let resource = Object::resource(raw, "Medication")?;
        let batch = resource.object("batch");
        Ok(Self {
            id: resource.token("id"),
            identifiers: resource.elements("identifier"),
            code: resource.element("code"),
            status: MedicationStatus::read(resource.token("status").as_deref()),
            manufacturer: parties(&resource, "manufacturer").pop(),
            form: resource.element("form"),
            amount: resource.element("amount"),
            ingredients: resource.objects("ingredient").iter().filter_map(|one| read_ingredient(raw, one)).collect(),
            lot_number: batch.as_ref().and_then(|batch| batch.token("lotNumber")),
            expires: batch.and_then(|batch| batch.time("expirationDate")),
        })
    }
}

fn read_ingredient(raw: &str, object: &Object<'_>) -> Option<Ingredient> {
    let reference: Option<Reference> = object.element("itemReference");
    let inside = || match &reference.as_ref()?.target {
        Target::Contained(id) => Object::parse(find_contained(raw, id)?).ok()?.element("code"),
        _ => None,
    };
    let ingredient = Ingredient {
        item: object.element("itemCodeableConcept").or_else(inside),
        is_active: object.boolean("isActive"),
        strength: object.element("strength"),
        reference,
    };
    (ingredient.item.is_some() || ingredient.reference.is_some()).then_some(ingredient)
}

/// `medication[x]`: the medicine that a request, a statement or a dispense means.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct NamedMedication {
    /// `medicationCodeableConcept`.
    pub concept: Option<CodeableConcept>,
    /// `medicationReference`, of any shape: relative, absolute, contained, `urn:`, conditional.
    pub reference: Option<Reference>,
    /// The contained Medication that the reference points at.
    pub contained: Option<Box<Medication>>,
}

hidden_debug!(NamedMedication);

impl NamedMedication {
    pub(crate) fn read(raw: &str, resource: &Object<'_>) -> Self {
        let reference: Option<Reference> =
            resource.get("medicationReference").and_then(object).and_then(|o| Reference::read(&o));
        let contained = reference.as_ref().and_then(|reference| match &reference.target {
            Target::Contained(id) => Medication::read(find_contained(raw, id)?).ok().map(Box::new),
            _ => None,
        });
        Self { concept: resource.element("medicationCodeableConcept"), reference, contained }
    }

    /// The reference that somebody else has to look up. `None` if nothing is missing, or nothing can be looked up.
    #[must_use]
    pub fn unresolved(&self) -> Option<&Reference> {
        self.reference.as_ref().filter(|reference| {
            self.contained.is_none() && !matches!(reference.target, Target::Contained(_) | Target::Unreadable)
        })
    }

    /// The Medication itself: the contained one, else the one that was looked up.
    #[must_use]
    pub fn medication<'a>(&'a self, looked_up: Option<&'a Medication>) -> Option<&'a Medication> {
        self.contained.as_deref().or(looked_up)
    }

    /// The name in the source's words. A code stands in only where there are no words at all.
    #[must_use]
    pub fn name(&self, looked_up: Option<&Medication>) -> Option<String> {
        let of_medication = self.medication(looked_up).and_then(|medication| medication.code.as_ref());
        let display = self.reference.as_ref().and_then(|reference| reference.display.as_deref());
        let concepts = || self.concept.iter().chain(of_medication);
        let words = concepts().find_map(|concept| {
            concept.text.as_deref().or_else(|| concept.codings.iter().find_map(|coding| coding.display.as_deref()))
        });
        words.or(display).or_else(|| concepts().find_map(CodeableConcept::shown)).map(str::to_owned)
    }

    /// Every coding, of the request and of the Medication, in that order, each once.
    #[must_use]
    pub fn codings(&self, looked_up: Option<&Medication>) -> Vec<Coding> {
        let of_medication = self.medication(looked_up).and_then(|medication| medication.code.as_ref());
        let mut found: Vec<Coding> = Vec::new();
        for coding in self.concept.iter().chain(of_medication).flat_map(|concept| &concept.codings) {
            if !found.contains(coding) {
                found.push(coding.clone());
            }
        }
        found
    }
}

/// The RxNorm code of a coding: right system, digits only.
#[must_use]
pub fn rxnorm(coding: &Coding) -> Option<&str> {
    let system = coding.system.as_deref()?.trim_end_matches('/');
    let code = coding.code.as_deref()?;
    let digits = !code.is_empty() && code.len() <= 8 && code.bytes().all(|byte| byte.is_ascii_digit());
    (digits && RXNORM_SYSTEMS.iter().any(|known| known.eq_ignore_ascii_case(system))).then_some(code)
}
