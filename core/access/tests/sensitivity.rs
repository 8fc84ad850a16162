//! The reviewed lists of sensitive codes and words (N4).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use std::collections::BTreeSet;

use plainchart_access::{Basis, Classes, CodedWord, SecurityLabel, SensitivityClass};
use proptest::prelude::*;

const CODES: &str = include_str!("../data/codes.txt");
const ICD: &str = include_str!("../data/icd.txt");
const WORDS: [&str; 6] = [
    include_str!("../data/words/hiv.txt"),
    include_str!("../data/words/medicines.txt"),
    include_str!("../data/words/mental-health.txt"),
    include_str!("../data/words/sexual-health.txt"),
    include_str!("../data/words/substance-use.txt"),
    include_str!("../data/words/violence.txt"),
];
const LOOK_ALIKES: &str = include_str!("../data/look-alikes.txt");
const LABELS: &str = include_str!("../data/labels.txt");
const CATALOGUE: &str = include_str!("../../plainchart/words/en/sensitivity.txt");
const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

fn rows(text: &str, fields: usize) -> Vec<Vec<&str>> {
    let data = text.lines().filter(|line| !line.starts_with('#'));
    let rows: Vec<Vec<&str>> = data.map(|line| line.split(" | ").collect()).collect();
    for row in &rows {
        assert_eq!(row.len(), fields, "{row:?}");
        assert!(row.iter().all(|field| !field.is_empty() && field.trim() == *field), "{row:?}");
    }
    rows
}

fn all_words() -> Vec<Vec<&'static str>> {
    WORDS.into_iter().flat_map(|text| rows(text, 3)).collect()
}

fn class(name: &str) -> SensitivityClass {
    SensitivityClass::ALL.into_iter().find(|class| class.code() == name).unwrap_or_else(|| panic!("{name}"))
}

fn uri(system: &str) -> &'static str {
    match system {
        "icd-10-cm" => "http://hl7.org/fhir/sid/icd-10-cm",
        "icd-9-cm" => "http://hl7.org/fhir/sid/icd-9-cm",
        "icd-10-pcs" => "http://www.cms.gov/Medicare/Coding/ICD10",
        "hcpcs" => "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "loinc" => "http://loinc.org",
        "rxnorm" => "http://www.nlm.nih.gov/research/umls/rxnorm",
        other => panic!("{other}"),
    }
}

fn coded(system: &str, code: &str) -> Classes {
    Classes::from_codings([CodedWord { system, code, display: "" }])
}

fn codes_of(classes: Classes) -> Vec<&'static str> {
    classes.iter().map(SensitivityClass::code).collect()
}

/// Proves N4: every line of every list has its fields and a reason, in order, once, and is found by the code.
#[test]
fn every_line_is_sound() {
    let lists = [(CODES, 4), (ICD, 4), (LOOK_ALIKES, 3), (LABELS, 3)];
    for (text, fields) in lists.into_iter().chain(WORDS.map(|text| (text, 3))) {
        let rows = rows(text, fields);
        assert!(rows.is_sorted(), "{:?}", rows.windows(2).find(|pair| pair[0] > pair[1]));
        let keys: BTreeSet<&[&str]> = rows.iter().map(|row| &row[..fields - 1]).collect();
        assert_eq!(keys.len(), rows.len(), "a line stands twice");
    }
    for row in [CODES, ICD].into_iter().flat_map(|text| rows(text, 4)) {
        let allowed = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '*');
        assert!(row[1].chars().all(allowed) && row[1].trim_end_matches('*').len() + 1 >= row[1].len(), "{row:?}");
        let wanted = class(row[2]);
        let code = row[1].trim_end_matches('*');
        assert!(coded(uri(row[0]), code).contains(wanted), "{row:?}");
        assert!(coded(uri(row[0]), &code.replace('.', "")).contains(wanted), "{row:?}");
        assert!(!row[1].ends_with('*') || coded(uri(row[0]), &format!("{code}1")).contains(wanted), "{row:?}");
        assert!(coded("http://snomed.info/sct", code).is_empty(), "{row:?}");
    }
    for row in all_words() {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, ' ' | '*');
        assert!(row[0].chars().all(allowed), "{row:?}");
        let wanted = class(row[1]);
        assert!(Classes::from_text(&row[0].replace('*', "")).contains(wanted), "{row:?}");
        assert!(
            Classes::from_text(&format!("No history of {}.", row[0].replace('*', "").to_uppercase())).contains(wanted),
            "{row:?}"
        );
        let stem = row[0].split(' ').next().unwrap().trim_end_matches('*');
        assert!(!row[0].split(' ').next().unwrap().ends_with('*') || stem.len() >= 3, "{row:?}");
    }
    for row in rows(LOOK_ALIKES, 3) {
        let unwanted = class(row[1]);
        assert!(!Classes::from_text(&row[0].replace('*', "")).contains(unwanted), "{row:?}");
    }
    for row in rows(LABELS, 3) {
        let wanted = row[1].split('+').fold(Classes::NONE, |set, name| set.with(class(name)));
        assert_eq!(SecurityLabel { system: ACT_CODE, code: row[0] }.classes(), wanted, "{row:?}");
    }
}

