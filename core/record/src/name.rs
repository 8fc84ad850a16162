//! Names of people, and which one to show (A9).

use crate::element::{Element, Object};
use crate::redact::hidden_debug;
use crate::time::Period;

/// One name of a person.
#[derive(Clone, PartialEq, Eq)]
pub struct HumanName {
    /// `usual`, `official`, `old` ...
    pub use_code: Option<String>,
    /// The whole name as the source writes it.
    pub text: Option<String>,
    /// Given names in order.
    pub given: Vec<String>,
    /// Family name.
    pub family: Option<String>,
    /// Titles before the name.
    pub prefix: Vec<String>,
    /// Words after the name.
    pub suffix: Vec<String>,
    /// When it was in use.
    pub period: Option<Period>,
}

hidden_debug!(HumanName);

/// Which name comes first. `old` is not in the list: it is never shown (A9).
const ORDER_OF_USE: [&str; 6] = ["usual", "official", "nickname", "temp", "anonymous", "maiden"];

impl HumanName {
    /// The name as text: as the source wrote it, else its parts in order. `None` if it holds no words.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        if let Some(text) = &self.text {
            return Some(text.clone());
        }
        let parts = self.prefix.iter().chain(&self.given).chain(&self.family).chain(&self.suffix);
        let words: Vec<&str> = parts.map(|part| part.trim()).collect();
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// Place in the order of showing, smaller first. `None`: never shown.
    fn rank(&self) -> Option<usize> {
        match self.use_code.as_deref() {
            Some("old") => None,
            // A name without a use stands right after `official`.
            None => Some(2),
            Some(code) => match ORDER_OF_USE.iter().position(|known| *known == code) {
                Some(place) if place < 2 => Some(place),
                Some(place) => Some(place + 1),
                None => Some(ORDER_OF_USE.len() + 1),
            },
        }
    }
}

/// The name to show: `usual`, else `official`, else any other that is not `old` (A9).
#[must_use]
pub fn display_name(names: &[HumanName]) -> Option<String> {
    let ranked = names.iter().filter_map(|name| Some((name.rank()?, name.shown()?)));
    ranked.min_by_key(|(rank, _)| *rank).map(|(_, shown)| shown)
}

impl Element for HumanName {
    fn read(object: &Object<'_>) -> Option<Self> {
        let name = Self {
            use_code: object.token("use"),
            text: object.text("text"),
            given: object.texts("given"),
            family: object.text("family"),
            prefix: object.texts("prefix"),
            suffix: object.texts("suffix"),
            period: object.element("period"),
        };
        name.shown().is_some().then_some(name)
    }
}
