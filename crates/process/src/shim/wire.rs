//! What a parent and its shim say to each other.
//!
//! A socket that carries frames: four bytes of length, little endian, then so many bytes of a `postcard` value. The parent sends one
//! [`Spec`] and then [`Order`]s, the shim sends [`Report`]s. Both are of the same release: the shim looks at [`PROTOCOL`](super::PROTOCOL)
//! among its arguments before it reads anything.
//! The end of file from the parent means that it is gone, and that everything is to be killed.

use std::ffi::OsString;
use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::confine::{Confined, Plan};
use crate::outcome::Usage;
use crate::shim::spec::{ChildCommand, StartFailure};

/// The longest frame. What the system lets a program be started with is shorter, and answers for what is longer.
const LIMIT_BYTES: usize = 64 << 20;

const HEADER_BYTES: usize = 4;

/// What is to be started.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Spec {
    pub(crate) command: ChildCommand,
    pub(crate) plan: Option<Plan>,
    pub(crate) cgroup: Option<JoinCgroup>,
}

/// The control group that the child is to be started in.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct JoinCgroup {
    /// Its directory.
    pub(crate) directory: OsString,
    /// Whether the child may not be started outside of it.
    pub(crate) required: bool,
}

/// What the parent wants of a shim that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Order {
    /// Ask the child's group to end.
    Terminate,
    /// Kill everything.
    KillAll,
}

/// What the shim tells.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Report {
    /// The program runs.
    Started {
        pid: u32,
        /// Why it is not in the control group, where one was named.
        outside_cgroup: Option<String>,
        confined: Option<Confined>,
    },
    /// The program could not be started, and nothing is left of it.
    NotStarted(StartFailure),
    /// The control group could not be joined, and nothing was started outside of it.
    NotInCgroup(String),
    /// The program has ended, with this status of `wait`.
    LeaderEnded { status: i32 },
    /// Something still lives, although it was killed. Told about once a second, so that the parent knows that the shim does.
    StillKilling,
    /// Nothing is left. The last report.
    Finished { usage: Usage, survivors_killed: u32 },
}

/// Sends one frame, in one piece.
pub(crate) fn send(to: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let mut frame = vec![0; HEADER_BYTES];
    frame = postcard::to_extend(message, frame).map_err(io::Error::other)?;
    let length = u32::try_from(frame.len() - HEADER_BYTES)
        .ok()
        .filter(|&length| length as usize <= LIMIT_BYTES)
        .ok_or(io::ErrorKind::ArgumentListTooLong)?;
    frame[..HEADER_BYTES].copy_from_slice(&length.to_le_bytes());
    to.write_all(&frame)
}

/// Frames on their way in.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    buffer: Vec<u8>,
}

impl Frames {
    /// Reads once, and says how many bytes there were: 0 at the end.
    pub(crate) fn fill(&mut self, from: &mut impl Read) -> io::Result<usize> {
        let start = self.buffer.len();
        let missing = self
            .frame_bytes()
            .map_or(0, |end| end.saturating_sub(start));
        // At least so much that an ordinary frame comes in one read, and never so much as a frame only claims to be long.
        self.buffer
            .resize(start + missing.clamp(8 << 10, 1 << 20), 0);
        let read = from.read(&mut self.buffer[start..]);
        self.buffer.truncate(start + *read.as_ref().unwrap_or(&0));
        read
    }

    /// The next message, if all of it is there.
    pub(crate) fn next<T: DeserializeOwned>(&mut self) -> io::Result<Option<T>> {
        let Some(end) = self.frame_bytes() else {
            return Ok(None);
        };
        if end > LIMIT_BYTES + HEADER_BYTES {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("a frame of {end} bytes"),
            ));
        }
        let Some(frame) = self.buffer.get(HEADER_BYTES..end) else {
            return Ok(None);
        };
        let message = postcard::from_bytes(frame)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        self.buffer.drain(..end);
        Ok(Some(message))
    }

    /// The length of the first frame with its header, once the header is there.
    fn frame_bytes(&self) -> Option<usize> {
        let header = self.buffer.first_chunk::<HEADER_BYTES>()?;
        Some(HEADER_BYTES + u32::from_le_bytes(*header) as usize)
    }
}
