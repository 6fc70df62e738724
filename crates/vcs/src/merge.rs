//! Merging trees without a worktree.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use ftc_process::End;

use crate::object_id::ObjectId;
use crate::program::{GitCall, GitCallError};
use crate::read::ReadError;
use crate::repository::Repository;

/// What comes of merging two commits.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Merge {
    /// They merge by themselves.
    Clean {
        /// The merged tree.
        tree: ObjectId,
    },
    /// A person has to decide.
    Conflicted {
        /// The files in conflict, sorted.
        paths: Vec<PathBuf>,
    },
}

impl Repository {
    /// Merges two commits from their common ancestor, as `git merge-tree --write-tree` does, and writes the tree. Merge drivers
    /// and attributes play no part.
    pub fn merge_trees(&self, ours: ObjectId, theirs: ObjectId) -> Result<Merge, MergeError> {
        if self.merge_base(ours, theirs)?.is_none() {
            return Err(MergeError::Unrelated { ours, theirs });
        }
        self.merge_by_git(ours, theirs)
            .map_err(|source| MergeError::Git {
                ours,
                theirs,
                source,
            })
    }

    fn merge_by_git(&self, ours: ObjectId, theirs: ObjectId) -> Result<Merge, GitCallError> {
        let private = self.private_git_dir()?;
        let call = GitCall::new(self.git(), &private, NAME)
            .args(["--write-tree", "-z", "--name-only", "--no-messages"])
            .arg(ours.to_string())
            .arg(theirs.to_string());
        let outcome = call.outcome()?;
        let answer = outcome.stdout.to_bytes();
        let mut items = answer.split(|byte| *byte == 0);
        let tree = items
            .next()
            .and_then(|item| std::str::from_utf8(item).ok()?.trim_end().parse().ok());
        match (outcome.end, tree) {
            (End::Exited(0), Some(tree)) => Ok(Merge::Clean { tree }),
            (End::Exited(1), Some(_)) => {
                let mut paths: Vec<PathBuf> = items
                    .take_while(|item| !item.is_empty())
                    .map(|item| PathBuf::from(OsStr::from_bytes(item)))
                    .collect();
                paths.sort();
                paths.dedup();
                Ok(Merge::Conflicted { paths })
            }
            (End::Exited(0 | 1), None) => Err(GitCallError::answer(NAME, &answer)),
            _ => Err(call.failed(&outcome)),
        }
    }
}

const NAME: &str = "merge-tree";

/// Why two commits could not be merged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// They have no common ancestor.
    #[error("commits `{ours}` and `{theirs}` have no common history")]
    Unrelated {
        /// One commit.
        ours: ObjectId,
        /// The other.
        theirs: ObjectId,
    },
    /// One of them could not be read.
    #[error("failed to read what is to be merged")]
    Read(#[from] ReadError),
    /// git failed.
    #[error("failed to merge `{ours}` and `{theirs}`")]
    Git {
        /// One commit.
        ours: ObjectId,
        /// The other.
        theirs: ObjectId,
        /// Why.
        source: GitCallError,
    },
}

impl MergeError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Git { source, .. } if source.is_retryable())
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Unrelated { .. } => {
                vec![
                    "a shallow clone may lack the common ancestor; fetch the whole history"
                        .to_owned(),
                ]
            }
            Self::Read(source) => source.hints(),
            Self::Git { source, .. } => source.hints(),
        }
    }
}
