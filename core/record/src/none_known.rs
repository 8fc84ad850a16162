//! Statements that there is nothing: "no known allergies" is not an allergy (X3).

use crate::code::{CodeableConcept, Coding};
use crate::coded::{CodeList, code_list, word_ids};

code_list! {
    /// What there is none of. `NoInformation` says less: nobody knows whether there is any.
    NoneKnown = "none-known" {
        Allergies = "allergies",
        DrugAllergies = "drug-allergies",
        FoodAllergies = "food-allergies",
        EnvironmentalAllergies = "environmental-allergies",
        LatexAllergies = "latex-allergies",
        InsectAllergies = "insect-allergies",
        AnimalAllergies = "animal-allergies",
        Problems = "problems",
        Procedures = "procedures",
        Devices = "devices",
        Immunizations = "immunizations",
        NoInformation = "no-information",
    }
}

/// SNOMED CT situations, and the codes of HL7's International Patient Summary.
const CODES: [(&str, NoneKnown); 28] = [
    ("716186003", NoneKnown::Allergies),
    ("160244002", NoneKnown::Allergies),
    ("409137002", NoneKnown::DrugAllergies),
    ("429625007", NoneKnown::FoodAllergies),
    ("428607008", NoneKnown::EnvironmentalAllergies),
    ("1003774007", NoneKnown::LatexAllergies),
    ("716184000", NoneKnown::LatexAllergies),
    ("428197003", NoneKnown::InsectAllergies),
    ("716220001", NoneKnown::AnimalAllergies),
    ("160245001", NoneKnown::Problems),
    ("787480003", NoneKnown::Procedures),
    ("787483001", NoneKnown::Devices),
    ("787482006", NoneKnown::Immunizations),
    ("1631000175102", NoneKnown::NoInformation),
    ("no-known-allergies", NoneKnown::Allergies),
    ("no-known-medication-allergies", NoneKnown::DrugAllergies),
    ("no-known-food-allergies", NoneKnown::FoodAllergies),
    ("no-known-environmental-allergies", NoneKnown::EnvironmentalAllergies),
    ("no-known-problems", NoneKnown::Problems),
    ("no-known-procedures", NoneKnown::Procedures),
    ("no-known-devices", NoneKnown::Devices),
    ("no-known-immunizations", NoneKnown::Immunizations),
    ("no-allergy-info", NoneKnown::NoInformation),
    ("no-problem-info", NoneKnown::NoInformation),
    ("no-procedure-info", NoneKnown::NoInformation),
    ("no-device-info", NoneKnown::NoInformation),
    ("no-immunization-info", NoneKnown::NoInformation),
    ("no-medication-info", NoneKnown::NoInformation),
];

/// Whole wordings, without case, marks, plural or the word that SNOMED adds in brackets.
const WORDINGS: [(&str, NoneKnown); 23] = [
    ("nka", NoneKnown::Allergies),
    ("no known allergy", NoneKnown::Allergies),
    ("no known active allergy", NoneKnown::Allergies),
    ("no active allergy", NoneKnown::Allergies),
    ("no allergy", NoneKnown::Allergies),
    ("no allergy on file", NoneKnown::NoInformation),
    ("allergy none known", NoneKnown::Allergies),
    ("nkda", NoneKnown::DrugAllergies),
    ("nkma", NoneKnown::DrugAllergies),
    ("no known drug allergy", NoneKnown::DrugAllergies),
    ("no known medication allergy", NoneKnown::DrugAllergies),
    ("no known medicine allergy", NoneKnown::DrugAllergies),
    ("nkfa", NoneKnown::FoodAllergies),
    ("no known food allergy", NoneKnown::FoodAllergies),
    ("no known environmental allergy", NoneKnown::EnvironmentalAllergies),
    ("no known latex allergy", NoneKnown::LatexAllergies),
    ("no known hevea brasiliensis latex allergy", NoneKnown::LatexAllergies),
    ("no known insect allergy", NoneKnown::InsectAllergies),
    ("no known animal allergy", NoneKnown::AnimalAllergies),
    ("not on file", NoneKnown::NoInformation),
    ("allergy not on file", NoneKnown::NoInformation),
    ("no known problem", NoneKnown::Problems),
    ("no known condition", NoneKnown::Problems),
];

const SYSTEMS: [&str; 5] = [
    "snomed.info/sct",
    "urn:oid:2.16.840.1.113883.6.96",
    "hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips",
    "hl7.org/fhir/uv/ips/CodeSystem/absent-unknown",
    "urn:oid:2.16.840.1.113883.5.1150.1",
];

