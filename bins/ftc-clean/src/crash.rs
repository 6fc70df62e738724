//! For tests of recovery: a process that kills itself at a chosen moment, as a power cut would.
//!
//! `FTC_CRASH_AT=moved:3` is a SIGKILL right after the third transition, `sending:3` before the third write to the forge, and
//! `sent:3` after it. Without the feature `crashpoints` none of this is compiled.

use std::sync::atomic::{AtomicU32, Ordering};

use ftc_flaky::Event;
use ftc_process::ParentEnv;

/// The chosen moment.
pub struct CrashPoint {
    at: Option<(String, u32)>,
    seen: AtomicU32,
}

impl CrashPoint {
    pub fn of(env: &ParentEnv) -> Self {
        let at = env.var("FTC_CRASH_AT").and_then(|text| {
            let (name, nth) = text.split_once(':')?;
            Some((name.to_owned(), nth.parse().ok()?))
        });
        Self {
            at,
            seen: AtomicU32::new(0),
        }
    }

    pub fn event(&self, event: &Event) {
        let Some((name, nth)) = &self.at else {
            return;
        };
        let is_it = match event {
            Event::Moved { .. } => name == "moved",
            Event::Sending { .. } => name == "sending",
            Event::Sent { .. } => name == "sent",
            _ => false,
        };
        if is_it && self.seen.fetch_add(1, Ordering::Relaxed) + 1 == *nth {
            let process = rustix::process::getpid();
            // Nothing comes after a SIGKILL; where it cannot be sent, the test sees a process that goes on.
            rustix::process::kill_process(process, rustix::process::Signal::KILL).ok();
        }
    }
}
