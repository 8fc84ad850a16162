//! References from one resource to another, and whether two of them mean the same one (A9).

use url::Url;

use crate::element::{Element, Object, object, token};
use crate::identifier::Identifier;
use crate::redact::hidden_debug;

/// What a reference points at. Versions are split off: they never decide who is meant.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// `Patient/1`, `Patient/1/_history/2`: on the server it came from.
    Relative {
        /// Resource type.
        resource_type: String,
        /// Logical id.
        id: String,
        /// Version, if one was named.
        version: Option<String>,
    },
    /// `https://host/base/Patient/1`.
    Absolute {
        /// The server's base, without a slash at the end, as [`normalise_base`] gives it.
        base: String,
        /// Resource type.
        resource_type: String,
        /// Logical id.
        id: String,
        /// Version, if one was named.
        version: Option<String>,
    },
    /// `urn:uuid:` or `urn:oid:`, in lower case: another entry of the same Bundle, by its `fullUrl`.
    Urn(String),
    /// `#id`: a resource contained in this one. Empty for the container itself.
    Contained(String),
    /// `Practitioner?identifier=system|value`.
    Conditional {
        /// Resource type.
        resource_type: String,
        /// The identifier's system, if one was named.
        system: Option<String>,
        /// The identifier's value.
        value: String,
    },
    /// No address, but an identifier beside it.
    Logical,
    /// Text that is no FHIR reference. Never the same as anything.
    Unreadable,
}

hidden_debug!(Target);

impl Target {
    /// Reads the text of a reference, or a `fullUrl`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let lower = |prefix: &str| text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        if let Some(id) = text.strip_prefix('#') {
            return Self::Contained(id.to_owned());
        }
        if lower("urn:uuid:") || lower("urn:oid:") {
            return Self::Urn(text.to_ascii_lowercase());
        }
        if lower("http://") || lower("https://") {
            return absolute(text).unwrap_or(Self::Unreadable);
        }
        let readable = if text.contains('?') { conditional(text) } else { relative(text) };
        readable.unwrap_or(Self::Unreadable)
    }

    /// The resource type that the address itself names.
    #[must_use]
    pub fn resource_type(&self) -> Option<&str> {
        match self {
            Self::Relative { resource_type, .. }
            | Self::Absolute { resource_type, .. }
            | Self::Conditional { resource_type, .. } => Some(resource_type),
            Self::Urn(_) | Self::Contained(_) | Self::Logical | Self::Unreadable => None,
        }
    }

    /// The logical id that the address names.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Relative { id, .. } | Self::Absolute { id, .. } => Some(id),
            _ => None,
        }
    }

    /// The same target with its full address and without its version: what a store can use as a key.
    /// A relative one becomes absolute against `base`; others stay as they are.
    #[must_use]
    pub fn resolve(&self, base: &str) -> Self {
        let at = |base: String, resource_type: &str, id: &str| Self::Absolute {
            base,
            resource_type: resource_type.to_owned(),
            id: id.to_owned(),
            version: None,
        };
        match self {
            Self::Relative { resource_type, id, .. } => match normalise_base(base) {
                Some(base) => at(base, resource_type, id),
                None => Self::Relative { resource_type: resource_type.clone(), id: id.clone(), version: None },
            },
            Self::Absolute { base, resource_type, id, .. } => at(base.clone(), resource_type, id),
            other => other.clone(),
        }
    }

    /// The full address without its version, for reading it from its server. Only for relative and absolute ones.
    #[must_use]
    pub fn address(&self, base: &str) -> Option<String> {
        match self.resolve(base) {
            Self::Absolute { base, resource_type, id, .. } => Some(format!("{base}/{resource_type}/{id}")),
            _ => None,
        }
    }

    /// True when both, read on the server at `base`, name the same resource, whatever the version (A9).
    ///
    /// `http` and `https` of one host and port-less base count as one: servers behind a proxy write the wrong one into
    /// their own answers. Where the token may go is decided elsewhere (A10), by the connection and never by this.
    /// Contained and unreadable targets, and logical ones, are never the same as another resource's.
    #[must_use]
    pub fn same_target(&self, other: &Self, base: &str) -> bool {
        match (self.resolve(base), other.resolve(base)) {
            (
                Self::Absolute { base: base_a, resource_type: type_a, id: id_a, .. },
                Self::Absolute { base: base_b, resource_type: type_b, id: id_b, .. },
            ) => type_a == type_b && id_a == id_b && without_scheme(&base_a) == without_scheme(&base_b),
            (Self::Contained(_) | Self::Unreadable | Self::Logical, _) => false,
            (a, b) => a == b,
        }
    }
}

