//! A forge in a directory, for one machine: readable files, and branches in a bare repository.
//!
//! ```text
//! forge.toml                    whose forge it is and where its branches are
//! people.toml                   who may do what
//! labels.toml                   the labels that were created, with their colours
//! issues/0001/issue.md          an issue: what is known of it between `+++` lines, then its body
//! issues/0001/comments/0001.md  a comment on it
//! issues/0001/approvals/0001.md a person's outright approval
//! pulls/0002/pull.md            a pull request; its numbers, comments and approvals are those of issues
//! pulls/0002/reviews/0001.md    a review of it
//! checks/SHA/NAME.md            a check of a commit
//! seal.key                      the key of the seals; mode 0600
//! .lock                         held by whoever writes
//! ```
//!
//! Every file carries a seal: an HMAC-SHA256, under the key, of its path and its text. A file that somebody edited or added
//! by hand has no valid seal. It is still shown, as `verified: false`, and counts for nothing: not as an approval, not as a
//! review, not as an object of our own; what the program changes about it later leaves it without a seal. The seal does not
//! prove that nothing was removed, and whoever can read the key can make seals: agents must be kept out of the directory.
//!
//! Each write is one atomic replacement of one file, made under the lock. A crash leaves at most an empty directory or a
//! temporary file, which the next write takes over.

mod approvals;
mod checks;
mod clock;
mod comments;
mod document;
mod issues;
mod layout;
mod merge;
mod open;
mod people;
mod pulls;
mod refs;
mod reviews;
mod seal;
mod thing;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ftc_durable::{FileLock, LockError, LockMode, Owner};
use ftc_vcs::Repository;
use jiff::Timestamp;

pub use clock::Clock;
pub(crate) use comments::COMMENTS_EACH;
pub use merge::{MergeError, MergeOptions, MergeProblem, Merged};
pub use open::{LocalForgeSetup, OpenForgeError};

use crate::error::{Error, Result};
use crate::forge::Forge;
use crate::ids::{IssueNumber, Login};
use crate::model::Permission;
use crate::rules::Need;
use seal::SealKey;

/// The local forge, as one account sees it. Cheap to clone; may be used from many threads and processes at once.
///
/// Its calls do not wait for anything but the disk, git and the lock of another writer; they block the thread that polls
/// them for so long.
#[derive(Clone)]
pub struct LocalForge {
    shared: Arc<Shared>,
    viewer: Login,
    clock: Clock,
    writes: Writes,
}

/// What becomes of a write that nothing speaks against.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writes {
    Made,
    Rehearsed,
}

struct Shared {
    directory: PathBuf,
    repository: String,
    default_branch: String,
    branches: Repository,
    key: SealKey,
}

impl LocalForge {
    /// The directory of the forge.
    pub fn directory(&self) -> &Path {
        &self.shared.directory
    }

    /// The bare repository with the branches.
    pub fn branches(&self) -> &Repository {
        &self.shared.branches
    }

    /// The same forge as another account sees it. There is no password: whoever may write the directory is trusted.
    #[must_use]
    pub fn acting_as(&self, login: Login) -> Self {
        Self {
            viewer: login,
            ..self.clone()
        }
    }

    /// The same forge with another clock.
    #[must_use]
    pub fn with_clock(&self, clock: Clock) -> Self {
        Self {
            clock,
            ..self.clone()
        }
    }

    /// The same forge, whose writes go all the way, refusals included, but for writing anything: what they return says what
    /// would be, and no read shows it. For one write at a time; [`DryRun`](crate::DryRun) is for writes that build on each
    /// other.
    ///
    /// A merge leaves objects in the repository with the branches that nothing refers to.
    #[must_use]
    pub fn rehearsing(&self) -> Self {
        Self {
            writes: Writes::Rehearsed,
            ..self.clone()
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Takes the lock that every write holds. A rehearsal holds none.
    fn lock(&self) -> Result<Option<FileLock>> {
        if self.writes == Writes::Rehearsed {
            return Ok(None);
        }
        let path = self.directory().join(layout::LOCK);
        let owner = Owner {
            pid: std::process::id(),
            host: "this machine".to_owned(),
            since: self.now().to_string(),
        };
        FileLock::acquire(&path, LockMode::Exclusive, &owner)
            .map(Some)
            .map_err(|error| match error {
                LockError::Open { path, source }
                | LockError::Lock { path, source }
                | LockError::WriteOwner { path, source } => Error::io("lock", &path, source),
                other => Error::io("lock", &path, std::io::Error::other(other)),
            })
    }

    /// Refuses what the account may not do.
    fn require(&self, need: Need<'_>) -> Result<()> {
        need.check(&self.viewer, self.permission_of(&self.viewer)?)
    }

    fn permission_of(&self, login: &Login) -> Result<Permission> {
        Ok(self.load_people()?.permission(login))
    }
}

impl Forge for LocalForge {
    fn repository(&self) -> &str {
        &self.shared.repository
    }

    fn describe(&self) -> String {
        format!("the local forge in {}", self.directory().display())
    }

    fn location(&self, number: IssueNumber) -> String {
        let issue = self.directory().join(layout::issue(number));
        let pull = self.directory().join(layout::pull(number));
        let path = if pull.exists() { pull } else { issue };
        path.display().to_string()
    }
}

impl std::fmt::Debug for LocalForge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalForge")
            .field("directory", &self.shared.directory)
            .field("repository", &self.shared.repository)
            .field("viewer", &self.viewer)
            .finish_non_exhaustive()
    }
}
