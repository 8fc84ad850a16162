//! By which addresses and numbers a resource can be referred to, so that references find it (D7).

use std::collections::HashSet;

use crate::element::Object;
use crate::error::RecordError;
use crate::identifier::Identifier;
use crate::redact::hidden_debug;
use crate::reference::{Reference, Target};

/// What identifies one resource.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// `resourceType`.
    pub resource_type: String,
    /// `id`.
    pub id: Option<String>,
    /// The address of its entry in a Bundle: absolute or `urn:uuid:`.
    pub full_url: Option<Target>,
    /// `identifier`.
    pub identifiers: Vec<Identifier>,
}

hidden_debug!(Identity, identifiers);

/// In a [`Target::Conditional`] of this module: whatever the type.
pub const ANY_TYPE: &str = "";

impl Identity {
    /// Reads what identifies a resource of any type. `full_url` is that of its entry, if it came in a Bundle.
    ///
    /// # Errors
    /// Not a JSON object, no `resourceType`, or [`RecordError::DuplicateMember`].
    pub fn read(raw: &str, full_url: Option<&str>) -> Result<Self, RecordError> {
        let resource = Object::parse(raw)?;
        resource.refuse_duplicates(&["resourceType", "id"])?;
        let full_url = full_url.map(Target::parse).filter(|target| !matches!(target, Target::Unreadable));
        Ok(Self {
            resource_type: resource.token("resourceType").ok_or(RecordError::NoResourceType)?,
            id: resource.token("id"),
            full_url,
            identifiers: resource.elements("identifier"),
        })
    }

    /// True when a reference that was read on the server at `base` means this resource, by address or by number.
    /// A number counts only with its type and system, or where the reference names no system.
    #[must_use]
    pub fn is_meant_by(&self, reference: &Reference, base: &str) -> bool {
        let own = self.targets(base);
        lookups(reference, base).iter().any(|wanted| own.contains(wanted))
    }

    /// All targets that mean this resource on the server at `base`: what an index of resources is keyed by.
    #[must_use]
    pub fn targets(&self, base: &str) -> Vec<Target> {
        let own = self.id.iter().map(|id| Target::parse(&format!("{}/{id}", self.resource_type)));
        let addressed = own.chain(self.full_url.clone()).map(|target| key(&target, base));
        let numbered = self.identifiers.iter().flat_map(|identifier| self.by_number(identifier));
        let mut seen = HashSet::new();
        let distinct = |target: &Target| seen.insert(target.clone());
        let readable = |target: &Target| !matches!(target, Target::Unreadable | Target::Contained(_));
        addressed.chain(numbered).filter(readable).filter(distinct).collect()
    }

    /// With and without its system, as a conditional reference may name it; and with its system for any type, as a
    /// logical reference may leave it open.
    fn by_number(&self, identifier: &Identifier) -> Vec<Target> {
        let Some(value) = &identifier.value else { return Vec::new() };
        let with = |resource_type: &str, system: Option<&String>| Target::Conditional {
            resource_type: resource_type.to_owned(),
            system: system.cloned(),
            value: value.clone(),
        };
        let own = self.resource_type.as_str();
        match &identifier.system {
            Some(system) => vec![with(own, Some(system)), with(own, None), with(ANY_TYPE, Some(system))],
            None => vec![with(own, None)],
        }
    }
}

/// The targets to look a reference up by, best first: its address, then the number beside it. Empty for one that
/// lives inside a resource ([`crate::contained::find_contained`]) or cannot be read: show its display.
#[must_use]
pub fn lookups(reference: &Reference, base: &str) -> Vec<Target> {
    let address = Some(key(&reference.target, base))
        .filter(|target| !matches!(target, Target::Contained(_) | Target::Logical | Target::Unreadable));
    let number = || {
        let identifier = reference.identifier.as_ref()?;
        // A number without its system may be anybody's: then the type at least must be named.
        let open = identifier.system.as_ref().map(|_| ANY_TYPE);
        Some(Target::Conditional {
            resource_type: reference.resource_type().or(open)?.to_owned(),
            system: identifier.system.clone(),
            value: identifier.value.clone()?,
        })
    };
    address.into_iter().chain(number()).collect()
}

/// One spelling for `http` and `https` of the same base, as [`Target::same_target`] has it.
fn key(target: &Target, base: &str) -> Target {
    match target.resolve(base) {
        Target::Absolute { base, resource_type, id, version } => {
            let base = base.strip_prefix("http://").map_or_else(|| base.clone(), |rest| format!("https://{rest}"));
            Target::Absolute { base, resource_type, id, version }
        }
        other => other,
    }
}
