//! The table of scopes: a clear file of opaque ids, so that a chart can be erased while the vault is locked (V2).
//!
//! Layout: magic `PCST`, format (u16), count (u32), then per scope: chart (16), class (u8), standing (u8), header id (8);
//! SHA-256 of all before it. The same facts lie sealed in the block files; a lost table is rebuilt from there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ring::digest;

use crate::durable;
use crate::error::Result;
use crate::scope::{ChartId, Class, Scope, ScopeId};
use crate::wire::{Fields, PutFields};

const MAGIC: [u8; 4] = *b"PCST";
const FORMAT: u16 = 1;

/// Where a scope stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Live,
    /// Erasing was asked for; the share may already be gone, the bytes may still be there.
    Erasing,
    /// Share and bytes are gone. Kept, so that nothing writes the scope anew by mistake.
    Erased,
}

/// A scope's standing and the id its blocks carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Registered {
    pub standing: Standing,
    pub id: ScopeId,
}

pub(crate) struct ScopeTable {
    path: PathBuf,
    scopes: BTreeMap<Scope, Registered>,
    /// The file was there but could not be believed; the block files know better.
    pub damaged: bool,
}

impl ScopeTable {
    pub fn read(path: &Path) -> Result<Self> {
        let file = durable::read_if_there(path)?;
        let scopes = file.as_deref().map(decode);
        Ok(ScopeTable {
            path: path.to_owned(),
            damaged: !matches!(scopes, Some(Some(_))),
            scopes: scopes.flatten().unwrap_or_default(),
        })
    }

    pub fn get(&self, scope: Scope) -> Option<Registered> {
        self.scopes.get(&scope).copied()
    }

    pub fn iter(&self) -> impl Iterator<Item = (Scope, Registered)> + '_ {
        self.scopes.iter().map(|(scope, registered)| (*scope, *registered))
    }

    /// The scope whose blocks carry this id.
    pub fn by_id(&self, id: ScopeId) -> Option<Scope> {
        self.iter().find(|(_, registered)| registered.id == id).map(|(scope, _)| scope)
    }

    /// Sets some scopes and writes the table; durable on return, unchanged on error.
    pub fn set(&mut self, changes: &[(Scope, Registered)]) -> Result<()> {
        let mut scopes = self.scopes.clone();
        scopes.extend(changes.iter().copied());
        durable::replace(&self.path, &encode(&scopes))?;
        self.scopes = scopes;
        self.damaged = false;
        Ok(())
    }
}

fn encode(scopes: &BTreeMap<Scope, Registered>) -> Vec<u8> {
    let mut file = Vec::with_capacity(64 + scopes.len() * 26);
    file.put(&MAGIC);
    file.put_u16(FORMAT);
    file.put_u32(scopes.len() as u32);
    for (scope, registered) in scopes {
        let standing = match registered.standing {
            Standing::Live => 0,
            Standing::Erasing => 1,
            Standing::Erased => 2,
        };
        file.put(&scope.chart.0);
        file.put(&[scope.class.0, standing]);
        file.put(&registered.id);
    }
    let check = digest::digest(&digest::SHA256, &file);
    file.put(check.as_ref());
    file
}

fn decode(file: &[u8]) -> Option<BTreeMap<Scope, Registered>> {
    let (body, check) = file.split_at_checked(file.len().checked_sub(32)?)?;
    if digest::digest(&digest::SHA256, body).as_ref() != check {
        return None;
    }
    let mut fields = Fields(body);
    if fields.array() != Some(MAGIC) || fields.u16() != Some(FORMAT) {
        return None;
    }
    let mut scopes = BTreeMap::new();
    for _ in 0..fields.u32()? {
        let scope = Scope { chart: ChartId(fields.array()?), class: Class(fields.u8()?) };
        let standing = match fields.u8()? {
            0 => Standing::Live,
            1 => Standing::Erasing,
            2 => Standing::Erased,
            _ => return None,
        };
        scopes.insert(scope, Registered { standing, id: fields.array()? });
    }
    fields.is_empty().then_some(scopes)
}
