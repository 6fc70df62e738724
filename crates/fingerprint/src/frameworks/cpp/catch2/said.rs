//! What a failed assertion says, in one form whatever the reporter: `expression for: expansion`.

use crate::kind::Kind;

/// The lines behind `FAILED:` of the console reporter and of JUnit reports.
pub(super) fn console(lines: &[String]) -> (Kind, String) {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    let behind = |head: &str| -> Option<String> {
        let at = lines.iter().position(|line| line.starts_with(head))?;
        let rest = lines[at + 1..].iter().take_while(|line| !is_head(line));
        let words: Vec<&str> = rest.copied().collect();
        (!words.is_empty()).then(|| words.join("\n"))
    };
    if let Some(signal) = behind("due to a fatal error condition") {
        return (Kind::Crash, signal);
    }
    if let Some(what) = behind("due to unexpected exception") {
        return (Kind::Panic, what);
    }
    if lines
        .iter()
        .any(|line| line.starts_with("due to unexpected exception"))
    {
        return (Kind::Panic, "unexpected exception".to_owned());
    }
    if let Some(words) = behind("explicitly with message") {
        return (Kind::Assertion, words);
    }
    let expression: Vec<&str> = lines
        .iter()
        .copied()
        .take_while(|line| !is_head(line))
        .collect();
    let expression = without_macro(&expression.join("\n"));
    let message = match behind("with expansion") {
        Some(expansion) => format!("{expression} for: {expansion}"),
        None => expression,
    };
    (Kind::Assertion, message)
}

fn is_head(line: &str) -> bool {
    line.starts_with("with expansion:")
        || line.starts_with("with message")
        || line.starts_with("due to ")
        || line.starts_with("explicitly with message")
        || line.starts_with("because no exception")
}

/// `CHECK_FALSE( true )` is `!(true)`, `REQUIRE( x )` is `x`.
fn without_macro(text: &str) -> String {
    let Some((name, rest)) = text.split_once("( ") else {
        return text.to_owned();
    };
    let is_macro = name
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    match rest.strip_suffix(" )").filter(|_| is_macro) {
        Some(inner) if name.ends_with("_FALSE") => format!("!({inner})"),
        Some(inner) => inner.to_owned(),
        None => text.to_owned(),
    }
}

/// The words of the compact reporter, all in one line.
pub(super) fn compact(words: &str) -> (Kind, String) {
    let unquoted = |text: &str| {
        let text = text.split("'; expression was: ").next().unwrap_or(text);
        text.trim_start_matches('\'')
            .trim_end_matches('\'')
            .to_owned()
    };
    if let Some(what) = words.strip_prefix("unexpected exception with message: ") {
        return (Kind::Panic, unquoted(what));
    }
    if let Some(what) = words.strip_prefix("fatal error condition with message: ") {
        return (Kind::Crash, unquoted(what));
    }
    if let Some(rest) = words.strip_prefix("explicitly with ")
        && let Some((_, what)) = rest.split_once(": ")
    {
        return (Kind::Assertion, unquoted(what));
    }
    let end = [" with 1 message: '", " with messages: '"]
        .iter()
        .filter_map(|mark| words.rfind(mark))
        .min();
    (
        Kind::Assertion,
        words[..end.unwrap_or(words.len())].to_owned(),
    )
}
