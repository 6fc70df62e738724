//! What the values of some options mean.

use std::ffi::OsString;
use std::time::Duration;

use ftc_cli::{parse_duration, parse_size};

/// One thing that a command may use only so much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    Processes(u64),
    Memory(u64),
    Files(u64),
    FileSize(u64),
    Cpu(Duration),
}

/// Reads `memory=4GiB`.
pub fn parse_limit(text: &str) -> Result<Limit, String> {
    let count = |value: &str| match value.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err("it is not a whole number above zero".to_owned()),
    };
    match text.split_once('=') {
        Some(("processes", value)) => count(value).map(Limit::Processes),
        Some(("memory", value)) => parse_size(value).map(Limit::Memory),
        Some(("files", value)) => count(value).map(Limit::Files),
        Some(("file-size", value)) => parse_size(value).map(Limit::FileSize),
        Some(("cpu", value)) => parse_duration(value).map(Limit::Cpu),
        _ => Err(
            "it is none of `processes=N`, `memory=SIZE`, `files=N`, `file-size=SIZE`, `cpu=TIME`"
                .to_owned(),
        ),
    }
}

/// An environment variable and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    pub name: OsString,
    pub value: OsString,
}

/// Reads `NAME=VALUE`.
pub fn parse_variable(text: &str) -> Result<Variable, &'static str> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok(Variable {
            name: name.into(),
            value: value.into(),
        }),
        _ => Err("it is not of the form `NAME=VALUE`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_have_a_name_and_a_value() {
        assert_eq!(parse_limit("processes=200"), Ok(Limit::Processes(200)));
        assert_eq!(parse_limit("memory=4GiB"), Ok(Limit::Memory(4 << 30)));
        assert_eq!(parse_limit("files=64"), Ok(Limit::Files(64)));
        assert_eq!(parse_limit("file-size=1MiB"), Ok(Limit::FileSize(1 << 20)));
        assert_eq!(
            parse_limit("cpu=90s"),
            Ok(Limit::Cpu(Duration::from_secs(90)))
        );
        for wrong in [
            "",
            "memory",
            "memory=",
            "memory=4GB",
            "processes=0",
            "cpu=3",
            "rss=1",
        ] {
            assert!(parse_limit(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_variable_may_be_empty_but_has_a_name() {
        let variable = |name: &str, value: &str| Variable {
            name: name.into(),
            value: value.into(),
        };
        assert_eq!(parse_variable("A=b=c"), Ok(variable("A", "b=c")));
        assert_eq!(parse_variable("A="), Ok(variable("A", "")));
        for wrong in ["A", "=b", ""] {
            assert!(parse_variable(wrong).is_err(), "{wrong}");
        }
    }
}
