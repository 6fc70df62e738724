//! Starting the program itself.

use std::ffi::OsStr;
use std::io::PipeWriter;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use rustix::process::Pid;

use crate::cgroup::{self, Cgroup};
use crate::confine::{self, Confined};
use crate::service::linux::protocol::Spec;
use crate::shim::spec::{ChildCommand, StartFailure};

/// A program that was started, and waits to be waited for.
pub(super) struct Started {
    pub(super) leader: Pid,
    /// The control group that the program is in and this process is not.
    pub(super) cgroup: Option<Cgroup>,
    pub(super) confined: Option<Confined>,
}

/// Starts it, in a control group of its own where one can be had. It inherits membership, so that it is never outside of it; this
/// process leaves again, to be able to kill it whole.
pub(super) fn start(spec: &Spec, writers: [PipeWriter; 2]) -> Result<Started, StartFailure> {
    let cgroup = spec
        .with_cgroup
        .then(Cgroup::create)
        .and_then(Result::ok)
        .filter(|cgroup| cgroup::join(cgroup.directory()).is_ok());
    let started = start_child(spec, writers.map(OwnedFd::from));
    let cgroup = cgroup.and_then(|cgroup| {
        let parent = cgroup.directory().parent();
        if parent.is_some_and(|parent| cgroup::join(parent).is_ok()) {
            return Some(cgroup);
        }
        // To remove it would kill this process. A later one removes it.
        std::mem::forget(cgroup);
        None
    });
    let (leader, confined) = started?;
    Ok(Started {
        leader,
        cgroup,
        confined,
    })
}

fn start_child(
    spec: &Spec,
    outputs: [OwnedFd; 2],
) -> Result<(Pid, Option<Confined>), StartFailure> {
    if let Some(plan) = &spec.plan {
        let (child, confined) = confine::start(&spec.command, plan, Some(outputs))?;
        return Ok((Pid::from_child(&child), Some(confined)));
    }
    let child = command(&spec.command, outputs)
        .spawn()
        .map_err(|error| StartFailure {
            errno: error.raw_os_error().unwrap_or_default(),
            what: None,
        })?;
    // Who waits for it is the loop that waits for all.
    Ok((Pid::from_child(&child), None))
}

fn command(child: &ChildCommand, [stdout, stderr]: [OwnedFd; 2]) -> Command {
    let mut command = Command::new(&child.program);
    if let Some((name, arguments)) = child.argv.split_first() {
        command.arg0(name).args(arguments);
    }
    command
        .env_clear()
        .envs(&child.environment)
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr)
        .process_group(0)
        // Without a directory the shim's would be meant, which nobody knows.
        .current_dir(child.directory.as_deref().unwrap_or(OsStr::new("/")));
    command
}
