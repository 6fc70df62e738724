//! How a shim starts its child.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use rustix::process::Pid;

use crate::cgroup;
use crate::confine::{self, Confined, Plan};
use crate::shim::spec::{ChildCommand, StartFailure};
use crate::shim::wire::{JoinCgroup, Report, Spec};

/// A child that runs.
pub(super) struct Started {
    pub(super) leader: Pid,
    /// The control group that the child is in and this process is not.
    pub(super) cgroup: Option<PathBuf>,
    pub(super) report: Report,
}

/// Starts the child, in the control group if it is to be in one. The child inherits membership, so that it is never outside of it; this
/// process leaves again, to be able to kill it whole.
pub(super) fn start(spec: &Spec) -> Result<Started, Box<Report>> {
    let mut outside_cgroup = None;
    let mut cgroup = None;
    if let Some(JoinCgroup {
        directory,
        required,
    }) = &spec.cgroup
    {
        let directory = Path::new(directory);
        match cgroup::join(directory) {
            Ok(()) => cgroup = Some(directory.to_owned()),
            Err(error) if *required => {
                return Err(Box::new(Report::NotInCgroup(error.to_string())));
            }
            Err(error) => outside_cgroup = Some(error.to_string()),
        }
    }
    let started = start_child(&spec.command, spec.plan.as_ref());
    // One who cannot leave kills the tree by itself, and leaves the group to its parent.
    let cgroup = cgroup.filter(|directory| {
        directory
            .parent()
            .is_some_and(|own| cgroup::join(own).is_ok())
    });
    let (leader, confined) = started.map_err(|failure| Box::new(Report::NotStarted(failure)))?;
    Ok(Started {
        leader,
        cgroup,
        report: Report::Started {
            pid: leader.as_raw_nonzero().get().unsigned_abs(),
            outside_cgroup,
            confined,
        },
    })
}

fn start_child(
    command: &ChildCommand,
    plan: Option<&Plan>,
) -> Result<(Pid, Option<Confined>), StartFailure> {
    if let Some(plan) = plan {
        let (child, confined) = confine::start(command, plan, None)?;
        return Ok((Pid::from_child(&child), Some(confined)));
    }
    let child = command
        .to_command()
        .stdin(Stdio::inherit())
        .spawn()
        .map_err(|error| StartFailure::of_program(&error))?;
    Ok((Pid::from_child(&child), None))
}
