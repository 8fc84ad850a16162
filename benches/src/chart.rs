//! Made-up charts: notes and laboratory results over ten years, decided by a seed.
//!
//! Notes are log-normal in length with a mean of about 4.1 KB; results are FHIR Observations of about 650 bytes over 300
//! tests, of which a few are done most of the time (Zipf). The texts are the sandbox's, mixed; nobody in them exists.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use serde_json::{Value, json};

use crate::prose::Prose;
use crate::seed::Seed;

/// How much to make.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Patients, mixed evenly.
    pub charts: usize,
    /// Notes of all of them.
    pub notes: usize,
    /// Results of all of them, at least as many as notes.
    pub results: usize,
}

/// Where a note's text lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bodies {
    /// Beside its DocumentReference, as after a sync.
    Apart,
    /// Inside it, in base64, as in a downloaded record; in HTML for every third one.
    Inline,
}

/// A resource, with what a store needs to know to file it.
#[derive(Debug, Clone)]
pub struct Item {
    /// Whether it is a DocumentReference; else it is an Observation.
    pub note: bool,
    /// Whose it is.
    pub chart: usize,
    /// Its FHIR id.
    pub id: String,
    /// When it was, in seconds since 1970 UTC; no two are alike.
    pub seconds: i64,
    /// What it is found by: a test's code, or the month of a note.
    pub group: String,
    /// The resource.
    pub resource: String,
    /// The note's text, if it lies apart.
    pub body: String,
}

impl Item {
    /// The bytes that it holds.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.resource.len() + self.body.len()
    }
}

const TEN_YEARS: i64 = 10 * 365 * 86_400;
const START: i64 = 1_450_000_000;
const TESTS: usize = 300;
const SYSTEM: &str = "https://lab.example/tests";

const SUBSTANCES: [&str; 20] = [
    "Glucose",
    "Sodium",
    "Potassium",
    "Chloride",
    "Creatinine",
    "Urea",
    "Calcium",
    "Albumin",
    "Bilirubin",
    "Ferritin",
    "Hemoglobin",
    "Hematocrit",
    "Leukocytes",
    "Platelets",
    "Cholesterol",
    "Triglyceride",
    "Iron",
    "Magnesium",
    "Phosphate",
    "Urate",
];
const SPECIMENS: [&str; 5] = ["Serum", "Blood", "Urine", "Plasma", "Capillary blood"];
const UNITS: [&str; 6] = ["mg/dL", "mmol/L", "U/L", "g/dL", "ug/L", "%"];
/// LOINC codes of document types.
const NOTE_TYPES: [(&str, &str); 4] = [
    ("11506-3", "Progress note"),
    ("18842-5", "Discharge summary"),
    ("11488-4", "Consult note"),
    ("34117-2", "History and physical note"),
];

/// The patient of a chart, as a FHIR Patient.
#[must_use]
pub fn patient(chart: usize) -> String {
    let name = ["Alma Quill", "Bruno Fenn", "Carla Osk", "Dario Lund"][chart % 4];
    json!({
        "resourceType": "Patient", "id": format!("made-up-{chart}"),
        "name": [{ "text": name }], "birthDate": format!("19{:02}-03-09", 50 + chart % 50),
    })
    .to_string()
}

/// Makes charts, oldest item first.
#[must_use]
pub fn make(size: Size, bodies: Bodies, prose: &Prose, seed: u64) -> Vec<Item> {
    let mut seed = Seed::new(seed);
    let shares = zipf(TESTS);
    let (total, apart) = (size.notes + size.results, (size.notes + size.results) / size.notes);
    (0..total)
        .map(|number| {
            let place = Place {
                number,
                chart: seed.below(size.charts),
                id: seed.uuid(),
                seconds: START + number as i64 * TEN_YEARS / total as i64 + seed.below(600) as i64,
            };
            if number.is_multiple_of(apart) && number / apart < size.notes {
                return note(place, bodies, prose, &mut seed);
            }
            let drawn = seed.fraction();
            result(place, shares.partition_point(|share| *share < drawn).min(TESTS - 1), &mut seed)
        })
        .collect()
}

struct Place {
    number: usize,
    chart: usize,
    id: String,
    seconds: i64,
}

