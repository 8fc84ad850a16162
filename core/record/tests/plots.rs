//! Plots place what a trend holds, and drawings say it safely (R2).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_record::plot::{Plot, Shape};
use plainchart_record::svg::{Labels, svg};
use plainchart_record::trend::{Reading, Trend};
use plainchart_record::{Analyte, Observation};
use proptest::prelude::*;

const CODE: &str = "2160-0";

fn trend(values: &[(&str, &str, &str)]) -> Trend {
    let readings: Vec<Reading> = (values.iter().enumerate())
        .flat_map(|(at, (when, value, unit))| {
            let raw = format!(
                r#"{{"resourceType":"Observation","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"{CODE}"}}]}},
                "effectiveDateTime":"{when}","valueQuantity":{{"value":{value},"unit":"{unit}"}},
                "referenceRange":[{{"low":{{"value":1}},"high":{{"value":2}}}}]}}"#
            );
            Reading::of(&Observation::read(&raw).unwrap(), &at.to_string(), "a")
        })
        .collect();
    Trend::of(&[Analyte::Loinc(CODE.to_owned())], &readings)
}

/// Proves R2: two units never share a scale; the time axis is one; what lies between breaks the line.
#[test]
fn units_have_lanes_of_their_own() {
    let plot = Plot::of(
        &trend(&[
            ("2026-01-01T00:00:00Z", "1.0", "mg/dL"),
            ("2026-01-02T00:00:00Z", "80", "mmol/L"),
            ("2026-01-03T00:00:00Z", "3.0", "mg/dL"),
        ]),
        201,
        100,
    );
    let [first, second] = &plot.lanes[..] else { panic!("two lanes") };
    let marks = &first.lines[0].marks;
    assert_eq!(marks.iter().map(|mark| (mark.x, mark.joined)).collect::<Vec<_>>(), [(0, false), (200, false)]);
    assert_eq!(second.lines[0].marks[0].x, 100);
    assert!(marks[0].y > marks[1].y && marks[0].y < first.y_to && first.y_to <= second.y && second.y_to <= 100);
    assert_eq!((first.unit.as_deref(), second.unit.as_deref()), (Some("mg/dL"), Some("mmol/L")));
    assert_eq!(
        plot.times.iter().map(|tick| tick.when.text.as_str()).collect::<Vec<_>>(),
        ["2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"]
    );
}

/// Proves D8, R2: numbers beside the axis are those that came, with their digits; a bound stands at its height.
#[test]
fn labels_are_as_received() {
    let plot = Plot::of(
        &trend(&[("2026-01-01", "1.50", "mg/dL"), ("2026-01-02", "4.00", "mg/dL"), ("2026-01-03", "20.0", "mg/L")]),
        400,
        200,
    );
    let lane = &plot.lanes[0];
    assert_eq!(lane.ticks.iter().map(|tick| tick.text.as_str()).collect::<Vec<_>>(), ["4.00", "2", "1.50", "1", "0.2"]);
    assert_eq!(
        lane.lines[0].marks.iter().map(|mark| mark.label.as_str()).collect::<Vec<_>>(),
        ["1.50 mg/dL", "4.00 mg/dL", "20.0 mg/L"]
    );
    assert_eq!(lane.areas[0].y, lane.ticks[1].y);
    assert_eq!(lane.areas[0].y_to, lane.ticks[3].y);
    // A day without a time has a width.
    assert!(lane.lines[0].marks[0].x_to.unwrap() > lane.lines[0].marks[0].x);
}

/// Proves R1: a range is drawn along the results it came with, and not over a time without results.
#[test]
fn a_range_is_not_claimed_for_other_times() {
    let values = [
        ("2026-01-01", "1", "mg/dL"),
        ("2026-01-11", "1", "mg/dL"),
        ("2026-03-01", "80", "mmol/L"),
        ("2026-07-20", "90", "mmol/L"),
    ];
    let plot = Plot::of(&trend(&values), 400, 200);
    let (mg, mmol) = (&plot.lanes[1], &plot.lanes[0]);
    let (first, last) = (&mg.lines[0].marks[0], &mg.lines[0].marks[1]);
    assert_eq!((mg.areas.len(), mg.areas[0].x), (1, first.x));
    assert!(mg.areas[0].x_to >= last.x && mg.areas[0].x_to < mmol.lines[0].marks[0].x);
    assert!(mmol.areas[0].x > last.x && mmol.areas[0].x_to == 399);
}

