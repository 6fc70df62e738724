//! Where a value comes from.

use std::fmt;
use std::path::PathBuf;

/// A place in a file, for a person: lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePosition {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl FilePosition {
    /// The position of the byte `offset` of `text`, which is the content of `file`.
    pub(crate) fn of_offset(file: PathBuf, text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            file,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }
}

impl fmt::Display for FilePosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// Where a value comes from, in the order of precedence: a later one beats an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// The `ftc.toml` of the repository, which may set only what cannot harm the person who runs us.
    Repository(FilePosition),
    /// The user's own file, or the one given with `--config`.
    User(FilePosition),
    /// An environment variable.
    Environment {
        /// Its name.
        variable: &'static str,
    },
    /// A flag on the command line.
    Flag {
        /// The flag with its dashes.
        flag: &'static str,
    },
}

impl Origin {
    /// One word for the layer, as it stands in JSON.
    pub fn layer(&self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Repository(_) => "repository",
            Self::User(_) => "user",
            Self::Environment { .. } => "environment",
            Self::Flag { .. } => "flag",
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Repository(position) | Self::User(position) => position.fmt(f),
            Self::Environment { variable } => f.write_str(variable),
            Self::Flag { flag } => f.write_str(flag),
        }
    }
}
