//! Versions of git.

use std::fmt;

/// A version of git: `2.47.3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GitVersion {
    major: u32,
    minor: u32,
    patch: u32,
}

impl GitVersion {
    /// The version of these numbers.
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self {
            major,
            minor,
            patch,
        }
    }

    /// Reads the answer to `git --version`. What vendors add (`2.39.5 (Apple Git-154)`, `2.45.1.windows.1`, `2.46.0-rc1`) is
    /// left out, and a missing number is 0.
    pub(crate) fn parse(answer: &str) -> Option<Self> {
        let text = answer.lines().next()?.strip_prefix("git version ")?;
        let text = text.split_whitespace().next()?;
        let mut numbers = text.split(['.', '-']).map_while(|part| part.parse().ok());
        Some(Self::new(
            numbers.next()?,
            numbers.next()?,
            numbers.next().unwrap_or(0),
        ))
    }
}

impl fmt::Display for GitVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}