/// Proves R2: one value, or none, is drawn too.
#[test]
fn small_trends_are_drawn() {
    let one = Plot::of(&trend(&[("2026-01-01T08:00:00Z", r#""<5""#, "mg/dL")]), 100, 50);
    assert_eq!(one.lanes[0].lines[0].marks[0].shape, Shape::OpenBelow);
    assert_eq!(one.times.len(), 1);
    assert!(Plot::of(&trend(&[]), 100, 50).lanes.is_empty());
    assert!(svg(&Plot::of(&trend(&[]), 0, 0), &Labels::default()).ends_with("</svg>\n"));
}

/// Proves R2: the drawing tells its title and content to those who hear it, draws open marks open, and runs nothing.
#[test]
fn the_drawing_is_accessible_and_inert() {
    let trend = trend(&[
        ("2026-01-01", "1.5", "mg/dL"),
        ("2026-01-02", r#""<1""#, "mg/dL"),
        ("2026-01-03", r#"">9""#, "mg/dL"),
        ("2026-01-04", "3", "mg/dL"),
        ("2026-01-05", "4", "mg/dL"),
    ]);
    let labels = Labels {
        id: "c1-".into(),
        title: "Creatinine & <friends>".into(),
        description: "Five \"values\"\u{0}".into(),
        lanes: vec!["Creatinine, mg/dL".into()],
        times: vec!["January 1".into(), "January 5".into()],
        marks: vec!["1.5 on January 1".into()],
    };
    let drawing = svg(&Plot::of(&trend, 300, 120), &labels);
    for wanted in [
        "role=\"img\" aria-labelledby=\"c1-title c1-desc\"",
        "<title id=\"c1-title\">Creatinine &amp; &lt;friends&gt;</title>",
        "<desc id=\"c1-desc\">Five &quot;values&quot;</desc>",
        ">January 5</text>",
        "<title>1.5 on January 1</title>",
        "<title>&lt;1 mg/dL, 2026-01-02</title>",
        "currentColor",
    ] {
        assert!(drawing.contains(wanted), "{wanted} in {drawing}");
    }
    for unwanted in ["<script", "href", "<style", "url(", "#0", "black", "white", "onload", "<image"] {
        assert!(!drawing.contains(unwanted), "{unwanted}");
    }
    assert_eq!(drawing.matches("<circle").count(), 3, "two open marks are no dots");
    assert_eq!(drawing, svg(&Plot::of(&trend, 300, 120), &labels));
    let looks_like_xml = drawing.matches("<g").count() == drawing.matches("</g>").count();
    assert!(looks_like_xml);
}

fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,6})(\\.[0-9]{1,6})?([eE]-?[0-9]{1,3})?"
}

proptest! {
    /// Proves R2: every point is inside the drawing, and a larger number is never drawn lower.
    #[test]
    fn plots_keep_order_and_bounds(
        values in prop::collection::vec((0_u32..3000, number()), 1..12), width in 1_u32..500, height in 1_u32..300
    ) {
        let times: Vec<String> = values.iter().map(|(day, _)| format!("20{:02}-{:02}-01T10:00:00Z", day % 90, day % 12 + 1)).collect();
        let rows: Vec<(&str, &str, &str)> = times.iter().zip(&values).map(|(when, (_, value))| (when.as_str(), value.as_str(), "mg/dL")).collect();
        let trend = trend(&rows);
        let plot = Plot::of(&trend, width, height);
        let points = &trend.series[0].points;
        let marks = &plot.lanes[0].lines[0].marks;
        prop_assert_eq!((points.len(), points.len()), (marks.len(), values.len()));
        for (mark, point) in marks.iter().zip(points) {
            prop_assert!(mark.x < width && mark.y < height);
            for (other, second) in marks.iter().zip(points) {
                prop_assert!(point.value < second.value || mark.y <= other.y);
                prop_assert!(point.when.order_key() > second.when.order_key() || mark.x <= other.x);
            }
        }
        for area in &plot.lanes[0].areas {
            prop_assert!(area.x <= area.x_to && area.x_to < width && area.y <= area.y_to && area.y_to < height);
        }
    }

    /// Proves N1 of drawings: no text from a record becomes markup.
    #[test]
    fn no_text_becomes_markup(text in "\\PC{0,20}|[<>&\"'/a]{0,12}") {
        let labels = Labels { id: text.clone(), title: text.clone(), description: text.clone(), lanes: vec![text.clone()], times: vec![text.clone()], marks: vec![text.clone()] };
        let plot = Plot::of(&trend(&[("2026-01-01", "1.5", "mg/dL")]), 100, 100);
        let (with, without) = (svg(&plot, &labels), svg(&plot, &Labels::default()));
        for sign in ['<', '>'] {
            prop_assert_eq!(with.matches(sign).count(), without.matches(sign).count());
        }
        prop_assert_eq!(with.matches('"').count(), without.matches('"').count());
    }
}
