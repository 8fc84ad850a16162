//! A FHIR resource as an ordered list of members, each with its JSON text as it was given.
//! `5.40` stays `5.40`: a number that went through a float would lose what the lab wrote.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::filter::date_of;
use super::parameters::DATES;
use super::period::Period;

/// One resource, built or read.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    members: Vec<(String, Box<RawValue>)>,
}

impl Resource {
    pub fn new(resource_type: &str, id: &str) -> Self {
        Self { members: Vec::new() }.with("resourceType", resource_type).with("id", id)
    }

    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    pub fn with<T: Serialize + ?Sized>(mut self, name: &str, value: &T) -> Self {
        self.set(name, value);
        self
    }

    pub fn with_some<T: Serialize>(self, name: &str, value: Option<T>) -> Self {
        match value {
            Some(value) => self.with(name, &value),
            None => self,
        }
    }

    /// Replaces the member, or adds it at the end.
    pub fn set<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        let raw = to_raw_value(value).expect("content without maps of odd keys always serialises");
        match self.members.iter_mut().find(|(member, _)| member == name) {
            Some((_, old)) => *old = raw,
            None => self.members.push((name.to_owned(), raw)),
        }
    }

    pub fn remove(&mut self, name: &str) {
        self.members.retain(|(member, _)| member != name);
    }

    pub fn get(&self, name: &str) -> Option<Value> {
        let (_, raw) = self.members.iter().find(|(member, _)| member == name)?;
        serde_json::from_str(raw.get()).ok()
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name)?.as_str().map(str::to_owned)
    }

    /// The date it is about, as searches find it.
    pub fn date(&self) -> Option<Period> {
        date_of(&serde_json::to_value(self).ok()?, &DATES)
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a resource that was read can be written")
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.members.len()))?;
        for (name, value) in &self.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Resource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Resource;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a FHIR resource")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Resource, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Resource { members })
            }
        }
        deserializer.deserialize_map(Members)
    }
}
