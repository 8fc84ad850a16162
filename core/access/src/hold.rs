//! The reader's own release preferences (R3): visible, reversible at once.

use serde::{Deserialize, Serialize};

use crate::{ChartId, Item, Kind, KnownTime};

/// Until when an item stays folded away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldTerm {
    /// Told that something is there; shown when the reader opens it.
    UntilOpened,
    /// Until an instant the reader named, ms since 1970 UTC.
    Until(i64),
}

/// A hold that a reader set on one kind of one chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Whose chart.
    pub chart: ChartId,
    /// Which kind.
    pub kind: Kind,
    /// How long.
    pub term: HoldTerm,
    /// Only items received after this instant, ms since 1970 UTC: a hold never hides what was already shown.
    pub from_ms: i64,
}

impl Hold {
    /// Whether this hold keeps the item folded away now.
    #[must_use]
    pub fn applies(&self, chart: &ChartId, item: &Item, received_ms: i64, now: KnownTime) -> bool {
        let waiting = match self.term {
            HoldTerm::UntilOpened => true,
            HoldTerm::Until(end) => now.wall_ms < end,
        };
        waiting && self.chart == *chart && self.kind == item.kind && received_ms >= self.from_ms
    }
}
