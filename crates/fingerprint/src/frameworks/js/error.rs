//! What a JavaScript error says, as all the tools print it: `Name [CODE]: message`, then a stack.
//!
//! Which parts are printed differs between tools and reporters: jest leaves out `Error: `, Node adds codes in brackets,
//! mocha writes `Uncaught ` before. The primary message is therefore brought into one form: the name is kept unless it is
//! one that says nothing, codes in brackets are left out.

use crate::kind::Kind;

/// Lines of a message that are kept.
const LINES: usize = 60;

/// Names that say no more than that something failed.
const PLAIN: &[&str] = &[
    "Error",
    "error",
    "AssertionError",
    "JestAssertionError",
    "AssertionFailedError",
];

/// How messages begin that tell of a test or hook that took too long.
const TIMEOUTS: &[&str] = &[
    "Test timed out in ",
    "Hook timed out in ",
    "Timeout of ",
    "Timeout - Async ",
    ": Timeout - Async ",
    "Test timeout of ",
    "test timed out after ",
    "thrown: \"Exceeded timeout of ",
    "Exceeded timeout of ",
    "Promise returned by test never resolved",
];

/// How messages begin that assertion libraries write.
const ASSERTIONS: &[&str] = &[
    "expect(",
    "expect.",
    "assert.",
    "assert(",
    "expected ",
    "Expected ",
    "Snapshot `",
    "Failed: ",
    "Timed out ",
    "Condition ",
];

/// Brings an error's text into its one form, and says what kind of failure it is.
///
/// `text` is what a tool prints before the stack, its lines joined.
pub(super) fn judge(text: &str) -> (Kind, String) {
    let text = text.trim();
    let text = text.strip_prefix("Uncaught ").unwrap_or(text);
    let Some(header) = Header::parse(text) else {
        return (kind("", text), limited(text));
    };
    let kind = kind(header.name, header.message);
    let is_plain = PLAIN.contains(&header.name) || header.name == "Unknown Error";
    let message = match (is_plain, header.message) {
        (true, "") => limited(header.name),
        (true, message) => limited(message),
        (false, "") => header.name.to_owned(),
        (false, message) => format!("{}: {}", header.name, limited(message)),
    };
    (kind, message)
}

/// The same of a message whose error's name stands elsewhere.
pub(super) fn judge_named(name: &str, message: &str) -> (Kind, String) {
    let message = message.trim();
    if name.is_empty() || message.starts_with(name) {
        judge(message)
    } else {
        judge(&format!("{name}: {message}"))
    }
}

fn limited(text: &str) -> String {
    let lines: Vec<&str> = text.trim().lines().take(LINES).map(str::trim_end).collect();
    lines.join("\n")
}

/// The first line of an error, taken apart.
struct Header<'a> {
    name: &'a str,
    message: &'a str,
}

impl<'a> Header<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let line = text.lines().next().unwrap_or_default();
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.');
        let after_unknown = text.strip_prefix("Unknown Error");
        let end = match after_unknown {
            Some(_) => "Unknown Error".len(),
            None => line.find(|c| !is_name(c)).unwrap_or(line.len()),
        };
        let name = &text[..end];
        let is_error = ["Error", "Exception", "error"]
            .iter()
            .any(|ending| name.ends_with(ending));
        if !is_error || name == "error" && !text[end..].starts_with(':') {
            return None;
        }
        let mut rest = &text[end..];
        // Node writes `Name [CODE]:`, and `Name [Error]:` where the class has no name of its own.
        if let Some(code) = rest.strip_prefix(" [") {
            rest = &code[code.find(']')? + 1..];
        }
        if rest.trim().is_empty() {
            return Some(Self { name, message: "" });
        }
        let message = rest.strip_prefix(':')?.trim_start();
        Some(Self { name, message })
    }
}

fn kind(name: &str, message: &str) -> Kind {
    let begins = |list: &[&str]| list.iter().any(|start| message.starts_with(start));
    let is_hook = message.starts_with('"') && message.contains(" hook timeout of ");
    if name == "TimeoutError" || is_hook || begins(TIMEOUTS) {
        Kind::Timeout
    } else if is_crash(message) {
        Kind::Crash
    } else if name.starts_with("Assert")
        || name.ends_with("AssertionError")
        || name.starts_with("Expectation")
        || begins(ASSERTIONS)
    {
        Kind::Assertion
    } else {
        Kind::Panic
    }
}

/// A worker process is gone.
pub(super) fn is_crash(message: &str) -> bool {
    [
        "A jest worker process (pid=",
        "Jest worker encountered ",
        "A worker process has failed to exit",
        "Worker exited unexpectedly",
        "Worker terminated due to ",
        "[vitest-pool]: Worker ",
        "worker process exited unexpectedly",
    ]
    .iter()
    .any(|start| message.starts_with(start))
}

/// Whether a line belongs to the stack below an error: `at f (file:1:2)`.
pub(super) fn is_stack(text: &str) -> bool {
    let Some(place) = text.trim_start().strip_prefix("at ") else {
        return false;
    };
    let place = place.trim_end();
    let ends_with_place = |text: &str| {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let mut parts = text.rsplit(':');
        parts.next().is_some_and(digits) && parts.next().is_some_and(digits)
    };
    let inner = place
        .strip_suffix(" {")
        .unwrap_or(place)
        .trim_end_matches(')');
    place.contains("<anonymous>")
        || place.contains("(native)")
        || place.starts_with("file:")
        || ends_with_place(inner)
}

/// Whether a line belongs to the piece of source that a tool shows: `> 12 | code`.
pub(super) fn is_code(text: &str) -> bool {
    let text = text.trim_start();
    let text = text.strip_prefix('>').map_or(text, str::trim_start);
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = rest.len() < text.len();
    let bar = rest.trim_start();
    bar.starts_with('|') && (is_numbered || bar[1..].trim_start().starts_with('^'))
}

/// The first function of a stack that is the project's own.
pub(super) fn function(text: &str) -> Option<String> {
    let place = text.trim_start().strip_prefix("at ")?;
    let (function, file) = place.split_once(" (")?;
    let is_foreign = file.contains("node_modules/")
        || file.starts_with("node:")
        || file.starts_with("internal/")
        || file.starts_with("<anonymous>");
    let name = function.trim_start_matches("async ");
    (!is_foreign && !name.contains("<anonymous>")).then(|| name.to_owned())
}
