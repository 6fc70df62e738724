//! Where the store of record is, with its credentials out of sight.

use std::fmt;
use std::path::Path;

use super::suggest;
use super::value::{ConfigValue, InvalidValue, Secrecy, TomlType};

/// Where the store of record is: `sqlite:PATH`, `mysql://USER@HOST:PORT/DATABASE` or `memory:`.
///
/// `Debug` and `Display` hide the password and every parameter but the harmless ones; only [`expose`](Self::expose)
/// gives the whole.
///
/// ```
/// use ftc_cli::config::{ConfigValue, StoreUrl};
///
/// let url = StoreUrl::parse("mysql://ci:hunter2@db.example/flaky?ca=/etc/ca.pem").unwrap();
/// assert_eq!(url.to_string(), "mysql://ci:***@db.example/flaky?ca=/etc/ca.pem");
/// assert!(url.has_password());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct StoreUrl {
    text: String,
}

/// The schemes of a store.
const SCHEMES: [&str; 3] = ["sqlite", "mysql", "memory"];

/// Parameters whose values may be shown.
const HARMLESS_PARAMETERS: [&str; 2] = ["ca", "timeout_ms"];

impl StoreUrl {
    /// The whole URL with its credentials, for whoever opens the store.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The word before the first colon.
    pub fn scheme(&self) -> &str {
        self.text.split(':').next().unwrap_or_default()
    }

    /// The database file of a `sqlite:` URL, as written: a relative path is relative to the current directory.
    pub fn sqlite_path(&self) -> Option<&Path> {
        let path = self.text.strip_prefix("sqlite:")?;
        Some(Path::new(path.split('?').next().unwrap_or(path)))
    }

    /// True when the URL itself holds a password, also an empty one.
    pub fn has_password(&self) -> bool {
        self.credentials()
            .is_some_and(|(_, password)| password.is_some())
    }

    /// User and password, where the URL has them. Parsing has made sure that every `@` is part of the authority.
    fn credentials(&self) -> Option<(&str, Option<&str>)> {
        if self.scheme() == "sqlite" {
            return None;
        }
        let (user_info, _) = authority(&self.text)?.rsplit_once('@')?;
        Some(match user_info.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (user_info, None),
        })
    }
}

/// `sqlite://data.db` looks like a URL with a host, and who writes it means the file `data.db`.
fn is_relative_authority(rest: &str) -> bool {
    rest.starts_with("//") && !rest.starts_with("///")
}

/// Without this rule it would be open where a password ends that holds a `/`, a `?` or a `#`, and part of it could be
/// shown. A file name may hold any character.
fn every_at_in_authority(text: &str) -> bool {
    text.starts_with("sqlite:")
        || text.matches('@').count() == authority(text).unwrap_or("").matches('@').count()
}

/// What was probably meant. Of the text itself only the scheme may be repeated: the rest may hold a password.
fn advice(text: &str) -> Option<String> {
    let Some((scheme, rest)) = text.split_once(':') else {
        return Some("a database file is written `sqlite:PATH`".to_owned());
    };
    match scheme {
        "sqlite" if is_relative_authority(rest) => {
            Some("write `sqlite:PATH` without `//`".to_owned())
        }
        "mysql" if !every_at_in_authority(text) => Some(
            "write `@`, `/`, `?` and `#` in a password as `%40`, `%2F`, `%3F` and `%23`".to_owned(),
        ),
        _ => suggest::nearest(scheme, SCHEMES)
            .filter(|nearest| *nearest != scheme)
            .map(|nearest| format!("did you mean `{nearest}:`?")),
    }
}

/// What stands between `//` and the path or the parameters.
fn authority(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("://")?;
    rest.split(['/', '?', '#']).next()
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.text.as_str();
        if let (Some((user, password)), Some((scheme, _))) =
            (self.credentials(), rest.split_once("://"))
        {
            let mask = if password.is_some() { ":***" } else { "" };
            write!(f, "{scheme}://{user}{mask}@")?;
            rest = rest.rsplit_once('@').map_or("", |(_, host)| host);
        }
        let (place, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        f.write_str(place)?;
        for (index, parameter) in parameters
            .split('&')
            .filter(|text| !text.is_empty())
            .enumerate()
        {
            let separator = if index == 0 { '?' } else { '&' };
            match parameter.split_once('=') {
                Some((name, _)) if !HARMLESS_PARAMETERS.contains(&name) => {
                    write!(f, "{separator}{name}=***")?;
                }
                _ => write!(f, "{separator}{parameter}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

impl ConfigValue for StoreUrl {
    const TOML: TomlType = TomlType::String;
    const SECRECY: Secrecy = Secrecy::Secret;

    fn parse(text: &str) -> Result<Self, InvalidValue> {
        let valid = match text.split_once(':') {
            _ if text.chars().any(char::is_control) => false,
            Some(("sqlite", rest)) => {
                !matches!(rest.split('?').next(), None | Some("")) && !is_relative_authority(rest)
            }
            Some(("mysql", rest)) => {
                rest.starts_with("//") && !authority(text).unwrap_or("").is_empty()
            }
            Some(("memory", rest)) => rest.is_empty(),
            _ => false,
        };
        if valid && every_at_in_authority(text) {
            return Ok(Self {
                text: text.to_owned(),
            });
        }
        let error =
            InvalidValue::expected("`sqlite:PATH`, `mysql://USER@HOST:PORT/DATABASE` or `memory:`");
        Err(match advice(text) {
            Some(hint) => error.hint(hint),
            None => error,
        })
    }

    fn shown(&self) -> String {
        self.to_string()
    }
}
