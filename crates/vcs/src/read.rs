//! Reading objects.

use gix::objs::Kind;

use crate::object_id::ObjectId;
use crate::repository::{Cause, Repository};

impl Repository {
    /// The tree of a commit; a tree is its own, and a tag is followed.
    pub fn tree_of(&self, commit_or_tree: ObjectId) -> Result<ObjectId, ReadError> {
        tree_of(&self.store(), commit_or_tree)
    }

    /// The content of a blob.
    pub fn read_blob(&self, id: ObjectId) -> Result<Vec<u8>, ReadError> {
        let store = self.store();
        let mut object = find(&store, id)?;
        require_kind(id, Kind::Blob, object.kind)?;
        Ok(std::mem::take(&mut object.data))
    }

    /// The content of the file at `path` (from the top, with `/`) in a commit or tree. `None` if there is none, or if it is
    /// not a regular file: links are not followed.
    pub fn read_file(&self, commit: ObjectId, path: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let store = self.store();
        let tree = tree_of(&store, commit)?;
        let unreadable = |source: gix::Error| ReadError::Unreadable {
            id: tree,
            source: source.into(),
        };
        let entry = store
            .find_tree(tree.to_gix())
            .map_err(unreadable)?
            .lookup_entry(path.split('/'))
            .map_err(unreadable)?;
        match entry {
            Some(entry) if entry.mode().is_blob() => match ObjectId::of(&entry.object_id()) {
                Some(id) => self.read_blob(id).map(Some),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    /// The best common ancestor of two commits; `None` if they have no common history.
    pub fn merge_base(&self, a: ObjectId, b: ObjectId) -> Result<Option<ObjectId>, ReadError> {
        let store = self.store();
        for id in [a, b] {
            require_commit(&store, id)?;
        }
        let base =
            store
                .merge_base(a.to_gix(), b.to_gix())
                .map_err(|source| ReadError::Unreadable {
                    id: a,
                    source: source.into(),
                })?;
        Ok(base.and_then(|id| ObjectId::of(&id)))
    }

    /// Whether `descendant` contains `ancestor`. A commit contains itself.
    pub fn is_ancestor(&self, ancestor: ObjectId, descendant: ObjectId) -> Result<bool, ReadError> {
        // An ancestor is the one best common ancestor: whatever else both contain, it contains too.
        Ok(self.merge_base(ancestor, descendant)? == Some(ancestor))
    }
}

pub(crate) fn tree_of(store: &gix::Repository, id: ObjectId) -> Result<ObjectId, ReadError> {
    // Known to everybody, written or not.
    if id == ObjectId::EMPTY_TREE {
        return Ok(id);
    }
    let mut object = find(store, id)?;
    if object.kind == Kind::Tag {
        object = object
            .peel_tags_to_end()
            .map_err(|source| ReadError::of(id, source))?;
    }
    let unreadable = |source: gix::Error| ReadError::Unreadable {
        id,
        source: source.into(),
    };
    let tree = match object.kind {
        Kind::Tree => object.id,
        Kind::Commit => object
            .try_into_commit()
            .map_err(unreadable)?
            .tree_id()
            .map_err(unreadable)?
            .detach(),
        found => {
            require_kind(id, Kind::Tree, found)?;
            object.id
        }
    };
    ObjectId::of(&tree).ok_or(ReadError::NotFound { id })
}

pub(crate) fn require_commit(store: &gix::Repository, id: ObjectId) -> Result<(), ReadError> {
    require_kind(id, Kind::Commit, find(store, id)?.kind)
}

pub(crate) fn require_kind(id: ObjectId, expected: Kind, found: Kind) -> Result<(), ReadError> {
    if found == expected {
        return Ok(());
    }
    Err(ReadError::WrongKind {
        id,
        expected: match expected {
            Kind::Tree => "tree",
            Kind::Blob => "blob",
            Kind::Commit => "commit",
            Kind::Tag => "tag",
        },
        found: found.to_string(),
    })
}

pub(crate) fn find(store: &gix::Repository, id: ObjectId) -> Result<gix::Object<'_>, ReadError> {
    store
        .find_object(id.to_gix())
        .map_err(|source| ReadError::of(id, source))
}

/// Why an object could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The repository does not have it.
    #[error("object `{id}` was not found")]
    NotFound {
        /// The object.
        id: ObjectId,
    },
    /// It is of another kind.
    #[error("object `{id}` is a {found}, not a {expected}")]
    WrongKind {
        /// The object.
        id: ObjectId,
        /// What was needed.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// It is there but cannot be read.
    #[error("failed to read object `{id}`")]
    Unreadable {
        /// The object.
        id: ObjectId,
        /// Why.
        source: Cause,
    },
}

impl ReadError {
    fn of(id: ObjectId, error: gix::Error) -> Self {
        if error.is_not_found() {
            Self::NotFound { id }
        } else {
            Self::Unreadable {
                id,
                source: error.into(),
            }
        }
    }

    /// Whether the repository does not have the object.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }

    /// Whether the same call may succeed later without anybody doing something.
    pub fn is_retryable(&self) -> bool {
        false
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::NotFound { .. } => vec![
                "a shallow or partial clone does not have every object; fetch the whole history"
                    .to_owned(),
            ],
            _ => Vec::new(),
        }
    }
}
