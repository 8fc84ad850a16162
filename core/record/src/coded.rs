//! Codes of FHIR's own lists: the code where it is known, and always the source's own words (T3).

use crate::code::{CodeableConcept, Coding};
use crate::element::Object;
use crate::member::concepts;
use crate::status::AbsentReason;

/// One of FHIR's lists of codes.
pub trait CodeList: Copy + Eq + 'static {
    /// Where its words stand in the catalogue, such as `condition.clinical-status`.
    const PREFIX: &'static str;
    /// The whole list.
    const ALL: &'static [Self];
    /// FHIR's code.
    fn code(self) -> &'static str;
}

/// Defines a list from a table of variants and codes.
macro_rules! code_list {
    ($(#[$doc:meta])* $name:ident = $prefix:literal { $($variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $code, "`.")] $variant,)*
        }

        impl $crate::coded::CodeList for $name {
            const PREFIX: &'static str = $prefix;
            const ALL: &'static [Self] = &[$(Self::$variant,)*];
            fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }
        }
    };
}

pub(crate) use code_list;

/// The code that says that a resource never should have been there (D4).
pub const ENTERED_IN_ERROR: &str = "entered-in-error";

/// A value of a code list as the source gave it.
#[derive(Clone, PartialEq, Eq)]
pub struct Coded<T> {
    /// FHIR's code, if it is one.
    pub known: Option<T>,
    /// The source's own words, else its code.
    pub recorded: Option<String>,
    /// Why there is none, if the source says so.
    pub absent: Option<AbsentReason>,
    entered_in_error: bool,
}

impl<T: std::fmt::Debug> std::fmt::Debug for Coded<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Coded").field("known", &self.known).finish_non_exhaustive()
    }
}

impl<T: CodeList> Coded<T> {
    /// Reads a code or a concept. Where several codes stand, `entered-in-error` wins over all others (D4).
    pub(crate) fn read(holder: &Object<'_>, name: &str) -> Self {
        let all = Self::list(holder, name);
        let marked = all.iter().position(|coded| coded.entered_in_error);
        let best = marked.or_else(|| all.iter().position(|coded| coded.known.is_some())).unwrap_or(0);
        all.into_iter().nth(best).unwrap_or_else(|| Self {
            known: None,
            recorded: None,
            absent: AbsentReason::of_member(holder, name),
            entered_in_error: false,
        })
    }

    /// Reads each item of a list.
    pub(crate) fn list(holder: &Object<'_>, name: &str) -> Vec<Self> {
        concepts(holder, name).iter().map(Self::of).collect()
    }

    fn of(concept: &CodeableConcept) -> Self {
        let find = |code: &str| T::ALL.iter().copied().find(|known| known.code().eq_ignore_ascii_case(code.trim()));
        let coded = || concept.codings.iter().filter(|c| is_hl7(c)).filter_map(|c| c.code.as_deref()).find_map(find);
        // A bare word is where older servers write the code.
        let bare = || concept.text.as_deref().filter(|_| concept.codings.is_empty()).and_then(find);
        let marked = concept.has_code(ENTERED_IN_ERROR) || concept.text.as_deref() == Some(ENTERED_IN_ERROR);
        let absent = AbsentReason::of_concept(concept);
        Self {
            known: (if marked { find(ENTERED_IN_ERROR) } else { None }).or_else(coded).or_else(bare),
            recorded: concept.shown().filter(|_| absent.is_none()).map(str::to_owned),
            absent,
            entered_in_error: marked,
        }
    }

    /// True when it is this code.
    #[must_use]
    pub fn is(&self, code: T) -> bool {
        self.known == Some(code)
    }

    /// The source says that the resource never should have been there (D4).
    #[must_use]
    pub fn is_entered_in_error(&self) -> bool {
        self.entered_in_error
    }

    /// What to look up in the catalogue. `None` if nothing was given.
    #[must_use]
    pub fn word(&self) -> Option<Word> {
        let word = Word { prefix: T::PREFIX, code: self.known.map(T::code), recorded: self.recorded.clone() };
        (word.code.is_some() || word.recorded.is_some()).then_some(word)
    }
}

