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
    /// Stable code in small letters, for looking up its words: `result.flag.<id>`.
    pub id: &'static str,
    /// A clause for the reader, without a full stop.
    pub plain: &'static str,
    /// The laboratory wishes that a clinician hears quickly (R6).
    pub critical: bool,
}

const fn word(code: &'static str, id: &'static str, plain: &'static str) -> FlagWord {
    FlagWord { code, id, plain, critical: false }
}

const fn critical(code: &'static str, id: &'static str, plain: &'static str) -> FlagWord {
    FlagWord { code, id, plain, critical: true }
}

/// All codes that we put in plain words. They say what was seen, never that it is good or bad (G4).
pub const FLAG_WORDS: [FlagWord; 49] = [
    word("H", "high", "the lab marked it high"),
    word("L", "low", "the lab marked it low"),
    word("N", "usual", "the lab marked it as usual"),
    word("A", "not-usual", "the lab marked it as not usual"),
    critical("HH", "critically-high", "the lab marked it very high and asks that the care team hear of it quickly"),
    critical("LL", "critically-low", "the lab marked it very low and asks that the care team hear of it quickly"),
    critical("AA", "critical", "the lab marked it as far from usual and asks that the care team hear of it quickly"),
    word("HU", "much-higher", "the lab marked it much higher than usual"),
    word("LU", "much-lower", "the lab marked it much lower than usual"),
    word("H>", "much-higher-older", "the lab marked it much higher than usual"),
    word("L<", "much-lower-older", "the lab marked it much lower than usual"),
    word("<", "below-measurable", "lower than the test can measure"),
    word(">", "above-measurable", "higher than the test can measure"),
    word("B", "better", "the lab marked it better than last time"),
    word("W", "worse", "the lab marked it worse than last time"),
    word("U", "large-rise", "the lab marked a large rise since last time"),
    word("D", "large-drop", "the lab marked a large drop since last time"),
    word("POS", "positive", "positive: the test found what it looks for"),
    word("NEG", "negative", "negative: the test did not find what it looks for"),
    word("DET", "detected", "detected: the test found what it looks for"),
    word("ND", "not-detected", "not detected: the test did not find what it looks for"),
    word("IND", "indeterminate", "the test could not tell yes from no"),
    word("E", "equivocal", "the test could not tell yes from no"),
    word("RR", "reactive", "reactive: the test found what it looks for"),
    word("WR", "weakly-reactive", "weakly reactive: the test found a small sign of what it looks for"),
    word("NR", "not-reactive", "not reactive: the test did not find what it looks for"),
    word("EXP", "expected", "the lab marked it as expected"),
    word("UNE", "not-expected", "the lab marked it as not expected"),
    word("S", "susceptible", "in the lab, this drug works on this germ"),
    word("R", "resistant", "in the lab, this drug does not work on this germ"),
    word("I", "intermediate", "in the lab, this drug works in part, or at a higher dose, on this germ"),
    word("MS", "moderately-susceptible", "in the lab, this drug works fairly well on this germ"),
    word("VS", "very-susceptible", "in the lab, this drug works very well on this germ"),
    word("NS", "not-susceptible", "in the lab, this drug may not work on this germ"),
    word("SDD", "susceptible-dose-dependent", "in the lab, this drug works on this germ if the dose is high enough"),
    word("SYN-S", "synergy-susceptible", "in the lab, these drugs work together on this germ"),
    word("SYN-R", "synergy-resistant", "in the lab, these drugs do not work together on this germ"),
    word("IE", "not-enough-proof", "there is not enough proof to say if this drug works on this germ"),
    word("NCL", "no-cut-off", "there is no agreed cut-off for this drug and this germ"),
    word("EX", "beyond-limit", "the lab marked it beyond a set limit"),
    word("HX", "above-limit", "the lab marked it above a set limit"),
    word("LX", "below-limit", "the lab marked it below a set limit"),
    word("HM", "held-for-review", "the lab holds it back until a doctor there has looked at it"),
    word("CAR", "carrier", "the lab marked the person as a carrier"),
    word("Carrier", "carrier-word", "the lab marked the person as a carrier"),
    word("OBX", "said-elsewhere", "the lab says what it means in another place"),
    word("QCF", "quality-check-failed", "the lab's own check of this test failed"),
    word("AC", "interference", "something in the sample got in the way of the test"),
    word("TOX", "cell-harm", "the test found something that harms cells"),
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
