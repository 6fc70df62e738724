//! The two outputs of the program on their way into the log.

use std::io::{self, PipeReader, PipeWriter, Read as _};
use std::os::fd::{AsFd as _, BorrowedFd};

use crate::service::linux::directory::Directory;
use crate::service::linux::shim::log::Log;

/// How much of a line is held back until its end comes. A longer one is written in pieces.
const LINE_BYTES: usize = 256 << 10;

const READ_BYTES: usize = 64 << 10;

/// Both outputs. Their lines are written one after the other, as they come, and none into another.
#[derive(Debug)]
pub(super) struct Outputs {
    readers: [Option<PipeReader>; 2],
    held: [Vec<u8>; 2],
    buffer: Vec<u8>,
}

impl Outputs {
    /// The reading ends, and the ends for the program.
    pub(super) fn new() -> io::Result<(Self, [PipeWriter; 2])> {
        let (stdout, stdout_writer) = io::pipe()?;
        let (stderr, stderr_writer) = io::pipe()?;
        let outputs = Self {
            readers: [Some(stdout), Some(stderr)],
            held: [Vec::new(), Vec::new()],
            buffer: vec![0; READ_BYTES],
        };
        Ok((outputs, [stdout_writer, stderr_writer]))
    }

    /// What `poll` waits for; `None` for one that is closed.
    pub(super) fn fds(&self) -> [Option<BorrowedFd<'_>>; 2] {
        self.readers
            .each_ref()
            .map(|reader| reader.as_ref().map(|reader| reader.as_fd()))
    }

    pub(super) fn are_closed(&self) -> bool {
        self.readers.iter().all(Option::is_none)
    }

    /// One read of each that is ready, which does not block after `poll` said so.
    pub(super) fn read(&mut self, ready: [bool; 2], log: &mut Log, directory: &Directory) {
        for output in (0..2).filter(|&output| ready[output]) {
            let Some(reader) = &mut self.readers[output] else {
                continue;
            };
            match reader.read(&mut self.buffer) {
                Ok(length) if length > 0 => {
                    self.held[output].extend_from_slice(&self.buffer[..length]);
                    self.write_lines(output, log, directory);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // A pipe has no other errors than that; if it had, it would have no more to say.
                Ok(_) | Err(_) => {
                    self.readers[output] = None;
                    self.end(output, log, directory);
                }
            }
        }
    }

    /// Gives up what is still open, and writes what is held of it.
    pub(super) fn close(&mut self, log: &mut Log, directory: &Directory) {
        for output in 0..2 {
            if self.readers[output].take().is_some() {
                self.end(output, log, directory);
            }
        }
    }

    fn write_lines(&mut self, output: usize, log: &mut Log, directory: &Directory) {
        let held = &mut self.held[output];
        let length = match held.iter().rposition(|&byte| byte == b'\n') {
            Some(end) => end + 1,
            None if held.len() > LINE_BYTES => held.len(),
            None => return,
        };
        log.append(directory, output, &held[..length]);
        held.drain(..length);
    }

    /// The last line gets an end if it has none.
    fn end(&mut self, output: usize, log: &mut Log, directory: &Directory) {
        let mut rest = std::mem::take(&mut self.held[output]);
        if !rest.is_empty() || log.is_in_long_line_of(output) {
            rest.push(b'\n');
            log.append(directory, output, &rest);
        }
    }
}
