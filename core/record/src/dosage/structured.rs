//! A coded Dosage into the parts of an instruction (R4).

use crate::code::CodeableConcept;
use crate::quantity::{Quantity, Ratio};

use super::amount::{Amount, Number, Unit};
use super::instruction::{Frequency, Instruction, Maximum, Span, When};
use super::lexicon::{ACTIONS, REASONS, ROUTE_CODES, ROUTES, SITES, Table, find};
use super::times_of_use::{DAYS, EVENT_TIMING, TIME_UNITS, TIMING_ABBREVIATIONS};
use super::timing::{Repeat, Timing};
use super::{AsNeeded, Dosage, agreement, sig};

/// Codes of UCUM and of HL7 for a unit of time.
const PERIOD_UNITS: Table = &[("min", "minute"), ("h", "hour"), ("d", "day"), ("wk", "week"), ("mo", "month")];

/// What the elements say, and whether all of them were understood.
#[must_use]
pub fn parts(dosage: &Dosage) -> (Instruction, bool) {
    let mut reading = Reading { found: Instruction::default(), whole: true };
    reading.found.action = reading.named(dosage.method.as_ref(), ACTIONS, &[]);
    reading.found.route = reading.named(dosage.route.as_ref(), ROUTES, ROUTE_CODES);
    reading.found.site = reading.named(dosage.site.as_ref(), SITES, &[]);
    reading.doses(dosage);
    reading.needed(dosage.as_needed.as_ref());
    if let Some(timing) = &dosage.timing {
        reading.timing(timing);
    }
    if let Some(ratio) = &dosage.max_dose_per_period {
        reading.found.maximum = maximum(ratio);
        reading.whole &= reading.found.maximum.is_some();
    }
    for concept in &dosage.additional_instructions {
        let text = wordings(concept).find_map(|words| sig::parts(&words));
        reading.add(text);
    }
    (reading.found, reading.whole)
}

struct Reading {
    found: Instruction,
    whole: bool,
}

impl Reading {
    /// Adds what another element says; nothing, or a contradiction, and the whole is not understood.
    fn add(&mut self, other: Option<Instruction>) {
        match other.and_then(|other| agreement::merge(&self.found, &other).ok()) {
            Some(merged) => self.found = merged,
            None => self.whole = false,
        }
    }

