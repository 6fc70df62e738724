//! The process between a program and its child, which holds all descendants of the child.

mod bytes;
#[cfg(target_os = "linux")]
mod child;
#[cfg(target_os = "linux")]
pub(crate) mod client;
#[cfg(target_os = "linux")]
pub(crate) mod descriptors;
#[cfg(target_os = "linux")]
mod holder;
#[cfg(target_os = "linux")]
pub(crate) mod reaper;
pub(crate) mod spec;
#[cfg(target_os = "linux")]
mod sweep;
#[cfg(target_os = "linux")]
pub(crate) mod tree;
#[cfg(target_os = "linux")]
pub(crate) mod usage;
#[cfg(target_os = "linux")]
pub(crate) mod wire;

use std::path::{Path, PathBuf};

/// The program that holds children: `ftc-shim`, or this very program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shim {
    program: PathBuf,
    with_cgroup: bool,
}

impl Shim {
    /// The program at `path`: `ftc-shim`, or any whose `main` calls [`run_if_asked`] before anything else.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            program: path.into(),
            with_cgroup: true,
        }
    }

    /// This very program, whose `main` must call [`run_if_asked`] before anything else. It stays the same program when its file is
    /// replaced while it runs.
    pub fn this_program() -> Self {
        Self::at("/proc/self/exe")
    }

    /// Makes no control group, for callers with many short children: to join one costs a child some 50 microseconds, but up to 15
    /// milliseconds where none was joined on the machine for a while (the kernel waits for all processors). What a group adds is that even
    /// those are found that have killed the shim, left its session and cleared their environment.
    #[must_use]
    pub fn without_cgroup(mut self) -> Self {
        self.with_cgroup = false;
        self
    }

    /// Whether a control group is used where one can be made.
    pub(crate) fn with_cgroup(&self) -> bool {
        self.with_cgroup
    }

    /// The program.
    pub fn program(&self) -> &Path {
        &self.program
    }
}

/// What this release and the shim say to each other. A shim of another one is refused: it would misunderstand.
pub(crate) const PROTOCOL: &str = concat!(env!("CARGO_PKG_VERSION"), "-1");

/// What a shim of another protocol exits with, before it has done anything.
pub(crate) const OTHER_PROTOCOL: u8 = 4;

/// Becomes the shim if this process was started as one, and then never returns; else does nothing.
///
/// The first thing in the `main` of a program that uses [`Shim::this_program`], before any thread is started.
pub fn run_if_asked() {
    let mut arguments = std::env::args_os().skip(1);
    if arguments
        .next()
        .is_none_or(|argument| argument != "__ftc-shim")
    {
        return;
    }
    let mode = arguments.next();
    #[cfg(target_os = "linux")]
    if arguments.next().is_none_or(|protocol| protocol != PROTOCOL) {
        exit(OTHER_PROTOCOL);
    }
    match mode.as_ref().and_then(|mode| mode.to_str()) {
        #[cfg(target_os = "linux")]
        Some("run") => exit(holder::main()),
        Some("confine") => crate::confine::stage2(),
        #[cfg(target_os = "linux")]
        Some("service") => exit(crate::service::shim::detach()),
        #[cfg(target_os = "linux")]
        Some("service-main") => exit(crate::service::shim::main()),
        _ => {}
    }
}

#[cfg(target_os = "linux")]
#[expect(clippy::exit, reason = "this process is nothing but a shim")]
fn exit(code: u8) -> ! {
    std::process::exit(code.into())
}
