//! The platform keystore: the one place where key shares and signing keys live, supplied by the embedding app (A12).

use zeroize::Zeroizing;

use crate::secret::Secret;

/// Why the keystore did not do what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeystoreError {
    /// The user has to prove their presence first, or the secret given was not the right one.
    #[error("authentication needed")]
    AuthenticationNeeded,
    /// The user turned the prompt away.
    #[error("cancelled")]
    Cancelled,
    /// The device is locked.
    #[error("device locked")]
    DeviceLocked,
    /// The key is gone for good, for instance because the enrolled biometrics changed.
    #[error("key invalidated")]
    KeyInvalidated,
    /// There is nothing in this slot.
    #[error("missing")]
    Missing,
    /// The keystore cannot be used now.
    #[error("unavailable")]
    Unavailable,
}

/// Keys, shares and small values held by the platform. Slots are named by the vault and carry no identifier.
///
/// A slot may hold one of each: a wrapping key, a share, a signing key, a value. Only slot `device` may need the user's
/// presence. [`keystore_conformance`](crate::keystore_conformance) states what every implementation owes.
pub trait PlatformKeystore: Send + Sync {
    /// Encrypts `secret` under a key that stays in the keystore, made on first use. The answer is opaque.
    fn wrap(&self, slot: &str, secret: &[u8]) -> Result<Vec<u8>, KeystoreError>;

    /// Undoes [`wrap`](Self::wrap). `Missing` without the slot's key, `KeyInvalidated` if the key does not fit.
    fn unwrap(&self, slot: &str, wrapped: &[u8]) -> Result<Secret, KeystoreError>;

    /// A share: 32 bytes, random or derived inside the hardware, always the same for a slot until it is deleted.
    /// With `create`, made on first use; without, `Missing` if there is none.
    fn derive(&self, slot: &str, create: bool) -> Result<Zeroizing<[u8; 32]>, KeystoreError>;

    /// Makes an ES256 key pair, or finds the slot's own; answers the public key as a JWK (RFC 7517, RFC 7518 6.2).
    fn create_key(&self, slot: &str) -> Result<String, KeystoreError>;

    /// Signs with the slot's ES256 key: r and s, 64 bytes (RFC 7518 3.4).
    fn sign(&self, slot: &str, bytes: &[u8]) -> Result<Vec<u8>, KeystoreError>;

    /// The slot's value, or none.
    fn read(&self, slot: &str) -> Result<Option<Vec<u8>>, KeystoreError>;

    /// Replaces the slot's value; durable when it returns.
    fn write(&self, slot: &str, value: &[u8]) -> Result<(), KeystoreError>;

    /// Destroys everything in the slot. Deleting an empty slot is no error.
    fn delete(&self, slot: &str) -> Result<(), KeystoreError>;
}
