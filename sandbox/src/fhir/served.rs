//! How this hospital writes a resource out: references, meta, attachments left out of a page.

use serde_json::{Value, json};

use super::references::rewrite;
use super::resource::Resource;
use super::store::{Found, Lookup};
use crate::hospital::Hospital;
use crate::opaque::stable_uuid;
use crate::profile::{Profile, Writing};

/// What stands in an attachment that is left out.
const LEFT_OUT: &str = "https://hospital.example/fhir/StructureDefinition/attachment-left-out";

/// Writes resources as the profile says, those of one answer.
pub(super) struct Writer<'a> {
    hospital: &'a Hospital,
    profile: &'a Profile,
    /// How many more bytes of attachments go into this answer; `None`: any number.
    attachment_bytes: Option<usize>,
}

impl<'a> Writer<'a> {
    /// For one resource, read by its id.
    pub fn of_read(hospital: &'a Hospital, profile: &'a Profile) -> Self {
        Self { hospital, profile, attachment_bytes: None }
    }

    /// For a page of a search.
    pub fn of_page(hospital: &'a Hospital, profile: &'a Profile) -> Self {
        Self { hospital, profile, attachment_bytes: profile.attachment_bytes_per_page }
    }

    /// The resource's JSON.
    pub fn json(&mut self, found: &Found) -> String {
        let json = self.attachments(found).unwrap_or_else(|| found.body.text.clone());
        let json = self.meta(&json).unwrap_or(json);
        let plain = self.profile.references == Writing::Relative
            && self.profile.conditional_references.is_empty()
            && self.profile.urn_references.is_empty();
        if plain { json } else { rewrite(&json, |of, id| self.reference(of, id)) }
    }

    /// `Bundle.entry.fullUrl`.
    pub fn full_url(&self, resource_type: &str, id: &str) -> String {
        match self.profile.urn_references.iter().any(|of| of == resource_type) {
            true => urn(resource_type, id),
            false => format!("{}/{resource_type}/{id}", self.hospital.base()),
        }
    }

    fn reference(&self, resource_type: &str, id: &str) -> Option<String> {
        let names = |types: &[String]| types.iter().any(|of| of == resource_type);
        if names(&self.profile.urn_references) {
            return Some(urn(resource_type, id));
        }
        if names(&self.profile.conditional_references)
            && let Some(conditional) = self.conditional(resource_type, id)
        {
            return Some(conditional);
        }
        (self.profile.references == Writing::Absolute).then(|| format!("{}/{resource_type}/{id}", self.hospital.base()))
    }

    /// By the first identifier with a system; `None` where there is none.
    fn conditional(&self, resource_type: &str, id: &str) -> Option<String> {
        let Lookup::Found(found) = self.hospital.store.look_up(resource_type, id) else { return None };
        let identifiers = found.body.value.get("identifier")?.as_array()?;
        identifiers.iter().find_map(|identifier| {
            let (system, value) = (identifier.get("system")?.as_str()?, identifier.get("value")?.as_str()?);
            Some(format!("{resource_type}?identifier={system}|{value}"))
        })
    }

    fn meta(&self, json: &str) -> Option<String> {
        if self.profile.gives_version_id && self.profile.gives_last_updated {
            return None;
        }
        let mut resource = Resource::parse(json).ok()?;
        let mut meta = resource.get("meta")?;
        let members = meta.as_object_mut()?;
        if !self.profile.gives_version_id {
            members.remove("versionId");
        }
        if !self.profile.gives_last_updated {
            members.remove("lastUpdated");
        }
        if members.is_empty() {
            resource.remove("meta")
        } else {
            resource.set("meta", &meta)
        }
        Some(resource.to_json())
    }

    /// Counts the attachments and leaves out those that no longer fit; `None` where all do.
    fn attachments(&mut self, found: &Found) -> Option<String> {
        let mut left = self.attachment_bytes?;
        let (member, nested) = match found.resource_type.as_str() {
            "DocumentReference" => ("content", true),
            "DiagnosticReport" => ("presentedForm", false),
            _ => return None,
        };
        let resource = Resource::parse(&found.body.text).ok()?;
        let mut items = resource.get(member)?;
        let mut any = false;
        for item in items.as_array_mut()? {
            let attachment = if nested { item.get_mut("attachment") } else { Some(item) };
            let Some(members) = attachment.and_then(Value::as_object_mut) else { continue };
            let data = members.get("data").and_then(Value::as_str).map(|data| data.len() / 4 * 3);
            let size = members.get("size").and_then(Value::as_u64).and_then(|size| usize::try_from(size).ok());
            let bytes = data.or(size).unwrap_or_default();
            if bytes <= left && left > 0 {
                left -= bytes;
            } else {
                members.remove("data");
                members.remove("url");
                members.insert("extension".into(), json!([{"url": LEFT_OUT, "valueBoolean": true}]));
                any = true;
            }
        }
        self.attachment_bytes = Some(left);
        any.then(|| resource.with(member, &items).to_json())
    }
}

fn urn(resource_type: &str, id: &str) -> String {
    format!("urn:uuid:{}", stable_uuid(&[resource_type, id]))
}