impl NoneKnown {
    /// Reads what a resource is about. By code first. By words only if every word of it says so and no code of
    /// another meaning stands beside them: an allergy must never be taken for none.
    #[must_use]
    pub fn of(concept: &CodeableConcept) -> Option<Self> {
        let codes = concept.codings.iter().filter(|coding| is_terminology(coding)).collect::<Vec<_>>();
        let known: Vec<Option<Self>> = codes.iter().map(|coding| by_code(coding)).collect();
        match known.first() {
            Some(_) if known.iter().any(Option::is_none) => None,
            Some(first) => *first,
            None => {
                let displays = concept.codings.iter().filter_map(|coding| coding.display.as_deref());
                let said: Vec<_> = displays.chain(concept.text.as_deref()).map(by_words).collect();
                let first = said.iter().flatten().next().copied();
                first.filter(|_| said.iter().all(Option::is_some))
            }
        }
    }

    /// The ids in the catalogue.
    #[must_use]
    pub fn word_ids() -> Vec<String> {
        word_ids::<Self>()
    }

    /// The code under which its words stand in the catalogue, after `none-known.`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.code()
    }
}

fn by_code(coding: &Coding) -> Option<NoneKnown> {
    let code = coding.code.as_deref()?;
    CODES.iter().find(|(known, _)| *known == code).map(|(_, none)| *none)
}

/// True for a code of a system in which such statements are made, or in which real substances are coded: SNOMED CT,
/// IPS, RxNorm, UNII, NDF-RT, NDC. A hospital's own code says nothing either way.
fn is_terminology(coding: &Coding) -> bool {
    const SUBSTANCES: [&str; 6] = ["rxnorm", "unii", "fdasis", "ndfrt", "sid/ndc", "icd"];
    coding.code.is_some()
        && coding.system.as_deref().is_some_and(|system| {
            let system = system.trim_end_matches('/');
            let bare = system.split_once("://").map_or(system, |(_, rest)| rest).trim_start_matches("www.");
            SYSTEMS.iter().any(|known| known.eq_ignore_ascii_case(bare))
                || SUBSTANCES.iter().any(|known| bare.to_ascii_lowercase().contains(known))
        })
}

fn by_words(text: &str) -> Option<NoneKnown> {
    let text = text.to_lowercase();
    let text = text.trim().trim_end_matches("(situation)");
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let single = words.join(" ").replace("allergies", "allergy").replace("drugs", "drug");
    let single = single
        .strip_suffix('s')
        .filter(|stem| stem.ends_with("problem") || stem.ends_with("condition"))
        .unwrap_or(&single);
    WORDINGS.iter().find(|(known, _)| *known == single).map(|(_, none)| *none)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concept(codings: &[(&str, &str, &str)], text: &str) -> CodeableConcept {
        let kept = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let coding = |(system, code, display): &(&str, &str, &str)| Coding {
            system: kept(system),
            code: kept(code),
            display: kept(display),
        };
        CodeableConcept { codings: codings.iter().map(coding).collect(), text: kept(text) }
    }

    const SCT: &str = "http://snomed.info/sct";

    /// Proves X3: a statement of none is known by its code, whatever its words, and by its words where it has no code.
    #[test]
    fn none_is_known_by_code_and_by_words() {
        for (code, none) in CODES {
            assert_eq!(NoneKnown::of(&concept(&[(SCT, code, "")], "Allergy list reviewed")), Some(none));
        }
        for words in
            ["NKDA", "No Known Drug Allergies", "no known drug allergy (situation)", "No known medication allergies."]
        {
            assert_eq!(NoneKnown::of(&concept(&[], words)), Some(NoneKnown::DrugAllergies), "{words}");
            assert_eq!(NoneKnown::of(&concept(&[("urn:x", "1", words)], words)), Some(NoneKnown::DrugAllergies));
        }
        for words in ["Not on File", "Allergies Not on File"] {
            assert_eq!(NoneKnown::of(&concept(&[], words)), Some(NoneKnown::NoInformation), "{words}");
        }
        assert_eq!(NoneKnown::of(&concept(&[("", "", "")], "")), None);
    }

    /// Proves X3: an allergy is never taken for none, however near its words come.
    #[test]
    fn an_allergy_is_never_none() {
        let penicillin = ("http://www.nlm.nih.gov/research/umls/rxnorm", "7980", "Penicillin G");
        for (codings, text) in [
            (vec![], "No known drug allergies except penicillin"),
            (vec![], "Penicillin (no known food allergies)"),
            (vec![], "Allergy"),
            (vec![penicillin], "NKDA"),
            (vec![("urn:x", "1", "Peanut")], "No known allergies"),
            (vec![(SCT, "716186003", ""), penicillin], "No known allergies"),
            (vec![(SCT, "91936005", "")], "no known allergies"),
            (vec![("urn:x", "716186003", "Latex")], ""),
        ] {
            assert_eq!(NoneKnown::of(&concept(&codings, text)), None, "{text}");
        }
    }
}
