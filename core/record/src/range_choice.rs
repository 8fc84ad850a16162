//! Which of several ranges are meant for this person (R1). Only sex and age are decided; a range is put aside only when
//! it is certain that it is meant for somebody else.

use chrono::{Datelike, Months, NaiveDate};

use crate::code::{CodeableConcept, Coding};
use crate::element::{Element, Object};
use crate::error::RecordError;
use crate::observation::ReferenceRange;
use crate::quantity::{Quantity, Range};
use crate::redact::hidden_debug;
use crate::time::{FhirTime, LocalDate};
use crate::unit::Unit;

/// Recorded as female or male.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

/// What is recorded about a person that a range can depend on.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct RangePerson {
    /// `Patient.gender`, if it is one of the two.
    pub gender: Option<Sex>,
    /// The sex at birth that US Core's extensions record.
    pub birth_sex: Option<Sex>,
    /// As coarse as it was written.
    pub birth_date: Option<LocalDate>,
}

hidden_debug!(RangePerson);

/// How a choice came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChoiceReason {
    /// There was nothing to choose: every range may be meant.
    AllFit,
    /// Some are meant for other people.
    SomeFit,
    /// Each is meant for other people, so all are shown, as the laboratory sent them.
    NoneFit,
}

impl ChoiceReason {
    /// Stable code, for looking up its words.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::AllFit => "all-fit",
            Self::SomeFit => "some-fit",
            Self::NoneFit => "none-fit",
        }
    }
}

/// The ranges to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RangeChoice {
    /// Places in the list of ranges, in order.
    pub kept: Vec<usize>,
    /// How they were chosen.
    pub reason: ChoiceReason,
}

/// The codes and words for the two sexes: FHIR, HL7 v3, SNOMED CT's code numbers, and what is typed.
const SEXES: [(&str, Sex); 18] = [
    ("female", Sex::Female),
    ("f", Sex::Female),
    ("248152002", Sex::Female),
    ("woman", Sex::Female),
    ("women", Sex::Female),
    ("adult female", Sex::Female),
    ("adult women", Sex::Female),
    ("females", Sex::Female),
    ("girls", Sex::Female),
    ("male", Sex::Male),
    ("m", Sex::Male),
    ("248153007", Sex::Male),
    ("man", Sex::Male),
    ("men", Sex::Male),
    ("adult male", Sex::Male),
    ("adult men", Sex::Male),
    ("males", Sex::Male),
    ("boys", Sex::Male),
];

const BIRTH_SEX_EXTENSIONS: [&str; 2] = [
    "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex",
    "http://hl7.org/fhir/us/core/StructureDefinition/us-core-sex",
];

struct BirthSex(Sex);

impl Element for BirthSex {
    fn read(object: &Object<'_>) -> Option<Self> {
        let known = object.token("url").filter(|url| BIRTH_SEX_EXTENSIONS.contains(&url.as_str()));
        let code = || object.token("valueCode").and_then(|code| sex_of(&code));
        let concept = || object.element::<CodeableConcept>("valueCodeableConcept");
        let coding = || object.element::<Coding>("valueCoding")?.code.as_deref().and_then(sex_of);
        let stated = || concept()?.codings.iter().filter_map(|coding| coding.code.as_deref()).find_map(sex_of);
        known.and_then(|_| code().or_else(stated).or_else(coding)).map(Self)
    }
}

impl RangePerson {
    /// Reads what a Patient resource records.
    ///
    /// # Errors
    /// Not a JSON object, or not a Patient.
    pub fn read(raw: &str) -> Result<Self, RecordError> {
        let resource = Object::resource(raw, "Patient")?;
        let birth_sex: Vec<BirthSex> = resource.elements("extension");
        let first = birth_sex.first().map(|found| found.0);
        Ok(Self {
            gender: resource.token("gender").and_then(|code| sex_of(&code)),
            // Two extensions that differ say nothing that could be used.
            birth_sex: first.filter(|first| birth_sex.iter().all(|found| found.0 == *first)),
            birth_date: resource.time("birthDate").and_then(|time| time.local_date()),
        })
    }

    /// Where both are recorded and differ, none decides: a laboratory that writes "male" by whatever code system may
    /// mean either.
    fn sex(&self) -> Option<Sex> {
        match (self.gender, self.birth_sex) {
            (Some(a), Some(b)) if a != b => None,
            (a, b) => a.or(b),
        }
    }
}

