//! Trends join what may be joined, and say why of all else (R2).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_record::trend::{Apart, LeftOut, Reading, Trend, shown_together};
use plainchart_record::value::Value;
use plainchart_record::{Analyte, Observation};
use proptest::prelude::*;

const UCUM: &str = r#""system":"http://unitsofmeasure.org""#;

/// One result of a laboratory: its id, source, LOINC code, time and the members that hold the value.
fn reading(id: &str, source: &str, loinc: &str, when: &str, members: &str) -> Vec<Reading> {
    let raw = format!(
        r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"{loinc}"}}]}},
        "effectiveDateTime":"{when}",{members}}}"#
    );
    Reading::of(&Observation::read(&raw).unwrap(), id, source)
}

fn amount(value: &str, code: &str) -> String {
    format!(r#""valueQuantity":{{"value":{value},"unit":"{code}",{UCUM},"code":"{code}"}}"#)
}

fn loinc(code: &str) -> Analyte {
    Analyte::Loinc(code.to_owned())
}

/// The values of each series, as drawn.
fn drawn(trend: &Trend) -> Vec<Vec<String>> {
    let values = |series: &plainchart_record::trend::Series| {
        series.points.iter().map(|point| point.value.as_str().to_owned()).collect()
    };
    trend.series.iter().map(values).collect()
}

const CREATININE: &str = "2160-0";

fn creatinine(values: &[(&str, &str, &str, &str)]) -> Trend {
    let readings: Vec<Reading> = (values.iter().enumerate())
        .flat_map(|(at, (source, when, value, code))| {
            reading(&format!("r{at}"), source, CREATININE, when, &amount(value, code))
        })
        .collect();
    Trend::of(&[loinc(CREATININE)], &readings)
}

/// Proves R2: two hospitals' values join by LOINC when the units convert; what was received stands beside.
#[test]
fn units_that_convert_are_joined() {
    let trend = creatinine(&[
        ("b", "2026-03-01", "9.0", "mg/L"),
        ("a", "2026-01-01", "1.60", "mg/dL"),
        ("a", "2026-02-01T08:00:00Z", "1.4", "mg/dL"),
    ]);
    assert_eq!(drawn(&trend), [["1.60", "1.4", "0.90"]]);
    let series = &trend.series[0];
    assert_eq!((series.unit.as_deref(), series.apart), (Some("mg/dL"), None));
    let last = &series.points[2];
    assert!(last.converted && last.joined && !series.points[1].converted);
    assert_eq!((last.received.text.as_str(), last.received.unit.as_deref()), ("9.0", Some("mg/L")));
}

/// Proves R2: units that must not be joined stand apart, each with its reason, and the line does not run past them.
#[test]
fn units_that_differ_stand_apart() {
    let cases = [
        ("mg/dL", "mmol/L", Apart::UnitDiffers),
        ("meq/L", "mmol/L", Apart::UnitDiffers),
        ("[iU]/L", "U/L", Apart::UnitDiffers),
        ("mL/min", "mL/min/{1.73_m2}", Apart::UnitDiffers),
        ("%", "mmol/mol", Apart::UnitDiffers),
        ("mg/g{creat}", "mg/mmol{creat}", Apart::UnitDiffers),
        ("ng/mL", "{log}", Apart::UnitDiffers),
        ("mg/dL", "zz/dL", Apart::UnitUnknown),
        ("[arb'U]/mL", "[iU]/mL", Apart::UnitDiffers),
    ];
    for (first, second, reason) in cases {
        let trend = creatinine(&[
            ("a", "2026-01-01", "5", first),
            ("a", "2026-02-01", "90", second),
            ("a", "2026-03-01", "6", first),
        ]);
        assert_eq!(drawn(&trend), [vec!["5", "6"], vec!["90"]], "{first} {second}");
        assert_eq!((trend.series[0].apart, trend.series[1].apart), (None, Some(reason)), "{first} {second}");
        assert!(!trend.series[0].points[1].joined, "{first} {second}");
        assert!(!trend.series[0].shares_scale_with(&trend.series[1]));
    }
}

/// Proves R2: different tests never meet, however alike they are.
#[test]
fn different_analytes_never_join() {
    let codes = [
        ("glucose in serum, mass", "2345-7"),
        ("glucose in serum, moles", "14749-6"),
        ("glucose, fasting", "1558-6"),
        ("glucose in blood", "2339-0"),
        ("glucose by test strip", "41653-7"),
        ("glucose in urine", "2350-7"),
        ("creatinine in serum", "2160-0"),
        ("creatinine in urine", "2161-8"),
        ("LDL, measured", "18262-6"),
        ("LDL, estimated", "13457-7"),
        ("HbA1c, percent", "4548-4"),
        ("HbA1c, IFCC", "59261-8"),
        ("protein in urine, strip", "20454-5"),
        ("protein in urine", "2888-6"),
    ];
    let readings: Vec<Reading> =
        (codes.iter()).flat_map(|(name, code)| reading(name, "a", code, "2026-01-01", &amount("5", "mg/dL"))).collect();
    for (name, code) in codes {
        let trend = Trend::of(&[loinc(code)], &readings);
        let ids: Vec<&str> = trend.series.iter().flat_map(|s| &s.points).map(|p| p.id.result.as_str()).collect();
        assert_eq!(ids, [name], "{code}");
    }
}

/// Proves R2: without LOINC two sources never join, nor do two specimens of one source.
#[test]
fn without_loinc_sources_and_specimens_stay_apart() {
    let local = |id: &str, source: &str, specimen: &str, when: &str| {
        let raw = format!(
            r#"{{"resourceType":"Observation","id":"{id}","status":"final","code":{{"coding":[{{"system":"urn:lab","code":"GLU"}}]}},
            "specimen":{{"display":"{specimen}"}},"effectiveDateTime":"{when}",{}}}"#,
            amount("5", "mmol/L")
        );
        Reading::of(&Observation::read(&raw).unwrap(), id, source)
    };
    let readings = [
        local("1", "a", "Serum", "2026-01-01"),
        local("2", "a", "Urine", "2026-01-02"),
        local("3", "b", "Serum", "2026-01-03"),
        local("4", "a", "Serum", "2026-01-04"),
    ]
    .concat();
    let trend = Trend::of(&[readings[0].analyte.clone().unwrap()], &readings);
    assert_eq!(trend.series.iter().map(|s| s.points.len()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(
        (trend.series[0].specimen.as_deref(), trend.series[1].apart),
        (Some("Serum"), Some(Apart::SpecimenDiffers))
    );
    assert!(trend.series[0].points[1].joined, "what was examined differs, so nothing lies between");
}

/// Proves R2: values without a unit, or in one that is not understood, join within one source only.
#[test]
fn unknown_units_do_not_cross_sources() {
    let index = |id: &str, source: &str, when: &str, unit: &str| {
        reading(id, source, "5048-4", when, &format!(r#""valueQuantity":{{"value":2{unit}}}"#))
    };
    for (unit, reason) in [("", Apart::UnitMissing), (r#","unit":"Titer ratio""#, Apart::UnitUnknown)] {
        let readings = [
            index("1", "a", "2026-01-01", unit),
            index("2", "b", "2026-01-02", unit),
            index("3", "a", "2026-01-03", unit),
        ]
        .concat();
        let trend = Trend::of(&[loinc("5048-4")], &readings);
        assert_eq!(trend.series.iter().map(|s| s.points.len()).collect::<Vec<_>>(), [2, 1], "{unit}");
        assert_eq!(trend.series[1].apart, Some(reason));
    }
    let one =
        [index("1", "a", "2026-01-01", ""), reading("2", "a", "5048-4", "2026-01-02", r#""valueInteger":3"#)].concat();
    assert_eq!(drawn(&Trend::of(&[loinc("5048-4")], &one)), [["2", "3"]]);
}

/// Proves R2: only conversions without rounding join; the unit is the one that most values can be said in.
#[test]
fn inexact_conversions_are_not_joined() {
    let trend = creatinine(&[
        ("a", "2026-01-01", "37.1", "Cel"),
        ("a", "2026-01-02", "98.6", "[degF]"),
        ("a", "2026-01-03", "100.1", "[degF]"),
    ]);
    assert_eq!(drawn(&trend), [["98.78", "98.6", "100.1"]]);
    let trend = creatinine(&[("a", "2026-01-01", "1", "U/L"), ("a", "2026-01-02", "2.5", "ukat/L")]);
    assert_eq!(drawn(&trend), [["1", "150"]]);
    let trend = creatinine(&[("a", "2026-01-01", "1", "wk"), ("a", "2026-01-02", "1", "a")]);
    assert_eq!(trend.series[1].apart, Some(Apart::NotExact));
}

/// Proves R2: a comparator is drawn open and joined to nothing; text and coded values are listed.
#[test]
fn comparators_and_words_are_no_numbers() {
    let quantity = |value: &str| format!(r#""valueQuantity":{{"value":{value},"unit":"mg/L","code":"mg/L",{UCUM}}}"#);
    let readings = [
        reading("1", "a", "1988-5", "2026-01-01", &quantity("8")),
        reading("2", "a", "1988-5", "2026-01-02", &quantity(r#"5,"comparator":"<""#)),
        reading("3", "a", "1988-5", "2026-01-03", &quantity(r#""<5""#)),
        reading("4", "a", "1988-5", "2026-01-04", &quantity("7")),
        reading("5", "a", "1988-5", "2026-01-05", &quantity("9")),
        reading("6", "a", "1988-5", "2026-01-06", r#""valueString":"Trace""#),
        reading("7", "a", "1988-5", "2026-01-06", r#""valueCodeableConcept":{"text":"Not detected"}"#),
        reading("8", "a", "1988-5", "2026-01-07", r#""valueRange":{"low":{"value":5},"high":{"value":10}}"#),
        reading("9", "a", "1988-5", "2026-01-08", &quantity(r#""about 5""#)),
        reading("x", "a", "1988-5", "2026-01-09", r#""dataAbsentReason":{"text":"Tube broke"}"#),
    ]
    .concat();
    let trend = Trend::of(&[loinc("1988-5")], &readings);
    let marks: Vec<(bool, bool, &str)> = (trend.series[0].points.iter())
        .map(|point| (point.comparator.is_some(), point.joined, point.received.text.as_str()))
        .collect();
    assert_eq!(
        marks,
        [(false, false, "8"), (true, false, "<5"), (true, false, "<5"), (false, false, "7"), (false, true, "9")]
    );
    let events: Vec<Option<String>> =
        trend.events.iter().map(|event| event.received.shown().map(|shown| shown.text)).collect();
    let own = |text: &str| Some(text.to_owned());
    assert_eq!(events, [own("Trace"), own("Not detected"), None, own("about 5")]);
    assert!(matches!(trend.events[2].received, Value::Range(_)));
    assert_eq!(
        trend.left_out.iter().map(|(id, why)| (id.result.as_str(), *why)).collect::<Vec<_>>(),
        [("x", LeftOut::NoValue)]
    );
}

/// Proves D4, R1: of cancelled, mistaken and older versions none is a point; a preliminary one says that it is.
#[test]
fn only_standing_results_are_points() {
    let with = |id: &str, status: &str, issued: &str, value: &str, more: &str| {
        let raw = format!(
            r#"{{"resourceType":"Observation","status":"{status}","code":{{"coding":[{{"system":"http://loinc.org","code":"{CREATININE}"}}]}},
            "effectiveDateTime":"2026-01-01T08:00:00Z","issued":"{issued}",{}{more}}}"#,
            amount(value, "mg/dL")
        );
        Reading::of(&Observation::read(&raw).unwrap(), id, "a")
    };
    let sample = r#","identifier":[{"system":"urn:lab","value":"S1"}]"#;
    let readings = [
        with("error", "entered-in-error", "2026-01-01T09:00:00Z", "1", ""),
        with("off", "cancelled", "2026-01-01T09:00:00Z", "2", ""),
        with("new", "corrected", "2026-01-03T09:00:00Z", "4", sample),
        with("old", "final", "2026-01-02T09:00:00Z", "3", sample),
        with("early", "preliminary", "2026-01-01T09:00:00Z", "3", sample),
        with("twin", "final", "2026-01-01T09:00:00Z", "5", ""),
        with("twin-2", "final", "2026-01-01T09:00:00Z", "5", ""),
        with("again", "final", "2026-01-01T09:00:00Z", "6", ""),
        with("again", "corrected", "2026-01-01T10:00:00Z", "7", ""),
        with("soon", "preliminary", "2026-01-01T10:00:00Z", "8", ""),
    ]
    .concat();
    let trend = Trend::of(&[loinc(CREATININE)], &readings);
    let mut shown: Vec<(&str, &str)> =
        trend.series[0].points.iter().map(|point| (point.id.result.as_str(), point.value.as_str())).collect();
    shown.sort_unstable();
    assert_eq!(shown, [("again", "7"), ("new", "4"), ("soon", "8"), ("twin", "5"), ("twin-2", "5")]);
    let why = |id: &str| {
        trend.left_out.iter().filter(|(left, _)| left.result == id).map(|(_, why)| why.code()).collect::<Vec<_>>()
    };
    assert_eq!((why("error"), why("off")), (vec!["entered-in-error"], vec!["cancelled"]));
    assert_eq!(
        (why("old"), why("early"), why("again")),
        (vec!["newer-version"], vec!["newer-version"], vec!["newer-version"])
    );
}

/// Proves R1: an order's number that several results carry makes none of them a version of another.
#[test]
fn a_shared_order_number_hides_nothing() {
    let order = r#","identifier":[{"system":"urn:lab:order","value":"77"}]"#;
    let at = |id: &str, when: &str, value: &str| {
        reading(id, "a", "2345-7", when, &format!("{}{order}", amount(value, "mg/dL")))
    };
    let readings = [
        at("0 h", "2026-01-01T08:00:00Z", "90"),
        at("1 h", "2026-01-01T09:00:00Z", "160"),
        at("2 h", "2026-01-01T10:00:00Z", "120"),
        at("2 h, second tube", "2026-01-01T10:00:00Z", "121"),
    ]
    .concat();
    assert_eq!(drawn(&Trend::of(&[loinc("2345-7")], &readings)), [["90", "160", "120", "121"]]);
}

/// Proves D7: a value without a day is listed and never placed; its date stays as coarse as it was.
#[test]
fn no_day_is_invented() {
    let readings: Vec<Reading> = [("1", "2026-03"), ("2", "2025"), ("3", "soon"), ("4", "2026-01-05"), ("5", "2026-01-05T07:00:00+01:00")]
        .iter()
        .flat_map(|(id, when)| reading(id, "a", CREATININE, when, &amount("1", "mg/dL")))
        .chain(Reading::of(
            &Observation::read(&format!(
                r#"{{"resourceType":"Observation","issued":"2026-02-02T00:00:00Z","code":{{"coding":[{{"system":"http://loinc.org","code":"{CREATININE}"}}]}},{}}}"#,
                amount("1", "mg/dL")
            ))
            .unwrap(),
            "6",
            "a",
        ))
        .collect();
    let trend = Trend::of(&[loinc(CREATININE)], &readings);
    let placed: Vec<&str> = trend.series[0].points.iter().map(|point| point.when.text.as_str()).collect();
    assert_eq!(placed, ["2026-01-05", "2026-01-05T07:00:00+01:00"]);
    let listed: Vec<Option<&str>> =
        trend.undated.iter().map(|l| l.when.as_ref().map(|when| when.text.as_str())).collect();
    assert_eq!(listed, [Some("soon"), None, Some("2025"), Some("2026-03")]);
}

/// Proves R1: a range is drawn for the stretch it was given for, converted with its values, and never chosen for a lab.
#[test]
fn ranges_have_stretches() {
    let with = |id: &str, when: &str, value: &str, code: &str, ranges: &str| {
        reading(id, "a", CREATININE, when, &format!("{},\"referenceRange\":[{ranges}]", amount(value, code)))
    };
    let old = r#"{"low":{"value":0.7},"high":{"value":1.3}}"#;
    let readings = [
        with("1", "2026-01-01", "1.0", "mg/dL", old),
        with(
            "2",
            "2026-01-02",
            "1.1",
            "mg/dL",
            r#"{"low":{"value":0.70,"unit":"mg/dL"},"high":{"value":1.30,"unit":"mg/dL"}}"#,
        ),
        with("3", "2026-01-03", "12", "mg/L", r#"{"high":{"value":12,"unit":"mg/L"}}"#),
        with("4", "2026-01-04", "1.2", "mg/dL", &format!("{old},{old}")),
        with("5", "2026-01-05", "1.2", "mg/dL", r#"{"text":"see note"}"#),
        with("6", "2026-01-06", "1.2", "mg/dL", r#"{"low":{"value":70,"unit":"umol/L"}}"#),
        with("7", "2026-01-07", "1.2", "mg/dL", r#"{"low":{"value":2},"high":{"value":1}}"#),
        with("8", "2026-01-08", "1.2", "mg/dL", r#"{"low":{"value":8},"type":{"coding":[{"code":"therapeutic"}]}}"#),
        with("9", "2026-01-09", "1.2", "mg/dL", old),
        with("a", "2026-01-10", "1.2", "mg/dL", r#"{"low":{"value":8},"type":{"text":"Goal"}}"#),
        with("b", "2026-01-11", "1.2", "mg/dL", r#"{"low":{"value":8},"type":{"text":"Normal Range"}}"#),
    ]
    .concat();
    let trend = Trend::of(&[loinc(CREATININE)], &readings);
    let text = |bound: &Option<plainchart_record::Decimal>| bound.as_ref().map(|bound| bound.as_str().to_owned());
    let bands: Vec<_> =
        trend.series[0].bands.iter().map(|band| (band.first, band.last, text(&band.low), text(&band.high))).collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        bands,
        [
            (0, 1, some("0.7"), some("1.3")),
            (2, 2, None, some("1.2")),
            (8, 8, some("0.7"), some("1.3")),
            (10, 10, some("8"), None)
        ]
    );
}

/// Proves R2: the two numbers of a blood pressure are two series of one trend, from components and from results alike.
#[test]
fn a_blood_pressure_is_one_trend() {
    let parts = include_str!("fixtures/blood-pressure.json");
    let mut readings = Reading::of(&Observation::read(parts).unwrap(), "bp", "a");
    readings.extend(reading("alone", "b", "8480-6", "2026-11-18", r#""valueQuantity":{"value":142,"unit":"mmHg"}"#));
    for code in ["85354-9", "8480-6", "8462-4", "55284-4", "35094-2"] {
        let trend = Trend::of(&shown_together(&loinc(code)), &readings);
        assert_eq!(drawn(&trend), [["150", "142"]], "{code}");
        assert_eq!(trend.left_out.len(), 1, "the diastolic was not done");
    }
    assert_eq!(shown_together(&loinc(CREATININE)).len(), 1);
}

/// Proves D10: a record with ever new units is bounded, and what is not drawn is told.
#[test]
fn too_many_units_are_told() {
    let readings: Vec<Reading> = (0..40)
        .flat_map(|at| reading(&at.to_string(), "a", CREATININE, "2026-01-01", &amount("1", &format!("mg/dL{{{at}}}"))))
        .collect();
    let trend = Trend::of(&[loinc(CREATININE)], &readings);
    assert_eq!(trend.series.len() + trend.left_out.len(), 40);
    assert!(trend.left_out.iter().all(|(_, why)| *why == LeftOut::TooManyUnits) && !trend.left_out.is_empty());
}

fn any_reading() -> impl Strategy<Value = Vec<Reading>> {
    let value = prop_oneof![
        Just(r#""valueString":"Trace""#.to_owned()),
        Just(r#""dataAbsentReason":{"text":"x"}"#.to_owned()),
        ("[0-9]{1,3}(\\.[0-9]{1,3})?", prop::sample::select(vec!["mg/dL", "mg/L", "mmol/L", "zz", "Cel", "[degF]"]))
            .prop_filter("a JSON number", |(value, _)| value == "0"
                || !value.starts_with('0')
                || value.starts_with("0."))
            .prop_map(|(value, code)| amount(&value, code)),
    ];
    let when = prop::sample::select(vec!["2024", "2024-03", "2024-03-09", "2024-03-09T08:00:00Z", "2023-01-01", "?"]);
    let status = prop::sample::select(vec!["final", "preliminary", "corrected", "cancelled", "entered-in-error"]);
    (0..6_u8, prop::sample::select(vec!["a", "b"]), when, value, status).prop_map(|(id, source, when, value, status)| {
        let raw = format!(
            r#"{{"resourceType":"Observation","status":"{status}","identifier":[{{"system":"s","value":"{}"}}],
            "code":{{"coding":[{{"system":"http://loinc.org","code":"{CREATININE}"}}]}},"effectiveDateTime":"{when}",{value}}}"#,
            id % 3
        );
        Reading::of(&Observation::read(&raw).unwrap(), &format!("{id}{source}"), source)
    })
}

proptest! {
    /// Proves R1, R2: every reading is in exactly one place of its trend, whatever came.
    #[test]
    fn nothing_is_lost_or_shown_twice(readings in prop::collection::vec(any_reading(), 0..12)) {
        let readings = readings.concat();
        let trend = Trend::of(&[loinc(CREATININE)], &readings);
        let points = trend.series.iter().flat_map(|s| &s.points).map(|p| &p.id);
        let listed = trend.events.iter().chain(&trend.undated).map(|l| &l.id);
        let mut shown: Vec<_> = points.chain(listed).chain(trend.left_out.iter().map(|(id, _)| id)).collect();
        let mut sent: Vec<_> = readings.iter().map(|reading| &reading.id).collect();
        shown.sort();
        sent.sort();
        prop_assert_eq!(shown.len(), sent.len());
        prop_assert!(shown == sent);
        for series in &trend.series {
            prop_assert!(series.points.windows(2).all(|pair| pair[0].when.order_key() <= pair[1].when.order_key()));
            prop_assert!(!series.points.first().unwrap().joined);
        }
    }

    /// Proves R2: the order in which results arrive makes no difference to what is drawn.
    #[test]
    fn arrival_order_does_not_matter(values in prop::collection::vec((1_u32..28, 1_u32..999, 0_usize..4), 1..10)) {
        let units = ["mg/dL", "mg/L", "mmol/L", "g/L"];
        let mut readings: Vec<Reading> = (values.iter().enumerate())
            .flat_map(|(at, (day, value, unit))| {
                reading(&at.to_string(), "a", CREATININE, &format!("2026-01-{day:02}"), &amount(&value.to_string(), units[*unit]))
            })
            .collect();
        let trend = Trend::of(&[loinc(CREATININE)], &readings);
        readings.reverse();
        prop_assert!(trend == Trend::of(&[loinc(CREATININE)], &readings));
    }
}
