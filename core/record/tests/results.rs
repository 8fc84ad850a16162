//! Results as the laboratory gave them (R1, D8).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_record::interpretation::{FLAG_WORDS, flag_word};
use plainchart_record::observation::ObservationKind;
use plainchart_record::quantity::{Comparator, Quantity, Range};
use plainchart_record::results::{ResultLine, ResultRecord};
use plainchart_record::status::ObservationStatus;
use plainchart_record::value::Value;
use plainchart_record::{Analyte, Observation};
use proptest::prelude::*;

const CREATININE: &str = include_str!("fixtures/creatinine.json");
const BLOOD_PRESSURE: &str = include_str!("fixtures/blood-pressure.json");

fn result(raw: &str) -> ResultRecord {
    ResultRecord::of(&Observation::read(raw).unwrap())
}

/// An Observation with these members, and its first line.
fn line(members: &str) -> ResultLine {
    result(&format!("{{\"resourceType\":\"Observation\",{members}}}")).line
}

fn value(members: &str) -> Option<(String, Option<String>)> {
    line(members).value.and_then(|value| value.shown()).map(|value| (value.text, value.unit))
}

/// Lower and upper bound as shown.
fn ends(range: Option<&Range>) -> (Option<String>, Option<String>) {
    let shown =
        |bound: fn(&Range) -> &Option<Quantity>| range.and_then(|range| bound(range).as_ref()).map(Quantity::shown);
    (shown(|range| &range.low), shown(|range| &range.high))
}

/// Proves R1: every flag of the first rank is known, no code has two, and only the critical ones are critical.
#[test]
fn the_table_of_flags_is_sound() {
    for code in ["H", "L", "HH", "LL", "A", "AA", "N", "POS", "NEG", "ND", "DET", "S", "R", "I", "<", ">", "U", "D"] {
        assert!(flag_word(code).is_some(), "{code}");
    }
    for (at, word) in FLAG_WORDS.iter().enumerate() {
        assert!(FLAG_WORDS[..at].iter().all(|earlier| earlier.code != word.code), "{}", word.code);
        assert_eq!(word.critical, ["HH", "LL", "AA"].contains(&word.code));
    }
}

/// Proves R1: name, value, unit, ranges and flag are the laboratory's own; 1.60 stays 1.60.
#[test]
fn a_result_shows_what_the_lab_gave() {
    let result = result(CREATININE);
    let line = &result.line;
    assert_eq!((line.name.as_deref(), line.loinc.as_deref()), (Some("CREAT SER"), Some("2160-0")));
    let value = line.value.as_ref().unwrap().shown().unwrap();
    assert_eq!((value.text.as_str(), value.unit.as_deref()), ("1.60", Some("mg/dL")));
    let ranges: Vec<_> = line.ranges.iter().map(|range| (range.text.as_deref(), ends(range.bounds.as_ref()))).collect();
    assert_eq!(ranges[0], (None, (Some("0.70 mg/dL".to_owned()), Some("1.30 mg/dL".to_owned()))));
    assert_eq!(ranges[1].0, Some("see comment"));
    assert_eq!(line.ranges[0].applies_to, ["Men"]);
    assert_eq!(ends(line.ranges[0].age.as_ref()), (Some("18 a".to_owned()), None));
    assert_eq!(line.flags[0].recorded, "High");
    assert_eq!(line.flags[0].code(), Some("high"));
    assert!(!result.is_critical());
    assert_eq!((result.kind, result.status), (ObservationKind::Laboratory, ObservationStatus::Corrected));
    assert_eq!(result.performers, ["Lakeside Laboratory"]);
    assert_eq!((result.method.as_deref(), result.specimen.as_deref()), (Some("Enzymatic"), Some("Blood")));
    assert_eq!((result.notes.len(), result.members.len()), (1, 1));
    assert_eq!(result.when.unwrap().text, "2026-11-17T08:15:00+01:00");
}

