//! Every fact about a result has its words in the catalogue, and they are plain (T3, G2, G4).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use std::collections::BTreeMap;

use plainchart_record::correction::{ChangedField, CorrectionKind};
use plainchart_record::diagnostic_report::{ReportKind, ReportStatus};
use plainchart_record::interpretation::FLAG_WORDS;
use plainchart_record::quantity::Comparator;
use plainchart_record::range_choice::ChoiceReason;
use plainchart_record::trend::{Apart, LeftOut};
use plainchart_record::unit::{Unit, unit_name};

const FILES: [&str; 3] = [
    include_str!("../../plainchart/words/en/result.txt"),
    include_str!("../../plainchart/words/en/trend.txt"),
    include_str!("../../plainchart/words/en/unit.txt"),
];

fn catalogue() -> BTreeMap<&'static str, &'static str> {
    let lines = FILES.iter().flat_map(|file| file.lines()).filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split_once(" = ").unwrap_or_else(|| panic!("{line}"))).collect()
}

/// Proves T3: each code that a result, a report, a trend or a unit can have finds its words.
#[test]
fn every_code_has_words() {
    let words = catalogue();
    let mut ids: Vec<String> = FLAG_WORDS.iter().map(|flag| format!("result.flag.{}", flag.id)).collect();
    ids.extend(ReportStatus::ALL.iter().map(|status| format!("result.report-status.{}", status.code())));
    let kinds =
        [ReportKind::Laboratory, ReportKind::Pathology, ReportKind::Imaging, ReportKind::Cardiology, ReportKind::Other];
    ids.extend(kinds.map(|kind| format!("result.report-kind.{}", kind.code())));
    let comparators = [Comparator::Below, Comparator::AtMost, Comparator::AtLeast, Comparator::Above];
    ids.extend(comparators.map(|comparator| format!("result.comparator.{}", comparator.code())));
    let reasons = [ChoiceReason::AllFit, ChoiceReason::SomeFit, ChoiceReason::NoneFit];
    ids.extend(reasons.map(|reason| format!("result.range-choice.{}", reason.code())));
    let corrections = [
        CorrectionKind::Corrected,
        CorrectionKind::Amended,
        CorrectionKind::Completed,
        CorrectionKind::Cancelled,
        CorrectionKind::EnteredInError,
        CorrectionKind::Changed,
        CorrectionKind::Same,
    ];
    ids.extend(corrections.map(|kind| format!("result.correction.{}", kind.code())));
    let fields = [
        ChangedField::Status,
        ChangedField::Time,
        ChangedField::Specimen,
        ChangedField::Note,
        ChangedField::Name,
        ChangedField::Value,
        ChangedField::Unit,
        ChangedField::Absent,
        ChangedField::Range,
        ChangedField::Flag,
    ];
    ids.extend(fields.map(|field| format!("result.changed-field.{}", field.code())));
    let apart = [Apart::UnitDiffers, Apart::NotExact, Apart::UnitUnknown, Apart::UnitMissing, Apart::SpecimenDiffers];
    ids.extend(apart.map(|reason| format!("trend.apart.{}", reason.code())));
    let left_out =
        [LeftOut::EnteredInError, LeftOut::Cancelled, LeftOut::NoValue, LeftOut::NewerVersion, LeftOut::TooManyUnits];
    ids.extend(left_out.map(|reason| format!("trend.left-out.{}", reason.code())));
    for code in ["mg/dL", "mm[Hg]", "10*3/uL", "[degF]", "/min", "mL/min/{1.73_m2}"] {
        ids.push(format!("unit.{}", unit_name(&Unit::parse(code).unwrap()).unwrap()));
    }
    for id in ids {
        assert!(words.contains_key(id.as_str()), "{id}");
    }
}

/// Proves T3: the files are sorted, name nothing twice, and their braces and plural forms are whole.
#[test]
fn the_files_are_in_order() {
    for file in FILES {
        let ids: Vec<&str> =
            file.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(" = ").next().unwrap()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", ids.windows(2).find(|pair| pair[0] >= pair[1]));
        for one in ids.iter().filter_map(|id| id.strip_suffix("[one]")) {
            assert!(ids.contains(&format!("{one}[other]").as_str()), "{one}");
        }
    }
    for (id, text) in catalogue() {
        assert_eq!(text.matches('{').count(), text.matches('}').count(), "{id}");
    }
}

/// Proves G4: no words of a result judge or advise, and no sentence is long.
#[test]
fn no_words_judge() {
    for (id, text) in catalogue() {
        let lower = text.to_lowercase();
        for word in ["good", "bad", "normal", "safe", "worry", "should", "danger", "healthy", "sick", "must"] {
            let own = |c: char| !c.is_alphabetic();
            assert!(!lower.split(own).any(|spoken| spoken == word), "{id}: {word}");
        }
        for sentence in text.split(['.', ':']) {
            assert!(sentence.split_whitespace().count() <= 20, "{id}");
        }
    }
}
