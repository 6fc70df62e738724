//! What a worktree is to hold.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::index::entry::{Mode, Stat};

use crate::object_id::ObjectId;
use crate::read::{require_commit, tree_of};
use crate::repository::Cause;
use crate::worktrees::WorktreeError;

/// Attributes that make git write a file otherwise than it stores it. `text` and `eol=lf` only matter on the way in.
const CONVERTING: &[&[u8]] = &[b"eol=crlf", b"ident", b"working-tree-encoding"];

/// The files of a commit, and which of them are already there.
pub(super) struct Wanted {
    state: gix::index::State,
    files: HashMap<BString, usize>,
    directories: HashSet<BString>,
    converts: bool,
    up_to_date: usize,
}

/// One file as it should be.
#[derive(Clone, Copy)]
pub(super) struct WantedFile {
    pub(super) index: usize,
    pub(super) id: ObjectId,
    pub(super) mode: Mode,
}

impl Wanted {
    pub(super) fn load(
        store: &gix::Repository,
        commit: ObjectId,
        worktree: &Path,
    ) -> Result<Self, WorktreeError> {
        let tree = require_commit(store, commit)
            .and_then(|()| tree_of(store, commit))
            .map_err(|source| WorktreeError::Commit {
                commit,
                source: Box::new(source),
            })?;
        let index_error = |source: Cause| WorktreeError::Index {
            path: worktree.to_owned(),
            source,
        };
        let mut state = gix::index::State::new(gix::hash::Kind::Sha1);
        if tree != ObjectId::EMPTY_TREE {
            let names = gix::validate::path::component::Options {
                protect_windows: false,
                protect_hfs: true,
                protect_ntfs: true,
            };
            state = gix::index::State::from_tree(&tree.to_gix(), &store.objects, names)
                .map_err(|source| index_error(source.into()))?;
        }
        state.sort_entries();
        let mut wanted = Self {
            converts: has_conversions(store, &state),
            state,
            files: HashMap::new(),
            directories: HashSet::new(),
            up_to_date: 0,
        };
        wanted.fill().map_err(index_error)?;
        Ok(wanted)
    }

    fn fill(&mut self) -> Result<(), Cause> {
        for (index, entry) in self.state.entries().iter().enumerate() {
            let path = entry.path(&self.state);
            for end in path.find_iter(b"/") {
                if !self.directories.contains(&path[..end]) {
                    self.directories.insert(path[..end].into());
                }
            }
            if self.files.insert(path.into(), index).is_some() {
                return Err(format!("the tree has `{path}` twice").into());
            }
        }
        match self
            .files
            .keys()
            .find(|path| self.directories.contains(*path))
        {
            Some(path) => Err(format!("the tree has `{path}` as file and as directory").into()),
            None => Ok(()),
        }
    }

    pub(super) fn has_directory(&self, path: &BStr) -> bool {
        self.directories.contains(path)
    }

    pub(super) fn file(&self, path: &BStr) -> Option<WantedFile> {
        let index = *self.files.get(path)?;
        let entry = self.state.entry(index);
        Some(WantedFile {
            index,
            id: ObjectId::of(&entry.id)?,
            mode: entry.mode,
        })
    }

    /// Whether files are as git stores them, so that a comparison of bytes proves something.
    pub(super) fn is_verbatim(&self) -> bool {
        !self.converts
    }

    /// Notes that the file at `index` is on the disk as it should be.
    pub(super) fn set_up_to_date(&mut self, index: usize, stat: Stat) {
        self.state.entries_mut()[index].stat = stat;
        self.up_to_date += 1;
    }

    /// Whether nothing is left to be written.
    pub(super) fn is_complete(&self) -> bool {
        self.up_to_date == self.files.len()
    }

    pub(super) fn into_index_bytes(self, worktree: &Path) -> Result<Vec<u8>, WorktreeError> {
        let mut bytes = Vec::new();
        gix::index::File::from_state(self.state, "")
            .write_to(&mut bytes, gix::index::write::Options::default())
            .map_err(|source| WorktreeError::Index {
                path: worktree.to_owned(),
                source: source.into(),
            })?;
        Ok(bytes)
    }
}

/// Whether some `.gitattributes` of the tree makes files differ from what is stored. One that cannot be read may.
fn has_conversions(store: &gix::Repository, state: &gix::index::State) -> bool {
    state.entries().iter().any(|entry| {
        let path = entry.path(state);
        let is_attributes = path == ".gitattributes" || path.ends_with(b"/.gitattributes");
        is_attributes
            && store.find_object(entry.id).map_or(true, |object| {
                CONVERTING.iter().any(|word| object.data.contains_str(word))
            })
    })
}
