//! A medicine as R4 wants it shown: what a source has on its list, with the state that the source gives it and nothing
//! about what anybody really takes.

use chrono::NaiveDate;

use crate::code::{CodeableConcept, Coding};
use crate::contained::Party;
use crate::dosage::{Dosage, Instruction, NotPlain, plain_instruction};
use crate::identifier::Identifier;
use crate::medication::{Ingredient, Medication, NamedMedication, rxnorm};
use crate::medication_request::{DispenseRequest, MedicationRequest};
use crate::medication_statement::MedicationStatement;
use crate::medicine_state::{MedicineState, StateReason, course};
use crate::quantity::Ratio;
use crate::redact::hidden_debug;
use crate::reference::Reference;
use crate::time::{FhirTime, Period};

/// How much there is of an ingredient, as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Strength {
    /// The ingredient's name.
    pub ingredient: Option<String>,
    /// `10 mg`.
    pub amount: String,
    /// In how much: `1 mL`. `None` where it is in one piece, without a unit.
    pub per: Option<String>,
}

hidden_debug!(Strength);

impl Strength {
    fn of(ingredient: &Ingredient) -> Option<Self> {
        let (amount, per) = parts_of(ingredient.strength.as_ref()?);
        Some(Self { ingredient: ingredient.name().map(str::to_owned), amount, per })
    }
}

fn parts_of(ratio: &Ratio) -> (String, Option<String>) {
    let denominator = &ratio.denominator;
    let in_one = denominator.value == "1" && denominator.shown_unit().is_none();
    (ratio.numerator.shown(), (!in_one).then(|| denominator.shown()))
}

/// The supply that was asked for, as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct Supply {
    /// How much one fill holds: `30 tablet`.
    pub quantity: Option<String>,
    /// How many fills after the first.
    pub repeats: Option<String>,
    /// How long one fill lasts: `30 days`.
    pub lasts: Option<String>,
    /// When it may be filled. Not when the medicine is taken.
    pub validity: Option<Period>,
    /// Where.
    pub pharmacy: Option<Party>,
}

hidden_debug!(Supply);

impl Supply {
    fn of(request: &DispenseRequest) -> Self {
        Self {
            quantity: request.quantity.as_ref().map(crate::quantity::Quantity::shown),
            repeats: request.repeats.clone(),
            lasts: request.supply_duration.as_ref().map(crate::quantity::Quantity::shown),
            validity: request.validity.clone(),
            pharmacy: request.pharmacy.clone(),
        }
    }
}

/// One entry of the list of medicines.
#[derive(Clone, PartialEq, Eq)]
pub struct MedicineEntry {
    /// `MedicationRequest` or `MedicationStatement`.
    pub resource_type: &'static str,
    /// `id`.
    pub id: Option<String>,
    /// Numbers that the source gave it.
    pub identifiers: Vec<Identifier>,
    /// Where it stands on the source's list.
    pub state: MedicineState,
    /// Why it stands there.
    pub state_reason: StateReason,
    /// Why the source changed its state, in the source's words.
    pub status_reasons: Vec<String>,
    /// It never should have been there: only id, state and times are kept (D4).
    pub marker_only: bool,
    /// The source was told of it, and did not order it. `None`: it does not say.
    pub is_reported: Option<bool>,
    /// Who told of it.
    pub reported_by: Option<Party>,
    /// The name as recorded.
    pub name: Option<String>,
    /// All codings of the medicine, for looking up plain words.
    pub codings: Vec<Coding>,
    /// The first RxNorm code.
    pub rxnorm: Option<String>,
    /// Strengths, where they are coded. What the name says is not taken apart.
    pub strengths: Vec<Strength>,
    /// The form, such as a tablet, as recorded.
    pub form: Option<String>,
    /// The instructions as typed, in order.
    pub instructions: Vec<String>,
    /// The instruction by its parts, only when all of it is understood; else why not.
    pub plain_instruction: Result<Instruction, NotPlain>,
    /// When it was written down.
    pub authored: Option<FhirTime>,
    /// From when to when, where the source says so of the treatment itself.
    pub period: Option<Period>,
    /// Who ordered it.
    pub requester: Option<Party>,
    /// Who wrote it down.
    pub recorder: Option<Party>,
    /// Why, in the source's words.
    pub reasons: Vec<String>,
    /// The records that say why.
    pub reason_links: Vec<Party>,
    /// Inpatient, outpatient, at home ..., in the source's words.
    pub categories: Vec<String>,
    /// Short course, for long ..., in the source's words.
    pub course: Option<String>,
    /// Notes.
    pub notes: Vec<String>,
    /// The supply.
    pub supply: Option<Supply>,
    /// The visit.
    pub encounter: Option<Reference>,
    /// The Medication, if it is a resource of its own.
    pub medication: Option<Reference>,
    /// The prescription before this one.
    pub prior: Option<Reference>,
    /// Orders and plans behind it.
    pub based_on: Vec<Reference>,
}

hidden_debug!(MedicineEntry, instructions, notes);

