//! Starting the program itself.

use std::io::PipeWriter;
use std::os::fd::OwnedFd;
use std::process::Stdio;

use rustix::process::Pid;

use crate::cgroup::{self, Cgroup};
use crate::confine::{self, Confined};
use crate::service::linux::protocol::Spec;
use crate::shim::spec::StartFailure;

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
    let [stdout, stderr] = outputs;
    // The directory is always said: that of the shim is nobody's.
    let child = spec
        .command
        .to_command()
        .stdin(Stdio::null())
        .stdout(stdout)
        .stderr(stderr)
        .spawn()
        .map_err(|error| StartFailure::of_program(&error))?;
    // Who waits for it is the loop that waits for all.
    Ok((Pid::from_child(&child), None))
}
