//! The server's public keys (A7): which are taken, and which algorithm each is for.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

use crate::json_object::json_object;

const LARGEST_SET: usize = 64 * 1024;
const MOST_KEYS: usize = 16;

/// The algorithms an id_token may be signed with. There is no other way to verify one: neither `none` nor an HMAC exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
}

impl Algorithm {
    /// Reads a JWA name, exactly as registered.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "RS384" => Some(Self::Rs384),
            "ES256" => Some(Self::Es256),
            "ES384" => Some(Self::Es384),
            _ => None,
        }
    }
}

/// Why a key set cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JwksProblem {
    /// Over 64 KB.
    #[error("the key set is too large")]
    TooLarge,
    /// Not a JSON object with `keys`.
    #[error("the key set is not JSON")]
    NotJson,
    /// Over 16 keys.
    #[error("the key set has too many keys")]
    TooManyKeys,
}

/// A JSON Web Key Set, reduced to the keys that can verify an id_token.
#[derive(Debug, Default)]
pub struct JwkSet {
    keys: Vec<VerifyingKey>,
}

impl JwkSet {
    /// Reads at most 64 KB and 16 keys. Keys of another use, kind, curve or size are left out.
    pub fn parse(body: &[u8]) -> Result<Self, JwksProblem> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Value>,
        }
        if body.len() > LARGEST_SET {
            return Err(JwksProblem::TooLarge);
        }
        let document: Document = json_object(body).map_err(|_| JwksProblem::NotJson)?;
        if document.keys.len() > MOST_KEYS {
            return Err(JwksProblem::TooManyKeys);
        }
        Ok(Self { keys: document.keys.iter().filter_map(VerifyingKey::read).collect() })
    }

    /// The keys a header may mean: those named `kid`, or all where it names none.
    pub(crate) fn named<'a>(&'a self, kid: Option<&'a str>) -> impl Iterator<Item = &'a VerifyingKey> {
        self.keys.iter().filter(move |key| kid.is_none() || key.kid.as_deref() == kid)
    }
}

/// One public key.
pub(crate) struct VerifyingKey {
    kid: Option<String>,
    material: Material,
}

/// A key of one kind can only ever do what that kind does: this is what rules key confusion out.
enum Material {
    /// `alg` pins one algorithm where the set says so.
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
        alg: Option<Algorithm>,
    },
    P256(Vec<u8>),
    P384(Vec<u8>),
}

impl VerifyingKey {
    fn read(key: &Value) -> Option<Self> {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        if text("use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        if let Some(operations) = key.get("key_ops").and_then(Value::as_array)
            && !operations.iter().any(|operation| operation == "verify")
        {
            return None;
        }
        let number = |name: &str| text(name).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        // An `alg` outside the list takes the key out; none leaves the choice to its kind.
        let alg = match text("alg") {
            Some(name) => Some(Algorithm::from_name(name)?),
            None => None,
        };
        let point = |size: usize| {
            let (x, y) = (number("x")?, number("y")?);
            (x.len() == size && y.len() == size).then(|| [vec![4], x, y].concat())
        };
        let material = match (text("kty")?, text("crv"), alg) {
            ("RSA", _, None | Some(Algorithm::Rs256 | Algorithm::Rs384)) => {
                Material::Rsa { n: without_leading_zeros(number("n")?), e: without_leading_zeros(number("e")?), alg }
            }
            ("EC", Some("P-256"), None | Some(Algorithm::Es256)) => Material::P256(point(32)?),
            ("EC", Some("P-384"), None | Some(Algorithm::Es384)) => Material::P384(point(48)?),
            _ => return None,
        };
        Some(Self { kid: text("kid").map(str::to_owned), material })
    }

    /// Whether this key is of the kind, and of the algorithm, that a header names.
    pub(crate) fn fits(&self, algorithm: Algorithm) -> bool {
        match (&self.material, algorithm) {
            (Material::Rsa { alg, .. }, Algorithm::Rs256 | Algorithm::Rs384) => alg.is_none_or(|alg| alg == algorithm),
            (Material::P256(_), Algorithm::Es256) | (Material::P384(_), Algorithm::Es384) => true,
            _ => false,
        }
    }

    /// Verifies with the one method this key has; the header only picks the digest of an RSA key without `alg`.
    pub(crate) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        if !self.fits(algorithm) {
            return false;
        }
        let verified = match &self.material {
            Material::Rsa { n, e, .. } => {
                let method = match algorithm {
                    Algorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
                    _ => &RSA_PKCS1_2048_8192_SHA256,
                };
                RsaPublicKeyComponents { n, e }.verify(method, message, signature)
            }
            Material::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature),
            Material::P384(point) => UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point).verify(message, signature),
        };
        verified.is_ok()
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.material {
            Material::Rsa { .. } => "RSA",
            Material::P256(_) => "P-256",
            Material::P384(_) => "P-384",
        })
    }
}

/// Some servers write numbers with a leading zero byte, as in ASN.1; ring takes none.
fn without_leading_zeros(number: Vec<u8>) -> Vec<u8> {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default().to_vec()
}
