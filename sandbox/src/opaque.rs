//! Names that tell nothing: random tokens, and stable ids made from where a thing lies in the content.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};

/// 256 random bits, base64url: a code, a token, a transaction.
pub(crate) fn token() -> String {
    let mut bytes = [0_u8; 32];
    SystemRandom::new().fill(&mut bytes).expect("the system has random bytes");
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// A UUID that is the same in every run (RFC 9562 version 8).
pub(crate) fn stable_uuid(parts: &[&str]) -> String {
    let hash = digest(&SHA256, parts.join("\u{1f}").as_bytes());
    let mut bytes: [u8; 16] = std::array::from_fn(|at| hash.as_ref().get(at).copied().unwrap_or_default());
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let (a, b, c, d, e) = (hex.get(..8), hex.get(8..12), hex.get(12..16), hex.get(16..20), hex.get(20..));
    [a, b, c, d, e].into_iter().flatten().collect::<Vec<_>>().join("-")
}

/// An id that is the same in every run and holds no name: a prefix and 20 hex digits of a SHA-256.
pub(crate) fn stable_id(prefix: &str, parts: &[&str]) -> String {
    let hash = digest(&SHA256, parts.join("\u{1f}").as_bytes());
    let hex: String = hash.as_ref().iter().take(10).map(|byte| format!("{byte:02x}")).collect();
    format!("{prefix}{hex}")
}
