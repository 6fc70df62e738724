//! What is tracked in a worktree.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::index::entry::Mode;

use crate::object_id::ObjectId;
use crate::read::{ReadError, tree_of};

/// The paths that count whatever the rules for ignored files say.
#[derive(Default)]
pub(super) struct Tracked {
    entries: HashMap<BString, Entry>,
    directories: HashSet<BString>,
}

#[derive(Clone, Copy)]
struct Entry {
    id: ObjectId,
    is_submodule: bool,
}

impl Tracked {
    /// Adds what a commit or tree has. What was added before keeps its content.
    pub(super) fn add_tree(
        &mut self,
        store: &gix::Repository,
        id: ObjectId,
    ) -> Result<(), ReadError> {
        let tree = tree_of(store, id)?;
        if tree == ObjectId::EMPTY_TREE {
            return Ok(());
        }
        let state = gix::index::State::from_tree(
            &tree.to_gix(),
            &store.objects,
            // Only names are taken from it, and compared with those of files.
            gix::validate::path::component::Options {
                protect_windows: false,
                protect_hfs: false,
                protect_ntfs: false,
            },
        )
        .map_err(|source| ReadError::Unreadable {
            id: tree,
            source: source.into(),
        })?;
        self.add(&state);
        Ok(())
    }

    /// Adds what the index at `path` names. It may have been written by anybody, so that nothing else is taken from it; one
    /// that cannot be read names nothing.
    pub(super) fn add_index(&mut self, path: &Path) {
        let options = gix::index::decode::Options::default();
        // Nothing is lost but the names of files that are ignored, not committed, and yet were added by force.
        if let Ok(index) = gix::index::File::at(path, gix::hash::Kind::Sha1, true, options) {
            self.add(&index);
        }
    }

    fn add(&mut self, state: &gix::index::State) {
        for entry in state.entries() {
            let path = entry.path(state);
            let Some(id) = ObjectId::of(&entry.id) else {
                continue;
            };
            for end in path.find_iter(b"/") {
                if !self.directories.contains(&path[..end]) {
                    self.directories.insert(path[..end].into());
                }
            }
            self.entries.entry(path.into()).or_insert(Entry {
                id,
                is_submodule: entry.mode == Mode::COMMIT,
            });
        }
    }

    pub(super) fn has_file(&self, path: &BStr) -> bool {
        self.entries.contains_key(path)
    }

    /// Whether something below the directory `path` is tracked.
    pub(super) fn has_below(&self, path: &BStr) -> bool {
        self.directories.contains(path)
    }

    /// The blob that was last known for a file.
    pub(super) fn blob(&self, path: &BStr) -> Option<ObjectId> {
        let entry = self.entries.get(path)?;
        (!entry.is_submodule).then_some(entry.id)
    }

    /// The commit of the submodule at `path`.
    pub(super) fn submodule(&self, path: &BStr) -> Option<ObjectId> {
        let entry = self.entries.get(path)?;
        entry.is_submodule.then_some(entry.id)
    }
}
