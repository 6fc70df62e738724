//! Waiting for a child: its output, its end and its deadlines in one loop.

use std::io::{self, PipeReader, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::{Child, ChildStderr, ChildStdout};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::capture::Captured;
use crate::group::Group;
use crate::outcome::{End, Outcome};

/// How long output is awaited after the program ended and its group was killed. Only a descendant outside the group can
/// still hold it open then, and nothing ends that one.
const DRAIN_LIMIT: Duration = Duration::from_secs(1);

/// The limits of one run.
pub(crate) struct Limits {
    pub(crate) timeout: Option<Duration>,
    pub(crate) grace: Duration,
    pub(crate) capture_bytes: usize,
}

/// Waits for `child`, which leads its own group and has both outputs piped.
pub(crate) fn wait(mut child: Child, started: Instant, limits: &Limits) -> io::Result<Outcome> {
    let stdout = Stream::new(child.stdout.take(), limits.capture_bytes);
    let stderr = Stream::new(child.stderr.take(), limits.capture_bytes);
    let group = Group::new(child);
    let end = group.watch_end()?;
    let mut run = Run {
        stdout,
        stderr,
        group,
        end: Some(end),
        phase: Phase::Running,
        deadline: limits
            .timeout
            .and_then(|timeout| started.checked_add(timeout)),
        grace: limits.grace,
        started,
        duration: None,
        timed_out: false,
    };
    let output_abandoned = loop {
        if run.end.is_none() && run.stdout.is_closed() && run.stderr.is_closed() {
            break false;
        }
        let timeout = run
            .deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if timeout.is_some_and(|timeout| timeout.is_zero()) {
            if run.pass_deadline() {
                break true;
            }
            continue;
        }
        run.poll(timeout)?;
    };
    let total_duration = started.elapsed();
    Ok(Outcome {
        end: End::of(run.group.finish()?),
        timed_out: run.timed_out,
        stdout: run.stdout.captured,
        stderr: run.stderr.captured,
        duration: run.duration.unwrap_or(total_duration),
        total_duration,
        output_abandoned,
    })
}

/// What the next deadline means.
#[derive(Clone, Copy)]
enum Phase {
    Running,
    Terminating,
    Draining,
}

struct Run {
    stdout: Stream<ChildStdout>,
    stderr: Stream<ChildStderr>,
    group: Group,
    /// `None` once the program has ended.
    end: Option<PipeReader>,
    phase: Phase,
    deadline: Option<Instant>,
    grace: Duration,
    started: Instant,
    duration: Option<Duration>,
    timed_out: bool,
}

impl Run {
    /// Acts on a deadline and says whether the output has to be given up.
    fn pass_deadline(&mut self) -> bool {
        match self.phase {
            Phase::Running => {
                self.timed_out = true;
                self.group.terminate();
                self.phase = Phase::Terminating;
                self.deadline = Instant::now().checked_add(self.grace);
                false
            }
            Phase::Terminating => {
                self.group.kill();
                // From here on only the end of the program is awaited, and the kernel brings that about.
                self.deadline = None;
                false
            }
            Phase::Draining => true,
        }
    }

    fn poll(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        let sources = [
            self.stdout.source(),
            self.stderr.source(),
            self.end.as_ref().map(AsFd::as_fd),
        ];
        let ready = poll_readable(sources, timeout)?;
        if ready[0] {
            self.stdout.read_once()?;
        }
        if ready[1] {
            self.stderr.read_once()?;
        }
        if ready[2] {
            self.end = None;
            self.duration = Some(self.started.elapsed());
            // Whatever the program left in its group must neither outlive it nor hold the output open.
            self.group.kill();
            self.phase = Phase::Draining;
            self.deadline = Instant::now().checked_add(DRAIN_LIMIT);
        }
        Ok(())
    }
}

/// Waits until one of `sources` can be read or is closed, or `timeout` has passed; says which.
fn poll_readable<const N: usize>(
    sources: [Option<BorrowedFd<'_>>; N],
    timeout: Option<Duration>,
) -> io::Result<[bool; N]> {
    // A limit beyond what the kernel can express is none.
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    let mut entries: Vec<PollFd<'_>> = sources
        .iter()
        .flatten()
        .map(|source| PollFd::from_borrowed_fd(*source, PollFlags::IN))
        .collect();
    match poll(&mut entries, timeout.as_ref()) {
        // An interruption is answered by the caller's loop, which computes what is left of the time.
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut entries = entries.iter();
    Ok(sources.map(|source| {
        source.is_some()
            && entries
                .next()
                .is_some_and(|entry| !entry.revents().is_empty())
    }))
}

struct Stream<R> {
    reader: Option<R>,
    captured: Captured,
    chunk: Vec<u8>,
}

impl<R: Read + AsFd> Stream<R> {
    fn new(reader: Option<R>, capture_bytes: usize) -> Self {
        Self {
            reader,
            captured: Captured::new(capture_bytes),
            chunk: vec![0; 64 << 10],
        }
    }

    fn source(&self) -> Option<BorrowedFd<'_>> {
        self.reader.as_ref().map(AsFd::as_fd)
    }

    fn is_closed(&self) -> bool {
        self.reader.is_none()
    }

    /// One read, which does not block after `poll` said so; reading on until the end could.
    fn read_once(&mut self) -> io::Result<()> {
        let Some(reader) = &mut self.reader else {
            return Ok(());
        };
        match reader.read(&mut self.chunk) {
            Ok(0) => self.reader = None,
            Ok(length) => self.captured.push(&self.chunk[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
