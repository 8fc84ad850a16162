//! The keyring file: the vault key, wrapped once per unlock slot (A13, V2).
//!
//! Two equal copies, A at 0 and B at 8,192, so that one damaged sector does not cost the store. A copy: length (u32),
//! payload, SHA-256 of the payload (to choose a copy while locked), HMAC under a key from the vault key (to trust it).
//! Payload: magic `PCKR`, format (u16), store id (16), generation (u64), epoch (u16), then per unlock slot: kind (u8),
//! parameters, wrapped bundle, each behind a 16-bit length. Bundle: version (u8), count (u8), epoch (u16), vault key (32).
//! The file is replaced whole: written beside, synced, renamed, folder synced.

use std::path::Path;

use ring::{digest, hmac};
use zeroize::Zeroizing;

use crate::durable;
use crate::error::{Damage, Error, Result};
use crate::keys::{Keyset, random};
use crate::keystore::{KeystoreError, PlatformKeystore};
use crate::wire::{Fields, PutFields};

const MAGIC: [u8; 4] = *b"PCKR";
/// The format of the whole store; blocks and logs repeat it.
pub(crate) const FORMAT: u16 = 1;
const COPY: usize = 8192;
const CHECK: usize = 32;
const BUNDLE_VERSION: u8 = 1;

/// What opens the vault. The numbers are part of the format; a slot that this version cannot open is kept as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnlockSlot {
    /// The device's own lock: biometrics or passcode, asked for by the shell.
    Device,
    /// A PIN, stretched and mixed with a keystore secret.
    Pin,
    /// A passphrase written down for a lost phone.
    Recovery,
}

impl UnlockSlot {
    fn number(self) -> u8 {
        match self {
            UnlockSlot::Device => 1,
            UnlockSlot::Pin => 2,
            UnlockSlot::Recovery => 3,
        }
    }

    /// The keystore slot that belongs to it.
    pub(crate) fn keystore_slot(self) -> &'static str {
        match self {
            UnlockSlot::Device => "device",
            UnlockSlot::Pin => "pin",
            UnlockSlot::Recovery => "recovery",
        }
    }
}

struct Wrapped {
    kind: u8,
    parameters: Vec<u8>,
    bundle: Vec<u8>,
}

/// The keyring as it lies on disk; it opens nothing by itself.
pub(crate) struct Keyring {
    pub store: [u8; 16],
    pub epoch: u16,
    generation: u64,
    slots: Vec<Wrapped>,
    /// The payload and MAC as read, checked once the vault key is known.
    payload: Vec<u8>,
    mac: Vec<u8>,
}

/// The vault key and what it was checked against.
pub(crate) struct VaultKey {
    pub key: Zeroizing<[u8; 32]>,
    pub system: Keyset,
}

impl Keyring {
    /// Draws a store id and a vault key, wraps it for slot `device`, and writes the file.
    pub fn create(path: &Path, keystore: &dyn PlatformKeystore) -> Result<(Self, VaultKey)> {
        let key: Zeroizing<[u8; 32]> = Zeroizing::new(random()?);
        let (store, epoch) = (random()?, 1_u16);
        let mut bundle = Zeroizing::new(Vec::with_capacity(36));
        bundle.put(&[BUNDLE_VERSION, 1]);
        bundle.put_u16(epoch);
        bundle.put(&key[..]);
        let wrapped = Wrapped {
            kind: UnlockSlot::Device.number(),
            parameters: vec![],
            bundle: keystore.wrap(UnlockSlot::Device.keystore_slot(), &bundle)?,
        };
        let mut keyring = Keyring { store, epoch, generation: 1, slots: vec![wrapped], payload: vec![], mac: vec![] };
        let system = Keyset::system(&key, store, epoch)?;
        keyring.write(path, &system)?;
        Ok((keyring, VaultKey { key, system }))
    }

    fn write(&mut self, path: &Path, system: &Keyset) -> Result<()> {
        self.payload = self.encode();
        self.mac = hmac::sign(&system.mac_key(b"keyring")?, &self.payload).as_ref().to_vec();
        let mut copy = Vec::with_capacity(COPY);
        copy.put_long(&self.payload);
        copy.put(digest::digest(&digest::SHA256, &self.payload).as_ref());
        copy.put(&self.mac);
        if copy.len() > COPY {
            return Err(Error::TooLarge);
        }
        copy.resize(COPY, 0);
        Ok(durable::replace(path, &copy.repeat(2))?)
    }

