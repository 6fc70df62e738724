//! Why a child could not be run.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use rustix::io::Errno;

use crate::capture::Captured;
use crate::outcome::{Containment, Stop};
use crate::spill::Spill;

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
    /// It was cancelled before it was started.
    #[error("cancelled before the start")]
    Cancelled,
    /// A confinement was asked for without a shim, which would apply it.
    #[error("a confinement needs a shim")]
    ConfinementNeedsShim,
    /// The shim could not be started, or is not one.
    #[error("failed to start the shim `{program}`")]
    Shim {
        /// The shim.
        program: PathBuf,
        /// The system's answer, or what was wrong with the shim's.
        source: io::Error,
    },
    /// Descendants cannot be held as well as was required.
    #[error("containment `{required}` is required, and only `{reached}` can be had")]
    Containment {
        /// What was required.
        required: Containment,
        /// What can be had.
        reached: Containment,
        /// Why it is not more, in words.
        why: String,
    },
    /// The child cannot be confined as was required, or its confinement names something that is not there.
    #[error("the child cannot be confined: {why}")]
    Confinement {
        /// What cannot be had, in words.
        why: String,
    },
    /// The shim ended without a result: something killed it, which only the child or an administrator does. Everything that could be
    /// found of the child was killed. What it printed is in `breach`, and none of it proves anything.
    #[error("the shim of `{program}` was killed while it ran")]
    Breached {
        /// The program.
        program: PathBuf,
        /// What is known.
        breach: Box<Breach>,
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

/// What is known of a run whose shim was killed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Breach {
    /// Why it was being stopped at that time, if it was.
    pub stopped: Option<Stop>,
    /// Standard output.
    pub stdout: Captured,
    /// Standard error.
    pub stderr: Captured,
    /// What became of the spill file.
    pub spill: Option<Spill>,
    /// How the descendants were held. Only with [`Containment::Cgroup`] is it certain that none is left.
    pub containment: Containment,
}

impl SpawnError {
    /// Whether the program or its interpreter does not exist.
    pub fn is_not_found(&self) -> bool {
        matches!(
            self,
            Self::NotFound { .. } | Self::InterpreterMissing { .. }
        )
    }

    /// Whether the same call may succeed later: the machine was short of processes, memory or open files, or the program was being
    /// written.
    pub fn is_retryable(&self) -> bool {
        use io::ErrorKind::{ExecutableFileBusy, Interrupted, OutOfMemory, WouldBlock};
        match self {
            Self::Start { source, .. }
            | Self::Shim { source, .. }
            | Self::CreateSpill { source, .. } => {
                matches!(
                    source.kind(),
                    ExecutableFileBusy | Interrupted | OutOfMemory | WouldBlock
                ) || matches!(
                    Errno::from_io_error(source),
                    Some(Errno::MFILE | Errno::NFILE)
                )
            }
            _ => false,
        }
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
            Self::Start { source, .. } => start_hint(source).into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

fn start_hint(source: &io::Error) -> Option<String> {
    match Errno::from_io_error(source)? {
        Errno::NOEXEC => Some(
            "if it is a script, its first line must name its interpreter (`#!/bin/sh`); else it was built for another machine"
                .to_owned(),
        ),
        Errno::TOOBIG => Some(
            "no argument may be longer than 128 KiB, and all arguments and variables together not longer than about 2 MiB; \
             pass a file"
                .to_owned(),
        ),
        Errno::MFILE | Errno::NFILE => {
            Some("too many files are open at once; raise the limit (`ulimit -n`), or run fewer at once".to_owned())
        }
        _ => None,
    }
}
