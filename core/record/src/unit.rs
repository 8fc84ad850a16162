//! Units: an exact subset of UCUM, what laboratories and vital signs use (R2).
//!
//! Two values may be joined only when their units are the same or one becomes the other exactly. So factors are
//! fractions and never floats, and what a factor cannot say stays apart: equivalents and moles (valence), international
//! units and anything else, mass and amount of substance, HbA1c in percent and in mmol/mol, units with different
//! annotations, logarithms. UCUM: <https://ucum.org>; the table is a part of it, written for this purpose.

mod alias;
mod atom;
mod grammar;
mod name;

use std::collections::BTreeMap;

use crate::decimal::Decimal;
use crate::quantity::Quantity;
use crate::rational::Rational;

pub use name::unit_name;

/// How UCUM is named as a code system.
const UCUM_SYSTEMS: [&str; 4] = [
    "http://unitsofmeasure.org",
    "https://unitsofmeasure.org",
    "http://www.unitsofmeasure.org",
    "urn:oid:2.16.840.1.113883.6.8",
];

/// What one value in one unit says nothing about in another laboratory.
const PROCEDURE_DEFINED: [&str; 1] = ["[arb'U]"];

/// One base of a dimension. Mass and amount of substance below the line are other bases than above it, so that
/// `mmol/mol` and `mg/g` never turn into plain numbers or percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Base {
    symbol: &'static str,
    below: bool,
}

/// A unit that is understood: a factor, an offset for temperatures, a dimension, and the annotations as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    factor: Rational,
    offset: Rational,
    dimension: BTreeMap<Base, i32>,
    /// What stands in braces, above the line (`false`) or below it, sorted.
    annotations: Vec<(bool, String)>,
}

impl Unit {
    /// The unit of a quantity. It counts as UCUM only if the quantity says so; otherwise its words must be among those
    /// that people use for one unit only. `None`: not understood, or code and words name two different units.
    #[must_use]
    pub fn of(quantity: &Quantity) -> Option<Self> {
        let words = quantity.unit.as_deref().and_then(Self::from_words);
        let code = quantity.code.as_deref();
        let coded = match quantity.system.as_deref() {
            Some(system) if is_ucum(system) => match code {
                Some(code) => Some(Self::parse(code).or_else(|| Self::from_words(code))?),
                None => None,
            },
            Some(_) => None,
            None => match code {
                Some(code) => Some(Self::from_words(code)?),
                None => None,
            },
        };
        match (coded, words) {
            (Some(coded), Some(words)) => coded.measures_like(&words).then(|| coded.with_reference_of(&words)),
            (coded, words) => coded.or(words),
        }
    }

    /// Reads a UCUM code. Case counts. `None`: no UCUM, or not in our part of it.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        grammar::parse(code)
    }

    /// Reads what people type: `mg/dl`, `mcg`, `K/uL`, `mmHg`, `lbs`.
    #[must_use]
    pub fn from_words(words: &str) -> Option<Self> {
        grammar::parse(&alias::ucum_of(words)?)
    }

    /// True when a number in one is the same number in the other: `ug/L` and `ng/mL`.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self == other
    }

    /// True when both measure the same thing, so that a factor stands between them, exact in decimals or not.
    #[must_use]
    pub fn comparable(&self, other: &Self) -> bool {
        self.dimension == other.dimension && self.annotations == other.annotations
    }

    /// True when each laboratory defines this unit by its own procedure.
    #[must_use]
    pub fn is_procedure_defined(&self) -> bool {
        self.dimension.keys().any(|base| PROCEDURE_DEFINED.contains(&base.symbol))
    }

    /// `mL/min` as a code beside the words `mL/min/1.73m2`: per what it is counted stands in the words alone.
    fn with_reference_of(self, words: &Self) -> Self {
        let has_reference = |unit: &Self| unit.annotations.iter().any(|(below, _)| *below);
        if has_reference(words) && !has_reference(&self) { words.clone() } else { self }
    }

    fn measures_like(&self, other: &Self) -> bool {
        self.dimension == other.dimension && self.factor == other.factor && self.offset == other.offset
    }

    /// 1, without a dimension.
    fn one() -> Self {
        Self { factor: Rational::ONE, offset: Rational::ZERO, dimension: BTreeMap::new(), annotations: Vec::new() }
    }

    /// The product with another unit to the power of `exponent`. Temperatures with an offset multiply with nothing.
    fn times(mut self, other: &Self, exponent: i32) -> Option<Self> {
        if self.offset != Rational::ZERO || other.offset != Rational::ZERO {
            return None;
        }
        self.factor = self.factor.times(other.factor.power(exponent)?)?;
        for (base, power) in &other.dimension {
            self.raise(*base, power.checked_mul(exponent)?)?;
        }
        let turned = other.annotations.iter().map(|(below, text)| (*below != (exponent < 0), text.clone()));
        self.annotations.extend(turned);
        self.annotations.sort();
        Some(self)
    }

    fn raise(&mut self, base: Base, power: i32) -> Option<()> {
        let split = matches!(base.symbol, "g" | "mol");
        // A power below zero of what stands below the line stands above it.
        let base = Base { symbol: base.symbol, below: split && (base.below != (power < 0)) };
        let power = if split { power.checked_abs()? } else { power };
        let sum = self.dimension.get(&base).copied().unwrap_or(0).checked_add(power)?;
        if sum == 0 {
            self.dimension.remove(&base)
        } else {
            self.dimension.insert(base, sum)
        };
        Some(())
    }
}

/// The same amount in another unit, if it can be said exactly in decimals. `None`: it cannot be, or must not be.
#[must_use]
pub fn convert(value: &Decimal, from: &Unit, to: &Unit) -> Option<Decimal> {
    if from.same(to) {
        return Some(value.clone());
    }
    if !from.comparable(to) {
        return None;
    }
    let in_bases = value.to_rational()?.plus(from.offset)?.times(from.factor)?;
    let converted = in_bases.over(to.factor)?.minus(to.offset)?;
    Decimal::from_rational(converted, value.digit_count())
}

fn is_ucum(system: &str) -> bool {
    let system = system.trim_end_matches('/');
    UCUM_SYSTEMS.iter().any(|known| known.eq_ignore_ascii_case(system))
}