fn note(place: Place, bodies: Bodies, prose: &Prose, seed: &mut Seed) -> Item {
    let length = (7.92 + 0.9 * seed.normal()).exp().clamp(500.0, 60_000.0) as usize;
    let text = format!("Note {}\n{}", place.id, prose.mixed(length, seed));
    let html = bodies == Bodies::Inline && place.number.is_multiple_of(3);
    let content_type = if html { "text/html" } else { "text/plain; charset=utf-8" };
    let attachment = match bodies {
        Bodies::Apart => json!({ "contentType": content_type, "url": format!("Binary/{}", place.id) }),
        Bodies::Inline => {
            let bytes = if html { html_of(&text) } else { text.clone() };
            json!({ "contentType": content_type, "data": STANDARD.encode(bytes) })
        }
    };
    let (code, display) = NOTE_TYPES[seed.below(NOTE_TYPES.len())];
    let resource = json!({
        "resourceType": "DocumentReference", "id": place.id,
        "meta": { "versionId": "1", "lastUpdated": written(place.seconds + 7_000) },
        "status": "current", "docStatus": "final",
        "type": { "coding": [{ "system": "http://loinc.org", "code": code, "display": display }] },
        "subject": { "reference": format!("Patient/made-up-{}", place.chart) },
        "date": written(place.seconds), "author": [{ "display": "Made-up Clinician MD" }],
        "content": [{ "attachment": attachment }],
    });
    let body = if bodies == Bodies::Apart { text } else { String::new() };
    let group = written(place.seconds)[..7].to_owned();
    Item {
        note: true,
        chart: place.chart,
        id: place.id,
        seconds: place.seconds,
        group,
        resource: resource.to_string(),
        body,
    }
}

fn result(place: Place, test: usize, seed: &mut Seed) -> Item {
    let low = 1.0 + (test * 37 % 900) as f64 / 10.0;
    let value = (low * (1.4 + 0.28 * seed.normal())).max(0.1);
    let code = format!("t{test:03}");
    let name = format!("{} in {} ({})", SUBSTANCES[test % 20], SPECIMENS[test / 20 % 5], ["1", "2", "3"][test / 100]);
    let resource = json!({
        "resourceType": "Observation", "id": place.id,
        "meta": { "versionId": "1", "lastUpdated": written(place.seconds + 7_000) },
        "status": "final",
        "category": [{ "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory",
        }] }],
        "code": { "coding": [{ "system": SYSTEM, "code": code, "display": name }] },
        "subject": { "reference": format!("Patient/made-up-{}", place.chart) },
        "effectiveDateTime": written(place.seconds), "issued": written(place.seconds + 1_800 + seed.below(7_000) as i64),
        "valueQuantity": { "value": (value * 10.0).round() / 10.0, "unit": UNITS[test % UNITS.len()] },
        "referenceRange": [{ "low": { "value": low }, "high": { "value": low * 1.8 } }],
    });
    Item {
        note: false,
        chart: place.chart,
        id: place.id,
        seconds: place.seconds,
        group: code,
        resource: resource.to_string(),
        body: String::new(),
    }
}

/// A time as FHIR writes it.
#[must_use]
pub fn written(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn html_of(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let lines: String = escaped.lines().map(|line| format!("<p>{line}</p>\n")).collect();
    format!("<!DOCTYPE html><html><body><div class=\"note\">\n{lines}</div></body></html>")
}

/// The sums of shares 1, 1/2, 1/3 ... as parts of their whole.
fn zipf(count: usize) -> Vec<f64> {
    let mut sum = 0.0;
    let sums: Vec<f64> = (1..=count)
        .map(|rank| {
            sum += 1.0 / rank as f64;
            sum
        })
        .collect();
    sums.iter().map(|share| share / sum).collect()
}

/// Reads an item back as a program without our types would: the whole resource as a JSON value.
///
/// # Errors
/// If it is not JSON.
pub fn item_of(line: &str, chart: usize) -> serde_json::Result<Item> {
    let value: Value = serde_json::from_str(line)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let note = value["resourceType"] == "DocumentReference";
    let date = text(&value[if note { "date" } else { "effectiveDateTime" }]);
    let seconds = DateTime::parse_from_rfc3339(&date).map_or(0, |time| time.timestamp());
    let group =
        if note { date.get(..7).unwrap_or_default().to_owned() } else { text(&value["code"]["coding"][0]["code"]) };
    Ok(Item { note, chart, id: text(&value["id"]), seconds, group, resource: line.to_owned(), body: String::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { charts: 4, notes: 20, results: 200 };

    /// A figure belongs to its data: one seed, one chart.
    #[test]
    fn a_seed_decides_everything() {
        let prose = Prose::read().unwrap();
        let made = |seed| make(SIZE, Bodies::Apart, &prose, seed).into_iter().map(|item| item.resource + &item.body);
        assert!(made(1).eq(made(1)));
        assert!(!made(1).eq(made(2)));
    }

    #[test]
    fn items_have_their_number_and_are_read_back_as_they_were_filed() {
        let items = make(SIZE, Bodies::Inline, &Prose::read().unwrap(), 1);
        assert_eq!(items.iter().filter(|item| item.note).count(), 20);
        assert_eq!(items.len(), 220);
        for item in items {
            let again = item_of(&item.resource, item.chart).unwrap();
            assert_eq!(
                (again.note, again.id, again.seconds, again.group),
                (item.note, item.id, item.seconds, item.group)
            );
        }
    }
}
