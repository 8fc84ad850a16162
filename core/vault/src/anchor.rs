//! The anchor: what the keystore remembers of the store, so that an older store put in its place is noticed (V1).
//!
//! Layout: version (u8), store id (16), batch (u64), head MAC (16), ledger count (u64), ledger hash (32).

use crate::error::Result;
use crate::index::Position;
use crate::keys::{Keyset, short_mac};
use crate::sealed_log::{LogContents, LogEnd};
use crate::wire::{Fields, PutFields};

/// The anchor's keystore slot.
pub(crate) const SLOT: &str = "anchor";
const VERSION: u8 = 1;

/// How the store compares with what the keystore remembers of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnchorCheck {
    /// None was written yet, or the keystore lost it.
    Absent,
    /// The store is where the anchor says, or further.
    Agrees,
    /// The store is behind the anchor or has another history: an older copy was put in its place. Everything in it is
    /// readable; walk again, erase nothing.
    RolledBack,
    /// The anchor is another store's.
    OtherStore,
    /// The anchor cannot be read.
    Unreadable,
}

pub(crate) struct Anchor {
    store: [u8; 16],
    batch: u64,
    head: [u8; 16],
    ledger: LogEnd,
}

fn head_mac(system: &Keyset, position: &Position) -> Result<[u8; 16]> {
    let counts: Vec<u8> =
        position.counts.iter().flat_map(|(tree, count)| [&[tree.0][..], &count.to_le_bytes()].concat()).collect();
    let parts: [&[u8]; 3] = [&position.batch.to_le_bytes(), &position.head.to_le_bytes(), &counts];
    Ok(short_mac(&system.mac_key(b"anchor")?, &parts))
}

impl Anchor {
    pub fn of(system: &Keyset, position: &Position, ledger: LogEnd) -> Result<Self> {
        Ok(Anchor { store: system.store, batch: position.batch, head: head_mac(system, position)?, ledger })
    }

    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(81);
        out.put(&[VERSION]);
        out.put(&self.store);
        out.put_u64(self.batch);
        out.put(&self.head);
        out.put_u64(self.ledger.count);
        out.put(&self.ledger.hash);
        out
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let version = fields.u8()?;
        let anchor = Anchor {
            store: fields.array()?,
            batch: fields.u64()?,
            head: fields.array()?,
            ledger: LogEnd { count: fields.u64()?, hash: fields.array()? },
        };
        (version == VERSION && fields.is_empty()).then_some(anchor)
    }

    /// Compares the keystore's anchor with the store as it was found.
    pub fn check(
        remembered: Option<&[u8]>,
        system: &Keyset,
        position: &Position,
        ledger: &LogContents,
    ) -> Result<AnchorCheck> {
        let Some(bytes) = remembered else { return Ok(AnchorCheck::Absent) };
        let Some(anchor) = Anchor::decode(bytes) else { return Ok(AnchorCheck::Unreadable) };
        if anchor.store != system.store {
            return Ok(AnchorCheck::OtherStore);
        }
        let behind = position.batch < anchor.batch
            || (position.batch == anchor.batch && head_mac(system, position)? != anchor.head)
            || !ledger.continues(&anchor.ledger);
        Ok(if behind { AnchorCheck::RolledBack } else { AnchorCheck::Agrees })
    }
}