/// A reference as it stands in a resource.
#[derive(Clone, PartialEq, Eq)]
pub struct Reference {
    /// What it points at.
    pub target: Target,
    /// The type named beside the address.
    pub declared_type: Option<String>,
    /// An identifier of the resource.
    pub identifier: Option<Identifier>,
    /// The source's words for it.
    pub display: Option<String>,
}

hidden_debug!(Reference);

impl Reference {
    /// A reference by address alone.
    #[must_use]
    pub fn to(text: &str) -> Self {
        Self { target: Target::parse(text), declared_type: None, identifier: None, display: None }
    }

    /// The type of the resource, by address or as declared.
    #[must_use]
    pub fn resource_type(&self) -> Option<&str> {
        self.target.resource_type().or(self.declared_type.as_deref())
    }

    /// Reads a member that should be a reference. Always answers: a subject that is there but cannot be read must not
    /// look like no subject.
    pub(crate) fn from_raw(raw: &serde_json::value::RawValue) -> Self {
        match object(raw) {
            Some(object) => Self::read(&object).unwrap_or_else(|| Self::to("")),
            None => Self::to(&token(raw).unwrap_or_default()),
        }
    }
}

impl Element for Reference {
    fn read(object: &Object<'_>) -> Option<Self> {
        let identifier: Option<Identifier> = object.element("identifier");
        let display = object.text("display");
        let target = match (object.get("reference"), &identifier) {
            (Some(raw), _) => token(raw).map_or(Target::Unreadable, |text| Target::parse(&text)),
            (None, Some(_)) => Target::Logical,
            (None, None) => Target::Unreadable,
        };
        let empty = target == Target::Unreadable && display.is_none() && object.get("reference").is_none();
        (!empty).then(|| Self { target, declared_type: object.token("type"), identifier, display })
    }
}

/// A FHIR base in one spelling: scheme and host in lower case, no default port, no dot segments, no slash at the end.
/// `None` for anything but http(s), and for an address with a user, a query or a fragment.
#[must_use]
pub fn normalise_base(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let plain = url.query().is_none() && url.fragment().is_none() && !has_user(&url);
    (plain && matches!(url.scheme(), "http" | "https")).then(|| url.as_str().trim_end_matches('/').to_owned())
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn without_scheme(base: &str) -> &str {
    base.split_once("://").map_or(base, |(_, rest)| rest)
}

fn absolute(text: &str) -> Option<Target> {
    let url = Url::parse(text).ok()?;
    if has_user(&url) || url.fragment().is_some() || url.query().is_some() {
        return None;
    }
    let (base, path) = split_at_type(url.as_str().trim_end_matches('/'))?;
    match relative(path)? {
        Target::Relative { resource_type, id, version } => {
            Some(Target::Absolute { base: normalise_base(base)?, resource_type, id, version })
        }
        _ => None,
    }
}

/// Splits `https://host/base/Type/id/_history/v` before `Type`.
fn split_at_type(url: &str) -> Option<(&str, &str)> {
    let slashes: Vec<usize> = url.rmatch_indices('/').map(|(at, _)| at).take(4).collect();
    let cut = |nth: usize| {
        let at = *slashes.get(nth)?;
        Some((url.get(..at)?, url.get(at + 1..)?))
    };
    match cut(1)?.1.split_once('/') {
        Some(("_history", _)) => cut(3),
        _ => cut(1),
    }
}

fn relative(text: &str) -> Option<Target> {
    let mut parts = text.trim_start_matches('/').split('/');
    let resource_type = parts.next().filter(|part| is_type(part))?.to_owned();
    let id = parts.next().filter(|part| is_id(part))?.to_owned();
    let version = match (parts.next(), parts.next()) {
        (None, _) => None,
        (Some("_history"), Some(version)) if is_id(version) => Some(version.to_owned()),
        _ => return None,
    };
    parts.next().is_none().then_some(Target::Relative { resource_type, id, version })
}

fn conditional(text: &str) -> Option<Target> {
    let (resource_type, query) = text.trim_start_matches('/').split_once('?')?;
    if !is_type(resource_type) {
        return None;
    }
    // A form decoder reads `+` as a space; an identifier may hold a plus, and never a space.
    let query = query.replace('+', "%2B");
    let mut identifiers = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == "identifier");
    let (_, token) = identifiers.next()?;
    let (system, value) = match token.split_once('|') {
        Some((system, value)) => (Some(system.to_owned()).filter(|s| !s.is_empty()), value),
        None => (None, token.as_ref()),
    };
    let target = Target::Conditional { resource_type: resource_type.to_owned(), system, value: value.to_owned() };
    (!value.is_empty() && identifiers.next().is_none()).then_some(target)
}

