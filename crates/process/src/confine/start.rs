//! The shim's side of a confined start.

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::confine::{Confined, Plan};
use crate::shim::PROTOCOL;
use crate::shim::spec::{ChildCommand, StartFailure};

/// What stage 2 is sent; with references it is the same in `postcard`.
pub(super) type Request = (ChildCommand, Plan, Attempt);

/// What stage 2 tries. Some failures spoil the process in which they happen, so that the next attempt is that of a new one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Attempt {
    pub(super) namespaces: bool,
    pub(super) view: bool,
    /// Why it does not try everything.
    pub(super) missing: Vec<String>,
}

/// What stage 2 answers: `Confined` and then, if the program does not start, `Failed`; or one of the others alone.
#[derive(Serialize, Deserialize)]
pub(super) enum Answer {
    Confined(Confined),
    Failed(StartFailure),
    Again(Attempt),
}

/// How a conversation ends.
enum Told {
    Runs(Confined),
    Again(Attempt),
}

/// Starts `command` confined by `plan`, in a process group of its own, with `/dev/null` as its standard input. Returns when the program
/// itself runs. Standard output and error are `outputs`, or else those of this process.
///
/// The process that is returned was this very program for a moment: it applies the confinement to itself and then becomes the program, so
/// that its process id is that of the program. On failure nothing is left of it. A failure with [`StartFailure::what`] is one of the
/// confinement, else one of the program.
#[expect(
    clippy::needless_pass_by_value,
    reason = "our copies of the outputs are closed when it returns, or their end of file would never come"
)]
pub(crate) fn start(
    command: &ChildCommand,
    plan: &Plan,
    outputs: Option<[OwnedFd; 2]>,
) -> Result<(Child, Confined), StartFailure> {
    let mut attempt = Attempt {
        namespaces: true,
        view: true,
        missing: Vec::new(),
    };
    // Each new attempt tries less.
    loop {
        let (mut child, socket) = start_stage(outputs.as_ref())
            .map_err(|error| StartFailure::confining("failed to start the second stage", &error))?;
        match converse(socket, command, plan, &attempt) {
            Ok(Told::Runs(confined)) => return Ok((child, confined)),
            Ok(Told::Again(next)) => {
                attempt = next;
                end(&mut child);
            }
            Err(failure) => {
                end(&mut child);
                return Err(failure);
            }
        }
    }
}

fn start_stage(outputs: Option<&[OwnedFd; 2]>) -> io::Result<(Child, UnixStream)> {
    let (ours, theirs) = UnixStream::pair()?;
    let mut stage = Command::new("/proc/self/exe");
    stage
        .args(["__ftc-shim", "confine", PROTOCOL])
        .env_clear()
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .process_group(0);
    if let Some([stdout, stderr]) = outputs {
        stage
            .stdout(stdout.try_clone()?)
            .stderr(stderr.try_clone()?);
    }
    // Our copy of its end goes with `stage`, or the end of file would never come.
    Ok((stage.spawn()?, ours))
}

/// Ends a stage that did not become the program. It does nothing after its last answer.
fn end(child: &mut Child) {
    // An error means that it is gone already, and somebody reaped it.
    let _ = child.kill();
    let _ = child.wait();
}

fn converse(
    mut socket: UnixStream,
    command: &ChildCommand,
    plan: &Plan,
    attempt: &Attempt,
) -> Result<Told, StartFailure> {
    let broken = |error| StartFailure::confining("the second stage broke off", &error);
    let request = postcard::to_stdvec(&(command, plan, attempt))
        .map_err(|error| broken(io::Error::other(error)))?;
    socket.write_all(&request).map_err(broken)?;
    socket.shutdown(Shutdown::Write).map_err(broken)?;
    let mut answers = Vec::new();
    // It ends when the program runs: the other end is closed by that.
    socket.read_to_end(&mut answers).map_err(broken)?;
    let mut told = None;
    let mut rest = answers.as_slice();
    while !rest.is_empty() {
        let (answer, after) =
            postcard::take_from_bytes(rest).map_err(|error| broken(io::Error::other(error)))?;
        rest = after;
        told = Some(match answer {
            Answer::Confined(confined) => Told::Runs(confined),
            Answer::Again(next) => Told::Again(next),
            Answer::Failed(failure) => return Err(failure),
        });
    }
    told.ok_or_else(|| broken(io::ErrorKind::UnexpectedEof.into()))
}
