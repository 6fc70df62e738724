//! The name of a repository on a forge.

use std::fmt;

use super::value::{ConfigValue, InvalidValue, TomlType};

/// `owner/name` of a repository on a forge, checked so that it can be part of a URL path as it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RepositoryName {
    text: String,
    slash: usize,
}

impl RepositoryName {
    /// The user or organisation.
    pub fn owner(&self) -> &str {
        &self.text[..self.slash]
    }

    /// The repository without its owner.
    pub fn name(&self) -> &str {
        &self.text[self.slash + 1..]
    }

    /// `owner/name`.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl ConfigValue for RepositoryName {
    const TOML: TomlType = TomlType::String;

    fn parse(text: &str) -> Result<Self, InvalidValue> {
        let part = |part: &str| {
            !matches!(part, "" | "." | "..")
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        };
        match text.split_once('/') {
            Some((owner, name)) if part(owner) && part(name) => Ok(Self {
                text: text.to_owned(),
                slash: owner.len(),
            }),
            _ => Err(InvalidValue::expected("`owner/name` of a repository")),
        }
    }

    fn shown(&self) -> String {
        self.text.clone()
    }
}
