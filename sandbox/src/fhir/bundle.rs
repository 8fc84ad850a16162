//! A Bundle of a search or a history, its resources as their own JSON text.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use super::store::Found;
use crate::clock::instant;

/// A searchset or a history.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bundle {
    resource_type: &'static str,
    id: String,
    meta: Value,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<usize>,
    link: Vec<Link>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entry: Vec<Entry>,
}

#[derive(Serialize)]
struct Link {
    relation: &'static str,
    url: String,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    full_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<Mode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Value>,
}

#[derive(Serialize)]
struct Mode {
    mode: &'static str,
}

impl Bundle {
    pub fn searchset(id: String, last_updated: &str) -> Self {
        Self::new("searchset", id, last_updated)
    }

    pub fn history(id: String, last_updated: &str) -> Self {
        Self::new("history", id, last_updated)
    }

    fn new(kind: &'static str, id: String, last_updated: &str) -> Self {
        Self {
            resource_type: "Bundle",
            id,
            meta: json!({"lastUpdated": last_updated}),
            r#type: kind,
            total: None,
            link: Vec::new(),
            entry: Vec::new(),
        }
    }

    pub fn link(&mut self, relation: &'static str, url: String) {
        self.link.push(Link { relation, url });
    }

    /// Mode is `match` or `include`.
    pub fn resource(&mut self, mode: &'static str, full_url: String, json: String) {
        if let Ok(resource) = RawValue::from_string(json) {
            let (full_url, resource, search) = (Some(full_url), Some(resource), Some(Mode { mode }));
            self.entry.push(Entry { full_url, resource, search, ..Entry::default() });
        }
    }

    pub fn outcome(&mut self, outcome: &Value) {
        if let Ok(resource) = to_raw_value(outcome) {
            let search = Some(Mode { mode: "outcome" });
            self.entry.push(Entry { resource: Some(resource), search, ..Entry::default() });
        }
    }

    /// One step of a history; without JSON it is a deletion.
    pub fn step(&mut self, full_url: String, json: Option<String>, found: &Found) {
        let name = format!("{}/{}", found.resource_type, found.id);
        let (method, status) = match (&json, found.version) {
            (None, _) => ("DELETE", "204"),
            (Some(_), 1) => ("PUT", "201"),
            (Some(_), _) => ("PUT", "200"),
        };
        self.entry.push(Entry {
            full_url: Some(full_url),
            resource: json.and_then(|json| RawValue::from_string(json).ok()),
            search: None,
            request: Some(json!({"method": method, "url": name})),
            response: Some(json!({"status": status, "lastModified": instant(found.last_updated)})),
        });
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a bundle of valid JSON can be written")
    }
}
