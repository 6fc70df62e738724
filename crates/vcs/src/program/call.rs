//! Running git so that nothing but our own words decides what it does.
//!
//! Whoever can write a repository's configuration can make git run programs: hooks, filters, file system monitors, diff
//! drivers, credential helpers, ssh commands. A coding agent can write its worktree and, through `git config`, the
//! repository that the worktree belongs to. So git is never shown that repository: it gets a private throwaway git
//! directory with our configuration, and of the repository only its object directory, which is data.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ftc_process::{Outcome, Spawn};
use tempfile::TempDir;

use super::GitProgram;
use super::error::{GitCallError, readable};
use crate::remote_url::RemoteUrl;

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);
/// Answers are lists of refs and paths; a longer one is refused rather than read in part.
const ANSWER_LIMIT_BYTES: usize = 64 << 20;

const CONFIG: &str = "\
[core]
\trepositoryformatversion = 0
\tbare = true
\thooksPath = /dev/null
\tfsmonitor = false
\tuntrackedCache = false
\tattributesFile = /dev/null
\texcludesFile = /dev/null
\tlogAllRefUpdates = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
[credential]
\thelper =
[submodule]
\trecurse = false
[fetch]
\trecurseSubmodules = false
\tprune = false
[push]
\tfollowTags = false
\trecurseSubmodules = no
";

/// A throwaway git directory with nothing but our configuration, and an empty home beside it. Removed on drop.
pub(crate) struct PrivateGitDir {
    root: TempDir,
    objects: PathBuf,
}

impl PrivateGitDir {
    /// Makes one that reads and writes the objects of the repository at `common_dir`, and knows where its history is cut
    /// off.
    pub(crate) fn new(git: &GitProgram, common_dir: &Path) -> Result<Self, GitCallError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("ftc-git-");
        let root = match git.temporary() {
            Some(parent) => builder.tempdir_in(parent),
            None => builder.tempdir(),
        }
        .map_err(|source| GitCallError::PrivateDirectory {
            path: git.temporary().map(Path::to_owned).unwrap_or_default(),
            source,
        })?;
        let private = Self {
            objects: common_dir.join("objects"),
            root,
        };
        private
            .fill(common_dir)
            .map_err(|source| GitCallError::PrivateDirectory {
                path: private.root.path().to_owned(),
                source,
            })?;
        Ok(private)
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.root.path().join("git")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// Writes a new file into the git directory.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(self.path().join(name))?
            .write_all(bytes)
    }

    fn fill(&self, common_dir: &Path) -> io::Result<()> {
        fs::create_dir(self.home())?;
        fs::create_dir(self.path())?;
        fs::create_dir(self.path().join("refs"))?;
        fs::create_dir(self.path().join("objects"))?;
        self.write("HEAD", b"ref: refs/heads/ftc-private-nothing\n")?;
        self.write("config", CONFIG.as_bytes())?;
        match fs::read(common_dir.join("shallow")) {
            Ok(shallow) => self.write("shallow", &shallow),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// One call of git in a private git directory.
pub(crate) struct GitCall<'a> {
    name: &'static str,
    spawn: Spawn,
    private: &'a PrivateGitDir,
    hidden: Option<(String, String)>,
}

impl<'a> GitCall<'a> {
    /// `git NAME`, with an environment that we made.
    pub(crate) fn new(git: &GitProgram, private: &'a PrivateGitDir, name: &'static str) -> Self {
        let spawn = bare_spawn(git, &private.home())
            .env("GIT_DIR", private.path())
            .env("GIT_OBJECT_DIRECTORY", &private.objects)
            .directory(private.home())
            .arg(name);
        Self {
            name,
            spawn,
            private,
            hidden: None,
        }
    }

    pub(crate) fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.spawn = self.spawn.arg(argument);
        self
    }

    pub(crate) fn args(mut self, arguments: impl IntoIterator<Item: Into<OsString>>) -> Self {
        self.spawn = self.spawn.args(arguments);
        self
    }

    /// Lets git work on the files of `worktree`, through `index` (a file of the private directory).
    pub(crate) fn worktree(mut self, worktree: &Path, index: &str) -> Self {
        self.spawn = self
            .spawn
            .env("GIT_WORK_TREE", worktree)
            .env("GIT_INDEX_FILE", self.private.path().join(index))
            .directory(worktree);
        self
    }

    /// Adds an address, which errors show as it is to be shown.
    pub(crate) fn url(mut self, url: &RemoteUrl) -> Self {
        self.hidden = Some((url.address.clone(), url.shown.clone()));
        self.arg("--").arg(&url.address)
    }

    /// Runs it, whatever the exit code. A timeout and an answer that is too long are errors.
    pub(crate) fn outcome(&self) -> Result<Outcome, GitCallError> {
        run(self.name, &self.spawn)
    }

    /// The error for an outcome that is a failure.
    pub(crate) fn failed(&self, outcome: &Outcome) -> GitCallError {
        let mut message = outcome.stderr.to_text();
        if let Some((address, shown)) = &self.hidden {
            message = message.replace(address, shown);
        }
        GitCallError::Failed {
            command: self.name,
            end: outcome.end,
            message: readable(&message),
        }
    }

    /// Runs it and expects success; the answer is its standard output.
    pub(crate) fn run(self) -> Result<Vec<u8>, GitCallError> {
        let outcome = self.outcome()?;
        if outcome.success() {
            Ok(outcome.stdout.to_bytes())
        } else {
            Err(self.failed(&outcome))
        }
    }
}

/// git without a subcommand and without a repository: the environment of every call.
pub(crate) fn bare_spawn(git: &GitProgram, home: &Path) -> Spawn {
    Spawn::new([git.path()])
        .env("PATH", git.search_path())
        .env("HOME", home)
        .env("LC_ALL", "C")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_ATTR_NOSYSTEM", "1")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh")
        .env("GIT_ADVICE", "0")
        .timeout(DEFAULT_TIMEOUT)
        .capture_limit(ANSWER_LIMIT_BYTES)
}

pub(crate) fn run(name: &'static str, spawn: &Spawn) -> Result<Outcome, GitCallError> {
    let outcome = spawn.run().map_err(|source| GitCallError::Start {
        command: name,
        source,
    })?;
    if outcome.timed_out {
        return Err(GitCallError::TimedOut {
            command: name,
            limit: DEFAULT_TIMEOUT,
        });
    }
    if outcome.stdout.truncated() {
        return Err(GitCallError::AnswerTooLong {
            command: name,
            limit_bytes: ANSWER_LIMIT_BYTES,
        });
    }
    Ok(outcome)
}
