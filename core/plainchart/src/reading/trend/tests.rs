//! Trends of made-up people: what may be joined, what is left out, and what nobody must see.

use plainchart_access::{Act, Kind};
use serde_json::{Value, json};

use super::super::results::tests::{Phone, result};
use crate::error::PlainchartError;

const LOINC: &str = "http://loinc.org";

fn measured(id: &str, loinc: &str, day: &str, value: Value, unit: &str) -> Value {
    result(
        id,
        json!({"code": {"coding": [{"system": LOINC, "code": loinc, "display": "Weight"}]},
        "effectiveDateTime": day, "valueQuantity": {"value": value, "unit": unit,
        "system": "http://unitsofmeasure.org", "code": unit}}),
    )
}

fn weights() -> Vec<Value> {
    vec![
        measured("a", "29463-7", "2026-01-01", json!(60), "kg"),
        measured("b", "29463-7", "2026-02-01", json!(132), "[lb_av]"),
        measured("c", "29463-7", "2026-03-01", json!(62.5), "kg"),
        measured("d", "29463-7", "2026", json!(63), "kg"),
        measured("g", "29463-7", "2026-04-01", json!(5), "mg/dL"),
        result("e", json!({"code": {"coding": [{"system": LOINC, "code": "29463-7"}]}, "valueString": "not weighed"})),
        result("f", json!({"code": {"coding": [{"system": LOINC, "code": "29463-7"}]}, "status": "cancelled"})),
    ]
}

/// Proves R2: exact conversion joins; another unit stands apart with its reason; words, partial dates and cancelled
/// results are listed with theirs, and nothing is lost.
#[test]
fn joined_only_where_it_is_exact() {
    let phone = Phone::with(&[&weights()]);
    let trend = phone.session.trend(&phone.person, "29463-7").unwrap();
    let of_unit = |unit: &str| trend.series.iter().find(|series| series.unit.as_deref() == Some(unit)).unwrap();
    let kilograms = of_unit("kg");
    let values: Vec<&str> = kilograms.points.iter().map(|point| point.value.as_str()).collect();
    assert_eq!(values, ["60", "59.87419284", "62.5"]);
    assert!(kilograms.points[1].converted && kilograms.points[1].received == "132 [lb_av]");
    assert_eq!(of_unit("mg/dL").points.len(), 1);
    assert_eq!(trend.series.iter().filter(|series| series.apart.is_some()).count(), 1);
    assert_eq!((trend.events.len(), trend.undated.len(), trend.left_out.len()), (1, 1, 1));
    assert_eq!(trend.left_out[0].reason.as_deref(), Some("Called off or not finished."));
    assert!(trend.undated[0].reason.as_ref().unwrap().contains("2026"));
    let spoken = trend.spoken.join(" ");
    for said in [
        "3 values, from January 1, 2026 to March 1, 2026.",
        "The first is 60 kilograms.",
        "1 more result is in words.",
        "1 value has no full date, so it is not drawn.",
        "1 result is not drawn. Called off or not finished.",
        "The highest is 62.5 kilograms.",
        "1 value came in another unit.",
    ] {
        assert!(spoken.contains(said), "{said}: {spoken}");
    }
}

/// Proves R2: a result's id, its `analyte` and its LOINC code lead to one trend.
#[test]
fn every_key_leads_to_the_trend() {
    let phone = Phone::with(&[&weights()]);
    let by_code = phone.session.trend(&phone.person, "29463-7").unwrap();
    for row in phone.results() {
        for key in [row.id.clone(), row.analyte.clone().unwrap()] {
            assert!(phone.session.trend(&phone.person, &key).unwrap() == by_code);
        }
    }
    let analytes = phone.session.analytes(&phone.person).unwrap().items;
    assert_eq!((analytes.len(), analytes[0].count, analytes[0].latest.as_deref()), (1, 5, Some("5 mg/dL")));
}

fn pressure(id: &str, day: &str, upper: u32, lower: u32) -> Value {
    let part = |code: &str, value: u32| {
        json!({"code": {"coding": [{"system": LOINC, "code": code}]},
            "valueQuantity": {"value": value, "unit": "mmHg", "code": "mm[Hg]", "system": "http://unitsofmeasure.org"}})
    };
    result(
        id,
        json!({"code": {"coding": [{"system": LOINC, "code": "85354-9"}]}, "effectiveDateTime": day,
        "category": [{"coding": [{"code": "vital-signs"}]}], "component": [part("8480-6", upper), part("8462-4", lower)]}),
    )
}

