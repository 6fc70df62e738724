//! Describing and starting a child.

mod error;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub use error::SpawnError;

use crate::env::ParentEnv;
use crate::find::{find_program, is_executable};
use crate::outcome::Outcome;
use crate::run::{self, Limits};
use crate::spill::SpillFile;

/// The variables that [`Spawn::inherit_from`] passes on.
pub const INHERITED_NAMES: &[&str] = &["HOME", "LANG", "LOGNAME", "PATH", "TMPDIR", "TZ", "USER"];

/// The beginnings of names that [`Spawn::inherit_from`] passes on.
pub const INHERITED_PREFIXES: &[&str] = &["LC_"];

const DEFAULT_GRACE: Duration = Duration::from_secs(2);
const DEFAULT_CAPTURE_BYTES: usize = 2 << 20;

/// A child process that is to be run: program, arguments, environment and limits.
///
/// Nothing is inherited that is not named here. Standard input is `/dev/null`.
#[derive(Clone)]
#[must_use = "a child is started by `run`"]
pub struct Spawn {
    argv: Vec<OsString>,
    directory: Option<PathBuf>,
    environment: BTreeMap<OsString, OsString>,
    timeout: Option<Duration>,
    idle_timeout: Option<Duration>,
    grace: Duration,
    capture_bytes: usize,
    spill: Option<(PathBuf, u64)>,
}

impl Spawn {
    /// A child with this argument list, whose first element is the program: a name for the child's `PATH`, or a path that is
    /// taken from the child's directory. No shell looks at it.
    pub fn new(argv: impl IntoIterator<Item: Into<OsString>>) -> Self {
        Self {
            argv: argv.into_iter().map(Into::into).collect(),
            directory: None,
            environment: BTreeMap::from([("TERM".into(), "dumb".into())]),
            timeout: None,
            idle_timeout: None,
            grace: DEFAULT_GRACE,
            capture_bytes: DEFAULT_CAPTURE_BYTES,
            spill: None,
        }
    }

