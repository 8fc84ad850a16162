//! Every key of the store and how it comes from the vault key (V1, V2).
//!
//! Key = HKDF-SHA256(vault key, salt = the scope's keystore share, info = purpose, `|`, epoch). The vault's own records
//! use a salt from the store id. Name keys have no epoch, so that a name stays the same when keys are rotated.
//! ring does not wipe its key schedules; they live in boxes that the app's zeroizing allocator clears.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, Tag, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{hkdf, hmac};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::scope::{Name, SYSTEM_SCOPE, Scope, ScopeId};

/// Length of a nonce and of a tag, in bytes.
pub(crate) const NONCE: usize = 12;
pub(crate) const TAG: usize = 16;

/// Fresh random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::Io { kind: std::io::ErrorKind::Other })?;
    Ok(bytes)
}

/// An AES-256-GCM key which draws its own nonce for each write.
pub(crate) struct SealKey(Box<LessSafeKey>);

impl SealKey {
    /// Encrypts in place; answers the nonce and the tag.
    pub fn seal(&self, associated: &[u8], bytes: &mut [u8]) -> Result<([u8; NONCE], [u8; TAG])> {
        let nonce = random()?;
        let tag = self
            .0
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(associated), bytes)
            .map_err(|_| Error::TooLarge)?;
        // A tag of AES-GCM is 16 bytes.
        Ok((nonce, tag.as_ref().try_into().map_err(|_| Error::TooLarge)?))
    }

    /// Decrypts in place; none if anything differs from what was sealed.
    pub fn open(&self, associated: &[u8], nonce: [u8; NONCE], tag: [u8; TAG], bytes: &mut [u8]) -> Option<()> {
        self.0
            .open_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated),
                Tag::from(tag),
                bytes,
                0..,
            )
            .ok()
            .map(|_| ())
    }
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// The keys of one scope, or of the vault's own records.
pub(crate) struct Keyset {
    /// What a block's clear header says.
    pub id: ScopeId,
    pub store: [u8; 16],
    /// Both empty for the vault's own.
    pub chart: Vec<u8>,
    pub class: Vec<u8>,
    pub epoch: u16,
    root: Box<hkdf::Prk>,
    name: Box<hmac::Key>,
    block: SealKey,
}

impl Keyset {
    /// Keys of the vault's own records: from the vault key alone, so that they outlive every chart.
    pub fn system(vault_key: &[u8; 32], store: [u8; 16], epoch: u16) -> Result<Self> {
        let salt = [b"plainchart vault".as_slice(), &store].concat();
        Self::from_salt(vault_key, &salt, SYSTEM_SCOPE, store, epoch, (vec![], vec![]))
    }

    /// Keys of one scope: they need the share that only the keystore holds.
    pub fn scope(
        vault_key: &[u8; 32],
        share: &[u8; 32],
        scope: Scope,
        id: ScopeId,
        store: [u8; 16],
        epoch: u16,
    ) -> Result<Self> {
        Self::from_salt(vault_key, share, id, store, epoch, (scope.chart.0.to_vec(), vec![scope.class.0]))
    }

    fn from_salt(
        vault_key: &[u8; 32],
        salt: &[u8],
        id: ScopeId,
        store: [u8; 16],
        epoch: u16,
        (chart, class): (Vec<u8>, Vec<u8>),
    ) -> Result<Self> {
        let root = Box::new(hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(vault_key));
        let name = Box::new(hmac::Key::new(hmac::HMAC_SHA256, &expand(&root, &[b"name"])?[..]));
        let block = seal_key(&root, b"block", epoch)?;
        Ok(Keyset { id, store, chart, class, epoch, root, name, block })
    }

    /// Runs `act` with the key for blocks of this epoch.
    pub fn with_block_key<T>(&self, epoch: u16, act: impl FnOnce(&SealKey) -> T) -> Result<T> {
        if epoch == self.epoch { Ok(act(&self.block)) } else { Ok(act(&seal_key(&self.root, b"block", epoch)?)) }
    }

    /// A sealing key for another purpose than blocks, of the current epoch.
    pub fn seal_key(&self, purpose: &[u8]) -> Result<SealKey> {
        seal_key(&self.root, purpose, self.epoch)
    }

    /// A MAC key for a purpose; without epoch, as names are.
    pub fn mac_key(&self, purpose: &[u8]) -> Result<hmac::Key> {
        Ok(hmac::Key::new(hmac::HMAC_SHA256, &expand(&self.root, &[purpose])?[..]))
    }

    /// The opaque name of something, from its parts.
    pub fn name(&self, parts: &[&[u8]]) -> Name {
        short_mac(&self.name, parts)
    }
}

fn expand(root: &hkdf::Prk, info: &[&[u8]]) -> Result<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0; 32]);
    root.expand(info, Length(32)).and_then(|okm| okm.fill(&mut key[..])).map_err(|_| Error::TooLarge)?;
    Ok(key)
}

fn seal_key(root: &hkdf::Prk, purpose: &[u8], epoch: u16) -> Result<SealKey> {
    let key = expand(root, &[purpose, b"|", &epoch.to_le_bytes()])?;
    let key = UnboundKey::new(&AES_256_GCM, &key[..]).map_err(|_| Error::TooLarge)?;
    Ok(SealKey(Box::new(LessSafeKey::new(key))))
}

/// The first 16 bytes of an HMAC over length-prefixed parts.
pub(crate) fn short_mac(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 16] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(&(part.len() as u64).to_le_bytes());
        context.update(part);
    }
    let mut short = [0; 16];
    for (to, from) in short.iter_mut().zip(context.sign().as_ref()) {
        *to = *from;
    }
    short
}
