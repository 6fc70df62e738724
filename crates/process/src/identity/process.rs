//! A process that is held on to, so that its number cannot come to mean another one.

use std::io;
use std::time::Duration;

use super::ProcessIdentity;
use crate::signal::Signal;

/// A running process, held by a descriptor that never means another one. It need not be a child of this process.
///
/// Linux only (`pidfd_open`, since 5.3): elsewhere it cannot be opened.
#[derive(Debug)]
pub struct Process {
    identity: ProcessIdentity,
    #[cfg(target_os = "linux")]
    fd: std::os::fd::OwnedFd,
}

impl Process {
    /// Holds on to the process of this identity; `None` where it has ended, also if its number is somebody else's now. It
    /// fails where that cannot be told: of another machine or container, or without the right to look.
    #[cfg(target_os = "linux")]
    pub fn open(identity: &ProcessIdentity) -> io::Result<Option<Self>> {
        use super::Liveness;
        use rustix::io::Errno;
        use rustix::process::{Pid, PidfdFlags, pidfd_open};

        let Some(pid) = i32::try_from(identity.pid).ok().and_then(Pid::from_raw) else {
            return Ok(None);
        };
        // Held first and looked at afterwards: a process that takes the number in between is not the one that is held, which
        // then has ended.
        let process = match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(fd) => Some(Self {
                identity: identity.clone(),
                fd,
            }),
            // `EINVAL`: the number is that of a thread.
            Err(Errno::SRCH | Errno::INVAL) => None,
            Err(error) => return Err(error.into()),
        };
        match (identity.liveness(), process) {
            (Liveness::Alive, Some(process)) => {
                Ok((!process.wait(Duration::ZERO)?).then_some(process))
            }
            (Liveness::Alive | Liveness::Gone, _) => Ok(None),
            (Liveness::Unknown, _) => Err(io::Error::other(format!(
                "whether process {} of `{}` still runs cannot be told from here",
                identity.pid, identity.host
            ))),
        }
    }

    /// Fails: see the type.
    #[cfg(not(target_os = "linux"))]
    pub fn open(_identity: &ProcessIdentity) -> io::Result<Option<Self>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Who it is.
    pub fn identity(&self) -> &ProcessIdentity {
        &self.identity
    }

    /// Sends it a signal. One that has ended is no error, and nobody else gets it.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        match rustix::process::pidfd_send_signal(&self.fd, signal.system()) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => Err(error.into()),
        }
        #[cfg(not(target_os = "linux"))]
        {
            let _ = signal;
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    /// Waits for its end, for at most `limit`. Whether it has ended; one that nobody has reaped yet has.
    pub fn wait(&self, limit: Duration) -> io::Result<bool> {
        #[cfg(target_os = "linux")]
        {
            wait_readable(std::os::fd::AsFd::as_fd(&self.fd), limit)
        }
        #[cfg(not(target_os = "linux"))]
        {
            let _ = limit;
            Err(io::ErrorKind::Unsupported.into())
        }
    }
}

#[cfg(target_os = "linux")]
impl std::os::fd::AsFd for Process {
    /// Readable (in `poll`) once it has ended.
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Waits until `fd` is readable or at its end, for at most `limit`; whether it is.
#[cfg(target_os = "linux")]
pub(crate) fn wait_readable(fd: std::os::fd::BorrowedFd<'_>, limit: Duration) -> io::Result<bool> {
    use std::time::Instant;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;

    let deadline = Instant::now().checked_add(limit);
    loop {
        // A limit beyond what the clock can say is none.
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(
            &mut [PollFd::from_borrowed_fd(fd, PollFlags::IN)],
            timeout.as_ref(),
        ) {
            Ok(0) if left.is_some_and(|left| left.is_zero()) => return Ok(false),
            Ok(0) | Err(Errno::INTR) => {}
            Ok(_) => return Ok(true),
            Err(error) => return Err(error.into()),
        }
    }
}
