//! Reads a report file (JUnit XML) instead of a log.
//!
//! Which tool wrote the report tells which family its tests belong to, so that a failure has the same fingerprint in the
//! report as in the tool's own output. Reports of unknown tools are family `junit`.

use std::collections::HashMap;

use ftc_report::junit::{Outcome, Parser, Problem, Summary, TestCase};
use jiff::Timestamp;

use crate::findings::{Block, Finding, Findings, Totals};
use crate::frameworks::{go, pytest, rust};
use crate::kind::{Framework, Kind};
use crate::scan::{Note, TestTotals};

const JUNIT: Framework = Framework::new("junit", "junit");

/// Failed cases that are kept; the rest is counted.
const CASES: usize = 10_000;

/// Feeds the report parser and turns its test cases into findings.
#[derive(Debug)]
pub(crate) struct ReportReader {
    parser: Parser,
    /// Cases that failed or were tried more than once.
    failed: Vec<Failed>,
    /// Where in `failed` a test stands.
    places: HashMap<(Option<String>, String), usize>,
    dropped: u64,
    /// Cases that are no repetition; failed ones are counted when it is known whether they passed when tried again.
    tests: TestTotals,
    lines: u64,
    ends_with_newline: bool,
    is_empty: bool,
    time: Option<(Timestamp, Timestamp)>,
}

#[derive(Debug)]
struct Failed {
    case: TestCase,
    attempts: u32,
    passed_on_retry: bool,
}

impl ReportReader {
    pub(crate) fn new() -> Self {
        Self {
            parser: Parser::new(),
            failed: Vec::new(),
            places: HashMap::new(),
            dropped: 0,
            tests: TestTotals::default(),
            lines: 0,
            ends_with_newline: true,
            is_empty: true,
            time: None,
        }
    }

    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.lines += memchr::memchr_iter(b'\n', bytes).count() as u64;
        if let Some(last) = bytes.last() {
            self.ends_with_newline = *last == b'\n';
            self.is_empty = false;
        }
        self.parser.feed(bytes);
        self.take_cases();
    }

    fn take_cases(&mut self) {
        while let Some(case) = self.parser.next_case() {
            if let Some(time) = case.timestamp.as_deref().and_then(timestamp) {
                let (first, last) = self.time.get_or_insert((time, time));
                *first = (*first).min(time);
                *last = (*last).max(time);
            }
            self.take(case);
        }
    }

    /// gotestsum and pytest write one case per attempt: a test that comes again was tried again.
    fn take(&mut self, case: TestCase) {
        let key = (case.classname.clone(), case.name.clone());
        let known = self
            .places
            .get(&key)
            .and_then(|&at| self.failed.get_mut(at));
        if let Some(known) = known {
            if !matches!(case.outcome, Outcome::Skipped(_)) {
                known.attempts += 1;
                known.passed_on_retry |= case.outcome == Outcome::Passed;
            }
            return;
        }
        match case.outcome {
            Outcome::Skipped(_) => self.tests.skipped += 1,
            _ => self.tests.run += 1,
        }
        if case.problem().is_none() && !case.passed_on_retry() {
            return;
        }
        if self.failed.len() >= CASES {
            self.dropped += 1;
            self.tests.failed += u64::from(case.problem().is_some());
            return;
        }
        self.places.insert(key, self.failed.len());
        let attempts = u32::try_from(case.reruns.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        self.failed.push(Failed {
            passed_on_retry: case.passed_on_retry(),
            attempts,
            case,
        });
    }

    pub(crate) fn finish(mut self: Box<Self>) -> (Findings, u64, Option<(Timestamp, Timestamp)>) {
        let ended = self.parser.finish();
        self.take_cases();
        let mut findings = Findings {
            dropped: self.dropped,
            ..Findings::default()
        };
        let summary = match ended {
            Ok(summary) => summary,
            Err(error) => {
                findings.notes.push(Note::new(
                    "report-damaged",
                    format!("the report is damaged: {error}"),
                ));
                self.parser.summary()
            }
        };
        for note in &summary.notes {
            findings
                .notes
                .push(Note::new("report-odd", note.to_string()));
        }
        let cases = self.failed.len() as u64;
        let still_failed = self.failed.iter().filter(|failed| !failed.passed_on_retry);
        self.tests.failed += still_failed.count() as u64;
        let list: Vec<Finding> = self
            .failed
            .into_iter()
            .map(|failed| finding(failed, &summary))
            .collect();
        judge(&summary, cases, &list, &mut findings);
        let framework = list.first().map_or(JUNIT, |finding| finding.framework);
        findings.count(framework, self.tests);
        for finding in without_parents(list) {
            findings.report(finding);
        }
        let lines = self.lines + u64::from(!self.ends_with_newline && !self.is_empty);
        (findings, lines, self.time)
    }
}

/// Compares the report's own totals with what was read.
fn judge(summary: &Summary, cases: u64, list: &[Finding], findings: &mut Findings) {
    let counted = summary.counted;
    let framework = list.first().map_or(JUNIT, |finding| finding.framework);
    findings.saw(framework);
    let failed = counted.failures + counted.errors;
    if !summary.totals_agree() {
        let text = "the report's own totals differ from the cases in it: a person should look";
        findings.notes.push(Note::new("totals-differ", text));
    }
    if failed == 0 && counted.tests > 0 {
        findings.passed(
            framework,
            format!("{} tests in the report, none failed", counted.tests),
        );
    } else if failed > 0 && cases > 0 {
        findings.check(Totals {
            framework,
            declared: failed,
            found: failed,
            ran: Some(counted.tests),
        });
    }
}