/// Proves N4: a mistyped LOINC code would hide or show another test.
#[test]
fn loinc_codes_have_their_check_digit() {
    for row in rows(CODES, 4).into_iter().filter(|row| row[0] == "loinc") {
        let (number, check) = row[1].split_once('-').unwrap();
        let sum: u32 = (number.bytes().rev().enumerate())
            .map(|(place, byte)| {
                let digit = u32::from(byte - b'0');
                if place % 2 == 1 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
            })
            .sum();
        assert_eq!(check.parse(), Ok((10 - sum % 10) % 10), "{}", row[1]);
    }
}

/// Proves N4: what real resources call sensitive care is found by its words, in English and Spanish.
#[test]
fn words_of_real_titles_are_found() {
    for (text, expected) in [
        ("HIV 1+2 Ab+HIV1 p24 Ag [Presence] in Serum", vec!["hiv"]),
        ("Prueba de VIH", vec!["hiv"]),
        ("emtricitabine 200 MG / tenofovir alafenamide 25 MG Oral Tablet", vec!["hiv"]),
        ("Chlamydia trachomatis DNA [Presence] in Urine by NAA", vec!["sexual-health"]),
        ("Pregnancy test, urine: negative", vec!["sexual-health"]),
        ("Prueba de embarazo", vec!["sexual-health"]),
        ("etonogestrel 68 MG Drug Implant", vec!["sexual-health"]),
        ("Gender dysphoria in adolescents", vec!["sexual-health"]),
        ("Major depressive disorder, recurrent", vec!["mental-health"]),
        ("Depresión mayor", vec!["mental-health"]),
        ("Psychotherapy, 45 minutes", vec!["mental-health"]),
        ("Suicidal ideation", vec!["mental-health"]),
        ("Paranoid schizophrenia", vec!["mental-health"]),
        ("Alcohol use disorder (disorder)", vec!["substance-use"]),
        ("Alcoholism counseling", vec!["substance-use"]),
        ("buprenorphine 8 MG / naloxone 2 MG Sublingual Film", vec!["substance-use"]),
        ("Methadone maintenance", vec!["substance-use"]),
        ("Abuso de sustancias", vec!["substance-use"]),
        ("Victim of domestic violence", vec!["violence"]),
        ("Suspected child abuse", vec!["violence"]),
        ("Sexual assault evidence collection kit", vec!["sexual-health", "violence"]),
        ("ANTI-HIV", vec!["hiv"]),
        ("nelfinavir 625 MG Oral Tablet", vec!["hiv"]),
        ("Caesarean section", vec!["sexual-health"]),
        ("Severe pre-eclampsia", vec!["sexual-health"]),
        ("Fertility clinic consult", vec!["sexual-health"]),
        ("OB/GYN visit", vec!["sexual-health"]),
        ("Cytology, cervical", vec!["sexual-health"]),
        ("Sprintec 28 Day Pack", vec!["sexual-health"]),
        ("follitropin alfa 75 UNT Injection", vec!["sexual-health"]),
        ("Agoraphobia", vec!["mental-health"]),
        ("OCD", vec!["mental-health"]),
        ("Psych consult", vec!["mental-health"]),
        ("Cymbalta 30 mg", vec!["mental-health"]),
        ("lumateperone 42 MG Oral Capsule", vec!["mental-health"]),
        ("Stimulant use disorder, severe", vec!["substance-use"]),
        ("Urine drug test", vec!["substance-use"]),
        ("oxyCODONE [Presence] in Urine by Screen method", vec!["substance-use"]),
        ("Drogadicción", vec!["substance-use"]),
        ("Neglect of elderly person", vec!["violence"]),
        ("Stab wound of abdomen", vec!["violence"]),
        ("Child molestation", vec!["sexual-health", "violence"]),
        ("Depre\u{301}sion y ansie\u{ad}dad", vec!["mental-health"]),
    ] {
        assert_eq!(codes_of(Classes::from_text(text)), expected, "{text}");
    }
}

