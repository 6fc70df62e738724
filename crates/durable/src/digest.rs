//! Digests that name what they were made for.
//!
//! The input of the hash is, for the domain and then for every field in order: the length as eight bytes, big endian, then
//! the bytes. Lengths make the fields unambiguous (`("ab", "c")` differs from `("a", "bc")`), the domain keeps a digest of
//! one kind from being taken for one of another. The last part of a domain is its version: change it with the fields.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

/// Builds a [`Digest`] from a domain and fields.
///
/// ```
/// use ftc_durable::DomainHash;
///
/// let digest = DomainHash::new("example.pair/1").field(b"left").field(b"right").finish();
/// assert_ne!(digest, DomainHash::new("example.pair/1").field(b"leftr").field(b"ight").finish());
/// ```
#[derive(Clone)]
#[must_use]
pub struct DomainHash {
    hasher: Sha256,
}

impl DomainHash {
    /// Begins a hash in `domain`, which is a name and a version such as `ftc.audit/1`.
    pub fn new(domain: &str) -> Self {
        Self {
            hasher: Sha256::new(),
        }
        .field(domain.as_bytes())
    }

    /// Adds the next field.
    pub fn field(mut self, bytes: &[u8]) -> Self {
        self.hasher.update((bytes.len() as u64).to_be_bytes());
        self.hasher.update(bytes);
        self
    }

    /// The digest of the domain and all fields.
    pub fn finish(self) -> Digest {
        Digest(self.hasher.finalize().into())
    }
}

impl fmt::Debug for DomainHash {
    /// The fields may be secrets and cannot be read back from the state, so there is nothing to show.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DomainHash").finish_non_exhaustive()
    }
}

/// A sha256 digest. Its text form, also in serde, is 64 lower-case hex digits and nothing else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The sha256 of `bytes` alone, as `sha256sum` prints it. For content identity; use [`DomainHash`] for anything else.
    pub fn of_content(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Takes raw bytes, for instance from a database.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, ParseDigestError> {
        let error = || ParseDigestError {
            text: text.chars().take(80).collect(),
        };
        let digits = text.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 2 * bytes.len() {
            return Err(error());
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let (high, low) = (hex_value(pair[0]), hex_value(pair[1]));
            *byte = high
                .zip(low)
                .map(|(high, low)| high << 4 | low)
                .ok_or_else(error)?;
        }
        Ok(Self(bytes))
    }
}

/// One spelling only: were upper case accepted, two texts would compare unequal and mean the same digest.
fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

/// The text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a digest of 64 lower-case hex digits")]
pub struct ParseDigestError {
    /// The text, at most 80 characters of it.
    pub text: String,
}
