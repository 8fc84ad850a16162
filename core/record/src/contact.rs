//! Names, telephone numbers and addresses of those who give care, as recorded.

use crate::coded::code_list;
use crate::element::{Element, Object};
use crate::identifier::ContactPoint;
use crate::member::{code, text};
use crate::redact::hidden_debug;

code_list! {
    /// `ContactPoint.system`.
    ContactSystem = "contact.system" {
        Phone = "phone",
        Fax = "fax",
        Email = "email",
        Pager = "pager",
        Url = "url",
        Sms = "sms",
        Other = "other",
    }
}

code_list! {
    /// `ContactPoint.use`.
    ContactUse = "contact.use" {
        Home = "home",
        Work = "work",
        Temp = "temp",
        Old = "old",
        Mobile = "mobile",
    }
}

/// Someone or something that has a name and can be reached.
pub trait Contact {
    /// The name to show.
    fn display_name(&self) -> Option<String>;

    /// All ways to reach it, as recorded.
    fn telecom(&self) -> &[ContactPoint];

    /// The telephone numbers, text messages included, with those marked `old` last. Their digits are never changed.
    fn telephones(&self) -> Vec<&ContactPoint> {
        let calls = |point: &&ContactPoint| matches!(point.system.as_deref(), Some("phone" | "sms"));
        let mut found: Vec<&ContactPoint> = self.telecom().iter().filter(calls).collect();
        found.sort_by_key(|point| point.use_code.as_deref() == Some("old"));
        found
    }
}

/// `Address`.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// `home`, `work`, `old` ...
    pub use_code: Option<String>,
    /// The whole address as the source writes it.
    pub text: Option<String>,
    /// Street, number, building.
    pub lines: Vec<String>,
    /// City.
    pub city: Option<String>,
    /// State.
    pub state: Option<String>,
    /// Postal code, as text.
    pub postal_code: Option<String>,
    /// Country.
    pub country: Option<String>,
}

hidden_debug!(Address);

impl Address {
    /// The address on one line: as the source wrote it, else its parts in order. `None` if it holds no words.
    #[must_use]
    pub fn shown(&self) -> Option<String> {
        if let Some(text) = &self.text {
            return Some(text.clone());
        }
        let joined = |parts: &[&Option<String>], between: &str| {
            let parts: Vec<&str> = parts.iter().filter_map(|part| part.as_deref()).collect();
            (!parts.is_empty()).then(|| parts.join(between))
        };
        let place = joined(&[&self.state, &self.postal_code], " ");
        let rest = joined(&[&self.city, &place, &self.country], ", ");
        let parts: Vec<String> = self.lines.iter().cloned().chain(rest).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

impl Element for Address {
    fn read(address: &Object<'_>) -> Option<Self> {
        let read = Self {
            use_code: code(address, "use"),
            text: text(address, "text"),
            lines: address.texts("line"),
            city: text(address, "city"),
            state: text(address, "state"),
            postal_code: code(address, "postalCode"),
            country: text(address, "country"),
        };
        read.shown().is_some().then_some(read)
    }
}
