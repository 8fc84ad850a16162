//! What a sync tells while it runs and when it is done.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::PlainchartError;

/// What became of one type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TypeReport {
    /// FHIR type.
    #[serde(rename = "type")]
    pub resource_type: String,
    /// Resources the server sent, each counted once.
    pub received: u64,
    /// Resources of this type in the chart now.
    pub in_chart: u64,
    /// Set aside in this sync, by reason.
    pub set_aside: u64,
    /// Marked as withdrawn in this sync.
    pub withdrawn: u64,
    /// Why the type is not complete, as a fixed code: `not_granted`, `not_shared`, `endless_paging` ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<&'static str>,
}

/// What a sync did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SyncReport {
    /// Whose chart.
    pub person: String,
    /// By type.
    pub types: Vec<TypeReport>,
    /// Requests made.
    pub requests: u64,
    /// Bytes that came over the wire in bodies.
    pub bytes: u64,
    /// Bodies of notes that came.
    pub bodies: u64,
    /// Bodies still wanted.
    pub bodies_wanted: u64,
    /// Seconds spent waiting because the hospital asked us to.
    pub waited_seconds: u64,
    /// Reasons of what was set aside, with counts.
    pub reasons: BTreeMap<&'static str, u64>,
}

impl SyncReport {
    /// Whether everything asked for came and nothing was set aside but messages of the server.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.bodies_wanted == 0 && self.types.iter().all(|kind| kind.problem.is_none() && kind.set_aside == 0)
    }
}

/// What happens during a sync or an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// A type is being fetched.
    Fetching {
        /// FHIR type.
        resource_type: &'static str,
        /// Resources so far.
        done: u64,
        /// How many there are, if the server told.
        total: Option<u64>,
    },
    /// The hospital asked us to wait.
    Waiting {
        /// How long, in seconds.
        seconds: u32,
    },
    /// Files of notes are being fetched.
    Bodies {
        /// So far.
        done: u64,
        /// Known to be wanted.
        total: u64,
    },
}

/// Who is told. Called between steps, never under a lock.
pub trait ProgressListener: Send + Sync {
    /// Something happened. An error stops the work as a cancellation does.
    ///
    /// # Errors
    /// Whatever the listener says.
    fn progress(&self, progress: &Progress) -> Result<(), PlainchartError>;
}

/// Nobody is told.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl ProgressListener for Quiet {
    fn progress(&self, _: &Progress) -> Result<(), PlainchartError> {
        Ok(())
    }
}
