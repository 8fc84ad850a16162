//! `Timing`: how often and when, as coded.

use serde_json::value::RawValue;

use crate::code::CodeableConcept;
use crate::element::{Object, object};
use crate::quantity::{Quantity, Range};
use crate::redact::hidden_debug;
use crate::time::{FhirTime, Period};

use super::strict::Strict;

/// How often and when.
#[derive(Clone, PartialEq, Eq)]
pub struct Timing {
    /// `event`: single moments.
    pub events: Vec<FhirTime>,
    /// `code`: BID, TID ...
    pub code: Option<CodeableConcept>,
    /// `repeat`.
    pub repeat: Option<Repeat>,
    /// Every member was read.
    pub is_whole: bool,
}

hidden_debug!(Timing);

/// `Timing.repeat`. Numbers are text.
#[derive(Clone, PartialEq, Eq)]
pub struct Repeat {
    /// `boundsDuration`.
    pub bounds_duration: Option<Quantity>,
    /// `boundsRange`.
    pub bounds_range: Option<Range>,
    /// `boundsPeriod`.
    pub bounds_period: Option<Period>,
    /// `count`: how many times in all.
    pub count: Option<String>,
    /// `frequency`: times in each period.
    pub frequency: Option<String>,
    /// `frequencyMax`.
    pub frequency_max: Option<String>,
    /// `period`.
    pub period: Option<String>,
    /// `periodMax`.
    pub period_max: Option<String>,
    /// `periodUnit`: s, min, h, d, wk, mo or a.
    pub period_unit: Option<String>,
    /// `dayOfWeek`: mon to sun.
    pub days_of_week: Vec<String>,
    /// `timeOfDay`.
    pub times_of_day: Vec<String>,
    /// `when`: MORN, HS, AC ...
    pub when: Vec<String>,
    /// `offset`: minutes before or after `when`.
    pub offset: Option<String>,
}

hidden_debug!(Repeat);

impl Timing {
    pub(super) fn read(raw: &RawValue) -> Option<Self> {
        let object = object(raw)?;
        let mut members = Strict::new(&object);
        let events = members.list("event", |object| times(object, "event"));
        let code = members.take("code", |object, name| object.element(name));
        let repeat = members.take("repeat", |object, name| object.get(name).and_then(read_repeat));
        let repeat_whole = repeat.as_ref().is_none_or(|(_, whole)| *whole);
        let is_whole = members.all_understood() && repeat_whole;
        Some(Self { events, code, repeat: repeat.map(|(repeat, _)| repeat), is_whole })
    }
}

fn times(object: &Object<'_>, name: &str) -> Vec<FhirTime> {
    object.texts(name).iter().map(|text| FhirTime::from_text(text)).collect()
}

fn read_repeat(raw: &RawValue) -> Option<(Repeat, bool)> {
    let object = object(raw)?;
    let mut members = Strict::new(&object);
    let mut number = |name: &'static str| members.take(name, Object::number);
    let count = number("count");
    let frequency = number("frequency");
    let frequency_max = number("frequencyMax");
    let period = number("period");
    let period_max = number("periodMax");
    let repeat = Repeat {
        bounds_duration: members.take("boundsDuration", |object, name| object.element(name)),
        bounds_range: members.take("boundsRange", |object, name| object.element(name)),
        bounds_period: members.take("boundsPeriod", |object, name| object.element(name)),
        count,
        frequency,
        frequency_max,
        period,
        period_max,
        period_unit: members.take("periodUnit", Object::token),
        days_of_week: members.list("dayOfWeek", |object| object.texts("dayOfWeek")),
        times_of_day: members.list("timeOfDay", |object| object.texts("timeOfDay")),
        when: members.list("when", |object| object.texts("when")),
        offset: members.take("offset", Object::number),
    };
    // `countMax`, `duration`, `durationMax` and `durationUnit` are unknown on purpose: how long one dose takes has no
    // plain words here.
    let whole = members.all_understood();
    Some((repeat, whole))
}
