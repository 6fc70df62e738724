//! Becoming another program.

use std::convert::Infallible;
use std::ffi::{CString, OsString};
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use nix::unistd::execv;
use signal_hook::consts::SIGPIPE;

/// Replaces this process by `program`, which inherits everything: environment, working directory, open streams, process id.
///
/// For a front door only. It returns only when it fails, and then nothing has changed but that SIGPIPE has a handler that does
/// nothing, where Rust ignored it: a write into a closed pipe is an error either way. Destructors of this process do not run.
pub fn exec_replacing(program: &Path, args: impl IntoIterator<Item: Into<OsString>>) -> ExecError {
    let Err(source) = become_program(program, args.into_iter().map(Into::into));
    ExecError {
        program: program.to_owned(),
        source,
    }
}

fn become_program(program: &Path, args: impl Iterator<Item = OsString>) -> io::Result<Infallible> {
    default_sigpipe_by_exec()?;
    let program = c_string(program.into())?;
    let arguments = std::iter::once(Ok(program.clone())).chain(args.map(c_string));
    let arguments = arguments.collect::<io::Result<Vec<CString>>>()?;
    Ok(execv(&program, &arguments)?)
}

/// Makes the next `exec` give the program the usual SIGPIPE. Rust ignores this signal, and the program would inherit that; what has a
/// handler is set to the default by the call: execve(2). The `exec` of the standard library sets the default before the call, and
/// leaves it when that fails.
pub(crate) fn default_sigpipe_by_exec() -> io::Result<()> {
    signal_hook::flag::register(SIGPIPE, Arc::new(AtomicBool::new(false))).map(drop)
}

pub(crate) fn c_string(text: OsString) -> io::Result<CString> {
    CString::new(text.into_vec()).map_err(io::Error::from)
}

/// Why this process could not become another program.
#[derive(Debug, thiserror::Error)]
#[error("failed to execute `{program}`")]
#[non_exhaustive]
pub struct ExecError {
    /// The program.
    pub program: PathBuf,
    /// The system's answer.
    pub source: io::Error,
}

impl ExecError {
    /// Whether the program does not exist.
    pub fn is_not_found(&self) -> bool {
        self.source.kind() == io::ErrorKind::NotFound
    }

    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.source.kind(),
            io::ErrorKind::ExecutableFileBusy | io::ErrorKind::OutOfMemory
        )
    }
}
