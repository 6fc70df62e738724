//! The lines by which libtest and cargo tell what runs and how it ended.

/// Splits `test a::b - should panic ... FAILED` into name and result.
pub(super) fn test_line(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("test ")?;
    let (name, result) = match rest.split_once(" ... ") {
        Some((name, result)) => (name, result),
        None => (rest.strip_suffix(" ...")?, ""),
    };
    let result = result.split(" <").next().unwrap_or(result).trim_end();
    Some((canonical(name), result))
}

/// The name in `---- a::b stdout ----`, above a failed test's captured output.
pub(super) fn captured_name(text: &str) -> Option<&str> {
    text.strip_prefix("---- ")?
        .strip_suffix(" stdout ----")
        .map(canonical)
}

pub(super) fn is_result(result: &str) -> bool {
    result == "ok"
        || result == "ignored"
        || result.starts_with("ignored, ")
        || result.starts_with("bench:")
}

/// The name without what libtest adds: how the test was declared, and a doctest's line, which moves.
pub(in super::super) fn canonical(name: &str) -> &str {
    const MARKS: &[&str] = &[" - should panic", " - compile fail", " - compile"];
    let mut name = name.trim();
    for mark in MARKS {
        name = name.strip_suffix(mark).unwrap_or(name);
    }
    match name.rfind(" (line ") {
        Some(at) if name.ends_with(')') => &name[..at],
        _ => name,
    }
}

/// `Running unittests src/lib.rs (target/...)`, `Running tests/it.rs (...)`, `Doc-tests name`.
pub(super) fn running_source(text: &str) -> Option<String> {
    let inner = text.trim_start();
    if let Some(rest) = inner.strip_prefix("Running ") {
        let rest = rest.strip_prefix("unittests ").unwrap_or(rest);
        let source = rest.split(" (").next()?;
        let is_rust = std::path::Path::new(source)
            .extension()
            .is_some_and(|end| end == "rs");
        return is_rust.then(|| source.to_owned());
    }
    inner
        .strip_prefix("Doc-tests ")
        .map(|name| format!("doc-tests {}", name.trim()))
}

/// The signal's name in `... (signal: 6, SIGABRT: process abort signal)`.
pub(super) fn signal(status: &str) -> Option<String> {
    let rest = status.rsplit_once("(signal: ")?.1;
    let name = rest.split([',', ':', ')']).nth(1)?.trim();
    name.starts_with("SIG").then(|| name.to_owned())
}
