//! The lines by which libtest and cargo tell what runs and how it ended.

/// Splits `test a::b - should panic ... FAILED` into name and result. The name keeps a doctest's line.
pub(super) fn test_line(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("test ")?;
    let (name, result) = match rest.split_once(" ... ") {
        Some((name, result)) => (name, result),
        None => (rest.strip_suffix(" ...")?, ""),
    };
    let result = result.split(" <").next().unwrap_or(result).trim_end();
    Some((declared(name), result))
}

/// The same behind output that did not end its line, which comes first: `Couldn't compile the test.test a.rs - b (line 6)
/// ... FAILED`.
pub(super) fn glued_test_line(text: &str) -> Option<(&str, (&str, &str))> {
    let head = text.rfind(" ... ")?;
    let at = text[..head].rfind("test ")?;
    let (name, result) = test_line(&text[at..])?;
    (at > 0 && ends_a_test(result)).then_some((&text[..at], (name, result)))
}

/// The name in `---- a::b stdout ----`, above a failed test's captured output.
pub(super) fn captured_name(text: &str) -> Option<&str> {
    text.strip_prefix("---- ")?
        .strip_suffix(" stdout ----")
        .map(declared)
}

/// The name in the heading of captured output; harnesses that imitate libtest leave `stdout` out.
pub(super) fn heading(text: &str) -> Option<&str> {
    captured_name(text).or_else(|| {
        text.strip_prefix("---- ")?
            .strip_suffix(" ----")
            .map(declared)
    })
}

/// The name in `a::b --- FAILED`, which libtest prints where it shows passed tests as dots.
pub(super) fn terse_failure(text: &str) -> Option<&str> {
    text.strip_suffix(" --- FAILED").map(declared)
}

pub(super) fn is_failure(result: &str) -> bool {
    result == "FAILED" || result.starts_with("FAILED (")
}

/// Whether a result says that a test has ended, rather than being the first words of its output.
pub(super) fn ends_a_test(result: &str) -> bool {
    is_failure(result)
        || result == "ok"
        || result == "ignored"
        || result.starts_with("ignored, ")
        || result.starts_with("bench:")
}

/// The name without what libtest adds to say how the test was declared.
fn declared(name: &str) -> &str {
    const MARKS: &[&str] = &[" - should panic", " - compile fail", " - compile"];
    let mut name = name.trim();
    for mark in MARKS {
        name = name.strip_suffix(mark).unwrap_or(name);
    }
    name
}

/// The name without a doctest's line, which moves.
pub(in super::super) fn canonical(name: &str) -> &str {
    let name = declared(name);
    match name.rfind(" (line ") {
        Some(at) if name.ends_with(')') => &name[..at],
        _ => name,
    }
}

/// The line of a doctest, from its name.
pub(super) fn doctest_line(name: &str) -> Option<u64> {
    let (_, line) = name.rsplit_once(" (line ")?;
    line.strip_suffix(')')?.parse().ok()
}

/// How many tests `running 24 tests` announces, also with `(shuffle seed: 7)` behind it.
pub(super) fn announced_tests(text: &str) -> Option<u64> {
    let (count, rest) = text.strip_prefix("running ")?.split_once(" test")?;
    let rest = rest.strip_prefix('s').unwrap_or(rest);
    (rest.is_empty() || rest.starts_with(" (shuffle seed: ")).then_some(())?;
    count.parse().ok()
}

/// `FAILED. 4 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) is_ok: bool,
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) ignored: u64,
    /// Tests that ended in any way, those that the filter took out not counted.
    pub(super) ran: u64,
}

impl Counts {
    /// Reads what stands behind `test result: `.
    pub(super) fn parse(result: &str) -> Option<Self> {
        let (word, counts) = result.split_once(". ")?;
        let count = |word: &str| -> Option<u64> {
            let part = counts.split(';').find(|part| part.trim().ends_with(word))?;
            part.split_whitespace().next()?.parse().ok()
        };
        let passed = count(" passed")?;
        let failed = count(" failed")?;
        let ignored = count(" ignored").unwrap_or_default();
        let rest = ignored.checked_add(count(" measured").unwrap_or_default())?;
        matches!(word, "ok" | "FAILED").then_some(Self {
            is_ok: word == "ok",
            passed,
            failed,
            ignored,
            ran: passed.checked_add(failed)?.checked_add(rest)?,
        })
    }
}

