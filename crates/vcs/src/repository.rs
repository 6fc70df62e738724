//! A repository, and how one is found or made.

mod error;
mod init;
mod open;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use error::{InitError, OpenError};
pub(crate) use open::path_of_line;

use crate::program::{GitCallError, GitProgram, PrivateGitDir};

/// The cause of a failure inside the library that reads git's files.
pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A git repository: its directories, and the git program. Cheap to clone, and may be used from many threads.
///
/// No call runs anything that the repository's configuration, hooks or attributes name.
#[derive(Clone)]
pub struct Repository {
    inner: Arc<Inner>,
}

struct Inner {
    git: GitProgram,
    git_dir: PathBuf,
    common_dir: PathBuf,
    work_dir: Option<PathBuf>,
    store: gix::ThreadSafeRepository,
}

impl Repository {
    /// Finds the repository that `path` is in: `path` is a bare repository, or any folder inside a worktree.
    ///
    /// The nearest `.git` decides, whatever `core.worktree` and `core.bare` say: both can be wrong or forged.
    pub fn open(path: &Path, git: &GitProgram) -> Result<Self, OpenError> {
        open::open(path, git)
    }

    /// Makes a repository with a worktree at `path`, whose first branch is `branch`. The directory is created if absent; what
    /// is in it stays. No template is copied, so there are no hooks.
    pub fn init(path: &Path, branch: &str, git: &GitProgram) -> Result<Self, InitError> {
        init::init(path, branch, init::Shape::WithWorktree, git)
    }

    /// Makes a repository without a worktree at `path`, whose first branch is `branch`.
    pub fn init_bare(path: &Path, branch: &str, git: &GitProgram) -> Result<Self, InitError> {
        init::init(path, branch, init::Shape::Bare, git)
    }

    /// The git directory: of a linked worktree, its own one inside the repository's.
    pub fn git_dir(&self) -> &Path {
        &self.inner.git_dir
    }

    /// The git directory that all worktrees share. The same as [`git_dir`](Self::git_dir) where there is no linked worktree.
    pub fn common_dir(&self) -> &Path {
        &self.inner.common_dir
    }

    /// The top folder of the worktree that was opened; `None` for a bare repository.
    pub fn work_dir(&self) -> Option<&Path> {
        self.inner.work_dir.as_deref()
    }

    /// The git program that does what is not done in process.
    pub fn git(&self) -> &GitProgram {
        &self.inner.git
    }

    /// The object and reference store, for use by this thread.
    pub(crate) fn store(&self) -> gix::Repository {
        self.inner.store.to_thread_local()
    }

    pub(crate) fn private_git_dir(&self) -> Result<PrivateGitDir, GitCallError> {
        PrivateGitDir::new(self.git(), self.common_dir())
    }
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repository")
            .field("git_dir", &self.inner.git_dir)
            .field("work_dir", &self.inner.work_dir)
            .finish_non_exhaustive()
    }
}
