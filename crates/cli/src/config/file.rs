//! One configuration file: TOML flattened to the keys of the table, each with its position.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::error::ConfigError;
use super::key::{KeySpec, Scope};
use super::keys;
use super::origin::{FilePosition, Origin};
use super::value::{InvalidValue, TomlType};
use crate::suggest;

/// Who wrote a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Author {
    Repository,
    Person,
}

/// A value that a layer sets.
pub(crate) struct Entry {
    pub(crate) key: &'static KeySpec,
    pub(crate) text: String,
    pub(crate) origin: Origin,
}

/// The entries of `text`, which is the content of `path`, in the order of the keys.
pub(crate) fn parse(path: &Path, text: &str, author: Author) -> Result<Vec<Entry>, ConfigError> {
    let reader = Reader { path, text, author };
    let document = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
        position: reader.position(error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    let mut entries = Vec::new();
    reader.table("", document.get_ref(), &mut entries)?;
    Ok(entries)
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    author: Author,
}

impl Reader<'_> {
    /// Takes the entries of one table, whose own dotted name with a final dot is `prefix`. What stands first in the file
    /// is complained of first.
    fn table(
        &self,
        prefix: &str,
        table: &DeTable<'_>,
        entries: &mut Vec<Entry>,
    ) -> Result<(), ConfigError> {
        let mut members: Vec<_> = table.iter().collect();
        members.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in members {
            let name = format!("{prefix}{}", key.get_ref());
            let inside = format!("{name}.");
            let is_table = keys::ALL
                .iter()
                .any(|known| known.name.starts_with(&inside));
            match (
                keys::ALL.iter().find(|known| known.name == name),
                value.get_ref(),
            ) {
                (Some(known), _) => entries.push(self.entry(known, key, value)?),
                (None, DeValue::Table(members)) if is_table => {
                    self.table(&inside, members, entries)?;
                }
                (None, _) if is_table => return Err(self.wrong_type(name, value, "a table")),
                (None, _) => return Err(self.unknown(prefix, name, key)),
            }
        }
        Ok(())
    }

    fn entry(
        &self,
        known: &'static KeySpec,
        key: &Spanned<DeString<'_>>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<Entry, ConfigError> {
        if self.author == Author::Repository && known.scope == Scope::Person {
            return Err(ConfigError::Forbidden {
                position: self.position(key.span().start),
                key: known.name,
                variable: known.variable,
            });
        }
        let text = match (known.toml, value.get_ref()) {
            (TomlType::String, DeValue::String(text)) => text.clone().into_owned(),
            (TomlType::Integer, DeValue::Integer(number)) => self.integer(known, number, value)?,
            (TomlType::Strings, DeValue::Array(items)) => self.strings(known, items)?,
            _ => {
                return Err(self.wrong_type(
                    known.name.to_owned(),
                    value,
                    with_article(known.toml.as_str()),
                ));
            }
        };
        Ok(Entry {
            key: known,
            text,
            origin: self.origin(value.span().start),
        })
    }

    /// A list of strings as JSON. Each is judged for itself, so that a complaint can say where it stands.
    fn strings(
        &self,
        known: &'static KeySpec,
        items: &[Spanned<DeValue<'_>>],
    ) -> Result<String, ConfigError> {
        let json = |items: &[&str]| serde_json::to_string(items).expect("strings always serialize");
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            let DeValue::String(text) = item.get_ref() else {
                return Err(self.wrong_type(known.name.to_owned(), item, "a list of strings"));
            };
            (known.judge)(&json(&[text])).map_err(|source| ConfigError::Value {
                origin: self.origin(item.span().start),
                key: known.name,
                value: Some(text.as_ref().into()),
                source,
            })?;
            texts.push(text.as_ref());
        }
        Ok(json(&texts))
    }

    /// Decimal digits of an integer that may be written in another base.
    fn integer(
        &self,
        known: &'static KeySpec,
        number: &toml::de::DeInteger<'_>,
        value: &Spanned<DeValue<'_>>,
    ) -> Result<String, ConfigError> {
        match i128::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Ok(number.to_string()),
            Err(_) => Err(ConfigError::Value {
                origin: self.origin(value.span().start),
                key: known.name,
                value: Some(number.as_str().into()),
                source: InvalidValue::expected("a smaller number"),
            }),
        }
    }

    fn unknown(&self, prefix: &str, name: String, key: &Spanned<DeString<'_>>) -> ConfigError {
        // Inside a table the whole names are compared; outside, the first parts are.
        let candidates = keys::ALL.iter().map(|known| match prefix {
            "" => known.name.split('.').next().unwrap_or(known.name),
            _ => known.name,
        });
        ConfigError::UnknownKey {
            position: self.position(key.span().start),
            nearest: suggest::nearest(&name, candidates),
            key: name,
        }
    }

    fn wrong_type(
        &self,
        key: String,
        value: &Spanned<DeValue<'_>>,
        expected: &'static str,
    ) -> ConfigError {
        ConfigError::Type {
            position: self.position(value.span().start),
            key,
            found: with_article(value.get_ref().type_str()),
            expected,
        }
    }

    fn origin(&self, offset: usize) -> Origin {
        let position = self.position(offset);
        match self.author {
            Author::Repository => Origin::Repository(position),
            Author::Person => Origin::User(position),
        }
    }

    fn position(&self, offset: usize) -> FilePosition {
        FilePosition::of_offset(self.path.to_owned(), self.text, offset)
    }
}

/// The name of a TOML type in a sentence.
fn with_article(toml_type: &str) -> &'static str {
    match toml_type {
        "string" => "a string",
        "integer" => "an integer",
        "float" => "a float",
        "boolean" => "a boolean",
        "datetime" => "a date",
        "array" => "an array",
        _ => "a table",
    }
}
