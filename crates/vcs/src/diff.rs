//! What differs between two trees, and between a tree and a worktree.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use gix::bstr::BString;
use gix::objs::Kind;
use gix::objs::tree::EntryKind;

use crate::change::{FileChange, FileMode, FileState};
use crate::object_id::ObjectId;
use crate::read::{ReadError, find, require_kind, tree_of};
use crate::repository::Repository;
use crate::snapshot::TreeError;

impl Repository {
    /// The files that differ between two trees, or between the trees of two commits, in order of the bytes of their paths.
    /// Renames are not looked for.
    pub fn diff_trees(&self, old: ObjectId, new: ObjectId) -> Result<Vec<FileChange>, DiffError> {
        let store = self.store();
        let mut changes = Vec::new();
        let old = tree_of(&store, old)?;
        let new = tree_of(&store, new)?;
        compare(
            &store,
            Some(old),
            Some(new),
            &BString::default(),
            &mut changes,
        )?;
        changes.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
        Ok(changes)
    }

    /// The files of `worktree` that differ from the commit or tree `base`: changed, deleted, and new ones that are not
    /// ignored. What of it is staged or committed plays no part.
    pub fn diff_worktree(
        &self,
        base: ObjectId,
        worktree: &Path,
    ) -> Result<Vec<FileChange>, DiffError> {
        let tree = self.snapshot(worktree, Some(base))?;
        self.diff_trees(base, tree)
    }
}

/// The entries of one tree, by name. A directory and a file of one name are two different things.
type Entries = BTreeMap<(BString, bool), (EntryKind, ObjectId)>;

/// Adds the differences below `path`, where `None` is a tree that is not there.
fn compare(
    store: &gix::Repository,
    old: Option<ObjectId>,
    new: Option<ObjectId>,
    path: &BString,
    changes: &mut Vec<FileChange>,
) -> Result<(), ReadError> {
    if old == new {
        return Ok(());
    }
    let old = entries(store, old)?;
    let mut new = entries(store, new)?;
    for (key, before) in old {
        let after = new.remove(&key);
        compare_entry(store, &key, Some(before), after, path, changes)?;
    }
    for (key, after) in new {
        compare_entry(store, &key, None, Some(after), path, changes)?;
    }
    Ok(())
}

fn compare_entry(
    store: &gix::Repository,
    (name, is_tree): &(BString, bool),
    old: Option<(EntryKind, ObjectId)>,
    new: Option<(EntryKind, ObjectId)>,
    parent: &BString,
    changes: &mut Vec<FileChange>,
) -> Result<(), ReadError> {
    if old == new {
        return Ok(());
    }
    let mut path = parent.clone();
    if !path.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    if *is_tree {
        return compare(
            store,
            old.map(|entry| entry.1),
            new.map(|entry| entry.1),
            &path,
            changes,
        );
    }
    changes.push(FileChange::new(
        PathBuf::from(OsStr::from_bytes(&path)),
        old.and_then(state),
        new.and_then(state),
    ));
    Ok(())
}

fn state((kind, id): (EntryKind, ObjectId)) -> Option<FileState> {
    let mode = match kind {
        EntryKind::Tree => return None,
        EntryKind::Blob => FileMode::Regular,
        EntryKind::BlobExecutable => FileMode::Executable,
        EntryKind::Link => FileMode::Link,
        EntryKind::Commit => FileMode::Submodule,
    };
    Some(FileState::new(id, mode))
}

fn entries(store: &gix::Repository, tree: Option<ObjectId>) -> Result<Entries, ReadError> {
    let Some(id) = tree.filter(|id| *id != ObjectId::EMPTY_TREE) else {
        return Ok(Entries::new());
    };
    let object = find(store, id)?;
    require_kind(id, Kind::Tree, object.kind)?;
    let mut entries = Entries::new();
    for entry in gix::objs::TreeRefIter::from_bytes(&object.data, gix::hash::Kind::Sha1) {
        let entry = entry.map_err(|source| ReadError::Unreadable {
            id,
            source: source.into(),
        })?;
        let kind = entry.mode.kind();
        if let Some(entry_id) = ObjectId::of(entry.oid) {
            entries.insert(
                (entry.filename.to_owned(), kind == EntryKind::Tree),
                (kind, entry_id),
            );
        }
    }
    Ok(entries)
}

/// Why two trees could not be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DiffError {
    /// A tree could not be read.
    #[error("failed to compare trees")]
    Read(#[from] ReadError),
    /// The worktree could not be read.
    #[error("failed to compare with the worktree")]
    Worktree(#[from] TreeError),
}

impl DiffError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Read(source) => source.is_retryable(),
            Self::Worktree(source) => source.is_retryable(),
        }
    }

    /// Advice for the person who reads the message.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Read(source) => source.hints(),
            Self::Worktree(source) => source.hints(),
        }
    }
}
