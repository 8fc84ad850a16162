//! Sensitivity classes (N4). An item carries a set of them; a proxy needs every one.

use serde::{Deserialize, Serialize};

use crate::code_list::classes_of_code;
use crate::data_lines::{classes, lines};
use crate::word_list::classes_of_text;

/// One kind of care that proxies do not see unless it was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SensitivityClass {
    /// Marked restricted by the source, without a class we know (confidentiality R or V, or an unknown label).
    Restricted,
    /// Sexual and reproductive health.
    SexualHealth,
    /// HIV.
    Hiv,
    /// Mental health.
    MentalHealth,
    /// Substance use.
    SubstanceUse,
    /// Violence and abuse.
    Violence,
}

impl SensitivityClass {
    /// All classes, in the order of their bits.
    pub const ALL: [Self; 6] =
        [Self::Restricted, Self::SexualHealth, Self::Hiv, Self::MentalHealth, Self::SubstanceUse, Self::Violence];

    /// A stable code, for the catalogue: `sensitivity.class.<code>`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::SexualHealth => "sexual-health",
            Self::Hiv => "hiv",
            Self::MentalHealth => "mental-health",
            Self::SubstanceUse => "substance-use",
            Self::Violence => "violence",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Restricted => 1,
            Self::SexualHealth => 1 << 1,
            Self::Hiv => 1 << 2,
            Self::MentalHealth => 1 << 3,
            Self::SubstanceUse => 1 << 4,
            Self::Violence => 1 << 5,
        }
    }
}

/// A set of classes as one byte. It is also the class part of a vault scope, so that erasing a class means deleting
/// every share whose byte holds its bit (V2). The bits never change meaning.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Classes(u8);

impl Classes {
    /// Nothing sensitive.
    pub const NONE: Self = Self(0);
    /// Every class.
    pub const ALL: Self = Self(0b11_1111);

    /// The set as a byte, bit n for the n-th of [`SensitivityClass::ALL`].
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        self.0
    }

    /// From a byte; bits without a meaning count as [`SensitivityClass::Restricted`], the safe reading.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Self {
        let known = byte & Self::ALL.0;
        if known == byte { Self(known) } else { Self(known | SensitivityClass::Restricted.bit()) }
    }

    /// The set with one more class.
    #[must_use]
    pub const fn with(self, class: SensitivityClass) -> Self {
        Self(self.0 | class.bit())
    }

    /// Both sets together: the stricter wins along links and duplicates (N4).
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What both sets have.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The set without one class.
    #[must_use]
    pub const fn without(self, class: SensitivityClass) -> Self {
        Self(self.0 & !class.bit())
    }

    /// The classes in the set, in the order of their bits.
    pub fn iter(self) -> impl Iterator<Item = SensitivityClass> {
        SensitivityClass::ALL.into_iter().filter(move |class| self.contains(*class))
    }

    /// The classes that a resource's codings name: by the reviewed list of codes, and by the words of their displays.
    /// The more codings, the stricter: one never takes away what another gives.
    #[must_use]
    pub fn from_codings<'a>(codings: impl IntoIterator<Item = CodedWord<'a>>) -> Self {
        codings.into_iter().fold(Self::NONE, |set, one| {
            set.union(classes_of_code(one.system, one.code)).union(classes_of_text(one.display))
        })
    }

    /// The classes that a title, a `text` or a name says in words, English or Spanish. Not for whole notes: one word
    /// in a page says too little.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        classes_of_text(text)
    }

    /// Whether the class is in the set.
    #[must_use]
    pub const fn contains(self, class: SensitivityClass) -> bool {
        self.0 & class.bit() != 0
    }

    /// Whether all of `other` is in this set.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Whether nothing sensitive is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The classes that a resource's labels name (`meta.security`).
    #[must_use]
    pub fn from_labels(labels: &[SecurityLabel<'_>]) -> Self {
        labels.iter().fold(Self::NONE, |set, label| set.union(label.classes()))
    }
}

impl std::fmt::Debug for Classes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(SensitivityClass::ALL.into_iter().filter(|class| self.contains(*class))).finish()
    }
}

/// One coding of what a resource is about: its code, category, reason, medicine, vaccine ... Empty where not given.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct CodedWord<'a> {
    /// The code system's URI.
    pub system: &'a str,
    /// The code.
    pub code: &'a str,
    /// The source's words for it.
    pub display: &'a str,
}

impl std::fmt::Debug for CodedWord<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodedWord([REDACTED])")
    }
}

/// One coding of `meta.security`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SecurityLabel<'a> {
    /// The code system's URL, empty if the source gave none.
    pub system: &'a str,
    /// The code.
    pub code: &'a str,
}

impl std::fmt::Debug for SecurityLabel<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecurityLabel([REDACTED])")
    }
}

const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

/// The codes of v3-ActCode that a label may carry, with their classes.
pub(crate) const LABELS: &str = include_str!("../data/labels.txt");

/// Labels that say how a resource may be used or was made, nothing about what it holds.
const NOT_SENSITIVE: &[(&str, &str)] = &[
    (CONFIDENTIALITY, "U"),
    (CONFIDENTIALITY, "L"),
    (CONFIDENTIALITY, "M"),
    (CONFIDENTIALITY, "N"),
    (ACT_CODE, "PATAST"),
    ("http://terminology.hl7.org/CodeSystem/v3-ActReason", "HTEST"),
    ("http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "SUBSETTED"),
];

impl SecurityLabel<'_> {
    /// The classes this label names. An unknown label is sensitive for a proxy (N4).
    #[must_use]
    pub fn classes(&self) -> Classes {
        if NOT_SENSITIVE.iter().any(|(system, code)| *system == self.system && *code == self.code) {
            return Classes::NONE;
        }
        let known = lines(LABELS).find(|[code, ..]: &[&str; 3]| self.system == ACT_CODE && *code == self.code);
        known.map_or(Classes::NONE.with(SensitivityClass::Restricted), |[_, names, _]| classes(names))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(system: &str, code: &str) -> Classes {
        SecurityLabel { system, code }.classes()
    }

    /// Proves N4: restricted and very restricted are sensitive, normal is not, unknown is.
    #[test]
    fn labels_become_classes() {
        assert!(classes(CONFIDENTIALITY, "N").is_empty());
        assert!(classes(CONFIDENTIALITY, "R").contains(SensitivityClass::Restricted));
        assert!(classes(CONFIDENTIALITY, "V").contains(SensitivityClass::Restricted));
        assert!(classes("https://lakeside.example/labels", "N").contains(SensitivityClass::Restricted));
        assert!(classes(ACT_CODE, "HIV").contains(SensitivityClass::Hiv));
        assert!(!classes(ACT_CODE, "HIV").contains(SensitivityClass::Restricted));
    }

    /// Proves N4: the stricter wins when several labels stand together.
    #[test]
    fn several_labels_add_up() {
        let both = Classes::from_labels(&[
            SecurityLabel { system: CONFIDENTIALITY, code: "N" },
            SecurityLabel { system: ACT_CODE, code: "SDV" },
        ]);
        assert!(both.contains(SensitivityClass::Violence));
        assert!(!Classes::NONE.covers(both));
        assert!(Classes::ALL.covers(both));
    }

    #[test]
    fn a_byte_from_a_newer_version_stays_sensitive() {
        assert!(Classes::from_byte(0b0100_0000).contains(SensitivityClass::Restricted));
        for byte in 0..64 {
            assert_eq!(Classes::from_byte(byte).to_byte(), byte);
        }
    }
}
