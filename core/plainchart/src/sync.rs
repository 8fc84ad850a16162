//! The sync engine: the plan, walks of searches, bodies, positions that survive a crash.

mod bodies;
mod engine;
mod fetch;
mod page;
mod plan;
mod position;
mod reconcile;
mod report;
mod walk;

pub use engine::{SyncOptions, Syncing, read_position};
pub use fetch::{Counts, Fetcher};
pub use plan::SCOPE_TYPES;
pub use position::Position;
pub use report::{Progress, ProgressListener, Quiet, SyncReport, TypeReport};
