//! The three keys of a failure and their text forms.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// Version of the identity rules and the normaliser together. A change of either raises it.
pub const FINGERPRINT_VERSION: &str = "f2";

/// A sha256 that identifies a failure; 64 lower-case hex digits as text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// The first twelve hex digits, for people.
    pub fn short(&self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Text that is not a fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a fingerprint: 64 hexadecimal digits are needed")]
pub struct ParseFingerprintError {
    /// The text as given.
    pub text: String,
}

impl FromStr for Fingerprint {
    type Err = ParseFingerprintError;

    fn from_str(text: &str) -> Result<Self, ParseFingerprintError> {
        let error = || ParseFingerprintError {
            text: text.to_owned(),
        };
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(error());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let high = char::from(pair[0]).to_digit(16).ok_or_else(error)?;
            let low = char::from(pair[1]).to_digit(16).ok_or_else(error)?;
            *byte = u8::try_from(high << 4 | low).expect("two hex digits fit a byte");
        }
        Ok(Self(bytes))
    }
}

/// A 64-bit `SimHash` of a failure's normalised block. Close blocks differ in few bits; it suggests and never merges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sketch(pub u64);

/// The keys of one failure, made by the rules of [`FINGERPRINT_VERSION`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Keys {
    /// Framework family, canonical test, kind and message template: what issues are deduplicated by.
    pub exact: Fingerprint,
    /// Kind, message template and first in-project function: one cause over many tests.
    pub cause: Fingerprint,
    /// For suggestions only.
    pub sketch: Sketch,
}
