//! What a medicine's name tells for certain: what it is for, and whether two names are one (R4). Never a guess: a name
//! that holds a word which is not known says nothing.

use std::collections::BTreeSet;

use plainchart_glossary::{Context, Entry, Glossary, Kind, Mark, SectionKind};
use plainchart_record::code::{CodeableConcept, Coding};
use plainchart_record::medication::rxnorm;
use plainchart_record::none_known::NoneKnown;

/// Words that tell a form, a way or a measure, and not what the medicine is.
const FORMS: [&str; 101] = [
    "tablet",
    "tablets",
    "tab",
    "tabs",
    "capsule",
    "capsules",
    "cap",
    "caps",
    "caplet",
    "caplets",
    "oral",
    "solution",
    "soln",
    "sol",
    "suspension",
    "susp",
    "syrup",
    "elixir",
    "liquid",
    "cream",
    "ointment",
    "oint",
    "gel",
    "lotion",
    "foam",
    "patch",
    "patches",
    "spray",
    "inhaler",
    "inhalation",
    "inhal",
    "aerosol",
    "nebulizer",
    "nasal",
    "ophthalmic",
    "ophth",
    "otic",
    "topical",
    "transdermal",
    "sublingual",
    "injection",
    "injectable",
    "inj",
    "intravenous",
    "subcutaneous",
    "iv",
    "sc",
    "subq",
    "pen",
    "vial",
    "syringe",
    "prefilled",
    "kwikpen",
    "flextouch",
    "solostar",
    "powder",
    "packet",
    "drops",
    "drop",
    "film",
    "chewable",
    "chew",
    "disintegrating",
    "odt",
    "er",
    "xr",
    "sr",
    "cr",
    "la",
    "dr",
    "ec",
    "xl",
    "cd",
    "hr",
    "hour",
    "extended",
    "delayed",
    "immediate",
    "ir",
    "release",
    "enteric",
    "coated",
    "mg",
    "mcg",
    "ug",
    "g",
    "gm",
    "ml",
    "l",
    "meq",
    "mmol",
    "unit",
    "units",
    "iu",
    "act",
    "actuat",
    "actuation",
    "dose",
    "puff",
    "per",
    "eq",
];

/// The salts and waters that the same medicine comes as.
const SALTS: [&str; 32] = [
    "hcl",
    "hydrochloride",
    "sodium",
    "potassium",
    "calcium",
    "magnesium",
    "tartrate",
    "succinate",
    "maleate",
    "besylate",
    "mesylate",
    "fumarate",
    "acetate",
    "phosphate",
    "sulfate",
    "citrate",
    "bromide",
    "hydrobromide",
    "hbr",
    "propionate",
    "furoate",
    "valerate",
    "medoxomil",
    "hyclate",
    "monohydrate",
    "dihydrate",
    "trihydrate",
    "anhydrous",
    "axetil",
    "xinafoate",
    "etexilate",
    "bitartrate",
];

/// Codes of IPS and SNOMED CT that say that there are no medicines, and those that say that nobody knows.
const NONE_CODES: [(&str, bool); 3] =
    [("no-known-medications", true), ("787481004", true), ("no-medication-info", false)];

/// Whole wordings of the same, without case and marks.
const NONE_WORDS: [&str; 9] = [
    "no known medications",
    "no known medicines",
    "no known current medications",
    "no current medications",
    "no active medications",
    "no medications",
    "not on any medications",
    "patient takes no medications",
    "no known medication use",
];

/// Systems in which real medicines are coded: one of their codes beside such words, and the words are not believed.
const MEDICINE_SYSTEMS: [&str; 4] = ["rxnorm", "ndc", "unii", "snomed"];

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let letters = |c: char| !(c.is_alphanumeric() || c == '.');
    text.split(letters).map(|word| word.trim_matches('.').to_lowercase()).filter(|word| !word.is_empty())
}

/// A number, with or without its unit: `10`, `12.5mg`, `24hr`.
fn is_measure(word: &str) -> bool {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    rest.len() < word.len() && (rest.is_empty() || FORMS.contains(&rest))
}

fn is_form(word: &str) -> bool {
    is_measure(word) || FORMS.contains(&word)
}

/// What a medicine is, in plain words: by its RxNorm code, else by its name, if that names one medicine of the glossary
/// and besides only strength, form and salt.
pub(super) fn plain_words(glossary: &Glossary, name: Option<&str>, codings: &[Coding]) -> Option<String> {
    let by_code = codings.iter().filter_map(rxnorm).find_map(|code| glossary.by_code("rxnorm", code));
    let displays =
        || codings.iter().filter(|coding| rxnorm(coding).is_some()).filter_map(|coding| coding.display.as_deref());
    match by_code {
        Some(entry) => told(entry),
        None => name.into_iter().chain(displays()).find_map(|text| named(glossary, text)),
    }
}

fn told(entry: Entry<'_>) -> Option<String> {
    entry.senses().next().map(|sense| sense.plain.unwrap_or(sense.definition).to_owned())
}

