//! Who wrote a report, and how its cases are read.

use ftc_report::junit::{Outcome, Problem, Summary, TestCase};

use crate::findings::{Block, Finding};
use crate::frameworks;
use crate::kind::{Framework, Kind};

use super::known;
use super::totals::Counted;

pub(super) const JUNIT: Framework = Framework::new("junit", "junit");

/// How one tool writes JUnit XML. A framework's module declares one, so that a failure has the same test, message and
/// family, and with them the same fingerprint, in the report as in the tool's own output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dialect {
    /// Whether the tool wrote this case: by names of suites, forms of names, marks in texts.
    pub(crate) wrote: fn(&TestCase, Option<&Problem>, &Summary) -> bool,
    /// Reads a failed case. Attempts, retry and block are set by the caller.
    pub(crate) finding: fn(&TestCase, Option<&Problem>) -> Finding,
}

/// Reads a failed case as the tool that wrote it means it.
pub(super) fn finding(case: &TestCase, problem: Option<&Problem>, summary: &Summary) -> Finding {
    known::DIALECTS
        .iter()
        .copied()
        .chain(frameworks::dialects())
        .find(|dialect| (dialect.wrote)(case, problem, summary))
        .map_or_else(
            || junit_finding(case, problem),
            |dialect| (dialect.finding)(case, problem),
        )
}

/// What the tool that wrote this case counts in its totals.
pub(super) fn counted(case: &TestCase, summary: &Summary) -> Counted {
    frameworks::counting_otherwise()
        .find(|(dialect, _)| (dialect.wrote)(case, case.problem(), summary))
        .map_or(Counted::Cases, |(_, counted)| counted)
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

/// The `message` attribute, or nothing.
pub(crate) fn message_of(problem: Option<&Problem>) -> &str {
    problem
        .and_then(|problem| problem.message.as_ref())
        .map_or("", |message| message.text.trim())
}

/// The `message` attribute, else the first line of the text that says something, else the type.
pub(crate) fn generic_message(problem: Option<&Problem>) -> String {
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
