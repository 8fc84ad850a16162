//! Whose data, and of which sensitivity: the unit of keys and of erasure (V2).

use std::fmt;

use crate::wire::hex;

/// A chart's opaque id: 16 random bytes, made when the chart is made. It stands in slot names and in the clear table of
/// scopes, so it must never be derived from a patient's or a server's identifier.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChartId(pub [u8; 16]);

impl fmt::Debug for ChartId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChartId(..)")
    }
}

/// A sensitivity class within a chart. The vault gives the numbers no meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class(pub u8);

/// What one key covers: no block, front page or file holds data of two scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// The chart.
    pub chart: ChartId,
    /// The sensitivity class within it.
    pub class: Class,
}

impl Scope {
    /// The keystore slot of this scope's share.
    pub fn slot(&self) -> String {
        format!("chart/{}/{}", hex(&self.chart.0), self.class.0)
    }
}

/// A kind of record, as the caller numbers them; 255 is the vault's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tree(pub u8);

/// The vault's own records: which scopes exist, which are gone.
pub(crate) const SYSTEM_TREE: Tree = Tree(255);

/// The number of a durable batch. Each commit has the next one; it is also the revision of the blocks it wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchNumber(pub u64);

/// A scope in a block's clear header: random, drawn when the scope is first written, never used again after erasure.
pub(crate) type ScopeId = [u8; 8];

/// Header scope of the vault's own blocks.
pub(crate) const SYSTEM_SCOPE: ScopeId = [0; 8];

/// A block's opaque name: a truncated HMAC under a key of its scope.
pub(crate) type Name = [u8; 16];
