//! Saving what is in a worktree before it is scrubbed.

use std::path::{Path, PathBuf};

use ftc_vcs::{Expected, NewCommit, ObjectId, RefError, Repository, Signature};
use jiff::Timestamp;
use uuid::Uuid;

use crate::registry::LeaseRow;

/// Where saved work is: one reference per lease, named after it (`LEASE`, or `LEASE-NUMBER` after a crash while it was
/// being written).
pub const SALVAGE_PREFIX: &str = "refs/ftc/salvage/";

/// Work that was saved: `git show REFERENCE` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Salvage {
    /// The reference that keeps it.
    pub reference: String,
    /// The saved commit: what the worktree held, on top of the commits that were made there.
    pub commit: ObjectId,
}

/// Why the work in a worktree could not be saved. The worktree is as it was.
#[derive(Debug, thiserror::Error)]
#[error("failed to save the work in `{path}`")]
#[non_exhaustive]
pub struct SalvageError {
    /// The worktree.
    pub path: PathBuf,
    /// What went wrong.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// What is to be saved.
pub(crate) struct Unsaved<'a> {
    pub path: &'a Path,
    pub slot: u32,
    /// The fence of whoever saves it.
    pub epoch: u64,
    /// What was checked out for the tenant.
    pub base: ObjectId,
    pub lease: Option<&'a LeaseRow>,
}

impl Unsaved<'_> {
    /// Saves files and commits that nobody has but this worktree. `None` if there are none.
    ///
    /// Only the objects and the reference are written. What git ignores is not saved.
    pub fn save(
        &self,
        repository: &Repository,
        now: Timestamp,
    ) -> Result<Option<Salvage>, SalvageError> {
        self.try_save(repository, now)
            .map_err(|source| SalvageError {
                path: self.path.to_owned(),
                source,
            })
    }

    /// Whether there is anything to save.
    pub fn is_there(
        &self,
        repository: &Repository,
    ) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
        let entries = repository.worktrees()?;
        let entry = entries.into_iter().find(|entry| entry.path == self.path);
        let head = entry.and_then(|entry| entry.head).unwrap_or(self.base);
        let has_files = self.path.is_dir() && !repository.is_clean(self.path)?;
        Ok(has_files || !repository.is_ancestor(head, self.base)?)
    }

    fn try_save(
        &self,
        repository: &Repository,
        now: Timestamp,
    ) -> Result<Option<Salvage>, Box<dyn std::error::Error + Send + Sync>> {
        let entries = repository.worktrees()?;
        let entry = entries.into_iter().find(|entry| entry.path == self.path);
        let head = entry.and_then(|entry| entry.head).unwrap_or(self.base);
        // Without a folder there are no files to lose, but there may be commits.
        let tree = if self.path.is_dir() {
            Some(repository.worktree_tree(self.path)?)
        } else {
            None
        };
        let head_tree = repository.tree_of(head)?;
        let commit = if let Some(tree) = tree.filter(|tree| *tree != head_tree) {
            repository.commit_tree(&self.commit(tree, head, now))?
        } else if repository.is_ancestor(head, self.base)? {
            return Ok(None);
        } else {
            head
        };
        let name = self
            .lease
            .map_or_else(|| Uuid::now_v7().to_string(), |lease| lease.id.to_string());
        let mut reference = format!("{SALVAGE_PREFIX}{name}");
        // A crash may have come between this and the registry's note of it, so the reference may be there already.
        let mut written = repository.update_ref(&reference, Some(commit), Expected::Any);
        if matches!(written, Err(RefError::Locked { .. })) {
            // Nobody else writes it, so a crash has left the lock. The fence makes a name that no crash has touched.
            reference = format!("{reference}-{}", self.epoch);
            written = repository.update_ref(&reference, Some(commit), Expected::Any);
        }
        written?;
        Ok(Some(Salvage { reference, commit }))
    }

    fn commit(&self, tree: ObjectId, head: ObjectId, now: Timestamp) -> NewCommit {
        let signature = Signature::new("ftc", "ftc@localhost", now.as_second());
        let message = match self.lease {
            Some(lease) => format!(
                "Save the work of lease {}\n\nSlot: {}\nOwner: {}\nPurpose: {}\n",
                lease.id, self.slot, lease.owner, lease.purpose
            ),
            None => format!("Save what was left in slot {}\n", self.slot),
        };
        NewCommit {
            tree,
            parents: vec![head],
            author: signature.clone(),
            committer: signature,
            message,
        }
    }
}
