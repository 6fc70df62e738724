//! What a run tells while it goes on.

use std::time::Duration;

use crate::outcome::Stop;

/// One of the two outputs of a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Output {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Output {
    /// Its place where there is one of each.
    pub(crate) fn index(self) -> usize {
        match self {
            Self::Stdout => 0,
            Self::Stderr => 1,
        }
    }
}

/// What [`Spawn::run_with`](crate::Spawn::run_with) tells its observer, on the thread that called it. The child waits while its
/// pipe is full, so an observer that takes long slows it down, and no limit of time is looked at meanwhile.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The program runs.
    Started {
        /// Its process id.
        pid: u32,
    },
    /// It has printed something: bytes as they were read, which may begin and end within a line or a character.
    /// [`Lines`](crate::Lines) makes lines of them.
    Output {
        /// Where.
        output: Output,
        /// What.
        bytes: &'a [u8],
        /// Since the start.
        elapsed: Duration,
    },
    /// It is told to end.
    Stopping {
        /// Why.
        stop: Stop,
    },
    /// Its time to end by itself is over: everything that is left of it is being killed.
    Killing,
}
