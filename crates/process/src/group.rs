//! A child and its process group.

use std::io::{self, PipeReader};
use std::process::{Child, ExitStatus};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

/// A started child that leads its own process group. Dropping it kills the group and reaps the child.
///
/// The child is not reaped before the last signal was sent: until then its process id cannot be given to anybody else, so a
/// signal can never reach a stranger.
pub(crate) struct Group {
    child: Child,
    pid: Pid,
    reaped: bool,
}

impl Group {
    pub(crate) fn new(child: Child) -> Self {
        let pid = Pid::from_child(&child);
        Self {
            child,
            pid,
            reaped: false,
        }
    }

    /// A pipe that is closed when the program has ended, for use in `poll`.
    pub(crate) fn watch_end(&self) -> io::Result<PipeReader> {
        let (reader, writer) = io::pipe()?;
        let pid = self.pid;
        std::thread::Builder::new()
            .name("child-watch".to_owned())
            .spawn(move || {
                // `NOWAIT` leaves the child as a zombie, which keeps its process id and its group reserved for us. An error
                // other than an interruption means that there is no child to wait for, which is an end, too.
                while let Err(rustix::io::Errno::INTR) = waitid(
                    WaitId::Pid(pid),
                    WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
                ) {}
                drop(writer);
            })?;
        Ok(reader)
    }

    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Kills what is left of the group and reaps the child, waiting for its end.
    pub(crate) fn finish(mut self) -> io::Result<ExitStatus> {
        self.kill();
        let status = self.child.wait();
        self.reaped = true;
        status
    }

    fn signal(&self, signal: Signal) {
        // The only failures are "no such group" and, on some systems, "not permitted" for a group of zombies: there is nobody
        // left to signal, which is what was wanted.
        let _ = kill_process_group(self.pid, signal);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.reaped {
            self.kill();
            // Reached only while an earlier error is on its way to the caller; the status would tell nothing more.
            let _ = self.child.wait();
        }
    }
}
