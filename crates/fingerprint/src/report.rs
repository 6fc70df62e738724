//! Reads a report file (JUnit XML) instead of a log.
//!
//! Which tool wrote the report tells which family its tests belong to, so that a failure has the same fingerprint in the
//! report as in the tool's own output. Reports of unknown tools are family `junit`.

mod dialect;
mod known;
mod totals;

use std::collections::HashMap;

use ftc_report::junit::{Outcome, Parser, Summary, TestCase};
use jiff::Timestamp;

use crate::findings::{Block, Finding, Findings, Totals};
use crate::frameworks::go;
use crate::scan::{Note, TestTotals};

use dialect::JUNIT;
pub(crate) use dialect::{Dialect, generic_message, message_of};
pub(crate) use totals::Counted;

/// Failed cases that are kept; the rest is counted.
const CASES: usize = 10_000;

/// Feeds the report parser and turns its test cases into findings.
#[derive(Debug)]
pub(crate) struct ReportReader {
    parser: Parser,
    /// The first case, which tells who wrote the report when none failed.
    first: Option<TestCase>,
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
            first: None,
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
        self.first.get_or_insert_with(|| case.clone());
        let key = (case.classname.clone(), case.name.clone());
        if repeats_names(&case) {
            self.places.remove(&key);
        }
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
        let failed_case = self.failed.iter().map(|failed| &failed.case);
        let example = failed_case.chain(&self.first).next();
        let counted = example.map_or(Counted::Cases, |case| dialect::counted(case, &summary));
        if !counted.agrees(&summary) {
            let text = "the report's own totals differ from the cases in it: a person should look";
            findings.notes.push(Note::new("totals-differ", text));
        }
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
    let mut finding = dialect::finding(&case, problem, summary);
    finding.attempts = failed.attempts;
    finding.passed_on_retry = failed.passed_on_retry;
    finding.block = block(&case, text);
    finding
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

/// TestNG writes one case per set of parameters, all of one name: none of them was tried again. Its time stamps end with the
/// name of a zone.
fn repeats_names(case: &TestCase) -> bool {
    case.timestamp
        .as_deref()
        .and_then(|stamp| stamp.rsplit_once(' '))
        .is_some_and(|(_, zone)| zone.starts_with(char::is_alphabetic))
}

/// RFC 3339, or the older form without a zone, which is taken as UTC.
fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let local: jiff::civil::DateTime = text.parse().ok()?;
        Some(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    })
}
