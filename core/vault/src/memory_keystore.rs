//! A keystore in memory, for tests and previews, and the chest of slots that the file keystore shares with it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use zeroize::Zeroizing;

use crate::keystore::{KeystoreError, PlatformKeystore};
use crate::secret::Secret;
use crate::wire::{Fields, PutFields};

/// All slots of a keystore that we keep ourselves.
#[derive(Default)]
pub(crate) struct Chest {
    slots: BTreeMap<String, Slot>,
}

#[derive(Default)]
struct Slot {
    wrapping: Option<Zeroizing<[u8; 32]>>,
    share: Option<Zeroizing<[u8; 32]>>,
    /// PKCS #8, as ring makes it.
    signing: Option<Zeroizing<Vec<u8>>>,
    value: Option<Zeroizing<Vec<u8>>>,
}

fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, KeystoreError> {
    let mut bytes = Zeroizing::new([0; N]);
    SystemRandom::new().fill(&mut bytes[..]).map_err(|_| KeystoreError::Unavailable)?;
    Ok(bytes)
}

fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, KeystoreError> {
    UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new).map_err(|_| KeystoreError::Unavailable)
}

impl Chest {
    fn slot(&mut self, slot: &str) -> &mut Slot {
        self.slots.entry(slot.to_owned()).or_default()
    }

    /// Whether the chest changed comes second in every answer, so that the file keystore knows when to write.
    pub fn wrap(&mut self, slot: &str, secret: &[u8]) -> Result<(Vec<u8>, bool), KeystoreError> {
        let entry = self.slot(slot);
        let fresh = entry.wrapping.is_none();
        if fresh {
            entry.wrapping = Some(random()?);
        }
        let key = entry.wrapping.as_ref().ok_or(KeystoreError::Missing)?;
        let nonce = random::<12>()?;
        let mut sealed = secret.to_vec();
        cipher(key)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(*nonce), Aad::from(slot.as_bytes()), &mut sealed)
            .map_err(|_| KeystoreError::Unavailable)?;
        Ok(([&nonce[..], &sealed].concat(), fresh))
    }

    pub fn unwrap(&self, slot: &str, wrapped: &[u8]) -> Result<Secret, KeystoreError> {
        let key = self.slots.get(slot).and_then(|entry| entry.wrapping.as_ref()).ok_or(KeystoreError::Missing)?;
        let mut fields = Fields(wrapped);
        let nonce = fields.array::<12>().ok_or(KeystoreError::KeyInvalidated)?;
        let mut bytes = Zeroizing::new(fields.0.to_vec());
        let length = cipher(key)?
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(slot.as_bytes()), &mut bytes)
            .map_err(|_| KeystoreError::KeyInvalidated)?
            .len();
        bytes.truncate(length);
        Ok(bytes.into())
    }

    pub fn derive(&mut self, slot: &str, create: bool) -> Result<(Zeroizing<[u8; 32]>, bool), KeystoreError> {
        if let Some(share) = self.slots.get(slot).and_then(|entry| entry.share.clone()) {
            return Ok((share, false));
        }
        if !create {
            return Err(KeystoreError::Missing);
        }
        let share: Zeroizing<[u8; 32]> = random()?;
        self.slot(slot).share = Some(share.clone());
        Ok((share, true))
    }

    fn key_pair(&self, slot: &str) -> Result<EcdsaKeyPair, KeystoreError> {
        let document = self.slots.get(slot).and_then(|entry| entry.signing.as_ref()).ok_or(KeystoreError::Missing)?;
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document, &SystemRandom::new())
            .map_err(|_| KeystoreError::KeyInvalidated)
    }

    pub fn create_key(&mut self, slot: &str) -> Result<(String, bool), KeystoreError> {
        let fresh = self.slots.get(slot).is_none_or(|entry| entry.signing.is_none());
        if fresh {
            let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                .map_err(|_| KeystoreError::Unavailable)?;
            self.slot(slot).signing = Some(Zeroizing::new(document.as_ref().to_vec()));
        }
        let pair = self.key_pair(slot)?;
        // An uncompressed point: 4, x, y (SEC 1, 2.3.3).
        let mut point = Fields(pair.public_key().as_ref());
        let (Some(_), Some(x), Some(y)) = (point.u8(), point.array::<32>(), point.array::<32>()) else {
            return Err(KeystoreError::Unavailable);
        };
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        Ok((format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#), fresh))
    }

    pub fn sign(&self, slot: &str, bytes: &[u8]) -> Result<Vec<u8>, KeystoreError> {
        let signature =
            self.key_pair(slot)?.sign(&SystemRandom::new(), bytes).map_err(|_| KeystoreError::Unavailable)?;
        Ok(signature.as_ref().to_vec())
    }

    pub fn read(&self, slot: &str) -> Option<Vec<u8>> {
        self.slots.get(slot)?.value.as_ref().map(|value| value.to_vec())
    }

    pub fn write(&mut self, slot: &str, value: &[u8]) {
        self.slot(slot).value = Some(Zeroizing::new(value.to_vec()));
    }

    pub fn delete(&mut self, slot: &str) -> bool {
        self.slots.remove(slot).is_some()
    }

    /// Each slot: name, a bit per kind held, then those, each behind a 16- or 32-bit length.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(256 * (self.slots.len() + 1)));
        out.put_u32(self.slots.len() as u32);
        for (name, slot) in &self.slots {
            out.put_short(name.as_bytes());
            let kinds: [Option<&[u8]>; 4] = [
                slot.wrapping.as_ref().map(|key| &key[..]),
                slot.share.as_ref().map(|share| &share[..]),
                slot.signing.as_ref().map(|document| &document[..]),
                slot.value.as_ref().map(|value| &value[..]),
            ];
            for kind in kinds {
                out.put(&[u8::from(kind.is_some())]);
                out.put_long(kind.unwrap_or_default());
            }
        }
        out
    }

    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let mut chest = Chest::default();
        for _ in 0..fields.u32()? {
            let name = std::str::from_utf8(fields.short()?).ok()?.to_owned();
            let mut next = || -> Option<Option<&[u8]>> {
                let held = fields.u8()? == 1;
                Some(Some(fields.long()?).filter(|_| held))
            };
            let key = |bytes: &[u8]| bytes.try_into().ok().map(Zeroizing::new);
            let slot = Slot {
                wrapping: next()?.and_then(key),
                share: next()?.and_then(key),
                signing: next()?.map(|bytes| Zeroizing::new(bytes.to_vec())),
                value: next()?.map(|bytes| Zeroizing::new(bytes.to_vec())),
            };
            chest.slots.insert(name, slot);
        }
        fields.is_empty().then_some(chest)
    }
}

