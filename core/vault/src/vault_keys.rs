//! The keys of an unlocked vault: its own, and each scope's whose share the keystore still has.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use zeroize::Zeroizing;

use crate::error::Result;
use crate::keyring::VaultKey;
use crate::keys::Keyset;
use crate::scope::{SYSTEM_SCOPE, Scope, ScopeId};

pub(crate) struct VaultKeys {
    vault_key: Zeroizing<[u8; 32]>,
    pub system: Arc<Keyset>,
    scopes: RwLock<HashMap<ScopeId, (Scope, Arc<Keyset>)>>,
}

impl VaultKeys {
    pub fn new(vault: VaultKey) -> Self {
        VaultKeys { vault_key: vault.key, system: Arc::new(vault.system), scopes: RwLock::default() }
    }

    /// Derives a scope's keys from its share.
    pub fn add(&self, scope: Scope, id: ScopeId, share: &[u8; 32]) -> Result<Arc<Keyset>> {
        let keys = Keyset::scope(&self.vault_key, share, scope, id, self.system.store, self.system.epoch)?;
        let keys = Arc::new(keys);
        self.scopes.write().unwrap_or_else(PoisonError::into_inner).insert(id, (scope, keys.clone()));
        Ok(keys)
    }

    /// Drops a scope's keys.
    pub fn remove(&self, id: ScopeId) {
        self.scopes.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    pub fn by_id(&self, id: ScopeId) -> Option<Arc<Keyset>> {
        if id == SYSTEM_SCOPE {
            return Some(self.system.clone());
        }
        self.scopes.read().unwrap_or_else(PoisonError::into_inner).get(&id).map(|(_, keys)| keys.clone())
    }
}
