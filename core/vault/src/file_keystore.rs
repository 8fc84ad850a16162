//! A keystore in one sealed file, for desktops and the command line.
//!
//! Layout: magic `PCKS`, format (u16), key source (u8: 0 given, 1 Argon2id), memory in KiB, passes, lanes (u32 each),
//! salt (16), commitment (32), nonce (12), sealed slots, tag (16). The commitment is derived from the key beside the
//! sealing key, so that exactly one key opens a file (AES-GCM alone does not promise that). All before the nonce is
//! authenticated.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use crate::durable;
use crate::keystore::{KeystoreError, PlatformKeystore};
use crate::memory_keystore::Chest;
use crate::secret::Secret;
use crate::wire::{Fields, PutFields};

const MAGIC: [u8; 4] = *b"PCKS";
const FORMAT: u16 = 1;
const HEADER: usize = 4 + 2 + 1 + 12 + 16 + 32;

/// How expensive it is to try a passphrase (Argon2id, RFC 9106).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassphraseCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl PassphraseCost {
    /// 64 MiB, three passes, one lane: about half a second on a desktop, once per start.
    pub const DEFAULT: Self = PassphraseCost { memory_kib: 64 << 10, passes: 3, lanes: 1 };

    /// A file from elsewhere must not make us fill memory or run for hours.
    fn acceptable(self) -> bool {
        (8..=1 << 20).contains(&self.memory_kib) && (1..=64).contains(&self.passes) && (1..=8).contains(&self.lanes)
    }
}

/// What unseals the file.
pub enum FileKey<'a> {
    /// 32 random bytes that the caller keeps elsewhere.
    Given(&'a [u8; 32]),
    /// A passphrase; the cost is used when the file is made, later the file's own holds.
    Passphrase(&'a [u8], PassphraseCost),
}

impl fmt::Debug for FileKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileKey(..)")
    }
}

/// A keystore in one sealed file, replaced atomically at each change. One process at a time: the store's own lock sees
/// to it.
pub struct FileKeystore {
    path: PathBuf,
    /// Everything before the nonce.
    header: [u8; HEADER],
    key: Zeroizing<[u8; 32]>,
    chest: Mutex<Chest>,
}

impl fmt::Debug for FileKeystore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileKeystore(..)")
    }
}

impl FileKeystore {
    /// Opens the keystore file, or makes an empty one where there is none.
    ///
    /// # Errors
    /// `AuthenticationNeeded` for a wrong key or passphrase; `Unavailable` when the file is damaged, of a newer format,
    /// or cannot be read or written. An existing file is never replaced by an empty one.
    pub fn open(path: &Path, key: &FileKey<'_>) -> Result<Self, KeystoreError> {
        match durable::read_if_there(path).map_err(|_| KeystoreError::Unavailable)? {
            Some(bytes) => Self::read_file(path, key, &bytes),
            None => Self::create(path, key),
        }
    }

    fn create(path: &Path, key: &FileKey<'_>) -> Result<Self, KeystoreError> {
        let (source, cost) = match key {
            FileKey::Given(_) => (0, PassphraseCost { memory_kib: 0, passes: 0, lanes: 0 }),
            FileKey::Passphrase(_, cost) => (1, *cost),
        };
        let mut salt = [0; 16];
        SystemRandom::new().fill(&mut salt).map_err(|_| KeystoreError::Unavailable)?;
        let (sealing, commitment) = stretch(key, source, cost, &salt)?;
        let mut header = Vec::with_capacity(HEADER);
        header.put(&MAGIC);
        header.put_u16(FORMAT);
        header.put(&[source]);
        header.put_u32(cost.memory_kib);
        header.put_u32(cost.passes);
        header.put_u32(cost.lanes);
        header.put(&salt);
        header.put(commitment.as_ref());
        let header = header.try_into().map_err(|_| KeystoreError::Unavailable)?;
        let made = FileKeystore { path: path.to_owned(), header, key: sealing, chest: Mutex::default() };
        made.save(&Chest::default())?;
        Ok(made)
    }