impl MedicineEntry {
    /// What a request shows. `medication` is the Medication it refers to, where somebody looked it up; `today` is the
    /// reader's date, for dates that lie ahead or behind.
    #[must_use]
    pub fn of(request: &MedicationRequest, medication: Option<&Medication>, today: Option<NaiveDate>) -> Self {
        let (state, state_reason) = MedicineState::of(request, today);
        let marker = Self {
            encounter: request.encounter.clone(),
            ..Self::marker("MedicationRequest", request.id.clone(), state, state_reason, request.authored_on.clone())
        };
        if state == MedicineState::EnteredInError {
            return Self { encounter: None, ..marker };
        }
        Self {
            identifiers: request.identifiers.clone(),
            status_reasons: shown(&request.status_reason),
            is_reported: request.reported.as_ref().map(crate::medication_request::Reported::is_reported),
            reported_by: match &request.reported {
                Some(crate::medication_request::Reported::By(party)) => Some((**party).clone()),
                _ => None,
            },
            period: course(&request.dosage_instructions),
            requester: request.requester.clone(),
            recorder: request.recorder.clone(),
            reasons: request.reasons(),
            reason_links: request.reason_references.clone(),
            categories: shown(&request.categories),
            course: request.course_of_therapy.as_ref().and_then(CodeableConcept::shown).map(str::to_owned),
            notes: request.notes.clone(),
            supply: request.dispense_request.as_ref().map(Supply::of),
            prior: request.prior_prescription.clone(),
            based_on: request.based_on.clone(),
            ..marker.with_medicine(&request.medication, medication).with_instructions(&request.dosage_instructions)
        }
    }

    /// What a statement shows; as [`MedicineEntry::of`].
    #[must_use]
    pub fn of_statement(
        statement: &MedicationStatement,
        medication: Option<&Medication>,
        today: Option<NaiveDate>,
    ) -> Self {
        let (state, state_reason) = MedicineState::of_statement(statement, today);
        let asserted = statement.date_asserted.clone();
        let marker = Self::marker("MedicationStatement", statement.id.clone(), state, state_reason, asserted);
        if state == MedicineState::EnteredInError {
            return marker;
        }
        let at = |time: &FhirTime| Period { start: Some(time.clone()), end: None };
        let reasons = shown(&statement.reason_codes).into_iter();
        Self {
            identifiers: statement.identifiers.clone(),
            status_reasons: shown(&statement.status_reasons),
            is_reported: Some(true),
            reported_by: statement.information_source.clone(),
            period: statement.effective_period.clone().or_else(|| statement.effective.as_ref().map(at)),
            reasons: reasons.chain(statement.reason_references.iter().filter_map(|one| one.name.clone())).collect(),
            reason_links: statement.reason_references.clone(),
            categories: shown(&statement.category),
            notes: statement.notes.clone(),
            encounter: statement.context.clone(),
            based_on: statement.based_on.clone(),
            ..marker.with_medicine(&statement.medication, medication).with_instructions(&statement.dosages)
        }
    }

    /// For sorting only: by when it was written down, else by when it began; what has no time comes first.
    #[must_use]
    pub fn order_key(&self) -> i64 {
        let start = || self.period.as_ref().and_then(|period| period.start.as_ref());
        self.authored.as_ref().or_else(start).map_or(i64::MIN, FhirTime::order_key)
    }

    fn marker(
        resource_type: &'static str,
        id: Option<String>,
        state: MedicineState,
        state_reason: StateReason,
        authored: Option<FhirTime>,
    ) -> Self {
        Self {
            resource_type,
            id,
            identifiers: Vec::new(),
            state,
            state_reason,
            status_reasons: Vec::new(),
            marker_only: state == MedicineState::EnteredInError,
            is_reported: None,
            reported_by: None,
            name: None,
            codings: Vec::new(),
            rxnorm: None,
            strengths: Vec::new(),
            form: None,
            instructions: Vec::new(),
            plain_instruction: Err(NotPlain::NothingGiven),
            authored,
            period: None,
            requester: None,
            recorder: None,
            reasons: Vec::new(),
            reason_links: Vec::new(),
            categories: Vec::new(),
            course: None,
            notes: Vec::new(),
            supply: None,
            encounter: None,
            medication: None,
            prior: None,
            based_on: Vec::new(),
        }
    }

    fn with_medicine(self, named: &NamedMedication, looked_up: Option<&Medication>) -> Self {
        let medication = named.medication(looked_up);
        let codings = named.codings(looked_up);
        Self {
            name: named.name(looked_up),
            rxnorm: codings.iter().find_map(rxnorm).map(str::to_owned),
            codings,
            strengths: medication
                .map(|one| one.ingredients.iter().filter_map(Strength::of).collect())
                .unwrap_or_default(),
            form: medication.and_then(|one| one.form.as_ref()?.shown()).map(str::to_owned),
            medication: named.reference.clone(),
            ..self
        }
    }

    fn with_instructions(self, dosages: &[Dosage]) -> Self {
        Self {
            instructions: dosages.iter().flat_map(Dosage::as_typed).collect(),
            plain_instruction: plain_instruction(dosages),
            ..self
        }
    }
}

fn shown<'a>(concepts: impl IntoIterator<Item = &'a CodeableConcept>) -> Vec<String> {
    concepts.into_iter().filter_map(CodeableConcept::shown).map(str::to_owned).collect()
}
