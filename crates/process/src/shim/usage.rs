//! What the children of this process used.

use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

use crate::outcome::Usage;

/// Of all children that were waited for, and of theirs. Nothing where the system does not say.
pub(crate) fn of_children() -> Usage {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_CHILDREN) else {
        return Usage::default();
    };
    Usage {
        user: duration(usage.user_time()),
        system: duration(usage.system_time()),
        // In KiB (getrusage(2)).
        max_rss_bytes: u64::try_from(usage.max_rss()).unwrap_or_default() << 10,
    }
}

fn duration(time: TimeVal) -> Duration {
    let seconds = u64::try_from(time.tv_sec()).unwrap_or_default();
    let microseconds = u64::try_from(time.tv_usec()).unwrap_or_default();
    Duration::from_secs(seconds) + Duration::from_micros(microseconds)
}
