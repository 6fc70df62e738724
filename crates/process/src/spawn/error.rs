//! Why a child could not be run.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

/// Why a child could not be run. Unless the variant says otherwise, nothing was started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpawnError {
    /// The argument list has no program.
    #[error("the argument list is empty")]
    EmptyArgv,
    /// There is no such program.
    #[error("program `{}` was not found", program.display())]
    NotFound {
        /// What was asked for.
        program: OsString,
        /// The `PATH` that was searched, for a program without a slash.
        searched: Option<OsString>,
    },
    /// The file is there but may not be executed.
    #[error("`{program}` is not executable")]
    NotExecutable {
        /// The file.
        program: PathBuf,
    },
    /// The file is there but the interpreter or loader that it names is not.
    #[error("the interpreter of `{program}` was not found")]
    InterpreterMissing {
        /// The file.
        program: PathBuf,
    },
    /// The working directory does not exist.
    #[error("working directory `{path}` does not exist")]
    DirectoryMissing {
        /// The directory.
        path: PathBuf,
    },
    /// An argument contains a NUL byte. The argument is not shown: it may be a secret.
    #[error("argument {index} contains a NUL byte")]
    NulInArgument {
        /// Its place in the list; the program is 0.
        index: usize,
    },
    /// The name of a variable is empty or contains `=` or a NUL byte.
    #[error("`{}` cannot be the name of an environment variable", name.display())]
    BadVariableName {
        /// The name.
        name: OsString,
    },
    /// The value of a variable contains a NUL byte.
    #[error("environment variable `{}` contains a NUL byte", name.display())]
    NulInVariable {
        /// The variable.
        name: OsString,
    },
    /// The file for its output could not be created.
    #[error("failed to create the output file `{path}`")]
    CreateSpill {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The system refused to start it.
    #[error("failed to start `{program}`")]
    Start {
        /// The program.
        program: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// It was started but could not be waited for; its group was killed.
    #[error("failed to wait for `{program}`")]
    Wait {
        /// The program.
        program: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

impl SpawnError {
    /// Whether the program or its interpreter does not exist.
    pub fn is_not_found(&self) -> bool {
        matches!(
            self,
            Self::NotFound { .. } | Self::InterpreterMissing { .. }
        )
    }

    /// Whether the same call may succeed later: the machine was short of processes or memory, or the file was being written.
    pub fn is_retryable(&self) -> bool {
        use io::ErrorKind::{ExecutableFileBusy, Interrupted, OutOfMemory, WouldBlock};
        matches!(
            self,
            Self::Start { source, .. }
                if matches!(source.kind(), ExecutableFileBusy | Interrupted | OutOfMemory | WouldBlock)
        )
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::NotFound {
                program,
                searched: Some(path),
            } if path.is_empty() => vec![format!(
                "the child has no `PATH`; pass one on, or name `{}` by its full path",
                program.display()
            )],
            Self::NotFound {
                searched: Some(path),
                ..
            } => vec![format!(
                "install it, or add its directory to `PATH` (searched: {})",
                path.display()
            )],
            Self::CreateSpill { path, source } if source.kind() == io::ErrorKind::AlreadyExists => {
                vec![format!(
                    "it is never overwritten; move `{}` away",
                    path.display()
                )]
            }
            Self::NotExecutable { program } => {
                vec![format!(
                    "run `chmod +x {}` if it is meant to be a program",
                    program.display()
                )]
            }
            Self::InterpreterMissing { .. } => {
                vec![
                    "look at its first line (`#!`), or at the architecture it was built for"
                        .to_owned(),
                ]
            }
            _ => Vec::new(),
        }
    }
}
