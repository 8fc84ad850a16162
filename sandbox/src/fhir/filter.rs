//! One condition of a search.

use serde_json::Value;

use super::owner::target;
use super::parameters::{Kind, elements, parameters};
use super::period::{Comparison, Period};
use super::store::Found;

/// A condition. All of a search's conditions must hold; within one, any value may.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Filter {
    Id(Vec<String>),
    Patient(Vec<String>),
    Token {
        elements: &'static [&'static str],
        wanted: Vec<Wanted>,
    },
    Reference {
        elements: &'static [&'static str],
        wanted: Vec<String>,
    },
    Date {
        elements: &'static [&'static str],
        comparison: Comparison,
        asked: Period,
    },
    LastUpdated {
        comparison: Comparison,
        asked: Period,
    },
    /// Begins so, upper and lower case alike.
    Text {
        elements: &'static [&'static str],
        wanted: Vec<String>,
    },
    /// Understood, and true of nothing here.
    Nothing,
}

/// `system|code`, `|code` (no system) or `code` (any system).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wanted {
    system: Option<String>,
    code: Option<String>,
}

impl Filter {
    /// `Ok(None)`: this hospital does not know the parameter for this type. `Err`: it knows it and cannot read the value.
    pub fn parse(resource_type: &str, name: &str, value: &str, base: &str) -> Result<Option<Self>, String> {
        let Some((_, kind)) = parameters(resource_type).find(|(known, _)| *known == name) else { return Ok(None) };
        if value.is_empty() {
            return Err(format!("{name} has no value"));
        }
        let date = |text: &str| {
            let (comparison, date) = Comparison::split(text);
            Period::parse(date).map(|asked| (comparison, asked)).ok_or_else(|| format!("{name} is not a date"))
        };
        let listed = || value.split(',').map(str::to_owned).collect::<Vec<_>>();
        Ok(Some(match kind {
            Kind::Id => Self::Id(listed()),
            Kind::Patient => Self::Patient(value.split(',').map(|text| patient_id(text, base)).collect()),
            Kind::LastUpdated => {
                let (comparison, asked) = date(value)?;
                Self::LastUpdated { comparison, asked }
            }
            Kind::Token(elements) => Self::Token { elements, wanted: value.split(',').map(Wanted::parse).collect() },
            Kind::Reference(elements) => Self::Reference { elements, wanted: listed() },
            Kind::Text(elements) => Self::Text { elements, wanted: listed() },
            Kind::Date(elements) => {
                let (comparison, asked) = date(value)?;
                Self::Date { elements, comparison, asked }
            }
        }))
    }

    pub fn holds(&self, found: &Found) -> bool {
        let value = found.body.indexed();
        let at = |paths: &[&str]| paths.iter().flat_map(|path| elements(value, path)).collect::<Vec<_>>();
        match self {
            Self::Id(ids) => ids.contains(&found.id),
            Self::Patient(patients) => found.patient.as_ref().is_some_and(|patient| patients.contains(patient)),
            Self::LastUpdated { comparison, asked } => {
                comparison.holds(Period::at(found.last_updated.timestamp_millis()), *asked)
            }
            Self::Token { elements, wanted } => {
                let mut codes = Vec::new();
                at(elements).into_iter().for_each(|element| collect_codes(element, &mut codes));
                codes.iter().any(|(system, code)| wanted.iter().any(|wanted| wanted.matches(*system, code)))
            }
            Self::Reference { elements, wanted } => at(elements).into_iter().any(|element| {
                let reference = element.get("reference").and_then(Value::as_str);
                reference.and_then(target).is_some_and(|(_, id)| {
                    wanted.iter().any(|wanted| target(wanted).map_or(wanted.as_str(), |(_, id)| id) == id)
                })
            }),
            Self::Date { elements, comparison, asked } => {
                date_of(value, elements).is_some_and(|date| comparison.holds(date, *asked))
            }
            Self::Text { elements, wanted } => at(elements).into_iter().filter_map(Value::as_str).any(|text| {
                let text = text.to_lowercase();
                wanted.iter().any(|wanted| text.starts_with(&wanted.to_lowercase()))
            }),
            Self::Nothing => false,
        }
    }
}

impl Wanted {
    fn parse(text: &str) -> Self {
        let some = |part: &str| Some(part.to_owned());
        match text.split_once('|') {
            None => Self { system: None, code: some(text) },
            Some((system, "")) => Self { system: some(system), code: None },
            Some((system, code)) => Self { system: some(system), code: some(code) },
        }
    }

    fn matches(&self, system: Option<&str>, code: &str) -> bool {
        let right_code = self.code.as_deref().is_none_or(|wanted| wanted == code);
        let right_system = self.system.as_deref().is_none_or(|wanted| wanted == system.unwrap_or_default());
        right_code && right_system
    }
}

/// The date by which a resource is found and sorted.
pub(crate) fn date_of(value: &Value, paths: &[&str]) -> Option<Period> {
    paths.iter().flat_map(|path| elements(value, path)).find_map(|element| match element {
        Value::String(text) => Period::parse(text),
        Value::Object(period) => {
            let end = |name: &str| period.get(name).and_then(Value::as_str).and_then(Period::parse);
            Period::between(end("start"), end("end"))
        }
        _ => None,
    })
}

/// `1`, `Patient/1`, or the full URL below this base; a full URL elsewhere matches nobody.
fn patient_id(text: &str, base: &str) -> String {
    let below = text.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')).unwrap_or(text);
    below.strip_prefix("Patient/").unwrap_or(below).to_owned()
}

/// Every (system, code) in a code, Coding, CodeableConcept, Identifier, or a list of these.
fn collect_codes<'a>(element: &'a Value, codes: &mut Vec<(Option<&'a str>, &'a str)>) {
    match element {
        Value::String(code) => codes.push((None, code)),
        Value::Array(all) => all.iter().for_each(|one| collect_codes(one, codes)),
        Value::Object(members) => {
            let system = members.get("system").and_then(Value::as_str);
            let code = members.get("code").or_else(|| members.get("value")).and_then(Value::as_str);
            if let Some(code) = code {
                codes.push((system, code));
            }
            if let Some(codings) = members.get("coding") {
                collect_codes(codings, codes);
            }
        }
        _ => {}
    }
}
