//! The lines that begin with ten characters in brackets.

use crate::frameworks::cpp::parts::leading_number;

/// What such a line says.
#[derive(Debug, PartialEq)]
pub(super) enum Tag<'a> {
    /// `[==========] Running 5 tests from 2 test suites.`
    Start,
    Run(&'a str),
    Ok(&'a str),
    /// Of one test; in the list at the end it has no time.
    Failed {
        name: &'a str,
        is_timed: bool,
    },
    /// `Suite: SetUpTestSuite or TearDownTestSuite`.
    SuiteFailed(&'a str),
    /// How many passed.
    Passed(u64),
    /// How many failed: `3 tests, listed below:`.
    FailedSum(u64),
    Other,
}

const FAILED: &str = "[  FAILED  ] ";

/// The tag of a line. A test may have printed the beginning of a line, so that the end of a test, and only that, may stand
/// inside of one.
pub(super) fn of(text: &str) -> Option<Tag<'_>> {
    if !text.starts_with('[') {
        return inside(text);
    }
    if let Some(rest) = text.strip_prefix("[ RUN      ] ") {
        return Some(Tag::Run(name(rest)?));
    }
    if let Some(rest) = text.strip_prefix("[       OK ] ") {
        return Some(Tag::Ok(name(rest)?));
    }
    if let Some(rest) = text.strip_prefix(FAILED) {
        return failed(rest);
    }
    if let Some(rest) = text.strip_prefix("[  PASSED  ] ") {
        let (count, rest) = leading_number(rest)?;
        return rest.starts_with(" test").then_some(Tag::Passed(count));
    }
    if let Some(rest) = text.strip_prefix("[==========] ") {
        let is_start = rest.starts_with("Running ") && rest.contains(" from ");
        return Some(if is_start { Tag::Start } else { Tag::Other });
    }
    let is_other = ["[----------]", "[  SKIPPED ]", "[ DISABLED ]"];
    let is_other = is_other.iter().any(|other| text.starts_with(other));
    is_other.then_some(Tag::Other).or_else(|| inside(text))
}

fn inside(text: &str) -> Option<Tag<'_>> {
    if !text.ends_with(" ms)") {
        return None;
    }
    if let Some(at) = text.find(FAILED) {
        return match failed(&text[at + FAILED.len()..])? {
            Tag::Failed { name, .. } => Some(Tag::Failed {
                name,
                is_timed: true,
            }),
            _ => None,
        };
    }
    let (_, rest) = text.split_once("[       OK ] ")?;
    Some(Tag::Ok(name(rest)?))
}

fn failed(rest: &str) -> Option<Tag<'_>> {
    if let Some(suite) = rest.strip_suffix(": SetUpTestSuite or TearDownTestSuite") {
        return Some(Tag::SuiteFailed(suite));
    }
    if let Some(suite) = rest.strip_suffix(": SetUpTestCase or TearDownTestCase") {
        return Some(Tag::SuiteFailed(suite));
    }
    if let Some((count, rest)) = leading_number(rest)
        && rest.starts_with(" test")
    {
        return Some(Tag::FailedSum(count));
    }
    Some(Tag::Failed {
        name: name(rest)?,
        is_timed: rest.ends_with(" ms)"),
    })
}

/// `Suite.Test` without its parameter's value and its time.
fn name(rest: &str) -> Option<&str> {
    let end = rest.find(", where ").or_else(|| rest.rfind(" ("));
    let name = rest[..end.unwrap_or(rest.len())].trim_end();
    let is_name = name.contains('.') && !name.contains(char::is_whitespace) && name.len() < 1000;
    is_name.then_some(name)
}