/// Proves N4: what only looks like it is not held back.
#[test]
fn look_alikes_are_left_alone() {
    for text in [
        "ST depression in lead V5",
        "Horizontal depression of ST segment",
        "Respiratory depression",
        "Bone marrow depression",
        "Alcohol swab, 70%",
        "Alcohol Wipes",
        "benzyl alcohol 9 MG/ML",
        "Nonalcoholic steatohepatitis",
        "Non-alcoholic fatty liver",
        "HIVES",
        "Hives (urticaria)",
        "Abuse-deterrent tablet",
        "Non-abusable formulation",
        "Hearing aids, bilateral",
        "Depressed skull fracture",
        "Bipolar hemiarthroplasty of hip",
        "Lithium heparin tube",
        "nirmatrelvir / ritonavir",
        "HPV9 vaccine",
        "Chlamydia pneumoniae IgG",
        "Photophobia",
        "Tongue depressor",
        "Hemoglobin A1c",
        "Chest X-ray",
        "Lisinopril 10 MG Oral Tablet",
        "Asthma",
        "Tobacco use disorder",
        "Oxycodone 5 mg tablet",
        "Molestias abdominales",
        "IPV vaccine",
        "GAD65 antibody",
        "Panic value called",
        "Inhalant allergens panel",
        "Strangulated inguinal hernia",
        "Hernia with strangulation",
        "Placental alkaline phosphatase",
        "Lactate",
        "Follitropin [Units/volume] in Serum or Plasma",
        "Influenza vaccine",
        "Osteoarthritis of knee",
        "",
        "   ",
        "!!",
    ] {
        assert_eq!(codes_of(Classes::from_text(text)), Vec::<&str>::new(), "{text}");
    }
    assert!(Classes::from_text("ST depression; history of depression").contains(SensitivityClass::MentalHealth));
    assert!(Classes::from_text("Alcohol swab. Alcohol use: daily").contains(SensitivityClass::SubstanceUse));
    assert_eq!(codes_of(Classes::from_text("Drug abuse")), ["substance-use"]);
    // One word of a phrase stands outside of what only looks alike.
    assert!(Classes::from_text("Beck depression of skull").contains(SensitivityClass::MentalHealth));
    assert_eq!(
        codes_of(Classes::from_text("Drug abuse; sexual abuse")),
        ["sexual-health", "substance-use", "violence"]
    );
}

/// Proves N4: codes are found in every spelling of system and code, and only their own.
#[test]
fn codes_are_found_by_system_and_beginning() {
    for system in
        ["http://hl7.org/fhir/sid/icd-10-cm", "https://hl7.org/fhir/sid/icd-10-cm/", "urn:oid:2.16.840.1.113883.6.90"]
    {
        for code in ["F32.9", "F329", "f32.9", " F32 "] {
            assert_eq!(codes_of(coded(system, code)), ["mental-health"], "{system} {code}");
        }
    }
    let icd = "http://hl7.org/fhir/sid/icd-10-cm";
    for plain in ["I10", "E11.9", "J45.909", "F03.90", "F17.210", "Z00.00", "", ".", "F", "T14.90"] {
        assert!(coded(icd, plain).is_empty(), "{plain}");
    }
    assert_eq!(codes_of(coded(icd, "T74.21XA")), ["sexual-health", "violence"]);
    // Of the World Health Organization's list alone.
    assert_eq!(codes_of(coded("http://hl7.org/fhir/sid/icd-10", "B24")), ["hiv"]);
    assert_eq!(codes_of(coded("http://hl7.org/fhir/sid/icd-10", "X61.0")), ["mental-health"]);
    assert_eq!(codes_of(coded(icd, "F53.0")), ["sexual-health", "mental-health"]);
    assert_eq!(codes_of(coded("http://loinc.org", "75622-1")), ["hiv"]);
    assert!(coded("http://loinc.org", "75622").is_empty() && coded("http://loinc.org", "2160-0").is_empty());
    assert!(coded("urn:local", "F32.9").is_empty());
    assert_eq!(codes_of(coded("http://www.cms.gov/Medicare/Coding/ICD10", "HZ30ZZZ")), ["substance-use"]);
    assert!(coded("http://www.nlm.nih.gov/research/umls/rxnorm", "18190").is_empty());
}

/// Proves N4: a developmental disability is no violence, specially protected is restricted, an unknown code too.
#[test]
fn labels_name_what_they_mean() {
    let label = |code: &str| codes_of(SecurityLabel { system: ACT_CODE, code }.classes());
    assert_eq!((label("DVD"), label("VIO"), label("SDV")), (vec!["mental-health"], vec!["violence"], vec!["violence"]));
    assert_eq!((label("SPI"), label("ZZZ"), label("")), (vec!["restricted"], vec!["restricted"], vec!["restricted"]));
    assert_eq!((label("MST"), label("OPIOIDUD")), (vec!["sexual-health", "violence"], vec!["substance-use"]));
}

