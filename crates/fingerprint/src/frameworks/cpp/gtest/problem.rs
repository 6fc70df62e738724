//! What a failed assertion says: the structured part and the first line of the test's own words behind it.

use crate::kind::Kind;

/// Lines of one failure that are looked at for its message.
pub(super) const LINES: usize = 48;

/// The place at the head of a failure, `a.cc:12: Failure` or `unknown file: Failure`, and what stands behind it in the same
/// line: nothing, but for Visual C++ (`a.cc(12): error: Value of: x`).
pub(super) fn head(text: &str) -> Option<&str> {
    if let Some(place) = text.strip_suffix(": Failure") {
        return (place == "unknown file" || crate::frameworks::cpp::parts::is_place(place))
            .then_some("");
    }
    let (place, message) = text.split_once("): error: ")?;
    let (path, line) = place.rsplit_once('(')?;
    let is_head = message.starts_with("Expected")
        || message.starts_with("Value of: ")
        || message == "Failed"
        || message.starts_with("The difference between ");
    (is_head && path.contains('.') && line.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some(message)
}

/// The primary message of a failure's lines.
pub(super) fn message<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let lines: Vec<&str> = lines
        .into_iter()
        .skip_while(|line| line.trim().is_empty())
        .take(LINES)
        .collect();
    let length = structure(&lines);
    let words = lines
        .get(length)
        .filter(|line| !line.trim().is_empty() && !is_appendix(line));
    let mut kept: Vec<&str> = lines[..length].to_vec();
    kept.extend(words);
    kept.join("\n").trim().to_owned()
}

/// Which kind of failure the message tells of.
pub(super) fn kind(message: &str) -> Kind {
    if message.starts_with("SEH exception with code ") {
        Kind::Crash
    } else if message.starts_with("C++ exception with description ")
        || message.starts_with("Unknown C++ exception thrown in ")
    {
        Kind::Panic
    } else {
        Kind::Assertion
    }
}

/// How many of the lines are the assertion's own: what follows are words of the test or what it printed.
fn structure(lines: &[&str]) -> usize {
    let Some(first) = lines.first() else {
        return 0;
    };
    let while_holds = |holds: &dyn Fn(&str) -> bool| {
        1 + lines[1..]
            .iter()
            .take_while(|line| !is_appendix(line) && holds(line))
            .count()
    };
    if first.starts_with("Value of: ") {
        return value_of(lines);
    }
    if first.starts_with("C++ exception with description ") {
        let end = lines
            .iter()
            .position(|line| line.contains("\" thrown in "))
            .unwrap_or(0);
        return end + 1;
    }
    if first.starts_with("The difference between ") || first.contains(" evaluates to false, where")
    {
        return while_holds(&|line| line.contains(" evaluates to "));
    }
    if first.trim_start().starts_with("Expected: ") && first.starts_with(' ') {
        // Until release 1.8.
        return while_holds(&|line| line.starts_with(' ') || line.starts_with("To be equal to: "));
    }
    let is_open = first.ends_with(':')
        || first.starts_with("Expected: ")
        || first.starts_with("Death test: ")
        || first.starts_with("Unexpected mock function call")
        || first.starts_with("Actual function call count ");
    if is_open {
        let limit = if first.starts_with("Unexpected mock") {
            2
        } else {
            12
        };
        return while_holds(&|line| line.starts_with(' ') && !line.starts_with(" Error msg:"))
            .min(limit);
    }
    1
}

/// `Value of:`, then `Actual:` and `Expected:` in either order; what is expected may have several lines.
fn value_of(lines: &[&str]) -> usize {
    let mut seen_actual = false;
    let mut seen_expected = false;
    for (at, line) in lines.iter().enumerate().skip(1) {
        if is_appendix(line) || line.trim().is_empty() {
            return at;
        }
        seen_actual |= line.starts_with("  Actual: ");
        seen_expected |= line.starts_with("Expected: ");
        if seen_actual && seen_expected {
            return at + 1;
        }
    }
    lines.len()
}

/// What stands behind the message: traces, differences, what a child process said.
fn is_appendix(line: &str) -> bool {
    line.starts_with("Google Test trace:")
        || line.starts_with("Stack trace:")
        || line.starts_with("With diff:")
        || line.starts_with("[  DEATH   ]")
        || line.starts_with("Actual msg:")
}