    /// The code for a concept: by its words, else by one of HL7's codes. One is enough; two that differ are none.
    fn named(&mut self, concept: Option<&CodeableConcept>, words: Table, codes: Table) -> Option<&'static str> {
        let concept = concept?;
        let by_words = wordings(concept).filter_map(|text| find(words, &text));
        let by_code = hl7_codes(concept).filter_map(|code| find(codes, code));
        let mut found: Vec<&'static str> = by_words.chain(by_code).collect();
        found.dedup();
        let one = if found.len() == 1 { found.pop() } else { None };
        self.whole &= one.is_some();
        one
    }

    fn doses(&mut self, dosage: &Dosage) {
        let [given] = dosage.dose_and_rate.as_slice() else {
            self.whole &= dosage.dose_and_rate.is_empty();
            return;
        };
        self.found.dose = match (&given.dose, &given.dose_range) {
            (Some(quantity), None) => amount(quantity),
            (None, Some(range)) => {
                range.low.as_ref().and_then(amount).zip(range.high.as_ref().and_then(amount)).and_then(|(low, high)| {
                    let fits = low.unit == high.unit && low.number.as_ref()?.is_below(high.number.as_ref()?);
                    fits.then_some(Amount { high: high.number, ..low })
                })
            }
            _ => None,
        };
        let nothing = given.dose.is_none() && given.dose_range.is_none();
        self.whole &= !given.has_rate && (nothing || self.found.dose.is_some());
    }

    fn needed(&mut self, as_needed: Option<&AsNeeded>) {
        match as_needed {
            None => {}
            Some(AsNeeded::Plain(needed)) => self.found.as_needed = Some(*needed),
            Some(AsNeeded::For(concept)) => {
                self.found.as_needed = Some(true);
                let known =
                    |text: String| find(REASONS, &text).map(|one| (vec![one], false)).or_else(|| sig::reasons(&text));
                match wordings(concept).find_map(known) {
                    Some((reasons, all)) => (self.found.reasons, self.found.all_reasons) = (reasons, all),
                    None => self.whole = false,
                }
            }
        }
    }

    fn timing(&mut self, timing: &Timing) {
        self.whole &= timing.events.is_empty();
        if let Some(code) = &timing.code {
            let abbreviation = hl7_codes(code).filter_map(|code| find(TIMING_ABBREVIATIONS, code)).map(str::to_owned);
            let found: Vec<Instruction> =
                wordings(code).chain(abbreviation).filter_map(|words| sig::parts(&words)).collect();
            self.whole &= !found.is_empty();
            for one in found {
                self.add(Some(one));
            }
        }
        if let Some(repeat) = &timing.repeat {
            let mut found = Self { found: Instruction::default(), whole: true };
            found.repeat(repeat);
            self.whole &= found.whole;
            self.add(Some(found.found));
        }
    }

    fn repeat(&mut self, repeat: &Repeat) {
        self.how_often(repeat);
        self.whole &= repeat.times_of_day.is_empty();
        for day in &repeat.days_of_week {
            match find(DAYS, &day.to_lowercase()) {
                Some(day) if !self.found.days.contains(&day) => self.found.days.push(day),
                _ => self.whole = false,
            }
        }
        for code in &repeat.when {
            match self.when(code, repeat.offset.as_deref()) {
                Some(when) if !self.found.when.contains(&when) => self.found.when.push(when),
                _ => self.whole = false,
            }
        }
        self.whole &= repeat.offset.is_none() || repeat.when.len() == 1;
        self.how_long(repeat);
    }

    /// `offset` counts minutes before or after an event, so that it needs a code that says which.
    fn when(&self, code: &str, offset: Option<&str>) -> Option<When> {
        let known = find(EVENT_TIMING, code)?;
        let Some(offset) = offset.filter(|offset| *offset != "0") else { return Some(When::at(known)) };
        let known = if known == "at-bedtime" { "before-bedtime" } else { known };
        let sided = known.starts_with("before-") || known.starts_with("after-");
        sided.then_some(When { offset: Some((Number::read(offset)?, "minute")), code: known })
    }

    fn how_often(&mut self, repeat: &Repeat) {
        if repeat.frequency.is_none() && repeat.period.is_none() && repeat.period_unit.is_none() {
            self.whole &= repeat.frequency_max.is_none() && repeat.period_max.is_none();
            return;
        }
        self.found.frequency = frequency(repeat);
        self.whole &= self.found.frequency.is_some();
    }

    fn how_long(&mut self, repeat: &Repeat) {
        let mut given: Vec<Option<Span>> = Vec::new();
        given.extend(repeat.bounds_duration.as_ref().map(|quantity| span(quantity, None)));
        given.extend(repeat.bounds_range.as_ref().map(|range| match (&range.low, &range.high) {
            (Some(low), Some(high)) => span(low, Some(high)),
            (None, Some(high)) => span(high, None).map(|span| Span { up_to: true, ..span }),
            _ => None,
        }));
        given.extend(repeat.count.as_ref().map(|count| {
            let number = Number::read(count)?;
            Some(Span { number, high: None, unit: "dose", up_to: false })
        }));
        self.whole &= given.len() <= 1 && given.iter().all(Option::is_some);
        self.found.duration = given.into_iter().flatten().next();
        self.found.bounds = repeat.bounds_period.clone();
    }
}

/// `frequency` times in each `period`. FHIR: without a frequency it is once.
fn frequency(repeat: &Repeat) -> Option<Frequency> {
    let unit = find(PERIOD_UNITS, repeat.period_unit.as_deref()?)?;
    let period = Number::read(repeat.period.as_deref().unwrap_or("1"))?;
    let times = Number::read(repeat.frequency.as_deref().unwrap_or("1"))?;
    let high = match repeat.frequency_max.as_deref() {
        Some(text) => Some(Number::read(text).filter(|high| times.is_below(high) && high.whole().is_some())?),
        None => None,
    };
    times.whole()?;
    if period.whole() == Some(1) && repeat.period_max.is_none() {
        let unit_of_sentence = matches!(unit, "hour" | "day" | "week" | "month");
        return unit_of_sentence.then_some(Frequency::Times { times, high, unit });
    }
    let long = match repeat.period_max.as_deref() {
        Some(text) => Some(Number::read(text).filter(|long| period.is_below(long))?),
        None => None,
    };
    let once = times.whole() == Some(1) && high.is_none();
    once.then_some(Frequency::Every { number: period, high: long, unit })
}

