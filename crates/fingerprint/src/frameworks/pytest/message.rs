//! What failures say: the primary line of an exception, without what differs between versions, and the kind it tells.

use crate::kind::Kind;

use super::doctest;

/// pytest-timeout's two methods say it in different words, one of them with the limit.
pub(super) const TIMEOUT: &str = "Timeout from pytest-timeout";

/// `E       AssertionError: ...`: the mark and the blanks behind it go.
pub(super) fn error_line(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('E')?;
    if rest.is_empty() {
        return Some("");
    }
    rest.strip_prefix("  ")
        .map(str::trim_end)
        .map(|rest| rest.strip_prefix(' ').unwrap_or(rest))
}

/// The line of an exception's text that names it. A syntax error shows the source first.
pub(super) fn primary_line(lines: &[String]) -> Option<String> {
    let named = lines
        .iter()
        .position(|line| is_exception(line.trim_start()));
    let at = named.or_else(|| lines.iter().position(|line| !line.trim().is_empty()))?;
    let first = lines[at].trim().to_owned();
    // `assert False` alone says nothing; pytest explains it below.
    let bare = canonical_message(&first);
    let says_little = matches!(
        bare.as_str(),
        "assert False" | "assert None" | "assert not True" | "assert 0" | "assert"
    );
    let explained = lines
        .get(at + 1)
        .filter(|next| says_little && next.trim_start().starts_with('+'));
    Some(match explained {
        Some(next) => format!("{first}\n{}", next.trim()),
        None => first,
    })
}

/// A message without what only some versions or ways of failing print in front of it: `AssertionError: ` of assertions,
/// `Failed: ` of `pytest.fail`, which its `pytrace=False` leaves out.
pub(super) fn canonical_message(message: &str) -> String {
    let message = message.trim();
    let message = ["AssertionError: ", "Failed: "]
        .iter()
        .find_map(|prefix| message.strip_prefix(prefix))
        .unwrap_or(message);
    match message.strip_prefix("DID NOT RAISE ") {
        Some(expected) => format!("DID NOT RAISE {}", exception_names(expected)),
        None => message.to_owned(),
    }
}

/// What `pytest.raises` waited for, as pytest 9 names it: before, `<class 'shop.PriceError'>` stood for `PriceError` and
/// `(<class 'KeyError'>, <class 'ValueError'>)` for `any of (KeyError, ValueError)`.
fn exception_names(expected: &str) -> String {
    let mut names = Vec::new();
    let mut rest = expected;
    while let Some((_, behind)) = rest.split_once("<class '") {
        let Some((path, after)) = behind.split_once("'>") else {
            break;
        };
        names.push(path.rsplit('.').next().unwrap_or(path));
        rest = after;
    }
    match names.as_slice() {
        [] => expected.to_owned(),
        [name] => (*name).to_owned(),
        names => format!("any of ({})", names.join(", ")),
    }
}

/// How messages of assertions begin; the last two are of tests that were expected to fail and passed.
const ASSERTIONS: &[&str] = &[
    "assert",
    "AssertionError",
    "Failed:",
    "[XPASS(strict)]",
    "Unexpected success",
];

/// The kind by the exception's name.
fn kind_of(message: &str) -> Kind {
    let message = message.trim_start();
    let timed_out = message
        .strip_prefix("Failed: ")
        .unwrap_or(message)
        .starts_with("Timeout ");
    if timed_out && (message.contains("pytest-timeout") || message.starts_with("Failed: Timeout >"))
    {
        Kind::Timeout
    } else if message == "Failed" || ASSERTIONS.iter().any(|start| message.starts_with(start)) {
        Kind::Assertion
    } else if message.starts_with("worker '") && message.contains("crashed while running") {
        Kind::Crash
    } else {
        Kind::Panic
    }
}

/// An exception where no `E` lines are printed: at the start of a line, or of the outer frame of an exception group.
pub(super) fn native_exception(text: &str) -> Option<&str> {
    let text = text.strip_prefix("  | ").unwrap_or(text);
    is_exception(text).then_some(text)
}

/// `pkg.SomeError: text` or `SomeError` alone: a dotted name whose last part is capitalised.
pub(super) fn is_exception(text: &str) -> bool {
    let name = text
        .split(": ")
        .next()
        .unwrap_or(text)
        .trim_end_matches(':');
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '.');
    let last = name.rsplit('.').next().unwrap_or_default();
    is_name
        && last.starts_with(|c: char| c.is_ascii_uppercase())
        && (text.contains(": ")
            || [
                "Error",
                "Exception",
                "Interrupt",
                "Exit",
                "Failed",
                "Warning",
            ]
            .iter()
            .any(|end| last.ends_with(end)))
}

/// Kind and message of what is given as one line.
pub(crate) fn said(raw: &str) -> (Kind, String) {
    match kind_of(raw) {
        Kind::Timeout => (Kind::Timeout, TIMEOUT.to_owned()),
        kind => (kind, canonical_message(raw)),
    }
}

/// Kind and primary message of an exception's text, for reports that carry it as one text.
pub(crate) fn primary(text: &str) -> Option<(Kind, String)> {
    let mut lines: Vec<String> = Vec::new();
    let mut in_message = false;
    for line in text.lines() {
        match error_line(line) {
            Some(message) => {
                if !in_message {
                    lines.clear();
                }
                lines.push(message.to_owned());
                in_message = true;
            }
            None => in_message = false,
        }
    }
    if lines.is_empty() {
        return doctest::mismatch(text.lines()).map(|message| (Kind::Assertion, message));
    }
    Some(said(&primary_line(&lines)?))
}
