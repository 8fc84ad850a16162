//! The index as one sealed file, replaced whole. Oracle for the sled index in tests, and its fallback.
//!
//! Layout: magic `PCIX`, nonce (12), sealed: length of the position (u32), position, then name and entry, each of fixed
//! length, sorted; tag (16).

use std::collections::HashMap;
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::durable;
use crate::error::{Damage, Error, Result};
use crate::index::{Entry, IndexStore, Position, Stored, Table};
use crate::keys::{SealKey, TAG};
use crate::scope::Name;
use crate::wire::{Fields, PutFields};

const MAGIC: [u8; 4] = *b"PCIX";

pub(crate) struct SnapshotIndex {
    pub path: PathBuf,
    pub key: SealKey,
}

impl SnapshotIndex {
    fn read(&self, file: &[u8]) -> Option<Stored> {
        let mut fields = Fields(file);
        if fields.array() != Some(MAGIC) {
            return None;
        }
        let nonce = fields.array()?;
        let (sealed, tag) = fields.0.split_at_checked(fields.0.len().checked_sub(TAG)?)?;
        let mut content = Zeroizing::new(sealed.to_vec());
        self.key.open(&MAGIC, nonce, tag.try_into().ok()?, &mut content)?;
        let mut fields = Fields(&content);
        let position = Position::decode(fields.long()?)?;
        let mut entries = HashMap::with_capacity(fields.0.len() / (16 + Entry::BYTES));
        while !fields.is_empty() {
            entries.insert(fields.array()?, Entry::read(&mut fields)?);
        }
        Some(Stored { position, entries })
    }
}

impl IndexStore for SnapshotIndex {
    fn load(&mut self) -> Result<Option<Stored>> {
        match durable::read_if_there(&self.path)? {
            None => Ok(None),
            // No damage of an index is a reader's concern; the caller rebuilds on any error.
            Some(file) => self.read(&file).map(Some).ok_or(Error::damaged(Damage::MissingBlocks)),
        }
    }

    fn save(&mut self, _changes: &HashMap<Name, Option<Entry>>, table: &Table) -> Result<()> {
        let mut sorted: Vec<_> = table.iter().collect();
        sorted.sort_unstable_by_key(|(name, _)| **name);
        let mut content = Vec::with_capacity(1024 + sorted.len() * (16 + Entry::BYTES));
        content.put_long(&table.position.encode());
        for (name, entry) in sorted {
            content.put(name);
            entry.put(&mut content);
        }
        let (nonce, tag) = self.key.seal(&MAGIC, &mut content)?;
        let file = [&MAGIC[..], &nonce, &content, &tag].concat();
        Ok(durable::replace(&self.path, &file)?)
    }

    fn invalidate(&mut self) -> Result<()> {
        Ok(durable::remove(&self.path)?)
    }
}
