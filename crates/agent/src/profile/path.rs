//! Paths of the person who wrote a profile.

use std::path::{Path, PathBuf};

/// A path outside of the worktree: absolute, or below the person's home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PersonsPath {
    Absolute(PathBuf),
    /// Written with `~/` before it.
    BelowHome(PathBuf),
}

impl PersonsPath {
    /// Takes `/absolute` and `~/below/home`; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.contains('\0') {
            return None;
        }
        match text.strip_prefix("~/") {
            Some(below) => Some(Self::BelowHome(PathBuf::from(below)))
                .filter(|_| !below.is_empty() && !below.starts_with('/')),
            None => Path::new(text)
                .is_absolute()
                .then(|| Self::Absolute(PathBuf::from(text))),
        }
    }

    /// The path itself; `None` when there is no home.
    pub(crate) fn resolve(&self, home: Option<&Path>) -> Option<PathBuf> {
        match self {
            Self::Absolute(path) => Some(path.clone()),
            Self::BelowHome(path) => home.map(|home| home.join(path)),
        }
    }
}
