//! Swift Testing.
//!
//! Formats: `Event.HumanReadableOutputRecorder.swift` of swift-testing 0.7 to 6.1
//! (<https://github.com/swiftlang/swift-testing>). The sign in front depends on the terminal and is not looked at.

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings, Totals};
use crate::kind::Kind;
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::TESTING;

#[derive(Debug, Default)]
pub(super) struct Testing {
    results: Vec<Finding>,
}

impl Recognizer for Testing {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            "xpectation failed",
            "Caught error",
            " failed after ",
            " passed after ",
        ]
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let Some(text) = behind_sign(&line.text) else {
            return;
        };
        if let Some(issue) = Issue::parse(text) {
            self.issue(&issue, line);
        } else if let Some(rest) = text.strip_prefix("Test run with ") {
            self.run_ended(rest, line, findings);
        } else if let Some(name) = failed(text) {
            self.test_ended(&name, line);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        for finding in self.results.drain(..) {
            findings.report(finding);
        }
    }
}

impl Testing {
    fn issue(&mut self, issue: &Issue<'_>, line: &Line<'_>) {
        if self.results.len() >= FINDING_LIMIT {
            return;
        }
        let kind = if issue.message.starts_with("Caught error: ") {
            Kind::Panic
        } else if issue.message.starts_with("Time limit was exceeded") {
            Kind::Timeout
        } else {
            Kind::Assertion
        };
        let finding = Finding::new(TESTING, Some(issue.test.clone()), kind, Block::of(line));
        self.results.push(finding.saying(issue.message));
    }

    /// Issues without an anchor of their own stand above the end of their test.
    fn test_ended(&mut self, name: &str, line: &Line<'_>) {
        let is_own = |test: &str| {
            test.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
        };
        if self
            .results
            .iter()
            .any(|finding| finding.test.as_deref().is_some_and(is_own))
        {
            return;
        }
        for above in line.before() {
            if let Some(issue) = behind_sign(&above).and_then(Issue::parse)
                && is_own(&issue.test)
            {
                self.issue(&issue, line);
                return;
            }
        }
        let finding = Finding::new(
            TESTING,
            Some(name.to_owned()),
            Kind::Assertion,
            Block::of(line),
        );
        self.results.push(finding);
    }

    /// `3 tests in 1 suite failed after 0.002 seconds with 1 issue.`
    fn run_ended(&mut self, rest: &str, line: &Line<'_>, findings: &mut Findings) {
        let run = rest
            .split(' ')
            .next()
            .and_then(|run| run.parse().ok())
            .unwrap_or(0);
        findings.saw(TESTING);
        findings.count(
            TESTING,
            TestTotals {
                run,
                failed: self.results.len() as u64,
                skipped: 0,
            },
        );
        if rest.contains(" passed after ") {
            if run > 0 {
                findings.passed(TESTING, line.text.trim());
            }
        } else {
            let is_found = !self.results.is_empty();
            findings.check(Totals {
                framework: TESTING,
                declared: 1,
                found: u64::from(is_found),
                ran: None,
            });
        }
    }
}

/// What stands behind one sign and a blank at the start of the line.
fn behind_sign(text: &str) -> Option<&str> {
    let (sign, rest) = text.split_once(' ')?;
    (sign.chars().count() <= 2 && !sign.is_ascii()).then(|| rest.trim_start())
}

#[derive(Debug)]
struct Issue<'a> {
    test: String,
    message: &'a str,
}

impl<'a> Issue<'a> {
    /// `Test "name" recorded an issue with 1 argument n → 3 at F.swift:12:5: Expectation failed: ...`.
    fn parse(text: &'a str) -> Option<Self> {
        let rest = text.strip_prefix("Test ")?;
        let (name, rest) = rest.split_once(" recorded an issue")?;
        let (how, rest) = rest.split_once(" at ").unwrap_or(("", rest));
        let at = rest.find(": ")?;
        let message = &rest[at + 2..];
        let name = unquoted(name);
        let arguments = how
            .strip_prefix(" with ")
            .and_then(|how| how.split_once(" argument"))
            .and_then(|(_, rest)| rest.split_once(' '))
            .map(|(_, arguments)| arguments.trim());
        let test = match arguments {
            Some(arguments) => format!("{name} ({arguments})"),
            None => name.to_owned(),
        };
        Some(Self { test, message })
    }
}

fn unquoted(name: &str) -> &str {
    name.strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'))
        .unwrap_or(name)
}

/// The test that has failed; suites are parents.
fn failed(text: &str) -> Option<String> {
    let (name, rest) = text.strip_prefix("Test ")?.split_once(" failed after ")?;
    let name = name.split(" with ").next().unwrap_or(name);
    rest.contains(" seconds").then(|| unquoted(name).to_owned())
}
