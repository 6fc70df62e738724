//! Paths inside a repository.

mod error;
mod fold;
mod rules;

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use error::{RepoPathError, RepoPathProblem};
pub(crate) use fold::fold;

/// A path relative to the root of a repository, in the only spelling there is for it: what is judged is what is written.
///
/// It is UTF-8, separated by `/`, of at most [`RepoPath::MAX_BYTES`] bytes, and none of its components is empty, `.`, `..`,
/// longer than [`RepoPath::MAX_COMPONENT_BYTES`], or a name that some file system takes for `.git`. It holds no backslash, no
/// control character, no bidirectional control and no character that is drawn as nothing, so that a person who approves a
/// path sees what it is. Names that only Windows reserves are not refused here, see [`RepoPath::reserved_on_windows`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepoPath(String);

impl RepoPath {
    /// The longest path, as on Linux (`PATH_MAX`).
    pub const MAX_BYTES: usize = 4096;

    /// The longest component, as on most file systems (`NAME_MAX`).
    pub const MAX_COMPONENT_BYTES: usize = 255;

    /// Checks a path.
    pub fn new(path: impl Into<String>) -> Result<Self, RepoPathError> {
        let path = path.into();
        match rules::problem_of(&path) {
            None => Ok(Self(path)),
            Some(problem) => Err(RepoPathError::new(&path, problem)),
        }
    }

    /// Checks the path of a file found on a disk or in a git tree, which may be no UTF-8.
    pub fn from_path(path: &Path) -> Result<Self, RepoPathError> {
        match path.to_str() {
            Some(text) => Self::new(text),
            None => Err(RepoPathError::new(
                &path.to_string_lossy(),
                RepoPathProblem::NotUtf8,
            )),
        }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path for use with the file system. It is relative to the root of the repository.
    pub fn as_path(&self) -> &Path {
        Path::new(&self.0)
    }

    /// Its components, outermost first; at least one.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }

    /// Two paths with the same key may be the same file on a file system that ignores case or normalises Unicode.
    ///
    /// The key is the path decomposed (NFD), lower-cased, upper-cased, lower-cased again (which together fold more than Unicode's full case
    /// folding does, never less: `ß` becomes `ss`, `ı` becomes `i`) and composed (NFC).
    pub fn fold_key(&self) -> String {
        fold(&self.0)
    }

    /// The first component that Windows reserves or cannot hold: `CON`, `aux.c`, `a:b`, `x?`, or one that ends in a dot or a
    /// space. Such files cannot be checked out there.
    pub fn reserved_on_windows(&self) -> Option<&str> {
        self.components()
            .find(|component| rules::is_reserved_on_windows(component))
    }

    /// Whether the outermost component may be taken for one of `folders` on some file system.
    pub(crate) fn is_in_folder(&self, folders: &[&str]) -> bool {
        let outermost = self.components().next().unwrap_or_default();
        folders.contains(&rules::name_on_disk(outermost).as_str())
    }

    /// Whether `self` is a folder above `other`, also when only their fold keys say so.
    pub fn is_above(&self, other: &Self) -> bool {
        other
            .fold_key()
            .strip_prefix(&self.fold_key())
            .is_some_and(|rest| rest.starts_with('/'))
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for RepoPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for RepoPath {
    type Err = RepoPathError;

    fn from_str(text: &str) -> Result<Self, RepoPathError> {
        Self::new(text)
    }
}

impl Serialize for RepoPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RepoPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
