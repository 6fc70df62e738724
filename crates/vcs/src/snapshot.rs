//! The tree that the files of a worktree make.

mod convert;
mod tracked;
mod walk;

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use tracked::Tracked;
use walk::Walk;

use crate::object_id::ObjectId;
use crate::read::ReadError;
use crate::references::RefError;
use crate::registration::Registration;
use crate::repository::{Cause, Repository};

impl Repository {
    /// Writes the tree that the files of `worktree` make, and says its id: all tracked files as they are now (deletions,
    /// executable bits and links included), and all others that are not ignored. The worktree's index is not touched.
    ///
    /// What is ignored is decided by the `.gitignore` files of the worktree and the repository's `info/exclude`; a file that
    /// the commit at the worktree's `HEAD` has, or that its index names, is tracked whatever they say. Line endings are
    /// converted as `.gitattributes` files of the worktree demand; filters are not run. What is called `.git` (in any case)
    /// is left out, so that files of a nested repository count as files.
    pub fn worktree_tree(&self, worktree: &Path) -> Result<ObjectId, TreeError> {
        self.snapshot(worktree, None)
    }

    /// Whether the files of `worktree`, those that are not tracked included, are as its `HEAD` has them.
    pub fn is_clean(&self, worktree: &Path) -> Result<bool, TreeError> {
        let tree = self.snapshot(worktree, None)?;
        let registration = self.require_registration(worktree)?;
        let committed = match self.tracked_commit(&registration)? {
            Some(commit) => self
                .tree_of(commit)
                .map_err(|source| tracked_error(&registration, source))?,
            None => ObjectId::EMPTY_TREE,
        };
        Ok(tree == committed)
    }

    /// The tree of the files of `worktree`. What `base` has is tracked, too.
    pub(crate) fn snapshot(
        &self,
        worktree: &Path,
        base: Option<ObjectId>,
    ) -> Result<ObjectId, TreeError> {
        let registration = self.require_registration(worktree)?;
        let store = self.store();
        let mut tracked = Tracked::default();
        let head = self.tracked_commit(&registration)?;
        for commit in head.into_iter().chain(base) {
            tracked
                .add_tree(&store, commit)
                .map_err(|source| tracked_error(&registration, source))?;
        }
        tracked.add_index(&registration.admin.join("index"));
        let elsewhere = self.other_worktrees(&registration)?;
        let mut walk = Walk::new(self, &store, &registration.path, &tracked, elsewhere)?;
        walk.run()
    }

    fn require_registration(&self, worktree: &Path) -> Result<Registration, TreeError> {
        let found = self
            .registration(worktree)
            .map_err(|source| TreeError::File {
                path: self.registrations_dir(),
                source,
            })?;
        found.ok_or_else(|| TreeError::NotAWorktree {
            path: worktree.to_owned(),
            repository: self.common_dir().to_owned(),
        })
    }

    fn tracked_commit(&self, registration: &Registration) -> Result<Option<ObjectId>, TreeError> {
        let head = registration.head().map_err(|source| TreeError::File {
            path: registration.admin.join("HEAD"),
            source,
        })?;
        self.head_commit(&head).map_err(|source| TreeError::Head {
            path: registration.path.clone(),
            source,
        })
    }

    /// The top folders of all other worktrees: where one lies inside this one, its files are not ours.
    fn other_worktrees(&self, this: &Registration) -> Result<HashSet<PathBuf>, TreeError> {
        let all = self.registrations().map_err(|source| TreeError::File {
            path: self.registrations_dir(),
            source,
        })?;
        Ok(all
            .into_iter()
            .map(|registration| registration.path)
            .filter(|path| *path != this.path)
            .collect())
    }
}

fn tracked_error(registration: &Registration, source: ReadError) -> TreeError {
    TreeError::Tracked {
        path: registration.path.clone(),
        source: Box::new(source),
    }
}

/// Why the tree of a worktree could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TreeError {
    /// It is neither the main worktree of this repository nor registered as one of its others.
    #[error("`{path}` is not a worktree of repository `{repository}`")]
    NotAWorktree {
        /// The path.
        path: PathBuf,
        /// The repository's git directory.
        repository: PathBuf,
    },
    /// A file or directory could not be read.
    #[error("failed to read `{path}`")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// Its line endings or encoding could not be converted, or its rules for ignored files not be read.
    #[error("failed to convert `{path}`")]
    Convert {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Cause,
    },
    /// The commit that it is compared with could not be read.
    #[error("failed to read what is tracked in `{path}`")]
    Tracked {
        /// The worktree.
        path: PathBuf,
        /// Why.
        source: Box<ReadError>,
    },
    /// What the worktree's `HEAD` leads to could not be found out.
    #[error("failed to read the head of worktree `{path}`")]
    Head {
        /// The worktree.
        path: PathBuf,
        /// Why.
        source: RefError,
    },
    /// A file is larger than is read.
    #[error("`{path}` has {size_bytes} bytes, and {limit_bytes} are the limit")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        size_bytes: u64,
        /// The limit.
        limit_bytes: u64,
    },
    /// The repository did not take the objects.
    #[error("failed to write objects into repository `{repository}`")]
    Write {
        /// The repository's git directory.
        repository: PathBuf,
        /// Why.
        source: Cause,
    },
}

impl TreeError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::File { source, .. }
                if matches!(source.kind(), io::ErrorKind::NotFound | io::ErrorKind::Interrupted)
        )
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::TooLarge { .. } => {
                vec!["delete it, or name it in `.gitignore`".to_owned()]
            }
            Self::NotAWorktree { .. } => {
                vec!["`git worktree list` shows the worktrees of a repository".to_owned()]
            }
            _ => Vec::new(),
        }
    }
}
