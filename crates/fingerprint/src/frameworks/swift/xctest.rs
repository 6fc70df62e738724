//! `XCTest`.
//!
//! Formats: `PrintObserver.swift` of swift-corelibs-xctest 5.3 to 6.1
//! (<https://github.com/swiftlang/swift-corelibs-xctest>); on macOS the same with names as Objective-C writes them, and
//! xcodebuild's list of failing tests.

use crate::findings::{Block, FINDING_LIMIT, Finding, Findings, Totals};
use crate::kind::Kind;
use crate::line::Line;
use crate::recognizer::Recognizer;
use crate::scan::TestTotals;

use super::{XCTEST, said};

#[derive(Debug, Default)]
pub(super) struct Xctest {
    results: Vec<Finding>,
    /// The list below `Failing tests:` is being read.
    is_in_list: bool,
}

impl Recognizer for Xctest {
    fn anchors(&self) -> &'static [&'static str] {
        &[
            ": error: ",
            "' failed (",
            " failure",
            "Fatal error",
            "Failing tests:",
            "error: Exited with",
            "error: Process ",
            "or test timeout in ",
        ]
    }

    fn follows(&self) -> bool {
        self.is_in_list
    }

    fn line(&mut self, line: &Line<'_>, findings: &mut Findings) {
        let text = line.text.as_ref();
        if self.is_in_list {
            self.is_in_list = self.listed(line);
            return;
        }
        if let Some((test, message)) = assertion(text) {
            let (kind, message) = said(message);
            self.failed(test, kind, message, line);
        } else if let Some(rest) = text.strip_prefix("Test Case '")
            && let Some((name, _)) = rest.split_once("' failed (")
            && let Some(test) = name_of(name)
        {
            if !self.is_known(&test) && !is_printed(&test, line) {
                self.failed(test, Kind::Assertion, String::new(), line);
            }
        } else if text == "Failing tests:" {
            self.is_in_list = true;
        } else if let Some(message) = fatal(text) {
            if let Some(test) = running(line) {
                self.failed(test, Kind::Crash, message, line);
            }
        } else if let Some(rest) = text.trim_start().strip_prefix("Executed ") {
            self.sums(rest, line, findings);
        } else if text.starts_with("error: ") && text.contains("unexpected signal code ") {
            self.signal(text, line);
        } else if let Some(rest) =
            text.strip_prefix("Restarting after unexpected exit, crash, or test timeout in ")
        {
            self.restarted(rest, line);
        }
    }

    fn finish(&mut self, findings: &mut Findings) {
        for finding in self.results.drain(..) {
            findings.report(finding);
        }
    }
}

impl Xctest {
    fn is_known(&self, test: &str) -> bool {
        let known = |finding: &Finding| finding.test.as_deref() == Some(test);
        self.results.iter().any(known)
    }

    fn failed(&mut self, test: String, kind: Kind, message: String, line: &Line<'_>) {
        if self.results.len() < FINDING_LIMIT {
            let finding = Finding::new(XCTEST, Some(test), kind, Block::of(line));
            self.results.push(finding.saying(message));
        }
    }

    /// The process died during a test and said nothing.
    fn signal(&mut self, text: &str, line: &Line<'_>) {
        let Some(test) = running(line) else {
            return;
        };
        if !self.is_known(&test) {
            let code = text.rsplit_once("code ").map_or("", |(_, code)| code);
            self.failed(test, Kind::Crash, format!("signal {code}"), line);
        }
    }

    fn restarted(&mut self, rest: &str, line: &Line<'_>) {
        let name = rest.split(';').next().unwrap_or(rest);
        let name = name.trim_end_matches("()");
        if !self.is_known(name) {
            let words = "unexpected exit, crash, or test timeout".to_owned();
            self.failed(name.to_owned(), Kind::Crash, words, line);
        }
    }

    /// `CartTests.testTotal()`; `false` when the list is at its end.
    fn listed(&mut self, line: &Line<'_>) -> bool {
        let text = line.text.as_ref();
        if !text.starts_with(['\t', ' ']) {
            return false;
        }
        let name = text.trim().trim_end_matches("()");
        if let Some(test) = name_of(name)
            && !self.is_known(&test)
        {
            self.failed(test, Kind::Assertion, String::new(), line);
        }
        true
    }

