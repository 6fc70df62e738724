//! Making a ChangeSet out of bytes.

use crate::{
    Base, Blob, BlobStore, ChangeSet, ChangeSetError, FileOp, Mode, PlanId, RepoPath, State,
};

/// Gathers operations with their bytes. Made by [`ChangeSet::builder`].
#[derive(Debug, Clone)]
#[must_use]
pub struct ChangeSetBuilder {
    plan_id: PlanId,
    base: Base,
    ops: Vec<FileOp>,
    contents: Vec<(RepoPath, Vec<u8>)>,
}

/// A file as it is before the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct OldFile<'a> {
    /// Its content.
    pub bytes: &'a [u8],
    /// Its mode.
    pub mode: Mode,
}

impl<'a> OldFile<'a> {
    /// A file of this content and mode.
    pub fn new(bytes: &'a [u8], mode: Mode) -> Self {
        Self { bytes, mode }
    }

    /// An ordinary file.
    pub fn regular(bytes: &'a [u8]) -> Self {
        Self::new(bytes, Mode::Regular)
    }

    /// A file that may be executed.
    pub fn executable(bytes: &'a [u8]) -> Self {
        Self::new(bytes, Mode::Executable)
    }

    fn state(self) -> State {
        State::of(self.bytes, self.mode)
    }
}

impl ChangeSetBuilder {
    /// Begins a ChangeSet of a plan that is known by its id.
    pub fn new(plan_id: PlanId, base: Base) -> Self {
        Self {
            plan_id,
            base,
            ops: Vec::new(),
            contents: Vec::new(),
        }
    }

    /// Adds a file where there is none.
    pub fn create(self, path: RepoPath, new: &[u8], mode: Mode) -> Self {
        self.content(&path, new).op(FileOp::Create {
            path,
            new: Blob::of(new),
            mode,
        })
    }

    /// Replaces the content of a file; `mode` of `None` keeps the old mode.
    pub fn modify(self, path: RepoPath, old: OldFile<'_>, new: &[u8], mode: Option<Mode>) -> Self {
        self.content(&path, old.bytes)
            .content(&path, new)
            .op(FileOp::Modify {
                path,
                old: old.state(),
                new: Blob::of(new),
                mode,
            })
    }

    /// Removes a file.
    pub fn delete(self, path: RepoPath, old: OldFile<'_>) -> Self {
        self.content(&path, old.bytes).op(FileOp::Delete {
            path,
            old: old.state(),
        })
    }

    /// Moves a file; `new` of `None` keeps the content, `mode` of `None` the mode.
    pub fn rename(
        self,
        from: RepoPath,
        to: RepoPath,
        old: OldFile<'_>,
        new: Option<&[u8]>,
        mode: Option<Mode>,
    ) -> Self {
        let builder = self.content(&from, old.bytes);
        let builder = match new {
            Some(new) => builder.content(&to, new),
            None => builder,
        };
        builder.op(FileOp::Rename {
            from,
            to,
            old: old.state(),
            new: new.map(Blob::of),
            mode,
        })
    }

    /// Changes only the mode of a file.
    pub fn set_mode(self, path: RepoPath, old: OldFile<'_>, mode: Mode) -> Self {
        self.content(&path, old.bytes).op(FileOp::SetMode {
            path,
            old: old.state(),
            mode,
        })
    }

    /// Puts the bytes, old and new, into `blobs` and makes the ChangeSet. Blobs put before a failure stay there.
    pub fn build(self, blobs: &dyn BlobStore) -> Result<ChangeSet, ChangeSetError> {
        let set = ChangeSet::new(self.plan_id, self.base, self.ops)?;
        for (path, bytes) in self.contents {
            blobs
                .put(&bytes)
                .map_err(|source| ChangeSetError::Blob { path, source })?;
        }
        Ok(set)
    }

    fn content(mut self, path: &RepoPath, bytes: &[u8]) -> Self {
        self.contents.push((path.clone(), bytes.to_vec()));
        self
    }

    fn op(mut self, op: FileOp) -> Self {
        self.ops.push(op);
        self
    }
}
