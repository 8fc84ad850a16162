//! `Observation.value[x]` in all its shapes (R1).

use crate::code::CodeableConcept;
use crate::element::Object;
use crate::quantity::{Quantity, Range, Ratio};
use crate::redact::hidden_debug;
use crate::time::{FhirTime, Period};

/// A value as recorded.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// An amount.
    Quantity(Quantity),
    /// A coded answer.
    Concept(CodeableConcept),
    /// Text.
    Text(String),
    /// Yes or no.
    Boolean(bool),
    /// A whole number, as text.
    Integer(String),
    /// From one amount to another.
    Range(Range),
    /// One amount to another.
    Ratio(Ratio),
    /// A signal over time. Its points stay in the raw resource.
    SampledData,
    /// A time of day, as text.
    TimeOfDay(String),
    /// A date or a moment.
    DateTime(FhirTime),
    /// A stretch of time.
    Period(Period),
}

hidden_debug!(Value);

/// Reads one shape of a value from the object that has the member.
type ReadValue = fn(&Object<'_>, &str) -> Option<Value>;

/// The shapes of R4, in the order in which they are looked for.
const SHAPES: [(&str, ReadValue); 11] = [
    ("valueQuantity", |object, name| object.element(name).map(Value::Quantity)),
    ("valueCodeableConcept", |object, name| object.element(name).map(Value::Concept)),
    ("valueString", |object, name| object.text(name).map(Value::Text)),
    ("valueBoolean", |object, name| object.boolean(name).map(Value::Boolean)),
    ("valueInteger", |object, name| object.number(name).map(Value::Integer)),
    ("valueRange", |object, name| object.element(name).map(Value::Range)),
    ("valueRatio", |object, name| object.element(name).map(Value::Ratio)),
    ("valueSampledData", |object, name| object.object(name).map(|_| Value::SampledData)),
    ("valueTime", |object, name| object.token(name).map(Value::TimeOfDay)),
    ("valueDateTime", |object, name| object.time(name).map(Value::DateTime)),
    ("valuePeriod", |object, name| object.element(name).map(Value::Period)),
];

/// A value as it is shown: the recorded text, and its unit apart.
#[derive(Clone, PartialEq, Eq)]
pub struct ShownValue {
    /// As recorded, comparator included: `<5`, `1.50`, `1:40`, `Not detected`.
    pub text: String,
    /// The unit, where it stands apart from the text.
    pub unit: Option<String>,
}

hidden_debug!(ShownValue);

impl Value {
    /// Reads the value of an Observation or a component.
    pub(crate) fn read(object: &Object<'_>) -> Option<Self> {
        SHAPES.iter().find_map(|(name, read)| read(object, name))
    }

    /// The names a value can have, for reading why it is absent.
    pub(crate) fn member_names() -> impl Iterator<Item = &'static str> {
        SHAPES.iter().map(|(name, _)| *name)
    }

    /// Whether there is something to show in words: not for a signal, and not for what is empty.
    #[must_use]
    pub fn is_told(&self) -> bool {
        match self {
            Self::Concept(concept) => concept.shown().is_some(),
            Self::Period(Period { start, end }) => start.is_some() || end.is_some(),
            Self::SampledData => false,
            _ => true,
        }
    }

    /// The value as text of the source. `None` for a signal, which is no text, and for a yes or no, a range and a
    /// period, which need words of the reader's language.
    #[must_use]
    pub fn shown(&self) -> Option<ShownValue> {
        let alone = |text: String| Some(ShownValue { text, unit: None });
        match self {
            Self::Quantity(quantity) => {
                Some(ShownValue { text: quantity.shown_value(), unit: quantity.shown_unit().map(str::to_owned) })
            }
            Self::Concept(concept) => alone(concept.shown()?.to_owned()),
            Self::Text(text) | Self::Integer(text) | Self::TimeOfDay(text) => alone(text.clone()),
            Self::Ratio(ratio) => alone(ratio.shown()),
            Self::DateTime(time) => alone(time.text.clone()),
            Self::Boolean(_) | Self::Range(_) | Self::Period(_) | Self::SampledData => None,
        }
    }

    /// The unit that tells one analyte from another: its code, else its words.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        match self {
            Self::Quantity(quantity) => quantity.code.as_deref().or(quantity.unit.as_deref()),
            _ => None,
        }
    }
}
