//! The laboratory's own flag in plain words (R1, R6). A flag that the laboratory did not set is never added.

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
    /// A clause for the reader, without a full stop.
    pub plain: &'static str,
    /// The laboratory wishes that a clinician hears quickly (R6).
    pub critical: bool,
}

const fn word(code: &'static str, plain: &'static str) -> FlagWord {
    FlagWord { code, plain, critical: false }
}

const fn critical(code: &'static str, plain: &'static str) -> FlagWord {
    FlagWord { code, plain, critical: true }
}

/// All codes that we put in plain words. They say what was seen, never that it is good or bad (G4).
pub const FLAG_WORDS: [FlagWord; 48] = [
    word("H", "the lab marked it high"),
    word("L", "the lab marked it low"),
    word("N", "the lab marked it as usual"),
    word("A", "the lab marked it as not usual"),
    critical("HH", "the lab marked it very high and asks that the care team hear of it quickly"),
    critical("LL", "the lab marked it very low and asks that the care team hear of it quickly"),
    critical("AA", "the lab marked it as far from usual and asks that the care team hear of it quickly"),
    word("HU", "the lab marked it much higher than usual"),
    word("LU", "the lab marked it much lower than usual"),
    word("H>", "the lab marked it much higher than usual"),
    word("L<", "the lab marked it much lower than usual"),
    word("<", "lower than the test can measure"),
    word(">", "higher than the test can measure"),
    word("B", "the lab marked it better than last time"),
    word("W", "the lab marked it worse than last time"),
    word("U", "the lab marked a large rise since last time"),
    word("D", "the lab marked a large drop since last time"),
    word("POS", "positive: the test found what it looks for"),
    word("NEG", "negative: the test did not find what it looks for"),
    word("DET", "detected: the test found what it looks for"),
    word("ND", "not detected: the test did not find what it looks for"),
    word("IND", "the test could not tell yes from no"),
    word("E", "the test could not tell yes from no"),
    word("RR", "reactive: the test found what it looks for"),
    word("WR", "weakly reactive: the test found a small sign of what it looks for"),
    word("NR", "not reactive: the test did not find what it looks for"),
    word("EXP", "the lab marked it as expected"),
    word("UNE", "the lab marked it as not expected"),
    word("S", "in the lab, this drug works on this germ"),
    word("R", "in the lab, this drug does not work on this germ"),
    word("I", "in the lab, this drug works in part, or at a higher dose, on this germ"),
    word("MS", "in the lab, this drug works fairly well on this germ"),
    word("VS", "in the lab, this drug works very well on this germ"),
    word("NS", "in the lab, this drug may not work on this germ"),
    word("SDD", "in the lab, this drug works on this germ if the dose is high enough"),
    word("SYN-S", "in the lab, these drugs work together on this germ"),
    word("SYN-R", "in the lab, these drugs do not work together on this germ"),
    word("IE", "there is not enough proof to say if this drug works on this germ"),
    word("NCL", "there is no agreed cut-off for this drug and this germ"),
    word("EX", "the lab marked it beyond a set limit"),
    word("HX", "the lab marked it above a set limit"),
    word("LX", "the lab marked it below a set limit"),
    word("HM", "the lab holds it back until a doctor there has looked at it"),
    word("CAR", "the lab marked the person as a carrier"),
    word("Carrier", "the lab marked the person as a carrier"),
    word("OBX", "the lab says what it means in another place"),
    word("QCF", "the lab's own check of this test failed"),
    word("TOX", "the test found something that harms cells"),
];

/// The plain words for an HL7 code.
#[must_use]
pub fn flag_word(code: &str) -> Option<&'static FlagWord> {
    FLAG_WORDS.iter().find(|word| word.code == code)
}

/// One flag as the laboratory set it.
#[derive(Clone, PartialEq, Eq)]
pub struct Flag {
    /// The laboratory's own words, else its code.
    pub recorded: String,
    /// What that means, if it is a code that we know. Nothing is guessed from the words.
    pub word: Option<&'static FlagWord>,
}

hidden_debug!(Flag);

impl Flag {
    /// Reads one `interpretation`. `None` if it is empty.
    #[must_use]
    pub fn of(concept: &CodeableConcept) -> Option<Self> {
        let known = |coding: &Coding| coding.code.as_deref().filter(|_| is_hl7(coding)).and_then(flag_word);
        Some(Self { recorded: concept.shown()?.to_owned(), word: concept.codings.iter().find_map(known) })
    }

    /// The laboratory wishes that a clinician hears quickly (R6).
    #[must_use]
    pub fn is_critical(&self) -> bool {
        self.word.is_some_and(|word| word.critical)
    }
}

/// True for HL7's systems, and where no system is given: a bare `H` is what most laboratories send. A code of another
/// system may mean anything.
fn is_hl7(coding: &Coding) -> bool {
    coding.system.as_deref().is_none_or(|system| {
        let system = system.trim_end_matches('/');
        SYSTEMS.iter().any(|known| known.eq_ignore_ascii_case(system))
    })
}
