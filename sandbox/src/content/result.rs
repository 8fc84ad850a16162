//! `results.csv`: one row is one Observation; blood pressure rows of one panel are one Observation.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::csv::{Row, rows};
use super::{ContentError, Person, Source, Staff};
use crate::fhir::period::Period;
use crate::fhir::resource::Resource;
use crate::opaque::stable_id;

const LOINC: &str = "http://loinc.org";
const UCUM: &str = "http://unitsofmeasure.org";
const BLOOD_PRESSURE: [&str; 2] = ["8480-6", "8462-4"];

/// Flags of a laboratory and how v3-ObservationInterpretation names them.
const FLAGS: [(&str, &str); 11] = [
    ("N", "Normal"),
    ("H", "High"),
    ("L", "Low"),
    ("HH", "Critical high"),
    ("LL", "Critical low"),
    ("A", "Abnormal"),
    ("AA", "Critical abnormal"),
    ("POS", "Positive"),
    ("NEG", "Negative"),
    ("HU", "Significantly high"),
    ("LU", "Significantly low"),
];

const STATUSES: [&str; 8] =
    ["registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"];

#[derive(Serialize)]
struct Quantity {
    value: Box<RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

#[derive(Serialize)]
struct Range {
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<Quantity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<Quantity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

#[derive(Serialize)]
struct Component {
    code: Value,
    #[serde(rename = "valueQuantity", skip_serializing_if = "Option::is_none")]
    value: Option<Quantity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interpretation: Option<Value>,
    #[serde(rename = "referenceRange", skip_serializing_if = "Option::is_none")]
    ranges: Option<[Range; 1]>,
}

/// A row, or the rows of one blood pressure.
pub(super) struct Observed {
    pub line: usize,
    pub panel: Option<String>,
    pub resource: Resource,
}

pub(super) fn resources(source: &Source<'_>, person: &Person, staff: &Staff) -> Result<Vec<Observed>, ContentError> {
    let rows = rows(source.text).map_err(|(line, reason)| source.mistake(line, reason))?;
    let mut made = Made { source, person, staff, seen: BTreeMap::new() };
    let mut all = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        match pressure_panel(row) {
            None => all.push(Observed::new(row, made.single(row)?)),
            Some(panel) => {
                let same: Vec<&Row> = rows.iter().filter(|other| pressure_panel(other) == Some(panel)).collect();
                let first = rows.iter().position(|other| pressure_panel(other) == Some(panel));
                if first == Some(index) {
                    all.push(Observed::new(row, made.blood_pressure(panel, &same)?));
                }
            }
        }
    }
    Ok(all)
}

impl Observed {
    fn new(row: &Row, resource: Resource) -> Self {
        Self { line: row.line, panel: row.get("panel").map(str::to_owned), resource }
    }
}

/// The panel's id if the row is half of a blood pressure.
fn pressure_panel(row: &Row) -> Option<&str> {
    row.get("panel").filter(|_| row.get("loinc").is_some_and(|code| BLOOD_PRESSURE.contains(&code)))
}

struct Made<'a> {
    source: &'a Source<'a>,
    person: &'a Person,
    staff: &'a Staff,
    seen: BTreeMap<String, usize>,
}

