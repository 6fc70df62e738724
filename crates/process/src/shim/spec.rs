//! What the shim is told to start. Sent by the parent, in `postcard`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::shim::bytes;

/// A program and what it is started with, all checked and resolved by the parent. Paths are [`OsString`]s because serde takes a
/// `PathBuf` only if it is UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ChildCommand {
    /// The resolved program.
    pub(crate) program: OsString,
    /// All arguments; the first is what the program is told to be called.
    #[serde(with = "bytes::list")]
    pub(crate) argv: Vec<OsString>,
    /// Absolute.
    pub(crate) directory: Option<OsString>,
    /// The whole environment.
    #[serde(with = "bytes::map")]
    pub(crate) environment: BTreeMap<OsString, OsString>,
}

impl ChildCommand {
    /// The same for the standard library, in a process group of its own. Its streams are still to be said.
    pub(crate) fn to_command(&self) -> Command {
        let mut command = Command::new(&self.program);
        if let Some((name, arguments)) = self.argv.split_first() {
            command.arg0(name).args(arguments);
        }
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        command.env_clear().envs(&self.environment).process_group(0);
        command
    }
}

/// Why a program did not start: the system's number, so that the parent makes the same error of it as without a shim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StartFailure {
    /// `errno`; 0 where there is none.
    pub(crate) errno: i32,
    /// What was being done, in words, where it was not the start of the program itself.
    pub(crate) what: Option<String>,
}

impl StartFailure {
    /// The program itself could not be started.
    pub(crate) fn of_program(error: &io::Error) -> Self {
        Self {
            errno: error.raw_os_error().unwrap_or_default(),
            what: None,
        }
    }

    /// A failure while confining.
    pub(crate) fn confining(what: &str, error: &io::Error) -> Self {
        Self {
            errno: error.raw_os_error().unwrap_or_default(),
            what: Some(format!("{what}: {error}")),
        }
    }
}
