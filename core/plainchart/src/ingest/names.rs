//! Names of stored resources. A source may write an id or a code as long as it likes; the vault's names are bounded.

use plainchart_record::Header;

use crate::stored::digest_of;

/// A part of a name up to this length, in bytes, stands as it is.
const LONGEST: usize = 200;

/// A part of a name: as it is, or `~` and its digest.
fn bounded(part: &str) -> String {
    if part.len() <= LONGEST { part.to_owned() } else { digested(part) }
}

fn digested(text: &str) -> String {
    format!("~{}", digest_of(text.as_bytes()))
}

/// `Type/id`; a resource that was never on a server goes by its `fullUrl`, else by its digest. Whatever compares keys
/// makes them here.
#[must_use]
pub fn resource_key(header: &Header, full_url: Option<&str>, raw: &str) -> String {
    let id = match (&header.id, full_url) {
        (Some(id), _) => bounded(id),
        (None, Some(url)) => bounded(url),
        (None, None) => digested(raw),
    };
    format!("{}/{id}", bounded(&header.resource_type))
}

/// The FHIR type in a key.
#[must_use]
pub fn type_of(key: &str) -> &str {
    key.split_once('/').map_or(key, |(resource_type, _)| resource_type)
}

/// A group's name: what stands after the first `/` is bounded, so that the type stays readable.
#[must_use]
pub fn group_name(group: &str) -> String {
    match group.split_once('/') {
        Some((resource_type, rest)) => format!("{}/{}", bounded(resource_type), bounded(rest)),
        None => bounded(group),
    }
}

/// Whether the key holds an id as FHIR has them, so that the server can be asked for it.
#[must_use]
pub fn can_be_asked_for(key: &str) -> bool {
    let id = key.split_once('/').map_or("", |(_, id)| id);
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(id: &str) -> String {
        let raw = serde_json::json!({ "resourceType": "Observation", "id": id }).to_string();
        resource_key(&plainchart_record::read_header(&raw).unwrap(), None, &raw)
    }

    proptest! {
        /// Proves D7: no id or code makes a name that the vault refuses, and two of them stay two.
        #[test]
        fn names_are_bounded(id in "[a-zé/#]{1,1500}", other in "[a-zé/#]{1,1500}") {
            let group = group_name(&format!("Observation/{id}"));
            prop_assert!(key(&id).len() < 1024 && group.len() < 1024);
            prop_assert_eq!(key(&id) == key(&other), id == other);
        }
    }

    /// Proves D3: only what has an id of FHIR's kind is asked for by id; a name of our own would read as "gone".
    #[test]
    fn only_ids_are_asked_for() {
        assert!(can_be_asked_for("Observation/a-1.b_2"));
        let long = key(&"x".repeat(2000));
        for key in ["Observation/urn:uuid:1", "Observation/", "Observation/a/b", "Observation/~0a", long.as_str()] {
            assert!(!can_be_asked_for(key), "{key}");
        }
    }
}
