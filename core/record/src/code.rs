//! `Coding` and `CodeableConcept`: what something is called, and by whom.

use crate::element::{Element, Object};
use crate::redact::hidden_debug;

/// How LOINC is named as a code system: FHIR's URI, its spelling mistakes, and its OID.
const LOINC_SYSTEMS: [&str; 5] = [
    "http://loinc.org",
    "https://loinc.org",
    "http://www.loinc.org",
    "https://www.loinc.org",
    "urn:oid:2.16.840.1.113883.6.1",
];

/// A code in a code system.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Coding {
    /// The code system's URI.
    pub system: Option<String>,
    /// The code.
    pub code: Option<String>,
    /// The source's words for it.
    pub display: Option<String>,
}

hidden_debug!(Coding);

impl Coding {
    /// The code, if it is one of LOINC's: right system, right shape, right check digit. A mistyped code must not name
    /// another test than the one that was done.
    #[must_use]
    pub fn loinc(&self) -> Option<&str> {
        let system = self.system.as_deref()?.trim_end_matches('/');
        let code = self.code.as_deref()?;
        (LOINC_SYSTEMS.iter().any(|known| known.eq_ignore_ascii_case(system)) && is_loinc(code)).then_some(code)
    }

    /// The source's words, else the code.
    #[must_use]
    pub fn shown(&self) -> Option<&str> {
        self.display.as_deref().or(self.code.as_deref())
    }
}

impl Element for Coding {
    fn read(object: &Object<'_>) -> Option<Self> {
        let coding =
            Self { system: object.token("system"), code: object.token("code"), display: object.text("display") };
        (coding.code.is_some() || coding.display.is_some()).then_some(coding)
    }
}

/// A concept: codes that mean the same, and the words the source used.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CodeableConcept {
    /// In the order given.
    pub codings: Vec<Coding>,
    /// As typed or chosen by the person who entered it.
    pub text: Option<String>,
}

hidden_debug!(CodeableConcept, codings);

impl CodeableConcept {
    /// The words to show: the text, else the first display, else the first code.
    #[must_use]
    pub fn shown(&self) -> Option<&str> {
        let display = || self.codings.iter().find_map(|coding| coding.display.as_deref());
        let code = || self.codings.iter().find_map(|coding| coding.code.as_deref());
        self.text.as_deref().or_else(display).or_else(code)
    }

    /// The first LOINC code.
    #[must_use]
    pub fn loinc(&self) -> Option<&str> {
        self.codings.iter().find_map(Coding::loinc)
    }

    /// The first code that has a system: how a source that does not use LOINC tells its tests apart.
    #[must_use]
    pub fn first_coded(&self) -> Option<(&str, &str)> {
        self.codings.iter().find_map(|coding| Some((coding.system.as_deref()?, coding.code.as_deref()?)))
    }

    /// True when one of the codings has this code, in whatever system.
    #[must_use]
    pub fn has_code(&self, code: &str) -> bool {
        self.codings.iter().any(|coding| coding.code.as_deref() == Some(code))
    }
}

impl Element for CodeableConcept {
    fn read(object: &Object<'_>) -> Option<Self> {
        let concept = Self { codings: object.elements("coding"), text: object.text("text") };
        (!concept.codings.is_empty() || concept.text.is_some()).then_some(concept)
    }
}

/// The shape of a LOINC code, `NNNNN-C`, and its check digit (mod 10, every second digit from the right doubled).
fn is_loinc(code: &str) -> bool {
    let Some((number, check)) = code.split_once('-') else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(number) || !digits(check) || number.len() > 7 || check.len() != 1 {
        return false;
    }
    let sum: u32 = (number.bytes().rev().enumerate())
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            if place % 2 == 1 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
        })
        .sum();
    check.parse() == Ok((10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note_type::NOTE_TYPES;

    fn coding(system: &str, code: &str) -> Coding {
        Coding { system: Some(system.into()), code: Some(code.into()), display: None }
    }

    /// Proves R1: a code counts as LOINC only when it can be one; every change of one digit is caught.
    #[test]
    fn a_mistyped_loinc_is_not_loinc() {
        for known in NOTE_TYPES.iter().map(|note| note.loinc).chain(["2160-0", "8480-6", "85354-9", "20405-7"]) {
            assert_eq!(coding("http://loinc.org", known).loinc(), Some(known));
            for (at, old) in known.bytes().enumerate().filter(|(_, b)| b.is_ascii_digit()) {
                for new in (b'0'..=b'9').filter(|new| *new != old) {
                    let mut typo = known.as_bytes().to_vec();
                    typo[at] = new;
                    assert_eq!(coding("http://loinc.org", std::str::from_utf8(&typo).unwrap()).loinc(), None);
                }
            }
        }
        for wrong in ["GLU", "LA6576-8", "2160", "2160-", "-0", "2160-00", "21 60-0", ""] {
            assert_eq!(coding("http://loinc.org", wrong).loinc(), None);
        }
        assert_eq!(coding("http://snomed.info/sct", "2160-0").loinc(), None);
        assert_eq!(coding("urn:oid:2.16.840.1.113883.6.1", "2160-0").loinc(), Some("2160-0"));
    }
}
