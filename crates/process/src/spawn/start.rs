//! Starting a child, with and without a shim.

use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Instant;

use crate::cancel::Cancel;
use crate::confine::{Plan, Planned};
use crate::event::Event;
use crate::group::Group;
use crate::outcome::{Containment, Outcome};
use crate::output::{CaptureOptions, Reading};
use crate::run::{self, Failure, Holder, Limits};
use crate::shim::Shim;
use crate::shim::spec::{ChildCommand, StartFailure};
use crate::spawn::{Spawn, SpawnError};
use crate::spill::SpillFile;

/// Starts what `spawn` says and waits for its end.
pub(super) fn run<'a>(
    spawn: &'a Spawn,
    mut observer: Option<&'a mut dyn FnMut(Event<'_>)>,
) -> Result<Outcome, SpawnError> {
    if spawn.cancel.as_ref().is_some_and(Cancel::is_cancelled) {
        return Err(SpawnError::Cancelled);
    }
    let mut command = spawn.resolve()?;
    let program = PathBuf::from(&command.program);
    let directory = command.directory.as_ref().map(PathBuf::from);
    let means = Means::of(spawn)?;
    // Dropped at the end: it removes the child's private directories.
    let planned = match (&spawn.confinement, &spawn.shim) {
        (None, _) => None,
        (Some(_), None) => return Err(SpawnError::ConfinementNeedsShim),
        (Some(confinement), Some(_)) => Some(confinement.plan(&mut command)?),
    };
    let spill = spawn.create_spill()?;
    let started = Instant::now();
    let held = match means.start(command, planned.as_ref()) {
        Ok(held) => held,
        Err(failure) => {
            spawn.remove_spill();
            return Err(spawn.error_of(failure, program, directory));
        }
    };
    if let (Some(pid), Some(observer)) = (held.pid, &mut observer) {
        observer(Event::Started { pid });
    }
    let limits = spawn.limits();
    let output = Reading::new(held.stdout, held.stderr, &limits.capture, spill);
    run::wait(
        held.holder,
        held.pid.is_some(),
        output,
        started,
        &limits,
        spawn.cancel.as_ref(),
        observer,
    )
    .map_err(|failure| {
        if !matches!(failure, Failure::Wait(_) | Failure::Breached(_)) {
            spawn.remove_spill();
        }
        spawn.error_of(failure, program, directory)
    })
}

impl Spawn {
    fn limits(&self) -> Limits {
        Limits {
            timeout: self.timeout,
            idle_timeout: self.idle_timeout,
            grace: self.grace,
            capture: CaptureOptions {
                limit_bytes: self.capture_bytes,
                digest: self.digest,
            },
        }
    }

    fn create_spill(&self) -> Result<Option<SpillFile>, SpawnError> {
        let Some((path, limit_bytes)) = &self.spill else {
            return Ok(None);
        };
        match SpillFile::create(path, *limit_bytes, self.spill_index) {
            Ok(spill) => Ok(Some(spill)),
            Err((path, source)) => Err(SpawnError::CreateSpill { path, source }),
        }
    }

    /// Removes the file again, when nothing was started that could fill it.
    fn remove_spill(&self) {
        if let Some((path, _)) = &self.spill {
            SpillFile::remove(path, self.spill_index);
        }
    }

    fn error_of(
        &self,
        failure: Failure,
        program: PathBuf,
        directory: Option<PathBuf>,
    ) -> SpawnError {
        match failure {
            Failure::NotStarted(StartFailure {
                what: Some(why), ..
            }) => SpawnError::Confinement { why },
            Failure::NotStarted(StartFailure { errno, what: None }) => {
                SpawnError::of_start(program, directory, io::Error::from_raw_os_error(errno))
            }
            Failure::NotInCgroup(why) => SpawnError::Containment {
                required: self.require,
                reached: Containment::Subreaper,
                why: format!("the control group cannot be joined: {why}"),
            },
            Failure::NoShim(source) => SpawnError::Shim {
                program: self
                    .shim
                    .as_ref()
                    .map_or_else(PathBuf::new, |shim| shim.program().to_owned()),
                source,
            },
            Failure::Wait(source) => SpawnError::Wait { program, source },
            Failure::Breached(breach) => SpawnError::Breached { program, breach },
        }
    }
}