    /// `2 tests, with 1 failure (0 unexpected) in 0.002 (0.002) seconds`; of all suites the outermost counts.
    fn sums(&mut self, rest: &str, line: &Line<'_>, findings: &mut Findings) {
        let is_outermost = line.before().next().is_some_and(|above| {
            above.starts_with("Test Suite 'All tests' ")
                || above.starts_with("Test Suite 'Selected tests' ")
        });
        let mut numbers = rest
            .split_whitespace()
            .filter_map(|word| word.parse::<u64>().ok());
        let (Some(run), true) = (numbers.next(), is_outermost && rest.contains(" test")) else {
            return;
        };
        let failures = rest
            .split_once(" failure")
            .and_then(|(before, _)| before.rsplit(' ').next()?.parse::<u64>().ok())
            .unwrap_or_default();
        let failed = tests_of(&self.results);
        findings.count(
            XCTEST,
            TestTotals {
                run,
                failed,
                skipped: 0,
            },
        );
        if failures > 0 {
            findings.check(Totals {
                framework: XCTEST,
                declared: failures,
                found: failures.min(self.results.len() as u64),
                ran: None,
            });
        } else if run > 0 && self.results.is_empty() {
            findings.passed(XCTEST, line.text.trim());
        }
    }
}

fn tests_of(results: &[Finding]) -> u64 {
    let mut tests: Vec<_> = results
        .iter()
        .filter_map(|finding| finding.test.as_deref())
        .collect();
    tests.sort_unstable();
    tests.dedup();
    tests.len() as u64
}

/// `/app/Tests/CartTests.swift:12: error: CartTests.testTotal : XCTAssertEqual failed: ...`.
fn assertion(text: &str) -> Option<(String, &str)> {
    let (place, rest) = text.split_once(": error: ")?;
    let (_, number) = place.rsplit_once(':')?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (name, message) = rest.split_once(" : ")?;
    Some((name_of(name)?, message))
}

/// `Class.test`, also where Objective-C writes `-[Module.Class test]`.
pub(super) fn name_of(name: &str) -> Option<String> {
    let name = match name
        .strip_prefix("-[")
        .and_then(|name| name.strip_suffix(']'))
    {
        Some(inner) => {
            let (class, method) = inner.split_once(' ')?;
            let class = class.rsplit('.').next()?;
            format!("{class}.{method}")
        }
        None => name.to_owned(),
    };
    let (class, method) = name.rsplit_once('.')?;
    let is_word = |text: &str| {
        !text.is_empty()
            && text
                .chars()
                .all(|c| c.is_alphanumeric() || c == '_' || c == '.')
    };
    (is_word(class) && is_word(method)).then_some(name)
}

/// `Cart/Cart.swift:12: Fatal error: Index out of range`.
fn fatal(text: &str) -> Option<String> {
    let (place, message) = text
        .split_once(": Fatal error: ")
        .or_else(|| text.split_once(": Fatal error"))?;
    let file = place.rsplit_once(':').map_or(place, |(file, _)| file);
    super::is_swift(file).then(|| format!("Fatal error: {message}"))
}

/// The test that was started last, if it has not ended.
fn running(line: &Line<'_>) -> Option<String> {
    for above in line.before() {
        let Some(rest) = above.strip_prefix("Test Case '") else {
            continue;
        };
        let (name, how) = rest.split_once("' ")?;
        return how.starts_with("started").then(|| name_of(name))?;
    }
    None
}

/// Whether another test runs and this one was never started: then that test has printed the line.
fn is_printed(test: &str, line: &Line<'_>) -> bool {
    let mut is_other_running = None;
    for above in line.before() {
        let Some((name, how)) = above
            .strip_prefix("Test Case '")
            .and_then(|rest| rest.split_once("' "))
        else {
            continue;
        };
        let is_start = how.starts_with("started");
        if is_start && name_of(name).as_deref() == Some(test) {
            return false;
        }
        is_other_running.get_or_insert(is_start);
    }
    is_other_running == Some(true)
}
