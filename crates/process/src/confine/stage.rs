//! The second stage of a confined start: the process that confines itself and then becomes the program.

use std::convert::Infallible;
use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use nix::unistd::execve;

#[cfg(target_os = "linux")]
use crate::confine::linux::{ApplyError, apply};
#[cfg(not(target_os = "linux"))]
use crate::confine::other::{ApplyError, apply};
use crate::confine::start::{Answer, Request};
use crate::exec::{c_string, default_sigpipe_by_exec};
use crate::shim::descriptors::close_inherited;
use crate::shim::spec::{ChildCommand, StartFailure};

/// Becomes the program that the socket at standard input names, confined as it says; never returns. For `run_if_asked`.
pub(crate) fn stage2() -> ! {
    let code = match run() {
        Ok(never) => match never {},
        // The other end was told, or is gone; there is nobody else to tell.
        Err(_) => 127,
    };
    #[expect(
        clippy::exit,
        reason = "this process is nothing but the start of another program"
    )]
    std::process::exit(code)
}

fn run() -> io::Result<Infallible> {
    close_inherited()?;
    let mut socket = UnixStream::from(rustix::io::fcntl_dupfd_cloexec(io::stdin(), 3)?);
    let mut request = Vec::new();
    socket.read_to_end(&mut request)?;
    let (command, plan, attempt): Request =
        postcard::from_bytes(&request).map_err(io::Error::other)?;
    rustix::stdio::dup2_stdin(std::fs::File::open("/dev/null")?)?;
    let directory = match &command.directory {
        Some(directory) => PathBuf::from(directory),
        None => std::env::current_dir()?,
    };
    let failure = match apply(&plan, &attempt, &directory) {
        Ok(confined) => {
            answer(&mut socket, &Answer::Confined(confined))?;
            become_program(command)
        }
        Err(ApplyError::Failed(failure)) => failure,
        Err(ApplyError::Again(next)) => {
            answer(&mut socket, &Answer::Again(next))?;
            return Err(io::ErrorKind::Unsupported.into());
        }
    };
    let error = io::Error::from_raw_os_error(failure.errno);
    answer(&mut socket, &Answer::Failed(failure))?;
    Err(error)
}

fn answer(socket: &mut UnixStream, answer: &Answer) -> io::Result<()> {
    socket.write_all(&postcard::to_stdvec(answer).map_err(io::Error::other)?)
}

/// Replaces this process. Unlike `std`, it gives no script without `#!` to a shell: a start without confinement does not, either.
fn become_program(command: ChildCommand) -> StartFailure {
    if let Err(error) = default_sigpipe_by_exec() {
        return StartFailure::confining("failed to reset SIGPIPE", &error);
    }
    let environment = command.environment.into_iter().map(|(mut name, value)| {
        name.push("=");
        name.push(value);
        name
    });
    let parts = c_string(command.program).and_then(|program| {
        let arguments = command.argv.into_iter().map(c_string);
        Ok((
            program,
            arguments.collect::<Result<Vec<_>, _>>()?,
            environment.map(c_string).collect::<Result<Vec<_>, _>>()?,
        ))
    });
    match parts {
        Ok((program, arguments, environment)) => {
            let Err(errno) = execve(&program, &arguments, &environment);
            StartFailure::of_program(&errno.into())
        }
        Err(error) => StartFailure::of_program(&error),
    }
}