fn finding(failed: Failed, summary: &Summary) -> Finding {
    let case = failed.case;
    let problem = case
        .problem()
        .or_else(|| case.reruns.first().map(|rerun| &rerun.problem));
    let text = problem.map_or("", |problem| problem.text.text.as_str());
    let mut finding = match Tool::of(&case, text, summary) {
        Tool::Go => go_finding(&case, text),
        Tool::Nextest => rust_finding(&case, problem),
        Tool::Pytest => pytest_finding(&case, problem),
        Tool::Unknown => junit_finding(&case, problem),
    };
    finding.attempts = failed.attempts;
    finding.passed_on_retry = failed.passed_on_retry;
    finding.block = block(&case, text);
    finding
}

/// Who wrote the report.
enum Tool {
    Go,
    Nextest,
    Pytest,
    Unknown,
}

impl Tool {
    fn of(case: &TestCase, text: &str, summary: &Summary) -> Self {
        if summary.name.as_deref() == Some("nextest-run") {
            Self::Nextest
        } else if case.suite.last().is_some_and(|suite| suite == "pytest") {
            Self::Pytest
        } else if text.contains("--- FAIL: ") || text.contains("=== RUN   ") {
            Self::Go
        } else {
            Self::Unknown
        }
    }
}

fn go_finding(case: &TestCase, text: &str) -> Finding {
    let mut finding = go::from_output(&case.name, text);
    finding.suite.clone_from(&case.classname);
    finding
}

fn rust_finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let stderr = case
        .system_err
        .as_ref()
        .map_or("", |text| text.text.as_str());
    let said = problem.and_then(|problem| rust::primary_message(&case.name, &problem.text.text));
    let said = said.or_else(|| rust::primary_message(&case.name, stderr));
    let outcome = problem
        .and_then(|problem| problem.kind.as_deref())
        .unwrap_or_default();
    let (kind, message) = rust::with_outcome(outcome, message_of(problem), said);
    let mut finding = Finding::new(
        rust::NEXTEST,
        Some(case.name.clone()),
        kind,
        Block::default(),
    );
    finding.message = message.unwrap_or_else(|| generic_message(problem));
    finding.suite.clone_from(&case.classname);
    finding
}

fn pytest_finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let text = problem.map_or("", |problem| problem.text.text.as_str());
    let said = pytest::primary_message(text);
    let message = generic_message(problem);
    let (kind, message) =
        said.unwrap_or_else(|| pytest::said(message.lines().next().unwrap_or_default()));
    let collecting = message_of(problem) == "collection failure";
    let node = pytest::node_of_report(case.classname.as_deref().unwrap_or_default(), &case.name);
    let (test, kind) = if collecting {
        (None, Kind::Build)
    } else {
        (Some(node), kind)
    };
    let mut finding = Finding::new(pytest::PYTEST, test, kind, Block::default());
    finding.message = message;
    finding.suite = case
        .classname
        .clone()
        .filter(|name| !name.is_empty())
        .or_else(|| Some(case.name.clone()));
    finding
}

fn junit_finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let test = match case.classname.as_deref() {
        Some(class) if !class.is_empty() && class != case.name => format!("{class}.{}", case.name),
        _ => case.name.clone(),
    };
    let kind = match &case.outcome {
        Outcome::Errored(_) => Kind::Panic,
        _ => Kind::Assertion,
    };
    let mut finding = Finding::new(JUNIT, Some(test), kind, Block::default());
    finding.message = generic_message(problem);
    finding.suite = case.suite.last().cloned();
    finding
}

fn message_of(problem: Option<&Problem>) -> &str {
    problem
        .and_then(|problem| problem.message.as_ref())
        .map_or("", |message| message.text.trim())
}

/// The `message` attribute, else the first line of the text that says something, else the type.
fn generic_message(problem: Option<&Problem>) -> String {
    let message = message_of(problem);
    let text = problem.map_or("", |problem| problem.text.text.as_str());
    let kind = problem
        .and_then(|problem| problem.kind.as_deref())
        .unwrap_or_default();
    let first_line = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or(kind);
    if message.is_empty() {
        first_line
    } else {
        message
    }
    .to_owned()
}

/// A test with failed subtests fails too; it counts only when it says something itself.
fn without_parents(list: Vec<Finding>) -> Vec<Finding> {
    let tests: Vec<Option<String>> = list.iter().map(|finding| finding.test.clone()).collect();
    let has_failed_child = |test: &str| {
        tests.iter().flatten().any(|other| {
            other
                .strip_prefix(test)
                .is_some_and(|rest| rest.starts_with('/'))
        })
    };
    list.into_iter()
        .filter(|finding| {
            let is_go = finding.framework.family == go::GO_TEST.family;
            let is_parent = finding.test.as_deref().is_some_and(has_failed_child);
            !(is_go && is_parent && finding.message.is_empty())
        })
        .collect()
}

/// The failure's text as lines, with the place of the whole case.
fn block(case: &TestCase, text: &str) -> Block {
    let mut block = Block::from_text(text);
    block.widen(crate::failure::Span {
        first_line: case.start.line,
        last_line: case.end.line,
        start: case.start.offset,
        end: case.end.offset,
    });
    block.time = case.timestamp.as_deref().and_then(timestamp);
    block
}

/// RFC 3339, or the older form without a zone, which is taken as UTC.
fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let local: jiff::civil::DateTime = text.parse().ok()?;
        Some(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    })
}
