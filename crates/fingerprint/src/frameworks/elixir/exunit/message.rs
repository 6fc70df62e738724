//! What an entry of `ExUnit` says.

use crate::kind::Kind;

/// What follows the text of an assertion or an exception.
const FIELDS: &[&str] = &["stacktrace:", "The following output was logged:"];

/// Lines of an assertion that are kept.
const LINES: usize = 8;

#[derive(Debug)]
pub(super) struct Said {
    pub(super) kind: Kind,
    pub(super) message: String,
}

/// Name and module of `test wheel turns (MillTest)`.
pub(super) fn test_of(heading: &str) -> Option<(&str, &str)> {
    let (name, module) = heading.trim_end().strip_suffix(')')?.rsplit_once(" (")?;
    let is_module = module.starts_with(|c: char| c.is_ascii_uppercase() || c == ':');
    (is_module && !module.contains(' ')).then_some((name, module))
}

/// Reads the lines below a test's place.
pub(super) fn of(lines: &[String]) -> Said {
    let text: Vec<&str> = lines
        .iter()
        .map(|line| line.trim())
        .take_while(|line| !FIELDS.contains(line))
        .filter(|line| !line.is_empty())
        .collect();
    let first = text.first().copied().unwrap_or_default();
    if let Some(raised) = first.strip_prefix("** (") {
        return Said {
            kind: kind_of(raised),
            message: message_of(first),
        };
    }
    // The code and the two sides are the assertion; a difference of their parts only repeats them.
    let is_told = |line: &&&str| {
        let is_side = ["code:", "left:", "right:", "value:", "pattern:", "mailbox:"]
            .iter()
            .any(|field| line.starts_with(field));
        is_side || **line == first
    };
    let message: Vec<String> = text
        .iter()
        .filter(is_told)
        .take(LINES)
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    Said {
        kind: Kind::Assertion,
        message: message.join("\n"),
    }
}

/// A raised text without the time that a test was given, which its class tells already.
fn message_of(first: &str) -> String {
    match first.split_once(". You can change the timeout") {
        Some((said, _)) => said.to_owned(),
        None => first.to_owned(),
    }
}

fn kind_of(raised: &str) -> Kind {
    let class = raised.split(')').next().unwrap_or_default();
    match class {
        "ExUnit.TimeoutError" => Kind::Timeout,
        "ExUnit.AssertionError" | "ExUnit.MultiError" => Kind::Assertion,
        _ if class.starts_with("EXIT from ") && raised.contains("killed") => Kind::Crash,
        _ => Kind::Panic,
    }
}
