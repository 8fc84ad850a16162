//! From references to places in a list of results.

use std::collections::HashMap;

use crate::identifier::Identifier;
use crate::panel::Member;
use crate::reference::{Reference, Target};

/// Where each result of a list stands, by its addresses.
pub struct Places {
    base: String,
    by_address: HashMap<String, usize>,
    by_identifier: HashMap<(String, String), Option<usize>>,
}

crate::redact::hidden_debug!(Places, by_address, by_identifier);

impl Places {
    /// An empty list of results of the server at `base`.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self { base: base.to_owned(), by_address: HashMap::new(), by_identifier: HashMap::new() }
    }

    /// Adds an address of the result at `place`: `Observation/1`, a `fullUrl`, or `#id` inside `container`. The first
    /// result at an address keeps it.
    pub fn add(&mut self, place: usize, address: &Target, container: Option<&Target>) {
        if let Some(key) = self.key(address, container) {
            self.by_address.entry(key).or_insert(place);
        }
    }

    /// Adds an identifier of the result at `place`, for references that name nothing else. One that two results carry
    /// names none of them.
    pub fn add_identifier(&mut self, place: usize, identifier: &Identifier) {
        if let Some(key) = identifier_key(identifier) {
            let holder = self.by_identifier.entry(key).or_insert(Some(place));
            *holder = holder.filter(|found| *found == place);
        }
    }

    /// The result that a reference in `container` names.
    #[must_use]
    pub fn find(&self, reference: &Reference, container: Option<&Target>) -> Member {
        let key = self.key(&reference.target, container);
        let at_address = key.as_ref().and_then(|key| self.by_address.get(key)).copied();
        let identifier =
            reference.identifier.as_ref().and_then(identifier_key).or_else(|| conditional(&reference.target));
        let by_identifier = || identifier.as_ref().and_then(|key| self.by_identifier.get(key).copied().flatten());
        let place = match &key {
            // An address says which one; an identifier beside it must not lead to another.
            Some(_) if conditional(&reference.target).is_none() => at_address,
            _ => at_address.or_else(by_identifier),
        };
        match place {
            Some(place) => Member::Here(place),
            None => {
                let words = || identifier.map(|(system, value)| format!("{system}|{value}"));
                let address = key.or_else(words).or_else(|| reference.display.clone()).unwrap_or_default();
                Member::NotShared { name: reference.display.clone(), address }
            }
        }
    }

    fn key(&self, target: &Target, container: Option<&Target>) -> Option<String> {
        match target {
            Target::Relative { .. } | Target::Absolute { .. } => match target.address(&self.base) {
                // Servers behind a proxy write the wrong scheme into their own answers.
                Some(address) => address.split_once("://").map(|(_, rest)| rest.to_owned()),
                None => Some(format!("{}/{}", target.resource_type()?, target.id()?)),
            },
            Target::Urn(urn) => Some(urn.clone()),
            Target::Contained(id) => Some(format!("{}#{id}", self.key(container?, None)?)),
            Target::Conditional { resource_type, system, value } => {
                Some(format!("{resource_type}?{}|{value}", system.as_deref().unwrap_or_default()))
            }
            Target::Logical | Target::Unreadable => None,
        }
    }
}

fn conditional(target: &Target) -> Option<(String, String)> {
    match target {
        Target::Conditional { system: Some(system), value, .. } => Some((system.clone(), value.clone())),
        _ => None,
    }
}

fn identifier_key(identifier: &Identifier) -> Option<(String, String)> {
    Some((identifier.system.clone()?, identifier.value.clone()?))
}
