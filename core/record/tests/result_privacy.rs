//! Nothing of a result shows in `Debug` (V6).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may fail"
)]

use plainchart_record::correction::Correction;
use plainchart_record::duplicate::newer_versions;
use plainchart_record::panel::{Member, Places, arrange};
use plainchart_record::plot::Plot;
use plainchart_record::range_choice::RangePerson;
use plainchart_record::results::ReportRecord;
use plainchart_record::svg::Labels;
use plainchart_record::trend::{Reading, Trend};
use plainchart_record::{DiagnosticReport, Observation, Reference, Target};

/// Proves V6: trends, plots, panels, reports and corrections show counts and no word of what they hold.
#[test]
fn debug_shows_no_content() {
    let raw = include_str!("fixtures/creatinine.json").replace("CREAT SER", "Zyxwv").replace("cre-1", "Zyxwv");
    let observation = Observation::read(&raw).unwrap();
    let readings = Reading::of(&observation, "Zyxwv", "Zyxwv");
    let trend = Trend::of(&[observation.analyte("a").unwrap()], &readings);
    let plot = Plot::of(&trend, 100, 100);
    let report =
        DiagnosticReport::read(&include_str!("fixtures/pathology-report.json").replace("mole", "Zyxwv")).unwrap();
    let correction = Correction::between_raw(&raw, &raw.replace("1.60", "1.66")).unwrap().unwrap();
    let mut places = Places::new("https://zyxwv.example");
    places.add(0, &Target::parse("Observation/Zyxwv"), None);
    let missing = Member::NotShared { name: Some("Zyxwv".into()), address: "Zyxwv".into() };
    let groups = arrange(&[vec![missing.clone()]], &[], &newer_versions(&[]));
    let labels = Labels { title: "Zyxwv".into(), ..Labels::default() };
    let person = RangePerson::read(r#"{"resourceType":"Patient","gender":"female","birthDate":"1980"}"#).unwrap();
    assert!(!trend.series[0].points.is_empty() && !plot.lanes.is_empty());
    let shown = [
        format!("{readings:?} {trend:?} {:?} {:?}", trend.series, trend.series[0].points),
        format!("{plot:?} {:?} {:?} {:?}", plot.lanes, plot.lanes[0].lines[0].marks, plot.lanes[0].ticks),
        format!("{:?} {:?} {:?}", trend.series[0].points[0].id, trend.series[0].points[0].value, trend.series[0].bands),
        format!("{report:?} {:?} {:?} {:?}", ReportRecord::of(&report), report.media, report.presented_form),
        format!("{correction:?} {:?}", correction.changes),
        format!("{groups:?} {:?} {missing:?} {places:?}", groups[0].rows),
        format!("{labels:?} {person:?} {:?}", places.find(&Reference::to("Observation/Zyxwv"), None)),
    ];
    for text in shown {
        for hidden in ["Zyxwv", "zyxwv", "1.6", "0.7", "2026", "Female"] {
            assert!(!text.contains(hidden), "{hidden} in {text}");
        }
    }
}
