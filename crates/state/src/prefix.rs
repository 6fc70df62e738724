//! Fingerprints as people type them: the first few hex digits.

use std::fmt;
use std::str::FromStr;

use ftc_fingerprint::Fingerprint;

use crate::known::KnownFingerprint;
use crate::repository::RepositoryName;
use crate::store::StoreError;

/// The first 4 to 64 hex digits of a fingerprint, in either case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FingerprintPrefix(String);

impl FingerprintPrefix {
    /// Fewer digits than this say nothing.
    pub const MIN_DIGITS: usize = 4;

    /// The digits in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FingerprintPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for FingerprintPrefix {
    type Err = ParsePrefixError;

    fn from_str(text: &str) -> Result<Self, ParsePrefixError> {
        let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex && (Self::MIN_DIGITS..=64).contains(&text.len()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(ParsePrefixError {
                text: crate::text::line(text, 80),
            })
        }
    }
}

impl From<Fingerprint> for FingerprintPrefix {
    fn from(fingerprint: Fingerprint) -> Self {
        Self(fingerprint.to_string())
    }
}

/// Text that cannot be the beginning of a fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not the beginning of a fingerprint: 4 to 64 hexadecimal digits are needed")]
pub struct ParsePrefixError {
    /// The text, printable and at most 80 bytes of it.
    pub text: String,
}

/// One of several fingerprints that begin alike.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// Whose it is.
    pub repository: RepositoryName,
    /// All of it.
    pub fingerprint: Fingerprint,
    /// Its test.
    pub test: Option<String>,
}

impl Candidate {
    pub(crate) fn of(known: &KnownFingerprint) -> Self {
        Self {
            repository: known.repository.clone(),
            fingerprint: known.fingerprint,
            test: known.test.clone(),
        }
    }
}

/// Why a prefix did not lead to one fingerprint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FindError {
    /// Several fingerprints, or one fingerprint in several repositories, begin so.
    #[error("`{prefix}` is the beginning of more than one fingerprint")]
    Ambiguous {
        /// As asked for.
        prefix: FingerprintPrefix,
        /// Those that begin so, at most [`FindError::MAX_CANDIDATES`], by repository and fingerprint.
        candidates: Vec<Candidate>,
    },
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FindError {
    /// The most candidates that are named.
    pub const MAX_CANDIDATES: usize = 10;

    /// Whether trying again may help.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Ambiguous { .. } => false,
            Self::Store(error) => error.is_retryable(),
        }
    }

    /// What a person can do about it: the candidates, one per line.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Ambiguous { candidates, .. } => candidates
                .iter()
                .map(|candidate| {
                    let test = candidate.test.as_deref().unwrap_or("(no test)");
                    format!(
                        "`{}` in {}: {test}",
                        candidate.fingerprint, candidate.repository
                    )
                })
                .collect(),
            Self::Store(error) => error.hints(),
        }
    }
}
