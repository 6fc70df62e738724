//! Lines that say how a test has ended.

use crate::frameworks::cpp::parts::leading_number;
use crate::kind::Kind;

/// How a test has failed, in the words of the list at the end: `Failed`, `Timeout`, `SEGFAULT`, `Not Run`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::frameworks::cpp) struct Status {
    pub(super) kind: Kind,
    pub(super) word: String,
}

impl Status {
    pub(super) fn new(word: &str) -> Self {
        let kind = match word {
            "Timeout" => Kind::Timeout,
            "Not Run" | "Unable to find executable" => Kind::Build,
            "Failed" => Kind::Assertion,
            word if word.starts_with("Required regular") || word.starts_with("Error regular") => {
                Kind::Assertion
            }
            _ => Kind::Crash,
        };
        Self {
            kind,
            word: word.to_owned(),
        }
    }

    /// How it took down the program that ran, if it did.
    pub(in crate::frameworks::cpp) fn death(&self) -> (Kind, &'static str) {
        let message = match self.word.as_str() {
            "Timeout" => "timed out",
            "SEGFAULT" => "Segmentation fault",
            "ILLEGAL" => "Illegal instruction",
            "NUMERICAL" => "Floating point exception",
            "Subprocess aborted" | "Child aborted" => "Aborted",
            "Subprocess killed" | "Child killed" => "Killed",
            _ => crate::frameworks::cpp::gtest::UNENDED,
        };
        let kind = if self.kind == Kind::Timeout {
            Kind::Timeout
        } else {
            Kind::Crash
        };
        (kind, message)
    }
}

/// A line that ends a test.
#[derive(Debug)]
pub(super) struct StatusLine<'a> {
    pub(super) number: u64,
    pub(super) name: &'a str,
    /// `None` when it passed, was skipped or is disabled.
    pub(super) status: Option<Status>,
}

/// ` 2/10 Test  #2: name .........***Timeout   1.00 sec`
pub(super) fn of_line(text: &str) -> Option<StatusLine<'_>> {
    let trimmed = text.trim_start();
    let rest = match trimmed.split_once(" Test ") {
        Some((count, rest)) if is_count(count) => rest,
        // A test that is run again is not counted again.
        _ => trimmed.strip_prefix("Test ")?,
    };
    let (number, rest) = leading_number(rest.trim_start().strip_prefix('#')?)?;
    let rest = rest.strip_prefix(": ")?;
    let (named, how) = match rest.rsplit_once("***") {
        Some((named, how)) => (named, Some(how)),
        None => (rest.split("   Passed  ").next()?, None),
    };
    let dots = named.rfind("..").map_or(named.len(), |at| at + 2);
    let (name, word) = named.split_at(dots);
    let name = name.trim_end_matches('.').trim_end();
    Some(StatusLine {
        number,
        name,
        status: how.and_then(|how| status(word.trim(), how)),
    })
}

fn is_count(text: &str) -> bool {
    let mut parts = text.split('/');
    let is_number = |part: Option<&str>| part.is_some_and(super::super::parts::is_number);
    is_number(parts.next()) && is_number(parts.next()) && parts.next().is_none()
}

fn status(word: &str, how: &str) -> Option<Status> {
    // The time stands at the end.
    let how = how.trim_end().strip_suffix("sec").unwrap_or(how).trim_end();
    let how = how
        .trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
        .trim();
    let word = match how {
        "Skipped" | "Not Run (Disabled)" => return None,
        "Exception:" if !word.is_empty() => word,
        "Exception: SegFault" => "SEGFAULT",
        "Exception: Illegal" => "ILLEGAL",
        "Exception: Numerical" => "NUMERICAL",
        "Exception: Interrupt" => "INTERRUPT",
        "Exception: Other" => "OTHER_FAULT",
        _ if how.starts_with("Failed  ") => how["Failed  ".len()..].trim(),
        _ if how.starts_with("Exception: ") => &how["Exception: ".len()..],
        _ => how,
    };
    Some(Status::new(word))
}

/// `  2 - name (Timeout)`, with labels behind it.
pub(super) fn of_list(text: &str) -> Option<(&str, Status)> {
    let (_, rest) = leading_number(text.trim_start())?;
    let rest = rest.strip_prefix(" - ")?;
    let words = [
        "(Failed)",
        "(Timeout)",
        "(SEGFAULT)",
        "(ILLEGAL)",
        "(INTERRUPT)",
        "(NUMERICAL)",
        "(OTHER_FAULT)",
        "(Not Run)",
        "(BAD_COMMAND)",
        "(Subprocess aborted)",
        "(Subprocess killed)",
        "(Child aborted)",
        "(Child killed)",
    ];
    let known = words
        .iter()
        .find_map(|word| Some((rest.find(&format!(" {word}"))?, *word)));
    let (end, word) = if let Some((end, word)) = known {
        (end, word.trim_matches(['(', ')']))
    } else {
        let end = rest.rfind(" (")?;
        (end, rest[end + 2..].strip_suffix(')')?)
    };
    Some((&rest[..end], Status::new(word)))
}

/// How many failed, and of how many.
#[derive(Debug)]
pub(super) struct Sums {
    pub(super) failed: u64,
    pub(super) ran: u64,
}

/// `33% tests passed, 2 tests failed out of 3`, or `100% tests passed out of 3`.
pub(super) fn totals(text: &str) -> Option<Sums> {
    let (percent, rest) = leading_number(text.trim_start())?;
    let rest = rest.strip_prefix("% tests passed")?;
    let (_, ran) = rest.rsplit_once(" out of ")?;
    let failed = match rest.strip_prefix(", ") {
        Some(rest) => leading_number(rest)?.0,
        None => 0,
    };
    (percent <= 100).then_some(Sums {
        failed,
        ran: leading_number(ran)?.0,
    })
}
