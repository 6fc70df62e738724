//! Telling a process from every other one, later ones with the same id included.

#[cfg(target_os = "linux")]
#[path = "identity/linux.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "identity/other.rs"]
mod system;

use std::io;

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use serde::{Deserialize, Serialize};

/// A process that cannot be mistaken for a later one with the same process id.
///
/// Made to be stored: whoever reads it later, on this machine or another, can ask whether that very process still runs.
/// Outside of Linux neither start nor boot are known (`start_ticks` 0, `boot_id` empty), and [`liveness`](Self::liveness)
/// can only tell that nobody has the process id any more.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProcessIdentity {
    /// Its process id.
    pub pid: u32,
    /// When it started, in clock ticks since the machine booted (field 22 of `/proc/PID/stat`).
    pub start_ticks: u64,
    /// The boot of the machine in which it runs (`/proc/sys/kernel/random/boot_id`).
    pub boot_id: String,
    /// The machine's name, as `uname -n` prints it.
    pub host: String,
    /// The set of process ids in which `pid` means something, such as `pid:[4026531836]`. Containers may share a boot and
    /// a host name, and each have their own process 1. Empty where it is not known.
    #[serde(default)]
    pub namespace: String,
}

/// Whether a process still runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Liveness {
    /// It runs.
    Alive,
    /// It has ended.
    Gone,
    /// It cannot be told from here: it belongs to another machine or container, or the system does not say.
    Unknown,
}

impl ProcessIdentity {
    /// The identity of this process.
    pub fn current() -> io::Result<Self> {
        Self::of(std::process::id())?.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// The identity of the process with this id; `None` where there is none, or where it has ended and was not reaped yet.
    pub fn of(pid: u32) -> io::Result<Option<Self>> {
        let Some(start_ticks) = system::start_ticks(pid)? else {
            return Ok(None);
        };
        Ok(Some(Self {
            pid,
            start_ticks,
            boot_id: system::boot_id()?,
            host: host(),
            namespace: system::namespace(),
        }))
    }

    /// Whether this very process still runs, as far as it can be told from here and now.
    pub fn liveness(&self) -> Liveness {
        if self.host != host() {
            return Liveness::Unknown;
        }
        match system::boot_id() {
            Ok(boot_id) if boot_id != self.boot_id => return Liveness::Gone,
            Ok(_) => {}
            Err(_) => return Liveness::Unknown,
        }
        let namespace = system::namespace();
        let are_known = !namespace.is_empty() && !self.namespace.is_empty();
        if are_known && namespace != self.namespace {
            return Liveness::Unknown;
        }
        match system::start_ticks(self.pid) {
            Ok(None) => Liveness::Gone,
            Ok(Some(start_ticks)) if start_ticks != self.start_ticks => Liveness::Gone,
            Ok(Some(_)) if system::KNOWS_START || self.pid == std::process::id() => Liveness::Alive,
            Ok(Some(_)) | Err(_) => Liveness::Unknown,
        }
    }
}

fn host() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

/// Whether a process has this id, as far as signals can tell; one of another user counts.
fn exists(pid: u32) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else {
        return false;
    };
    test_kill_process(pid) != Err(Errno::SRCH)
}
