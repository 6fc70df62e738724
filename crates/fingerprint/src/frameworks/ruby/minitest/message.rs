//! What a failed test says, in all of minitest's reporters.

use crate::kind::Kind;

use super::super::function;

/// Lines of an assertion's text that are kept.
const LINES: usize = 8;

#[derive(Debug)]
pub(super) struct Said {
    pub(super) kind: Kind,
    pub(super) message: String,
    pub(super) function: Option<String>,
}

/// The name in `KiteTest#test_flies [test/kite_test.rb:9]:`, or with no place `KiteTest#test_string:`.
pub(super) fn test_of(text: &str) -> Option<&str> {
    let text = text.trim_end().strip_suffix(':')?;
    let name = match text.rfind(" [") {
        Some(at) if text.ends_with(']') => &text[..at],
        _ => text,
    };
    let (class, method) = name.split_once('#')?;
    let is_class = class.starts_with(|c: char| c.is_alphabetic());
    (is_class && method.starts_with(|c: char| c.is_alphanumeric())).then_some(name)
}

/// Reads the lines below the test's name.
pub(super) fn of(heading: &str, lines: &[String]) -> Said {
    let function = lines
        .iter()
        .filter(|line| line.starts_with("    "))
        .find_map(|line| function(line))
        .map(str::to_owned);
    if heading == "Error:" {
        let message = lines
            .iter()
            .map(|line| line.trim())
            .find(|line| !line.is_empty());
        let message = message.unwrap_or_default();
        return Said {
            kind: kind_of(message),
            message: message.to_owned(),
            function,
        };
    }
    Said {
        kind: Kind::Assertion,
        message: assertion_text(lines.iter().map(String::as_str)),
        function,
    }
}

/// An assertion's text as far as the first empty line; of a difference only the lines that differ.
pub(super) fn assertion_text<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let mut is_difference = false;
    let kept: Vec<&str> = lines
        .map(str::trim_end)
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty())
        .filter(|line| {
            is_difference |= line.starts_with("--- expected");
            !is_difference
                || (line.starts_with(['+', '-'])
                    && !line.starts_with("--- ")
                    && !line.starts_with("+++ "))
        })
        .map(str::trim)
        .take(LINES)
        .collect();
    kept.join("\n")
}

pub(super) fn kind_of(message: &str) -> Kind {
    if message.starts_with("Timeout::Error") {
        Kind::Timeout
    } else if message.starts_with("Minitest::Assertion") {
        Kind::Assertion
    } else {
        Kind::Panic
    }
}
