//! The name of a lease.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The name of a lease, never given twice: a UUID of version 7.
///
/// It stands in the names of references, so only the hyphenated lower-case form is accepted: neither `..` nor `-f` nor
/// another spelling of the same lease can come in through one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LeaseId(Uuid);

impl LeaseId {
    pub(crate) fn new() -> Self {
        Self(Uuid::now_v7())
    }
}

impl fmt::Display for LeaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.hyphenated())
    }
}

impl FromStr for LeaseId {
    type Err = ParseLeaseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let id = Uuid::try_parse(text).ok().map(Self);
        id.filter(|id| id.to_string() == text)
            .ok_or_else(|| ParseLeaseIdError {
                text: text.to_owned(),
            })
    }
}

impl TryFrom<String> for LeaseId {
    type Error = ParseLeaseIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<LeaseId> for String {
    fn from(id: LeaseId) -> Self {
        id.to_string()
    }
}

/// A text is not the name of a lease.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a lease, such as `0198c2f4-6f0e-7d32-9a51-3c5be0d4a7f1`")]
#[non_exhaustive]
pub struct ParseLeaseIdError {
    /// The text.
    pub text: String,
}
