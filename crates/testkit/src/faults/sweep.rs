//! Killing a program at every system call of given names.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use ftc_process::{End, Outcome, ParentEnv, Spawn, SpawnError};

/// The calls by which a program changes files and makes the change last, under every name that Linux has for them. Which of
/// them a program uses depends on the architecture and on its libraries, so some are never hit.
pub const DURABILITY_SYSCALLS: &[&str] = &[
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "rename",
    "renameat",
    "renameat2",
    "ftruncate",
    "unlink",
    "unlinkat",
];

/// Runs one program over and over, killing it at the first, second, third... call of each name until it survives.
#[must_use = "nothing is run until `run`"]
pub struct KillSweep {
    argv: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    directory: Option<PathBuf>,
    syscalls: Vec<String>,
    timeout: Duration,
    kill_limit: u32,
}

impl KillSweep {
    /// A sweep over the program with this argument list. It should do a fixed amount of work and exit with code 0.
    pub fn new(argv: impl IntoIterator<Item: Into<OsString>>) -> Self {
        Self {
            argv: argv.into_iter().map(Into::into).collect(),
            environment: Vec::new(),
            directory: None,
            syscalls: DURABILITY_SYSCALLS
                .iter()
                .map(|name| (*name).to_owned())
                .collect(),
            timeout: Duration::from_secs(120),
            kill_limit: 10_000,
        }
    }

    /// A sweep over the running test program, of which the copy runs only the test of this full name (`module::function`).
    ///
    /// That test takes its directory from a variable, and a temporary one when the variable is not set, so that it is a test
    /// in its own right.
    ///
    /// # Panics
    /// If this program's own path is unknown.
    pub fn this_test(name: &str) -> Self {
        let program = std::env::current_exe().expect("a test program can find itself");
        Self::new([program]).args(["--exact", name, "--include-ignored", "--test-threads=1"])
    }

    /// Adds arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item: Into<OsString>>) -> Self {
        self.argv.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Sets a variable of the program.
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// The program's working directory.
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// The calls to kill at, [`DURABILITY_SYSCALLS`] unless set. A name that this architecture does not have is never hit.
    pub fn syscalls<S: AsRef<str>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.syscalls = names
            .into_iter()
            .map(|name| name.as_ref().to_owned())
            .collect();
        self
    }

    /// How long one run may take; two minutes unless set. Only a run that hangs gets there.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sweeps: for each call and each count it calls `reset`, runs the program, and calls `check`, also for the run that
    /// survives. A failing `check` panics, as in any test; the run it is given says where the kill was.
    pub fn run(
        &self,
        mut reset: impl FnMut(),
        mut check: impl FnMut(&SweepRun<'_>),
    ) -> Result<SweepReport, SweepError> {
        let mut kills = BTreeMap::new();
        for syscall in &self.syscalls {
            let mut occurrence = 1;
            loop {
                reset();
                let killed = self.run_once(syscall, occurrence)?;
                check(&SweepRun {
                    syscall,
                    occurrence,
                    killed,
                });
                if !killed {
                    break;
                }
                if occurrence == self.kill_limit {
                    return Err(SweepError::NeverSurvives {
                        syscall: syscall.clone(),
                        kills: occurrence,
                    });
                }
                occurrence += 1;
            }
            kills.insert(syscall.clone(), occurrence - 1);
        }
        Ok(SweepReport { kills })
    }

    /// Runs the program with the `occurrence`th `syscall` fatal, and says whether it came to that.
    fn run_once(&self, syscall: &str, occurrence: u32) -> Result<bool, SweepError> {
        let directory = tempfile::tempdir().map_err(SweepError::Log)?;
        let log = directory.path().join("strace.log");
        let outcome = self
            .strace(syscall, occurrence)
            .arg("-o")
            .arg(&log)
            .arg("--")
            .args(&self.argv)
            .run()
            .map_err(|error| match error {
                SpawnError::NotFound { .. } => SweepError::StraceMissing,
                other => SweepError::Spawn(other),
            })?;
        let log = std::fs::read(&log).map_err(SweepError::Log)?;
        // A program of several processes may be hit in any of them, so the log decides, not the end of the first one.
        let killed = String::from_utf8_lossy(&log).contains("+++ killed by SIGKILL +++");
        if outcome.timed_out || !(killed || outcome.end == End::Exited(0)) {
            return Err(SweepError::Failed {
                syscall: syscall.to_owned(),
                occurrence,
                outcome: Box::new(outcome),
            });
        }
        Ok(killed)
    }

    fn strace(&self, syscall: &str, occurrence: u32) -> Spawn {
        // `?` makes strace accept a name that this architecture does not have.
        let mut spawn = Spawn::new(["strace", "-f"])
            .arg("-e")
            .arg(format!("trace=?{syscall}"))
            .arg("-e")
            .arg(format!(
                "inject=?{syscall}:signal=SIGKILL:when={occurrence}"
            ))
            .inherit_from(&ParentEnv::capture())
            .timeout(self.timeout);
        for (name, value) in &self.environment {
            spawn = spawn.env(name, value);
        }
        match &self.directory {
            Some(directory) => spawn.directory(directory),
            None => spawn,
        }
    }
}

/// One run of a sweep. Prints as `killed at write 3`.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SweepRun<'a> {
    /// The call that was fatal.
    pub syscall: &'a str,
    /// Which of them, counted from 1.
    pub occurrence: u32,
    /// Whether the program got there. If not, it ended by itself with code 0.
    pub killed: bool,
}

impl fmt::Display for SweepRun<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.killed { "killed at" } else { "survived" };
        write!(f, "{verb} {} {}", self.syscall, self.occurrence)
    }
}

/// How often a program was killed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SweepReport {
    kills: BTreeMap<String, u32>,
}

impl SweepReport {
    /// How often it was killed at `syscall`; 0 also for a call that was not swept.
    pub fn kills(&self, syscall: &str) -> u32 {
        self.kills.get(syscall).copied().unwrap_or_default()
    }

    /// How often it was killed at any of `syscalls`: for calls that have several names.
    pub fn kills_of(&self, syscalls: &[&str]) -> u32 {
        syscalls.iter().map(|syscall| self.kills(syscall)).sum()
    }

    /// The swept calls at which it was never killed, because it does not make them.
    pub fn never_hit(&self) -> Vec<&str> {
        self.kills
            .iter()
            .filter(|(_, kills)| **kills == 0)
            .map(|(syscall, _)| syscall.as_str())
            .collect()
    }
}

/// Why a sweep proves nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SweepError {
    /// `strace` is not installed.
    #[error("`strace` was not found")]
    StraceMissing,
    /// `strace` could not be run.
    #[error("failed to run `strace`")]
    Spawn(#[source] SpawnError),
    /// What `strace` reported could not be read.
    #[error("failed to read the log of `strace`")]
    Log(#[source] std::io::Error),
    /// The program failed or hung without having been killed, or strace may not trace here.
    #[error(
        "the program ended with {} at {syscall} {occurrence} without having been killed there; it wrote: {}{}",
        outcome.end, outcome.stdout.to_text(), outcome.stderr.to_text()
    )]
    Failed {
        /// The call that was to be fatal.
        syscall: String,
        /// Which of them.
        occurrence: u32,
        /// How it ended.
        outcome: Box<Outcome>,
    },
    /// The program makes more and more calls, or does not do a fixed amount of work.
    #[error("the program was killed {kills} times at {syscall} and never survived")]
    NeverSurvives {
        /// The call.
        syscall: String,
        /// How often it was killed.
        kills: u32,
    },
}
