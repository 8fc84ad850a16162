//! Opaque ids: random bytes in lower hex, never derived from a name, a record number or an address.

use serde::{Deserialize, Serialize};

/// A text that is not an id of the expected length in lower hex.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an id of this app")]
pub struct IdError;

macro_rules! opaque_id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Length in bytes before hex.
            pub const BYTES: usize = $bytes;

            /// From random bytes.
            #[must_use]
            pub fn from_bytes(bytes: [u8; $bytes]) -> Self {
                Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
            }

            /// The id as lower hex.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The bytes the id was made from.
            #[must_use]
            pub fn to_bytes(&self) -> [u8; $bytes] {
                let mut bytes = [0; $bytes];
                for (byte, pair) in bytes.iter_mut().zip(self.0.as_bytes().chunks(2)) {
                    *byte = pair.iter().fold(0, |value, digit| {
                        (value << 4) | char::from(*digit).to_digit(16).map_or(0, |d| d as u8)
                    });
                }
                bytes
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                let hex = text.len() == 2 * $bytes
                    && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
                if hex { Ok(Self(text)) } else { Err(IdError) }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

opaque_id!(
    /// One chart: (FHIR base, patient id), the unit of data and of keys (SPEC "Words").
    ChartId, 16
);
opaque_id!(
    /// One person: one or more charts, joined or split only by the reader.
    PersonId, 4
);
opaque_id!(
    /// One connection: the unit of tokens.
    ConnectionId, 8
);
opaque_id!(
    /// One lease.
    LeaseId, 8
);
opaque_id!(
    /// Who reads: the holder of this phone, or an identity that signed in on it.
    ActorId, 8
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trips_and_anything_else_is_refused() {
        let id = ChartId::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 250, 251, 252, 253, 255]);
        assert_eq!(ChartId::try_from(id.as_str().to_owned()), Ok(id.clone()));
        assert_eq!(id.to_bytes()[11], 250);
        for bad in ["", "0001", "Aurelio Vidal, 81 years old here", "../../../../../../../etc/passwd0"] {
            assert_eq!(ChartId::try_from(bad.to_owned()), Err(IdError), "{bad}");
        }
    }
}