/// A keystore that forgets everything with the process. It can be told to fail, to try an app's own error paths.
#[derive(Default)]
pub struct MemoryKeystore {
    chest: Mutex<Chest>,
    failing: Mutex<Option<KeystoreError>>,
}

impl MemoryKeystore {
    /// An empty keystore.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on every call fails with this error; `None` heals it.
    pub fn fail_with(&self, error: Option<KeystoreError>) {
        *self.failing.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    fn chest(&self) -> Result<MutexGuard<'_, Chest>, KeystoreError> {
        if let Some(error) = *self.failing.lock().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        self.chest.lock().map_err(|_| KeystoreError::Unavailable)
    }
}

impl fmt::Debug for MemoryKeystore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryKeystore(..)")
    }
}

impl PlatformKeystore for MemoryKeystore {
    fn wrap(&self, slot: &str, secret: &[u8]) -> Result<Vec<u8>, KeystoreError> {
        Ok(self.chest()?.wrap(slot, secret)?.0)
    }

    fn unwrap(&self, slot: &str, wrapped: &[u8]) -> Result<Secret, KeystoreError> {
        self.chest()?.unwrap(slot, wrapped)
    }

    fn derive(&self, slot: &str, create: bool) -> Result<Zeroizing<[u8; 32]>, KeystoreError> {
        Ok(self.chest()?.derive(slot, create)?.0)
    }

    fn create_key(&self, slot: &str) -> Result<String, KeystoreError> {
        Ok(self.chest()?.create_key(slot)?.0)
    }

    fn sign(&self, slot: &str, bytes: &[u8]) -> Result<Vec<u8>, KeystoreError> {
        self.chest()?.sign(slot, bytes)
    }

    fn read(&self, slot: &str) -> Result<Option<Vec<u8>>, KeystoreError> {
        Ok(self.chest()?.read(slot))
    }

    fn write(&self, slot: &str, value: &[u8]) -> Result<(), KeystoreError> {
        self.chest()?.write(slot, value);
        Ok(())
    }

    fn delete(&self, slot: &str) -> Result<(), KeystoreError> {
        self.chest()?.delete(slot);
        Ok(())
    }
}
