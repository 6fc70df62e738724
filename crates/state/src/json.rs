//! JSON of a caller: kept byte for byte, but for the secrets in it.

use serde_json::Value;

/// Why a text cannot be stored as JSON.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonTextError {
    /// It is too long.
    #[error("the text has {bytes} bytes, more than {max}")]
    Long {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        max: usize,
    },
    /// It is no JSON.
    #[error("the text is not JSON")]
    Syntax(#[source] serde_json::Error),
}

impl JsonTextError {
    /// Storing the same text again gives the same answer.
    pub fn is_retryable(&self) -> bool {
        false
    }
}

/// `text` without secrets. Only when there is one is it written anew, which keeps what it says but neither its spacing, the
/// order of its fields, fields of one name but the last, nor digits beyond 64 bits. Redacted string by string, since a mark
/// across a quote would leave no JSON.
pub(crate) fn clean(text: &str, max_bytes: usize) -> Result<String, JsonTextError> {
    if text.len() > max_bytes {
        return Err(JsonTextError::Long {
            bytes: text.len(),
            max: max_bytes,
        });
    }
    let mut value: Value = serde_json::from_str(text).map_err(JsonTextError::Syntax)?;
    Ok(if scrub(&mut value) {
        value.to_string()
    } else {
        text.to_owned()
    })
}

/// Redacts every string and says whether one held a secret.
fn scrub(value: &mut Value) -> bool {
    match value {
        Value::String(text) => scrub_text(text),
        Value::Array(items) => items
            .iter_mut()
            .fold(false, |found, item| scrub(item) | found),
        Value::Object(fields) => {
            let mut found = false;
            let scrubbed = std::mem::take(fields)
                .into_iter()
                .map(|(mut name, mut value)| {
                    found |= scrub_named(&name, &mut value) | scrub(&mut value);
                    found |= scrub_text(&mut name);
                    (name, value)
                });
            *fields = scrubbed.collect();
            found
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn scrub_text(text: &mut String) -> bool {
    let clean = ftc_redact::scrub(text);
    if clean == *text {
        return false;
    }
    *text = clean.into_owned();
    true
}

/// A word is a secret if its name says so; sentences under such a name are not.
fn scrub_named(name: &str, value: &mut Value) -> bool {
    let Value::String(word) = value else {
        return false;
    };
    if word.contains(char::is_whitespace) {
        return false;
    }
    let assignment = format!("{name}={word}");
    let clean = ftc_redact::scrub(&assignment);
    match clean
        .strip_prefix(name)
        .and_then(|rest| rest.strip_prefix('='))
    {
        Some(rest) if rest != word => {
            rest.clone_into(word);
            true
        }
        _ => false,
    }
}
