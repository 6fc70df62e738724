//! Names and numbers of things on a forge.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The longest login that is taken. GitHub allows 39 characters and `[bot]`.
const LOGIN_BYTES: usize = 64;

/// The number of an issue or a pull request; the two share one sequence. Prints as `#3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IssueNumber(pub u64);

/// The id of a comment, unique in the whole repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommentId(pub u64);

/// The id of a review of a pull request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReviewId(pub u64);

impl fmt::Display for IssueNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl fmt::Display for CommentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for ReviewId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The name of an account. Two logins that differ only in case are the same account and compare equal.
#[derive(Debug, Clone)]
pub struct Login(String);

impl Login {
    /// Checks the form: letters, digits, `-`, `_` and `.`, not beginning with `-` or `.`, and possibly `[bot]` at the end.
    pub fn new(text: impl Into<String>) -> Result<Self, LoginError> {
        let text = text.into();
        let name = text.strip_suffix("[bot]").unwrap_or(&text);
        let valid = !name.is_empty()
            && text.len() <= LOGIN_BYTES
            && !name.starts_with(['-', '.'])
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        if valid {
            Ok(Self(text))
        } else {
            Err(LoginError {
                text: text.chars().take(LOGIN_BYTES).collect(),
            })
        }
    }

    /// The login as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the account says of itself that it is a program.
    pub fn is_bot(&self) -> bool {
        self.0.ends_with("[bot]")
    }
}

impl PartialEq for Login {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Login {}

impl PartialOrd for Login {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Login {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0
            .to_ascii_lowercase()
            .cmp(&other.0.to_ascii_lowercase())
    }
}

impl Hash for Login {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.to_ascii_lowercase().hash(state);
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Login {
    type Err = LoginError;

    fn from_str(text: &str) -> Result<Self, LoginError> {
        Self::new(text)
    }
}

impl Serialize for Login {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Login {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// The text is not the name of an account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a login of letters, digits, `-`, `_` and `.`", text.escape_debug())]
pub struct LoginError {
    /// The text, at most 64 characters of it.
    pub text: String,
}
