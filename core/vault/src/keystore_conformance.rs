//! What every [`PlatformKeystore`] owes, as one function that any test can run over an implementation.

use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::keystore::{KeystoreError, PlatformKeystore};

/// The slots the conformance test uses; it deletes them before and after.
const SLOTS: [&str; 3] = ["conformance/a", "conformance/b", "conformance/never"];

/// The rule an implementation broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("keystore rule broken: {rule}")]
pub struct ConformanceFailure {
    /// The rule, in words.
    pub rule: &'static str,
}

/// Checks an implementation against the rules of [`PlatformKeystore`].
///
/// # Errors
/// The first rule that did not hold.
pub fn keystore_conformance(keystore: &dyn PlatformKeystore) -> Result<(), ConformanceFailure> {
    let [a, b, never] = SLOTS;
    clean(keystore)?;
    wrapping(keystore, a, b, never)?;
    shares(keystore, a, b)?;
    signing(keystore, a, never)?;
    values(keystore, a, b)?;
    clean(keystore)
}

fn rule(holds: bool, rule: &'static str) -> Result<(), ConformanceFailure> {
    if holds { Ok(()) } else { Err(ConformanceFailure { rule }) }
}

fn clean(keystore: &dyn PlatformKeystore) -> Result<(), ConformanceFailure> {
    for slot in SLOTS {
        rule(keystore.delete(slot).is_ok(), "delete succeeds")?;
        rule(keystore.delete(slot).is_ok(), "delete of an empty slot succeeds")?;
    }
    Ok(())
}

fn wrapping(keystore: &dyn PlatformKeystore, a: &str, b: &str, never: &str) -> Result<(), ConformanceFailure> {
    let secret = [0x5a_u8; 37];
    let first = keystore.wrap(a, &secret);
    let second = keystore.wrap(a, &secret);
    let (Ok(first), Ok(second)) = (first, second) else {
        return rule(false, "wrap succeeds");
    };
    rule(first != second, "wrapping twice gives two different answers")?;
    rule(!first.windows(8).any(|window| window == [0x5a; 8]), "the wrapped form hides the secret")?;
    for wrapped in [&first, &second] {
        rule(matches!(keystore.unwrap(a, wrapped), Ok(open) if open.expose() == secret), "unwrap undoes wrap")?;
    }
    rule(keystore.wrap(b, b"other").is_ok(), "wrap succeeds in a second slot")?;
    rule(keystore.unwrap(b, &first).is_err(), "a slot's key does not open another slot's wrapped secret")?;
    rule(matches!(keystore.unwrap(never, &first), Err(KeystoreError::Missing)), "unwrap without a key says Missing")?;
    let mut damaged = first.clone();
    if let Some(last) = damaged.last_mut() {
        *last ^= 1;
    }
    rule(keystore.unwrap(a, &damaged).is_err(), "a changed wrapped secret is refused")?;
    rule(keystore.unwrap(a, &[]).is_err(), "an empty wrapped secret is refused")?;
    rule(keystore.delete(a).is_ok() && keystore.unwrap(a, &first).is_err(), "delete destroys the wrapping key")
}

fn shares(keystore: &dyn PlatformKeystore, a: &str, b: &str) -> Result<(), ConformanceFailure> {
    rule(matches!(keystore.derive(a, false), Err(KeystoreError::Missing)), "derive without create says Missing")?;
    let (Ok(first), Ok(again), Ok(other)) =
        (keystore.derive(a, true), keystore.derive(a, false), keystore.derive(b, true))
    else {
        return rule(false, "derive with create succeeds");
    };
    rule(*first == *again, "a share stays the same")?;
    rule(*first != *other, "two slots have different shares")?;
    rule(matches!(keystore.derive(a, true), Ok(same) if *same == *first), "create does not replace a share")?;
    rule(keystore.delete(a).is_ok(), "delete succeeds")?;
    rule(matches!(keystore.derive(a, false), Err(KeystoreError::Missing)), "a deleted share is missing")?;
    rule(matches!(keystore.derive(a, true), Ok(fresh) if *fresh != *first), "a deleted share never comes back")?;
    rule(matches!(keystore.derive(b, false), Ok(same) if *same == *other), "delete leaves other slots alone")
}

fn signing(keystore: &dyn PlatformKeystore, a: &str, never: &str) -> Result<(), ConformanceFailure> {
    rule(matches!(keystore.sign(never, b"x"), Err(KeystoreError::Missing)), "sign without a key says Missing")?;
    let (Ok(jwk), Ok(same)) = (keystore.create_key(a), keystore.create_key(a)) else {
        return rule(false, "create_key succeeds");
    };
    rule(jwk == same, "create_key keeps the key there is")?;
    let coordinate = |name: &str| -> Option<Vec<u8>> {
        let (_, rest) = jwk.split_once(&format!("\"{name}\":\""))?;
        URL_SAFE_NO_PAD.decode(rest.split_once('"')?.0).ok().filter(|bytes| bytes.len() == 32)
    };
    let (Some(x), Some(y)) = (coordinate("x"), coordinate("y")) else {
        return rule(false, "the JWK has coordinates x and y of 32 bytes");
    };
    rule(!jwk.contains("\"d\""), "the JWK has no private part")?;
    let point = [&[4_u8][..], &x, &y].concat();
    let Ok(signature) = keystore.sign(a, b"statement") else {
        return rule(false, "sign succeeds");
    };
    rule(signature.len() == 64, "a signature is r and s, 64 bytes")?;
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
    rule(key.verify(b"statement", &signature).is_ok(), "the JWK verifies the signature")
}

fn values(keystore: &dyn PlatformKeystore, a: &str, b: &str) -> Result<(), ConformanceFailure> {
    rule(matches!(keystore.read(a), Ok(None)), "an unwritten slot reads as none")?;
    rule(keystore.write(a, b"one").is_ok() && keystore.write(a, b"two").is_ok(), "write succeeds")?;
    rule(matches!(keystore.read(a), Ok(Some(value)) if value == b"two"), "the last value written is read")?;
    rule(matches!(keystore.read(b), Ok(None)), "a value stays in its slot")?;
    rule(keystore.delete(a).is_ok() && matches!(keystore.read(a), Ok(None)), "delete removes the value")?;
    rule(matches!(keystore.sign(a, b"x"), Err(KeystoreError::Missing)), "delete removes the signing key")
}
