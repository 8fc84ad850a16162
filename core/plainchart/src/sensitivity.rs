//! A resource's labels to sensitivity classes (N4): the record crate reads them, the access crate decides.

use plainchart_access::{Classes, SecurityLabel, SensitivityClass};
use plainchart_record::sensitivity::SecurityLabels;

const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

/// The classes that a resource's labels name; a label nobody can read counts as restricted.
#[must_use]
pub fn classes_of(labels: &SecurityLabels) -> Classes {
    let confidentiality = labels.confidentiality.iter().map(|code| (CONFIDENTIALITY, code.as_str()));
    let sensitivity = labels.sensitivity.iter().map(|code| (ACT_CODE, code.as_str()));
    let other = labels
        .other
        .iter()
        .map(|coding| (coding.system.as_deref().unwrap_or_default(), coding.code.as_deref().unwrap_or_default()));
    let all: Vec<_> =
        confidentiality.chain(sensitivity).chain(other).map(|(system, code)| SecurityLabel { system, code }).collect();
    let classes = Classes::from_labels(&all);
    if labels.unreadable > 0 { classes.with(SensitivityClass::Restricted) } else { classes }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(meta: &str) -> Classes {
        let raw = format!(r#"{{"resourceType":"Observation","id":"o","meta":{meta}}}"#);
        classes_of(&plainchart_record::read_header(&raw).unwrap().security)
    }

    /// Proves N4: from the JSON of a label to its class, and the unreadable label to restricted.
    #[test]
    fn from_json_to_class() {
        assert!(classes("{}").is_empty());
        let normal =
            r#"{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"N"}]}"#;
        assert!(classes(normal).is_empty());
        let hiv = r#"{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]}"#;
        assert!(classes(hiv).contains(SensitivityClass::Hiv));
        assert!(classes(r#"{"security":"R"}"#).contains(SensitivityClass::Restricted));
    }
}
