//! The process that holds a service: `__ftc-shim service`.
//!
//! Who launches a service starts this program once, which starts itself once more and ends: so the shim is no child of anybody
//! who would have to wait for it.

mod control;
mod held;
mod log;
mod outputs;
mod program;
mod start;
mod state;

use std::fs::File;
use std::io;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use rustix::io::fcntl_dupfd_cloexec;

use crate::service::linux::protocol::{Launched, Spec, receive};
use crate::shim::spec::StartFailure;
use crate::shim::{PROTOCOL, descriptors, wire};

/// The first process, which ends at once with the code that is returned.
pub(crate) fn detach() -> u8 {
    let started = Command::new("/proc/self/exe")
        .arg0("ftc-shim")
        .args(["__ftc-shim", "service-main", PROTOCOL])
        .env_clear()
        .stdin(Stdio::inherit())
        .spawn();
    match started {
        Ok(_) => 0,
        Err(error) => {
            let failure = StartFailure::confining("failed to start the shim", &error);
            // If that fails, too, the end of file tells of it.
            let _ = socket()
                .and_then(|mut socket| wire::send(&mut socket, &Launched::NotStarted(failure)));
            3
        }
    }
}

/// The shim itself.
pub(crate) fn main() -> u8 {
    // There is nobody to tell an error to.
    match run() {
        Ok(()) => 0,
        Err(_) => 3,
    }
}

/// An error here means that who launched this is gone, or that there is no telling him: nothing runs then.
fn run() -> io::Result<()> {
    descriptors::close_inherited()?;
    let mut socket = socket()?;
    let spec: Spec = receive(&mut socket, &mut wire::Frames::default())?;
    let service = match start::start(&spec) {
        Ok((service, started)) => {
            // If he is gone, the service runs all the same, and can be adopted.
            let _ = wire::send(&mut socket, &Launched::Started(Box::new(started)));
            service
        }
        Err(answer) => return wire::send(&mut socket, &answer),
    };
    let null = File::options().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    rustix::stdio::dup2_stderr(&null)?;
    service.hold(&socket)
}

fn socket() -> io::Result<UnixStream> {
    Ok(fcntl_dupfd_cloexec(io::stdin(), 3)?.into())
}
