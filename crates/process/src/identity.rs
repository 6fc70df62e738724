//! Telling a process from every other one, later ones with the same id included.

#[cfg(target_os = "linux")]
#[path = "identity/linux.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "identity/other.rs"]
mod system;

mod process;

use std::io;

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use serde::{Deserialize, Serialize};

pub use process::Process;
#[cfg(target_os = "linux")]
pub(crate) use process::wait_readable;

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
    /// The file that it executes, as device and inode in the form `8:1234` (`/proc/PID/exe`). Absent where it was not asked for
    /// or is not known: a program may become another one by `exec` and is still the same process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executable: Option<String>,
    /// The sha256 of its argument list (`/proc/PID/cmdline`), in hexadecimal. Absent like `executable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arguments: Option<String>,
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
    /// Without its executable and arguments: it stays the same when it becomes another program.
    pub fn of(pid: u32) -> io::Result<Option<Self>> {
        match system::start_ticks(pid)? {
            Some(start_ticks) => Self::new(pid, start_ticks).map(Some),
            None => Ok(None),
        }
    }

    /// The same for a child, which may have ended as long as nobody has waited for it.
    #[cfg(target_os = "linux")]
    pub(crate) fn of_unreaped(pid: u32) -> io::Result<Option<Self>> {
        match system::start_ticks_of_any(pid)? {
            Some(start_ticks) => Self::new(pid, start_ticks).map(Some),
            None => Ok(None),
        }
    }

    fn new(pid: u32, start_ticks: u64) -> io::Result<Self> {
        Ok(Self {
            pid,
            start_ticks,
            boot_id: system::boot_id()?,
            host: host(),
            namespace: system::namespace(),
            executable: None,
            arguments: None,
        })
    }

    /// The same with executable and arguments, as far as the system tells them: for a process that never becomes another
    /// program. If it does, this identity is gone.
    pub fn exact_of(pid: u32) -> io::Result<Option<Self>> {
        let Some(mut identity) = Self::of(pid)? else {
            return Ok(None);
        };
        identity.executable = system::executable(pid).ok();
        identity.arguments = system::arguments(pid).ok();
        // They may have been read of a later process with the same number.
        Ok((identity.liveness() != Liveness::Gone).then_some(identity))
    }

    /// Whether this very process still runs, as far as it can be told from here and now.
    pub fn liveness(&self) -> Liveness {
        if let Some(liveness) = self.liveness_elsewhere() {
            return liveness;
        }
        match system::start_ticks(self.pid) {
            Ok(None) => Liveness::Gone,
            Ok(Some(start_ticks)) if start_ticks != self.start_ticks => Liveness::Gone,
            Ok(Some(_)) if system::KNOWS_START || self.pid == std::process::id() => {
                self.same_program()
            }
            Ok(Some(_)) | Err(_) => Liveness::Unknown,
        }
    }

    /// What is known of a process of another boot, machine or container; `None` for one whose number means something here.
    pub(crate) fn liveness_elsewhere(&self) -> Option<Liveness> {
        if self.host != host() {
            return Some(Liveness::Unknown);
        }
        match system::boot_id() {
            Ok(boot_id) if boot_id != self.boot_id => return Some(Liveness::Gone),
            Ok(_) => {}
            Err(_) => return Some(Liveness::Unknown),
        }
        let namespace = system::namespace();
        let are_known = !namespace.is_empty() && !self.namespace.is_empty();
        (are_known && namespace != self.namespace).then_some(Liveness::Unknown)
    }

    /// Whether the process, whose number and start are right, executes what this one did.
    fn same_program(&self) -> Liveness {
        let checks = [
            (&self.executable, system::executable as fn(u32) -> _),
            (&self.arguments, system::arguments),
        ];
        let known = checks
            .into_iter()
            .filter_map(|(recorded, look)| recorded.as_ref().map(|recorded| (recorded, look)));
        for (recorded, look) in known {
            match look(self.pid) {
                Ok(found) if found == *recorded => {}
                // Of a process that ends between two looks nothing can be read any more.
                Ok(_) => return Liveness::Gone,
                Err(_) if matches!(system::start_ticks(self.pid), Ok(None)) => {
                    return Liveness::Gone;
                }
                Err(_) => return Liveness::Unknown,
            }
        }
        Liveness::Alive
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