/// Proves N4, P4: what each basis begins with.
#[test]
fn each_basis_begins_with_its_classes() {
    let all_but_violence = Classes::ALL.without(SensitivityClass::Violence);
    assert!(!all_but_violence.contains(SensitivityClass::Violence) && all_but_violence.contains(SensitivityClass::Hiv));
    for (basis, age, expected) in [
        (Basis::Parent, Some(0), all_but_violence),
        (Basis::Parent, Some(11), all_but_violence),
        (Basis::Parent, Some(12), Classes::NONE),
        (Basis::Parent, None, Classes::NONE),
        (Basis::Guardian, Some(15), all_but_violence),
        (Basis::PowerOfAttorney, None, all_but_violence),
        (Basis::PatientsPermission, Some(5), Classes::NONE),
        (Basis::Helper, Some(5), Classes::NONE),
    ] {
        assert_eq!(basis.default_classes(age), expected, "{basis:?} {age:?}");
    }
}

/// Proves T3: each class has its name, and no sentence judges.
#[test]
fn classes_have_names() {
    for class in SensitivityClass::ALL {
        assert!(CATALOGUE.contains(&format!("sensitivity.class.{} = ", class.code())), "{}", class.code());
    }
    for word in ["bad", "good", "shame", "normal", "abnormal", "danger", "should", "hide", "hidden"] {
        assert!(
            !CATALOGUE
                .lines()
                .filter(|line| !line.starts_with('#'))
                .any(|line| line.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|one| one == word)),
            "{word}"
        );
    }
}

/// Proves V6: `Debug` shows no code.
#[test]
fn debug_shows_no_code() {
    let word = CodedWord { system: "Zyxwv", code: "Zyxwv", display: "Zyxwv" };
    assert!(!format!("{word:?}").contains("Zyxwv"));
}

fn any_word() -> impl Strategy<Value = (&'static str, String, String)> {
    let system = prop::sample::select(vec![
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://loinc.org",
        "http://snomed.info/sct",
        "",
    ]);
    let code =
        prop::sample::select(vec!["F32.9", "B20", "I10", "75622-1", "2160-0", "T74.2", ""]).prop_map(str::to_owned);
    let display = prop::sample::select(vec![
        "HIV",
        "ST depression",
        "depression",
        "of",
        "alcohol",
        "swab",
        "hearing",
        "aids",
        "asthma",
        "drug abuse",
    ]);
    let display = prop::collection::vec(display, 0..4).prop_map(|words| words.join(" "));
    (system, code, prop_oneof![display, "\\PC{0,30}".prop_map(String::from)])
}

proptest! {
    /// Proves N4: one more coding never takes a class away, and the order does not matter.
    #[test]
    fn more_codings_are_never_less_sensitive(words in prop::collection::vec(any_word(), 0..5), more in any_word()) {
        let of = |words: &[(&'static str, String, String)]| {
            Classes::from_codings(words.iter().map(|(system, code, display)| CodedWord { system, code, display }))
        };
        let mut all = words.clone();
        all.push(more);
        prop_assert!(of(&all).covers(of(&words)));
        all.reverse();
        prop_assert!(of(&all).covers(of(&words)));
    }

    /// Proves N4: capitals, accents and punctuation around a word do not hide it.
    #[test]
    fn spelling_hides_nothing(index in 0usize..1000, mark in prop::sample::select(vec![" ", ", ", " (", "/", ": ", "\n", "\u{a0}"]), upper in any::<bool>()) {
        let rows = all_words();
        let row = &rows[index % rows.len()];
        let words = row[0].replace('*', "");
        let words = if upper { words.to_uppercase() } else { words };
        prop_assert!(Classes::from_text(&format!("Seen for{mark}{words}{mark}today")).contains(class(row[1])), "{words}");
    }

    /// Proves N4: any text is survived.
    #[test]
    fn any_text_is_survived(text in "\\PC{0,200}") {
        prop_assert!(Classes::ALL.covers(Classes::from_text(&text)));
    }
}

/// Proves N4: what the display of a code says is not there closes nothing.
#[test]
fn dementia_by_its_official_name_is_open() {
    let display = "Unspecified dementia, moderate, without behavioral disturbance, psychotic disturbance, mood \
                   disturbance, and anxiety";
    let coding = CodedWord { system: "http://hl7.org/fhir/sid/icd-10-cm", code: "F03.B0", display };
    assert!(Classes::from_codings([coding]).is_empty());
}
