//! Paths inside a worktree.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A path inside a worktree, written with `/`. It names nothing outside of it by itself; a link on the way still could, and
/// is refused where the path is used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelativePath(String);

impl RelativePath {
    /// Takes a path without `..`, empty parts and a leading `/`. The worktree itself is `.`.
    pub fn new(path: impl Into<String>) -> Result<Self, RelativePathError> {
        let path = path.into();
        let is_good =
            |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains('\0');
        if path == "." || path.split('/').all(is_good) {
            Ok(Self(path))
        } else {
            let path = path.chars().take(200).collect();
            Err(RelativePathError { path })
        }
    }

    /// The worktree itself: `.`.
    pub fn root() -> Self {
        Self(".".to_owned())
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For joining to the worktree.
    pub fn as_path(&self) -> &Path {
        Path::new(&self.0)
    }

    /// Its parts, none for the worktree itself.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|part| *part != ".")
    }
}

/// The text is not a path inside a worktree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{path}` is not a path inside the repository: it must be relative, without `..` and empty parts"
)]
#[non_exhaustive]
pub struct RelativePathError {
    /// The text, at most 200 characters of it.
    pub path: String,
}

impl fmt::Display for RelativePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for RelativePath {
    type Err = RelativePathError;

    fn from_str(text: &str) -> Result<Self, RelativePathError> {
        Self::new(text)
    }
}

impl Serialize for RelativePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RelativePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
