//! From a program that runs to nothing that is left: what comes when, apart from output and disk.

use std::io;
use std::time::{Duration, Instant, SystemTime};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process_group};

use crate::cgroup::{self, Cgroup};
use crate::identity::ProcessIdentity;
use crate::outcome::End;
use crate::service::linux::directory::Directory;
use crate::service::linux::protocol::{Order, Response};
use crate::service::linux::shim::log::Log;
use crate::shim::reaper::reap;
use crate::shim::tree::kill_descendants;

/// How long output is awaited after the last process has ended. Only somebody who was handed a descriptor can still hold it open.
const DRAIN_LIMIT: Duration = Duration::from_millis(200);

/// How often what cannot be waited for is looked at: a group whose members are no children of ours, or processes that do not die
/// at once.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// More than any clock lives to see, and less than it can say.
const LONGEST_GRACE: Duration = Duration::from_secs(1 << 32);

/// A program that runs.
#[derive(Debug)]
pub(super) struct Program {
    /// Its first process, which leads its group.
    pub(super) leader: Pid,
    pub(super) identity: ProcessIdentity,
    pub(super) since: SystemTime,
    pub(super) stop_signal: i32,
    pub(super) grace: Duration,
}

/// A program and how far it has come.
pub(super) struct State {
    pub(super) program: Program,
    cgroup: Option<Cgroup>,
    phase: Phase,
    /// How the first process ended, once it was waited for. From then on its number may be anybody's.
    pub(super) end: Option<End>,
    is_childless: bool,
    pub(super) stop_requested: bool,
    /// Whether the first process had ended when the killing began.
    outlived: bool,
    pub(super) survivors_killed: u32,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    Running,
    Stopping { deadline: Instant },
    Killing,
    Draining { deadline: Instant },
}

impl State {
    pub(super) fn new(program: Program, cgroup: Option<Cgroup>) -> Self {
        Self {
            program,
            cgroup,
            phase: Phase::Running,
            end: None,
            is_childless: false,
            stop_requested: false,
            outlived: false,
            survivors_killed: 0,
        }
    }

    pub(super) fn timeout(&self) -> Option<Duration> {
        let until = |deadline: Instant| deadline.saturating_duration_since(Instant::now());
        match self.phase {
            Phase::Running => None,
            Phase::Stopping { deadline } if self.end.is_some() => {
                Some(until(deadline).min(LOOK_AGAIN))
            }
            Phase::Stopping { deadline } | Phase::Draining { deadline } => Some(until(deadline)),
            Phase::Killing => Some(LOOK_AGAIN),
        }
    }

    /// Waits for whoever has ended, without blocking.
    pub(super) fn reap(&mut self) {
        // It fails for no reason but that there are no children.
        let Ok(mut reaped) = reap() else {
            self.is_childless = true;
            return;
        };
        if self.end.is_none()
            && let Some(status) = reaped.take(self.program.leader)
        {
            self.end = Some(match status.terminating_signal() {
                Some(signal) => End::Signaled(signal),
                None => End::Exited(status.exit_status().unwrap_or_default()),
            });
        }
        if self.outlived {
            self.survivors_killed = self.survivors_killed.saturating_add(reaped.killed());
        }
        self.is_childless = !reaped.some_left;
    }

    /// What comes next; whether all is over.
    pub(super) fn advance(&mut self, outputs_closed: bool) -> bool {
        let now = Instant::now();
        match self.phase {
            Phase::Running if self.end.is_some() => self.kill(),
            Phase::Stopping { deadline } if now >= deadline || self.group_has_ended() => {
                self.kill();
            }
            Phase::Killing => self.kill(),
            Phase::Draining { deadline } => return outputs_closed || now >= deadline,
            Phase::Running | Phase::Stopping { .. } => {}
        }
        matches!(self.phase, Phase::Draining { .. }) && outputs_closed
    }

    /// Whether the first process and all others of its group have ended. What has left the group was never asked to.
    fn group_has_ended(&self) -> bool {
        self.end.is_some()
            && (self.is_childless
                || test_kill_process_group(self.program.leader) == Err(Errno::SRCH))
    }

    fn kill(&mut self) {
        if !matches!(self.phase, Phase::Killing) {
            self.outlived = self.end.is_some();
            self.phase = Phase::Killing;
        }
        if !self.is_childless {
            if let Some(cgroup) = &self.cgroup {
                // Whom that does not kill is found in the tree.
                let _ = cgroup::kill(cgroup.directory());
            }
            kill_descendants();
            self.reap();
        }
        if self.is_childless {
            self.phase = Phase::Draining {
                deadline: Instant::now() + DRAIN_LIMIT,
            };
        }
    }

    /// Asks the program to end, once.
    pub(super) fn stop(&mut self) {
        if self.end.is_some() || !matches!(self.phase, Phase::Running) {
            return;
        }
        self.stop_requested = true;
        let leader = self.program.leader;
        if let Some(signal) = Signal::from_named_raw(self.program.stop_signal) {
            // The first process was not waited for, so that the group is its own; failures mean that it has ended.
            let _ = kill_process_group(leader, signal);
            // One that is halted could not hear it.
            let _ = kill_process_group(leader, Signal::CONT);
        }
        self.phase = Phase::Stopping {
            deadline: Instant::now() + self.program.grace.min(LONGEST_GRACE),
        };
    }

    pub(super) fn obey(&mut self, order: Order, log: &mut Log, directory: &Directory) -> Response {
        match order {
            Order::Status => Response::Done,
            Order::Stop => {
                self.stop();
                Response::Done
            }
            Order::Rotate => {
                if log.begin_next_file(directory) {
                    Response::Done
                } else {
                    Response::Failed {
                        errno: 0,
                        text: "no new file can be made".to_owned(),
                    }
                }
            }
            Order::Signal(_) if self.end.is_some() => Response::Ended,
            Order::Signal(number) => match Signal::from_named_raw(number) {
                None => failed(Errno::INVAL),
                Some(signal) => match kill_process(self.program.leader, signal) {
                    Ok(()) => Response::Done,
                    Err(error) => failed(error),
                },
            },
        }
    }
}

/// Kills everything that was started and waits for it, where the program cannot be kept.
pub(super) fn kill_everything(cgroup: Option<&Cgroup>) {
    loop {
        if let Some(cgroup) = cgroup {
            // As above.
            let _ = cgroup::kill(cgroup.directory());
        }
        kill_descendants();
        match reap() {
            Ok(reaped) if reaped.some_left => std::thread::sleep(LOOK_AGAIN),
            // It fails for no reason but that there are no children.
            Ok(_) | Err(_) => return,
        }
    }
}

fn failed(error: Errno) -> Response {
    Response::Failed {
        errno: error.raw_os_error(),
        text: io::Error::from(error).to_string(),
    }
}
