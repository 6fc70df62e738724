//! A place where scripts start processes, and how to see that all of them are gone.
//!
//! Who is left is not asked of the processes themselves: each of them holds the write end of a fifo open, whose end of file says
//! that there is nobody. Those that close all their descriptors are looked for by an argument that no other process has.

use std::fs::{self, File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ftc_process::{Containment, Outcome, Spawn};

use crate::support::{has_cgroup, run, shell, shim, wait_until};

/// How the child is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    Group,
    Shim,
    ShimAndCgroup,
}

pub const BY_A_SHIM: [Held; 2] = [Held::Shim, Held::ShimAndCgroup];
pub const BY_ANYTHING: [Held; 3] = [Held::Group, Held::Shim, Held::ShimAndCgroup];

impl Held {
    pub fn prepare(self, spawn: Spawn) -> Spawn {
        match self {
            Self::Group => spawn,
            Self::Shim => spawn.shim(shim().without_cgroup()),
            Self::ShimAndCgroup => spawn.shim(shim()),
        }
    }

    pub fn containment(self) -> Containment {
        match self {
            Self::Group => Containment::Group,
            Self::ShimAndCgroup if has_cgroup() => Containment::Cgroup,
            Self::Shim | Self::ShimAndCgroup => Containment::Subreaper,
        }
    }
}

/// Where a script works, and how to see whether anything of it is left.
pub struct Place {
    folder: tempfile::TempDir,
    held_open: File,
    argument: String,
}

impl Place {
    pub fn new() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let folder = tempfile::tempdir().expect("there is room");
        for name in ["open", "up"] {
            let made = Command::new("mkfifo")
                .arg(folder.path().join(name))
                .status();
            assert!(made.expect("`mkfifo` runs").success());
        }
        // Without waiting for a writer: at the end of a file that nobody has opened, it reads nothing.
        let held_open = OpenOptions::new()
            .read(true)
            .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
            .open(folder.path().join("open"))
            .expect("the fifo is ours");
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        Self {
            folder,
            held_open,
            argument: format!("6{}{number:03}", std::process::id()),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The script with `LONG` for a command that runs until it is killed.
    pub fn spawn(&self, script: &str) -> Spawn {
        let script = format!("exec 9>open; {script}");
        shell(&script.replace("LONG", &format!("sleep {}", self.argument)))
            .directory(self.folder.path())
            .grace(Duration::from_millis(50))
    }

    pub fn is_empty(&self) -> bool {
        let mut byte = [0];
        // While somebody could still write, there is an error instead of the end.
        matches!((&self.held_open).read(&mut byte), Ok(0)) && !self.has_argument()
    }

    fn has_argument(&self) -> bool {
        let entries = fs::read_dir("/proc").expect("there is a `/proc`");
        entries.flatten().any(|entry| {
            fs::read(entry.path().join("cmdline")).is_ok_and(|arguments| {
                arguments
                    .split(|&byte| byte == 0)
                    .any(|argument| argument == self.argument.as_bytes())
            })
        })
    }

    pub fn assert_empty(&self, held: Held) {
        if held == Held::Group {
            // Those whose parent has gone are waited for by others.
            wait_until("the group is gone", || self.is_empty());
        } else {
            assert!(self.is_empty(), "something is left, held by {held:?}");
        }
    }
}

/// With longer and longer timeouts, until the script got as far as `ready`.
pub fn time_out(held: Held, script: &str) -> (Outcome, Place) {
    for timeout_ms in [100, 1_000, 5_000, 30_000] {
        let place = Place::new();
        let spawn = held.prepare(place.spawn(script));
        let outcome = run(&spawn.timeout(Duration::from_millis(timeout_ms)));
        if outcome.stdout.to_text().contains("ready\n") {
            return (outcome, place);
        }
        place.assert_empty(held);
    }
    panic!("the script was never ready");
}
