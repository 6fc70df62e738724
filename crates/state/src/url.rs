//! Where a store is: parsing, and showing it without its credentials.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Names a store. `Debug` and `Display` hide credentials, so a URL may be logged and shown by `config explain`.
///
/// | text | store |
/// |---|---|
/// | `sqlite:PATH` | an SQLite file; everything after the colon is the path (`sqlite://PATH` means the same) |
/// | `memory:` | in memory, gone with the process |
/// | `mysql://USER:PASSWORD@HOST:PORT/DATABASE` | parsed and shown, but not opened by this version |
#[derive(Clone, PartialEq, Eq)]
pub struct StoreUrl(Place);

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Sqlite(PathBuf),
    Memory,
    /// What may be shown of it. The credentials are dropped while nothing can use them.
    Mysql(String),
}

impl StoreUrl {
    /// The store in the SQLite file `path`, which need not be UTF-8.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self(Place::Sqlite(path.into()))
    }

    /// A store in memory.
    pub fn memory() -> Self {
        Self(Place::Memory)
    }

    /// The file of an SQLite store.
    pub fn path(&self) -> Option<&Path> {
        match &self.0 {
            Place::Sqlite(path) => Some(path),
            Place::Memory | Place::Mysql(_) => None,
        }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.0
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Place::Memory => f.write_str("memory:"),
            Place::Mysql(shown) => f.write_str(shown),
        }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

/// Why a text does not name a store. No variant repeats what may be a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseStoreUrlError {
    /// There is no scheme; the text looks like a path.
    #[error("the store `{shown}` has no scheme")]
    NoScheme {
        /// The text, with everything up to a `@` hidden.
        shown: String,
    },
    /// The scheme is none of ours.
    #[error("the store scheme `{scheme}:` is unknown")]
    UnknownScheme {
        /// The part before the first colon.
        scheme: String,
    },
    /// `sqlite:` without a path, or with the `:memory:` that other programs use.
    #[error("the store `{url}` names no file")]
    NoPath {
        /// The text as given.
        url: String,
    },
    /// Something follows `memory:`.
    #[error("the store `memory:` takes no name, but {length} more characters follow it")]
    NamedMemory {
        /// How many characters follow.
        length: usize,
    },
}

impl ParseStoreUrlError {
    /// Parsing the same text again gives the same answer.
    pub fn is_retryable(&self) -> bool {
        false
    }

    /// What a person can do about it.
    pub fn hints(&self) -> Vec<String> {
        let forms = "a store is `sqlite:PATH` or `memory:`".to_owned();
        match self {
            Self::NoScheme { shown } if !shown.contains('@') && !shown.is_empty() => {
                vec![format!("for a file write `sqlite:{shown}`"), forms]
            }
            _ => vec![forms],
        }
    }
}

impl FromStr for StoreUrl {
    type Err = ParseStoreUrlError;

    fn from_str(text: &str) -> Result<Self, ParseStoreUrlError> {
        let Some((scheme, rest)) = text.split_once(':').filter(|(scheme, _)| is_scheme(scheme))
        else {
            return Err(ParseStoreUrlError::NoScheme {
                shown: hide_user(text),
            });
        };
        match scheme.to_ascii_lowercase().as_str() {
            "sqlite" => sqlite(text, rest),
            "memory" if rest.is_empty() => Ok(Self(Place::Memory)),
            "memory" => Err(ParseStoreUrlError::NamedMemory {
                length: rest.chars().count(),
            }),
            "mysql" => Ok(Self(Place::Mysql(mysql_for_show(rest)))),
            _ => Err(ParseStoreUrlError::UnknownScheme {
                scheme: scheme.to_owned(),
            }),
        }
    }
}

fn sqlite(text: &str, rest: &str) -> Result<StoreUrl, ParseStoreUrlError> {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.is_empty() || path == ":memory:" {
        return Err(ParseStoreUrlError::NoPath {
            url: text.to_owned(),
        });
    }
    Ok(StoreUrl::sqlite(path))
}

/// RFC 3986: a letter, then letters, digits and `+-.`.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Host, port and database. User and query are hidden too: a TLS key or a token may stand in either.
fn mysql_for_show(rest: &str) -> String {
    let address = rest.strip_prefix("//").unwrap_or(rest);
    // An unescaped `?` or `/` may stand inside a password, so the user part goes before the query.
    let (hidden, address) = match address.rsplit_once('@') {
        Some((_, address)) => ("***@", address),
        None => ("", address),
    };
    let address = address.split(['?', '#']).next().unwrap_or_default();
    format!("mysql://{hidden}{address}")
}

fn hide_user(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, rest)) => format!("***@{rest}"),
        None => text.to_owned(),
    }
}
