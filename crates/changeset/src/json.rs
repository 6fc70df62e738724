//! Strict reading of our JSON files.

use std::fmt;

use serde::de::{self, DeserializeOwned, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Number, Value};

/// Why a file of ours was not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// It is not JSON, or an object in it has the same key twice.
    #[error("not valid JSON")]
    Syntax(#[source] serde_json::Error),
    /// It is JSON, but not of this shape: a field is unknown, missing or of the wrong kind.
    #[error("not a {what}")]
    Shape {
        /// What was expected.
        what: &'static str,
        /// Where it differs.
        source: serde_json::Error,
    },
    /// It is of a schema that this version does not read.
    #[error("a {what} of schema {found} is not read by this version, which reads {supported}")]
    Schema {
        /// What was expected.
        what: &'static str,
        /// The schema of the file.
        found: u32,
        /// The schema that is read.
        supported: u32,
    },
}

impl JsonError {
    /// Never: the text has to change.
    pub fn is_retryable(&self) -> bool {
        false
    }
}

/// Reads `text`, refusing duplicate keys everywhere (unknown fields are refused by `T`).
pub(crate) fn from_str<T: DeserializeOwned>(
    text: &str,
    what: &'static str,
) -> Result<T, JsonError> {
    let Strict(value) = serde_json::from_str(text).map_err(JsonError::Syntax)?;
    serde_json::from_value(value).map_err(|source| JsonError::Shape { what, source })
}

/// The value as JSON for people, with a final newline.
pub(crate) fn to_string<T: Serialize>(value: &T) -> String {
    let mut text =
        serde_json::to_string_pretty(value).expect("our types have string keys and cannot fail");
    text.push('\n');
    text
}

pub(crate) fn require_schema(
    what: &'static str,
    found: u32,
    supported: u32,
) -> Result<(), JsonError> {
    if found == supported {
        Ok(())
    } else {
        Err(JsonError::Schema {
            what,
            found,
            supported,
        })
    }
}

/// A value in which no object has a key twice. `serde_json::Value` keeps the last of two silently, and a reader that keeps
/// the first would see another ChangeSet than the one that was judged.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(de::Error::custom(format_args!("duplicate key `{key}`")));
            }
            let Strict(value) = members.next_value()?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
