//! The vault's own sealed record of a scope, one block each: the clear table of scopes can be rebuilt from these.

use crate::keys::Keyset;
use crate::scope::{ChartId, Class, Name, Scope, ScopeId};
use crate::wire::{Fields, PutFields};

/// Which scope a header id means, and whether it was erased.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct ScopeRecord {
    pub scope: Scope,
    pub id: ScopeId,
    pub gone: bool,
}

impl ScopeRecord {
    /// Content of the block: chart (16), class, gone (u8 each), id (8).
    pub fn encode(&self) -> Vec<u8> {
        let mut content = Vec::with_capacity(26);
        content.put(&self.scope.chart.0);
        content.put(&[self.scope.class.0, u8::from(self.gone)]);
        content.put(&self.id);
        content
    }

    pub fn decode(content: &[u8]) -> Option<Self> {
        let mut fields = Fields(content);
        let scope = Scope { chart: ChartId(fields.array()?), class: Class(fields.u8()?) };
        let gone = fields.u8()? == 1;
        Some(ScopeRecord { scope, id: fields.array()?, gone }).filter(|_| fields.is_empty())
    }

    /// The block's name; the gone record replaces the live one.
    pub fn name(system: &Keyset, id: ScopeId) -> Name {
        system.name(&[b"scope", &id])
    }
}
