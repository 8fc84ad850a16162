//! Text that must not be seen: tokens, codes, verifiers.

use std::fmt;
use std::io::{self, Write};

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize, de};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::AuthError;

/// A secret text: no `Display`, no `Clone`, no `Serialize`, a `Debug` without content, wiped when dropped.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over; no copy is left behind.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. Each caller says why it needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the text: tells two secrets apart without keeping them.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.0.as_bytes())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

/// SHA-256 of a text that is compared in constant time.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut out = [0; 32];
        for (to, from) in out.iter_mut().zip(digest(&SHA256, bytes).as_ref()) {
            *to = *from;
        }
        Self(out)
    }

    /// Equal length on both sides, so that time tells nothing (A3).
    pub(crate) fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    pub(crate) fn matches_text(&self, text: &str) -> bool {
        self.matches(&Self::of(text.as_bytes()))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint(hidden)")
    }
}

/// For `#[serde(with)]`: secrets are written only into bytes that the vault seals.
pub(crate) mod sealed {
    use serde::{Deserializer, Serializer};

    use super::{Secret, TextOnly};

    pub(crate) fn serialize<S: Serializer>(secret: &Secret, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(secret.expose()) // EXPOSE: into the bytes to be sealed.
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Secret, D::Error> {
        from.deserialize_str(TextOnly)
    }
}

/// As [`sealed`], for a secret that may be absent.
pub(crate) mod sealed_option {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::Secret;

    pub(crate) fn serialize<S: Serializer>(secret: &Option<Secret>, out: S) -> Result<S::Ok, S::Error> {
        match secret {
            Some(secret) => out.serialize_some(secret.expose()), // EXPOSE: into the bytes to be sealed.
            None => out.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret>, D::Error> {
        #[derive(Deserialize)]
        struct Read(#[serde(with = "super::sealed")] Secret);
        Ok(Option::<Read>::deserialize(from)?.map(|read| read.0))
    }
}

struct TextOnly;

impl de::Visitor<'_> for TextOnly {
    type Value = Secret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
        Ok(Secret::from(text))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Secret, E> {
        Ok(Secret::new(text))
    }
}

/// The version written in front of what is stored here; a newer one is a typed error, never guessed at.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct ToStore<'a, T> {
    format: u32,
    value: &'a T,
}

#[derive(Deserialize)]
struct Stored<T> {
    value: T,
}

#[derive(Deserialize)]
struct FormatOnly {
    format: u32,
}

/// Writes `value` into bytes for the vault to seal. The buffer is sized first: growing it would leave copies.
pub(crate) fn to_stored_bytes<T: Serialize>(value: &T) -> Result<Zeroizing<Vec<u8>>, AuthError> {
    let stored = ToStore { format: FORMAT, value };
    let mut count = Count(0);
    serde_json::to_writer(&mut count, &stored).map_err(|_| AuthError::StoredUnreadable)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(count.0));
    serde_json::to_writer(&mut *bytes, &stored).map_err(|_| AuthError::StoredUnreadable)?;
    Ok(bytes)
}

/// Reads what [`to_stored_bytes`] wrote.
pub(crate) fn from_stored_bytes<T: de::DeserializeOwned>(bytes: &[u8]) -> Result<T, AuthError> {
    let probe: FormatOnly = serde_json::from_slice(bytes).map_err(|_| AuthError::StoredUnreadable)?;
    if probe.format > FORMAT {
        return Err(AuthError::StoredNewer);
    }
    let stored: Stored<T> = serde_json::from_slice(bytes).map_err(|_| AuthError::StoredUnreadable)?;
    Ok(stored.value)
}

struct Count(usize);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves V6.
    #[test]
    fn debug_of_a_secret_shows_nothing() {
        assert!(!format!("{:?}", Secret::from("marker-4711")).contains("4711"));
        assert_eq!(format!("{:?}", Fingerprint::of(b"x")), "Fingerprint(hidden)");
    }

    #[test]
    fn a_newer_format_is_told_apart_from_damage() {
        let newer = from_stored_bytes::<String>(br#"{"format":2,"value":{"anything":1}}"#);
        assert_eq!(newer.err(), Some(AuthError::StoredNewer));
        let damaged = from_stored_bytes::<String>(br#"{"format":1,"value":"#);
        assert_eq!(damaged.err(), Some(AuthError::StoredUnreadable));
    }
}
