//! What ties a resource to others of its chart: its addresses, what it refers to, the visit it belongs to, and what
//! tells that two resources are one document. Kept beside the resource, as short hashes, so that a class can follow the
//! ties without reading the chart anew (N4).

use plainchart_access::{Classes, lists_version};
use plainchart_record::{Header, Target};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::attachments::{attachment_bytes_of, attachments_of};
use super::bodies::{BODY_BYTES, contained_binary};
use crate::sensitivity::{classes_of, coded_classes};

/// Goes up whenever the same text would give other ties.
const READER_VERSION: u32 = 1;

/// Changes whenever the same text would give other ties or other classes: with the reader, and with the reviewed lists.
#[must_use]
pub fn ties_version() -> u32 {
    lists_version().wrapping_add(READER_VERSION)
}

/// Types that belong to no patient: whoever is named by a chart's resources. They are told as far as one of these is.
pub const SHARED_TYPES: [&str; 5] = ["Location", "Medication", "Organization", "Practitioner", "PractitionerRole"];

/// First 8 bytes of the SHA-256 of an address or of a document's mark.
pub type Tie = u64;

/// The ties of one resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ties {
    /// [`ties_version`] of the reader that made them.
    pub version: u32,
    /// Classes that its own labels name.
    #[serde(default, skip_serializing_if = "is_open")]
    pub labels: Classes,
    /// Classes that its codes name, by the reviewed list.
    #[serde(default, skip_serializing_if = "is_open")]
    pub codes: Classes,
    /// What others can call it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Tie>,
    /// What it refers to, visits excepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refers_to: Vec<Tie>,
    /// The visits it belongs to; of an Encounter, its own addresses too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visits: Vec<Tie>,
    /// Marks that it shares with its duplicates: business identifiers, addresses and digests of its bodies (D2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_as: Vec<Tie>,
    /// It is of one of [`SHARED_TYPES`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
}

impl Ties {
    /// The ties of a resource on the server at `base`.
    #[must_use]
    pub fn of(header: &Header, raw: &str, full_url: Option<&str>, base: &str) -> Self {
        let resource_type = header.resource_type.as_str();
        let shared = SHARED_TYPES.contains(&resource_type);
        // Whose chart it is can always be told: every screen shows it.
        if resource_type == "Patient" {
            return Self { version: ties_version(), ..Self::default() };
        }
        let mut ties = Self {
            version: ties_version(),
            labels: classes_of(&header.security),
            // A name says nothing of anybody's care; a medicine does.
            codes: if shared && resource_type != "Medication" { Classes::NONE } else { coded_classes(raw) },
            shared,
            ..Self::default()
        };
        let own = header.id.as_ref().map(|id| Target::parse(&format!("{resource_type}/{id}")));
        let addresses = own.into_iter().chain(full_url.map(Target::parse));
        ties.addresses = addresses.filter_map(|target| address(&target, base)).map(|text| tie(&text)).collect();
        for (system, value) in identifiers(raw) {
            for system in [system.as_str(), ""] {
                ties.addresses.push(tie(&format!("{resource_type}?{system}|{value}")));
            }
            if !shared && !system.is_empty() {
                ties.same_as.push(tie(&format!("identifier:{system}|{value}")));
            }
        }
        for target in references(raw) {
            let Some(text) = address(&target, base) else { continue };
            match target.resource_type() {
                Some("Patient") => {}
                Some("Encounter") => ties.visits.push(tie(&text)),
                _ => ties.refers_to.push(tie(&text)),
            }
        }
        if resource_type == "Encounter" {
            ties.visits.extend_from_slice(&ties.addresses);
        }
        ties.add_bodies(resource_type, raw, base);
        for list in [&mut ties.addresses, &mut ties.refers_to, &mut ties.visits, &mut ties.same_as] {
            list.sort_unstable();
            list.dedup();
        }
        ties
    }

    /// The classes of the resource by itself.
    #[must_use]
    pub const fn own(&self) -> Classes {
        self.labels.union(self.codes)
    }

    /// Keeps what a former version was tied to, and its classes.
    pub fn keep(&mut self, former: &Self) {
        self.labels = self.labels.union(former.labels);
        self.codes = self.codes.union(former.codes);
        for (list, known) in [(&mut self.refers_to, &former.refers_to), (&mut self.visits, &former.visits)] {
            list.extend_from_slice(known);
            list.sort_unstable();
            list.dedup();
        }
    }

    /// The resource shares a body with whatever else has these bytes. Whether that was not known.
    pub fn add_body(&mut self, bytes: &[u8]) -> bool {
        let mark = body_mark(bytes);
        match self.same_as.binary_search(&mark) {
            Ok(_) => false,
            Err(at) => {
                self.same_as.insert(at, mark);
                true
            }
        }
    }

