//! Making commits.

use gix::objs::Kind;

use crate::object_id::ObjectId;
use crate::read::{ReadError, find, require_commit, require_kind};
use crate::repository::{Cause, Repository};

/// A commit that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCommit {
    /// Its tree.
    pub tree: ObjectId,
    /// Its parents; none for a first commit.
    pub parents: Vec<ObjectId>,
    /// Who wrote the change.
    pub author: Signature,
    /// Who made the commit.
    pub committer: Signature,
    /// The message, as it is to be stored.
    pub message: String,
}

/// Who did something to a commit, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The name, without `<`, `>` and line breaks.
    pub name: String,
    /// The address, likewise.
    pub email: String,
    /// Seconds since 1970.
    pub time: i64,
    /// Minutes east of UTC.
    pub offset_minutes: i16,
}

impl Signature {
    /// This person at this time, in UTC.
    pub fn new(name: impl Into<String>, email: impl Into<String>, time: i64) -> Self {
        Self {
            name: name.into(),
            email: email.into(),
            time,
            offset_minutes: 0,
        }
    }
}

impl Repository {
    /// Writes a commit object. No reference moves, no hook runs, nothing is signed. The same input makes the same id.
    pub fn commit_tree(&self, commit: &NewCommit) -> Result<ObjectId, CommitError> {
        let store = self.store();
        if commit.message.contains('\0') {
            return Err(CommitError::Message);
        }
        if commit.tree != ObjectId::EMPTY_TREE {
            require_kind(commit.tree, Kind::Tree, find(&store, commit.tree)?.kind)?;
        }
        for parent in &commit.parents {
            require_commit(&store, *parent)?;
        }
        let object = gix::objs::Commit {
            tree: commit.tree.to_gix(),
            parents: commit.parents.iter().map(|id| id.to_gix()).collect(),
            author: signature(&commit.author)?,
            committer: signature(&commit.committer)?,
            encoding: None,
            message: commit.message.as_str().into(),
            extra_headers: Vec::new(),
        };
        let write_error = |source| CommitError::Write {
            repository: self.common_dir().to_owned(),
            source,
        };
        if commit.tree == ObjectId::EMPTY_TREE {
            store
                .write_object(gix::objs::Tree::empty())
                .map_err(|source| write_error(source.into()))?;
        }
        let id = store
            .write_object(&object)
            .map_err(|source| write_error(source.into()))?;
        ObjectId::of(&id).ok_or_else(|| write_error("not a SHA-1 name".into()))
    }
}

/// git trims what it calls crud off names; here it is refused, so that a commit says what it was told to say.
fn signature(signature: &Signature) -> Result<gix::actor::Signature, CommitError> {
    for text in [&signature.name, &signature.email] {
        let fits = text.trim() == text && !text.contains(['<', '>', '\n', '\0']);
        if !fits {
            return Err(CommitError::Signature { text: text.clone() });
        }
    }
    Ok(gix::actor::Signature {
        name: signature.name.as_str().into(),
        email: signature.email.as_str().into(),
        time: gix::date::Time {
            seconds: signature.time,
            offset: i32::from(signature.offset_minutes) * 60,
        },
    })
}

/// Why a commit could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// A name or address cannot stand in a commit.
    #[error("`{text}` cannot be the name or address in a commit")]
    Signature {
        /// The name or address.
        text: String,
    },
    /// The message contains a NUL byte.
    #[error("the commit message contains a NUL byte")]
    Message,
    /// The tree or a parent is not there, or is something else.
    #[error("failed to read what the commit is made of")]
    Read(#[from] ReadError),
    /// The repository did not take the object.
    #[error("failed to write a commit into repository `{repository}`")]
    Write {
        /// The repository's git directory.
        repository: std::path::PathBuf,
        /// Why.
        source: Cause,
    },
}

impl CommitError {
    /// Whether the same call may succeed later without anybody doing something.
    pub fn is_retryable(&self) -> bool {
        false
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Read(source) => source.hints(),
            _ => Vec::new(),
        }
    }
}
