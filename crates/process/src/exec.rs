//! Becoming another program.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Replaces this process by `program`, which inherits everything: environment, working directory, open streams, process id.
///
/// For a front door only. It returns only when it fails, and then nothing has changed. Destructors of this process do not run.
pub fn exec_replacing(program: &Path, args: impl IntoIterator<Item: Into<OsString>>) -> ExecError {
    let source = Command::new(program)
        .args(args.into_iter().map(Into::into))
        .exec();
    ExecError {
        program: program.to_owned(),
        source,
    }
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