    /// Reads the file: the better copy by generation. `NotFound` if there is none.
    pub fn read(path: &Path) -> Result<Self> {
        let file = durable::read_if_there(path)?.ok_or(Error::NotFound)?;
        let mut best: Option<Keyring> = None;
        let mut other_format = None;
        for copy in file.chunks(COPY) {
            match Self::decode(copy) {
                Ok(keyring) if best.as_ref().is_none_or(|best| best.generation < keyring.generation) => {
                    best = Some(keyring);
                }
                Err(error @ (Error::NewerFormat { .. } | Error::OlderFormat { .. })) => other_format = Some(error),
                _ => {}
            }
        }
        match (other_format, best) {
            (Some(error), _) => Err(error),
            (None, Some(keyring)) => Ok(keyring),
            (None, None) => Err(Error::damaged(Damage::Keyring)),
        }
    }

    fn encode(&self) -> Vec<u8> {
        let mut payload = Vec::with_capacity(512);
        payload.put(&MAGIC);
        payload.put_u16(FORMAT);
        payload.put(&self.store);
        payload.put_u64(self.generation);
        payload.put_u16(self.epoch);
        payload.put_u16(self.slots.len() as u16);
        for slot in &self.slots {
            payload.put(&[slot.kind]);
            payload.put_short(&slot.parameters);
            payload.put_short(&slot.bundle);
        }
        payload
    }

    fn decode(copy: &[u8]) -> Result<Self> {
        let damaged = || Error::damaged(Damage::Keyring);
        let mut fields = Fields(copy);
        let payload = fields.long().ok_or_else(damaged)?;
        let (Some(check), Some(mac)) = (fields.take(CHECK), fields.take(CHECK)) else {
            return Err(damaged());
        };
        // Only a whole copy is believed, its format number too: a flipped bit is damage, not a newer version.
        if digest::digest(&digest::SHA256, payload).as_ref() != check {
            return Err(damaged());
        }
        let mut fields = Fields(payload);
        if fields.array() != Some(MAGIC) {
            return Err(damaged());
        }
        match fields.u16().ok_or_else(damaged)? {
            FORMAT => {}
            found if found > FORMAT => return Err(Error::NewerFormat { found }),
            found => return Err(Error::OlderFormat { found }),
        }
        let mut rest = || -> Option<Self> {
            let (store, generation, epoch) = (fields.array()?, fields.u64()?, fields.u16()?);
            let mut slots = vec![];
            for _ in 0..fields.u16()? {
                let (kind, parameters, bundle) = (fields.u8()?, fields.short()?.to_vec(), fields.short()?.to_vec());
                slots.push(Wrapped { kind, parameters, bundle });
            }
            Some(Keyring { store, epoch, generation, slots, payload: payload.to_vec(), mac: mac.to_vec() })
        };
        rest().ok_or_else(damaged)
    }

    /// Opens the vault key through an unlock slot and checks that the keyring is the one it belongs to.
    pub fn unlock(&self, slot: UnlockSlot, keystore: &dyn PlatformKeystore) -> Result<VaultKey> {
        let wrapped = self.slots.iter().find(|wrapped| wrapped.kind == slot.number()).ok_or(Error::NotFound)?;
        let bundle = keystore.unwrap(slot.keystore_slot(), &wrapped.bundle)?;
        let mut fields = Fields(bundle.expose());
        match (fields.u8(), fields.u8()) {
            (Some(BUNDLE_VERSION), Some(1)) => {}
            (Some(found), Some(_)) => return Err(Error::NewerFormat { found: found.into() }),
            _ => return Err(Error::WrongKey),
        }
        let (Some(_), Some(key)) = (fields.u16(), fields.array::<32>()) else {
            return Err(Error::WrongKey);
        };
        let key = Zeroizing::new(key);
        let system = Keyset::system(&key, self.store, self.epoch)?;
        hmac::verify(&system.mac_key(b"keyring")?, &self.payload, &self.mac).map_err(|_| Error::WrongKey)?;
        Ok(VaultKey { key, system })
    }

    /// The unlock slots this keyring has; unknown kinds are kept but not named.
    pub fn unlock_slots(&self) -> Vec<UnlockSlot> {
        [UnlockSlot::Device, UnlockSlot::Pin, UnlockSlot::Recovery]
            .into_iter()
            .filter(|slot| self.slots.iter().any(|wrapped| wrapped.kind == slot.number()))
            .collect()
    }
}

/// A share, or none if the keystore says it is gone.
pub(crate) fn share(keystore: &dyn PlatformKeystore, slot: &str, create: bool) -> Result<Option<Zeroizing<[u8; 32]>>> {
    match keystore.derive(slot, create) {
        Ok(share) => Ok(Some(share)),
        Err(KeystoreError::Missing) => Ok(None),
        Err(reason) => Err(Error::KeystoreUnavailable { reason }),
    }
}
