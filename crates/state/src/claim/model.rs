//! A claim, and the wish for one.

use std::time::Duration;

use jiff::Timestamp;

/// The wish to be the only one who works on something for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimRequest {
    /// On what; one space of keys per store. One line of 1 to [`ClaimRequest::MAX_KEY_BYTES`] bytes.
    pub key: String,
    /// Who asks, in words that tell another program whether that one is still there. One line of at most
    /// [`ClaimRequest::MAX_OWNER_BYTES`] bytes; not a secret.
    pub owner: String,
    /// For how long.
    pub ttl: Duration,
}

impl ClaimRequest {
    /// The longest key, in bytes.
    pub const MAX_KEY_BYTES: usize = 512;
    /// The longest owner, in bytes.
    pub const MAX_OWNER_BYTES: usize = 4 * 1024;

    /// A request.
    pub fn new(key: impl Into<String>, owner: impl Into<String>, ttl: Duration) -> Self {
        Self {
            key: key.into(),
            owner: owner.into(),
            ttl,
        }
    }
}

/// The right to be the only one who works on something, until it expires, is released or is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claim {
    /// On what.
    pub key: String,
    /// Whose it is.
    pub owner: String,
    /// Number of this claim on this key. Each later claim on the key has a greater one, also after a release.
    pub fence: u64,
    /// Others may take it from then on.
    pub expires_at: Timestamp,
}
