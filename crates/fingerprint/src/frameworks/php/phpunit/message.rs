//! Names and messages of `PHPUnit`'s entries.

use crate::kind::Kind;

/// Lines of a message that are kept.
const LINES: usize = 8;

/// The test without the values of its data set: `A\BTest::testLine with data set "long line" ('B', 12)`.
pub(super) fn test_of(heading: &str) -> String {
    let Some(at) = heading.find(" with data set ") else {
        return heading.trim_end().to_owned();
    };
    let set = &heading[at + " with data set ".len()..];
    let end = match set.strip_prefix('"') {
        Some(name) => name.rfind("\" (").map(|end| end + 2),
        None => set.find(" ("),
    };
    match end {
        Some(end) => heading[..at + " with data set ".len() + end]
            .trim_end()
            .to_owned(),
        None => heading.trim_end().to_owned(),
    }
}

/// What stands between a name and the place: the text as far as an empty line, of a difference only what differs.
pub(in crate::frameworks::php) fn of(lines: &[String]) -> String {
    let mut is_difference = false;
    let kept: Vec<&str> = lines
        .iter()
        .map(|line| line.trim_end())
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty() && !is_place(line))
        .filter(|line| {
            is_difference |= *line == "--- Expected";
            !is_difference
                || (line.starts_with(['+', '-'])
                    && *line != "--- Expected"
                    && *line != "+++ Actual")
        })
        .map(str::trim)
        .take(LINES)
        .collect();
    kept.join("\n")
}

/// `/app/tests/CartTest.php:12`.
fn is_place(line: &str) -> bool {
    line.rsplit_once(".php:").is_some_and(|(path, number)| {
        !path.contains(' ') && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// The kind of an error by its exception.
pub(in crate::frameworks::php) fn kind_of(message: &str) -> Kind {
    let is_timeout = message.starts_with("SebastianBergmann\\Invoker\\TimeoutException")
        || message.starts_with("This test was aborted after ")
        || message.contains("Maximum execution time of ");
    let is_crash = message.contains("Premature end of PHP process")
        || message.contains("Fatal error: ")
        || message.contains("Test was run in child process and ended unexpectedly");
    if is_timeout {
        Kind::Timeout
    } else if is_crash {
        Kind::Crash
    } else {
        Kind::Panic
    }
}