impl Made<'_> {
    fn single(&mut self, row: &Row) -> Result<Resource, ContentError> {
        let base = self.base(row, code(row), row.get("loinc").or(row.get("display")).unwrap_or_default())?;
        let value = self.quantity(row, "value")?;
        let absent = value.is_none() && row.get("text_value").is_none();
        Ok(base
            .with_some("valueQuantity", value)
            .with_some("valueString", row.get("text_value").filter(|_| row.get("value").is_none()))
            .with_some(
                "dataAbsentReason",
                absent
                    .then(|| concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "unknown", "Unknown")),
            )
            .with_some("interpretation", self.interpretation(row)?)
            .with_some("note", row.get("comment").map(|text| json!([{"text": text}])))
            .with_some("referenceRange", self.ranges(row)?))
    }

    fn blood_pressure(&mut self, panel: &str, rows: &[&Row]) -> Result<Resource, ContentError> {
        let Some(first) = rows.first() else { return Err(self.source.mistake(0, "an empty panel")) };
        let panel_code = json!({
            "coding": [{"system": LOINC, "code": "85354-9", "display": "Blood pressure panel with all children optional"}],
            "text": "Blood pressure"
        });
        let mut components = Vec::new();
        for row in rows {
            components.push(Component {
                code: code(row),
                value: self.quantity(row, "value")?,
                interpretation: self.interpretation(row)?,
                ranges: self.ranges(row)?,
            });
        }
        let comment = rows.iter().find_map(|row| row.get("comment"));
        Ok(self
            .base(first, panel_code, &format!("85354-9/{panel}"))?
            .with_some("note", comment.map(|text| json!([{"text": text}])))
            .with("component", &components))
    }

    fn base(&mut self, row: &Row, code: Value, what: &str) -> Result<Resource, ContentError> {
        let date = row.get("date").ok_or_else(|| self.mistake(row, "no date"))?;
        if row.get("display").is_none() {
            return Err(self.mistake(row, "no display"));
        }
        if Period::parse(date).is_none() {
            return Err(self.mistake(row, "the date is not a FHIR dateTime"));
        }
        let status = row.get("status").unwrap_or("final");
        if !STATUSES.contains(&status) {
            return Err(self.mistake(row, "the status is not an Observation's"));
        }
        let (category, display) = match row.get("category") {
            Some("laboratory") => ("laboratory", "Laboratory"),
            Some("vital-signs") => ("vital-signs", "Vital Signs"),
            _ => return Err(self.mistake(row, "the category is neither laboratory nor vital-signs")),
        };
        // The same test twice at one moment gets a second id, whatever else changes in the file.
        let key = [self.person.login.as_str(), what, date, row.get("panel").unwrap_or_default()].join("|");
        let times = self.seen.entry(key.clone()).or_insert(0);
        *times += 1;
        let made = || stable_id("o", &[&key, &times.to_string()]);
        let id = row.get("id").map_or_else(made, str::to_owned);
        let profile = format!(
            "http://hl7.org/fhir/us/core/StructureDefinition/us-core-{}",
            if category == "laboratory" { "observation-lab" } else { "vital-signs" }
        );
        let organization = self.staff.organization.as_ref();
        Ok(Resource::new("Observation", &id)
            .with("meta", &json!({"profile": [profile]}))
            .with("status", status)
            .with(
                "category",
                &json!([concept("http://terminology.hl7.org/CodeSystem/observation-category", category, display)]),
            )
            .with("code", &code)
            .with("subject", &json!({"reference": format!("Patient/{}", self.person.patient)}))
            .with("effectiveDateTime", date)
            .with_some("issued", Some(date).filter(|date| is_instant(date)))
            .with_some("performer", organization.map(|id| json!([{"reference": format!("Organization/{id}")}]))))
    }

    fn quantity(&self, row: &Row, column: &str) -> Result<Option<Quantity>, ContentError> {
        let Some(text) = row.get(column) else { return Ok(None) };
        let value = RawValue::from_string(text.to_owned()).ok().filter(|raw| raw.get().parse::<f64>().is_ok());
        let value = value.ok_or_else(|| self.mistake(row, &format!("{column} is not a JSON number")))?;
        let ucum = row.get("ucum");
        Ok(Some(Quantity {
            value,
            comparator: row.get("comparator").filter(|_| column == "value").map(str::to_owned),
            unit: row.get("unit").map(str::to_owned),
            system: ucum.map(|_| UCUM),
            code: ucum.map(str::to_owned),
        }))
    }

    fn ranges(&self, row: &Row) -> Result<Option<[Range; 1]>, ContentError> {
        let (low, high) = (self.quantity(row, "low")?, self.quantity(row, "high")?);
        let text = row.get("range_text").map(str::to_owned);
        let any = low.is_some() || high.is_some() || text.is_some();
        Ok(any.then_some([Range { low, high, text }]))
    }

    fn interpretation(&self, row: &Row) -> Result<Option<Value>, ContentError> {
        let Some(flag) = row.get("flag") else { return Ok(None) };
        let system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
        match FLAGS.iter().find(|(code, _)| *code == flag) {
            Some((code, display)) => Ok(Some(json!([concept(system, code, display)]))),
            None => Err(self.mistake(row, "the flag is not one of v3-ObservationInterpretation that is known here")),
        }
    }

    fn mistake(&self, row: &Row, reason: &str) -> ContentError {
        self.source.mistake(row.line, reason)
    }
}

