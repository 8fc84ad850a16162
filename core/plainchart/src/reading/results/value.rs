//! Values and ranges in words (R1): every digit as recorded, the words between them from the catalogue.

use plainchart_record::code::CodeableConcept;
use plainchart_record::observation::{Measured, ReferenceRange};
use plainchart_record::quantity::{Comparator, Quantity, Range};
use plainchart_record::range_choice::{RangePerson, choose};
use plainchart_record::time::Period;
use plainchart_record::unit::{Unit, unit_name};
use plainchart_record::value::Value;
use plainchart_record::{FhirTime, Observation};

use crate::words::say;

/// The value as text; none for a signal, which is no text. A quantity's unit stands apart.
pub(in crate::reading) fn value_text(value: &Value) -> Option<String> {
    let said = |id: &str, arguments: &[(&str, &str)]| Some(say(&format!("result-list.value.{id}"), arguments));
    match value {
        Value::Boolean(true) => said("yes", &[]),
        Value::Boolean(false) => said("no", &[]),
        Value::Range(range) => range_words(range),
        Value::Period(Period { start, end }) => {
            let (start, end) = (text_of(start.as_ref()), text_of(end.as_ref()));
            match (start, end) {
                (Some(start), Some(end)) => said("period", &[("start", start), ("end", end)]),
                (Some(start), None) => said("period-from", &[("start", start)]),
                (None, Some(end)) => said("period-until", &[("end", end)]),
                (None, None) => None,
            }
        }
        other => other.shown().map(|shown| shown.text),
    }
}

fn text_of(time: Option<&FhirTime>) -> Option<&str> {
    time.map(|time| time.text.as_str())
}

/// Value and unit as one text.
pub(in crate::reading) fn value_with_unit(value: &Value) -> Option<String> {
    Some(with_unit(&value_text(value)?, unit_of(value)))
}

/// A number or a text with its unit.
pub(in crate::reading) fn with_unit(value: &str, unit: Option<&str>) -> String {
    match unit {
        Some(unit) => say("result-list.value.with-unit", &[("value", value), ("unit", unit)]),
        None => value.to_owned(),
    }
}

/// The unit to be shown beside the value.
pub(in crate::reading) fn unit_of(value: &Value) -> Option<&str> {
    match value {
        Value::Quantity(quantity) => quantity.shown_unit(),
        _ => None,
    }
}

/// The unit as it is read out, where we have its name (N6).
pub(in crate::reading) fn spoken_unit(unit: &Unit) -> Option<String> {
    unit_name(unit).map(|name| say(&format!("unit.{name}"), &[]))
}

/// On which side of the number the true amount lies.
pub(in crate::reading) fn comparator_of(value: &Value) -> Option<Comparator> {
    match value {
        Value::Quantity(quantity) => quantity.amount()?.0,
        _ => None,
    }
}

/// From one amount to another.
pub(in crate::reading) fn range_words(range: &Range) -> Option<String> {
    let said = |id: &str, arguments: &[(&str, &str)]| Some(say(&format!("result-list.value.{id}"), arguments));
    match (&range.low, &range.high) {
        (Some(low), Some(high)) => {
            let low = if low.shown_unit() == high.shown_unit() { low.shown_value() } else { Quantity::shown(low) };
            said("range", &[("low", &low), ("high", &high.shown())])
        }
        (Some(low), None) => said("range-from", &[("low", &low.shown())]),
        (None, Some(high)) => said("range-to", &[("high", &high.shown())]),
        (None, None) => None,
    }
}

/// The ranges to show, and why these where the lab gave several (R1). `at`: when the specimen was taken.
pub(in crate::reading) fn ranges_of(
    measured: &Measured,
    person: &RangePerson,
    at: Option<&FhirTime>,
) -> (Vec<String>, Option<String>) {
    let ranges = &measured.reference_ranges;
    let choice = choose(ranges, person, at);
    let shown = choice.kept.iter().filter_map(|place| range_text(ranges.get(*place)?)).collect();
    let note = (ranges.len() > 1).then(|| say(&format!("result.range-choice.{}", choice.reason.code()), &[]));
    (shown, note)
}

/// A range with for whom it is: the lab's own words, else its bounds.
fn range_text(range: &ReferenceRange) -> Option<String> {
    let text = range.text.clone().or_else(|| range.bounds.as_ref().and_then(range_words))?;
    // A range of what is usual is what every range is, unless it says otherwise.
    let kind = range.kind.iter().filter(|kind| !kind.has_code("normal")).filter_map(CodeableConcept::shown);
    let who = range.applies_to.iter().filter_map(CodeableConcept::shown);
    let age = range.age.as_ref().and_then(range_words);
    let details: Vec<String> = (kind.map(str::to_owned))
        .chain(who.map(|who| say("result.range.applies-to", &[("who", who)])))
        .chain(age.map(|age| say("result.range.age", &[("age", &age)])))
        .collect();
    if details.is_empty() {
        return Some(text);
    }
    Some(say("result-list.range", &[("range", &text), ("details", &details.join("; "))]))
}

/// The ranges of an Observation and its components that may be meant for this person, in place of all.
pub(in crate::reading) fn keep_own_ranges(
    ranges: &mut Vec<ReferenceRange>,
    person: &RangePerson,
    at: Option<&FhirTime>,
) {
    let choice = choose(ranges, person, at);
    let mut place = 0;
    ranges.retain(|_| {
        place += 1;
        choice.kept.contains(&(place - 1))
    });
}

/// The value of a version in one line: its own, else that of its parts.
pub(in crate::reading) fn whole_value(observation: &Observation) -> Option<String> {
    if observation.status.is_entered_in_error() {
        return None;
    }
    let parts = || {
        let values = observation.components.iter().filter_map(|part| value_with_unit(part.value.as_ref()?));
        Some(values.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
    };
    observation.measured.value.as_ref().and_then(value_with_unit).or_else(parts)
}
