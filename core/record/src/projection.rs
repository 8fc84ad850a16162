//! From a clinical resource to an [`Entry`]: each type says in tables which of its members are told under which label.

use crate::about::About;
use crate::code::{CodeableConcept, Coding};
use crate::contained::Party;
use crate::element::Object;
use crate::entry::{Entry, Link, Moment, Role};
use crate::none_known::NoneKnown;
use crate::said::{Fact, Said};
use crate::status::AbsentReason;
use crate::time::Period;
use crate::when::When;

/// One member of a resource of type `T`: its name in FHIR, its label in the catalogue, and what it gives.
pub(crate) struct Rule<T: 'static, O: 'static> {
    member: &'static str,
    label: &'static str,
    read: fn(&T) -> Vec<O>,
}

/// Makes a rule.
pub(crate) const fn rule<T, O>(member: &'static str, label: &'static str, read: fn(&T) -> Vec<O>) -> Rule<T, O> {
    Rule { member, label, read }
}

/// The tables of one type, each in the order of telling.
pub(crate) struct Rules<T: 'static> {
    /// The first one is when it happened; the first with a place on the calendar sorts.
    pub(crate) times: &'static [Rule<T, When>],
    pub(crate) facts: &'static [Rule<T, Said>],
    pub(crate) roles: &'static [Rule<T, Participation>],
    pub(crate) links: &'static [Rule<T, Party>],
}

/// Someone who takes part, and as what.
#[derive(Clone)]
pub(crate) struct Participation {
    pub(crate) party: Option<Party>,
    pub(crate) described: Vec<Said>,
    pub(crate) period: Option<Period>,
    pub(crate) absent: Option<AbsentReason>,
}

/// Those who take part without more being said of it.
pub(crate) fn plainly<'a>(parties: impl IntoIterator<Item = &'a Party>) -> Vec<Participation> {
    let one =
        |party: &Party| Participation { party: Some(party.clone()), described: Vec::new(), period: None, absent: None };
    parties.into_iter().map(one).collect()
}

/// What a resource is called.
#[derive(Default)]
pub(crate) struct Title {
    pub(crate) text: Option<String>,
    pub(crate) codings: Vec<Coding>,
    pub(crate) absent: Option<AbsentReason>,
}

impl Title {
    /// The first concept that says something.
    pub(crate) fn of<'a>(concepts: impl IntoIterator<Item = &'a CodeableConcept>) -> Self {
        let mut title = Self::default();
        for concept in concepts {
            match Said::of_concept(concept) {
                Some(Said::Text { text, codings }) => return Self { text: Some(text), codings, absent: None },
                Some(Said::Absent(reason)) => title.absent = title.absent.or(Some(reason)),
                _ => {}
            }
        }
        title
    }

    /// These words where there are any, with the codes that are there already.
    pub(crate) fn or_words(mut self, words: Option<&String>) -> Self {
        self.text = self.text.or_else(|| words.cloned());
        self
    }

    pub(crate) fn words(words: Option<String>) -> Self {
        Self { text: words, ..Self::default() }
    }
}

/// A clinical type that can be told as an [`Entry`].
pub(crate) trait Clinical: Sized + 'static {
    const TYPE: &'static str;
    const RULES: Rules<Self>;

    fn read_from(resource: &Object<'_>) -> Self;
    fn about(&self) -> &About;
    fn title(&self) -> Title;

    /// The states, the leading one first, or why there is none.
    fn states(&self) -> Vec<Said> {
        Vec::new()
    }

    /// The resource says that there is nothing to say.
    fn none_known(&self) -> Option<NoneKnown> {
        None
    }

    /// Ids in the catalogue beyond the labels of the tables: lists of codes, labels inside groups.
    fn more_word_ids() -> Vec<String> {
        Vec::new()
    }
}

/// The facts of one thing in the order of its table.
pub(crate) fn facts<T>(rules: &[Rule<T, Said>], thing: &T) -> Vec<Fact> {
    let told =
        |rule: &Rule<T, Said>| (rule.read)(thing).into_iter().map(|said| Fact { label: rule.label, said }).collect();
    rules.iter().flat_map(|rule| -> Vec<Fact> { told(rule) }).collect()
}

/// One group for each thing that says anything.
pub(crate) fn groups<T>(rules: &[Rule<T, Said>], things: &[T]) -> Vec<Said> {
    things.iter().map(|thing| facts(rules, thing)).filter(|facts| !facts.is_empty()).map(Said::Group).collect()
}

/// The labels of a table.
pub(crate) fn labels<T, O>(rules: &[Rule<T, O>]) -> Vec<String> {
    rules.iter().map(|rule| rule.label.to_owned()).collect()
}