/// What cargo starts, named as nextest names binaries where cargo tells enough: `Running unittests src/lib.rs
/// (target/debug/deps/north-cd9d93e270db2c47)`, `Running tests/it.rs (...)`, `Doc-tests north`. The hash changes.
pub(super) fn started_binary(text: &str) -> Option<String> {
    let inner = text.trim_start();
    if let Some(name) = inner.strip_prefix("Doc-tests ") {
        return Some(format!("doc-tests {}", name.trim()));
    }
    let rest = inner.strip_prefix("Running ")?;
    if let Some(command) = rest.strip_prefix('`') {
        return crate_of(command).map(str::to_owned);
    }
    let Some((source, binary)) = rest.split_once(" (") else {
        return crate_of(rest).map(str::to_owned);
    };
    let (source, has_units) = match source.strip_prefix("unittests ") {
        Some(source) => (source, true),
        None => (source, false),
    };
    let is_rust = std::path::Path::new(source)
        .extension()
        .is_some_and(|end| end == "rs");
    if has_units && let Some(name) = crate_of(binary) {
        return Some(match source.strip_prefix("src/") {
            Some("main.rs") => format!("{name}::bin/{name}"),
            Some(bin) if bin.starts_with("bin/") => format!("bin/{name}"),
            _ => name.to_owned(),
        });
    }
    (is_rust || has_units).then(|| source.to_owned())
}

/// `north` of `/src/target/debug/deps/north-cd9d93e270db2c47 --nocapture`.
fn crate_of(command: &str) -> Option<&str> {
    let (_, rest) = command.split_once("/deps/")?;
    let file = rest.split([' ', ')', '`', '/']).next()?;
    let (name, hash) = file.rsplit_once('-')?;
    (hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(name)
}

/// The words by which cargo says that a target failed, with the arguments to run it again.
pub(super) fn failed_target(text: &str) -> Option<&str> {
    let rest = text
        .strip_prefix("error: test failed")
        .or_else(|| text.strip_prefix("error: doctest failed"))
        .or_else(|| text.strip_prefix("error: bench failed"))?;
    Some(rest.strip_prefix(", to rerun pass ").unwrap_or_default())
}

/// What `-p north --test it` stands for, where it names the package; doctests are named well by their header.
pub(super) fn rerun_binary(arguments: &str) -> Option<String> {
    let mut words = arguments
        .trim_matches(['`', '\''])
        .split_whitespace()
        .skip_while(|word| *word != "-p");
    let package = words.nth(1)?;
    let package = package.rsplit('#').next()?.split('@').next()?;
    let kind = words.next()?;
    let name = words.next();
    Some(match (kind, name) {
        ("--lib", _) => package.to_owned(),
        ("--test", Some(name)) => format!("{package}::{name}"),
        ("--bin" | "--example" | "--bench", Some(name)) => {
            format!("{package}::{}/{name}", &kind[2..])
        }
        _ => return None,
    })
}

/// How a process ended, from `... (signal: 6, SIGABRT: process abort signal)` or `... (exit status: 7)`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ending {
    /// The signal's name.
    pub(super) signal: Option<String>,
    /// `by SIGABRT`, `with exit status 7`, `early`.
    pub(super) words: String,
}

impl Ending {
    pub(super) fn parse(status: &str) -> Self {
        let inside = status
            .rsplit_once(" (")
            .map_or("", |(_, inside)| inside.trim_end_matches(')'));
        let signal = inside
            .strip_prefix("signal: ")
            .and_then(|rest| rest.split([',', ':']).nth(1))
            .map(str::trim)
            .filter(|name| name.starts_with("SIG"));
        let words = match (signal, inside.split_once(": ")) {
            (Some(name), _) => format!("by {name}"),
            (None, Some((what, value))) => format!("with {what} {value}"),
            (None, None) => "early".to_owned(),
        };
        Self {
            signal: signal.map(str::to_owned),
            words,
        }
    }
}