/// What a child is to be held by.
enum Means<'a> {
    Group,
    #[cfg(target_os = "linux")]
    Shim {
        shim: &'a Shim,
        cgroup: Option<crate::cgroup::Cgroup>,
        require: Containment,
    },
    #[cfg(not(target_os = "linux"))]
    #[expect(dead_code, reason = "there are no shims here")]
    Shim(&'a Shim),
}

/// A child that was started, or whose start was ordered.
struct Held {
    holder: Box<dyn Holder>,
    stdout: OwnedFd,
    stderr: OwnedFd,
    /// If it runs already.
    pid: Option<u32>,
}

impl<'a> Means<'a> {
    /// The best that can be had, if it is as good as is required.
    #[cfg(target_os = "linux")]
    fn of(spawn: &'a Spawn) -> Result<Self, SpawnError> {
        let lacks = |reached, why: String| {
            if spawn.require <= reached {
                return Ok(());
            }
            Err(SpawnError::Containment {
                required: spawn.require,
                reached,
                why,
            })
        };
        let Some(shim) = &spawn.shim else {
            lacks(Containment::Group, "there is no shim".to_owned())?;
            return Ok(Self::Group);
        };
        let cgroup = if shim.with_cgroup() {
            crate::cgroup::Cgroup::create()
        } else {
            Err("the shim is to make no control group".to_owned())
        };
        let cgroup = match cgroup {
            Ok(cgroup) => Some(cgroup),
            Err(why) => {
                lacks(Containment::Subreaper, why)?;
                None
            }
        };
        Ok(Self::Shim {
            shim,
            cgroup,
            require: spawn.require,
        })
    }

    #[cfg(not(target_os = "linux"))]
    fn of(spawn: &'a Spawn) -> Result<Self, SpawnError> {
        if spawn.require > Containment::Group {
            return Err(SpawnError::Containment {
                required: spawn.require,
                reached: Containment::Group,
                why: "a shim needs Linux".to_owned(),
            });
        }
        if spawn.confinement.is_some() {
            return Err(SpawnError::Confinement {
                why: "a confinement needs Linux".to_owned(),
            });
        }
        Ok(Self::Group)
    }

    fn start(self, command: ChildCommand, planned: Option<&Planned>) -> Result<Held, Failure> {
        let plan = planned.map(|planned| planned.plan.clone());
        match self {
            Self::Group => start_group(&command),
            #[cfg(target_os = "linux")]
            Self::Shim {
                shim,
                cgroup,
                require,
            } => start_shim(shim, command, plan, cgroup, require),
            #[cfg(not(target_os = "linux"))]
            Self::Shim(_) => {
                drop::<Option<Plan>>(plan);
                start_group(&command)
            }
        }
    }
}

fn start_group(command: &ChildCommand) -> Result<Held, Failure> {
    let mut child = command
        .to_command()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| Failure::NotStarted(StartFailure::of_program(&error)))?;
    let pid = child.id();
    let pipes = child.stdout.take().zip(child.stderr.take());
    let holder = Box::new(Group::new(child)?);
    let (stdout, stderr) = pipes.ok_or_else(|| io::Error::other("the outputs are not piped"))?;
    Ok(Held {
        holder,
        stdout: stdout.into(),
        stderr: stderr.into(),
        pid: Some(pid),
    })
}

#[cfg(target_os = "linux")]
fn start_shim(
    shim: &Shim,
    command: ChildCommand,
    plan: Option<Plan>,
    cgroup: Option<crate::cgroup::Cgroup>,
    require: Containment,
) -> Result<Held, Failure> {
    let cgroup = cgroup.map(|cgroup| (cgroup, require >= Containment::Cgroup));
    let started = crate::shim::client::ShimProcess::start(shim, command, plan, cgroup)
        .map_err(Failure::NoShim)?;
    Ok(Held {
        holder: Box::new(started.shim),
        stdout: started.stdout.into(),
        stderr: started.stderr.into(),
        pid: None,
    })
}