fn is_type(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase()) && text.bytes().all(|b| b.is_ascii_alphabetic())
}

/// FHIR allows letters, digits, `-` and `.`, up to 64; real servers also use `_`, `~` and longer ones. Nothing that
/// could change a path.
fn is_id(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (1..=255).contains(&text.len()) && text.bytes().all(allowed) && text != "." && text != ".." && text != "_history"
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://fhir.example.org/r4";

    fn same(a: &str, b: &str) -> bool {
        Target::parse(a).same_target(&Target::parse(b), BASE)
    }

    /// Proves A9: one patient in all its spellings, with the version stripped.
    #[test]
    fn spellings_of_one_resource_are_the_same() {
        let spellings = [
            "Patient/1",
            "/Patient/1",
            "Patient/1/_history/7",
            "https://fhir.example.org/r4/Patient/1",
            "https://FHIR.example.org:443/r4/Patient/1/_history/2",
            "https://fhir.example.org/r4/x/../Patient/1",
            "http://fhir.example.org/r4/Patient/1/",
            " Patient/1 ",
        ];
        for a in spellings {
            for b in spellings {
                assert!(same(a, b), "{a} {b}");
            }
        }
    }

    /// Proves A9: what only looks like the patient is not.
    #[test]
    fn lookalikes_are_not_the_same() {
        for other in [
            "Patient/2",
            "Patient/1/2",
            "Person/1",
            "patient/1",
            "Patient/",
            "Patient/1?x=y",
            "https://fhir.example.org/Patient/1",
            "https://fhir.example.org/r4/r4/Patient/1",
            "https://evil.example.org/r4/Patient/1",
            "https://fhir.example.org@evil.example.org/r4/Patient/1",
            "https://user@fhir.example.org/r4/Patient/1",
            "https://fhir.example.org/r4/Patient/1#x",
            "https://fhir.example.org:444/r4/Patient/1",
            "Patient/..",
            "#1",
            "urn:uuid:1",
            "",
            "garbage",
        ] {
            assert!(!same("Patient/1", other), "{other}");
        }
    }

    /// Proves A9: what cannot be read, or lives inside one resource, equals nothing, not even itself.
    #[test]
    fn unreadable_and_contained_are_never_the_same() {
        for text in ["#p", "garbage", "", "Patient/a b"] {
            assert!(!same(text, text));
        }
        assert!(!Target::Logical.same_target(&Target::Logical, BASE));
        assert!(same("urn:uuid:ABC", "URN:UUID:abc"));
    }

    /// Proves D7: Synthea's conditional references are read.
    #[test]
    fn conditional_references_are_split() {
        let read = Target::parse("Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|99+1");
        let expected = Target::Conditional {
            resource_type: "Practitioner".into(),
            system: Some("http://hl7.org/fhir/sid/us-npi".into()),
            value: "99+1".into(),
        };
        assert!(read == expected);
        assert!(Target::parse("Practitioner?name=x") == Target::Unreadable);
        assert!(Target::parse("Practitioner?identifier=a|b&identifier=c|d") == Target::Unreadable);
    }

    #[test]
    fn addresses_are_rebuilt_without_version() {
        let address = |text: &str| Target::parse(text).address(BASE);
        assert_eq!(address("Binary/b1/_history/3").as_deref(), Some("https://fhir.example.org/r4/Binary/b1"));
        assert_eq!(address("https://o.example/Binary/b1").as_deref(), Some("https://o.example/Binary/b1"));
        assert_eq!(address("urn:uuid:1"), None);
    }
}