    fn add_bodies(&mut self, resource_type: &str, raw: &str, base: &str) {
        for content in attachments_of(resource_type, raw) {
            let attachment = &content.attachment;
            if attachment.data_length.is_some() {
                if let Ok(Some(bytes)) = attachment_bytes_of(resource_type, raw, content.index, BODY_BYTES) {
                    self.same_as.push(body_mark(&bytes));
                }
                continue;
            }
            let Some(url) = &attachment.url else { continue };
            if let Some(binary) = contained_binary(raw, url) {
                self.same_as.push(body_mark(&binary.bytes));
            } else if !url.starts_with('#') {
                let target = address(&Target::parse(url), base).unwrap_or_else(|| url.clone());
                self.same_as.push(tie(&format!("url:{target}")));
            }
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_open(classes: &Classes) -> bool {
    classes.is_empty()
}

/// The mark of a body's bytes.
#[must_use]
pub fn body_mark(bytes: &[u8]) -> Tie {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    first_eight(digest.as_ref())
}

/// The tie of an address or a mark.
#[must_use]
pub fn tie(text: &str) -> Tie {
    first_eight(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref())
}

fn first_eight(digest: &[u8]) -> Tie {
    digest.iter().take(8).fold(0, |tie, byte| tie << 8 | u64::from(*byte))
}

/// One spelling of an address: `Type/id` on the chart's own server.
#[must_use]
pub fn address(target: &Target, base: &str) -> Option<String> {
    let local = |resource_type: &str, id: &str| Target::parse(&format!("{resource_type}/{id}"));
    match target {
        Target::Relative { resource_type, id, .. } => Some(format!("{resource_type}/{id}")),
        Target::Absolute { base: other, resource_type, id, .. } => {
            let is_local = target.same_target(&local(resource_type, id), base);
            Some(if is_local { format!("{resource_type}/{id}") } else { format!("{other}/{resource_type}/{id}") })
        }
        Target::Urn(urn) => Some(urn.clone()),
        Target::Conditional { resource_type, system, value } => {
            Some(format!("{resource_type}?{}|{value}", system.as_deref().unwrap_or_default()))
        }
        Target::Contained(_) | Target::Logical | Target::Unreadable => None,
    }
}

/// Targets of all members named `reference`, at any depth. Inside a string the name's quotes would be escaped.
pub fn references(raw: &str) -> impl Iterator<Item = Target> + '_ {
    const NAME: &str = "\"reference\"";
    raw.match_indices(NAME).filter_map(|(at, _)| {
        let value = raw.get(at + NAME.len()..)?.trim_start().strip_prefix(':')?;
        let text = serde_json::Deserializer::from_str(value).into_iter::<String>().next()?.ok()?;
        Some(Target::parse(&text))
    })
}

/// The business identifiers of a resource as (system, value).
fn identifiers(raw: &str) -> Vec<(String, String)> {
    #[derive(Deserialize)]
    struct Identified<'a> {
        #[serde(borrow, default)]
        identifier: Option<&'a RawValue>,
        #[serde(borrow, default, rename = "masterIdentifier")]
        master_identifier: Option<&'a RawValue>,
    }
    #[derive(Deserialize)]
    struct Identifier {
        #[serde(default)]
        system: String,
        value: String,
    }
    let Ok(read) = serde_json::from_str::<Identified<'_>>(raw) else { return Vec::new() };
    let lists = read.identifier.and_then(|list| serde_json::from_str::<Vec<&RawValue>>(list.get()).ok());
    let all = lists.into_iter().flatten().chain(read.identifier).chain(read.master_identifier);
    let read = all.filter_map(|one| serde_json::from_str::<Identifier>(one.get()).ok());
    read.filter(|one| !one.value.is_empty()).map(|one| (one.system, one.value)).collect()
}

#[cfg(test)]
mod tests {
    use plainchart_record::read_header;

    use super::*;

    const BASE: &str = "https://h.example/fhir";

    fn ties(raw: &str) -> Ties {
        Ties::of(&read_header(raw).unwrap(), raw, None, BASE)
    }

    /// Proves N4: a reference means the same resource in all its spellings.
    #[test]
    fn a_tie_has_one_spelling() {
        let report = ties(r#"{"resourceType":"Observation","id":"o"}"#);
        for spelling in ["Observation/o", "https://h.example/fhir/Observation/o", "Observation/o/_history/2"] {
            let other = format!(
                r#"{{"resourceType":"DiagnosticReport","id":"r","result":[{{"reference" : "{spelling}"}}],
                "encounter":{{"reference":"Encounter/e"}},"subject":{{"reference":"Patient/7"}}}}"#
            );
            let other = ties(&other);
            assert_eq!(other.refers_to, report.addresses, "{spelling}");
            assert_eq!(other.visits, [tie("Encounter/e")]);
        }
    }

    /// Proves D2: one document told twice is known by its address, its bytes or its identifier.
    #[test]
    fn one_document_told_twice() {
        let document = |rest: &str| ties(&format!(r#"{{"resourceType":"DocumentReference","id":"x",{rest}}}"#)).same_as;
        let by_url = document(r#""content":[{"attachment":{"url":"Binary/1"}}]"#);
        assert_eq!(by_url, document(r#""content":[{"attachment":{"url":"https://h.example/fhir/Binary/1"}}]"#));
        let by_bytes = document(r#""content":[{"attachment":{"data":"PGI+"}}]"#);
        assert_eq!(by_bytes, [body_mark(b"<b>")]);
        let by_identifier = document(r#""masterIdentifier":{"system":"urn:s","value":"1"}"#);
        assert_eq!(by_identifier, document(r#""identifier":[{"system":"urn:s","value":"1"}]"#));
        assert!(document(r#""identifier":[{"value":"1"}],"content":[{"attachment":{"url":"Binary/2"}}]"#) != by_url);
    }
}