/// Proves R1: components stand under their parent, each with its own value, range, flag or reason.
#[test]
fn components_are_lines_of_their_own() {
    let result = result(BLOOD_PRESSURE);
    assert!(result.line.value.is_none() && result.line.absent.is_none());
    let [systolic, diastolic] = &result.parts[..] else { panic!("two") };
    assert_eq!(systolic.value.as_ref().unwrap().shown().unwrap().text, "150");
    assert_eq!(ends(systolic.ranges[0].bounds.as_ref()), (None, Some("130 mmHg".to_owned())));
    assert!(systolic.flags[0].is_critical() && result.is_critical());
    assert_eq!(diastolic.absent.as_ref().unwrap().code.as_deref(), Some("not-performed"));
    assert!(diastolic.ranges.is_empty() && diastolic.flags.is_empty());
    assert_eq!(result.when.unwrap().text, "2026-11-17");
}

/// Proves R1: a range or flag that the laboratory did not give is not there.
#[test]
fn nothing_is_invented() {
    let bare = result(r#"{"resourceType":"Observation","valueQuantity":{"value":999}}"#);
    assert!(bare.line.ranges.is_empty() && bare.line.flags.is_empty());
    assert!(bare.line.name.is_none() && bare.line.loinc.is_none());
    assert!(bare.when.is_none() && bare.issued.is_none());
    assert_eq!((bare.status, bare.kind), (ObservationStatus::NotGiven, ObservationKind::Other));
    assert!(line(r#""referenceRange":[{}],"interpretation":[{}]"#).ranges.is_empty());
}

/// Proves R1: comparators, ranges, ratios, text, coded and other values all show.
#[test]
fn every_shape_of_value_shows() {
    let cases = [
        (r#""valueQuantity":{"value":5,"comparator":"<","unit":"mg/L"}"#, "<5", Some("mg/L")),
        (r#""valueQuantity":{"value":"<5","code":"mg/L"}"#, "<5", Some("mg/L")),
        (r#""valueQuantity":{"value":7.0,"code":"1"}"#, "7.0", None),
        (r#""valueCodeableConcept":{"coding":[{"code":"260415000","display":"Not detected"}]}"#, "Not detected", None),
        (r#""valueString":"Trace, see note""#, "Trace, see note", None),
        (r#""valueInteger":3"#, "3", None),
        (r#""valueRatio":{"numerator":{"value":1},"denominator":{"value":40}}"#, "1:40", None),
        (
            r#""valueRatio":{"numerator":{"value":5,"unit":"mg"},"denominator":{"value":1,"unit":"dL"}}"#,
            "5 mg : 1 dL",
            None,
        ),
        (r#""valueTime":"08:30:00""#, "08:30:00", None),
        (r#""valueDateTime":"2024-02""#, "2024-02", None),
    ];
    for (members, text, unit) in cases {
        assert_eq!(value(members), Some((text.to_owned(), unit.map(str::to_owned))), "{members}");
    }
    // These need words between their parts, which are not ours to say here (T3).
    for (members, is_right) in [
        (r#""valueBoolean":false"#, (|value| *value == Value::Boolean(false)) as fn(&Value) -> bool),
        (
            r#""valueRange":{"low":{"value":5.0,"unit":"/HPF"}}"#,
            |value| matches!(value, Value::Range(range) if ends(Some(range)) == (Some("5.0 /HPF".to_owned()), None)),
        ),
        (
            r#""valuePeriod":{"start":"2024","end":"2025-01"}"#,
            |value| matches!(value, Value::Period(period) if period.end.as_ref().unwrap().text == "2025-01"),
        ),
    ] {
        let told = line(members).value.unwrap();
        assert!(is_right(&told) && told.is_told() && told.shown().is_none(), "{members}");
    }
    let signal = line(r#""valueSampledData":{"origin":{"value":0},"data":"1 2 3"}"#);
    assert!(signal.is_signal && signal.value.is_none());
}

/// Proves D7: why a value or status is absent is read in each place that can say it.
#[test]
fn absent_reasons_are_read() {
    let extension =
        r#"{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}"#;
    for members in [
        r#""dataAbsentReason":{"coding":[{"code":"masked"}]}"#.to_owned(),
        format!(r#""valueQuantity":{extension}"#),
        format!(r#""_valueString":{extension}"#),
    ] {
        assert_eq!(line(&members).absent.unwrap().code.as_deref(), Some("masked"), "{members}");
    }
    let own_words = line(r#""dataAbsentReason":{"text":"Tube broke"}"#).absent.unwrap();
    assert_eq!((own_words.recorded.as_deref(), own_words.code), (Some("Tube broke"), None));
    let raw = format!(r#"{{"resourceType":"Observation","_status":{extension}}}"#);
    assert_eq!(Observation::read(&raw).unwrap().status_absent.unwrap().code.as_deref(), Some("masked"));
}

/// Proves R1: a flag gets plain words only by HL7's code or its exact words; a local code and other text keep their own.
#[test]
fn only_known_flags_get_plain_words() {
    let flag = |concept: &str| line(&format!("\"interpretation\":[{concept}]")).flags.remove(0);
    assert!(flag(r#"{"coding":[{"code":"L"}]}"#).word.is_some());
    assert!(
        flag(r#"{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0078","code":"LL"}]}"#).is_critical()
    );
    let local = flag(r#"{"coding":[{"system":"urn:example:flags","code":"H","display":"Hemolyzed"}]}"#);
    assert_eq!((local.recorded.as_str(), local.word), ("Hemolyzed", None));
    assert_eq!(flag(r#"{"text":"HIGH"}"#).code(), Some("high"));
    assert!(flag(r#"{"text":"Below  lower panic limits"}"#).is_critical());
    assert!(flag(r#"{"coding":[{"display":"Critical high"}]}"#).is_critical());
    assert_eq!(flag(r#"{"text":"high, see note"}"#).code(), None);
    let local_high = flag(r#"{"coding":[{"system":"urn:example:flags","code":"9"}],"text":"High"}"#);
    assert_eq!((local_high.recorded.as_str(), local_high.code()), ("High", None));
    let single = line(r#""interpretation":{"coding":[{"code":"N"}]}"#);
    assert_eq!(single.flags.len(), 1);
}

/// Proves R1: a value beyond the test keeps its sign beside the reason; a sign that contradicts itself makes no number.
#[test]
fn comparators_are_read_wherever_they_stand() {
    let both = line(
        r#""valueQuantity":{"value":5,"comparator":"<"},"dataAbsentReason":{"coding":[{"code":"negative-infinity"}]}"#,
    );
    assert_eq!(both.value.unwrap().shown().unwrap().text, "<5");
    assert_eq!(both.absent.unwrap().code.as_deref(), Some("negative-infinity"));
    let amount = |members: &str| match Observation::read(&format!(
        r#"{{"resourceType":"Observation","valueQuantity":{{{members}}}}}"#
    ))
    .unwrap()
    .measured
    .value
    {
        Some(Value::Quantity(quantity)) => quantity.amount().map(|(sign, number)| (sign, number.as_str().to_owned())),
        _ => panic!("a quantity"),
    };
    let number = |text: &str| text.to_owned();
    assert_eq!(amount(r#""value":5.0"#), Some((None, number("5.0"))));
    for (members, sign) in [
        (r#""value":5,"comparator":"<""#, Comparator::Below),
        (r#""value":"<= 5""#, Comparator::AtMost),
        (r#""value":"≥5""#, Comparator::AtLeast),
        (r#""value":">5","comparator":">""#, Comparator::Above),
    ] {
        assert_eq!(amount(members), Some((Some(sign), number("5"))), "{members}");
    }
    for none in
        [r#""value":"<5","comparator":">""#, r#""value":5,"comparator":"~""#, r#""value":"5-7""#, r#""value":"""#]
    {
        let raw = format!(r#"{{"resourceType":"Observation","valueQuantity":{{{none}}}}}"#);
        let value = Observation::read(&raw).unwrap().measured.value;
        assert!(!matches!(value, Some(Value::Quantity(quantity)) if quantity.amount().is_some()), "{none}");
    }
}

/// Proves R1: a cancelled test says why; a specimen inside the resource is named by its type.
#[test]
fn a_cancelled_test_says_why() {
    let cancelled = result(
        r##"{"resourceType":"Observation","status":"cancelled","specimen":{"reference":"#s"},"basedOn":[{"reference":"ServiceRequest/1"}],
        "contained":[{"resourceType":"Specimen","id":"s","type":{"text":"Urine"}}],"extension":[{"url":"urn:x","valueCodeableConcept":{"text":"x"}},
        {"url":"http://hl7.org/fhir/StructureDefinition/event-statusReason","valueCodeableConcept":{"text":"Too little urine"}}]}"##,
    );
    assert_eq!(
        (cancelled.status_reason.as_deref(), cancelled.specimen.as_deref()),
        (Some("Too little urine"), Some("Urine"))
    );
    assert_eq!(cancelled.based_on.len(), 1);
}

/// Proves D4: of an entry made in error nothing is shown but that.
#[test]
fn an_error_shows_only_a_marker() {
    let marked = result(&CREATININE.replace("\"corrected\"", "\"entered-in-error\""));
    assert!(marked.line == line("\"x\":1"));
    assert!(marked.parts.is_empty() && marked.notes.is_empty() && marked.members.is_empty());
    assert!(marked.performers.is_empty() && marked.method.is_none() && marked.specimen.is_none());
    assert!(marked.id.is_some() && marked.when.is_some() && marked.status.is_entered_in_error());
}

/// Proves R1: every category in use is told apart, by HL7's names and those of HL7 v2.
#[test]
fn kinds_are_told_apart() {
    let kind = |code: &str| {
        result(&format!(
            r#"{{"resourceType":"Observation","category":[{{"text":"x"}},{{"coding":[{{"code":"{code}"}}]}}]}}"#
        ))
        .kind
    };
    assert_eq!(kind("LAB"), ObservationKind::Laboratory);
    assert_eq!(kind("laboratory"), ObservationKind::Laboratory);
    assert_eq!(kind("vital-signs"), ObservationKind::VitalSigns);
    assert_eq!(kind("nonsense"), ObservationKind::Other);
}

/// Proves R2: the analyte of a part is its own.
#[test]
fn parts_have_their_own_analyte() {
    let observation = Observation::read(BLOOD_PRESSURE).unwrap();
    assert!(observation.analyte("s") == Some(Analyte::Loinc("85354-9".into())));
    assert!(observation.components[1].analyte("s") == Some(Analyte::Loinc("8462-4".into())));
}

proptest! {
    /// Proves D8: a decimal is shown with the very digits it came with, in value and range.
    #[test]
    fn decimals_survive_as_text(
        number in "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,4})?"
    ) {
        let raw = format!(
            r#""valueQuantity":{{"value":{number}}},"referenceRange":[{{"low":{{"value":{number}}}}}],"component":[{{"valueInteger":{number}}}]"#
        );
        let raw = format!("{{\"resourceType\":\"Observation\",{raw}}}");
        let result = result(&raw);
        let text = |line: &ResultLine| line.value.as_ref().unwrap().shown().unwrap().text;
        prop_assert_eq!(&text(&result.line), &number);
        prop_assert_eq!(ends(result.line.ranges[0].bounds.as_ref()), (Some(number.clone()), None));
        prop_assert_eq!(&text(&result.parts[0]), &number);
    }
}
