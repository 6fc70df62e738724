//! What a file may be.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The mode of a file, as git knows it. Links, submodules and devices cannot be said, so that no ChangeSet can plant one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mode {
    /// An ordinary file.
    Regular,
    /// A file that may be executed.
    Executable,
}

impl Mode {
    /// The permission bits that a new file of this mode gets: `0o644` or `0o755`.
    pub fn permission_bits(self) -> u32 {
        match self {
            Self::Regular => 0o644,
            Self::Executable => 0o755,
        }
    }

    /// The mode of a file with these permission bits: executable if its owner may execute it, as git decides.
    pub fn from_permission_bits(bits: u32) -> Self {
        if bits & 0o100 == 0 {
            Self::Regular
        } else {
            Self::Executable
        }
    }

    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Executable => "executable",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Mode {
    type Err = ParseModeError;

    fn from_str(text: &str) -> Result<Self, ParseModeError> {
        match text {
            "regular" => Ok(Self::Regular),
            "executable" => Ok(Self::Executable),
            _ => Err(ParseModeError {
                text: text.chars().take(80).collect(),
            }),
        }
    }
}

/// The text is not a mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is neither `regular` nor `executable`")]
#[non_exhaustive]
pub struct ParseModeError {
    /// The text, at most 80 characters of it.
    pub text: String,
}
