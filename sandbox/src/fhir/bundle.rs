//! A searchset Bundle, its resources as their own JSON text.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// A searchset.
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    full_url: Option<String>,
    resource: Box<RawValue>,
    search: Mode,
}

#[derive(Serialize)]
struct Mode {
    mode: &'static str,
}

impl Bundle {
    pub fn searchset(id: String, last_updated: &str) -> Self {
        Self {
            resource_type: "Bundle",
            id,
            meta: serde_json::json!({"lastUpdated": last_updated}),
            r#type: "searchset",
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
            self.entry.push(Entry { full_url: Some(full_url), resource, search: Mode { mode } });
        }
    }

    pub fn outcome(&mut self, outcome: &Value) {
        if let Ok(resource) = to_raw_value(outcome) {
            self.entry.push(Entry { full_url: None, resource, search: Mode { mode: "outcome" } });
        }
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a bundle of valid JSON can be written")
    }
}
