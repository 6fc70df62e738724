//! JUnit XML of the JVM's tools: Surefire, Gradle, Ant, TestNG, the console launcher, sbt, ScalaTest.

use ftc_report::junit::{Outcome, Problem, Summary, TestCase};

use crate::findings::{Block, Finding};
use crate::kind::{Framework, Kind};
use crate::report::{Dialect, message_of};

use super::names;
use super::scalatest;
use super::throwable::{self, Thrown};

const JUNIT: Framework = Framework::new("junit", "junit");

pub(super) const DIALECTS: &[Dialect] = &[
    Dialect {
        wrote: |_, problem, _| type_of(problem).starts_with("org.scalatest."),
        finding: scalatest_finding,
    },
    Dialect {
        wrote: wrote_stack,
        finding: jvm_finding,
    },
];

fn type_of(problem: Option<&Problem>) -> &str {
    problem
        .and_then(|problem| problem.kind.as_deref())
        .unwrap_or_default()
}

/// The text of all these tools begins with the exception that the attributes name, and has its frames.
fn wrote_stack(_: &TestCase, problem: Option<&Problem>, _: &Summary) -> bool {
    let Some(problem) = problem else {
        return false;
    };
    let text = problem.text.text.trim_start();
    let kind = type_of(Some(problem));
    let begins = !kind.is_empty() && text.starts_with(kind)
        || throwable::is_header(text.lines().next().unwrap_or_default());
    let has_frames = text.contains("\n\tat ") || text.contains("\n    at ");
    let is_exception = ["Exception", "Error", "Failure"]
        .iter()
        .any(|end| kind.ends_with(end));
    begins && (has_frames || kind.contains('.') && is_exception)
}

fn jvm_finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let text = problem.map_or("", |problem| problem.text.text.as_str());
    let thrown = Thrown::parse(text).unwrap_or_default();
    let class = case.classname.as_deref().filter(|class| !class.is_empty());
    let test = if case.name.is_empty() {
        class.unwrap_or_default().to_owned()
    } else {
        names::canonical(&case.name, class)
    };
    thrown.finding(JUNIT, test, class, Block::default())
}

fn scalatest_finding(case: &TestCase, problem: Option<&Problem>) -> Finding {
    let kind = match &case.outcome {
        Outcome::Errored(_) => Kind::Panic,
        _ => throwable::kind_of(type_of(problem), message_of(problem)),
    };
    let suite = case.classname.clone().filter(|class| !class.is_empty());
    let simple = suite.as_deref().map(names::simple).unwrap_or_default();
    let test = if simple.is_empty() {
        case.name.clone()
    } else {
        format!("{simple}: {}", case.name)
    };
    let mut finding = Finding::new(scalatest::SCALATEST, Some(test), kind, Block::default())
        .saying(message_of(problem));
    finding.suite = suite;
    finding
}
