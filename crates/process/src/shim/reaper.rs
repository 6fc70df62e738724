//! A process that inherits its descendants' orphans, waits for all of them, and is not ended by ordinary signals.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use nix::sys::signal::SigSet;
use rustix::io::Errno;
use rustix::process::{Pid, WaitOptions, WaitStatus, getpid, set_child_subreaper, setsid, wait};
use signal_hook::consts::{
    SIGALRM, SIGCHLD, SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2,
};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::SignalOnly;

/// This process as a reaper. It must have no other thread and must wait for no child in any other way.
pub(crate) struct Reaper {
    signals: SignalDelivery<UnixStream, SignalOnly>,
}

/// What has happened to the children.
pub(crate) struct Reaped {
    /// Those that have ended, in the order in which they were waited for.
    pub(crate) ended: Vec<(Pid, WaitStatus)>,
    /// Whether there are others.
    pub(crate) some_left: bool,
}

impl Reaper {
    /// Makes this process one: a session of its own without terminal, every signal let through, and those handled that would end it and
    /// that a child can be expected to send to its parent.
    pub(crate) fn install() -> io::Result<Self> {
        match setsid() {
            // Refused to the leader of a group, which then has no session of its own and is one all the same.
            Ok(_) | Err(Errno::PERM) => {}
            Err(error) => return Err(error.into()),
        }
        set_child_subreaper(Some(getpid()))?;
        let (read, write) = UnixStream::pair()?;
        let signals = SignalDelivery::with_pipe(
            read,
            write,
            SignalOnly,
            [
                SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM,
            ],
        )?;
        // A parent that blocks signals passes that on, and we would never hear of our children's ends.
        SigSet::empty().thread_set_mask()?;
        Ok(Self { signals })
    }

    /// Readable when [`signals`](Self::signals) has something to tell.
    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.signals.get_read().as_fd()
    }

    /// Takes the signals that have come, and says whether one of them asks for an end.
    pub(crate) fn signals(&mut self) -> bool {
        self.signals
            .pending()
            .any(|signal| matches!(signal, SIGTERM | SIGINT | SIGHUP | SIGQUIT))
    }
}

/// Waits for all children that have ended. Does not block.
pub(crate) fn reap() -> io::Result<Reaped> {
    let mut ended = Vec::new();
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some(child)) => ended.push(child),
            Ok(None) => {
                return Ok(Reaped {
                    ended,
                    some_left: true,
                });
            }
            Err(Errno::CHILD) => {
                return Ok(Reaped {
                    ended,
                    some_left: false,
                });
            }
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

impl Reaped {
    /// Takes out how `leader` ended, if it is among them.
    pub(crate) fn take(&mut self, leader: Pid) -> Option<WaitStatus> {
        let mut status = None;
        self.ended.retain(|&(pid, ended)| {
            let is_leader = pid == leader;
            if is_leader {
                status = Some(ended);
            }
            !is_leader
        });
        status
    }

    /// How many were killed.
    pub(crate) fn killed(&self) -> u32 {
        let killed = self
            .ended
            .iter()
            .filter(|(_, status)| status.terminating_signal() == Some(SIGKILL))
            .count();
        u32::try_from(killed).unwrap_or(u32::MAX)
    }
}
