//! The one place that reads a clock (DESIGN "Clock").

use rustix::time::{ClockId, clock_gettime};

/// Where the facade takes time from. Tests and the test kit pass a frozen one.
pub trait Clock: Send + Sync {
    /// Wall time, ms since 1970 UTC, as the phone believes.
    fn wall_ms(&self) -> i64;

    /// Monotonic time in ms that counts sleep, since an unspecified start within this boot.
    fn monotonic_ms(&self) -> i64;
}

/// The operating system's clocks.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

/// Counts sleep on Linux and Android; `Instant` would stop in a phone's doze.
#[cfg(any(target_os = "linux", target_os = "android"))]
const MONOTONIC: ClockId = ClockId::Boottime;
/// Counts sleep on Apple's systems too; rustix offers no `CLOCK_MONOTONIC_RAW` there.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const MONOTONIC: ClockId = ClockId::Monotonic;

fn read_ms(clock: ClockId) -> i64 {
    let time = clock_gettime(clock);
    time.tv_sec.saturating_mul(1000).saturating_add(time.tv_nsec / 1_000_000)
}

impl Clock for SystemClock {
    fn wall_ms(&self) -> i64 {
        read_ms(ClockId::Realtime)
    }

    fn monotonic_ms(&self) -> i64 {
        read_ms(MONOTONIC)
    }
}

/// A clock that stands still until it is moved: for tests and previews.
#[derive(Debug, Default)]
pub struct FrozenClock(std::sync::atomic::AtomicI64);

impl FrozenClock {
    /// A clock that stands at this wall time, ms since 1970 UTC.
    #[must_use]
    pub fn at(wall_ms: i64) -> Self {
        Self(wall_ms.into())
    }

    /// Moves it by this many ms.
    pub fn advance(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for FrozenClock {
    fn wall_ms(&self) -> i64 {
        self.0.load(std::sync::atomic::Ordering::SeqCst)
    }

    fn monotonic_ms(&self) -> i64 {
        self.wall_ms()
    }
}