/// Chooses among the ranges of one result. `at` is when the specimen was taken.
#[must_use]
pub fn choose(ranges: &[ReferenceRange], person: &RangePerson, at: Option<&FhirTime>) -> RangeChoice {
    let at = at.and_then(FhirTime::local_date);
    let may_fit = |range: &ReferenceRange| {
        fits_sex(&range.applies_to, person) && range.age.as_ref().is_none_or(|age| fits_age(age, person.birth_date, at))
    };
    let all: Vec<usize> = (0..ranges.len()).collect();
    let kept: Vec<usize> = ranges.iter().zip(0..).filter(|(range, _)| may_fit(range)).map(|(_, place)| place).collect();
    match kept.len() {
        0 if !all.is_empty() => RangeChoice { kept: all, reason: ChoiceReason::NoneFit },
        some if some < all.len() => RangeChoice { kept, reason: ChoiceReason::SomeFit },
        _ => RangeChoice { kept, reason: ChoiceReason::AllFit },
    }
}

/// False only when the range is for one sex and the person is recorded as the other.
fn fits_sex(applies_to: &[CodeableConcept], person: &RangePerson) -> bool {
    let asked: Vec<Sex> = applies_to.iter().filter_map(asked_sex).collect();
    let both = asked.contains(&Sex::Female) && asked.contains(&Sex::Male);
    // A range for women and men names both: FHIR's "and" cannot be meant.
    both || person.sex().is_none_or(|own| asked.iter().all(|sex| own == *sex))
}

/// The sex that a concept names.
fn asked_sex(concept: &CodeableConcept) -> Option<Sex> {
    let coded = concept.codings.iter().filter_map(|coding| coding.code.as_deref()).find_map(sex_of);
    let words =
        || concept.text.as_deref().into_iter().chain(concept.codings.iter().filter_map(|c| c.display.as_deref()));
    coded.or_else(|| words().find_map(sex_of))
}

fn sex_of(text: &str) -> Option<Sex> {
    let text = text.trim();
    SEXES.iter().find(|(known, _)| known.eq_ignore_ascii_case(text)).map(|(_, sex)| *sex)
}

/// False only when no day of birth and no day of the specimen that can be meant give an age within the range.
fn fits_age(age: &Range, birth: Option<LocalDate>, at: Option<LocalDate>) -> bool {
    let days = |date: Option<LocalDate>| Some((date?.first_day()?, date?.last_day()?));
    let (Some((first_birth, last_birth)), Some((first_at, last_at))) = (days(birth), days(at)) else { return true };
    if last_at < first_birth {
        return true;
    }
    let (youngest, oldest) = ((last_birth, first_at.max(last_birth)), (first_birth, last_at));
    let above_low = age.low.as_ref().is_none_or(|low| within(low, oldest, |age, bound| age >= bound));
    let below_high = age.high.as_ref().is_none_or(|high| within(high, youngest, |age, bound| age <= bound));
    above_low && below_high
}

/// Compares an age in full units of the bound. A bound that is no whole number of years, months, weeks, days or hours
/// decides nothing.
fn within(bound: &Quantity, (birth, at): (NaiveDate, NaiveDate), fits: fn(u64, u64) -> bool) -> bool {
    let amount = bound.amount().filter(|(comparator, _)| comparator.is_none());
    let whole = amount.and_then(|(_, number)| number.to_rational()).filter(|number| number.denominator() == 1);
    let limit = whole.and_then(|number| u64::try_from(number.numerator()).ok());
    match (limit, full_units(bound, birth, at)) {
        (Some(limit), Some(age)) => fits(age, limit),
        _ => true,
    }
}

fn full_units(bound: &Quantity, birth: NaiveDate, at: NaiveDate) -> Option<u64> {
    let unit = Unit::of(bound)?;
    let is = |code: &str| Unit::parse(code).is_some_and(|known| known.same(&unit));
    let days = u64::try_from(at.signed_duration_since(birth).num_days()).ok()?;
    match () {
        () if is("a") => at.years_since(birth).map(u64::from),
        () if is("mo") => full_months(birth, at),
        () if is("wk") => Some(days / 7),
        () if is("d") => Some(days),
        // Hours of a day that is only known as a day: not to be decided below two days.
        () if is("h") && days > 1 => Some(days * 24),
        () => None,
    }
}

fn full_months(birth: NaiveDate, at: NaiveDate) -> Option<u64> {
    let months = (at.year() - birth.year()) * 12 + at.month0().cast_signed() - birth.month0().cast_signed();
    let months = u32::try_from(months).ok()?;
    let reached = birth.checked_add_months(Months::new(months))? <= at;
    Some(u64::from(if reached { months } else { months.saturating_sub(1) }))
}
