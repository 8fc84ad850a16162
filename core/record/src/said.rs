//! A fact as a source recorded it, and what tells it: the parts that list and detail screens are made of.

use crate::code::{CodeableConcept, Coding};
use crate::coded::{CodeList, Coded, Word};
use crate::contact::Address;
use crate::contained::Party;
use crate::element::Object;
use crate::identifier::ContactPoint;
use crate::member::{boolean, code, concept, one, text};
use crate::quantity::{Quantity, Range, Ratio};
use crate::redact::hidden_debug;
use crate::status::AbsentReason;
use crate::time::{FhirTime, Period};
use crate::when::When;

/// What is said about one point. Never a sentence of ours: words for codes stand in the catalogue.
#[derive(Clone, PartialEq, Eq)]
pub enum Said {
    /// The source's words: a concept's text, else its display, else its code; text; a number.
    Text {
        /// As recorded.
        text: String,
        /// The codes behind the words, for looking them up.
        codings: Vec<Coding>,
    },
    /// A code of one of FHIR's lists.
    Word(Word),
    /// An amount.
    Quantity(Quantity),
    /// From one amount to another.
    Range(Range),
    /// One amount to another.
    Ratio(Ratio),
    /// A time.
    When(When),
    /// Yes or no.
    YesNo(bool),
    /// A way to reach someone.
    Contact(ContactPoint),
    /// Nothing, and why, if the source says so. Never to be shown as a value.
    Absent(AbsentReason),
    /// Facts that belong together, such as one reaction to an allergy.
    Group(Vec<Fact>),
}

hidden_debug!(Said);

/// One fact with its label.
#[derive(Clone, PartialEq, Eq)]
pub struct Fact {
    /// The label's id in the catalogue, such as `condition.fact.severity`.
    pub label: &'static str,
    /// What is said.
    pub said: Said,
}

impl std::fmt::Debug for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fact").field("label", &self.label).finish_non_exhaustive()
    }
}

/// Reads one shape of a value from the object that has the member.
type ReadSaid = fn(&Object<'_>, &str) -> Option<Said>;

/// The shapes of R4 by the ending of the member's name, in the order in which they are looked for.
const SHAPES: [(&str, ReadSaid); 14] = [
    ("Quantity", |holder, name| one(holder, name).map(Said::Quantity)),
    ("Range", |holder, name| one(holder, name).map(Said::Range)),
    ("CodeableConcept", |holder, name| concept(holder, name).as_ref().and_then(Said::of_concept)),
    ("String", |holder, name| text(holder, name).map(Said::words)),
    ("Boolean", |holder, name| boolean(holder, name).map(Said::YesNo)),
    ("Integer", |holder, name| code(holder, name).map(Said::words)),
    ("PositiveInt", |holder, name| code(holder, name).map(Said::words)),
    ("Ratio", |holder, name| one(holder, name).map(Said::Ratio)),
    ("Age", |holder, name| one(holder, name).map(Said::Quantity)),
    ("Duration", |holder, name| one(holder, name).map(Said::Quantity)),
    ("Date", |holder, name| When::time(holder, name).map(Said::When)),
    ("DateTime", |holder, name| When::time(holder, name).map(Said::When)),
    ("Period", |holder, name| When::period(holder, name).map(Said::When)),
    ("Code", |holder, name| code(holder, name).map(Said::words)),
];

impl Said {
    /// Reads `detail[x]` by the name `detail`.
    pub(crate) fn choice(holder: &Object<'_>, stem: &str) -> Option<Self> {
        SHAPES.iter().find_map(|(ending, read)| read(holder, &format!("{stem}{ending}")))
    }

    /// Words without codes.
    pub(crate) fn words(text: String) -> Self {
        Self::Text { text, codings: Vec::new() }
    }

    /// A concept's words and codes, or why there is none.
    pub(crate) fn of_concept(concept: &CodeableConcept) -> Option<Self> {
        match AbsentReason::of_concept(concept) {
            Some(reason) => Some(Self::Absent(reason)),
            None => Some(Self::Text { text: concept.shown()?.to_owned(), codings: concept.codings.clone() }),
        }
    }

    /// The source's words where it used any: text, an amount with its unit, a time as written.
    #[must_use]
    pub fn recorded(&self) -> Option<String> {
        match self {
            Self::Text { text, .. } => Some(text.clone()),
            Self::Word(word) => word.recorded.clone(),
            Self::Quantity(quantity) | Self::When(When::Age(quantity)) => Some(quantity.shown()),
            Self::Contact(contact) => Some(contact.value.clone()),
            Self::Ratio(ratio) => Some(ratio.shown()),
            Self::When(When::Time(time)) => Some(time.text.clone()),
            Self::When(When::Text(text)) => Some(text.clone()),
            Self::Absent(_) | Self::Range(_) | Self::When(_) | Self::YesNo(_) | Self::Group(_) => None,
        }
    }
}

/// What can be said as facts: one, several or none.
pub(crate) trait Tell {
    fn tell(&self) -> Vec<Said>;
}

impl<T: Tell> Tell for Option<T> {
    fn tell(&self) -> Vec<Said> {
        self.iter().flat_map(Tell::tell).collect()
    }
}

impl<T: Tell> Tell for Vec<T> {
    fn tell(&self) -> Vec<Said> {
        self.iter().flat_map(Tell::tell).collect()
    }
}

/// Implements [`Tell`] for types of which one value is one fact.
macro_rules! tell {
    ($($type:ty => |$value:ident| $said:expr;)*) => {
        $(impl Tell for $type {
            fn tell(&self) -> Vec<Said> {
                let $value = self;
                vec![$said]
            }
        })*
    };
}

tell! {
    Said => |said| said.clone();
    String => |text| Said::words(text.clone());
    bool => |yes| Said::YesNo(*yes);
    ContactPoint => |contact| Said::Contact(contact.clone());
    Quantity => |quantity| Said::Quantity(quantity.clone());
    When => |when| Said::When(when.clone());
    FhirTime => |time| Said::When(When::Time(time.clone()));
    Period => |period| Said::When(When::Period(period.clone()));
}

impl Tell for CodeableConcept {
    fn tell(&self) -> Vec<Said> {
        Said::of_concept(self).into_iter().collect()
    }
}

impl Tell for Address {
    fn tell(&self) -> Vec<Said> {
        self.shown().tell()
    }
}

impl Tell for Party {
    fn tell(&self) -> Vec<Said> {
        self.name.tell()
    }
}

impl<T: CodeList> Tell for Coded<T> {
    fn tell(&self) -> Vec<Said> {
        self.word().map(Said::Word).or_else(|| self.absent.clone().map(Said::Absent)).into_iter().collect()
    }
}
