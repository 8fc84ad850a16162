//! The reviewed list of sensitive codes (N4), `data/codes.txt` and `data/icd.txt`.

use std::sync::OnceLock;

use crate::Classes;
use crate::data_lines::{classes, lines};

pub(crate) const CODES: [&str; 2] = [include_str!("../data/codes.txt"), include_str!("../data/icd.txt")];

/// How the code systems are named in resources.
const SYSTEMS: &[(&str, &str)] = &[
    ("http://hl7.org/fhir/sid/icd-10-cm", "icd-10-cm"),
    ("http://hl7.org/fhir/sid/icd-10", "icd-10-cm"),
    ("urn:oid:2.16.840.1.113883.6.90", "icd-10-cm"),
    ("urn:oid:2.16.840.1.113883.6.3", "icd-10-cm"),
    ("http://hl7.org/fhir/sid/icd-9-cm", "icd-9-cm"),
    ("http://terminology.hl7.org/codesystem/icd9cm", "icd-9-cm"),
    ("urn:oid:2.16.840.1.113883.6.103", "icd-9-cm"),
    ("http://www.cms.gov/medicare/coding/icd10", "icd-10-pcs"),
    ("http://hl7.org/fhir/sid/icd-10-pcs", "icd-10-pcs"),
    ("urn:oid:2.16.840.1.113883.6.4", "icd-10-pcs"),
    ("http://www.cms.gov/medicare/coding/hcpcsreleasecodesets", "hcpcs"),
    ("http://terminology.hl7.org/codesystem/hcpcs", "hcpcs"),
    ("urn:oid:2.16.840.1.113883.6.285", "hcpcs"),
    ("http://loinc.org", "loinc"),
    ("http://www.loinc.org", "loinc"),
    ("urn:oid:2.16.840.1.113883.6.1", "loinc"),
    ("http://www.nlm.nih.gov/research/umls/rxnorm", "rxnorm"),
    ("urn:oid:2.16.840.1.113883.6.88", "rxnorm"),
];

/// System, code without dots in capitals, whether it stands for all codes that begin so, classes.
type Row = (&'static str, String, bool, Classes);

fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let row = |[system, code, names, _]: [&'static str; 4]| {
            let begins = code.ends_with('*');
            (system, bare(code.trim_end_matches('*')), begins, classes(names))
        };
        let mut rows: Vec<Row> = CODES.into_iter().flat_map(lines).map(row).collect();
        rows.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        rows
    })
}

/// The classes of a code. None if its system or the code is not on the list.
pub(crate) fn classes_of_code(system: &str, code: &str) -> Classes {
    let Some(system) = known_system(system) else { return Classes::NONE };
    let code = bare(code);
    let whole = code.len();
    let beginnings = code.char_indices().map(|(at, c)| at + c.len_utf8()).filter_map(|end| code.get(..end));
    beginnings.fold(Classes::NONE, |set, beginning| {
        let from = rows().partition_point(|row| (row.0, row.1.as_str()) < (system, beginning));
        let same =
            rows().get(from..).unwrap_or_default().iter().take_while(|row| row.0 == system && row.1 == beginning);
        same.filter(|row| row.2 || beginning.len() == whole).fold(set, |set, row| set.union(row.3))
    })
}

fn known_system(system: &str) -> Option<&'static str> {
    let lower = system.trim().trim_end_matches('/').to_ascii_lowercase();
    let plain = lower.strip_prefix("https:").map_or(lower.clone(), |rest| format!("http:{rest}"));
    SYSTEMS.iter().find(|(uri, _)| *uri == plain).map(|(_, name)| *name)
}

fn bare(code: &str) -> String {
    code.trim().chars().filter(|c| *c != '.').map(|c| c.to_ascii_uppercase()).collect()
}
