//! The loop that holds a running program until nothing of it is left.

use std::fs::File;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::time::SystemTime;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal;

use crate::cgroup::Cgroup;
use crate::identity::wait_readable;
use crate::outcome::End;
use crate::service::ExitRecord;
use crate::service::linux::directory::Directory;
use crate::service::linux::shim::control::Control;
use crate::service::linux::shim::log::Log;
use crate::service::linux::shim::outputs::Outputs;
use crate::service::linux::shim::state::{Program, State};
use crate::service::linux::{CONTROL, EXIT, PATIENCE};
use crate::shim::reaper::Reaper;
use crate::shim::usage;

/// Everything that is needed to hold a program.
pub(super) struct Holding {
    pub(super) directory: Directory,
    /// Held until this process ends.
    pub(super) lock: File,
    pub(super) reaper: Reaper,
    pub(super) control: Control,
    pub(super) log: Log,
    pub(super) outputs: Outputs,
    pub(super) cgroup: Option<Cgroup>,
    pub(super) program: Program,
}

/// A program that is held.
pub(super) struct Held {
    directory: Directory,
    _lock: File,
    reaper: Reaper,
    control: Control,
    log: Log,
    outputs: Outputs,
    state: State,
}

impl Held {
    pub(super) fn new(holding: Holding) -> Self {
        Self {
            directory: holding.directory,
            _lock: holding.lock,
            reaper: holding.reaper,
            control: holding.control,
            log: holding.log,
            outputs: holding.outputs,
            state: State::new(holding.program, holding.cgroup),
        }
    }

    /// Until nothing is left. An error is one of the last record. Does not end before `launcher` had the time to find this process.
    pub(super) fn hold(mut self, launcher: &UnixStream) -> io::Result<()> {
        loop {
            let ready = self.wait_ready();
            self.outputs.read(ready, &mut self.log, &self.directory);
            // Taken before the children are looked at: who ends later wakes again.
            if self.reaper.signals() {
                self.state.stop();
            }
            self.state.reap();
            let (state, log, directory) = (&mut self.state, &mut self.log, &self.directory);
            self.control
                .serve(|order| state.obey(order, log, directory));
            if self.state.advance(self.outputs.are_closed()) {
                self.finish()?;
                return wait_readable(launcher.as_fd(), PATIENCE).map(drop);
            }
        }
    }

    /// Waits until something happens, and says which outputs are ready.
    fn wait_ready(&self) -> [bool; 2] {
        let outputs = self.outputs.fds();
        let fds = outputs
            .iter()
            .flatten()
            .copied()
            .chain([self.reaper.fd()])
            .chain(self.control.fds());
        let mut entries: Vec<PollFd<'_>> = fds
            .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN))
            .collect();
        let timeout = self
            .state
            .timeout()
            .and_then(|timeout| Timespec::try_from(timeout).ok());
        if poll(&mut entries, timeout.as_ref()).is_err() {
            // Interrupted, or out of memory: everything is looked at again, and nothing is ready to be read.
            return [false; 2];
        }
        let mut entries = entries.iter();
        outputs.map(|output| {
            output.is_some()
                && entries
                    .next()
                    .is_some_and(|entry| !entry.revents().is_empty())
        })
    }

    fn finish(mut self) -> io::Result<()> {
        self.outputs.close(&mut self.log, &self.directory);
        let state = self.state;
        let record = ExitRecord {
            program: state.program.identity,
            // It is waited for before there can be no children.
            end: state.end.unwrap_or(End::Signaled(Signal::KILL.as_raw())),
            stop_requested: state.stop_requested,
            since: state.program.since,
            at: SystemTime::now(),
            usage: usage::of_children(),
            survivors_killed: state.survivors_killed,
            log_bytes_dropped: self.log.finish(),
        };
        let written = self.directory.write(EXIT, &record);
        // The next service removes it, too.
        let _ = self.directory.remove(CONTROL);
        written.map_err(io::Error::other)
    }
}
