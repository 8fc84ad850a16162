//! The sync engine: the plan, walks of searches, bodies, positions that survive a crash.

mod bodies;
mod engine;
mod fetch;
mod page;
mod plan;
mod position;
mod reconcile;
mod referred;
mod report;
mod walk;

pub use engine::{SyncOptions, Syncing, read_position};
pub use fetch::{Counts, Fetcher};
#[cfg(test)]
pub use plan::PLAN;
pub use plan::{keys_of, scope_types};
pub use position::Position;
pub use report::{Progress, ProgressListener, Quiet, SyncReport, TypeReport};