    /// Adds one argument.
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.argv.push(argument.into());
        self
    }

    /// Adds arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item: Into<OsString>>) -> Self {
        self.argv.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// The child's working directory. Without it, that of this process.
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Passes on those variables of `parent` that are in [`INHERITED_NAMES`] or begin with one of [`INHERITED_PREFIXES`].
    /// A variable that was already set here keeps its value.
    pub fn inherit_from(mut self, parent: &ParentEnv) -> Self {
        for (name, value) in parent.iter().filter(|(name, _)| is_inherited(name)) {
            self.environment
                .entry(name.to_owned())
                .or_insert_with(|| value.to_owned());
        }
        self
    }

    /// Sets a variable. Whatever is set by name is passed, `GIT_*` included: the caller has decided.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    /// The wall-clock limit. When it passes, the group gets SIGTERM, and SIGKILL after the grace. Without it there is none.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// The limit without output: when neither standard output nor standard error has had a byte for so long, the group is
    /// stopped as by [`timeout`](Self::timeout). The first stretch begins with the start. Without it there is none.
    pub fn idle_timeout(mut self, idle_timeout: Duration) -> Self {
        self.idle_timeout = Some(idle_timeout);
        self
    }

    /// How long the group has between SIGTERM and SIGKILL; two seconds unless set.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// How many bytes of each output are kept, half of them from its beginning and half from its end; 2 MiB unless set.
    /// The child is never blocked by this limit.
    pub fn capture_limit(mut self, limit_bytes: usize) -> Self {
        self.capture_bytes = limit_bytes;
        self
    }

    /// Writes both outputs, in the order in which they were read, to a new file at `path` with mode 0600, besides keeping
    /// what [`capture_limit`](Self::capture_limit) says. Its directory must exist, and nothing may be at `path`.
    ///
    /// Beyond `limit_bytes` the rest is dropped and counted. Neither that nor a full disk stops the child: see
    /// [`Spill`](crate::Spill). Lines of the two outputs may be torn where both are written at once.
    pub fn spill_to(mut self, path: impl Into<PathBuf>, limit_bytes: u64) -> Self {
        self.spill = Some((path.into(), limit_bytes));
        self
    }

    /// Starts the child and waits for its end. Blocks; uses one short-lived thread.
    ///
    /// An exit code other than 0, a signal and a timeout are outcomes, not errors. When this returns, with or without error,
    /// nothing is left of the child's process group.
    pub fn run(&self) -> Result<Outcome, SpawnError> {
        self.check_for_nul()?;
        let directory = self.resolved_directory()?;
        let program = self.resolved_program(directory.as_deref())?;
        let mut command = Command::new(&program);
        command
            .arg0(&self.argv[0])
            .args(&self.argv[1..])
            .env_clear()
            .envs(&self.environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        if let Some(directory) = &directory {
            command.current_dir(directory);
        }
        let spill = self.create_spill()?;
        let started = Instant::now();
        let child = command.spawn().map_err(|source| {
            if let Some(spill) = &spill {
                spill.remove();
            }
            SpawnError::of_start(program.clone(), directory, source)
        })?;
        let limits = Limits {
            timeout: self.timeout,
            idle_timeout: self.idle_timeout,
            grace: self.grace,
            capture_bytes: self.capture_bytes,
        };
        run::wait(child, started, &limits, spill)
            .map_err(|source| SpawnError::Wait { program, source })
    }

    fn create_spill(&self) -> Result<Option<SpillFile>, SpawnError> {
        let Some((path, limit_bytes)) = &self.spill else {
            return Ok(None);
        };
        match SpillFile::create(path, *limit_bytes) {
            Ok(spill) => Ok(Some(spill)),
            Err(source) => Err(SpawnError::CreateSpill {
                path: path.clone(),
                source,
            }),
        }
    }

    fn check_for_nul(&self) -> Result<(), SpawnError> {
        let has_nul = |text: &OsStr| text.as_encoded_bytes().contains(&0);
        if let Some(index) = self.argv.iter().position(|argument| has_nul(argument)) {
            return Err(SpawnError::NulInArgument { index });
        }
        for (name, value) in &self.environment {
            if name.is_empty() || has_nul(name) || name.as_encoded_bytes().contains(&b'=') {
                return Err(SpawnError::BadVariableName { name: name.clone() });
            }
            if has_nul(value) {
                return Err(SpawnError::NulInVariable { name: name.clone() });
            }
        }
        if self
            .directory
            .as_deref()
            .is_some_and(|path| has_nul(path.as_os_str()))
        {
            return Err(SpawnError::DirectoryMissing {
                path: self.directory.clone().unwrap_or_default(),
            });
        }
        Ok(())
    }

    /// Absolute, so that it still means the same after the child has changed into it.
    fn resolved_directory(&self) -> Result<Option<PathBuf>, SpawnError> {
        let Some(directory) = &self.directory else {
            return Ok(None);
        };
        match std::path::absolute(directory) {
            Ok(directory) if directory.is_dir() => Ok(Some(directory)),
            _ => Err(SpawnError::DirectoryMissing {
                path: directory.clone(),
            }),
        }
    }

    fn resolved_program(&self, directory: Option<&Path>) -> Result<PathBuf, SpawnError> {
        let program = self.argv.first().ok_or(SpawnError::EmptyArgv)?;
        if program.as_encoded_bytes().contains(&b'/') {
            let path = match directory {
                Some(directory) => directory.join(program),
                None => PathBuf::from(program),
            };
            return match path.try_exists() {
                Ok(true) if is_executable(&path) => Ok(path),
                Ok(true) => Err(SpawnError::NotExecutable { program: path }),
                _ => Err(SpawnError::NotFound {
                    program: program.clone(),
                    searched: None,
                }),
            };
        }
        let path = self.environment.get(OsStr::new("PATH"));
        find_program(program, None, path.map(OsString::as_os_str)).ok_or_else(|| {
            SpawnError::NotFound {
                program: program.clone(),
                searched: Some(path.cloned().unwrap_or_default()),
            }
        })
    }
}

impl fmt::Debug for Spawn {
    /// Without arguments and values: they may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spawn")
            .field("program", &self.argv.first())
            .field("directory", &self.directory)
            .field("variables", &self.environment.keys())
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

fn is_inherited(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    INHERITED_NAMES
        .iter()
        .any(|inherited| inherited.as_bytes() == name)
        || INHERITED_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix.as_bytes()))
}

impl SpawnError {
    /// The system says `ENOENT` and `EACCES` for several different things; looking again tells them apart.
    fn of_start(program: PathBuf, directory: Option<PathBuf>, source: io::Error) -> Self {
        match (source.kind(), directory) {
            (io::ErrorKind::NotFound, Some(path)) if !path.is_dir() => {
                Self::DirectoryMissing { path }
            }
            (io::ErrorKind::NotFound, _) if program.exists() => {
                Self::InterpreterMissing { program }
            }
            (io::ErrorKind::NotFound, _) => Self::NotFound {
                program: program.into_os_string(),
                searched: None,
            },
            (io::ErrorKind::PermissionDenied, _) if !is_executable(&program) => {
                Self::NotExecutable { program }
            }
            _ => Self::Start { program, source },
        }
    }
}
