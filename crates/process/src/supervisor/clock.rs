//! What time it is, so that tests can say so.

use std::time::{Duration, SystemTime};

/// A point in time, on both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Since the machine booted (`CLOCK_MONOTONIC`). Whatever is decided is decided by this; nobody can set it.
    pub monotonic: Duration,
    /// What the calendar says. Only written down, for people: it may jump.
    pub wall: SystemTime,
}

/// Tells the time.
pub trait Clock: Send {
    /// Now. `monotonic` never goes back.
    fn now(&self) -> Now;
}

/// The clocks of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Now {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        Now {
            // Neither is negative on this clock.
            monotonic: Duration::new(
                u64::try_from(time.tv_sec).unwrap_or_default(),
                u32::try_from(time.tv_nsec).unwrap_or_default(),
            ),
            wall: SystemTime::now(),
        }
    }
}

/// Since 1970, as it is written down; 0 for times before.
pub(crate) fn unix(wall: SystemTime) -> Duration {
    wall.duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}
