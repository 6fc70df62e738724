//! What can be wrong with the configuration.

use std::path::PathBuf;
use std::{fmt, io};

use super::origin::{FilePosition, Origin};
use super::value::InvalidValue;

/// Why the configuration could not be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file could not be read.
    #[error("failed to read the configuration file `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is not one that we are willing to read.
    #[error("the configuration file `{}` is {found}", path.display())]
    Unsuitable {
        /// The file.
        path: PathBuf,
        /// What is found there.
        found: &'static str,
    },
    /// The file is not TOML; a key that occurs twice is one way.
    #[error("{position}: {message}")]
    Syntax {
        /// Where.
        position: FilePosition,
        /// What the parser says.
        message: String,
    },
    /// No program has this key.
    #[error("{position}: unknown key `{key}`")]
    UnknownKey {
        /// Where.
        position: FilePosition,
        /// The dotted name.
        key: String,
        /// The key that was probably meant.
        nearest: Option<&'static str>,
    },
    /// The repository may not set this key.
    #[error("{position}: a repository may not set the key `{key}`")]
    Forbidden {
        /// Where.
        position: FilePosition,
        /// The dotted name.
        key: &'static str,
        /// The environment variable with which a person may set it.
        variable: &'static str,
    },
    /// The value has the wrong type of TOML.
    #[error("{position}: the key `{key}` is {found}, not {expected}")]
    Type {
        /// Where.
        position: FilePosition,
        /// The dotted name.
        key: String,
        /// What stands there.
        found: &'static str,
        /// What should.
        expected: &'static str,
    },
    /// The value is not one that the key can have.
    #[error("{}", InvalidAt { origin, key, value: value.as_deref() })]
    Value {
        /// Who set it.
        origin: Origin,
        /// The dotted name.
        key: &'static str,
        /// What was set, where it can hold no secret.
        value: Option<Box<str>>,
        /// What is wrong with it.
        source: InvalidValue,
    },
    /// A secret was given as an argument, where every user of the machine can see it.
    #[error("the value of `{flag}` holds a secret")]
    SecretInFlag {
        /// The flag.
        flag: &'static str,
        /// The environment variable that takes it.
        variable: &'static str,
    },
}

impl ConfigError {
    /// Advice for a person.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::UnknownKey { nearest, .. } => match nearest {
                Some(nearest) => vec![format!("did you mean `{nearest}`?")],
                None => vec!["`ftc config explain` lists every key".to_owned()],
            },
            Self::Forbidden { key, variable, .. } => vec![format!(
                "set `{key}` in your own configuration file or with `{variable}`; a repository is not trusted with it"
            )],
            Self::Value { source, .. } => source.hints().map(str::to_owned).collect(),
            Self::SecretInFlag { variable, .. } => vec![format!(
                "other users can see arguments; set `{variable}` or put it into your configuration file"
            )],
            Self::Read { .. }
            | Self::Unsuitable { .. }
            | Self::Syntax { .. }
            | Self::Type { .. } => Vec::new(),
        }
    }

    /// False always: the same files give the same error again.
    pub fn is_retryable(&self) -> bool {
        false
    }
}

/// The message of [`ConfigError::Value`]: who set which key to what.
struct InvalidAt<'a> {
    origin: &'a Origin,
    key: &'a str,
    value: Option<&'a str>,
}

impl fmt::Display for InvalidAt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.origin {
            Origin::Environment { variable } => {
                write!(f, "the environment variable `{variable}` has")?;
            }
            Origin::Flag { flag } => write!(f, "the flag `{flag}` has")?,
            Origin::Repository(position) | Origin::User(position) => {
                write!(f, "{position}: the key `{}` has", self.key)?;
            }
            Origin::Default => write!(f, "the default of `{}` has", self.key)?,
        }
        match self.value {
            Some(value) => write!(f, " the invalid value `{value}`"),
            None => f.write_str(" an invalid value"),
        }
    }
}
