//! Where the store of record is, with its credentials out of sight.

use std::fmt;
use std::path::Path;

use super::value::{ConfigValue, InvalidValue, Secrecy, TomlType};
use crate::suggest;

/// Where the store of record is: `sqlite:PATH`, `mysql://USER@HOST:PORT/DATABASE` or `memory:`.
///
/// Only the form is checked here; whoever opens the store parses [`expose`](Self::expose). `Debug` and `Display` hide
/// user and password and every parameter but the harmless ones.
///
/// ```
/// use ftc_cli::config::{ConfigValue, StoreUrl};
///
/// let url = StoreUrl::parse("mysql://ci:hunter2@db.example/flaky?ca=/etc/ca.pem").unwrap();
/// assert_eq!(url.to_string(), "mysql://***@db.example/flaky?ca=/etc/ca.pem");
/// assert!(url.holds_secret());
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

    /// The database file of a `sqlite:` URL. A relative path is meant from the current directory.
    pub fn sqlite_path(&self) -> Option<&Path> {
        sqlite_path(&self.text).map(Path::new)
    }

    /// Host, database and parameters of a `mysql:` URL, and what stands before the `@`.
    fn mysql_parts(&self) -> Option<(Option<&str>, &str)> {
        let rest = self.text.strip_prefix("mysql://")?;
        // Parsing has made sure that every `@` is part of the authority.
        Some(match rest.rsplit_once('@') {
            Some((credentials, address)) => (Some(credentials), address),
            None => (None, rest),
        })
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((credentials, address)) = self.mysql_parts() else {
            return f.write_str(&self.text);
        };
        let (place, parameters) = address.split_once('?').unwrap_or((address, ""));
        let mask = if credentials.is_some() { "***@" } else { "" };
        write!(f, "mysql://{mask}{place}")?;
        for (index, (name, value)) in parameter_pairs(parameters).enumerate() {
            let separator = if index == 0 { '?' } else { '&' };
            let shown = if is_harmless(name) { value } else { "***" };
            write!(f, "{separator}{name}={shown}")?;
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
            Some(("sqlite", _)) => {
                sqlite_path(text).is_some_and(|path| !matches!(path, "" | ":memory:"))
            }
            Some(("mysql", _)) => is_mysql(text),
            Some(("memory", rest)) => rest.is_empty(),
            _ => false,
        };
        if valid {
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

    fn holds_secret(&self) -> bool {
        self.mysql_parts().is_some_and(|(credentials, address)| {
            let parameters = address
                .split_once('?')
                .map_or("", |(_, parameters)| parameters);
            credentials.is_some_and(|credentials| credentials.contains(':'))
                || parameter_pairs(parameters).any(|(name, _)| !is_harmless(name))
        })
    }
}

/// Everything after `sqlite:`, or after `sqlite://`, which many programs write.
fn sqlite_path(text: &str) -> Option<&str> {
    let path = text.strip_prefix("sqlite:")?;
    Some(path.strip_prefix("//").unwrap_or(path))
}

/// A host is needed, and every `@` has to be in front of it: else it would be open where a password ends that holds a
/// `/`, a `?` or a `#`, and part of it could be shown.
fn is_mysql(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("mysql://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    !host.is_empty() && rest.matches('@').count() == authority.matches('@').count()
}

/// Of the text itself only the scheme may be repeated: the rest may hold a password.
fn advice(text: &str) -> Option<String> {
    let Some((scheme, rest)) = text.split_once(':') else {
        return Some("a database file is written `sqlite:PATH`".to_owned());
    };
    match (scheme, rest) {
        ("sqlite", ":memory:" | "//:memory:") => {
            Some("a store in memory is written `memory:`".to_owned())
        }
        ("mysql", _) if rest.contains('@') => Some(
            "write `@`, `/`, `?` and `#` in a password as `%40`, `%2F`, `%3F` and `%23`".to_owned(),
        ),
        _ => suggest::nearest(scheme, SCHEMES)
            .filter(|nearest| *nearest != scheme)
            .map(|nearest| format!("did you mean `{nearest}:`?")),
    }
}

fn parameter_pairs(parameters: &str) -> impl Iterator<Item = (&str, &str)> {
    parameters
        .split('&')
        .filter(|text| !text.is_empty())
        .map(|text| text.split_once('=').unwrap_or((text, "")))
}

fn is_harmless(parameter: &str) -> bool {
    HARMLESS_PARAMETERS.contains(&parameter)
}
