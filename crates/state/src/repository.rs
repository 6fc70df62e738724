//! The name that everything in a store is kept under.

use std::fmt;
use std::str::FromStr;

use crate::text;

/// A repository's name, such as `tikv/pd`. Any text of 1 to [`RepositoryName::MAX_BYTES`] bytes without control
/// characters or surrounding space; a credential in it (a clone URL with a token) is scrubbed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepositoryName(String);

impl RepositoryName {
    /// The longest name, in bytes: the most that a MySQL key of this column holds.
    pub const MAX_BYTES: usize = 191;

    /// Checks and scrubs a name.
    pub fn new(name: &str) -> Result<Self, RepositoryNameError> {
        if name.chars().any(char::is_control) || name.trim() != name {
            return Err(RepositoryNameError::Unprintable {
                name: text::line(name, Self::MAX_BYTES),
            });
        }
        let clean = text::key(name);
        if clean.is_empty() {
            return Err(RepositoryNameError::Empty);
        }
        if clean.len() > Self::MAX_BYTES {
            return Err(RepositoryNameError::TooLong {
                bytes: clean.len(),
                start: text::line(&clean, 40),
            });
        }
        Ok(Self(clean))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a name that a store has handed out before.
    pub(crate) fn stored(name: String) -> Self {
        Self(name)
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for RepositoryName {
    type Err = RepositoryNameError;

    fn from_str(name: &str) -> Result<Self, RepositoryNameError> {
        Self::new(name)
    }
}

/// Why a text is not a repository's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RepositoryNameError {
    /// Nothing is left of the name.
    #[error("a repository name is empty")]
    Empty,
    /// The name does not fit its key.
    #[error("the repository name `{start}..` has {bytes} bytes, more than {max}", max = RepositoryName::MAX_BYTES)]
    TooLong {
        /// How it begins.
        start: String,
        /// How long it is.
        bytes: usize,
    },
    /// Control characters, or space around the name.
    #[error("the repository name `{name}` has control characters or space around it")]
    Unprintable {
        /// The name without them.
        name: String,
    },
}

impl RepositoryNameError {
    /// Checking the same name again gives the same answer.
    pub fn is_retryable(&self) -> bool {
        false
    }
}
