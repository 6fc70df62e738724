#![doc = include_str!("../README.md")]

mod object_id;
mod program;
mod registration;
mod remote_url;

mod repository;

mod change;
mod commit;
mod diff;
mod exclude;
mod fetch;
mod merge;
mod push;
mod read;
mod references;
mod reset;
mod resolve;
mod snapshot;
mod worktrees;

pub use change::{ChangeKind, FileChange, FileMode, FileState};
pub use commit::{CommitError, NewCommit, Signature};
pub use diff::DiffError;
pub use exclude::ExcludeError;
pub use fetch::FetchError;
pub use merge::{Merge, MergeError};
pub use object_id::{ObjectId, ParseObjectIdError};
pub use program::{GitCallError, GitProgram, GitProgramError, GitVersion};
pub use push::{PushError, PushUpdate};
pub use read::ReadError;
pub use references::{Expected, RefError};
pub use repository::{InitError, OpenError, Repository};
pub use resolve::ResolveError;
pub use snapshot::TreeError;
pub use worktrees::{WorktreeEntry, WorktreeError};
