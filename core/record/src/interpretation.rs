//! The laboratory's own flag (R1, R6); its words stand in the catalogue. A flag that the laboratory did not set is never added.

use crate::code::{CodeableConcept, Coding};
use crate::redact::hidden_debug;

/// HL7 ObservationInterpretation and its older names.
const SYSTEMS: [&str; 7] = [
    "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
    "http://terminology.hl7.org/CodeSystem/v2-0078",
    "http://hl7.org/fhir/v3/ObservationInterpretation",
    "http://hl7.org/fhir/v2/0078",
    "http://hl7.org/fhir/ValueSet/observation-interpretation",
    "urn:oid:2.16.840.1.113883.5.83",
    "urn:oid:2.16.840.1.113883.12.78",
];

/// What one code means.
#[derive(Debug, PartialEq, Eq)]
pub struct FlagWord {
    /// HL7's code.
    pub code: &'static str,
    /// Stable code in small letters, for looking up its words: `result.flag.<id>`.
    pub id: &'static str,
    /// The laboratory wishes that a clinician hears quickly (R6).
    pub critical: bool,
}

const fn word(code: &'static str, id: &'static str) -> FlagWord {
    FlagWord { code, id, critical: false }
}

const fn critical(code: &'static str, id: &'static str) -> FlagWord {
    FlagWord { code, id, critical: true }
}

/// All codes that have plain words: `result.flag.<id>`.
pub const FLAG_WORDS: [FlagWord; 49] = [
    word("H", "high"),
    word("L", "low"),
    word("N", "usual"),
    word("A", "not-usual"),
    critical("HH", "critically-high"),
    critical("LL", "critically-low"),
    critical("AA", "critical"),
    word("HU", "much-higher"),
    word("LU", "much-lower"),
    word("H>", "much-higher-older"),
    word("L<", "much-lower-older"),
    word("<", "below-measurable"),
    word(">", "above-measurable"),
    word("B", "better"),
    word("W", "worse"),
    word("U", "large-rise"),
    word("D", "large-drop"),
    word("POS", "positive"),
    word("NEG", "negative"),
    word("DET", "detected"),
    word("ND", "not-detected"),
    word("IND", "indeterminate"),
    word("E", "equivocal"),
    word("RR", "reactive"),
    word("WR", "weakly-reactive"),
    word("NR", "not-reactive"),
    word("EXP", "expected"),
    word("UNE", "not-expected"),
    word("S", "susceptible"),
    word("R", "resistant"),
    word("I", "intermediate"),
    word("MS", "moderately-susceptible"),
    word("VS", "very-susceptible"),
    word("NS", "not-susceptible"),
    word("SDD", "susceptible-dose-dependent"),
    word("SYN-S", "synergy-susceptible"),
    word("SYN-R", "synergy-resistant"),
    word("IE", "not-enough-proof"),
    word("NCL", "no-cut-off"),
    word("EX", "beyond-limit"),
    word("HX", "above-limit"),
    word("LX", "below-limit"),
    word("HM", "held-for-review"),
    word("CAR", "carrier"),
    word("Carrier", "carrier-word"),
    word("OBX", "said-elsewhere"),
    word("QCF", "quality-check-failed"),
    word("AC", "interference"),
    word("TOX", "cell-harm"),
];

/// What laboratories write where they send no code: HL7's own words, those of its older table 0078, and bare codes.
/// Only the whole text counts, whatever its case.
const TEXTS: [(&str, &str); 43] = [
    ("high", "H"),
    ("(h)", "H"),
    ("h", "H"),
    ("above high normal", "H"),
    ("abnormal high", "H"),
    ("low", "L"),
    ("(l)", "L"),
    ("l", "L"),
    ("below low normal", "L"),
    ("abnormal low", "L"),
    ("normal", "N"),
    ("n", "N"),
    ("abnormal", "A"),
    ("a", "A"),
    ("(a)", "A"),
    ("critical high", "HH"),
    ("critically high", "HH"),
    ("panic high", "HH"),
    ("above upper panic limits", "HH"),
    ("hh", "HH"),
    ("(hh)", "HH"),
    ("critical low", "LL"),
    ("critically low", "LL"),
    ("panic low", "LL"),
    ("below lower panic limits", "LL"),
    ("ll", "LL"),
    ("(ll)", "LL"),
    ("critical", "AA"),
    ("critical abnormal", "AA"),
    ("critically abnormal", "AA"),
    ("very abnormal", "AA"),
    ("aa", "AA"),
    ("(aa)", "AA"),
    ("positive", "POS"),
    ("negative", "NEG"),
    ("detected", "DET"),
    ("not detected", "ND"),
    ("reactive", "RR"),
    ("non-reactive", "NR"),
    ("nonreactive", "NR"),
    ("indeterminate", "IND"),
    ("equivocal", "E"),
    ("better", "B"),
];

/// The flag of an HL7 code.
#[must_use]
pub fn flag_word(code: &str) -> Option<&'static FlagWord> {
    FLAG_WORDS.iter().find(|word| word.code == code)
}

/// One flag as the laboratory set it.
#[derive(Clone, PartialEq, Eq)]
pub struct Flag {
    /// The laboratory's own words, else its code.
    pub recorded: String,
    /// What that means, if it is a code that we know, or one of the few texts that laboratories write for one.
    pub word: Option<&'static FlagWord>,
}

hidden_debug!(Flag);

impl Flag {
    /// Reads one `interpretation`. `None` if it is empty.
    #[must_use]
    pub fn of(concept: &CodeableConcept) -> Option<Self> {
        let recorded = concept.shown()?.to_owned();
        let known = |coding: &Coding| coding.code.as_deref().filter(|_| is_hl7(coding)).and_then(flag_word);
        let by_code = concept.codings.iter().find_map(known);
        // A code of another system may mean anything, and so may the words beside it.
        let only_words = concept.codings.iter().all(|coding| coding.code.is_none());
        let by_words = || Some(recorded.as_str()).filter(|_| only_words).and_then(word_of_text);
        let word = by_code.or_else(by_words);
        Some(Self { word, recorded })
    }

    /// Stable code, for looking up its words: `critically-high`. `None`: show what was recorded.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        self.word.map(|word| word.id)
    }

    /// The laboratory wishes that a clinician hears quickly (R6).
    #[must_use]
    pub fn is_critical(&self) -> bool {
        self.word.is_some_and(|word| word.critical)
    }
}

fn word_of_text(text: &str) -> Option<&'static FlagWord> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    TEXTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&text)).and_then(|(_, code)| flag_word(code))
}

/// True for HL7's systems, and where no system is given: a bare `H` is what most laboratories send. A code of another
/// system may mean anything.
fn is_hl7(coding: &Coding) -> bool {
    coding.system.as_deref().is_none_or(|system| {
        let system = system.trim_end_matches('/');
        SYSTEMS.iter().any(|known| known.eq_ignore_ascii_case(system))
    })
}
