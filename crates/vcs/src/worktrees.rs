//! Worktrees: made, listed and removed without letting the repository's configuration decide anything.

mod add;
mod delete;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use delete::{make_writable, remove_all};

use crate::object_id::ObjectId;
use crate::program::GitCallError;
use crate::read::ReadError;
use crate::registration::{Head, Registration};
use crate::repository::{Cause, Repository};

/// A linked worktree, as the repository knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorktreeEntry {
    /// Its top folder.
    pub path: PathBuf,
    /// The commit at its `HEAD`; `None` if that leads nowhere.
    pub head: Option<ObjectId>,
    /// The branch that is checked out in it (`refs/heads/...`); `None` if its `HEAD` is detached.
    pub branch: Option<String>,
    /// Why it is locked against pruning; `None` if it is not.
    pub lock_reason: Option<String>,
    /// Its folder is not there.
    pub missing: bool,
}

impl Repository {
    /// Makes a worktree at `path` with the files of `commit`: `HEAD` detached, locked against pruning for `lock_reason` (one
    /// line). `path` must not exist, or be an empty directory. On failure nothing is left.
    pub fn add_worktree(
        &self,
        path: &Path,
        commit: ObjectId,
        lock_reason: &str,
    ) -> Result<(), WorktreeError> {
        add::add(self, path, commit, lock_reason)
    }

    /// Deletes the linked worktree at `path`, its files and its registration, locked or not. What is already gone is no
    /// error. Uncommitted work is lost. A folder that is not registered is not touched.
    pub fn remove_worktree(&self, path: &Path) -> Result<(), WorktreeError> {
        let Some(registration) = self.find_worktree(path)? else {
            return match fs::symlink_metadata(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                _ => Err(self.not_a_worktree(path)),
            };
        };
        if !registration.linked {
            return Err(WorktreeError::MainWorktree {
                path: registration.path,
            });
        }
        // The registration goes last: as long as files are left, a repeated call finds them.
        for path in [&registration.path, &registration.admin] {
            remove_all(path).map_err(|source| file_error("delete", path, source))?;
        }
        Ok(())
    }

    /// The linked worktrees, in order of their paths. The main worktree is not among them.
    pub fn worktrees(&self) -> Result<Vec<WorktreeEntry>, WorktreeError> {
        let directory = self.registrations_dir();
        let registrations = self
            .registrations()
            .map_err(|source| file_error("read", &directory, source))?;
        registrations
            .into_iter()
            .map(|registration| self.worktree_entry(registration))
            .collect()
    }

    fn worktree_entry(&self, registration: Registration) -> Result<WorktreeEntry, WorktreeError> {
        let head_file = registration.admin.join("HEAD");
        let head = registration
            .head()
            .map_err(|source| file_error("read", &head_file, source))?;
        let lock_file = registration.admin.join("locked");
        let lock_reason = match fs::read(&lock_file) {
            Ok(bytes) => Some(String::from_utf8_lossy(&bytes).trim_end().to_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(file_error("read", &lock_file, source)),
        };
        let is_there =
            fs::symlink_metadata(&registration.path).is_ok_and(|metadata| metadata.is_dir());
        Ok(WorktreeEntry {
            // A head that cannot be read leads nowhere, as far as a list can tell.
            head: self.head_commit(&head).unwrap_or_default(),
            branch: match head {
                Head::Branch(name) => Some(name),
                Head::Detached(_) | Head::Unreadable => None,
            },
            lock_reason,
            missing: !is_there,
            path: registration.path,
        })
    }

    pub(crate) fn find_worktree(&self, path: &Path) -> Result<Option<Registration>, WorktreeError> {
        let directory = self.registrations_dir();
        self.registration(path)
            .map_err(|source| file_error("read", &directory, source))
    }

    pub(crate) fn not_a_worktree(&self, path: &Path) -> WorktreeError {
        WorktreeError::NotAWorktree {
            path: path.to_owned(),
            repository: self.common_dir().to_owned(),
        }
    }
}

pub(crate) fn file_error(action: &'static str, path: &Path, source: io::Error) -> WorktreeError {
    WorktreeError::File {
        action,
        path: path.to_owned(),
        source,
    }
}

/// Why a worktree could not be made, reset, listed or removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorktreeError {
    /// There is something already.
    #[error("`{path}` already exists")]
    Exists {
        /// The path.
        path: PathBuf,
    },
    /// The repository has a worktree registered there.
    #[error("`{path}` is already registered as a worktree")]
    Registered {
        /// The path.
        path: PathBuf,
    },
    /// It is not a linked worktree of this repository.
    #[error("`{path}` is not a linked worktree of repository `{repository}`")]
    NotAWorktree {
        /// The path.
        path: PathBuf,
        /// The repository's git directory.
        repository: PathBuf,
    },
    /// It is the main worktree, which belongs to a person.
    #[error("`{path}` is the main worktree")]
    MainWorktree {
        /// The path.
        path: PathBuf,
    },
    /// A lock reason or a `keep` pattern cannot be used.
    #[error("`{text}` cannot be used as a {what}")]
    Text {
        /// What it was to be.
        what: &'static str,
        /// The text.
        text: String,
    },
    /// The commit could not be read.
    #[error("failed to read commit `{commit}`")]
    Commit {
        /// The commit.
        commit: ObjectId,
        /// Why.
        source: Box<ReadError>,
    },
    /// A tree cannot be checked out: a name in it is not allowed.
    #[error("failed to prepare the files of `{path}`")]
    Index {
        /// The worktree.
        path: PathBuf,
        /// Why.
        source: Cause,
    },
    /// A file or directory could not be read, written or deleted.
    #[error("failed to {action} `{path}`")]
    File {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A file could not be replaced as a whole.
    #[error("failed to replace `{path}`")]
    Replace {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ftc_durable::WriteError,
    },
    /// git could not write the files.
    #[error("failed to check out files into `{path}`")]
    Checkout {
        /// The worktree.
        path: PathBuf,
        /// Why.
        source: GitCallError,
    },
}

impl WorktreeError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Checkout { source, .. } => source.is_retryable(),
            Self::File { source, .. } => matches!(
                source.kind(),
                io::ErrorKind::StorageFull
                    | io::ErrorKind::DirectoryNotEmpty
                    | io::ErrorKind::Interrupted
            ),
            _ => false,
        }
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Checkout { source, .. } => source.hints(),
            Self::Commit { source, .. } => source.hints(),
            Self::NotAWorktree { .. } | Self::Registered { .. } => {
                vec!["`git worktree list` shows the worktrees of a repository".to_owned()]
            }
            _ => Vec::new(),
        }
    }
}
