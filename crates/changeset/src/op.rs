//! One change of one file.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Blob, Mode, RepoPath, State};

/// One change of one file: what must be there before, and what is there after.
///
/// Contents are whole and by hash, never hunks: what is judged is what is written, whatever the file held meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FileOp {
    /// Writes a file where there is none.
    Create {
        /// Where. Nothing may be there.
        path: RepoPath,
        /// What it will hold.
        new: Blob,
        /// Its mode.
        mode: Mode,
    },
    /// Replaces the content of a file.
    Modify {
        /// Which file.
        path: RepoPath,
        /// What it must hold now.
        old: State,
        /// What it will hold.
        new: Blob,
        /// Its new mode; `None` keeps the old one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mode: Option<Mode>,
    },
    /// Removes a file.
    Delete {
        /// Which file.
        path: RepoPath,
        /// What it must hold now.
        old: State,
    },
    /// Moves a file, perhaps with another content or mode.
    Rename {
        /// Which file.
        from: RepoPath,
        /// Where to. Nothing may be there.
        to: RepoPath,
        /// What the file must hold now.
        old: State,
        /// What it will hold; `None` keeps the old content.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        new: Option<Blob>,
        /// Its new mode; `None` keeps the old one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        mode: Option<Mode>,
    },
    /// Changes only the mode of a file.
    SetMode {
        /// Which file.
        path: RepoPath,
        /// What it must hold now.
        old: State,
        /// Its new mode.
        mode: Mode,
    },
}

impl FileOp {
    /// Which of the five it is.
    pub fn kind(&self) -> OpKind {
        match self {
            Self::Create { .. } => OpKind::Create,
            Self::Modify { .. } => OpKind::Modify,
            Self::Delete { .. } => OpKind::Delete,
            Self::Rename { .. } => OpKind::Rename,
            Self::SetMode { .. } => OpKind::SetMode,
        }
    }

    /// The path that operations are sorted by: the file's path, for a rename the old one.
    pub fn path(&self) -> &RepoPath {
        match self {
            Self::Create { path, .. }
            | Self::Modify { path, .. }
            | Self::Delete { path, .. }
            | Self::SetMode { path, .. } => path,
            Self::Rename { from, .. } => from,
        }
    }

    /// Every path it touches: one, or both ends of a rename.
    pub fn paths(&self) -> impl Iterator<Item = &RepoPath> {
        let second = match self {
            Self::Rename { to, .. } => Some(to),
            _ => None,
        };
        std::iter::once(self.path()).chain(second)
    }

    /// What must be there before, and where. `None`: nothing may be at [`FileOp::after`]'s path.
    pub fn before(&self) -> Option<(&RepoPath, &State)> {
        match self {
            Self::Create { .. } => None,
            Self::Modify { path, old, .. }
            | Self::Delete { path, old }
            | Self::SetMode { path, old, .. }
            | Self::Rename {
                from: path, old, ..
            } => Some((path, old)),
        }
    }

    /// What is there after, and where. `None` after a deletion.
    pub fn after(&self) -> Option<(&RepoPath, State)> {
        match self {
            Self::Create { path, new, mode } => Some((path, new.with_mode(*mode))),
            Self::Modify {
                path,
                old,
                new,
                mode,
            } => Some((path, new.with_mode(mode.unwrap_or(old.mode)))),
            Self::Delete { .. } => None,
            Self::Rename {
                to, old, new, mode, ..
            } => {
                let content = new.unwrap_or_else(|| old.blob());
                Some((to, content.with_mode(mode.unwrap_or(old.mode))))
            }
            Self::SetMode { path, old, mode } => Some((path, old.blob().with_mode(*mode))),
        }
    }

    /// The content that it brings along, if any: the blob that must be at hand to carry it out.
    pub fn new_blob(&self) -> Option<Blob> {
        match self {
            Self::Create { new, .. } | Self::Modify { new, .. } => Some(*new),
            Self::Rename { new, .. } => *new,
            Self::Delete { .. } | Self::SetMode { .. } => None,
        }
    }

    /// The operation that undoes it.
    #[must_use]
    pub fn inverse(&self) -> Self {
        match self {
            Self::Create { path, new, mode } => Self::Delete {
                path: path.clone(),
                old: new.with_mode(*mode),
            },
            Self::Delete { path, old } => Self::Create {
                path: path.clone(),
                new: old.blob(),
                mode: old.mode,
            },
            Self::Modify {
                path,
                old,
                new,
                mode,
            } => Self::Modify {
                path: path.clone(),
                old: new.with_mode(mode.unwrap_or(old.mode)),
                new: old.blob(),
                mode: mode.map(|_| old.mode),
            },
            Self::Rename {
                from,
                to,
                old,
                new,
                mode,
            } => Self::Rename {
                from: to.clone(),
                to: from.clone(),
                old: new
                    .unwrap_or_else(|| old.blob())
                    .with_mode(mode.unwrap_or(old.mode)),
                new: new.map(|_| old.blob()),
                mode: mode.map(|_| old.mode),
            },
            Self::SetMode { path, old, mode } => Self::SetMode {
                path: path.clone(),
                old: old.blob().with_mode(*mode),
                mode: old.mode,
            },
        }
    }
}

/// The kind of an operation, as policies name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OpKind {
    /// [`FileOp::Create`].
    Create,
    /// [`FileOp::Modify`].
    Modify,
    /// [`FileOp::Delete`].
    Delete,
    /// [`FileOp::Rename`].
    Rename,
    /// [`FileOp::SetMode`].
    SetMode,
}

impl OpKind {
    /// The word used in JSON and in policies.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Modify => "modify",
            Self::Delete => "delete",
            Self::Rename => "rename",
            Self::SetMode => "set_mode",
        }
    }
}

impl fmt::Display for OpKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
