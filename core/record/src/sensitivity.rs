//! Security labels (`meta.security`, a document's `securityLabel`), read into a neutral list. What follows from a label is decided elsewhere (N4).

use serde_json::value::RawValue;

use crate::code::Coding;
use crate::element::{Element, Object, items, object};
use crate::redact::hidden_debug;

/// HL7 Confidentiality: R and V mark what is restricted.
const CONFIDENTIALITY: [&str; 6] = ["U", "L", "M", "N", "R", "V"];

const CONFIDENTIALITY_SYSTEMS: [&str; 4] = [
    "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
    "http://hl7.org/fhir/v3/Confidentiality",
    "http://hl7.org/fhir/v3-Confidentiality",
    "urn:oid:2.16.840.1.113883.5.25",
];

/// HL7 ActCode, where the codes for kinds of sensitive information live.
const ACT_CODE_SYSTEMS: [&str; 3] = [
    "http://terminology.hl7.org/CodeSystem/v3-ActCode",
    "http://hl7.org/fhir/v3/ActCode",
    "urn:oid:2.16.840.1.113883.5.4",
];

/// The labels of one resource. Nothing of them is dropped: a label that cannot be read is counted.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SecurityLabels {
    /// Confidentiality codes: U, L, M, N, R or V.
    pub confidentiality: Vec<String>,
    /// Codes of HL7's ActCode system, such as ETH, HIV, PSY, SDV, SEX.
    pub sensitivity: Vec<String>,
    /// Labels of any other system, or without one.
    pub other: Vec<Coding>,
    /// Labels that are there and cannot be read. To be treated as a label of unknown meaning.
    pub unreadable: usize,
}

hidden_debug!(SecurityLabels, confidentiality, sensitivity, other);

impl SecurityLabels {
    /// True when the resource carries no label at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }

    /// Adds the labels of one resource: in its `meta`, and in the `securityLabel` of a document.
    pub(crate) fn add_from(&mut self, resource: &Object<'_>) {
        for meta in resource.all("meta").filter(|raw| raw.get() != "null") {
            match object(meta) {
                Some(meta) => meta.all("security").flat_map(items).for_each(|label| self.add(label)),
                None => self.unreadable += 1,
            }
        }
        for concept in resource.all("securityLabel").filter(|raw| raw.get() != "null").flat_map(items) {
            let codings: Vec<_> = object(concept).map(|c| c.items("coding")).unwrap_or_default();
            if codings.is_empty() {
                self.unreadable += 1;
            }
            codings.into_iter().for_each(|label| self.add(label));
        }
    }

    fn add(&mut self, raw: &RawValue) {
        let Some(coding) = object(raw).and_then(|object| Coding::read(&object)) else {
            self.unreadable += 1;
            return;
        };
        let system = coding.system.as_deref().map(|system| system.trim_end_matches('/'));
        let of = |systems: &[&str]| system.is_some_and(|s| systems.iter().any(|known| known.eq_ignore_ascii_case(s)));
        match &coding.code {
            Some(code) if of(&CONFIDENTIALITY_SYSTEMS) && CONFIDENTIALITY.contains(&code.as_str()) => {
                self.confidentiality.push(code.clone());
            }
            Some(code) if of(&ACT_CODE_SYSTEMS) => self.sensitivity.push(code.clone()),
            _ => self.other.push(coding),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(resource: &str) -> SecurityLabels {
        let mut labels = SecurityLabels::default();
        labels.add_from(&Object::parse(resource).unwrap());
        labels
    }

    /// Proves N4: each label ends in one of the lists, the unreadable ones are counted, none is lost.
    #[test]
    fn no_label_is_lost() {
        let read = labels(
            r#"{"meta":{"security":[
            {"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"},
            {"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"Q"},
            {"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"SDV"},
            {"system":"urn:local","code":"private"},{"code":"R"},"R",{},7]}}"#,
        );
        assert_eq!(read.confidentiality, ["R"]);
        assert_eq!(read.sensitivity, ["SDV"]);
        assert_eq!((read.other.len(), read.unreadable), (3, 3));
    }

    /// Proves N4: a `meta` or `security` of the wrong shape does not make a resource look unlabelled.
    #[test]
    fn a_broken_meta_is_not_unlabelled() {
        assert!(labels(r#"{"id":"1"}"#).is_empty());
        assert!(!labels(r#"{"securityLabel":[{"text":"private"}]}"#).is_empty());
        assert!(labels(r#"{"meta":{"security":[]}}"#).is_empty());
        for broken in
            [r#"{"meta":"x"}"#, r#"{"meta":[]}"#, r#"{"meta":{"security":"R"}}"#, r#"{"meta":{"security":{"code":5}}}"#]
        {
            assert!(!labels(broken).is_empty(), "{broken}");
        }
    }
}
