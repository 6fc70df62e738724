//! The version of git.

use std::fmt;

/// What of a version decides whether a git will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GitVersion {
    pub(super) major: u32,
    pub(super) minor: u32,
}

impl GitVersion {
    /// Reads what `git --version` says: `git version 2.39.5 (Apple Git-154)`, for one.
    pub(super) fn parse(answer: &str) -> Option<Self> {
        let version = answer.strip_prefix("git version ")?;
        let mut numbers = version.split(|c: char| !c.is_ascii_digit());
        Some(Self {
            major: numbers.next()?.parse().ok()?,
            minor: numbers.next()?.parse().ok()?,
        })
    }
}

impl fmt::Display for GitVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}
