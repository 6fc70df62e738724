//! The names of plans and of people.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

/// The name of a plan: 1 to 128 ASCII letters, digits, `_`, `-` and `.`, the first a letter or a digit, so that it can name a
/// folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlanId(String);

impl PlanId {
    /// A new name: `plan_` and a UUIDv7 in hex.
    pub fn generate() -> Self {
        Self(format!("plan_{}", Uuid::now_v7().simple()))
    }

    /// Checks a name.
    pub fn new(text: impl Into<String>) -> Result<Self, PlanIdError> {
        let text = text.into();
        let bytes = text.as_bytes();
        let well_formed = bytes.first().is_some_and(u8::is_ascii_alphanumeric)
            && bytes.len() <= 128
            && bytes
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte));
        if well_formed {
            Ok(Self(text))
        } else {
            Err(PlanIdError {
                text: text.chars().take(80).collect(),
            })
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PlanId {
    type Err = PlanIdError;

    fn from_str(text: &str) -> Result<Self, PlanIdError> {
        Self::new(text)
    }
}

impl Serialize for PlanId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PlanId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// The text cannot name a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` cannot name a plan: use 1 to 128 letters, digits, `_`, `-` and `.`, first a letter or digit"
)]
#[non_exhaustive]
pub struct PlanIdError {
    /// The text, at most 80 characters of it.
    pub text: String,
}

/// Somebody who plans or approves: a login or an address, 1 to 200 printable ASCII characters without spaces.
///
/// Case is kept but does not count: `Ada` cannot approve what `ada` planned.
#[derive(Debug, Clone)]
pub struct Actor(String);

impl Actor {
    /// Checks a name.
    pub fn new(text: impl Into<String>) -> Result<Self, ActorError> {
        let text = text.into();
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        if printable && (1..=200).contains(&text.len()) {
            Ok(Self(text))
        } else {
            Err(ActorError {
                text: text.escape_debug().take(80).collect(),
            })
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Actor {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Actor {}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Actor {
    type Err = ActorError;

    fn from_str(text: &str) -> Result<Self, ActorError> {
        Self::new(text)
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// The text cannot name a person or program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` cannot name an actor: use 1 to 200 printable ASCII characters without spaces")]
#[non_exhaustive]
pub struct ActorError {
    /// The text, escaped, at most 80 characters of it.
    pub text: String,
}
