//! Reading a whole record: a page of every kind of resource to what screens show, beside parsing the same bytes to
//! `serde_json::Value`; and a C-CDA document to the note model, beside the XML parser alone.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use plainchart_benches::chart::{Bodies, Size, make};
use plainchart_benches::prose::Prose;
use plainchart_benches::report::{Report, Work};
use plainchart_benches::rounds::{MS, Result, in_turns, typical};
use plainchart_document::Limits;
use plainchart_record::entry::Entry;
use plainchart_record::medication_request::MedicationRequest;
use plainchart_record::page::read_page;
use plainchart_record::results::{ReportRecord, ResultRecord};
use plainchart_record::service_request::ServiceRequest;
use plainchart_record::{
    DiagnosticReport, DocumentReference, JsonLimits, MedicineEntry, Observation, Patient, ReferralEntry, read_header,
};
use serde_json::Value;

const SEED: u64 = 20_261_125;
const RESOURCES: usize = 4_280;
const ROUNDS: usize = 11;
const RUNS: usize = 7;
/// Bytes of the C-CDA document, about those of a hospital's summary.
const DOCUMENT_BYTES: usize = 92_000;

fn main() -> Result<()> {
    let people = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sandbox/people");
    let page = page(&people)?;
    let document = document(&people)?;
    println!("{RESOURCES} resources, {:.2} MB; a C-CDA of {} KB; seed {SEED}", mega(page.len()), document.len() / 1000);

    let (page, document) = (&page, &document);
    let figures = in_turns(
        ROUNDS,
        &mut [
            Box::new(move || {
                Ok(vec![MS * typical(RUNS, |_| project(page))?, MS * typical(RUNS, |_| model(document))?])
            }),
            Box::new(move || Ok(vec![MS * typical(RUNS, |_| value(page))?, MS * typical(RUNS, |_| events(document))?])),
        ],
    )?;
    let work = [
        Work::new(format!("parse and project {RESOURCES} resources"), "ms").aim(1.5),
        Work::new("C-CDA to note model", "ms").aim(2.0),
    ];
    let mut report = Report::new("record");
    let side = |number: usize, row: usize| vec![figures[number][row].clone()];
    report.compare(&work[..1], &side(0, 0), "serde_json::Value", &side(1, 0));
    report.compare(&work[1..], &side(0, 1), "quick-xml events", &side(1, 1));
    report.finish()
}

fn mega(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

/// One Bundle: every resource of the sandbox's people that was written by hand, under ids of its own each time, and
/// results and notes for the rest, in the proportions of a long life.
fn page(people: &Path) -> Result<String> {
    let mut resources: Vec<String> = Vec::new();
    for person in fs::read_dir(people)? {
        let file = person?.path().join("other.ndjson");
        if file.is_file() {
            resources.extend(fs::read_to_string(file)?.lines().filter(|line| !line.is_empty()).map(str::to_owned));
        }
    }
    let by_hand: Vec<String> = resources.clone();
    while resources.len() < RESOURCES / 3 {
        let round = resources.len();
        resources.extend(by_hand.iter().map(|line| line.replace("\"id\":\"", &format!("\"id\":\"r{round}-"))));
    }
    resources.truncate(RESOURCES / 3);
    let notes = 120;
    let size = Size { charts: 1, notes, results: RESOURCES - resources.len() - notes };
    resources.extend(make(size, Bodies::Inline, &Prose::read()?, SEED).into_iter().map(|item| item.resource));
    let entries: Vec<String> = resources.iter().map(|resource| format!("{{\"resource\":{resource}}}")).collect();
    if entries.len() != RESOURCES {
        return Err(format!("{} resources", entries.len()).into());
    }
    Ok(format!(r#"{{"resourceType":"Bundle","type":"searchset","entry":[{}]}}"#, entries.join(",")))
}

/// The sandbox's own C-CDA with its sections said again until it is as long as a hospital's.
fn document(people: &Path) -> Result<Vec<u8>> {
    let text = fs::read_to_string(people.join("winifred/notes/003-discharge-hf.ccda"))?;
    let (start, end) = ("<structuredBody>", "</structuredBody>");
    let (before, rest) = text.split_once(start).ok_or("no body")?;
    let (body, after) = rest.split_once(end).ok_or("no end of the body")?;
    let times = DOCUMENT_BYTES.saturating_sub(before.len() + after.len()) / body.len() + 1;
    Ok(format!("{before}{start}{}{end}{after}", body.repeat(times)).into_bytes())
}

fn project(page: &str) -> Result<usize> {
    let page = read_page(page.as_bytes(), &JsonLimits::PAGE)?;
    let mut shown = 0;
    for raw in page.bundle.entries.iter().filter_map(|entry| entry.raw) {
        let header = read_header(raw)?;
        shown += usize::from(match header.resource_type.as_str() {
            "Patient" => black_box(Patient::read(raw)?.display_name()).is_some(),
            "Observation" => black_box(ResultRecord::of(&Observation::read(raw)?)).id.is_some(),
            "DiagnosticReport" => black_box(ReportRecord::of(&DiagnosticReport::read(raw)?)).id.is_some(),
            "DocumentReference" => black_box(DocumentReference::read(raw)?).id.is_some(),
            "MedicationRequest" => {
                black_box(MedicineEntry::of(&MedicationRequest::read(raw)?, None, None)).id.is_some()
            }
            "ServiceRequest" => black_box(ReferralEntry::of(&ServiceRequest::read(raw)?)).id.is_some(),
            _ => black_box(Entry::of(raw)).is_some(),
        });
    }
    Ok(shown)
}

fn value(page: &str) -> Result<usize> {
    let page: Value = serde_json::from_str(page)?;
    Ok(page["entry"].as_array().map_or(0, Vec::len))
}

fn model(document: &[u8]) -> Result<usize> {
    Ok(plainchart_document::read(document, Some("text/xml"), &Limits::default())?.sections.len())
}

fn events(document: &[u8]) -> Result<usize> {
    let mut reader = quick_xml::Reader::from_reader(document);
    let (mut buffer, mut bytes) = (Vec::new(), 0);
    loop {
        match reader.read_event_into(&mut buffer)? {
            quick_xml::events::Event::Eof => return Ok(bytes),
            quick_xml::events::Event::Text(text) => bytes += text.len(),
            _ => {}
        }
        buffer.clear();
    }
}
