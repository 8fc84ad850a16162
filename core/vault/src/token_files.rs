//! Token files: `tokens/NAME`, one sealed and synced file per secret, never compressed, never in a shared block (A6).
//! Pending sign-ins lie here too (A16).

use std::fs;

use crate::block::{self, Codecs, Compress, Header, Kind, Label, named, split_named};
use crate::durable;
use crate::error::{Damage, Error, Result};
use crate::keys::Keyset;
use crate::scope::{Name, SYSTEM_TREE};
use crate::secret::Secret;
use crate::vault::Vault;
use crate::wire::hex;

/// The names of the secrets there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SecretNames {
    /// The clear names, sorted.
    pub names: Vec<Vec<u8>>,
    /// Files that cannot be read any more.
    pub damaged: u32,
}

fn token_name(system: &Keyset, name: &[u8]) -> Name {
    system.name(&[b"token", name])
}

fn unseal(system: &Keyset, sealed: &[u8]) -> Option<(Vec<u8>, Secret)> {
    let header = Header::read(sealed).filter(|header| header.label.kind == Kind::Token)?;
    let content = block::open(system, &Codecs::default(), &header, sealed)?;
    let (name, secret) = split_named(&content)?;
    (header.label.name == token_name(system, name)).then(|| (name.to_vec(), Secret::new(secret.to_vec())))
}

impl Vault {
    /// Writes a secret under a name; durable and whole on return.
    pub fn put_secret(&self, name: &[u8], secret: &[u8]) -> Result<()> {
        if name.len() > crate::batch::MAX_NAME {
            return Err(Error::TooLarge);
        }
        let _writer = self.writer();
        let system = self.state().keys()?.system.clone();
        let file = token_name(&system, name);
        let label = Label { kind: Kind::Token, tree: SYSTEM_TREE, name: file, revision: 0 };
        let mut sealed = vec![];
        block::seal(&system, &Codecs::default(), label, Compress::Never, &named(name, secret), &mut sealed)?;
        Ok(durable::replace(&self.dir.join("tokens").join(hex(&file)), &sealed)?)
    }

    /// A secret, or none.
    pub fn secret(&self, name: &[u8]) -> Result<Option<Secret>> {
        let system = self.state().keys()?.system.clone();
        let path = self.dir.join("tokens").join(hex(&token_name(&system, name)));
        let Some(sealed) = durable::read_if_there(&path)? else { return Ok(None) };
        match unseal(&system, &sealed) {
            Some((found, secret)) if found == name => Ok(Some(secret)),
            _ => Err(Error::damaged(Damage::Token)),
        }
    }

    /// Deletes a secret; one that is not there is fine. Durable on return.
    pub fn delete_secret(&self, name: &[u8]) -> Result<()> {
        let _writer = self.writer();
        let system = self.state().keys()?.system.clone();
        let folder = self.dir.join("tokens");
        durable::remove(&folder.join(hex(&token_name(&system, name))))?;
        Ok(durable::sync_directory(&folder)?)
    }

    /// The names of all secrets; damaged files are counted, not hidden.
    pub fn secret_names(&self) -> Result<SecretNames> {
        let system = self.state().keys()?.system.clone();
        let mut found = SecretNames::default();
        for entry in fs::read_dir(self.dir.join("tokens"))? {
            let path = entry?.path();
            // What a crash left of a replacement.
            if path.extension().is_some() {
                continue;
            }
            match durable::read_if_there(&path)?.and_then(|sealed| unseal(&system, &sealed)) {
                Some((name, _)) => found.names.push(name),
                None => found.damaged += 1,
            }
        }
        found.names.sort_unstable();
        Ok(found)
    }
}
