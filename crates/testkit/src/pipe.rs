//! Telling whether anybody is left of a family of processes.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FileType, Mode, OFlags};

/// Longer than any of it takes on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A named pipe, of which the test has the end to read. A process that opens the other end and all its descendants hold it open,
/// wherever they go: to another group, session or parent. When the last one is gone, and not before, the pipe is at its end.
#[derive(Debug)]
pub struct Pipe(File);

impl Pipe {
    /// Makes one at `path`, where nothing may be.
    ///
    /// # Panics
    /// If it cannot be made.
    pub fn make(path: &Path) -> Self {
        let mode = Mode::RUSR | Mode::WUSR;
        rustix::fs::mknodat(CWD, path, FileType::Fifo, mode, 0).expect("nothing is there");
        let reader = OpenOptions::new()
            .read(true)
            .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
            .open(path)
            .expect("a reader that does not block need not wait for a writer");
        Self(reader)
    }

    /// Waits until something is written, and takes one byte of it.
    ///
    /// # Panics
    /// If that takes more than a minute.
    #[track_caller]
    pub fn wait(&mut self) {
        let started = Instant::now();
        // Before the first writer the pipe is at its end; then there is nothing to read for a while.
        while !matches!(self.0.read(&mut [0]), Ok(1)) {
            assert!(started.elapsed() < PATIENCE, "nothing was written");
            thread::yield_now();
        }
    }

    /// What was written, once nobody has the other end open any more. Somebody must have had it.
    ///
    /// # Panics
    /// If somebody still has it after a minute.
    #[track_caller]
    pub fn read_until_nobody_is_left(mut self) -> String {
        let started = Instant::now();
        let mut text = Vec::new();
        while let Err(error) = self.0.read_to_end(&mut text) {
            assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}");
            assert!(started.elapsed() < PATIENCE, "somebody is left");
            thread::yield_now();
        }
        String::from_utf8(text).expect("it is a text")
    }
}
