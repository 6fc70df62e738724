//! Waiting for several things at once, and not for too long.

use std::io;
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

pub(super) fn is_past(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| deadline <= Instant::now())
}

/// Something to wait for.
pub(super) struct Source<'a> {
    fd: Option<BorrowedFd<'a>>,
    flags: PollFlags,
}

impl<'a> Source<'a> {
    /// That it can be read or is closed; never, where it is none.
    pub(super) fn readable(fd: Option<BorrowedFd<'a>>) -> Self {
        Self {
            fd,
            flags: PollFlags::IN,
        }
    }

    /// That its other end is closed, whether there is something to read or not.
    pub(super) fn hung_up(fd: BorrowedFd<'a>) -> Self {
        Self {
            fd: Some(fd),
            flags: PollFlags::empty(),
        }
    }
}

/// Waits until something happens to one of `sources`, or `timeout` has passed; says which.
pub(super) fn poll_sources<const N: usize>(
    sources: [Source<'_>; N],
    timeout: Option<Duration>,
) -> io::Result<[bool; N]> {
    // A limit beyond what the kernel can express is none.
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    let mut entries: Vec<PollFd<'_>> = sources
        .iter()
        .filter_map(|source| Some(PollFd::from_borrowed_fd(source.fd?, source.flags)))
        .collect();
    match poll(&mut entries, timeout.as_ref()) {
        // An interruption is answered by the caller's loop, which computes what is left of the time.
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut entries = entries.iter();
    Ok(sources.map(|source| {
        source.fd.is_some()
            && entries
                .next()
                .is_some_and(|entry| !entry.revents().is_empty())
    }))
}
