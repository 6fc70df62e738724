//! The names of gates.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const MAX_BYTES: usize = 64;

/// The name of a gate: 1 to 64 lower-case letters, digits, `-` and `_`, beginning with a letter or digit. It is also the
/// name of the gate's log, so it can hold nothing that means something to a file system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GateId(String);

impl GateId {
    /// Takes a name that keeps the rules.
    pub fn new(name: impl Into<String>) -> Result<Self, GateIdError> {
        let name = name.into();
        let is_word =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        let begins_well = name.starts_with(|first: char| first.is_ascii_alphanumeric());
        if begins_well && name.len() <= MAX_BYTES && name.bytes().all(is_word) {
            Ok(Self(name))
        } else {
            let name = name.chars().take(80).collect();
            Err(GateIdError { name })
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is not the name of a gate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{name}` is not a gate id: 1 to 64 lower-case letters, digits, `-` and `_`, beginning with a letter or digit"
)]
#[non_exhaustive]
pub struct GateIdError {
    /// The text, at most 80 characters of it.
    pub name: String,
}

impl fmt::Display for GateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for GateId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for GateId {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for GateId {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl FromStr for GateId {
    type Err = GateIdError;

    fn from_str(text: &str) -> Result<Self, GateIdError> {
        Self::new(text)
    }
}

impl Serialize for GateId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for GateId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