/// The ids in the catalogue that entries of one type can name.
pub(crate) fn word_ids<T: Clinical>() -> Vec<String> {
    let rules = T::RULES;
    [labels(rules.times), labels(rules.facts), labels(rules.roles), labels(rules.links), T::more_word_ids()].concat()
}

/// Tells a resource. One that was entered in error tells its type, id, states and times only (D4).
pub(crate) fn project<T: Clinical>(thing: &T) -> Entry {
    let rules = T::RULES;
    let about = thing.about();
    let marker_only = about.entered_in_error;
    let mut entry = Entry::new(T::TYPE, about.id.clone());
    entry.marker_only = marker_only;
    let mut unstated = Vec::new();
    for state in thing.states() {
        match state {
            Said::Word(word) => entry.states.push(word),
            other => unstated.push(Fact { label: STATE, said: other }),
        }
    }
    for rule in rules.times {
        entry.times.extend((rule.read)(thing).into_iter().map(|when| Moment { label: rule.label, when }));
    }
    if marker_only {
        return entry;
    }
    let title = thing.title();
    entry.title = title.text.filter(|text| !text.trim().is_empty());
    entry.codings = title.codings;
    entry.none_known = thing.none_known();
    entry.facts = facts(rules.facts, thing);
    // The title is not told again below itself.
    entry.facts.retain(|fact| !matches!(&fact.said, Said::Text { text, .. } if entry.title.as_ref() == Some(text)));
    entry.facts.extend(unstated);
    let untitled = title.absent.filter(|_| entry.title.is_none());
    entry.facts.extend(untitled.map(|reason| Fact { label: TITLE, said: Said::Absent(reason) }));
    for (member, reason) in &about.absent {
        let label = label_of(&rules, member).unwrap_or(OTHER);
        let told = entry.facts.iter().any(|fact| fact.label == label && matches!(fact.said, Said::Absent(_)));
        if !told {
            entry.facts.push(Fact { label, said: Said::Absent(reason.clone()) });
        }
    }
    for rule in rules.roles {
        let role = |by: Participation| Role {
            label: rule.label,
            party: by.party,
            described: by.described,
            period: by.period,
            absent: by.absent,
        };
        entry.parties.extend((rule.read)(thing).into_iter().map(role));
    }
    for rule in rules.links {
        entry.links.extend((rule.read)(thing).into_iter().map(|target| Link { role: rule.label, target }));
    }
    entry.notes = about.notes.clone();
    entry.narrative = about.narrative.clone();
    entry
}

/// The label of what a resource is called.
pub(crate) const TITLE: &str = "entry.fact.title";
/// The label of a member that no table names.
pub(crate) const OTHER: &str = "entry.fact.other";
/// The label of a state.
pub(crate) const STATE: &str = "entry.fact.state";

/// The label under which a member is told: `onsetDateTime` under that of `onset`.
fn label_of<T>(rules: &Rules<T>, member: &str) -> Option<&'static str> {
    let names = |known: &str| {
        member
            .strip_prefix(known)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    fn first<T, O>(rules: &[Rule<T, O>], names: impl Fn(&str) -> bool) -> Option<&'static str> {
        rules.iter().find(|rule| names(rule.member)).map(|rule| rule.label)
    }
    let fixed = [("code", TITLE), ("vaccineCode", TITLE), ("type", TITLE), ("name", TITLE), ("description", TITLE)];
    first(rules.facts, names)
        .or_else(|| first(rules.times, names))
        .or_else(|| first(rules.roles, names))
        .or_else(|| first(rules.links, names))
        .or_else(|| fixed.iter().find(|(known, _)| names(known)).map(|(_, label)| *label))
        .or_else(|| member.to_ascii_lowercase().ends_with("status").then_some(STATE))
}

/// Gives a clinical type its public reader, its entry and its `Debug`.
macro_rules! clinical {
    ($type:ident) => {
        $crate::redact::hidden_debug!($type);

        impl $type {
            #[doc = concat!("Reads a resource of type `", stringify!($type), "`.")]
            ///
            /// # Errors
            /// Not a JSON object, or not of this type.
            pub fn read(raw: &str) -> Result<Self, $crate::error::RecordError> {
                let resource = $crate::element::Object::resource(raw, stringify!($type))?;
                Ok(<Self as $crate::projection::Clinical>::read_from(&resource))
            }

            /// What a list and a detail screen show of it.
            #[must_use]
            pub fn entry(&self) -> $crate::entry::Entry {
                $crate::projection::project(self)
            }
        }
    };
}

pub(crate) use clinical;
