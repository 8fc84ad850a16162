//! `Quantity`, `Range`, `Ratio`: numbers as their text, never as floats (D8).

use serde_json::value::RawValue;

use crate::decimal::Decimal;
use crate::element::{Element, Object};
use crate::redact::hidden_debug;

/// `Quantity.comparator`: the true amount lies on one side of the number, which is not the amount itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparator {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
}

/// FHIR's signs and the ones that are typed, the longer before the shorter.
const COMPARATORS: [(&str, Comparator); 6] = [
    ("<=", Comparator::AtMost),
    (">=", Comparator::AtLeast),
    ("≤", Comparator::AtMost),
    ("≥", Comparator::AtLeast),
    ("<", Comparator::Below),
    (">", Comparator::Above),
];

impl Comparator {
    /// Stable code, for looking up its words.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Below => "below",
            Self::AtMost => "at-most",
            Self::AtLeast => "at-least",
            Self::Above => "above",
        }
    }

    /// True when the amount lies below the number.
    #[must_use]
    pub fn points_down(self) -> bool {
        matches!(self, Self::Below | Self::AtMost)
    }

    fn read(sign: &str) -> Option<Self> {
        COMPARATORS.iter().find(|(known, _)| *known == sign).map(|(_, comparator)| *comparator)
    }

    /// Splits the sign off a text such as `<5`.
    fn split(text: &str) -> (Option<Self>, &str) {
        let found =
            COMPARATORS.iter().find_map(|(sign, which)| Some((Some(*which), text.strip_prefix(sign)?.trim_start())));
        found.unwrap_or((None, text))
    }
}

/// A measured amount.
#[derive(Clone, PartialEq, Eq)]
pub struct Quantity {
    /// Every digit as recorded. Usually a number; what else a source wrote there is kept too.
    pub value: String,
    /// `<`, `<=`, `>=` or `>`.
    pub comparator: Option<String>,
    /// The unit in the source's words.
    pub unit: Option<String>,
    /// The unit's code system.
    pub system: Option<String>,
    /// The unit's code, UCUM as a rule.
    pub code: Option<String>,
}

hidden_debug!(Quantity);

impl Quantity {
    /// The value, if it is a number. Still as text.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        let numeric = self.value.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        (numeric && serde_json::from_str::<&RawValue>(&self.value).is_ok()).then_some(self.value.as_str())
    }

    /// The exact number, and the sign before it, whether in its own member or in the text (`<5`). `None` for text that
    /// is no number, for a sign that is not known, and where the two places differ.
    #[must_use]
    pub fn amount(&self) -> Option<(Option<Comparator>, Decimal)> {
        let (written, number) = Comparator::split(&self.value);
        let stated = match self.comparator.as_deref() {
            Some(sign) => Some(Comparator::read(sign)?),
            None => None,
        };
        let agree = written.is_none() || stated.is_none() || written == stated;
        Some((stated.or(written), Decimal::parse(number)?)).filter(|_| agree)
    }

    /// The unit to show: the source's words, else the code. UCUM's `1` says that there is no unit.
    #[must_use]
    pub fn shown_unit(&self) -> Option<&str> {
        self.unit.as_deref().or(self.code.as_deref()).filter(|unit| *unit != "1")
    }

    /// Comparator and value, such as `<5`.
    #[must_use]
    pub fn shown_value(&self) -> String {
        format!("{}{}", self.comparator.as_deref().unwrap_or_default(), self.value)
    }

    /// Comparator, value and unit, such as `<5 mg/dL`.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.shown_unit() {
            Some(unit) => format!("{} {unit}", self.shown_value()),
            None => self.shown_value(),
        }
    }
}

impl Element for Quantity {
    fn read(object: &Object<'_>) -> Option<Self> {
        Some(Self {
            value: object.token("value")?,
            comparator: object.token("comparator"),
            unit: object.token("unit"),
            system: object.token("system"),
            code: object.token("code"),
        })
    }
}

/// From one amount to another; an open end is absent.
#[derive(Clone, PartialEq, Eq)]
pub struct Range {
    /// Lower bound, included.
    pub low: Option<Quantity>,
    /// Upper bound, included.
    pub high: Option<Quantity>,
}

hidden_debug!(Range);

impl Element for Range {
    fn read(object: &Object<'_>) -> Option<Self> {
        let range = Self { low: object.element("low"), high: object.element("high") };
        (range.low.is_some() || range.high.is_some()).then_some(range)
    }
}

/// One amount to another, such as a titre of 1:40.
#[derive(Clone, PartialEq, Eq)]
pub struct Ratio {
    /// The first amount.
    pub numerator: Quantity,
    /// The second amount.
    pub denominator: Quantity,
}

hidden_debug!(Ratio);

impl Ratio {
    /// `1:40`, or `5 mg : 1 dL` where there are units.
    #[must_use]
    pub fn shown(&self) -> String {
        let units = self.numerator.shown_unit().is_some() || self.denominator.shown_unit().is_some();
        let between = if units { " : " } else { ":" };
        format!("{}{between}{}", self.numerator.shown(), self.denominator.shown())
    }
}

impl Element for Ratio {
    fn read(object: &Object<'_>) -> Option<Self> {
        Some(Self { numerator: object.element("numerator")?, denominator: object.element("denominator")? })
    }
}
