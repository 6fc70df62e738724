//! Small pieces of text that many of these tools share.

/// Whether `text` is all decimal digits, and some.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The text behind a number at the start, with the number.
pub(super) fn leading_number(text: &str) -> Option<(u64, &str)> {
    let end = text
        .bytes()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// `path:line`, `path:line:column` or `path(line)`: the place that a message stands at.
pub(super) fn is_place(text: &str) -> bool {
    path_of_place(text).is_some()
}

/// The path of such a place.
pub(super) fn path_of_place(text: &str) -> Option<&str> {
    if let Some(inner) = text.strip_suffix(')') {
        let (path, numbers) = inner.rsplit_once('(')?;
        return (is_path(path) && numbers.split(',').all(is_number)).then_some(path);
    }
    let (path, line) = text.rsplit_once(':')?;
    if !is_number(line) {
        return None;
    }
    match path.rsplit_once(':') {
        Some((path, line)) if is_number(line) && is_path(path) => Some(path),
        _ => is_path(path).then_some(path),
    }
}

/// A path of a source file: not too long, no blank at its ends, with a dot or a slash in it.
fn is_path(text: &str) -> bool {
    !text.is_empty()
        && text.len() < 400
        && text.trim() == text
        && !text.starts_with(['#', '[', '"'])
        && text.contains(['.', '/', '\\'])
        && !text.contains(": ")
}

/// `text` between `open` and the next `close`.
pub(super) fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let rest = &text[text.find(open)? + open.len()..];
    Some(&rest[..rest.find(close)?])
}

/// The last line that speaks of a failure, else the last one.
pub(crate) fn primary<'a>(lines: &[&'a str]) -> Option<&'a str> {
    const WORDS: &[&str] = &[
        "assert",
        "error",
        "fail",
        "expected",
        "exception",
        "mismatch",
    ];
    let speaks = |line: &&&str| {
        let lower = line.to_ascii_lowercase();
        WORDS.iter().any(|word| lower.contains(word))
    };
    let said = || lines.iter().rev().filter(|line| !line.trim().is_empty());
    said()
        .find(speaks)
        .or_else(|| said().next())
        .map(|line| line.trim())
}
