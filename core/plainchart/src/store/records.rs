//! What lies beside the charts: the ledger, the access log, and the sealed files of tokens and pending sign-ins.

use std::sync::PoisonError;

use plainchart_vault::{Log, LogContents, LogEnd, RecordKind, Secret};

use super::Store;
use crate::error::PlainchartError;

/// The ledger's state and events, and whether any are missing.
pub struct Ledger {
    /// The state that the events began with, if it was compacted.
    pub snapshot: Option<Vec<u8>>,
    /// Events since, in order.
    pub events: Vec<Vec<u8>>,
    /// Some are missing: leases fail closed.
    pub has_gap: bool,
}

impl Store {
    /// # Errors
    /// The vault's.
    pub fn ledger(&self) -> Result<Ledger, PlainchartError> {
        let contents = self.vault.read_log(Log::Ledger)?;
        let has_gap = !contents.gaps.is_empty();
        let mut ledger = Ledger { snapshot: None, events: Vec::new(), has_gap };
        for record in contents.records {
            match record.kind {
                RecordKind::Event => ledger.events.push(record.bytes),
                RecordKind::Snapshot => {
                    ledger.snapshot = Some(record.bytes);
                    ledger.events.clear();
                }
                RecordKind::Gap => {}
            }
        }
        Ok(ledger)
    }

    /// Replaces the ledger's events by the state they led to; the file before is kept once.
    ///
    /// # Errors
    /// The vault's.
    pub fn compact_ledger(&self, snapshot: &[u8]) -> Result<(), PlainchartError> {
        Ok(self.vault.compact_ledger(snapshot)?)
    }

    /// Makes all lines of the access log durable.
    ///
    /// # Errors
    /// The vault's.
    pub fn sync_access_log(&self) -> Result<(), PlainchartError> {
        Ok(self.vault.sync_access_log()?)
    }

    /// Where the access log ends.
    ///
    /// # Errors
    /// The vault's.
    pub fn access_log_end(&self) -> Result<LogEnd, PlainchartError> {
        Ok(self.vault.log_end(Log::AccessLog)?)
    }

    /// Durable on return.
    ///
    /// # Errors
    /// The vault's.
    pub fn append_event(&self, event: &[u8]) -> Result<(), PlainchartError> {
        self.vault.append_to_ledger(event)?;
        Ok(())
    }

    /// A line of the access log: durable on return if it must be, else with its group within two seconds (P6).
    ///
    /// # Errors
    /// The vault's.
    pub fn append_line(&self, line: &[u8], durable: bool) -> Result<(), PlainchartError> {
        self.vault.append_to_access_log(line, durable)?;
        if !durable {
            self.log_sync.soon();
        }
        Ok(())
    }

    /// # Errors
    /// The vault's.
    pub fn access_log(&self) -> Result<LogContents, PlainchartError> {
        Ok(self.vault.read_log(Log::AccessLog)?)
    }

    /// Durable and whole on return.
    ///
    /// # Errors
    /// The vault's.
    pub fn put_secret(&self, name: &str, bytes: &[u8]) -> Result<(), PlainchartError> {
        Ok(self.vault.put_secret(name.as_bytes(), bytes)?)
    }

    /// # Errors
    /// The vault's.
    pub fn secret(&self, name: &str) -> Result<Option<Secret>, PlainchartError> {
        Ok(self.vault.secret(name.as_bytes())?)
    }

    /// Deletes a secret, durably; whether it was there. Of two callers at once, one is told so.
    ///
    /// # Errors
    /// The vault's.
    pub fn delete_secret(&self, name: &str) -> Result<bool, PlainchartError> {
        let _one = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let was_there = self.vault.secret(name.as_bytes())?.is_some();
        self.vault.delete_secret(name.as_bytes())?;
        Ok(was_there)
    }

    /// # Errors
    /// The vault's.
    pub fn secret_names(&self) -> Result<Vec<String>, PlainchartError> {
        let names = self.vault.secret_names()?.names;
        Ok(names.into_iter().map(|name| String::from_utf8_lossy(&name).into_owned()).collect())
    }
}
