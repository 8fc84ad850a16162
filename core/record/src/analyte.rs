//! What a result measures, as a key that joins only what may be joined (SPEC, "Words"; R2).

use crate::code::CodeableConcept;
use crate::redact::hidden_debug;

/// LOINC; else (source, system, code); else (source, text, unit). Only LOINC joins results of two sources.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Analyte {
    /// A LOINC code: the same everywhere.
    Loinc(String),
    /// A code that one source uses.
    Coded {
        /// Where it comes from.
        source: String,
        /// Its code system.
        system: String,
        /// The code.
        code: String,
    },
    /// A name that one source uses, with the unit it is measured in.
    Named {
        /// Where it comes from.
        source: String,
        /// The name, with single spaces.
        text: String,
        /// The unit, if there is one.
        unit: Option<String>,
    },
}

hidden_debug!(Analyte);

impl Analyte {
    /// The analyte of a code. `None` for a code without any words.
    #[must_use]
    pub fn of(code: &CodeableConcept, unit: Option<&str>, source: &str) -> Option<Self> {
        if let Some(loinc) = code.loinc() {
            return Some(Self::Loinc(loinc.to_owned()));
        }
        let source = source.to_owned();
        if let Some((system, code)) = code.first_coded() {
            return Some(Self::Coded { source, system: system.to_owned(), code: code.to_owned() });
        }
        let text = code.shown()?.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Self::Named { source, text, unit: unit.map(str::to_owned) })
    }

    /// One text for one analyte, for use as a key. Each part carries its length, so that no two analytes share a key.
    #[must_use]
    pub fn key(&self) -> String {
        let part = |text: &str| format!("{}:{text}", text.len());
        match self {
            Self::Loinc(code) => format!("loinc {code}"),
            Self::Coded { source, system, code } => format!("coded {} {} {}", part(source), part(system), part(code)),
            Self::Named { source, text, unit: Some(unit) } => {
                format!("named {} {} {}", part(source), part(text), part(unit))
            }
            Self::Named { source, text, unit: None } => format!("named {} {}", part(source), part(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Coding;

    fn concept(codings: &[(Option<&str>, &str)], text: Option<&str>) -> CodeableConcept {
        let coding = |(system, code): &(Option<&str>, &str)| Coding {
            system: system.map(Into::into),
            code: Some((*code).into()),
            display: None,
        };
        CodeableConcept { codings: codings.iter().map(coding).collect(), text: text.map(Into::into) }
    }

    /// Proves R2: only LOINC joins two sources; without it, source, system, code, name and unit all keep apart.
    #[test]
    fn only_loinc_joins_two_sources() {
        let loinc = concept(&[(Some("urn:lab"), "CRE"), (Some("http://loinc.org"), "2160-0")], Some("Creat"));
        assert!(Analyte::of(&loinc, Some("mg/dL"), "a") == Analyte::of(&loinc, None, "b"));
        let coded = concept(&[(Some("urn:lab"), "CRE")], None);
        assert!(Analyte::of(&coded, None, "a") != Analyte::of(&coded, None, "b"));
        assert!(Analyte::of(&coded, Some("x"), "a") == Analyte::of(&coded, Some("y"), "a"));
        let named = concept(&[], Some("Creat  serum"));
        assert!(Analyte::of(&named, Some("mg/dL"), "a") != Analyte::of(&named, Some("umol/L"), "a"));
        assert!(Analyte::of(&named, None, "a") == Analyte::of(&concept(&[], Some(" Creat serum ")), None, "a"));
        assert!(Analyte::of(&concept(&[], None), None, "a").is_none());
    }

    /// Proves R2: parts cannot run into one another in a key.
    #[test]
    fn keys_are_unambiguous() {
        let key = |source: &str, text: &str, unit: Option<&str>| {
            Analyte::of(&concept(&[], Some(text)), unit, source).unwrap().key()
        };
        assert_ne!(key("a", "b 1:c", None), key("a", "b", Some("c")));
        assert_ne!(key("a b", "c", None), key("a", "b c", None));
    }
}
