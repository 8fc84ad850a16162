//! `Identifier` and `ContactPoint`: record numbers, telephone numbers.

use crate::code::CodeableConcept;
use crate::element::{Element, Object};
use crate::redact::hidden_debug;

/// A number or name that some system gave to a person or thing.
#[derive(Clone, PartialEq, Eq)]
pub struct Identifier {
    /// `usual`, `official`, `old` ...
    pub use_code: Option<String>,
    /// Who gave it, as a URI.
    pub system: Option<String>,
    /// The number itself, as text.
    pub value: Option<String>,
    /// What sort of number: a record number, a passport ...
    pub kind: Option<CodeableConcept>,
}

hidden_debug!(Identifier);

impl Identifier {
    /// True when both name the same system and value. An identifier without either names nothing.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.system.is_some() && self.value.is_some() && self.system == other.system && self.value == other.value
    }
}

impl Element for Identifier {
    fn read(object: &Object<'_>) -> Option<Self> {
        let identifier = Self {
            use_code: object.token("use"),
            system: object.token("system"),
            value: object.token("value"),
            kind: object.element("type"),
        };
        (identifier.system.is_some() || identifier.value.is_some()).then_some(identifier)
    }
}

/// A telephone number, e-mail address or the like, as recorded.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactPoint {
    /// `phone`, `email`, `sms` ...
    pub system: Option<String>,
    /// As recorded.
    pub value: String,
    /// `home`, `work`, `mobile`, `old` ...
    pub use_code: Option<String>,
}

hidden_debug!(ContactPoint);

impl Element for ContactPoint {
    fn read(object: &Object<'_>) -> Option<Self> {
        Some(Self { system: object.token("system"), value: object.token("value")?, use_code: object.token("use") })
    }
}
