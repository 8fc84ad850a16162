//! The ledger and the access log, as the vault gives them out.

use crate::error::{Error, Result};
use crate::sealed_log::{Log, LogContents, LogEnd, SealedLog};
use crate::vault::Vault;

impl Vault {
    fn with_log<T>(&self, which: Log, act: impl FnOnce(&mut SealedLog) -> Result<T>) -> Result<T> {
        let mut logs = self.logs();
        let logs = logs.as_mut().ok_or(Error::Locked)?;
        act(match which {
            Log::Ledger => &mut logs.ledger,
            Log::AccessLog => &mut logs.access_log,
        })
    }

    /// Appends an event to the ledger; durable on return. Answers its sequence number.
    pub fn append_to_ledger(&self, event: &[u8]) -> Result<u64> {
        self.with_log(Log::Ledger, |log| log.append(event, true))
    }

    /// Appends a line to the access log. With `durable`, it and all earlier lines survive a power cut on return;
    /// otherwise call [`sync_access_log`](Self::sync_access_log) within two seconds (P6).
    pub fn append_to_access_log(&self, line: &[u8], durable: bool) -> Result<u64> {
        self.with_log(Log::AccessLog, |log| log.append(line, durable))
    }

    /// Makes all lines of the access log durable.
    pub fn sync_access_log(&self) -> Result<()> {
        self.with_log(Log::AccessLog, |log| log.sync())
    }

    /// Reads a whole log and verifies its chain: sound if `gaps` is empty.
    pub fn read_log(&self, which: Log) -> Result<LogContents> {
        self.with_log(which, |log| log.read())
    }

    /// A log's last sequence number and hash, for checkpoints and the anchor.
    pub fn log_end(&self, which: Log) -> Result<LogEnd> {
        self.with_log(which, |log| Ok(log.end()))
    }

    /// Begins a new ledger file with a snapshot of the state that its events led to. The previous file is kept.
    pub fn compact_ledger(&self, snapshot: &[u8]) -> Result<()> {
        self.with_log(Log::Ledger, |log| log.compact(snapshot))
    }
}
