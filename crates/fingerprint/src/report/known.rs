//! Reports of Go's tools, of nextest and of pytest.

use ftc_report::junit::{Problem, TestCase};

use crate::findings::{Block, Finding};
use crate::frameworks::{go, pytest, rust};
use crate::kind::Kind;

use super::dialect::{Dialect, generic_message, message_of};

pub(super) const DIALECTS: &[Dialect] = &[
    Dialect {
        wrote: |_, _, summary| summary.name.as_deref() == Some("nextest-run"),
        finding: rust_finding,
    },
    Dialect {
        wrote: |case, _, _| case.suite.last().is_some_and(|suite| suite == "pytest"),
        finding: pytest_finding,
    },
    Dialect {
        wrote: |_, problem, _| {
            let text = text_of(problem);
            text.contains("--- FAIL: ") || text.contains("=== RUN   ")
        },
        finding: go_finding,
    },
];

fn text_of(problem: Option<&Problem>) -> &str {
    problem.map_or("", |problem| problem.text.text.as_str())
}

fn go_finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let text = text_of(problem);
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
    let text = text_of(problem);
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
