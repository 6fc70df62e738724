//! Finding what is left of a run whose shim was killed.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use crate::procfs::{self, Stat};

/// How long at most; whoever breeds faster than it can be found is not to be had this way.
const LIMIT: Duration = Duration::from_secs(5);

/// Kills the processes of the session of `shim`, which has ended but was not waited for, and those whose environment has the marker, until
/// none is found twice in a row.
///
/// What has left the session and has another environment is not found: it is nobody's child that we know.
pub(super) fn kill_run(shim: Pid, name: &str, marker: &OsStr) {
    let started = Instant::now();
    let variable = [name.as_bytes(), b"=", marker.as_bytes()].concat();
    let belongs = |pid: Pid| {
        Stat::of(pid).is_some_and(|stat| {
            !stat.is_dead() && (stat.session == shim.as_raw_pid() || has_variable(pid, &variable))
        })
    };
    let mut clean = 0;
    while clean < 2 && started.elapsed() < LIMIT {
        let mut found = false;
        // Without `/proc` there is nothing to be found.
        for pid in procfs::all().unwrap_or_default() {
            if pid == shim || !belongs(pid) {
                continue;
            }
            found = true;
            // The number may be somebody else's by now: a descriptor keeps it while we look again.
            if let Ok(process) = pidfd_open(pid, PidfdFlags::empty())
                && belongs(pid)
            {
                // It fails only where it has ended.
                let _ = pidfd_send_signal(&process, Signal::KILL);
            }
        }
        clean = if found { 0 } else { clean + 1 };
    }
}

fn has_variable(pid: Pid, variable: &[u8]) -> bool {
    fs::read(format!("/proc/{pid}/environ")).is_ok_and(|environment| {
        environment
            .split(|&byte| byte == 0)
            .any(|entry| entry == variable)
    })
}
