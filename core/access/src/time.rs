//! The time that access decisions use.

/// Wall time beside *known time* (DESIGN "Clock"), both in milliseconds since 1970 UTC.
///
/// Known time is the latest of the last server `Date` and the last ledger event, plus the monotonic time since then
/// within this boot: setting the phone's clock back cannot extend a lease (P3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownTime {
    /// What the phone's clock says.
    pub wall_ms: i64,
    /// What is known from the chart's own server; 0 if it never said. Without `continuous`, it is at least this late.
    pub known_ms: i64,
    /// Whether the monotonic clock has run on since `known_ms` was learnt. After a restart nobody knows how long the
    /// phone was off: a wall clock that is ahead is then no sign of tampering.
    pub continuous: bool,
}

impl KnownTime {
    /// The time a lease's period is compared with.
    #[must_use]
    pub fn latest_ms(self) -> i64 {
        self.wall_ms.max(self.known_ms)
    }

    /// Whether the phone's clock runs more than 24 h ahead of known time: a lease then pauses rather than ends (P3).
    #[must_use]
    pub fn clock_is_ahead(self) -> bool {
        self.continuous && self.wall_ms.saturating_sub(self.known_ms) > 24 * 3_600_000
    }
}
