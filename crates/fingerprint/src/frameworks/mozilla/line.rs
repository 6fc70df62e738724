//! One line of a harness: `TEST-UNEXPECTED-FAIL | test | message`, without what mozharness and Taskcluster put before it.
//!
//! Formats: mozlog `formatters/tbplformatter.py`, mozcrash `mozcrash.py` and `reftest.sys.mjs` of mozilla-central, 2015 to
//! 2025; treeherder `log_parser/parsers.py` and `model/error_summary.py`, 2025.

/// What a harness says of a test.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Words<'a> {
    /// It ended as it should not: how, the test, the message.
    Unexpected(&'a str, &'a str, &'a str),
    /// The process under it died: the test and what is known of the reason.
    Crash(&'a str, &'a str),
    /// It failed in a parallel run and will be run again by itself.
    WillRetry(&'a str),
    Passed(&'a str),
    /// The number of failed tests or checks that a suite counts at its end.
    Failed(u64),
    /// The number of successful tests of a reftest suite.
    Successful(u64),
}

impl<'a> Words<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let text = tool_words(text);
        let text = text.strip_prefix("REFTEST ").unwrap_or(text);
        if let Some(rest) = text.strip_prefix("TEST-UNEXPECTED-") {
            let (how, rest) = rest.split_once(" | ")?;
            let (test, message) = rest.split_once(" | ").unwrap_or((rest, ""));
            return Some(Self::Unexpected(how, test.trim(), message.trim()));
        }
        if let Some(rest) = text.strip_prefix("PROCESS-CRASH | ") {
            // Test and reason have changed places over the years; the reason names the crashed function.
            let (one, other) = rest.split_once(" | ")?;
            let is_reason_first = one.contains("[@ ") || !other.contains("[@ ");
            let (reason, test) = if is_reason_first {
                (one, other)
            } else {
                (other, one)
            };
            return Some(Self::Crash(test.trim(), reason.trim()));
        }
        if let Some(test) = text.strip_suffix(" failed or timed out, will retry.") {
            return Some(Self::WillRetry(test.trim()));
        }
        if let Some(rest) = text.strip_prefix("TEST-PASS | ") {
            let test = rest.split(" | ").next()?;
            return Some(Self::Passed(test.trim()));
        }
        if let Some(rest) = text.strip_prefix("INFO | Successful: ") {
            return leading_number(rest).map(Self::Successful);
        }
        let count = text.strip_prefix("Failed:")?.trim();
        count.parse().ok().map(Self::Failed)
    }

    /// The number of a suite's line `Passed:  20`.
    pub(super) fn passed(text: &str) -> Option<u64> {
        let count = tool_words(text).strip_prefix("Passed:")?.trim();
        count.parse().ok()
    }
}

fn leading_number(text: &str) -> Option<u64> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text[..end].parse().ok()
}

/// The line without `[task 2025-02-13T21:45:24.968Z] `, `21:45:24  WARNING -  `, and the counter of older suites, `12 INFO `.
fn tool_words(text: &str) -> &str {
    let mut text = text;
    if let Some(rest) = text.strip_prefix("[task ") {
        text = rest.split_once("] ").map_or(text, |(_, rest)| rest);
    }
    let has_more = |text: &str| text.trim_start().starts_with(|c: char| c.is_ascii_digit());
    if !has_more(text) {
        return text.trim_start();
    }
    if let Some((clock, rest)) = text.trim_start().split_once(' ')
        && clock.len() == 8
        && clock.bytes().all(|b| b.is_ascii_digit() || b == b':')
        && let Some((level, rest)) = rest.split_once(" - ")
        && is_level(level.trim())
    {
        text = rest;
    }
    let words = text.trim_start();
    if let Some((number, rest)) = words.split_once(' ')
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && let Some((level, rest)) = rest.split_once(' ')
        && is_level(level)
    {
        return rest.trim_start();
    }
    words
}

fn is_level(word: &str) -> bool {
    matches!(
        word,
        "DEBUG" | "INFO" | "WARNING" | "ERROR" | "CRITICAL" | "FATAL"
    )
}