/// Proves R2: the two numbers of a blood pressure are one trend, by the panel and by each of them.
#[test]
fn blood_pressure_is_one_trend() {
    let phone = Phone::with(&[&[pressure("a", "2026-01-01", 128, 82), pressure("b", "2026-02-01", 131, 84)]]);
    let row = &phone.results()[0];
    let trends: Vec<_> = [row.id.clone(), row.parts[0].id.clone(), row.parts[1].id.clone()]
        .iter()
        .map(|key| phone.session.trend(&phone.person, key).unwrap())
        .collect();
    assert!(trends.iter().all(|trend| trend.series.len() == 2 && *trend == trends[0]));
    assert_eq!(trends[0].title, "Blood pressure over time");
    let analytes = phone.session.analytes(&phone.person).unwrap().items;
    assert_eq!((analytes.len(), analytes[0].count, analytes[0].name.as_str()), (1, 2, "Blood pressure"));
    assert_eq!(analytes[0].latest.as_deref(), Some("131 mmHg, 84 mmHg"));
}

/// Proves N4: a trend of what is closed is not found, by whatever key, and no test is counted by it.
#[test]
fn a_closed_trend_is_not_found() {
    let phone = Phone::with(&[&[pressure("a", "2026-01-01", 128, 82)]]);
    let keys = [phone.results()[0].id.clone(), "8480-6".to_owned(), "loinc 8462-4".to_owned()];
    phone.hold(Kind::VitalSign);
    for key in &keys[1..] {
        assert_eq!(phone.session.trend(&phone.person, key).unwrap_err(), PlainchartError::NotFound);
    }
    assert!(phone.session.trend(&phone.person, &keys[0]).is_err());
    assert_eq!(phone.session.analytes(&phone.person).unwrap().total, 0);
}

/// Proves P6: a trend has one line of the chart it is drawn from.
#[test]
fn a_trend_has_one_line() {
    let phone = Phone::with(&[&weights()]);
    let opened = || {
        let log = phone.session.access_log(&phone.person).unwrap();
        log.iter().filter(|line| line.line.act == Act::OpenedResult).count()
    };
    let id = phone.results()[0].id.clone();
    for (number, key) in [id.as_str(), "29463-7"].into_iter().enumerate() {
        phone.session.trend(&phone.person, key).unwrap();
        assert_eq!(opened(), number + 1);
    }
}

/// Proves R2, N6: a drawing has a title and a description to be read out, a sentence for each point, and no script.
#[test]
fn a_drawing_can_be_heard() {
    let phone = Phone::with(&[&weights()]);
    let drawing = phone.session.trend_svg(&phone.person, "29463-7", 300, 120).unwrap();
    for said in [
        "<title id=\"trend-title\">",
        "over time</title>",
        "4 values, from January 1, 2026 to April 1, 2026.",
        "60 kg on January 1, 2026",
        "received as 132 [lb_av]",
        "1 result is not drawn.",
    ] {
        assert!(drawing.contains(said), "{said}: {drawing}");
    }
    assert!(!drawing.contains("script"));
    let (view, plot) = phone.session.trend_plot(&phone.person, "29463-7", 80, 20).unwrap();
    assert_eq!(plot.lanes.len(), view.series.len());
    let huge = phone.session.trend_svg(&phone.person, "29463-7", u32::MAX, 0).unwrap();
    assert!(huge.starts_with("<svg"));
}

/// Proves R2, D9: two hospitals' values join by LOINC alone; each keeps its source, and each chart has its line.
#[test]
fn two_hospitals_join_by_loinc_alone() {
    let zinc = |id: &str, day: &str| {
        result(id, json!({"code": {"text": "Zinc"}, "effectiveDateTime": day, "valueInteger": 3}))
    };
    let phone = Phone::with(&[&[measured("a", "29463-7", "2026-01-01", json!(60), "kg"), zinc("z", "2026-01-01")]]);
    phone.add_chart(&[measured("a", "29463-7", "2026-02-01", json!(61), "kg"), zinc("z", "2026-02-01")]);
    let trend = phone.session.trend(&phone.person, "29463-7").unwrap();
    assert_eq!((trend.series.len(), trend.series[0].points.len()), (1, 2));
    assert!(trend.series[0].points[1].joined);
    let log = phone.session.access_log(&phone.person).unwrap();
    assert_eq!(log.iter().filter(|line| line.line.act == Act::OpenedResult).count(), 2);
    let analytes = phone.session.analytes(&phone.person).unwrap().items;
    let named = |name: &str| analytes.iter().filter(|analyte| analyte.name == name).count();
    assert_eq!((named("weight"), named("Zinc")), (1, 2));
    let alone = analytes.iter().find(|analyte| analyte.name == "Zinc").unwrap();
    assert_eq!(phone.session.trend(&phone.person, &alone.key).unwrap().series[0].points.len(), 1);
}
