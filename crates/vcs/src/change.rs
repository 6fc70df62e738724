//! What differs between two trees.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::object_id::ObjectId;

/// One file that differs between two trees. Renames are a deletion and an addition.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct FileChange {
    /// The path from the top of the tree, in the bytes that git has.
    pub path: PathBuf,
    /// What the old tree has there; `None` if nothing.
    pub old: Option<FileState>,
    /// What the new tree has there; `None` if nothing.
    pub new: Option<FileState>,
}

impl FileChange {
    /// A change of `path`. At least one of `old` and `new` should be there.
    pub fn new(path: PathBuf, old: Option<FileState>, new: Option<FileState>) -> Self {
        Self { path, old, new }
    }

    /// What happened to the file. A change of content and mode is [`Modified`](ChangeKind::Modified).
    pub fn kind(&self) -> ChangeKind {
        match (self.old, self.new) {
            (None, _) => ChangeKind::Added,
            (Some(_), None) => ChangeKind::Deleted,
            (Some(old), Some(new)) if old.id == new.id => ChangeKind::ModeChanged,
            (Some(_), Some(_)) => ChangeKind::Modified,
        }
    }
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Deleted,
    /// Its content differs, and perhaps its mode.
    Modified,
    /// Its mode alone differs.
    ModeChanged,
}

/// A file as a tree has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct FileState {
    /// The blob: a link's is its target, a submodule's is a commit of another repository.
    pub id: ObjectId,
    /// What it is.
    pub mode: FileMode,
}

impl FileState {
    /// A file with this content and mode.
    pub fn new(id: ObjectId, mode: FileMode) -> Self {
        Self { id, mode }
    }
}

/// What an entry of a tree is, directories apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FileMode {
    /// A file (100644).
    Regular,
    /// A file that may be executed (100755).
    Executable,
    /// A symbolic link (120000).
    Link,
    /// A commit of another repository (160000).
    Submodule,
}
