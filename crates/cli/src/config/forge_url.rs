//! Where issues and pull requests are.

use std::fmt;
use std::path::Path;

use super::value::{ConfigValue, InvalidValue, TomlType};

/// Where issues and pull requests are: `local:DIR`.
///
/// ```
/// use std::path::Path;
///
/// use ftc_cli::config::{ConfigValue, ForgeUrl};
///
/// let url = ForgeUrl::parse("local:../forge").unwrap();
/// assert_eq!(url.local_path(), Some(Path::new("../forge")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForgeUrl {
    text: String,
}

impl ForgeUrl {
    /// The directory of a local forge. A relative path is meant from the current directory.
    pub fn local_path(&self) -> Option<&Path> {
        self.text.strip_prefix(LOCAL).map(Path::new)
    }
}

const LOCAL: &str = "local:";

impl fmt::Display for ForgeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl ConfigValue for ForgeUrl {
    const TOML: TomlType = TomlType::String;

    fn parse(text: &str) -> Result<Self, InvalidValue> {
        let is_local = text
            .strip_prefix(LOCAL)
            .is_some_and(|path| !path.is_empty() && !path.chars().any(char::is_control));
        if is_local {
            return Ok(Self {
                text: text.to_owned(),
            });
        }
        let error = InvalidValue::expected("`local:DIR`");
        Err(if text.contains(':') {
            error
        } else {
            error.hint("a directory is written `local:DIR`")
        })
    }

    fn shown(&self) -> String {
        self.text.clone()
    }
}