/// A code whose words stand in the catalogue, and the source's own words for it.
#[derive(Clone, PartialEq, Eq)]
pub struct Word {
    /// The list, such as `condition.clinical-status`; also the id of its label.
    pub prefix: &'static str,
    /// FHIR's code. `None`: the source uses another one, and only `recorded` can be shown.
    pub code: Option<&'static str>,
    /// The source's own words, else its code.
    pub recorded: Option<String>,
}

impl std::fmt::Debug for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Word").field("prefix", &self.prefix).field("code", &self.code).finish_non_exhaustive()
    }
}

impl Word {
    /// The id in the catalogue, such as `condition.clinical-status.active`.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        self.code.map(|code| word_id(self.prefix, code))
    }
}

/// The ids in the catalogue of a whole list: its label, which is the prefix, and its codes.
#[must_use]
pub fn word_ids<T: CodeList>() -> Vec<String> {
    let codes = T::ALL.iter().map(|known| word_id(T::PREFIX, known.code()));
    std::iter::once(T::PREFIX.to_owned()).chain(codes).collect()
}

fn word_id(prefix: &str, code: &str) -> String {
    format!("{prefix}.{}", code.to_ascii_lowercase())
}

/// True for HL7's systems and where none is given. A code of another system may mean anything.
fn is_hl7(coding: &Coding) -> bool {
    coding.system.as_deref().is_none_or(|system| {
        let host = system.split_once("://").map_or(system, |(_, rest)| rest).split('/').next().unwrap_or_default();
        host == "hl7.org" || host.ends_with(".hl7.org") || system.starts_with("urn:oid:2.16.840.1.113883.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    code_list! {
        /// For the tests.
        Light = "light" {
            On = "on",
            EnteredInError = "entered-in-error",
        }
    }

    fn read(status: &str) -> Coded<Light> {
        Coded::read(&Object::parse(&format!("{{{status}}}")).unwrap(), "status")
    }

    /// Proves D7: a code is known as a word, in a concept, or in a list; of a foreign system it is words only.
    #[test]
    fn a_code_is_known_in_every_shape() {
        for on in [
            r#""status":"on""#,
            r#""status":["on"]"#,
            r#""status":{"coding":[{"code":"on"}]}"#,
            r#""status":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/light","code":"On"}],"text":"lit"}"#,
            r#""status":{"code":"on"}"#,
        ] {
            assert!(read(on).is(Light::On), "{on}");
            assert_eq!(read(on).word().unwrap().id().as_deref(), Some("light.on"));
        }
        let foreign = read(r#""status":{"coding":[{"system":"http://nhl7.org","code":"on"}],"text":"lit"}"#);
        assert!(foreign.known.is_none() && foreign.recorded.as_deref() == Some("lit"));
        assert!(foreign.word().unwrap().id().is_none());
        for none in ["", r#""status":null"#, r#""status":{}"#, r#""status":[[]]"#] {
            assert!(read(none).word().is_none(), "{none}");
        }
    }

    /// Proves D4: a mark of error is seen wherever it stands among the codes, of whatever system.
    #[test]
    fn a_mark_of_error_is_never_missed() {
        for marked in [
            r#""status":"entered-in-error""#,
            r#""status":["on","entered-in-error"]"#,
            r#""status":{"coding":[{"code":"on"},{"system":"urn:x","code":"entered-in-error"}]}"#,
            r#""status":[{"text":"on"},{"coding":{"code":"entered-in-error"}}]"#,
        ] {
            assert!(read(marked).is_entered_in_error() && read(marked).is(Light::EnteredInError), "{marked}");
        }
    }

    /// Proves D7: a reason for having no status is kept, and is no status.
    #[test]
    fn an_absent_status_has_its_reason() {
        for absent in [
            r#""_status":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}"#,
            r#""status":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"masked"}]}"#,
        ] {
            let status = read(absent);
            assert_eq!(status.absent.as_ref().and_then(|a| a.code.as_deref()), Some("masked"), "{absent}");
            assert!(status.word().is_none());
        }
    }
}
