//! What a project adds to the normaliser of messages.

use ftc_fingerprint::{MaskError, Masks};

use super::value::{ConfigValue, InvalidValue, TomlType};

/// Regular expressions with one capture group each, around a value that changes from run to run: `["tenant ([a-z]+)"]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaskPatterns(pub Vec<String>);

/// Words after which a number means something: `["shard", "step"]`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaskWords(pub Vec<String>);

impl ConfigValue for MaskPatterns {
    const TOML: TomlType = TomlType::Strings;

    fn parse(text: &str) -> Result<Self, InvalidValue> {
        let patterns = items(text)?;
        Masks::new(&patterns, &[]).map_err(|error| {
            let what = "a regular expression with one capture group around the value";
            invalid(&error, what)
        })?;
        Ok(Self(patterns))
    }

    fn shown(&self) -> String {
        shown(&self.0)
    }
}

impl ConfigValue for MaskWords {
    const TOML: TomlType = TomlType::Strings;

    fn parse(text: &str) -> Result<Self, InvalidValue> {
        let words = items(text)?;
        Masks::new(&[], &words).map_err(|error| invalid(&error, "a word of letters and digits"))?;
        Ok(Self(words))
    }

    fn shown(&self) -> String {
        shown(&self.0)
    }
}

/// Every layer hands a list over as JSON.
fn items(text: &str) -> Result<Vec<String>, InvalidValue> {
    serde_json::from_str(text).map_err(|_| {
        InvalidValue::expected("a list of strings")
            .hint("a variable takes it as JSON: `[\"one\", \"two\"]`")
    })
}

fn shown(items: &[String]) -> String {
    serde_json::to_string(items).expect("strings always serialize")
}

fn invalid(error: &MaskError, what: &str) -> InvalidValue {
    match error {
        MaskError::TooMany { .. } => {
            InvalidValue::expected(format!("a list of at most {} items", Masks::MAX_ITEMS))
        }
        MaskError::TooLong { .. } => {
            InvalidValue::expected(format!("{what}, of at most {} bytes", Masks::MAX_BYTES))
        }
        MaskError::Pattern { source, .. } => {
            // What the parser says last is what is wrong; before that it shows where.
            let said = source.to_string();
            let said = said.lines().next_back().unwrap_or_default();
            InvalidValue::expected(what).hint(said.trim_start_matches("error: "))
        }
        _ => InvalidValue::expected(what),
    }
}
