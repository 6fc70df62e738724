//! The checksum of a ChangeSet.

use std::fmt;
use std::str::FromStr;

use ftc_durable::{CanonicalError, Digest, canonical_json};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What stands before the hex digits: the version of the checksum.
const PREFIX: &str = "ftc1:";

/// What is hashed before the canonical JSON, so that no other digest of ours can equal a checksum.
const DOMAIN: &[u8] = b"ftc.changeset.v1\0";

/// The digest of a ChangeSet, which decisions and approvals are bound to.
///
/// `"ftc1:"` and the hex digits of `sha256("ftc.changeset.v1\0" || J)`, where `J` is the RFC 8785 JSON of the object with the
/// members `schema`, `plan_id`, `base` and `ops`. No other member of a ChangeSet's file takes part, and members without a
/// value are left out, never `null`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Checksum(Digest);

impl Checksum {
    /// The checksum of a value that serialises as the object described above.
    pub(crate) fn of<T: Serialize>(value: &T) -> Result<Self, CanonicalError> {
        let json = canonical_json(value)?;
        Ok(Self(Digest::of_content(&[DOMAIN, &json].concat())))
    }

    /// The digest without the version.
    pub fn digest(&self) -> Digest {
        self.0
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.0)
    }
}

impl FromStr for Checksum {
    type Err = ParseChecksumError;

    fn from_str(text: &str) -> Result<Self, ParseChecksumError> {
        text.strip_prefix(PREFIX)
            .and_then(|digits| digits.parse().ok())
            .map(Self)
            .ok_or_else(|| ParseChecksumError {
                text: text.chars().take(80).collect(),
            })
    }
}

impl Serialize for Checksum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Checksum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

/// The text is not a checksum.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a checksum, which is `ftc1:` and 64 lower-case hex digits")]
#[non_exhaustive]
pub struct ParseChecksumError {
    /// The text, at most 80 characters of it.
    pub text: String,
}
