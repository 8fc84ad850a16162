//! `Dosage`: how a medicine is to be used, as typed and as coded, and in plain words where every bit of it is
//! understood (R4).
//!
//! Plain words come from two sources: the coded structure ([`structured`]) and the typed text ([`sig`]). Both end in
//! an [`Instruction`], a list of parts without words; [`Instruction::sentences`] turns those into ids of the catalogue
//! (T3). Nothing is ever guessed: one element or one word that is not understood, or a text and a structure that
//! contradict each other, and there are no plain words. The instruction as typed is always there to be shown.

use serde_json::value::RawValue;

use crate::code::CodeableConcept;
use crate::element::{Object, object};
use crate::quantity::{Quantity, Range, Ratio};
use crate::redact::hidden_debug;

pub mod agreement;
pub mod amount;
pub mod instruction;
mod lexicon;
pub mod phrase;
pub mod sentence;
pub mod sig;
mod sig_rules;
mod strict;
pub mod structured;
mod times_of_use;
pub mod timing;
mod token;

pub use amount::{Amount, Number, Unit};
pub use instruction::{Frequency, Instruction, Maximum, Span, When};
pub use phrase::{Argument, Phrase};
pub use timing::Timing;

use agreement::{merge, texts_agree};
use strict::Strict;

/// `asNeeded[x]`.
#[derive(Clone, PartialEq, Eq)]
pub enum AsNeeded {
    /// `asNeededBoolean`.
    Plain(bool),
    /// `asNeededCodeableConcept`: as needed for this.
    For(CodeableConcept),
}

hidden_debug!(AsNeeded);

/// `doseAndRate`.
#[derive(Clone, PartialEq, Eq)]
pub struct DoseAndRate {
    /// `doseQuantity`.
    pub dose: Option<Quantity>,
    /// `doseRange`.
    pub dose_range: Option<Range>,
    /// `rate[x]` is given. It never gets plain words.
    pub has_rate: bool,
}

hidden_debug!(DoseAndRate);

/// One instruction.
#[derive(Clone, PartialEq, Eq)]
pub struct Dosage {
    /// `sequence`, as text.
    pub sequence: Option<String>,
    /// `text`: the instruction as typed.
    pub text: Option<String>,
    /// `patientInstruction`: as typed for the patient.
    pub patient_instruction: Option<String>,
    /// `additionalInstruction`: with food and the like.
    pub additional_instructions: Vec<CodeableConcept>,
    /// `timing`.
    pub timing: Option<Timing>,
    /// `asNeeded[x]`.
    pub as_needed: Option<AsNeeded>,
    /// `site`.
    pub site: Option<CodeableConcept>,
    /// `route`.
    pub route: Option<CodeableConcept>,
    /// `method`.
    pub method: Option<CodeableConcept>,
    /// `doseAndRate`.
    pub dose_and_rate: Vec<DoseAndRate>,
    /// `maxDosePerPeriod`.
    pub max_dose_per_period: Option<Ratio>,
    /// Every member was read into one of the fields above; false if there is more than they tell.
    pub is_whole: bool,
}

hidden_debug!(Dosage, dose_and_rate);

/// Reads `dosageInstruction` or `dosage`. An item that is no object counts as an instruction nobody can read.
pub(crate) fn read_dosages(resource: &Object<'_>, member: &'static str) -> Vec<Dosage> {
    resource.items(member).into_iter().map(read_dosage).collect()
}

fn read_dosage(raw: &RawValue) -> Dosage {
    let empty = || serde_json::from_str::<Object<'_>>("{}").ok();
    let parsed = object(raw);
    let readable = parsed.is_some();
    let Some(object) = parsed.or_else(empty) else { return Dosage::unreadable() };
    let mut members = Strict::new(&object);
    let sequence = members.take("sequence", Object::number);
    let text = members.take("text", Object::text);
    let patient_instruction = members.take("patientInstruction", Object::text);
    let additional_instructions =
        members.list("additionalInstruction", |object| object.elements("additionalInstruction"));
    let timing = members.take("timing", |object, name| object.get(name).and_then(Timing::read));
    let yes_or_no = members.take("asNeededBoolean", Object::boolean).map(AsNeeded::Plain);
    let needed_for = members.take("asNeededCodeableConcept", |o, name| o.element(name)).map(AsNeeded::For);
    let both_needed = yes_or_no.is_some() && needed_for.is_some();
    let site = members.take("site", |object, name| object.element(name));
    let route = members.take("route", |object, name| object.element(name));
    let method = members.take("method", |object, name| object.element(name));
    let (dose_and_rate, doses_whole) = read_doses(&object);
    members.known("doseAndRate");
    let max_dose_per_period = members.take("maxDosePerPeriod", |object, name| object.element(name));
    let timing_whole = timing.as_ref().is_none_or(|timing| timing.is_whole);
    Dosage {
        is_whole: readable && members.all_understood() && doses_whole && timing_whole && !both_needed,
        sequence,
        text,
        patient_instruction,
        additional_instructions,
        timing,
        as_needed: needed_for.or(yes_or_no),
        site,
        route,
        method,
        dose_and_rate,
        max_dose_per_period,
    }
}