fn is_instant(date: &str) -> bool {
    date.split_once('T').is_some_and(|(_, time)| time.len() > 8 && time.contains(['Z', '+', '-']))
}

fn code(row: &Row) -> Value {
    match (row.get("loinc"), row.get("display")) {
        (Some(code), display) => json!({
            "coding": [{"system": LOINC, "code": code, "display": display}],
            "text": display
        }),
        (None, display) => json!({"text": display}),
    }
}

fn concept(system: &str, code: &str, display: &str) -> Value {
    json!({"coding": [{"system": system, "code": code, "display": display}], "text": display})
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "category,loinc,display,date,value,unit,ucum,comparator,low,high,range_text,flag,status,text_value,panel,comment\n";

    fn made(rows: &str) -> Result<Vec<Observed>, ContentError> {
        let text =
            r#"{"login":"a","password":"p","patient":{"resourceType":"Patient","id":"1","name":[{"family":"F"}]}}"#;
        let person = super::super::person::read(&Source { name: "a/person.json", text }).unwrap().0;
        resources(&Source { name: "a/results.csv", text: &format!("{HEADER}{rows}") }, &person, &Staff::default())
    }

    #[test]
    fn the_number_keeps_its_digits_and_its_comparator() {
        let made = made("laboratory,2160-0,Creatinine,2026-11-17T08:00:00Z,1.60,mg/dL,mg/dL,<,0.70,1.3,,H,final,,,\n")
            .unwrap();
        let json = made[0].resource.to_json();
        assert!(json.contains(r#""value":1.60,"comparator":"<""#), "{json}");
        assert!(json.contains(r#""low":{"value":0.70,"unit""#), "{json}");
    }

    #[test]
    fn the_two_halves_of_a_blood_pressure_become_one() {
        let rows = "vital-signs,8480-6,Systolic,2026-01-01,141,mmHg,mm[Hg],,,,,,final,,bp1,\n\
                    laboratory,718-7,Hemoglobin,2026-01-01,12.0,g/dL,g/dL,,,,,,final,,cbc,\n\
                    vital-signs,8462-4,Diastolic,2026-01-01,88,mmHg,mm[Hg],,,,,,final,,bp1,\n";
        let made = made(rows).unwrap();
        assert_eq!(made.len(), 2);
        assert_eq!(made[0].resource.get("component").unwrap().as_array().unwrap().len(), 2);
        assert_eq!(made[0].resource.get("code").unwrap()["coding"][0]["code"], "85354-9");
    }

    #[test]
    fn ids_differ_for_a_repeated_test_and_stay_when_rows_are_added_elsewhere() {
        let row = "laboratory,1,X,2026-01-01,1,,,,,,,,,,,\n";
        let alone = made(row).unwrap();
        let with_more = made(&format!("laboratory,2,Y,2026-01-01,1,,,,,,,,,,,\n{row}{row}")).unwrap();
        assert_eq!(alone[0].resource.text("id"), with_more[1].resource.text("id"));
        assert_ne!(with_more[1].resource.text("id"), with_more[2].resource.text("id"));
    }

    #[test]
    fn what_no_lab_could_mean_is_a_mistake_with_its_line() {
        for bad in [
            "laboratory,1,X,2026-01-01,\"1,200\",,,,,,,,,,,\n",
            "laboratory,1,X,1 Jan,1,,,,,,,,,,,\n",
            "imaging,1,X,2026-01-01,1,,,,,,,,,,,\n",
            "laboratory,1,X,2026-01-01,1,,,,,,,??,,,,\n",
            "laboratory,1,X,2026-01-01,true,,,,,,,,,,,\n",
        ] {
            assert!(matches!(made(bad), Err(ContentError::Mistake { line: 2, .. })), "{bad}");
        }
    }
}
