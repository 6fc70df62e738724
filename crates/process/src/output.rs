//! The reading side of a run: both outputs of a child, what is kept of them, and the file that holds all of it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::capture::{Captured, Keep};
use crate::event::{Event, Output};
use crate::order::Order;
use crate::spill::{Spill, SpillFile};

/// How much a pipe holds unless told otherwise: pipe(7), Linux since 2.6.11.
const PIPE_BYTES: usize = 64 << 10;

/// How much a pipe is made to hold that was found full.
#[cfg(target_os = "linux")]
const WIDE_PIPE_BYTES: usize = 1 << 20;

/// What is kept of what is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CaptureOptions {
    /// How many bytes of each output are kept in memory.
    pub(crate) limit_bytes: usize,
    /// Whether the sha256 of each output is computed.
    pub(crate) digest: bool,
}

/// Both outputs of a child while they are read.
pub(crate) struct Reading {
    streams: [Stream; 2],
    spill: Option<SpillFile>,
    order: Order,
}

/// What was read, once nothing more is.
pub(crate) struct Captures {
    pub(crate) stdout: Captured,
    pub(crate) stderr: Captured,
    pub(crate) order: Order,
    pub(crate) spill: Option<Spill>,
}

impl Reading {
    /// Reads from these pipes, whose other ends only the child and its descendants have.
    pub(crate) fn new(
        stdout: OwnedFd,
        stderr: OwnedFd,
        options: &CaptureOptions,
        spill: Option<SpillFile>,
    ) -> Self {
        Self {
            streams: [Stream::new(stdout, options), Stream::new(stderr, options)],
            spill,
            order: Order::default(),
        }
    }

    /// What to wait for: standard output and standard error, as far as they are open.
    pub(crate) fn fds(&self) -> [Option<BorrowedFd<'_>>; 2] {
        let [stdout, stderr] = &self.streams;
        [stdout.source(), stderr.source()]
    }

    /// Whether both outputs have ended.
    pub(crate) fn is_closed(&self) -> bool {
        self.fds().iter().all(Option::is_none)
    }

    /// Reads once from each output that is `ready`, and says how many bytes there were. It does not block if `poll` said that
    /// they are; it reads only once for the same reason.
    pub(crate) fn read(
        &mut self,
        ready: [bool; 2],
        elapsed: Duration,
        mut observer: Option<&mut dyn FnMut(Event<'_>)>,
    ) -> io::Result<usize> {
        let mut total = 0;
        for (index, output) in [Output::Stdout, Output::Stderr].into_iter().enumerate() {
            if !ready[index] {
                continue;
            }
            let bytes = self.streams[index].read_once()?;
            if bytes.is_empty() {
                continue;
            }
            total += bytes.len();
            let begins_segment = self.order.push(output, bytes.len(), elapsed);
            if let Some(spill) = &mut self.spill {
                if begins_segment {
                    spill.begin_segment(output, elapsed);
                }
                spill.write(bytes);
            }
            if let Some(observer) = &mut observer {
                observer(Event::Output {
                    output,
                    bytes,
                    elapsed,
                });
            }
        }
        Ok(total)
    }

    /// Gives up what is still open, and hands out what was read.
    pub(crate) fn finish(self) -> Captures {
        let [stdout, stderr] = self.streams.map(Stream::finish);
        Captures {
            stdout,
            stderr,
            order: self.order,
            spill: self.spill.map(SpillFile::into_spill),
        }
    }
}

struct Stream {
    /// `None` once it has ended.
    pipe: Option<OwnedFd>,
    is_widened: bool,
    keep: Keep,
    /// Digesting on a thread of its own was tried: it took more processor time for copying and waking than it saved.
    digest: Option<Sha256>,
}

impl Stream {
    fn new(pipe: OwnedFd, options: &CaptureOptions) -> Self {
        let head_limit = options.limit_bytes / 2;
        Self {
            pipe: Some(pipe),
            is_widened: false,
            keep: Keep::new(head_limit, options.limit_bytes - head_limit),
            digest: options.digest.then(Sha256::new),
        }
    }

    fn source(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    /// What one read gave: nothing at the end, which closes this.
    fn read_once(&mut self) -> io::Result<&[u8]> {
        let Some(pipe) = &self.pipe else {
            return Ok(&[]);
        };
        let bytes = self.keep.read_with(|memory| read(pipe, memory))?;
        if bytes.is_empty() {
            self.pipe = None;
            return Ok(&[]);
        }
        if bytes.len() >= PIPE_BYTES && !self.is_widened {
            widen(pipe);
            self.is_widened = true;
        }
        if let Some(digest) = &mut self.digest {
            digest.update(bytes);
        }
        Ok(bytes)
    }

    fn finish(self) -> Captured {
        let sha256 = self.digest.map(|digest| digest.finalize().into());
        self.keep.finish().with_sha256(sha256)
    }
}

fn read(pipe: &OwnedFd, memory: &mut [u8]) -> io::Result<usize> {
    rustix::io::retry_on_intr(|| rustix::io::read(pipe, &mut *memory)).map_err(io::Error::from)
}

/// Lets a pipe that was found full hold more, so that reader and writer wait less for each other.
#[cfg(target_os = "linux")]
fn widen(pipe: &OwnedFd) {
    // A user without privileges may have 64 MiB in all pipes together (pipe(7), `pipe-user-pages-soft`), and then this one
    // stays as it is, which is slower and nothing worse.
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, WIDE_PIPE_BYTES);
}

#[cfg(not(target_os = "linux"))]
fn widen(_: &OwnedFd) {}

#[cfg(test)]
mod tests;