fn named(glossary: &Glossary, text: &str) -> Option<String> {
    let context = Context { section: Some(SectionKind::Medications), ..Context::default() };
    let marks = glossary.annotate(text, &context);
    let drugs: Vec<&Mark<'_>> = marks.iter().filter(|mark| mark.kind == Kind::Drug).collect();
    let first = drugs.first()?;
    let one = drugs.iter().all(|mark| mark.entry == first.entry && mark.certain && mark.cue.is_none());
    let mut rest = String::new();
    let mut at = 0;
    for mark in &drugs {
        rest.push_str(text.get(at..mark.start)?);
        rest.push(' ');
        at = mark.end;
    }
    rest.push_str(text.get(at..)?);
    let known = |word: String| is_form(&word) || SALTS.contains(&word.as_str());
    let sense = first.senses.first().filter(|_| one && first.senses.len() == 1 && words(&rest).all(known))?;
    Some(sense.plain.unwrap_or(sense.definition).to_owned())
}

/// What two entries of one medicine have in common: an RxNorm code, or the name without strength and form.
pub(super) fn keys<'c>(name: Option<&str>, codings: impl IntoIterator<Item = &'c Coding>) -> BTreeSet<String> {
    let codes = codings.into_iter().filter_map(rxnorm).map(|code| format!("rxnorm:{code}"));
    let name = name.map(|name| words(name).filter(|word| !is_form(word)).collect::<Vec<_>>().join(" "));
    codes.chain(name.filter(|name| !name.is_empty()).map(|name| format!("name:{name}"))).collect()
}

/// Whether an entry says that there are no medicines (`true`), or that nobody knows (`false`).
pub(super) fn none_known(name: Option<&str>, codings: &[Coding]) -> Option<bool> {
    let coded = |coding: &Coding| {
        let code = coding.code.as_deref()?;
        NONE_CODES.iter().find(|(known, _)| *known == code).map(|(_, none)| *none)
    };
    if let Some(none) = codings.iter().find_map(coded) {
        return codings.iter().all(|coding| coded(coding).is_some() || !is_medicine_code(coding)).then_some(none);
    }
    if codings.iter().any(is_medicine_code) {
        return None;
    }
    let concept = CodeableConcept { codings: codings.to_vec(), text: name.map(str::to_owned) };
    if NoneKnown::of(&concept) == Some(NoneKnown::NoInformation) {
        return Some(false);
    }
    let name = words(name?).collect::<Vec<_>>().join(" ");
    NONE_WORDS.contains(&name.as_str()).then_some(true)
}

fn is_medicine_code(coding: &Coding) -> bool {
    let system = coding.system.as_deref().unwrap_or_default().to_ascii_lowercase();
    coding.code.is_some() && MEDICINE_SYSTEMS.iter().any(|known| system.contains(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(name: &str) -> Option<String> {
        plain_words(Glossary::embedded(), Some(name), &[])
    }

    fn coding(system: &str, code: &str) -> Coding {
        Coding { system: Some(system.into()), code: Some(code.into()), display: None }
    }

    const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";

    /// Proves R4: a medicine is told in plain words only where its whole name is understood.
    #[test]
    fn plain_words_are_never_a_guess() {
        for name in ["acetaminophen", "Acetaminophen 500 mg tablet", "acetaminophen (Tylenol) 500mg oral tab"] {
            assert_eq!(plain(name).as_deref(), Some("a medicine for pain and fever"), "{name}");
        }
        for name in [
            "acetaminophen-free cold tablets",
            "insulin pen needles 32G",
            "acetaminophen and albuterol",
            "no acetaminophen",
            "Zyxwv 5 mg tablet",
            "",
        ] {
            assert_eq!(plain(name), None, "{name}");
        }
    }

    /// Proves R4: the same ingredient is known by its code or its name, whatever strength and form; others are not.
    #[test]
    fn the_same_medicine_twice() {
        let same = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.intersection(b).next().is_some();
        let none: [Coding; 0] = [];
        let ten = keys(Some("lisinopril 10 mg tablet"), &none);
        assert!(same(&ten, &keys(Some("LISINOPRIL 20MG ORAL TAB"), &none)));
        assert!(!same(&ten, &keys(Some("lisinopril-hydrochlorothiazide 10-12.5 mg tablet"), &none)));
        assert!(!same(&keys(Some("10 mg tablet"), &none), &keys(Some("20 mg tablet"), &none)));
        let coded = [coding(RXNORM, "29046")];
        assert!(same(&keys(Some("Prinivil"), &coded), &keys(None, &coded)));
        let other = [coding("urn:local", "29046")];
        assert!(!same(&keys(Some("Prinivil"), &coded), &keys(None, &other)));
    }

    /// Proves X3: "no medicines known" is told as such; a medicine never is.
    #[test]
    fn none_known_is_no_medicine() {
        let ips = coding("http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips", "no-known-medications");
        assert_eq!(none_known(None, std::slice::from_ref(&ips)), Some(true));
        assert_eq!(none_known(Some("No current medications."), &[]), Some(true));
        let unknown = coding("http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips", "no-medication-info");
        assert_eq!(none_known(None, &[unknown]), Some(false));
        assert_eq!(none_known(Some("No medications"), &[coding(RXNORM, "29046")]), None);
        assert_eq!(none_known(None, &[ips, coding(RXNORM, "29046")]), None);
        assert_eq!(none_known(Some("no known medications but aspirin"), &[]), None);
        assert_eq!(none_known(None, &[]), None);
    }
}