fn read_doses(dosage: &Object<'_>) -> (Vec<DoseAndRate>, bool) {
    let items = dosage.items("doseAndRate");
    let mut whole = true;
    let mut doses = Vec::new();
    for raw in items {
        let Some(object) = object(raw) else {
            whole = false;
            continue;
        };
        let mut members = Strict::new(&object);
        members.known("type");
        let dose = members.take("doseQuantity", |object, name| object.element(name));
        let dose_range = members.take("doseRange", |object, name| object.element(name));
        whole &= members.all_understood();
        let has_rate = ["rateRatio", "rateRange", "rateQuantity"].iter().any(|name| object.get(name).is_some());
        doses.push(DoseAndRate { dose, dose_range, has_rate });
    }
    (doses, whole)
}

impl Dosage {
    fn unreadable() -> Self {
        Self {
            sequence: None,
            text: None,
            patient_instruction: None,
            additional_instructions: Vec::new(),
            timing: None,
            as_needed: None,
            site: None,
            route: None,
            method: None,
            dose_and_rate: Vec::new(),
            max_dose_per_period: None,
            is_whole: false,
        }
    }

    /// The instruction as typed: the text, and what was typed for the patient if that differs.
    #[must_use]
    pub fn as_typed(&self) -> Vec<String> {
        let mut typed: Vec<String> = self.text.iter().cloned().collect();
        typed.extend(
            self.patient_instruction.iter().filter(|other| !typed.contains(other)).cloned().collect::<Vec<_>>(),
        );
        typed
    }
}

/// Why an instruction has no plain words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotPlain {
    /// No instruction is given.
    NothingGiven,
    /// There is more than one instruction: which comes when is not told for certain.
    SeveralInstructions,
    /// Some element or word is not understood.
    NotAllUnderstood,
    /// The typed text and the codes say different things.
    TextAndCodesDiffer,
}

impl NotPlain {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::NothingGiven, Self::SeveralInstructions, Self::NotAllUnderstood, Self::TextAndCodesDiffer];

    /// A stable code, for the catalogue: `dosage.not-plain.<code>`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NothingGiven => "nothing-given",
            Self::SeveralInstructions => "several-instructions",
            Self::NotAllUnderstood => "not-all-understood",
            Self::TextAndCodesDiffer => "text-and-codes-differ",
        }
    }
}

/// The parts of an instruction that is understood to its last element and word.
///
/// # Errors
/// Why there are none: see [`NotPlain`].
pub fn plain_instruction(dosages: &[Dosage]) -> Result<Instruction, NotPlain> {
    match dosages {
        [] => Err(NotPlain::NothingGiven),
        [dosage] => one(dosage),
        _ => Err(NotPlain::SeveralInstructions),
    }
}

/// A text that is there must be understood as well as the codes: it may say more than they do, such as a second step.
/// The two are compared as soon as both are understood as far as they go, so that a contradiction is told even where
/// some code is strange to us.
fn one(dosage: &Dosage) -> Result<Instruction, NotPlain> {
    let texts: Vec<Option<Instruction>> = dosage.as_typed().iter().map(|text| sig::parts(text)).collect();
    let read_texts: Option<Vec<Instruction>> = texts.iter().cloned().collect();
    let mut merged = Instruction::default();
    if read_texts.as_deref().is_some_and(|texts| !texts_agree(texts)) {
        return Err(NotPlain::TextAndCodesDiffer);
    }
    for text in texts.into_iter().flatten() {
        merged = merge(&merged, &text)?;
    }
    let (codes, codes_whole) = structured::parts(dosage);
    merged = merge(&merged, &codes)?;
    if read_texts.is_some() && codes_whole && dosage.is_whole && merged.is_sound() {
        Ok(merged)
    } else if dosage.as_typed().is_empty() && codes == Instruction::default() && dosage.is_whole && codes_whole {
        Err(NotPlain::NothingGiven)
    } else {
        Err(NotPlain::NotAllUnderstood)
    }
}