    fn read_file(path: &Path, key: &FileKey<'_>, bytes: &[u8]) -> Result<Self, KeystoreError> {
        let damaged = KeystoreError::Unavailable;
        let mut fields = Fields(bytes);
        let header: [u8; HEADER] = fields.array().ok_or(damaged)?;
        let nonce = fields.array::<12>().ok_or(damaged)?;
        let mut sealed = Zeroizing::new(fields.0.to_vec());
        let mut fields = Fields(&header);
        if fields.array() != Some(MAGIC) || fields.u16() != Some(FORMAT) {
            return Err(damaged);
        }
        let source = fields.u8().ok_or(damaged)?;
        let (Some(memory_kib), Some(passes), Some(lanes)) = (fields.u32(), fields.u32(), fields.u32()) else {
            return Err(damaged);
        };
        let salt = fields.array::<16>().ok_or(damaged)?;
        let (sealing, check) = stretch(key, source, PassphraseCost { memory_kib, passes, lanes }, &salt)?;
        // The commitment is no secret: it lies in the file. A plain compare gives nothing away.
        if fields.0 != check.as_ref() {
            return Err(KeystoreError::AuthenticationNeeded);
        }
        let plain = cipher(&sealing)?
            .open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(&header), &mut sealed)
            .map_err(|_| damaged)?;
        let chest = Chest::decode(plain).ok_or(damaged)?;
        Ok(FileKeystore { path: path.to_owned(), header, key: sealing, chest: Mutex::new(chest) })
    }

    fn save(&self, chest: &Chest) -> Result<(), KeystoreError> {
        let mut nonce = [0; 12];
        SystemRandom::new().fill(&mut nonce).map_err(|_| KeystoreError::Unavailable)?;
        let mut slots = chest.encode();
        let tag = cipher(&self.key)?
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(&self.header), &mut slots)
            .map_err(|_| KeystoreError::Unavailable)?;
        let file = [&self.header[..], &nonce, &slots, tag.as_ref()].concat();
        durable::replace(&self.path, &file).map_err(|_| KeystoreError::Unavailable)
    }

    /// Runs a change and saves it if there was one. A change that could not be saved is undone.
    fn change<T>(&self, act: impl FnOnce(&mut Chest) -> Result<(T, bool), KeystoreError>) -> Result<T, KeystoreError> {
        let mut chest = self.chest.lock().map_err(|_| KeystoreError::Unavailable)?;
        let before = chest.encode();
        let (answer, changed) = act(&mut chest)?;
        if changed && let Err(error) = self.save(&chest) {
            *chest = Chest::decode(&before).ok_or(KeystoreError::Unavailable)?;
            return Err(error);
        }
        Ok(answer)
    }

    fn chest(&self) -> std::sync::MutexGuard<'_, Chest> {
        // Only `change` can leave it half done, and that refuses a poisoned chest.
        self.chest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, KeystoreError> {
    UnboundKey::new(&AES_256_GCM, key).map(LessSafeKey::new).map_err(|_| KeystoreError::Unavailable)
}

/// The sealing key and the commitment to it.
fn stretch(
    key: &FileKey<'_>,
    source: u8,
    cost: PassphraseCost,
    salt: &[u8; 16],
) -> Result<(Zeroizing<[u8; 32]>, hmac::Tag), KeystoreError> {
    let mut root = Zeroizing::new([0; 32]);
    match (key, source) {
        (FileKey::Given(given), 0) => root.copy_from_slice(&given[..]),
        (FileKey::Passphrase(passphrase, _), 1) if cost.acceptable() => {
            let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32))
                .map_err(|_| KeystoreError::Unavailable)?;
            Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
                .hash_password_into(passphrase, salt, &mut root[..])
                .map_err(|_| KeystoreError::Unavailable)?;
        }
        (_, 1) if !cost.acceptable() => return Err(KeystoreError::Unavailable),
        (_, 0 | 1) => return Err(KeystoreError::AuthenticationNeeded),
        _ => return Err(KeystoreError::Unavailable),
    }
    let root = hmac::Key::new(hmac::HMAC_SHA256, &root[..]);
    let derive = |purpose: &[u8]| hmac::sign(&root, &[purpose, &salt[..]].concat());
    let mut sealing = Zeroizing::new([0; 32]);
    sealing.copy_from_slice(derive(b"keystore seal").as_ref());
    Ok((sealing, derive(b"keystore commitment")))
}

impl PlatformKeystore for FileKeystore {
    fn wrap(&self, slot: &str, secret: &[u8]) -> Result<Vec<u8>, KeystoreError> {
        self.change(|chest| chest.wrap(slot, secret))
    }

    fn unwrap(&self, slot: &str, wrapped: &[u8]) -> Result<Secret, KeystoreError> {
        self.chest().unwrap(slot, wrapped)
    }

    fn derive(&self, slot: &str, create: bool) -> Result<Zeroizing<[u8; 32]>, KeystoreError> {
        self.change(|chest| chest.derive(slot, create))
    }

    fn create_key(&self, slot: &str) -> Result<String, KeystoreError> {
        self.change(|chest| chest.create_key(slot))
    }

    fn sign(&self, slot: &str, bytes: &[u8]) -> Result<Vec<u8>, KeystoreError> {
        self.chest().sign(slot, bytes)
    }

    fn read(&self, slot: &str) -> Result<Option<Vec<u8>>, KeystoreError> {
        Ok(self.chest().read(slot))
    }

    fn write(&self, slot: &str, value: &[u8]) -> Result<(), KeystoreError> {
        self.change(|chest| {
            chest.write(slot, value);
            Ok(((), true))
        })
    }

    fn delete(&self, slot: &str) -> Result<(), KeystoreError> {
        self.change(|chest| Ok(((), chest.delete(slot))))
    }
}
