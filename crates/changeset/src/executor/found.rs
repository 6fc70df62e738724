//! What is found where a file is expected.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{RepoPath, State};

/// What is found at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Found {
    /// Nothing.
    Missing,
    /// A regular file.
    File(State),
    /// A symbolic link, which is never followed and never replaced.
    Link,
    /// A directory.
    Directory,
    /// A device, a pipe or a socket.
    Special,
    /// A symbolic link on the way to the path.
    LinkInPath,
    /// A file on the way to the path, where a directory belongs.
    FileInPath,
    /// A mount point on the way to the path.
    OtherFileSystem,
}

impl Found {
    /// Whether this is what `expected` says: that file, or nothing.
    pub(super) fn is(&self, expected: Option<&State>) -> bool {
        match (self, expected) {
            (Self::Missing, None) => true,
            (Self::File(state), Some(expected)) => state == expected,
            _ => false,
        }
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("nothing"),
            Self::File(state) => write_state(f, state),
            Self::Link => f.write_str("a symbolic link"),
            Self::Directory => f.write_str("a directory"),
            Self::Special => f.write_str("a special file"),
            Self::LinkInPath => f.write_str("a symbolic link on the way"),
            Self::FileInPath => f.write_str("a file where a directory belongs"),
            Self::OtherFileSystem => f.write_str("a mount point on the way"),
        }
    }
}

/// A path at which something else is than the ChangeSet says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Conflict {
    /// The path.
    pub path: RepoPath,
    /// What should be there; `None` is nothing.
    pub expected: Option<State>,
    /// What is there.
    pub found: Found,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` should be ", self.path)?;
        match &self.expected {
            Some(state) => write_state(f, state)?,
            None => f.write_str("absent")?,
        }
        write!(f, ", found {}", self.found)
    }
}

/// Twelve digits tell two contents apart for a person.
fn write_state(f: &mut fmt::Formatter<'_>, state: &State) -> fmt::Result {
    let digest = state.sha256.to_string();
    write!(
        f,
        "{} file {} of {} bytes",
        state.mode,
        &digest[..12],
        state.size
    )
}
