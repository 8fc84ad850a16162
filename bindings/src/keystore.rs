//! The platform's keystore, given by the app (Keychain, Android Keystore, the desktop's keyring).

use std::sync::Arc;

use plainchart::{Secret, Zeroizing};

/// What a keystore can say besides yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum KeystoreError {
    /// The person has to show who they are first.
    #[error("authentication needed")]
    AuthenticationNeeded,
    /// The person said no.
    #[error("cancelled")]
    Cancelled,
    /// The device is locked.
    #[error("device locked")]
    DeviceLocked,
    /// The key is gone for good, for instance because biometrics changed.
    #[error("key invalidated")]
    KeyInvalidated,
    /// There is no such slot.
    #[error("missing")]
    Missing,
    /// The keystore does not answer.
    #[error("unavailable")]
    Unavailable,
}

/// An exception that the app did not declare counts as a keystore that does not answer.
impl From<uniffi::UnexpectedUniFFICallbackError> for KeystoreError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unavailable
    }
}

/// The platform's keystore. Called from the core's own threads, never on the caller's; show no prompt in it: prompt
/// first, then call `unlock`.
#[uniffi::export(foreign)]
pub trait PlatformKeystore: Send + Sync {
    /// Seals a secret under the slot's key, making the key if there is none.
    fn wrap(&self, slot: String, secret: Vec<u8>) -> Result<Vec<u8>, KeystoreError>;

    /// Opens what `wrap` sealed.
    fn unwrap(&self, slot: String, wrapped: Vec<u8>) -> Result<Vec<u8>, KeystoreError>;

    /// 32 bytes that exist only in this keystore; made if `create` is true and there are none.
    fn derive(&self, slot: String, create: bool) -> Result<Vec<u8>, KeystoreError>;

    /// Makes an ES256 key pair, or finds the slot's own; answers the public key as a JWK.
    fn create_key(&self, slot: String) -> Result<String, KeystoreError>;

    /// Signs with the slot's key: r and s, 32 bytes each.
    fn sign(&self, slot: String, bytes: Vec<u8>) -> Result<Vec<u8>, KeystoreError>;

    /// A small value.
    fn read(&self, slot: String) -> Result<Option<Vec<u8>>, KeystoreError>;

    /// Writes a small value, durably.
    fn write(&self, slot: String, value: Vec<u8>) -> Result<(), KeystoreError>;

    /// Deletes everything in the slot; one that is not there is fine.
    fn delete(&self, slot: String) -> Result<(), KeystoreError>;
}

/// The app's keystore as the core's.
pub(crate) struct ForeignKeystore(pub Arc<dyn PlatformKeystore>);

type CoreError = plainchart::KeystoreError;

impl From<KeystoreError> for CoreError {
    fn from(error: KeystoreError) -> Self {
        match error {
            KeystoreError::AuthenticationNeeded => Self::AuthenticationNeeded,
            KeystoreError::Cancelled => Self::Cancelled,
            KeystoreError::DeviceLocked => Self::DeviceLocked,
            KeystoreError::KeyInvalidated => Self::KeyInvalidated,
            KeystoreError::Missing => Self::Missing,
            KeystoreError::Unavailable => Self::Unavailable,
        }
    }
}

impl plainchart::PlatformKeystore for ForeignKeystore {
    fn wrap(&self, slot: &str, secret: &[u8]) -> Result<Vec<u8>, CoreError> {
        Ok(self.0.wrap(slot.to_owned(), secret.to_vec())?)
    }

    fn unwrap(&self, slot: &str, wrapped: &[u8]) -> Result<Secret, CoreError> {
        Ok(Secret::new(self.0.unwrap(slot.to_owned(), wrapped.to_vec())?))
    }

    fn derive(&self, slot: &str, create: bool) -> Result<Zeroizing<[u8; 32]>, CoreError> {
        let bytes = Zeroizing::new(self.0.derive(slot.to_owned(), create)?);
        let array = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| CoreError::Unavailable)?;
        Ok(Zeroizing::new(array))
    }

    fn create_key(&self, slot: &str) -> Result<String, CoreError> {
        Ok(self.0.create_key(slot.to_owned())?)
    }

    fn sign(&self, slot: &str, bytes: &[u8]) -> Result<Vec<u8>, CoreError> {
        Ok(self.0.sign(slot.to_owned(), bytes.to_vec())?)
    }

    fn read(&self, slot: &str) -> Result<Option<Vec<u8>>, CoreError> {
        Ok(self.0.read(slot.to_owned())?)
    }

    fn write(&self, slot: &str, value: &[u8]) -> Result<(), CoreError> {
        Ok(self.0.write(slot.to_owned(), value.to_vec())?)
    }

    fn delete(&self, slot: &str) -> Result<(), CoreError> {
        Ok(self.0.delete(slot.to_owned())?)
    }
}
