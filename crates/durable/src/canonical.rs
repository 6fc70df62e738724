//! Canonical JSON, after RFC 8785 (JCS): one text per value, so that equal values hash equally.

use serde::Serialize;
use serde_json::Value;

/// The largest integer that RFC 8785 numbers (IEEE doubles) carry exactly.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Serializes `value` as canonical JSON: keys sorted by UTF-16 code units, no white space, numbers as ECMAScript prints them.
///
/// Integers beyond ±(2^53 - 1) are refused: RFC 8785 would round them, and two different values would hash equally. Write
/// such numbers as strings.
pub fn canonical_json<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    let value = serde_json::to_value(value).map_err(CanonicalError::Serialize)?;
    require_safe_integers(&value)?;
    serde_json_canonicalizer::to_vec(&value).map_err(CanonicalError::Serialize)
}

fn require_safe_integers(value: &Value) -> Result<(), CanonicalError> {
    match value {
        Value::Number(number) => {
            let magnitude = number
                .as_u64()
                .or_else(|| number.as_i64().map(i64::unsigned_abs));
            match magnitude {
                Some(magnitude) if magnitude > MAX_SAFE_INTEGER => {
                    Err(CanonicalError::UnsafeInteger {
                        number: number.to_string(),
                    })
                }
                _ => Ok(()),
            }
        }
        Value::Array(items) => items.iter().try_for_each(require_safe_integers),
        Value::Object(members) => members.values().try_for_each(require_safe_integers),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

/// Why a value has no canonical JSON.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CanonicalError {
    /// The value is no JSON: for instance a map whose keys are not strings.
    #[error("the value cannot be written as JSON")]
    Serialize(#[source] serde_json::Error),
    /// An integer that a double cannot carry exactly.
    #[error("integer `{number}` is beyond the 53 bits that canonical JSON carries exactly")]
    UnsafeInteger {
        /// The integer in decimal.
        number: String,
    },
}

impl CanonicalError {
    /// Never: the value itself has to change.
    pub fn is_retryable(&self) -> bool {
        false
    }
}
