//! What a service is.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::confine::Confinement;
use crate::hex::hex;
use crate::signal::Signal;

/// A program that is to run for long. Its standard input is `/dev/null`.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceCommand {
    /// The program and its arguments, as for [`Spawn::new`](crate::Spawn::new).
    pub argv: Vec<OsString>,
    /// Its working directory. Without it, that of this process.
    pub directory: Option<PathBuf>,
    /// Its whole environment: nothing is added and nothing inherited.
    pub environment: BTreeMap<OsString, OsString>,
    /// What asks it to end; [`Signal::Term`] unless set. Its whole process group gets it.
    pub stop_signal: Signal,
    /// How long it then has until everything of it is killed; ten seconds unless set.
    pub grace: Duration,
    /// How its log is kept.
    pub log: LogPolicy,
    /// What it may do. Without a scratch directory of its own it gets `private/` in the service's directory.
    pub confinement: Option<Confinement>,
}

/// How the log of a service is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogPolicy {
    /// A new file is begun before one would grow beyond this. Only a line that is longer than this makes a longer file.
    pub max_bytes: u64,
    /// A new file is begun with the first line after this time.
    #[serde(rename = "max_age_ms", with = "crate::millis::option")]
    pub max_age: Option<Duration>,
    /// How many files are kept besides the current one.
    pub keep: u32,
}

impl Default for LogPolicy {
    /// 16 MiB, any age, four files besides the current one.
    fn default() -> Self {
        Self {
            max_bytes: 16 << 20,
            max_age: None,
            keep: 4,
        }
    }
}

impl ServiceCommand {
    /// A program with an empty environment.
    pub fn new(argv: impl IntoIterator<Item: Into<OsString>>) -> Self {
        Self {
            argv: argv.into_iter().map(Into::into).collect(),
            directory: None,
            environment: BTreeMap::new(),
            stop_signal: Signal::Term,
            grace: Duration::from_secs(10),
            log: LogPolicy::default(),
            confinement: None,
        }
    }

    /// Tells whether two commands are the same, in this release: a sha256 over all of it. Not a secret, but whoever knows all else
    /// can check a guess of a value with it.
    pub fn digest(&self) -> String {
        let mut digest = Sha256::new();
        // Each part with its length, so that no two commands have the same bytes.
        let mut add = |bytes: &[u8]| {
            digest.update(bytes.len().to_le_bytes());
            digest.update(bytes);
        };
        add(&self.argv.len().to_le_bytes());
        for argument in &self.argv {
            add(argument.as_encoded_bytes());
        }
        for (name, value) in &self.environment {
            add(name.as_encoded_bytes());
            add(value.as_encoded_bytes());
        }
        let rest = (&self.directory, self.stop_signal, self.grace, self.log);
        add(format!("{rest:?}{:?}", self.confinement).as_bytes());
        hex(&digest.finalize())
    }
}

impl fmt::Debug for ServiceCommand {
    /// Without arguments and values: they may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceCommand")
            .field("program", &self.argv.first())
            .field("directory", &self.directory)
            .field("variables", &self.environment.keys())
            .field("stop_signal", &self.stop_signal)
            .field("grace", &self.grace)
            .field("log", &self.log)
            .finish_non_exhaustive()
    }
}
