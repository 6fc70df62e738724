//! What is said between the shim of a service, who starts it, and who finds it later.
//!
//! Frames as in [`wire`](crate::shim::wire). The launch has no version: the shim looks at its arguments for that. The control socket has
//! one: a shim may be older or newer than who asks it. New variants are added at the end and an old shim refuses them.

use std::ffi::OsString;
use std::io;
use std::os::unix::net::UnixStream;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::confine::Plan;
use crate::service::LogPolicy;
use crate::service::record::ServiceFile;
use crate::shim::spec::{ChildCommand, StartFailure};
use crate::shim::wire::Frames;

/// What the shim is to start. Sent once by who launches it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Spec {
    pub(super) directory: OsString,
    pub(super) command: ChildCommand,
    pub(super) plan: Option<Plan>,
    pub(super) with_cgroup: bool,
    /// The number of the signal.
    pub(super) stop_signal: i32,
    pub(super) grace_ms: u64,
    pub(super) log_max_bytes: u64,
    pub(super) log_max_age_ms: Option<u64>,
    pub(super) log_keep: u32,
    pub(super) command_sha256: String,
}

impl Spec {
    pub(super) fn log(&self) -> LogPolicy {
        LogPolicy {
            max_bytes: self.log_max_bytes,
            max_age: self.log_max_age_ms.map(std::time::Duration::from_millis),
            keep: self.log_keep,
        }
    }
}

/// The shim's only answer to it. Nothing runs unless it is `Started`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Launched {
    Started(Box<StartedService>),
    NotStarted(StartFailure),
    /// The lock is held.
    Busy,
    /// The directory, or something in it, is not ours.
    Unsafe {
        path: OsString,
        why: String,
    },
    /// A file could not be used.
    File {
        path: OsString,
        errno: i32,
        text: String,
    },
}

/// The record as JSON: `postcard` cannot leave fields out, as that does.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StartedService {
    json: String,
}

impl StartedService {
    pub(super) fn new(record: &ServiceFile) -> serde_json::Result<Self> {
        Ok(Self {
            json: serde_json::to_string(record)?,
        })
    }

    pub(super) fn record(&self) -> serde_json::Result<ServiceFile> {
        serde_json::from_str(&self.json)
    }
}

pub(super) const CONTROL_VERSION: u8 = 1;

/// The longest message on the control socket.
pub(super) const CONTROL_LIMIT_BYTES: usize = 4 << 10;

/// One order on the control socket.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) version: u8,
    /// From `service.json`: who knows it may read the directory. A confined child of the same user may reach the socket, but
    /// not the file.
    pub(super) key: String,
    pub(super) order: Order,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Order {
    /// Are you there?
    Status,
    /// The number of a signal for the program.
    Signal(i32),
    Stop,
    Rotate,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Response {
    Done,
    /// The program has ended already.
    Ended,
    Failed {
        errno: i32,
        text: String,
    },
}

/// The next message of the other side.
pub(super) fn receive<T: DeserializeOwned>(
    stream: &mut UnixStream,
    frames: &mut Frames,
) -> io::Result<T> {
    loop {
        if let Some(message) = frames.next()? {
            return Ok(message);
        }
        match frames.fill(stream) {
            Ok(0) => {
                let text = "it has ended without an answer";
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, text));
            }
            Ok(_) => {}
            // A socket with a time limit is not read on by itself after a signal (signal(7)), not even one that does nothing.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
