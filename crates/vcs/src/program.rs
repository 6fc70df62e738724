//! The git program.

mod call;
mod error;
mod version;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub(crate) use call::{GitCall, PrivateGitDir, bare_spawn, run};
pub use error::GitCallError;
pub(crate) use error::readable;
use ftc_process::{ParentEnv, Spawn, SpawnError, find_program};
pub use version::GitVersion;

const VERSION_TIMEOUT: Duration = Duration::from_secs(20);

/// A git program that is new enough, and what its children get of our environment. Cheap to clone.
#[derive(Debug, Clone)]
pub struct GitProgram {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    version: GitVersion,
    search_path: OsString,
    temporary: Option<PathBuf>,
}

impl GitProgram {
    /// The oldest version that will do: it has `git merge-tree --write-tree`.
    pub const NEEDED: GitVersion = GitVersion::new(2, 38, 0);

    /// Finds `git` in the `PATH` of `env` and asks for its version.
    ///
    /// Of `env` only `PATH` and `TMPDIR` are kept. Nothing that is called `GIT_*`, and no home directory, ever reaches git.
    pub fn find(env: &ParentEnv) -> Result<Self, GitProgramError> {
        let search_path = env.var_os("PATH").unwrap_or_default().to_owned();
        let Some(path) = find_program("git", None, Some(&search_path)) else {
            return Err(GitProgramError::NotFound {
                searched: search_path,
            });
        };
        let version = ask_version(&path, &search_path)?;
        if version < Self::NEEDED {
            return Err(GitProgramError::TooOld {
                path,
                found: version,
                needed: Self::NEEDED,
            });
        }
        let temporary = env
            .var_os("TMPDIR")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute());
        Ok(Self {
            inner: Arc::new(Inner {
                path,
                version,
                search_path,
                temporary,
            }),
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Its version.
    pub fn version(&self) -> GitVersion {
        self.inner.version
    }

    pub(crate) fn search_path(&self) -> &OsStr {
        &self.inner.search_path
    }

    /// Where private directories go; `None` for the system's own place.
    pub(crate) fn temporary(&self) -> Option<&Path> {
        self.inner.temporary.as_deref()
    }
}

fn ask_version(path: &Path, search_path: &OsStr) -> Result<GitVersion, GitProgramError> {
    let outcome = Spawn::new([path.as_os_str(), OsStr::new("--version")])
        .env("PATH", search_path)
        .env("LC_ALL", "C")
        .timeout(VERSION_TIMEOUT)
        .run()
        .map_err(|source| GitProgramError::Unrunnable {
            path: path.to_owned(),
            source,
        })?;
    let answer = outcome.stdout.to_text();
    match GitVersion::parse(&answer) {
        Some(version) if outcome.success() => Ok(version),
        _ => Err(GitProgramError::NotGit {
            path: path.to_owned(),
            answer: answer.trim().chars().take(200).collect(),
        }),
    }
}

/// Why there is no usable git program.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GitProgramError {
    /// No directory of `PATH` has one.
    #[error("program `git` was not found")]
    NotFound {
        /// The `PATH` that was searched.
        searched: OsString,
    },
    /// There is one, but it cannot do what is needed.
    #[error("git {found} at `{path}` is too old: {needed} is needed")]
    TooOld {
        /// The program.
        path: PathBuf,
        /// Its version.
        found: GitVersion,
        /// The oldest version that will do.
        needed: GitVersion,
    },
    /// It could not be started.
    #[error("failed to run `{path}`")]
    Unrunnable {
        /// The program.
        path: PathBuf,
        /// Why.
        source: SpawnError,
    },
    /// It does not answer as git does.
    #[error("`{path}` does not tell a git version: `{answer}`")]
    NotGit {
        /// The program.
        path: PathBuf,
        /// The beginning of its answer to `--version`.
        answer: String,
    },
}

impl GitProgramError {
    /// Whether the same call may succeed later without anybody doing something.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unrunnable { source, .. } if source.is_retryable())
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::NotFound { searched } => vec![format!(
                "install git {} or newer, or add its directory to `PATH` (searched: {})",
                GitProgram::NEEDED,
                searched.display()
            )],
            Self::TooOld { needed, .. } => {
                vec![format!("install git {needed} or newer")]
            }
            Self::Unrunnable { source, .. } => source.hints(),
            Self::NotGit { path, .. } => {
                vec![format!(
                    "look at what `{} --version` prints",
                    path.display()
                )]
            }
        }
    }
}
