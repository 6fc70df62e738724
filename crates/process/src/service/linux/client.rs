//! Asking the shim.

use std::io;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::fs::FileType;
use rustix::net::sockopt::socket_peercred;

use crate::identity::Process;
use crate::service::ServiceError;
use crate::service::linux::directory::{Directory, me};
use crate::service::linux::protocol::{CONTROL_VERSION, Order, Request, Response, receive};
use crate::service::linux::{CONTROL, PATIENCE};
use crate::shim::wire::{self, Frames};
use crate::signal::Signal;

/// Sends an order and waits for the answer. A shim that is halted is told to go on, once.
pub(super) fn order(
    directory: &Directory,
    key: &str,
    shim: &Process,
    order: Order,
    what: &str,
) -> Result<(), ServiceError> {
    let request = Request {
        version: CONTROL_VERSION,
        key: key.to_owned(),
        order,
    };
    let mut answer = ask(directory, &request);
    if answer.as_ref().is_err_and(is_timeout) && shim.signal(Signal::Cont).is_ok() {
        answer = ask(directory, &request);
    }
    let path = || directory.path().to_owned();
    match answer {
        Ok(Response::Done) => Ok(()),
        Ok(Response::Ended) => Err(ServiceError::Ended { directory: path() }),
        Ok(Response::Failed { errno, text }) => Err(ServiceError::Refused {
            directory: path(),
            what: what.to_owned(),
            source: error_of(errno, text),
        }),
        // It cuts everybody off when it ends.
        Err(_) if shim.wait(Duration::ZERO).unwrap_or(false) => {
            Err(ServiceError::Ended { directory: path() })
        }
        Err(source) if source.kind() == io::ErrorKind::InvalidInput => {
            Err(directory.not_ours(CONTROL, source.to_string()))
        }
        Err(source) => Err(ServiceError::NoAnswer {
            directory: path(),
            source,
        }),
    }
}

fn ask(directory: &Directory, request: &Request) -> io::Result<Response> {
    match directory.file_type(CONTROL) {
        Ok(Some(FileType::Socket)) => {}
        Ok(None) => return Err(io::ErrorKind::NotFound.into()),
        Ok(Some(_)) => {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is no socket",
            ));
        }
        Err(error) => return Err(io::Error::other(error)),
    }
    let mut stream = UnixStream::connect(directory.short_path(CONTROL))?;
    let peer = socket_peercred(&stream)?.uid.as_raw();
    if peer != me() && peer != 0 {
        let text = format!("it belongs to user {peer}");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    wire::send(&mut stream, request)?;
    receive(&mut stream, &mut Frames::default())
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
    )
}

pub(super) fn error_of(errno: i32, text: String) -> io::Error {
    match errno {
        0 => io::Error::other(text),
        errno => io::Error::from_raw_os_error(errno),
    }
}