/// A quantity of time.
fn span(quantity: &Quantity, high: Option<&Quantity>) -> Option<Span> {
    let unit = time_unit(quantity)?;
    let number = plain_number(quantity)?;
    let high = match high {
        Some(high) if time_unit(high)? == unit => Some(plain_number(high).filter(|high| number.is_below(high))?),
        Some(_) => return None,
        None => None,
    };
    matches!(unit, "day" | "week" | "month").then_some(Span { number, high, unit, up_to: false })
}

/// The unit by code and by words; where both are known they must agree.
fn time_unit(quantity: &Quantity) -> Option<&'static str> {
    let code = quantity.code.as_deref().and_then(|code| find(PERIOD_UNITS, code));
    let words = quantity
        .unit
        .as_deref()
        .map(str::to_lowercase)
        .and_then(|unit| find(TIME_UNITS, &unit).or_else(|| find(PERIOD_UNITS, &unit)));
    match (code, words) {
        (Some(code), Some(words)) => (code == words).then_some(code),
        (code, words) => code.or(words),
    }
}

fn plain_number(quantity: &Quantity) -> Option<Number> {
    quantity.comparator.is_none().then(|| Number::read(&quantity.value)).flatten()
}

/// A dose. The unit's words are shown, if there are any; its code must not mean another unit.
fn amount(quantity: &Quantity) -> Option<Amount> {
    let code = quantity.code.as_deref();
    let unit = match quantity.unit.as_deref() {
        Some(words) => Unit::read(words).filter(|unit| code.is_none_or(|code| same_unit(unit, code)))?,
        None => Unit::read(find(FORM_CODES, code?).or(code)?)?,
    };
    Some(Amount { number: Some(plain_number(quantity)?), high: None, unit })
}

/// Codes of UCUM and HL7 for a form.
const FORM_CODES: Table = &[("{tbl}", "tablet"), ("{capsule}", "capsule"), ("TAB", "tablet"), ("CAP", "capsule")];

/// Codes of UCUM that are spelled in another way than the unit is.
const UCUM_SPELLINGS: Table =
    &[("ug", "mcg"), ("[iU]", "iu"), ("[in_i]", "inch"), ("[oz_av]", "oz"), ("[foz_us]", "oz")];

/// Whether a unit's code can stand for its words. A thing that is counted may have a code that we do not know; a unit
/// of measure may not.
fn same_unit(words: &Unit, code: &str) -> bool {
    let spelled = find(UCUM_SPELLINGS, code).or_else(|| find(FORM_CODES, code)).unwrap_or(code);
    match (words, Unit::read(spelled)) {
        (words, Some(code)) => *words == code || *words == Unit::Counted("unit") && code == Unit::Measured("iu".into()),
        (Unit::Measured(_), None) => false,
        (Unit::Counted(_) | Unit::Described(_), None) => true,
    }
}

/// So much in so long: the second amount is a time.
fn maximum(ratio: &Ratio) -> Option<Maximum> {
    let amount = amount(&ratio.numerator)?;
    let unit = time_unit(&ratio.denominator)?;
    let number = plain_number(&ratio.denominator)?;
    let in_one = number.whole() == Some(1) && matches!(unit, "day" | "week");
    Some(Maximum { amount, number: (!in_one).then_some(number), unit })
}

/// The words of a concept in small letters: its text, then its displays. `(qualifier value)` and the like, which
/// terminologies put behind a name, are left out.
fn wordings(concept: &CodeableConcept) -> impl Iterator<Item = String> {
    let displays = concept.codings.iter().filter_map(|coding| coding.display.as_deref());
    concept.text.as_deref().into_iter().chain(displays).map(|words| {
        let bare = words.strip_suffix(" (qualifier value)").unwrap_or(words);
        bare.trim().trim_end_matches('.').to_lowercase()
    })
}

/// Codes of HL7's systems. Elsewhere the same letters may mean another thing: `MO` a Monday.
fn hl7_codes(concept: &CodeableConcept) -> impl Iterator<Item = &str> {
    let hl7 =
        |system: &str| system.contains("terminology.hl7.org/CodeSystem/v3-") || system.contains("hl7.org/fhir/v3/");
    (concept.codings.iter())
        .filter(move |coding| coding.system.as_deref().is_some_and(hl7))
        .filter_map(|coding| coding.code.as_deref())
}
