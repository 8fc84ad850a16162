//! Where a resource lies in a chart: its group and its order (DESIGN "Seal blocks, not rows").

use plainchart_record::{
    Analyte, DiagnosticReport, DocumentReference, FhirTime, Observation, RecordError, ResultRecord,
};

/// The group rows are sealed with, and their order in it (ms since 1970 UTC, or the closest the source said).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// Group: an analyte for results, a month for notes.
    pub group: String,
    /// Order within the group.
    pub order: i64,
}

/// Files a resource of a kept type. `source` tells local codes of two hospitals apart.
///
/// # Errors
/// When the text is not a resource of that type.
pub fn file(resource_type: &str, raw: &str, source: &str) -> Result<Filing, RecordError> {
    match resource_type {
        "Observation" => {
            let observation = Observation::read(raw)?;
            let analyte = observation.analyte(source).as_ref().map_or_else(|| "unnamed".to_owned(), Analyte::key);
            let order = ResultRecord::of(&observation).order_key();
            Ok(Filing { group: format!("Observation/{analyte}"), order })
        }
        "DocumentReference" => {
            let document = DocumentReference::read(raw)?;
            Ok(by_month("DocumentReference", document.when()))
        }
        "DiagnosticReport" => {
            let report = DiagnosticReport::read(raw)?;
            Ok(by_month("DiagnosticReport", report.when()))
        }
        other => Ok(Filing { group: other.to_owned(), order: 0 }),
    }
}

fn by_month(resource_type: &str, when: Option<&FhirTime>) -> Filing {
    let month = when
        .and_then(FhirTime::local_date)
        .map_or_else(|| "undated".to_owned(), |date| format!("{:04}-{:02}", date.year, date.month.unwrap_or(0)));
    Filing { group: format!("{resource_type}/{month}"), order: when.map_or(i64::MIN, FhirTime::order_key) }
}
