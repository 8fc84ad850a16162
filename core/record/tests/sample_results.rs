//! Results and reports of larger records, where a folder of them is at hand: read, arranged and drawn without loss.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use plainchart_record::diagnostic_report::{ReportStatus, presented_form_bytes};
use plainchart_record::panel::{Member, Places, Shown, arrange};
use plainchart_record::plot::Plot;
use plainchart_record::results::{ReportRecord, ResultRecord};
use plainchart_record::svg::{Labels, svg};
use plainchart_record::trend::{Reading, Trend};
use plainchart_record::unit::Unit;
use plainchart_record::value::Value;
use plainchart_record::{DiagnosticReport, JsonLimits, Observation, Target, check, read_bundle, read_header};

const BASE: &str = "https://samples.example/fhir";

/// The results and reports of one file or folder, with their addresses.
#[derive(Default)]
struct Record {
    results: Vec<(Observation, Vec<Target>)>,
    reports: Vec<(DiagnosticReport, String)>,
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "json" || e == "ndjson") {
            found.push(path);
        }
    }
}

fn collect(raw: &str, full_url: Option<&str>, record: &mut Record) {
    let Ok(header) = read_header(raw) else { return };
    match header.resource_type.as_str() {
        "Bundle" => {
            for entry in read_bundle(raw).unwrap().entries {
                collect(entry.raw.unwrap_or_default(), entry.full_url.as_deref(), record);
            }
        }
        "Observation" => {
            let observation = Observation::read(raw).unwrap();
            let own = observation.id.iter().map(|id| Target::parse(&format!("Observation/{id}")));
            let addresses = own.chain(full_url.map(Target::parse)).collect();
            record.results.push((observation, addresses));
        }
        "DiagnosticReport" => record.reports.push((DiagnosticReport::read(raw).unwrap(), raw.to_owned())),
        _ => {}
    }
}

fn read_file(path: &Path, record: &mut Record) {
    let bytes = fs::read(path).unwrap();
    let lines = |byte: &u8| *byte == b'\n' && path.extension().is_some_and(|e| e == "ndjson");
    for text in bytes.split(lines).filter_map(|bytes| check(bytes, &JsonLimits::FILE).ok()) {
        collect(text, None, record);
    }
}

/// Every result has one line, every reading one place, every report its words. Gives counts of what was seen.
fn inspect(record: &Record, counts: &mut BTreeMap<&'static str, usize>) {
    let mut count = |name, number| *counts.entry(name).or_default() += number;
    let mut places = Places::new(BASE);
    for (place, (_, addresses)) in record.results.iter().enumerate() {
        addresses.iter().for_each(|address| places.add(place, address, None));
    }
    let find = |references: &[plainchart_record::Reference]| -> Vec<Member> {
        references.iter().map(|reference| places.find(reference, None)).collect()
    };
    let reports: Vec<Vec<Member>> = record.reports.iter().map(|(report, _)| find(&report.results)).collect();
    let members: Vec<Vec<Member>> = record.results.iter().map(|(result, _)| find(&result.has_member)).collect();
    let groups = arrange(&reports, &members, &vec![None; members.len()]);
    let rows = || groups.iter().flat_map(|group| &group.rows);
    let own: Vec<usize> =
        rows().filter_map(|row| if let Shown::Result(at) = row.shown { Some(at) } else { None }).collect();
    let distinct: BTreeSet<usize> = own.iter().copied().collect();
    assert_eq!((own.len(), distinct.len()), (record.results.len(), record.results.len()));
    count("results", own.len());
    count("results in reports", groups.iter().filter(|g| g.report.is_some()).map(|g| g.rows.len()).sum());
    count("named and not shared", rows().filter(|row| matches!(row.shown, Shown::NotShared { .. })).count());

    for (report, raw) in &record.reports {
        let shown = ReportRecord::of(report);
        assert!(shown.title.is_some() && shown.when.is_some() && report.status != ReportStatus::NotGiven);
        assert_eq!(shown.results.len(), report.results.len());
        count("reports", 1);
        count("reports that are notes", usize::from(report.is_note()));
        for form in &report.presented_form {
            let bytes = presented_form_bytes(raw, form.index, 50 << 20).unwrap();
            assert_eq!(bytes.is_some(), form.attachment.data_length.is_some());
        }
    }

    let mut readings = Vec::new();
    for (place, (observation, _)) in record.results.iter().enumerate() {
        let shown = ResultRecord::of(observation);
        assert_eq!(shown.parts.len(), observation.components.len());
        readings.extend(Reading::of(observation, &place.to_string(), BASE));
    }
    for reading in &readings {
        if let Some(Value::Quantity(quantity)) = &reading.value
            && quantity.system.as_deref() == Some("http://unitsofmeasure.org")
        {
            assert!(Unit::of(quantity).is_some(), "{:?} {:?}", quantity.code, quantity.unit);
            assert!(quantity.amount().is_some());
        }
    }
    let analytes: BTreeSet<_> = readings.iter().filter_map(|reading| reading.analyte.clone()).collect();
    for analyte in &analytes {
        let own = readings.iter().filter(|reading| reading.analyte.as_ref() == Some(analyte)).count();
        let trend = Trend::of(std::slice::from_ref(analyte), &readings);
        let points: usize = trend.series.iter().map(|series| series.points.len()).sum();
        assert_eq!(points + trend.events.len() + trend.undated.len() + trend.left_out.len(), own);
        let plot = Plot::of(&trend, 640, 240);
        let marks: usize = plot.lanes.iter().flat_map(|lane| &lane.lines).map(|line| line.marks.len()).sum();
        assert_eq!(marks, points);
        assert!(svg(&plot, &Labels::default()).ends_with("</svg>\n"));
        count("points", points);
        count("series that stand apart", trend.series.iter().filter(|series| series.apart.is_some()).count());
    }
}

/// Proves R1, R2, D2, D7 on records that we did not write. Needs PLAINCHART_FHIR_SAMPLES, a folder of JSON and NDJSON.
#[test]
#[ignore = "needs a folder of sample records in PLAINCHART_FHIR_SAMPLES"]
fn sample_results_are_arranged_and_drawn_whole() {
    let folder = std::env::var("PLAINCHART_FHIR_SAMPLES").expect("PLAINCHART_FHIR_SAMPLES is set");
    let mut found = Vec::new();
    files(Path::new(&folder), &mut found);
    let (mut counts, mut all) = (BTreeMap::new(), Record::default());
    for path in found {
        let mut record = Record::default();
        read_file(&path, &mut record);
        // A Bundle is a record of its own; single resources are pages of one.
        if record.results.len() + record.reports.len() > 1 {
            inspect(&record, &mut counts);
        } else {
            all.results.append(&mut record.results);
            all.reports.append(&mut record.reports);
        }
    }
    inspect(&all, &mut counts);
    println!("{counts:#?}");
    assert!(counts["results"] > 0 && counts["reports"] > 0);
}
