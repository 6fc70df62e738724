//! Waiting for a child: its output, its end and its deadlines in one loop.

use std::io::{self, PipeReader, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::{Child, ChildStderr, ChildStdout};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::capture::Captured;
use crate::group::Group;
use crate::outcome::{End, Outcome, Stop};
use crate::spill::SpillFile;

/// How long output is awaited after the program ended and its group was killed. Only a descendant outside the group can
/// still hold it open then, and nothing ends that one.
const DRAIN_LIMIT: Duration = Duration::from_secs(1);

/// The limits of one run.
pub(crate) struct Limits {
    pub(crate) timeout: Option<Duration>,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) grace: Duration,
    pub(crate) capture_bytes: usize,
}

/// Waits for `child`, which leads its own group and has both outputs piped.
pub(crate) fn wait(
    mut child: Child,
    started: Instant,
    limits: &Limits,
    spill: Option<SpillFile>,
) -> io::Result<Outcome> {
    let stdout = Stream::new(child.stdout.take(), limits.capture_bytes);
    let stderr = Stream::new(child.stderr.take(), limits.capture_bytes);
    let group = Group::new(child);
    let end = group.watch_end()?;
    let mut run = Run {
        stdout,
        stderr,
        spill,
        group,
        end: Some(end),
        phase: Phase::Running,
        deadline: limits
            .timeout
            .and_then(|timeout| started.checked_add(timeout)),
        idle_timeout: limits.idle_timeout,
        last_output: started,
        grace: limits.grace,
        started,
        duration: None,
        stopped: None,
    };
    let output_abandoned = run.until_closed()?;
    let total_duration = started.elapsed();
    Ok(Outcome {
        end: End::of(run.group.finish()?),
        timed_out: run.stopped.is_some(),
        stopped: run.stopped,
        stdout: run.stdout.captured,
        stderr: run.stderr.captured,
        duration: run.duration.unwrap_or(total_duration),
        total_duration,
        output_abandoned,
        spill: run.spill.map(SpillFile::into_spill),
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
    spill: Option<SpillFile>,
    group: Group,
    /// `None` once the program has ended.
    end: Option<PipeReader>,
    phase: Phase,
    deadline: Option<Instant>,
    idle_timeout: Option<Duration>,
    /// When a byte was read last; at first, the start.
    last_output: Instant,
    grace: Duration,
    started: Instant,
    duration: Option<Duration>,
    stopped: Option<Stop>,
}

impl Run {
    /// Reads until the program has ended and both outputs are closed, or, which it then says, until they are given up.
    fn until_closed(&mut self) -> io::Result<bool> {
        while self.end.is_some() || !self.stdout.is_closed() || !self.stderr.is_closed() {
            if is_past(self.deadline) {
                if self.pass_deadline() {
                    return Ok(true);
                }
                continue;
            }
            let idle_deadline = self.idle_deadline();
            let next = [self.deadline, idle_deadline].into_iter().flatten().min();
            let timeout = next.map(|next| next.saturating_duration_since(Instant::now()));
            // Output that waits to be read while we were kept from reading it is output: only an empty poll is idleness.
            if !self.poll(timeout)? && is_past(idle_deadline) {
                self.stop(Stop::IdleTimeout);
            }
        }
        Ok(false)
    }

    fn idle_deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Running => self.last_output.checked_add(self.idle_timeout?),
            Phase::Terminating | Phase::Draining => None,
        }
    }

    fn stop(&mut self, stop: Stop) {
        self.stopped = Some(stop);
        self.group.terminate();
        self.phase = Phase::Terminating;
        self.deadline = Instant::now().checked_add(self.grace);
    }

    /// Acts on a deadline and says whether the output has to be given up.
    fn pass_deadline(&mut self) -> bool {
        match self.phase {
            Phase::Running => {
                self.stop(Stop::WallTimeout);
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

    /// Waits for something to happen, deals with it, and says whether anything did.
    fn poll(&mut self, timeout: Option<Duration>) -> io::Result<bool> {
        let sources = [
            self.stdout.source(),
            self.stderr.source(),
            self.end.as_ref().map(AsFd::as_fd),
        ];
        let ready = poll_readable(sources, timeout)?;
        let mut spill = self.spill.as_mut();
        let mut length = 0;
        if ready[0] {
            length += self.stdout.read_once(spill.as_deref_mut())?;
        }
        if ready[1] {
            length += self.stderr.read_once(spill)?;
        }
        if length > 0 {
            self.last_output = Instant::now();
        }
        if ready[2] {
            self.end = None;
            self.duration = Some(self.started.elapsed());
            // Whatever the program left in its group must neither outlive it nor hold the output open.
            self.group.kill();
            self.phase = Phase::Draining;
            self.deadline = Instant::now().checked_add(DRAIN_LIMIT);
        }
        Ok(ready.contains(&true))
    }
}

fn is_past(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| deadline <= Instant::now())
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

    /// One read, which does not block after `poll` said so; reading on until the end could. Says how much was read.
    fn read_once(&mut self, spill: Option<&mut SpillFile>) -> io::Result<usize> {
        let Some(reader) = &mut self.reader else {
            return Ok(0);
        };
        match reader.read(&mut self.chunk) {
            Ok(0) => {
                self.reader = None;
                Ok(0)
            }
            Ok(length) => {
                let bytes = &self.chunk[..length];
                self.captured.push(bytes);
                if let Some(spill) = spill {
                    spill.write(bytes);
                }
                Ok(length)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(0),
            Err(error) => Err(error),
        }
    }
}
