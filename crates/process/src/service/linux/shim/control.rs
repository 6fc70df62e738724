//! The shim's socket.

use std::io::{self, Read as _};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};

use rustix::fs::FileType;
use rustix::net::sockopt::socket_peercred;

use crate::service::ServiceError;
use crate::service::linux::directory::{Directory, me};
use crate::service::linux::protocol::{
    CONTROL_LIMIT_BYTES, CONTROL_VERSION, Order, Request, Response,
};
use crate::service::linux::{CONTROL, protocol};
use crate::shim::wire::{self, Frames};

/// How many may be connected at once. One more, and the one that has waited longest is cut off.
const CONNECTIONS: usize = 16;

/// A socket that never blocks the shim, whatever who connects does or leaves undone.
#[derive(Debug)]
pub(super) struct Control {
    listener: UnixListener,
    key: String,
    connections: Vec<Connection>,
}

#[derive(Debug)]
struct Connection {
    stream: UnixStream,
    frames: Frames,
    received: usize,
}

impl Control {
    /// Listens in the directory, in place of the socket that an earlier service left.
    pub(super) fn listen(directory: &Directory, key: String) -> Result<Self, ServiceError> {
        match directory.file_type(CONTROL)? {
            None => {}
            Some(FileType::Socket) => directory.remove(CONTROL)?,
            Some(_) => return Err(directory.not_ours(CONTROL, "it is no socket")),
        }
        let path = directory.short_path(CONTROL);
        let failed = |error| directory.file_error(CONTROL, error);
        let listener = UnixListener::bind(&path).map_err(failed)?;
        // Nobody else comes into the directory before this, either.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        Ok(Self {
            listener,
            key,
            connections: Vec::new(),
        })
    }

    /// What `poll` waits for: the listener, then the connections.
    pub(super) fn fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        std::iter::once(self.listener.as_fd()).chain(
            self.connections
                .iter()
                .map(|connection| connection.stream.as_fd()),
        )
    }

    /// Takes new connections and answers what is complete. Called when any of [`fds`](Self::fds) is ready.
    pub(super) fn serve(&mut self, mut answer: impl FnMut(Order) -> Response) {
        self.accept();
        let key = &self.key;
        self.connections
            .retain_mut(|connection| match connection.request() {
                Ok(None) => true,
                Ok(Some(request)) => {
                    connection.respond(&judge(&request, key, &mut answer));
                    false
                }
                // Closed, or not one of ours: there is nobody to tell.
                Err(_) => false,
            });
    }

    fn accept(&mut self) {
        // `WouldBlock` ends this; other errors are of the one who connected, or of descriptors that are missing just now.
        while let Ok((stream, _)) = self.listener.accept() {
            let may = socket_peercred(&stream).is_ok_and(|peer| {
                let user = peer.uid.as_raw();
                user == me() || user == 0
            });
            if !may || stream.set_nonblocking(true).is_err() {
                continue;
            }
            if self.connections.len() == CONNECTIONS {
                self.connections.remove(0);
            }
            self.connections.push(Connection {
                stream,
                frames: Frames::default(),
                received: 0,
            });
        }
    }
}

impl Connection {
    /// `None` while it is not complete.
    fn request(&mut self) -> io::Result<Option<Request>> {
        match self
            .frames
            .fill(&mut (&self.stream).take(CONTROL_LIMIT_BYTES as u64))
        {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(length) => self.received += length,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error),
        }
        if self.received > CONTROL_LIMIT_BYTES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.frames.next()
    }

    fn respond(&mut self, response: &protocol::Response) {
        // It is short and fits into the socket's buffer; who does not wait for the answer does not get it.
        let _ = wire::send(&mut self.stream, response);
    }
}

fn judge(request: &Request, key: &str, answer: &mut impl FnMut(Order) -> Response) -> Response {
    if request.version != CONTROL_VERSION {
        return refused(&format!("version {} is not known", request.version));
    }
    if request.key != key {
        return refused("the key is wrong");
    }
    answer(request.order)
}

fn refused(text: &str) -> Response {
    Response::Failed {
        errno: 0,
        text: text.to_owned(),
    }
}
